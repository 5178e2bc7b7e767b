//! Longma for offices, for JavaScript: everything in `longma-device`, plus records from
//! several sources and lists of persons and of clinics.
//!
//! The conventions of `longma-device` apply: data crosses as JSON text, failures are
//! returned, and an outcome keeps its facts. Operations that need the engine take it as
//! their first argument.

mod code;
mod lists;
mod records;

pub use code::Code;
pub use lists::{roll_up, screen};
pub use longma_device::*;
pub use records::{
    appeal, appeal_of_dossier, correct_dossier, dossier, history, join_dossiers, merged,
};

use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const RECORD_TYPES: &str = include_str!("../types/records.d.ts");
#[wasm_bindgen(typescript_custom_section)]
const LIST_TYPES: &str = include_str!("../types/lists.d.ts");
