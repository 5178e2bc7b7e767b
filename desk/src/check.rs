//! The checker: finds everything that is wrong with packs before it affects a citizen.
//!
//! It is typed: every expression of a rule gets a type from the schemas, the params and
//! the helpers, and what cannot work is reported with its place, a code and a remedy.
//! Whatever is reported as an error fails when facts reach it, or can never do what it
//! says; code that runs correctly is not reported. The interpreter in `longma_oracle`
//! is the reference, and tests check the checker against it.
//!
//! It accepts packs that the core refuses to load: [`check_texts`] takes texts that
//! need not even be TOML, and [`check`] takes a bundle.

mod captions;
mod cost;
mod evidence;
mod house;
pub mod packs;
mod reach;
mod sections;
mod sources;
mod told;
mod wide;
mod words;

pub use cost::costs;
pub use house::{Checked, check_house, check_texts};
pub(crate) use packs::finding;

use crate::case::Case;
use longma_compile::Bundle;
use longma_compile::compiled::Compiled;
use longma_compile::shared;
use longma_compile::world::World;
use longma_core::order::Gather;
use longma_core::{Args, Place, Problem, Problems, Severity};
use longma_lang::analysis::Analysis;
use longma_lang::codes::Code;
use longma_lang::finding::{Finding, Range, Spot};
use longma_lang::script::Script;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Everything that is wrong with the packs of a bundle.
///
/// ```
/// use longma_compile::texts::{Texts, read};
/// let house = read(&Texts::from([
///     ("packs/62/2022-03-07/pack.toml".to_owned(), "version = \"1.0\"".to_owned()),
///     ("packs/62/2022-03-07/captions.toml".to_owned(), String::new()),
/// ]));
/// let findings = longma_desk::check::check(&house.bundle);
/// assert!(findings.iter().any(|it| it.code.as_str() == "pack-version"));
/// ```
#[must_use]
pub fn check(bundle: &Bundle) -> Vec<Finding> {
    of_packs(&World::new(bundle))
}

/// The same as [`check`], and also reports what is wrong with the cases, and rules
/// without a case. The place of a finding in a case is a key of its file.
#[must_use]
pub fn check_with_cases(bundle: &Bundle, cases: &[Case]) -> Vec<Finding> {
    let world = World::new(bundle);
    let mut findings = of_packs(&world);
    findings.extend(packs::of_cases(&world, cases));
    findings
}

/// Checks a script whose pack has an unreadable manifest: only its form, not the
/// meaning of its names.
#[must_use]
pub fn script_alone(file: &str, text: &str) -> Vec<Finding> {
    longma_lang::check::alone(&Script::read(file, text))
}

fn of_packs(world: &World<'_>) -> Vec<Finding> {
    let mut findings = scripts(world);
    findings.extend(packs::findings(world));
    findings.extend(sections::findings(world));
    findings.extend(evidence::findings(world));
    findings.extend(wide::findings(world));
    findings.extend(words::findings(world));
    findings.extend(reach::findings(world));
    // What the interpreter refuses says more; what it takes must also compile.
    let compiled = match longma_oracle::load(world.bundle) {
        Ok(_) => Compiled::new(world.bundle),
        Err(problems) => Err(problems),
    };
    match compiled {
        Ok(compiled) => {
            let costs = cost::of(&compiled).into_iter();
            // What no schema promises is told on request.
            findings.extend(costs.filter(|it| it.severity != Severity::Info));
        }
        Err(problems) => {
            let refused = refused(world, problems, &findings);
            findings.extend(refused);
        }
    }
    findings
}

/// Problems for which the core refuses a whole script.
const OF_SCRIPTS: &[&str] = &[
    "script-syntax",
    "script-forbidden",
    "script-statement",
    "script-duplicate",
    "script-profile",
    "script-size",
    "rule-variable",
];

/// The problems for which the core refuses the packs, without those that `told` already
/// reports for the same line.
fn refused(world: &World<'_>, problems: Problems, told: &[Finding]) -> Vec<Finding> {
    let mut seen = Vec::new();
    problems
        .into_iter()
        .map(|problem| at_origin(world, problem, told))
        .filter(|problem| {
            // An inherited mistake shows up in every pack that inherits it.
            let new = !seen.contains(problem);
            seen.push(problem.clone());
            new
        })
        .filter(|problem| {
            // The checker reports it at the name and not at the function.
            let unknown = |it: &&Finding| it.code == Code::UnknownInput;
            let twice = |it: &Finding| it.message == problem.message();
            let input = problem.code.as_str() == "rule-parameter";
            !(input && told.iter().filter(unknown).any(twice))
        })
        .filter(|problem| {
            let Place::File { file, line, .. } = &problem.place else {
                return true;
            };
            // The engine stops at one place of a script; the checker reports all,
            // perhaps on other lines.
            let of_script = OF_SCRIPTS.contains(&problem.code.as_str());
            !told.iter().any(|finding| match &finding.spot {
                Spot::Range(range) => {
                    finding.severity == Severity::Error
                        && range.file == *file
                        && (of_script || (range.start.line..=range.end.line).contains(line))
                }
                Spot::Place(_) => false,
            })
        })
        .map(Finding::from)
        .collect()
}

/// A problem in the copy of a shared function is one in the file that it stands in, unless
/// the checker found something in the script itself, which may not end where it should.
fn at_origin(world: &World<'_>, mut problem: Problem, told: &[Finding]) -> Problem {
    if let Place::File { file, line, column } = &problem.place
        && let Some((.., script)) = world.script(file)
        && let Some((origin, there)) = script.lines.copied(*line)
        && !told
            .iter()
            .any(|it| it.spot.file() == Some(file) && it.severity == Severity::Error)
    {
        problem.place = Place::file(origin, there, *column);
    }
    problem
}

/// Everything that is wrong with scripts, and the params that none of them reads.
#[must_use]
pub fn scripts(world: &World<'_>) -> Vec<Finding> {
    let analyses: Vec<Vec<Analysis>> = world
        .packs
        .iter()
        .enumerate()
        .map(|(index, pack)| {
            let decisions = pack.scripts.keys();
            decisions
                .map(|decision| world.analyse(index, decision))
                .collect()
        })
        .collect();
    let unused = unused_params(world, &analyses);
    let found = analyses.into_iter().flatten().flat_map(|it| it.findings);
    let mut findings = of_copies(world, found.collect());
    for pack in &world.packs {
        let uncalled = shared::unused(pack.source, &world.bundle.packs);
        findings.extend(uncalled.into_iter().map(|(name, spot)| {
            let words = Args::of("name", name).with("case", "shared");
            Finding::of(Code::UnusedFunction, spot, &words)
        }));
    }
    findings.extend(unused);
    findings
}

/// Tells once what is wrong in a shared function, however many scripts call it. As within a
/// script, an error counts if any call leads to it, a warning only if all do.
fn of_copies(world: &World<'_>, found: Vec<Finding>) -> Vec<Finding> {
    let scripts = || world.packs.iter().flat_map(|pack| pack.scripts.values());
    let written: BTreeSet<&str> = scripts().map(|script| script.file.as_str()).into_set();
    let mut findings: Vec<(Finding, usize)> = Vec::new();
    for finding in found {
        let same = |(known, _): &&mut (Finding, usize)| {
            known.code == finding.code && known.spot == finding.spot
        };
        let copied = finding
            .spot
            .file()
            .is_some_and(|file| !written.contains(file));
        match findings.iter_mut().filter(|_| copied).find(same) {
            Some((_, times)) => *times += 1,
            None => findings.push((finding, 1)),
        }
    }
    let copies = |range: &Range| {
        let holds = |script: &&Arc<Script<'_>>| {
            let mut lines = 1..=script.text.lines().count();
            lines.any(|line| {
                script.lines.copied(line) == Some((range.file.as_str(), range.start.line))
            })
        };
        scripts().filter(holds).count()
    };
    findings.retain(|(finding, times)| match &finding.spot {
        Spot::Range(range) if finding.severity == Severity::Warning => {
            written.contains(range.file.as_str()) || *times >= copies(range)
        }
        _ => true,
    });
    findings.into_iter().map(|(finding, _)| finding).collect()
}

/// Params that no rule reads and no caption mentions, in pack order.
pub(crate) fn unused_params(world: &World<'_>, analyses: &[Vec<Analysis>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, pack) in world.packs.iter().enumerate() {
        let related: BTreeSet<usize> = world
            .scopes()
            .filter(|scope| scope.packs.contains(&index))
            .flat_map(|scope| scope.packs.iter().copied())
            .into_set();
        let read = |name: &str| {
            related.iter().any(|other| {
                let scripts = analyses.get(*other).into_iter().flatten();
                scripts.into_iter().any(|it| it.params.contains(name))
                    || world
                        .packs
                        .get(*other)
                        .is_some_and(|pack| pack.mentions(name))
            })
        };
        for name in pack.source.manifest.params.keys() {
            if !read(name) {
                let place = Place::Key {
                    file: pack.file("pack.toml"),
                    key: vec!["params".to_owned(), name.clone()],
                };
                let words = Args::of("name", name);
                findings.push(Finding::of(Code::UnusedParam, Spot::Place(place), &words));
            }
        }
    }
    findings
}
