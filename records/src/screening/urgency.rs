//! Who is called first.
//!
//! By what to do first: the highest level that is certain; of two the same, the one
//! that could be higher. Then by colour: the highest of the scale, then what is not
//! known, then the others from above. Then by the first deadline, then by line.
//!
//! A list knows nothing of diagnoses, so rules that read them leave the colour of
//! somebody with a positive test unknown. Who is called does not wait for that: of
//! the unknown, these stand with the highest colour.

use super::people::Followed;
use longma_core::{Instant, Reading};
use std::cmp::{Ordering, Reverse};

/// What the list is sorted by; the smaller comes first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Urgency {
    triage: (Reverse<usize>, bool),
    code: (u8, Reverse<usize>),
    /// Without one after those with one.
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

/// The rank of what is certain, whether it is known, whether it is the top.
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
