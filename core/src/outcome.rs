//! The answer: every decision's timeline, and its look-up at an instant.
//!
//! [`Outcome::json`] is the wire form. Its members are ordered, its instants are
//! RFC 3339 at a fixed offset, and it holds no number but the format's version
//! and positions of problems: equal outcomes are equal bytes on every target.
//! `rules/schema/outcome.schema.json` describes it.

use crate::facts::Facts;
use crate::plan::Level;
use crate::problem::Problem;
use crate::text::Localized;
use crate::time::{Instant, Offset};
use crate::timeline::{Cause, Segment, Timeline, Verdict};
use serde::Serialize;
use std::collections::BTreeMap;

/// The version of the outcome's own format.
const FORMAT: u32 = 1;
/// What the level is called where it is not known; no scale may use it.
const UNKNOWN: &str = "unknown";

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
    pub(crate) levels: Vec<Level>,
    pub(crate) timeline: Timeline,
}

/// A decision at one instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The instant asked for.
    pub at: String,
    /// The level, or `unknown`.
    pub level: String,
    /// Where the level is unknown: the highest level that is certain.
    pub at_least: Option<String>,
    /// Since when the level has been this one; `None` for ever.
    pub since: Option<String>,
    /// The first instant of another level; `None` if none comes.
    pub until: Option<String>,
    /// What comes then.
    pub next: Option<Next>,
    /// The packs in force, own first, then what it inherits.
    pub packs: Vec<String>,
    /// Every active cause, highest level first.
    pub causes: Vec<CauseView>,
    /// Positions in the outcome's problems.
    pub problems: Vec<usize>,
}

/// The next change of level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Next {
    /// When.
    pub at: String,
    /// To which level.
    pub level: String,
}

/// A cause as a reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CauseView {
    /// `pack/decision/function`, or `manual/<decision>`.
    pub rule: String,
    /// The level that it gives.
    pub level: String,
    /// Why.
    pub caption: Localized,
    /// What ends it.
    pub release: Localized,
    /// What the rule rests on.
    pub source: Localized,
    /// JSON pointers into the facts; rows of tables as `table#/row`.
    pub evidence: Vec<String>,
    /// First instant; `None` for ever.
    pub from: Option<String>,
    /// First instant after; `None` for ever.
    pub until: Option<String>,
}

#[derive(Serialize)]
struct OutcomeView<'a> {
    longma: u32,
    subject: &'a str,
    region: &'a str,
    decisions: BTreeMap<&'a str, DecisionView<'a>>,
    problems: &'a [Problem],
}

#[derive(Serialize)]
struct DecisionView<'a> {
    caption: &'a Localized,
    levels: Vec<LevelView<'a>>,
    timeline: Vec<SegmentView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
}

#[derive(Serialize)]
struct LevelView<'a> {
    level: &'a str,
    caption: &'a Localized,
    colour: &'a str,
}

#[derive(Serialize)]
struct SegmentView<'a> {
    from: Option<String>,
    until: Option<String>,
    level: &'a str,
    at_least: Option<&'a str>,
    packs: &'a [String],
    causes: Vec<CauseView>,
    problems: &'a [usize],
}

impl Outcome {
    /// The status of `decision` at `instant`; `None` when the rules have no such decision.
    #[must_use]
    pub fn at(&self, decision: &str, instant: Instant) -> Option<Status> {
        let decision = self.decisions.get(decision)?;
        decision.at(instant, self.offset)
    }

    /// The status of every decision at `instant`, by name.
    #[must_use]
    pub fn all_at(&self, instant: Instant) -> BTreeMap<&str, Status> {
        self.decisions
            .iter()
            .filter_map(|(name, decision)| {
                let status = decision.at(instant, self.offset)?;
                Some((name.as_str(), status))
            })
            .collect()
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

    /// What kept rules from deciding; segments and statuses name positions here.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
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

    /// The outcome as JSON text.
    #[must_use]
    pub fn json(&self) -> String {
        self.write(None)
    }

    /// The outcome as JSON text, with each decision's status at `instant`.
    #[must_use]
    pub fn json_at(&self, instant: Instant) -> String {
        self.write(Some(instant))
    }

    fn write(&self, at: Option<Instant>) -> String {
        let view = OutcomeView {
            longma: FORMAT,
            subject: self.facts.subject(),
            region: &self.region,
            decisions: self
                .decisions
                .iter()
                .map(|(name, decision)| (name.as_str(), decision.view(self.offset, at)))
                .collect(),
            problems: &self.problems,
        };
        // Strings, numbers and lists of them cannot fail to be written.
        serde_json::to_string(&view).unwrap_or_default()
    }
}

impl DecisionOutcome {
    /// Its name for readers.
    #[must_use]
    pub fn caption(&self) -> &Localized {
        &self.caption
    }

    /// Its timeline.
    #[must_use]
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The names of its levels, lowest first.
    #[must_use]
    pub fn scale(&self) -> Vec<&str> {
        self.levels.iter().map(|level| &*level.name).collect()
    }

    /// A level's name for readers, and its tone; `None` for a level it lacks.
    #[must_use]
    pub fn level(&self, name: &str) -> Option<(&Localized, &str)> {
        let level = self.levels.iter().find(|level| *level.name == *name)?;
        Some((&level.caption, &level.colour))
    }

    /// The level of a segment of its timeline, or `unknown`, and where it is
    /// unknown the highest level that is certain.
    #[must_use]
    pub fn level_of(&self, segment: &Segment) -> (&str, Option<&str>) {
        match segment.verdict {
            Verdict::Known(rank) => (self.name(rank), None),
            Verdict::Unknown(rank) => (UNKNOWN, rank.map(|rank| self.name(rank))),
        }
    }

    /// The causes active in a segment, highest level first.
    #[must_use]
    pub fn causes(&self, segment: &Segment, offset: Offset) -> Vec<CauseView> {
        let found = segment.causes.iter();
        found
            .filter_map(|index| self.timeline.causes.get(*index))
            .map(|cause| self.cause(cause, offset))
            .collect()
    }

    fn name(&self, rank: usize) -> &str {
        self.levels.get(rank).map_or(UNKNOWN, |level| &level.name)
    }

    fn at(&self, instant: Instant, offset: Offset) -> Option<Status> {
        let position = self.timeline.position(instant);
        let segment = self.timeline.segments.get(position)?;
        let run = self.timeline.run(position)?;
        let (level, at_least) = self.level_of(segment);
        let write = |instant: Instant| instant.to_rfc3339(offset);
        let next = run.until().and_then(|until| {
            let next = self.timeline.segments.get(self.timeline.position(until))?;
            Some(Next {
                at: write(until),
                level: self.level_of(next).0.to_owned(),
            })
        });
        Some(Status {
            at: write(instant),
            level: level.to_owned(),
            at_least: at_least.map(str::to_owned),
            since: run.from().map(write),
            until: run.until().map(write),
            next,
            packs: segment.packs.to_vec(),
            causes: self.causes(segment, offset),
            problems: segment.problems.clone(),
        })
    }

    fn view(&self, offset: Offset, at: Option<Instant>) -> DecisionView<'_> {
        DecisionView {
            caption: &self.caption,
            levels: self.levels.iter().map(level_view).collect(),
            timeline: self
                .timeline
                .segments
                .iter()
                .map(|segment| self.segment(segment, offset))
                .collect(),
            status: at.and_then(|instant| self.at(instant, offset)),
        }
    }

    fn segment<'a>(&'a self, segment: &'a Segment, offset: Offset) -> SegmentView<'a> {
        let (level, at_least) = self.level_of(segment);
        let write = |instant: Instant| instant.to_rfc3339(offset);
        SegmentView {
            from: segment.span.from().map(write),
            until: segment.span.until().map(write),
            level,
            at_least,
            packs: &segment.packs,
            causes: self.causes(segment, offset),
            problems: &segment.problems,
        }
    }

    fn cause(&self, cause: &Cause, offset: Offset) -> CauseView {
        let write = |instant: Instant| instant.to_rfc3339(offset);
        CauseView {
            rule: cause.citation.rule.clone(),
            level: self.name(cause.rank).to_owned(),
            caption: cause.citation.caption.clone(),
            release: cause.citation.release.clone(),
            source: cause.citation.source.clone(),
            evidence: cause.evidence.iter().map(ToString::to_string).collect(),
            from: cause.span.from().map(write),
            until: cause.span.until().map(write),
        }
    }
}

fn level_view(level: &Level) -> LevelView<'_> {
    LevelView {
        level: &level.name,
        caption: &level.caption,
        colour: &level.colour,
    }
}
