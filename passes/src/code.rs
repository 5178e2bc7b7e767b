//! The problems of doors, venues, sites and cards.

use longma_core::{Place, Problem};
use std::fmt::Display;

longma_core::messages!();

longma_core::codes! {
    /// The problems of doors, venues, sites and cards.
    pub enum Code {
        ProxyRefused = "proxy-refused",
        ScanText = "scan-text",
        ScanVisits = "scan-visits",
        ScanNoVisit = "scan-no-visit",
        ExposureSalt = "exposure-salt",
        SiteRow = "site-row",
        SitePoint = "site-point",
        SiteHours = "site-hours",
        SiteTwice = "site-twice",
        SiteMany = "site-many",
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
