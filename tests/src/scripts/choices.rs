//! Where all choices come from: bytes that a fuzzer gives, or a seed.

use longma_desk::dice::Dice;

/// A sequence of choices. The same bytes, or the same seed, give the same choices on
/// every machine.
///
/// After the last byte every choice is the first and simplest one, so that a shorter
/// input is a smaller example.
///
/// ```
/// use longma_tests::scripts::Choices;
/// let mut choices = Choices::of_bytes(&[255]);
/// assert_eq!(choices.below(3), 2);
/// assert_eq!(choices.below(3), 0);
/// ```
#[derive(Debug, Clone)]
pub struct Choices<'b>(Source<'b>);

#[derive(Debug, Clone)]
enum Source<'b> {
    Bytes(&'b [u8]),
    Dice(Dice),
}

impl<'b> Choices<'b> {
    /// Choices from bytes.
    #[must_use]
    pub fn of_bytes(bytes: &'b [u8]) -> Self {
        Self(Source::Bytes(bytes))
    }

    /// Endless choices from a seed.
    #[must_use]
    pub fn of_seed(seed: u64) -> Self {
        Self(Source::Dice(Dice::of(seed, 0x5eed)))
    }

    fn byte(&mut self) -> usize {
        match &mut self.0 {
            Source::Bytes(bytes) => match bytes.split_first() {
                Some((first, rest)) => {
                    *bytes = rest;
                    usize::from(*first)
                }
                None => 0,
            },
            Source::Dice(dice) => usize::try_from(dice.throw() >> 56).unwrap_or(0),
        }
    }

    /// A number below `sides`, which is at most 65,536; 0 counts as 1.
    pub fn below(&mut self, sides: usize) -> usize {
        match sides {
            0 | 1 => 0,
            2..=256 => (self.byte() * sides) >> 8,
            _ => (((self.byte() << 8) | self.byte()) * sides) >> 16,
        }
    }

    /// A number from 0 that is below `sides`.
    pub fn number(&mut self, sides: usize) -> i64 {
        i64::try_from(self.below(sides)).unwrap_or(0)
    }

    /// True about `times` in 100 times; false after the last byte.
    pub fn chance(&mut self, times: usize) -> bool {
        self.below(100) + times >= 100
    }

    /// One of `items`; `None` if there are none.
    pub fn pick<T: Copy>(&mut self, items: &[T]) -> Option<T> {
        let index = self.below(items.len());
        items.get(index).copied()
    }

    /// One of some texts; empty if there are none.
    pub fn word(&mut self, words: &[&'static str]) -> &'static str {
        self.pick(words).unwrap_or_default()
    }

    /// A position in `weights`, each as often as it says.
    pub fn weighted(&mut self, weights: &[usize]) -> usize {
        let mut at = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if at < *weight {
                return index;
            }
            at -= weight;
        }
        0
    }
}
