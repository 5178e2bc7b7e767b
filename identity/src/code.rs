//! What can be wrong with an identity number.

longma_core::messages!();

longma_core::codes! {
    /// What can be wrong with an identity number.
    pub enum Code {
        IdentityLength = "identity-length",
        IdentityCharacter = "identity-character",
        IdentityCheckDigit = "identity-check-digit",
        IdentityDay = "identity-day",
        IdentityBirthDate = "identity-birth-date",
        IdentitySex = "identity-sex",
    }
}
