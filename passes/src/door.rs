//! 机构场所码, 出入扫码登记: from a scan to a visit record, and to what a venue's
//! rules need to know of the person at the door.
//!
//! A venue learns levels over a few days, under a pseudonym. Facts of the person
//! do not leave the phone. Packs say by role which levels are presented, and which
//! of the venue's decisions is the verdict.

use crate::code::Code;
use longma_core::{Days, Instant, Outcome, Problem, Reading, Role, Stamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

/// What stands before the venue's code in its QR code.
const PREFIX: &str = "longma:venue:";
/// Signs of the longest code of a venue.
const CODE_LENGTH: usize = 40;
/// Days about the scan over which levels are presented.
const BEFORE: Days = Days::new(-1);
const AFTER: Days = Days::new(2);

/// How it is known that a person was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Scanned on the spot.
    OnSite,
    /// Registered by the venue's staff.
    Registered,
    /// A code that was passed on and scanned elsewhere: weak evidence.
    Forwarded,
}

impl Presence {
    fn name(self) -> &'static str {
        match self {
            Self::OnSite => "on_site",
            Self::Registered => "registered",
            Self::Forwarded => "forwarded",
        }
    }
}

fn text<'a>(record: &'a Map<String, Json>, name: &str) -> Option<&'a str> {
    record.get(name)?.as_str()
}

/// The text for a venue's QR code.
#[must_use]
pub fn qr_text(venue: &str) -> String {
    format!("{PREFIX}{venue}")
}

/// The venue's code in what a camera read; what else a stranger may print into
/// a QR code is refused.
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

/// The person's facts with one more visit. A visit that is still open at another
/// instant stays open: people forget to leave, and nothing is invented for them.
///
/// # Errors
/// When `visits` is there and is no list.
pub fn enter(
    mut facts: Map<String, Json>,
    venue: &str,
    now: &str,
    presence: Presence,
) -> Result<Map<String, Json>, Problem> {
    let visit = json!({ "venue": venue, "entered_at": now, "presence": presence.name() });
    let visits = facts.entry("visits").or_insert_with(|| json!([]));
    match visits {
        Json::Array(visits) => visits.push(visit),
        _ => return Err(Problem::in_facts(Code::ScanVisits, "/visits")),
    }
    Ok(facts)
}

/// The person's facts after leaving a venue: the last visit to it that is open
/// and began before `now` ends.
///
/// # Errors
/// When there is no such visit.
pub fn leave(
    mut facts: Map<String, Json>,
    venue: &str,
    now: &str,
) -> Result<Map<String, Json>, Problem> {
    let instant = |text: &str| Instant::parse(text).ok();
    let visits = facts.get_mut("visits").and_then(Json::as_array_mut);
    let open = visits.into_iter().flatten().filter_map(Json::as_object_mut);
    let open = open.filter(|visit| {
        let entered = text(visit, "entered_at").and_then(instant);
        text(visit, "venue") == Some(venue)
            && !visit.contains_key("left_at")
            && entered
                .zip(instant(now))
                .is_some_and(|(entered, now)| entered <= now)
    });
    let last = open.max_by_key(|visit| text(visit, "entered_at").and_then(instant));
    match last {
        Some(visit) => drop(visit.insert("left_at".to_owned(), json!(now))),
        None => return Err(Problem::in_facts(Code::ScanNoVisit, "/visits").with("venue", venue)),
    }
    Ok(facts)
}

/// The venue's facts with one person at its door: the scan, and the person's
/// levels about that time. Whoever stood there before is left out.
#[must_use]
pub fn present(
    mut venue: Map<String, Json>,
    person: &str,
    outcome: &Outcome,
    now: Instant,
    presence: Presence,
) -> Map<String, Json> {
    let write = Stamp::at(outcome.offset());
    let (Some(first), Some(last)) = (now.plus_days(BEFORE), now.plus_days(AFTER)) else {
        return venue;
    };
    let mut presented = Vec::new();
    for name in outcome.in_role(Role::Presented) {
        let Some(decision) = outcome.decisions().get(name) else {
            continue;
        };
        for stretch in decision.stretches() {
            let span = stretch.span();
            let from = span.from().map_or(first, |from| from.max(first));
            let until = span.until().map_or(last, |until| until.min(last));
            if from < until {
                presented.push(json!({
                    "person": person, "decision": name, "level": stretch.level_name(),
                    "from": write(from), "until": write(until),
                }));
            }
        }
    }
    let scan = json!({
        "person": person, "at": write(now), "presence": presence.name(),
    });
    venue.insert("scans".to_owned(), json!([scan]));
    venue.insert("presented".to_owned(), Json::Array(presented));
    venue
}

/// What the venue's rules say of the person at the door: the decision in the role
/// `admission`; `None` where the rules have none at that time.
#[must_use]
pub fn verdict(outcome: &Outcome, at: Instant) -> Option<Reading> {
    let name = outcome.the_one_in(Role::Admission, at)?;
    outcome.reading(name, at)
}
