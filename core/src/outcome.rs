//! Outcomes: every decision's timeline, and its look-up at an instant.
//!
//! Everything here is typed: instants, levels and positions. Only [`wire`] turns them
//! into text. Looking up one decision borrows from the outcome and does not allocate.

pub(crate) mod wire;

use crate::facts::Facts;
use crate::order::{Gather, sort_by, sorted};
use crate::plan::{Decision, Level, Plan};
use crate::problem::Problem;
use crate::role::{Role, Roles};
use crate::text::Localized;
use crate::time::{Instant, Offset};
use crate::timeline::{Cause, Segment, Timeline, Verdict};
use crate::value::Evidence;
use crate::when::Span;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

/// What the rules of a region decide about a subject, for all instants.
///
/// ```
/// # use longma_core::plan::{Decision, Level, Plan};
/// # use longma_core::*;
/// # let schema = r#"{"type": "object", "additionalProperties": false, "properties":
/// #     {"subject": {"type": "string", "enum": ["person"]}, "overrides": {"type": "array",
/// #      "items": {"type": "object", "additionalProperties": false,
/// #       "required": ["decision", "level", "reason", "from", "until", "officers"],
/// #       "properties": {"decision": {"type": "string"}, "level": {"type": "string"},
/// #        "reason": {"type": "string"}, "from": {"type": "string", "format": "date-time"},
/// #        "until": {"type": "string", "format": "date-time"},
/// #        "officers": {"type": "array", "minItems": 2, "maxItems": 2,
/// #         "items": {"type": "object", "additionalProperties": false,
/// #          "required": ["name", "number"], "properties":
/// #           {"name": {"type": "string"}, "number": {"type": "string"}}}}}}}}}"#;
/// # let level = |name: &str| Level {
/// #     name: name.into(), caption: Localized::same(name), colour: name.into(),
/// # };
/// # let decision = Decision {
/// #     name: "code".into(), declared_by: "62/2022-03-07".into(), roles: Roles::default(),
/// #     caption: Localized::same("Health code"), rules: Vec::new(),
/// #     levels: vec![level("green"), level("red")],
/// # };
/// # let plan = Plan {
/// #     subject: "person".into(), offset: Offset::CHINA,
/// #     params: value::Value::Bool(true), decisions: vec![decision],
/// # };
/// # let own = Part { packs: ["62/2022-03-07".to_owned()].into(), plan: plan.into() };
/// # let catalogue = Catalogue::new(Contents {
/// #     schemas: [("person".to_owned(), Schema::read(schema, "person")?)].into(),
/// #     packs: vec![Pack {
/// #         id: PackId::read("62/2022-03-07"), version: "1".into(),
/// #         title: Localized::default(), effective: Span::ALWAYS, offset: Offset::CHINA,
/// #         corrections: None, signers: Vec::new(),
/// #         descents: vec![Descent { span: Span::ALWAYS, own, above: None }],
/// #     }],
/// #     ..Contents::default()
/// # });
/// # let request = Request { region: Some("620102"), ..Request::default() };
/// // Two officers set the code to red for a day.
/// let facts = r#"{"subject": "person", "overrides": [{
///     "decision": "code", "level": "red", "reason": "Left home quarantine.",
///     "from": "2022-07-08T21:00:00+08:00", "until": "2022-07-09T21:00:00+08:00",
///     "officers": [{"name": "甲", "number": "GS-001"}, {"name": "乙", "number": "GS-002"}]}]}"#;
/// let outcome = catalogue.evaluate(facts, request)?;
/// let status = outcome.at("code", Instant::parse("2022-07-09T08:00:00+08:00").unwrap()).unwrap();
/// assert_eq!(status.level_name(), "red");
/// assert_eq!(status.until, Instant::parse("2022-07-09T21:00:00+08:00").ok());
/// assert_eq!(status.next().unwrap().level_name(), "green");
/// assert_eq!(status.causes().next().unwrap().rule(), "manual/code");
/// assert!(outcome.json().contains(r#""from":"2022-07-08T21:00:00+08:00""#));
/// # Ok::<(), Problems>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub(crate) facts: Facts,
    pub(crate) region: String,
    pub(crate) offset: Offset,
    pub(crate) decisions: BTreeMap<String, DecisionOutcome>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) rules: usize,
    /// The roles of decisions that nobody asked for.
    pub(crate) unasked: Vec<Role>,
}

/// One decision of an [`Outcome`].
#[derive(Debug, Clone)]
pub struct DecisionOutcome {
    pub(crate) facts: Facts,
    /// The plan that declares it, and its position there.
    pub(crate) plan: Arc<Plan>,
    pub(crate) decision: usize,
    pub(crate) timeline: Timeline,
}

/// Decisions are equal if they read alike, whichever plan declares them.
impl PartialEq for DecisionOutcome {
    fn eq(&self, other: &Self) -> bool {
        self.caption() == other.caption()
            && self.roles() == other.roles()
            && self.levels() == other.levels()
            && self.timeline == other.timeline
    }
}

impl Eq for DecisionOutcome {}

static NO_CAPTION: LazyLock<Localized> = LazyLock::new(Localized::default);
static NO_ROLES: LazyLock<Roles> = LazyLock::new(Roles::default);

/// A stretch of one decision's time over which nothing changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch<'a> {
    decision: &'a DecisionOutcome,
    segment: &'a Segment,
}

/// A decision at one instant: the stretch that contains it, and since and until when
/// the level stays the same.
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
    /// The same outcome for a window of time: stretches and causes are cut to it, and
    /// problems that concern none of it are left out; those that are left are numbered
    /// in the order in which stretches name them. Asking for the window with
    /// [`Request::window`](crate::Request) gives the same and runs fewer rules.
    #[must_use]
    pub fn within(&self, window: Span) -> Self {
        let mut cut = self.clone();
        let mut decisions: Vec<&mut DecisionOutcome> = cut.decisions.values_mut().collect();
        for decision in &mut decisions {
            decision.timeline = decision.timeline.within(window);
        }
        let mut kept: Vec<usize> = Vec::new();
        for segment in decisions.iter().flat_map(|it| it.timeline.segments()) {
            let told = segment.problems.iter();
            let told = told.map(|at| (self.problems.get(*at).map(ToString::to_string), *at));
            let mut told: Vec<_> = told.collect();
            sort_by(&mut told, |(a, _), (b, _)| a.cmp(b));
            kept.extend(
                told.into_iter()
                    .map(|(_, at)| at)
                    .filter(|at| !kept.contains(at))
                    .collect::<Vec<_>>(),
            );
        }
        for doubt in self.facts.doubts() {
            let at = self.problems.iter().position(|problem| problem == doubt);
            kept.extend(at.filter(|at| !kept.contains(at)));
        }
        let moved = |at: usize| kept.iter().position(|kept| *kept == at);
        for decision in &mut decisions {
            for segment in &mut decision.timeline.segments {
                let problems = segment.problems.iter();
                segment.problems = sorted(problems.filter_map(|at| moved(*at))).into();
            }
        }
        cut.problems = kept
            .iter()
            .filter_map(|at| self.problems.get(*at).cloned())
            .collect();
        cut
    }

    /// The status of `decision` at `instant`; `None` if the rules have no such decision, or
    /// outside of the window that was decided about.
    #[must_use]
    pub fn at(&self, decision: &str, instant: Instant) -> Option<Status<'_>> {
        self.decisions.get(decision)?.at(instant)
    }

    /// The status of every decision at `instant`, by name.
    #[must_use]
    pub fn all_at(&self, instant: Instant) -> BTreeMap<&str, Status<'_>> {
        let decisions = self.decisions.iter();
        let statuses = decisions.filter_map(|(name, it)| Some((name.as_str(), it.at(instant)?)));
        statuses.into_map()
    }

    /// The facts that were evaluated.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The decisions, by name.
    #[must_use]
    pub fn decisions(&self) -> &BTreeMap<String, DecisionOutcome> {
        &self.decisions
    }

    /// The problems that kept rules from deciding; stretches refer to them by position.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The problems that keep a stretch of this outcome from being known.
    pub fn problems_of<'a>(&'a self, stretch: Stretch<'a>) -> impl Iterator<Item = &'a Problem> {
        let positions = stretch.problems().iter();
        positions.filter_map(|index| self.problems.get(*index))
    }

    /// How many rules were run. Results are reused where the history is cut for some other
    /// reason: a rule runs once per plan and per set of results that its decision reads.
    #[must_use]
    pub fn rules_run(&self) -> usize {
        self.rules
    }

    /// Whether the rules have a decision in this role that was not asked for, so that
    /// nothing is said about it here.
    #[must_use]
    pub fn leaves_out(&self, role: Role) -> bool {
        self.unasked.contains(&role)
    }

    /// The offset at which instants are written.
    #[must_use]
    pub fn offset(&self) -> Offset {
        self.offset
    }
}

impl DecisionOutcome {
    /// The decision's name for readers.
    #[must_use]
    pub fn caption(&self) -> &Localized {
        self.declared().map_or(&NO_CAPTION, |it| &it.caption)
    }

    /// The levels, lowest first.
    #[must_use]
    pub fn levels(&self) -> &[Level] {
        self.declared().map_or(&[], |it| &it.levels)
    }

    /// The level with this name; `None` if there is none.
    #[must_use]
    pub fn level(&self, name: &str) -> Option<&Level> {
        self.levels().iter().find(|level| *level.name == *name)
    }

    /// The decision's uses on a card, at a door or in a list. Not part of the JSON.
    #[must_use]
    pub fn roles(&self) -> &Roles {
        self.declared().map_or(&NO_ROLES, |it| &it.roles)
    }

    /// The decision's timeline.
    #[must_use]
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The stretches, earliest first; together they cover all time.
    pub fn stretches(&self) -> impl Iterator<Item = Stretch<'_>> {
        let segments = self.timeline.segments.iter();
        segments.map(|segment| self.stretch(segment))
    }

    /// A segment of this timeline together with the decision that its positions refer to.
    #[must_use]
    pub fn stretch<'a>(&'a self, segment: &'a Segment) -> Stretch<'a> {
        Stretch {
            decision: self,
            segment,
        }
    }

    /// When a level becomes the decision's level the next time after `instant`, with the
    /// facts as they are; `None` if it does not.
    #[must_use]
    pub fn next(&self, level: &str, instant: Instant) -> Option<Instant> {
        let is = |stretch: &Stretch<'_>| stretch.level().is_some_and(|it| *it.name == *level);
        let mut before = None;
        self.stretches().find_map(|stretch| {
            let begins = is(&stretch) && before == Some(false);
            before = Some(is(&stretch));
            stretch
                .span()
                .from()
                .filter(|from| begins && *from > instant)
        })
    }

    /// The decision's status at `instant`; `None` outside of the window that was decided
    /// about.
    #[must_use]
    pub fn at(&self, instant: Instant) -> Option<Status<'_>> {
        // Outside of the window that was decided about, nothing is known.
        let segment = |at: Instant| {
            let segment = self.timeline.segments.get(self.timeline.position(at))?;
            segment.span.contains(at).then_some(segment)
        };
        let stretch = self.stretch(segment(instant)?);
        let run = self.timeline.run(self.timeline.position(instant))?;
        Some(Status {
            at: instant,
            since: run.from(),
            until: run.until(),
            stretch,
            next: run
                .until()
                .and_then(segment)
                .map(|segment| self.stretch(segment)),
        })
    }

    /// The facts that a cause rests on: JSON pointers, and table rows as `table#/row`.
    #[must_use]
    pub fn evidence(&self, cause: &Cause) -> Vec<String> {
        self.pointers(&cause.evidence)
    }

    fn pointers(&self, evidence: &[Evidence]) -> Vec<String> {
        let columns = self.facts.columns();
        evidence.iter().map(|it| columns.pointer(*it)).collect()
    }

    fn declared(&self) -> Option<&Decision> {
        self.plan.decisions.get(self.decision)
    }

    fn by_rank(&self, rank: usize) -> Option<&Level> {
        self.levels().get(rank)
    }
}

impl<'a> Stretch<'a> {
    /// The decision that this is a stretch of.
    #[must_use]
    pub fn decision(self) -> &'a DecisionOutcome {
        self.decision
    }

    /// The span of time.
    #[must_use]
    pub fn span(self) -> Span {
        self.segment.span
    }

    /// The position of the level on the scale; if unknown, of the highest certain level.
    #[must_use]
    pub fn verdict(self) -> Verdict {
        self.segment.verdict
    }

    /// The level; `None` if it is not known.
    #[must_use]
    pub fn level(self) -> Option<&'a Level> {
        match self.segment.verdict {
            Verdict::Known(rank) => self.decision.by_rank(rank),
            Verdict::Unknown(_) => None,
        }
    }

    /// If the level is not known: the highest level that is certain.
    #[must_use]
    pub fn at_least(self) -> Option<&'a Level> {
        match self.segment.verdict {
            Verdict::Known(_) => None,
            Verdict::Unknown(rank) => self.decision.by_rank(rank?),
        }
    }

    /// The active causes, highest level first.
    pub fn causes(self) -> impl Iterator<Item = &'a Cause> {
        self.decision.timeline.active(self.segment)
    }

    /// The pack in force, then the packs that it inherits; empty if no pack decides.
    #[must_use]
    pub fn packs(self) -> &'a [String] {
        &self.segment.packs
    }

    /// Positions in the outcome's problems: why it is unknown whether a higher level holds.
    #[must_use]
    pub fn problems(self) -> &'a [usize] {
        &self.segment.problems
    }
}

impl<'a> Status<'a> {
    /// The stretch that contains the instant.
    #[must_use]
    pub fn stretch(self) -> Stretch<'a> {
        self.stretch
    }

    /// The stretch that begins at `until` with another level.
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
