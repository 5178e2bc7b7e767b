//! What can be wrong with facts beside what their schema says.

longma_core::messages!();

longma_core::codes! {
    /// What can be wrong with facts beside what their schema says.
    pub enum Code {
        FactsFuture = "facts-future",
        FactsBeforeBirth = "facts-before-birth",
        FactsTwice = "facts-twice",
    }
}
