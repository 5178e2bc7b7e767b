//! How answers are given to JavaScript: failures are returned and not thrown, and what is
//! shown crosses as JSON text, so that its bytes are those of native code.

use js_sys::{JSON, Object, Reflect};
use longma_core::Problems;
use serde::Serialize;
use serde_json::Serializer;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const RESULT_TYPES: &str = include_str!("../types/result.d.ts");
#[wasm_bindgen(typescript_custom_section)]
const OUTCOME_TYPES: &str = include_str!("../types/outcome.d.ts");

/// `{ ok: true, …members }`, or `{ ok: false, problems }`.
pub fn result<const N: usize>(
    outcome: Result<[(&str, JsValue); N], impl Into<Problems>>,
) -> JsValue {
    match outcome {
        Ok(members) => answer(Ok(&members)),
        Err(problems) => answer(Err(problems.into())),
    }
}

/// One copy for all numbers of members.
#[inline(never)]
fn answer(outcome: Result<&[(&str, JsValue)], Problems>) -> JsValue {
    let object = Object::new();
    // Setting a property of a fresh plain object cannot fail.
    let set = |name: &str, value: &JsValue| {
        let _ = Reflect::set(&object, &name.into(), value);
    };
    set("ok", &JsValue::from_bool(outcome.is_ok()));
    match outcome {
        Ok(members) => {
            for (name, value) in members {
                set(name, value);
            }
        }
        Err(problems) => set("problems", &value(&problems.as_slice())),
    }
    object.into()
}

/// A view for display, as a JavaScript value.
pub fn value(view: &impl Serialize) -> JsValue {
    written(&|to| view.serialize(to))
}

/// What writes a view into JSON bytes.
type Write<'a> = dyn Fn(&mut Serializer<&mut Vec<u8>>) -> serde_json::Result<()> + 'a;

/// One copy for all views.
#[inline(never)]
fn written(write: &Write<'_>) -> JsValue {
    let mut json = Vec::new();
    let done = write(&mut Serializer::new(&mut json));
    let text = done.ok().and_then(|()| String::from_utf8(json).ok());
    parsed(&text.unwrap_or_default())
}

/// JSON text as a JavaScript value.
#[must_use]
pub fn parsed(json: &str) -> JsValue {
    JSON::parse(json).unwrap_or(JsValue::NULL)
}
