//! Which decisions are asked for, and what has to be evaluated for them.

use crate::history::Course;
#[cfg(any(feature = "extract", not(target_family = "wasm")))]
use crate::history::Ground;
use crate::order::sorted;
use crate::policy::Policy;
use crate::problem::{Code, Place, Problem, Problems};
use crate::when::Span;

/// What is asked for, whomever it is about.
#[derive(Debug)]
pub(super) struct Asked<'c> {
    pub(super) policies: &'c [Policy],
    pub(super) course: &'c Course,
    /// The positions of the decisions.
    pub(super) positions: Vec<usize>,
    /// The positions of the policies that meet the window.
    pub(super) met: Vec<usize>,
    /// For each ground, whether it is needed.
    pub(super) needed: Vec<bool>,
    pub(super) window: Span,
}

impl<'c> Asked<'c> {
    /// # Errors
    /// Each name that is no decision.
    pub(super) fn of(
        policies: &'c [Policy],
        course: &'c Course,
        names: Option<&[&str]>,
        window: Span,
    ) -> Result<Self, Problems> {
        let positions = positions(course, names)?;
        let met = met(policies, window);
        Ok(Self {
            needed: needed(course, &positions, &met),
            policies,
            course,
            positions,
            met,
            window,
        })
    }
}

/// The positions of the policies that meet a window.
fn met(policies: &[Policy], window: Span) -> Vec<usize> {
    let meets = |(at, policy): (usize, &Policy)| policy.span().meet(window).map(|_| at);
    policies.iter().enumerate().filter_map(meets).collect()
}

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
fn needed(course: &Course, asked: &[usize], policies: &[usize]) -> Vec<bool> {
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

/// The grounds that are needed for decisions under the policies that meet a window.
#[cfg(any(feature = "extract", not(target_family = "wasm")))]
pub(super) fn grounds<'c>(
    course: &'c Course,
    policies: &[Policy],
    asked: &[usize],
    window: Span,
) -> impl Iterator<Item = &'c Ground> {
    let needed = needed(course, asked, &met(policies, window));
    let grounds = course.grounds.iter().zip(needed);
    grounds.filter_map(|(ground, needed)| needed.then_some(ground))
}
