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

/// The same time of day by the clock at an offset, `by` calendar days later.
///
/// # Errors
/// If the result leaves the years 1 to 9999.
pub fn clock_later(instant: Instant, by: Days, offset: Offset) -> Result<Instant, Fault> {
    in_range(instant.days_later(by, offset))
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

/// The same day `months` later, or the last day of a month that has no such day.
///
/// # Errors
/// If the result leaves the years 1 to 9999.
pub fn months_later(date: Date, months: i64) -> Result<Date, Fault> {
    in_range(date.plus_months(months))
}

/// The same day `years` later; 28 February where 29 February is not there.
///
/// # Errors
/// If the result leaves the years 1 to 9999.
pub fn years_later(date: Date, years: i64) -> Result<Date, Fault> {
    in_range(years.checked_mul(12)).and_then(|months| months_later(date, months))
}

/// Whether a text begins with another.
#[must_use]
pub fn starts_with(text: &str, start: &str) -> bool {
    text.starts_with(start)
}

/// Whether a text ends with another.
#[must_use]
pub fn ends_with(text: &str, end: &str) -> bool {
    text.ends_with(end)
}

/// Whether a text holds another.
#[must_use]
pub fn includes(text: &str, part: &str) -> bool {
    text.contains(part)
}

/// The number of a text's characters.
#[must_use]
pub fn characters(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

/// The parts of a text between a separator; the whole text where it has none or the
/// separator is empty.
pub fn parts<'t>(text: &'t str, separator: &str) -> impl Iterator<Item = &'t str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let whole = rest.take()?;
        let split = whole
            .split_once(separator)
            .filter(|_| !separator.is_empty());
        let Some((part, after)) = split else {
            return Some(whole);
        };
        rest = Some(after);
        Some(part)
    })
}

/// The steps that reading a text costs.
#[must_use]
pub fn read(text: &str) -> usize {
    text.len() / BYTES_A_STEP
}

/// Bytes of a text that are read in one step.
pub const BYTES_A_STEP: usize = 64;

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

/// The parts of a set in which the clock at `offset` shows `from` or later and not yet
/// `until`, on each day. A window whose end is not after its beginning ends on the next
/// day.
///
/// # Errors
/// If a text is no time of day, or the set has no first or last day or too many of them.
///
/// ```
/// use longma_core::{Instant, Offset, When, host};
///
/// let t = |text| Instant::parse(text).ok();
/// let days = When::between(t("2026-11-27T08:00:00+08:00"), t("2026-11-29T00:00:00+08:00"));
/// let peak = host::daily_between(&days, "07:00", "09:00", Offset::CHINA).unwrap();
/// assert_eq!(peak.spans().len(), 2);
/// assert_eq!(host::first_instant(&peak), t("2026-11-27T08:00:00+08:00"));
/// assert_eq!(host::last_instant(&peak), t("2026-11-28T09:00:00+08:00"));
/// ```
pub fn daily_between(when: &When, from: &str, until: &str, offset: Offset) -> Result<When, Fault> {
    let clock = |text: &str, last: i64| {
        let read = Elapsed::of_clock(text).filter(|it| it.as_seconds() <= last);
        read.ok_or_else(|| Fault::new(Code::RuleClock).with("found", text))
    };
    let (from, until) = (clock(from, DAY - 1)?, clock(until, DAY)?);
    parts_of_days(when, &[], [from, until], offset)
}

/// The parts of a set on some days of the week, Monday being 1, at `offset`.
///
/// # Errors
/// If a number is no day of the week, or the set has no first or last day or too many.
pub fn on_weekdays(when: &When, weekdays: &[i64], offset: Offset) -> Result<When, Fault> {
    if let Some(wrong) = weekdays.iter().find(|day| !(1..=7).contains(*day)) {
        return Err(Fault::new(Code::RuleClock).with("found", wrong.to_string()));
    }
    if weekdays.is_empty() {
        return Ok(When::never());
    }
    let whole = [0, DAY].map(Elapsed::seconds);
    parts_of_days(when, weekdays, whole, offset)
}

const DAY: i64 = 86_400;

/// About how many days a set touches; none for one that has no first or last day.
#[must_use]
pub fn days_in(when: &When) -> usize {
    let days = when.spans().iter().map(|span| {
        let (from, until) = span.from().zip(span.until())?;
        usize::try_from(until.minus(from).as_seconds() / DAY + 3).ok()
    });
    let total = days.sum::<Option<usize>>().unwrap_or_default();
    total.min(limits::DAYS)
}

/// What of a set lies between two times of some days of the week; of all days if none is
/// named. Where the second is not after the first, it is that of the next day.
fn parts_of_days(
    when: &When,
    weekdays: &[i64],
    [from, until]: [Elapsed; 2],
    offset: Offset,
) -> Result<When, Fault> {
    let endless = || Fault::new(Code::RuleDays).with("limit", limits::DAYS);
    let night = Days::new((until <= from).into());
    let mut found = Vec::new();
    let mut left = limits::DAYS;
    for span in when.spans() {
        let (first, end) = span.from().zip(span.until()).ok_or_else(endless)?;
        // A window of the day before may reach into the first day.
        let (begins, ends) = (first.date(offset), end.date(offset));
        let mut day = begins.plus(Days::new(-1)).or(Some(begins));
        while let Some(date) = day.filter(|day| *day <= ends && day.start(offset) < Some(end)) {
            left = left.checked_sub(1).ok_or_else(endless)?;
            if weekdays.is_empty() || weekdays.contains(&date.weekday()) {
                // What begins before all time has begun, and what ends after it does not end.
                let early = date.start(offset).is_none().then_some(first);
                let from = early.or_else(|| date.at(from, offset));
                let last = date.plus(night).and_then(|day| day.at(until, offset));
                let part = from.and_then(|from| Span::new(Some(from), last.or(Some(end))));
                found.extend(part.and_then(|part| part.meet(*span)));
            }
            day = date.plus(Days::new(1));
        }
    }
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

    /// Sets with both ends, over three weeks.
    fn bounded_sets() -> impl Strategy<Value = When> {
        let span = (0..500_i64, 1..300_i64).prop_map(|(from, length)| {
            let hour = |count: i64| Instant::from_unix(count * 3_600);
            Span::new(hour(from), hour(from + length)).unwrap()
        });
        proptest::collection::vec(span, 0..4).prop_map(When::of)
    }

    #[test]
    fn windows_and_weekdays_are_refused_by_name() {
        let t = |text: &str| Instant::parse(text).unwrap();
        let week = When::between(
            Some(t("2026-11-23T00:00:00+08:00")),
            Some(t("2026-11-30T00:00:00+08:00")),
        );
        let daily = |set: &When, from, until| {
            let found = daily_between(set, from, until, Offset::CHINA);
            found.map_err(|fault| fault.code.to_string())
        };
        assert_eq!(daily(&week, "07:00", "24:00").unwrap().spans().len(), 7);
        // A night reaches into the next day, and the first morning belongs to one too.
        assert_eq!(daily(&week, "22:00", "06:00").unwrap().spans().len(), 8);
        assert_eq!(daily(&week, "08:00", "08:00").unwrap(), week);
        assert_eq!(daily(&week, "7:00", "09:00").unwrap_err(), "rule-clock");
        assert_eq!(daily(&week, "24:00", "09:00").unwrap_err(), "rule-clock");
        assert_eq!(
            daily(&When::always(), "07:00", "09:00").unwrap_err(),
            "rule-days"
        );
        // The first and the last day that there are.
        let ends = [
            ("0001-01-03T00:00:00Z", "0001-01-03T01:00:00Z"),
            ("9999-12-29T22:59:59Z", "9999-12-29T23:59:59Z"),
        ];
        for (from, until) in ends {
            let edge = When::between(Some(t(from)), Some(t(until)));
            let all: Vec<i64> = (1..8).collect();
            for offset in ["-14:00", "+00:00", "+14:00"] {
                let offset = Offset::parse(offset).unwrap();
                assert_eq!(
                    on_weekdays(&edge, &all, offset).unwrap(),
                    edge,
                    "{from} {offset}"
                );
                let nights = daily_between(&edge, "12:00", "11:59", offset).unwrap();
                assert!(!nights.is_empty(), "{from} {offset}");
            }
        }
        for day in [0, 8] {
            let wrong = on_weekdays(&week, &[1, day], Offset::CHINA).unwrap_err();
            assert_eq!(wrong.code.to_string(), "rule-clock");
        }
        // 2026-11-28 and 29 are a Saturday and a Sunday.
        let weekend = on_weekdays(&week, &[7, 6], Offset::CHINA).unwrap();
        let two = When::between(Some(t("2026-11-28T00:00:00+08:00")), last_instant(&week));
        assert_eq!(weekend, two);
    }

    #[test]
    fn texts_are_compared_by_character_and_taken_apart() {
        let all = |text, separator| parts(text, separator).collect::<Vec<_>>();
        assert_eq!(all("620102-03-乙", "-"), ["620102", "03", "乙"]);
        assert_eq!(all("-a-", "-"), ["", "a", ""]);
        assert_eq!(all("ab", ""), ["ab"]);
        assert_eq!(all("", "-"), [""]);
        assert_eq!(characters("陇A·12"), 5);
        assert!(includes("兰州市城关区", "城关") && !includes("城", "城关"));
        assert!(starts_with("620102", "62") && ends_with("620102", "02"));
        assert!(includes("a", "") && starts_with("", "") && !starts_with("", "a"));
    }

    proptest! {
        #[test]
        fn a_window_holds_where_the_clock_says_so(
            set in bounded_sets(), from in 0..24_i64, until in 1..25_i64, days in 1..127_u8,
        ) {
            let clock = |hour: i64| format!("{hour:02}:00");
            let offset = Offset::CHINA;
            let daily = daily_between(&set, &clock(from), &clock(until), offset).unwrap();
            let wanted: Vec<i64> = (1..8).filter(|day| days & (1 << (day - 1)) != 0).collect();
            let weekly = on_weekdays(&set, &wanted, offset).unwrap();
            for t in (-5..900).filter_map(|hour| Instant::from_unix(hour * 3_600 + 59)) {
                let hour = t.time_of_day(offset).as_seconds() / 3_600;
                let within = if from < until {
                    (from..until).contains(&hour)
                } else {
                    hour >= from || hour < until
                };
                prop_assert_eq!(daily.contains(t), set.contains(t) && within);
                let day = wanted.contains(&t.date(offset).weekday());
                prop_assert_eq!(weekly.contains(t), set.contains(t) && day);
            }
        }

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
