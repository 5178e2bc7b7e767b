//! Records from several sources, corrections, and what can be contested.
//!
//! A dossier crosses as its JSON text. Equal dossiers have equal texts.

use js_sys::JsString;
use longma_answer::{result, value};
use longma_core::{Instant, Problems, Request};
use longma_device::answer::asked;
use longma_device::{Engine, Outcome};
use longma_records::appeal::appeal as contested;
use longma_records::history::History;
use longma_records::merge::Dossier;
use wasm_bindgen::prelude::*;

/// A dossier of one document: what one source says about a person.
#[wasm_bindgen(unchecked_return_type = "Result<{ dossier: string }>")]
#[must_use]
pub fn dossier(engine: &Engine, source: &str, facts: &str) -> JsValue {
    dossiers(Dossier::of(engine.catalogue(), source, facts))
}

/// Everything that two dossiers say. The order does not matter, and joining a dossier
/// twice changes nothing.
#[wasm_bindgen(js_name = joinDossiers, unchecked_return_type = "Result<{ dossier: string }>")]
#[must_use]
pub fn join_dossiers(engine: &Engine, one: &str, other: &str) -> JsValue {
    dossiers(known(engine, one).and_then(|one| Ok(one.join(&known(engine, other)?))))
}

/// A dossier with corrections applied. `corrections` is a JSON list; each states what was
/// said, what it becomes, who is responsible and why.
#[wasm_bindgen(js_name = correctDossier, unchecked_return_type = "Result<{ dossier: string }>")]
#[must_use]
pub fn correct_dossier(engine: &Engine, dossier: &str, corrections: &str) -> JsValue {
    let known = known(engine, dossier);
    dossiers(known.and_then(|known| known.corrected(engine.catalogue(), corrections)))
}

/// The facts of a dossier, and a ledger of the sources of each record.
#[wasm_bindgen(unchecked_return_type = "Result<{ facts: string; ledger: Ledger }>")]
#[must_use]
pub fn merged(engine: &Engine, dossier: &str) -> JsValue {
    let merged = known(engine, dossier).and_then(|it| it.merged(engine.catalogue()));
    result(merged.map(|merged| {
        [
            ("facts", JsString::from(merged.facts_json()).into()),
            ("ledger", value(&merged.ledger)),
        ]
    }))
}

/// Every decision over all time. The pack in force says whether a correction counts from
/// the start or only from when it was made.
#[wasm_bindgen(unchecked_return_type = "Result<{ history: History }>")]
#[must_use]
#[allow(
    clippy::needless_pass_by_value,
    reason = "JavaScript hands over owned texts"
)]
pub fn history(engine: &Engine, dossier: &str, region: Option<String>) -> JsValue {
    let request = request(engine, region.as_deref());
    let known = known(engine, dossier);
    let history = known.and_then(|known| History::of(engine.catalogue(), &known, request));
    result(history.map(|history| [("history", value(&history.view()))]))
}

/// What a person can contest in an outcome at an instant in seconds: each cause with the
/// records it rests on, and what the person can do.
#[wasm_bindgen(unchecked_return_type = "Result<{ appeal: Appeal }>")]
#[must_use]
#[allow(
    clippy::needless_pass_by_value,
    reason = "JavaScript hands over owned texts"
)]
pub fn appeal(
    engine: &Engine,
    outcome: &Outcome,
    seconds: f64,
    decisions: Option<Vec<String>>,
) -> JsValue {
    let names = asked(decisions.as_deref()).unwrap_or_default();
    let found = Instant::from_clock(seconds)
        .map(|at| contested(engine.catalogue(), outcome.inner(), None, &names, at));
    result(found.map(|found| [("appeal", value(&found))]))
}

/// Like `appeal`, but for a dossier: the outcome is decided from its facts, and each record
/// comes with its sources. Outcome and ledger come from the same dossier, so they cannot
/// belong to different persons.
#[wasm_bindgen(js_name = appealOfDossier, unchecked_return_type = "Result<{ appeal: Appeal }>")]
#[must_use]
#[allow(
    clippy::needless_pass_by_value,
    reason = "JavaScript hands over owned texts"
)]
pub fn appeal_of_dossier(
    engine: &Engine,
    dossier: &str,
    seconds: f64,
    region: Option<String>,
    decisions: Option<Vec<String>>,
) -> JsValue {
    let names = asked(decisions.as_deref()).unwrap_or_default();
    let catalogue = engine.catalogue();
    let found = Instant::from_clock(seconds)
        .map_err(Problems::from)
        .and_then(|at| {
            let merged = known(engine, dossier)?.merged(catalogue)?;
            let request = request(engine, region.as_deref());
            let outcome = catalogue.evaluate(&merged.facts_json(), request)?;
            let ledger = Some(&merged.ledger);
            Ok(contested(catalogue, &outcome, ledger, &names, at))
        });
    result(found.map(|found| [("appeal", value(&found))]))
}

fn known(engine: &Engine, dossier: &str) -> Result<Dossier, Problems> {
    Dossier::read(engine.catalogue(), dossier)
}

fn request<'a>(engine: &'a Engine, region: Option<&'a str>) -> Request<'a> {
    Request {
        region,
        references: Some(engine.references()),
        decisions: None,
        window: None,
    }
}

fn dossiers(dossier: Result<Dossier, Problems>) -> JsValue {
    result(dossier.map(|dossier| [("dossier", JsString::from(dossier.json()).into())]))
}
