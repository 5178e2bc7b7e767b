//! Coverage: what of the rules the cases exercise, and what none of them does.
//!
//! A case exercises what it looks at: the rules of the decisions that its
//! expectations name, and of those that these read, under the policies in force at
//! its instants. Rules run for every document; that alone exercises nothing.
//!
//! - A **rule** is exercised where an expectation looks at an instant at which one
//!   of its causes is active; a **function** (`private fn`) where it is called.
//! - **Branches**: a single condition was true, and was false — of an `if`, of an
//!   arm, on either side of `&&` and `||`, of a closure given to `filter`, `find`,
//!   `any` or `all`; the left side of `??` was there, and was absent; each arm of a
//!   `switch` was taken; each closure was called.
//! - A **release** is exercised where an expectation looks at or after the end of
//!   a cause, an end that the rule gave and no change of policy.
//! - A **caption** is exercised where an expectation names the rule in `rules`.
//!
//! What is shared counts once: a branch of a national rule is covered by any case
//! of any pack.

mod page;
#[cfg(test)]
mod tests;

pub use page::page;

use crate::case::{Case, Expectation};
use crate::probes::{Point, Probe, Probed, Watched};
use crate::text::say;
use longma_compile::{Bundle, Minimum, PackSource};
use longma_core::{Args, Instant, Localized, Outcome, PackId, Request};
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
    /// What is below the least that the pack's manifest asks for.
    pub below: Vec<Below>,
}

/// What the cases exercise of a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileCoverage {
    /// Its path inside the bundle.
    pub file: String,
    /// How much of each kind.
    pub counts: Counts,
    /// Everything that is counted, in the order of the text.
    pub places: Vec<Place>,
}

/// One thing that is counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// What it is.
    pub what: What,
    /// The function that it stands in.
    pub function: String,
    /// Where.
    pub range: Range,
    /// How often it was seen; of rules, releases and captions by how many expectations.
    pub visits: u64,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// A public function gave a cause.
    Rule,
    /// A cause of it ended.
    Release,
    /// An expectation named it.
    Caption,
    /// A private function was called.
    Function,
    /// A condition was true.
    True,
    /// A condition was false.
    False,
    /// The left side of `??` was there.
    Present,
    /// The left side of `??` was absent.
    Absent,
    /// An arm was taken.
    Arm,
    /// A closure was called.
    Closure,
}

/// The kinds that shares are told of.
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

/// Of each kind, how many there are and how many of them are exercised.
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

/// How many of how many.
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
    /// Of which kind.
    pub kind: Kind,
    /// The least share that is asked for, in percent.
    pub minimum: u8,
    /// How many of how many.
    pub count: Count,
}

impl What {
    /// The kind that it counts for.
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
    /// Every kind, in the order in which they are told.
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
    /// Those of one kind.
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
    /// In percent, rounded down; all of nothing is everything.
    #[must_use]
    pub fn percent(self) -> usize {
        (self.covered * 100).checked_div(self.total).unwrap_or(100)
    }
}

impl Below {
    /// What is below what, for readers.
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
    /// What is missing here, for readers; `None` where it is exercised.
    #[must_use]
    pub fn gap(&self) -> Option<Localized> {
        let key = format!("coverage.gap.{}", self.what.name());
        (self.visits == 0).then(|| say(&key, &Args::of("name", &self.function)))
    }
}

impl PackCoverage {
    /// What no case exercises, in the order of the text.
    pub fn gaps(&self) -> impl Iterator<Item = (&Place, Localized)> {
        let places = self.files.iter().flat_map(|file| &file.places);
        places.filter_map(|place| Some((place, place.gap()?)))
    }
}

/// Measures what `cases` exercise of the packs of `bundle` whose ids are in
/// `only`, or of all where it is empty. `watched` is the bundle, watched.
#[must_use]
pub fn measure(bundle: &Bundle, watched: &Watched, cases: &[Case], only: &[String]) -> Coverage {
    let mut seen = Exercised::default();
    for case in cases.iter().filter(|case| case.problems.is_empty()) {
        seen.case(case, watched);
    }
    let mut packs: Vec<&PackSource> = bundle.packs.iter().collect();
    packs.retain(|pack| only.is_empty() || only.contains(&pack.id));
    packs.sort_by(|a, b| a.id.cmp(&b.id));
    Coverage {
        cases: cases.len(),
        packs: packs
            .into_iter()
            .map(|pack| seen.pack(pack, watched))
            .collect(),
    }
}

/// What was exercised so far.
#[derive(Default)]
struct Exercised {
    tallies: BTreeMap<u32, Tally>,
    /// By path of the rule.
    rules: BTreeMap<String, u64>,
    releases: BTreeMap<String, u64>,
    captions: BTreeMap<String, u64>,
}

impl Exercised {
    /// A case whose facts or tables are refused exercises nothing.
    fn case(&mut self, case: &Case, watched: &Watched) {
        let catalogue = &watched.catalogue;
        let Ok(tables) = case.tables(catalogue) else {
            return;
        };
        let Ok(facts) = catalogue.read_facts(&case.facts) else {
            return;
        };
        let request = Request {
            references: Some(&tables),
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
        let mut looked: BTreeSet<&str> = named.map(String::as_str).collect();
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
            let active: BTreeSet<String> = causes.map(|cause| cause.rule().to_owned()).collect();
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
        let mut counts = Counts::default();
        let files: Vec<FileCoverage> = pack
            .scripts
            .keys()
            .filter_map(|decision| {
                let key = (pack.id.clone(), decision.clone());
                let script = watched.scripts.get(&key)?;
                Some(self.file(&pack.id, decision, script, watched))
            })
            .collect();
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

    fn file(&self, pack: &str, decision: &str, script: &Probed, watched: &Watched) -> FileCoverage {
        let file = PackId::read(pack).script(decision);
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
        for (probe, id) in probes.filter(|(p, _)| p.pack == pack && p.decision == decision) {
            let tally = self.tallies.get(&id).copied().unwrap_or_default();
            for (what, visits) in counted(probe, tally, script) {
                place(what, &probe.function, &probe.bytes, visits);
            }
        }
        places.sort_by(|a, b| (&a.range, a.what).cmp(&(&b.range, b.what)));
        let mut counts = Counts::default();
        for place in &places {
            counts.count(place);
        }
        FileCoverage {
            file,
            counts,
            places,
        }
    }
}

/// What a probe counts for, and how often each was seen.
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

/// Whether a cause of the rule has ended by `at` under the policy, by the rule's own word.
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
