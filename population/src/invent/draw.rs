//! Random numbers that depend on what they are for, not on what was drawn before.
//!
//! Every household and every person has a stream of its own, keyed by the seed and by its
//! number, so a batch can begin anywhere. The generator is `SplitMix64` (Steele, Lea and
//! Flood 2014). Chances are whole numbers of 2⁻³²; no float is involved, so that every
//! machine draws the same.

/// The increment of `SplitMix64`.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A chance, in units of 2⁻³²; 2³² is certain.
pub(super) type Odds = u64;

/// The chance of a share given in millionths.
pub(super) fn odds(millionths: u64) -> Odds {
    (millionths << 32) / 1_000_000
}

/// The chances of a distribution, each added to those before it.
pub(super) fn ladder(millionths: impl IntoIterator<Item = u64>) -> Vec<Odds> {
    let sums = millionths.into_iter().scan(0, |sum, part| {
        *sum += part;
        Some(odds(*sum))
    });
    sums.collect()
}

/// The chances of weights, each added to those before it.
pub(super) fn weighted(weights: &[u64]) -> Vec<Odds> {
    let whole = weights.iter().sum::<u64>().max(1);
    let sums = weights.iter().scan(0, |sum, weight| {
        *sum += weight;
        Some((*sum << 32) / whole)
    });
    sums.collect()
}

/// Mixes a word so that words which differ in one bit differ in half of them.
pub(super) fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// One stream of random numbers.
#[derive(Debug, Clone)]
pub(super) struct Draw(u64);

impl Draw {
    /// The stream of number `of` under `key`.
    pub(super) fn new(key: u64, of: u64) -> Self {
        Self(mix(key ^ mix(of.wrapping_add(STEP))))
    }

    /// The next 64 bits.
    pub(super) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// The next 32 bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.word() >> 32
    }

    /// A number below `end`, which is below 2³².
    pub(super) fn below(&mut self, end: u64) -> u64 {
        (self.bits() * end) >> 32
    }

    /// A number of seconds or days from `least` up to, but not including, `end`.
    pub(super) fn between(&mut self, least: i64, end: i64) -> i64 {
        least + self.below((end - least).unsigned_abs()).cast_signed()
    }

    /// Whether something happens that has these odds.
    pub(super) fn hits(&mut self, odds: Odds) -> bool {
        self.bits() < odds
    }

    /// Which step of a ladder is drawn; its length if none is.
    pub(super) fn pick(&mut self, ladder: &[Odds]) -> usize {
        step(ladder, self.bits())
    }
}

/// Which step of a short ladder `bits` falls on; its length if on none.
pub(super) fn step(ladder: &[Odds], bits: u64) -> usize {
    ladder.iter().take_while(|up_to| **up_to <= bits).count()
}
