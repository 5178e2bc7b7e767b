//! 机构场所码, 出入扫码登记: turns a scan into a visit record, and into what a venue's
//! rules need to know about the person at the door.
//!
//! A venue learns levels over a few days, under a pseudonym. The person's facts do not
//! leave the phone. Packs say by role which levels are presented, and which of the
//! venue's decisions is the verdict.

use crate::code::Code;
use longma_core::order::Gather;
use longma_core::schema::INCOMPLETE;
use longma_core::{
    Days, DecisionOutcome, Instant, Json, Members, Offset, Outcome, Problem, Reading, Role, Span,
    Stamp,
};

/// The prefix before the venue's code in its QR code.
const PREFIX: &str = "longma:venue:";
/// The section of visits.
const VISITS: &str = "visits";
/// Maximum length of a venue's code, in characters.
const CODE_LENGTH: usize = 40;
/// Levels are presented from one day before the scan to two days after it.
const BEFORE: Days = Days::new(-1);
const AFTER: Days = Days::new(2);

/// How it is known that a person was at a venue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Scanned on the spot.
    OnSite,
    /// Registered by the venue's staff.
    Registered,
    /// Scanned elsewhere from a forwarded code: weak evidence.
    Forwarded,
}

impl Presence {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::OnSite, Self::Registered, Self::Forwarded];

    /// Its name in facts.
    ///
    /// ```
    /// assert_eq!(longma_passes::door::Presence::OnSite.name(), "on_site");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OnSite => "on_site",
            Self::Registered => "registered",
            Self::Forwarded => "forwarded",
        }
    }
}

fn text<'a>(record: &'a Members, name: &str) -> Option<&'a str> {
    record.get(name)?.as_text()
}

/// A record with texts as its fields.
fn record<const N: usize>(fields: [(&str, &str); N]) -> Json {
    let fields = fields.map(|(name, text)| (name.to_owned(), Json::from(text)));
    Json::Object(fields.into_iter().into_map())
}

/// The text for a venue's QR code.
///
/// ```
/// assert_eq!(longma_passes::door::qr_text("GS-TEST-1"), "longma:venue:GS-TEST-1");
/// ```
#[must_use]
pub fn qr_text(venue: &str) -> String {
    format!("{PREFIX}{venue}")
}

/// The venue's code in the text that a camera read. Any other text is refused: a
/// stranger may print anything into a QR code.
///
/// ```
/// use longma_passes::door::{qr_text, venue_of};
/// assert_eq!(venue_of(&qr_text("GS-TEST-1")).unwrap(), "GS-TEST-1");
/// assert!(venue_of("https://example.com").is_err());
/// ```
///
/// # Errors
/// A problem that says what was read.
pub fn venue_of(scanned: &str) -> Result<&str, Problem> {
    let code = scanned.trim().strip_prefix(PREFIX).unwrap_or_default();
    let sign = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if !code.is_empty() && code.len() <= CODE_LENGTH && code.chars().all(sign) {
        return Ok(code);
    }
    let shown: String = scanned
        .chars()
        .filter(|c| !c.is_control())
        .take(60)
        .collect();
    Err(Problem::in_facts(Code::ScanText, "").with("text", &shown))
}

/// The person's facts with one more visit. Earlier visits that are still open stay
/// open: people forget to leave, and nothing is invented for them. Where nothing was known
/// of visits, `incomplete` says that this is not all: one scan does not tell where the
/// person was before.
///
/// ```
/// use longma_core::{Instant, Members, Offset};
/// use longma_passes::door::{Presence, enter, leave};
///
/// let came = Instant::parse("2022-07-08T21:00:00+08:00").unwrap();
/// let left = Instant::parse("2022-07-08T22:00:00+08:00").unwrap();
/// let facts = enter(Members::new(), "TEST-1", came, Offset::CHINA, Presence::OnSite).unwrap();
/// let facts = leave(facts, "TEST-1", left, Offset::CHINA).unwrap();
/// let visit = &facts["visits"].items()[0];
/// assert_eq!(visit.text_at("/presence"), Some("on_site"));
/// assert_eq!(visit.text_at("/left_at"), Some("2022-07-08T22:00:00+08:00"));
/// assert_eq!(facts["incomplete"].items()[0].as_text(), Some("visits"));
/// ```
///
/// # Errors
/// If `visits` or `incomplete` exists and is not a list.
pub fn enter(
    mut facts: Members,
    venue: &str,
    now: Instant,
    offset: Offset,
    presence: Presence,
) -> Result<Members, Problem> {
    let entered_at = now.to_rfc3339(offset);
    let visit = record([
        ("venue", venue),
        ("entered_at", &entered_at),
        ("presence", presence.name()),
    ]);
    if !facts.contains_key(VISITS) {
        let incomplete = listed(&mut facts, INCOMPLETE)?;
        if !incomplete.iter().any(|name| name.as_text() == Some(VISITS)) {
            incomplete.push(VISITS.into());
        }
    }
    listed(&mut facts, VISITS)?.push(visit);
    Ok(facts)
}

/// The list that stands in facts by this name; an empty one if none does.
fn listed<'f>(facts: &'f mut Members, name: &str) -> Result<&'f mut Vec<Json>, Problem> {
    let list = facts.entry(name.to_owned());
    match list.or_insert_with(|| Json::List(Vec::new())) {
        Json::List(items) => Ok(items),
        _ => Err(Problem::in_facts(Code::ScanVisits, format!("/{name}"))),
    }
}

/// The person's facts after leaving a venue: ends the last open visit to it that began
/// at `now` or earlier.
///
/// ```
/// use longma_core::{Instant, Members, Offset};
/// use longma_passes::{Code, door::leave};
/// let now = Instant::parse("2022-07-08T22:00:00+08:00").unwrap();
/// let problem = leave(Members::new(), "TEST-1", now, Offset::CHINA).unwrap_err();
/// assert!(problem.code == Code::ScanNoVisit);
/// ```
///
/// # Errors
/// If there is no such visit.
pub fn leave(
    mut facts: Members,
    venue: &str,
    now: Instant,
    offset: Offset,
) -> Result<Members, Problem> {
    let instant = |text: &str| Instant::parse(text).ok();
    let visits = facts.get_mut(VISITS).map(Json::items_mut);
    let open = visits.into_iter().flatten().filter_map(Json::as_object_mut);
    let open = open.filter(|visit| {
        let entered = text(visit, "entered_at").and_then(instant);
        text(visit, "venue") == Some(venue)
            && !visit.contains_key("left_at")
            && entered.is_some_and(|entered| entered <= now)
    });
    let last = open.max_by_key(|visit| text(visit, "entered_at").and_then(instant));
    match last {
        Some(visit) => drop(visit.insert("left_at".to_owned(), now.to_rfc3339(offset).into())),
        None => return Err(Problem::in_facts(Code::ScanNoVisit, "/visits").with("venue", venue)),
    }
    Ok(facts)
}

/// The venue's facts with one person at its door: the scan, and the person's levels
/// around that time. They replace those of any earlier person.
///
/// ```
/// # use longma_core::{plan::*, value::Value, *};
/// # let schema = r#"{"type": "object", "additionalProperties": false, "properties": {
/// #     "subject": {"type": "string", "enum": ["person"]}}}"#;
/// # let level = |name: &str| Level {
/// #     name: name.into(), caption: Localized::same(name), colour: name.into(),
/// # };
/// # let decision = Decision {
/// #     name: "code".into(), declared_by: "62/2022-03-07".into(),
/// #     caption: Localized::same("code"), roles: Roles::new([Role::Presented], None),
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
/// use longma_passes::door::{Presence, present};
///
/// let outcome = catalogue.evaluate(r#"{"subject": "person"}"#, request)?;
/// let now = Instant::parse("2022-07-08T21:00:00+08:00").unwrap();
/// let venue = present(Members::new(), "p-1", &outcome, now, Presence::OnSite);
/// let presented = &venue["presented"].items()[0];
/// assert_eq!(presented.text_at("/level"), Some("green"));
/// assert_eq!(presented.text_at("/from"), Some("2022-07-07T21:00:00+08:00"));
/// assert_eq!(presented.text_at("/until"), Some("2022-07-10T21:00:00+08:00"));
/// # Ok::<(), Problems>(())
/// ```
#[must_use]
pub fn present(
    venue: Members,
    person: &str,
    outcome: &Outcome,
    now: Instant,
    presence: Presence,
) -> Members {
    let mut levels = Vec::new();
    for name in outcome.in_role(Role::Presented) {
        let stretches = outcome.decisions().get(name).into_iter();
        for stretch in stretches.flat_map(DecisionOutcome::stretches) {
            levels.push((name, stretch.level_name(), stretch.span()));
        }
    }
    present_levels(venue, person, &levels, (now, outcome.offset()), presence)
}

/// The same for levels that were decided elsewhere: of each decision its levels, each with
/// the span over which it holds.
#[must_use]
pub fn present_levels(
    mut venue: Members,
    person: &str,
    levels: &[(&str, &str, Span)],
    (now, offset): (Instant, Offset),
    presence: Presence,
) -> Members {
    let write = Stamp::at(offset);
    let (Some(first), Some(last)) = (now.plus_days(BEFORE), now.plus_days(AFTER)) else {
        return venue;
    };
    let mut presented = Vec::new();
    for (name, level, span) in levels {
        let from = span.from().map_or(first, |from| from.max(first));
        let until = span.until().map_or(last, |until| until.min(last));
        if from < until {
            presented.push(record([
                ("person", person),
                ("decision", name),
                ("level", level),
                ("from", &write(from).to_string()),
                ("until", &write(until).to_string()),
            ]));
        }
    }
    let scan = record([
        ("person", person),
        ("at", &write(now).to_string()),
        ("presence", presence.name()),
    ]);
    venue.insert("scans".to_owned(), Json::List(vec![scan]));
    venue.insert("presented".to_owned(), Json::List(presented));
    venue
}

/// The venue's decision about the person at the door: the one in the role `admission`;
/// `None` if the rules have none at that time.
///
/// ```
/// # use longma_core::{plan::*, value::Value, *};
/// # let schema = r#"{"type": "object", "additionalProperties": false, "properties": {
/// #     "subject": {"type": "string", "enum": ["venue"]}}}"#;
/// # let level = |name: &str| Level {
/// #     name: name.into(), caption: Localized::same(name), colour: name.into(),
/// # };
/// # let decision = Decision {
/// #     name: "admission".into(), declared_by: "62/2022-03-07".into(),
/// #     caption: Localized::same("admission"), roles: Roles::new([Role::Admission], None),
/// #     levels: vec![level("admit"), level("refuse")], rules: Vec::new(),
/// # };
/// # let plan = Plan {
/// #     subject: "venue".into(), offset: Offset::CHINA, params: Value::Bool(true),
/// #     decisions: vec![decision],
/// # };
/// # let own = Part { packs: ["62/2022-03-07".to_owned()].into(), plan: plan.into() };
/// # let descents = vec![Descent { span: Span::ALWAYS, own, above: None }];
/// # let pack = Pack {
/// #     id: PackId::read("62/2022-03-07"), version: "1".into(), title: Localized::default(),
/// #     effective: Span::ALWAYS, offset: Offset::CHINA, corrections: None,
/// #     signers: Vec::new(), descents,
/// # };
/// # let schemas = [("venue".to_owned(), Schema::read(schema, "schema")?)].into();
/// # let contents = Contents { schemas, packs: vec![pack], ..Contents::default() };
/// # let catalogue = Catalogue::new(contents);
/// # let request = Request { region: Some("620102"), ..Request::default() };
/// use longma_passes::door::verdict;
///
/// let outcome = catalogue.evaluate(r#"{"subject": "venue"}"#, request)?;
/// let now = Instant::parse("2022-07-08T21:00:00+08:00").unwrap();
/// assert_eq!(verdict(&outcome, now).unwrap().level, "admit");
/// # Ok::<(), Problems>(())
/// ```
#[must_use]
pub fn verdict(outcome: &Outcome, at: Instant) -> Option<Reading> {
    let name = outcome.the_one_in(Role::Admission, at)?;
    outcome.reading(name, at)
}
