//! Compiled packs are held to the interpreter: both must say the same of every case and
//! of invented persons, or the packs are not published.

use crate::case::Case;
use crate::generate::{Generator, Scope};
use longma_compile::Bundle;
use longma_core::order::Gather;
use longma_core::{Catalogue, Problems, References, Request};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// A person about whom the two differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The facts, without what the difference does not need.
    pub facts: String,
    /// The outcome of the interpreter, as JSON, or its problems.
    pub interpreted: String,
    /// The outcome of the compiled packs.
    pub compiled: String,
}

/// What was compared, and the first difference.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Held {
    /// How many documents both decided about.
    pub compared: usize,
    /// The first difference, if there is one.
    pub difference: Option<Difference>,
}

/// Compares `compiled` with the interpreter on `cases`, and on `persons` invented ones
/// for each kind of subject.
///
/// # Errors
/// If the interpreter refuses the packs.
pub fn held(
    bundle: &Bundle,
    compiled: &Catalogue,
    cases: &[Case],
    persons: u64,
) -> Result<Held, Problems> {
    let interpreted = longma_oracle::load(bundle)?;
    let mut held = Held::default();
    let both = Both {
        interpreted: &interpreted,
        compiled,
    };
    let cases = cases
        .iter()
        .map(|case| (case.facts.clone(), case.references.clone()));
    let invented = invented(bundle, persons);
    for (facts, tables) in cases.chain(invented) {
        held.compared += 1;
        if both.differ(&facts, &tables).is_some() {
            held.difference = both.smallest(&facts, &tables);
            return Ok(held);
        }
    }
    Ok(held)
}

/// Tables as texts, by name.
type Tables = BTreeMap<String, String>;

/// Persons drawn around the boundaries of all packs, for each kind of subject, with tables
/// drawn for them.
#[must_use]
pub fn invented(bundle: &Bundle, persons: u64) -> Vec<(String, Tables)> {
    let subjects: BTreeSet<&str> = bundle
        .packs
        .iter()
        .map(|pack| pack.manifest.subject.as_str())
        .into_set();
    let mut all = Vec::new();
    for subject in subjects {
        let about = bundle
            .packs
            .iter()
            .filter(|pack| pack.manifest.subject == subject);
        let ids: BTreeSet<String> = about.map(|pack| pack.id.clone()).into_set();
        let scope = Scope::about(bundle, &ids, subject);
        let Some(generator) = scope.and_then(|scope| Generator::new(&scope, 1)) else {
            continue;
        };
        let tables = crate::tables::texts(generator.tables(), generator.columns());
        all.extend((0..persons).map(|at| (generator.person(at).to_string(), tables.clone())));
    }
    all
}

struct Both<'a> {
    interpreted: &'a Catalogue,
    compiled: &'a Catalogue,
}

impl Both<'_> {
    fn differ(&self, facts: &str, tables: &Tables) -> Option<Difference> {
        let interpreted = answer(self.interpreted, facts, tables);
        // How much a rule may do is the machine's own; the interpreter's is not compared.
        if interpreted.contains("\"rule-operations\"")
            || interpreted.contains("\"evaluation-operations\"")
        {
            return None;
        }
        let compiled = answer(self.compiled, facts, tables);
        // So is how much its rules may keep.
        if compiled.contains("\"evaluation-size\"") {
            return None;
        }
        (interpreted != compiled).then(|| Difference {
            facts: facts.to_owned(),
            interpreted,
            compiled,
        })
    }

    /// The difference of a person from whom everything is taken that it does not need:
    /// sections, then records.
    fn smallest(&self, facts: &str, tables: &Tables) -> Option<Difference> {
        let mut smallest = self.differ(facts, tables)?;
        while let Some(smaller) = smaller(&smallest.facts)
            .into_iter()
            .find_map(|facts| self.differ(&facts, tables))
        {
            smallest = smaller;
        }
        Some(smallest)
    }
}

/// The documents with one section, or one record of a section, less.
fn smaller(facts: &str) -> Vec<String> {
    let Ok(Json::Object(whole)) = serde_json::from_str(facts) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for (name, section) in &whole {
        if matches!(name.as_str(), "subject" | "identity") {
            continue;
        }
        let mut less = whole.clone();
        less.remove(name);
        all.push(Json::Object(less).to_string());
        let records = section.as_array().map_or(0, Vec::len);
        for at in 0..records {
            let mut less = whole.clone();
            if let Some(Json::Array(records)) = less.get_mut(name) {
                records.remove(at);
            }
            all.push(Json::Object(less).to_string());
        }
    }
    all
}

fn answer(catalogue: &Catalogue, facts: &str, tables: &Tables) -> String {
    let told = |problems: &Problems| serde_json::to_string(problems.as_slice()).unwrap_or_default();
    let mut references = References::none();
    for (name, csv) in tables {
        match catalogue.read_reference(name, csv) {
            Ok(table) => references.insert(table),
            Err(problems) => return told(&problems),
        }
    }
    let request = Request {
        references: Some(&references),
        ..Request::default()
    };
    match catalogue.evaluate(facts, request) {
        Ok(outcome) => outcome.json(),
        Err(problems) => told(&problems),
    }
}
