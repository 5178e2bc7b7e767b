//! Laws: what no facts may bring about, with a search for counterexamples.
//!
//! A pack declares laws in its manifest; the laws of the packs it inherits apply to it
//! too. Each generated person is decided twice, without and with what the law is about,
//! and the two timelines are compared second by second. A counterexample is shrunk and
//! reported with both explanations.
//!
//! **Order.** Levels are compared by their places on the scale. An unknown level lies
//! between its highest certain level and the top. A law is broken only if that is
//! certain: a level is raised if its lowest possible place afterwards is above its
//! highest possible place before, and lowered in the opposite case. Persons with an
//! unknown level at some instant are counted as uncertain.
//!
//! **Breaches.** A law can name rules that are known to break it, each with the ground
//! on which its source does so. What such rules alone cause is not a failure, but it
//! must still occur: a breach that occurs for nobody makes the law fail.

use crate::compare::{Explained, FUTURE, PAST, Side, Window, explained, lifting, pairs};
use crate::generate::{Fired, Firing, Generator, Scope, concerned, count as count_fired, firings};
use crate::shrink::{Case, shrink};
use crate::tables::{self, Row};
use crate::text::say;
use longma_compile::{Bundle, Law, LawKind};
use longma_core::order::Gather;
use longma_core::schema::Object;
use longma_core::{
    Args, Catalogue, DecisionOutcome, History, Instant, Localized, Offset, Outcome, Policy,
    References, Stamp, Stretch, Verdict,
};
use longma_lang::syntax::parse;
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// The result for one law of one pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LawReport {
    /// The pack to which the law applies.
    pub pack: String,
    /// The law's name.
    pub law: String,
    /// The pack that declares it.
    pub declared: String,
    /// The law in words.
    pub words: Localized,
    /// Whether it holds, apart from its documented breaches.
    pub holds: bool,
    /// Whether the search saw nothing: nobody was tried, or nobody for whom any rule of the
    /// decision gave a cause. Such a law does not hold.
    pub blind: bool,
    /// How many persons were tried.
    pub persons: u64,
    /// How often each rule of the decision gave a cause, rarest first: where it never did, the
    /// search was blind to it.
    pub fired: Vec<Firing>,
    /// How many of them had an unknown level at some instant.
    pub uncertain: u64,
    /// What is wrong with the law itself, or how the decision reads the overlay.
    pub fault: Option<Localized>,
    /// A person for whom it is broken.
    pub counterexample: Option<Counterexample>,
    /// The documented breaches.
    pub breaches: Vec<Breach>,
}

/// A documented breach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Breach {
    /// The rule, as `decision.rule`.
    pub rule: String,
    /// The ground on which its source breaks the law.
    pub ground: Localized,
    /// How many persons it alone broke the law for.
    pub persons: u64,
    /// One of them, shrunk.
    pub example: Option<Counterexample>,
}

/// A person for whom a law is broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counterexample {
    /// The facts.
    pub facts: Json,
    /// The added record, for a law about one more record.
    pub added: Option<Json>,
    /// The rows of tables that the counterexample needs.
    pub tables: BTreeMap<String, Vec<Row>>,
    /// First instant of the break; `None` if it has no beginning.
    pub from: Option<Stamp>,
    /// First instant after it; `None` if it has no end.
    pub until: Option<Stamp>,
    /// The rules responsible, as `pack/decision/function`.
    pub rules: Vec<String>,
    /// The timelines without and with what the law is about.
    pub sides: [Explained; 2],
}

/// A case and the record to add to it.
type Tried = (Case, Option<Json>);

/// Laws by pack and name, each with its declaring pack.
type Held<'a> = BTreeMap<(String, String), (String, &'a Law)>;

/// The laws that apply to each of `packs`: its own, and those it inherits unless a
/// nearer pack declares one of the same name.
fn held<'a>(bundle: &'a Bundle, catalogue: &Catalogue, packs: &[String]) -> Held<'a> {
    let mut held = Held::new();
    for pack in packs {
        let lines = lines_of(catalogue, pack);
        for id in lines {
            let source = bundle.packs.iter().find(|source| source.id == id);
            for (name, law) in source.iter().flat_map(|source| &source.manifest.laws) {
                // `not_stricter` compares the declaring pack with its own parent, so it
                // is not inherited.
                let local = law.kind == LawKind::NotStricter && id != *pack;
                if !local {
                    held.entry((pack.clone(), name.clone()))
                        .or_insert_with(|| (id.clone(), law));
                }
            }
        }
    }
    held
}

/// A pack and what it inherits, nearest first, without the region's other series.
fn lines_of(catalogue: &Catalogue, pack: &str) -> Vec<String> {
    let own = catalogue.history_of(pack).unwrap_or_default();
    let mut ids = vec![pack.to_owned()];
    for line in own.policies().iter().flat_map(Policy::parts) {
        if line.packs.first().is_some_and(|first| first == pack) {
            let inherited = line.packs.iter().filter(|id| !ids.contains(id)).cloned();
            let inherited: Vec<String> = inherited.collect();
            ids.extend(inherited);
        }
    }
    ids
}

/// Searches for counterexamples to every law that applies to `packs`, among `count`
/// persons generated from `seed` for each law.
///
/// ```
/// use longma_desk::laws::search;
/// # use longma_compile::texts::{Texts, read};
/// # let rules = std::path::Path::new("../rules");
/// # let on_disk = |file: &str| std::fs::read_to_string(rules.join(file)).unwrap();
/// # let text = |file: &str| (file.to_owned(), on_disk(file));
/// # let pack = |file: &str| text(&format!("packs/62/validity-2020-02-21/{file}"));
/// // A code is valid for 24 hours from its issue.
/// let texts = Texts::from([
///     text("schema/person.schema.json"),
///     pack("pack.toml"),
///     pack("captions.toml"),
///     pack("validity.rhai"),
/// ]);
/// let bundle = read(&texts).bundle;
/// let catalogue = longma_oracle::load(&bundle).unwrap();
/// let reports = search(&bundle, &catalogue, &["62/validity-2020-02-21".to_owned()], 50, 1);
/// assert_eq!(reports[0].law, "another_issue_never_invalidates");
/// assert!(reports[0].holds);
/// ```
#[must_use]
pub fn search(
    bundle: &Bundle,
    catalogue: &Catalogue,
    packs: &[String],
    count: u64,
    seed: u64,
) -> Vec<LawReport> {
    let held = held(bundle, catalogue, packs);
    held.into_iter()
        .map(|((pack, name), (declared, law))| {
            let mut report = LawReport {
                pack: pack.clone(),
                law: name,
                declared,
                words: law.words.clone(),
                holds: false,
                blind: false,
                persons: 0,
                fired: Vec::new(),
                uncertain: 0,
                fault: fault(law, catalogue, &pack),
                counterexample: None,
                breaches: Vec::new(),
            };
            if let Some(trial) = Trial::new(bundle, catalogue, &pack, law) {
                trial.run(bundle, catalogue, &mut report, count, seed);
            } else if report.fault.is_none() {
                report.fault = Some(say("law-parts", &Args::NONE));
            }
            let alive = report.breaches.iter().all(|breach| breach.persons > 0);
            report.blind &= report.fault.is_none() && report.counterexample.is_none();
            report.holds =
                report.fault.is_none() && report.counterexample.is_none() && alive && !report.blind;
            report
        })
        .collect()
}

/// What is wrong with a law regardless of any person.
fn fault(law: &Law, catalogue: &Catalogue, pack: &str) -> Option<Localized> {
    let history = catalogue.history_of(pack).unwrap_or_default();
    let policies = history.policies();
    let decided = policies
        .iter()
        .any(|p| p.reads().contains_key(law.decision.as_str()));
    if !decided {
        return Some(say("law-decision", &Args::of("name", &law.decision)));
    }
    let overlay = law
        .overlay
        .as_deref()
        .filter(|_| law.kind == LawKind::Overlay)?;
    policies.iter().find_map(|policy| {
        let path = path(&policy.reads(), &law.decision, overlay)?;
        let path = path.join(" → ");
        Some(say("law-reads", &Args::of("path", &path)))
    })
}

/// A path of reads from `from` to `to`, direct or through others.
fn path<'a>(
    reads: &BTreeMap<&'a str, BTreeSet<&'a str>>,
    from: &'a str,
    to: &str,
) -> Option<Vec<&'a str>> {
    let mut open = vec![vec![from]];
    let mut seen = BTreeSet::new();
    while let Some(path) = open.pop() {
        let last = *path.last()?;
        if last == to {
            return Some(path);
        }
        if seen.insert(last) {
            for next in reads.get(last).into_iter().flatten() {
                let mut longer = path.clone();
                longer.push(next);
                open.push(longer);
            }
        }
    }
    None
}

/// One law of one pack, ready to try.
struct Trial<'a> {
    law: &'a Law,
    pack: String,
    /// The history without what the law is about; `after` has those with it.
    before: History,
    after: History,
    /// For laws about overlays: a catalogue in which the overlay's rules are empty.
    silent: Option<Catalogue>,
    /// The seconds over which the law must hold; `until` is excluded.
    from: i64,
    until: i64,
}

impl<'a> Trial<'a> {
    /// `None` if a part that the law's kind needs is missing.
    fn new(bundle: &Bundle, catalogue: &Catalogue, pack: &str, law: &'a Law) -> Option<Self> {
        let own = catalogue.history_of(pack)?;
        let (mut from, mut until) = (PAST, FUTURE);
        let instant = |text: &Option<String>| Instant::parse(text.as_deref()?).ok();
        let mut silent = None;
        let before = match law.kind {
            LawKind::NeverRaises | LawKind::NeverLowers => {
                law.section.as_ref()?;
                own.clone()
            }
            LawKind::Overlay => {
                let quiet = without(bundle, law.overlay.as_ref()?);
                let quiet = longma_oracle::load(&quiet).ok()?;
                let history = quiet.history_of(pack)?;
                silent = Some(quiet);
                history
            }
            LawKind::NotStricter => {
                let source = bundle.packs.iter().find(|source| source.id == pack)?;
                let effective = &source.manifest.effective;
                from = instant(&effective.from).map_or(from, Instant::unix);
                until = instant(&effective.until).map_or(until, Instant::unix);
                catalogue.history_above(pack)?
            }
        };
        if let Some(start) = instant(&law.from) {
            from = from.max(start.unix());
        }
        Some(Self {
            law,
            pack: pack.to_owned(),
            before,
            after: own,
            silent,
            from,
            until,
        })
    }

    fn sides<'b>(&'b self, catalogue: &'b Catalogue) -> [Side<'b>; 2] {
        let side = |catalogue: &'b Catalogue, history: &History| Side {
            name: self.pack.clone(),
            catalogue,
            history: Some(history.clone()),
            region: None,
            references: References::none(),
            decisions: Some(vec![self.law.decision.clone()]),
            begins: Vec::new(),
        };
        let quiet = self.silent.as_ref().unwrap_or(catalogue);
        [side(quiet, &self.before), side(catalogue, &self.after)]
    }

    fn run(
        &self,
        bundle: &Bundle,
        catalogue: &Catalogue,
        report: &mut LawReport,
        count: u64,
        seed: u64,
    ) {
        let names = std::iter::once(self.law.decision.as_str()).chain(self.law.overlay.as_deref());
        let ids = concerned(bundle, self.after.policies(), names);
        let scope = Scope::of(bundle, &ids).map(|scope| Scope {
            gaps: false,
            ..scope
        });
        let Some(generator) = scope.and_then(|scope| Generator::new(&scope, seed)) else {
            report
                .fault
                .get_or_insert_with(|| say("law-parts", &Args::NONE));
            return;
        };
        let mut sides = self.sides(catalogue);
        for side in &mut sides {
            let read = tables::references(side.catalogue, generator.tables(), generator.columns());
            side.references = read.unwrap_or_default();
        }
        let mut breaches: BTreeMap<&str, (u64, Option<Tried>)> = self
            .law
            .breaches
            .keys()
            .map(|rule| (rule.as_str(), (0, None)))
            .into_map();
        let mut broken: Option<Tried> = None;
        let mut fired = Fired::new();
        for index in 0..count {
            let facts = generator.person(index);
            let section = self.law.section.as_deref().unwrap_or_default();
            let added = match self.law.kind {
                LawKind::NeverRaises | LawKind::NeverLowers => {
                    generator.another(&facts, section, &self.law.record, index)
                }
                LawKind::Overlay | LawKind::NotStricter => None,
            };
            if added.is_none() && self.law.section.is_some() {
                continue;
            }
            let Some(outcomes) = self.outcomes(&sides, &facts, added.as_ref(), None) else {
                continue;
            };
            report.persons += 1;
            let decided = outcomes.iter();
            let decided = decided.filter_map(|it| it.decisions().get(&self.law.decision));
            count_fired(&mut fired, decided.map(DecisionOutcome::timeline));
            let found = self.breaks(&outcomes);
            report.uncertain += u64::from(found.uncertain);
            let case = || {
                let tables = generator.tables().clone();
                (
                    Case {
                        facts: facts.clone(),
                        tables,
                    },
                    added.clone(),
                )
            };
            for (rule, (persons, example)) in &mut breaches {
                if found.breaks.iter().any(|one| one.only(rule)) {
                    *persons += 1;
                    example.get_or_insert_with(case);
                }
            }
            if broken.is_none() && found.breaks.iter().any(|one| !self.excused(one)) {
                broken = Some(case());
            }
        }
        report.fired = firings(self.after.policies(), generator.subject(), &fired);
        let of = |rule: &str| rule.rsplit('/').nth(1) == Some(self.law.decision.as_str());
        report.fired.retain(|it| of(&it.rule));
        report.blind = fired.is_empty();
        let small =
            |case, keep: &dyn Fn(&Break) -> bool| self.small(&sides, &generator, case, keep);
        report.counterexample = broken.and_then(|case| small(case, &|one| !self.excused(one)));
        report.breaches = self
            .law
            .breaches
            .iter()
            .map(|(rule, ground)| {
                let (persons, case) = breaches.remove(rule.as_str()).unwrap_or((0, None));
                Breach {
                    rule: rule.clone(),
                    ground: ground.clone(),
                    persons,
                    example: case.and_then(|case| small(case, &|one| one.only(rule))),
                }
            })
            .collect();
    }

    /// Both sides' outcomes; the second side has the added record.
    fn outcomes(
        &self,
        sides: &[Side; 2],
        facts: &Json,
        added: Option<&Json>,
        references: Option<&[References; 2]>,
    ) -> Option<[Outcome; 2]> {
        let [a, b] = sides;
        let [one, other] =
            references.map_or([&a.references, &b.references], <[References; 2]>::each_ref);
        let read = a.catalogue.read_facts(&facts.to_string()).ok()?;
        let before = a.decide_with(&read, one).ok()?;
        let more = match added {
            Some(record) => {
                let mut more = facts.clone();
                let section = self.law.section.as_deref()?;
                more.get_mut(section)?.as_array_mut()?.push(record.clone());
                more
            }
            None => facts.clone(),
        };
        let read = b.catalogue.read_facts(&more.to_string()).ok()?;
        Some([before, b.decide_with(&read, other).ok()?])
    }

    /// The breaks of the law, and whether a level is unknown at some instant.
    fn breaks(&self, outcomes: &[Outcome; 2]) -> Found {
        let [a, b] = outcomes;
        let name = self.law.decision.as_str();
        let mut found = Found::default();
        let (Some(one), Some(other)) = (a.decisions().get(name), b.decisions().get(name)) else {
            return found;
        };
        let window = Window {
            from: self.from,
            until: self.until,
        };
        for pair in pairs([one, other], window) {
            let [before, after] = pair.sides.map(range);
            found.uncertain |= before.0 != before.1 || after.0 != after.1;
            let (raised, lowered) = (after.0 > before.1, after.1 < before.0);
            let broken = match self.law.kind {
                LawKind::NeverRaises | LawKind::NotStricter => raised,
                LawKind::NeverLowers => lowered,
                LawKind::Overlay => raised || lowered,
            };
            if broken {
                let side = usize::from(raised);
                let top = if raised { before.1 } else { after.1 };
                found.breaks.push(Break {
                    from: pair.from,
                    until: pair.until,
                    rules: lifting(&pair, side, top),
                });
            }
        }
        found
    }

    /// Whether every rule behind a break has a documented breach.
    fn excused(&self, one: &Break) -> bool {
        !one.rules.is_empty()
            && one
                .rules
                .iter()
                .all(|rule| self.law.breaches.keys().any(|known| is(rule, known)))
    }

    fn small(
        &self,
        sides: &[Side; 2],
        generator: &Generator,
        (case, added): Tried,
        keep: &dyn Fn(&Break) -> bool,
    ) -> Option<Counterexample> {
        let mut kept: Option<(tables::Tables, [References; 2])> = None;
        let mut outcomes_of = |case: &Case, added: Option<&Json>| {
            if kept
                .as_ref()
                .is_none_or(|(tables, _)| *tables != case.tables)
            {
                let read = |side: &Side| {
                    tables::references(side.catalogue, &case.tables, generator.columns()).ok()
                };
                let [a, b] = sides;
                kept = Some((case.tables.clone(), [read(a)?, read(b)?]));
            }
            let (_, references) = kept.as_ref()?;
            self.outcomes(sides, &case.facts, added, Some(references))
        };
        let mut shows = |case: &Case, added: Option<&Json>| {
            outcomes_of(case, added)
                .is_some_and(|outcomes| self.breaks(&outcomes).breaks.iter().any(keep))
        };
        let root = generator.root();
        let case = shrink(case, root, |case| shows(case, added.as_ref()));
        let added = added.map(|record| self.small_record(record, root, |r| shows(&case, Some(r))));
        let outcomes = outcomes_of(&case, added.as_ref())?;
        let found = self
            .breaks(&outcomes)
            .breaks
            .into_iter()
            .find(|one| keep(one))?;
        let write = |at: i64| Instant::from_unix(at).map(Stamp::at(Offset::CHINA));
        let [a, b] = &outcomes;
        Some(Counterexample {
            facts: case.facts,
            added,
            tables: case
                .tables
                .into_iter()
                .filter(|(_, rows)| !rows.0.is_empty())
                .map(|(name, rows)| (name, rows.0))
                .into_map(),
            from: write(found.from),
            until: write(found.until),
            rules: found.rules.into_iter().collect(),
            sides: [
                explained(a, &self.law.decision),
                explained(b, &self.law.decision),
            ],
        })
    }
}

impl Trial<'_> {
    /// Shrinks the added record, as the only record of a document of its own.
    fn small_record(
        &self,
        record: Json,
        root: &Object,
        mut keep: impl FnMut(&Json) -> bool,
    ) -> Json {
        let Some(section) = self.law.section.as_deref() else {
            return record;
        };
        let only = |case: &Case| case.facts.get(section)?.as_array()?.first().cloned();
        let case = Case {
            facts: json!({ section: [record] }),
            tables: tables::Tables::new(),
        };
        let says = |record: &Json| {
            let fixed = self.law.record.iter();
            fixed
                .into_iter()
                .all(|(name, value)| record.get(name) == Some(&json!(value)))
        };
        let small = shrink(case, root, |case| {
            only(case).is_some_and(|record| says(&record) && keep(&record))
        });
        only(&small).unwrap_or_default()
    }
}

/// A span over which a law is broken, and the rules responsible.
struct Break {
    from: i64,
    until: i64,
    rules: BTreeSet<String>,
}

impl Break {
    /// Whether `rule`, written `decision.rule`, is the only one responsible.
    fn only(&self, rule: &str) -> bool {
        !self.rules.is_empty() && self.rules.iter().all(|found| is(found, rule))
    }
}

#[derive(Default)]
struct Found {
    breaks: Vec<Break>,
    uncertain: bool,
}

/// Whether `rule` (`pack/decision/function`) is the rule `known` (`decision.function`).
fn is(rule: &str, known: &str) -> bool {
    known
        .split_once('.')
        .is_some_and(|(decision, function)| rule.ends_with(&format!("/{decision}/{function}")))
}

/// The lowest and highest possible place of a stretch on the scale.
fn range(stretch: Stretch<'_>) -> (usize, usize) {
    match stretch.verdict() {
        Verdict::Known(rank) => (rank, rank),
        Verdict::Unknown(least) => (
            least.unwrap_or(0),
            stretch.decision().levels().len().saturating_sub(1),
        ),
    }
}

/// The bundle with the overlay silenced: its rules exist but have empty bodies.
fn without(bundle: &Bundle, overlay: &str) -> Bundle {
    let mut bundle = bundle.clone();
    let scripts = bundle.packs.iter_mut();
    for script in scripts.filter_map(|pack| pack.scripts.get_mut(overlay)) {
        let parsed = parse(script);
        let rules = parsed.script.functions.iter().rev();
        // From the last, so that the positions of earlier functions stay valid.
        for rule in rules.filter(|function| !function.private) {
            let body = rule.body.bytes.clone();
            if script.get(body.clone()).is_some() {
                script.replace_range(body, "{}");
            }
        }
    }
    bundle
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;
    use crate::small::{CLOSE, bundle, pack};

    const ID: &str = "62/2022-01-01";

    fn law(kind: &str, more: &Json) -> Json {
        let mut law =
            json!({"kind": kind, "decision": "code", "words": {"zh-CN": "律", "en": "law"}});
        let parts = more.as_object().unwrap().clone();
        law.as_object_mut().unwrap().extend(parts);
        law
    }

    fn tried(packs: &[Json]) -> LawReport {
        let bundle = bundle(packs);
        let catalogue = longma_oracle::load(&bundle).unwrap();
        let mut found = search(&bundle, &catalogue, &[ID.to_owned()], 200, 3);
        assert_eq!(found.len(), 1);
        found.remove(0)
    }

    fn one(script: &str, law: Json) -> LawReport {
        let mut pack = pack(ID, 7, script);
        pack["manifest"]["laws"]["l"] = law;
        tried(&[pack])
    }

    #[test]
    fn a_test_that_worsens_a_colour_is_found_and_made_small() {
        let script = format!(
            "{CLOSE}/// source: s
fn tested(tests) {{
    tests.filter(|t| t.result == \"negative\").map(|t| yellow(t.at, t.at + days(1)).because(t))
}}
"
        );
        let more = json!({"section": "tests", "record": {"result": "negative"}});
        let found = one(&script, law("never_raises", &more));
        assert!(!found.holds);
        let broken = found.counterexample.unwrap();
        assert_eq!(broken.rules, ["62/2022-01-01/code/tested"]);
        // Only the added test matters.
        assert_eq!(broken.facts["tests"], json!([]));
        assert_eq!(broken.facts["contacts"], json!([]));
        let added = broken.added.unwrap();
        assert_eq!(added["result"], "negative");
        assert!(added["at"].as_str().unwrap().ends_with("T00:00:00+08:00"));
        // The rule ignores positive tests.
        let more = json!({"section": "tests", "record": {"result": "positive"}});
        assert!(one(&script, law("never_raises", &more)).holds);
    }

    #[test]
    fn a_contact_that_improves_a_colour_is_found() {
        let alone = "/// source: s
fn alone(contacts) {
    if contacts.len() == 1 { contacts.map(|c| red(c.at, ()).because(c)) }
}
";
        let more = json!({"section": "contacts"});
        let found = one(alone, law("never_lowers", &more));
        let broken = found.counterexample.unwrap();
        assert_eq!(broken.facts["contacts"].as_array().unwrap().len(), 1);
        assert!(one(CLOSE, law("never_lowers", &more)).holds);
    }

    /// Tries a pack with the overlay `gold`; `rule` is a second rule of the code.
    fn overlaid(rule: &str) -> LawReport {
        let mut pack = pack(ID, 7, &format!("{CLOSE}{rule}"));
        let text = |text: &str| json!({"zh-CN": text, "en": text});
        pack["manifest"]["decisions"]["gold"] =
            json!({"scale": ["none", "gold"], "colours": ["grey", "gold"]});
        pack["captions"]["gold"] = json!({
            "name": text("Gold"), "levels": {"none": text("None"), "gold": text("Gold")},
            "rules": {"dosed": {"caption": text("dosed"), "release": text("never")}},
        });
        pack["scripts"]["gold"] =
            json!("/// source: s\nfn dosed(doses) { doses.map(|d| gold(d.at, ()).because(d)) }\n");
        pack["manifest"]["laws"]["l"] = law("overlay", &json!({"overlay": "gold"}));
        tried(&[pack])
    }

    #[test]
    fn an_overlay_that_is_read_is_told_with_its_path_and_a_person() {
        let quiet = overlaid("");
        assert!(quiet.holds, "{quiet:?}");
        let rule = "/// source: s\nfn adorned(gold) { yellow(gold.when(\"gold\")) }\n";
        let found = overlaid(rule);
        assert!(!found.holds);
        assert!(found.fault.unwrap().en.ends_with("code → gold"));
        let broken = found.counterexample.unwrap();
        assert_eq!(broken.rules, ["62/2022-01-01/code/adorned"]);
        assert_eq!(broken.facts["doses"].as_array().unwrap().len(), 1);
    }

    /// Tries a local pack that only sets the length of quarantine, under a national
    /// plan of 5 days.
    fn local(days: u32, breaches: &Json) -> LawReport {
        let mut local = pack(ID, days, "");
        local["manifest"]["inherits"] = json!("cn/2022-01-01");
        local["manifest"]["decisions"] = json!({});
        local["manifest"]["overrides"] = json!({"params.quarantine": "why"});
        local["captions"] = json!({});
        local["scripts"] = json!({});
        local["manifest"]["laws"]["l"] = law("not_stricter", &json!({"breaches": breaches}));
        tried(&[pack("cn/2022-01-01", 5, CLOSE), local])
    }

    #[test]
    fn a_local_pack_that_isolates_longer_is_found_unless_its_breach_is_documented() {
        assert!(local(5, &json!({})).holds);
        assert!(local(3, &json!({})).holds);
        let found = local(7, &json!({}));
        let broken = found.counterexample.unwrap();
        assert_eq!(broken.rules, ["cn/2022-01-01/code/close"]);
        let at = Instant::parse(broken.facts["contacts"][0]["at"].as_str().unwrap()).unwrap();
        let from = broken.from.unwrap().instant;
        assert_eq!(from.minus(at).as_seconds(), 5 * 86_400);
        let ground = json!({"zh-CN": "因", "en": "ground"});
        let known = local(7, &json!({"code.close": ground}));
        assert!(known.holds && known.breaches[0].persons > 0);
        assert!(known.breaches[0].example.is_some());
        // A documented breach that no longer occurs makes the law fail.
        let gone = local(5, &json!({"code.close": ground}));
        assert!(!gone.holds && gone.counterexample.is_none());
        let other = local(7, &json!({"code.other": ground}));
        assert!(!other.holds && other.counterexample.is_some());
    }

    #[test]
    fn a_law_that_lacks_a_part_is_told() {
        let found = one(CLOSE, law("never_raises", &json!({})));
        assert!(!found.holds && found.fault.is_some());
        let mut other = law("never_lowers", &json!({"section": "tests"}));
        other["decision"] = json!("gold");
        assert!(one(CLOSE, other).fault.unwrap().en.contains("gold"));
    }
}
