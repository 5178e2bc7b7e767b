//! Watching an evaluation: a trait that does nothing by default.
//!
//! The evaluator tells an [`Observer`] what it does, in order. Deciding uses
//! `()`, which hears nothing and costs nothing.

use crate::body::Work;
use crate::cause::Draft;
use crate::facts::Facts;
use crate::plan::{Decision, Rule};
use crate::policy::Policy;
use crate::problem::Problem;

/// What a rule gave: causes with the positions of their levels, or why it is not known.
pub type Gave<'a> = Result<&'a [(usize, Draft)], Vec<&'a Problem>>;

/// Hears what an evaluation does.
pub trait Observer {
    /// Whether every rule of every policy is run for it. Otherwise what a rule gave
    /// once is used again wherever nothing that it reads has changed.
    const WATCHES: bool = true;

    /// How many times the limits may be spent: what watches costs steps too.
    fn room(&self) -> u64 {
        1
    }

    /// The rules of `policy` come next.
    fn policy(&mut self, _policy: &Policy) {}

    /// The rules of `decision` come next; `packs` are the own one and what it inherits.
    fn decision(&mut self, _packs: &[String], _decision: &Decision) {}

    /// `rule` was run over `facts`.
    fn rule(&mut self, _rule: &Rule, _facts: &Facts, _work: &mut Work, _gave: Gave<'_>) {}
}

impl Observer for () {
    const WATCHES: bool = false;
}
