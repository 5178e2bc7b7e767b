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
mod lexer;
mod parser;
mod print;
mod tree;

pub use borrow::borrowed;
pub use lexer::{Comment, Lexed, Token, TokenKind, lex};
pub use parser::{Parsed, SyntaxError, SyntaxErrorKind, parse};
pub use print::print;
pub use tree::{
    Arm, Binary, Block, Expr, ExprKind, Function, Name, Script, Statement, StatementKind, Unary,
};

use crate::finding::{Position, Range};

/// A range of a text, in bytes.
pub type Bytes = std::ops::Range<usize>;

/// Converts bytes of a text to lines and columns and back.
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
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// Finds the lines of `text`.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1));
        Self {
            text,
            starts: starts.collect(),
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

    /// A byte range as a range of `file`.
    #[must_use]
    pub fn range(&self, file: &str, bytes: &Bytes) -> Range {
        Range {
            file: file.to_owned(),
            start: self.position(bytes.start),
            end: self.position(bytes.end),
        }
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
