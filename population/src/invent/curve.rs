//! The outbreak: a curve for each county, computed once.
//!
//! People are susceptible (S), infected but not yet infectious (E), infectious (I), or
//! past it (R). Each day, with `R` of that day, `d` days of infectiousness and `l` days of
//! latency:
//!
//! ```text
//! infections = R / d × I × S / N      E → I: E / l      I → R: I / d
//! ```
//!
//! A share of the infections arises in the other counties of the city, and one in those of
//! the region, by their persons. Seeds move from S to E on their days. Counts are
//! millionths of a person in whole numbers: nothing is lost by rounding, S + E + I + R is
//! N on every day, and every machine computes the same.

use super::homes::County;
use super::like::Like;

/// Millionths of a person in one person.
pub(super) const PERSON: u128 = 1_000_000;

/// One county's state, in millionths of a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct State {
    /// Susceptible.
    pub susceptible: u128,
    /// Infected, not yet infectious.
    pub exposed: u128,
    /// Infectious.
    pub infectious: u128,
    /// No longer infectious.
    pub removed: u128,
    /// Of these, infected on this day.
    pub infected_today: u128,
}

/// The outbreak in every county.
#[derive(Debug, Clone)]
pub struct Curve {
    /// The first day, counted from 1970-01-01.
    pub(super) start: i64,
    /// For each county, the state at the end of each day.
    states: Vec<Vec<State>>,
}

impl Curve {
    pub(super) fn new(like: &Like, counties: &[County], persons: u64) -> Self {
        let seeds = &like.outbreak.seeds;
        let start = seeds.iter().map(|seed| seed.day.0).min();
        let start = start.unwrap_or(like.first.0).min(like.first.0);
        let mut now: Vec<State> = counties.iter().map(before).collect();
        let mut states: Vec<Vec<State>> = vec![Vec::new(); counties.len()];
        for day in start..=like.last.0 {
            let mut arising = arising(like, counties, &now, day);
            for seed in seeds.iter().filter(|seed| seed.day.0 == day) {
                let at = counties.iter().position(|it| it.code == seed.county);
                if let Some(arising) = at.and_then(|at| arising.get_mut(at)) {
                    let scaled = u128::from(seed.persons.get()) * PERSON * u128::from(persons);
                    *arising += scaled / u128::from(like.population.get());
                }
            }
            for ((state, arising), states) in now.iter_mut().zip(arising).zip(&mut states) {
                *state = next(like, state, arising);
                states.push(*state);
            }
        }
        Self { start, states }
    }

    /// The states of one county, day by day.
    #[must_use]
    pub fn county(&self, at: usize) -> &[State] {
        self.states.get(at).map_or(&[], |states| states)
    }

    /// Those infected in a county on a day, in millionths of a person.
    pub(super) fn infected(&self, at: usize, day: i64) -> u128 {
        let states = self.county(at);
        let day = usize::try_from(day - self.start).ok();
        day.and_then(|day| states.get(day))
            .map_or(0, |state| state.infected_today)
    }
}

fn before(county: &County) -> State {
    let persons = county.persons.end - county.persons.start;
    State {
        susceptible: u128::from(persons) * PERSON,
        ..State::default()
    }
}

/// The infections that arise in each county on a day.
fn arising(like: &Like, counties: &[County], now: &[State], day: i64) -> Vec<u128> {
    let outbreak = &like.outbreak;
    let phase = outbreak.phases.iter().rfind(|phase| phase.from.0 <= day);
    let r = u128::from(phase.map_or(0, |phase| phase.r.get()));
    let days = u128::from(outbreak.infectious.get());
    let made: Vec<u128> = now
        .iter()
        .map(|it| it.infectious * r / (100 * days))
        .collect();
    let city = u128::from(outbreak.to_city.get());
    let region = u128::from(outbreak.to_region.get());
    let persons = |county: &County| u128::from(county.persons.end - county.persons.start);
    let all: u128 = counties.iter().map(persons).sum();
    let mut cities = vec![(0, 0); like.cities.len()];
    for (county, made) in counties.iter().zip(&made) {
        if let Some((people, sum)) = cities.get_mut(county.city) {
            *people += persons(county);
            *sum += made;
        }
    }
    let whole: u128 = made.iter().sum();
    let each = counties.iter().zip(&made).zip(now);
    let each = each.map(|((county, made), state)| {
        let (people, of_city) = cities.get(county.city).copied().unwrap_or_default();
        let here = persons(county);
        let near = of_city * city / PERSON * here / people.max(1);
        let far = whole * region / PERSON * here / all.max(1);
        let own = made * (PERSON - city - region) / PERSON;
        (own + near + far) * state.susceptible / (here * PERSON).max(1)
    });
    each.collect()
}

fn next(like: &Like, state: &State, arising: u128) -> State {
    let infected = arising.min(state.susceptible);
    let falls_ill = state.exposed / u128::from(like.outbreak.latent.get());
    let recovers = state.infectious / u128::from(like.outbreak.infectious.get());
    State {
        susceptible: state.susceptible - infected,
        exposed: state.exposed + infected - falls_ill,
        infectious: state.infectious + falls_ill - recovers,
        removed: state.removed + recovers,
        infected_today: infected,
    }
}
