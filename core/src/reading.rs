//! A decision at an instant as a reader sees it: its level in words, why, until when.

use crate::outcome::Outcome;
use crate::outcome::wire::Stamp;
use crate::text::{Args, Localized, messages};
use crate::time::Instant;
use crate::timeline::Verdict;
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
    pub since: Option<Stamp>,
    /// Until when: a countdown runs to this.
    pub until: Option<Stamp>,
    /// The level that comes then.
    pub next: Option<String>,
    /// Why, highest level first.
    pub reasons: Vec<Reason>,
    /// What keeps the level from being known.
    pub unknown_because: Vec<Localized>,
    /// The position of its level on the scale, or of what is certain of it.
    #[serde(skip)]
    pub verdict: Verdict,
    /// The position of the highest level.
    #[serde(skip)]
    pub top: usize,
}

/// One reason of a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Why.
    pub caption: Localized,
    /// What ends it.
    pub release: Localized,
    /// First instant after it.
    pub until: Option<Stamp>,
}

impl Outcome {
    /// What a reader sees of `decision` at `at`; `None` for a decision that the rules
    /// lack, or that no pack decides at that time.
    #[must_use]
    pub fn reading(&self, name: &str, at: Instant) -> Option<Reading> {
        let status = self.at(name, at)?;
        // What no pack decides at that time is absent, as what none ever decides.
        if status.packs().is_empty() {
            return None;
        }
        let decision = status.decision();
        let write = Stamp::at(self.offset());
        let (words, tone) = match status.level() {
            Some(level) => (level.caption.clone(), level.colour.clone()),
            None => (
                messages().say("level-unknown", &Args::NONE),
                GREY.to_owned(),
            ),
        };
        let unknown_because = self.problems_of(status.stretch());
        let reasons = status.causes().map(|cause| Reason {
            caption: cause.caption().clone(),
            release: cause.release().clone(),
            until: cause.span().until().map(write),
        });
        Some(Reading {
            decision: name.to_owned(),
            name: decision.caption().clone(),
            level: status.level_name().to_owned(),
            at_least: status.at_least_name().map(str::to_owned),
            at_least_words: status.at_least().map(|level| level.caption.clone()),
            words,
            tone,
            since: status.since.map(write),
            until: status.until.map(write),
            next: status.next().map(|next| next.level_name().to_owned()),
            reasons: reasons.collect(),
            unknown_because: unknown_because.map(|it| it.message.clone()).collect(),
            verdict: status.verdict(),
            top: decision.levels().len().saturating_sub(1),
        })
    }
}
