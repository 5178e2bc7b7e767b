//! What the desk finds, as data: a code, a place, a message and a help in two languages.

use longma_core::{Localized, Place, Problem, Severity};
use serde::Serialize;

/// A stretch of a text file. Lines and columns count from 1, columns in
/// characters; `end` is the first position after.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Range {
    /// The file's path inside the bundle: `packs/62/2022-03-07/code.rhai`.
    pub file: String,
    /// Its first character.
    pub start: Position,
    /// The first character after.
    pub end: Position,
}

/// A position in a text: line and column from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

/// Where a finding is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Spot {
    /// A stretch of a script.
    Range(Range),
    /// As core says it: a key of a TOML file, a line, or nowhere.
    Place(Place),
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Whether it stops a pack from being published.
    pub severity: Severity,
    /// A stable name; `rules/findings.md` has a section for each.
    pub code: String,
    /// What is wrong.
    pub message: Localized,
    /// What to do.
    pub help: Option<Localized>,
    /// Where it is.
    pub spot: Spot,
}

impl From<Problem> for Finding {
    fn from(problem: Problem) -> Self {
        Self {
            severity: problem.severity,
            code: problem.code,
            message: problem.message,
            help: problem.help,
            spot: Spot::Place(problem.place),
        }
    }
}
