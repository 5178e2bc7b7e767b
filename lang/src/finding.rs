//! A finding in a script or pack, as data: a code, a place, and a message and a help
//! text in both languages.

use crate::codes::Code;
use crate::messages;
use longma_core::{Args, CodeName, Family, Localized, Place, Problem, Severity};
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
    /// What to write in place of the word there, where one thing is likely; empty to take it
    /// away.
    #[serde(skip)]
    pub instead: Option<String>,
}

/// What to write instead, by what a message is told with.
fn instead(args: &Args) -> Option<String> {
    let sign = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '-' || it == '/';
    let near = args.get("near").map(|it| it.en.trim_matches(['`', '"']));
    let near = near.filter(|it| !it.is_empty() && it.chars().all(sign));
    let said = args.get("instead").map(|it| it.en.as_str());
    said.or(near).map(str::to_owned)
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
            instead: instead(args),
        }
    }
}

impl From<Problem> for Finding {
    fn from(problem: Problem) -> Self {
        Self {
            severity: problem.severity,
            code: problem.code,
            message: problem.message(),
            help: problem.help(),
            instead: instead(&problem.args),
            spot: Spot::Place(problem.place),
        }
    }
}
