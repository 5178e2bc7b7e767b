//! Who somebody is, as documents say it, and what others see of that.
//!
//! Numbers and names are compared as this crate folds them, and shown as it masks
//! them, by everything that joins records or draws cards.

mod code;
pub mod mask;
mod number;

pub use code::Code;
pub use number::{RESIDENT_ID, Told, check, name, number, read, says_a_sex, told};
