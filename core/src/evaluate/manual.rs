//! Manual causes: levels set by two officers, as the facts record them.

use crate::cause::Draft;
use crate::facts::{Facts, ManualCause};
use crate::history::Course;
use crate::problem::{Code, Place, Problem, Problems};
use crate::text::{Args, messages};
use crate::time::Offset;
use crate::timeline::Citation;
use crate::when::When;
use std::sync::Arc;

/// A manual cause. Later decisions read it like any other.
#[derive(Debug)]
pub(super) struct Manual {
    /// The position of its decision in the course.
    pub(super) decision: usize,
    pub(super) citation: Arc<Citation>,
    pub(super) rank: usize,
    pub(super) draft: Draft,
}

/// The manual causes of the facts.
///
/// # Errors
/// Each that is of no decision, or of a level that its decision does not have.
pub(super) fn causes(facts: &Facts, course: &Course) -> Result<Vec<Manual>, Problems> {
    let mut causes = Vec::new();
    let mut problems = Problems::default();
    for manual in facts.manual_causes() {
        let Some((at, known)) = course.find(&manual.decision) else {
            problems.push(
                Problem::new(Code::UnknownDecision, place(facts, manual, "decision"))
                    .with("decision", &manual.decision)
                    .with("known", course.names()),
            );
            continue;
        };
        let Some(rank) = known.decision().and_then(|it| it.rank(&manual.level)) else {
            problems.push(
                Problem::new(Code::RuleLevel, place(facts, manual, "level"))
                    .with("level", &manual.level)
                    .with("decision", &manual.decision),
            );
            continue;
        };
        let when = When::of([manual.span]);
        causes.push(Manual {
            decision: at,
            citation: Arc::new(citation(manual, course.offset)),
            rank,
            draft: Draft::new(Arc::clone(&manual.level), when).because(&manual.evidence),
        });
    }
    problems.or(causes)
}

fn place(facts: &Facts, manual: &ManualCause, field: &str) -> Place {
    let pointer = manual
        .evidence
        .first()
        .map(|it| facts.columns().pointer(*it));
    Place::facts(format!("{}/{field}", pointer.unwrap_or_default()))
}

fn citation(manual: &ManualCause, offset: Offset) -> Citation {
    let [first, second] = &manual.officers;
    let until = manual.span.until().map(|t| t.to_words(offset));
    let args = Args::of("reason", &manual.reason)
        .with("first", first)
        .with("second", second)
        .with("until", until.unwrap_or_default());
    let text = |key: &str| messages().say(key, &args);
    Citation {
        rule: format!("manual/{}", manual.decision),
        caption: text("manual-caption"),
        release: text("manual-release"),
        source: text("manual-source"),
        shows_facts: false,
    }
}
