//! The problem codes of this crate.

use longma_core::{Localized, Place, Problem};
use std::fmt::Display;

longma_core::messages!();

longma_core::codes! {
    /// Problems with roll-ups, dossiers, corrections, histories and screening lists.
    pub enum Code {
        RollupRegion = "rollup-region",
        RollupTwice = "rollup-twice",
        RollupCount = "rollup-count",
        MergeSource = "merge-source",
        MergeEmpty = "merge-empty",
        MergeSubject = "merge-subject",
        MergeOtherPerson = "merge-other-person",
        MergeDiffersRecords = "merge-differs-records",
        MergeDiffersField = "merge-differs-field",
        MergeDiffersCorrections = "merge-differs-corrections",
        DossierBytes = "dossier-bytes",
        DossierJson = "dossier-json",
        DossierFormat = "dossier-format",
        DossierSize = "dossier-size",
        DossierStatement = "dossier-statement",
        CorrectionJson = "correction-json",
        CorrectionMany = "correction-many",
        CorrectionSection = "correction-section",
        CorrectionIdentity = "correction-identity",
        CorrectionField = "correction-field",
        CorrectionDocument = "correction-document",
        CorrectionBlank = "correction-blank",
        CorrectionTime = "correction-time",
        CorrectionVoid = "correction-void",
        HistoryLong = "history-long",
        ScreenBytes = "screen-bytes",
        ScreenBinary = "screen-binary",
        ScreenRows = "screen-rows",
        ScreenColumns = "screen-columns",
        ScreenHeaders = "screen-headers",
        ScreenTwice = "screen-twice",
        ScreenQuote = "screen-quote",
        ScreenCells = "screen-cells",
        ScreenLong = "screen-long",
        ScreenFormula = "screen-formula",
        ScreenMissing = "screen-missing",
        ScreenRounded = "screen-rounded",
        ScreenRegion = "screen-region",
        ScreenWord = "screen-word",
        ScreenTime = "screen-time",
        ScreenFuture = "screen-future",
        ScreenOrder = "screen-order",
        ScreenTemperature = "screen-temperature",
        ScreenSymptom = "screen-symptom",
        ScreenTruth = "screen-truth",
        ScreenPool = "screen-pool",
        ScreenOrigin = "screen-origin",
        ScreenHeld = "screen-held",
        ScreenNames = "screen-names",
        ScreenMany = "screen-many",
        ScreenSame = "screen-same",
        ScreenDay = "screen-day",
        ScreenSerial = "screen-serial",
        ScreenVague = "screen-vague",
        ScreenNone = "screen-none",
        ScreenPending = "screen-pending",
        ScreenArrival = "screen-arrival",
        ScreenTest = "screen-test",
        ScreenPositive = "screen-positive",
        ScreenPhone = "screen-phone",
    }
}

/// A problem at a pointer into a facts document.
pub(crate) fn problem(
    code: Code,
    pointer: impl Into<String>,
    args: &[(&str, &dyn Display)],
) -> Problem {
    Problem::new(code, Place::facts(pointer), args)
}

/// Like [`problem`], with arguments that differ by language.
pub(crate) fn problem_localized(
    code: Code,
    pointer: impl Into<String>,
    args: &[(&str, Localized)],
) -> Problem {
    Problem::localized(code, Place::facts(pointer), args)
}
