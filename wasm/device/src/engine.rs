//! The engine: takes packs and tables, returns outcomes.

use crate::answer::{TimeWindow, asked, window};
use crate::outcome::Outcome;
use longma_answer::{result, value};
use longma_core::{Catalogue, Instant, Named, Problems, References, Request, packed};
use longma_passes::policy::policy;
use longma_passes::proxy::wallet;
use wasm_bindgen::prelude::*;

/// An engine: compiled and linked rule packs with their reference tables.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Engine {
    catalogue: Catalogue,
    references: References,
}

#[wasm_bindgen]
impl Engine {
    /// Builds an engine from compiled packs that `longma bundle` has written.
    #[wasm_bindgen(unchecked_return_type = "Result<{ engine: Engine }>")]
    #[must_use]
    pub fn load(packs: &[u8]) -> JsValue {
        result(packed::read(packs).map(|catalogue| {
            let engine = Self {
                catalogue,
                references: References::none(),
            };
            [("engine", engine.into())]
        }))
    }

    /// Loads a reference table from CSV and replaces any table of the same name.
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

    /// Decides for all instants of `window`. Without `region`, the region in the facts
    /// applies. Without `decisions`, everything is decided; otherwise only the named
    /// decisions and those they need. Without `window`, all of time is meant; with one, rules
    /// that are in force outside of it alone are not run. What holds within it is the same. A
    /// number that no document can have is refused, and a section with a time before birth
    /// counts as not known.
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
        window: Option<TimeWindow>,
    ) -> JsValue {
        let asked = asked(decisions.as_deref());
        let request = self.request(region.as_deref(), asked.as_deref(), window.as_ref());
        let outcome =
            request.and_then(|request| longma_inspect::evaluate(&self.catalogue, facts, request));
        result(outcome.map(|inner| [("outcome", Outcome::of(inner).into())]))
    }

    /// Like `evaluate`, but accepts facts that are partly wrong: a section with an error
    /// counts as not known, and the outcome carries its problems. `received` is when the
    /// document arrived, in seconds.
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
        window: Option<TimeWindow>,
    ) -> JsValue {
        let asked = asked(decisions.as_deref());
        let decide = || {
            let received = Instant::from_clock(received)?;
            let request = self.request(region.as_deref(), asked.as_deref(), window.as_ref())?;
            longma_inspect::decide(&self.catalogue, facts, request, received)
        };
        let decided = decide();
        result(decided.map(|inner| [("outcome", Outcome::of(inner).into())]))
    }

    /// Finds errors in a document that its schema cannot detect: future times, times before
    /// birth, duplicate records. `received` is when the document arrived, in seconds.
    #[wasm_bindgen(unchecked_return_type = "Result<{ found: Problem[] }>")]
    #[must_use]
    pub fn inspect(&self, facts: &str, received: f64) -> JsValue {
        let found = Instant::from_clock(received)
            .map(|received| longma_inspect::inspect(&self.catalogue, facts, received));
        result(found.map(|found| [("found", value(&found))]))
    }

    /// The cards of a person and of dependants at an instant in seconds. `dependants` are
    /// their facts documents. Each person is decided from their own facts alone.
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

    /// The reference tables that decisions read, each with the names of those decisions.
    /// Without `decisions`, of all decisions.
    #[wasm_bindgen(js_name = tablesRead, unchecked_return_type = "Record<string, string[]>")]
    #[must_use]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "JavaScript hands over owned texts"
    )]
    pub fn tables_read(&self, decisions: Option<Vec<String>>) -> JsValue {
        let asked = asked(decisions.as_deref());
        let read = self.catalogue.tables_read(asked.as_deref());
        let read = read.iter().map(|(table, roots)| (table.as_str(), roots));
        value(&Named(read.collect()))
    }

    /// What is in force in a region at an instant in seconds, in the packs' words.
    #[wasm_bindgen(unchecked_return_type = "Result<{ policy: Policy }>")]
    #[must_use]
    pub fn policy(&self, region: &str, seconds: f64) -> JsValue {
        let at = Instant::from_clock(seconds);
        result(at.map(|at| [("policy", value(&policy(&self.catalogue, region, at)))]))
    }

    /// The loaded packs, by region and date.
    #[wasm_bindgen(unchecked_return_type = "PackInfo[]")]
    #[must_use]
    pub fn packs(&self) -> JsValue {
        value(&self.catalogue.packs())
    }
}

impl Engine {
    /// The packs, for other WebAssembly crates.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The reference tables, for other WebAssembly crates.
    #[must_use]
    pub fn references(&self) -> &References {
        &self.references
    }

    fn request<'a>(
        &'a self,
        region: Option<&'a str>,
        decisions: Option<&'a [&'a str]>,
        given: Option<&TimeWindow>,
    ) -> Result<Request<'a>, Problems> {
        Ok(Request {
            region,
            references: Some(&self.references),
            decisions,
            window: window(given)?,
        })
    }

    fn read(&self, facts: &str, at: Instant) -> Result<longma_core::Outcome, Problems> {
        let request = Request {
            references: Some(&self.references),
            ..Request::default()
        };
        longma_inspect::decide(&self.catalogue, facts, request, at)
    }
}
