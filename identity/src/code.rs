//! The problems of identity numbers.

use longma_core::{Place, Problem};
use std::fmt::Display;

longma_core::messages!();

longma_core::codes! {
    /// The problems of identity numbers.
    pub enum Code {
        IdentityLength = "identity-length",
        IdentityCharacter = "identity-character",
        IdentityCheckDigit = "identity-check-digit",
        IdentityDay = "identity-day",
        IdentityBirthDate = "identity-birth-date",
        IdentitySex = "identity-sex",
    }
}

/// A problem at a value of a facts document.
pub(crate) fn problem(
    code: Code,
    pointer: impl Into<String>,
    args: &[(&str, &dyn Display)],
) -> Problem {
    Problem::new(code, Place::facts(pointer), args)
}
