//! The policy desk: checks packs and writes them as a book.

use js_sys::{Array, JsString, Object, Uint8Array};
use longma_answer::{result, value};
use longma_compile::Bundle;
use longma_compile::texts::{Texts, read};
use longma_core::order::Gather;
use longma_core::{Lang, Problem, Problems, Severity};
use longma_desk::book::{book as written, page};
use longma_desk::check::{check as found, check_house};
use wasm_bindgen::prelude::*;

/// Everything that is wrong with the packs of a bundle, even if they cannot be loaded.
/// `rules/findings.md` has a section for each code.
#[wasm_bindgen(unchecked_return_type = "Result<{ findings: Finding[] }>")]
#[must_use]
pub fn check(bundle: &str) -> JsValue {
    let bundle = Bundle::read(bundle);
    result(bundle.map(|bundle| [("findings", value(&found(&bundle)))]))
}

/// Everything that is wrong with packs as texts, by path: `packs/62/2022-03-07/pack.toml`,
/// `schema/person.schema.json`, with their cases. `bundle` is what `compile` takes;
/// it is missing while a finding is an error.
#[wasm_bindgen(
    js_name = checkTexts,
    unchecked_return_type = "{ ok: true; findings: Finding[]; bundle?: string }"
)]
#[must_use]
pub fn check_texts(
    #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] texts: &Object,
) -> JsValue {
    let texts = texts_of(texts);
    let house = read(&texts);
    let bundle = serde_json::to_string(&house.bundle).unwrap_or_default();
    let findings = check_house(house, &texts).findings;
    let wrong = findings.iter().any(|it| it.severity == Severity::Error);
    let bundle = if wrong {
        JsValue::UNDEFINED
    } else {
        bundle.into()
    };
    let answer: Result<_, Problem> = Ok([("findings", value(&findings)), ("bundle", bundle)]);
    result(answer)
}

/// Texts by path.
pub(crate) fn texts_of(texts: &Object) -> Texts {
    let entries = Object::entries(texts);
    let text = |entry: JsValue| {
        let entry = Array::from(&entry);
        let part = |index| entry.get(index).as_string().unwrap_or_default();
        (part(0), part(1))
    };
    entries.iter().map(text).into_map()
}

/// Compiles the packs of a bundle into what `Engine.load` takes. Without `places`, a rule
/// that fails is named without its place in the script, and the packs are a quarter
/// smaller.
#[wasm_bindgen(unchecked_return_type = "Result<{ packs: Uint8Array }>")]
#[must_use]
pub fn compile(bundle: &str, places: Option<bool>) -> JsValue {
    let packed = Bundle::read(bundle)
        .map_err(Problems::from)
        .and_then(|bundle| longma_compile::packed(&bundle, places.unwrap_or(true)));
    result(packed.map(|packed| [("packs", Uint8Array::from(packed.as_slice()).into())]))
}

/// The packs of a bundle as an HTML page to read or print, in Chinese unless `lang` is
/// `en`.
#[wasm_bindgen(unchecked_return_type = "Result<{ html: string }>")]
#[must_use]
pub fn book(bundle: &str, lang: &str) -> JsValue {
    let lang = if lang == "en" { Lang::En } else { Lang::ZhCn };
    let book = Bundle::read(bundle)
        .map_err(Problems::from)
        .and_then(|bundle| written(&bundle, &[], &[]));
    result(book.map(|book| [("html", JsString::from(page(&book, lang)).into())]))
}
