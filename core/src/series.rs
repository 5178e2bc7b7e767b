//! Daily counts, and how far a day's count departs from the days before it.
//!
//! These are the moving baselines of the Early Aberration Reporting System (EARS):
//! a day's count is compared with the mean of a window of earlier days, in standard
//! deviations of that window. The arithmetic is all on integers, so every target
//! gets the same result.

use crate::order::sort_by;
use crate::time::{Date, Days};
use std::num::NonZeroU128;
use std::sync::Arc;

/// Departures are in thousandths of a standard deviation.
const THOUSAND: u128 = 1_000;
/// Departures are clamped to this, above and below: a thousand deviations.
const MOST: i64 = 1_000_000;
/// The longest window and the longest lag, in days; more is not a moving baseline.
const WINDOW: i64 = 1_000;

/// One count for each day.
///
/// ```
/// use longma_core::{Date, Days, Series};
///
/// let day = |n| Date::parse("2020-02-01").unwrap().plus(Days::new(n)).unwrap();
/// let counts = [3, 5, 4, 6, 2, 4, 4, 8];
/// let series = Series::new((0..).map(day).zip(counts));
/// assert_eq!(series.on(day(7)), Some(8));
/// // The seven days before have mean 4 and deviation 1.29099…: 4 / 1.29099 = 3.098….
/// assert_eq!(series.departure(day(7), Days::new(7), Days::new(0)), Some(3_099));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series(Arc<[(Date, i64)]>);

impl Series {
    /// If a day has two counts, keeps the greater: highest wins.
    pub fn new(counts: impl IntoIterator<Item = (Date, i64)>) -> Self {
        let mut days: Vec<(Date, i64)> = counts.into_iter().collect();
        sort_by(&mut days, |a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        days.dedup_by(|later, first| later.0 == first.0);
        Self(days.into())
    }

    /// The day's count; `None` if it has none.
    #[must_use]
    pub fn on(&self, day: Date) -> Option<i64> {
        let at = self.0.binary_search_by(|(known, _)| known.cmp(&day)).ok()?;
        self.0.get(at).map(|(_, count)| *count)
    }

    /// How far the day's count is above the mean of the `window` days before it, in
    /// thousandths of their standard deviation. `lag` days between the window and the
    /// day are skipped.
    ///
    /// The deviation is that of a sample (over n - 1). The result is rounded up, so it
    /// is more than 3000 exactly if the count is more than 3 deviations above the mean.
    /// If all counts of the window are equal, their deviation is zero: any other count
    /// then departs by the limit of a thousand deviations, up or down.
    ///
    /// `None` if a day of the window or the day itself has no count, if the window is
    /// not 2 to 1000 days long, or if the lag is not 0 to 1000 days.
    #[must_use]
    pub fn departure(&self, day: Date, window: Days, lag: Days) -> Option<i64> {
        let (window, lag) = (window.count(), lag.count());
        if !(2..=WINDOW).contains(&window) || !(0..=WINDOW).contains(&lag) {
            return None;
        }
        let count = i128::from(self.on(day)?);
        let (mut sum, mut squares) = (0_i128, 0_i128);
        for back in 1..=window {
            let before = i128::from(self.on(day.plus(Days::new(-(back + lag)))?)?);
            sum = sum.checked_add(before)?;
            squares = squares.checked_add(before.checked_mul(before)?)?;
        }
        // For n days, `distance` is n times the distance from the mean and `spread` is
        // n² times the population variance, so z² = distance² (n - 1) / (n spread).
        let n = i128::from(window);
        let distance = n.checked_mul(count)?.checked_sub(sum)?;
        let spread = n.checked_mul(squares)?.checked_sub(sum.checked_mul(sum)?)?;
        let above = distance
            .unsigned_abs()
            .checked_pow(2)?
            .checked_mul((n - 1).unsigned_abs())?
            .checked_mul(THOUSAND * THOUSAND)?;
        let below = n.checked_mul(spread)?.unsigned_abs();
        Some(match NonZeroU128::new(below) {
            None => MOST * i64::try_from(distance.signum()).unwrap_or_default(),
            Some(below) if distance > 0 => thousandths(up(above.div_ceil(below.get()))),
            Some(below) => -thousandths(square_root(above / below)),
        })
    }
}

/// The square root, rounded down. The library's is large, so there is one of it.
///
/// ```
/// assert_eq!(longma_core::square_root(99), 9);
/// ```
#[inline(never)]
#[must_use]
pub fn square_root(square: u128) -> u128 {
    square.isqrt()
}

/// The square root, rounded up.
fn up(square: u128) -> u128 {
    let down = square_root(square);
    if down * down == square {
        down
    } else {
        down + 1
    }
}

fn thousandths(value: u128) -> i64 {
    i64::try_from(value).unwrap_or(MOST).min(MOST)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn series(first: &str, counts: &[i64]) -> Series {
        let first = Date::parse(first).unwrap();
        Series::new(
            (0..)
                .zip(counts)
                .map(|(n, c)| (first.plus(Days::new(n)).unwrap(), *c)),
        )
    }

    fn departure(series: &Series, day: &str, window: i64, lag: i64) -> Option<i64> {
        series.departure(Date::parse(day).unwrap(), Days::new(window), Days::new(lag))
    }

    #[test]
    fn a_departure_is_worked_out_by_hand() {
        // 3 5 4 6 2 4 4: mean 28 / 7 = 4, squares about it 1+1+0+4+4+0+0 = 10,
        // variance 10 / 6, deviation 1.29099…; (8 - 4) / 1.29099 = 3.09838…
        let s = series("2020-02-01", &[3, 5, 4, 6, 2, 4, 4, 8]);
        assert_eq!(departure(&s, "2020-02-08", 7, 0), Some(3_099));
        // (0 - 4) / 1.29099 = -3.09838…
        let s = series("2020-02-01", &[3, 5, 4, 6, 2, 4, 4, 0]);
        assert_eq!(departure(&s, "2020-02-08", 7, 0), Some(-3_098));
        // With a lag of two days the window is 2 4; the two 9s are skipped.
        let s = series("2020-02-01", &[2, 4, 9, 9, 6]);
        // mean 3, variance 2, deviation 1.41421…; (6 - 3) / 1.41421 = 2.12132…
        assert_eq!(departure(&s, "2020-02-05", 2, 2), Some(2_122));
    }

    #[test]
    fn exactly_three_deviations_are_not_more_than_three() {
        // 2 4 4 4 5 5 4 has mean 4, squares 4+1+1 = 6, variance 1, so 7 lies exactly
        // 3 deviations above.
        let s = series("2020-02-01", &[2, 4, 4, 4, 5, 5, 4, 7]);
        assert_eq!(departure(&s, "2020-02-08", 7, 0), Some(3_000));
    }

    #[test]
    fn a_flat_window_has_no_deviation() {
        let flat = |last| series("2020-02-01", &[4, 4, 4, last]);
        assert_eq!(departure(&flat(4), "2020-02-04", 3, 0), Some(0));
        assert_eq!(departure(&flat(5), "2020-02-04", 3, 0), Some(MOST));
        assert_eq!(departure(&flat(3), "2020-02-04", 3, 0), Some(-MOST));
    }

    #[test]
    fn a_missing_day_leaves_no_baseline() {
        let s = series("2020-02-01", &[4, 5, 4, 9]);
        assert_eq!(departure(&s, "2020-02-04", 4, 0), None);
        assert_eq!(departure(&s, "2020-02-05", 2, 0), None);
        assert_eq!(departure(&s, "2020-02-04", 1, 0), None);
        assert_eq!(departure(&s, "2020-02-04", 2, -1), None);
    }

    #[test]
    fn of_two_counts_for_a_day_the_greater_stands() {
        let day = Date::parse("2020-02-01").unwrap();
        assert_eq!(Series::new([(day, 3), (day, 9), (day, 4)]).on(day), Some(9));
    }
}
