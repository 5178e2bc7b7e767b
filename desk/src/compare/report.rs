//! The comparison as data: counts cut to the window, and kinds of difference by weight.
//! The heaviest kinds each have an example: the smallest person that shows the
//! difference, with both sides' timelines.

use super::first::First;
use super::{Comparison, Counts, Key, PAST, Pair, Side, Window, grounds, pairs};
use crate::generate::Firing;
use crate::shrink::{Case, shrink};
use crate::tables::{Row, Tables, references};
use crate::text::say;
use longma_core::order;
use longma_core::order::Gather;
use longma_core::schema::{Object, Type};
use longma_core::{
    Args, CauseView, Instant, Localized, Offset, Outcome, Problem, References, Stamp, UNKNOWN,
};
use serde::{Serialize, Serializer};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The version of the report's own format.
const FORMAT: u32 = 1;
/// Seconds in a day.
const DAY: u64 = 86_400;

/// Who changes colour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The format's version.
    pub longma_compare: u32,
    /// The names of the two sides.
    pub sides: [String; 2],
    /// First instant of the window, in RFC 3339.
    pub from: Option<Stamp>,
    /// First instant after it.
    pub until: Option<Stamp>,
    /// The offset at which its days begin, such as `+08:00`.
    pub offset: String,
    /// Persons that were compared.
    pub persons: u64,
    /// The seed they were generated from, if they were.
    pub seed: Option<u64>,
    /// Persons that a side refused.
    pub refused: u64,
    /// The first few of them.
    pub refusals: Vec<Refused>,
    /// The decisions that both sides have.
    pub decisions: Vec<Decision>,
    /// The decisions that only one side has, by side.
    pub alone: [Vec<String>; 2],
    /// Who changes at the first instant of each pack that only the second side has.
    pub first: Vec<First>,
    /// How often each rule fired over invented persons, by side, rarest first.
    pub fired: [Vec<Firing>; 2],
}

impl Report {
    /// Whether there is nothing that the report could rest on: no person, or no decision that
    /// both sides have.
    #[must_use]
    pub fn is_blind(&self) -> bool {
        self.persons == 0 || self.decisions.is_empty()
    }

    /// How often a rule fired, in words.
    #[must_use]
    pub fn firing(&self, rule: &Firing) -> Localized {
        let key = if rule.is_blind() {
            "compare-fired-blind"
        } else {
            "compare-fired-persons"
        };
        let args = Args::of("n", rule.persons).with("persons", self.persons);
        say(key, &args)
    }

    /// How many persons were compared, and over which time.
    #[must_use]
    pub fn summary(&self) -> Localized {
        let args = Args::of("persons", self.persons).with("offset", &self.offset);
        let (from, until) = match (self.is_blind(), self.from, self.until) {
            (true, ..) => return say("compare-none", &args),
            (false, Some(from), Some(until)) => (from.words(), until.words()),
            (false, ..) => return say("compare-nothing", &args),
        };
        let args = args.with("from", from).with("until", until);
        match self.seed {
            Some(seed) => say("compare-invented", &args.with("seed", seed)),
            None => say("compare-persons", &args),
        }
    }
}

/// A person that was not compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Its number, from 1.
    pub number: u64,
    /// The first reason.
    pub problem: Problem,
}

/// A number of persons and their total time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amount {
    /// Different persons.
    pub persons: u64,
    /// Person-seconds.
    pub seconds: u64,
}

impl Amount {
    /// Person-days, to one decimal, a half rounded up.
    #[must_use]
    pub fn days(self) -> String {
        let tenths = (u128::from(self.seconds) * 10 + u128::from(DAY / 2)) / u128::from(DAY);
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut out = serializer.serialize_struct("Amount", 3)?;
        out.serialize_field("persons", &self.persons)?;
        out.serialize_field("person_seconds", &self.seconds)?;
        out.serialize_field("person_days", &self.days())?;
        out.end()
    }
}

/// A level as a reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelName {
    /// Its name in packs.
    pub name: String,
    /// Its name for readers.
    pub caption: Localized,
    /// Its tone; empty for "unknown".
    pub colour: String,
}

impl LevelName {
    pub(crate) fn of(level: &longma_core::plan::Level) -> Self {
        Self {
            name: level.name.to_string(),
            caption: level.caption.clone(),
            colour: level.colour.clone(),
        }
    }

    pub(crate) fn unknown() -> Self {
        Self {
            name: UNKNOWN.to_owned(),
            caption: say("compare-unknown", &Args::NONE),
            colour: String::new(),
        }
    }
}

/// One decision under both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// Its name in packs.
    pub name: String,
    /// Its name for readers.
    pub caption: Localized,
    /// The levels, lowest first; "unknown" last.
    pub levels: Vec<LevelName>,
    /// The amounts by level, for each side.
    pub by_level: [Vec<Amount>; 2],
    /// The amounts by level on the first side (rows) and the second (columns).
    pub matrix: Vec<Vec<Amount>>,
    /// Persons whose level differs at some time.
    pub changed: Amount,
    /// Rules with unmatched causes while the level differs; by side, then heaviest
    /// first.
    pub rules: Vec<Responsible>,
    /// The kinds of difference, heaviest first.
    pub kinds: Vec<Kind>,
    /// All further kinds together; a person counts once for each of them.
    pub more: Amount,
}

/// A rule that is active on one side only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Responsible {
    /// The side: 0 or 1.
    pub side: usize,
    /// `pack/decision/function`.
    pub rule: String,
    /// For how many persons, and for how long.
    #[serde(flatten)]
    pub amount: Amount,
}

/// A kind of difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kind {
    /// The level on each side.
    pub levels: [String; 2],
    /// For each side, the rules that give its level and have no match on the other
    /// side; `?code` for a problem that leaves the level unknown.
    pub rules: [Vec<String>; 2],
    /// For how many persons, and for how long.
    #[serde(flatten)]
    pub amount: Amount,
    /// The smallest person that shows it.
    pub example: Option<Example>,
}

/// A person with both sides' timelines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Example {
    /// The facts.
    pub facts: Json,
    /// Sections that are missing, hence unknown. Sections that are present but empty
    /// are known to be empty.
    pub absent: Vec<String>,
    /// The rows of tables that the example needs.
    pub tables: BTreeMap<String, Vec<Row>>,
    /// The spans over which the levels differ in this way: from and until.
    pub differs: Vec<[Option<Stamp>; 2]>,
    /// Each side's timeline.
    pub sides: [Explained; 2],
}

/// A decision of one side over all time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// Its stretches, earliest first.
    pub timeline: Vec<StretchView>,
}

/// A stretch of a decision, for readers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StretchView {
    /// First instant; `None` if it has no beginning.
    pub from: Option<Stamp>,
    /// First instant after it; `None` if it has no end.
    pub until: Option<Stamp>,
    /// The level, or `unknown`.
    pub level: String,
    /// Its name for readers.
    pub caption: Localized,
    /// Its tone; empty for "unknown".
    pub colour: String,
    /// Every active cause.
    pub causes: Vec<CauseView>,
    /// Why it is unknown.
    pub problems: Vec<Localized>,
}

/// What shrinking an example needs.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The offset at which days begin and times are written.
    pub offset: Offset,
    /// The tables of both sides.
    pub tables: &'a Tables,
    /// Their columns.
    pub columns: &'a BTreeMap<String, BTreeSet<String>>,
}

impl Decision {
    /// Why one side of a kind has its level, in words: the rules, or why no rule is
    /// named.
    #[must_use]
    pub fn grounds(&self, kind: &Kind, side: usize) -> Vec<Localized> {
        let (Some(rules), Some(level)) = (kind.rules.get(side), kind.levels.get(side)) else {
            return Vec::new();
        };
        let lowest = self
            .levels
            .first()
            .is_some_and(|lowest| lowest.name == *level);
        match (rules.is_empty(), lowest) {
            (true, true) => vec![say("compare-no-rule", &Args::NONE)],
            (true, false) => vec![say("compare-shared", &Args::NONE)],
            (false, _) => rules.iter().map(|rule| ground(rule)).collect(),
        }
    }
}

fn ground(rule: &str) -> Localized {
    match rule.strip_prefix('?') {
        Some(code) => say("compare-problem", &Args::of("code", code)),
        None => Localized::same(rule),
    }
}

impl Comparison {
    /// The comparison as data, with an example for each of the first `examples`
    /// kinds of every decision.
    #[must_use]
    pub fn report(&self, sides: [&Side; 2], around: Surroundings, examples: usize) -> Report {
        let window = self.settled(around.offset);
        let write = |at: i64| Instant::from_unix(at).map(Stamp::at(around.offset));
        let empty = window.from >= window.until;
        let decisions = self.decisions.iter().map(|(name, counts)| {
            let mut decision = counts.settle(name, window);
            for kind in decision.kinds.iter_mut().take(examples) {
                if let Some(facts) = counts.smallest(kind) {
                    let spans = |found: &[Outcome; 2]| differing(found, name, kind, self.window);
                    kind.example = example(sides, name, facts, around, spans);
                }
            }
            decision
        });
        Report {
            longma_compare: FORMAT,
            sides: sides.map(|side| side.name.clone()),
            from: write(window.from).filter(|_| !empty),
            until: write(window.until).filter(|_| !empty),
            offset: around.offset.to_string(),
            persons: self.persons,
            seed: None,
            refused: self.refused,
            refusals: self
                .refusals
                .iter()
                .map(|(number, problem)| Refused {
                    number: *number,
                    problem: problem.clone(),
                })
                .collect(),
            decisions: decisions.collect(),
            alone: self.alone.clone().map(|names| names.into_iter().collect()),
            first: self.firsts(sides, around, examples),
            fired: [Vec::new(), Vec::new()],
        }
    }
}

impl Counts {
    /// The indices of the levels in the order for readers: "unknown" last.
    fn order(&self) -> Vec<usize> {
        (1..self.levels.len()).chain([0]).collect()
    }

    fn settle(&self, name: &str, window: Window) -> Decision {
        let order = self.order();
        let level = |position: &usize| self.levels.get(*position).cloned();
        let by_level = |tallies: &BTreeMap<usize, super::Tally>| -> Vec<Amount> {
            let amount = |level| tallies.get(level).map(|tally| tally.settle(window));
            order
                .iter()
                .map(|level| amount(level).unwrap_or_default())
                .collect()
        };
        let [a, b] = &self.sides;
        let cell = |a: usize, b: usize| {
            let tally = self.matrix.get(&[a, b]);
            tally.map(|tally| tally.settle(window)).unwrap_or_default()
        };
        let mut rules: Vec<Responsible> = self
            .rules
            .iter()
            .map(|((side, rule), tally)| Responsible {
                side: *side,
                rule: rule.clone(),
                amount: tally.settle(window),
            })
            .collect();
        order::sort_by_key(&mut rules, |rule| {
            (rule.side, std::cmp::Reverse(rule.amount.seconds))
        });
        let mut kinds: Vec<Kind> = self
            .kinds
            .iter()
            .map(|(key, found)| self.kind_of(key, found.tally.settle(window)))
            .collect();
        order::sort_by(&mut kinds, |one, other| {
            let weight =
                |kind: &Kind| std::cmp::Reverse((kind.amount.seconds, kind.amount.persons));
            (weight(one), &one.levels, &one.rules).cmp(&(
                weight(other),
                &other.levels,
                &other.rules,
            ))
        });
        Decision {
            name: name.to_owned(),
            caption: self.caption.clone(),
            levels: order.iter().filter_map(level).collect(),
            by_level: [by_level(a), by_level(b)],
            matrix: order
                .iter()
                .map(|a| order.iter().map(|b| cell(*a, *b)).collect())
                .collect(),
            changed: self.changed.settle(window),
            rules,
            kinds,
            more: self.more.settle(window),
        }
    }

    fn kind_of(&self, key: &Key, amount: Amount) -> Kind {
        let name = |level: usize| self.levels.get(level).map(|level| level.name.clone());
        Kind {
            levels: key.levels.map(|level| name(level).unwrap_or_default()),
            rules: key.rules.clone(),
            amount,
            example: None,
        }
    }

    fn smallest(&self, kind: &Kind) -> Option<&str> {
        let mut found = self.kinds.iter();
        let (_, found) = found.find(|(key, _)| {
            let own = self.kind_of(key, Amount::default());
            own.levels == kind.levels && own.rules == kind.rules
        })?;
        Some(&found.smallest)
    }
}

/// Caches the tables as both sides read them, until they change.
pub(crate) struct Prepared<'a, 'b> {
    sides: [&'a Side<'b>; 2],
    columns: &'a BTreeMap<String, BTreeSet<String>>,
    kept: Option<(Tables, [References; 2])>,
}

impl<'a, 'b> Prepared<'a, 'b> {
    pub(crate) fn new(
        sides: [&'a Side<'b>; 2],
        columns: &'a BTreeMap<String, BTreeSet<String>>,
    ) -> Self {
        Self {
            sides,
            columns,
            kept: None,
        }
    }

    /// Both sides' outcomes for a case; `None` if either refuses it.
    pub(crate) fn outcomes(&mut self, case: &Case) -> Option<[Outcome; 2]> {
        if self
            .kept
            .as_ref()
            .is_none_or(|(tables, _)| *tables != case.tables)
        {
            let [a, b] = self.sides;
            let one = references(a.catalogue, &case.tables, self.columns).ok()?;
            let other = references(b.catalogue, &case.tables, self.columns).ok()?;
            self.kept = Some((case.tables.clone(), [one, other]));
        }
        let (_, references) = self.kept.as_ref()?;
        let text = case.facts.to_string();
        let [a, b] = self.sides;
        let [one, other] = references;
        let facts = a.catalogue.read_facts(&text).ok()?;
        let first = a.decide_with(&facts, one).ok()?;
        let facts = b.catalogue.read_facts(&text).ok()?;
        Some([first, b.decide_with(&facts, other).ok()?])
    }
}

/// The spans over which two outcomes differ in `decision` in the way of `kind`.
fn differing(
    outcomes: &[Outcome; 2],
    decision: &str,
    kind: &Kind,
    window: Option<Window>,
) -> Vec<(i64, i64)> {
    let [a, b] = outcomes;
    let (Some(one), Some(other)) = (a.decisions().get(decision), b.decisions().get(decision))
    else {
        return Vec::new();
    };
    let same = |pair: &Pair| {
        let levels = pair.sides.map(longma_core::Stretch::level_name);
        levels == [kind.levels[0].as_str(), kind.levels[1].as_str()]
            && grounds(outcomes, pair) == kind.rules
    };
    let mut found: Vec<(i64, i64)> = Vec::new();
    for pair in pairs([one, other], window.unwrap_or(Window::ALL)) {
        if same(&pair) {
            match found.last_mut() {
                Some(last) if last.1 == pair.from => last.1 = pair.until,
                _ => found.push((pair.from, pair.until)),
            }
        }
    }
    found
}

/// The smallest person that shows a difference, from one that does; `spans` gives the spans
/// over which two outcomes differ so, from [`PAST`] on if without a beginning.
pub(super) fn example(
    sides: [&Side; 2],
    decision: &str,
    facts: &str,
    around: Surroundings,
    spans: impl Fn(&[Outcome; 2]) -> Vec<(i64, i64)>,
) -> Option<Example> {
    let case = Case {
        facts: serde_json::from_str(facts).ok()?,
        tables: around.tables.clone(),
    };
    let mut prepared = Prepared::new(sides, around.columns);
    let mut shows = |case: &Case| {
        let outcomes = prepared.outcomes(case);
        outcomes.is_some_and(|found| !spans(&found).is_empty())
    };
    // A person from a file may lose the difference when parsed and written again. It is
    // then shown as it is.
    let subject = case.facts.get("subject").and_then(Json::as_str);
    let schema = subject.and_then(|subject| sides[0].catalogue.schema(subject));
    let root = Arc::clone(schema?.root());
    let small = if shows(&case) {
        shrink(case, &root, shows)
    } else {
        case
    };
    let found = Prepared::new(sides, around.columns).outcomes(&small)?;
    let write = |at: i64| Instant::from_unix(at).map(Stamp::at(around.offset));
    let spans = spans(&found);
    let [a, b] = &found;
    Some(Example {
        differs: spans
            .into_iter()
            .map(|(from, until)| [write(from).filter(|_| from != PAST), write(until)])
            .collect(),
        sides: [explained(a, decision), explained(b, decision)],
        absent: absent(&small.facts, &root),
        tables: small
            .tables
            .into_iter()
            .filter(|(_, rows)| !rows.0.is_empty())
            .map(|(name, rows)| (name, rows.0))
            .into_map(),
        facts: small.facts,
    })
}

/// The list sections that a document leaves out.
fn absent(facts: &Json, root: &Object) -> Vec<String> {
    let lists = root.fields.iter();
    let lists = lists.filter(|field| matches!(field.kind, Type::List { .. }));
    lists
        .filter(|field| facts.get(&*field.name).is_none())
        .map(|field| field.name.to_string())
        .collect()
}

/// A decision's stretches, merged where level, causes and problems are the same.
pub(crate) fn explained(outcome: &Outcome, decision: &str) -> Explained {
    let mut timeline: Vec<StretchView> = Vec::new();
    if let Some(decision) = outcome.decisions().get(decision) {
        for stretch in decision.stretches() {
            let next = StretchView::of(outcome, stretch);
            match timeline.last_mut() {
                Some(last)
                    if last.level == next.level
                        && last.causes == next.causes
                        && last.problems == next.problems =>
                {
                    last.until = next.until;
                }
                _ => timeline.push(next),
            }
        }
    }
    Explained { timeline }
}

impl StretchView {
    fn of(outcome: &Outcome, stretch: longma_core::Stretch<'_>) -> Self {
        let write = Stamp::at(outcome.offset());
        let problems = outcome.problems_of(stretch);
        let level = stretch.level();
        Self {
            from: stretch.span().from().map(write),
            until: stretch.span().until().map(write),
            level: stretch.level_name().to_owned(),
            caption: level.map_or_else(
                || say("compare-unknown", &Args::NONE),
                |it| it.caption.clone(),
            ),
            colour: level.map(|level| level.colour.clone()).unwrap_or_default(),
            causes: stretch.cause_views(outcome.offset()),
            problems: problems.map(Problem::message).collect(),
        }
    }
}

/// Whether both sides of a person still differ, for tests of shrinking.
#[cfg(test)]
pub(super) fn shows(sides: [&Side; 2], decision: &str, kind: &Kind, facts: &str) -> bool {
    super::outcomes(sides, facts)
        .is_ok_and(|found| !differing(&found, decision, kind, None).is_empty())
}
