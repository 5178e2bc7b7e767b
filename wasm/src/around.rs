//! What stands around decisions, for JavaScript: cards, doors, sites, roll-ups.
//!
//! Facts go in and come out as JSON text, so that a document is the same text
//! wherever it is kept; what is only shown comes as a value.

use crate::code::{Code, problem};
use crate::{Engine, Outcome, parsed, result};
use js_sys::JsString;
use longma_core::{Date, Instant, Problem, Problems, Request};
use longma_passes::card::card;
use longma_passes::door::{self, Presence};
use longma_passes::exposure;
use longma_passes::proxy::wallet;
use longma_passes::sites::{Near, Point, Sites as List};
use longma_records::inspect;
use longma_records::rollup::roll_up;
use longma_records::screening::{Asked, screen};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const AROUND_TYPES: &str = include_str!("../types/around.d.ts");

#[wasm_bindgen]
impl Engine {
    /// As `evaluate`, for facts of which a part may be wrong: a section in which
    /// something is wrong counts as not known, and its problems travel in the
    /// outcome. `received` is when the document came in, in seconds.
    #[wasm_bindgen(unchecked_return_type = "Result<{ outcome: Outcome }>")]
    #[must_use]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "JavaScript hands over owned texts"
    )]
    pub fn decide(
        &self,
        facts: &str,
        received: f64,
        region: Option<String>,
        decisions: Option<Vec<String>>,
    ) -> JsValue {
        let asked = asked(decisions.as_deref());
        let request = Request {
            region: region.as_deref(),
            references: Some(&self.references),
            decisions: asked.as_deref(),
        };
        let decided = Instant::from_clock(received)
            .map_err(Problems::from)
            .and_then(|received| inspect::decide(&self.catalogue, facts, request, received));
        result(decided.map(|inner| [("outcome", Outcome { inner }.into())]))
    }

    /// What is wrong with a document beside what its schema says: times that have
    /// not come, times before birth, records that stand twice.
    #[wasm_bindgen(unchecked_return_type = "Result<{ found: Problem[] }>")]
    #[must_use]
    pub fn inspect(&self, facts: &str, received: f64) -> JsValue {
        let found = Instant::from_clock(received)
            .map(|received| inspect::inspect(&self.catalogue, facts, received));
        result(found.map(|found| [("found", value(&found))]))
    }

    /// The cards of a person and of the dependants whose documents are given, at an
    /// instant in seconds. Each person is decided by their own facts alone.
    #[wasm_bindgen(unchecked_return_type = "Result<{ wallet: Wallet }>")]
    #[must_use]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "JavaScript hands over owned texts"
    )]
    pub fn wallet(&self, holder: &str, dependants: Vec<String>, seconds: f64) -> JsValue {
        let drawn = Instant::from_clock(seconds)
            .map_err(Problems::from)
            .and_then(|at| {
                let own = self.read(holder, at)?;
                let others: Result<Vec<_>, Problems> = dependants
                    .iter()
                    .map(|facts| self.read(facts, at))
                    .collect();
                let others = others?;
                let others: Vec<&longma_core::Outcome> = others.iter().collect();
                Ok(wallet(&own, &others, at))
            });
        result(drawn.map(|wallet| [("wallet", value(&wallet))]))
    }

    /// Goes through a grid worker's list in CSV that came in at an instant in seconds:
    /// persons by urgency, and the rows to be called back. `region` is that of rows
    /// that name none.
    #[wasm_bindgen(unchecked_return_type = "Result<{ screened: Screened }>")]
    #[must_use]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "JavaScript hands over owned texts"
    )]
    pub fn screen(&self, csv: &str, received: f64, region: Option<String>) -> JsValue {
        let screened = Instant::from_clock(received)
            .map_err(Problems::from)
            .and_then(|received| {
                let asked = Asked {
                    received,
                    region: region.as_deref(),
                    references: Some(&self.references),
                };
                screen(&self.catalogue, csv, asked)
            });
        result(screened.map(|screened| [("screened", value(&screened))]))
    }

    fn read(&self, facts: &str, at: Instant) -> Result<longma_core::Outcome, Problems> {
        let request = Request {
            references: Some(&self.references),
            ..Request::default()
        };
        inspect::decide(&self.catalogue, facts, request, at)
    }
}

#[wasm_bindgen]
impl Outcome {
    /// What a card shows at an instant in seconds.
    #[wasm_bindgen(unchecked_return_type = "Result<{ card: Card }>")]
    #[must_use]
    pub fn card(&self, seconds: f64) -> JsValue {
        let drawn = Instant::from_clock(seconds);
        let drawn = drawn.map(|at| card(&self.inner, at));
        result(drawn.map(|card| [("card", value(&card))]))
    }

    /// The facts of a venue with this person at its door: the scan, and the levels
    /// about that time under a pseudonym. Nothing else of the person goes along.
    #[wasm_bindgen(unchecked_return_type = "Result<{ facts: string }>")]
    #[must_use]
    pub fn present(&self, venue: &str, person: &str, seconds: f64, presence: &str) -> JsValue {
        let facts = object(venue).and_then(|venue| {
            let at = Instant::from_clock(seconds)?;
            let presence = presence_of(presence)?;
            Ok(door::present(venue, person, &self.inner, at, presence))
        });
        documents(facts)
    }
}

/// The text for a venue's QR code.
#[wasm_bindgen(js_name = venueQrText)]
#[must_use]
pub fn venue_qr_text(venue: &str) -> String {
    door::qr_text(venue)
}

/// The venue's code in what a camera read.
#[wasm_bindgen(js_name = venueOf, unchecked_return_type = "Result<{ venue: string }>")]
#[must_use]
pub fn venue_of(scanned: &str) -> JsValue {
    result(door::venue_of(scanned).map(|venue| [("venue", JsString::from(venue).into())]))
}

/// A person's facts with one more visit.
#[wasm_bindgen(unchecked_return_type = "Result<{ facts: string }>")]
#[must_use]
pub fn enter(facts: &str, venue: &str, seconds: f64, presence: &str) -> JsValue {
    documents(object(facts).and_then(|facts| {
        let presence = presence_of(presence)?;
        Ok(door::enter(facts, venue, &written(seconds)?, presence)?)
    }))
}

/// A person's facts after leaving a venue.
#[wasm_bindgen(unchecked_return_type = "Result<{ facts: string }>")]
#[must_use]
pub fn leave(facts: &str, venue: &str, seconds: f64) -> JsValue {
    documents(object(facts).and_then(|facts| Ok(door::leave(facts, venue, &written(seconds)?)?)))
}

/// A person's facts with the digest of every visit, to be held against a list of
/// exposure events that was published with this salt.
#[wasm_bindgen(js_name = withDigests, unchecked_return_type = "Result<{ facts: string }>")]
#[must_use]
pub fn with_digests(facts: &str, salt: &str) -> JsValue {
    documents(object(facts).and_then(|facts| Ok(exposure::with_digests(facts, salt)?)))
}

/// The counts of clinics by county, city and province; `clinics` is a JSON list of
/// facts documents, both days are included.
#[wasm_bindgen(js_name = rollUp, unchecked_return_type = "Result<{ rollUp: RollUp }>")]
#[must_use]
pub fn roll_up_clinics(clinics: &str, from: &str, to: &str) -> JsValue {
    let day = |text: &str| Date::parse(text).map_err(|_| bad_day(text));
    let rolled = day(from).and_then(|from| {
        let documents: Vec<Map<String, Json>> =
            serde_json::from_str(clinics).map_err(|_| problem(Code::FactsList, &[]))?;
        Ok(roll_up(&documents, from, day(to)?))
    });
    result(rolled.map(|rolled| [("rollUp", value(&rolled))]))
}

/// Sampling sites, ready to be asked for the nearest.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Sites {
    list: List,
    holidays: BTreeSet<Date>,
}

#[wasm_bindgen]
impl Sites {
    /// Reads a list in CSV, and the public holidays.
    #[wasm_bindgen(unchecked_return_type = "Result<{ sites: Sites }>")]
    #[must_use]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "JavaScript hands over owned texts"
    )]
    pub fn read(csv: &str, holidays: Vec<String>) -> JsValue {
        let days: Result<BTreeSet<Date>, Problem> = holidays
            .iter()
            .map(|day| Date::parse(day).map_err(|_| bad_day(day)))
            .collect();
        let read = days.map_err(Problems::from).and_then(|holidays| {
            let list = List::read(csv)?;
            Ok(Self { list, holidays })
        });
        result(read.map(|sites| [("sites", sites.into())]))
    }

    /// The nearest to a point in decimal degrees, nearest first, at an instant in
    /// seconds; only open ones where `open` is true.
    #[wasm_bindgen(unchecked_return_type = "Result<{ found: FoundSite[] }>")]
    #[must_use]
    pub fn nearest(
        &self,
        latitude: &str,
        longitude: &str,
        seconds: f64,
        open: bool,
        count: u32,
    ) -> JsValue {
        let found = Instant::from_clock(seconds).and_then(|at| {
            let text = format!("{latitude}, {longitude}");
            let point = Point::parse(latitude, longitude);
            let point = point.ok_or_else(|| problem(Code::SitePoint, &[("found", &text)]))?;
            Ok(self.list.nearest(Near {
                point,
                at,
                holidays: &self.holidays,
                open,
                count: usize::try_from(count).unwrap_or(usize::MAX),
            }))
        });
        result(found.map(|found| [("found", value(&found))]))
    }
}

fn bad_day(found: &str) -> Problem {
    problem(Code::NotADay, &[("found", &found)])
}

fn presence_of(name: &str) -> Result<Presence, Problem> {
    serde_json::from_value(Json::from(name))
        .map_err(|_| problem(Code::ScanPresence, &[("found", &name)]))
}

/// The instant as facts write it.
fn written(seconds: f64) -> Result<String, Problem> {
    Ok(Instant::from_clock(seconds)?.to_rfc3339(longma_core::Offset::CHINA))
}

pub(crate) fn object(facts: &str) -> Result<Map<String, Json>, Problems> {
    serde_json::from_str(facts).map_err(|_| problem(Code::FactsObject, &[]).into())
}

/// `{ ok: true, facts }` with a document as text.
fn documents(facts: Result<Map<String, Json>, Problems>) -> JsValue {
    result(facts.map(|facts| {
        let text = serde_json::to_string(&facts).unwrap_or_default();
        [("facts", JsString::from(text).into())]
    }))
}

pub(crate) fn value(view: &impl Serialize) -> JsValue {
    parsed(&serde_json::to_string(view).unwrap_or_default())
}

/// The names of decisions that are asked for.
pub(crate) fn asked(decisions: Option<&[String]>) -> Option<Vec<&str>> {
    decisions.map(|names| names.iter().map(String::as_str).collect())
}
