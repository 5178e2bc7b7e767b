//! Who changes at the first instant of a pack because of facts that are older than it.
//!
//! On a pack's first day old facts meet new rules: somebody whose contact was a week ago, green
//! until midnight, is red a second later without anything having happened. The second side's
//! packs that the first one lacks say when that is. A person counts if the level differs then
//! and a cause that is active then began earlier.

use super::report::{Example, LevelName, Surroundings, example};
use super::{Comparison, Counts, Side, Window, pairs, smaller};
use longma_core::order;
use longma_core::{Instant, Localized, Outcome, Span, Stamp};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The first instant of a pack of the second side that the first side does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begin {
    /// The pack's id.
    pub pack: String,
    /// When it comes into force.
    pub at: Instant,
}

/// Who changes at the first instant of a pack because of older facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct First {
    /// The pack's id.
    pub pack: String,
    /// Its first instant.
    pub at: Option<Stamp>,
    /// The persons for whom some decision's level changes then.
    pub persons: u64,
    /// The changes, most persons first.
    pub changes: Vec<FirstChange>,
}

/// A change of a decision's level at the first instant of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FirstChange {
    /// The decision.
    pub decision: String,
    /// Its name for readers.
    pub caption: Localized,
    /// The level by each side.
    pub levels: [LevelName; 2],
    /// The persons for whom it changes so.
    pub persons: u64,
    /// The smallest person that shows it.
    pub example: Option<Example>,
}

/// A decision with its level on each side.
type Change = (String, [String; 2]);

/// The counts, by position of the pack.
#[derive(Debug, Clone, Default)]
pub(super) struct Firsts(BTreeMap<usize, Counted>);

#[derive(Debug, Clone, Default)]
struct Counted {
    persons: u64,
    changes: BTreeMap<Change, Met>,
}

#[derive(Debug, Clone, Default)]
struct Met {
    persons: u64,
    /// The smallest person so far.
    smallest: String,
}

impl Met {
    fn add(&mut self, persons: u64, facts: &str) {
        self.persons += persons;
        if self.smallest.is_empty() || smaller(facts, &self.smallest) {
            facts.clone_into(&mut self.smallest);
        }
    }
}

impl Firsts {
    pub(super) fn add(
        &mut self,
        begins: &[Begin],
        window: Option<Window>,
        outcomes: &[Outcome; 2],
        facts: &str,
    ) {
        for (position, begin) in begins.iter().enumerate() {
            if !within(window, begin.at) {
                continue;
            }
            let counted = self.0.entry(position).or_default();
            let changes = changes(outcomes, begin.at);
            counted.persons += u64::from(!changes.is_empty());
            for change in changes {
                counted.changes.entry(change).or_default().add(1, facts);
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (position, theirs) in other.0 {
            let mine = self.0.entry(position).or_default();
            mine.persons += theirs.persons;
            for (change, met) in theirs.changes {
                let mine = mine.changes.entry(change).or_default();
                mine.add(met.persons, &met.smallest);
            }
        }
    }
}

fn within(window: Option<Window>, at: Instant) -> bool {
    window.is_none_or(|it| (it.from..it.until).contains(&at.unix()))
}

/// The decisions whose level differs at an instant, of which an active cause began earlier.
fn changes(outcomes: &[Outcome; 2], at: Instant) -> Vec<Change> {
    let [a, b] = outcomes;
    let changed = a.decisions().keys().filter_map(|name| {
        let (one, other) = (a.at(name, at)?, b.at(name, at)?);
        let is_older = |span: Span| span.from().is_none_or(|from| from < at);
        let older = [one, other]
            .iter()
            .any(|status| status.causes().any(|cause| is_older(cause.span())));
        let levels = [one, other].map(|status| status.level_name().to_owned());
        (older && levels[0] != levels[1]).then(|| (name.clone(), levels))
    });
    changed.collect()
}

/// The stretch around an instant, if both sides differ then as `change` says.
fn around(outcomes: &[Outcome; 2], change: &Change, at: Instant) -> Vec<(i64, i64)> {
    if !changes(outcomes, at).contains(change) {
        return Vec::new();
    }
    let [a, b] = outcomes.each_ref().map(|it| it.decisions().get(&change.0));
    let decisions = a.zip(b);
    let all = decisions.map(|(a, b)| pairs([a, b], Window::ALL));
    let holds = |from: i64, until: i64| (from..until).contains(&at.unix());
    let found = all.into_iter().flatten();
    let found = found.map(|pair| (pair.from, pair.until));
    found.filter(|(from, until)| holds(*from, *until)).collect()
}

impl Comparison {
    /// The changes at the first instants of packs, with an example for each of the first
    /// `examples` changes of every pack.
    pub(super) fn firsts(
        &self,
        sides: [&Side; 2],
        surroundings: Surroundings,
        examples: usize,
    ) -> Vec<First> {
        let begins = sides[1].begins.iter().enumerate();
        let begins = begins.filter(|(_, begin)| within(self.window, begin.at));
        let first = begins.map(|(position, begin)| {
            let none = Counted::default();
            let counted = self.firsts.0.get(&position).unwrap_or(&none);
            let mut changes: Vec<(&Change, &Met)> = counted.changes.iter().collect();
            order::sort_by_key(&mut changes, |(change, met)| {
                (Reverse(met.persons), *change)
            });
            let changes = changes.into_iter().enumerate();
            let changes = changes.filter_map(|(number, (change, met))| {
                let spans = |outcomes: &[Outcome; 2]| self::around(outcomes, change, begin.at);
                let (decision, levels) = change;
                let shown = (number < examples)
                    .then(|| example(sides, decision, &met.smallest, surroundings, spans));
                let counts = self.decisions.get(decision)?;
                Some(FirstChange {
                    decision: decision.clone(),
                    caption: counts.caption.clone(),
                    levels: levels.each_ref().map(|level| named(counts, level)),
                    persons: met.persons,
                    example: shown.flatten(),
                })
            });
            First {
                pack: begin.pack.clone(),
                at: Some(Stamp::at(surroundings.offset)(begin.at)),
                persons: counted.persons,
                changes: changes.collect(),
            }
        });
        first.collect()
    }
}

/// A level as readers see it.
fn named(counts: &Counts, level: &str) -> LevelName {
    let mut known = counts.levels.iter();
    let known = known.find(|it| it.name == level);
    known.cloned().unwrap_or_else(LevelName::unknown)
}
