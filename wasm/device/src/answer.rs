//! Reads the texts that JavaScript hands over. The office uses it too.

use crate::code::Code;
use js_sys::{JsString, Reflect};
use longma_answer::result;
use longma_core::{Date, Instant, Json, Members, Problem, Problems, Span};
use wasm_bindgen::prelude::*;

/// `{ ok: true, facts }` with the document as text, or `{ ok: false, problems }`.
#[must_use]
pub fn documents(facts: Result<Members, Problems>) -> JsValue {
    result(facts.map(|facts| {
        let text = Json::Object(facts).to_string();
        [("facts", JsString::from(text).into())]
    }))
}

/// Reads a facts document.
///
/// # Errors
/// If the text is not a JSON object, gives a name twice, or is too deep or too long.
pub fn object(facts: &str) -> Result<Members, Problems> {
    let facts = facts.trim_start_matches('\u{feff}');
    match Json::parse(facts, "facts") {
        Ok(Json::Object(members)) => Ok(members),
        Err(problem) if problem.code != longma_core::Code::JsonSyntax => Err(problem.into()),
        _ => Err(Problem::in_facts(Code::FactsObject, "").into()),
    }
}

/// The text in UTF-8 bytes.
#[wasm_bindgen(unchecked_return_type = "Result<{ text: string }>")]
#[must_use]
pub fn utf8(bytes: &[u8]) -> JsValue {
    let text = std::str::from_utf8(bytes);
    let text = text
        .map_err(|error| Problem::in_facts(Code::FactsUtf8, "").with("byte", error.valid_up_to()));
    result(text.map(|text| [("text", text.into())]))
}

/// Reads a day, `2022-07-08`.
///
/// # Errors
/// If the text is not a day.
pub fn day(text: &str) -> Result<Date, Problem> {
    Date::parse(text).map_err(|_| Problem::in_facts(Code::NotADay, "").with("found", text))
}

#[wasm_bindgen]
extern "C" {
    /// A window of time, `{ from, until }` in seconds.
    #[wasm_bindgen(typescript_type = "TimeWindow")]
    #[derive(Debug)]
    pub type TimeWindow;
}

/// Reads a window of time, `{ from, until }` in seconds. An end that is left out is open,
/// and without a window all of time is meant.
///
/// # Errors
/// If an end is not an instant, or the window ends before it begins.
pub fn window(given: Option<&TimeWindow>) -> Result<Option<Span>, Problem> {
    let Some(given) = given else {
        return Ok(None);
    };
    let end = |name: &str| {
        let end = Reflect::get(given, &name.into()).unwrap_or(JsValue::UNDEFINED);
        if end.is_undefined() || end.is_null() {
            return Ok(None);
        }
        Instant::from_clock(end.as_f64().unwrap_or(f64::NAN)).map(Some)
    };
    let span = Span::new(end("from")?, end("until")?);
    let empty = || Problem::in_facts(Code::WindowEmpty, "");
    span.map(Some).ok_or_else(empty)
}

/// The names of the decisions that are asked for.
#[must_use]
pub fn asked(decisions: Option<&[String]>) -> Option<Vec<&str>> {
    decisions.map(|names| names.iter().map(String::as_str).collect())
}
