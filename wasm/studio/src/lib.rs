//! The policy desk, for JavaScript: checks, the language server, trials, comparisons and
//! what is published.
//!
//! The conventions of `longma-device` apply: data crosses as JSON text, and failures are
//! returned.

mod code;
mod compare;
mod desk;
mod publish;
mod server;
mod slips;
mod trial;

pub use code::Code;
pub use compare::Comparing;
pub use desk::{book, check, check_texts, compile};
pub use publish::{approvals, approve, changes, new_pack};
pub use server::LanguageServer;
pub use slips::Slips;
pub use trial::Trial;

use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const DESK_TYPES: &str = include_str!("../types/desk.d.ts");
#[wasm_bindgen(typescript_custom_section)]
const COMPARE_TYPES: &str = include_str!("../types/compare.d.ts");
#[wasm_bindgen(typescript_custom_section)]
const TRIAL_TYPES: &str = include_str!("../types/trial.d.ts");
#[wasm_bindgen(typescript_custom_section)]
const PUBLISH_TYPES: &str = include_str!("../types/publish.d.ts");
