//! Finds problems in facts that a schema cannot express: times in the future, times
//! before the person was born, duplicate records, numbers that no document can have.
//! Everything that decides about facts inspects them here.
//!
//! Core has no clock, and only subjects, not people. So the instant at which the
//! document was received is an argument here, and the birth date is read from
//! `/identity/birth_date`. The problems go to
//! [`read_facts_partly`](longma_core::Catalogue::read_facts_partly), which leaves out
//! what cannot be trusted, so the rest can be decided.

mod code;

pub use code::Code;

use longma_core::schema::Type;
use longma_core::value::{Got, Value};
use longma_core::{
    Catalogue, Date, Facts, Instant, Json, Offset, Outcome, Problem, Problems, Request, Severity,
    limits, push_pointer,
};
use longma_identity::{Claim, Document};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// The section that says who the subject is.
const IDENTITY: &str = "/identity";
/// How far a device's clock may be ahead of the receiver's, in seconds.
pub const TOLERANCE_SECONDS: i64 = 5 * 60;

/// Decides as much as possible: a section with a problem counts as not known, and its
/// problems are in the outcome. Warnings are dropped.
///
/// ```
/// # use longma_core::{Catalogue, Contents, Instant, Problems, Request, Schema};
/// # let schema = r#"{"type": "object", "additionalProperties": false, "properties": {
/// #     "subject": {"type": "string", "enum": ["person"]},
/// #     "tests": {"type": "array", "items": {"type": "object", "additionalProperties": false,
/// #         "properties": {"sampled_at":
/// #             {"type": "string", "format": "date-time", "x-past": true}}}}}}"#;
/// # let schemas = [("person".to_owned(), Schema::read(schema, "person")?)].into();
/// # let catalogue = Catalogue::new(Contents { schemas, ..Contents::default() });
/// // A sample that is taken tomorrow: the section `tests` is left out.
/// let facts = r#"{"subject": "person", "tests": [{"sampled_at": "2022-07-11T08:00:00+08:00"}]}"#;
/// let received = Instant::parse("2022-07-10T08:00:00+08:00").unwrap();
/// let request = Request { region: Some("620102"), ..Request::default() };
/// let outcome = longma_inspect::decide(&catalogue, facts, request, received)?;
/// assert!(outcome.facts().section("tests").is_none());
/// assert_eq!(outcome.problems()[0].code.as_str(), "facts-future");
/// # Ok::<(), Problems>(())
/// ```
///
/// # Errors
/// Every problem, if the document cannot be read, does not say whom it is about or has
/// a manual cause that cannot be read. Also a missing or invalid region, and a decision
/// that the rules do not have.
pub fn decide(
    catalogue: &Catalogue,
    facts: &str,
    request: Request<'_>,
    received: Instant,
) -> Result<Outcome, Problems> {
    let sound = catalogue.read_facts(facts).ok();
    let sound = sound.filter(|facts| is_sound(catalogue, facts, Some(received)));
    let facts = match sound {
        Some(facts) => facts,
        None => catalogue.read_facts_partly(facts, &doubted(catalogue, facts, Some(received)))?,
    };
    catalogue.decide(&facts, request)
}

/// Facts that follow their schema. A section with a time that cannot be, or with a number
/// that no document can have, counts as not known. Without an instant at which they were
/// received, times are held against the day of birth alone.
///
/// ```
/// # use longma_core::{Catalogue, Contents, Instant, Problems, Schema};
/// # let schema = r#"{"type": "object", "additionalProperties": false, "properties": {
/// #     "subject": {"type": "string", "enum": ["person"]},
/// #     "tests": {"type": "array", "items": {"type": "object", "additionalProperties": false,
/// #         "properties": {"sampled_at":
/// #             {"type": "string", "format": "date-time", "x-past": true}}}}}}"#;
/// # let schemas = [("person".to_owned(), Schema::read(schema, "person")?)].into();
/// # let catalogue = Catalogue::new(Contents { schemas, ..Contents::default() });
/// let received = Instant::parse("2022-07-10T08:00:00+08:00").unwrap();
/// let facts = r#"{"subject": "person", "tests": [{"sampled_at": "2022-07-11T08:00:00+08:00"}]}"#;
/// let trusted = longma_inspect::trusted(&catalogue, facts, Some(received))?;
/// assert!(trusted.section("tests").is_none());
/// # Ok::<(), Problems>(())
/// ```
///
/// # Errors
/// Every problem, if the document does not follow its schema or names nobody.
pub fn trusted(
    catalogue: &Catalogue,
    facts: &str,
    received: Option<Instant>,
) -> Result<Facts, Problems> {
    let read = catalogue.read_facts(facts)?;
    if is_sound(catalogue, &read, received) {
        return Ok(read);
    }
    match doubted(catalogue, facts, received) {
        none if none.is_empty() => Ok(read),
        doubted => catalogue.read_facts_partly(facts, &doubted),
    }
}

/// Whether inspection surely finds no error, by a look at the decoded facts: most have
/// none, and reading a document as a tree takes longer than deciding it.
fn is_sound(catalogue: &Catalogue, facts: &Facts, received: Option<Instant>) -> bool {
    let Some(schema) = catalogue.schema(facts.subject()) else {
        return false;
    };
    let today = received.map(|received| received.date(Offset::CHINA));
    let sound = |claim: Claim<'_>| !held(claim, today, "").iter().any(is_error);
    let identity = facts.section("identity");
    let own = identity.as_ref().and_then(stated);
    let born = match &identity {
        Some(Value::Record(identity)) => match identity.get("birth_date") {
            Got::Value(Value::Date(born)) => Some(*born),
            _ => None,
        },
        _ => None,
    };
    let told = || Date::parse(&own?.document.told()?.birth_date).ok();
    let born = born.or_else(told);
    let born = born.and_then(|born| born.start(Offset::CHINA));
    let timely = facts.past(Offset::CHINA).is_none_or(|(first, last)| {
        let late = received.is_some_and(|received| is_ahead(last, received));
        !late && born.is_none_or(|born| first >= born)
    });
    // Records of others, such as dependants, have documents too.
    let mut others = schema.root().fields.iter().filter(|field| {
        let item = field.kind.object();
        matches!(field.kind, Type::List { .. })
            && item.is_some_and(|it| it.field("document").is_some())
    });
    let sound_all = |section: Value| match section {
        Value::List(items) => items.iter().filter_map(stated).all(sound),
        _ => true,
    };
    timely
        && own.is_none_or(sound)
        && others.all(|field| facts.section(&field.name).is_none_or(sound_all))
}

/// The document that a decoded record names.
fn stated(record: &Value) -> Option<Claim<'_>> {
    let Value::Record(record) = record else {
        return None;
    };
    let Got::Value(Value::Record(document)) = record.get("document") else {
        return None;
    };
    Some(Claim {
        document: Document {
            kind: document.text("type")?,
            number: document.text("number")?,
        },
        // What contradicts a number is a warning.
        birth_date: None,
        sex: None,
    })
}

fn is_ahead(time: Instant, received: Instant) -> bool {
    time.unix() > received.unix().saturating_add(TOLERANCE_SECONDS)
}

/// Facts that follow their schema, and what inspection finds in them. A section with an
/// error counts as not known.
///
/// ```
/// # use longma_core::{Catalogue, Contents, Instant, Problems, Schema};
/// # let schema = r#"{"type": "object", "additionalProperties": false, "properties": {
/// #     "subject": {"type": "string", "enum": ["person"]},
/// #     "tests": {"type": "array", "items": {"type": "object", "additionalProperties": false,
/// #         "properties": {"sampled_at":
/// #             {"type": "string", "format": "date-time", "x-past": true}}}}}}"#;
/// # let schemas = [("person".to_owned(), Schema::read(schema, "person")?)].into();
/// # let catalogue = Catalogue::new(Contents { schemas, ..Contents::default() });
/// let received = Instant::parse("2022-07-10T08:00:00+08:00").unwrap();
/// let facts = r#"{"subject": "person", "tests": [{"sampled_at": "2022-07-11T08:00:00+08:00"}]}"#;
/// let (facts, found) = longma_inspect::read(&catalogue, facts, received)?;
/// assert!(facts.section("tests").is_none());
/// assert_eq!(found[0].code.as_str(), "facts-future");
/// # Ok::<(), Problems>(())
/// ```
///
/// # Errors
/// Every problem, if the document does not follow its schema or names nobody.
pub fn read(
    catalogue: &Catalogue,
    facts: &str,
    received: Instant,
) -> Result<(Facts, Vec<Problem>), Problems> {
    let read = trusted(catalogue, facts, Some(received))?;
    Ok((read, inspect(catalogue, facts, received)))
}

/// Decides facts that follow their schema, whenever they were received: times are held
/// against the day of birth, and to no clock.
///
/// ```
/// # use longma_core::{Catalogue, Contents, Problems, Request, Schema};
/// # let schema = r#"{"type": "object", "additionalProperties": false, "properties": {
/// #     "subject": {"type": "string", "enum": ["person"]},
/// #     "identity": {"type": "object", "additionalProperties": false, "properties": {
/// #         "document": {"type": "object", "additionalProperties": false, "properties": {
/// #             "type": {"type": "string"}, "number": {"type": "string"}}}}}}}"#;
/// # let schemas = [("person".to_owned(), Schema::read(schema, "person")?)].into();
/// # let catalogue = Catalogue::new(Contents { schemas, ..Contents::default() });
/// let facts = r#"{"subject": "person", "identity": {
///     "document": {"type": "resident_id", "number": "999999199001010017"}}}"#;
/// let request = Request { region: Some("620102"), ..Request::default() };
/// let problems = longma_inspect::evaluate(&catalogue, facts, request).unwrap_err();
/// assert_eq!(problems.as_slice()[0].code.as_str(), "identity-check-digit");
/// # Ok::<(), Problems>(())
/// ```
///
/// # Errors
/// Every problem, if the document does not follow its schema or names nobody. Also a
/// missing or invalid region, and a decision that the rules do not have.
pub fn evaluate(
    catalogue: &Catalogue,
    facts: &str,
    request: Request<'_>,
) -> Result<Outcome, Problems> {
    catalogue.decide(&trusted(catalogue, facts, None)?, request)
}

/// The problems for which a section cannot be trusted.
fn doubted(catalogue: &Catalogue, facts: &str, received: Option<Instant>) -> Vec<Problem> {
    let mut found = inspect_within(catalogue, facts, received);
    found.retain(is_error);
    found
}

fn is_error(problem: &Problem) -> bool {
    problem.severity == Severity::Error
}

/// The problems of a document received at an instant, apart from those that its schema
/// finds. A number that no document can have is an error. A duplicate record is a warning,
/// and so is a birth date that differs from the one in a number. Of each section about
/// [`limits::SECTION_PROBLEMS`] are told. Empty if the document is not JSON or names no
/// known subject.
///
/// ```
/// # use longma_core::{Catalogue, Contents, Instant, Problems, Schema};
/// # let schema = r#"{"type": "object", "additionalProperties": false, "properties": {
/// #     "subject": {"type": "string", "enum": ["person"]},
/// #     "tests": {"type": "array", "items": {"type": "object", "additionalProperties": false,
/// #         "properties": {"sampled_at":
/// #             {"type": "string", "format": "date-time", "x-past": true}}}}}}"#;
/// # let schemas = [("person".to_owned(), Schema::read(schema, "person")?)].into();
/// # let catalogue = Catalogue::new(Contents { schemas, ..Contents::default() });
/// let facts = r#"{"subject": "person", "tests": [{"sampled_at": "2022-07-11T08:00:00+08:00"}]}"#;
/// let received = Instant::parse("2022-07-10T08:00:00+08:00").unwrap();
/// let problems = longma_inspect::inspect(&catalogue, facts, received);
/// assert!(problems[0].code == longma_inspect::Code::FactsFuture);
/// assert_eq!(problems[0].place.to_string(), "/tests/0/sampled_at");
/// # Ok::<(), Problems>(())
/// ```
#[must_use]
pub fn inspect(catalogue: &Catalogue, facts: &str, received: Instant) -> Vec<Problem> {
    inspect_within(catalogue, facts, Some(received))
}

fn inspect_within(catalogue: &Catalogue, facts: &str, received: Option<Instant>) -> Vec<Problem> {
    let Ok(facts) = Json::parse(facts, "facts") else {
        return Vec::new();
    };
    let subject = facts.text_at("/subject");
    let schema = subject.and_then(|subject| catalogue.schema(subject));
    let Some(schema) = schema else {
        return Vec::new();
    };
    let today = received.map(|received| received.date(Offset::CHINA));
    let own = facts.at(IDENTITY).and_then(claim);
    let mut found = own.map_or_else(Vec::new, |own| held(own, today, IDENTITY));
    let told = own.and_then(|own| own.document.told());
    let born = own.and_then(|own| own.birth_date);
    let born = born.or(told.as_ref().map(|told| told.birth_date.as_str()));
    let bounds = Bounds {
        born: born.and_then(|born| Date::parse(born).ok()),
        received,
    };
    let mut room = Room::default();
    for (section, pointer, record) in records(&facts) {
        let before = found.len();
        if room.is_full(section) {
            continue;
        }
        let object = schema.root().kind(section).and_then(Type::object);
        for (name, value) in record.as_object().into_iter().flatten() {
            let field = object.and_then(|object| object.field(name));
            let past = field.is_some_and(|field| field.past);
            if let (true, Some(text)) = (past, value.as_text()) {
                found.extend(bounds.hold(text, &push_pointer(&pointer, name)));
            }
        }
        let other = claim(record);
        found.extend(other.map_or_else(Vec::new, |other| held(other, today, &pointer)));
        room.take(found.len() - before);
    }
    found.extend(twice(&facts));
    found
}

/// Counts the problems of one section after another: of each as many are told as the limit
/// says, and one more, by which core knows that there are more.
#[derive(Default)]
struct Room<'a> {
    section: &'a str,
    told: usize,
}

impl<'a> Room<'a> {
    fn is_full(&mut self, section: &'a str) -> bool {
        if self.section != section {
            *self = Self { section, told: 0 };
        }
        self.told > limits::SECTION_PROBLEMS
    }

    fn take(&mut self, problems: usize) {
        self.told += problems;
    }
}

/// What a record says of somebody with a document.
fn claim(record: &Json) -> Option<Claim<'_>> {
    Some(Claim {
        document: Document {
            kind: record.text_at("/document/type")?,
            number: record.text_at("/document/number")?,
        },
        birth_date: record.text_at("/birth_date"),
        sex: record.text_at("/sex"),
    })
}

fn held(claim: Claim<'_>, today: Option<Date>, pointer: &str) -> Vec<Problem> {
    let mut found = claim.check(pointer);
    found.extend(today.and_then(|today| claim.unborn(today, pointer)));
    found
}

/// Every record of every section that is a list, as section, pointer and record.
fn records(facts: &Json) -> impl Iterator<Item = (&str, String, &Json)> {
    let sections = facts.as_object().into_iter().flatten();
    sections.flat_map(|(section, value)| {
        let items = value.items().iter().enumerate();
        items.filter_map(move |(index, item)| {
            item.as_object()?;
            Some((section.as_str(), format!("/{section}/{index}"), item))
        })
    })
}

struct Bounds {
    born: Option<Date>,
    received: Option<Instant>,
}

impl Bounds {
    fn hold(&self, text: &str, pointer: &str) -> Option<Problem> {
        let day = Date::parse(text).ok();
        let instant = match day {
            Some(day) => day.start(Offset::CHINA)?,
            None => Instant::parse(text).ok()?,
        };
        let ahead = |received: &Instant| is_ahead(instant, *received);
        if let Some(received) = self.received.filter(ahead) {
            return Some(
                Problem::in_facts(Code::FactsFuture, pointer)
                    .with("time", text)
                    .with("received", received.to_rfc3339(Offset::CHINA)),
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

/// Records that are equal to an earlier one in their section.
fn twice(facts: &Json) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut room = Room::default();
    let mut seen: BTreeMap<(&str, &Json), String> = BTreeMap::new();
    for (section, pointer, record) in records(facts) {
        if room.is_full(section) {
            continue;
        }
        match seen.entry((section, record)) {
            Entry::Occupied(first) => {
                let mut told =
                    Problem::in_facts(Code::FactsTwice, pointer).with("first", first.get());
                told.severity = Severity::Warning;
                found.push(told);
                room.take(1);
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
