//! The outcome as JSON: the only place where an outcome's instants become text.
//!
//! Members are ordered, instants are RFC 3339 at a fixed offset, and the only numbers
//! are the format's version and positions of problems, so equal outcomes are equal
//! bytes on every target. `rules/schema/outcome.schema.json` describes the format.

use super::{DecisionOutcome, Outcome, Status, Stretch};
use crate::limits;
use crate::problem::{Code, Place, Problem};
use crate::text::Localized;
use crate::time::{Instant, Offset};
use crate::timeline::{Cause, Citation, evidence_of};
use serde::{Serialize, Serializer};
use std::fmt;

/// The version of the outcome's own format.
const FORMAT: u32 = 2;
/// The name of an unknown level; no scale may use it.
pub const UNKNOWN: &str = "unknown";

/// An instant with the offset at which it is written, in RFC 3339.
///
/// ```
/// use longma_core::{Instant, Offset, Stamp};
/// let instant = Instant::parse("2022-07-08T13:00:00Z").unwrap();
/// let stamp = Stamp { instant, offset: Offset::CHINA };
/// assert_eq!(stamp.to_string(), "2022-07-08T21:00:00+08:00");
/// assert_eq!(stamp.words(), "2022-07-08 21:00:00");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// The instant.
    pub instant: Instant,
    /// The offset at which it is written.
    pub offset: Offset,
}

impl Stamp {
    /// For readers: `2022-07-08 21:00:00`. The offset is printed elsewhere.
    #[must_use]
    pub fn words(self) -> String {
        self.instant.to_words(self.offset)
    }

    /// A function that stamps instants with `offset`.
    pub fn at(offset: Offset) -> impl Fn(Instant) -> Self + Copy {
        move |instant| Self { instant, offset }
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.instant.to_rfc3339(self.offset))
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// A decision at one instant, in its JSON form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusView {
    /// The instant asked for.
    pub at: Stamp,
    /// The level, or `unknown`.
    pub level: String,
    /// If the level is unknown: the highest level that is certain.
    pub at_least: Option<String>,
    /// Since when the level has been this one; `None` for ever.
    pub since: Option<Stamp>,
    /// The first instant of another level; `None` if none comes.
    pub until: Option<Stamp>,
    /// The change at `until`.
    pub next: Option<NextView>,
    /// The pack in force, then the packs that it inherits.
    pub packs: Vec<String>,
    /// Every active cause, highest level first.
    pub causes: Vec<CauseView>,
    /// Positions in the outcome's problems.
    pub problems: Vec<usize>,
}

/// The next change of level, in its JSON form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NextView {
    /// When the level changes.
    pub at: Stamp,
    /// The new level.
    pub level: String,
}

/// A cause, in its JSON form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CauseView {
    /// `pack/decision/function`, or `manual/<decision>`.
    pub rule: String,
    /// The level.
    pub level: String,
    /// Why the level holds.
    pub caption: Localized,
    /// What ends the cause.
    pub release: Localized,
    /// The source of the rule.
    pub source: Localized,
    /// The facts that it rests on: JSON pointers, and table rows as `table#/row`.
    pub evidence: Vec<String>,
    /// The first instant; `None` if it always held.
    pub from: Option<Stamp>,
    /// The first instant after; `None` if it has no end.
    pub until: Option<Stamp>,
}

/// A JSON object with these members, in this order. A map would do, but each kind of map
/// is code of its own.
///
/// ```
/// use longma_core::Named;
/// let levels = Named(vec![("code", 2), ("gold", 1)]);
/// assert_eq!(serde_json::to_string(&levels)?, r#"{"code":2,"gold":1}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<'a, T>(pub Vec<(&'a str, T)>);

impl<T: Serialize> Serialize for Named<'_, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(name, member)| (name, member)))
    }
}

/// Generic, so that who never asks for a status does not carry how one is written.
#[derive(Serialize)]
struct OutcomeView<'a, S> {
    longma: u32,
    subject: &'a str,
    region: &'a str,
    decisions: Named<'a, DecisionView<'a, S>>,
    problems: &'a [Problem],
}

#[derive(Serialize)]
struct DecisionView<'a, S> {
    caption: &'a Localized,
    levels: Vec<LevelView<'a>>,
    rules: Vec<&'a Citation>,
    evidence: Vec<Vec<String>>,
    causes: Vec<CauseEntry<'a>>,
    timeline: Vec<StretchView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<S>,
}

/// A cause among those of its decision: what several share is named once, beside them.
#[derive(Serialize)]
struct CauseEntry<'a> {
    rule: usize,
    level: &'a str,
    evidence: usize,
    from: Option<Stamp>,
    until: Option<Stamp>,
}

/// A status beside the causes of its decision.
#[derive(Serialize)]
struct StatusEntry<'a> {
    at: Stamp,
    level: &'a str,
    at_least: Option<&'a str>,
    since: Option<Stamp>,
    until: Option<Stamp>,
    next: Option<NextView>,
    packs: &'a [String],
    causes: Vec<usize>,
    problems: &'a [usize],
}

#[derive(Serialize)]
struct LevelView<'a> {
    level: &'a str,
    caption: &'a Localized,
    colour: &'a str,
}

#[derive(Serialize)]
struct StretchView<'a> {
    from: Option<Stamp>,
    until: Option<Stamp>,
    level: &'a str,
    at_least: Option<&'a str>,
    packs: &'a [String],
    problems: &'a [usize],
}

impl Outcome {
    /// The outcome as JSON text.
    #[must_use]
    pub fn json(&self) -> String {
        self.write(|_| None::<()>)
    }

    /// The outcome as JSON text, with each decision's status at `instant`.
    #[must_use]
    pub fn json_at(&self, instant: Instant) -> String {
        self.write(|decision| Some(decision.at(instant)?.entry(self.offset)))
    }

    /// Every decision's status at `instant` in its JSON form, by name. Each cause repeats
    /// the words of its rule and the facts that it rests on.
    ///
    /// # Errors
    /// If that would take more than [`limits::STATUS_BYTES`]. [`json_at`](Self::json_at)
    /// names each once.
    pub fn views_at(&self, instant: Instant) -> Result<Named<'_, StatusView>, Problem> {
        let statuses = self.decisions.iter();
        let statuses = statuses.filter_map(|(name, it)| Some((name.as_str(), it.at(instant)?)));
        let statuses: Vec<_> = statuses.collect();
        let causes = statuses.iter().flat_map(|(_, status)| status.causes());
        let bytes: usize = causes.map(Cause::bytes).fold(0, usize::saturating_add);
        if bytes > limits::STATUS_BYTES {
            let problem = Problem::new(Code::StatusSize, Place::None);
            return Err(problem.with("limit", limits::STATUS_BYTES));
        }
        let views = statuses.into_iter();
        let views = views.map(|(name, status)| (name, status.view(self.offset)));
        Ok(Named(views.collect()))
    }

    fn write<'a, S: Serialize>(
        &'a self,
        status: impl Fn(&'a DecisionOutcome) -> Option<S>,
    ) -> String {
        let decisions = self.decisions.iter();
        let views = decisions.map(|(name, it)| (name.as_str(), it.view(self.offset, status(it))));
        let view = OutcomeView {
            longma: FORMAT,
            subject: self.facts.subject(),
            region: &self.region,
            decisions: Named(views.collect()),
            problems: &self.problems,
        };
        // Serialising strings, numbers and lists of them cannot fail.
        serde_json::to_string(&view).unwrap_or_default()
    }
}

impl DecisionOutcome {
    fn view<S>(&self, offset: Offset, status: Option<S>) -> DecisionView<'_, S> {
        let write = Stamp::at(offset);
        let levels = self.levels().iter().map(|level| LevelView {
            level: &level.name,
            caption: &level.caption,
            colour: &level.colour,
        });
        let evidence = evidence_of(self.timeline.causes());
        let mut rules: Vec<&Citation> = Vec::new();
        // Their positions, by what stands there.
        let mut known: Vec<usize> = Vec::new();
        let mut causes = Vec::new();
        for cause in self.timeline.causes() {
            let told = &*cause.citation;
            let found = known.binary_search_by(|at| rules.get(*at).copied().cmp(&Some(told)));
            let rule = match found {
                Ok(place) => known.get(place).copied().unwrap_or_default(),
                Err(place) => {
                    known.insert(place, rules.len());
                    rules.push(told);
                    rules.len() - 1
                }
            };
            causes.push(CauseEntry {
                rule,
                level: self.by_rank(cause.rank).map_or(UNKNOWN, |it| &it.name),
                evidence: evidence
                    .binary_search(&&*cause.evidence)
                    .unwrap_or_default(),
                from: cause.span.from().map(write),
                until: cause.span.until().map(write),
            });
        }
        DecisionView {
            caption: self.caption(),
            levels: levels.collect(),
            rules,
            evidence: evidence.iter().map(|it| self.pointers(it)).collect(),
            causes,
            timeline: self.stretches().map(|it| it.view(offset)).collect(),
            status,
        }
    }

    /// A cause of this decision in its JSON form.
    #[must_use]
    pub fn cause(&self, cause: &Cause, offset: Offset) -> CauseView {
        let write = Stamp::at(offset);
        let level = self.by_rank(cause.rank);
        CauseView {
            rule: cause.citation.rule.clone(),
            level: level.map_or(UNKNOWN, |level| &level.name).to_owned(),
            caption: cause.citation.caption.clone(),
            release: cause.citation.release.clone(),
            source: cause.citation.source.clone(),
            evidence: self.evidence(cause),
            from: cause.span.from().map(write),
            until: cause.span.until().map(write),
        }
    }
}

impl<'a> Stretch<'a> {
    /// The level's name, or `unknown`.
    #[must_use]
    pub fn level_name(self) -> &'a str {
        self.level().map_or(UNKNOWN, |level| &level.name)
    }

    /// If the level is not known: the name of the highest level that is certain.
    #[must_use]
    pub fn at_least_name(self) -> Option<&'a str> {
        self.at_least().map(|level| &*level.name)
    }

    /// The causes in their JSON form, highest level first.
    #[must_use]
    pub fn cause_views(self, offset: Offset) -> Vec<CauseView> {
        let causes = self.causes();
        causes
            .map(|cause| self.decision().cause(cause, offset))
            .collect()
    }

    fn view(self, offset: Offset) -> StretchView<'a> {
        let write = Stamp::at(offset);
        StretchView {
            from: self.span().from().map(write),
            until: self.span().until().map(write),
            level: self.level_name(),
            at_least: self.at_least_name(),
            packs: self.packs(),
            problems: self.problems(),
        }
    }
}

impl<'a> Status<'a> {
    fn entry(self, offset: Offset) -> StatusEntry<'a> {
        let write = Stamp::at(offset);
        let span = self.span();
        let causes = self.decision().timeline.causes().iter().enumerate();
        let active = causes.filter(|(_, cause)| cause.span.covers(span));
        StatusEntry {
            at: write(self.at),
            level: self.level_name(),
            at_least: self.at_least_name(),
            since: self.since.map(write),
            until: self.until.map(write),
            next: self.next_view(offset),
            packs: self.packs(),
            causes: active.map(|(at, _)| at).collect(),
            problems: self.problems(),
        }
    }

    fn next_view(self, offset: Offset) -> Option<NextView> {
        let (at, stretch) = self.until.zip(self.next())?;
        Some(NextView {
            at: Stamp {
                instant: at,
                offset,
            },
            level: stretch.level_name().to_owned(),
        })
    }

    /// The status in its JSON form.
    #[must_use]
    pub fn view(self, offset: Offset) -> StatusView {
        let write = Stamp::at(offset);
        StatusView {
            at: write(self.at),
            level: self.level_name().to_owned(),
            at_least: self.at_least_name().map(str::to_owned),
            since: self.since.map(write),
            until: self.until.map(write),
            next: self.next_view(offset),
            packs: self.packs().to_vec(),
            causes: self.cause_views(offset),
            problems: self.problems().to_vec(),
        }
    }
}
