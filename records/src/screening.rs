//! 防控排查: turns a grid worker's list into persons, decides each of them, and sorts them
//! for follow-up, the most urgent first.
//!
//! Such lists are messy: headers in many wordings (`data/screening.txt`), half- and
//! full-width digits, dates in any format. Only what can be read in exactly one way is
//! read. Every other row is reported with its line, its column and what to do, and its
//! person is called back. No row is dropped and none is decided as somebody else: rows
//! used and rows reported add up to the rows given.
//!
//! What a list may state:
//! - `check_ins`: temperature, symptoms and contact as stated at the door, dated by the
//!   visit. Without a visit time they are dated by the list's arrival, since they were
//!   stated by then. A contact that somebody reports is not a finding of the contact
//!   tracers, so `contacts` is never stated.
//! - `arrivals`: if the day, the place in three parts and the place's risk are all given.
//! - `tests`: if sampling time, report time, result, method and pool size are all given.
//! - Nothing else. "None" in a list records an answer, not that there are no records, so
//!   no section is stated as empty. Therefore no list makes anybody green: the colour is
//!   unknown, shown with the level that is certain at least.
//!
//! Incomplete arrivals and tests become a note and stay unknown, except that a row with an
//! incomplete positive or doubtful result is called back.
//!
//! A row that cannot be used holds back the other rows of its document number: deciding by
//! half of what is known could turn somebody green. Rows of one number that differ are
//! joined by [`merge`](crate::merge), which chooses nothing and reports contradictions.
//!
//! Names, numbers and telephones are not masked here, because staff must call these people.
//! Left out: sending, storing, correcting.

mod cells;
mod moment;
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

/// Maximum number of differing rows of one document number.
const DIFFERING: usize = 50;

/// The context a list is read in.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// When the list arrived; persons are decided for this instant.
    pub received: Instant,
    /// Six-digit region for rows that name none.
    pub region: Option<&'a str>,
    /// Published tables.
    pub references: Option<&'a References>,
}

/// A screened list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Screened {
    /// When the list arrived.
    pub received: String,
    /// Row counts.
    pub rows: Counts,
    /// What each column holds.
    pub columns: Columns,
    /// Persons, the most urgent first.
    pub people: Vec<Followed>,
    /// Rows that were not used, by line; these people are to be called back.
    pub reported: Vec<Reported>,
}

/// Row counts of a list: `used` plus `reported` is `given`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Rows with at least one cell that is not empty.
    pub given: usize,
    /// Rows of persons that were decided.
    pub used: usize,
    /// Rows that were not used.
    pub reported: usize,
    /// Rows whose cells are all empty; not counted as given.
    pub blank: usize,
}

/// A row that was not used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reported {
    /// Line number, from 1.
    pub line: u64,
    /// Cells as written.
    pub cells: Vec<String>,
    /// The name, cleaned, to call back.
    pub name: String,
    /// The telephone number, cleaned.
    pub phone: String,
    /// Why it was not used.
    pub findings: Vec<Finding>,
}

/// Screens a list in CSV.
///
/// ```
/// use longma_core::Instant;
/// use longma_records::screening::{Asked, screen};
/// # use longma_compile::{BUNDLE_FORMAT, Bundle};
/// # let schema = include_str!("../../rules/schema/person.schema.json");
/// # let catalogue = longma_oracle::load(&Bundle {
/// #     longma_bundle: BUNDLE_FORMAT,
/// #     schemas: [("person".to_owned(), schema.to_owned())].into(),
/// #     references: [].into(),
/// #     places: None,
/// #     packs: Vec::new(),
/// # }).unwrap();
/// // By GB 11643 the check character of this number is 6, so the row must be called back.
/// let list = "姓名,证件号码,手机,体温\n样例,999999199001010017,13800000000,38.2\n";
/// let screened = screen(&catalogue, list, Asked {
///     received: Instant::parse("2022-07-10T09:00:00+08:00").unwrap(),
///     region: Some("620102"),
///     references: None,
/// }).unwrap();
/// assert_eq!((screened.rows.given, screened.rows.reported), (1, 1));
/// let row = &screened.reported[0];
/// assert_eq!((row.line, row.phone.as_str()), (2, "13800000000"));
/// assert_eq!(row.findings[0].problem.code.as_str(), "identity-check-digit");
/// ```
///
/// # Errors
/// The whole list is unusable: it is too large, is not text, has no headers, or has two
/// columns of one meaning.
pub fn screen(catalogue: &Catalogue, csv: &str, asked: Asked<'_>) -> Result<Screened, Problems> {
    let table = table::read(csv)?;
    let context = Context {
        columns: &table.columns,
        received: asked.received,
        region: asked.region,
        places: catalogue.places(),
    };
    let mut reported: BTreeMap<u64, Vec<Finding>> = BTreeMap::new();
    let mut persons: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    // By person: the first unusable line.
    let mut unsound: BTreeMap<String, u64> = BTreeMap::new();
    for line in &table.rows {
        let person = row::person(&table.columns, line);
        match (row::read(context, line), person) {
            (Ok(row), Some(person)) => persons.entry(person).or_default().push(row),
            (Ok(_), None) => {
                let found = row::finding(line.number, Code::ScreenCells, &Args::NONE);
                reported.insert(line.number, vec![found]);
            }
            (Err(found), person) => {
                reported.insert(line.number, found);
                if let Some(person) = person {
                    unsound.entry(person).or_insert(line.number);
                }
            }
        }
    }
    let mut people = Vec::new();
    for (person, rows) in persons {
        let lines: Vec<u64> = rows.iter().map(|row| row.line).collect();
        let refused = match unsound.get(&person) {
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

/// Problems of a document as findings for each of its lines.
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
