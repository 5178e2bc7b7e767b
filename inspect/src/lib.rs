//! What is wrong with facts that their schema alone cannot know: times that have
//! not come yet, times before the person was born, records that stand twice.
//!
//! The core has no clock and no people, only subjects; so the instant at which the
//! document was received is an argument here, and a birth date is looked for where
//! a person has one. What is found goes to
//! [`read_facts_partly`](longma_core::Catalogue::read_facts_partly), which leaves
//! out what cannot be trusted and decides the rest.

mod code;
pub mod document;

pub use code::Code;

use document::{at, join, records};
use longma_core::schema::Type;
use longma_core::{
    Catalogue, Date, Instant, Offset, Outcome, Problem, Problems, Request, Severity,
};
use longma_identity as identity;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// How far a device's clock may be ahead of whoever received the document.
pub const TOLERANCE_SECONDS: i64 = 5 * 60;

/// Decides what can be decided: a section in which something is wrong counts as
/// not known, and its problems travel in the outcome.
///
/// # Errors
/// Every problem, where the document cannot be read, does not say whom it is
/// about, or names a region that is none.
pub fn decide(
    catalogue: &Catalogue,
    facts: &str,
    request: Request<'_>,
    received: Instant,
) -> Result<Outcome, Problems> {
    let doubted: Vec<Problem> = inspect(catalogue, facts, received)
        .into_iter()
        .filter(|problem| problem.severity == Severity::Error)
        .collect();
    let facts = catalogue.read_facts_partly(facts, &doubted)?;
    catalogue.decide(&facts, request)
}

/// What is wrong with a document that was received at an instant, beside what its
/// schema says. A record that stands twice is a warning: it changes no decision.
#[must_use]
pub fn inspect(catalogue: &Catalogue, facts: &str, received: Instant) -> Vec<Problem> {
    let Ok(Json::Object(facts)) = serde_json::from_str(facts) else {
        return Vec::new();
    };
    let subject = facts.get("subject").and_then(Json::as_str);
    let schema = subject.and_then(|subject| catalogue.schema(subject));
    let Some(schema) = schema else {
        return Vec::new();
    };
    // A wrong number is told and spoils nothing: the records are the same ones.
    let mut found: Vec<Problem> = facts
        .get("identity")
        .map(|identity| identity::check(identity, "/identity"))
        .unwrap_or_default();
    for problem in &mut found {
        problem.severity = Severity::Warning;
    }
    let born = at(&facts, "/identity/birth_date").and_then(Json::as_str);
    let bounds = Bounds {
        born: born.and_then(|born| Date::parse(born).ok()),
        received,
    };
    for (section, pointer, record) in records(&facts) {
        let object = schema.root().kind(section).and_then(Type::object);
        for (name, value) in record {
            let field = object.and_then(|object| object.field(name));
            let past = field.is_some_and(|field| field.past);
            if let (true, Some(text)) = (past, value.as_str()) {
                found.extend(bounds.hold(text, &join(&pointer, name)));
            }
        }
    }
    found.extend(twice(&facts));
    found
}

struct Bounds {
    born: Option<Date>,
    received: Instant,
}

impl Bounds {
    fn hold(&self, text: &str, pointer: &str) -> Option<Problem> {
        let day = Date::parse(text).ok();
        let instant = match day {
            Some(day) => day.start(Offset::CHINA)?,
            None => Instant::parse(text).ok()?,
        };
        let received = self.received.to_rfc3339(Offset::CHINA);
        if instant.unix() > self.received.unix().saturating_add(TOLERANCE_SECONDS) {
            return Some(
                Problem::in_facts(Code::FactsFuture, pointer)
                    .with("time", text)
                    .with("received", &received),
            );
        }
        let born = self.born?;
        let before = day.unwrap_or_else(|| instant.date(Offset::CHINA)) < born;
        before.then(|| {
            Problem::in_facts(Code::FactsBeforeBirth, pointer)
                .with("time", text)
                .with("born", born)
        })
    }
}

/// Records that say exactly what an earlier one of their section says.
fn twice(facts: &Map<String, Json>) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut seen: BTreeMap<(&str, String), String> = BTreeMap::new();
    for (section, pointer, record) in records(facts) {
        let said = serde_json::to_string(record).unwrap_or_default();
        match seen.entry((section, said)) {
            Entry::Occupied(first) => {
                let mut told =
                    Problem::in_facts(Code::FactsTwice, pointer).with("first", first.get());
                told.severity = Severity::Warning;
                found.push(told);
            }
            Entry::Vacant(place) => drop(place.insert(pointer)),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use longma_core::{Contents, Schema};

    #[test]
    fn a_time_that_a_schema_describes_by_reference_is_held_too() {
        let schema = r##"{"type":"object","additionalProperties":false,
            "properties":{"subject":{"type":"string","enum":["person"]},
                "tests":{"type":"array","items":{"$ref":"#/$defs/test"}}},
            "$defs":{"moment":{"type":"string","format":"date-time","x-past":true},
                "test":{"type":"object","additionalProperties":false,"properties":{
                    "sampled_at":{"$ref":"#/$defs/moment"},
                    "valid_until":{"type":"string","format":"date-time"}}}}}"##;
        let schema = Schema::read(schema, "person.schema.json").unwrap();
        let catalogue = Catalogue::new(Contents {
            schemas: BTreeMap::from([("person".to_owned(), schema)]),
            ..Contents::default()
        });
        let received = Instant::parse("2022-07-10T08:00:00+08:00").unwrap();
        let facts = r#"{"subject":"person","tests":[{
            "sampled_at":"2022-07-11T08:00:00+08:00",
            "valid_until":"2022-07-12T08:00:00+08:00"}]}"#;
        let found = inspect(&catalogue, facts, received);
        let codes = found.iter().map(|problem| problem.code.to_string());
        assert_eq!(codes.collect::<Vec<_>>(), ["facts-future"]);
    }
}
