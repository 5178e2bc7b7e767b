//! Gathers what rules gave into the timelines of an outcome.

use super::run::Run;
use crate::cause::Draft;
use crate::history::Known;
use crate::observe::Observer;
use crate::order::{Gather, sort_by, sorted};
use crate::outcome::{DecisionOutcome, Outcome};
use crate::timeline::{Cause, Citation, Layers, Timeline};
use crate::value::Evidence;
use crate::when::{Span, When};
use std::sync::Arc;

/// A cause as it is gathered: over one span, to be joined with equal ones.
struct Piece {
    citation: Arc<Citation>,
    rank: usize,
    evidence: Arc<[Evidence]>,
    span: Span,
}

impl<O: Observer> Run<'_, O> {
    /// The outcome of a run, for the decisions asked for.
    pub(super) fn outcome(mut self, region: &str, asked: &[usize], window: Span) -> Outcome {
        for doubt in self.facts.doubts() {
            self.problem(doubt.clone());
        }
        let course = self.course;
        let unasked = course.decisions.iter().enumerate();
        let unasked = unasked.filter(|(at, _)| !asked.contains(at));
        let unasked = unasked.filter_map(|(_, known)| known.decision());
        let unasked = sorted(unasked.flat_map(|it| it.roles.iter()));
        let asked = asked
            .iter()
            .filter_map(|at| Some((*at, course.decisions.get(*at)?)));
        let decisions = asked.map(|(at, known)| {
            let outcome = self.decision(at, known, window);
            (known.name.to_string(), outcome)
        });
        let decisions = decisions.into_map();
        self.observer.end(self.work);
        Outcome {
            facts: self.facts.clone(),
            region: region.to_owned(),
            offset: course.offset,
            decisions,
            problems: self.problems,
            rules: self.rules,
            unasked,
        }
    }

    fn decision(&mut self, at: usize, known: &Known, window: Span) -> DecisionOutcome {
        let (pieces, unknown) = self.gathered(at, known, window);
        let layers = |causes, unknown| Layers {
            levels: known.decision().map_or(0, |it| it.levels.len()),
            unknown,
            causes,
            policies: &known.packs,
            window,
        };
        let (facts, offset) = (self.facts, self.course.offset);
        let causes = joined(pieces).into_iter();
        let causes = causes.map(|cause| cause.showing(facts.columns(), offset));
        let laid = Timeline::lay(layers(causes.collect(), over(unknown)));
        let timeline = laid.unwrap_or_else(|problem| {
            let index = self.problem(problem);
            let empty = layers(Vec::new(), vec![(When::of([window]), index)]);
            Timeline::lay(empty).unwrap_or_default()
        });
        DecisionOutcome {
            facts: self.facts.clone(),
            plan: Arc::clone(&known.plan),
            decision: known.position,
            timeline,
        }
    }

    /// The parts of a decision's causes in a window, and over what it is unknown there,
    /// each span with the position of the problem.
    fn gathered(&self, at: usize, known: &Known, window: Span) -> (Vec<Piece>, Vec<(usize, Span)>) {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut unknown: Vec<(usize, Span)> = Vec::new();
        for manual in self.manual.iter().filter(|manual| manual.decision == at) {
            let of = (&manual.citation, manual.rank);
            pieces_of(&mut pieces, of, &manual.draft, [window].into_iter());
        }
        let no_pack = self.no_pack.get(at).copied().flatten();
        let mut grounds: Vec<usize> = Vec::new();
        for ((span, _), ground) in known.packs.iter().zip(&known.grounds) {
            let Some(span) = span.meet(window) else {
                continue;
            };
            match ground {
                Some(ground) if !grounds.contains(ground) => grounds.push(*ground),
                Some(_) => {}
                None => unknown.extend(no_pack.map(|problem| (problem, span))),
            }
        }
        for at in grounds {
            let Some((ground, decided)) = self
                .course
                .grounds
                .get(at)
                .zip(self.results.get(at).and_then(Option::as_ref))
            else {
                continue;
            };
            let spans = ground.spans.iter();
            let spans = spans.filter_map(|span| span.meet(window));
            let Some(decision) = ground.decision() else {
                continue;
            };
            for (rule, gave) in decision.rules.iter().zip(&decided.rules) {
                match gave {
                    Ok(range) => {
                        for draft in self.drafts.get(range.clone()).into_iter().flatten() {
                            let rank = decision.rank(&draft.level).unwrap_or_default();
                            let of = (&rule.citation, rank);
                            pieces_of(&mut pieces, of, draft, spans.clone());
                        }
                    }
                    Err(problems) => {
                        for index in problems {
                            unknown.extend(spans.clone().map(|span| (*index, span)));
                        }
                    }
                }
            }
        }
        (pieces, unknown)
    }
}

/// Over what each problem hides a level, by position.
fn over(mut unknown: Vec<(usize, Span)>) -> Vec<(When, usize)> {
    let key = |(index, span): &(usize, Span)| (*index, span.bounds());
    sort_by(&mut unknown, |a, b| key(a).cmp(&key(b)));
    let unknown = unknown.chunk_by(|(a, _), (b, _)| a == b);
    let unknown = unknown.filter_map(|same| {
        let (index, _) = same.first()?;
        Some((When::of(same.iter().map(|(_, span)| *span)), *index))
    });
    unknown.collect()
}

/// The parts of a cause over some spans.
fn pieces_of(
    pieces: &mut Vec<Piece>,
    (citation, rank): (&Arc<Citation>, usize),
    draft: &Draft,
    spans: impl Iterator<Item = Span>,
) {
    for over in spans {
        let held = draft.when.spans().iter();
        for span in held.filter_map(|span| span.meet(over)) {
            pieces.push(Piece {
                citation: Arc::clone(citation),
                rank,
                evidence: Arc::clone(&draft.evidence),
                span,
            });
        }
    }
}

/// Causes from their parts. Equal causes are joined, so a change of policy does not end
/// a cause that continues under the next one.
fn joined(mut pieces: Vec<Piece>) -> Vec<Cause> {
    let alike = |a: &Piece, b: &Piece| {
        let citations = if Arc::ptr_eq(&a.citation, &b.citation) {
            std::cmp::Ordering::Equal
        } else {
            a.citation.cmp(&b.citation)
        };
        citations
            .then_with(|| a.rank.cmp(&b.rank))
            .then_with(|| a.evidence.cmp(&b.evidence))
    };
    sort_by(&mut pieces, |a, b| {
        alike(a, b).then_with(|| a.span.order(b.span))
    });
    let mut causes: Vec<Cause> = Vec::with_capacity(pieces.len());
    let mut last: Option<Piece> = None;
    for piece in pieces {
        let whole = match &last {
            Some(last) if alike(last, &piece).is_eq() => last.span.joined(piece.span),
            _ => None,
        };
        match (&mut last, whole) {
            (Some(last), Some(whole)) => last.span = whole,
            _ => causes.extend(last.replace(piece).map(Piece::cause)),
        }
    }
    causes.extend(last.map(Piece::cause));
    causes
}

impl Piece {
    fn cause(self) -> Cause {
        Cause {
            citation: self.citation,
            rank: self.rank,
            evidence: self.evidence,
            span: self.span,
        }
    }
}
