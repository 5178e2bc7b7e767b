//! The answer: every decision's timeline, and its look-up at an instant.
//!
//! Everything here is typed: instants, levels and positions. Texts are written in
//! [`wire`] alone. A look-up borrows from the outcome and allocates nothing.

pub(crate) mod wire;

use crate::facts::Facts;
use crate::plan::Level;
use crate::problem::Problem;
use crate::role::Roles;
use crate::text::Localized;
use crate::time::{Instant, Offset};
use crate::timeline::{Cause, Segment, Timeline, Verdict};
use crate::when::Span;
use std::collections::BTreeMap;
use std::ops::Deref;

/// What the rules of a region say of a subject, for all instants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub(crate) facts: Facts,
    pub(crate) region: String,
    pub(crate) offset: Offset,
    pub(crate) decisions: BTreeMap<String, DecisionOutcome>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) rules: usize,
}

/// One decision of an [`Outcome`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionOutcome {
    pub(crate) caption: Localized,
    pub(crate) roles: Roles,
    pub(crate) levels: Vec<Level>,
    pub(crate) timeline: Timeline,
}

/// A stretch of one decision's time over which nothing changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch<'a> {
    decision: &'a DecisionOutcome,
    segment: &'a Segment,
}

/// A decision at one instant: the stretch in which it lies, and since and until
/// when the level is what it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status<'a> {
    /// The instant asked for.
    pub at: Instant,
    /// Since when the level has been this one; `None` for ever.
    pub since: Option<Instant>,
    /// The first instant of another level; `None` if none comes.
    pub until: Option<Instant>,
    stretch: Stretch<'a>,
    next: Option<Stretch<'a>>,
}

impl Outcome {
    /// The status of `decision` at `instant`; `None` when the rules have no such decision.
    #[must_use]
    pub fn at(&self, decision: &str, instant: Instant) -> Option<Status<'_>> {
        self.decisions.get(decision)?.at(instant)
    }

    /// The status of every decision at `instant`, by name.
    #[must_use]
    pub fn all_at(&self, instant: Instant) -> BTreeMap<&str, Status<'_>> {
        let decisions = self.decisions.iter();
        let statuses = decisions.filter_map(|(name, it)| Some((name.as_str(), it.at(instant)?)));
        statuses.collect()
    }

    /// The facts that it was decided from.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The decisions, by name.
    #[must_use]
    pub fn decisions(&self) -> &BTreeMap<String, DecisionOutcome> {
        &self.decisions
    }

    /// What kept rules from deciding; stretches name positions here.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// What keeps a stretch of this outcome from being known.
    pub fn problems_of<'a>(&'a self, stretch: Stretch<'a>) -> impl Iterator<Item = &'a Problem> {
        let positions = stretch.problems().iter();
        positions.filter_map(|index| self.problems.get(*index))
    }

    /// How many rules were run for it: a rule once for each set of rules that it is
    /// part of, however often the history is cut for something else.
    #[must_use]
    pub fn rules_run(&self) -> usize {
        self.rules
    }

    /// The offset at which instants are written.
    #[must_use]
    pub fn offset(&self) -> Offset {
        self.offset
    }
}

impl DecisionOutcome {
    /// Its name for readers.
    #[must_use]
    pub fn caption(&self) -> &Localized {
        &self.caption
    }

    /// Its levels, lowest first.
    #[must_use]
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// The level of this name; `None` for one that it lacks.
    #[must_use]
    pub fn level(&self, name: &str) -> Option<&Level> {
        self.levels.iter().find(|level| *level.name == *name)
    }

    /// What it is for on a card, at a door or in a list; the wire form leaves it out.
    #[must_use]
    pub fn roles(&self) -> &Roles {
        &self.roles
    }

    /// Its timeline.
    #[must_use]
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Its stretches, earliest first; together they cover all time.
    pub fn stretches(&self) -> impl Iterator<Item = Stretch<'_>> {
        let segments = self.timeline.segments.iter();
        segments.map(|segment| self.stretch(segment))
    }

    /// A segment of its timeline with what its positions mean.
    #[must_use]
    pub fn stretch<'a>(&'a self, segment: &'a Segment) -> Stretch<'a> {
        Stretch {
            decision: self,
            segment,
        }
    }

    /// Its status at `instant`.
    #[must_use]
    pub fn at(&self, instant: Instant) -> Option<Status<'_>> {
        let segments = &self.timeline.segments;
        let position = self.timeline.position(instant);
        let run = self.timeline.run(position)?;
        let next = run.until().map(|until| self.timeline.position(until));
        Some(Status {
            at: instant,
            since: run.from(),
            until: run.until(),
            stretch: self.stretch(segments.get(position)?),
            next: next
                .and_then(|next| segments.get(next))
                .map(|segment| self.stretch(segment)),
        })
    }

    fn by_rank(&self, rank: usize) -> Option<&Level> {
        self.levels.get(rank)
    }
}

impl<'a> Stretch<'a> {
    /// Whose stretch it is.
    #[must_use]
    pub fn decision(self) -> &'a DecisionOutcome {
        self.decision
    }

    /// When.
    #[must_use]
    pub fn span(self) -> Span {
        self.segment.span
    }

    /// The position of its level on the scale, or of what is certain of it.
    #[must_use]
    pub fn verdict(self) -> Verdict {
        self.segment.verdict
    }

    /// The level; `None` where it is not known.
    #[must_use]
    pub fn level(self) -> Option<&'a Level> {
        match self.segment.verdict {
            Verdict::Known(rank) => self.decision.by_rank(rank),
            Verdict::Unknown(_) => None,
        }
    }

    /// Where the level is not known: the highest that is certain.
    #[must_use]
    pub fn at_least(self) -> Option<&'a Level> {
        match self.segment.verdict {
            Verdict::Known(_) => None,
            Verdict::Unknown(rank) => self.decision.by_rank(rank?),
        }
    }

    /// The causes that are active, highest level first.
    pub fn causes(self) -> impl Iterator<Item = &'a Cause> {
        self.decision.timeline.active(self.segment)
    }

    /// The packs in force, own first, then what it inherits; none where no pack decides.
    #[must_use]
    pub fn packs(self) -> &'a [String] {
        &self.segment.packs
    }

    /// Positions in the outcome's problems: why it is not known whether more holds.
    #[must_use]
    pub fn problems(self) -> &'a [usize] {
        &self.segment.problems
    }
}

impl<'a> Status<'a> {
    /// The stretch in which the instant lies.
    #[must_use]
    pub fn stretch(self) -> Stretch<'a> {
        self.stretch
    }

    /// The stretch with which another level begins, at `until`.
    #[must_use]
    pub fn next(self) -> Option<Stretch<'a>> {
        self.next
    }
}

impl<'a> Deref for Status<'a> {
    type Target = Stretch<'a>;

    fn deref(&self) -> &Stretch<'a> {
        &self.stretch
    }
}
