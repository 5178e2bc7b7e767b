//! What JavaScript can hand over wrongly.

use longma_core::Problem;

longma_core::messages!();

longma_core::codes! {
    /// What JavaScript can hand over wrongly.
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
