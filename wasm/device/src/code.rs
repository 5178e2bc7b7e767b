//! Codes for wrong input from JavaScript.

use longma_core::Problem;

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

/// A problem of the whole of what was handed over.
pub(crate) fn problem(code: Code) -> Problem {
    Problem::in_facts(code, "")
}
