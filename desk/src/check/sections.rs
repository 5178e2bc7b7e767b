//! Reports sections of the facts that no rule reads.
//!
//! A section that nobody reads is a fact that colours nobody, so it is told twice: for a
//! region none of whose rules read it, and for a decision that read it under the pack
//! before and no longer does. `[unread]` in `pack.toml` lists what is meant, with the
//! reason; an entry that no longer says anything is reported too.

use super::packs::{finding, manifest};
use crate::code::Code;
use longma_compile::world::{Pack, Scope, World};
use longma_core::order;
use longma_core::order::Gather;
use longma_core::schema::{INCOMPLETE, OVERRIDES};
use longma_core::{Args, Span, covers};
use longma_lang::finding::Finding;
use longma_lang::syntax::Function;
use std::collections::{BTreeMap, BTreeSet};

/// The entry of `[unread]` that stands for every section, in narrower regions too.
const ALL: &str = "*";

/// Findings about sections, by region and kind of subject.
pub(super) fn findings(world: &World<'_>) -> Vec<Finding> {
    let mut groups: BTreeMap<(&str, &str), Vec<&Pack<'_>>> = BTreeMap::new();
    for pack in &world.packs {
        let of = (pack.id.region(), pack.source.manifest.subject.as_str());
        groups.entry(of).or_default().push(pack);
    }
    let mut out = Vec::new();
    for ((region, subject), mut packs) in groups {
        let Some(house) = House::new(world, region, subject) else {
            continue;
        };
        order::sort_by_key(&mut packs, |pack| pack.effective.and_then(Span::from));
        let unread = house.unread();
        for pack in &packs {
            let lost = house.lost(pack, &packs);
            house.tell_lost(pack, &lost, &mut out);
            tell_void(pack, &unread, &lost, &mut out);
        }
        if let Some(last) = packs.last() {
            house.tell_unread(last, &packs, &unread, &mut out);
        }
    }
    out
}

/// The packs that can be in force in one region, about one kind of subject.
struct House<'w, 'a> {
    world: &'w World<'a>,
    region: &'w str,
    /// The packs of the region and of wider ones.
    packs: Vec<&'w Pack<'a>>,
    /// The sections that facts may leave out. The others are known of everybody.
    sections: BTreeSet<&'w str>,
}

impl<'w, 'a> House<'w, 'a> {
    /// `None` if a schema, date or script cannot be read: anything found would follow
    /// from that.
    fn new(world: &'w World<'a>, region: &'w str, subject: &str) -> Option<Self> {
        let schema = world.schemas.get(subject)?;
        let sections = schema.fields.iter().filter(|field| !field.required);
        let sections = sections.map(|field| &*field.name);
        let packs: Vec<&Pack<'a>> = world
            .packs
            .iter()
            .filter(|pack| covers(pack.id.region(), region))
            .filter(|pack| pack.source.manifest.subject == subject)
            .collect();
        let mut scripts = packs.iter().flat_map(|pack| pack.scripts.values());
        let whole = scripts.all(|script| script.parsed.errors.is_empty())
            && packs.iter().all(|pack| pack.effective.is_some());
        whole.then(|| Self {
            world,
            region,
            packs,
            sections: sections
                .filter(|name| ![INCOMPLETE, OVERRIDES].contains(name))
                .into_set(),
        })
    }

    /// The sections that no rule reads.
    fn unread(&self) -> BTreeSet<&'w str> {
        let rules = self.packs.iter().flat_map(|pack| pack.scripts.values());
        let rules = rules.flat_map(|script| rules_in(&script.parsed.script.functions));
        let read: BTreeSet<&str> = rules.flat_map(inputs).into_set();
        let unread = self.sections.iter().filter(|name| !read.contains(**name));
        unread.copied().into_set()
    }

    fn tell_unread(
        &self,
        last: &Pack<'_>,
        own: &[&Pack<'_>],
        unread: &BTreeSet<&str>,
        out: &mut Vec<Finding>,
    ) {
        let lists = |pack: &Pack<'_>, name: &str| pack.source.manifest.unread.contains_key(name);
        if self.packs.iter().any(|pack| lists(pack, ALL)) {
            return;
        }
        let listed = |name: &&&str| own.iter().any(|pack| lists(pack, name));
        let names: Vec<&str> = unread
            .iter()
            .filter(|name| !listed(name))
            .copied()
            .collect();
        if !names.is_empty() {
            let args = Args::of("region", self.region).with("names", names.join(", "));
            out.push(finding(
                Code::SectionUnread,
                manifest(last, ["subject"]),
                &args,
            ));
        }
    }

    /// The sections, by decision, that the rules read until `pack` began and no longer
    /// do, with the pack that they were read in.
    fn lost(&self, pack: &Pack<'a>, packs: &[&Pack<'a>]) -> BTreeMap<(&'a str, &'w str), String> {
        let mut lost = BTreeMap::new();
        let first = pack.lineages.first();
        let Some(now) = first.and_then(|line| self.world.scope(line)) else {
            return lost;
        };
        let begins = pack.effective.and_then(Span::from);
        let before = || {
            let earlier = packs.iter().rev().filter(|it| {
                let ends = it.effective.and_then(Span::until);
                ends.is_some() && ends <= begins
            });
            earlier.copied()
        };
        let decisions: BTreeSet<&str> = now.rules.keys().map(|(decision, _)| *decision).into_set();
        for decision in decisions {
            let decides = |pack: &Pack<'a>| {
                let scope = pack
                    .lineages
                    .last()
                    .and_then(|line| self.world.scope(line))?;
                let read = self.read(scope, decision);
                (!read.is_empty()).then_some((pack.id.to_string(), read))
            };
            let Some((earlier, read)) = before().find_map(decides) else {
                continue;
            };
            for section in read.difference(&self.read(now, decision)) {
                lost.insert((decision, *section), earlier.clone());
            }
        }
        lost
    }

    fn tell_lost(
        &self,
        pack: &Pack<'_>,
        lost: &BTreeMap<(&str, &str), String>,
        out: &mut Vec<Finding>,
    ) {
        let own = &pack.source.manifest;
        for ((decision, section), earlier) in lost {
            let listed = own.unread.contains_key(&format!("{decision}.{section}"));
            // A rule that is dropped has its reason there.
            let dropped = own.drops.keys().filter_map(|name| name.split_once('.'));
            let mut dropped = dropped.filter(|(of, _)| of == decision);
            if listed || dropped.any(|(of, rule)| self.reads(of, rule, section)) {
                continue;
            }
            let args = Args::of("decision", *decision)
                .with("section", *section)
                .with("earlier", earlier);
            out.push(finding(
                Code::SectionLost,
                manifest(pack, ["subject"]),
                &args,
            ));
        }
    }

    /// Whether a rule of this name reads the section in some pack.
    fn reads(&self, decision: &str, rule: &str, section: &str) -> bool {
        let scripts = self
            .packs
            .iter()
            .filter_map(|pack| pack.scripts.get(decision));
        let rules = scripts.flat_map(|script| rules_in(&script.parsed.script.functions));
        let mut rules = rules.filter(|function| function.name.text == rule);
        rules.any(|function| inputs(function).any(|name| name == section))
    }

    /// The sections that a decision's rules read, by themselves or through the decisions
    /// that they read.
    fn read(&self, scope: &Scope<'_>, decision: &str) -> BTreeSet<&'w str> {
        let names = names(self.world, &self.packs, scope, decision).into_iter();
        names
            .filter_map(|name| self.sections.get(name).copied())
            .into_set()
    }
}

/// Everything that a decision's rules name as their parameters, by themselves or through the
/// decisions that they read, whose rules stand in some of `packs`.
pub(super) fn names<'p>(
    world: &'p World<'_>,
    packs: &[&'p Pack<'_>],
    scope: &Scope<'_>,
    decision: &str,
) -> BTreeSet<&'p str> {
    let rules = scope.rules.iter().filter(|((of, _), _)| *of == decision);
    let mut open: BTreeSet<&str> = rules
        .filter_map(|(_, given)| {
            let script = world.packs.get(given.pack)?.scripts.get(decision)?;
            script.parsed.script.functions.get(given.what)
        })
        .flat_map(inputs)
        .into_set();
    let mut names = BTreeSet::new();
    while let Some(name) = open.pop_first() {
        if names.insert(name) && name != decision {
            let scripts = packs.iter().filter_map(|pack| pack.scripts.get(name));
            let rules = scripts.flat_map(|script| rules_in(&script.parsed.script.functions));
            open.extend(rules.flat_map(inputs));
        }
    }
    names
}

/// Reports entries of `[unread]` about what is read, or is no section.
fn tell_void(
    pack: &Pack<'_>,
    unread: &BTreeSet<&str>,
    lost: &BTreeMap<(&str, &str), String>,
    out: &mut Vec<Finding>,
) {
    for name in pack.source.manifest.unread.keys() {
        let says = match name.split_once('.') {
            Some(of) => lost.contains_key(&of),
            None if name == ALL => true,
            None => unread.contains(name.as_str()),
        };
        if !says {
            let args = Args::of("name", name);
            out.push(finding(
                Code::UnreadVoid,
                manifest(pack, ["unread", name]),
                &args,
            ));
        }
    }
}

fn rules_in(functions: &[Function]) -> impl Iterator<Item = &Function> {
    functions.iter().filter(|function| !function.private)
}

fn inputs(function: &Function) -> impl Iterator<Item = &str> {
    function.parameters.iter().map(|name| name.text.as_str())
}

#[cfg(test)]
mod tests {
    use crate::check::check_texts;
    use longma_compile::texts::Texts;

    const SCHEMA: &str = include_str!("../../../rules/schema/venue.schema.json");

    /// A pack about venues: its id, more lines of its manifest, and its rules by decision.
    type Given<'t> = (&'t str, &'t str, &'t [(&'t str, &'t str)]);

    /// Checks that these findings about sections are told, each as `code pack`, with
    /// `words` in one of them.
    #[track_caller]
    fn check(packs: &[Given<'_>], expected: &[&str], words: &str) {
        let mut texts = Texts::from([("schema/venue.schema.json".to_owned(), SCHEMA.to_owned())]);
        for (id, more, rules) in packs {
            let day = id.rsplit_once('/').map_or("", |(_, name)| name);
            let day = day.get(day.len().saturating_sub(10)..).unwrap_or_default();
            let (top, tables) = more
                .split_once('[')
                .map_or((*more, String::new()), |(top, rest)| {
                    (top, format!("[{rest}"))
                });
            let manifest = format!(
                "subject = \"venue\"\nversion = \"1\"\ntitle = {{ zh-CN = \"办法\", en = \"Plan\" }}\n\
                 authority = {{ zh-CN = \"省\", en = \"Province\" }}\n{top}\n\
                 effective.from = {day}T00:00:00+08:00\n{tables}"
            );
            texts.insert(format!("packs/{id}/pack.toml"), manifest);
            texts.insert(format!("packs/{id}/captions.toml"), String::new());
            for (decision, text) in *rules {
                texts.insert(format!("packs/{id}/{decision}.rhai"), (*text).to_owned());
            }
        }
        let found = check_texts(&texts).findings;
        let about = [
            "section-unread",
            "section-lost",
            "unread-void",
            "pack-region",
        ];
        let about = |it: &&longma_lang::finding::Finding| about.contains(&it.code.as_str());
        let found: Vec<_> = found.iter().filter(about).collect();
        let told: Vec<String> = found
            .iter()
            .map(|it| {
                let file = it.spot.file().unwrap_or_default();
                let id = file
                    .trim_start_matches("packs/")
                    .trim_end_matches("/pack.toml");
                format!("{} {id}", it.code)
            })
            .collect();
        assert_eq!(told, expected, "{found:#?}");
        assert!(found.is_empty() || found.iter().any(|it| it.message.en.contains(words)));
    }

    const SCALE: &str =
        "[decisions.door]\nscale = [\"open\", \"shut\"]\ncolours = [\"green\", \"red\"]\n";
    const ALL: &str = "fn all(hours, occupancy, presented, profile, scans) { shut(always()) }";

    #[test]
    fn a_region_whose_rules_read_every_section_has_no_finding() {
        check(&[("62/2022-01-01", SCALE, &[("door", ALL)])], &[], "");
        let scale = |name| SCALE.replace("door", name);
        // In any series, and in rules of the country.
        check(
            &[
                (
                    "cn/hours-2022-01-01",
                    SCALE,
                    &[("door", "fn a(hours, scans) {}")],
                ),
                (
                    "62/a-2022-01-01",
                    &scale("gate"),
                    &[("gate", "fn b(presented, profile) {}")],
                ),
                (
                    "62/b-2022-01-01",
                    &scale("fence"),
                    &[("fence", "fn c(occupancy) {}")],
                ),
            ],
            &["section-unread cn/hours-2022-01-01"],
            "cn reads: occupancy, presented, profile",
        );
    }

    #[test]
    fn a_section_that_no_rule_of_a_region_reads_is_told_at_its_last_pack() {
        let rules: &[(&str, &str)] = &[("door", "fn a(hours, occupancy, presented, scans) {}")];
        let told = &["section-unread 62/2022-06-01"];
        let until = "effective.until = 2022-06-01T00:00:00+08:00\n";
        let first = format!("{until}{SCALE}");
        let packs: [Given<'_>; 2] = [
            ("62/2022-01-01", &first, rules),
            ("62/2022-06-01", SCALE, rules),
        ];
        check(&packs, told, "reads: profile");
        // Steps read nothing that no rule reads.
        let step = "fn a(hours, occupancy, presented, scans) {} private fn b(profile) {}";
        check(
            &[("62/2022-06-01", SCALE, &[("door", step)])],
            told,
            "reads: profile",
        );
        let listed = format!("{SCALE}[unread]\nprofile = \"Only shown.\"\n");
        check(&[("62/2022-06-01", &listed, rules)], &[], "");
        let all = format!("{SCALE}[unread]\n\"*\" = \"Elsewhere.\"\n");
        check(&[("62/2022-06-01", &all, rules)], &[], "");
    }

    #[test]
    fn what_a_country_leaves_to_its_provinces_is_told_of_a_province_that_leaves_it_out_too() {
        let national = format!("{SCALE}[unread]\nscans = \"For provinces to say.\"\n");
        let rules: &[(&str, &str)] = &[("door", "fn a(hours, occupancy, presented, profile) {}")];
        check(
            &[
                ("cn/2022-01-01", &national, rules),
                ("62/2022-01-01", "inherits = \"cn\"\n", &[]),
            ],
            &["section-unread 62/2022-01-01"],
            "62 reads: scans",
        );
    }

    #[test]
    fn a_decision_that_no_longer_reads_what_it_did_is_told() {
        let first = format!("effective.until = 2022-06-01T00:00:00+08:00\n{SCALE}");
        let fewer_rules = "fn b(hours, occupancy, presented, profile) {}";
        let fewer: &[(&str, &str)] = &[("door", fewer_rules)];
        let earlier: Given<'_> = ("62/2022-01-01", &first, &[("door", ALL)]);
        let told = ["section-lost 62/2022-06-01"];
        let words = "door no longer reads scans; 62/2022-01-01 did";
        check(&[earlier, ("62/2022-06-01", SCALE, fewer)], &told, words);
        // Another decision that reads it does not help who had it in this one.
        let two = format!(
            "{SCALE}[decisions.report]\nscale = [\"no\", \"yes\"]\ncolours = [\"grey\", \"red\"]\n"
        );
        let beside: &[(&str, &str)] = &[("door", fewer_rules), ("report", "fn c(scans) {}")];
        check(&[earlier, ("62/2022-06-01", &two, beside)], &told, words);
        // If the decision reads that other decision, it does.
        let through = "fn b(hours, occupancy, presented, profile, report) {}";
        let through: &[(&str, &str)] = &[("door", through), ("report", "fn c(scans) {}")];
        check(&[earlier, ("62/2022-06-01", &two, through)], &[], "");
        // Inherited rules read it as well.
        let heir = "inherits = \"62/2022-01-01\"\n";
        check(&[earlier, ("62/2022-06-01", heir, &[])], &[], "");
        let listed = format!("{SCALE}[unread]\n\"door.scans\" = \"The notice drops it.\"\n");
        check(&[earlier, ("62/2022-06-01", &listed, fewer)], &[], "");
    }

    #[test]
    fn a_rule_that_is_dropped_has_its_reason_there() {
        let first = format!("effective.until = 2022-06-01T00:00:00+08:00\n{SCALE}");
        let rules = "fn a(hours, occupancy, presented, profile) {} fn by_scan(scans) {}";
        let earlier: Given<'_> = ("62/2022-01-01", &first, &[("door", rules)]);
        let dropped =
            "inherits = \"62/2022-01-01\"\n[drops]\n\"door.by_scan\" = \"The notice drops it.\"\n";
        check(&[earlier, ("62/2022-06-01", dropped, &[])], &[], "");
    }

    #[test]
    fn an_entry_that_says_nothing_is_told() {
        for entry in [
            "hours",
            "horus",
            "\"door.hours\"",
            "\"gate.scans\"",
            "subject",
            "identity",
        ] {
            let listed = format!("{SCALE}[unread]\n{entry} = \"Only shown.\"\n");
            check(
                &[("62/2022-01-01", &listed, &[("door", ALL)])],
                &["unread-void 62/2022-01-01"],
                entry.trim_matches('"'),
            );
        }
    }

    #[test]
    fn where_a_rule_cannot_be_read_nothing_is_said_of_sections() {
        let wrong: &[(&str, &str)] = &[("door", "fn a(hours { shut(always())")];
        check(&[("62/2022-01-01", SCALE, wrong)], &[], "");
        let undated = format!("effective.until = 2021\n{SCALE}");
        check(
            &[("62/2022-01-01", &undated, &[("door", "fn a(hours) {}")])],
            &[],
            "",
        );
    }

    #[test]
    fn a_region_is_written_without_the_zeros_at_its_end() {
        for (found, right) in [
            ("621100", "6211"),
            ("620000", "62"),
            ("110000", "11"),
            ("6200", "62"),
            ("441300", "4413"),
            ("659000", "6590"),
        ] {
            let id = format!("{found}/2022-01-01");
            let told = format!("pack-region {id}");
            check(&[(&id, SCALE, &[("door", ALL)])], &[&told], found);
            let id = format!("{right}/2022-01-01");
            check(&[(&id, SCALE, &[("door", ALL)])], &[], "");
        }
        // Cities without counties, whose residents have the city's code; and counties.
        for region in [
            "620200", "441900", "442000", "460400", "620102", "621121", "10",
        ] {
            let id = format!("{region}/2022-01-01");
            check(&[(&id, SCALE, &[("door", ALL)])], &[], "");
        }
    }
}
