//! What keeps a gate from deciding.

use longma_core::{Args, Localized};

longma_core::messages!();

longma_core::codes! {
    /// What keeps a gate from deciding.
    pub enum Code {
        NoList = "gate-no-list",
        NoVenue = "gate-no-venue",
        NoRule = "gate-no-rule",
        Holder = "gate-holder",
    }
}

/// Words of the catalogue.
pub(crate) fn words(key: &str) -> Localized {
    messages().say(key, &Args::NONE)
}
