//! Policies: which plans are in force in a region over a span.
//!
//! Packs come in series: the main plan, and others that change on days of their own.
//! A region's history is a list of [`Policy`]s whose spans cover all time, cut wherever
//! any of its series changes.

use crate::order::Gather;
use crate::order::sorted;
use crate::plan::{Decision, Plan};
use crate::when::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The plans in force in a region over a span.
///
/// ```
/// use longma_core::{Catalogue, Contents};
///
/// // A catalogue without packs has no region and so no policy anywhere.
/// let catalogue = Catalogue::new(Contents::default());
/// assert!(catalogue.policies("620102").is_empty());
/// assert_eq!(catalogue.history_of("62/2022-03-07").map(|found| found.policies().len()), None);
/// ```
#[derive(Debug, Clone)]
pub struct Policy {
    pub(crate) span: Span,
    /// The packs of all parts, one after another.
    packs: Arc<[String]>,
    /// One part for each series with a pack in force.
    parts: Vec<Part>,
    /// Positions of parts and their decisions, each decision after those that it reads.
    order: Vec<(usize, usize)>,
}

/// One series over the span of a policy.
#[derive(Debug, Clone)]
pub struct Part {
    /// The pack in force, then the packs that it inherits.
    pub packs: Arc<[String]>,
    /// Their joined plan.
    pub plan: Arc<Plan>,
}

/// The history of one series: spans in order that do not overlap.
pub(crate) type Stretches = Vec<(Span, Part)>;

/// One line of descent of a pack: what it inherits over a span in which it is in force.
#[derive(Debug)]
pub struct Descent {
    /// The span.
    pub span: Span,
    /// The pack with what it inherits.
    pub own: Part,
    /// What the pack inherits, without the pack itself.
    pub above: Option<Part>,
}

impl Policy {
    /// Joins the parts in force over a span.
    fn of(span: Span, parts: Vec<Part>) -> Self {
        let packs = parts.iter().flat_map(|part| part.packs.iter().cloned());
        let order = ordered(&parts);
        Self {
            span,
            packs: packs.collect(),
            order,
            parts,
        }
    }

    /// The policy's span.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// The rules, as `pack/decision/function`, grouped by decision.
    #[must_use]
    pub fn rules(&self) -> Vec<&str> {
        let decisions = self.parts.iter().flat_map(|part| &part.plan.decisions);
        decisions
            .flat_map(|decision| &decision.rules)
            .map(|rule| rule.citation.rule.as_str())
            .collect()
    }

    /// The rules about a kind of subject.
    #[must_use]
    pub fn rules_about(&self, subject: &str) -> Vec<&str> {
        let decisions = self
            .decisions(subject)
            .flat_map(|(_, decision)| &decision.rules);
        decisions.map(|rule| rule.citation.rule.as_str()).collect()
    }

    /// The decisions, each with the decisions that its rules read.
    #[must_use]
    pub fn reads(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let decisions = self.parts.iter().flat_map(|part| &part.plan.decisions);
        decisions
            .map(|decision| (&*decision.name, decision.earlier().into_set()))
            .into_map()
    }

    /// For each series, the id of the pack in force, then those of the packs that it
    /// inherits; empty if no pack is in force.
    #[must_use]
    pub fn packs(&self) -> &[String] {
        &self.packs
    }

    /// The parts, one for each series with a pack in force.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Whether no decisions read each other in a circle, so that all can be evaluated.
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

    /// The decisions about a kind of subject, each after those that it reads.
    pub fn decisions(&self, subject: &str) -> impl Iterator<Item = (&Part, &Decision)> {
        self.order.iter().filter_map(move |(part, decision)| {
            let part = self.parts.get(*part)?;
            let decision = part.plan.decisions.get(*decision)?;
            (part.plan.subject == subject).then_some((part, decision))
        })
    }
}

/// Combines all series of a region: one policy for each stretch in which none changes.
#[inline(never)]
pub(crate) fn combined(histories: &BTreeMap<String, Stretches>) -> Vec<Policy> {
    let bounds = histories.values().flatten().map(|(span, _)| span.bounds());
    let starts = bounds
        .flat_map(|(from, until)| [from, until])
        .chain([i64::MIN])
        .filter(|at| *at != i64::MAX);
    let starts = sorted(starts);
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

/// Extends the first span into the open past and the last into the open future.
pub(crate) fn opened(mut history: Stretches) -> Stretches {
    if let Some((span, _)) = history.first_mut() {
        *span = Span::new(None, span.until()).unwrap_or(*span);
    }
    if let Some((span, _)) = history.last_mut() {
        *span = Span::new(span.from(), None).unwrap_or(*span);
    }
    history
}

/// Positions of all decisions of all parts, each after those that it reads. Decisions
/// that read each other in a circle, and decisions that read those, are left out.
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
