//! Lists of persons and of clinics.

use crate::code::{Code, problem};
use longma_answer::{result, value};
use longma_core::{Instant, Problems};
use longma_device::Engine;
use longma_device::answer::day;
use longma_records::rollup;
use longma_records::screening::{self, Asked};
use wasm_bindgen::prelude::*;

/// Screens a grid worker's list in CSV: returns the persons by urgency and the rows that
/// could not be used. `received` is when the list arrived, in seconds. `region` applies
/// to rows that name none.
#[wasm_bindgen(unchecked_return_type = "Result<{ screened: Screened }>")]
#[must_use]
#[allow(
    clippy::needless_pass_by_value,
    reason = "JavaScript hands over owned texts"
)]
pub fn screen(engine: &Engine, csv: &str, received: f64, region: Option<String>) -> JsValue {
    let screened = Instant::from_clock(received)
        .map_err(Problems::from)
        .and_then(|received| {
            let asked = Asked {
                received,
                region: region.as_deref(),
                references: Some(engine.references()),
            };
            screening::screen(engine.catalogue(), csv, asked)
        });
    result(screened.map(|screened| [("screened", value(&screened))]))
}

/// The counts of clinics, added up by county, city and province. `clinics` is a JSON list
/// of facts documents. Both days are included, and at most 3653 of them.
#[wasm_bindgen(js_name = rollUp, unchecked_return_type = "Result<{ rollUp: RollUp }>")]
#[must_use]
pub fn roll_up(engine: &Engine, clinics: &str, from: &str, to: &str) -> JsValue {
    let rolled = day(from).and_then(|from| {
        let documents: Vec<serde_json::Map<_, _>> =
            serde_json::from_str(clinics.trim_start_matches('\u{feff}'))
                .map_err(|_| problem(Code::FactsList))?;
        rollup::roll_up(engine.catalogue().places(), &documents, from, day(to)?)
    });
    result(rolled.map(|rolled| [("rollUp", value(&rolled))]))
}
