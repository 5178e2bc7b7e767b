//! What is not known at the instant asked for, why, and what to do about it.

use crate::messages::Key;
use crate::show::diagnostic::Diagnostic;
use crate::show::moment::{spans, stamp};
use crate::show::page::{Page, plain};
use crate::show::reading::Reading;
use crate::show::stretches::decided;
use longma_core::{
    Args, Catalogue, Code, DecisionOutcome, Elapsed, Instant, Policy, Problem, When,
};
use std::collections::BTreeSet;

/// Says that no pack is in force, and when one is.
pub(crate) fn no_pack(page: &mut Page, reading: &Reading, catalogue: &Catalogue) {
    let words = reading.words;
    let offset = reading.outcome.offset();
    let region = reading.region;
    let policies = reading.policies.iter();
    // A clinic's packs may be in force before any pack decides persons.
    let ruled = policies.filter(|policy| policy.decides(reading.subject));
    let ruled = When::of(ruled.map(Policy::span));
    let shown = if ruled.is_empty() {
        let packs = catalogue.packs();
        let regions = packs.iter().filter_map(|pack| pack.id.split_once('/'));
        let known: BTreeSet<&str> = regions.map(|(region, _)| region).collect();
        let known = words.list(known);
        Diagnostic::warning(&words.fill(
            Key::NoPackRegion,
            &Args::of("region", region).with("known", &known),
        ))
    } else {
        let time = stamp(reading.at, offset);
        let said = spans(ruled.spans(), offset, words);
        let text = words.fill(
            Key::NoPackNow,
            &Args::of("region", region).with("time", &time),
        );
        let shown = Diagnostic::warning(&text);
        let shown = shown.note(&words.fill(Key::NoPackCovered, &Args::of("spans", &said)));
        match nearest(&ruled, reading.at) {
            Some(near) => {
                let near = format!("--at {}", near.to_rfc3339(offset));
                shown.help_with(words.say(Key::NoPackAt), &near)
            }
            None => shown,
        }
    };
    page.gap();
    page.diagnostic(&shown, words);
}

/// The instant in `when` nearest to `at`, which is outside it.
fn nearest(when: &When, at: Instant) -> Option<Instant> {
    let ends = when.spans().iter().flat_map(|span| {
        let last = span
            .until()
            .and_then(|until| until.plus(Elapsed::seconds(-1)));
        [span.from(), last]
    });
    ends.flatten()
        .min_by_key(|end| at.minus(*end).as_seconds().abs())
}

/// Shows each problem that keeps a decision unknown, once, with what to do.
pub(crate) fn problems(page: &mut Page, reading: &Reading, unknown: &BTreeSet<(usize, &str)>) {
    let mut told = BTreeSet::new();
    for (index, decision) in unknown {
        let Some(problem) = reading.outcome.problems().get(*index) else {
            continue;
        };
        if !told.insert(index) {
            continue;
        }
        match told.len() {
            1 => page.heading(reading.words.say(Key::ProblemsHeading)),
            _ => page.gap(),
        }
        let columns = page.columns();
        let shown = advised(reading, problem, decision).narrow(reading.words, columns);
        page.diagnostic(&shown, reading.words);
    }
}

/// Lists the decisions that no pack decides at that time, and when one does.
pub(crate) fn undecided(page: &mut Page, reading: &Reading, names: &[(&str, &DecisionOutcome)]) {
    let words = reading.words;
    if names.is_empty() {
        return;
    }
    page.heading(words.say(Key::UndecidedHeading));
    for (name, decision) in names {
        let spans = decided_spans(reading, name);
        let caption = plain(words.of(decision.caption()));
        page.field(
            2,
            "",
            0,
            &words.fill(
                Key::Undecided,
                &Args::of("caption", &caption)
                    .with("decision", name)
                    .with("spans", &spans),
            ),
        );
    }
}

/// When a pack decides `decision`, in words.
fn decided_spans(reading: &Reading, decision: &str) -> String {
    let decided = decided(reading.outcome, decision);
    spans(decided.spans(), reading.outcome.offset(), reading.words)
}

/// The problem, with what the user of the command can do about it.
fn advised(reading: &Reading, problem: &Problem, decision: &str) -> Diagnostic {
    let words = reading.words;
    let shown = reading.sources.diagnostic(problem, words).mild();
    if problem.code == Code::NoPack {
        let said = decided_spans(reading, decision);
        let args = Args::of("decision", decision).with("spans", said);
        return shown.note(&words.fill(Key::NoPackCoveredDecision, &args));
    }
    match problem.args.get("name") {
        Some(name) if problem.code == Code::MissingReference => {
            let flag = words.fill(Key::UseReferenceFlag, &Args::of("name", name));
            shown.help_with(words.say(Key::UseReference), &flag)
        }
        _ => shown,
    }
}
