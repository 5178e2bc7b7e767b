//! 便民核酸采样点一键查: the sampling sites nearest to a point, and whether they are open.
//!
//! Distances are whole metres, computed with integers on a sphere flattened between the
//! two points, so every target sorts sites the same way. Within a hundred kilometres
//! the error is about one part in two hundred. Both points must use the same datum: a
//! map's shifted coordinates and a receiver's differ by some hundred metres.

mod hours;

use crate::code::Code;
use hours::Hours;
use longma_core::order::sort_by;
use longma_core::{Date, Instant, Json, Offset, Place, Problem, Problems, Stamp, square_root};
use serde::Serialize;
use std::collections::{BTreeMap, BinaryHeap};

/// Metres in one degree of a great circle of the Earth, mean radius 6371009 m.
const METRES: i64 = 111_195;
/// Micro-degrees in a degree.
const DEGREE: i64 = 1_000_000;
/// Most sites in one list.
const SITES: usize = 1_000_000;
/// Most sites in one answer.
pub const ANSWERS: usize = 100;

/// Cosines of whole degrees, in millionths.
const COSINES: [u32; 91] = [
    1_000_000, 999_848, 999_391, 998_630, 997_564, 996_195, 994_522, 992_546, 990_268, 987_688,
    984_808, 981_627, 978_148, 974_370, 970_296, 965_926, 961_262, 956_305, 951_057, 945_519,
    939_693, 933_580, 927_184, 920_505, 913_545, 906_308, 898_794, 891_007, 882_948, 874_620,
    866_025, 857_167, 848_048, 838_671, 829_038, 819_152, 809_017, 798_636, 788_011, 777_146,
    766_044, 754_710, 743_145, 731_354, 719_340, 707_107, 694_658, 681_998, 669_131, 656_059,
    642_788, 629_320, 615_661, 601_815, 587_785, 573_576, 559_193, 544_639, 529_919, 515_038,
    500_000, 484_810, 469_472, 453_990, 438_371, 422_618, 406_737, 390_731, 374_607, 358_368,
    342_020, 325_568, 309_017, 292_372, 275_637, 258_819, 241_922, 224_951, 207_912, 190_809,
    173_648, 156_434, 139_173, 121_869, 104_528, 87_156, 69_756, 52_336, 34_899, 17_452, 0,
];

/// A geographic position, in millionths of a degree.
///
/// ```
/// use longma_passes::sites::Point;
///
/// // A thousandth of a degree to the north is 111 m.
/// let south = Point::parse("36.000", "103").unwrap();
/// assert_eq!(south.metres_to(Point::parse("36.001", "103").unwrap()), 111);
/// assert_eq!(Point::parse("90.000001", "0"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    latitude: i64,
    longitude: i64,
}

impl Point {
    /// Reads decimal degrees north and east, such as `36.061089` and `103.834304`. What is
    /// beyond six decimals, about a decimetre, is rounded away.
    #[must_use]
    pub fn parse(latitude: &str, longitude: &str) -> Option<Self> {
        let point = Self {
            latitude: degrees(latitude)?,
            longitude: degrees(longitude)?,
        };
        let right = point.latitude.abs() <= 90 * DEGREE && point.longitude.abs() <= 180 * DEGREE;
        right.then_some(point)
    }

    /// The distance to another point in metres.
    #[must_use]
    pub fn metres_to(self, other: Self) -> i64 {
        let north = (self.latitude - other.latitude).abs();
        let around = (self.longitude - other.longitude).abs();
        let around = around.min(360 * DEGREE - around);
        let middle = (self.latitude + other.latitude).abs() / 2;
        let east = around * cosine(middle) / DEGREE;
        let square = (north * north + east * east).unsigned_abs();
        let apart = i64::try_from(square_root(square.into())).unwrap_or(i64::MAX);
        apart.saturating_mul(METRES) / DEGREE
    }
}

/// The cosine of an angle from 0 to 90 degrees, in millionths; interpolated linearly
/// between whole degrees.
fn cosine(micro: i64) -> i64 {
    let whole = micro.div_euclid(DEGREE);
    let part = micro.rem_euclid(DEGREE);
    let at = |degree: i64| {
        let index = usize::try_from(degree).unwrap_or(90).min(90);
        i64::from(COSINES.get(index).copied().unwrap_or_default())
    };
    at(whole) + (at(whole + 1) - at(whole)) * part / DEGREE
}

/// More decimals than any device tells.
const DECIMALS: usize = 40;

/// A number of degrees in millionths; further decimals are rounded away.
#[inline(never)]
fn degrees(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) || whole.len() > 3 || part.len() > DECIMALS {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    // Phones tell more decimals than mean anything; six are about a decimetre.
    let part = format!("{part:0<7}");
    let kept: i64 = part.get(..7)?.parse().ok()?;
    Some(sign * (whole * DEGREE + (kept + 5) / 10))
}

/// A sampling site.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Site {
    point: Point,
    id: String,
    name: String,
    address: String,
    hours: Hours,
    queue_minutes: Option<u32>,
}

/// A list of sites to search for the nearest.
///
/// ```
/// use longma_passes::sites::{Near, Point, Sites};
/// # use longma_core::{Instant, Problems};
///
/// let sites = Sites::read("\
/// id,name,address,latitude,longitude,hours,queue_minutes
/// a,样例点甲,样例路 1 号,36.061,103.834,1-5 08:00-12:00,15
/// b,样例点乙,样例路 2 号,36.061,103.844,1-7 00:00-24:00,
/// ")?;
/// // 13:00 on a Monday: `a` has closed.
/// let found = sites.nearest(Near {
///     point: Point::parse("36.061", "103.834").unwrap(),
///     at: Instant::parse("2022-07-11T13:00:00+08:00").unwrap(),
///     holidays: &[],
///     open: true,
///     count: 10,
/// });
/// assert_eq!((found[0].id.as_str(), found.len()), ("b", 1));
/// # Ok::<(), Problems>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sites {
    /// From south to north.
    sites: Vec<Site>,
    problems: Problems,
}

/// A search for the nearest sites.
#[derive(Debug, Clone, Copy)]
pub struct Near<'a> {
    /// The point to measure from.
    pub point: Point,
    /// The instant for which opening hours are looked up.
    pub at: Instant,
    /// The public holidays.
    pub holidays: &'a [Date],
    /// Whether to return only sites that are open at `at`.
    pub open: bool,
    /// The number of sites to return, at most 100.
    pub count: usize,
}

/// A site in the answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Found {
    /// The distance in metres.
    pub metres: i64,
    /// The id in the list.
    pub id: String,
    /// The name.
    pub name: String,
    /// The address.
    pub address: String,
    /// Whether it is open.
    pub open: bool,
    /// When it closes if it is open, else when it opens next; `None` if neither happens
    /// within a week.
    pub changes_at: Option<Stamp>,
    /// The waiting time in minutes, if known.
    pub queue_minutes: Option<u32>,
}

/// The columns of the list. The last two may be left out.
const COLUMNS: [&str; 7] = [
    "id",
    "name",
    "latitude",
    "longitude",
    "hours",
    "address",
    "queue_minutes",
];
/// How many of them every list has.
const NEEDED: usize = 5;

/// One row of the list, by column.
type Row<'a> = [&'a str; COLUMNS.len()];

/// The position of each column; `None` if one that is needed is missing.
fn columns(header: &csv::StringRecord) -> Option<[Option<usize>; COLUMNS.len()]> {
    let columns = COLUMNS.map(|name| header.iter().position(|column| column == name));
    let needed = columns.iter().take(NEEDED).all(Option::is_some);
    needed.then_some(columns)
}

impl Sites {
    /// Reads a list in CSV with the columns `id`, `name`, `address`, `latitude`,
    /// `longitude`, `hours` and `queue_minutes`. Hours are written
    /// `1-5 08:00-12:00 14:00-17:30; 6 22:00-02:00; 8 closed`. Days are 1 for Monday to 7 for
    /// Sunday, and 8 for public holidays, which otherwise follow their day of the week.
    ///
    /// A row that cannot be read is left out and told by [`Sites::problems`]: whoever asks for
    /// the nearest site is not helped by none.
    ///
    /// # Errors
    /// If the list lacks a column or has too many rows, or every row, with its line, if none
    /// can be read.
    pub fn read(csv: &str) -> Result<Self, Problems> {
        let csv = csv.trim_start_matches('\u{feff}');
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(csv.as_bytes());
        let header = reader.headers().ok().and_then(columns);
        let columns = header.ok_or_else(|| {
            let needed = COLUMNS.map(|name| format!("`{name}`"));
            let needed = needed.get(..NEEDED).unwrap_or_default().join(", ");
            placed(
                Problem::in_facts(Code::SiteColumns, "").with("columns", &needed),
                1,
            )
        })?;
        let mut problems = Problems::default();
        let mut rows = 0;
        let mut sites: Vec<Site> = Vec::new();
        // One more kind of map would weigh more than a kilobyte on a phone.
        let mut ids: BTreeMap<String, Json> = BTreeMap::new();
        for record in reader.records() {
            let read = match &record {
                Ok(record) => {
                    let cell = |at: Option<usize>| at.and_then(|at| record.get(at));
                    let row = columns.map(|at| cell(at).unwrap_or_default());
                    site(&row).map_err(|told| (told, record.position()))
                }
                Err(error) => Err((Problem::in_facts(Code::SiteRow, ""), error.position())),
            };
            let read = read.and_then(|site| {
                if ids.insert(site.id.clone(), Json::Null).is_none() {
                    return Ok(site);
                }
                let told = Problem::in_facts(Code::SiteTwice, "").with("id", &site.id);
                Err((
                    told,
                    record.as_ref().ok().and_then(csv::StringRecord::position),
                ))
            });
            match read {
                Ok(site) => sites.push(site),
                Err((told, position)) => problems.push(placed(told, line(csv, position))),
            }
            rows += 1;
            if rows > SITES {
                return Err(Problem::in_facts(Code::SiteMany, "")
                    .with("limit", SITES)
                    .into());
            }
        }
        if sites.is_empty() && !problems.is_empty() {
            return Err(problems);
        }
        sort_by(&mut sites, |a, b| (a.point, &a.id).cmp(&(b.point, &b.id)));
        Ok(Self { sites, problems })
    }

    /// The first rows that were left out, each with what is wrong with it and its line.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        self.problems.as_slice()
    }

    /// The number of sites.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sites.len()
    }

    /// Whether there are no sites.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sites.is_empty()
    }

    /// The nearest sites, nearest first; sites at the same distance are sorted by id.
    #[must_use]
    pub fn nearest(&self, near: Near<'_>) -> Vec<Found> {
        let count = near.count.min(ANSWERS);
        let start = self
            .sites
            .partition_point(|site| site.point.latitude < near.point.latitude);
        let (south, north) = self.sites.split_at_checked(start).unwrap_or((&[], &[]));
        let (mut south, mut north) = (south.iter().rev().peekable(), north.iter().peekable());
        let mut best: BinaryHeap<(i64, &str, &Site)> = BinaryHeap::new();
        loop {
            // Take the site that is nearer by latitude alone, so that every later one is at
            // least that far away.
            let apart = |site: &&Site| (site.point.latitude - near.point.latitude).abs();
            let (down, up) = (south.peek().map(&apart), north.peek().map(apart));
            let (Some(least), go_south) = (match (down, up) {
                (Some(down), Some(up)) => (Some(down.min(up)), down <= up),
                (down, up) => (down.or(up), down.is_some()),
            }) else {
                break;
            };
            let worst = best.peek().map(|(metres, ..)| *metres);
            let full = best.len() >= count;
            if full && worst.is_none_or(|worst| least * METRES / DEGREE > worst) {
                break;
            }
            let next = if go_south { south.next() } else { north.next() };
            let Some(site) = next else { break };
            if near.open && !site.hours.at(near.at, near.holidays).0 {
                continue;
            }
            best.push((site.point.metres_to(near.point), &site.id, site));
            if best.len() > count {
                best.pop();
            }
        }
        let found = best.into_sorted_vec().into_iter();
        found
            .map(|(metres, _, site)| {
                let (open, changes) = site.hours.at(near.at, near.holidays);
                Found {
                    metres,
                    id: site.id.clone(),
                    name: site.name.clone(),
                    address: site.address.clone(),
                    open,
                    changes_at: changes.map(Stamp::at(Offset::CHINA)),
                    queue_minutes: site.queue_minutes,
                }
            })
            .collect()
    }
}

impl PartialOrd for Site {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Sorts by id, which is unique in a list.
impl Ord for Site {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.id.cmp(&other.id)
    }
}

fn site(row: &Row<'_>) -> Result<Site, Problem> {
    let [id, name, latitude, longitude, hours, address, minutes] = *row;
    let wrong = |code: Code, found: &str| Problem::in_facts(code, "").with("found", found);
    let point = Point::parse(latitude, longitude)
        .ok_or_else(|| wrong(Code::SitePoint, &format!("{latitude}, {longitude}")))?;
    let opening = Hours::parse(hours).ok_or_else(|| wrong(Code::SiteHours, hours))?;
    let queue = (!minutes.is_empty()).then(|| minutes.parse());
    let queue = queue.transpose();
    Ok(Site {
        point,
        id: id.to_owned(),
        name: name.to_owned(),
        address: address.to_owned(),
        hours: opening,
        queue_minutes: queue.map_err(|_| wrong(Code::SiteQueue, minutes))?,
    })
}

/// The line of a record, from 1. The reader lets a record begin inside the line end before it.
fn line(csv: &str, position: Option<&csv::Position>) -> u64 {
    position.map_or(0, |position| {
        let begins = usize::try_from(position.byte()).unwrap_or(usize::MAX);
        let ahead = csv.as_bytes().get(begins..).unwrap_or_default().iter();
        let ends = ahead.take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let ends = ends.filter(|byte| **byte == b'\n').count();
        position.line() + u64::try_from(ends).unwrap_or_default()
    })
}

fn placed(mut problem: Problem, line: u64) -> Problem {
    problem.place = Place::Reference {
        table: "sites".to_owned(),
        line,
    };
    problem
}

#[cfg(test)]
#[path = "sites/tests.rs"]
mod tests;
