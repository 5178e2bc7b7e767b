//! The problems of facts that their schema cannot express.

longma_core::messages!();

longma_core::codes! {
    /// The problems of facts that their schema cannot express.
    pub enum Code {
        FactsFuture = "facts-future",
        FactsBeforeBirth = "facts-before-birth",
        FactsTwice = "facts-twice",
    }
}
