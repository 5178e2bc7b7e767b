//! A decision's timeline as a list of spans, each with its status.

use longma_core::{Elapsed, Instant, Outcome, Problem, Span, Status, When};

/// A stretch of time over which nothing changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) span: Span,
    /// The status at one of its instants; all others have the same level, causes and problems.
    pub(crate) status: Status,
}

impl Stretch {
    /// Whether `other` has the same level and the same of it is certain.
    pub(crate) fn levels_with(&self, other: &Self) -> bool {
        self.status.level == other.status.level && self.status.at_least == other.status.at_least
    }

    /// The problems that keep more from being known.
    pub(crate) fn problems<'a>(&self, outcome: &'a Outcome) -> impl Iterator<Item = &'a Problem> {
        let indices = self.status.problems.clone();
        indices
            .into_iter()
            .filter_map(|index| outcome.problems().get(index))
    }
}

/// The stretches of `decision`, earliest first; together they cover all time.
pub(crate) fn stretches(outcome: &Outcome, decision: &str) -> Vec<Stretch> {
    let Some(found) = outcome.decisions().get(decision) else {
        return Vec::new();
    };
    let segments = found.timeline().segments().iter();
    segments
        .filter_map(|segment| {
            let span = segment.span();
            let status = outcome.at(decision, inside(span)?)?;
            Some(Stretch { span, status })
        })
        .collect()
}

/// The spans over which a pack decides `decision`.
pub(crate) fn decided(outcome: &Outcome, decision: &str) -> When {
    let all = stretches(outcome, decision).into_iter();
    let decided = all.filter(|stretch| {
        !stretch
            .problems(outcome)
            .any(|p| p.code == longma_core::Code::NoPack)
    });
    When::of(decided.map(|stretch| stretch.span))
}

/// An instant of `span`.
fn inside(span: Span) -> Option<Instant> {
    let before = || span.until()?.plus(Elapsed::seconds(-1));
    span.from()
        .or_else(before)
        .or_else(|| Instant::from_unix(0))
}
