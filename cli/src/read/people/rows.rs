//! Rows of a CSV, read as a stream.
//!
//! A row's size is limited, so that a quote that is never closed costs no more than its
//! own line: reading goes on with the next line.

use super::lines::{Line, Lines, Mark};
use crate::messages::Key;
use crate::read::text::decode_part;
use longma_core::{Place, Problem};
use std::collections::VecDeque;
use std::io::{self, BufRead};
use std::ops::Range;

/// The most bytes in a row of several lines.
const ROW_BYTES: u64 = 64 * 1024;

/// One row.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// The first line, from 1.
    pub(crate) first: u64,
    /// The last line.
    pub(crate) last: u64,
    /// Bytes before it.
    pub(crate) start: u64,
    /// The text of the lines.
    pub(crate) text: String,
    /// Its cells, without surrounding quotes and blanks.
    pub(crate) cells: Vec<String>,
    /// The position after it.
    pub(crate) end: Mark,
}

/// Lines that do not make a row.
#[derive(Debug, Clone)]
pub(crate) struct Bad {
    pub(crate) line: u64,
    /// `None` if it is too long.
    pub(crate) text: Option<Vec<u8>>,
    pub(crate) problem: Problem,
    pub(crate) end: Mark,
}

/// The rows of a stream.
#[derive(Debug)]
pub(crate) struct Rows<R> {
    lines: Lines<R>,
    /// Lines read ahead in search of a closing quote.
    ahead: VecDeque<Line>,
    delimiter: u8,
    /// The number of cells in a row; the first row sets it.
    width: Option<usize>,
}

impl<R: BufRead> Rows<R> {
    pub(crate) fn new(lines: Lines<R>, delimiter: u8) -> Self {
        Self {
            lines,
            ahead: VecDeque::new(),
            delimiter,
            width: None,
        }
    }

    /// The end of the stream, once no row is left.
    pub(crate) fn at(&self) -> &Mark {
        self.lines.at()
    }

    /// Skips to the row that begins at `bytes`.
    pub(crate) fn skip_to(&mut self, bytes: u64) -> io::Result<()> {
        while self.ahead.front().is_some_and(|line| line.start < bytes) {
            self.ahead.pop_front();
        }
        if self.ahead.is_empty() {
            self.lines.skip_to(bytes)?;
        }
        Ok(())
    }

    /// The next row; `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Result<Row, Box<Bad>>>> {
        let line = loop {
            match self.line()? {
                Some(line) if line.is_blank() => {}
                Some(line) => break line,
                None => return Ok(None),
            }
        };
        let whole = self.whole(&line)?;
        Ok(Some(self.row(line, whole)))
    }

    fn line(&mut self) -> io::Result<Option<Line>> {
        match self.ahead.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.lines.next(),
        }
    }

    /// The text of the row that begins with `line`, and its last line if it has several.
    /// `None` if its quotes are not closed within the size limit.
    fn whole(&mut self, line: &Line) -> io::Result<Option<(Vec<u8>, Option<Line>)>> {
        let Some(mut text) = line.text.clone() else {
            return Ok(None);
        };
        let mut quotes = Quotes::new(self.delimiter);
        quotes.pass(&text);
        let mut taken = 0;
        while quotes.are_open() {
            if self.ahead.len() == taken {
                match self.lines.next()? {
                    Some(line) => self.ahead.push_back(line),
                    None => return Ok(None),
                }
            }
            let Some(next) = self.ahead.get(taken) else {
                return Ok(None);
            };
            taken += 1;
            let bytes = next.end.bytes - line.start;
            match &next.text {
                Some(more) if bytes <= ROW_BYTES => {
                    text.push(b'\n');
                    text.extend_from_slice(more);
                    quotes.pass(more);
                }
                _ => return Ok(None),
            }
        }
        // If a quote was left open by mistake, the next quote closes it instead of opening a
        // cell: then the row is torn or has the wrong number of cells.
        let cells = |text: &str| parsed(text, self.delimiter).len();
        let fits = |text: &str| self.width.is_none_or(|width| width == cells(text));
        if taken > 0 && (quotes.torn || !decode_part(text.clone()).is_ok_and(|text| fits(&text))) {
            return Ok(None);
        }
        let last = self.ahead.drain(..taken).next_back();
        Ok(Some((text, last)))
    }

    fn row(&mut self, line: Line, whole: Option<(Vec<u8>, Option<Line>)>) -> Result<Row, Box<Bad>> {
        let bad = |text, problem, end| {
            Err(Box::new(Bad {
                line: line.number,
                text,
                problem,
                end,
            }))
        };
        let Some((text, last)) = whole else {
            let problem = match &line.text {
                None => Problem::facts_too_long(line.bytes()),
                Some(_) => Problem::new(Key::CsvQuote, Place::None),
            };
            return bad(line.text, problem, line.end);
        };
        let (last, end) = last.map_or((line.number, line.end), |last| (last.number, last.end));
        let text = match decode_part(text) {
            Ok(text) => text,
            Err(bytes) => {
                let problem = Problem::new(Key::EncodingRow, Place::None);
                return bad(Some(bytes), problem, end);
            }
        };
        let cells = parsed(&text, self.delimiter);
        let width = *self.width.get_or_insert(cells.len());
        if cells.len() != width {
            let problem = Problem::new(Key::CsvWidth, Place::None)
                .with("found", cells.len())
                .with("expected", width);
            return bad(Some(text.into_bytes()), problem, end);
        }
        Ok(Row {
            first: line.number,
            last,
            start: line.start,
            text,
            cells,
            end,
        })
    }
}

/// A position relative to a cell. Quotes count only if the cell begins with one, as in
/// the reader of [`parsed`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    /// At the cell's beginning.
    Beginning,
    Plain,
    Quoted,
    /// After a closing quote, unless another one follows.
    Closed,
}

/// Follows quotes through a row's bytes.
struct Quotes {
    delimiter: u8,
    at: Within,
    /// Whether anything but a delimiter followed a closing quote.
    torn: bool,
}

impl Quotes {
    fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            at: Within::Beginning,
            torn: false,
        }
    }

    fn are_open(&self) -> bool {
        self.at == Within::Quoted
    }

    fn pass(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.at = match (self.at, *byte) {
                (Within::Quoted, b'"') => Within::Closed,
                (Within::Quoted, _) | (Within::Beginning | Within::Closed, b'"') => Within::Quoted,
                (_, byte) if byte == self.delimiter => Within::Beginning,
                (at, _) => {
                    self.torn |= at == Within::Closed;
                    Within::Plain
                }
            };
        }
    }
}

fn parsed(text: &str, delimiter: u8) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(text.len().max(1))
        .from_reader(text.as_bytes());
    let record = reader.records().next().and_then(Result::ok);
    let cells = record.iter().flatten();
    cells.map(|cell| cell.trim().to_owned()).collect()
}

/// The byte range of each cell of a row, quotes included.
pub(crate) fn ranges(text: &str, delimiter: u8) -> Vec<Range<usize>> {
    let mut cells = Vec::new();
    let mut begin = 0;
    let mut quotes = Quotes::new(delimiter);
    for (at, byte) in text.bytes().enumerate() {
        if byte == delimiter && !quotes.are_open() {
            cells.push(begin..at);
            begin = at + 1;
        }
        quotes.pass(&[byte]);
    }
    cells.push(begin..text.len());
    cells
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    /// Each row as its lines and cells, each bad line as its number and code.
    fn rows(text: &str) -> Vec<String> {
        let mut rows = Rows::new(Lines::new(text.as_bytes()), b',');
        std::iter::from_fn(|| rows.next().unwrap())
            .map(|row| match row {
                Ok(row) => format!("{}-{} {}", row.first, row.last, row.cells.join("|")),
                Err(bad) => format!("{} {}", bad.line, bad.problem.code),
            })
            .collect()
    }

    #[test]
    fn rows_are_read_behind_quotes_line_ends_and_blank_lines() {
        assert_eq!(
            rows("\u{feff}a,b\r\n\r\n1, \"x\"\n"),
            ["1-1 a|b", "3-3 1|\"x\""]
        );
        assert_eq!(
            rows("a,b\n1,\"x, \"\"y\"\"\"\n"),
            ["1-1 a|b", "2-2 1|x, \"y\""]
        );
        assert_eq!(
            rows("a,b\n\"x\ny\nz\",2\n3,4\n"),
            ["1-1 a|b", "2-4 x\ny\nz|2", "5-5 3|4"]
        );
        assert_eq!(
            rows("a,b\n5\",6\n7,8\"\n"),
            ["1-1 a|b", "2-2 5\"|6", "3-3 7|8\""]
        );
    }

    #[test]
    fn a_quote_left_open_costs_its_own_line_only() {
        assert_eq!(
            rows("a,b\n\"1,2\n3,4\n"),
            ["1-1 a|b", "2 csv-quote", "3-3 3|4"]
        );
        assert_eq!(
            rows("a,b\n\"1,2\n3,\"4\"\n5,6\n"),
            ["1-1 a|b", "2 csv-quote", "3-3 3|4", "4-4 5|6"]
        );
        let long = format!("a,b\n\"1,2\n{}\"3\",4\n", "5,6\n".repeat(20_000));
        let found = rows(&long);
        assert_eq!(found.get(1).unwrap(), "2 csv-quote");
        assert_eq!(found.len(), 20_003);
    }

    #[test]
    fn a_row_of_another_width_is_no_row() {
        assert_eq!(
            rows("a,b\n1\n2,3\n4,5,6\n"),
            ["1-1 a|b", "2 csv-width", "3-3 2|3", "4 csv-width"]
        );
    }

    #[test]
    fn cells_are_found_where_they_stand() {
        let text = "甲,\"乙,\"\"丙\",,丁";
        let found: Vec<&str> = ranges(text, b',')
            .into_iter()
            .filter_map(|cell| text.get(cell))
            .collect();
        assert_eq!(found, ["甲", "\"乙,\"\"丙\"", "", "丁"]);
    }
}
