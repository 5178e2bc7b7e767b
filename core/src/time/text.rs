//! Times as texts: RFC 3339 and `YYYY-MM-DD`, in and out.
//!
//! The calendar is chrono's. Its formats, time zones and errors would be 45 kB that a
//! phone loads and nothing uses, so texts are read and written here, by one strict
//! spelling; tests hold it to the library. What is wrong with a text, and why, is for
//! [`TimeError`](super::TimeError).

use super::TimeError;
use chrono::{Datelike, NaiveDate};

/// 1970-01-01, counted in days from the beginning of the year 1.
const EPOCH: i32 = 719_163;

/// Days since 1970-01-01 of a day of the proleptic Gregorian calendar, if there is one.
pub(super) fn number(year: i64, month: i64, day: i64) -> Option<i64> {
    let part = |number: i64| u32::try_from(number).ok();
    let year = i32::try_from(year).ok()?;
    let day = NaiveDate::from_ymd_opt(year, part(month)?, part(day)?)?;
    Some(i64::from(day.num_days_from_ce() - EPOCH))
}

/// Year, month and day of the day with this number; of the epoch for days that no
/// [`Date`](super::Date) has.
pub(super) fn civil(number: i64) -> (i64, i64, i64) {
    let day = i32::try_from(number)
        .ok()
        .and_then(|it| it.checked_add(EPOCH));
    let day = day.and_then(NaiveDate::from_num_days_from_ce_opt);
    let day = day.unwrap_or_default();
    (day.year().into(), day.month().into(), day.day().into())
}

/// Seconds since the epoch of an RFC 3339 text, in range or not.
pub(super) fn instant(text: &str) -> Result<i64, TimeError> {
    let mut rest = Rest(text.as_bytes());
    let read = |rest: &mut Rest<'_>| {
        let (day, minute) = (rest.day()?, rest.minute()?);
        let second = rest.after(b":")?.two(59)?;
        Some((day * super::DAY + minute * 60 + second, rest.fraction()?))
    };
    let (local, whole) = read(&mut rest).ok_or(TimeError::NotAnInstant)?;
    if rest.0.is_empty() {
        return Err(TimeError::NoOffset);
    }
    let offset = rest.last_offset().ok_or(TimeError::NotAnInstant)?;
    whole
        .then_some(local - offset * 60)
        .ok_or(TimeError::Fraction)
}

/// The same without seconds: `2022-07-08T21:00+08:00`.
pub(super) fn to_the_minute(text: &str) -> Option<i64> {
    let mut rest = Rest(text.as_bytes());
    let local = rest.day()? * super::DAY + rest.minute()? * 60;
    Some(local - rest.last_offset()? * 60)
}

/// The number of the day `YYYY-MM-DD`.
pub(super) fn date(text: &str) -> Option<i64> {
    let mut rest = Rest(text.as_bytes());
    rest.day().filter(|_| rest.0.is_empty())
}

/// The minutes of a time of day, `07:00`; 24:00 is the end of a day.
pub(super) fn clock(text: &str) -> Option<i64> {
    let mut rest = Rest(text.as_bytes());
    let minutes = rest.two(24)? * 60 + rest.after(b":")?.two(59)?;
    (rest.0.is_empty() && minutes <= 24 * 60).then_some(minutes)
}

/// Minutes east of `+08:00`.
pub(super) fn offset(text: &str) -> Option<i64> {
    let signed = text.starts_with(['+', '-']);
    Rest(text.as_bytes()).last_offset().filter(|_| signed)
}

/// What is left of a text that is read from its front.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    /// Takes one of these bytes.
    fn after(&mut self, any: &[u8]) -> Option<&mut Self> {
        let (first, rest) = self.0.split_first()?;
        self.0 = any.contains(first).then_some(rest)?;
        Some(self)
    }

    fn two(&mut self, most: i64) -> Option<i64> {
        let ([tens, ones], rest) = self.0.split_first_chunk()?;
        let digit = |byte: &u8| byte.is_ascii_digit().then(|| i64::from(byte - b'0'));
        let value = digit(tens)? * 10 + digit(ones)?;
        self.0 = rest;
        (value <= most).then_some(value)
    }

    fn day(&mut self) -> Option<i64> {
        let year = self.two(99)? * 100 + self.two(99)?;
        let month = self.after(b"-")?.two(12)?;
        let day = self.after(b"-")?.two(31)?;
        number(year, month, day)
    }

    /// `T21:00` in minutes.
    fn minute(&mut self) -> Option<i64> {
        let hour = self.after(b"Tt ")?.two(23)?;
        Some(hour * 60 + self.after(b":")?.two(59)?)
    }

    /// Whether the second is whole.
    fn fraction(&mut self) -> Option<bool> {
        if self.after(b".").is_none() {
            return Some(true);
        }
        let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit());
        let (digits, rest) = self.0.split_at_checked(digits.count())?;
        self.0 = rest;
        (!digits.is_empty()).then(|| digits.iter().all(|digit| *digit == b'0'))
    }

    /// An offset in minutes, if nothing comes after it.
    fn last_offset(&mut self) -> Option<i64> {
        if let b"Z" | b"z" = self.0 {
            return Some(0);
        }
        // RFC 3339 knows one minus; people also write the typographer's.
        if let Some(rest) = self.0.strip_prefix("\u{2212}".as_bytes()) {
            self.0 = rest;
            return self.hours().map(|east| -east);
        }
        let west = self.0.first() == Some(&b'-');
        let minutes = self.after(b"+-")?.hours()?;
        Some(if west { -minutes } else { minutes })
    }

    /// Hours and minutes as minutes. No place on Earth is further than 14 hours away.
    fn hours(&mut self) -> Option<i64> {
        let hours = self.two(14)?;
        let minutes = hours * 60 + self.after(b":")?.two(59)?;
        (self.0.is_empty() && minutes <= 14 * 60).then_some(minutes)
    }
}

/// Appends a number below 100 with two digits.
pub(super) fn push_two(out: &mut String, number: i64) {
    for digit in [number / 10, number % 10] {
        let digit = u8::try_from(digit % 10).unwrap_or_default();
        out.push(char::from(b'0' + digit));
    }
}

/// Appends `2022-07-08`.
pub(super) fn push_date(out: &mut String, number: i64) {
    let (year, month, day) = civil(number);
    push_two(out, year / 100);
    push_two(out, year % 100);
    out.push('-');
    push_two(out, month);
    out.push('-');
    push_two(out, day);
}

/// Appends `21:00:00`, from seconds of a day.
pub(super) fn push_clock(out: &mut String, second: i64) {
    push_two(out, second / 3_600);
    out.push(':');
    push_two(out, second / 60 % 60);
    out.push(':');
    push_two(out, second % 60);
}

/// Appends `+08:00`, from minutes.
pub(super) fn push_offset(out: &mut String, minutes: i64) {
    out.push(if minutes < 0 { '-' } else { '+' });
    push_two(out, minutes.abs() / 60);
    out.push(':');
    push_two(out, minutes.abs() % 60);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use chrono::{DateTime, Datelike, NaiveDate, TimeDelta};
    use proptest::prelude::*;

    #[test]
    fn the_calendar_is_that_of_the_library_on_every_day() {
        let epoch = NaiveDate::default();
        for days in -719_200..=2_932_890 {
            let day = epoch.checked_add_signed(TimeDelta::days(days)).unwrap();
            let written = (day.year(), day.month(), day.day());
            let (year, month, day) = written;
            let parts = (i64::from(year), i64::from(month), i64::from(day));
            assert_eq!(civil(days), parts);
            assert_eq!(number(parts.0, parts.1, parts.2), Some(days));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn a_day_exists_where_the_library_has_it(year in 0..=9999_i64, month in 0..=13_i64, day in 0..=32_i64) {
            let theirs = NaiveDate::from_ymd_opt(
                i32::try_from(year).unwrap(), u32::try_from(month).unwrap(), u32::try_from(day).unwrap(),
            );
            prop_assert_eq!(number(year, month, day).is_some(), theirs.is_some());
        }

        #[test]
        fn an_instant_is_that_of_the_library(
            text in "[012][0-9]{3}-[01][0-9]-[0-3][0-9][Tt x][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.0{0,3})?(Z|z|[-+\u{2212} ][0-2][0-9]:?[0-6][0-9])?.?"
        ) {
            // A leap second is not an instant here, and no place is further than 14 hours away.
            let theirs = DateTime::parse_from_rfc3339(&text).ok();
            let theirs = theirs.filter(|it| it.offset().local_minus_utc().abs() <= 14 * 3_600);
            let theirs = theirs.filter(|it| it.timestamp_subsec_nanos() == 0);
            prop_assert_eq!(instant(&text).ok(), theirs.map(|it| it.timestamp()));
        }
    }
}
