//! Time zones by their IANA names: what the clocks of a place showed, as an offset from UTC
//! that is fixed or has summer time by one rule.
//!
//! The database's history stays here. What a pack needs of it is the one rule of the years
//! in which it is in force, which is one number; a zone that had several rules in that time
//! is refused.

use chrono::{DateTime, Datelike as _};
use longma_core::{Instant, Offset, Span, Summer, Turn, nearest};

/// How many years before a pack facts are expected to reach.
const BEFORE: i64 = 2;
/// The first year that the table has.
const FIRST: i64 = 1970;
/// The last one, for a pack without an end.
const LAST: i64 = 2036;
const DAY: i64 = 86_400;
/// When clocks are put, as `build.rs` writes it.
static TABLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/zones"));

/// Why a zone gives no offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// There is no such zone; the nearest name.
    Unknown(Option<&'static str>),
    /// Its clocks were not put by one rule between these years.
    Irregular(i64, i64),
    /// What its clocks show is known from the first year to the last, and more was asked.
    Beyond(i64, i64),
}

/// The offset of the zone `name` over the years of `span`, and two years before.
///
/// ```
/// use longma_compile::zone::offset;
/// use longma_core::{Instant, Offset, Span};
///
/// let time = |text| Some(Instant::parse(text).unwrap());
/// let span = Span::new(time("2022-01-01T00:00:00Z"), None).unwrap();
/// assert_eq!(offset("Asia/Shanghai", span), Ok(Offset::CHINA));
/// let berlin = offset("Europe/Berlin", span).unwrap();
/// let noon = time("2022-07-01T12:00:00Z").unwrap();
/// assert_eq!(noon.to_rfc3339(berlin), "2022-07-01T14:00:00+02:00");
/// ```
///
/// # Errors
/// If there is no such zone, or its clocks followed several rules in that time.
pub fn offset(name: &str, span: Span) -> Result<Offset, Wrong> {
    let (courses, zones) = table();
    let course = zones.iter().find(|(_, known)| *known == name);
    let course = course.and_then(|(course, _)| courses.get(*course));
    let Some(course) = course else {
        let names = zones.iter().map(|(_, name)| *name);
        return Err(Wrong::Unknown(nearest(name, names)));
    };
    let year = |instant: Instant| {
        let time = DateTime::from_timestamp(instant.unix(), 0);
        time.map_or(LAST, |time| time.year().into())
    };
    let from: i64 = span.from().map_or(2000, year) - BEFORE;
    let until = span
        .until()
        .map_or(LAST, year)
        .clamp(from + BEFORE, LAST.max(from + BEFORE));
    let wrong = Wrong::Irregular(from, until);
    let (Some(start), Some(end)) = (start_of(from), start_of(until + 1)) else {
        return Err(wrong);
    };
    if from < FIRST || until > LAST {
        return Err(Wrong::Beyond(FIRST, LAST));
    }
    let first = course.east(start);
    let within = course.turns.iter();
    let turns: Vec<Put> = within
        .filter(|turn| turn.unix > start && turn.unix <= end)
        .copied()
        .collect();
    let winter = turns.iter().map(|turn| turn.after).chain([first]).min();
    let fixed = winter.and_then(fixed).ok_or(wrong.clone())?;
    if turns.is_empty() {
        return Ok(fixed);
    }
    let found = rule(&turns, winter.unwrap_or_default(), until - from + 1)
        .and_then(|summer| fixed.with_summer(summer));
    let found = found.ok_or(wrong.clone())?;
    // The rule must show what the database shows around each turn.
    let fits = turns.iter().all(|turn| {
        [turn.unix - 1, turn.unix].into_iter().all(|unix| {
            let shown = Instant::from_unix(unix).map(|it| it.offset_at(found));
            shown == Some(course.east(unix))
        })
    });
    if fits { Ok(found) } else { Err(wrong) }
}

/// A moment at which the clock is put, and the seconds east of UTC afterwards.
#[derive(Debug, Clone, Copy)]
struct Put {
    unix: i64,
    before: i64,
    after: i64,
}

/// How the clocks of zones were put.
#[derive(Debug, Default)]
struct Course {
    /// Seconds east of UTC when the table begins.
    first: i64,
    turns: Vec<Put>,
}

impl Course {
    /// Seconds east of UTC.
    fn east(&self, unix: i64) -> i64 {
        let last = self.turns.iter().rfind(|turn| turn.unix <= unix);
        last.map_or(self.first, |turn| turn.after)
    }
}

/// The courses, and each zone's course and name.
fn table() -> (Vec<Course>, Vec<(usize, &'static str)>) {
    let mut left = TABLE;
    let courses = (0..size(&mut left)).map(|_| {
        let first = signed(&mut left);
        let (mut unix, mut before) = (0, first);
        let turns = (0..size(&mut left)).map(|_| {
            unix += number(&mut left).cast_signed();
            let after = signed(&mut left);
            let put = Put {
                unix,
                before,
                after,
            };
            before = after;
            put
        });
        let turns = turns.collect();
        Course { first, turns }
    });
    let courses = courses.collect();
    let zones = (0..size(&mut left)).map(|_| {
        let course = size(&mut left);
        let length = size(&mut left);
        let (name, rest) = left.split_at_checked(length).unwrap_or_default();
        left = rest;
        (course, std::str::from_utf8(name).unwrap_or_default())
    });
    (courses, zones.collect())
}

fn size(left: &mut &[u8]) -> usize {
    usize::try_from(number(left)).unwrap_or_default()
}

fn signed(left: &mut &[u8]) -> i64 {
    let number = number(left).cast_signed();
    (number >> 1) ^ -(number & 1)
}

fn number(left: &mut &[u8]) -> u64 {
    let mut found = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let Some((byte, rest)) = left.split_first() else {
            break;
        };
        *left = rest;
        found |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    found
}

fn start_of(year: i64) -> Option<i64> {
    let first = Instant::parse(&format!("{year:04}-01-01T00:00:00Z")).ok()?;
    Some(first.unix())
}

fn fixed(seconds: i64) -> Option<Offset> {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    Offset::parse(&format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60))
        .filter(|_| seconds % 60 == 0)
}

/// The rule that all turns follow; `None` if there is none.
fn rule(turns: &[Put], winter: i64, years: i64) -> Option<Summer> {
    let (begins, ends): (Vec<Put>, Vec<Put>) = turns.iter().partition(|put| put.after > put.before);
    let yearly = |turns: &[Put]| i64::try_from(turns.len()) == Ok(years);
    let ahead = begins.first()?.after - winter;
    let steady = turns
        .iter()
        .all(|put| (put.after - put.before).abs() == ahead);
    if !yearly(&begins) || !yearly(&ends) || !steady || ahead % 900 != 0 {
        return None;
    }
    Some(Summer {
        ahead: ahead / 900,
        begins: turn(&begins, winter)?,
        ends: turn(&ends, winter)?,
    })
}

/// The weekday of a month on which all these turns are. It can be up to two days before
/// the turn: "24 hours after the last Friday" is not always a Saturday of its month.
fn turn(turns: &[Put], winter: i64) -> Option<Turn> {
    (0..=2).find_map(|back| {
        let days = turns.iter().map(|put| {
            let local = put.unix + winter;
            let day = local.div_euclid(DAY) - back;
            let quarter = (local - day * DAY) / 900;
            let time = DateTime::from_timestamp(day * DAY, 0)?;
            let weekday = i64::from(time.weekday().number_from_monday());
            let whole = (local - day * DAY) % 900 == 0;
            whole.then_some((
                (i64::from(time.month()), weekday, quarter),
                i64::from(time.day()),
                i64::from(time.num_days_in_month()),
            ))
        });
        let days: Vec<_> = days.collect::<Option<_>>()?;
        let (known, ..) = *days.first()?;
        let week = (1..=5).find(|week| {
            days.iter().all(|(_, day, length)| match week {
                5 => day + 7 > *length,
                _ => (day - 1) / 7 + 1 == *week,
            })
        })?;
        let (month, weekday, quarter) = known;
        days.iter().all(|(it, ..)| *it == known).then_some(Turn {
            month,
            week,
            weekday,
            quarter,
        })
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use chrono::{Offset as _, TimeZone as _};
    use chrono_tz::{TZ_VARIANTS, Tz};
    use longma_core::Days;

    /// Seconds east of UTC, by the crate's database.
    fn east(zone: Tz, unix: i64) -> i64 {
        let time = DateTime::from_timestamp(unix, 0).unwrap();
        let offset = zone.offset_from_utc_datetime(&time.naive_utc());
        offset.fix().local_minus_utc().into()
    }

    fn span(from: &str, until: &str) -> Span {
        let time = |text| Some(Instant::parse(text).unwrap());
        Span::new(time(from), time(until)).unwrap()
    }

    /// The rule of each zone that has one from 2022 to 2028.
    fn zones() -> Vec<(Tz, Offset)> {
        let span = span("2024-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
        let zones = TZ_VARIANTS.iter();
        zones
            .filter_map(|zone| Some((*zone, offset(zone.name(), span).ok()?)))
            .collect()
    }

    #[test]
    fn a_rule_shows_what_the_database_shows() {
        let zones = zones();
        assert!(
            zones.len() * 100 > TZ_VARIANTS.len() * 90,
            "{}",
            zones.len()
        );
        assert!(
            zones
                .iter()
                .filter(|(_, offset)| offset.has_summer())
                .count()
                > 100
        );
        let (start, end) = (start_of(2022).unwrap(), start_of(2029).unwrap());
        for (zone, offset) in zones {
            for unix in (start..end).step_by(9_973) {
                let shown = Instant::from_unix(unix).unwrap().offset_at(offset);
                assert_eq!(shown, east(zone, unix), "{zone} {unix}");
            }
        }
    }

    #[test]
    fn the_table_has_every_zone_and_shows_what_the_database_shows() {
        let (courses, zones) = table();
        assert_eq!(zones.len(), TZ_VARIANTS.len());
        let (start, end) = (start_of(FIRST).unwrap(), start_of(LAST + 1).unwrap());
        for (zone, (course, name)) in TZ_VARIANTS.iter().zip(zones) {
            assert_eq!(zone.name(), name);
            let course = courses.get(course).unwrap();
            // Not a whole number of days, so that all times of day and year are met.
            for unix in (start..end).step_by(1_299_709) {
                assert_eq!(course.east(unix), east(*zone, unix), "{zone} {unix}");
            }
            for turn in &course.turns {
                let shown = [turn.unix - 1, turn.unix].map(|unix| east(*zone, unix));
                assert_eq!(shown, [turn.before, turn.after], "{zone} {}", turn.unix);
            }
        }
    }

    #[test]
    fn a_day_begins_with_its_first_second() {
        for (zone, offset) in zones()
            .into_iter()
            .filter(|(_, offset)| offset.has_summer())
        {
            let mut day = Instant::from_unix(start_of(2024).unwrap())
                .unwrap()
                .date(offset);
            for _ in 0..730 {
                let start = day.start(offset).unwrap();
                let before = Instant::from_unix(start.unix() - 1).unwrap();
                let yesterday = day.plus(Days::new(-1)).unwrap();
                assert_eq!(
                    (start.date(offset), before.date(offset)),
                    (day, yesterday),
                    "{zone}"
                );
                day = day.plus(Days::new(1)).unwrap();
            }
        }
    }

    #[test]
    fn what_no_rule_says_is_refused() {
        let years = span("2022-01-01T00:00:00Z", "2024-01-01T00:00:00Z");
        let near = offset("Europe/Berlim", years);
        assert_eq!(near, Err(Wrong::Unknown(Some("Europe/Berlin"))));
        // Morocco puts its clocks by the month of fasting.
        let morocco = offset("Africa/Casablanca", years);
        assert_eq!(morocco, Err(Wrong::Irregular(2020, 2024)));
        // America changed its rule in 2007.
        let america = |from: &str, until: &str| offset("America/New_York", span(from, until));
        let changed = america("2006-01-01T00:00:00Z", "2009-01-01T00:00:00Z");
        assert_eq!(changed, Err(Wrong::Irregular(2004, 2009)));
        let years = Err(Wrong::Beyond(1970, 2036));
        for (from, until) in [("1971", "1980"), ("2037", "2038")] {
            let span = span(
                &format!("{from}-06-01T00:00:00Z"),
                &format!("{until}-06-01T00:00:00Z"),
            );
            assert_eq!(offset("Asia/Shanghai", span), years);
        }
        assert!(america("2009-01-01T00:00:00Z", "2020-01-01T00:00:00Z").is_ok());
    }
}
