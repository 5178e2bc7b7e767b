//! Both bodies of rules, compiled and interpreted, held against each other on one pack,
//! document and table.

use crate::scripts::{Example, TABLE};
use longma_core::{Catalogue, References, Request, Span};
use std::collections::BTreeMap;

/// Reference tables as CSV, by name.
pub type Tables = BTreeMap<String, String>;

/// Reads reference tables.
///
/// # Errors
/// The problems of the first table that cannot be read, as text.
pub fn tables(catalogue: &Catalogue, tables: &Tables) -> Result<References, String> {
    let mut references = References::none();
    for (name, csv) in tables {
        let table = catalogue.read_reference(name, csv);
        references.insert(table.map_err(|problems| problems.to_string())?);
    }
    Ok(references)
}

/// The outcome's JSON, or the problems as text.
#[must_use]
pub fn answer(catalogue: &Catalogue, facts: &str, given: &Tables, window: Option<Span>) -> String {
    let references = match tables(catalogue, given) {
        Ok(references) => references,
        Err(problems) => return problems,
    };
    let request = Request {
        references: Some(&references),
        window,
        ..Request::default()
    };
    match catalogue.evaluate(facts, request) {
        Ok(outcome) => outcome.json(),
        Err(problems) => problems.to_string(),
    }
}

/// Where two answers part.
#[must_use]
pub fn parted(a: &str, b: &str) -> String {
    let at = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let near = |text: &str| {
        let rest: Vec<u8> = text
            .bytes()
            .skip(at.saturating_sub(200))
            .take(600)
            .collect();
        String::from_utf8_lossy(&rest).into_owned()
    };
    format!("{}\n{}", near(a), near(b))
}

/// The first difference between both bodies for one drawn pack, document and table.
#[must_use]
pub fn differs(example: &Example) -> Option<String> {
    let read = longma_compile::texts::read(&example.texts);
    if !read.findings.is_empty() {
        return None;
    }
    let oracle = longma_oracle::load(&read.bundle).ok()?;
    let (compiled, _) = longma_compile::compile(&read.bundle).ok()?;
    compared(&oracle, &compiled, example)
}

/// The first difference between the outcomes of two catalogues of one drawn pack, the first
/// of which interprets it.
#[must_use]
pub fn compared(oracle: &Catalogue, compiled: &Catalogue, example: &Example) -> Option<String> {
    let given = Tables::from([(TABLE.to_owned(), example.rows.clone())]);
    let facts = example.facts.to_string();
    let interpreted = answer(oracle, &facts, &given, None);
    // How much a rule may do is the machine's own.
    if interpreted.contains("rule-operations") {
        return None;
    }
    let compiled = answer(compiled, &facts, &given, None);
    (interpreted != compiled).then(|| parted(&interpreted, &compiled))
}
