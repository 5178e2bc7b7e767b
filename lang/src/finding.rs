//! A finding in a script or pack, as data: a code, a place, and a message and a help
//! text in both languages.

use crate::codes::Code;
use crate::messages;
use longma_core::{CodeName, Family, Localized, Place, Problem, Severity};
use serde::Serialize;

/// A range of a text file. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Range {
    /// The file's path inside the bundle: `packs/62/2022-03-07/code.rhai`.
    pub file: String,
    /// The position of its first character.
    pub start: Position,
    /// The position after its last character.
    pub end: Position,
}

/// A position in a text: line and column from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
}

/// The place of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Spot {
    /// A range of a script.
    Range(Range),
    /// A place in core's terms: a key of a TOML file, a line, or none.
    Place(Place),
}

impl Spot {
    /// The file it names, as a path inside the bundle.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::Range(range) => Some(&range.file),
            Self::Place(Place::File { file, .. } | Place::Key { file, .. }) => Some(file),
            Self::Place(_) => None,
        }
    }
}

/// One mistake that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Errors stop a pack from being published; warnings do not.
    pub severity: Severity,
    /// A stable name. `rules/findings.md` has a section for each.
    pub code: CodeName,
    /// What is wrong.
    pub message: Localized,
    /// How to fix it.
    pub help: Option<Localized>,
    /// Its place.
    pub spot: Spot,
}

impl Finding {
    /// A finding of the script checker, with its texts. `words` fill the placeholders
    /// in braces; a word named `case` selects a special help text.
    #[must_use]
    pub fn of(code: Code, spot: Spot, words: &[(&'static str, Localized)]) -> Self {
        let name = code.name();
        let args: Vec<(&str, &Localized)> =
            words.iter().map(|(name, text)| (*name, text)).collect();
        // `code.help.case` takes precedence over `code.help`.
        let case = words.iter().find(|(name, _)| *name == "case");
        let text = |key: &str| {
            let special =
                case.and_then(|(_, case)| messages().get(&format!("{key}.{}", case.en), &args));
            special.or_else(|| messages().get(key, &args))
        };
        let message = text(name);
        let mut message = message.unwrap_or_else(|| Localized::same(name));
        if let Some(heir) = args.iter().find(|(name, _)| *name == "heir") {
            let heir = messages().say_localized("finding-heir", &[("pack", heir.1.clone())]);
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
