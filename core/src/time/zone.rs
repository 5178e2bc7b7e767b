//! Offsets from UTC: fixed, or with summer time.

use super::{DAY, text};
use std::fmt;

/// An offset from UTC in whole minutes east, fixed or with summer time by a rule that is
/// the same every year.
///
/// It is one number: the minutes if it is fixed; else, from the lowest bits on, the minutes
/// in winter and 1,024 (11 bits), the quarters of an hour by which summer is ahead (4), and
/// for each [`Turn`], the one into summer first, the month (4), the week (3), the weekday
/// (3) and the quarter of an hour (8).
///
/// ```
/// use longma_core::Offset;
/// assert_eq!(Offset::parse("+08:00"), Some(Offset::CHINA));
/// assert_eq!(Offset::parse("Z"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Offset(i64);

/// Summer time: how far the clock is ahead of winter's, and when it is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summer {
    /// By how many quarters of an hour it is ahead, 1 to 15.
    pub ahead: i64,
    /// When it begins.
    pub begins: Turn,
    /// When it ends. South of the equator this is earlier in the year.
    pub ends: Turn,
}

/// A moment of every year at which the clock is put forward or back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// The month, 1 to 12.
    pub month: i64,
    /// Which such weekday of the month, 1 to 4; 5 is the last.
    pub week: i64,
    /// The weekday, Monday being 1.
    pub weekday: i64,
    /// Quarters of an hour from the beginning of that day, by winter's clock, 0 to 255.
    pub quarter: i64,
}

/// China's.
impl Default for Offset {
    fn default() -> Self {
        Self::CHINA
    }
}

/// The furthest from UTC, in minutes.
const FURTHEST: i64 = 14 * 60;
/// Added to the minutes in winter, so that they are positive.
const LIFT: i64 = 1_024;
/// How many bits each part of a rule has, and of each of its turns.
const PARTS: [u32; 2] = [11, 4];
const TURN: [u32; 4] = [4, 3, 3, 8];
/// And all of them.
const BITS: u32 = 51;

impl Offset {
    /// China's only time zone, and the default of a pack.
    pub const CHINA: Self = Self(8 * 60);

    /// Reads `+08:00`; at most 14 hours either way.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::of_number(text::offset(text)?).filter(|offset| !offset.has_summer())
    }

    /// The offset with summer time; `None` if a number cannot be.
    #[must_use]
    pub fn with_summer(self, summer: Summer) -> Option<Self> {
        let turn = |turn: Turn| [turn.month, turn.week, turn.weekday, turn.quarter];
        let turns = [turn(summer.begins), turn(summer.ends)]
            .into_iter()
            .flatten();
        let parts = [self.0.checked_add(LIFT)?, summer.ahead]
            .into_iter()
            .chain(turns);
        let bits = PARTS.into_iter().chain(TURN).chain(TURN);
        let (mut word, mut shift) = (0, 0);
        for (part, bits) in parts.zip(bits) {
            if part < 0 || part >> bits != 0 {
                return None;
            }
            word |= part << shift;
            shift += bits;
        }
        Self::of_number(word).filter(|offset| offset.is_sound())
    }

    /// Whether it has summer time.
    #[must_use]
    pub fn has_summer(self) -> bool {
        self.0 > FURTHEST
    }

    /// The number that it is.
    #[must_use]
    pub fn number(self) -> i64 {
        self.0
    }

    /// The offset with this [`number`](Self::number). A rule that cannot be, which no
    /// compiler writes, gives some offset within a day and a half.
    pub(crate) fn of_number(number: i64) -> Option<Self> {
        let fixed = (-FURTHEST..=FURTHEST).contains(&number);
        // The last turn has a month.
        let ruled = number >> 33 != 0 && number >> BITS == 0;
        (fixed || ruled).then_some(Self(number))
    }

    /// Whether each part of its rule can be.
    fn is_sound(self) -> bool {
        let (winter, summer) = self.rule();
        let sound = |turn: Turn| {
            (1..=12).contains(&turn.month)
                && (1..=5).contains(&turn.week)
                && (1..=7).contains(&turn.weekday)
        };
        let near = winter.abs() + summer.ahead * 15 <= FURTHEST;
        let turns = sound(summer.begins) && sound(summer.ends);
        let apart = summer.begins.month != summer.ends.month;
        near && turns && apart && summer.ahead > 0
    }

    /// The minutes in winter, and the rule of summer.
    #[inline(never)]
    fn rule(self) -> (i64, Summer) {
        let mut rest = self.0;
        let mut take = |bits: u32| {
            let part = rest & ((1 << bits) - 1);
            rest >>= bits;
            part
        };
        let [winter, ahead] = PARTS.map(&mut take);
        let mut turn = || {
            let [month, week, weekday, quarter] = TURN.map(&mut take);
            Turn {
                month,
                week,
                weekday,
                quarter,
            }
        };
        let (begins, ends) = (turn(), turn());
        let summer = Summer {
            ahead,
            begins,
            ends,
        };
        (winter - LIFT, summer)
    }

    /// The seconds east of UTC at a second of Unix time.
    pub(super) fn seconds(self, unix: i64) -> i64 {
        if self.has_summer() {
            return self.by_rule(unix);
        }
        self.0 * 60
    }

    #[cold]
    #[inline(never)]
    fn by_rule(self, unix: i64) -> i64 {
        let (winter, summer) = self.rule();
        let local = unix.saturating_add(winter * 60);
        let (begins, ends) = (summer.begins.of_year(local), summer.ends.of_year(local));
        let is_summer = if begins < ends {
            begins <= local && local < ends
        } else {
            begins <= local || local < ends
        };
        winter * 60 + if is_summer { summer.ahead * 900 } else { 0 }
    }

    /// The first second of Unix time at which the clock shows `local`, counted in seconds
    /// from 1970 as if it were UTC, or more if it skips that time.
    pub(super) fn unix(self, local: i64) -> Option<i64> {
        if self.has_summer() {
            return self.unix_by_rule(local);
        }
        local.checked_sub(self.0 * 60)
    }

    #[cold]
    #[inline(never)]
    fn unix_by_rule(self, local: i64) -> Option<i64> {
        let (winter, summer) = self.rule();
        let late = local.checked_sub(winter * 60)?;
        let early = late.checked_sub(summer.ahead * 900)?;
        let shows = |unix: i64| unix + self.seconds(unix) == local;
        if shows(early) {
            return Some(early);
        }
        if shows(late) {
            return Some(late);
        }
        Some(summer.begins.of_year(local) - winter * 60)
    }
}

impl Turn {
    /// The turn in the year of `local`, both in seconds by winter's clock.
    #[inline(never)]
    fn of_year(self, local: i64) -> i64 {
        let (year, ..) = text::civil(local.div_euclid(DAY));
        let first = text::number(year, self.month, 1).unwrap_or_default();
        // 1970-01-01 was a Thursday.
        let to_weekday = (self.weekday - (first + 3).rem_euclid(7) - 1).rem_euclid(7);
        let mut day = first + to_weekday + 7 * (self.week - 1);
        if text::civil(day).1 != self.month {
            day -= 7;
        }
        day * DAY + self.quarter * 900
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::with_capacity(13);
        if self.has_summer() {
            let (winter, summer) = self.rule();
            text::push_offset(&mut out, winter);
            out.push('/');
            text::push_offset(&mut out, winter + summer.ahead * 15);
        } else {
            text::push_offset(&mut out, self.0);
        }
        f.write_str(&out)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::time::{Date, Days, Elapsed};

    fn offset(winter: &str, begins: [i64; 4], ends: [i64; 4]) -> Offset {
        let turn = |[month, week, weekday, quarter]: [i64; 4]| Turn {
            month,
            week,
            weekday,
            quarter,
        };
        let summer = Summer {
            ahead: 4,
            begins: turn(begins),
            ends: turn(ends),
        };
        let winter = Offset::parse(winter).unwrap();
        winter.with_summer(summer).unwrap()
    }

    /// From the last Sunday of March to that of October, at 01:00 UTC.
    fn berlin() -> Offset {
        offset("+01:00", [3, 5, 7, 8], [10, 5, 7, 8])
    }

    /// From the first Sunday of October, 02:00, to that of April, 03:00 in summer.
    fn sydney() -> Offset {
        offset("+10:00", [10, 1, 7, 8], [4, 1, 7, 8])
    }

    fn instant(text: &str) -> crate::Instant {
        crate::Instant::parse(text).unwrap()
    }

    fn check(at: &str, offset: Offset, expected: &str) {
        assert_eq!(instant(at).to_rfc3339(offset), expected);
        assert_eq!(instant(expected), instant(at));
    }

    #[test]
    fn clocks_are_put_where_the_rule_says() {
        check(
            "2022-03-27T00:59:59Z",
            berlin(),
            "2022-03-27T01:59:59+01:00",
        );
        check(
            "2022-03-27T01:00:00Z",
            berlin(),
            "2022-03-27T03:00:00+02:00",
        );
        check(
            "2022-10-30T00:59:59Z",
            berlin(),
            "2022-10-30T02:59:59+02:00",
        );
        check(
            "2022-10-30T01:00:00Z",
            berlin(),
            "2022-10-30T02:00:00+01:00",
        );
        check(
            "2022-12-31T23:30:00Z",
            berlin(),
            "2023-01-01T00:30:00+01:00",
        );
        check(
            "2022-10-01T15:59:59Z",
            sydney(),
            "2022-10-02T01:59:59+10:00",
        );
        check(
            "2022-10-01T16:00:00Z",
            sydney(),
            "2022-10-02T03:00:00+11:00",
        );
        check(
            "2022-04-02T15:59:59Z",
            sydney(),
            "2022-04-03T02:59:59+11:00",
        );
        check(
            "2022-04-02T16:00:00Z",
            sydney(),
            "2022-04-03T02:00:00+10:00",
        );
        assert_eq!(berlin().to_string(), "+01:00/+02:00");
    }

    #[test]
    fn days_have_23_or_25_hours_and_days_later_keeps_the_clock() {
        let length = |day: &str| {
            let day = Date::parse(day).unwrap();
            let (start, end) = (day.start(berlin()).unwrap(), day.end(berlin()).unwrap());
            end.minus(start).as_seconds() / 3_600
        };
        assert_eq!(length("2022-03-27"), 23);
        assert_eq!(length("2022-07-01"), 24);
        assert_eq!(length("2022-10-30"), 25);
        let later = |from: &str, days: i64| {
            let later = instant(from).days_later(Days::new(days), berlin());
            later.unwrap().to_rfc3339(berlin())
        };
        assert_eq!(
            later("2022-03-26T12:00:00+01:00", 1),
            "2022-03-27T12:00:00+02:00"
        );
        assert_eq!(
            later("2022-10-31T12:00:00+01:00", -2),
            "2022-10-29T12:00:00+02:00"
        );
    }

    #[test]
    fn a_time_that_is_skipped_is_that_after_it_and_of_two_the_first_counts() {
        let at = |day: &str, clock: &str| {
            let clock = Elapsed::of_clock(clock).unwrap();
            let at = Date::parse(day).unwrap().at(clock, berlin());
            at.unwrap().to_rfc3339(berlin())
        };
        assert_eq!(at("2022-03-27", "02:30"), "2022-03-27T03:00:00+02:00");
        assert_eq!(at("2022-03-27", "03:00"), "2022-03-27T03:00:00+02:00");
        assert_eq!(at("2022-10-30", "02:30"), "2022-10-30T02:30:00+02:00");
        assert_eq!(at("2022-10-30", "24:00"), "2022-10-31T00:00:00+01:00");
    }

    #[test]
    fn an_offset_is_one_number() {
        for offset in [
            berlin(),
            sydney(),
            Offset::CHINA,
            Offset::parse("-03:30").unwrap(),
        ] {
            assert_eq!(Offset::of_number(offset.number()), Some(offset));
        }
        for wrong in [
            -841,
            841,
            i64::MIN,
            i64::MAX,
            1 << 51,
            berlin().number() | (1 << 51),
        ] {
            assert_eq!(Offset::of_number(wrong), None, "{wrong}");
        }
        assert!(berlin().number() < 1 << 51);
    }

    #[test]
    fn a_rule_that_cannot_be_is_none() {
        let turn = |month, week| Turn {
            month,
            week,
            weekday: 7,
            quarter: 8,
        };
        let with = |ahead, begins, ends| {
            let summer = Summer {
                ahead,
                begins,
                ends,
            };
            Offset::CHINA.with_summer(summer)
        };
        assert!(with(4, turn(3, 5), turn(10, 5)).is_some());
        for (ahead, begins, ends) in [
            (0, turn(3, 5), turn(10, 5)),
            (16, turn(3, 5), turn(10, 5)),
            (4, turn(13, 5), turn(10, 5)),
            (4, turn(3, 6), turn(10, 5)),
            (4, turn(3, 5), turn(3, 1)),
        ] {
            assert_eq!(with(ahead, begins, ends), None);
        }
    }
}
