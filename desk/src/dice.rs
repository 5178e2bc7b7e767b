//! A small generator of numbers (SplitMix64): a seed gives one sequence, on
//! every machine. It is arithmetic on its seed, no source of randomness.

/// The step between two states; its odd bits are spread evenly.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A sequence of numbers.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Starts the sequence of `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The sequence of the member `index` of the family `seed`, unlike its
    /// neighbours' from the first throw on.
    #[must_use]
    pub fn of(seed: u64, index: u64) -> Self {
        Self(Self(seed).throw() ^ Self(index).throw().rotate_left(17))
    }

    /// The next number.
    pub fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `sides`, which is at least 1.
    pub fn below(&mut self, sides: u64) -> u64 {
        self.throw() % sides.max(1)
    }

    /// A number from `least` to `most`, both included.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        let width = most.abs_diff(least).saturating_add(1);
        least.saturating_add_unsigned(self.below(width))
    }

    /// True once in `sides` throws.
    pub fn once_in(&mut self, sides: u64) -> bool {
        self.below(sides) == 0
    }

    /// One of `items`.
    pub fn choose<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let sides = u64::try_from(items.len()).unwrap_or(u64::MAX);
        let index = usize::try_from(self.below(sides)).unwrap_or(0);
        items.get(index)
    }

    /// One of `choices`.
    pub fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        self.choose(choices).copied().unwrap_or_default()
    }

    /// Turns a list into a random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let sides = u64::try_from(last + 1).unwrap_or(1);
            let other = usize::try_from(self.below(sides)).unwrap_or(0);
            items.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The first three numbers of seed 1234567 as the algorithm's author prints them.
    #[test]
    fn the_sequence_is_that_of_split_mix_64() {
        let mut dice = Dice::new(1_234_567);
        let thrown: Vec<u64> = (0..3).map(|_| dice.throw()).collect();
        assert_eq!(
            thrown,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn numbers_lie_between_their_bounds_and_reach_them() {
        let mut dice = Dice::new(7);
        let thrown: Vec<i64> = (0..200).map(|_| dice.between(-1, 1)).collect();
        assert!(thrown.iter().all(|n| (-1..=1).contains(n)));
        assert!(thrown.contains(&-1) && thrown.contains(&1));
    }
}
