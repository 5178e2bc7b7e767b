//! What can be wrong with signed documents and with keys.

use longma_core::{Args, Localized, Place, Problem};

longma_core::messages!();

longma_core::codes! {
    /// What can be wrong with signed documents and with keys.
    pub enum Code {
        CborSize = "cbor-size",
        CborCut = "cbor-cut",
        CborTrailing = "cbor-trailing",
        CborDepth = "cbor-depth",
        CborItems = "cbor-items",
        CborIndefinite = "cbor-indefinite",
        CborLong = "cbor-long",
        CborNumber = "cbor-number",
        CborKind = "cbor-kind",
        CborText = "cbor-text",
        CborKey = "cbor-key",
        CborOrder = "cbor-order",
        CborTwice = "cbor-twice",
        SealForm = "seal-form",
        SealHeader = "seal-header",
        SealPurpose = "seal-purpose",
        SealKey = "seal-key",
        SealAlgorithm = "seal-algorithm",
        SealMissing = "seal-missing",
        SealSignature = "seal-signature",
        SealTwice = "seal-twice",
        SealThreshold = "seal-threshold",
        SealSigners = "seal-signers",
        TextOther = "text-other",
        TextSize = "text-size",
        TextForm = "text-form",
        PassForm = "pass-form",
        PassEarly = "pass-early",
        PassExpired = "pass-expired",
        PassUnheld = "pass-unheld",
        PassHolder = "pass-holder",
        PassMoment = "pass-moment",
        PassGate = "pass-gate",
        PassSchema = "pass-schema",
        PassRevoked = "pass-revoked",
        StatementForm = "statement-form",
        SourcesForm = "sources-form",
        SourcesTwice = "sources-twice",
        TrustForm = "trust-form",
        TrustSeen = "trust-seen",
        TrustExpired = "trust-expired",
        TrustRollback = "trust-rollback",
        TrustForward = "trust-forward",
        TrustMixed = "trust-mixed",
        TrustSkipped = "trust-skipped",
        TrustRole = "trust-role",
        TrustFile = "trust-file",
        TrustDigest = "trust-digest",
        KeyForm = "key-form",
        KeyKind = "key-kind",
        KeyValue = "key-value",
        KeyWeak = "key-weak",
        KeyName = "key-name",
        KeyPrivate = "key-private",
        KeyPublic = "key-public",
        KeyPhone = "key-phone",
    }
}

/// A problem of the whole document.
pub(crate) fn problem(code: Code) -> Problem {
    Problem::new(code, Place::None)
}

/// Words of the catalogue.
pub(crate) fn words(key: &str) -> Localized {
    messages().say(key, &Args::NONE)
}
