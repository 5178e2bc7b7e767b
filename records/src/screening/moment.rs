//! Reads days and times as lists write them; without an offset they are at +08:00.
//!
//! The day never comes before the month, and years have four digits: text that could mean
//! two different days is not read. A spreadsheet's serial number is read as a day only if
//! it can be nothing else: it is in 2020 or later, its day is not after the list arrived,
//! and counted from 1904, as some spreadsheets do, its day would be.

use longma_core::{Date, Days, Elapsed, Instant, Offset};

/// Seconds in a day.
const DAY: i64 = 86_400;
/// Serial numbers considered: from 2020-01-01 to the last one with five digits.
const SERIALS: std::ops::RangeInclusive<i64> = 43_831..=99_999;
/// Days between the 1900 and the 1904 way of counting.
const APART: i64 = 1_462;
/// Maximum number of digits kept of a serial number's fraction of a day.
const PART: usize = 10;

/// An instant read from a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    /// The instant; the start of the day if no time is given.
    pub(super) at: Instant,
    /// Whether the cell gives only the day.
    pub(super) day_only: bool,
    /// Whether the cell holds a spreadsheet's serial number.
    pub(super) serial: bool,
}

impl Moment {
    /// The last second of the day if only the day is given, otherwise the instant itself.
    pub(super) fn latest(self) -> Instant {
        let last = self.at.plus(Elapsed::seconds(DAY - 1));
        last.filter(|_| self.day_only).unwrap_or(self.at)
    }
}

/// Reads a cleaned cell of a list that arrived at `received`.
pub(super) fn read(cell: &str, received: Instant) -> Option<Moment> {
    if let Ok(at) = Instant::parse(cell) {
        return Some(Moment {
            at,
            day_only: false,
            serial: false,
        });
    }
    if let Some(at) = serial(cell, received) {
        let day_only = !cell.contains('.');
        return Some(Moment {
            at,
            day_only,
            serial: true,
        });
    }
    let (day, time) = day(cell)?;
    let start = day.start(Offset::CHINA)?;
    let time = time.trim().trim_start_matches('T').trim();
    if time.is_empty() {
        return Some(Moment {
            at: start,
            day_only: true,
            serial: false,
        });
    }
    let at = start.plus(Elapsed::seconds(seconds(time)?))?;
    Some(Moment {
        at,
        day_only: false,
        serial: false,
    })
}

/// A day and the text after it.
fn day(cell: &str) -> Option<(Date, &str)> {
    let (year, rest) = number(cell, 4)?;
    if let Some((rest, mark)) = ["-", "/", ".", "年"]
        .iter()
        .find_map(|mark| Some((rest.trim_start().strip_prefix(mark)?, *mark)))
    {
        let between = if mark == "年" { "月" } else { mark };
        let (month, rest) = number(rest.trim_start(), 2)?;
        let rest = rest.trim_start().strip_prefix(between)?;
        let (day, rest) = number(rest.trim_start(), 2)?;
        let rest = match mark {
            "年" => rest.trim_start().strip_prefix(['日', '号'])?,
            // A further digit would make it another number.
            _ if rest.starts_with(|c: char| c.is_ascii_digit()) => return None,
            _ => rest,
        };
        return Some((date(year, month, day)?, rest));
    }
    let (digits, rest) = cell.split_at_checked(8)?;
    let (month, day) = digits.get(4..)?.split_at_checked(2)?;
    let ((month, ""), (day, "")) = (number(month, 2)?, number(day, 2)?) else {
        return None;
    };
    // A further digit would make it another number.
    let ends = !rest.starts_with(|c: char| c.is_ascii_digit());
    Some((date(year, month, day)?, rest)).filter(|_| ends)
}

fn date(year: i64, month: i64, day: i64) -> Option<Date> {
    if year < 1_000 {
        return None;
    }
    Date::parse(&format!("{year:04}-{month:02}-{day:02}")).ok()
}

/// Seconds since midnight: `7:30`, `07:30:15`, `7时30分`, `7点`.
fn seconds(time: &str) -> Option<i64> {
    let (hours, rest) = number(time, 2)?;
    let (minutes, rest) = match rest.strip_prefix([':', '时', '点']) {
        Some("") if !rest.starts_with(':') => (0, ""),
        Some(rest) => number(rest, 2)?,
        None => return None,
    };
    let rest = rest.strip_prefix('分').unwrap_or(rest);
    let (seconds, rest) = match rest.strip_prefix(':').unwrap_or(rest) {
        "" => (0, ""),
        rest => number(rest, 2)?,
    };
    let rest = rest.strip_prefix('秒').unwrap_or(rest);
    let right = rest.is_empty() && hours < 24 && minutes < 60 && seconds < 60;
    right.then_some(hours * 3_600 + minutes * 60 + seconds)
}

/// A number of at most `digits` digits, and the text after it.
fn number(text: &str, digits: usize) -> Option<(i64, &str)> {
    let end = text
        .bytes()
        .take(digits)
        .take_while(u8::is_ascii_digit)
        .count();
    let (number, rest) = text.split_at_checked(end)?;
    Some((number.parse().ok()?, rest))
}

/// A spreadsheet's serial number, if it is unambiguous.
fn serial(cell: &str, received: Instant) -> Option<Instant> {
    let (whole, part) = cell.split_once('.').unwrap_or((cell, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if whole.len() != 5 || !digits(whole) || !digits(part) {
        return None;
    }
    let days = whole.parse().ok().filter(|days| SERIALS.contains(days))?;
    let start = |days: i64| {
        let zero = Date::parse("1899-12-30").ok()?;
        zero.plus(Days::new(days))?.start(Offset::CHINA)
    };
    let (day, other) = (start(days)?, start(days + APART)?);
    if day > received || other <= received {
        return None;
    }
    let part: String = part.chars().take(PART).collect();
    let scale = 10_i64.checked_pow(u32::try_from(part.len()).ok()?)?;
    let part: i64 = part.parse().ok()?;
    day.plus(Elapsed::seconds((part * DAY + scale / 2) / scale))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn received() -> Instant {
        Instant::parse("2022-07-10T09:00:00+08:00").unwrap()
    }

    fn told(cell: &str) -> Option<String> {
        let moment = read(cell, received())?;
        Some(moment.at.to_rfc3339(Offset::CHINA))
    }

    #[test]
    fn days_are_read_in_their_usual_shapes() {
        for cell in [
            "2022-7-8",
            "2022-07-08",
            "2022/07/08",
            "2022.7.8",
            "2022年7月8日",
            "2022 年 7 月 8 号",
            "20220708",
        ] {
            let moment = read(cell, received());
            assert!(moment.is_some_and(|it| it.day_only && !it.serial), "{cell}");
            assert_eq!(told(cell).unwrap(), "2022-07-08T00:00:00+08:00", "{cell}");
        }
    }

    #[test]
    fn times_are_read_in_their_usual_shapes() {
        for cell in [
            "2022-7-8 7:30",
            "2022/07/08 07:30:00",
            "2022.7.8 7时30分",
            "2022年7月8日7:30",
            "20220708 07:30",
            "2022-07-08T07:30",
            "2022-07-07T23:30:00Z",
        ] {
            assert_eq!(
                told(cell).as_deref(),
                Some("2022-07-08T07:30:00+08:00"),
                "{cell}"
            );
        }
        assert_eq!(
            told("2022-7-8 7点").as_deref(),
            Some("2022-07-08T07:00:00+08:00")
        );
    }

    #[test]
    fn what_could_be_two_days_or_none_is_not_read() {
        for cell in [
            "7-8",
            "7月8日",
            "8/7/2022",
            "22-7-8",
            "2022-2-30",
            "2022-13-1",
            "2022-7-8 25:00",
            "2022-7-8 7",
            "202207081",
            "2022-07-081",
            "昨天",
            "2022/7-8",
        ] {
            assert_eq!(told(cell), None, "{cell}");
        }
    }

    #[test]
    fn a_serial_number_is_a_day_only_where_it_is_nothing_else() {
        // 44750 is 8 July 2022 counted from 1900, and 9 July 2026 from 1904.
        assert_eq!(told("44750").as_deref(), Some("2022-07-08T00:00:00+08:00"));
        assert_eq!(
            told("44750.3125").as_deref(),
            Some("2022-07-08T07:30:00+08:00")
        );
        assert!(read("44750", received()).unwrap().serial);
        // In 2027 it could be counted either way.
        let late = Instant::parse("2027-01-01T00:00:00+08:00").unwrap();
        assert_eq!(read("44750", late), None);
        // After the list arrived; before 2020; too few digits.
        assert_eq!(told("44760"), None);
        assert_eq!(told("43800"), None);
        assert_eq!(told("4475"), None);
    }
}
