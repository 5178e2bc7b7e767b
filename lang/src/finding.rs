//! What is found in scripts and packs, as data: a code, a place, a message and a help in two languages.

use crate::codes::Code;
use crate::messages;
use longma_core::{Args, CodeName, Family, Localized, Place, Problem, Severity};
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

impl Spot {
    /// The file that it names, by the path inside the bundle.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::Range(range) => Some(&range.file),
            Self::Place(Place::File { file, .. } | Place::Key { file, .. }) => Some(file),
            Self::Place(_) => None,
        }
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Whether it stops a pack from being published.
    pub severity: Severity,
    /// A stable name; `rules/findings.md` has a section for each.
    pub code: CodeName,
    /// What is wrong.
    pub message: Localized,
    /// What to do.
    pub help: Option<Localized>,
    /// Where it is.
    pub spot: Spot,
}

impl Finding {
    /// What the checker of scripts finds, with its texts; `args` fill their
    /// `{name}`s, and one named `case` chooses a help of its own.
    #[must_use]
    pub fn of(code: Code, spot: Spot, args: &Args) -> Self {
        let name = code.name();
        // A mistake can have a help of its own for a special case.
        let text = |key: &str| {
            let case = args.get("case");
            let special = case.and_then(|case| messages().get(&format!("{key}.{}", case.en), args));
            special.or_else(|| messages().get(key, args))
        };
        let message = text(name);
        let mut message = message.unwrap_or_else(|| Localized::same(name));
        if let Some(heir) = args.get("heir") {
            let heir = messages().say("finding-heir", &Args::of("pack", heir));
            message.zh_cn.push_str(&heir.zh_cn);
            message.en.push_str(&heir.en);
        }
        Self {
            severity: code.severity(),
            code: code.into(),
            message,
            help: text(&format!("{name}.help")),
            spot,
        }
    }
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
