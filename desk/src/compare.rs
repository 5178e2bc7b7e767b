//! Compares two sets of rules: who changes colour.
//!
//! Both sides decide the same persons, and their timelines are compared second by
//! second. Persons and seconds are counted exactly: by level, by pair of levels, by the
//! rules responsible and by kind of difference. The smallest person of each kind is
//! kept as its example. "Unknown" counts as a level of its own.
//!
//! Persons are added one at a time and not stored, so there may be any number of them.
//! Partial counts can be [merged](Comparison::merge) in any grouping; the result is the
//! same as counting everybody at once.
//!
//! Time is unbounded, so counting seconds needs a window. The default is the calendar
//! days that contain every change of any person. It is known only at the end, when the
//! open past and future are cut to it.

mod first;
mod houses;
mod page;
mod report;
#[cfg(test)]
mod tests;

pub use first::{Begin, First, FirstChange};
pub use houses::{Houses, generator, policies, subject};
pub use page::page;
pub(crate) use report::explained;
pub use report::{
    Amount, Decision, Example, Explained, Kind, LevelName, Refused, Report, Responsible,
    StretchView, Surroundings,
};

use crate::generate::{Fired, count};
use first::Firsts;
use longma_core::order::Gather;
use longma_core::{
    Catalogue, Cause, DecisionOutcome, Facts, History, Instant, Localized, Offset, Outcome,
    Problem, Problems, References, Request, Stretch, Verdict,
};
use std::collections::{BTreeMap, BTreeSet};

/// Before every instant.
pub(crate) const PAST: i64 = -(1 << 40);
/// After every instant.
pub(crate) const FUTURE: i64 = 1 << 40;
/// Limit on separate kinds of difference; further ones are counted together.
const KINDS: usize = 1_000;
/// Limit on refused persons that are listed.
const REFUSALS: usize = 5;

/// One of the two sets of rules.
#[derive(Debug)]
pub struct Side<'a> {
    /// Its name for readers.
    pub name: String,
    /// Its packs, loaded.
    pub catalogue: &'a Catalogue,
    /// The history that decides; that of the region when `None`.
    pub history: Option<History>,
    /// The region whose policies decide; the person's own when `None`.
    pub region: Option<String>,
    /// The tables.
    pub references: References,
    /// The decisions to compare; all when `None`.
    pub decisions: Option<Vec<String>>,
    /// The packs that the other side lacks. Those of the second side are looked at: who
    /// changes at their first instant because of older facts.
    pub begins: Vec<Begin>,
}

impl Side<'_> {
    /// Decides `facts`, which this side's catalogue has read.
    ///
    /// # Errors
    /// The problems for which the core refuses the request.
    pub fn decide(&self, facts: &Facts) -> Result<Outcome, Problems> {
        self.decide_with(facts, &self.references)
    }

    /// The same as [`decide`](Self::decide), with other tables.
    ///
    /// # Errors
    /// The problems for which the core refuses the request.
    pub fn decide_with(&self, facts: &Facts, references: &References) -> Result<Outcome, Problems> {
        let decisions: Option<Vec<&str>> = self
            .decisions
            .as_ref()
            .map(|names| names.iter().map(String::as_str).collect());
        let request = Request {
            region: self.region.as_deref(),
            references: Some(references),
            decisions: decisions.as_deref(),
            window: None,
        };
        match &self.history {
            Some(history) => self.catalogue.decide_by(facts, history, request),
            None => self.catalogue.decide(facts, request),
        }
    }
}

/// A span of seconds, end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// First second, in Unix time.
    pub from: i64,
    /// First second after it.
    pub until: i64,
}

impl Window {
    /// All of time.
    pub(crate) const ALL: Self = Self {
        from: PAST,
        until: FUTURE,
    };
}

/// A number of persons and their total seconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Tally {
    persons: u64,
    seconds: i128,
    /// Persons whose open past is included in `seconds`; `future` likewise.
    past: u64,
    future: u64,
}

/// What one person adds to a [`Tally`].
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    seconds: i128,
    past: bool,
    future: bool,
}

impl Seen {
    fn stretch(&mut self, stretch: &Pair) {
        self.seconds += i128::from(stretch.until) - i128::from(stretch.from);
        self.past |= stretch.from == PAST;
        self.future |= stretch.until == FUTURE;
    }
}

impl Tally {
    fn add(&mut self, seen: Seen) {
        self.persons += 1;
        self.seconds += seen.seconds;
        self.past += u64::from(seen.past);
        self.future += u64::from(seen.future);
    }

    fn merge(&mut self, other: &Self) {
        self.persons += other.persons;
        self.seconds += other.seconds;
        self.past += other.past;
        self.future += other.future;
    }

    fn settle(&self, window: Window) -> Amount {
        let cut = |count: u64, seconds: i64| i128::from(count) * i128::from(seconds);
        let outside = cut(self.past, window.from - PAST) + cut(self.future, FUTURE - window.until);
        Amount {
            persons: self.persons,
            seconds: u64::try_from(self.seconds - outside).unwrap_or(0),
        }
    }
}

/// A kind of difference: between which levels, and by which rules. A level is an index
/// into `Counts::levels`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    levels: [usize; 2],
    /// For each side, the rules that give its level and have no match on the other
    /// side.
    rules: [Vec<String>; 2],
}

#[derive(Debug, Clone, Default)]
struct Found {
    tally: Tally,
    /// The smallest person so far: the shortest text, then the first in order.
    smallest: String,
}

/// The counts of one decision.
#[derive(Debug, Clone)]
struct Counts {
    caption: Localized,
    /// "Unknown" first, then the levels in the order in which they were first seen.
    levels: Vec<LevelName>,
    sides: [BTreeMap<usize, Tally>; 2],
    matrix: BTreeMap<[usize; 2], Tally>,
    /// Persons whose levels differ at some time.
    changed: Tally,
    /// By side and rule.
    rules: BTreeMap<(usize, String), Tally>,
    kinds: BTreeMap<Key, Found>,
    more: Tally,
}

/// The counts over all persons so far.
///
/// ```
/// # use std::collections::BTreeMap;
/// use longma_compile::ParamValue;
/// use longma_core::{Offset, References};
/// use longma_desk::compare::{Comparison, Side, Surroundings};
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
/// let mut longer = bundle.clone();
/// let validity = longer.packs[0].manifest.params.get_mut("validity").unwrap();
/// validity.value = ParamValue::Int(48);
///
/// let catalogues = [bundle, longer].map(|bundle| longma_oracle::load(&bundle).unwrap());
/// let [a, b] = catalogues.each_ref().map(|catalogue| Side {
///     name: String::new(),
///     catalogue,
///     history: None,
///     region: None,
///     references: References::none(),
///     decisions: None,
///     begins: Vec::new(),
/// });
/// let facts = r#"{
///     "subject": "person",
///     "identity": {
///         "name": "测试甲", "region": "620102",
///         "document": {"type": "other", "number": "CASE-0001"}
///     },
///     "issuance": [{"issued_at": "2020-02-25T10:00:00+08:00"}]
/// }"#;
/// let comparison = Comparison::of([&a, &b], None, [facts.to_owned()]);
/// let around = Surroundings {
///     offset: Offset::CHINA,
///     tables: &BTreeMap::new(),
///     columns: &BTreeMap::new(),
/// };
/// let report = comparison.report([&a, &b], around, 1);
/// assert_eq!(report.decisions[0].changed.days(), "1.0");
/// ```
#[derive(Debug, Clone)]
pub struct Comparison {
    window: Option<Window>,
    /// The first and last instant at which any person's level or cause changes.
    changes: Option<(i64, i64)>,
    persons: u64,
    refused: u64,
    refusals: Vec<(u64, Problem)>,
    decisions: BTreeMap<String, Counts>,
    /// The decisions that only one side has, by side.
    alone: [BTreeSet<String>; 2],
    fired: [Fired; 2],
    firsts: Firsts,
}

/// A span of seconds over which neither side changes.
pub(crate) struct Pair<'a> {
    pub(crate) from: i64,
    pub(crate) until: i64,
    pub(crate) sides: [Stretch<'a>; 2],
}

impl Comparison {
    /// An empty comparison over `window`; when `None`, over the days of the changes.
    #[must_use]
    pub fn new(window: Option<Window>) -> Self {
        Self {
            window,
            changes: None,
            persons: 0,
            refused: 0,
            refusals: Vec::new(),
            decisions: BTreeMap::new(),
            alone: [BTreeSet::new(), BTreeSet::new()],
            fired: [Fired::new(), Fired::new()],
            firsts: Firsts::default(),
        }
    }

    /// Compares all of `persons`, given as JSON texts.
    #[must_use]
    pub fn of(
        sides: [&Side; 2],
        window: Option<Window>,
        persons: impl IntoIterator<Item = String>,
    ) -> Self {
        let mut comparison = Self::new(window);
        for (number, facts) in (1..).zip(persons) {
            comparison.add(sides, number, &facts);
        }
        comparison
    }

    /// Adds the `number`th person, counted from 1. A person that either side refuses is
    /// counted as refused.
    pub fn add(&mut self, sides: [&Side; 2], number: u64, facts: &str) {
        match outcomes(sides, facts) {
            Ok(outcomes) => {
                let begins = &sides[1].begins;
                self.firsts.add(begins, self.window, &outcomes, facts);
                self.add_outcomes(&outcomes, facts);
            }
            Err(problems) => self.refuse(number, problems.as_slice().first()),
        }
    }

    /// Counts the `number`th person as refused.
    pub fn refuse(&mut self, number: u64, problem: Option<&Problem>) {
        self.refused += 1;
        if let Some(problem) = problem
            && self.refusals.len() < REFUSALS
        {
            self.refusals.push((number, problem.clone()));
        }
    }

    fn add_outcomes(&mut self, outcomes: &[Outcome; 2], facts: &str) {
        self.persons += 1;
        let [a, b] = outcomes;
        for (fired, outcome) in self.fired.iter_mut().zip(outcomes) {
            let decisions = outcome.decisions().values();
            count(fired, decisions.map(DecisionOutcome::timeline));
        }
        for (alone, (one, other)) in self.alone.iter_mut().zip([(a, b), (b, a)]) {
            let names = one.decisions().keys();
            alone.extend(
                names
                    .filter(|name| !other.decisions().contains_key(*name))
                    .cloned(),
            );
        }
        for (name, one) in a.decisions() {
            let Some(other) = b.decisions().get(name) else {
                continue;
            };
            self.changed([one, other]);
            let counts = self
                .decisions
                .entry(name.clone())
                .or_insert_with(|| Counts {
                    caption: other.caption().clone(),
                    ..Counts::default()
                });
            let window = self.window.unwrap_or(Window::ALL);
            counts.add([one, other], outcomes, window, facts);
        }
    }

    fn changed(&mut self, decisions: [&DecisionOutcome; 2]) {
        let stretches = decisions.iter().flat_map(|it| it.stretches());
        for at in stretches.filter_map(|stretch| stretch.span().from()) {
            let (first, last) = self.changes.unwrap_or((at.unix(), at.unix()));
            self.changes = Some((first.min(at.unix()), last.max(at.unix())));
        }
    }

    /// Adds the counts of persons that come after these.
    pub fn merge(&mut self, other: Self) {
        self.persons += other.persons;
        self.refused += other.refused;
        self.refusals.extend(other.refusals);
        self.refusals.truncate(REFUSALS);
        self.changes = match (self.changes, other.changes) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (one, other) => one.or(other),
        };
        for (mine, theirs) in self.alone.iter_mut().zip(other.alone) {
            mine.extend(theirs);
        }
        for (mine, theirs) in self.fired.iter_mut().zip(other.fired) {
            for (rule, persons) in theirs {
                *mine.entry(rule).or_default() += persons;
            }
        }
        self.firsts.merge(other.firsts);
        for (name, counts) in other.decisions {
            match self.decisions.get_mut(&name) {
                Some(mine) => mine.merge(counts),
                None => drop(self.decisions.insert(name, counts)),
            }
        }
    }

    /// The rules that gave a cause, by side, each with the number of persons.
    #[must_use]
    pub fn fired(&self) -> &[Fired; 2] {
        &self.fired
    }

    /// The window as given, or the calendar days at `offset` that contain every change;
    /// empty if nothing ever changes.
    fn settled(&self, offset: Offset) -> Window {
        const DAY: i64 = 86_400;
        let day = |at: i64| {
            let shift = Instant::from_unix(at).map_or(0, |at| at.offset_at(offset));
            (at + shift).div_euclid(DAY) * DAY - shift
        };
        self.window.unwrap_or_else(|| match self.changes {
            // The second before the first change is included, to show what it changed
            // from.
            Some((first, last)) => Window {
                from: day(first - 1),
                until: day(last) + DAY,
            },
            None => Window { from: 0, until: 0 },
        })
    }
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            caption: Localized::default(),
            levels: vec![LevelName::unknown()],
            sides: [BTreeMap::new(), BTreeMap::new()],
            matrix: BTreeMap::new(),
            changed: Tally::default(),
            rules: BTreeMap::new(),
            kinds: BTreeMap::new(),
            more: Tally::default(),
        }
    }
}

impl Counts {
    fn add(
        &mut self,
        decisions: [&DecisionOutcome; 2],
        outcomes: &[Outcome; 2],
        window: Window,
        facts: &str,
    ) {
        for decision in decisions {
            self.learn(decision);
        }
        let mut sides: [BTreeMap<usize, Seen>; 2] = [BTreeMap::new(), BTreeMap::new()];
        let mut matrix: BTreeMap<[usize; 2], Seen> = BTreeMap::new();
        let mut rules: BTreeMap<(usize, String), Seen> = BTreeMap::new();
        let mut kinds: BTreeMap<Key, Seen> = BTreeMap::new();
        let mut changed = None;
        for pair in pairs(decisions, window) {
            let levels = self.levels_of(&pair);
            let [a, b] = levels;
            sides[0].entry(a).or_default().stretch(&pair);
            sides[1].entry(b).or_default().stretch(&pair);
            matrix.entry(levels).or_default().stretch(&pair);
            if a == b {
                continue;
            }
            changed.get_or_insert(Seen::default()).stretch(&pair);
            for (side, rule) in responsible(&pair) {
                rules.entry((side, rule)).or_default().stretch(&pair);
            }
            let key = Key {
                levels,
                rules: grounds(outcomes, &pair),
            };
            kinds.entry(key).or_default().stretch(&pair);
        }
        for (mine, seen) in self.sides.iter_mut().zip(sides) {
            gather(mine, seen);
        }
        gather(&mut self.matrix, matrix);
        gather(&mut self.rules, rules);
        if let Some(seen) = changed {
            self.changed.add(seen);
        }
        for (key, seen) in kinds {
            self.kind(key, seen, facts);
        }
    }

    fn kind(&mut self, key: Key, seen: Seen, facts: &str) {
        if self.kinds.len() >= KINDS && !self.kinds.contains_key(&key) {
            self.more.add(seen);
            return;
        }
        let found = self.kinds.entry(key).or_default();
        found.tally.add(seen);
        if found.smallest.is_empty() || smaller(facts, &found.smallest) {
            facts.clone_into(&mut found.smallest);
        }
    }

    /// Adds new levels of a decision's scale to `levels`.
    fn learn(&mut self, decision: &DecisionOutcome) {
        for level in decision.levels() {
            if self.levels.iter().all(|known| *known.name != *level.name) {
                self.levels.push(LevelName::of(level));
            }
        }
    }

    fn levels_of(&self, pair: &Pair) -> [usize; 2] {
        pair.sides.map(|stretch| {
            let mut names = self.levels.iter().map(|level| level.name.as_str());
            names
                .position(|name| name == stretch.level_name())
                .unwrap_or(0)
        })
    }

    fn merge(&mut self, other: Self) {
        let positions: Vec<usize> = other
            .levels
            .into_iter()
            .map(|level| {
                let known = self.levels.iter().position(|mine| mine.name == level.name);
                known.unwrap_or_else(|| {
                    self.levels.push(level);
                    self.levels.len() - 1
                })
            })
            .collect();
        let place = |level: usize| positions.get(level).copied().unwrap_or(0);
        for (mine, theirs) in self.sides.iter_mut().zip(other.sides) {
            for (level, tally) in theirs {
                mine.entry(place(level)).or_default().merge(&tally);
            }
        }
        for (levels, tally) in other.matrix {
            self.matrix
                .entry(levels.map(place))
                .or_default()
                .merge(&tally);
        }
        self.changed.merge(&other.changed);
        for (rule, tally) in other.rules {
            self.rules.entry(rule).or_default().merge(&tally);
        }
        for (mut key, found) in other.kinds {
            key.levels = key.levels.map(place);
            if self.kinds.len() >= KINDS && !self.kinds.contains_key(&key) {
                self.more.merge(&found.tally);
                continue;
            }
            let mine = self.kinds.entry(key).or_default();
            mine.tally.merge(&found.tally);
            if mine.smallest.is_empty() || smaller(&found.smallest, &mine.smallest) {
                mine.smallest = found.smallest;
            }
        }
        self.more.merge(&other.more);
    }
}

/// Shorter first, then by text, so that the order of persons does not matter.
fn smaller(one: &str, other: &str) -> bool {
    (one.len(), one) < (other.len(), other)
}

fn gather<K: Ord>(tallies: &mut BTreeMap<K, Tally>, seen: BTreeMap<K, Seen>) {
    for (key, seen) in seen {
        tallies.entry(key).or_default().add(seen);
    }
}

/// Both sides' outcomes for a person.
pub(crate) fn outcomes(sides: [&Side; 2], facts: &str) -> Result<[Outcome; 2], Problems> {
    let [a, b] = sides;
    let read = a.catalogue.read_facts(facts)?;
    let one = a.decide(&read)?;
    let other = if std::ptr::eq(a.catalogue, b.catalogue) {
        b.decide(&read)?
    } else {
        b.decide(&b.catalogue.read_facts(facts)?)?
    };
    Ok([one, other])
}

/// Cuts two timelines into pairs of stretches, within a window.
pub(crate) fn pairs(decisions: [&DecisionOutcome; 2], window: Window) -> Vec<Pair<'_>> {
    let [a, b] = decisions;
    let until = |stretch: &Stretch<'_>| stretch.span().until().map_or(FUTURE, Instant::unix);
    let (mut ones, mut others) = (a.stretches().peekable(), b.stretches().peekable());
    let mut from = PAST;
    let mut found = Vec::new();
    while let (Some(one), Some(other)) = (ones.peek(), others.peek()) {
        let (first, second) = (until(one), until(other));
        let end = first.min(second);
        let (start, stop) = (from.max(window.from), end.min(window.until));
        if start < stop {
            found.push(Pair {
                from: start,
                until: stop,
                sides: [*one, *other],
            });
        }
        from = end;
        if first == end {
            ones.next();
        }
        if second == end {
            others.next();
        }
    }
    found
}

/// Each side's unmatched causes: the other side has no cause of a function of the same
/// name with the same level.
fn unmatched<'a>(pair: &Pair<'a>) -> [Vec<&'a Cause>; 2] {
    let said = |stretch: Stretch<'a>| {
        let levels = stretch.decision().levels();
        let level = move |cause: &Cause| levels.get(cause.rank()).map(|level| &*level.name);
        stretch
            .causes()
            .map(move |cause| (cause, (function(cause.rule()), level(cause))))
    };
    let lacking = |mine: Stretch<'a>, theirs: Stretch<'a>| -> Vec<&'a Cause> {
        let theirs: BTreeSet<_> = said(theirs).map(|(_, what)| what).into_set();
        let lacks = said(mine).filter(|(_, what)| !theirs.contains(what));
        lacks.map(|(cause, _)| cause).collect()
    };
    let [one, other] = pair.sides;
    [lacking(one, other), lacking(other, one)]
}

/// The name of the function in a rule's path.
fn function(rule: &str) -> &str {
    rule.rsplit_once('/').map_or(rule, |(_, function)| function)
}

/// The rules with unmatched causes, by side.
fn responsible(pair: &Pair) -> BTreeSet<(usize, String)> {
    let sides = unmatched(pair).into_iter().enumerate();
    sides
        .flat_map(|(side, causes)| {
            causes
                .into_iter()
                .map(move |cause| (side, cause.rule().to_owned()))
        })
        .into_set()
}

/// The rules of one side with unmatched causes above the place `top` of the scale.
pub(crate) fn lifting(pair: &Pair, side: usize, top: usize) -> BTreeSet<String> {
    let causes = unmatched(pair).into_iter().nth(side);
    let above = causes
        .into_iter()
        .flatten()
        .filter(|cause| cause.rank() > top);
    above.map(|cause| cause.rule().to_owned()).into_set()
}

/// Why each side has its level: the rules whose unmatched causes give it, or if it is
/// unknown, the codes of the problems, each after a `?`.
fn grounds(outcomes: &[Outcome; 2], pair: &Pair) -> [Vec<String>; 2] {
    let ground = |(stretch, outcome, causes): (Stretch<'_>, &Outcome, Vec<&Cause>)| {
        let found: BTreeSet<String> = match stretch.verdict() {
            Verdict::Unknown(_) => {
                let problems = outcome.problems_of(stretch);
                problems
                    .map(|problem| format!("?{}", problem.code))
                    .into_set()
            }
            Verdict::Known(rank) => {
                let winning = causes.into_iter().filter(|cause| cause.rank() == rank);
                winning.map(|cause| cause.rule().to_owned()).into_set()
            }
        };
        found.into_iter().collect()
    };
    let ([one, other], [a, b], [ours, theirs]) = (pair.sides, outcomes, unmatched(pair));
    [(one, a, ours), (other, b, theirs)].map(ground)
}
