//! A decision at an instant as a reader sees it: its level in words, why, until when.

use crate::outcome::Outcome;
use crate::text::{Localized, messages};
use crate::time::Instant;
use serde::Serialize;

/// The tone of what is not known.
pub const GREY: &str = "grey";

/// A decision at an instant, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// The decision.
    pub decision: String,
    /// Its name.
    pub name: Localized,
    /// Its level, or `unknown`.
    pub level: String,
    /// Where that is unknown: what is certain at least.
    pub at_least: Option<String>,
    /// That in words.
    pub at_least_words: Option<Localized>,
    /// The level in words.
    pub words: Localized,
    /// The level's tone.
    pub tone: String,
    /// Since when.
    pub since: Option<String>,
    /// Until when: a countdown runs to this.
    pub until: Option<String>,
    /// The level that comes then.
    pub next: Option<String>,
    /// Why, highest level first.
    pub reasons: Vec<Reason>,
    /// What keeps the level from being known.
    pub unknown_because: Vec<Localized>,
    /// Whether it is at its lowest level.
    #[serde(skip)]
    pub lowest: bool,
}

/// One reason of a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Why.
    pub caption: Localized,
    /// What ends it.
    pub release: Localized,
    /// First instant after it.
    pub until: Option<String>,
}

impl Outcome {
    /// What a reader sees of `decision` at `at`; `None` for a decision that the rules
    /// lack, or that no pack decides at that time.
    #[must_use]
    pub fn reading(&self, name: &str, at: Instant) -> Option<Reading> {
        let status = self.at(name, at)?;
        // What no pack decides at that time is absent, as what none ever decides.
        if status.packs.is_empty() {
            return None;
        }
        let decision = self.decisions().get(name)?;
        let lowest = decision.scale().first().copied() == Some(&status.level);
        let (words, tone) = match decision.level(&status.level) {
            Some((words, tone)) => (words.clone(), tone.to_owned()),
            None => (messages().say("level-unknown", &[]), GREY.to_owned()),
        };
        let problems = status.problems.iter();
        let problems = problems.filter_map(|index| self.problems().get(*index));
        let unknown_because = problems.map(|problem| problem.message.clone()).collect();
        let reasons = status.causes.into_iter().map(|cause| Reason {
            caption: cause.caption,
            release: cause.release,
            until: cause.until,
        });
        let certain = status.at_least.as_deref();
        let certain = certain.and_then(|level| decision.level(level));
        Some(Reading {
            at_least_words: certain.map(|(words, _)| words.clone()),
            decision: name.to_owned(),
            name: decision.caption().clone(),
            level: status.level,
            at_least: status.at_least,
            words,
            tone,
            since: status.since,
            until: status.until,
            next: status.next.map(|next| next.level),
            reasons: reasons.collect(),
            unknown_because,
            lowest,
        })
    }
}
