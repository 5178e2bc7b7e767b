//! Which decisions are asked for, and what has to be evaluated for them.

use crate::history::Course;
use crate::order::sorted;
use crate::problem::{Code, Place, Problem, Problems};

/// The positions of the decisions that are asked for, by name; all of them if `None`.
///
/// # Errors
/// Each name that is no decision.
pub(super) fn positions(course: &Course, names: Option<&[&str]>) -> Result<Vec<usize>, Problems> {
    let Some(names) = names else {
        return Ok((0..course.decisions.len()).collect());
    };
    let mut positions = Vec::with_capacity(names.len());
    let mut problems = Problems::default();
    for name in names {
        match course.find(name) {
            Some((at, _)) => positions.push(at),
            None => problems.push(
                Problem::new(Code::UnknownDecision, Place::None)
                    .with("decision", name)
                    .with("known", course.names()),
            ),
        }
    }
    problems.or(sorted(positions))
}

/// Which grounds are needed for decisions under some policies, the positions of which
/// are given: those of the decisions, and those that these read.
pub(super) fn needed(course: &Course, asked: &[usize], policies: &[usize]) -> Vec<bool> {
    let mut needed = vec![false; course.grounds.len()];
    let mut need = |at: usize| {
        if let Some(needed) = needed.get_mut(at) {
            *needed = true;
        }
    };
    for known in asked.iter().filter_map(|at| course.decisions.get(*at)) {
        let grounds = policies.iter().filter_map(|at| *known.grounds.get(*at)?);
        grounds.for_each(&mut need);
    }
    // A ground comes after those that it reads.
    for (at, ground) in course.grounds.iter().enumerate().rev() {
        if needed.get(at) == Some(&true) {
            for (_, read) in &ground.reads {
                if let Some(needed) = needed.get_mut(*read) {
                    *needed = true;
                }
            }
        }
    }
    needed
}
