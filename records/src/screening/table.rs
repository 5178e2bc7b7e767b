//! A list as rows of cells: which column is what, and which line is which row.
//!
//! A row is a line. Lists of this kind are made by many hands, and a quotation
//! mark that somebody forgot would otherwise take every row behind it into one
//! cell; so a cell that goes on over several lines is reported, line by line.

use super::cells::{bare, clean};
use super::words::{first_words, meaning};
use crate::code::Code;
use longma_core::{Place, Problem, Problems};
use serde::Serialize;
use std::collections::BTreeMap;

/// Bytes of a list.
const BYTES: usize = 32 * 1024 * 1024;
/// Rows of a list.
const ROWS: usize = 100_000;
/// Columns of a list.
const COLUMNS: usize = 200;
/// Rows among which the headers are looked for; titles may stand above them.
const TITLES: usize = 10;
/// What separates cells, the likeliest first.
const SEPARATORS: [u8; 3] = *b",\t;";
/// The name of the list in problems' places.
pub(super) const LIST: &str = "screening";

/// A list.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) columns: Columns,
    pub(super) rows: Vec<Line>,
    /// Rows whose cells are all empty.
    pub(super) blank: usize,
}

/// The columns of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Columns {
    /// The line of the headers.
    pub line: u64,
    /// The headers as they stand.
    pub headers: Vec<String>,
    /// The position of each column that is understood, by what it holds.
    pub used: BTreeMap<&'static str, usize>,
    /// Headers that are not understood: their cells are not used.
    pub unused: Vec<String>,
    /// Lines above the headers: titles.
    pub titles: Vec<u64>,
}

/// A row.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) number: u64,
    /// As they stand.
    pub(super) cells: Vec<String>,
    /// Whether a quotation mark is not closed.
    pub(super) open: bool,
}

/// Reads a list.
///
/// # Errors
/// What concerns the whole list: it is too large, no text, or has no headers.
pub(super) fn read(csv: &str) -> Result<Table, Problems> {
    let many = |code: Code, limit: usize| Problems::from(listed(code, 1).with("limit", limit));
    if csv.len() > BYTES {
        return Err(many(Code::ScreenBytes, BYTES));
    }
    if csv.contains('\0') {
        return Err(listed(Code::ScreenBinary, 1).into());
    }
    let text = csv.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim_start_matches('\u{feff}');
    let lines = || {
        let lines = (1_u64..).zip(text.split('\n'));
        lines.filter(|(_, line)| !line.trim().is_empty())
    };
    if lines().count() > ROWS + TITLES {
        return Err(many(Code::ScreenRows, ROWS));
    }
    let mut read = SEPARATORS.iter().filter_map(|separator| {
        let columns = columns(lines().take(TITLES), *separator)?;
        Some((*separator, columns))
    });
    let Some((separator, columns)) = read.next() else {
        let known = first_words("column").join("、");
        return Err(listed(Code::ScreenHeaders, 1).with("known", &known).into());
    };
    let columns = columns?;
    let mut rows = Vec::new();
    let mut blank = 0;
    for (line, text) in lines().filter(|(line, _)| *line > columns.line) {
        let open = is_open(text);
        let cells = split(text, separator, !open);
        if cells.iter().all(|cell| clean(cell).is_empty()) {
            blank += 1;
            continue;
        }
        rows.push(Line {
            number: line,
            cells,
            open,
        });
    }
    if rows.len() > ROWS {
        return Err(many(Code::ScreenRows, ROWS));
    }
    Ok(Table {
        columns,
        rows,
        blank,
    })
}

/// The headers among the first lines: the first that name a document's number.
fn columns<'a>(
    lines: impl Iterator<Item = (u64, &'a str)>,
    separator: u8,
) -> Option<Result<Columns, Problems>> {
    let mut titles = Vec::new();
    for (line, text) in lines {
        let headers = cells(text, separator);
        let named = |header: &String| meaning("column", header);
        if headers.len() < 2 || !headers.iter().any(|it| named(it) == Some("number")) {
            titles.push(line);
            continue;
        }
        if headers.len() > COLUMNS {
            return Some(Err(listed(Code::ScreenColumns, line)
                .with("n", headers.len())
                .with("limit", COLUMNS)
                .into()));
        }
        let mut used = BTreeMap::new();
        let mut unused = Vec::new();
        let mut problems = Vec::new();
        for (position, header) in headers.iter().enumerate() {
            match named(header) {
                Some(name) if used.contains_key(name) => {
                    let shown = super::cells::shown(&clean(header));
                    problems.push(listed(Code::ScreenTwice, line).with("header", &shown));
                }
                Some(name) => drop(used.insert(name, position)),
                None if bare(header).is_empty() => {}
                None => unused.push(clean(header)),
            }
        }
        let columns = Columns {
            line,
            headers,
            used,
            unused,
            titles,
        };
        return Some(if problems.is_empty() {
            Ok(columns)
        } else {
            Err(problems.into())
        });
    }
    None
}

/// The cells of one line; of more than a list may have, the first.
fn cells(line: &str, separator: u8) -> Vec<String> {
    split(line, separator, true)
}

/// As [`cells`]; where quotation marks do not match they are signs like others, so
/// that the number of the row is still found.
fn split(line: &str, separator: u8, quoting: bool) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .quoting(quoting)
        .buffer_capacity(line.len().max(1))
        .from_reader(line.as_bytes());
    let row = reader.records().next().and_then(Result::ok);
    // A text in memory cannot fail to be read; were it to, it would be one cell.
    row.map_or_else(
        || vec![line.to_owned()],
        |row| row.iter().take(COLUMNS + 1).map(str::to_owned).collect(),
    )
}

fn is_open(line: &str) -> bool {
    line.bytes().filter(|b| *b == b'"').count() % 2 == 1
}

/// A problem at a line of the list.
pub(super) fn listed(code: Code, line: u64) -> Problem {
    let table = LIST.to_owned();
    Problem::new(code, Place::Reference { table, line })
}
