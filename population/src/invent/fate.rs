//! What the outbreak does to the people of one household.
//!
//! Isolation follows the 9th edition of the national plan (2022-06-28): a close contact is
//! isolated for seven days from the last contact and monitored at home for three; a
//! contact of a contact stays at home for seven. Hours and delays are assumed.

use super::areas::{Event, Hot, hour};
use super::draw::{Draw, Odds};
use super::like::HOUSEHOLD;

pub(super) const HOUR: i64 = 3_600;
pub(super) const DAY: i64 = 24 * HOUR;
/// Days of isolation, counted from the last contact.
const ISOLATION: i64 = 7;

/// What happened to one person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Fate {
    #[default]
    Clear,
    Case(Case),
    Close(Traced),
    Secondary(Traced),
    Companion(Traced),
}

/// An infected person, found by a test. Times are Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Case {
    /// How they were traced before, if they were.
    pub(super) traced: Option<Traced>,
    pub(super) sampled: i64,
    pub(super) reported: i64,
    pub(super) diagnosed: i64,
    pub(super) discharged: i64,
    /// Whether there are symptoms.
    pub(super) is_confirmed: bool,
}

/// A traced contact. Times are Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Traced {
    pub(super) last: i64,
    pub(super) identified: i64,
}

/// The figures that it takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rates {
    pub(super) latent: i64,
    pub(super) attack: Odds,
    pub(super) confirmed: Odds,
    /// From when on nothing is known.
    pub(super) as_of: i64,
}

impl Traced {
    /// The end of isolation, later than `from`.
    pub(super) fn isolated_until(self, from: i64) -> i64 {
        (self.last + ISOLATION * DAY).max(from + DAY)
    }
}

/// The local day of an instant, counted from 1970-01-01.
pub(super) fn day(at: i64) -> i64 {
    (at + 8 * HOUR).div_euclid(DAY)
}

/// The fates of a household in a community with cases.
pub(super) fn fates(rates: &Rates, hot: &Hot, size: usize, draw: &mut Draw) -> [Fate; HOUSEHOLD] {
    let mut fates = [Fate::default(); HOUSEHOLD];
    let people = u64::try_from(size).unwrap_or(1);
    match hot.event(size, draw) {
        Some(Event::Infection(on)) => {
            let first = draw.below(people);
            infection(rates, on, &mut fates, (size, first), draw);
        }
        Some(Event::Contact(on)) => {
            let first = draw.below(people);
            contact(rates, on, &mut fates, (size, first), draw);
        }
        None => {
            for fate in fates.iter_mut().take(size) {
                let met = hot.companion(draw).map(|on| {
                    let last = hour(on + rates.latent - 1, 8) + draw.between(0, 14 * HOUR);
                    let identified = hour(on + rates.latent, 12) + draw.between(0, 12 * HOUR);
                    Traced { last, identified }
                });
                let met = met.filter(|met| met.identified < rates.as_of);
                *fate = met.map_or(Fate::Clear, Fate::Companion);
            }
        }
    }
    fates
}

fn infection(rates: &Rates, on: i64, fates: &mut [Fate], of: (usize, u64), draw: &mut Draw) {
    let (size, first) = of;
    let index = case(rates, None, hour(on + rates.latent, 7), draw);
    if index.reported >= rates.as_of {
        return;
    }
    for (member, fate) in (0..).zip(fates.iter_mut().take(size)) {
        if member == first {
            *fate = Fate::Case(index);
            continue;
        }
        let identified = index.diagnosed + HOUR + draw.between(0, 5 * HOUR);
        let last = index.sampled;
        let traced = Traced { last, identified };
        if identified >= rates.as_of {
            continue;
        }
        *fate = Fate::Close(traced);
        if draw.hits(rates.attack) {
            let found = hour(day(index.sampled) + 1 + draw.between(0, 4), 7);
            let case = case(rates, Some(traced), found, draw);
            if case.reported < rates.as_of && case.sampled > identified {
                *fate = Fate::Case(case);
            }
        }
    }
}

fn case(rates: &Rates, traced: Option<Traced>, from: i64, draw: &mut Draw) -> Case {
    let sampled = from + draw.between(0, 6 * HOUR);
    let reported = sampled + 4 * HOUR + draw.between(0, 8 * HOUR);
    let diagnosed = reported + HOUR + draw.between(0, 3 * HOUR);
    Case {
        traced,
        sampled,
        reported,
        diagnosed,
        discharged: hour(day(diagnosed) + draw.between(10, 15), 10),
        is_confirmed: draw.hits(rates.confirmed),
    }
}

fn contact(rates: &Rates, on: i64, fates: &mut [Fate], of: (usize, u64), draw: &mut Draw) {
    let (size, first) = of;
    let found = on + rates.latent;
    let last = hour(found - 1 - draw.between(0, 2), 9) + draw.between(0, 12 * HOUR);
    let identified = hour(found, 20) + draw.between(0, 16 * HOUR);
    if identified >= rates.as_of {
        return;
    }
    for (member, fate) in (0..).zip(fates.iter_mut().take(size)) {
        if member == first {
            *fate = Fate::Close(Traced { last, identified });
            continue;
        }
        let last = last + draw.between(0, identified - last);
        let identified = identified + HOUR + draw.between(0, 8 * HOUR);
        if identified < rates.as_of {
            *fate = Fate::Secondary(Traced { last, identified });
        }
    }
}
