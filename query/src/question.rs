//! The question as people write it: one JSON text.

use crate::code::Code;
use crate::error::{Error, Result};
use longma_core::{Instant, Span};
use longma_population::decide::Question;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a decision is told with besides its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tell {
    /// The timeline in the window.
    Segments,
    /// Why, by the ids of rules.
    Causes,
    /// How long each level holds in the window, in seconds.
    Seconds,
}

impl Tell {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Segments, Self::Causes, Self::Seconds];

    /// The name of the member that tells it, such as `causes`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Segments => "segments",
            Self::Causes => "causes",
            Self::Seconds => "seconds",
        }
    }
}

/// A question as JSON. Members that are not listed here are refused.
///
/// ```
/// use longma_query::Asked;
/// let asked = Asked::read(
///     r#"{"region": "62", "decisions": ["code"], "at": ["2022-07-15T12:00:00+08:00"],
///         "tell": ["causes"]}"#,
/// )?;
/// assert_eq!(asked.subject, "person");
/// assert!(asked.question()?.causes);
/// # Ok::<(), longma_query::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The name of the packs; without it, the ones that have no name, or the only ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packs: Option<String>,
    /// The kind of subject; `person` if it is left out.
    #[serde(default = "person")]
    pub subject: String,
    /// The region whose rules apply; each person's own (`identity.region`) if null.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The decisions, each once.
    pub decisions: Vec<String>,
    /// The instants at which the level is asked for, in RFC 3339.
    #[serde(default)]
    pub at: Vec<String>,
    /// Where the window begins. Only with `until`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Where the window ends; it is outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// What is told besides the level.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tell: BTreeSet<Tell>,
}

fn person() -> String {
    "person".to_owned()
}

impl Asked {
    /// Reads a question.
    ///
    /// # Errors
    /// What is wrong with it, with the member and what was expected.
    pub fn read(json: &str) -> Result<Self> {
        let asked: Self = serde_json::from_str(json)
            .map_err(|error| Error::new(Code::QuestionForm).with("why", error))?;
        asked.question()?;
        Ok(asked)
    }

    /// The same as JSON.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The question for a [`Decider`](longma_population::decide::Decider).
    ///
    /// # Errors
    /// Times that cannot be read or are missing, and decisions that are missing or named
    /// twice.
    pub fn question(&self) -> Result<Question> {
        let mut seen = BTreeSet::new();
        if self.decisions.is_empty() {
            return Err(Error::new(Code::QuestionEmpty));
        }
        if let Some(twice) = self.decisions.iter().find(|it| !seen.insert(*it)) {
            return Err(Error::new(Code::QuestionTwice).with("decision", twice));
        }
        let at = self.at.iter().map(|text| instant("at", text));
        let at: Vec<Instant> = at.collect::<Result<_>>()?;
        let end = |member, text: &Option<String>| {
            let text = text.as_deref();
            text.map(|text| instant(member, text)).transpose()
        };
        let window = match (end("from", &self.from)?, end("until", &self.until)?) {
            (None, None) if at.is_empty() => return Err(Error::new(Code::QuestionTime)),
            (None, None) => None,
            (Some(from), Some(until)) => Some((from, until)),
            _ => return Err(Error::new(Code::QuestionTime)),
        };
        let window = window.map(|(from, until)| {
            let span = Span::new(Some(from), Some(until));
            span.ok_or_else(|| {
                Error::new(Code::QuestionWindow)
                    .with("from", self.from.as_deref().unwrap_or_default())
                    .with("until", self.until.as_deref().unwrap_or_default())
            })
        });
        let is_told = |what| self.tell.contains(&what);
        Ok(Question {
            subject: self.subject.clone(),
            region: self.region.clone(),
            decisions: self.decisions.clone(),
            at,
            window: window.transpose()?,
            segments: is_told(Tell::Segments),
            causes: is_told(Tell::Causes),
            seconds: is_told(Tell::Seconds),
        })
    }
}

fn instant(member: &str, text: &str) -> Result<Instant> {
    Instant::parse(text).map_err(|_| {
        Error::new(Code::QuestionInstant)
            .with("member", member)
            .with("found", text)
    })
}
