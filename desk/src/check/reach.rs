//! Whether packs reach whom and what they are meant for: a region that exists, a plan in
//! between that is left out, a wider plan that holds again when a pack ends, rules that change
//! with a param, laws about what no rule reads.

use super::packs::{finding, manifest};
use super::sections::names;
use crate::code::Code;
use longma_compile::world::{Pack, Scope, World};
use longma_core::order::Gather;
use longma_core::{Args, Instant, NATIONAL, Places, Span, covers};
use longma_lang::finding::Finding;
use std::collections::BTreeSet;

pub(super) fn findings(world: &World<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    let places = world.bundle.places.as_deref();
    let places = places.and_then(|text| Places::read(text, "").ok());
    for (index, pack) in world.packs.iter().enumerate() {
        if let Some(places) = &places {
            region(pack, places, &mut out);
        }
        skipped(world, pack, &mut out);
        falls_back(world, pack, &mut out);
        overrides(world, index, pack, &mut out);
        laws(world, index, pack, &mut out);
    }
    out
}

/// Reports a region of digits that is no place's code and that no place's code begins with.
fn region(pack: &Pack<'_>, places: &Places, out: &mut Vec<Finding>) {
    let region = pack.id.region();
    let digits = matches!(region.len(), 2 | 4 | 6) && region.bytes().all(|b| b.is_ascii_digit());
    // A code that is written too wide is told by itself.
    let known = places.has_code(&format!("{region:0<6}"));
    if digits && !known && super::packs::inhabited(region).is_none() {
        let args = Args::of("region", region);
        let spot = manifest(pack, ["subject"]);
        out.push(finding(Code::RegionNobody, spot, &args));
    }
}

/// Reports a plan of a region in between that decides the same at the same time, and that the
/// pack passes over by what it inherits.
fn skipped(world: &World<'_>, pack: &Pack<'_>, out: &mut Vec<Finding>) {
    let region = pack.id.region();
    // Whoever names a pack and not a region has chosen it.
    let inherits = pack.source.manifest.inherits.as_deref();
    if inherits.is_none_or(|it| it.contains('/')) {
        return;
    }
    for line in &pack.lineages {
        let above = line.packs.get(1).and_then(|index| world.packs.get(*index));
        let (Some(parent), Some(scope)) = (above, world.scope(line)) else {
            continue;
        };
        let wide = parent.id.region();
        let between = world.packs.iter().find(|other| {
            let near = other.id.region();
            near != wide
                && near != region
                && near != NATIONAL
                && covers(wide, near)
                && covers(near, region)
                && other.source.manifest.subject == pack.source.manifest.subject
                && meets(other.effective, line.span)
                && other
                    .scripts
                    .keys()
                    .any(|it| scope.decisions.contains_key(it))
        });
        if let Some(other) = between {
            let args = Args::of("parent", parent.id.as_str()).with("between", other.id.as_str());
            out.push(finding(
                Code::PlanSkipped,
                manifest(pack, ["inherits"]),
                &args,
            ));
            return;
        }
    }
}

/// Reports the end of a pack after which a wider plan of its series holds again that does not
/// decide all that the pack does. A note on the pack's dates says that this is meant.
fn falls_back(world: &World<'_>, pack: &Pack<'_>, out: &mut Vec<Finding>) {
    let region = pack.id.region();
    let effective = &pack.source.manifest.effective;
    let (Some(end), None) = (pack.effective.and_then(Span::until), &effective.note) else {
        return;
    };
    let of_series = |other: &&Pack<'_>| other.id.series() == pack.id.series();
    let mut siblings = world.packs.iter().filter(of_series);
    // A later pack follows, or the days in between are told as a gap.
    if siblings.any(|it| it.id.region() == region && it.effective.and_then(Span::from) >= Some(end))
    {
        return;
    }
    let after: Vec<(&Pack<'_>, &Scope<'_>)> = in_force(world, pack, end).collect();
    let wider = after.iter().filter(|(other, _)| of_series(other));
    let Some((wider, _)) = wider.max_by_key(|(other, _)| breadth(other.id.region())) else {
        return;
    };
    let decided = |name: &&&str| {
        after
            .iter()
            .any(|(_, scope)| scope.decisions.contains_key(**name))
    };
    let own = pack.lineages.last().and_then(|line| world.scope(line));
    let own = own.into_iter().flat_map(|scope| scope.decisions.keys());
    let lost: Vec<&str> = own.filter(|name| !decided(name)).copied().collect();
    if !lost.is_empty() {
        let args = Args::of("wider", wider.id.as_str())
            .with("decisions", lost.join(", "))
            .with("until", end.to_rfc3339(pack.offset));
        let spot = manifest(pack, ["effective", "until"]);
        out.push(finding(Code::PlanFallsBack, spot, &args));
    }
}

/// The other packs about the same subject that are in force at an instant where `pack` was,
/// each with what it means then.
fn in_force<'w, 'a>(
    world: &'w World<'a>,
    pack: &'w Pack<'a>,
    at: Instant,
) -> impl Iterator<Item = (&'w Pack<'a>, &'w Scope<'a>)> {
    let here = |other: &&Pack<'_>| {
        other.id != pack.id
            && other.source.manifest.subject == pack.source.manifest.subject
            && covers(other.id.region(), pack.id.region())
    };
    let packs = world.packs.iter().filter(here);
    packs.filter_map(move |other| {
        let mut lines = other.lineages.iter();
        let line = lines.find(|line| line.span.is_some_and(|span| span.contains(at)))?;
        Some((other, world.scope(line)?))
    })
}

/// How narrow a region is: the longer its code, the narrower; the country is widest.
fn breadth(region: &str) -> usize {
    if region == NATIONAL { 0 } else { region.len() }
}

fn meets(one: Option<Span>, other: Option<Span>) -> bool {
    one.zip(other)
        .is_some_and(|(one, other)| one.meet(other).is_some())
}

/// Tells which inherited rules change with a param that the pack sets anew, where it is more
/// than one.
fn overrides(world: &World<'_>, index: usize, pack: &Pack<'_>, out: &mut Vec<Finding>) {
    for name in pack.source.manifest.overrides.keys() {
        let Some(param) = name.strip_prefix("params.") else {
            continue;
        };
        let mut changed = BTreeSet::new();
        for scope in pack.lineages.iter().filter_map(|line| world.scope(line)) {
            let inherited = scope.rules.iter().filter(|(_, given)| given.pack != index);
            changed.extend(inherited.filter_map(|((decision, rule), given)| {
                let from = world.packs.get(given.pack)?;
                let reads = super::told::params_of(from.scripts.get(decision)?, rule);
                reads.contains(param).then(|| format!("{decision}.{rule}"))
            }));
        }
        // One rule is what the param is set anew for.
        if changed.len() > 1 {
            let rules: Vec<String> = changed.into_iter().collect();
            let args = Args::of("name", param).with("rules", rules.join(", "));
            let spot = manifest(pack, ["overrides", name]);
            out.push(finding(Code::OverrideReaches, spot, &args));
        }
    }
}

/// Reports a law about one more record of a section that its decision does not read, directly
/// or through another decision: it holds whatever the rules say.
fn laws(world: &World<'_>, index: usize, pack: &Pack<'_>, out: &mut Vec<Finding>) {
    for (name, law) in &pack.source.manifest.laws {
        let Some(section) = &law.section else {
            continue;
        };
        let packs: Vec<&Pack<'_>> = world.packs.iter().collect();
        let scopes = world.scopes().filter(|scope| scope.packs.contains(&index));
        let read: BTreeSet<&str> = scopes
            .flat_map(|scope| names(world, &packs, scope, &law.decision))
            .into_set();
        // Core reports a law about no decision.
        if !read.is_empty() && !read.contains(section.as_str()) {
            let args = Args::of("section", section).with("decision", &law.decision);
            let spot = manifest(pack, ["laws", name, "section"]);
            out.push(finding(Code::LawUnread, spot, &args));
        }
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use crate::small::{CLOSE, bundle, pack};
    use longma_compile::world::World;
    use serde_json::{Value as Json, json};

    const LEVELS: [&str; 2] = ["green", "red"];

    /// A pack that is in force over a span and decides these besides.
    fn over(id: &str, from: &str, until: &str, decisions: &[&str], note: bool) -> Json {
        let mut pack = pack(id, 7, CLOSE);
        let day = |day: &str| format!("{day}T00:00:00+08:00");
        let mut effective = json!({"from": day(from)});
        if !until.is_empty() {
            effective["until"] = json!(day(until));
        }
        if note {
            effective["note"] = json!("The measures end. 措施结束。");
        }
        pack["manifest"]["effective"] = effective;
        for name in decisions {
            pack["manifest"]["decisions"][name] = json!({"scale": LEVELS, "colours": LEVELS});
        }
        pack
    }

    /// What is told of packs beside a plan of the province that decides `code` alone.
    fn told(narrow: &[Json]) -> Vec<String> {
        let wide = over("62/2022-01-01", "2022-01-01", "", &[], false);
        let bundle = bundle(&[&[wide], narrow].concat());
        let found = super::findings(&World::new(&bundle));
        let found = found.into_iter();
        found
            .map(|it| format!("{}: {}", it.code, it.message.en))
            .collect()
    }

    #[test]
    fn a_wider_plan_that_holds_again_and_decides_less_is_told() {
        let ends = over(
            "6201/2022-03-01",
            "2022-03-01",
            "2022-04-01",
            &["door"],
            false,
        );
        assert_eq!(
            told(&[ends]),
            [
                "plan-falls-back: 62/2022-01-01 holds here again from 2022-04-01T00:00:00+08:00 on and \
              does not decide door: for everybody here it is unknown then"
            ]
        );
    }

    #[test]
    fn an_end_that_is_meant_that_loses_nothing_or_that_another_pack_follows_is_not_told() {
        let ends = |decisions: &[&str], note| {
            over(
                "6201/2022-03-01",
                "2022-03-01",
                "2022-04-01",
                decisions,
                note,
            )
        };
        let open = over("6201/2022-03-01", "2022-03-01", "", &["door"], false);
        let next = over("6201/2022-04-01", "2022-04-01", "", &["door"], false);
        let beside = over("62/door-2022-01-01", "2022-01-01", "", &["door"], false);
        let series = over(
            "6201/door-2022-03-01",
            "2022-03-01",
            "2022-04-01",
            &["door"],
            false,
        );
        for narrow in [
            vec![ends(&["door"], true)],
            vec![ends(&[], false)],
            vec![open],
            vec![ends(&["door"], false), next],
            // Another series decides it for the whole province.
            vec![ends(&["door"], false), beside],
            // No wider plan of the series: the region has none of it before and after.
            vec![series],
        ] {
            assert_eq!(told(&narrow), Vec::<String>::new());
        }
    }
}
