//! Cases: what the rules' source says, as data beside the rules.
//!
//! A case gives facts and, for chosen instants, the levels that the source's
//! words ask for. A case that expects nothing is an error: it could not fail.
//! Reading files and their syntax is the caller's; a [`CaseFile`] is what one says.

use longma_core::{
    Catalogue, CauseView, Instant, Outcome, Problem, Problems, References, Request, Status,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// The columns of each reference table.
pub type Columns = BTreeMap<String, BTreeSet<String>>;

/// One case, ready to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Case {
    /// The pack beside which it stands.
    pub pack: String,
    /// Its file, as the caller names it.
    pub file: String,
    /// Line of the file on which it begins, from 1.
    pub line: usize,
    /// Its position in the file, from 0.
    pub index: usize,
    /// A sentence.
    pub name: String,
    /// The facts document, as JSON text.
    pub facts: String,
    /// CSV texts of reference tables, by name.
    pub references: BTreeMap<String, String>,
    /// What is expected when.
    pub at: Vec<Expectation>,
    /// Codes of the problems for which the facts must be refused.
    pub problems: Vec<String>,
    /// Whether to run it again with every list turned around.
    pub shuffle: bool,
}

/// What is expected at one instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Expectation {
    /// When, as written.
    pub time: String,
    /// Level by decision.
    pub levels: BTreeMap<String, String>,
    /// Exactly the functions whose causes are active in those decisions.
    pub rules: Option<BTreeSet<String>>,
    /// Where a level is unknown: the highest certain one.
    pub at_least: Option<String>,
}

/// Why a case did not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What differs from what is expected.
    pub fault: Fault,
    /// The path of keys, in the case's file, of the expectation.
    pub key: Vec<String>,
    /// The instant, where the failure has one.
    pub time: Option<String>,
    /// Whether it happens only when every list of the facts is turned around.
    pub shuffled: bool,
    /// The causes active then.
    pub causes: Vec<CauseView>,
    /// Why something is unknown then, or why the facts were refused.
    pub problems: Vec<Problem>,
}

/// What differs from what is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Another level.
    Level {
        /// Of this decision.
        decision: String,
        /// The level that was expected.
        expected: Level,
        /// The level that came out.
        got: Level,
    },
    /// Other rules are active.
    Rules {
        /// Those that were expected.
        expected: BTreeSet<String>,
        /// Those that are active.
        got: BTreeSet<String>,
    },
    /// The rules have no such decision.
    NoDecision {
        /// The one that was expected.
        decision: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// The instant cannot be read.
    Time,
    /// Facts were accepted that should have been refused.
    Accepted {
        /// The codes of the problems that were expected.
        expected: BTreeSet<String>,
    },
    /// Facts were refused that should not have been, or for other reasons.
    Refused {
        /// The codes of the problems that were expected.
        expected: BTreeSet<String>,
        /// The codes of those that there are.
        got: BTreeSet<String>,
    },
}

/// A level by name and, where it is unknown, the highest certain one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// The level, or `unknown`.
    pub level: String,
    /// The highest certain level.
    pub at_least: Option<String>,
}

/// A file of cases, `cases/*.toml`, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseFile {
    #[serde(default)]
    base: Map<String, Json>,
    #[serde(default)]
    base_reference: BTreeMap<String, Vec<Map<String, Json>>>,
    case: Vec<RawCase>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCase {
    name: String,
    #[serde(default)]
    facts: Map<String, Json>,
    #[serde(default)]
    absent: Vec<String>,
    #[serde(default)]
    reference: BTreeMap<String, Vec<Map<String, Json>>>,
    #[serde(default)]
    absent_reference: Vec<String>,
    #[serde(default)]
    shuffle: bool,
    #[serde(default)]
    at: Vec<RawExpectation>,
    #[serde(default)]
    problems: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct RawExpectation {
    time: String,
    rules: Option<BTreeSet<String>>,
    at_least: Option<String>,
    #[serde(flatten)]
    levels: BTreeMap<String, String>,
}

impl CaseFile {
    /// The cases of the file `file` beside the pack `pack`; `line` says on which
    /// line of the file the case at a position begins, `columns` what stands above
    /// a table without rows. And the positions of those
    /// that expect nothing.
    pub fn cases(
        self,
        pack: &str,
        file: &str,
        columns: &Columns,
        line: impl Fn(usize) -> usize,
    ) -> (Vec<Case>, Vec<usize>) {
        let Self {
            base,
            base_reference,
            case,
        } = self;
        let (told, idle): (Vec<_>, Vec<_>) = case
            .into_iter()
            .enumerate()
            .partition(|(_, raw)| raw.can_fail());
        let cases = told
            .into_iter()
            .map(|(index, raw)| {
                let mut facts = base.clone();
                facts.extend(raw.facts);
                for section in &raw.absent {
                    facts.remove(section);
                }
                let mut tables = base_reference.clone();
                tables.extend(raw.reference);
                for table in &raw.absent_reference {
                    tables.remove(table);
                }
                Case {
                    pack: pack.to_owned(),
                    file: file.to_owned(),
                    line: line(index),
                    index,
                    name: raw.name,
                    facts: Json::Object(facts).to_string(),
                    references: tables
                        .iter()
                        .map(|(name, rows)| (name.clone(), csv(rows, columns.get(name))))
                        .collect(),
                    at: raw.at.into_iter().map(expectation).collect(),
                    problems: raw.problems,
                    shuffle: raw.shuffle,
                }
            })
            .collect();
        (cases, idle.into_iter().map(|(index, _)| index).collect())
    }
}

impl RawCase {
    fn can_fail(&self) -> bool {
        let expects_levels = !self.at.is_empty() && self.at.iter().all(|at| !at.levels.is_empty());
        let refused = !self.problems.is_empty() && self.at.is_empty();
        expects_levels || refused
    }
}

fn expectation(raw: RawExpectation) -> Expectation {
    Expectation {
        time: raw.time,
        levels: raw.levels,
        rules: raw.rules,
        at_least: raw.at_least,
    }
}

/// Rows written in a case, as the CSV that the core reads.
fn csv(rows: &[Map<String, Json>], known: Option<&BTreeSet<String>>) -> String {
    let mut columns: BTreeSet<&str> = rows
        .iter()
        .flat_map(|row| row.keys().map(String::as_str))
        .collect();
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
    /// Evaluates the case's facts, as given.
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
        let mut references = References::none();
        for (name, csv) in &self.references {
            references.insert(catalogue.read_reference(name, csv)?);
        }
        Ok(references)
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

    /// Runs the case and says how it failed; nothing when it passed.
    #[must_use]
    pub fn run(&self, catalogue: &Catalogue) -> Vec<Failure> {
        let mut failures = self.check(&self.evaluate(catalogue));
        if self.shuffle && failures.is_empty() {
            let turned = serde_json::from_str(&self.facts)
                .map(turn)
                .unwrap_or_default();
            let outcome = self.evaluate_facts(catalogue, &turned.to_string());
            failures = self.check(&outcome);
            for failure in &mut failures {
                failure.shuffled = true;
            }
        }
        failures
    }

    fn check(&self, outcome: &Result<Outcome, Problems>) -> Vec<Failure> {
        let expected: BTreeSet<String> = self.problems.iter().cloned().collect();
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
                        expectation.check(outcome, &line)
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
                let got: BTreeSet<String> = problems.iter().map(|p| p.code.to_string()).collect();
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

    /// A path of keys inside the case, as one from the top of its file.
    fn key<const N: usize>(&self, steps: [&str; N]) -> Vec<String> {
        let mut key = vec!["case".to_owned(), self.index.to_string()];
        key.extend(steps.map(str::to_owned));
        key
    }
}

impl Expectation {
    /// What differs at this line of the case, whose path of keys is `line`.
    fn check(&self, outcome: &Outcome, line: &[String]) -> Vec<Failure> {
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
            let got: BTreeSet<String> = all.causes.iter().map(|c| function(&c.rule)).collect();
            if *expected != got {
                let expected = expected.clone();
                failures.push(failure(Fault::Rules { expected, got }, "rules", &all));
            }
        }
        failures
    }
}

/// What is active at an instant.
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
fn function(rule: &str) -> String {
    let name = match rule.strip_prefix("manual/") {
        Some(_) => "manual",
        None => rule.rsplit('/').next().unwrap_or(rule),
    };
    name.to_owned()
}

/// The document with every list reversed and then turned by one.
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
