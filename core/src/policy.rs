//! What rules in a region over a span, and how a region's history is spliced.
//!
//! Packs come in series: the plan itself, and beside it others that change on
//! days of their own. A region's history is a list of [`Policy`] spans that cover
//! all time, cut wherever any of its series changes.

use crate::plan::{Decision, Plan};
use crate::when::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What rules over a span.
#[derive(Debug, Clone)]
pub struct Policy {
    pub(crate) span: Span,
    /// The packs of all parts, one after another.
    packs: Arc<[String]>,
    /// One for each series that has a pack in force.
    parts: Vec<Part>,
    /// Positions of parts and of decisions in them, each after those that it reads.
    order: Vec<(usize, usize)>,
}

/// What one series says over the span of a policy.
#[derive(Debug, Clone)]
pub struct Part {
    /// Own pack first, then what it inherits.
    pub packs: Arc<[String]>,
    /// Ready to evaluate.
    pub plan: Arc<Plan>,
}

/// What a series says over spans that do not overlap, in order.
pub(crate) type Stretches = Vec<(Span, Part)>;

/// One line of descent of a pack, over a span in which the pack is in force.
#[derive(Debug)]
pub struct Descent {
    /// When.
    pub span: Span,
    /// The pack and what it inherits.
    pub own: Part,
    /// The same without the pack itself: what it inherits.
    pub above: Option<Part>,
}

impl Policy {
    /// Joins the parts that are in force over a span.
    fn of(span: Span, parts: Vec<Part>) -> Self {
        let packs = parts.iter().flat_map(|part| part.packs.iter().cloned());
        Self {
            span,
            packs: packs.collect(),
            order: ordered(&parts),
            parts,
        }
    }

    /// Its span.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Its rules, as `pack/decision/function`, by decision.
    #[must_use]
    pub fn rules(&self) -> Vec<&str> {
        let decisions = self.parts.iter().flat_map(|part| &part.plan.decisions);
        decisions
            .flat_map(|decision| &decision.rules)
            .map(|rule| rule.citation.rule.as_str())
            .collect()
    }

    /// Those of its rules that are about a kind of subject.
    #[must_use]
    pub fn rules_about(&self, subject: &str) -> Vec<&str> {
        let decisions = self
            .decisions(subject)
            .flat_map(|(_, decision)| &decision.rules);
        decisions.map(|rule| rule.citation.rule.as_str()).collect()
    }

    /// Its decisions, each with the decisions that its rules read.
    #[must_use]
    pub fn reads(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let decisions = self.parts.iter().flat_map(|part| &part.plan.decisions);
        decisions
            .map(|decision| (&*decision.name, decision.earlier().collect()))
            .collect()
    }

    /// Ids of the packs in force, of each series the own first, then what it
    /// inherits; empty where none is.
    #[must_use]
    pub fn packs(&self) -> &[String] {
        &self.packs
    }

    /// Its parts, one for each series that has a pack in force.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Whether its decisions read each other in no circle, so that all of them can
    /// be evaluated.
    #[must_use]
    pub fn is_ordered(&self) -> bool {
        let decisions = self.parts.iter().map(|part| part.plan.decisions.len());
        self.order.len() == decisions.sum::<usize>()
    }

    /// Whether anything is decided about a kind of subject.
    #[must_use]
    pub fn decides(&self, subject: &str) -> bool {
        self.decisions(subject).next().is_some()
    }

    /// What is decided about a kind of subject, each decision after those that it reads.
    pub fn decisions(&self, subject: &str) -> impl Iterator<Item = (&Part, &Decision)> {
        self.order.iter().filter_map(move |(part, decision)| {
            let part = self.parts.get(*part)?;
            let decision = part.plan.decisions.get(*decision)?;
            (part.plan.subject == subject).then_some((part, decision))
        })
    }
}

/// All series of a region together: a policy for each stretch in which none changes.
pub(crate) fn combined(histories: &BTreeMap<String, Stretches>) -> Vec<Policy> {
    let bounds = histories.values().flatten().map(|(span, _)| span.bounds());
    let mut starts: Vec<i64> = bounds
        .flat_map(|(from, until)| [from, until])
        .chain([i64::MIN])
        .filter(|at| *at != i64::MAX)
        .collect();
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).copied().chain([i64::MAX]);
    let spans = starts.iter().zip(ends);
    spans
        .filter_map(|(from, until)| Span::of_bounds(*from, until))
        .map(|span| {
            let parts = histories.values().filter_map(|history| {
                let mut stretches = history.iter();
                let holds = |(reach, _): &&(Span, Part)| reach.covers(span);
                stretches.find(holds).map(|(_, part)| part.clone())
            });
            Policy::of(span, parts.collect())
        })
        .collect()
}

/// What a series says, the first reaching back and the last on without end.
pub(crate) fn opened(mut history: Stretches) -> Stretches {
    if let Some((span, _)) = history.first_mut() {
        *span = Span::new(None, span.until()).unwrap_or(*span);
    }
    if let Some((span, _)) = history.last_mut() {
        *span = Span::new(span.from(), None).unwrap_or(*span);
    }
    history
}

/// All decisions of all parts, each after those that it reads; those that read
/// each other in a circle, and what reads them, are left out.
fn ordered(parts: &[Part]) -> Vec<(usize, usize)> {
    let mut waiting: Vec<(usize, usize, &Decision)> = Vec::new();
    for (part_at, part) in parts.iter().enumerate() {
        let decisions = part.plan.decisions.iter().enumerate();
        waiting.extend(decisions.map(|(at, decision)| (part_at, at, decision)));
    }
    let subject = |part: usize| parts.get(part).map(|part| part.plan.subject.as_str());
    let mut order = Vec::with_capacity(waiting.len());
    loop {
        let waits = |(part, _, decision): &(usize, usize, &Decision)| {
            decision.earlier().any(|name| {
                waiting.iter().any(|(other, _, earlier)| {
                    subject(*other) == subject(*part) && *earlier.name == *name
                })
            })
        };
        let (later, now): (Vec<_>, Vec<_>) = waiting.iter().copied().partition(waits);
        if now.is_empty() {
            return order;
        }
        order.extend(now.iter().map(|(part, at, _)| (*part, *at)));
        waiting = later;
    }
}
