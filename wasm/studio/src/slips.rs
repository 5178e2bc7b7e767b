//! Slips made on purpose in a pack, one after the other, so that a page can show how far it is.

use crate::desk::texts_of;
use js_sys::Object;
use longma_answer::{result, value};
use longma_core::{Args, Severity};
use longma_desk::check::check_texts;
use longma_desk::mutate::{Fate, House, Mutant};
use longma_desk::text::say;
use serde_json::json;
use wasm_bindgen::prelude::*;

/// On how many invented persons a slip that nobody noticed is tried.
const PERSONS: u64 = 400;

/// The slips of a pack, and who notices them.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Slips {
    house: House,
    left: std::vec::IntoIter<Mutant>,
    total: usize,
}

#[wasm_bindgen]
impl Slips {
    /// Makes at most `each` slips of each kind in each file of a pack. `slips` is missing if
    /// the packs have errors; the findings say which.
    #[wasm_bindgen(unchecked_return_type = "{ ok: true; slips?: Slips; findings: Finding[] }")]
    #[must_use]
    pub fn of(
        #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] texts: &Object,
        pack: &str,
        each: u32,
    ) -> JsValue {
        let texts = texts_of(texts);
        let mut findings = check_texts(&texts).findings;
        findings.retain(|it| it.severity == Severity::Error);
        let slips = if findings.is_empty() {
            let house = House::about(&texts, pack);
            let slips = house.slips(pack, usize::try_from(each).unwrap_or(usize::MAX));
            Self {
                house,
                total: slips.len(),
                left: slips.into_iter(),
            }
            .into()
        } else {
            JsValue::UNDEFINED
        };
        let answer: Result<_, longma_core::Problem> =
            Ok([("slips", slips), ("findings", value(&findings))]);
        result(answer)
    }

    /// How many there are.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn total(&self) -> u32 {
        u32::try_from(self.total).unwrap_or(u32::MAX)
    }

    /// Tries the next; nothing after the last.
    #[wasm_bindgen(unchecked_return_type = "Slip | undefined")]
    pub fn step(&mut self) -> JsValue {
        let Some(slip) = self.left.next() else {
            return JsValue::UNDEFINED;
        };
        let fate = self.house.fate(&slip);
        let case = (fate == Fate::Survived).then(|| self.house.shown(&slip, PERSONS, 1));
        value(&json!({
            "kind": say(&format!("slip.{}", slip.kind), &Args::NONE),
            "file": slip.file,
            "line": slip.line,
            "change": slip.change,
            "fate": fate,
            "case": case.flatten(),
        }))
    }
}
