//! Problems as data: a code, a place, and a message and help in two languages.
//!
//! Nothing here names a Rust type or the script engine. Checks collect problems in
//! [`Problems`] and go on, so one problem does not hide the next. The list is capped.

use crate::limits;
use crate::text::{Args, IntoLocalized, Localized, Messages, messages};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::cmp::Ordering;
use std::fmt::{Debug, Display};

/// Whether a problem stops the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The input is refused, or a decision is unknown.
    Error,
    /// Worth a look; nothing is refused.
    Warning,
    /// Good to know; nothing is wrong.
    Info,
}

/// Where a problem is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Place {
    /// A value of the facts document, by JSON pointer.
    Facts {
        /// RFC 6901; empty for the whole document.
        pointer: String,
    },
    /// A position in a text file; line and column count from 1, columns in characters.
    File {
        /// The file's path inside the bundle, or the name of the input.
        file: String,
        /// Line, from 1; 0 when unknown.
        line: usize,
        /// Column, from 1; 0 when unknown.
        column: usize,
    },
    /// A member of a structured file, by its keys.
    Key {
        /// The file's path inside the bundle.
        file: String,
        /// Keys from the top.
        key: Vec<String>,
    },
    /// A line of a reference table.
    Reference {
        /// The table's name.
        table: String,
        /// Line of the CSV, from 1.
        line: u64,
    },
    /// No particular place.
    None,
}

impl Place {
    /// A position in a file, counted from 1.
    #[must_use]
    pub fn file(file: &str, line: usize, column: usize) -> Self {
        Self::File {
            file: file.to_owned(),
            line,
            column,
        }
    }

    /// A member of a structured file, by its keys from the top.
    #[must_use]
    pub fn key<'a>(file: &str, key: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Key {
            file: file.to_owned(),
            key: key.into_iter().map(str::to_owned).collect(),
        }
    }

    /// A value of the facts, by its JSON pointer.
    #[must_use]
    pub fn facts(pointer: impl Into<String>) -> Self {
        Self::Facts {
            pointer: pointer.into(),
        }
    }
}

/// `/tests/0`, `file:line:column`, `file: a.b` or `table, line n`.
impl Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Facts { pointer } if pointer.is_empty() => f.write_str("/"),
            Self::Facts { pointer } => f.write_str(pointer),
            Self::File { file, line: 0, .. } => f.write_str(file),
            Self::File { file, line, column } => write!(f, "{file}:{line}:{column}"),
            Self::Key { file, key } => write!(f, "{file}: {}", key.join(".")),
            Self::Reference { table, line } => write!(f, "{table}, line {line}"),
            Self::None => Ok(()),
        }
    }
}

/// One thing that is wrong.
///
/// ```
/// use longma_core::{Code, Place, Problem};
/// let problem = Problem::new(Code::FactsType, Place::facts("/tests/0")).finding("true");
/// assert!(problem.code == Code::FactsType);
/// assert_eq!(problem.to_string(), "/tests/0: facts-type: this value is of the wrong type");
/// ```
///
/// Its words are made when somebody asks for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Whether it stops the work.
    pub severity: Severity,
    /// The stable name of this kind of problem, such as `facts-type`.
    pub code: CodeName,
    /// Where the problem is.
    pub place: Place,
    /// What was expected there.
    pub expected: Option<Localized>,
    /// What was found there.
    pub found: Option<String>,
    /// The rule concerned, as `pack/decision/function`.
    pub rule: Option<String>,
    /// What fills the `{name}`s of its words.
    pub args: Args,
    /// Its message and what to do, if they are not those of its family's catalogue.
    words: Option<Box<(Localized, Option<Localized>)>>,
}

impl Problem {
    /// A problem in the words of its family's catalogue: the message called like
    /// `code`, and as what to do the one called `code.help`. [`with`](Self::with)
    /// gives what fills their `{name}`s.
    ///
    /// ```
    /// use longma_core::{Code, Place, Problem};
    /// let problem = Problem::new(Code::MissingSection, Place::facts("/tests")).with("name", "tests");
    /// assert!(problem.message().en.contains("tests"));
    /// assert_eq!(problem.args.get("name").map(|it| it.en.as_str()), Some("tests"));
    /// ```
    #[must_use]
    pub fn new(code: impl Into<CodeName>, place: Place) -> Self {
        Self::named(code.into(), place)
    }

    fn named(code: CodeName, place: Place) -> Self {
        Self {
            severity: Severity::Error,
            code,
            place,
            expected: None,
            found: None,
            rule: None,
            args: Args::NONE,
            words: None,
        }
    }

    /// What is wrong.
    #[must_use]
    pub fn message(&self) -> Localized {
        match &self.words {
            Some(words) => words.0.clone(),
            None => (self.code.messages)().say(self.code.name, &self.args),
        }
    }

    /// What to do.
    #[must_use]
    pub fn help(&self) -> Option<Localized> {
        match &self.words {
            Some(words) => words.1.clone(),
            None => (self.code.messages)().get(&format!("{}.help", self.code.name), &self.args),
        }
    }

    /// The same problem in these words.
    #[must_use]
    pub fn in_words(mut self, message: Localized, help: Option<Localized>) -> Self {
        self.words = Some(Box::new((message, help)));
        self
    }

    /// A problem at a value of a facts document, by JSON pointer.
    #[must_use]
    pub fn in_facts(code: impl Into<CodeName>, pointer: impl Into<String>) -> Self {
        Self::new(code, Place::facts(pointer))
    }

    /// The same problem with a value for `{name}` in its words.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl IntoLocalized) -> Self {
        self.args = self.args.with(name, value);
        self
    }

    /// The same problem with these values too for the `{name}`s in its words.
    #[must_use]
    pub fn with_all(mut self, args: &Args) -> Self {
        self.args = self.args.and(args);
        self
    }

    /// A facts document of `bytes` bytes, more than [`limits::FACTS_BYTES`].
    #[must_use]
    pub fn facts_too_long(bytes: u64) -> Self {
        Self::in_facts(Code::FactsSize, "")
            .with("size", bytes)
            .with("limit", limits::FACTS_BYTES)
    }

    /// Adds what was expected at the problem's place.
    #[must_use]
    pub fn expecting(mut self, expected: Localized) -> Self {
        self.expected = Some(expected);
        self
    }

    /// Adds what was found at the problem's place.
    #[must_use]
    pub fn finding(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }

    /// Adds the rule concerned, as `pack/decision/function`.
    #[must_use]
    pub fn of_rule(mut self, rule: impl Into<String>) -> Self {
        self.rule = Some(rule.into());
        self
    }
}

/// One line in English: place, code and message.
impl Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.place != Place::None {
            write!(f, "{}: ", self.place)?;
        }
        write!(f, "{}: {}", self.code, self.message().en)
    }
}

impl std::error::Error for Problem {}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("Problem", 8)?;
        members.serialize_field("severity", &self.severity)?;
        members.serialize_field("code", &self.code)?;
        members.serialize_field("message", &self.message())?;
        members.serialize_field("help", &self.help())?;
        members.serialize_field("place", &self.place)?;
        members.serialize_field("expected", &self.expected)?;
        members.serialize_field("found", &self.found)?;
        members.serialize_field("rule", &self.rule)?;
        members.end()
    }
}

/// All problems of one input, in the order found, capped at [`limits::PROBLEMS`].
///
/// ```
/// use longma_core::{Code, Place, Problem, Problems};
/// let mut problems = Problems::default();
/// assert_eq!(problems.clone().or(7), Ok(7));
/// problems.push(Problem::new(Code::RegionMissing, Place::facts("/identity/region")));
/// assert_eq!(problems.or(7).unwrap_err().as_slice().len(), 1);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Adds a problem. At the limit, adds one last problem that says so instead.
    pub fn push(&mut self, problem: Problem) {
        match self.0.len() {
            n if n < limits::PROBLEMS => self.0.push(problem),
            n if n == limits::PROBLEMS => self.0.push(
                Problem::new(Code::ProblemsMore, Place::None).with("limit", limits::PROBLEMS),
            ),
            _ => {}
        }
    }

    /// Adds several problems.
    pub fn extend(&mut self, problems: impl IntoIterator<Item = Problem>) {
        for problem in problems {
            self.push(problem);
        }
    }

    /// Returns `value` if there are no problems.
    ///
    /// # Errors
    /// All problems, if there are any.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }

    /// The problems, in the order found.
    #[must_use]
    pub fn as_slice(&self) -> &[Problem] {
        &self.0
    }

    /// Whether there are no problems.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl From<Vec<Problem>> for Problems {
    fn from(problems: Vec<Problem>) -> Self {
        let mut out = Self::default();
        out.extend(problems);
        out
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// One line per problem.
impl Display for Problems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            let end = if index == 0 { "" } else { "\n" };
            write!(f, "{end}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// The name in `known` that `wrong` was most likely meant to be; `None` if all are too
/// different.
///
/// ```
/// use longma_core::nearest;
/// assert_eq!(nearest("resut", ["sampled_at", "result"]), Some("result"));
/// assert_eq!(nearest("temperature", ["sampled_at", "result"]), None);
/// ```
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let reach = (wrong.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|name| (edit_distance(wrong, name), name))
        .filter(|(distance, _)| *distance <= reach)
        .min()
        .map(|(_, name)| name)
}

/// Levenshtein distance in characters; `usize::MAX` if a text is over 100 bytes.
fn edit_distance(left: &str, right: &str) -> usize {
    if left.len() > 100 || right.len() > 100 {
        return usize::MAX;
    }
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut corner = i;
        let mut before = i + 1;
        let mut next = vec![before];
        for (b, above) in right.iter().zip(row.iter().skip(1)) {
            let change = corner + usize::from(a != *b);
            corner = *above;
            before = change.min(above + 1).min(before + 1);
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// A family of problems: the kinds that one crate reports, and the catalogue with
/// their texts. [`codes!`](crate::codes) implements it.
pub trait Family: Copy + Into<CodeName> {
    /// The stable name, such as `facts-type`.
    fn name(self) -> &'static str;

    /// The catalogue with the entry `<name>` and, if there is something to do,
    /// `<name>.help`.
    fn messages() -> &'static Messages;
}

/// The stable name of a kind of problem, whichever family it is of. Compare it
/// with a family's own enum: `problem.code == Code::FactsType`.
#[derive(Clone, Copy)]
pub struct CodeName {
    name: &'static str,
    messages: fn() -> &'static Messages,
}

impl CodeName {
    /// The name of `code` in its family; [`codes!`](crate::codes) calls this.
    #[must_use]
    pub fn of<C: Family>(code: C) -> Self {
        Self {
            name: code.name(),
            messages: C::messages,
        }
    }

    /// The name as text, for output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.name
    }
}

impl PartialEq for CodeName {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for CodeName {}

impl PartialOrd for CodeName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for CodeName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name.cmp(other.name)
    }
}

impl Serialize for CodeName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

impl Debug for CodeName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Debug::fmt(self.name, f)
    }
}

impl Display for CodeName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name)
    }
}

/// Declares a crate's enum of problems, each variant with its stable name.
///
/// ```
/// longma_core::messages!();
/// longma_core::codes! {
///     /// What the example reports.
///     pub enum Code {
///         FactsType = "facts-type",
///     }
/// }
/// # fn main() {
/// use longma_core::{Family, Place, Problem};
/// let problem = Problem::new(Code::FactsType, Place::None);
/// assert!(problem.code == Code::FactsType);
/// assert_eq!(problem.message().en, "this value is of the wrong type");
/// # }
/// ```
#[macro_export]
macro_rules! codes {
    ($(#[$meta:meta])* pub enum $family:ident { $($variant:ident = $name:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $family { $(#[doc = concat!("`", $name, "`")] $variant,)* }

        impl $family {
            /// All variants, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
        }

        impl $crate::Family for $family {
            fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            fn messages() -> &'static $crate::Messages {
                messages()
            }
        }

        impl std::fmt::Display for $family {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::Family::name(*self))
            }
        }

        impl From<$family> for $crate::CodeName {
            fn from(code: $family) -> Self {
                $crate::CodeName::of(code)
            }
        }

        impl PartialEq<$family> for $crate::CodeName {
            fn eq(&self, other: &$family) -> bool {
                *self == $crate::CodeName::of(*other)
            }
        }
    };
}

codes! {
    /// Every kind of problem that core reports.
    pub enum Code {
    ProblemsMore = "problems-more",
    PackedMagic = "packed-magic",
    PackedVersion = "packed-version",
    PackedSize = "packed-size",
    PackedBroken = "packed-broken",
    JsonSyntax = "json-syntax",
    JsonDuplicate = "json-duplicate",
    JsonDepth = "json-depth",
    JsonValues = "json-values",
    FactsSize = "facts-size",
    FactsSubject = "facts-subject",
    FactsType = "facts-type",
    FactsMissing = "facts-missing",
    FactsUnknownField = "facts-unknown-field",
    FactsEnum = "facts-enum",
    FactsInstant = "facts-instant",
    FactsNoOffset = "facts-no-offset",
    FactsFraction = "facts-fraction",
    FactsDate = "facts-date",
    FactsTimeRange = "facts-time-range",
    FactsBlank = "facts-blank",
    FactsPattern = "facts-pattern",
    FactsLength = "facts-length",
    FactsRange = "facts-range",
    FactsDecimals = "facts-decimals",
    FactsItems = "facts-items",
    FactsOrder = "facts-order",
    OverrideOfficers = "override-officers",
    RegionMissing = "region-missing",
    RegionInvalid = "region-invalid",
    RegionUnknown = "region-unknown",
    ReferenceSize = "reference-size",
    ReferenceUnknown = "reference-unknown",
    ReferenceCsv = "reference-csv",
    ReferenceStamp = "reference-stamp",
    ReferenceDigest = "reference-digest",
    ReferenceCut = "reference-cut",
    ReferenceCell = "reference-cell",
    ReferenceColumn = "reference-column",
    PlacesRow = "places-row",
    PlaceUnknown = "place-unknown",
    PlaceSeveral = "place-several",
    PlaceUnfinished = "place-unfinished",
    PlaceNear = "place-near",
    NoPack = "no-pack",
    MissingSection = "missing-section",
    SectionIncomplete = "section-incomplete",
    MissingReference = "missing-reference",
    UnknownDecision = "unknown-decision",
    RuleOperations = "rule-operations",
    EvaluationOperations = "evaluation-operations",
    EvaluationSize = "evaluation-size",
    RuleSize = "rule-size",
    RuleOverflow = "rule-overflow",
    RuleKinds = "rule-kinds",
    RuleWanted = "rule-wanted",
    RuleFunction = "rule-function",
    RuleAbsent = "rule-absent",
    RuleTime = "rule-time",
    RuleLevel = "rule-level",
    RuleColumn = "rule-column",
    RulePairs = "rule-pairs",
    RuleDays = "rule-days",
    RuleClock = "rule-clock",
    RuleFailed = "rule-failed",
    CausesMany = "causes-many",
    StatusSize = "status-size",
    InstantInvalid = "instant-invalid",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_message_and_a_help() {
        for code in Code::ALL {
            for key in [code.name().to_owned(), format!("{}.help", code.name())] {
                assert!(
                    messages().get(&key, &Args::NONE).is_some(),
                    "no message `{key}`"
                );
            }
        }
    }

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        let known = ["sampled_at", "reported_at", "result"];
        assert_eq!(nearest("sampledat", known), Some("sampled_at"));

        assert_eq!(nearest("resut", known), Some("result"));
        assert_eq!(nearest("temperature", known), None);
    }

    #[test]
    fn the_list_of_problems_is_capped_and_says_so() {
        let mut problems = Problems::default();
        for _ in 0..10_000 {
            problems.push(Problem::new(Code::JsonSyntax, Place::None));
        }
        assert_eq!(problems.as_slice().len(), limits::PROBLEMS + 1);
        let last = problems.into_iter().next_back().map(|p| p.code);
        assert_eq!(last, Some(CodeName::of(Code::ProblemsMore)));
    }
}
