//! Timelines: a decision for all instants, built by overlaying its causes.
//!
//! The level is the highest one with an active cause; every active cause is kept. If
//! something needed is not known, the level is unknown, unless a certain cause already
//! reaches the top of the scale. Segments are sorted and cover all time; neighbours
//! differ in something that a reader sees.

use crate::columns::Columns;
use crate::limits;
use crate::order::{sort, sort_by, sorted};
use crate::problem::{Code, Place, Problem};
use crate::text::Localized;
use crate::time::{Instant, Offset};
use crate::value::Evidence;
use crate::when::{Span, When};
use std::sync::Arc;

/// A rule's texts for readers, shared by all its causes.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Clone, serde::Serialize, serde::Deserialize)]
pub struct Citation {
    /// `pack/decision/function`.
    pub rule: String,
    /// Why the level holds.
    pub caption: Localized,
    /// What ends the cause.
    pub release: Localized,
    /// The source of the rule, such as a notice.
    pub source: Localized,
    /// Whether the texts show facts of a cause's evidence: `{evidence.at}`.
    #[serde(skip)]
    pub shows_facts: bool,
}

/// What a `{name}` begins with that stands for a field of the evidence.
pub const EVIDENCE: &str = "evidence.";
/// What stands for a fact that no record of the evidence has.
const NO_FACT: &str = "—";

impl Citation {
    /// The length in bytes of its texts in all languages together.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.caption.bytes() + self.release.bytes() + self.source.bytes()
    }
}

/// Why a level holds over a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    pub(crate) citation: Arc<Citation>,
    /// The position of the level on the scale.
    pub(crate) rank: usize,
    pub(crate) evidence: Arc<[Evidence]>,
    pub(crate) span: Span,
}

impl Cause {
    /// The order in which causes are told: highest level first.
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        (other.rank, &self.citation.rule)
            .cmp(&(self.rank, &other.citation.rule))
            .then_with(|| self.span.order(other.span))
            .then_with(|| self.evidence.cmp(&other.evidence))
    }

    /// The cause with the facts that its texts show.
    pub(crate) fn showing(mut self, columns: &Columns, offset: Offset) -> Self {
        if self.citation.shows_facts {
            let fact = |name: &str| {
                let field = name.strip_prefix(EVIDENCE)?;
                let mut records = self.evidence.iter();
                let shown = records.find_map(|it| columns.shown(*it, field, offset));
                Some(shown.unwrap_or_else(|| NO_FACT.to_owned()))
            };
            let told = &*self.citation;
            self.citation = Arc::new(Citation {
                rule: told.rule.clone(),
                caption: told.caption.filled(fact),
                release: told.release.filled(fact),
                source: told.source.clone(),
                shows_facts: false,
            });
        }
        self
    }

    /// Whether a reader is told the same of both, apart from when they hold.
    pub(crate) fn says_as(&self, other: &Self) -> bool {
        let same = Arc::ptr_eq(&self.citation, &other.citation);
        self.rank == other.rank && (same || self.citation == other.citation)
    }

    /// About how many bytes its JSON takes.
    pub(crate) fn bytes(&self) -> usize {
        let Citation { rule, .. } = &*self.citation;
        rule.len() + self.citation.bytes() + 20 * self.evidence.len() + 200
    }

    /// The rule, as `pack/decision/function`; `manual/<decision>` for a manual cause.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.citation.rule
    }

    /// The position of the level on the decision's scale.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// The span over which the cause holds.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Why the level holds.
    #[must_use]
    pub fn caption(&self) -> &Localized {
        &self.citation.caption
    }

    /// What ends the cause.
    #[must_use]
    pub fn release(&self) -> &Localized {
        &self.citation.release
    }

    /// The source of the rule.
    #[must_use]
    pub fn source(&self) -> &Localized {
        &self.citation.source
    }
}

/// The level over one stretch of time, known or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The level, by its position on the scale.
    Known(usize),
    /// Not known; the rank of the highest certain cause, if there is any.
    Unknown(Option<usize>),
}

impl Verdict {
    /// Whether the level is known.
    #[must_use]
    pub fn is_known(self) -> bool {
        matches!(self, Self::Known(_))
    }

    /// The position of the highest level that is certain; `None` if none is.
    #[must_use]
    pub fn certain(self) -> Option<usize> {
        match self {
            Self::Known(rank) => Some(rank),
            Self::Unknown(rank) => rank,
        }
    }
}

/// A stretch of time over which nothing changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub(crate) span: Span,
    pub(crate) verdict: Verdict,
    /// The pack in force, then the packs that it inherits.
    pub(crate) packs: Arc<[String]>,
    /// Positions in the outcome's problems.
    pub(crate) problems: Arc<[usize]>,
}

impl Segment {
    /// The segment's span.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Ids of the pack in force, then of the packs that it inherits.
    #[must_use]
    pub fn packs(&self) -> &[String] {
        &self.packs
    }

    /// Positions in the outcome's problems: why it is unknown whether a higher level holds.
    #[must_use]
    pub fn problems(&self) -> &[usize] {
        &self.problems
    }

    /// Whether neighbours say the same, apart from causes.
    fn is_like(&self, other: &Self) -> bool {
        self.verdict == other.verdict
            && self.packs == other.packs
            && self.problems == other.problems
    }
}

/// One decision for all instants. A segment names no causes: those are active in it that
/// cover it, so a timeline grows with its causes and not with their square.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Timeline {
    pub(crate) causes: Vec<Cause>,
    pub(crate) segments: Vec<Segment>,
}

/// The inputs of a timeline.
pub(crate) struct Layers<'a> {
    /// The number of levels on the scale.
    pub(crate) levels: usize,
    /// The instants at which it is unknown whether a higher level holds, each with the
    /// position of the problem that says why. Sorted by position.
    pub(crate) unknown: Vec<(When, usize)>,
    /// The certain causes.
    pub(crate) causes: Vec<Cause>,
    /// Spans in order that cover at least the window, each with the packs in force.
    pub(crate) policies: &'a [(Span, Arc<[String]>)],
    /// The time to lay out.
    pub(crate) window: Span,
}

enum Event {
    /// A cause of this rank.
    Cause(usize),
    /// A problem at this position.
    Problem(usize),
}

/// What is active while events are gone through.
struct Active {
    /// The number of causes of each level.
    causes: Vec<usize>,
    /// The positions of problems, in order.
    problems: Arc<[usize]>,
}

impl Active {
    /// Takes an event. Whether other causes are active afterwards.
    fn take(&mut self, begins: bool, event: &Event) -> bool {
        match event {
            Event::Cause(rank) => {
                if let Some(count) = self.causes.get_mut(*rank) {
                    *count = if begins {
                        *count + 1
                    } else {
                        count.saturating_sub(1)
                    };
                }
                true
            }
            Event::Problem(index) => {
                let mut problems = self.problems.to_vec();
                match (problems.binary_search(index), begins) {
                    (Err(at), true) => problems.insert(at, *index),
                    (Ok(at), false) => drop(problems.remove(at)),
                    _ => {}
                }
                self.problems = problems.into();
                false
            }
        }
    }

    fn verdict(&self) -> Verdict {
        let highest = self.causes.iter().rposition(|count| *count > 0);
        match highest {
            Some(rank) if rank + 1 == self.causes.len() => Verdict::Known(rank),
            certain if !self.problems.is_empty() => Verdict::Unknown(certain),
            certain => Verdict::Known(certain.unwrap_or(0)),
        }
    }
}

impl Timeline {
    /// Overlays the layers.
    ///
    /// # Errors
    /// If there are more causes than [`limits::CAUSES`], or if segments with their packs and
    /// problems, causes, and the facts that they rest on are more than
    /// [`limits::TIMELINE_ENTRIES`].
    pub(crate) fn lay(mut layers: Layers<'_>) -> Result<Self, Problem> {
        sort_by(&mut layers.causes, Cause::order);
        let mut entries = layers.causes.len();
        for evidence in evidence_of(&layers.causes) {
            entries = entries.saturating_add(evidence.len());
        }
        let events = events(&layers);
        let mut timeline = Self {
            causes: Vec::new(),
            segments: Vec::new(),
        };
        let mut active = Active {
            causes: vec![0; layers.levels],
            problems: Vec::new().into(),
        };
        let mut policies = layers.policies.iter().peekable();
        let mut next = events.iter().peekable();
        let mut starts: Vec<i64> = events.iter().map(|(at, ..)| *at).collect();
        let policies_from = |(span, _): &(Span, _)| Some(span.meet(layers.window)?.bounds().0);
        starts.extend(layers.policies.iter().filter_map(policies_from));
        let starts = sorted(starts);
        let ends = starts
            .iter()
            .skip(1)
            .copied()
            .chain([layers.window.bounds().1]);
        let mut others = false;
        for (from, until) in starts.iter().copied().zip(ends) {
            while let Some((_, begins, event)) = next.next_if(|(at, ..)| *at <= from) {
                others |= active.take(*begins, event);
            }
            while policies
                .next_if(|(span, _)| span.bounds().1 <= from)
                .is_some()
            {}
            let (Some(span), Some((_, packs))) = (Span::of_bounds(from, until), policies.peek())
            else {
                continue;
            };
            let segment = Segment {
                span,
                verdict: active.verdict(),
                packs: Arc::clone(packs),
                problems: Arc::clone(&active.problems),
            };
            if let Some(last) = timeline
                .segments
                .last_mut()
                .filter(|last| !others && last.is_like(&segment))
            {
                last.span = last.span.joined(span).unwrap_or(last.span);
                continue;
            }
            others = false;
            entries = entries.saturating_add(1 + segment.packs.len() + segment.problems.len());
            if entries > limits::TIMELINE_ENTRIES || layers.causes.len() > limits::CAUSES {
                let limit = limits::CAUSES;
                return Err(Problem::new(Code::CausesMany, Place::None).with("limit", limit));
            }
            timeline.segments.push(segment);
        }
        timeline.causes = layers.causes;
        Ok(timeline)
    }

    /// The part of the timeline in a window.
    pub(crate) fn within(&self, window: Span) -> Self {
        let causes = self.causes.iter().filter_map(|cause| {
            let span = cause.span.meet(window)?;
            Some(Cause {
                span,
                ..cause.clone()
            })
        });
        let mut causes: Vec<Cause> = causes.collect();
        // Causes that began at different times can now begin together.
        sort_by(&mut causes, Cause::order);
        let segments = self.segments.iter().filter_map(|segment| {
            let span = segment.span.meet(window)?;
            Some(Segment {
                span,
                ..segment.clone()
            })
        });
        Self {
            causes,
            segments: segments.collect(),
        }
    }

    /// The segments, earliest first; together they cover all time.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Every cause, highest level first.
    #[must_use]
    pub fn causes(&self) -> &[Cause] {
        &self.causes
    }

    /// The active causes of a segment, highest level first.
    pub fn active(&self, segment: &Segment) -> impl Iterator<Item = &Cause> {
        let span = segment.span;
        self.causes
            .iter()
            .filter(move |cause| cause.span.covers(span))
    }

    /// The position of the segment that contains `instant`.
    #[must_use]
    pub fn position(&self, instant: Instant) -> usize {
        self.segments
            .partition_point(|segment| segment.span.bounds().0 <= instant.unix())
            .saturating_sub(1)
    }

    /// The span around `position` over which the verdict stays the same, even if causes,
    /// packs or problems change.
    pub(crate) fn run(&self, position: usize) -> Option<Span> {
        let here = self.segments.get(position)?;
        let same = |segment: &&Segment| segment.verdict == here.verdict;
        let first = self
            .segments
            .iter()
            .take(position + 1)
            .rev()
            .take_while(same);
        let last = self.segments.iter().skip(position).take_while(same);
        let from = first.last()?.span.from();
        Span::new(from, last.last()?.span.until())
    }
}

/// The lists of facts that causes rest on, sorted, each once.
pub(crate) fn evidence_of(causes: &[Cause]) -> Vec<&[Evidence]> {
    let mut all: Vec<&[Evidence]> = causes.iter().map(|cause| &*cause.evidence).collect();
    sort(&mut all);
    all.dedup();
    all
}

fn events(layers: &Layers) -> Vec<(i64, bool, Event)> {
    let mut events = Vec::new();
    for cause in &layers.causes {
        let (from, until) = cause.span.bounds();
        events.push((from, true, Event::Cause(cause.rank)));
        events.push((until, false, Event::Cause(cause.rank)));
    }
    for (when, problem) in &layers.unknown {
        for span in when.spans() {
            let (from, until) = span.bounds();
            events.push((from, true, Event::Problem(*problem)));
            events.push((until, false, Event::Problem(*problem)));
        }
    }
    // At one instant, ends come before starts: spans are half-open.
    sort_by(&mut events, |a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    events
}

#[cfg(test)]
mod laws {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use proptest::prelude::*;

    const LEVELS: usize = 3;

    type Ends = (Option<i64>, Option<i64>);

    fn ends() -> impl Strategy<Value = Ends> {
        let end = || proptest::option::weighted(0.8, 0..20_i64);
        (end(), end()).prop_filter("empty", |(from, until)| match (from, until) {
            (Some(from), Some(until)) => from < until,
            _ => true,
        })
    }

    fn to_span((from, until): Ends) -> Span {
        let instant = |end: Option<i64>| end.and_then(Instant::from_unix);
        Span::new(instant(from), instant(until)).unwrap()
    }

    fn cause(rank: usize, rule: usize, ends: Ends) -> Cause {
        Cause {
            citation: Arc::new(Citation {
                rule: format!("rule{rule}"),
                caption: Localized::default(),
                release: Localized::default(),
                source: Localized::default(),
                shows_facts: false,
            }),
            rank,
            evidence: Vec::new().into(),
            span: to_span(ends),
        }
    }

    fn causes() -> impl Strategy<Value = Vec<Cause>> {
        let one = (0..LEVELS, 0..4_usize, ends());
        proptest::collection::vec(
            one.prop_map(|(rank, rule, ends)| cause(rank, rule, ends)),
            0..8,
        )
    }

    fn unknowns() -> impl Strategy<Value = Vec<(When, usize)>> {
        proptest::collection::vec((ends(), 0..3_usize), 0..3).prop_map(|found| {
            let mut by_problem = std::collections::BTreeMap::<usize, When>::new();
            for (ends, problem) in found {
                let when = by_problem.entry(problem).or_default();
                *when = when.union(&When::of([to_span(ends)]));
            }
            by_problem
                .into_iter()
                .map(|(problem, when)| (when, problem))
                .collect()
        })
    }

    /// Policies that change at these instants.
    fn policies(mut changes: Vec<i64>) -> Vec<(Span, Arc<[String]>)> {
        changes.sort_unstable();
        changes.dedup();
        let starts = [None].into_iter().chain(changes.iter().copied().map(Some));
        let ends = changes.iter().copied().map(Some).chain([None]);
        starts
            .zip(ends)
            .enumerate()
            .map(|(i, ends)| (to_span(ends), vec![format!("pack{i}")].into()))
            .collect()
    }

    fn lay(causes: Vec<Cause>, unknown: Vec<(When, usize)>, changes: Vec<i64>) -> Timeline {
        try_lay(causes, unknown, changes).unwrap()
    }

    fn try_lay(
        causes: Vec<Cause>,
        unknown: Vec<(When, usize)>,
        changes: Vec<i64>,
    ) -> Result<Timeline, Problem> {
        let policies = policies(changes);
        Timeline::lay(Layers {
            levels: LEVELS,
            unknown,
            causes,
            policies: &policies,
            window: Span::ALWAYS,
        })
    }

    #[test]
    fn a_timeline_has_as_many_entries_as_the_limit_says_and_no_more() {
        // Each cause stands alone, so that there is a segment for it and one before it, and
        // each of these names the pack: five entries. One segment more ends it.
        let alone = |count: usize| {
            let causes = (0..count).map(|n| {
                let from = i64::try_from(n).unwrap() * 2;
                cause(LEVELS - 1, 0, (Some(from), Some(from + 1)))
            });
            try_lay(causes.collect(), Vec::new(), Vec::new())
        };
        let most = (limits::TIMELINE_ENTRIES - 2) / 5;
        assert!(most < limits::CAUSES);
        assert_eq!(alone(most).unwrap().segments().len(), 2 * most + 1);
        let told = alone(most + 1).unwrap_err();
        assert_eq!(told.code, Code::CausesMany);
    }

    /// Every instant at which something can change, and its neighbours.
    fn instants() -> impl Iterator<Item = Instant> {
        (-2..22).filter_map(Instant::from_unix)
    }

    fn at(timeline: &Timeline, instant: Instant) -> &Segment {
        timeline.segments().get(timeline.position(instant)).unwrap()
    }

    proptest! {
        #[test]
        fn a_look_up_agrees_with_the_causes(
            causes in causes(), unknown in unknowns(), changes in proptest::collection::vec(0..20_i64, 0..3)
        ) {
            let timeline = lay(causes.clone(), unknown.clone(), changes);
            for t in instants() {
                let segment = at(&timeline, t);
                prop_assert!(segment.span.contains(t));
                let active: Vec<&Cause> = causes.iter().filter(|c| c.span.contains(t)).collect();
                let highest = active.iter().map(|c| c.rank).max();
                let hidden = unknown.iter().any(|(when, _)| when.contains(t));
                let expected = match highest {
                    Some(top) if top == LEVELS - 1 => Verdict::Known(top),
                    certain if hidden => Verdict::Unknown(certain),
                    certain => Verdict::Known(certain.unwrap_or(0)),
                };
                prop_assert_eq!(segment.verdict, expected);
                let told: Vec<&Cause> = timeline.active(segment).collect();
                prop_assert_eq!(told.len(), active.len());
                prop_assert!(told.iter().all(|cause| cause.span.contains(t)));
            }
        }

        #[test]
        fn segments_cover_all_time_and_neighbours_differ(
            causes in causes(), unknown in unknowns(), changes in proptest::collection::vec(0..20_i64, 0..3)
        ) {
            let timeline = lay(causes, unknown, changes);
            let all = When::of(timeline.segments().iter().map(Segment::span));
            prop_assert_eq!(all, When::always());
            for pair in timeline.segments().windows(2) {
                let [left, right] = pair else { continue };
                prop_assert_eq!(left.span.until(), right.span.from());
                let causes = |it| timeline.active(it).map(std::ptr::from_ref).collect::<Vec<_>>();
                prop_assert!(!left.is_like(right) || causes(left) != causes(right));
            }
        }

        #[test]
        fn another_cause_never_lowers_a_level(
            causes in causes(), unknown in unknowns(), rank in 0..LEVELS, span in ends()
        ) {
            let before = lay(causes.clone(), unknown.clone(), Vec::new());
            let mut more = causes;
            more.push(cause(rank, 9, span));
            let after = lay(more, unknown, Vec::new());
            for t in instants() {
                let rank = |timeline: &Timeline| match at(timeline, t).verdict {
                    Verdict::Known(rank) => rank,
                    Verdict::Unknown(certain) => certain.unwrap_or(0),
                };
                prop_assert!(rank(&after) >= rank(&before));
            }
        }

        #[test]
        fn the_order_of_causes_changes_nothing(causes in causes(), unknown in unknowns()) {
            let mut turned = causes.clone();
            turned.reverse();
            let (one, other) = (
                lay(causes, unknown.clone(), Vec::new()),
                lay(turned, unknown, Vec::new()),
            );
            prop_assert_eq!(one.segments(), other.segments());
        }
    }
}
