//! What can be wrong with facts beside what their schema says.

use longma_core::{Place, Problem};
use std::fmt::Display;

longma_core::messages!();

longma_core::codes! {
    /// What can be wrong with facts beside what their schema says.
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
