//! Venues: their codes, visits to them, and digests of visits for exposure lists.
//!
//! Facts go in and come out as JSON text, so that a document is the same text
//! wherever it is stored.

use crate::answer::{documents, object};
use crate::code::Code;
use js_sys::JsString;
use longma_answer::result;
use longma_core::{Instant, Offset, Problem};
use longma_passes::door::{self, Presence};
use longma_passes::exposure;
use wasm_bindgen::prelude::*;

/// The text for a venue's QR code.
#[wasm_bindgen(js_name = venueQrText)]
#[must_use]
pub fn venue_qr_text(venue: &str) -> String {
    door::qr_text(venue)
}

/// Extracts the venue's code from the text that a camera read.
#[wasm_bindgen(js_name = venueOf, unchecked_return_type = "Result<{ venue: string }>")]
#[must_use]
pub fn venue_of(scanned: &str) -> JsValue {
    result(door::venue_of(scanned).map(|venue| [("venue", JsString::from(venue).into())]))
}

/// A person's facts with one more visit, which starts at an instant in seconds.
#[wasm_bindgen(unchecked_return_type = "Result<{ facts: string }>")]
#[must_use]
pub fn enter(facts: &str, venue: &str, seconds: f64, presence: &str) -> JsValue {
    documents(object(facts).and_then(|facts| {
        let presence = presence_of(presence)?;
        Ok(door::enter(
            facts,
            venue,
            Instant::from_clock(seconds)?,
            Offset::CHINA,
            presence,
        )?)
    }))
}

/// A person's facts after leaving a venue at an instant in seconds.
#[wasm_bindgen(unchecked_return_type = "Result<{ facts: string }>")]
#[must_use]
pub fn leave(facts: &str, venue: &str, seconds: f64) -> JsValue {
    documents(object(facts).and_then(|facts| {
        let now = Instant::from_clock(seconds)?;
        Ok(door::leave(facts, venue, now, Offset::CHINA)?)
    }))
}

/// A person's facts with a digest for every visit, to compare with a list of exposure
/// events that was published with this salt.
#[wasm_bindgen(js_name = withDigests, unchecked_return_type = "Result<{ facts: string }>")]
#[must_use]
pub fn with_digests(facts: &str, salt: &str) -> JsValue {
    documents(object(facts).and_then(|facts| Ok(exposure::with_digests(facts, salt)?)))
}

pub(crate) fn presence_of(name: &str) -> Result<Presence, Problem> {
    let mut all = Presence::ALL.into_iter();
    let found = all.find(|presence| presence.name() == name);
    found.ok_or_else(|| Problem::in_facts(Code::ScanPresence, "").with("found", name))
}
