//! 防控排查: a grid worker's list becomes persons, each decided, and a list for
//! follow-up, the most urgent first.
//!
//! Such lists are messy: headers in many words (`data/screening.txt`), digits of
//! any width, days in any shape. What can be read in one way only is read; every
//! other row is reported with its line, its column and what to do, and is called
//! back. No row is dropped and none is decided as somebody else: rows in and rows
//! reported are the rows given.
//!
//! What a list may state, and what not:
//! - `check_ins`: temperature, symptoms and contact as they were told at the door,
//!   at the time of the visit, else at the time the list came in: by then they had
//!   been told. Whether somebody knows of a contact is told there and is no finding
//!   of those who trace contacts; so `contacts` is never stated.
//! - `arrivals`: where the day, the place in three parts and the place's risk all
//!   stand there. `tests`: where sampling, report, result, method and the number
//!   in the tube do. What is incomplete is noted and stays unknown; an incomplete
//!   positive or doubtful result is no note, the row is called back.
//! - Nothing else. "None" in a list says what somebody answered and not that there
//!   is none: no section is stated as empty. So no list makes anybody green: the
//!   colour is unknown, with what is certain at least beside it.
//!
//! A row that cannot be used holds back the other rows of its document number:
//! deciding by half of what is known of somebody could turn them green. Rows of one
//! number that differ are joined by [`merge`](crate::merge), which chooses nothing
//! and tells what contradicts.
//!
//! Staff must call these people: names, numbers and telephones are not masked
//! here. Left out: sending, storing, correcting.

mod cells;
mod moment;
mod origin;
mod people;
mod rejects;
mod row;
mod table;
mod urgency;
mod words;

pub use people::Followed;
pub use rejects::rejects;
pub use row::Finding;
pub use table::Columns;

use crate::code::Code;
use longma_core::{Args, Catalogue, Instant, Offset, Problem, Problems, References};
use row::{Context, Row};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use table::Line;

/// Rows of one document number that may differ.
const DIFFERING: usize = 50;

/// What a list is read with.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// When the list came in; persons are decided for this instant.
    pub received: Instant,
    /// The region of rows that name none, six digits.
    pub region: Option<&'a str>,
    /// Published tables.
    pub references: Option<&'a References>,
}

/// A list that was gone through.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Screened {
    /// When it came in.
    pub received: String,
    /// How many rows there are.
    pub rows: Counts,
    /// Which column is what.
    pub columns: Columns,
    /// Persons, the most urgent first.
    pub people: Vec<Followed>,
    /// Rows that were not used, by line: to be called back.
    pub reported: Vec<Reported>,
}

/// Rows of a list. Rows in and rows reported are the rows given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Rows that say anything.
    pub given: usize,
    /// Rows of persons that were decided.
    pub used: usize,
    /// Rows that were not used.
    pub reported: usize,
    /// Rows whose cells are all empty; not among those given.
    pub blank: usize,
}

/// A row that was not used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reported {
    /// Its line, from 1.
    pub line: u64,
    /// Its cells as they stand.
    pub cells: Vec<String>,
    /// The name and the telephone as they stand, to call back.
    pub name: String,
    /// The telephone.
    pub phone: String,
    /// Why.
    pub findings: Vec<Finding>,
}

/// Goes through a list.
///
/// # Errors
/// What concerns the whole list: it is too large, no text, has no headers, or has
/// two columns of one meaning.
pub fn screen(catalogue: &Catalogue, csv: &str, asked: Asked<'_>) -> Result<Screened, Problems> {
    let table = table::read(csv)?;
    let context = Context {
        columns: &table.columns,
        received: asked.received,
        region: asked.region,
    };
    let mut reported: BTreeMap<u64, Vec<Finding>> = BTreeMap::new();
    let mut persons: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    // By number: the first line that cannot be used.
    let mut unsound: BTreeMap<String, u64> = BTreeMap::new();
    for line in &table.rows {
        let number = row::number(&table.columns, line);
        match (row::read(context, line), number) {
            (Ok(row), Some(number)) => persons.entry(number).or_default().push(row),
            (Ok(_), None) => {
                let found = row::finding(line.number, Code::ScreenCells, &Args::NONE);
                reported.insert(line.number, vec![found]);
            }
            (Err(found), number) => {
                reported.insert(line.number, found);
                if let Some(number) = number {
                    unsound.entry(number).or_insert(line.number);
                }
            }
        }
    }
    let mut people = Vec::new();
    for (number, rows) in persons {
        let lines: Vec<u64> = rows.iter().map(|row| row.line).collect();
        let refused = match unsound.get(&number) {
            Some(other) => Err(held(&lines, *other)),
            None => people::follow(catalogue, rows, asked),
        };
        match refused {
            Ok(person) => people.push(person),
            Err(found) => {
                for line in lines {
                    let of_line = |it: &&Finding| it.line == line;
                    let found: Vec<Finding> = found.iter().filter(of_line).cloned().collect();
                    reported.insert(line, found);
                }
            }
        }
    }
    people.sort_by(urgency::order);
    let lines = table.rows.iter();
    let lines: BTreeMap<u64, &Line> = lines.map(|line| (line.number, line)).collect();
    let reported: Vec<Reported> = reported
        .into_iter()
        .filter_map(|(line, found)| Some(unused(&table.columns, lines.get(&line)?, found)))
        .collect();
    let used: BTreeSet<u64> = people.iter().flat_map(|it| it.lines.clone()).collect();
    Ok(Screened {
        received: asked.received.to_rfc3339(Offset::CHINA),
        rows: Counts {
            given: table.rows.len(),
            used: used.len(),
            reported: reported.len(),
            blank: table.blank,
        },
        columns: table.columns,
        people,
        reported,
    })
}

fn held(lines: &[u64], other: u64) -> Vec<Finding> {
    let held = |line: &u64| row::finding(*line, Code::ScreenHeld, &Args::of("other", other));
    lines.iter().map(held).collect()
}

fn unused(columns: &Columns, line: &Line, findings: Vec<Finding>) -> Reported {
    let cell = |name: &str| {
        let cell = columns.used.get(name).and_then(|at| line.cells.get(*at));
        cell.map(|cell| cells::clean(cell)).unwrap_or_default()
    };
    Reported {
        line: line.number,
        cells: line.cells.clone(),
        name: cell("name"),
        phone: cell("phone"),
        findings,
    }
}

/// Problems of a whole document as findings of each of its lines.
fn everywhere(lines: &[u64], problems: &[Problem]) -> Vec<Finding> {
    let of_line = |line: &u64| {
        let line = *line;
        problems.iter().map(move |problem| Finding {
            line,
            column: None,
            header: None,
            problem: row::placed(problem.clone(), line),
        })
    };
    lines.iter().flat_map(of_line).collect()
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
