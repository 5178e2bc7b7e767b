//! The order in which people are called.
//!
//! 1. What to do first: the highest certain level first; at equal levels, somebody who
//!    could be higher comes first.
//! 2. The colour: the top of the scale, then unknown colours, then the others from high to
//!    low.
//! 3. The earliest deadline; no deadline comes last.
//! 4. The line.
//!
//! Lists have no diagnoses, so rules that read them leave the colour of somebody with a
//! positive test unknown. Calling does not wait for that: unknown colours with a positive
//! test rank with the top colour.

use super::people::Followed;
use longma_core::{Instant, Reading};
use std::cmp::{Ordering, Reverse};

/// Sort key; smaller comes first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Urgency {
    triage: (Reverse<usize>, bool),
    code: (u8, Reverse<usize>),
    /// No deadline sorts last.
    deadline: (bool, Option<Instant>),
}

impl Urgency {
    pub(super) fn of(
        triage: Option<&Reading>,
        code: Option<&Reading>,
        deadline: Option<Instant>,
        positive: bool,
    ) -> Self {
        let (rank, known, _) = standing(triage);
        let triage = (Reverse(rank), known);
        let (rank, known, top) = standing(code);
        let group = match (known, top) {
            (true, true) => 0,
            (false, _) if positive => 0,
            (false, _) => 1,
            (true, false) => 2,
        };
        Self {
            triage,
            code: (group, Reverse(rank)),
            deadline: (deadline.is_none(), deadline),
        }
    }
}

/// The highest certain rank, whether the level is known, and whether it is the top.
fn standing(part: Option<&Reading>) -> (usize, bool, bool) {
    let Some(part) = part else {
        return (0, false, false);
    };
    let known = part.verdict.is_known();
    let rank = part.verdict.certain().unwrap_or_default();
    (rank, known, known && rank == part.top)
}

pub(super) fn order(one: &Followed, other: &Followed) -> Ordering {
    let by = |it: &Followed| (it.urgency.clone(), it.lines.first().copied());
    by(one).cmp(&by(other))
}
