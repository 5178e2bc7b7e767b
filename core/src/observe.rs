//! Watching an evaluation: a trait whose methods do nothing by default.
//!
//! The evaluator calls an [`Observer`] as it goes. A plain evaluation uses `()`, which
//! does nothing and costs nothing.

use crate::body::Work;
use crate::cause::Draft;
use crate::facts::Facts;
use crate::plan::{Decision, Rule};
use crate::policy::Policy;
use crate::problem::Problem;

/// The result of a rule: causes, or the problems that make it unknown.
pub type Gave<'a> = Result<&'a [Draft], Vec<&'a Problem>>;

/// Is called for each step of an evaluation.
///
/// ```
/// use longma_core::body::Work;
/// use longma_core::observe::{Gave, Observer};
/// use longma_core::plan::Rule;
/// use longma_core::Facts;
///
/// /// Counts the rules that could not decide.
/// #[derive(Default)]
/// struct Failures(usize);
///
/// impl Observer for Failures {
///     fn rule(&mut self, _: &Rule, _: &Facts, _: &mut Work, gave: Gave<'_>) {
///         self.0 += usize::from(gave.is_err());
///     }
/// }
/// assert!(Failures::WATCHES && !<()>::WATCHES);
/// ```
pub trait Observer {
    /// Whether to run every rule of every policy. If `false`, a rule's result is reused
    /// as long as nothing that it reads has changed.
    const WATCHES: bool = true;

    /// Factor on the limits: watching costs steps too.
    fn room(&self) -> u64 {
        1
    }

    /// Called first: what bodies keep and spend.
    fn begin(&mut self) -> Work {
        Work::new(self.room())
    }

    /// Called last, with what bodies kept and spent.
    fn end(&mut self, _work: Work) {}

    /// Called before the rules of `policy`.
    fn policy(&mut self, _policy: &Policy) {}

    /// Called before the rules of `decision`. `packs` are its pack and what that inherits.
    fn decision(&mut self, _packs: &[String], _decision: &Decision) {}

    /// Called after `rule`, also if something that it reads is missing.
    fn rule(&mut self, _rule: &Rule, _facts: &Facts, _work: &mut Work, _gave: Gave<'_>) {}
}

impl Observer for () {
    const WATCHES: bool = false;
}
