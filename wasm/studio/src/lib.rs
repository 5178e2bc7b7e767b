//! Longma for offices, for JavaScript: everything of `longma-device`, records of
//! several sources, and the policy desk.
//!
//! What is said in `longma-device` holds here: data crosses as JSON text, what can
//! fail is answered, and an outcome belongs to its facts. Operations take the engine
//! as their first argument.

mod code;
mod desk;
mod lists;
mod records;

pub use code::Code;
pub use desk::{book, check};
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
#[wasm_bindgen(typescript_custom_section)]
const DESK_TYPES: &str = include_str!("../types/desk.d.ts");
