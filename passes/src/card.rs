//! 亮码: what a card shows at one instant, as one view model.
//!
//! A page draws this and decides nothing. If the code is unknown, not issued or expired,
//! the face is grey and says so; the level is still included for those who need it.
//!
//! A pack's manifest says by role which decision is the face, the validity, an overlay,
//! a badge or a duty. No decision is known by name here.

use longma_core::{
    Args, GREY, Instant, Json, Localized, Outcome, Reading, Role, Stamp, Status, Verdict,
};
use longma_identity::mask;
use serde::Serialize;

/// The roles that a card shows, in order.
const SHOWN: [Role; 5] = [
    Role::Face,
    Role::Validity,
    Role::Overlay,
    Role::Badge,
    Role::Duty,
];

/// A card at an instant. [`card`] makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Card {
    /// The instant that the card is for.
    pub at: Stamp,
    /// The holder, masked.
    pub holder: Holder,
    /// Whether the face may be shown.
    pub state: State,
    /// The state in words.
    pub state_words: Localized,
    /// The tone to draw the face in; grey unless the state is `valid`.
    pub tone: String,
    /// The colour and its reasons.
    pub face: Option<Reading>,
    /// When the code was last issued.
    pub issued_at: Option<Stamp>,
    /// The first instant at which the code is no longer valid; ask for a new one before.
    pub refresh_before: Option<Stamp>,
    /// Drawn over the face; empty while the face may not be shown.
    pub overlays: Vec<Reading>,
    /// Drawn next to the face.
    pub badges: Vec<Reading>,
    /// Things that the holder must still do.
    pub duties: Vec<Reading>,
    /// The overlays, badges and duties that are unknown, by name for readers.
    pub not_known: Vec<Localized>,
    /// The first instant at which anything on the card changes: redraw it then.
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
    /// The code may be shown.
    Valid,
    /// The code was issued, but is no longer valid.
    Expired,
    /// No code has been issued yet.
    NotIssued,
    /// Not enough is known to say a colour or whether it is valid.
    Unknown,
}

/// The card of a subject at an instant.
///
/// ```
/// # use longma_core::{plan::*, value::Value, *};
/// # let schema = r#"{"type": "object", "additionalProperties": false, "properties": {
/// #     "subject": {"type": "string", "enum": ["person"]},
/// #     "identity": {"type": "object", "additionalProperties": false, "properties": {
/// #         "name": {"type": "string"},
/// #         "document": {"type": "object", "additionalProperties": false, "properties": {
/// #             "type": {"type": "string"}, "number": {"type": "string"}}}}}}}"#;
/// # let level = |name: &str| Level {
/// #     name: name.into(), caption: Localized::same(name), colour: name.into(),
/// # };
/// # let decision = Decision {
/// #     name: "code".into(), declared_by: "62/2022-03-07".into(),
/// #     caption: Localized::same("code"), roles: Roles::new([Role::Face], None),
/// #     levels: vec![level("green"), level("red")], rules: Vec::new(),
/// # };
/// # let plan = Plan {
/// #     subject: "person".into(), offset: Offset::CHINA, params: Value::Bool(true),
/// #     decisions: vec![decision],
/// # };
/// # let own = Part { packs: ["62/2022-03-07".to_owned()].into(), plan: plan.into() };
/// # let descents = vec![Descent { span: Span::ALWAYS, own, above: None }];
/// # let pack = Pack {
/// #     id: PackId::read("62/2022-03-07"), version: "1".into(), title: Localized::default(),
/// #     effective: Span::ALWAYS, offset: Offset::CHINA, corrections: None,
/// #     signers: Vec::new(), descents,
/// # };
/// # let schemas = [("person".to_owned(), Schema::read(schema, "schema")?)].into();
/// # let contents = Contents { schemas, packs: vec![pack], ..Contents::default() };
/// # let catalogue = Catalogue::new(contents);
/// # let request = Request { region: Some("620102"), ..Request::default() };
/// use longma_passes::card::{State, card};
///
/// let facts = r#"{"subject": "person", "identity": {
///     "name": "张三", "document": {"type": "passport", "number": "E12345678"}}}"#;
/// let outcome = catalogue.evaluate(facts, request)?;
/// let card = card(&outcome, Instant::parse("2022-07-08T21:00:00+08:00").unwrap());
/// // The rules have no decision in the role `validity`, so a known code is valid.
/// assert_eq!((card.state, card.tone.as_str()), (State::Valid, "green"));
/// assert_eq!((card.holder.name.as_str(), &*card.holder.document), ("张*", "*******78"));
/// # Ok::<(), Problems>(())
/// ```
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
    let state = if validity.is_none() && outcome.leaves_out(Role::Validity) {
        // A code must not seem valid because nobody asked whether it is.
        State::Unknown
    } else {
        state(face.as_ref(), validity, issued_at.is_some())
    };
    let mut overlays = shown(Role::Overlay);
    // An overlay over a hidden face could be taken for the face.
    overlays.retain(|_| state == State::Valid);
    let (badges, duties) = (shown(Role::Badge), shown(Role::Duty));
    let state_key = match state {
        // Everything may be known; there is no rule that gives a colour.
        State::Unknown if face.is_none() && !outcome.leaves_out(Role::Face) => "card-none",
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
        // Rules without a validity: a code is valid if it is known.
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

/// The last issuance up to `at`.
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
