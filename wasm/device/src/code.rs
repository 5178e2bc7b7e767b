//! Codes for wrong input from JavaScript.

use longma_core::{Place, Problem};
use std::fmt::Display;

longma_core::messages!();

longma_core::codes! {
    /// What can be wrong with input from JavaScript.
    pub enum Code {
        FactsObject = "facts-object",
        NotADay = "not-a-day",
        ScanPresence = "scan-presence",
        SitePoint = "site-point",
        QrLength = "qr-length",
    }
}

/// A problem that concerns the whole input.
pub(crate) fn problem(code: Code, args: &[(&str, &dyn Display)]) -> Problem {
    Problem::new(code, Place::facts(""), args)
}
