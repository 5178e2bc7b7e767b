//! The table of places as bytes.
//!
//! Names stand among the Chinese texts. The rows follow column by column. A code mostly
//! says what level its place has, and a place is mostly in the last one of the next
//! coarser level: such columns are hardly more than zeros, which compression takes away.

use super::bytes::{Reader, Writer};
use crate::places::{GROUP, Row, Rows};

/// The number of levels, headings included.
const LEVELS: usize = GROUP + 1;
/// Numbers for the place that another is in; further ones are its position.
const EXPECTED: u64 = 0;
const NOWHERE: u64 = 1;
const ELSEWHERE: u64 = 2;

pub(super) fn write(to: &mut Writer, places: &Rows) {
    to.chinese(&places.names);
    to.chinese(&places.others);
    let rows = &places.all;
    to.size(rows.len());
    let mut before = 0;
    for row in rows {
        to.int(i64::from(row.code) - before);
        before = row.code.into();
    }
    for row in rows {
        to.size((row.level + LEVELS - level_of(row.code)) % LEVELS);
    }
    let mut above = Above::default();
    for (at, row) in (0..).zip(rows) {
        to.uint(match row.within {
            within if within == above.of(row.level) => EXPECTED,
            None => NOWHERE,
            Some(within) => ELSEWHERE + u64::from(within),
        });
        above.pass(row.level, at);
    }
    for row in rows {
        to.size(if row.current { 0 } else { row.now.len() + 1 });
    }
    let mut before = 0;
    for now in rows
        .iter()
        .filter(|row| !row.current)
        .flat_map(|row| &row.now)
    {
        to.int(i64::from(*now) - before);
        before = (*now).into();
    }
}

#[inline(never)]
pub(super) fn read(from: &mut Reader<'_>) -> Option<Rows> {
    let (names, others) = (from.chinese()?, from.chinese()?);
    let mut before = 0_i64;
    let mut all = from.list(|from| {
        before = before.checked_add(from.int()?)?;
        Some(Row {
            code: before.try_into().ok().filter(|code| *code < 1_000_000)?,
            level: 0,
            within: None,
            current: true,
            now: Vec::new(),
        })
    })?;
    for row in &mut all {
        let apart = from.size().filter(|apart| *apart < LEVELS)?;
        row.level = (level_of(row.code) + apart) % LEVELS;
    }
    let mut above = Above::default();
    for (at, row) in (0..).zip(&mut all) {
        row.within = match from.uint()? {
            EXPECTED => above.of(row.level),
            NOWHERE => None,
            elsewhere => Some((elsewhere - ELSEWHERE).try_into().ok()?),
        };
        above.pass(row.level, at);
    }
    let mut formers = Vec::new();
    for row in &mut all {
        if let Some(count) = from.size()?.checked_sub(1) {
            row.current = false;
            formers.push((row, count));
        }
    }
    let mut before = 0_i64;
    for (row, count) in formers {
        for _ in 0..count {
            before = before.checked_add(from.int()?)?;
            row.now.push(before.try_into().ok()?);
        }
    }
    let places = Rows { names, others, all };
    places.are_sound().then_some(places)
}

/// The level that a code of GB/T 2260 says: two digits each for province, city and
/// county. A place without a code is mostly a county.
fn level_of(code: u32) -> usize {
    match code {
        0 => 2,
        _ if code.is_multiple_of(10_000) => 0,
        _ if code.is_multiple_of(100) => 1,
        _ => 2,
    }
}

/// The last row of each level.
#[derive(Default)]
struct Above([Option<u32>; LEVELS]);

impl Above {
    /// The last row of the next coarser level. Headings are in provinces.
    fn of(&self, level: usize) -> Option<u32> {
        let coarser = if level == GROUP {
            0
        } else {
            level.checked_sub(1)?
        };
        self.0.get(coarser).copied().flatten()
    }

    fn pass(&mut self, level: usize, at: u32) {
        if let Some(last) = self.0.get_mut(level) {
            *last = Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::order::sorted;
    use proptest::prelude::*;

    fn again(rows: &Rows) -> Option<Rows> {
        let mut to = Writer::default();
        write(&mut to, rows);
        let bytes = to.finish();
        let mut from = Reader::new(&bytes)?;
        let rows = read(&mut from)?;
        from.is_at_end().then_some(rows)
    }

    /// A row of each level, in a row of a coarser one that stands before or behind it.
    fn rows() -> impl Strategy<Value = Rows> {
        let row = (0..1_000_000_u32, 0..LEVELS, 0..99_usize, any::<bool>());
        let now = prop::collection::vec(0..99_usize, 0..3);
        let texts = ("[a-z一-龥𠀀-𠀆]{1,4}", "[|一-龥]{0,4}");
        let drawn = prop::collection::vec((row, now, texts), 1..30);
        drawn.prop_map(|drawn| {
            let levels: Vec<usize> = drawn.iter().map(|((_, level, ..), ..)| *level).collect();
            // In order; some have none.
            let codes = drawn.iter().map(|((code, ..), ..)| *code % 1_000);
            let mut codes = sorted(codes.filter(|code| code % 3 > 0)).into_iter();
            let mut rows = Rows::default();
            for ((_, level, within, current), now, (name, other)) in drawn {
                let coarser = (0..).zip(&levels);
                let coarser = coarser.filter(|(_, it)| **it < level.min(GROUP));
                let coarser: Vec<u32> = coarser.map(|(at, _)| at).collect();
                let within = within.checked_rem(coarser.len());
                let within = within.and_then(|at| coarser.get(at).copied());
                rows.names.extend([&name, "\n"]);
                rows.others.extend([&other, "\n"]);
                let number = |at: &usize| u32::try_from(at % levels.len()).unwrap();
                rows.all.push(Row {
                    code: codes.next().unwrap_or(0),
                    // One that is in none is of the coarsest level.
                    level: within.map_or(0, |_| level),
                    within,
                    current,
                    now: now.iter().filter(|_| !current).map(number).collect(),
                });
            }
            rows
        })
    }

    proptest! {
        #[test]
        fn a_table_is_read_as_it_was_written(rows in rows()) {
            prop_assume!(rows.are_sound());
            prop_assert_eq!(again(&rows), Some(rows));
        }
    }
}
