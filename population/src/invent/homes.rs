//! Who lives where: counties, communities, households.
//!
//! Persons are numbered county by county and household by household. A hundred households
//! make a block, whose sizes follow the file's distribution exactly and stand in an order
//! of the block's own; that is why the household of a person is found without counting
//! those before it. Blocks make communities. A county's last household is cut where the
//! county's persons end.

use super::draw::Draw;
use super::like::{BLOCK, HOUSEHOLD, Like};
use std::ops::Range;

/// A county.
#[derive(Debug, Clone)]
pub(super) struct County {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) city: usize,
    /// Whether it is a city without counties.
    pub(super) is_city: bool,
    pub(super) weight: u64,
    /// The numbers of its persons.
    pub(super) persons: Range<u64>,
}

/// How households are laid out.
#[derive(Debug, Clone)]
pub(super) struct Homes {
    pub(super) counties: Vec<County>,
    /// The sizes of a block's households, ascending.
    sizes: Vec<u8>,
    /// Persons of a block.
    block: u64,
    /// Blocks of a community.
    blocks: u64,
}

/// One household.
#[derive(Debug, Clone, Copy)]
pub(super) struct Household {
    /// Its number in the county.
    pub(super) number: u64,
    /// The number of its first person.
    pub(super) first: u64,
    /// How many people it has.
    pub(super) size: usize,
}

/// Consecutive households of one community.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) county: usize,
    /// The number of the community in the county.
    pub(super) community: u64,
    pub(super) households: Vec<Household>,
}

impl Homes {
    pub(super) fn new(like: &Like, persons: u64) -> Self {
        let shares: Vec<u64> = like.households.sizes.iter().map(|it| it.get()).collect();
        let counts = apportioned(u64::try_from(BLOCK).unwrap_or_default(), &shares);
        let mut sizes = Vec::with_capacity(BLOCK);
        for (size, count) in (1..=HOUSEHOLD).zip(counts) {
            let size = u8::try_from(size).unwrap_or(u8::MAX);
            sizes.extend((0..count).map(|_| size));
        }
        let block = sizes
            .iter()
            .map(|size| u64::from(*size))
            .sum::<u64>()
            .max(1);
        let blocks = like.households.per_community.get() / u64::try_from(BLOCK).unwrap_or(1);
        Self {
            counties: counties(like, persons),
            sizes,
            block,
            blocks,
        }
    }

    /// How many communities a county has; at least one.
    pub(super) fn communities(&self, county: &County) -> u64 {
        let persons = county.persons.end - county.persons.start;
        persons.div_ceil(self.block * self.blocks).max(1)
    }

    /// The persons of a community.
    pub(super) fn residents(&self, county: &County, community: u64) -> u64 {
        let size = self.block * self.blocks;
        let persons = county.persons.end - county.persons.start;
        persons.saturating_sub(community * size).min(size)
    }

    /// The blocks with persons of `range`.
    pub(super) fn blocks(&self, seed: u64, range: Range<u64>) -> impl Iterator<Item = Block> {
        let within = move |county: &County| {
            let start = county.persons.start.max(range.start);
            let end = county.persons.end.min(range.end);
            (start < end).then(|| (start - county.persons.start, end - county.persons.start))
        };
        let counties = self.counties.iter().enumerate();
        counties.flat_map(move |(at, county)| {
            let (start, end) = within(county).unwrap_or_default();
            let blocks = start / self.block..end.div_ceil(self.block);
            blocks.map(move |number| self.block_of(seed, at, county, number))
        })
    }

    fn block_of(&self, seed: u64, at: usize, county: &County, number: u64) -> Block {
        let whole = u64::try_from(BLOCK).unwrap_or(1);
        let mut draw = Draw::new(seed ^ place(county), number);
        // A step that shares no factor with a hundred visits each household once.
        let step = [1, 3, 7, 9, 11, 13, 17, 19, 21, 23, 27, 29, 31, 33, 37, 39];
        let step: u64 = usize::try_from(draw.below(16))
            .ok()
            .and_then(|at| step.get(at).copied())
            .unwrap_or(1);
        let start = draw.below(whole);
        let mut first = county.persons.start + number * self.block;
        let mut households = Vec::with_capacity(BLOCK);
        for household in 0..whole {
            let of = usize::try_from((start + household * step) % whole).unwrap_or_default();
            let size = u64::from(self.sizes.get(of).copied().unwrap_or(1));
            let size = size.min(county.persons.end.saturating_sub(first));
            if size == 0 {
                break;
            }
            households.push(Household {
                number: number * whole + household,
                first,
                size: usize::try_from(size).unwrap_or_default(),
            });
            first += size;
        }
        Block {
            county: at,
            community: number / self.blocks,
            households,
        }
    }
}

/// A county's code as a key for what is drawn in it.
pub(super) fn place(county: &County) -> u64 {
    let code = county.code.bytes();
    code.fold(0, |key: u64, byte| {
        key.wrapping_mul(257).wrapping_add(u64::from(byte))
    })
}

fn counties(like: &Like, persons: u64) -> Vec<County> {
    let all = like.cities.iter().enumerate();
    let all = all.flat_map(|(at, city)| city.counties.iter().map(move |county| (at, county)));
    let weights: Vec<u64> = all.clone().map(|(_, county)| county.weight.get()).collect();
    let mut start = 0;
    let counted = all.zip(apportioned(persons, &weights));
    let counted = counted.map(|((city, county), persons)| {
        let persons = start..start + persons;
        start = persons.end;
        County {
            code: county.code.clone(),
            name: county.name.zh_cn.clone(),
            city,
            is_city: county.code.ends_with("00"),
            weight: county.weight.get(),
            persons,
        }
    });
    counted.collect()
}

/// Divides `whole` by weights; what rounding leaves goes to the largest remainders.
fn apportioned(whole: u64, weights: &[u64]) -> Vec<u64> {
    let sum = weights.iter().sum::<u64>().max(1);
    let mut parts: Vec<u64> = weights.iter().map(|weight| whole * weight / sum).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    let remainder = |at: &usize| weights.get(*at).map(|weight| whole * weight % sum);
    order.sort_by_key(|at| std::cmp::Reverse(remainder(at)));
    let left = whole - parts.iter().sum::<u64>();
    for (at, _) in order.into_iter().zip(0..left) {
        if let Some(part) = parts.get_mut(at) {
            *part += 1;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::apportioned;

    #[test]
    fn parts_add_up_and_are_within_one_of_their_share() {
        for whole in [1, 7, 100, 12_345_678] {
            let weights = [148, 72, 1, 0, 33];
            let parts = apportioned(whole, &weights);
            assert_eq!(parts.iter().sum::<u64>(), whole);
            for (part, weight) in parts.iter().zip(weights) {
                assert!(part.abs_diff(whole * weight / 254) <= 1, "{parts:?}");
            }
        }
    }
}
