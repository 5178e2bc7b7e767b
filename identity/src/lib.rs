//! Identity: reading, comparing and masking names and document numbers.
//!
//! Everything that joins records or draws cards compares names and numbers as this
//! crate folds them, and shows them as it [masks](mask) them.

mod code;
pub mod mask;
mod number;

pub use code::Code;
pub use number::{RESIDENT_ID, Told, check, name, number, read, says_a_sex, told};
