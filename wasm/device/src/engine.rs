//! The engine: packs and tables in, outcomes out.

use crate::answer::{asked, result, value};
use crate::outcome::Outcome;
use longma_compile::Bundle;
use longma_core::{Catalogue, Instant, Problems, References, Request};
use longma_passes::proxy::wallet;
use wasm_bindgen::prelude::*;

/// An engine: rule packs, compiled and linked, with reference data.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Engine {
    catalogue: Catalogue,
    references: References,
}

#[wasm_bindgen]
impl Engine {
    /// Builds an engine from a bundle, as `longma bundle` writes it.
    #[wasm_bindgen(unchecked_return_type = "Result<{ engine: Engine }>")]
    #[must_use]
    pub fn load(bundle: &str) -> JsValue {
        let loaded = Bundle::read(bundle)
            .map_err(Problems::from)
            .and_then(longma_oracle::load);
        result(loaded.map(|catalogue| {
            let engine = Self {
                catalogue,
                references: References::none(),
            };
            [("engine", engine.into())]
        }))
    }

    /// Loads a reference table from CSV, in place of one of the same name.
    #[wasm_bindgen(
        js_name = addReference,
        unchecked_return_type = "Result<{ rows: number }>"
    )]
    pub fn add_reference(&mut self, name: &str, csv: &str) -> JsValue {
        result(self.catalogue.read_reference(name, csv).map(|table| {
            let rows = u32::try_from(table.len()).unwrap_or(u32::MAX);
            self.references.insert(table);
            [("rows", rows.into())]
        }))
    }

    /// Decides for all instants. Without a region the facts' own applies; without
    /// decisions all are decided, else only those that are named and what they need.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "JavaScript hands over owned texts"
    )]
    #[wasm_bindgen(unchecked_return_type = "Result<{ outcome: Outcome }>")]
    #[must_use]
    pub fn evaluate(
        &self,
        facts: &str,
        region: Option<String>,
        decisions: Option<Vec<String>>,
    ) -> JsValue {
        let asked = asked(decisions.as_deref());
        let request = Request {
            region: region.as_deref(),
            references: Some(&self.references),
            decisions: asked.as_deref(),
        };
        let outcome = self.catalogue.evaluate(facts, request);
        result(outcome.map(|inner| [("outcome", Outcome::of(inner).into())]))
    }

    /// As `evaluate`, for facts of which a part may be wrong: a section in which
    /// something is wrong counts as not known, and its problems travel in the
    /// outcome. `received` is when the document came in, in seconds.
    #[wasm_bindgen(unchecked_return_type = "Result<{ outcome: Outcome }>")]
    #[must_use]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "JavaScript hands over owned texts"
    )]
    pub fn decide(
        &self,
        facts: &str,
        received: f64,
        region: Option<String>,
        decisions: Option<Vec<String>>,
    ) -> JsValue {
        let asked = asked(decisions.as_deref());
        let request = Request {
            region: region.as_deref(),
            references: Some(&self.references),
            decisions: asked.as_deref(),
        };
        let decided = Instant::from_clock(received)
            .map_err(Problems::from)
            .and_then(|received| longma_inspect::decide(&self.catalogue, facts, request, received));
        result(decided.map(|inner| [("outcome", Outcome::of(inner).into())]))
    }

    /// What is wrong with a document that its schema cannot tell: times that have
    /// not come, times before birth, records that stand twice.
    #[wasm_bindgen(unchecked_return_type = "Result<{ found: Problem[] }>")]
    #[must_use]
    pub fn inspect(&self, facts: &str, received: f64) -> JsValue {
        let found = Instant::from_clock(received)
            .map(|received| longma_inspect::inspect(&self.catalogue, facts, received));
        result(found.map(|found| [("found", value(&found))]))
    }

    /// The cards of a person and of the dependants whose documents are given, at an
    /// instant in seconds. Each person is decided by their own facts alone.
    #[wasm_bindgen(unchecked_return_type = "Result<{ wallet: Wallet }>")]
    #[must_use]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "JavaScript hands over owned texts"
    )]
    pub fn wallet(&self, holder: &str, dependants: Vec<String>, seconds: f64) -> JsValue {
        let drawn = Instant::from_clock(seconds)
            .map_err(Problems::from)
            .and_then(|at| {
                let own = self.read(holder, at)?;
                let others: Result<Vec<_>, Problems> = dependants
                    .iter()
                    .map(|facts| self.read(facts, at))
                    .collect();
                let others = others?;
                let others: Vec<&longma_core::Outcome> = others.iter().collect();
                Ok(wallet(&own, &others, at))
            });
        result(drawn.map(|wallet| [("wallet", value(&wallet))]))
    }

    /// The packs that are loaded, by region and date.
    #[wasm_bindgen(unchecked_return_type = "PackInfo[]")]
    #[must_use]
    pub fn packs(&self) -> JsValue {
        value(&self.catalogue.packs())
    }
}

impl Engine {
    /// The packs, for other crates of WebAssembly.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The tables, for other crates of WebAssembly.
    #[must_use]
    pub fn references(&self) -> &References {
        &self.references
    }

    fn read(&self, facts: &str, at: Instant) -> Result<longma_core::Outcome, Problems> {
        let request = Request {
            references: Some(&self.references),
            ..Request::default()
        };
        longma_inspect::decide(&self.catalogue, facts, request, at)
    }
}
