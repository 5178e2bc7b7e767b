//! Writes the table of `zone`: when the clocks of each time zone were and will be put. It is
//! made from a kept crate, so that the compiler holds the years that packs reach and not the
//! database's whole history.
//!
//! First come the courses that clocks took: their number, and for each the seconds east of UTC
//! in its first year, the number of turns, and for each turn its distance from the one before
//! in seconds, and the seconds east of UTC afterwards. Then come the zones: their number, and
//! for each its course and its name, behind the name's length. Numbers are varints, seconds
//! east zigzag.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a build reads and writes files"
)]

use chrono::{DateTime, Offset as _, TimeZone as _};
use chrono_tz::{TZ_VARIANTS, Tz};
use std::error::Error;
use std::path::Path;

/// The first instant of the table, 1970-01-01, and the first after it, 2037-01-02.
const FROM: i64 = 0;
const UNTIL: i64 = 2_114_467_200;
/// Between two looks at the clock. No zone puts it twice in such a time.
const STEP: usize = 86_400;

/// The seconds east of UTC at first, and each turn with those after it.
type Course = (i64, Vec<(i64, i64)>);

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let mut courses: Vec<Course> = Vec::new();
    let mut zones = Vec::new();
    for zone in TZ_VARIANTS {
        let course = course(zone)?;
        let known = courses.iter().position(|it| *it == course);
        let index = known.unwrap_or(courses.len());
        if known.is_none() {
            courses.push(course);
        }
        zones.push((index, zone.name()));
    }
    let mut bytes = Vec::new();
    count(&mut bytes, courses.len())?;
    for (first, turns) in courses {
        signed(&mut bytes, first);
        count(&mut bytes, turns.len())?;
        let mut last = FROM;
        for (at, after) in turns {
            unsigned(&mut bytes, u64::try_from(at - last)?);
            signed(&mut bytes, after);
            last = at;
        }
    }
    count(&mut bytes, zones.len())?;
    for (index, name) in zones {
        count(&mut bytes, index)?;
        count(&mut bytes, name.len())?;
        bytes.extend(name.as_bytes());
    }
    let out = std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    std::fs::write(Path::new(&out).join("zones"), bytes)?;
    Ok(())
}

fn course(zone: Tz) -> Result<Course, Box<dyn Error>> {
    let first = east(zone, FROM)?;
    let mut turns = Vec::new();
    let (mut before, mut start) = (first, FROM);
    for next in (FROM..=UNTIL).step_by(STEP).skip(1) {
        let after = east(zone, next)?;
        if after != before {
            let (mut low, mut high) = (start, next);
            while high - low > 1 {
                let middle = i64::midpoint(low, high);
                if east(zone, middle)? == before {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            turns.push((high, after));
        }
        (before, start) = (after, next);
    }
    Ok((first, turns))
}

/// Seconds east of UTC.
fn east(zone: Tz, unix: i64) -> Result<i64, Box<dyn Error>> {
    let time = DateTime::from_timestamp(unix, 0).ok_or("a time within the table")?;
    let offset = zone.offset_from_utc_datetime(&time.naive_utc());
    Ok(offset.fix().local_minus_utc().into())
}

fn count(bytes: &mut Vec<u8>, number: usize) -> Result<(), Box<dyn Error>> {
    unsigned(bytes, u64::try_from(number)?);
    Ok(())
}

fn signed(bytes: &mut Vec<u8>, number: i64) {
    unsigned(bytes, ((number << 1) ^ (number >> 63)).cast_unsigned());
}

fn unsigned(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}
