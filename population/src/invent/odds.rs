//! The file's shares as chances, worked out once.

use super::areas::hour;
use super::draw::{Odds, ladder, odds, weighted};
use super::fate::Rates;
use super::homes::{County, Homes};
use super::like::{HOUSEHOLD, Like, PRODUCTS, Share};

/// All chances.
#[derive(Debug, Clone)]
pub(super) struct Chances {
    pub(super) rates: Rates,
    /// The day of the first bit of a set of days, and how many bits there are.
    pub(super) oldest: i64,
    pub(super) look_back: i64,
    pub(super) elderly: Odds,
    pub(super) issuance: Vec<Odds>,
    pub(super) doses: Vec<Odds>,
    pub(super) products: Vec<Odds>,
    pub(super) voluntary: Vec<Odds>,
    /// Of an adult.
    pub(super) occupations: Vec<Odds>,
    pub(super) antigen: Odds,
    pub(super) compliance: Odds,
    pub(super) flagged: Odds,
    /// In units of 2⁻¹⁶.
    pub(super) inconclusive: u64,
    /// Of a household: a trip, then an arrival.
    pub(super) journeys: [Odds; 2],
    pub(super) together: Odds,
    pub(super) same_city: Odds,
    pub(super) home_recorded: Odds,
    pub(super) commuters: Odds,
    pub(super) key_area: Odds,
    pub(super) reported: Odds,
    pub(super) origins: Vec<Odds>,
    /// Entries, visits, check-ins, symptoms, suspicions.
    pub(super) sparse: Vec<Odds>,
    /// Where trips go: among all counties, and for each city among its own.
    pub(super) region: Vec<Odds>,
    pub(super) cities: Vec<Vec<Odds>>,
    /// The rounds of mass testing of each county.
    pub(super) rounds: Vec<Rounds>,
}

/// The rounds of mass testing of one county.
#[derive(Debug, Clone, Default)]
pub(super) struct Rounds {
    /// The days on which there is one.
    pub(super) days: u64,
    /// For each, in order: its bit and the odds that a person takes part, in 2⁻¹⁶.
    pub(super) each: Vec<(u64, u64)>,
    /// People to a pool on each day; 0 if there is no round.
    pub(super) pools: Vec<u8>,
}

impl Chances {
    pub(super) fn new(like: &Like, homes: &Homes) -> Self {
        let all = |shares: &[Share]| ladder(shares.iter().map(|share| share.get()));
        let share = |share: Share| odds(share.get());
        let trips = like.movement.trips.get();
        let look_back = like.look_back.signed();
        let oldest = like.last.0 + 1 - look_back;
        let product = |name: &&str| like.vaccinations.products.get(*name).copied();
        let sparse = &like.sparse;
        let sparse = [
            sparse.entries,
            sparse.visits,
            sparse.check_ins,
            sparse.symptoms,
            sparse.suspected,
        ];
        let origins = like.arrivals.origins.iter();
        let origins: Vec<u64> = origins.map(|origin| origin.weight.get()).collect();
        let of_city = |city: usize| destinations(&homes.counties, |county| county.city == city);
        Self {
            rates: Rates {
                latent: like.outbreak.latent.signed(),
                attack: share(like.outbreak.household),
                confirmed: share(like.outbreak.confirmed),
                as_of: hour(like.last.0 + 1, 0),
            },
            oldest,
            look_back,
            elderly: share(like.households.elderly),
            issuance: all(&like.issuance.counts),
            doses: all(&like.vaccinations.doses),
            products: ladder(
                PRODUCTS
                    .iter()
                    .map(|name| product(name).map_or(0, Share::get)),
            ),
            voluntary: all(&like.tests.voluntary),
            occupations: occupations(like),
            antigen: share(like.tests.antigen),
            compliance: share(like.tests.compliance),
            flagged: share(like.tests.flagged),
            inconclusive: share(like.tests.inconclusive) >> 16,
            journeys: [odds(trips), odds(trips + like.arrivals.share.get())],
            together: share(like.movement.together),
            same_city: share(like.movement.same_city),
            home_recorded: share(like.movement.home_recorded),
            commuters: share(like.movement.commuters),
            key_area: share(like.movement.key_area),
            reported: share(like.arrivals.reported),
            origins: weighted(&origins),
            sparse: all(&sparse),
            region: destinations(&homes.counties, |_| true),
            cities: (0..like.cities.len()).map(of_city).collect(),
            rounds: homes
                .counties
                .iter()
                .map(|it| rounds(like, it, oldest))
                .collect(),
        }
    }

    /// The set of one day; empty if nothing of that day is kept.
    pub(super) fn bit(&self, day: i64) -> u64 {
        bit(day - self.oldest, self.look_back)
    }
}

fn bit(at: i64, days: i64) -> u64 {
    if (0..days).contains(&at) { 1 << at } else { 0 }
}

fn destinations(counties: &[County], is_asked: impl Fn(&County) -> bool) -> Vec<Odds> {
    let weight = |county: &County| if is_asked(county) { county.weight } else { 0 };
    weighted(&counties.iter().map(weight).collect::<Vec<u64>>())
}

/// Occupations are shares of all persons, and drawn among adults.
fn occupations(like: &Like) -> Vec<Odds> {
    let (mut people, mut adults) = (0_u64, 0_u64);
    let young = 1_000_000 - like.households.elderly.get();
    for (size, share) in (1..=HOUSEHOLD as u64).zip(&like.households.sizes) {
        people += share.get() * size;
        adults += share.get() * size.min(2) * if size < 3 { young } else { 1_000_000 } / 1_000_000;
    }
    let of_adults = |share: u64| (share * people / adults.max(1)).min(1_000_000);
    let mut ladder = ladder(
        like.tests
            .occupations
            .iter()
            .map(|it| of_adults(it.share.get())),
    );
    for odds in &mut ladder {
        *odds = (*odds).min(1 << 32);
    }
    ladder
}

fn rounds(like: &Like, county: &County, oldest: i64) -> Rounds {
    let look_back = like.look_back.signed();
    let mut rounds = Rounds {
        pools: vec![0; 64],
        ..Rounds::default()
    };
    for round in &like.tests.rounds {
        if !round
            .within
            .iter()
            .any(|within| county.code.starts_with(within.as_str()))
        {
            continue;
        }
        for day in &round.days {
            let bit = bit(day.0 - oldest, look_back);
            // A second round on one day is the same round.
            if bit == 0 || rounds.days & bit != 0 {
                continue;
            }
            rounds.days |= bit;
            rounds.each.push((bit, odds(round.taken.get()) >> 16));
            let at = usize::try_from(day.0 - oldest).unwrap_or_default();
            if let Some(pool) = rounds.pools.get_mut(at) {
                *pool = u8::try_from(round.pool.get()).unwrap_or(u8::MAX);
            }
        }
    }
    rounds
}
