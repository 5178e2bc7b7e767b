//! The problems of doors, venues, sites and cards.

longma_core::messages!();

longma_core::codes! {
    /// The problems of doors, venues, sites and cards.
    pub enum Code {
        ProxyRefused = "proxy-refused",
        ScanText = "scan-text",
        ScanVisits = "scan-visits",
        ScanNoVisit = "scan-no-visit",
        ExposureSalt = "exposure-salt",
        SiteColumns = "site-columns",
        SiteRow = "site-row",
        SitePoint = "site-point",
        SiteHours = "site-hours",
        SiteQueue = "site-queue",
        SiteTwice = "site-twice",
        SiteMany = "site-many",
    }
}
