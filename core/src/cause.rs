//! What a rule returns: a level, when it holds, and the facts that it rests on.

use crate::order::sort;
use crate::value::Evidence;
use crate::when::When;
use std::sync::Arc;

/// A cause as a rule returns it, before core cuts it to the time its policy is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The level's name. Whether the scale has it is checked later.
    pub level: Arc<str>,
    /// When the level holds.
    pub when: When,
    /// The facts that the cause rests on, sorted, without duplicates.
    pub evidence: Vec<Evidence>,
}

impl Draft {
    /// A cause without evidence yet.
    #[must_use]
    pub fn new(level: Arc<str>, when: When) -> Self {
        Self {
            level,
            when,
            evidence: Vec::new(),
        }
    }

    /// Adds evidence.
    #[must_use]
    pub fn because(mut self, evidence: &[Evidence]) -> Self {
        self.evidence.extend_from_slice(evidence);
        sort(&mut self.evidence);
        self.evidence.dedup();
        self
    }
}
