//! A small pseudo-random number generator (`SplitMix64`). A seed gives the same sequence
//! on every machine. It is pure arithmetic and uses no entropy.

/// The step between two states: an odd number whose bits are spread evenly.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A sequence of pseudo-random numbers.
///
/// ```
/// use longma_desk::dice::Dice;
/// let mut dice = Dice::new(1_234_567);
/// assert_eq!(dice.throw(), 6_457_827_717_110_365_317);
/// assert!((-1..=1).contains(&dice.between(-1, 1)));
/// ```
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The sequence of `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The sequence for `index` within `seed`. It differs from its neighbours' from the
    /// first number on.
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

    /// A number below `sides`; 0 counts as 1.
    pub fn below(&mut self, sides: u64) -> u64 {
        self.throw() % sides.max(1)
    }

    /// A number from `least` to `most`, both included.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        let width = most.abs_diff(least).saturating_add(1);
        least.saturating_add_unsigned(self.below(width))
    }

    /// True once in `sides` throws on average.
    pub fn once_in(&mut self, sides: u64) -> bool {
        self.below(sides) == 0
    }

    /// One of `items`; `None` if there are none.
    pub fn choose<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let sides = u64::try_from(items.len()).unwrap_or(u64::MAX);
        let index = usize::try_from(self.below(sides)).unwrap_or(0);
        items.get(index)
    }

    /// One of `choices`; empty if there are none.
    pub fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        self.choose(choices).copied().unwrap_or_default()
    }

    /// Shuffles a list.
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

    // The first three numbers of seed 1234567, as published by the algorithm's author.
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
