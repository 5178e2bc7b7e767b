//! Records of several sources, corrections, and what can be contested, for
//! JavaScript. A dossier crosses as its JSON text: equal dossiers are equal texts.

use crate::around::{asked, value};
use crate::code::{Code, problem};
use crate::{Engine, Outcome, result};
use js_sys::JsString;
use longma_core::{Instant, Problems, Request};
use longma_records::appeal::appeal;
use longma_records::history::History;
use longma_records::merge::{Dossier, Ledger};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const RECORD_TYPES: &str = include_str!("../types/records.d.ts");

#[wasm_bindgen]
impl Engine {
    /// What one source says of a person: a dossier of one document.
    #[wasm_bindgen(unchecked_return_type = "Result<{ dossier: string }>")]
    #[must_use]
    pub fn dossier(&self, source: &str, facts: &str) -> JsValue {
        dossiers(Dossier::of(&self.catalogue, source, facts))
    }

    /// All that two dossiers say. The order changes nothing, nor does joining twice.
    #[wasm_bindgen(js_name = joinDossiers, unchecked_return_type = "Result<{ dossier: string }>")]
    #[must_use]
    pub fn join_dossiers(&self, one: &str, other: &str) -> JsValue {
        dossiers(
            self.known(one)
                .and_then(|one| Ok(one.join(&self.known(other)?))),
        )
    }

    /// A dossier with corrections, a JSON list: what was said, what it becomes, who
    /// answers for it and why.
    #[wasm_bindgen(js_name = correctDossier, unchecked_return_type = "Result<{ dossier: string }>")]
    #[must_use]
    pub fn correct_dossier(&self, dossier: &str, corrections: &str) -> JsValue {
        let known = self.known(dossier);
        dossiers(known.and_then(|known| known.corrected(&self.catalogue, corrections)))
    }

    /// The facts of a dossier, with the account of who stands behind each record.
    #[wasm_bindgen(unchecked_return_type = "Result<{ facts: string; ledger: Ledger }>")]
    #[must_use]
    pub fn merged(&self, dossier: &str) -> JsValue {
        let merged = self
            .known(dossier)
            .and_then(|it| it.merged(&self.catalogue));
        result(merged.map(|merged| {
            [
                ("facts", JsString::from(merged.facts_json()).into()),
                ("ledger", value(&merged.ledger)),
            ]
        }))
    }

    /// Every decision over all time, each stretch by what counts there: a pack says
    /// whether a correction holds from the start or from when it was made.
    #[wasm_bindgen(unchecked_return_type = "Result<{ history: History }>")]
    #[must_use]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "JavaScript hands over owned texts"
    )]
    pub fn history(&self, dossier: &str, region: Option<String>) -> JsValue {
        let request = Request {
            region: region.as_deref(),
            references: Some(&self.references),
            decisions: None,
        };
        let known = self.known(dossier);
        let history = known.and_then(|known| History::of(&self.catalogue, &known, request));
        result(history.map(|history| [("history", value(&history.view()))]))
    }

    /// What can be contested at an instant in seconds: each cause with the records
    /// it rests on, who states them, and what the person can do. `ledger` is the JSON
    /// text of the one that came with the facts.
    #[wasm_bindgen(unchecked_return_type = "Result<{ appeal: Appeal }>")]
    #[must_use]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "JavaScript hands over owned texts"
    )]
    pub fn appeal(
        &self,
        outcome: &Outcome,
        seconds: f64,
        ledger: Option<String>,
        decisions: Option<Vec<String>>,
    ) -> JsValue {
        let found = Instant::from_clock(seconds).and_then(|at| {
            let ledger: Option<Ledger> = match ledger {
                None => None,
                Some(text) => {
                    let read = serde_json::from_str(&text);
                    Some(read.map_err(|_| problem(Code::LedgerText, &[]))?)
                }
            };
            let names = asked(decisions.as_deref()).unwrap_or_default();
            Ok(appeal(
                &self.catalogue,
                &outcome.inner,
                ledger.as_ref(),
                &names,
                at,
            ))
        });
        result(found.map(|found| [("appeal", value(&found))]))
    }

    fn known(&self, dossier: &str) -> Result<Dossier, Problems> {
        Dossier::read(&self.catalogue, dossier)
    }
}

fn dossiers(dossier: Result<Dossier, Problems>) -> JsValue {
    result(dossier.map(|dossier| [("dossier", JsString::from(dossier.json()).into())]))
}
