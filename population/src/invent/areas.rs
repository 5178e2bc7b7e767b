//! Where the outbreak is: communities with cases, and the risk areas that they become.
//!
//! A county's infections, in the order of time, fill one community after the other, each
//! with the file's number of cases. Such a community is listed as a high-risk area when
//! its first case is expected to be found (half a case, at the real population; where fewer are
//! expected, nothing is listed); seven clear days after its last case it becomes a medium-risk
//! area, and leaves the list three days later (9th edition of the national plan,
//! 2022-06-28). One community beside it is listed as a medium-risk area for seven days
//! after that last case.

use super::curve::{Curve, PERSON};
use super::draw::{Draw, Odds};
use super::homes::{County, Homes, place};
use super::like::{HOUSEHOLD, Like};
use super::mistake::{Gathered, Mistakes};
use std::collections::BTreeMap;

/// Days without a case after which a high-risk or a medium-risk area is lowered.
const CLEAR: i64 = 7;
/// Days that a medium-risk area which was high-risk stays on the list.
const FURTHER: i64 = 3;
/// Hours after midnight at which an area is listed, and at which it is lowered.
const LISTED_HOUR: i64 = 21;
const LOWERED_HOUR: i64 = 9;

/// What befalls the households of one community.
#[derive(Debug, Clone, Default)]
pub(super) struct Hot {
    /// The first day of the odds.
    start: i64,
    days: usize,
    /// For each size of a household, from one person on: the odds that its first infection
    /// is on each day, then that it has a close contact found by a case of each day; each
    /// added to those before it.
    households: Vec<Vec<Odds>>,
    /// For each person, the odds of being a companion in time and space on each day.
    companions: Vec<Odds>,
}

/// What befalls a household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// Its first infection is on this day.
    Infection(i64),
    /// Somebody met a person infected on this day.
    Contact(i64),
}

/// A listed community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Listed {
    /// When it is listed, in Unix seconds.
    pub(super) from: i64,
    /// When a high-risk area becomes a medium-risk one; `from` if it never was high-risk.
    pub(super) lowered: i64,
    /// When it leaves the list.
    pub(super) until: i64,
}

/// The communities with cases, by county and number, and the listed ones.
#[derive(Debug, Clone, Default)]
pub(super) struct Areas {
    pub(super) hot: BTreeMap<(usize, u64), Hot>,
    pub(super) listed: BTreeMap<(usize, u64), Listed>,
}

impl Hot {
    /// What befalls a household.
    pub(super) fn event(&self, size: usize, draw: &mut Draw) -> Option<Event> {
        let odds = self.households.get(size.checked_sub(1)?)?;
        let bits = draw.bits();
        let at = odds.partition_point(|up_to| *up_to <= bits);
        let day = |at: usize| self.start + i64::try_from(at).unwrap_or_default();
        match at {
            at if at < self.days => Some(Event::Infection(day(at))),
            at if at < odds.len() => Some(Event::Contact(day(at - self.days))),
            _ => None,
        }
    }

    /// The day on which a person is a companion in time and space.
    pub(super) fn companion(&self, draw: &mut Draw) -> Option<i64> {
        let bits = draw.bits();
        let at = self.companions.partition_point(|up_to| *up_to <= bits);
        let day = self.start + i64::try_from(at).ok()?;
        (at < self.companions.len()).then_some(day)
    }
}

impl Areas {
    pub(super) fn new(like: &Like, homes: &Homes, curve: &Curve) -> Result<Self, Mistakes> {
        let mut areas = Self::default();
        let mut found = Gathered::default();
        for (at, county) in homes.counties.iter().enumerate() {
            let is_small = areas.county(like, homes, curve, (at, county));
            found.expect(
                is_small,
                "outbreak",
                &format!("{}的感染者超过小区居民的四分之一，请减小 r 或 seeds", county.name),
                &format!(
                    "expected fewer infections: in {} they are more than a quarter of the residents of the communities; lower `r` or `seeds`",
                    county.code
                ),
            );
        }
        found.or(areas)
    }

    /// Adds a county; whether its infections have room.
    fn county(&mut self, like: &Like, homes: &Homes, curve: &Curve, of: (usize, &County)) -> bool {
        let (at, county) = of;
        let days: Vec<u128> = curve
            .county(at)
            .iter()
            .map(|day| day.infected_today)
            .collect();
        let all: u128 = days.iter().sum();
        if all == 0 {
            return true;
        }
        let communities = homes.communities(county);
        // The last community may be a small one: it has no cases, unless it is the only one.
        let full = (communities - 1).max(1);
        let each = u128::from(like.outbreak.per_community.get()) * PERSON;
        let count = all.div_ceil(each).min(u128::from(full));
        let mut draw = Draw::new(like.seed.get() ^ place(county), u64::MAX);
        let (start, step) = (draw.below(full), coprime(full));
        let half = half_a_person(like, homes);
        let mut has_room = true;
        for (number, community) in (0..count).zip(walk(start, step, full)) {
            let share = |edge: u128| all * edge / count;
            let (from, to) = (share(number), share(number + 1));
            let part = part(&days, from, to);
            let residents = homes.residents(county, community);
            has_room &= (to - from) * 4 <= u128::from(residents) * PERSON;
            let hot = hot(like, curve.start, &part, residents);
            self.list(
                like,
                (at, community, communities),
                half,
                (curve.start, &part),
            );
            self.hot.insert((at, community), hot);
        }
        has_room
    }

    /// Lists a community and the one beside it, unless less than `half` a case is expected.
    fn list(&mut self, like: &Like, of: (usize, u64, u64), half: u128, days: (i64, &[u128])) {
        let (county, community, communities) = of;
        let (start, part) = days;
        let all: u128 = part.iter().sum();
        if all < half {
            return;
        }
        // The day by which a number of people is infected.
        let by = |count: u128| {
            let sums = part.iter().scan(0, |sum, day| {
                *sum += day;
                Some(*sum)
            });
            let days = sums.take_while(|sum| *sum < count).count();
            i64::try_from(days).unwrap_or_default()
        };
        let (first, last) = (by(half), by(all - half / 2));
        let found = |day: i64| start + day + like.outbreak.latent.signed();
        let from = hour(found(first), LISTED_HOUR);
        let lowered = hour(found(last) + CLEAR, LOWERED_HOUR);
        let until = hour(found(last) + CLEAR + FURTHER, LOWERED_HOUR);
        let area = Listed {
            from,
            lowered,
            until,
        };
        self.listed.insert((county, community), area);
        let beside = (county, (community + 1) % communities);
        self.listed.entry(beside).or_insert(Listed {
            from,
            lowered: from,
            until: lowered,
        });
    }
}

/// Half a person of the real population, scaled to those that are invented, in millionths:
/// fewer infections are taken for none when areas are listed.
fn half_a_person(like: &Like, homes: &Homes) -> u128 {
    let persons = homes.counties.last().map_or(0, |county| county.persons.end);
    PERSON * u128::from(persons) / (2 * u128::from(like.population.get()))
}

/// A local hour of a day, in Unix seconds.
pub(super) fn hour(day: i64, hour: i64) -> i64 {
    day * 86_400 + (hour - 8) * 3_600
}

/// What of each day's infections lies between two points of their sum.
fn part(days: &[u128], from: u128, to: u128) -> Vec<u128> {
    let mut before = 0;
    let parts = days.iter().map(|day| {
        let start = before;
        before += day;
        before.min(to).saturating_sub(start.max(from))
    });
    parts.collect()
}

fn hot(like: &Like, start: i64, days: &[u128], residents: u64) -> Hot {
    let outbreak = &like.outbreak;
    let attack = u128::from(outbreak.household.get());
    // Odds of 2⁻³² of `count` millionths of a person among the residents.
    let share = |count: u128| (count << 32) / (u128::from(residents).max(1) * PERSON);
    let add = |sum: &mut u128, more: u128| {
        *sum = (*sum + more).min(1 << 32);
        Some(u64::try_from(*sum).unwrap_or(u64::MAX))
    };
    let of_size = |size: u128| {
        // One infection brings others in the household, so that fewer come from outside.
        let infected = PERSON + attack * (size - 1);
        let first = days.iter().map(|day| share(day * size * PERSON / infected));
        let close = u128::from(outbreak.close.get());
        let close = days.iter().map(|day| share(day * size * close));
        first
            .chain(close)
            .scan(0, |sum, more| add(sum, more))
            .collect()
    };
    let companions = u128::from(outbreak.companions.get());
    let companions = days.iter().map(|day| share(day * companions));
    Hot {
        start,
        days: days.len(),
        households: (1..=HOUSEHOLD as u128).map(of_size).collect(),
        companions: companions.scan(0, |sum, more| add(sum, more)).collect(),
    }
}

/// The numbers below `end` from `start` on, each once.
fn walk(start: u64, step: u64, end: u64) -> impl Iterator<Item = u64> {
    (0..end).map(move |number| (start + number * step) % end.max(1))
}

/// A step near the golden section of `end` that shares no factor with it.
fn coprime(end: u64) -> u64 {
    let shares = |step: &u64| gcd(*step, end) == 1;
    ((end * 618 / 1000).max(1)..=end.max(1))
        .find(shares)
        .unwrap_or(1)
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
