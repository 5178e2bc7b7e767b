//! Identity: reading, comparing and masking names and document numbers.
//!
//! Everything that joins records or draws cards compares names and documents as this
//! crate does, and shows them as it [masks](mask) them. Rules compare numbers as
//! [`longma_core::number`] folds them, which this crate builds on.

mod code;
mod document;
pub mod mask;
mod name;
mod resident;

pub use code::Code;
pub use document::{Claim, Document, kind_of};
pub use name::name;
pub use resident::{RESIDENT_ID, Told, says_a_sex};
