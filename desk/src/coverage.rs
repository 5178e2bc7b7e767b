//! Coverage: which parts of the rules the cases exercise, and which they miss.
//!
//! A case exercises only what its expectations look at: the rules of the decisions they
//! name, and of the decisions those read, under the policies in force at the instants
//! given. All rules run for every document, but running alone does not count.
//!
//! - A **rule** is exercised if an expectation looks at an instant at which one of its
//!   causes is active; a **function** (`private fn`) if it is called.
//! - **Branches**: each single condition was true, and was false. Conditions are those
//!   of an `if` or an arm, either side of `&&` and `||`, and the body of a closure
//!   given to `filter`, `find`, `any` or `all`. The left side of `??` was present, and
//!   was absent. Each arm of a `switch` was taken, and each closure was called.
//! - A **release** is exercised if an expectation looks at or after the end of a cause,
//!   when the rule itself gave that end and not a change of policy.
//! - A **caption** is exercised if an expectation names the rule in `rules`.
//!
//! Shared code counts once: any case of any pack covers a branch of a national rule.

mod page;
#[cfg(test)]
mod tests;

pub use page::page;

use crate::case::{Case, Expectation};
use crate::code::Code;
use crate::probes::{Point, Probe, Probed, Watched};
use crate::text::say;
use longma_compile::shared;
use longma_compile::{Bundle, Minimum, PackSource};
use longma_core::order;
use longma_core::order::Gather;
use longma_core::{Args, Instant, Localized, Outcome, PackId, Problem, Request};
use longma_lang::finding::Range;
use longma_lang::syntax::{Bytes, Lines};
use longma_oracle::watch::{Reads, Tally, WatchedPolicy, WatchedRule};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What the cases exercise of each pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// How many cases were measured.
    pub cases: usize,
    /// The packs, by id.
    pub packs: Vec<PackCoverage>,
}

/// What the cases exercise of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackCoverage {
    /// Its id.
    pub pack: String,
    /// Its title.
    pub title: Localized,
    /// How much of each kind.
    pub counts: Counts,
    /// Its scripts.
    pub files: Vec<FileCoverage>,
    /// The kinds below the minimum that the pack's manifest asks for.
    pub below: Vec<Below>,
}

/// What the cases exercise of a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileCoverage {
    /// Its path inside the bundle.
    pub file: String,
    /// How much of each kind.
    pub counts: Counts,
    /// Everything that is counted, in text order.
    pub places: Vec<Place>,
}

/// One thing that is counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// What is counted there.
    pub what: What,
    /// The function it is in.
    pub function: String,
    /// Its place in the script.
    pub range: Range,
    /// How often it was visited; for rules, releases and captions, the number of
    /// expectations.
    pub visits: u64,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// A public function gave a cause.
    Rule,
    /// A cause of a public function ended.
    Release,
    /// An expectation named a public function.
    Caption,
    /// A private function was called.
    Function,
    /// A condition was true.
    True,
    /// A condition was false.
    False,
    /// The left side of `??` was present.
    Present,
    /// The left side of `??` was absent.
    Absent,
    /// An arm was taken.
    Arm,
    /// A closure was called.
    Closure,
}

/// The kinds for which a share is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Public functions.
    Rules,
    /// Private functions.
    Functions,
    /// Conditions, defaults, arms and closures.
    Branches,
    /// Ends of causes.
    Releases,
    /// Rules that expectations name.
    Captions,
}

/// For each kind, how many there are and how many are exercised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Public functions.
    pub rules: Count,
    /// Private functions.
    pub functions: Count,
    /// Conditions, defaults, arms and closures.
    pub branches: Count,
    /// Ends of causes.
    pub releases: Count,
    /// Rules that expectations name.
    pub captions: Count,
}

/// How many are exercised, out of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Count {
    /// Exercised.
    pub covered: usize,
    /// In all.
    pub total: usize,
}

/// A share below what the manifest asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Below {
    /// The kind.
    pub kind: Kind,
    /// The minimum share in percent.
    pub minimum: u8,
    /// The actual count.
    pub count: Count,
}

impl FileCoverage {
    fn of(file: String, mut places: Vec<Place>) -> Self {
        order::sort_by(&mut places, |a, b| {
            (&a.range, a.what).cmp(&(&b.range, b.what))
        });
        let mut counts = Counts::default();
        for place in &places {
            counts.count(place);
        }
        Self {
            file,
            counts,
            places,
        }
    }
}

impl What {
    /// The kind it counts towards.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::Rule => Kind::Rules,
            Self::Release => Kind::Releases,
            Self::Caption => Kind::Captions,
            Self::Function => Kind::Functions,
            _ => Kind::Branches,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Release => "release",
            Self::Caption => "caption",
            Self::Function => "function",
            Self::True => "true",
            Self::False => "false",
            Self::Present => "present",
            Self::Absent => "absent",
            Self::Arm => "arm",
            Self::Closure => "closure",
        }
    }
}

impl Kind {
    /// Every kind, in display order.
    pub const ALL: [Self; 5] = [
        Self::Rules,
        Self::Functions,
        Self::Branches,
        Self::Releases,
        Self::Captions,
    ];

    /// Its name for readers.
    #[must_use]
    pub fn words(self) -> Localized {
        say(&format!("coverage.{}", self.key()), &Args::NONE)
    }

    /// Its name in `[coverage]` of a manifest.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Functions => "functions",
            Self::Branches => "branches",
            Self::Releases => "releases",
            Self::Captions => "captions",
        }
    }

    fn minimum(self, of: &Minimum) -> Option<u8> {
        match self {
            Self::Rules => of.rules,
            Self::Functions => of.functions,
            Self::Branches => of.branches,
            Self::Releases => of.releases,
            Self::Captions => of.captions,
        }
    }
}

impl Counts {
    /// The count of one kind.
    #[must_use]
    pub fn of(&self, kind: Kind) -> Count {
        match kind {
            Kind::Rules => self.rules,
            Kind::Functions => self.functions,
            Kind::Branches => self.branches,
            Kind::Releases => self.releases,
            Kind::Captions => self.captions,
        }
    }

    fn count(&mut self, place: &Place) {
        let count = match place.what.kind() {
            Kind::Rules => &mut self.rules,
            Kind::Functions => &mut self.functions,
            Kind::Branches => &mut self.branches,
            Kind::Releases => &mut self.releases,
            Kind::Captions => &mut self.captions,
        };
        count.total += 1;
        count.covered += usize::from(place.visits > 0);
    }
}

impl Count {
    /// The share in percent, rounded down; 100 if there is nothing to exercise.
    #[must_use]
    pub fn percent(self) -> usize {
        (self.covered * 100).checked_div(self.total).unwrap_or(100)
    }
}

impl Below {
    /// Which share is below which minimum, for readers.
    #[must_use]
    pub fn words(&self) -> Localized {
        let (percent, Count { covered, total }) = (self.count.percent(), self.count);
        let args = Args::of("kind", self.kind.words())
            .with("percent", percent)
            .with("covered", covered)
            .with("total", total)
            .with("minimum", self.minimum);
        say("coverage.below", &args)
    }
}

impl Place {
    /// What is missing here, for readers; `None` if it is exercised.
    #[must_use]
    pub fn gap(&self) -> Option<Localized> {
        let key = format!("coverage.gap.{}", self.what.name());
        (self.visits == 0).then(|| say(&key, &Args::of("name", &self.function)))
    }
}

impl PackCoverage {
    /// What no case exercises, in text order.
    pub fn gaps(&self) -> impl Iterator<Item = (&Place, Localized)> {
        let places = self.files.iter().flat_map(|file| &file.places);
        places.filter_map(|place| Some((place, place.gap()?)))
    }
}

/// Measures what `cases` exercise in the packs of `bundle` whose ids are in `only`, or
/// in all packs if `only` is empty. `watched` must be the same bundle.
///
/// ```
/// use longma_desk::coverage::measure;
/// use longma_desk::{case, probes::Watched};
/// # use longma_compile::texts::{Texts, read};
/// # let rules = std::path::Path::new("../rules");
/// # let on_disk = |file: &str| std::fs::read_to_string(rules.join(file)).unwrap();
/// # let text = |file: &str| (file.to_owned(), on_disk(file));
/// # let pack = |file: &str| text(&format!("packs/62/validity-2020-02-21/{file}"));
/// // A code is valid for 24 hours from its issue.
/// let texts = Texts::from([
///     text("schema/person.schema.json"),
///     text("reference/risk_areas.schema.json"),
///     text("reference/places.csv"),
///     pack("pack.toml"),
///     pack("captions.toml"),
///     pack("validity.rhai"),
///     pack("cases/validity.toml"),
/// ]);
/// let bundle = read(&texts).bundle;
/// let cases = case::read(&texts).cases;
/// let watched = Watched::load(&bundle).unwrap();
/// let coverage = measure(&bundle, &watched, &cases, &[]);
/// let counts = coverage.packs[0].counts;
/// assert_eq!((counts.rules.covered, counts.rules.total), (1, 1));
/// assert_eq!(counts.releases.percent(), 100);
/// ```
#[must_use]
pub fn measure(bundle: &Bundle, watched: &Watched, cases: &[Case], only: &[String]) -> Coverage {
    let mut seen = Exercised::default();
    for case in cases.iter().filter(|case| case.problems.is_empty()) {
        seen.case(case, watched);
    }
    let mut packs: Vec<&PackSource> = bundle.packs.iter().collect();
    packs.retain(|pack| only.is_empty() || only.contains(&pack.id));
    order::sort_by(&mut packs, |a, b| a.id.cmp(&b.id));
    Coverage {
        cases: cases.len(),
        packs: packs
            .into_iter()
            .map(|pack| seen.pack(pack, watched))
            .collect(),
    }
}

/// Tells of each pack whose `[coverage]` asks for a share although it has no case: cases of
/// other packs could reach the share without looking at this one.
#[must_use]
pub fn without_case<'a>(
    packs: impl IntoIterator<Item = &'a PackSource>,
    cases: &[Case],
) -> Vec<Problem> {
    let tried: BTreeSet<&str> = cases.iter().map(|case| case.pack.as_str()).into_set();
    let asking = packs
        .into_iter()
        .filter(|pack| !pack.manifest.coverage.is_none() && !tried.contains(pack.id.as_str()));
    let problem = |pack: &PackSource| {
        let place = longma_core::Place::Key {
            file: PackId::read(&*pack.id).file("pack.toml"),
            key: vec!["coverage".to_owned()],
        };
        Problem::new(Code::CoverageWithoutCase, place)
    };
    asking.map(problem).collect()
}

/// What the cases have exercised so far.
#[derive(Default)]
struct Exercised {
    tallies: BTreeMap<u32, Tally>,
    /// Counts by the rule's path; likewise `releases` and `captions`.
    rules: BTreeMap<String, u64>,
    releases: BTreeMap<String, u64>,
    captions: BTreeMap<String, u64>,
}

impl Exercised {
    /// Adds a case. One whose facts or tables are refused exercises nothing.
    fn case(&mut self, case: &Case, watched: &Watched) {
        let catalogue = &watched.catalogue;
        let Ok(tables) = case.tables(catalogue) else {
            return;
        };
        let Ok(facts) = catalogue.read_facts(&case.facts) else {
            return;
        };
        // Other decisions would run in vain.
        let asked: BTreeSet<&str> = case.asked().into_set();
        let asked: Vec<&str> = asked.into_iter().collect();
        let request = Request {
            references: Some(&tables),
            decisions: Some(&asked),
            ..Request::default()
        };
        let Ok((outcome, policies)) = longma_oracle::watch::decide(catalogue, &facts, request)
        else {
            return;
        };
        for policy in &policies {
            self.tallies(policy, &case.at);
        }
        for expectation in &case.at {
            if let Ok(at) = Instant::parse(&expectation.time) {
                self.shown(expectation, at, &outcome);
                self.released(expectation, at, &policies);
            }
        }
    }

    fn tallies(&mut self, policy: &WatchedPolicy, at: &[Expectation]) {
        let inside = at.iter().filter(|expectation| {
            Instant::parse(&expectation.time).is_ok_and(|at| policy.span.contains(at))
        });
        let named = inside.flat_map(|expectation| expectation.levels.keys());
        let mut looked: BTreeSet<&str> = named.map(String::as_str).into_set();
        for decision in policy.decisions.iter().rev() {
            if !looked.contains(decision.name.as_str()) {
                continue;
            }
            for rule in &decision.rules {
                looked.extend(rule.reads.iter().filter_map(|read| match read {
                    Reads::Earlier(name) => Some(name.as_str()),
                    _ => None,
                }));
                for (probe, tally) in &rule.tallies {
                    self.tallies.entry(*probe).or_default().add(*tally);
                }
            }
        }
    }

    fn shown(&mut self, expectation: &Expectation, at: Instant, outcome: &Outcome) {
        let named = expectation.rules.as_ref();
        for decision in expectation.levels.keys() {
            let status = outcome.at(decision, at);
            let causes = status.into_iter().flat_map(|status| status.causes());
            let active: BTreeSet<String> = causes.map(|cause| cause.rule().to_owned()).into_set();
            for rule in active {
                let function = rule.rsplit('/').next().unwrap_or_default();
                if named.is_some_and(|named| named.contains(function)) {
                    *self.captions.entry(rule.clone()).or_default() += 1;
                }
                *self.rules.entry(rule).or_default() += 1;
            }
        }
    }

    fn released(&mut self, expectation: &Expectation, at: Instant, policies: &[WatchedPolicy]) {
        for policy in policies {
            let decisions = policy.decisions.iter();
            let looked = decisions.filter(|d| expectation.levels.contains_key(&d.name));
            for rule in looked.flat_map(|decision| &decision.rules) {
                if ended(rule, policy, at) {
                    *self.releases.entry(rule.rule.clone()).or_default() += 1;
                }
            }
        }
    }

    fn pack(&self, pack: &PackSource, watched: &Watched) -> PackCoverage {
        let own = |(id, decision): &(String, String)| {
            (*id == pack.id).then(|| PackId::read(&**id).script(decision))
        };
        let mut files: Vec<FileCoverage> = watched
            .scripts
            .iter()
            .filter_map(|(key, script)| Some((own(key)?, key, script)))
            .map(|(file, key, script)| {
                let mut places = self.places(key, script, watched);
                places.retain(|place| place.range.file == file);
                FileCoverage::of(file, places)
            })
            .collect();
        // What decisions share is exercised by any of them, in any pack.
        if let Some((file, _)) = shared::own_text(pack) {
            let mut shared: BTreeMap<(Range, What), Place> = BTreeMap::new();
            for (key, script) in &watched.scripts {
                let places = self.places(key, script, watched).into_iter();
                for place in places.filter(|place| place.range.file == file) {
                    let known = shared.entry((place.range.clone(), place.what));
                    let visits = place.visits;
                    known
                        .and_modify(|known| known.visits += visits)
                        .or_insert(place);
                }
            }
            files.push(FileCoverage::of(file, shared.into_values().collect()));
        }
        let mut counts = Counts::default();
        for place in files.iter().flat_map(|file| &file.places) {
            counts.count(place);
        }
        PackCoverage {
            pack: pack.id.clone(),
            title: pack.manifest.title.clone(),
            below: below(&counts, &pack.manifest.coverage),
            counts,
            files,
        }
    }

    /// What is counted in a script, with the functions of others that it calls.
    fn places(
        &self,
        (pack, decision): &(String, String),
        script: &Probed,
        watched: &Watched,
    ) -> Vec<Place> {
        let file = PackId::read(&**pack).script(decision);
        let lines = Lines::new(&script.text);
        let mut places = Vec::new();
        let mut place = |what, function: &str, bytes: &Bytes, visits| {
            places.push(Place {
                what,
                function: function.to_owned(),
                range: lines.range(&file, bytes),
                visits,
            });
        };
        for function in &script.script.functions {
            let name = &function.name;
            if !function.private {
                let rule = format!("{pack}/{decision}/{}", name.text);
                let of = |map: &BTreeMap<String, u64>| map.get(&rule).copied().unwrap_or_default();
                place(What::Rule, &name.text, &name.bytes, of(&self.rules));
                place(What::Release, &name.text, &name.bytes, of(&self.releases));
                place(What::Caption, &name.text, &name.bytes, of(&self.captions));
            }
        }
        let probes = watched.probes.iter().zip(0_u32..);
        for (probe, id) in probes.filter(|(p, _)| p.pack == *pack && p.decision == *decision) {
            let tally = self.tallies.get(&id).copied().unwrap_or_default();
            for (what, visits) in counted(probe, tally, script) {
                place(what, &probe.function, &probe.bytes, visits);
            }
        }
        places
    }
}

/// What a probe counts towards, and how often.
fn counted(probe: &Probe, tally: Tally, script: &Probed) -> Vec<(What, u64)> {
    let mut functions = script.script.functions.iter();
    let private = functions.any(|f| f.private && f.name.text == probe.function);
    match probe.point {
        Point::Enter if private => vec![(What::Function, tally.visits)],
        Point::Ask => vec![(What::Closure, tally.visits)],
        Point::Condition => vec![(What::True, tally.yes), (What::False, tally.no)],
        Point::Default => vec![
            (What::Present, tally.visits - tally.absent),
            (What::Absent, tally.absent),
        ],
        Point::Arm => vec![(What::Arm, tally.visits)],
        _ => Vec::new(),
    }
}

/// Whether a cause of the rule has ended by `at` within the policy, by an end that the
/// rule gave.
fn ended(rule: &WatchedRule, policy: &WatchedPolicy, at: Instant) -> bool {
    let given = rule.gave.iter().flatten();
    let mut spans = given.flat_map(|given| given.when.spans());
    spans.any(|span| {
        let (from, until) = (policy.span.from(), policy.span.until());
        let end = span.until().filter(|end| *end <= at);
        let began = until.is_none_or(|until| span.from().is_none_or(|start| start < until));
        let own = |end: Instant| {
            from.is_none_or(|from| from < end) && until.is_none_or(|until| end <= until)
        };
        began && end.is_some_and(own)
    })
}

fn below(counts: &Counts, minimum: &Minimum) -> Vec<Below> {
    let asked = Kind::ALL.into_iter();
    let asked = asked.filter_map(|kind| Some((kind, kind.minimum(minimum)?)));
    asked
        .map(|(kind, minimum)| Below {
            kind,
            minimum,
            count: counts.of(kind),
        })
        .filter(|below| below.count.percent() < usize::from(below.minimum))
        .collect()
}
