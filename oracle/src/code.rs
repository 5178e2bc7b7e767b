//! Codes for what only the interpreter meets in a rule.
//!
//! They stand apart from core's, whose words every phone loads.

longma_core::messages!();

longma_core::codes! {
    /// What only the interpreter meets in a rule.
    pub enum Code {
        RuleDepth = "rule-depth",
        RuleField = "rule-field",
        RuleVariable = "rule-variable",
        RuleIndex = "rule-index",
        RuleNested = "rule-nested",
        RuleResult = "rule-result",
    }
}
