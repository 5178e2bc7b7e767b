//! Parses a rule script into a tree with exact places, even if it has errors.
//!
//! Core runs scripts with Rhai, but Rhai's own tree keeps no end positions, hashes the
//! labels of a `switch`, and stops at the first error. A checker has to underline,
//! report every mistake and complete half-written lines, so this module has its own
//! parser for the profile of Rhai that rules use. It accepts what Rhai accepts of the
//! profile, and also what the profile forbids (`while`, `#{…}`), so that the checker
//! can name it. A test compares its tree with Rhai's on every script of the project.
//!
//! Nothing here knows what a name means.

mod borrow;
mod format;
mod lexer;
mod parser;
mod print;
mod tree;

pub use borrow::{borrowed, hiding};
pub use format::format;
pub use lexer::{Comment, Lexed, Token, TokenKind, lex};
pub use parser::{Parsed, SyntaxError, SyntaxErrorKind, parse};
pub use print::print;
pub use tree::{
    Arm, Binary, Block, Expr, ExprKind, Function, Name, Script, Statement, StatementKind, Unary,
};

use crate::finding::{Position, Range};
use std::borrow::Cow;

/// A range of a text, in bytes.
pub type Bytes = std::ops::Range<usize>;

/// The beginning of a line that says that the text behind it is a copy: the rest of the line
/// is the file and the line, such as `//# packs/62/2022-03-07/shared.rhai:12`.
pub const COPY: &str = "//# ";

/// The text before the first copy: all that is written in a script's file.
///
/// ```
/// use longma_lang::syntax::written;
/// assert_eq!(written("fn f() { g() }\n//# shared.rhai:7\nprivate fn g() { 1 }\n"), "fn f() { g() }\n");
/// ```
#[must_use]
pub fn written(text: &str) -> &str {
    let mut at = 0;
    let mut lines = text.split_inclusive('\n');
    let copy = lines.find_map(|line| {
        at += line.len();
        line.starts_with(COPY).then(|| at - line.len())
    });
    text.get(..copy.unwrap_or(text.len())).unwrap_or(text)
}

/// Converts bytes of a text to lines and columns and back. Ranges in a copy, which a line
/// with [`COPY`] begins, are those of the file that it was copied from.
///
/// ```
/// use longma_lang::finding::Position;
/// use longma_lang::syntax::Lines;
///
/// let lines = Lines::new("一二\nab");
/// let position = Position { line: 1, column: 2 };
/// assert_eq!(lines.position(3), position);
/// assert_eq!(lines.byte(position), 3);
/// ```
#[derive(Debug, Clone)]
pub struct Lines<'a> {
    text: Cow<'a, str>,
    starts: Vec<usize>,
    copies: Vec<Copied>,
}

/// Lines of a text that were copied from another file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Copied {
    /// The first of the lines, from 1.
    line: usize,
    file: String,
    /// The first of the lines in that file.
    from: usize,
}

impl<'a> Lines<'a> {
    /// Finds the lines of `text`.
    #[must_use]
    pub fn new(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1));
        let starts: Vec<usize> = starts.collect();
        let marked = starts.iter().enumerate().filter_map(|(index, start)| {
            let line = text.get(*start..)?.strip_prefix(COPY)?;
            let (file, from) = line.lines().next()?.rsplit_once(':')?;
            Some(Copied {
                line: index + 2,
                file: file.to_owned(),
                from: from.parse().ok()?,
            })
        });
        let copies = marked.collect();
        Self {
            text,
            starts,
            copies,
        }
    }

    /// The line and column of `byte`, both from 1.
    #[must_use]
    pub fn position(&self, byte: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= byte);
        let start = line
            .checked_sub(1)
            .and_then(|index| self.starts.get(index))
            .copied()
            .unwrap_or(0);
        let before = self.text.get(start..byte).unwrap_or_default();
        Position {
            line,
            column: before.chars().count() + 1,
        }
    }

    /// The byte at `position`. A column past the end of its line gives the end of the
    /// line.
    #[must_use]
    pub fn byte(&self, position: Position) -> usize {
        let start = position
            .line
            .checked_sub(1)
            .and_then(|index| self.starts.get(index))
            .copied()
            .unwrap_or(self.text.len());
        let rest = self.text.get(start..).unwrap_or_default();
        let line = rest.split(['\n', '\r']).next().unwrap_or_default();
        let column = position.column.saturating_sub(1);
        let inside = line.char_indices().nth(column).map(|(at, _)| at);
        start + inside.unwrap_or(line.len())
    }

    /// A byte range as a range of `file`, or of the file that it was copied from.
    ///
    /// ```
    /// use longma_lang::syntax::Lines;
    ///
    /// let text = "fn f() { g() }\n//# shared.rhai:7\nprivate fn g() { 1 }\n";
    /// let lines = Lines::new(text);
    /// let range = lines.range("code.rhai", &(45..46));
    /// assert_eq!((range.file.as_str(), range.start.line), ("shared.rhai", 7));
    /// ```
    #[must_use]
    pub fn range(&self, file: &str, bytes: &Bytes) -> Range {
        let (start, end) = (self.position(bytes.start), self.position(bytes.end));
        let (file, back) = self.origin(start.line).unwrap_or((file, (1, 1)));
        let there = |at: Position| Position {
            line: (at.line + back.1).saturating_sub(back.0),
            ..at
        };
        Range {
            file: file.to_owned(),
            start: there(start),
            end: there(end),
        }
    }

    /// The line, from 1, of the file that it was copied from; `None` if it was not.
    #[must_use]
    pub fn copied(&self, line: usize) -> Option<(&str, usize)> {
        let (file, (first, from)) = self.origin(line)?;
        Some((file, line + from - first))
    }

    /// The file and lines where copies begin.
    pub fn copies(&self) -> impl Iterator<Item = (&str, usize)> {
        let copies = self.copies.iter();
        copies.map(|copied| (copied.file.as_str(), copied.from))
    }

    /// The file that a line was copied from, and the first line of the copy here and there.
    fn origin(&self, line: usize) -> Option<(&str, (usize, usize))> {
        let before = self.copies.partition_point(|copied| copied.line <= line);
        let copied = self.copies.get(before.checked_sub(1)?)?;
        Some((&copied.file, (copied.line, copied.from)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_positions_turn_into_one_another() {
        let text = "一二\nab\r\n\nc";
        let lines = Lines::new(text);
        for (byte, line, column) in [(0, 1, 1), (3, 1, 2), (7, 2, 1), (8, 2, 2), (12, 4, 1)] {
            let position = Position { line, column };
            assert_eq!(lines.position(byte), position);
            assert_eq!(lines.byte(position), byte);
        }
        assert_eq!(
            lines.byte(Position {
                line: 2,
                column: 99
            }),
            9
        );
        assert_eq!(
            lines.byte(Position {
                line: 99,
                column: 1
            }),
            text.len()
        );
    }

    #[test]
    fn half_written_lines_keep_what_is_there() {
        let cases = [
            ("fn f() { a == }", "fn f() { (a == …) }"),
            (
                "fn f() { a.filter(|t| t.x == ) }",
                "fn f() { a.filter(|t| (t.x == …)) }",
            ),
            ("fn f() { let a = ; a }", "fn f() { let a = …; a }"),
            ("fn f() { if a.b }", "fn f() { if a.b {  } }"),
            (
                "fn f() { if a.b { c } else }",
                "fn f() { if a.b { c } else {  } }",
            ),
            ("fn f() { switch a.b }", "fn f() { switch a.b {  } }"),
            (
                "fn f() { switch a { b } }",
                "fn f() { switch a { b => … } }",
            ),
            (
                "fn f() { switch a { \"b\" => } }",
                "fn f() { switch a { \"b\" => … } }",
            ),
            ("fn f(a, b", "fn f(a, b) {  }"),
        ];
        for (text, tree) in cases {
            let parsed = parse(text);
            assert_eq!(print(&parsed.script).trim_end(), tree);
            assert!(!parsed.errors.is_empty(), "{text}");
        }
    }
}
