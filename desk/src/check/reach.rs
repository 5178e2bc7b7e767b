//! Whether packs reach whom and what they are meant for: a region that exists, a plan in
//! between that is left out, rules that change with a param, laws about what no rule reads.

use super::packs::{finding, manifest};
use super::sections::names;
use crate::code::Code;
use longma_compile::world::{Pack, World};
use longma_core::{Args, NATIONAL, Places, Span, covers};
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
            .collect();
        // Core reports a law about no decision.
        if !read.is_empty() && !read.contains(section.as_str()) {
            let args = Args::of("section", section).with("decision", &law.decision);
            let spot = manifest(pack, ["laws", name, "section"]);
            out.push(finding(Code::LawUnread, spot, &args));
        }
    }
}
