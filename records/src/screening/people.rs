//! Joins the rows of one document number into one person and decides that person.

use super::row::{Finding, PERSON, POSITIVE, Row, finding};
use super::urgency::Urgency;
use super::{Asked, DIFFERING, everywhere};
use crate::alike::told_apart;
use crate::code::Code;
use crate::inspect::decide;
use crate::merge::{Contradiction, Dossier};
use longma_core::{
    Args, Catalogue, Offset, Outcome, Problem, Problems, Reading, Request, Role, Severity, Stamp,
};
use longma_identity as identity;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// The roles decided for each person: what to do first, and the colour.
const ROLES: [Role; 2] = [Role::Urgency, Role::Face];

/// Most names of one number that are shown.
const NAMES: usize = 5;

/// A person to follow up.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Followed {
    /// The person's lines in the list.
    pub lines: Vec<u64>,
    /// The name, unmasked.
    pub name: String,
    /// The document number, unmasked.
    pub number: String,
    /// Telephones from the list, unmasked.
    pub phones: Vec<String>,
    /// Remarks from the list.
    pub remarks: Vec<String>,
    /// What to do first; `None` if the region has no such rules.
    pub triage: Option<Reading>,
    /// The colour.
    pub code: Option<Reading>,
    /// The first instant at which either changes.
    pub deadline: Option<Stamp>,
    /// The facts that were decided on.
    pub facts: Map<String, Json>,
    /// Notes on the rows: days without a time, incomplete records, repeated rows.
    pub notes: Vec<Finding>,
    /// Contradictions between rows, and what to do about them.
    pub contradictions: Vec<Contradiction>,
    /// Problems with what the list stated, as core and the rules report them.
    pub problems: Vec<Problem>,
    /// Sort key of the list.
    #[serde(skip)]
    pub(super) urgency: Urgency,
}

/// Joins rows, all of one document number, and decides the person.
///
/// # Errors
/// What prevents a decision, as findings for every row.
pub(super) fn follow(
    catalogue: &Catalogue,
    rows: Vec<Row>,
    asked: Asked<'_>,
) -> Result<Followed, Vec<Finding>> {
    let lines: Vec<u64> = rows.iter().map(|row| row.line).collect();
    let refuse = |problems: Problems| everywhere(&lines, problems.as_slice());
    let called: BTreeMap<String, &str> = rows.iter().map(|row| (name(row), said(row))).collect();
    if called.len() > 1 {
        let names: Vec<&str> = called.values().copied().take(NAMES).collect();
        let mut names = told_apart(&names);
        if called.len() > NAMES {
            names.push("…".to_owned());
        }
        let names = names.join(", ");
        let args = Args::of("n", called.len()).with("names", &names);
        let differs = |row: &Row| {
            let told = finding(row.line, Code::ScreenNames, &args);
            let rounded = row
                .notes
                .iter()
                .filter(|it| it.problem.code == Code::ScreenRounded);
            rounded.cloned().chain([told]).collect::<Vec<_>>()
        };
        return Err(rows.iter().flat_map(differs).collect());
    }
    let (distinct, twice) = distinct(&rows);
    if distinct.len() > DIFFERING {
        let many = |line: &u64| finding(*line, Code::ScreenMany, &Args::of("limit", DIFFERING));
        return Err(lines.iter().map(many).collect());
    }
    let (facts, contradictions) = joined(catalogue, &distinct).map_err(refuse)?;
    let text = serde_json::to_string(&facts).unwrap_or_default();
    let region = crate::document::at(&facts, "/identity/region").and_then(Json::as_str);
    let region = region.unwrap_or_default();
    let outcome = decided(catalogue, &text, region, asked).map_err(refuse)?;
    let in_role = |role| {
        let name = outcome.the_one_in(role, asked.received)?;
        outcome.reading(name, asked.received)
    };
    let [triage, code] = ROLES.map(in_role);
    let deadline = [&triage, &code].into_iter().flatten();
    let deadline = deadline.filter_map(|part| part.until.map(|until| until.instant));
    let deadline = deadline.min();
    let said = |pointer: &str| {
        let text = crate::document::at(&facts, pointer).and_then(Json::as_str);
        text.unwrap_or_default().to_owned()
    };
    Ok(Followed {
        urgency: Urgency::of(
            triage.as_ref(),
            code.as_ref(),
            deadline,
            is_positive(&facts),
        ),
        name: said("/identity/name"),
        number: said("/identity/document/number"),
        phones: texts(&rows, |row| row.phone.clone()),
        remarks: texts(&rows, |row| row.remark.clone()),
        triage,
        code,
        deadline: deadline.map(Stamp::at(Offset::CHINA)),
        notes: rows
            .into_iter()
            .flat_map(|row| row.notes)
            .chain(twice)
            .collect(),
        contradictions,
        problems: own(&outcome, &facts),
        lines,
        facts,
    })
}

/// The name of a row, normalized: two names under one number may be two people.
fn name(row: &Row) -> String {
    identity::name(said(row))
}

/// The name of a row as it is written.
fn said(row: &Row) -> &str {
    let name = crate::document::at(&row.facts, "/identity/name").and_then(Json::as_str);
    name.unwrap_or_default()
}

/// The distinct rows, with a note for each repeated one.
fn distinct(rows: &[Row]) -> (Vec<&Row>, Vec<Finding>) {
    let mut distinct: Vec<&Row> = Vec::new();
    let mut notes = Vec::new();
    for row in rows {
        match distinct.iter().find(|known| known.says_as(row)) {
            Some(first) => {
                let mut told = finding(row.line, Code::ScreenSame, &Args::of("first", first.line));
                told.problem.severity = Severity::Warning;
                notes.push(told);
            }
            None if distinct.len() > DIFFERING => {}
            None => distinct.push(row),
        }
    }
    (distinct, notes)
}

type Joined = (Map<String, Json>, Vec<Contradiction>);

/// One facts document from several rows, each row a source of its own.
fn joined(catalogue: &Catalogue, rows: &[&Row]) -> Result<Joined, Problems> {
    if let [row] = rows {
        return Ok((row.facts.clone(), Vec::new()));
    }
    let mut dossier = Dossier::default();
    for row in rows {
        let text = serde_json::to_string(&row.facts).unwrap_or_default();
        let source = format!("line-{}", row.line);
        dossier = dossier.join(&Dossier::of(catalogue, &source, &text)?);
    }
    let merged = dossier.merged(catalogue)?;
    Ok((merged.facts, merged.ledger.contradictions))
}

/// Decides what to do first and the colour; only one of them if the region lacks the other.
fn decided(
    catalogue: &Catalogue,
    text: &str,
    region: &str,
    asked: Asked<'_>,
) -> Result<Outcome, Problems> {
    let names = ROLES.into_iter();
    let names: Vec<&str> = names
        .flat_map(|role| catalogue.in_role(region, PERSON, role))
        .collect();
    let request = Request {
        region: None,
        references: asked.references,
        decisions: Some(&names),
        window: None,
    };
    decide(catalogue, text, request, asked.received)
}

/// The outcome's problems in sections that the list stated. Missing sections that a list
/// cannot state are expected.
fn own(outcome: &Outcome, facts: &Map<String, Json>) -> Vec<Problem> {
    let stated = |problem: &&Problem| match &problem.place {
        longma_core::Place::Facts { pointer } => {
            let section = pointer.split('/').nth(1).unwrap_or_default();
            facts.contains_key(section)
        }
        _ => false,
    };
    outcome.problems().iter().filter(stated).cloned().collect()
}

fn is_positive(facts: &Map<String, Json>) -> bool {
    crate::document::section(facts, "tests").any(|(_, test)| {
        let result = test.get("result").and_then(Json::as_str);
        result == Some(POSITIVE)
    })
}

/// Distinct texts of rows, sorted.
fn texts(rows: &[Row], of: impl Fn(&Row) -> Option<String>) -> Vec<String> {
    let mut texts: Vec<String> = rows.iter().filter_map(of).collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}
