//! A small pack and its person, and how answers are taken apart. The studio's tests
//! use it too.
#![allow(dead_code, reason = "no test program uses all of it")]

use js_sys::Reflect;
use longma_device::{Engine, Outcome};
use wasm_bindgen::JsValue;
use wasm_bindgen::convert::TryFromJsValue;

/// Two decisions, for persons with little in their facts.
pub(crate) const PACK: &str = include_str!("../two_decisions.json");
/// 2022-07-08T12:00:00+08:00.
pub(crate) const NOON: f64 = 1_657_252_800.0;

/// A bundle's packs, compiled.
pub(crate) fn packed(bundle: &str) -> Result<Vec<u8>, longma_core::Problems> {
    longma_compile::packed(&longma_compile::Bundle::read(bundle).unwrap(), true)
}

pub(crate) fn get(value: &JsValue, path: &[&str]) -> JsValue {
    path.iter().fold(value.clone(), |value, key| {
        Reflect::get(&value, &JsValue::from_str(key)).unwrap()
    })
}

pub(crate) fn text(value: &JsValue, path: &[&str]) -> String {
    let found = get(value, path);
    found
        .as_string()
        .unwrap_or_else(|| panic!("{path:?} of {value:?}"))
}

pub(crate) fn code_of(refused: &JsValue) -> String {
    text(refused, &["problems", "0", "code"])
}

pub(crate) fn engine() -> Engine {
    let loaded = Engine::load(&packed(PACK).unwrap());
    Engine::try_from_js_value(get(&loaded, &["engine"])).unwrap()
}

pub(crate) fn facts(tests: &str) -> String {
    format!(
        r#"{{"subject":"person","identity":{{"name":"测试甲乙","document":{{"type":"other","number":"TEST-000001"}}}},{tests}"contacts":[{{"last_contact":"2022-07-08T10:00:00+08:00"}}]}}"#
    )
}

pub(crate) fn outcome(facts: &str, decisions: Option<Vec<String>>) -> Outcome {
    let decided = engine().evaluate(facts, Some("620102".to_owned()), decisions, None);
    Outcome::try_from_js_value(get(&decided, &["outcome"])).unwrap()
}
