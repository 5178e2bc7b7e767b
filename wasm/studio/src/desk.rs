//! The policy desk: checks packs and writes them as a book.

use js_sys::JsString;
use longma_compile::Bundle;
use longma_core::{Lang, Problems};
use longma_desk::book::{book as written, page};
use longma_desk::check::check as found;
use longma_device::answer::{result, value};
use wasm_bindgen::prelude::*;

/// Everything that is wrong with the packs of a bundle, even if they cannot be loaded.
/// `rules/findings.md` has a section for each code.
#[wasm_bindgen(unchecked_return_type = "Result<{ findings: Finding[] }>")]
#[must_use]
pub fn check(bundle: &str) -> JsValue {
    let bundle = Bundle::read(bundle);
    result(bundle.map(|bundle| [("findings", value(&found(&bundle)))]))
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
