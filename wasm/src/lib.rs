//! Longma in WebAssembly: hardly more than the core's names for JavaScript.
//!
//! Data crosses as JSON text, which the core writes and the JavaScript engine
//! parses; so the bytes are the native ones. What can fail is answered as
//! `{ ok: false, problems }`. Sixty-four-bit integers stay on this side: instants
//! cross as RFC 3339 texts or as seconds in a `number`.

mod around;
mod code;
mod records;

pub use around::{Sites, enter, leave, roll_up_clinics, venue_of, venue_qr_text, with_digests};

use code::{Code, problem};
use js_sys::{JSON, Object, Reflect};
use longma_compile::Bundle;
use longma_core::{Catalogue, Instant, Problem, Problems, References, Request};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const OUTCOME_TYPES: &str = include_str!("../types/outcome.d.ts");
#[wasm_bindgen(typescript_custom_section)]
const FACTS_TYPES: &str = include_str!("../types/person.d.ts");
#[wasm_bindgen(typescript_custom_section)]
const VENUE_TYPES: &str = include_str!("../types/venue.d.ts");
#[wasm_bindgen(typescript_custom_section)]
const AREA_TYPES: &str = include_str!("../types/area.d.ts");
#[wasm_bindgen(typescript_custom_section)]
const CLINIC_TYPES: &str = include_str!("../types/clinic.d.ts");
#[wasm_bindgen(typescript_custom_section)]
const API_TYPES: &str = include_str!("../types/api.d.ts");

/// An engine: rule packs, compiled and linked, with reference data.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Engine {
    catalogue: Catalogue,
    references: References,
}

/// What the rules say of one subject, for all instants.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Outcome {
    inner: longma_core::Outcome,
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
        let asked = around::asked(decisions.as_deref());
        let request = Request {
            region: region.as_deref(),
            references: Some(&self.references),
            decisions: asked.as_deref(),
        };
        let outcome = self.catalogue.evaluate(facts, request);
        result(outcome.map(|inner| [("outcome", Outcome { inner }.into())]))
    }

    /// The packs that are loaded, by region and date.
    #[wasm_bindgen(unchecked_return_type = "PackInfo[]")]
    #[must_use]
    pub fn packs(&self) -> JsValue {
        parsed(&serde_json::to_string(&self.catalogue.packs()).unwrap_or_default())
    }
}

#[wasm_bindgen]
impl Outcome {
    /// The outcome as JSON text: the same bytes as the native engine's.
    #[must_use]
    pub fn json(&self) -> String {
        self.inner.json()
    }

    /// The outcome as a value.
    #[wasm_bindgen(unchecked_return_type = "OutcomeJson")]
    #[must_use]
    pub fn value(&self) -> JsValue {
        parsed(&self.inner.json())
    }

    /// Every decision's status at an instant, in seconds since the Unix epoch
    /// (`Date.now() / 1000`); a fraction is cut off.
    #[wasm_bindgen(unchecked_return_type = "Result<{ statuses: Record<string, Status> }>")]
    #[must_use]
    pub fn at(&self, seconds: f64) -> JsValue {
        result(Instant::from_clock(seconds).map(|instant| {
            let statuses = self.inner.views_at(instant);
            let text = serde_json::to_string(&statuses).unwrap_or_default();
            [("statuses", parsed(&text))]
        }))
    }
}

/// A text as a QR code, in SVG: dark modules on a light ground, quiet zone included.
#[wasm_bindgen(js_name = qrSvg, unchecked_return_type = "Result<{ svg: string }>")]
#[must_use]
pub fn qr_svg(text: &str) -> JsValue {
    let code = QrCode::with_error_correction_level(text, EcLevel::M);
    result(
        code.map(|code| {
            let svg = code.render::<svg::Color>().min_dimensions(256, 256).build();
            [("svg", svg.into())]
        })
        .map_err(|_| problem(Code::QrLength, &[("size", &text.len())])),
    )
}

/// `{ ok: true, …members }`, or `{ ok: false, problems }`.
fn result<const N: usize>(outcome: Result<[(&str, JsValue); N], impl Into<Problems>>) -> JsValue {
    let object = Object::new();
    // Setting a property of a fresh plain object cannot fail.
    let set = |name: &str, value: &JsValue| {
        let _ = Reflect::set(&object, &name.into(), value);
    };
    match outcome {
        Ok(members) => {
            set("ok", &JsValue::TRUE);
            for (name, value) in members {
                set(name, &value);
            }
        }
        Err(problems) => {
            let problems: Problems = problems.into();
            let list: &[Problem] = problems.as_slice();
            set("ok", &JsValue::FALSE);
            set(
                "problems",
                &parsed(&serde_json::to_string(list).unwrap_or_default()),
            );
        }
    }
    object.into()
}

/// JSON text as a JavaScript value.
fn parsed(json: &str) -> JsValue {
    JSON::parse(json).unwrap_or(JsValue::NULL)
}
