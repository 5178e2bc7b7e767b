//! 亮码: what a card shows at one instant, as one view model.
//!
//! A page draws this and decides nothing. The card never shows a colour that it
//! does not have: where the code is unknown, not issued or older than its
//! validity, the face is grey and says so; the level stands beside it for whoever
//! must know it all the same.
//!
//! Which decision is the face, the validity, an overlay, a badge or a duty is a role
//! that a pack's manifest gives it. No decision is known by name here.

use longma_core::{
    Args, GREY, Instant, Json, Localized, Outcome, Reading, Role, Stamp, Status, Verdict,
};
use longma_identity::mask;
use serde::Serialize;

/// The roles that a card shows, in its order.
const SHOWN: [Role; 5] = [
    Role::Face,
    Role::Validity,
    Role::Overlay,
    Role::Badge,
    Role::Duty,
];

/// A card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Card {
    /// The instant that it is drawn for.
    pub at: Stamp,
    /// Whose it is, masked.
    pub holder: Holder,
    /// Whether the face may be shown.
    pub state: State,
    /// The state in words.
    pub state_words: Localized,
    /// The tone to draw the face in; grey unless the state is `valid`.
    pub tone: String,
    /// The colour and why.
    pub face: Option<Reading>,
    /// When the code was last issued.
    pub issued_at: Option<Stamp>,
    /// First instant at which it no longer counts; ask for a new one before.
    pub refresh_before: Option<Stamp>,
    /// Drawn over the face; none while it may not be shown.
    pub overlays: Vec<Reading>,
    /// Drawn beside it.
    pub badges: Vec<Reading>,
    /// What the holder must still do.
    pub duties: Vec<Reading>,
    /// What is not known of what lies over and beside it, by name.
    pub not_known: Vec<Localized>,
    /// The first instant at which anything on the card differs: draw it anew then.
    pub changes_at: Option<Stamp>,
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

/// The card of a subject at an instant.
#[must_use]
pub fn card(outcome: &Outcome, at: Instant) -> Card {
    let facts = outcome.facts().document();
    let write = Stamp::at(outcome.offset());
    let mut not_known = Vec::new();
    let mut shown = |role: Role| -> Vec<Reading> {
        let decisions = outcome.in_role(role).into_iter();
        let readings = decisions.filter_map(|name| outcome.reading(name, at));
        let (known, unknown): (Vec<_>, Vec<_>) = readings
            .filter(|part| part.verdict != Verdict::Known(0))
            .partition(|part| part.verdict.is_known() || part.at_least.is_some());
        not_known.extend(unknown.into_iter().map(|part| part.name));
        known
    };
    let face = outcome.the_one_in(Role::Face, at);
    let face = face.and_then(|name| outcome.reading(name, at));
    let counts = outcome.the_one_in(Role::Validity, at);
    let validity = counts.and_then(|name| outcome.at(name, at));
    let issued_at = issued(facts, at);
    let state = state(face.as_ref(), validity, issued_at.is_some());
    let mut overlays = shown(Role::Overlay);
    // What lies over a face that is not shown would be taken for it.
    overlays.retain(|_| state == State::Valid);
    let (badges, duties) = (shown(Role::Badge), shown(Role::Duty));
    let state_key = match state {
        State::Valid => "card-valid",
        State::Expired => "card-expired",
        State::NotIssued => "card-not-issued",
        State::Unknown => "card-unknown",
    };
    let tone = face.as_ref().map(|face| face.tone.clone());
    let all = SHOWN.into_iter().flat_map(|role| outcome.in_role(role));
    let statuses = all.filter_map(|name| outcome.at(name, at));
    let changes = statuses.filter_map(|status| status.until);
    Card {
        at: write(at),
        holder: holder(facts),
        state,
        state_words: crate::code::messages().say(state_key, &Args::NONE),
        tone: tone
            .filter(|_| state == State::Valid)
            .unwrap_or_else(|| GREY.to_owned()),
        face,
        issued_at: issued_at.map(write),
        refresh_before: validity
            .filter(|_| state == State::Valid)
            .and_then(|status| status.until)
            .map(write),
        overlays,
        badges,
        duties,
        not_known,
        changes_at: changes.min().map(write),
    }
}

fn state(face: Option<&Reading>, validity: Option<Status<'_>>, issued: bool) -> State {
    if face.is_none_or(|face| !face.verdict.is_known()) {
        return State::Unknown;
    }
    let Some(validity) = validity else {
        // Rules without a validity: a code counts as long as it is known.
        return State::Valid;
    };
    let Some(level) = validity.level() else {
        return State::Unknown;
    };
    match (validity.decision().levels().last() == Some(level), issued) {
        (true, _) => State::Valid,
        (false, true) => State::Expired,
        (false, false) => State::NotIssued,
    }
}

/// The last issuance that is not after `at`.
fn issued(facts: &Json, at: Instant) -> Option<Instant> {
    let records = facts.at("/issuance").map(Json::items).unwrap_or_default();
    records
        .iter()
        .filter_map(|record| Instant::parse(record.text_at("/issued_at")?).ok())
        .filter(|issued| *issued <= at)
        .max()
}

fn holder(facts: &Json) -> Holder {
    let text = |pointer: &str| facts.text_at(pointer);
    Holder {
        name: mask::name(text("/identity/name").unwrap_or_default()),
        document: mask::number(text("/identity/document/number").unwrap_or_default()),
        health_card: text("/identity/health_card").map(mask::number),
    }
}
