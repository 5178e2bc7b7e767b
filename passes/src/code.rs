//! What can be wrong at a door, with a venue, a site or a card.

longma_core::messages!();

longma_core::codes! {
    /// What can be wrong at a door, with a venue, a site or a card.
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
