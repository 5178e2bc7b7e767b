//! What a rule returns: a level, when it holds, and the facts that it rests on.

use crate::host::Fault;
use crate::limits;
use crate::order::sort;
use crate::problem::Code;
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
    pub evidence: Arc<[Evidence]>,
}

impl Draft {
    /// A cause without evidence yet.
    #[must_use]
    pub fn new(level: Arc<str>, when: When) -> Self {
        Self {
            level,
            when,
            evidence: Vec::new().into(),
        }
    }

    /// Adds evidence.
    #[must_use]
    pub fn because(mut self, evidence: &[Evidence]) -> Self {
        let mut all = [&self.evidence, evidence].concat();
        sort(&mut all);
        all.dedup();
        self.evidence = all.into();
        self
    }
}

/// The causes of one rule while a body gathers them.
#[derive(Debug, Default)]
pub struct Drafts {
    all: Vec<Draft>,
    /// The facts that they rest on; a list that neighbours share is counted once.
    facts: usize,
}

impl Drafts {
    /// Adds a cause.
    ///
    /// # Errors
    /// If there are more than [`limits::CAUSES`], or if they rest on more facts than
    /// [`limits::EVIDENCE`].
    pub fn push(&mut self, draft: Draft) -> Result<(), Fault> {
        let last = self.all.last();
        if last.is_none_or(|last| last.evidence != draft.evidence) {
            self.facts = self.facts.saturating_add(draft.evidence.len());
        }
        let bounds = [
            (self.all.len() + 1, limits::CAUSES),
            (self.facts, limits::EVIDENCE),
        ];
        for (found, limit) in bounds {
            if found > limit {
                return Err(Fault::new(Code::CausesMany).with("limit", limit));
            }
        }
        self.all.push(draft);
        Ok(())
    }

    /// The causes, in the order in which they came.
    #[must_use]
    pub fn done(self) -> Vec<Draft> {
        self.all
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn draft(facts: usize) -> Draft {
        let facts = (0..facts).map(|row| Evidence {
            table: 1,
            row: u32::try_from(row).unwrap(),
        });
        Draft::new("red".into(), When::always()).because(&facts.collect::<Vec<_>>())
    }

    #[test]
    fn a_rule_gives_as_many_causes_as_the_limit_says_and_no_more() {
        let mut drafts = Drafts::default();
        for _ in 0..limits::CAUSES {
            drafts.push(draft(0)).unwrap();
        }
        assert_eq!(drafts.push(draft(0)).unwrap_err().code, Code::CausesMany);
    }

    #[test]
    fn facts_are_counted_up_to_the_limit_and_those_of_neighbours_once() {
        let (half, other) = (draft(limits::EVIDENCE / 2), draft(limits::EVIDENCE / 2 - 1));
        let mut drafts = Drafts::default();
        for _ in 0..100 {
            drafts.push(half.clone()).unwrap();
        }
        drafts.push(other).unwrap();
        drafts.push(draft(1)).unwrap();
        assert_eq!(drafts.push(draft(2)).unwrap_err().code, Code::CausesMany);
    }
}
