//! The rules written by hand in Rust, for JavaScript: what an engine for these rules
//! alone would cost in WebAssembly. The rules are the native benchmark's own file.

#[path = "../../../src/by_hand.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the native benchmark uses all of it, from outside"
)]
mod by_hand;

use by_hand::{RiskAreas, at, decide};
use wasm_bindgen::prelude::*;

/// A list of risk areas.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Areas(RiskAreas);

/// Reads a list; `undefined` if it cannot be read.
#[wasm_bindgen(js_name = readAreas)]
#[must_use]
pub fn read_areas(csv: &str) -> Option<Areas> {
    RiskAreas::read(csv).map(Areas)
}

/// The positions of code, validity and gold on their scales, at an instant in seconds; -1
/// outside the span that the rules cover.
#[wasm_bindgen]
#[must_use]
pub fn levels(facts: &str, areas: &Areas, seconds: f64) -> Vec<i32> {
    #[allow(clippy::cast_possible_truncation, reason = "an instant in seconds")]
    let now = seconds as i64;
    let Ok(decided) = decide(facts, &areas.0) else {
        return Vec::new();
    };
    let level = |segments: &[by_hand::Segment]| at(segments, now).map_or(-1, i32::from);
    vec![
        level(&decided.code),
        level(&decided.validity),
        level(&decided.gold),
    ]
}
