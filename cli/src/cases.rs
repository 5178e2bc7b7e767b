//! Cases: what the rules' source says, as data beside the rules.
//!
//! A case gives facts and, for chosen instants, the levels that the source's
//! words ask for. A case that expects nothing is an error: it could not fail.

use crate::load::{Files, LoadError, SourceFile, shape};
use crate::toml::Toml;
use longma_core::{Catalogue, Instant, Outcome, Problems, References, Request, Status};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// One case, ready to run.
#[derive(Debug, Clone)]
pub struct Case {
    /// The pack beside which it stands.
    pub pack: String,
    /// Its file.
    pub file: PathBuf,
    /// Line of the file on which it begins, from 1.
    pub line: usize,
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
#[derive(Debug, Clone)]
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
    /// The instant, where the failure has one.
    pub time: Option<String>,
    /// What was expected.
    pub expected: String,
    /// What came out.
    pub got: String,
    /// The causes active then, as `level rule [evidence] from … until …`.
    pub causes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    #[serde(default)]
    base: Map<String, Json>,
    #[serde(default)]
    base_reference: BTreeMap<String, Vec<Map<String, Json>>>,
    case: Vec<RawCase>,
}

#[derive(Deserialize)]
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

#[derive(Deserialize)]
struct RawExpectation {
    time: String,
    rules: Option<BTreeSet<String>>,
    at_least: Option<String>,
    #[serde(flatten)]
    levels: BTreeMap<String, String>,
}

/// Reads the cases of the packs under `packs`, by file and line; of all packs,
/// or of those whose id begins with one of `only`. Their files are added to `files`.
///
/// # Errors
/// Every file that cannot be read, has the wrong shape or expects nothing.
pub fn read(packs: &Path, only: &[String], files: &mut Files) -> Result<Vec<Case>, Vec<LoadError>> {
    let mut cases = Vec::new();
    let mut errors = Vec::new();
    for path in case_files(packs) {
        let id = pack_id(packs, &path);
        if !only.is_empty() && !only.iter().any(|prefix| id.starts_with(prefix.as_str())) {
            continue;
        }
        match fs::read_to_string(&path) {
            Ok(text) => {
                let file = SourceFile {
                    path: path.clone(),
                    text,
                };
                match read_file(&id, &file) {
                    Ok(found) => cases.extend(found),
                    Err(error) => errors.push(error),
                }
                files.insert(path.display().to_string(), file);
            }
            Err(error) => errors.push(LoadError::Io(path, error)),
        }
    }
    if errors.is_empty() {
        Ok(cases)
    } else {
        Err(errors)
    }
}

/// `<packs>/<region>/<date>/cases/*.toml`, sorted.
fn case_files(packs: &Path) -> Vec<PathBuf> {
    let mut level = vec![packs.to_owned()];
    for _ in 0..2 {
        level = level.iter().flat_map(|folder| entries(folder)).collect();
    }
    let mut files: Vec<PathBuf> = level
        .iter()
        .flat_map(|pack| entries(&pack.join("cases")))
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    files.sort();
    files
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(folder).into_iter().flatten();
    read.filter_map(|entry| entry.ok().map(|e| e.path()))
        .collect()
}

fn pack_id(packs: &Path, file: &Path) -> String {
    let inside = file.strip_prefix(packs).unwrap_or(file);
    let parts: Vec<String> = inside
        .components()
        .take(2)
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    parts.join("/")
}

fn read_file(pack: &str, file: &SourceFile) -> Result<Vec<Case>, LoadError> {
    let raw: CaseFile = shape(file)?;
    let toml = Toml::parse(&file.text).map_err(|e| LoadError::Toml(file.clone(), e))?;
    let mut cases = Vec::with_capacity(raw.case.len());
    for (index, case) in raw.case.into_iter().enumerate() {
        let number = index.to_string();
        let span = toml.span(&["case", &number]).unwrap_or(0..0);
        let line = line_of(&file.text, span.start);
        let expects_levels = !case.at.is_empty() && case.at.iter().all(|at| !at.levels.is_empty());
        let refused = !case.problems.is_empty() && case.at.is_empty();
        if !expects_levels && !refused {
            return Err(LoadError::Shape {
                file: file.clone(),
                span,
                message: "a case needs `at`, each line with a decision, or `problems`".to_owned(),
            });
        }
        let mut facts = raw.base.clone();
        facts.extend(case.facts);
        for section in &case.absent {
            facts.remove(section);
        }
        let mut tables = raw.base_reference.clone();
        tables.extend(case.reference);
        for table in &case.absent_reference {
            tables.remove(table);
        }
        cases.push(Case {
            pack: pack.to_owned(),
            file: file.path.clone(),
            line,
            name: case.name,
            facts: Json::Object(facts).to_string(),
            references: tables
                .iter()
                .map(|(n, rows)| (n.clone(), csv(rows)))
                .collect(),
            at: case.at.into_iter().map(expectation).collect(),
            problems: case.problems,
            shuffle: case.shuffle,
        });
    }
    Ok(cases)
}

fn expectation(raw: RawExpectation) -> Expectation {
    Expectation {
        time: raw.time,
        levels: raw.levels,
        rules: raw.rules,
        at_least: raw.at_least,
    }
}

fn line_of(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|b| *b == b'\n').count() + 1
}

/// Rows written in a case, as the CSV that the core reads.
fn csv(rows: &[Map<String, Json>]) -> String {
    // A table without rows still needs its columns.
    let columns: BTreeSet<&str> = match rows {
        [] => [
            "province",
            "city",
            "county",
            "community",
            "level",
            "from",
            "until",
        ]
        .into(),
        rows => rows
            .iter()
            .flat_map(|row| row.keys().map(String::as_str))
            .collect(),
    };
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

    fn evaluate_facts(&self, catalogue: &Catalogue, facts: &str) -> Result<Outcome, Problems> {
        let mut references = References::none();
        for (name, csv) in &self.references {
            references.insert(catalogue.read_reference(name, csv)?);
        }
        let request = Request {
            region: None,
            references: Some(&references),
        };
        catalogue.evaluate(facts, request)
    }

    /// Runs the case and says how it failed; nothing when it passed.
    #[must_use]
    pub fn run(&self, catalogue: &Catalogue) -> Vec<Failure> {
        let mut failures = self.check(&self.evaluate(catalogue));
        if self.shuffle {
            let turned = serde_json::from_str(&self.facts)
                .map(turn)
                .unwrap_or_default();
            let outcome = self.evaluate_facts(catalogue, &turned.to_string());
            for mut failure in self.check(&outcome) {
                failure.got = format!("{} (with every list turned around)", failure.got);
                failures.push(failure);
            }
        }
        failures
    }

    fn check(&self, outcome: &Result<Outcome, Problems>) -> Vec<Failure> {
        let expected_codes: BTreeSet<&str> = self.problems.iter().map(String::as_str).collect();
        match outcome {
            Ok(outcome) if expected_codes.is_empty() => self
                .at
                .iter()
                .flat_map(|expected| expected.check(outcome))
                .collect(),
            Ok(_) => vec![Failure {
                time: None,
                expected: format!("facts refused with {}", self.problems.join(", ")),
                got: "facts accepted".to_owned(),
                causes: Vec::new(),
            }],
            Err(problems) => {
                let found: BTreeSet<&str> = problems
                    .as_slice()
                    .iter()
                    .map(|p| p.code.as_str())
                    .collect();
                if found == expected_codes {
                    return Vec::new();
                }
                let describe = problems
                    .as_slice()
                    .iter()
                    .map(|p| format!("{}: {} {:?}", p.code, p.message.en, p.place));
                vec![Failure {
                    time: None,
                    expected: if self.problems.is_empty() {
                        "facts accepted".to_owned()
                    } else {
                        format!("facts refused with {}", self.problems.join(", "))
                    },
                    got: "facts refused".to_owned(),
                    causes: describe.collect(),
                }]
            }
        }
    }
}

impl Expectation {
    fn check(&self, outcome: &Outcome) -> Vec<Failure> {
        let failure = |expected: String, got: String, causes| Failure {
            time: Some(self.time.clone()),
            expected,
            got,
            causes,
        };
        let Ok(instant) = Instant::parse(&self.time) else {
            return vec![failure(
                "a time with its offset".into(),
                self.time.clone(),
                Vec::new(),
            )];
        };
        let mut failures = Vec::new();
        let mut active: BTreeSet<String> = BTreeSet::new();
        let mut causes = Vec::new();
        for (decision, level) in &self.levels {
            let Some(status) = outcome.at(decision, instant) else {
                let got = "no such decision".to_owned();
                failures.push(failure(format!("{decision} {level}"), got, Vec::new()));
                continue;
            };
            active.extend(status.causes.iter().map(|cause| function(&cause.rule)));
            let told: Vec<String> = told(&status, outcome);
            let certain = self.at_least.is_none() || self.at_least == status.at_least;
            if status.level != *level || !certain {
                let least = |level: &str, least: &Option<String>| match least {
                    Some(least) => format!("{decision} {level}, at least {least}"),
                    None => format!("{decision} {level}"),
                };
                let expected = least(level, &self.at_least);
                let got = least(&status.level, &status.at_least);
                failures.push(failure(expected, got, told.clone()));
            }
            causes.extend(told);
        }
        if let Some(rules) = self.rules.as_ref().filter(|rules| **rules != active) {
            let names = |set: &BTreeSet<String>| {
                let names: Vec<&str> = set.iter().map(String::as_str).collect();
                format!("rules [{}]", names.join(", "))
            };
            failures.push(failure(names(rules), names(&active), causes));
        }
        failures
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

fn told(status: &Status, outcome: &Outcome) -> Vec<String> {
    let end = |time: &Option<String>| time.clone().unwrap_or_else(|| "…".to_owned());
    let causes = status.causes.iter().map(|cause| {
        format!(
            "{} {} [{}] {} – {}",
            cause.level,
            cause.rule,
            cause.evidence.join(" "),
            end(&cause.from),
            end(&cause.until)
        )
    });
    let problems = status
        .problems
        .iter()
        .filter_map(|index| outcome.problems().get(*index))
        .map(|problem| {
            format!(
                "{}: {} {:?}",
                problem.code, problem.message.en, problem.place
            )
        });
    causes.chain(problems).collect()
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
