//! The checker: everything that is wrong with packs, before a citizen meets it.
//!
//! It knows the facts. Every expression of a rule gets a type from the schemas,
//! the params and the helpers, and what cannot work is told with its place, a
//! code, and what to do. What it reports as an error fails when facts reach it,
//! or can never do what it says; what runs is not reported. The truth is
//! core's `script`, and tests hold this to it.
//!
//! It takes packs as they are written, also those that core refuses to load.

pub mod analysis;
pub mod helpers;
pub mod packs;
pub mod types;
pub mod world;

use crate::case::Case;
use crate::finding::{Finding, Spot};
use longma_core::{Bundle, Catalogue, Place, Severity};
use world::World;

/// Everything that is wrong with the packs of a bundle.
#[must_use]
pub fn check(bundle: &Bundle) -> Vec<Finding> {
    of_packs(&World::new(bundle))
}

/// As [`check`], with what is wrong with the cases beside the packs, and with
/// rules that have none. The place of a finding in a case is a key of its file.
#[must_use]
pub fn check_with_cases(bundle: &Bundle, cases: &[Case]) -> Vec<Finding> {
    let world = World::new(bundle);
    let mut findings = of_packs(&world);
    findings.extend(packs::of_cases(&world, cases));
    findings
}

fn of_packs(world: &World<'_>) -> Vec<Finding> {
    let mut findings = packs::findings(world);
    let refused = refused(world.bundle, &findings);
    findings.extend(refused);
    findings
}

/// What core refuses the packs for, without what `told` says already of the
/// same line.
fn refused(bundle: &Bundle, told: &[Finding]) -> Vec<Finding> {
    let problems = Catalogue::load(bundle.clone()).err();
    let problems = problems.into_iter().flatten();
    let mut seen = Vec::new();
    problems
        .filter(|problem| {
            // A mistake that is inherited shows in every heir.
            let new = !seen.contains(problem);
            seen.push(problem.clone());
            new
        })
        .filter(|problem| {
            let Place::File { file, line, .. } = &problem.place else {
                return true;
            };
            !told.iter().any(|finding| match &finding.spot {
                Spot::Range(range) => {
                    finding.severity == Severity::Error
                        && range.file == *file
                        && (range.start.line..=range.end.line).contains(line)
                }
                Spot::Place(_) => false,
            })
        })
        .map(Finding::from)
        .collect()
}
