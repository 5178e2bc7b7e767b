//! Reads a list as rows of cells, and finds out what each column holds.
//!
//! A row is exactly one line. Many people write into these lists, and with multi-line
//! cells one forgotten quotation mark would swallow every row after it. So a cell that
//! spans several lines is reported, line by line.

use super::cells::{bare, clean};
use super::words::{first_words, meaning};
use crate::code::Code;
use longma_core::{Place, Problem, Problems};
use serde::Serialize;
use std::collections::BTreeMap;

/// Maximum size of a list in bytes.
const BYTES: usize = 32 * 1024 * 1024;
/// Maximum number of rows.
const ROWS: usize = 100_000;
/// Maximum number of columns.
const COLUMNS: usize = 200;
/// Maximum number of lines searched for the headers; titles may come before them.
const TITLES: usize = 10;
/// Cell separators, the likeliest first.
const SEPARATORS: [u8; 3] = *b",\t;";
/// The comma of Chinese text.
const WIDE: char = '，';
/// The table name used in the places of problems.
pub(super) const LIST: &str = "screening";

/// A list as read.
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
    /// Line number of the headers.
    pub line: u64,
    /// The headers as written.
    pub headers: Vec<String>,
    /// Positions of the recognized columns, by what they hold.
    pub used: BTreeMap<&'static str, usize>,
    /// Headers that are not recognized; their cells are not used.
    pub unused: Vec<String>,
    /// Line numbers of the titles above the headers.
    pub titles: Vec<u64>,
}

/// A row.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) number: u64,
    /// Cells as written.
    pub(super) cells: Vec<String>,
    /// Whether a quotation mark is left open.
    pub(super) open: bool,
}

/// Reads a list.
///
/// # Errors
/// The whole list is unusable: it is too large, is not text, has no headers, or has two
/// columns of one meaning.
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
    match separated(text) {
        Err(problems) if text.contains(WIDE) => {
            // Whoever types Chinese writes such commas without noticing.
            separated(&text.replace(WIDE, ",")).map_err(|_| problems)
        }
        table => table,
    }
}

/// Reads a list whose cells are separated by one of [`SEPARATORS`].
fn separated(text: &str) -> Result<Table, Problems> {
    let many = |code: Code, limit: usize| Problems::from(listed(code, 1).with("limit", limit));
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
        let mut cells = split(text, separator, !open);
        if cells.len() < columns.headers.len() && text.contains(WIDE) {
            let wide = split(&text.replace(WIDE, ","), separator, !open);
            if wide.len() == columns.headers.len() {
                cells = wide;
            }
        }
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

/// Finds the headers: the first line that names a document number.
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

/// The cells of one line, at most one more than a list may have.
fn cells(line: &str, separator: u8) -> Vec<String> {
    split(line, separator, true)
}

/// Like [`cells`]. With unmatched quotation marks, quoting is turned off and they are
/// ordinary characters, so that the row's document number is still found.
fn split(line: &str, separator: u8, quoting: bool) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .quoting(quoting)
        .buffer_capacity(line.len().max(1))
        .from_reader(line.as_bytes());
    let row = reader.records().next().and_then(Result::ok);
    // Reading from memory cannot fail; if it did, the line would be one cell.
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
