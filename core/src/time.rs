//! Instants, durations and calendar days, each a type of its own.
//!
//! Time is whole seconds since the Unix epoch. A calendar day needs an [`Offset`], which
//! is fixed or has summer time by a rule that is the same every year. Elapsed time
//! ([`Elapsed`]) and calendar days ([`Days`]) are separate types because "48 hours"
//! and "2 days" end at different instants if a rule means the end of the day. Left
//! out: names of time zones, leap seconds, fractions of a second, clocks.

use crate::problem::{Code, Place, Problem};
use std::fmt;

mod text;
mod zone;

pub use zone::{Offset, Summer, Turn};

/// Seconds in a day of 24 hours.
pub(crate) const DAY: i64 = 86_400;

/// The first supported instant: 0001-01-03T00:00:00Z, two days into the year 1 so that
/// it prints with a four-digit year at every offset.
const MIN: i64 = -62_135_424_000;
/// The last supported instant: 9999-12-29T23:59:59Z.
const MAX: i64 = 253_402_127_999;

/// Why a text is not an instant or a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeError {
    /// Not `YYYY-MM-DDThh:mm:ss±hh:mm`, or no such moment.
    NotAnInstant,
    /// A time of day without an offset from UTC.
    NoOffset,
    /// A fraction of a second that is not zero.
    Fraction,
    /// Not `YYYY-MM-DD`, or no such day.
    NotADate,
    /// Outside the years 1 to 9999.
    OutOfRange,
}

/// A moment, in whole seconds since 1970-01-01T00:00:00Z.
///
/// ```
/// use longma_core::{Elapsed, Instant, Offset, TimeError};
///
/// let sampled = Instant::parse("2022-07-08T13:00:00Z").unwrap();
/// let later = sampled.plus(Elapsed::hours(48).unwrap()).unwrap();
/// assert_eq!(later.to_rfc3339(Offset::CHINA), "2022-07-10T21:00:00+08:00");
/// assert_eq!(later.minus(sampled), Elapsed::seconds(172_800));
/// assert_eq!(Instant::parse("2022-07-08T13:00:00"), Err(TimeError::NoOffset));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// Elapsed time, in whole seconds; may be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Elapsed(i64);

/// A count of calendar days; may be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Days(i64);

/// A calendar day (proleptic Gregorian), as days since 1970-01-01.
///
/// ```
/// use longma_core::{Date, Days, Offset};
///
/// let day = Date::parse("2022-07-08").unwrap();
/// // "Two days" counted to the end of the day: 10 July ends as 11 July begins.
/// let end = day.plus(Days::new(2)).unwrap().end(Offset::CHINA).unwrap();
/// assert_eq!(end.to_rfc3339(Offset::CHINA), "2022-07-11T00:00:00+08:00");
/// assert_eq!(end.date(Offset::CHINA).minus(day), Days::new(3));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i64);

impl Instant {
    /// The first second that an instant can be, since the Unix epoch.
    pub(crate) const MIN: i64 = MIN;
    /// The last second.
    pub(crate) const MAX: i64 = MAX;

    /// The instant `seconds` after the Unix epoch; `None` outside the years 1 to 9999.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Option<Self> {
        (MIN..=MAX).contains(&seconds).then_some(Self(seconds))
    }

    /// The instant `seconds` after the Unix epoch, as a caller's clock gives it; rounded
    /// down to whole seconds.
    ///
    /// # Errors
    /// A problem if this is not a finite number or is outside the years 1 to 9999.
    pub fn from_clock(seconds: f64) -> Result<Self, Problem> {
        // The range is well within the integers that an `f64` represents exactly.
        #[allow(
            clippy::cast_possible_truncation,
            reason = "saturates; the range is checked next"
        )]
        let whole = seconds.floor() as i64;
        Self::from_unix(whole)
            .filter(|_| seconds.is_finite())
            .ok_or_else(|| {
                let found = match seconds {
                    _ if seconds.is_finite() => whole.to_string(),
                    _ if seconds.is_nan() => "NaN".to_owned(),
                    _ => "∞".to_owned(),
                };
                Problem::new(Code::InstantInvalid, Place::None).with("found", found)
            })
    }

    /// Seconds since the Unix epoch.
    #[must_use]
    pub fn unix(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339. The offset is required; a fraction of a second must be zero.
    ///
    /// # Errors
    /// See [`TimeError`]; a leap second (`:60`) is not an instant here.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        Self::from_unix(text::instant(text)?).ok_or(TimeError::OutOfRange)
    }

    /// Like [`parse`](Self::parse), but seconds may be left out
    /// (`2022-07-08T21:00+08:00`), as in published tables.
    ///
    /// # Errors
    /// Like [`parse`](Self::parse).
    pub fn parse_to_the_minute(text: &str) -> Result<Self, TimeError> {
        match text::to_the_minute(text) {
            Some(seconds) => Self::from_unix(seconds).ok_or(TimeError::OutOfRange),
            None => Self::parse(text),
        }
    }

    /// RFC 3339 at `offset`, to the second.
    #[must_use]
    pub fn to_rfc3339(self, offset: Offset) -> String {
        let mut out = self.written(offset, 'T');
        text::push_offset(&mut out, offset.seconds(self.0) / 60);
        out
    }

    /// Date and time of day at `offset`, for readers: `2022-07-08 21:00:00`.
    #[must_use]
    pub fn to_words(self, offset: Offset) -> String {
        self.written(offset, ' ')
    }

    /// The calendar day of this instant at `offset`.
    #[must_use]
    pub fn date(self, offset: Offset) -> Date {
        self.local(offset).0
    }

    /// The time since this instant's day began, by the clock at `offset`.
    #[must_use]
    pub fn time_of_day(self, offset: Offset) -> Elapsed {
        Elapsed(self.local(offset).1)
    }

    /// The instant `by` later; `None` if it leaves the range.
    #[must_use]
    pub fn plus(self, by: Elapsed) -> Option<Self> {
        self.0.checked_add(by.0).and_then(Self::from_unix)
    }

    /// The same time of day `by` calendar days later, where every day has 24 hours. With
    /// summer time, see [`days_later`](Self::days_later).
    #[must_use]
    pub fn plus_days(self, by: Days) -> Option<Self> {
        by.0.checked_mul(DAY)
            .and_then(|seconds| self.0.checked_add(seconds))
            .and_then(Self::from_unix)
    }

    /// The same time of day `by` calendar days later, by the clock at `offset`; `None` if it
    /// leaves the range. A time that the clock skips becomes the one to which it is put, and
    /// of one that it shows twice the first counts.
    #[must_use]
    pub fn days_later(self, by: Days, offset: Offset) -> Option<Self> {
        let (date, clock) = self.local(offset);
        date.plus(by)?.at(Elapsed(clock), offset)
    }

    /// The seconds by which the clock at `offset` is ahead of UTC then.
    #[must_use]
    pub fn offset_at(self, offset: Offset) -> i64 {
        offset.seconds(self.0)
    }

    /// The time elapsed since `earlier`; negative if that is later.
    #[must_use]
    pub fn minus(self, earlier: Self) -> Elapsed {
        Elapsed(self.0.saturating_sub(earlier.0))
    }

    fn written(self, offset: Offset, between: char) -> String {
        let (date, second) = self.local(offset);
        let mut out = String::with_capacity(25);
        text::push_date(&mut out, date.0);
        out.push(between);
        text::push_clock(&mut out, second);
        out
    }

    fn local(self, offset: Offset) -> (Date, i64) {
        let local = self.0.saturating_add(offset.seconds(self.0));
        (Date(local.div_euclid(DAY)), local.rem_euclid(DAY))
    }
}

impl Elapsed {
    /// Elapsed time of `seconds`.
    #[must_use]
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Elapsed time of `hours`; `None` on overflow.
    #[must_use]
    pub fn hours(hours: i64) -> Option<Self> {
        hours.checked_mul(3_600).map(Self)
    }

    /// Elapsed time of `minutes`; `None` on overflow.
    #[must_use]
    pub fn minutes(minutes: i64) -> Option<Self> {
        minutes.checked_mul(60).map(Self)
    }

    /// Reads a time of day, `07:00`, as the time since the day began; `24:00` is its end.
    #[must_use]
    pub fn of_clock(text: &str) -> Option<Self> {
        text::clock(text).map(|minutes| Self(minutes * 60))
    }

    /// Whole seconds.
    #[must_use]
    pub fn as_seconds(self) -> i64 {
        self.0
    }
}

impl Days {
    /// `count` calendar days.
    #[must_use]
    pub const fn new(count: i64) -> Self {
        Self(count)
    }

    /// The number of days.
    #[must_use]
    pub fn count(self) -> i64 {
        self.0
    }
}

impl Date {
    /// Days since the Unix epoch.
    #[must_use]
    pub fn number(self) -> i64 {
        self.0
    }

    /// The day with this [`number`](Self::number); `None` outside the years 1 to 9999.
    #[must_use]
    pub fn of_number(days: i64) -> Option<Self> {
        Self::checked(days)
    }

    /// Reads `YYYY-MM-DD`.
    ///
    /// # Errors
    /// [`TimeError::NotADate`] or [`TimeError::OutOfRange`].
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let days = text::date(text).ok_or(TimeError::NotADate)?;
        Self::checked(days).ok_or(TimeError::OutOfRange)
    }

    /// The first instant of this day at `offset`.
    #[must_use]
    pub fn start(self, offset: Offset) -> Option<Instant> {
        self.at(Elapsed(0), offset)
    }

    /// The end of this day at `offset`: the first instant of the *next* day.
    #[must_use]
    pub fn end(self, offset: Offset) -> Option<Instant> {
        self.plus(Days(1)).and_then(|next| next.start(offset))
    }

    /// When the clock at `offset` first shows `clock` on this day, or more if it skips it.
    #[must_use]
    #[inline(never)]
    pub fn at(self, clock: Elapsed, offset: Offset) -> Option<Instant> {
        let local = self.0.checked_mul(DAY)?.checked_add(clock.0)?;
        Instant::from_unix(offset.unix(local)?)
    }

    /// The day `by` days later; `None` if it leaves the range.
    #[must_use]
    pub fn plus(self, by: Days) -> Option<Self> {
        self.0.checked_add(by.0).and_then(Self::checked)
    }

    /// Calendar days since `earlier`; negative if that is later.
    #[must_use]
    pub fn minus(self, earlier: Self) -> Days {
        Days(self.0.saturating_sub(earlier.0))
    }

    /// The day on which somebody born on this day turns `years` old: the same day of that
    /// year, or 1 March if that year has no 29 February. `None` if it leaves the range.
    #[must_use]
    pub fn birthday(self, years: i64) -> Option<Self> {
        let (born, month, day) = text::civil(self.0);
        let year = born.checked_add(years)?;
        // Beyond these years there is no day anyway, and nothing overflows within them.
        let year = Some(year).filter(|year| (0..=9_999).contains(year))?;
        let days = text::number(year, month, day).or_else(|| text::number(year, 3, 1))?;
        Self::checked(days)
    }

    /// The same day of the month `months` later, or the last day of a month that has no
    /// such day. `None` if it leaves the range.
    #[must_use]
    pub fn plus_months(self, months: i64) -> Option<Self> {
        let (year, month, day) = text::civil(self.0);
        let count = (year * 12 + month - 1).checked_add(months)?;
        // Beyond these years there is no day anyway, and nothing overflows within them.
        let year = Some(count.div_euclid(12)).filter(|year| (0..=9_999).contains(year))?;
        let month = count.rem_euclid(12) + 1;
        let days = (1..=day)
            .rev()
            .find_map(|day| text::number(year, month, day))?;
        Self::checked(days)
    }

    /// 1 for Monday to 7 for Sunday.
    #[must_use]
    pub fn weekday(self) -> i64 {
        // 1970-01-01 was a Thursday.
        (self.0 + 3).rem_euclid(7) + 1
    }

    /// An offset moves an instant's day by at most one, so that every instant has its day.
    fn checked(days: i64) -> Option<Self> {
        (MIN / DAY - 1..=MAX / DAY + 1)
            .contains(&days)
            .then_some(Self(days))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::with_capacity(10);
        text::push_date(&mut out, self.0);
        f.write_str(&out)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn instant(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn rfc_3339_goes_in_and_comes_out() {
        let t = instant("2022-07-08T21:00:00+08:00");
        assert_eq!(t.unix(), 1_657_285_200);
        assert_eq!(t.to_rfc3339(Offset::CHINA), "2022-07-08T21:00:00+08:00");
        assert_eq!(instant("2022-07-08T13:00:00Z"), t);
        assert_eq!(instant("2022-07-08T13:00:00.000Z"), t);
        assert_eq!(
            t.to_rfc3339(Offset::parse("-03:30").unwrap()),
            "2022-07-08T09:30:00-03:30"
        );
    }

    #[test]
    fn what_is_not_an_instant_says_why() {
        let cases = [
            ("2022-07-08T21:00:00", TimeError::NoOffset),
            ("2022-07-08", TimeError::NotAnInstant),
            ("2022-02-30T00:00:00Z", TimeError::NotAnInstant),
            ("2022-07-08T21:00+08:00", TimeError::NotAnInstant),
            ("2022-07-08T21:00:00.5Z", TimeError::Fraction),
            ("2016-12-31T23:59:60Z", TimeError::NotAnInstant),
            ("2022-07-08T21:00:00+14:01", TimeError::NotAnInstant),
            ("2022-07-08T21:00:00+23:59", TimeError::NotAnInstant),
            ("2022-07-08T21:00:00-15:00", TimeError::NotAnInstant),
            ("2022-07-08T21:00:00-14:59", TimeError::NotAnInstant),
            ("0000-01-01T00:00:00Z", TimeError::OutOfRange),
            ("9999-12-31T23:59:59Z", TimeError::OutOfRange),
            ("今天", TimeError::NotAnInstant),
            ("", TimeError::NotAnInstant),
        ];
        for (text, why) in cases {
            assert_eq!(Instant::parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn a_table_may_leave_out_the_seconds() {
        let t = Instant::parse_to_the_minute("2022-07-08T21:00+08:00");
        assert_eq!(t, Ok(instant("2022-07-08T21:00:00+08:00")));
        assert_eq!(
            Instant::parse_to_the_minute("2022-07-08T21:00"),
            Err(TimeError::NotAnInstant)
        );
    }

    #[test]
    fn a_calendar_day_depends_on_the_offset() {
        let t = instant("2022-07-08T17:00:00Z");
        assert_eq!(t.date(Offset::CHINA).to_string(), "2022-07-09");
        assert_eq!(
            t.date(Offset::parse("+00:00").unwrap()).to_string(),
            "2022-07-08"
        );
        let day = Date::parse("2022-07-09").unwrap();
        assert_eq!(
            day.start(Offset::CHINA),
            Some(instant("2022-07-08T16:00:00Z"))
        );
        assert_eq!(
            day.end(Offset::CHINA),
            Some(instant("2022-07-09T16:00:00Z"))
        );
    }

    #[test]
    fn a_date_has_one_spelling() {
        for text in [
            "2022-7-8",
            "+022-07-08",
            "2022-02-29",
            "20220708",
            "2022/07/08",
            " 022-07-08",
        ] {
            assert_eq!(Date::parse(text), Err(TimeError::NotADate), "{text}");
        }
    }

    #[test]
    fn a_birthday_is_the_same_day_of_a_later_year() {
        let birthday = |born: &str, years| {
            let day = Date::parse(born).unwrap().birthday(years);
            day.map(|day| day.to_string())
        };
        assert_eq!(birthday("2004-07-08", 18).as_deref(), Some("2022-07-08"));
        assert_eq!(birthday("2004-02-29", 18).as_deref(), Some("2022-03-01"));
        assert_eq!(birthday("2004-02-29", 20).as_deref(), Some("2024-02-29"));
        assert_eq!(birthday("2004-07-08", 9_000), None);
        assert_eq!(birthday("2004-07-08", i64::MAX), None);
    }

    #[test]
    fn a_month_later_is_the_same_day_or_the_last() {
        let later = |day: &str, months| {
            let day = Date::parse(day).unwrap().plus_months(months);
            day.map(|day| day.to_string())
        };
        assert_eq!(later("2022-01-31", 1).as_deref(), Some("2022-02-28"));
        assert_eq!(later("2024-01-31", 1).as_deref(), Some("2024-02-29"));
        assert_eq!(later("2022-11-30", 3).as_deref(), Some("2023-02-28"));
        assert_eq!(later("2022-03-31", -1).as_deref(), Some("2022-02-28"));
        assert_eq!(later("2022-01-15", -13).as_deref(), Some("2020-12-15"));
        assert_eq!(later("2024-02-29", 12).as_deref(), Some("2025-02-28"));
        assert_eq!(later("2022-07-08", 12 * 8_000), None);
        assert_eq!(later("2022-07-08", i64::MAX), None);
        assert_eq!(later("2022-07-08", i64::MIN), None);
    }

    #[test]
    fn a_clock_has_one_spelling_and_ends_at_24() {
        let read = |text| Elapsed::of_clock(text).map(Elapsed::as_seconds);
        assert_eq!(read("00:00"), Some(0));
        assert_eq!(read("07:05"), Some(7 * 3_600 + 5 * 60));
        assert_eq!(read("24:00"), Some(86_400));
        for text in [
            "7:00", "07:60", "24:01", "25:00", "07:00:00", "", "０7:00", "07.00",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        let t = instant("2022-07-08T00:30:00+08:00");
        let on = |offset: &str| t.time_of_day(Offset::parse(offset).unwrap()).as_seconds();
        assert_eq!((on("+08:00"), on("+00:00")), (1_800, 16 * 3_600 + 1_800));
    }

    #[test]
    fn a_week_begins_on_monday() {
        // 2022-07-11 was a Monday, 2022-07-10 a Sunday, 1970-01-01 a Thursday.
        for (day, weekday) in [("2022-07-11", 1), ("2022-07-10", 7), ("1970-01-01", 4)] {
            assert_eq!(Date::parse(day).unwrap().weekday(), weekday);
        }
        assert_eq!(Date::parse("1969-12-31").unwrap().weekday(), 3);
    }

    #[test]
    fn arithmetic_leaves_the_range_as_none() {
        let last = Instant::from_unix(MAX).unwrap();
        assert_eq!(last.plus(Elapsed::seconds(1)), None);
        assert_eq!(last.plus_days(Days::new(i64::MAX)), None);
        assert_eq!(Elapsed::hours(i64::MAX), None);
        assert_eq!(Date::parse("9999-12-30").unwrap().plus(Days::new(1)), None);
        for (second, offset) in [(MAX, "+14:00"), (MIN, "-14:00")] {
            let day = Instant::from_unix(second)
                .unwrap()
                .date(Offset::parse(offset).unwrap());
            assert_eq!(Date::of_number(day.number()), Some(day), "{day}");
        }
    }

    #[test]
    fn offsets_are_bounded() {
        assert_eq!(Offset::parse("+08:00"), Some(Offset::CHINA));
        for text in ["08:00", "+8:00", "+15:00", "+08:60", "Z", "東8區"] {
            assert_eq!(Offset::parse(text), None, "{text}");
        }
        assert_eq!(Offset::parse("-03:30").unwrap().to_string(), "-03:30");
    }
}
