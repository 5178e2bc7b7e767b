//! What a rule returns: a level, when it holds, and the facts it rests on.

use crate::value::Evidence;
use crate::when::When;
use std::sync::Arc;

/// A cause as a rule states it, before the core cuts it to the rule's pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The level, as the rule names it; whether the scale has it is checked later.
    pub level: Arc<str>,
    /// When it holds.
    pub when: When,
    /// Sorted, without repetition.
    pub evidence: Vec<Evidence>,
}

impl Draft {
    /// A cause that rests on no fact yet.
    #[must_use]
    pub fn new(level: Arc<str>, when: When) -> Self {
        Self {
            level,
            when,
            evidence: Vec::new(),
        }
    }

    /// Adds facts that the cause rests on.
    #[must_use]
    pub fn because(mut self, evidence: &[Evidence]) -> Self {
        self.evidence.extend_from_slice(evidence);
        self.evidence.sort();
        self.evidence.dedup();
        self
    }
}
