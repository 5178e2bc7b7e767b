//! Codes for wrong input from JavaScript.

use longma_core::{Place, Problem};

longma_core::messages!();

longma_core::codes! {
    /// What can be wrong with input from JavaScript.
    pub enum Code {
        ComparePair = "compare-pair",
        CompareNoRules = "compare-no-rules",
        PackRequest = "pack-request",
        TrialTime = "trial-time",
    }
}

/// A problem that concerns the whole input.
pub(crate) fn problem(code: Code) -> Problem {
    Problem::new(code, Place::facts(""))
}
