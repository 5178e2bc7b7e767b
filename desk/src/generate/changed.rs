//! Finds where two sets of rules can differ: which packs, and when they are in force.
//!
//! A pack may be in force for a few weeks out of several years. Persons with times
//! drawn over all those years would rarely meet it.

use super::constants::DAY;
use crate::dice::Dice;
use longma_compile::{Effective, PackSource};
use longma_core::Instant;
use longma_core::order::Gather;
use std::collections::{BTreeMap, BTreeSet};

/// How far to draw times past the known end of a span whose other end is open.
const OPEN: i64 = 120 * DAY;
/// Seconds in an hour.
const HOUR: i64 = 3_600;

/// What differs between two sets of rules.
#[derive(Debug, Clone, Default)]
pub struct Changed {
    /// The ids of packs that differ or that inherit from one that does.
    pub(super) packs: BTreeSet<String>,
    /// When they differ, as spans of Unix seconds; each `from` is before its `until`.
    pub(super) spans: Vec<(i64, i64)>,
}

/// What differs between the packs of two sides. If only a pack's beginning or end
/// moved, the difference is the time between the old and the new one.
#[must_use]
pub fn changed(one: &[&PackSource], other: &[&PackSource]) -> Changed {
    let by_id = |packs: &[&PackSource]| -> BTreeMap<String, PackSource> {
        let packs = packs.iter();
        packs
            .map(|pack| (pack.id.clone(), (*pack).clone()))
            .into_map()
    };
    let sides = [by_id(one), by_id(other)];
    let mut changed = Changed::default();
    let mut spans = BTreeSet::new();
    let ids: BTreeSet<&String> = sides.iter().flat_map(BTreeMap::keys).into_set();
    for id in &ids {
        match sides.each_ref().map(|side| side.get(*id)) {
            [Some(a), Some(b)] if decides_alike(a, b) => {
                let moved = moved(&a.manifest.effective, &b.manifest.effective);
                if !moved.is_empty() {
                    changed.packs.insert((*id).clone());
                    spans.extend(moved);
                }
            }
            packs => {
                changed.packs.insert((*id).clone());
                let packs = packs.into_iter().flatten();
                spans.extend(packs.filter_map(|pack| span(&pack.manifest.effective)));
            }
        }
    }
    // A pack that inherits from another by its id changes with it.
    loop {
        let heirs = sides.iter().flat_map(BTreeMap::values).filter(|pack| {
            let parent = pack.manifest.inherits.as_ref();
            let differs = parent.is_some_and(|parent| changed.packs.contains(parent));
            differs && !changed.packs.contains(&pack.id)
        });
        let heirs: Vec<&PackSource> = heirs.collect();
        if heirs.is_empty() {
            break;
        }
        for heir in heirs {
            changed.packs.insert(heir.id.clone());
            spans.extend(span(&heir.manifest.effective));
        }
    }
    changed.spans = spans.into_iter().collect();
    changed
}

/// Whether two packs decide the same wherever both are in force.
fn decides_alike(a: &PackSource, b: &PackSource) -> bool {
    let bare = |pack: &PackSource| {
        let mut manifest = pack.manifest.clone();
        manifest.effective.clone_from(&a.manifest.effective);
        manifest.version.clone_from(&a.manifest.version);
        manifest
    };
    a.scripts == b.scripts && bare(a) == bare(b)
}

fn second(text: Option<&String>) -> Option<i64> {
    Instant::parse(text?).ok().map(Instant::unix)
}

/// The span, with an open end set `OPEN` away from the other one; `None` if both are
/// open.
fn span(effective: &Effective) -> Option<(i64, i64)> {
    let ends = (
        second(effective.from.as_ref()),
        second(effective.until.as_ref()),
    );
    let (from, until) = match ends {
        (Some(from), Some(until)) => (from, until),
        (Some(from), None) => (from, from + OPEN),
        (None, Some(until)) => (until - OPEN, until),
        (None, None) => return None,
    };
    (from < until).then_some((from, until))
}

/// The time between the two beginnings and between the two ends.
fn moved(a: &Effective, b: &Effective) -> Vec<(i64, i64)> {
    let ends = [
        (second(a.from.as_ref()), second(b.from.as_ref()), -OPEN),
        (second(a.until.as_ref()), second(b.until.as_ref()), OPEN),
    ];
    let between = ends.into_iter().filter(|(a, b, _)| a != b);
    between
        .filter_map(|(a, b, open)| {
            let known = a.or(b)?;
            let (a, b) = (a.unwrap_or(known + open), b.unwrap_or(known + open));
            Some((a.min(b), a.max(b)))
        })
        .collect()
}

impl Changed {
    /// An instant at, near or between the ends of a random span.
    pub(super) fn anchor(&self, dice: &mut Dice) -> i64 {
        let (from, until) = dice.choose(&self.spans).copied().unwrap_or_default();
        let end = if dice.once_in(2) { from } else { until };
        match dice.below(4) {
            0 => end + dice.between(-1, 1),
            1 => end + dice.between(-20, 20) * DAY,
            // Whole hours, as people and offices write them.
            _ => dice.between(from, until).div_euclid(HOUR) * HOUR,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effective(from: Option<&str>, until: Option<&str>) -> Effective {
        let [from, until] = [from, until].map(|day| day.map(|day| format!("{day}T00:00:00+08:00")));
        Effective {
            from,
            until,
            note: None,
        }
    }

    fn day(text: &str) -> i64 {
        second(Some(&format!("{text}T00:00:00+08:00"))).unwrap_or_default()
    }

    #[test]
    fn of_a_moved_end_only_the_time_between_differs() {
        let whole = effective(Some("2022-04-01"), Some("2022-07-01"));
        let shorter = effective(Some("2022-04-01"), Some("2022-06-01"));
        let between = vec![(day("2022-06-01"), day("2022-07-01"))];
        assert_eq!(moved(&whole, &shorter), between);
        assert_eq!(moved(&shorter, &whole), between);
        assert_eq!(moved(&whole, &whole), Vec::new());
        let open = effective(Some("2022-04-01"), None);
        assert_eq!(
            moved(&whole, &open),
            [(day("2022-07-01"), day("2022-07-01") + OPEN)]
        );
    }

    #[test]
    fn instants_lie_on_both_sides_of_both_ends_and_between() {
        let (from, until) = (day("2022-04-01"), day("2022-07-01"));
        let changed = Changed {
            packs: BTreeSet::new(),
            spans: vec![(from, until)],
        };
        let mut dice = Dice::new(1);
        let drawn: BTreeSet<i64> = (0..400).map(|_| changed.anchor(&mut dice)).collect();
        for end in [from, until] {
            for second in [end - 1, end, end + 1] {
                assert!(drawn.contains(&second), "{second}");
            }
        }
        let inside = drawn.iter().filter(|at| (from..until).contains(*at));
        assert!(inside.count() > drawn.len() / 2);
        assert!(drawn.first() < Some(&(from - DAY)) && drawn.last() > Some(&(until + DAY)));
    }
}
