//! Cases: what the rules' sources require, as test data next to the rules.
//!
//! A case gives facts and, for chosen instants, the levels that the wording of the
//! source requires. A case that expects nothing could not fail, so it is an error.
//! [`read`] finds the cases among the texts of packs.

mod paste;
#[cfg(test)]
mod tests;
mod told;
mod words;

pub use paste::paste;
pub use told::Cited;
pub(crate) use told::Titles;
pub use words::Said;

use crate::code::Code;
use longma_compile::shape::{self, Mended, Value};
use longma_compile::texts::Texts;
use longma_core::order::Gather;
use longma_core::{
    Catalogue, CauseView, Instant, Localized, Outcome, PackId, Problem, Problems, References,
    Request, Schema, Status,
};
use longma_lang::finding::Finding;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// The folder of cases within a pack.
pub(crate) const FOLDER: &str = "cases/";

/// The columns of each reference table.
pub type Columns = BTreeMap<String, BTreeSet<String>>;

/// One case, ready to run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Case {
    /// The pack it belongs to.
    pub pack: String,
    /// The path of its file, as problems name it.
    pub file: String,
    /// The line of the file on which it begins, from 1.
    pub line: usize,
    /// Its position in the file, from 0.
    pub index: usize,
    /// Its name, a sentence.
    pub name: String,
    /// The facts document, as JSON text.
    pub facts: String,
    /// CSV texts of reference tables, by name.
    pub references: BTreeMap<String, String>,
    /// The expectations, one per instant.
    pub at: Vec<Expectation>,
    /// Codes of the problems for which the facts must be refused; empty if they must be
    /// accepted.
    pub problems: Vec<String>,
    /// Whether to run it again with every list of the facts reordered.
    pub shuffle: bool,
}

/// What is expected at one instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Expectation {
    /// The instant, as written.
    pub time: String,
    /// The expected level by decision.
    pub levels: BTreeMap<String, String>,
    /// The functions whose causes are active in those decisions, no more and no fewer.
    pub rules: Option<BTreeSet<String>>,
    /// The records that the active causes of those decisions rest on, no more and no fewer,
    /// as pointers: `/contacts/0`, and `risk_areas#/0` for a row of a table, from 0.
    pub because: Option<BTreeSet<String>>,
    /// The sources of the rules behind the active causes of those decisions, no more and no
    /// fewer.
    pub sources: Option<Cited>,
    /// Texts that stand in what a citizen reads of an active cause: in its caption or in what
    /// ends it, in any language.
    pub says: BTreeSet<String>,
    /// If a level is unknown: the highest certain one.
    pub at_least: Option<String>,
}

/// Why a case did not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The difference from what was expected.
    pub fault: Fault,
    /// The path of keys to the expectation in the case's file.
    pub key: Vec<String>,
    /// The instant, if the failure has one.
    pub time: Option<String>,
    /// Whether it happens only when the lists of the facts are reordered.
    pub shuffled: bool,
    /// The causes active at that instant.
    pub causes: Vec<CauseView>,
    /// Why something is unknown at that instant, or why the facts were refused.
    pub problems: Vec<Problem>,
}

/// A difference from what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The level is another one.
    Level {
        /// The decision.
        decision: String,
        /// The level that was expected.
        expected: Level,
        /// The level that came out.
        got: Level,
    },
    /// Other rules are active.
    Rules {
        /// The functions that were expected.
        expected: BTreeSet<String>,
        /// The functions that are active.
        got: BTreeSet<String>,
    },
    /// The active causes rest on other records.
    Evidence {
        /// Pointers to the records that were expected.
        expected: BTreeSet<String>,
        /// Pointers to the records that they rest on.
        got: BTreeSet<String>,
    },
    /// The rules behind the active causes cite other sources.
    Sources {
        /// The names of the sources that were expected.
        expected: BTreeSet<String>,
        /// The titles of the sources that are cited.
        got: BTreeSet<Localized>,
    },
    /// A citizen does not read what was expected.
    Says {
        /// The text that stands in no caption and in nothing that ends a cause.
        expected: String,
        /// What a citizen reads of each active cause.
        got: Vec<Localized>,
    },
    /// There is no such decision.
    NoDecision {
        /// The decision that was expected.
        decision: String,
        /// The decisions that exist.
        known: Vec<String>,
    },
    /// The instant cannot be read.
    Time,
    /// Facts were accepted that should have been refused.
    Accepted {
        /// The codes of the problems that were expected.
        expected: BTreeSet<String>,
    },
    /// Facts were refused although they should not have been, or for other reasons.
    Refused {
        /// The codes of the problems that were expected.
        expected: BTreeSet<String>,
        /// The codes of the actual problems.
        got: BTreeSet<String>,
    },
}

/// A level by name and, if it is unknown, the highest certain one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// The level, or `unknown`.
    pub level: String,
    /// The highest certain level.
    pub at_least: Option<String>,
}

/// The cases that could be read, and what is wrong with their texts.
#[derive(Debug, Clone, Default)]
pub struct Cases {
    /// The cases that could be read, by file and line.
    pub cases: Vec<Case>,
    /// The mistakes in the texts, each with its range.
    pub findings: Vec<Finding>,
    /// The places where a case has a substitute for a value that is wrong in its text.
    pub mended: Vec<Mended>,
}

/// Reads the cases among the texts of packs, `packs/…/cases/*.toml`. The table schemas
/// among the texts give the header of a table without rows.
///
/// ```
/// use longma_compile::texts::Texts;
/// let text = "[[case]]\nname = \"no contact\"\n\
///     at = [ { time = 2022-03-10T09:00:00+08:00, code = \"green\" } ]\n\
///     [[case]]\nname = \"expects nothing\"\n";
/// let file = "packs/62/2022-03-07/cases/code.toml".to_owned();
/// let read = longma_desk::case::read(&Texts::from([(file, text.to_owned())]));
/// assert_eq!(read.cases[0].pack, "62/2022-03-07");
/// assert_eq!(read.findings[0].code.as_str(), "case-expects-nothing");
/// ```
#[must_use]
pub fn read(texts: &Texts) -> Cases {
    let known = Known::of(texts);
    let mut all = Cases::default();
    for (path, text) in texts {
        if is_of_cases(path) {
            let read = read_file(path, text, &known);
            all.cases.extend(read.cases);
            all.findings.extend(read.findings);
            all.mended.extend(read.mended);
        }
    }
    all
}

/// Whether the path is of a case file.
fn is_of_cases(path: &str) -> bool {
    let inside = PackId::split(path).and_then(|(_, name)| name.strip_prefix(FOLDER));
    let name = inside.and_then(|name| name.strip_suffix(".toml"));
    name.is_some_and(|name| !name.contains('/'))
}

/// What the texts beside a case say of what it names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    columns: Columns,
    titles: Titles,
}

impl Known {
    pub(crate) fn of(texts: &Texts) -> Self {
        Self {
            columns: columns(texts),
            titles: Titles::of(texts),
        }
    }

    /// The same, with the tables of a catalogue.
    pub(crate) fn with_columns(texts: &Texts, columns: Columns) -> Self {
        Self {
            columns,
            titles: Titles::of(texts),
        }
    }
}

/// The columns of each table whose schema is among the texts.
fn columns(texts: &Texts) -> Columns {
    let tables = texts.iter().filter_map(|(path, text)| {
        let table = path.strip_prefix("reference/")?;
        let table = table.strip_suffix(".schema.json")?;
        let schema = Schema::read_partly(text, path).0?;
        let columns = schema.root().names().map(str::to_owned).into_set();
        Some((table.to_owned(), columns))
    });
    tables.into_map()
}

/// Reads one case file; `known` gives the header of a table without rows, and titles.
pub(crate) fn read_file(path: &str, text: &str, known: &Known) -> Cases {
    let (pack, _) = PackId::split(path).unwrap_or_default();
    let read = shape::read(path, text, |top| {
        top.table(|keys| {
            let base = keys.or_default("base", Value::object);
            let tables = keys.or_default("base_reference", tables);
            let cases = keys.need("case").list(|case| case).into_iter();
            let cases = cases.enumerate().filter_map(|(index, value)| {
                let place = Case {
                    pack: pack.to_owned(),
                    file: path.to_owned(),
                    line: value.line(),
                    index,
                    name: String::new(),
                    facts: String::new(),
                    references: BTreeMap::new(),
                    at: Vec::new(),
                    problems: Vec::new(),
                    shuffle: false,
                };
                written(&value, place, base.clone(), tables.clone(), known)
            });
            cases.collect()
        })
    });
    Cases {
        cases: read.value.unwrap_or_default(),
        findings: read.findings,
        mended: read.mended,
    }
}

/// Rows by table name.
type Tables = BTreeMap<String, Vec<Map<String, Json>>>;

fn tables(value: Value<'_>) -> Tables {
    value.map(|rows| rows.list(Value::object))
}

/// Reads one case on top of what its file says for all cases; `None` if the case could
/// not fail.
fn written(
    value: &Value<'_>,
    place: Case,
    mut facts: Map<String, Json>,
    mut rows: Tables,
    known: &Known,
) -> Option<Case> {
    let pack = place.pack.clone();
    let at = |it: Value<'_>| expectation(it, &pack, &known.titles);
    let columns = &known.columns;
    let case = value.clone().table(|keys| {
        let name = keys.need("name").text();
        facts.extend(keys.or_default("facts", Value::object));
        for section in keys.or_default("absent", Value::texts::<Vec<_>>) {
            facts.remove(&section);
        }
        rows.extend(keys.or_default("reference", tables));
        for table in keys.or_default("absent_reference", Value::texts::<Vec<_>>) {
            rows.remove(&table);
        }
        Case {
            name,
            facts: Json::Object(facts).to_string(),
            references: rows
                .iter()
                .map(|(name, rows)| (name.clone(), csv(rows, columns.get(name))))
                .into_map(),
            shuffle: keys.or_default("shuffle", Value::truth),
            at: keys.or_default("at", |it| it.list(at)),
            problems: keys.or_default("problems", Value::texts),
            ..place
        }
    });
    if case.can_fail() {
        return Some(case);
    }
    // If a part could not be read, the expectation may be in that part.
    if !value.is_mended() {
        value.refuse(Code::CaseExpectsNothing);
    }
    None
}

fn expectation(value: Value<'_>, pack: &str, titles: &Titles) -> Expectation {
    value.table(|keys| Expectation {
        time: keys.need("time").text(),
        rules: keys.may("rules").map(Value::texts),
        because: keys.may("because").map(Value::texts),
        sources: keys.may("sources").map(|it| titles.cited(pack, it.texts())),
        says: keys.or_default("says", Value::texts),
        at_least: keys.may("at_least").map(Value::text),
        levels: keys
            .others()
            .into_iter()
            .map(|(decision, level)| (decision, level.text()))
            .into_map(),
    })
}

/// The rows of a case as CSV for the core.
fn csv(rows: &[Map<String, Json>], known: Option<&BTreeSet<String>>) -> String {
    let mut columns: BTreeSet<&str> = rows
        .iter()
        .flat_map(|row| row.keys().map(String::as_str))
        .into_set();
    // A table without rows still needs its columns.
    if rows.is_empty() {
        columns.extend(known.into_iter().flatten().map(String::as_str));
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    let cell = |value: Option<&Json>| match value {
        None => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    // Writing to memory cannot fail.
    let _ = writer.write_record(&columns);
    for row in rows {
        let _ = writer.write_record(columns.iter().map(|column| cell(row.get(*column))));
    }
    writer
        .into_inner()
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_default()
}

impl Case {
    fn can_fail(&self) -> bool {
        let expects_levels = !self.at.is_empty() && self.at.iter().all(|at| !at.levels.is_empty());
        let refused = !self.problems.is_empty() && self.at.is_empty();
        expects_levels || refused
    }

    /// The decisions that it asks about, each as often as it does.
    pub fn asked(&self) -> impl Iterator<Item = &str> {
        let levels = self.at.iter().flat_map(|it| it.levels.keys());
        levels.map(String::as_str)
    }

    /// Evaluates the case's facts as given.
    ///
    /// # Errors
    /// The problems of its tables or facts.
    pub fn evaluate(&self, catalogue: &Catalogue) -> Result<Outcome, Problems> {
        self.evaluate_facts(catalogue, &self.facts)
    }

    /// The case's tables.
    ///
    /// # Errors
    /// The problems of the tables.
    pub fn tables(&self, catalogue: &Catalogue) -> Result<References, Problems> {
        crate::tables::read(catalogue, &self.references)
    }

    fn evaluate_facts(&self, catalogue: &Catalogue, facts: &str) -> Result<Outcome, Problems> {
        let references = self.tables(catalogue)?;
        let request = Request {
            region: None,
            references: Some(&references),
            ..Request::default()
        };
        catalogue.evaluate(facts, request)
    }

    /// Runs the case and returns its failures; empty if it passed.
    #[must_use]
    pub fn run(&self, catalogue: &Catalogue) -> Vec<Failure> {
        self.tried(catalogue).1
    }

    /// Runs the case: its outcome with the facts as given, and its failures.
    pub(crate) fn tried(&self, catalogue: &Catalogue) -> (Result<Outcome, Problems>, Vec<Failure>) {
        let outcome = self.evaluate(catalogue);
        let mut failures = self.check(&outcome, None);
        if self.shuffle && failures.is_empty() {
            let given: Json = serde_json::from_str(&self.facts).unwrap_or_default();
            let turned = turn(given.clone()).to_string();
            let outcome = self.evaluate_facts(catalogue, &turned);
            failures = self.check(&outcome, Some(&given));
            for failure in &mut failures {
                failure.shuffled = true;
            }
        }
        (outcome, failures)
    }

    /// The failures; `turned` are the case's own facts if it ran with every list turned.
    fn check(&self, outcome: &Result<Outcome, Problems>, turned: Option<&Json>) -> Vec<Failure> {
        let expected: BTreeSet<String> = self.problems.iter().cloned().into_set();
        let failure = |fault, key: &str, problems| Failure {
            fault,
            key: self.key([key]),
            time: None,
            shuffled: false,
            causes: Vec::new(),
            problems,
        };
        match outcome {
            Ok(outcome) if expected.is_empty() => {
                let lines = self.at.iter().enumerate();
                lines
                    .flat_map(|(line, expectation)| {
                        let line = self.key(["at", &line.to_string()]);
                        expectation.check(outcome, &line, turned)
                    })
                    .collect()
            }
            Ok(_) => vec![failure(
                Fault::Accepted { expected },
                "problems",
                Vec::new(),
            )],
            Err(problems) => {
                let problems = problems.as_slice().to_vec();
                let got: BTreeSet<String> = problems.iter().map(|p| p.code.to_string()).into_set();
                if got == expected {
                    return Vec::new();
                }
                let key = if expected.is_empty() {
                    "facts"
                } else {
                    "problems"
                };
                vec![failure(Fault::Refused { expected, got }, key, problems)]
            }
        }
    }

    /// The path of keys from the top of the file, for `steps` inside the case.
    fn key<const N: usize>(&self, steps: [&str; N]) -> Vec<String> {
        let mut key = vec!["case".to_owned(), self.index.to_string()];
        key.extend(steps.map(str::to_owned));
        key
    }
}

impl Expectation {
    /// The failures of this expectation; `line` is its path of keys.
    fn check(&self, outcome: &Outcome, line: &[String], turned: Option<&Json>) -> Vec<Failure> {
        let failure = |fault, key: &str, active: &Active| Failure {
            fault,
            key: [line, &[key.to_owned()]].concat(),
            time: Some(self.time.clone()),
            shuffled: false,
            causes: active.causes.clone(),
            problems: active.problems.clone(),
        };
        let Ok(instant) = Instant::parse(&self.time) else {
            return vec![failure(Fault::Time, "time", &Active::default())];
        };
        let mut failures = Vec::new();
        let mut all = Active::default();
        for (decision, level) in &self.levels {
            let Some(status) = outcome.at(decision, instant) else {
                let known = outcome.decisions().keys().cloned().collect();
                let decision = decision.clone();
                let fault = Fault::NoDecision {
                    known,
                    decision: decision.clone(),
                };
                failures.push(failure(fault, &decision, &Active::default()));
                continue;
            };
            let active = Active::of(status, outcome);
            let (got, at_least) = (status.level_name(), status.at_least_name());
            let certain = self.at_least.is_none() || self.at_least.as_deref() == at_least;
            if got != level || !certain {
                let fault = Fault::Level {
                    decision: decision.clone(),
                    expected: Level {
                        level: level.clone(),
                        at_least: self.at_least.clone(),
                    },
                    got: Level {
                        level: got.to_owned(),
                        at_least: at_least.map(str::to_owned),
                    },
                };
                failures.push(failure(fault, decision, &active));
            }
            all.causes.extend(active.causes);
            all.problems.extend(active.problems);
        }
        if let Some(expected) = &self.rules {
            let got: BTreeSet<String> = all.causes.iter().map(|c| function(&c.rule)).into_set();
            if *expected != got {
                let expected = expected.clone();
                failures.push(failure(Fault::Rules { expected, got }, "rules", &all));
            }
        }
        if let Some(expected) = &self.because {
            let pointers = all.causes.iter().flat_map(|cause| &cause.evidence);
            let got: BTreeSet<String> = match turned {
                Some(given) => pointers.map(|it| unturned(it, given)).into_set(),
                None => pointers.cloned().into_set(),
            };
            if *expected != got {
                let expected = expected.clone();
                failures.push(failure(Fault::Evidence { expected, got }, "because", &all));
            }
        }
        let texts = self.texts(&all.causes).into_iter();
        failures.extend(texts.map(|(fault, key)| failure(fault, key, &all)));
        failures
    }
}

impl Expectation {
    /// What differs in the texts behind the active causes, each with its key.
    fn texts(&self, causes: &[CauseView]) -> Vec<(Fault, &'static str)> {
        let cited = self.sources.iter().filter(|it| !it.fits(causes));
        let cited = cited.map(|it| {
            let got = causes.iter().map(|cause| cause.source.clone()).into_set();
            let expected = it.names();
            (Fault::Sources { expected, got }, "sources")
        });
        let lacking = self.says.iter().filter(|it| !told::is_said(it, causes));
        let said = lacking.map(|text| {
            let texts = causes.iter().flat_map(|it| [&it.caption, &it.release]);
            let got = texts.cloned().collect();
            let expected = text.clone();
            (Fault::Says { expected, got }, "says")
        });
        cited.chain(said).collect()
    }
}

/// The causes and problems at an instant.
#[derive(Default)]
struct Active {
    causes: Vec<CauseView>,
    problems: Vec<Problem>,
}

impl Active {
    fn of(status: Status<'_>, outcome: &Outcome) -> Self {
        Self {
            causes: status.cause_views(outcome.offset()),
            problems: outcome.problems_of(status.stretch()).cloned().collect(),
        }
    }
}

/// The function in a rule's path; `manual` for a manual cause.
pub(crate) fn function(rule: &str) -> String {
    let name = match rule.strip_prefix("manual/") {
        Some(_) => "manual",
        None => rule.rsplit('/').next().unwrap_or(rule),
    };
    name.to_owned()
}

/// The document with every list reversed and then rotated by one.
fn turn(json: Json) -> Json {
    match json {
        Json::Array(items) => {
            let mut turned: Vec<Json> = items.into_iter().rev().map(turn).collect();
            if turned.len() > 2 {
                turned.rotate_left(1);
            }
            Json::Array(turned)
        }
        Json::Object(members) => {
            Json::Object(members.into_iter().map(|(k, v)| (k, turn(v))).collect())
        }
        other => other,
    }
}

/// Where the record at `pointer` of a turned document stood in `given`, before the turn.
fn unturned(pointer: &str, given: &Json) -> String {
    let mut place = given;
    let mut steps = Vec::new();
    for step in pointer.split('/').skip(1) {
        let mut step = step.to_owned();
        if let (Some(items), Ok(at)) = (place.as_array(), step.parse::<usize>()) {
            let count = items.len();
            let reversed = if count > 2 { (at + 1) % count } else { at };
            step = (count.saturating_sub(reversed + 1)).to_string();
        }
        place = match place {
            Json::Array(items) => step.parse().ok().and_then(|at: usize| items.get(at)),
            other => other.get(&step),
        }
        .unwrap_or(&Json::Null);
        steps.push(step);
    }
    let table = pointer.split('/').next().unwrap_or_default();
    std::iter::once(table.to_owned())
        .chain(steps)
        .collect::<Vec<_>>()
        .join("/")
}
