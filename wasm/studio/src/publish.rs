//! What comes before publishing: new packs, what changed in words, and who approved it.

use crate::code::{Code, problem};
use crate::desk::texts_of;
use js_sys::{JSON, JsString, Object};
use longma_answer::{result, value};
use longma_compile::texts::read;
use longma_core::Problem;
use longma_desk::approve::{self, Approver};
use longma_desk::template::{self, Request};
use wasm_bindgen::prelude::*;

/// What changed from one house of texts to another, by pack, in words.
#[wasm_bindgen(unchecked_return_type = "PackChanges[]")]
#[must_use]
pub fn changes(
    #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] before: &Object,
    #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] after: &Object,
) -> JsValue {
    let (before, after) = (texts_of(before), texts_of(after));
    value(&longma_desk::changes::changes(&before, &after))
}

/// Who approved each pack, and whether it is still what they approved.
#[wasm_bindgen(unchecked_return_type = "Approvals[]")]
#[must_use]
pub fn approvals(
    #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] texts: &Object,
) -> JsValue {
    value(&approve::approvals(&texts_of(texts)))
}

/// The text of a pack's `approvals.toml` with one more approval, at an instant. A problem's
/// place names the field that is wrong.
#[wasm_bindgen(unchecked_return_type = "Result<{ text: string }>")]
#[must_use]
pub fn approve(
    #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] texts: &Object,
    pack: &str,
    name: &str,
    office: &str,
    note: &str,
    at: &str,
) -> JsValue {
    let who = Approver {
        name,
        office,
        note,
        at,
    };
    let text = approve::approve(&texts_of(texts), pack, who);
    result(text.map(|text| [("text", JsString::from(text).into())]))
}

/// A new pack from a template, or carried on from an earlier one. `pack` is missing if the
/// request cannot be met; a finding's place names the field, in the file `request`.
#[wasm_bindgen(
    js_name = newPack,
    unchecked_return_type = "Result<{ pack?: NewPack; findings: Finding[] }>"
)]
#[must_use]
pub fn new_pack(
    #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] texts: &Object,
    #[wasm_bindgen(unchecked_param_type = "NewPackRequest")] request: &JsValue,
) -> JsValue {
    let json = JSON::stringify(request).map(String::from);
    let asked = json
        .ok()
        .and_then(|json| serde_json::from_str::<Request>(&json).ok());
    let Some(asked) = asked else {
        let refused: Result<[(&str, JsValue); 0], Problem> = Err(problem(Code::PackRequest));
        return result(refused);
    };
    let texts = texts_of(texts);
    let (pack, findings) = match template::pack(&asked, &read(&texts).bundle, &texts) {
        Ok(pack) => (value(&pack), value(&[(); 0])),
        Err(findings) => (JsValue::UNDEFINED, value(&findings)),
    };
    let answer: Result<_, Problem> = Ok([("pack", pack), ("findings", findings)]);
    result(answer)
}
