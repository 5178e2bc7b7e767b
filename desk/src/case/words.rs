//! What a case that did not pass says of itself.

use super::{Fault, Level};
use crate::text::{self, find, say};
use longma_core::{Args, Localized};
use std::collections::BTreeSet;

/// A failure in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What differs.
    pub title: Localized,
    /// The difference in few words, for the line that expects it.
    pub label: Option<Localized>,
    /// What to look at.
    pub help: Option<Localized>,
}

impl Fault {
    /// What differs from what was expected, in words.
    #[must_use]
    pub fn words(&self) -> Said {
        let names = |set: &BTreeSet<String>| joined(set.iter().map(Localized::same), "fault-none");
        let texts = |set: &mut dyn Iterator<Item = &Localized>| joined(set.cloned(), "fault-none");
        let args =
            |expected: Localized, got: Localized| Args::of("expected", expected).with("got", got);
        let (key, args) = match self {
            Self::Level {
                decision,
                expected,
                got,
            } => (
                "level",
                args(level(expected), level(got)).with("decision", decision),
            ),
            Self::Rules { expected, got } => ("rules", args(names(expected), names(got))),
            Self::Evidence { expected, got } => ("evidence", args(names(expected), names(got))),
            Self::Sources { expected, got } => {
                ("sources", args(names(expected), texts(&mut got.iter())))
            }
            Self::Says { expected, got } => (
                "says",
                args(Localized::same(expected), texts(&mut got.iter())),
            ),
            Self::Accepted { expected } => (
                "accepted",
                args(names(expected), say("fault-no-problem", &Args::NONE)),
            ),
            Self::Refused { expected, got } => {
                let codes = |set: &BTreeSet<String>| {
                    joined(set.iter().map(Localized::same), "fault-no-problem")
                };
                ("refused", args(codes(expected), codes(got)))
            }
            Self::NoDecision { decision, known } => {
                let known = joined(known.iter().map(Localized::same), "fault-none");
                (
                    "no-decision",
                    Args::of("decision", decision).with("known", known),
                )
            }
            Self::Time => ("time", Args::NONE),
        };
        Said {
            title: say(&format!("fault-{key}"), &args),
            label: find(&format!("fault-{key}.label"), &args),
            help: find(&format!("fault-{key}.help"), &args),
        }
    }
}

/// A level by name, as the author of a case writes it.
fn level(level: &Level) -> Localized {
    let name = Localized::same(&level.level);
    level.at_least.as_ref().map_or(name.clone(), |least| {
        say(
            "fault-at-least",
            &Args::of("level", name).with("least", least),
        )
    })
}

/// A list of texts, or what stands for none.
fn joined(texts: impl Iterator<Item = Localized>, none: &str) -> Localized {
    let texts: Vec<Localized> = texts.collect();
    if texts.is_empty() {
        return say(none, &Args::NONE);
    }
    text::joined(&texts)
}
