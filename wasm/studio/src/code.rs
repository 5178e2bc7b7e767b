//! What JavaScript can hand over wrongly.

use longma_core::{Place, Problem};

longma_core::messages!();

longma_core::codes! {
    /// What JavaScript can hand over wrongly.
    pub enum Code {
        FactsList = "facts-list",
    }
}

/// A problem of the whole of what was handed over.
pub(crate) fn problem(code: Code) -> Problem {
    Problem::new(code, Place::facts(""))
}
