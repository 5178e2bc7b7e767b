//! The problems of facts that their schema cannot express.

use longma_core::{Place, Problem};
use std::fmt::Display;

longma_core::messages!();

longma_core::codes! {
    /// The problems of facts that their schema cannot express.
    pub enum Code {
        FactsFuture = "facts-future",
        FactsBeforeBirth = "facts-before-birth",
        FactsTwice = "facts-twice",
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
