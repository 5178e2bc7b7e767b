//! The problems of identity numbers.

longma_core::messages!();

longma_core::codes! {
    /// The problems of identity numbers.
    pub enum Code {
        IdentityNothing = "identity-nothing",
        IdentityRounded = "identity-rounded",
        IdentityForm = "identity-form",
        IdentityLength = "identity-length",
        IdentityCharacter = "identity-character",
        IdentityCheckDigit = "identity-check-digit",
        IdentityDay = "identity-day",
        IdentityBirthDate = "identity-birth-date",
        IdentitySex = "identity-sex",
        IdentityUnborn = "identity-unborn",
    }
}
