//! What this service refuses, and how it says so.

longma_core::messages!();

longma_core::codes! {
    /// What keeps the service from answering or from starting.
    pub enum Code {
        Config = "serve-config",
        ConfigValue = "serve-config-value",
        File = "serve-file",
        Random = "serve-random",
        Clock = "serve-clock",
        Threads = "serve-threads",
        Listen = "serve-listen",
        Database = "serve-database",
        Token = "serve-token",
        Issuer = "serve-issuer",
        Role = "serve-role",
        Unnamed = "serve-unnamed",
        Other = "serve-other",
        Officer = "serve-officer",
        Limit = "serve-limit",
        Busy = "serve-busy",
        Body = "serve-body",
        Media = "serve-media",
        Size = "serve-size",
        Timeout = "serve-timeout",
        Path = "serve-path",
        Method = "serve-method",
        Unknown = "serve-unknown",
        Nobody = "serve-nobody",
        Section = "serve-section",
        Many = "serve-many",
        Application = "serve-application",
        Pass = "serve-pass",
        Hours = "serve-hours",
        Early = "serve-early",
        Packs = "serve-packs",
        Unopened = "serve-unopened",
        Signer = "serve-signer",
        ChainRow = "serve-chain-row",
        ChainHead = "serve-chain-head",
        ChainStatement = "serve-chain-statement",
    }
}

/// A problem without a place.
pub(crate) fn problem(code: Code) -> longma_core::Problem {
    longma_core::Problem::new(code, longma_core::Place::None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use longma_core::{Args, Family};

    #[test]
    fn every_code_has_a_message_and_a_help() {
        for code in Code::ALL {
            for key in [code.name().to_owned(), format!("{}.help", code.name())] {
                assert!(messages().get(&key, &Args::NONE).is_some(), "{key}");
            }
        }
    }
}
