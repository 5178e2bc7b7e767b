//! Finds things in a text, as ranges of bytes.
//!
//! Problems name places by JSON pointer, by line and column, or by table and line; a
//! reader wants the line itself. Only texts that their own parser has accepted are
//! searched by pointer, so nesting and size are already bounded.

use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use std::ops::Range;

/// What a JSON pointer leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pointed {
    /// The value; if the pointer leads nowhere, the innermost value that it reaches.
    pub(crate) value: Range<usize>,
    /// The name before the value, if it is a member of an object.
    pub(crate) name: Option<Range<usize>>,
    /// Whether the pointer leads to a value.
    pub(crate) exact: bool,
}

/// Finds what `pointer` (RFC 6901) names in a JSON text.
pub(crate) fn pointer(text: &str, pointer: &str) -> Option<Pointed> {
    let tree = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default()).ok()?;
    let root = tree.value?;
    let mut here = &root;
    let mut name = None;
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        let Some((next, next_name)) = child(here, &step) else {
            return Some(Pointed {
                value: here.start()..here.end(),
                name,
                exact: false,
            });
        };
        here = next;
        name = next_name;
    }
    Some(Pointed {
        value: here.start()..here.end(),
        name,
        exact: true,
    })
}

fn child<'a, 'b>(
    value: &'b Value<'a>,
    step: &str,
) -> Option<(&'b Value<'a>, Option<Range<usize>>)> {
    match value {
        Value::Object(object) => {
            let mut members = object.properties.iter();
            let member = members.find(|member| match &member.name {
                ObjectPropName::String(name) => name.value == step,
                ObjectPropName::Word(name) => name.value == step,
            })?;
            Some((&member.value, Some(member.name.start()..member.name.end())))
        }
        Value::Array(array) => Some((array.elements.get(step.parse::<usize>().ok()?)?, None)),
        _ => None,
    }
}

/// The byte at `line` and `column`, both from 1, the column in characters. If there is
/// no such column, the end of the line; if there is no such line, the end of the text.
pub(crate) fn position(text: &str, line: usize, column: usize) -> usize {
    let Range { start, end } = line_range(text, line);
    let inside = text.get(start..end).unwrap_or_default();
    let before = column.saturating_sub(1);
    start
        + inside
            .char_indices()
            .nth(before)
            .map_or(inside.trim_end().len(), |(at, _)| at)
}

/// The bytes of a line, from 1, without its line end.
pub(crate) fn line_range(text: &str, line: usize) -> Range<usize> {
    let mut start = 0;
    for (index, piece) in text.split_inclusive('\n').enumerate() {
        let end = start + piece.trim_end_matches(['\n', '\r']).len();
        if index + 1 == line {
            return start..end;
        }
        start += piece.len();
    }
    text.len()..text.len()
}

/// The line, from 1, that contains `byte`.
pub(crate) fn line_of(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|b| *b == b'\n').count() + 1
}

/// The word that begins at `byte`, or the one character there.
pub(crate) fn word(text: &str, byte: usize) -> Range<usize> {
    let rest = text.get(byte..).unwrap_or_default();
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    let length = match end {
        0 => rest
            .chars()
            .next()
            .filter(|c| *c != '\n')
            .map_or(0, char::len_utf8),
        end => end,
    };
    byte..byte + length
}

/// The cell of `column` in the row of a CSV that begins on `line`.
pub(crate) fn cell(csv: &str, line: usize, column: &str) -> Option<Range<usize>> {
    let body = csv.strip_prefix('\u{feff}').unwrap_or(csv);
    let header = cells(body, 0);
    let index = header.iter().position(|range| {
        let name = body.get(range.clone()).unwrap_or_default();
        name.trim().trim_matches('"') == column
    })?;
    let row = cells(csv, line_range(csv, line).start);
    row.into_iter().nth(index)
}

/// The cells of the row that begins at `start`; quoted cells include their quotes.
fn cells(csv: &str, start: usize) -> Vec<Range<usize>> {
    let mut cells = Vec::new();
    let mut begin = start;
    let mut quoted = false;
    let mut end = csv.len();
    for (at, byte) in csv.bytes().enumerate().skip(start) {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                cells.push(begin..at);
                begin = at + 1;
            }
            b'\n' | b'\r' if !quoted => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    cells.push(begin..end.max(begin));
    cells
}

/// The line on which row `row` (from 0) of a CSV begins.
pub(crate) fn row_line(csv: &str, row: usize) -> Option<usize> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(csv.as_bytes());
    let record = reader.byte_records().nth(row)?.ok()?;
    let byte = usize::try_from(record.position()?.byte()).ok()?;
    // The reader's position of a record can be inside the line end before it.
    let ends = csv
        .bytes()
        .skip(byte)
        .take_while(|b| matches!(b, b'\r' | b'\n'));
    Some(line_of(csv, byte + ends.count()))
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        reason = "a test fails by panicking"
    )]
    use super::*;

    const FACTS: &str = "{\n  \"subject\": \"person\",\n  \"a/b\": [ { \"姓\": \"样\" }, 7 ]\n}\n";

    #[track_caller]
    fn check(at: &str, value: &str, name: Option<&str>, exact: bool) {
        let found = pointer(FACTS, at).unwrap();
        assert_eq!(&FACTS[found.value], value);
        assert_eq!(found.name.map(|name| &FACTS[name]), name);
        assert_eq!(found.exact, exact);
    }

    #[test]
    fn a_pointer_leads_to_its_value() {
        check("/subject", "\"person\"", Some("\"subject\""), true);
        check("/a~1b/0/姓", "\"样\"", Some("\"姓\""), true);
        check("/a~1b/1", "7", None, true);
        check("", FACTS.trim_end(), None, true);
    }

    #[test]
    fn a_pointer_to_what_is_missing_leads_to_where_it_should_stand() {
        check("/a~1b/0/number", "{ \"姓\": \"样\" }", None, false);
        check(
            "/a~1b/7",
            "[ { \"姓\": \"样\" }, 7 ]",
            Some("\"a/b\""),
            false,
        );
    }

    #[test]
    fn columns_are_counted_in_characters() {
        let text = "一二三\n四五";
        assert_eq!(&text[position(text, 1, 3)..], "三\n四五");
        assert_eq!(&text[position(text, 2, 2)..], "五");
        assert_eq!(position(text, 1, 99), 9);
        assert_eq!(position(text, 9, 1), text.len());
        assert_eq!(line_of(text, 10), 2);
    }

    #[test]
    fn a_cell_is_found_behind_quotes_and_a_byte_order_mark() {
        let csv = "\u{feff}city,community,level\r\n兰州市,\"甲,乙\",hihg\r\n";
        let found = cell(csv, 2, "level").unwrap();
        assert_eq!(&csv[found], "hihg");
        assert_eq!(&csv[cell(csv, 2, "community").unwrap()], "\"甲,乙\"");
        assert_eq!(cell(csv, 2, "until"), None);
    }

    #[test]
    fn a_row_is_found_behind_one_of_several_lines() {
        let csv = "a,b\n1,\"x\ny\"\n2,z\n";
        assert_eq!(row_line(csv, 0), Some(2));
        assert_eq!(row_line(csv, 1), Some(4));
        assert_eq!(row_line(csv, 2), None);
        assert_eq!(row_line("a,b\r\n1,2\r\n3,4\r\n", 1), Some(3));
    }
}
