//! Codes for wrong input from JavaScript.

longma_core::messages!();

longma_core::codes! {
    /// What can be wrong with input from JavaScript.
    pub enum Code {
        FactsObject = "facts-object",
        FactsUtf8 = "facts-utf8",
        NotADay = "not-a-day",
        WindowEmpty = "window-empty",
        ScanPresence = "scan-presence",
        SitePoint = "site-point",
        QrLength = "qr-length",
    }
}
