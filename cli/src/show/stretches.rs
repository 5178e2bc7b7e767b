//! When any pack decides a decision.

use longma_core::{Code, DecisionOutcome, Outcome, Stretch, When};

/// The spans over which a pack decides `decision`.
pub(crate) fn decided(outcome: &Outcome, decision: &str) -> When {
    let found = outcome.decisions().get(decision);
    let all = found.into_iter().flat_map(DecisionOutcome::stretches);
    let decided = all.filter(|stretch| {
        let mut problems = outcome.problems_of(*stretch);
        !problems.any(|problem| problem.code == Code::NoPack)
    });
    When::of(decided.map(Stretch::span))
}
