//! Opening hours by day of the week and for public holidays.

use longma_core::{Date, Days, Elapsed, Instant, Offset};

/// The day number for public holidays.
const HOLIDAY: i64 = 8;
/// Days to search for the next change, including today.
const AHEAD: i64 = 8;
/// Minutes in a day.
const DAY: i64 = 1_440;

/// Open stretches by the day on which they begin, each day once, in minutes after its
/// midnight, in order and not overlapping. One that ends after 1440 ends on the next day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hours(Vec<(i64, Vec<(i64, i64)>)>);

impl Hours {
    /// Reads `1-5 08:00-12:00 14:00-17:30; 6 09:00-12:00; 8 closed`. A day that is not
    /// named is closed. If holidays are not named, they follow their day of the week.
    /// `5 22:00-02:00` is open from Friday evening until Saturday at 02:00. Equal ends are
    /// refused, as they could mean all day or never: all day is `00:00-24:00`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut hours = Self(Vec::new());
        for part in text.split([';', '；']).map(str::trim) {
            if part.is_empty() {
                continue;
            }
            let (days, times) = part.split_once(char::is_whitespace)?;
            let (first, last) = days.split_once('-').unwrap_or((days, days));
            let (first, last): (i64, i64) = (first.parse().ok()?, last.parse().ok()?);
            if !(1..=HOLIDAY).contains(&first) || !(first..=HOLIDAY).contains(&last) {
                return None;
            }
            let stretches = stretches(times.trim())?;
            for day in first..=last {
                if hours.of(day).is_some() {
                    return None;
                }
                hours.0.push((day, stretches.clone()));
            }
        }
        (!hours.0.is_empty()).then_some(hours)
    }

    fn of(&self, day: i64) -> Option<&Vec<(i64, i64)>> {
        let mut days = self.0.iter();
        days.find(|(of, _)| *of == day)
            .map(|(_, stretches)| stretches)
    }

    /// Whether the site is open at an instant, and when that changes next.
    pub(super) fn at(&self, at: Instant, holidays: &[Date]) -> (bool, Option<Instant>) {
        let today = at.date(Offset::CHINA);
        let Some(start) = today.start(Offset::CHINA) else {
            return (false, None);
        };
        let now = at.minus(start).as_seconds();
        // The stretches from yesterday on, whose last may still be open, in seconds from
        // midnight today. Those that touch are joined: until 24:00 and from 00:00 means open
        // all night.
        let mut line: Vec<(i64, i64)> = Vec::new();
        for ahead in -1..AHEAD {
            let Some(day) = today.plus(Days::new(ahead)) else {
                continue;
            };
            for (opens, closes) in self.on(day, holidays) {
                let opens = (ahead * DAY + opens) * 60;
                let closes = (ahead * DAY + closes) * 60;
                match line.last_mut() {
                    Some(last) if last.1 >= opens => last.1 = last.1.max(closes),
                    _ => line.push((opens, closes)),
                }
            }
        }
        let end = AHEAD * DAY * 60;
        let instant = |seconds: i64| start.plus(Elapsed::seconds(seconds));
        for (opens, closes) in line {
            if now < opens {
                return (false, instant(opens));
            }
            if now < closes {
                return (true, instant(closes).filter(|_| closes < end));
            }
        }
        (false, None)
    }

    fn on(&self, day: Date, holidays: &[Date]) -> impl Iterator<Item = (i64, i64)> {
        let holiday = self.of(HOLIDAY).filter(|_| holidays.contains(&day));
        let stretches = holiday.or_else(|| self.of(day.weekday()));
        stretches.into_iter().flatten().copied()
    }
}

fn stretches(text: &str) -> Option<Vec<(i64, i64)>> {
    if text == "closed" {
        return Some(Vec::new());
    }
    let mut stretches: Vec<(i64, i64)> = Vec::new();
    for part in text.split_whitespace() {
        let (opens, closes) = part.split_once('-')?;
        let (opens, closes) = (minutes(opens)?, minutes(closes)?);
        let early = stretches.last().is_some_and(|last| last.1 > opens);
        if opens == closes || opens == DAY || early {
            return None;
        }
        let closes = if closes < opens { closes + DAY } else { closes };
        stretches.push((opens, closes));
    }
    Some(stretches)
}

fn minutes(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    if hours.len() > 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?);
    let total = i64::from(hours) * 60 + i64::from(minutes);
    (minutes < 60 && total <= DAY).then_some(total)
}
