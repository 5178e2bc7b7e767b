//! 亮码: what a card shows at one instant, as one view model.
//!
//! A page draws this and decides nothing. The card never shows a colour that it
//! does not have: where the code is unknown, not issued or older than its
//! validity, the face is grey and says so; the level stands beside it for whoever
//! must know it all the same.

use crate::document::{at, text};
use crate::mask;
use longma_core::{Instant, Localized, Outcome, Status};
use serde::Serialize;
use serde_json::{Map, Value as Json};

/// What is shown while nothing may be shown.
const GREY: &str = "grey";

/// Which decision has which part on a card. A part whose decision the rules of
/// the region do not have is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts<'a> {
    /// The colour.
    pub face: &'a str,
    /// Whether the code that was issued still counts: its top level says yes.
    pub validity: &'a str,
    /// Shown over the face when above their lowest level.
    pub overlays: &'a [&'a str],
    /// Shown beside the face when above their lowest level.
    pub badges: &'a [&'a str],
    /// What the holder must still do, when above their lowest level.
    pub duties: &'a [&'a str],
}

impl Default for Parts<'_> {
    fn default() -> Self {
        Self {
            face: "code",
            validity: "validity",
            overlays: &["gold", "skin"],
            badges: &["tests", "vaccination", "itinerary", "contact"],
            duties: &["arrival", "duties", "triage", "care"],
        }
    }
}

impl Parts<'_> {
    /// The decisions that a card needs, of those that an engine has.
    #[must_use]
    pub fn decisions(&self) -> Vec<&str> {
        let lists = [self.overlays, self.badges, self.duties];
        let lists = lists.into_iter().flatten().copied();
        [self.face, self.validity]
            .into_iter()
            .chain(lists)
            .collect()
    }
}

/// A card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Card {
    /// The instant that it is drawn for.
    pub at: String,
    /// Whose it is, masked.
    pub holder: Holder,
    /// Whether the face may be shown.
    pub state: State,
    /// The state in words.
    pub state_words: Localized,
    /// The tone to draw the face in; grey unless the state is `valid`.
    pub tone: String,
    /// The colour and why.
    pub face: Option<Part>,
    /// When the code was last issued.
    pub issued_at: Option<String>,
    /// First instant at which it no longer counts; ask for a new one before.
    pub refresh_before: Option<String>,
    /// Drawn over the face; none while it may not be shown.
    pub overlays: Vec<Part>,
    /// Drawn beside it.
    pub badges: Vec<Part>,
    /// What the holder must still do.
    pub duties: Vec<Part>,
    /// What is not known of what lies over and beside it, by name.
    pub not_known: Vec<Localized>,
    /// The first instant at which anything on the card differs: draw it anew then.
    pub changes_at: Option<String>,
}

/// The person on a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Holder {
    /// The name, masked.
    pub name: String,
    /// The document's number, masked.
    pub document: String,
    /// The number of the electronic health card, masked.
    pub health_card: Option<String>,
}

/// Whether a code may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It may.
    Valid,
    /// It was issued, and no longer counts.
    Expired,
    /// It was not issued yet.
    NotIssued,
    /// What is known does not suffice to say a colour.
    Unknown,
}

/// One decision on a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
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

/// The card of a person at an instant.
#[must_use]
pub fn card(facts: &Map<String, Json>, outcome: &Outcome, at: Instant, parts: &Parts<'_>) -> Card {
    let mut not_known = Vec::new();
    let mut shown = |names: &[&str]| -> Vec<Part> {
        let named = names.iter().filter_map(|name| part(outcome, name, at));
        let (known, unknown): (Vec<_>, Vec<_>) = named
            .filter(|(_, lowest)| !lowest)
            .map(|(part, _)| part)
            .partition(|part| part.level != UNKNOWN || part.at_least.is_some());
        not_known.extend(unknown.into_iter().map(|part| part.name));
        known
    };
    let face = part(outcome, parts.face, at).map(|(face, _)| face);
    let validity = outcome.at(parts.validity, at);
    let issued_at = issued(facts, at);
    let state = state(
        outcome,
        parts,
        face.as_ref(),
        validity.as_ref(),
        issued_at.is_some(),
    );
    let mut overlays = shown(parts.overlays);
    // What lies over a face that is not shown would be taken for it.
    overlays.retain(|_| state == State::Valid);
    let (badges, duties) = (shown(parts.badges), shown(parts.duties));
    let state_key = match state {
        State::Valid => "card-valid",
        State::Expired => "card-expired",
        State::NotIssued => "card-not-issued",
        State::Unknown => "card-unknown",
    };
    let tone = face.as_ref().map(|face| face.tone.clone());
    let all = parts.decisions();
    let statuses = all.iter().filter_map(|name| outcome.at(name, at));
    let changes = statuses.filter_map(|status| Instant::parse(&status.until?).ok());
    Card {
        at: at.to_rfc3339(outcome.offset()),
        holder: holder(facts),
        state,
        state_words: crate::text::say(state_key, &[]),
        tone: tone
            .filter(|_| state == State::Valid)
            .unwrap_or_else(|| GREY.to_owned()),
        face,
        issued_at: issued_at.map(|issued| issued.to_rfc3339(outcome.offset())),
        refresh_before: validity
            .filter(|_| state == State::Valid)
            .and_then(|status| status.until),
        overlays,
        badges,
        duties,
        not_known,
        changes_at: changes.min().map(|at| at.to_rfc3339(outcome.offset())),
    }
}

fn state(
    outcome: &Outcome,
    parts: &Parts<'_>,
    face: Option<&Part>,
    validity: Option<&Status>,
    issued: bool,
) -> State {
    let known = |status: &Status| status.at_least.is_none() && status.level != UNKNOWN;
    if face.is_none_or(|face| face.level == UNKNOWN) {
        return State::Unknown;
    }
    let Some(validity) = validity else {
        // Rules without a validity: a code counts as long as it is known.
        return State::Valid;
    };
    if !known(validity) {
        return State::Unknown;
    }
    let scale = outcome.decisions().get(parts.validity);
    let top = scale.and_then(|decision| decision.scale().last().copied().map(str::to_owned));
    match (top.as_deref() == Some(&validity.level), issued) {
        (true, _) => State::Valid,
        (false, true) => State::Expired,
        (false, false) => State::NotIssued,
    }
}

/// What the level is called where it is not known.
pub(crate) const UNKNOWN: &str = "unknown";

/// A decision's part, and whether it is at its lowest level.
pub(crate) fn part(outcome: &Outcome, name: &str, at: Instant) -> Option<(Part, bool)> {
    let status = outcome.at(name, at)?;
    // What no pack decides at that time is absent, as what none ever decides.
    if status.packs.is_empty() {
        return None;
    }
    let decision = outcome.decisions().get(name)?;
    let lowest = decision.scale().first().copied() == Some(&status.level);
    let (words, tone) = match decision.level(&status.level) {
        Some((words, tone)) => (words.clone(), tone.to_owned()),
        None => (crate::text::say("level-unknown", &[]), GREY.to_owned()),
    };
    let problems = status.problems.iter();
    let problems = problems.filter_map(|index| outcome.problems().get(*index));
    let unknown_because = problems.map(|problem| problem.message.clone()).collect();
    let reasons = status.causes.into_iter().map(|cause| Reason {
        caption: cause.caption,
        release: cause.release,
        until: cause.until,
    });
    let certain = status.at_least.as_deref();
    let certain = certain.and_then(|level| decision.level(level));
    let part = Part {
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
    };
    Some((part, lowest))
}

/// The last issuance that is not after `at`.
fn issued(facts: &Map<String, Json>, at: Instant) -> Option<Instant> {
    crate::document::section(facts, "issuance")
        .filter_map(|(_, record)| Instant::parse(text(record, "issued_at")?).ok())
        .filter(|issued| *issued <= at)
        .max()
}

fn holder(facts: &Map<String, Json>) -> Holder {
    let text = |pointer: &str| at(facts, pointer).and_then(Json::as_str);
    Holder {
        name: mask::name(text("/identity/name").unwrap_or_default()),
        document: mask::number(text("/identity/document/number").unwrap_or_default()),
        health_card: text("/identity/health_card").map(mask::number),
    }
}
