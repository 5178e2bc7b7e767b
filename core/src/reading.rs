//! A decision at an instant for readers: its level in words, the reasons, until when.

use crate::outcome::Outcome;
use crate::outcome::wire::Stamp;
use crate::problem::Problem;
use crate::text::{Args, Localized, messages};
use crate::time::Instant;
use crate::timeline::{Cause, Verdict};
use serde::Serialize;

/// The tone of an unknown level.
pub const GREY: &str = "grey";

/// A decision at an instant, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// The decision's name, such as `code`.
    pub decision: String,
    /// Its name for readers.
    pub name: Localized,
    /// Its level, or `unknown`.
    pub level: String,
    /// If the level is unknown: the highest level that is certain.
    pub at_least: Option<String>,
    /// `at_least` in words.
    pub at_least_words: Option<Localized>,
    /// The level in words.
    pub words: Localized,
    /// The level's tone.
    pub tone: String,
    /// Since when the level has been this one; `None` for ever.
    pub since: Option<Stamp>,
    /// The first instant of another level, for a countdown; `None` if none comes.
    pub until: Option<Stamp>,
    /// The level that begins at `until`.
    pub next: Option<String>,
    /// Why the level holds, highest level first. Causes of one rule are one reason.
    pub reasons: Vec<Reason>,
    /// What keeps the level from being known.
    pub unknown_because: Vec<Localized>,
    /// The position of the level on the scale; if unknown, of the highest certain level.
    #[serde(skip)]
    pub verdict: Verdict,
    /// The position of the scale's highest level.
    #[serde(skip)]
    pub top: usize,
}

/// One reason for a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Why the level holds.
    pub caption: Localized,
    /// What ends the cause.
    pub release: Localized,
    /// The first instant after the last of its causes; `None` if one has no end.
    pub until: Option<Stamp>,
}

impl Outcome {
    /// The decision `name` at `at`, in words; `None` if the rules do not have it or no
    /// pack decides it at that time.
    ///
    /// ```
    /// # use longma_core::plan::{Decision, Level, Plan};
    /// # use longma_core::*;
    /// # let schema = r#"{"type": "object", "additionalProperties": false, "properties":
    /// #     {"subject": {"type": "string", "enum": ["person"]}}}"#;
    /// # let level = |name: &str, en: &str, colour: &str| Level {
    /// #     name: name.into(), caption: Localized::same(en), colour: colour.into(),
    /// # };
    /// # let decision = Decision {
    /// #     name: "code".into(), declared_by: "62/2022-03-07".into(), roles: Roles::default(),
    /// #     caption: Localized::same("Health code"), rules: Vec::new(),
    /// #     levels: vec![level("green", "Green code", "green"), level("red", "Red code", "red")],
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
    /// // A catalogue whose rules never raise a code above green.
    /// let request = Request { region: Some("620102"), ..Request::default() };
    /// let outcome = catalogue.evaluate(r#"{"subject": "person"}"#, request)?;
    /// let now = Instant::parse("2022-07-08T21:00:00+08:00").unwrap();
    /// let code = outcome.reading("code", now).expect("a pack decides it");
    /// assert_eq!((code.words.en.as_str(), code.tone.as_str()), ("Green code", "green"));
    /// assert!(code.reasons.is_empty() && code.until.is_none());
    /// assert_eq!(outcome.reading("gold", now), None);
    /// # Ok::<(), Problems>(())
    /// ```
    #[must_use]
    pub fn reading(&self, name: &str, at: Instant) -> Option<Reading> {
        let status = self.at(name, at)?;
        // A decision that no pack decides now reads like one that does not exist.
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
        let mut told: Vec<(&Cause, Option<Instant>)> = Vec::new();
        for cause in status.causes() {
            let until = cause.span().until();
            let same = |(known, _): &&mut (&Cause, _)| known.says_as(cause);
            match told.iter_mut().find(same) {
                Some((_, last)) => *last = last.zip(until).map(|(last, until)| last.max(until)),
                None => told.push((cause, until)),
            }
        }
        let reasons = told.into_iter().map(|(cause, until)| Reason {
            caption: cause.caption().clone(),
            release: cause.release().clone(),
            until: until.map(write),
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
            unknown_because: unknown_because.map(Problem::message).collect(),
            verdict: status.verdict(),
            top: decision.levels().len().saturating_sub(1),
        })
    }
}
