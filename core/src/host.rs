//! The functions that rules can call, as plain functions over typed values.
//!
//! The machine and the oracle call the same functions, so a compiled program and its
//! script compute the same results. No function reads anything but its arguments.
//!
//! ```
//! use longma_core::{Date, Days, Offset, host};
//!
//! // Seven full days after 8 July: until the end of 15 July.
//! let last = host::date_later(Date::parse("2022-07-08").unwrap(), Days::new(7)).unwrap();
//! let until = host::day_end(last, Offset::CHINA).unwrap();
//! assert_eq!(until.to_rfc3339(Offset::CHINA), "2022-07-16T00:00:00+08:00");
//! assert_eq!(host::hours(i64::MAX).unwrap_err().code, longma_core::Code::RuleTime);
//! ```

use crate::limits;
use crate::order::sort;
use crate::problem::{Code, CodeName};
use crate::series::Series;
use crate::text::{Args, IntoLocalized, Localized, messages};
use crate::time::{Date, Days, Elapsed, Instant, Offset};
use crate::when::{Span, When};
use std::sync::Arc;

/// Why a host function failed.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The kind of failure.
    pub code: CodeName,
    /// What its message names.
    pub args: Args,
}

impl Fault {
    /// A fault without texts for its placeholders yet.
    #[must_use]
    pub fn new(code: impl Into<CodeName>) -> Self {
        Self {
            code: code.into(),
            args: Args::NONE,
        }
    }

    /// The same failure with a value for `{name}` in its words.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl IntoLocalized) -> Self {
        self.args = self.args.with(name, value);
        self
    }
}

/// The kinds of values that rules distinguish.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub enum Kind {
    /// `()`: an absent value.
    Absent,
    /// A boolean.
    Bool,
    /// A whole number.
    Int,
    /// A text.
    Text,
    /// An instant.
    Instant,
    /// A calendar day.
    Date,
    /// An elapsed time.
    Elapsed,
    /// A number of calendar days.
    Days,
    /// A temperature.
    Temperature,
    /// Counts by day.
    Series,
    /// A set of instants.
    When,
    /// A cause.
    Cause,
    /// A record.
    Record,
    /// A list.
    List,
    /// A reference table.
    Table,
    /// An earlier decision.
    Timeline,
    /// A closure.
    Function,
    /// Anything else, which rules cannot name.
    Other,
}

impl Kind {
    /// The kind's name in both languages.
    #[must_use]
    pub fn words(self) -> Localized {
        let key = format!("kind-{self:?}").to_ascii_lowercase();
        messages().say(&key, &Args::NONE)
    }
}

/// `None` means that a time left the years 1 to 9999 or a duration overflowed.
fn in_range<T>(value: Option<T>) -> Result<T, Fault> {
    value.ok_or_else(|| Fault::new(Code::RuleTime))
}

/// Whole numbers and durations end before this one, which stands for an absent value.
const END: i64 = crate::columns::ABSENT;

/// A whole number; `None` means that it does not fit.
fn counted(value: Option<i64>) -> Result<i64, Fault> {
    value
        .filter(|number| *number != END)
        .ok_or_else(|| Fault::new(Code::RuleOverflow))
}

/// The seconds or days of a duration.
fn lasting(value: Option<i64>) -> Result<i64, Fault> {
    in_range(value.filter(|number| *number != END))
}

/// A whole number negated.
///
/// # Errors
/// For the smallest number, whose negative does not fit.
pub fn negative(number: i64) -> Result<i64, Fault> {
    counted(number.checked_neg())
}

/// The sum of two whole numbers.
///
/// # Errors
/// If it does not fit: whole numbers are less than 2⁶³ - 1.
pub fn add(left: i64, right: i64) -> Result<i64, Fault> {
    counted(left.checked_add(right))
}

/// The first whole number minus the second.
///
/// # Errors
/// If it does not fit.
pub fn sub(left: i64, right: i64) -> Result<i64, Fault> {
    counted(left.checked_sub(right))
}

/// The product of two whole numbers.
///
/// # Errors
/// If it does not fit.
pub fn times(left: i64, right: i64) -> Result<i64, Fault> {
    counted(left.checked_mul(right))
}

/// The first whole number divided by the second, towards zero.
///
/// # Errors
/// If the second is zero, or the result does not fit.
pub fn divide(left: i64, right: i64) -> Result<i64, Fault> {
    counted(left.checked_div(right))
}

/// What is left of dividing the first whole number by the second.
///
/// # Errors
/// If the second is zero.
pub fn remainder(left: i64, right: i64) -> Result<i64, Fault> {
    counted(left.checked_rem(right))
}

/// An elapsed time of `count` hours of 3,600 seconds.
///
/// # Errors
/// If the seconds do not fit in 64 bits.
pub fn hours(count: i64) -> Result<Elapsed, Fault> {
    lasting(count.checked_mul(3_600)).map(Elapsed::seconds)
}

/// An elapsed time of `count` minutes of 60 seconds.
///
/// # Errors
/// If the seconds do not fit in 64 bits.
pub fn minutes(count: i64) -> Result<Elapsed, Fault> {
    lasting(count.checked_mul(60)).map(Elapsed::seconds)
}

/// The instant `by` later.
///
/// # Errors
/// If the result leaves the years 1 to 9999.
pub fn later_by(instant: Instant, by: Elapsed) -> Result<Instant, Fault> {
    in_range(instant.plus(by))
}

/// The instant `by` earlier.
///
/// # Errors
/// If the result leaves the years 1 to 9999.
pub fn earlier_by(instant: Instant, by: Elapsed) -> Result<Instant, Fault> {
    in_range(by.as_seconds().checked_neg())
        .and_then(|seconds| in_range(instant.plus(Elapsed::seconds(seconds))))
}

/// The same time of day, `by` calendar days later.
///
/// # Errors
/// If the result leaves the years 1 to 9999.
pub fn days_later(instant: Instant, by: Days) -> Result<Instant, Fault> {
    in_range(instant.plus_days(by))
}

/// The same time of day, `by` calendar days earlier.
///
/// # Errors
/// If the result leaves the years 1 to 9999.
pub fn days_earlier(instant: Instant, by: Days) -> Result<Instant, Fault> {
    negated(by).and_then(|by| in_range(instant.plus_days(by)))
}

/// The date `by` days later.
///
/// # Errors
/// If the result leaves the years 1 to 9999.
pub fn date_later(date: Date, by: Days) -> Result<Date, Fault> {
    in_range(date.plus(by))
}

/// The date `by` days earlier.
///
/// # Errors
/// If the result leaves the years 1 to 9999.
pub fn date_earlier(date: Date, by: Days) -> Result<Date, Fault> {
    negated(by).and_then(|by| in_range(date.plus(by)))
}

fn negated(days: Days) -> Result<Days, Fault> {
    in_range(days.count().checked_neg()).map(Days::new)
}

/// The sum of two elapsed times.
///
/// # Errors
/// If the seconds do not fit in 64 bits.
pub fn add_elapsed(left: Elapsed, right: Elapsed) -> Result<Elapsed, Fault> {
    lasting(left.as_seconds().checked_add(right.as_seconds())).map(Elapsed::seconds)
}

/// The first elapsed time minus the second; may be negative.
///
/// # Errors
/// If the seconds do not fit in 64 bits.
pub fn sub_elapsed(left: Elapsed, right: Elapsed) -> Result<Elapsed, Fault> {
    lasting(left.as_seconds().checked_sub(right.as_seconds())).map(Elapsed::seconds)
}

/// An elapsed time multiplied by a number.
///
/// # Errors
/// If the seconds do not fit in 64 bits.
pub fn times_elapsed(left: Elapsed, by: i64) -> Result<Elapsed, Fault> {
    lasting(left.as_seconds().checked_mul(by)).map(Elapsed::seconds)
}

/// The sum of two numbers of days.
///
/// # Errors
/// If the result does not fit in 64 bits.
pub fn add_days(left: Days, right: Days) -> Result<Days, Fault> {
    lasting(left.count().checked_add(right.count())).map(Days::new)
}

/// The first number of days minus the second; may be negative.
///
/// # Errors
/// If the result does not fit in 64 bits.
pub fn sub_days(left: Days, right: Days) -> Result<Days, Fault> {
    lasting(left.count().checked_sub(right.count())).map(Days::new)
}

/// A number of days multiplied by a number.
///
/// # Errors
/// If the result does not fit in 64 bits.
pub fn times_days(left: Days, by: i64) -> Result<Days, Fault> {
    lasting(left.count().checked_mul(by)).map(Days::new)
}

/// The first second of a day, at an offset.
///
/// # Errors
/// If the result leaves the years 1 to 9999.
pub fn day_start(date: Date, offset: Offset) -> Result<Instant, Fault> {
    in_range(date.start(offset))
}

/// The first second after a day, at an offset.
///
/// # Errors
/// If the result leaves the years 1 to 9999.
pub fn day_end(date: Date, offset: Offset) -> Result<Instant, Fault> {
    in_range(date.end(offset))
}

/// The day on which somebody born on `born` turns `years` years old.
///
/// # Errors
/// If the result leaves the years 1 to 9999.
pub fn birthday(born: Date, years: i64) -> Result<Date, Fault> {
    in_range(born.birthday(years))
}

/// A series from days and their counts, in the same order.
///
/// # Errors
/// If there are not as many counts as days.
pub fn daily(days: &[Date], counts: &[i64]) -> Result<Series, Fault> {
    paired(days.len(), counts.len())?;
    Ok(Series::new(
        days.iter().copied().zip(counts.iter().copied()),
    ))
}

/// Holds two lists that were made from one to the same length.
///
/// # Errors
/// If they have different lengths.
pub fn paired(one: usize, other: usize) -> Result<(), Fault> {
    if one == other {
        return Ok(());
    }
    let fault = Fault::new(Code::RulePairs);
    Err(fault.with("one", one).with("other", other))
}

/// The instants in any of the sets.
///
/// # Errors
/// Like [`bounded`].
pub fn union<'a>(sets: impl IntoIterator<Item = &'a When>) -> Result<When, Fault> {
    let all = When::of(
        sets.into_iter()
            .flat_map(|when| when.spans().iter().copied()),
    );
    bounded(all)
}

/// The end of a span whose last instant is `last`: one second later, because spans are
/// half-open.
///
/// # Errors
/// If the result leaves the years 1 to 9999.
pub fn including(last: Instant) -> Result<Instant, Fault> {
    in_range(last.plus(Elapsed::seconds(1)))
}

/// The first instant of a set; `None` if it is empty or has always held.
#[must_use]
pub fn first_instant(when: &When) -> Option<Instant> {
    when.spans().first().and_then(|span| span.from())
}

/// What counting a span of a set costs: both its ends are put in order.
pub const COUNTED: usize = 8;

/// The first instant after a set; `None` if it is empty or has no end.
#[must_use]
pub fn last_instant(when: &When) -> Option<Instant> {
    when.spans().last().and_then(|span| span.until())
}

/// The instants at which at least `count` of the sets hold; all of them for less than 1.
///
/// # Errors
/// Like [`bounded`].
pub fn at_least<'a>(sets: impl IntoIterator<Item = &'a When>, count: i64) -> Result<When, Fault> {
    if count < 1 {
        return Ok(When::always());
    }
    let (mut starts, mut ends) = (Vec::new(), Vec::new());
    for span in sets.into_iter().flat_map(When::spans) {
        let (from, until) = span.bounds();
        starts.push(from);
        ends.push(until);
    }
    sort(&mut starts);
    sort(&mut ends);
    // Once some spans have ended, enough hold again when `count` more than these have begun,
    // and until the next one ends.
    let fewer = usize::try_from(count - 1).unwrap_or(usize::MAX);
    let begins = starts.iter().skip(fewer);
    let found = begins
        .zip(&ends)
        .filter_map(|(from, until)| Span::of_bounds(*from, *until));
    bounded(When::of(found))
}

/// Refuses a set that a rule grew past the limit.
///
/// # Errors
/// If it has more spans than [`limits::SPANS`].
pub fn bounded(when: When) -> Result<When, Fault> {
    if when.spans().len() > limits::SPANS {
        return Err(Fault::new(Code::RuleSize).with("limit", limits::SPANS));
    }
    Ok(when)
}

/// The fault of a call that no function answers: its name, and the kinds given.
#[must_use]
pub fn no_function(name: &str, given: &[Kind]) -> Fault {
    let kinds: Vec<Localized> = given.iter().map(|kind| kind.words()).collect();
    let list = Localized::build(|lang| {
        let words: Vec<&str> = kinds.iter().map(|kind| kind.get(lang)).collect();
        words.join(", ")
    });
    let fault = Fault::new(Code::RuleFunction).with("name", name);
    fault.with("kinds", list)
}

/// The fault of an operator whose two operands do not go together.
#[must_use]
pub fn unlike(operator: &str, [left, right]: [Kind; 2]) -> Fault {
    Fault::new(Code::RuleKinds)
        .with("operator", operator)
        .with("left", left.words())
        .with("right", right.words())
}

/// The fault of a value of another kind than the one that is needed.
#[must_use]
pub fn wanted(wanted: Kind, found: Kind) -> Fault {
    let fault = Fault::new(Code::RuleWanted).with("wanted", wanted.words());
    fault.with("found", found.words())
}

/// The known part of an earlier decision, as rules read it.
#[derive(Debug, Clone)]
pub struct Earlier {
    /// The decision's name.
    pub decision: Arc<str>,
    /// The levels of the scale, lowest first, each with the instants at which it is the
    /// decision's level.
    pub levels: Arc<[(Arc<str>, When)]>,
}

impl Earlier {
    /// When the decision's level is `level`.
    ///
    /// # Errors
    /// If the decision has no such level.
    pub fn when(&self, level: &str) -> Result<When, Fault> {
        self.rank(level)
            .and_then(|rank| self.levels.get(rank))
            .map(|(_, when)| when.clone())
            .ok_or_else(|| self.no_level(level))
    }

    /// When the decision's level is `level` or higher.
    ///
    /// # Errors
    /// If the decision has no such level.
    pub fn when_at_least(&self, level: &str) -> Result<When, Fault> {
        let rank = self.rank(level).ok_or_else(|| self.no_level(level))?;
        Ok(self
            .levels
            .iter()
            .skip(rank)
            .fold(When::never(), |all, (_, when)| all.union(when)))
    }

    fn rank(&self, level: &str) -> Option<usize> {
        self.levels.iter().position(|(name, _)| **name == *level)
    }

    fn no_level(&self, level: &str) -> Fault {
        Fault::new(Code::RuleLevel)
            .with("level", level)
            .with("decision", &*self.decision)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use proptest::prelude::*;

    fn sets() -> impl Strategy<Value = Vec<When>> {
        let end = || proptest::option::weighted(0.8, 0..12_i64);
        let span = (end(), end()).prop_filter_map("empty", |(from, until)| {
            Span::new(
                from.and_then(Instant::from_unix),
                until.and_then(Instant::from_unix),
            )
        });
        let set = proptest::collection::vec(span, 0..4).prop_map(When::of);
        proptest::collection::vec(set, 0..5)
    }

    proptest! {
        #[test]
        fn at_least_so_many_sets_hold_where_counting_them_says_so(sets in sets(), count in -1..6_i64) {
            let found = at_least(&sets, count).unwrap();
            for t in (-2..14).filter_map(Instant::from_unix) {
                let held = sets.iter().filter(|set| set.contains(t)).count();
                prop_assert_eq!(found.contains(t), i64::try_from(held).unwrap() >= count);
            }
        }
    }
}
