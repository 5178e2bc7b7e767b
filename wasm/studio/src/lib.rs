//! Longma for offices, for JavaScript: everything in `longma-device`, plus records from
//! several sources and the policy desk.
//!
//! The conventions of `longma-device` apply: data crosses as JSON text, failures are
//! returned, and an outcome keeps its facts. Operations that need the engine take it as
//! their first argument.

mod code;
mod compare;
mod desk;
mod lists;
mod publish;
mod records;
mod server;
mod slips;
mod trial;

pub use code::Code;
pub use compare::Comparing;
pub use desk::{book, check, check_texts, compile};
pub use lists::{roll_up, screen};
pub use longma_device::*;
pub use publish::{approvals, approve, changes, new_pack};
pub use records::{
    appeal, appeal_of_dossier, correct_dossier, dossier, history, join_dossiers, merged,
};
pub use server::LanguageServer;
pub use slips::Slips;
pub use trial::Trial;

use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const RECORD_TYPES: &str = include_str!("../types/records.d.ts");
#[wasm_bindgen(typescript_custom_section)]
const LIST_TYPES: &str = include_str!("../types/lists.d.ts");
#[wasm_bindgen(typescript_custom_section)]
const DESK_TYPES: &str = include_str!("../types/desk.d.ts");
#[wasm_bindgen(typescript_custom_section)]
const COMPARE_TYPES: &str = include_str!("../types/compare.d.ts");
#[wasm_bindgen(typescript_custom_section)]
const TRIAL_TYPES: &str = include_str!("../types/trial.d.ts");
#[wasm_bindgen(typescript_custom_section)]
const PUBLISH_TYPES: &str = include_str!("../types/publish.d.ts");
