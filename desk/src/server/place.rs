//! Places: characters here, UTF-16 units from 0 on the wire, bytes in texts; and documents by
//! URI.

use longma_compile::toml::Toml;
use longma_core::Place;
use longma_lang::finding::{Position, Spot};
use longma_lang::syntax::Lines;
use lsp_types::PositionEncodingKind;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use std::ops::Range;

/// How a client counts within a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf16,
    Utf32,
}

impl Encoding {
    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn units(self, character: char) -> usize {
        match self {
            Self::Utf16 => character.len_utf16(),
            Self::Utf32 => 1,
        }
    }
}

/// What does not stand in a URI's path as it is.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A path as it stands in a URI.
pub(super) fn encoded(path: &str) -> String {
    utf8_percent_encode(path, ESCAPED).to_string()
}

/// The path of a URI, with its `%` signs read.
pub(super) fn decoded(path: &str) -> String {
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}

/// A line without what ends it, from 0; the empty one behind the last.
fn line(text: &str, number: usize) -> &str {
    let line = text.split('\n').nth(number).unwrap_or_default();
    line.strip_suffix('\r').unwrap_or(line)
}

fn number(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

/// A place from the client.
pub(super) fn position(text: &str, at: lsp_types::Position, encoding: Encoding) -> Position {
    let mut left = at.character as usize;
    let before = line(text, at.line as usize).chars().take_while(|it| {
        let units = encoding.units(*it);
        let is_before = units <= left;
        left = left.saturating_sub(units);
        is_before
    });
    Position {
        line: at.line as usize + 1,
        column: before.count() + 1,
    }
}

/// The lines of a text, for many places of the client.
pub(super) struct Wired<'t> {
    lines: Vec<&'t str>,
    encoding: Encoding,
}

impl<'t> Wired<'t> {
    pub(super) fn new(text: &'t str, encoding: Encoding) -> Self {
        Self {
            lines: text.split('\n').collect(),
            encoding,
        }
    }

    pub(super) fn at(&self, at: Position) -> lsp_types::Position {
        let row = at.line.saturating_sub(1);
        on_line(
            self.lines.get(row).copied().unwrap_or_default(),
            at,
            self.encoding,
        )
    }
}

fn on_line(line: &str, at: Position, encoding: Encoding) -> lsp_types::Position {
    let before = line.chars().take(at.column.saturating_sub(1));
    let units: usize = before.map(|it| encoding.units(it)).sum();
    lsp_types::Position::new(number(at.line.saturating_sub(1)), number(units))
}

/// A place for the client.
pub(super) fn wire(text: &str, at: Position, encoding: Encoding) -> lsp_types::Position {
    on_line(line(text, at.line.saturating_sub(1)), at, encoding)
}

/// The bytes of a range from the client.
pub(super) fn bytes(text: &str, range: lsp_types::Range, encoding: Encoding) -> Range<usize> {
    let lines = Lines::new(text);
    let byte = |at| lines.byte(position(text, at, encoding));
    let (start, end) = (byte(range.start), byte(range.end));
    start..end.max(start)
}

/// A range of bytes for the client.
pub(super) fn range(text: &str, bytes: &Range<usize>, encoding: Encoding) -> lsp_types::Range {
    let lines = Lines::new(text);
    let at = |byte| wire(text, lines.position(byte), encoding);
    lsp_types::Range::new(at(bytes.start), at(bytes.end))
}

/// Where in a text a spot is: its word or value, or the text's beginning.
pub(super) fn of_spot(text: &str, spot: &Spot, encoding: Encoding) -> lsp_types::Range {
    match spot {
        Spot::Range(range) => lsp_types::Range::new(
            wire(text, range.start, encoding),
            wire(text, range.end, encoding),
        ),
        Spot::Place(Place::Key { key, .. }) => {
            let keys: Vec<&str> = key.iter().map(String::as_str).collect();
            if text.trim_start().starts_with('{') {
                return range(text, &json_key(text, &keys).unwrap_or_default(), encoding);
            }
            let toml = Toml::parse(text).ok();
            // A key that is missing belongs to the nearest table that is there.
            let spans = (0..=keys.len()).rev();
            let mut spans = spans.filter_map(|len| toml.as_ref()?.span(keys.get(..len)?));
            range(text, &spans.next().unwrap_or_default(), encoding)
        }
        Spot::Place(Place::File {
            line: row, column, ..
        }) => {
            let at = Position {
                line: (*row).max(1),
                column: (*column).max(1),
            };
            let word = line(text, at.line - 1).chars().skip(at.column - 1);
            let len = word
                .take_while(|it| it.is_alphanumeric() || *it == '_')
                .count();
            let end = Position {
                column: at.column + len.max(1),
                ..at
            };
            lsp_types::Range::new(wire(text, at, encoding), wire(text, end, encoding))
        }
        Spot::Place(_) => lsp_types::Range::default(),
    }
}

/// The bytes of a key in a JSON text, by the keys that lead to it.
fn json_key(text: &str, path: &[&str]) -> Option<Range<usize>> {
    let (mut depth, mut found, mut at) = (0, 0, 0);
    while let Some(sign) = text.get(at..)?.chars().next() {
        match sign {
            '{' | '[' => depth += 1,
            // What was found so far ends without the rest.
            '}' | ']' if depth <= found + 1 => return None,
            '}' | ']' => depth -= 1,
            '"' => {
                let inside = text.get(at + 1..)?;
                let mut escaped = false;
                let len = inside.find(|it| {
                    let ends = it == '"' && !escaped;
                    escaped = it == '\\' && !escaped;
                    ends
                })?;
                let (word, rest) = inside.split_at(len);
                let is_key = rest.get(1..)?.trim_start().starts_with(':');
                if is_key && depth <= found {
                    return None;
                }
                if is_key && depth == found + 1 && path.get(found) == Some(&word) {
                    found += 1;
                    if found == path.len() {
                        return Some(at + 1..at + 1 + len);
                    }
                }
                at += len + 1;
            }
            _ => {}
        }
        at += sign.len_utf8();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "one\r\n二𝄞x\n\nend";

    #[test]
    fn places_go_to_the_wire_and_back() {
        for (line, column, units) in [
            (1, 1, 0),
            (1, 4, 3),
            (2, 2, 1),
            (2, 3, 3),
            (2, 4, 4),
            (4, 3, 2),
        ] {
            let at = Position { line, column };
            let wired = wire(TEXT, at, Encoding::Utf16);
            assert_eq!(wired, lsp_types::Position::new(number(line - 1), units));
            assert_eq!(position(TEXT, wired, Encoding::Utf16), at);
            let whole = wire(TEXT, at, Encoding::Utf32);
            assert_eq!(whole.character, number(column - 1));
            assert_eq!(position(TEXT, whole, Encoding::Utf32), at);
        }
    }

    #[test]
    fn a_key_of_a_schema_is_where_its_path_leads() {
        let text = r#"{ "a": { "b": "c\"}", "é": [ { "c": 1 } ] }, "b": { "c": { "b": 2 } } }"#;
        for (path, found) in [
            (&["a", "b"][..], text.find("\"b\"")),
            (&["b"], text.rfind("\"b\": {")),
            (&["b", "c", "b"], text.rfind("\"b\": 2")),
            (&["a", "c"], None),
            (&["c"], None),
        ] {
            let start = json_key(text, path).map(|it| it.start);
            assert_eq!(start, found.map(|it| it + 1), "{path:?}");
        }
        assert_eq!(json_key("{ \"a", &["a"]), None);
    }

    #[test]
    fn places_beyond_a_line_or_within_a_character_are_the_nearest_ones() {
        let at = |line, character| {
            let at = lsp_types::Position::new(line, character);
            let found = position(TEXT, at, Encoding::Utf16);
            (found.line, found.column)
        };
        assert_eq!(at(0, 99), (1, 4));
        assert_eq!(at(1, 2), (2, 2));
        assert_eq!(at(9, 0), (10, 1));
    }

    #[test]
    fn a_range_of_the_client_is_bytes_of_the_text() {
        let cut = |from: (u32, u32), to: (u32, u32)| {
            let at = |(line, character)| lsp_types::Position::new(line, character);
            let range = lsp_types::Range::new(at(from), at(to));
            TEXT.get(bytes(TEXT, range, Encoding::Utf16))
        };
        assert_eq!(cut((1, 1), (1, 3)), Some("𝄞"));
        assert_eq!(cut((0, 3), (1, 1)), Some("\r\n二"));
        assert_eq!(cut((3, 0), (9, 9)), Some("end"));
        assert_eq!(cut((3, 1), (0, 0)), Some(""));
    }
}
