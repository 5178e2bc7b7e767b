//! What is wrong, as data: a code, a place, a message and a help in two languages.
//!
//! Nothing here names a Rust type or the script engine. Checking collects
//! problems in [`Problems`] and goes on; it stops only when the list is full.

use crate::limits;
use crate::text::{Localized, Messages, messages, same};
use serde::Serialize;
use std::fmt::Display;

/// Whether a problem stops the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    /// A member of a structured file, by its path of keys.
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
    /// No place of its own.
    None,
}

impl Place {
    pub(crate) fn file(file: &str, line: usize, column: usize) -> Self {
        Self::File {
            file: file.to_owned(),
            line,
            column,
        }
    }

    pub(crate) fn key<'a>(file: &str, key: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Key {
            file: file.to_owned(),
            key: key.into_iter().map(str::to_owned).collect(),
        }
    }

    pub(crate) fn facts(pointer: impl Into<String>) -> Self {
        Self::Facts {
            pointer: pointer.into(),
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Whether it stops the work.
    pub severity: Severity,
    /// A stable name for it, such as `facts-type`.
    pub code: String,
    /// What is wrong.
    pub message: Localized,
    /// What to do.
    pub help: Option<Localized>,
    /// Where it is.
    pub place: Place,
    /// What was expected there.
    pub expected: Option<Localized>,
    /// What was found there.
    pub found: Option<String>,
    /// The rule concerned, as `pack/decision/function`.
    pub rule: Option<String>,
}

impl Problem {
    pub(crate) fn new(code: Code, place: Place, args: &[(&str, &dyn Display)]) -> Self {
        Self::localized(code, place, &same(args))
    }

    /// As [`new`](Self::new), with arguments that differ by language.
    pub(crate) fn localized(code: Code, place: Place, args: &[(&str, Localized)]) -> Self {
        Self::told(messages(), code.name(), place, args)
    }

    /// A problem in the words of a catalogue: those of `code`, and of `code.help`
    /// where there are such.
    #[must_use]
    pub fn told(messages: &Messages, code: &str, place: Place, args: &[(&str, Localized)]) -> Self {
        let help: Vec<(&str, &Localized)> = args.iter().map(|(n, v)| (*n, v)).collect();
        Self {
            severity: Severity::Error,
            code: code.to_owned(),
            message: messages.say_localized(code, args),
            help: messages.get(&format!("{code}.help"), &help),
            place,
            expected: None,
            found: None,
            rule: None,
        }
    }

    /// A text of so many bytes does not fit into a QR code.
    #[must_use]
    pub fn qr_too_long(bytes: usize) -> Self {
        Self::new(Code::QrLength, Place::None, &[("size", &bytes)])
    }

    /// A facts document of so many bytes is more than [`limits::FACTS_BYTES`].
    #[must_use]
    pub fn facts_too_long(bytes: u64) -> Self {
        let args: [(&str, &dyn Display); 2] = [("size", &bytes), ("limit", &limits::FACTS_BYTES)];
        Self::new(Code::FactsSize, Place::facts(""), &args)
    }

    pub(crate) fn expecting(mut self, expected: Localized) -> Self {
        self.expected = Some(expected);
        self
    }

    pub(crate) fn finding(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }

    pub(crate) fn of_rule(mut self, rule: impl Into<String>) -> Self {
        self.rule = Some(rule.into());
        self
    }
}

/// All problems of one input, in the order found, capped at [`limits::PROBLEMS`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problems(Vec<Problem>);

impl Problems {
    pub(crate) fn push(&mut self, problem: Problem) {
        match self.0.len() {
            n if n < limits::PROBLEMS => self.0.push(problem),
            n if n == limits::PROBLEMS => self.0.push(Problem::new(
                Code::ProblemsMore,
                Place::None,
                &[("limit", &limits::PROBLEMS)],
            )),
            _ => {}
        }
    }

    pub(crate) fn extend(&mut self, problems: impl IntoIterator<Item = Problem>) {
        for problem in problems {
            self.push(problem);
        }
    }

    /// `value` when nothing is wrong, else all problems.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Self> {
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

    /// Whether nothing is wrong.
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

/// The name among `known` that `wrong` was most likely meant to be; `None` where
/// all are too far from it.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let reach = (wrong.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|name| (edit_distance(wrong, name), name))
        .filter(|(distance, _)| *distance <= reach)
        .min()
        .map(|(_, name)| name)
}

/// Levenshtein's distance, in characters; long texts are never near.
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

macro_rules! codes {
    ($($variant:ident = $name:literal,)*) => {
        /// Every kind of problem that core reports, by its stable name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Code { $($variant,)* }

        impl Code {
            #[cfg(test)]
            const ALL: &'static [Self] = &[$(Self::$variant,)*];

            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

codes! {
    ProblemsMore = "problems-more",
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
    SchemaKeyword = "schema-keyword",
    SchemaShape = "schema-shape",
    SchemaRef = "schema-ref",
    SchemaSibling = "schema-sibling",
    ReferenceSize = "reference-size",
    ReferenceUnknown = "reference-unknown",
    ReferenceCsv = "reference-csv",
    ReferenceColumn = "reference-column",
    BundleSyntax = "bundle-syntax",
    BundleFormat = "bundle-format",
    BundleSize = "bundle-size",
    PackId = "pack-id",
    PackDuplicate = "pack-duplicate",
    PackOffset = "pack-offset",
    PackTime = "pack-time",
    PackSpan = "pack-span",
    PackOverlap = "pack-overlap",
    PackSubject = "pack-subject",
    PackInherits = "pack-inherits",
    PackCycle = "pack-cycle",
    PackText = "pack-text",
    ParamUnit = "param-unit",
    ParamValue = "param-value",
    ParamNote = "param-note",
    SourceUnknown = "source-unknown",
    ScaleLevels = "scale-levels",
    ScaleColours = "scale-colours",
    DecisionRedeclared = "decision-redeclared",
    DecisionUndeclared = "decision-undeclared",
    DecisionNoScript = "decision-no-script",
    DecisionCycle = "decision-cycle",
    OverrideUndeclared = "override-undeclared",
    OverrideVoid = "override-void",
    ScriptSize = "script-size",
    ScriptSyntax = "script-syntax",
    ScriptForbidden = "script-forbidden",
    ScriptStatement = "script-statement",
    ScriptDuplicate = "script-duplicate",
    RuleParameter = "rule-parameter",
    RuleSource = "rule-source",
    RuleCaption = "rule-caption",
    CaptionVoid = "caption-void",
    CaptionPlaceholder = "caption-placeholder",
    NoPack = "no-pack",
    MissingSection = "missing-section",
    MissingReference = "missing-reference",
    UnknownDecision = "unknown-decision",
    RuleOperations = "rule-operations",
    EvaluationOperations = "evaluation-operations",
    RuleDepth = "rule-depth",
    RuleSize = "rule-size",
    RuleOverflow = "rule-overflow",
    RuleKinds = "rule-kinds",
    RuleField = "rule-field",
    RuleFunction = "rule-function",
    RuleVariable = "rule-variable",
    RuleCapture = "rule-capture",
    RuleTime = "rule-time",
    RuleLevel = "rule-level",
    RuleResult = "rule-result",
    RuleColumn = "rule-column",
    RuleIndex = "rule-index",
    RuleNested = "rule-nested",
    RulePairs = "rule-pairs",
    RuleFailed = "rule-failed",
    CausesMany = "causes-many",
    InstantInvalid = "instant-invalid",
    QrLength = "qr-length",
}

/// The codes of what packs can be refused for, and the schemas beside them, as
/// far as the desk does not tell it in words of its own.
#[must_use]
pub fn pack_codes() -> Vec<&'static str> {
    const OF_PACKS: &[Code] = &[
        Code::SchemaKeyword,
        Code::SchemaShape,
        Code::SchemaRef,
        Code::SchemaSibling,
        Code::PackId,
        Code::PackOffset,
        Code::PackTime,
        Code::PackSpan,
        Code::PackOverlap,
        Code::PackSubject,
        Code::PackInherits,
        Code::PackCycle,
        Code::PackText,
        Code::ParamUnit,
        Code::ParamValue,
        Code::ParamNote,
        Code::SourceUnknown,
        Code::ScaleLevels,
        Code::ScaleColours,
        Code::DecisionRedeclared,
        Code::DecisionUndeclared,
        Code::DecisionNoScript,
        Code::DecisionCycle,
        Code::OverrideUndeclared,
        Code::OverrideVoid,
        Code::ScriptSize,
        Code::ScriptSyntax,
        Code::ScriptForbidden,
        Code::ScriptStatement,
        Code::ScriptDuplicate,
        Code::RuleSource,
        Code::RuleCaption,
        Code::CaptionVoid,
        Code::CaptionPlaceholder,
    ];
    OF_PACKS.iter().map(|code| code.name()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_message_and_a_help() {
        for code in Code::ALL {
            for key in [code.name().to_owned(), format!("{}.help", code.name())] {
                assert!(messages().get(&key, &[]).is_some(), "no message `{key}`");
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
            problems.push(Problem::new(Code::JsonSyntax, Place::None, &[]));
        }
        assert_eq!(problems.as_slice().len(), limits::PROBLEMS + 1);
        let last = problems.into_iter().next_back().map(|p| p.code);
        assert_eq!(last.as_deref(), Some("problems-more"));
    }
}
