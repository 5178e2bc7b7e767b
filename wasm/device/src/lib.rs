//! Longma on a phone, for JavaScript: decides timelines, draws cards and handles doors.
//!
//! Data crosses as JSON text, which the core writes and the JavaScript engine parses,
//! so the bytes are the same as in native code. A failure is returned as
//! `{ ok: false, problems }`, not thrown. 64-bit integers never cross: instants are
//! RFC 3339 texts or seconds in a `number`.
//!
//! An outcome keeps the facts that it was decided from. No function takes an outcome
//! and those facts separately, so a card cannot show one person's level under another
//! person's name.
//!
//! Records from several sources are in `longma-office`, which also contains everything in
//! this crate; the policy desk is in `longma-studio`.

pub mod answer;
mod code;
mod door;
mod engine;
mod outcome;
mod qr;
mod sites;

pub use answer::{TimeWindow, utf8};
pub use code::Code;
pub use door::{enter, leave, venue_of, venue_qr_text, with_digests};
pub use engine::Engine;
pub use outcome::Outcome;
pub use qr::{qr_modules, qr_svg};
pub use sites::Sites;

use wasm_bindgen::prelude::*;

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
#[wasm_bindgen(typescript_custom_section)]
const PASSES_TYPES: &str = include_str!("../types/passes.d.ts");
