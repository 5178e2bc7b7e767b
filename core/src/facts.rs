//! Decoding: checks a JSON document against its schema and turns it into typed facts.
//!
//! Every problem is reported with its JSON pointer, what was expected and what was
//! found. A document with any problem is refused whole, unless the caller asks to
//! decode it in part. An absent section stays absent; it is not an empty one. Sections
//! are sorted by value, so the order in which records arrive does not matter.

use crate::columns::{ABSENT, Columns, Shape};
use crate::fold;
use crate::json::{Json, push_pointer, quote};
use crate::limits;
use crate::number;
use crate::order::{self, sorted};
use crate::problem::{Code, Place, Problem, Problems};
use crate::schema::{
    IDENTITY, INCOMPLETE, OVERRIDES, Object, SUBJECT, Schema, TextType, Type, nearest_field,
};
use crate::text::{Args, Localized, messages};
use crate::time::{Date, Instant, Offset, TimeError};
use crate::value::{Evidence, Got, Record, Temperature, Value};
use crate::when::Span;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::{Arc, OnceLock};

#[cfg(test)]
mod laws;
#[cfg(not(target_family = "wasm"))]
mod rows;

/// What is known about one subject, as typed values that fit its schema.
///
/// A clone shares the document.
///
/// ```
/// # use longma_core::{Catalogue, Contents, Problems, Schema};
/// let schema = r#"{"type": "object", "additionalProperties": false,
///     "required": ["subject"],
///     "properties": {
///         "subject": {"type": "string", "enum": ["person"]},
///         "doses": {"type": "integer", "minimum": 0}}}"#;
/// let catalogue = Catalogue::new(Contents {
///     schemas: [("person".to_owned(), Schema::read(schema, "person.schema.json")?)].into(),
///     ..Contents::default()
/// });
///
/// let facts = catalogue.read_facts(r#"{"subject": "person"}"#)?;
/// assert_eq!(facts.subject(), "person");
/// assert!(facts.section("doses").is_none());
///
/// let problems = catalogue.read_facts(r#"{"subject": "person", "doses": -1}"#).unwrap_err();
/// assert_eq!(problems.as_slice()[0].place.to_string(), "/doses");
/// # Ok::<(), Problems>(())
/// ```
#[derive(Debug, Clone)]
pub struct Facts(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// The document as a tree, once somebody asks for it.
    document: OnceLock<Json>,
    decoded: Decoded,
}

#[derive(Debug)]
pub(crate) struct Decoded {
    subject: Arc<str>,
    columns: Columns,
    overrides: Vec<ManualCause>,
    doubted: Doubted,
}

/// The problems of each section that was left out because of them, in the order of names.
#[derive(Debug, Clone, PartialEq, Default)]
struct Doubted(Vec<(String, Vec<Problem>)>);

impl Doubted {
    /// Adds a problem of a section, unless enough are told of it.
    fn tell(&mut self, section: String, problem: Problem) {
        let at = self.0.binary_search_by(|(name, _)| name.cmp(&section));
        let (Ok(at) | Err(at)) = at.inspect_err(|at| self.0.insert(*at, (section, Vec::new())));
        let Some((section, told)) = self.0.get_mut(at) else {
            return;
        };
        match told.len().cmp(&limits::SECTION_PROBLEMS) {
            Ordering::Less => told.push(problem),
            Ordering::Equal => {
                let more = Problem::in_facts(Code::ProblemsMore, format!("/{section}"));
                told.push(more.with("limit", limits::SECTION_PROBLEMS));
            }
            Ordering::Greater => {}
        }
    }
}

/// Facts are equal if their documents and their doubted sections are.
impl PartialEq for Facts {
    fn eq(&self, other: &Self) -> bool {
        let doubted = |facts: &Self| facts.0.decoded.doubted.clone();
        self.document() == other.document() && doubted(self) == doubted(other)
    }
}

impl Eq for Facts {}

/// The schemas of facts with their shapes, by the kind of subject.
pub(crate) type Schemas = BTreeMap<Arc<str>, (Schema, Arc<Shape>)>;
/// One of them, with its kind of subject.
type Shaped<'a> = (&'a Arc<str>, &'a (Schema, Arc<Shape>));

/// A manual cause: a level set by two named officers, with a reason and an end.
#[derive(Debug, Clone)]
pub(crate) struct ManualCause {
    pub(crate) decision: Arc<str>,
    pub(crate) level: Arc<str>,
    pub(crate) span: Span,
    pub(crate) reason: Arc<str>,
    /// Names, as the facts give them.
    pub(crate) officers: [Arc<str>; 2],
    pub(crate) evidence: Vec<Evidence>,
}

impl Facts {
    fn of(document: Option<Json>, decoded: Decoded) -> Self {
        Self(Arc::new(Inner {
            document: document.map_or_else(OnceLock::new, OnceLock::from),
            decoded,
        }))
    }

    /// Like [`decode`](Self::decode), but treats a section with a problem as not known
    /// and keeps its problems. Rules that read the section decide nothing; all others
    /// decide as usual.
    ///
    /// `doubted` are problems that the caller found. The document is still refused
    /// whole if it cannot be read, does not say whom it is about, or has a manual
    /// cause that cannot be read, since that might have raised any decision, or a name in
    /// `incomplete` that is no section's, since that might have made any decision unknown.
    ///
    /// # Errors
    /// Every problem of a document that is refused whole.
    pub(crate) fn decode_partly(
        text: &str,
        schemas: &Schemas,
        doubted: &[Problem],
    ) -> Result<Self, Problems> {
        let certain = doubted.is_empty().then(|| clean(text, schemas));
        if let Some(facts) = certain.flatten() {
            return Ok(Self::of(None, facts));
        }
        let json = parsed(text)?;
        let mut problems = doubted.to_vec();
        match decode(&json, schemas) {
            Ok(facts) if problems.is_empty() => return Self::known(json, facts, schemas),
            Ok(_) => {}
            Err(found) => problems.extend(found),
        }
        let mut sections = incomplete(&json);
        for problem in &problems {
            let section = section_of(problem).filter(|name| {
                ![SUBJECT, IDENTITY, OVERRIDES, INCOMPLETE].contains(&name.as_str())
            });
            match section {
                Some(section) => sections.tell(section, problem.clone()),
                None => return Err(problems.into()),
            }
        }
        Self::without(json, sections, schemas)
    }

    /// Facts that their schema takes, without the sections of which only a part is known:
    /// what a rule would conclude from the rest being absent is not known either.
    fn known(json: Json, facts: Decoded, schemas: &Schemas) -> Result<Self, Problems> {
        let sections = incomplete(&json);
        if sections.0.is_empty() {
            return Ok(Self::of(Some(json), facts));
        }
        Self::without(json, sections, schemas)
    }

    /// A document without the sections that have problems.
    #[inline(never)]
    fn without(mut json: Json, doubted: Doubted, schemas: &Schemas) -> Result<Self, Problems> {
        if let Json::Object(members) = &mut json {
            for (section, _) in &doubted.0 {
                members.remove(section);
            }
        }
        let mut facts = decode(&json, schemas)?;
        facts.doubted = doubted;
        Ok(Self::of(Some(json), facts))
    }

    /// Decodes `text` against the schema in `schemas` for the subject that it names.
    ///
    /// # Errors
    /// Every problem of the document.
    pub(crate) fn decode(text: &str, schemas: &Schemas) -> Result<Self, Problems> {
        match clean(text, schemas) {
            Some(facts) => Ok(Self::of(None, facts)),
            None => Self::decode_explained(text, schemas),
        }
    }

    /// Like [`decode`](Self::decode), by the explaining decoder alone.
    ///
    /// # Errors
    /// Every problem of the document.
    pub(crate) fn decode_explained(text: &str, schemas: &Schemas) -> Result<Self, Problems> {
        let json = parsed(text)?;
        let facts = decode(&json, schemas)?;
        Self::known(json, facts, schemas)
    }

    /// The same facts as another catalogue reads them.
    ///
    /// # Errors
    /// If its schemas refuse them.
    pub(crate) fn again(&self, schemas: &Schemas) -> Result<Self, Problems> {
        let json = self.document();
        let mut decoded = decode(json, schemas)?;
        decoded.doubted.clone_from(&self.0.decoded.doubted);
        Ok(Self::of(Some(json.clone()), decoded))
    }

    /// The kind of subject.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.0.decoded.subject
    }

    /// The document that the facts were read from, without the sections that were left
    /// out if it was read in part.
    #[must_use]
    pub fn document(&self) -> &Json {
        self.0.document.get_or_init(|| {
            #[cfg(not(target_family = "wasm"))]
            if let Some(document) = self.columns().document_of_rows() {
                return document;
            }
            // The text was read before, so it can be read again.
            Json::parse(self.columns().source(), "facts").unwrap_or(Json::Null)
        })
    }

    /// The region in the facts (`/identity/region`).
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.columns().text_at(&[IDENTITY, "region"])
    }

    /// A section as the interpreter reads it; `None` if it is not known.
    #[must_use]
    pub fn section(&self, name: &str) -> Option<Value> {
        self.columns().value_of(name)
    }

    /// The first and the last of the times in all records that the schema marks as past
    /// (`x-past`); a day counts as its start at `offset`. `None` if there is none.
    #[must_use]
    pub fn past(&self, offset: Offset) -> Option<(Instant, Instant)> {
        self.columns().past(offset)
    }

    /// Whether a section is known.
    #[must_use]
    pub fn knows(&self, section: &str) -> bool {
        let found = self.columns().shape().section(section);
        found.is_some_and(|(field, _)| self.columns().section(field) != ABSENT)
    }

    /// The facts as columns.
    #[must_use]
    pub fn columns(&self) -> &Columns {
        &self.0.decoded.columns
    }

    /// The problems for which a section was left out.
    pub(crate) fn doubts_of(&self, section: &str) -> &[Problem] {
        let mut doubted = self.0.decoded.doubted.0.iter();
        let found = doubted.find(|(name, _)| name == section);
        found.map_or(&[], |(_, problems)| problems)
    }

    /// The problems of all sections that were left out, by section.
    pub(crate) fn doubts(&self) -> impl Iterator<Item = &Problem> {
        self.0.decoded.doubted.0.iter().flat_map(|(_, found)| found)
    }

    pub(crate) fn manual_causes(&self) -> &[ManualCause] {
        &self.0.decoded.overrides
    }
}

/// The sections of a document of which only a part is known, each with the problem that
/// says so.
fn incomplete(json: &Json) -> Doubted {
    let listed = json.as_object().and_then(|members| members.get(INCOMPLETE));
    let mut doubted = Doubted::default();
    for name in listed
        .map_or(&[][..], Json::items)
        .iter()
        .filter_map(Json::as_text)
    {
        let problem = Problem::in_facts(Code::SectionIncomplete, format!("/{name}"));
        doubted.tell(name.to_owned(), problem.with("name", name));
    }
    doubted
}

/// What [`decode`] finds in a document, straight from its text; `None` if the document is
/// not plain or has a problem, which `decode` explains.
fn clean(text: &str, schemas: &Schemas) -> Option<Decoded> {
    schemas.iter().find_map(|(subject, (_, shape))| {
        let columns = Columns::read_clean(text, shape)?;
        if columns.text_at(&[SUBJECT]) != Some(subject) || columns.value_of(INCOMPLETE).is_some() {
            return None;
        }
        Some(Decoded {
            subject: Arc::clone(subject),
            overrides: manual_causes(&columns).ok()?,
            columns,
            doubted: Doubted::default(),
        })
    })
}

fn decode(json: &Json, schemas: &Schemas) -> Result<Decoded, Problems> {
    let (subject, (schema, shape)) = subject_of(json, schemas)?;
    let mut decoder = Decoder::default();
    let kind = Type::Object(Arc::clone(schema.root()));
    if decoder.value(json, &kind, "").is_none() {
        return Err(decoder.problems);
    }
    let columns = Columns::read(json, shape);
    let overrides = manual_causes(&columns)?;
    Ok(Decoded {
        subject: Arc::clone(subject),
        columns,
        overrides,
        doubted: Doubted::default(),
    })
}

fn manual_causes(columns: &Columns) -> Result<Vec<ManualCause>, Problems> {
    let mut causes = Vec::new();
    let mut problems = Problems::default();
    if let Some(Value::List(items)) = columns.value_of(OVERRIDES) {
        for item in items.iter() {
            if let Value::Record(record) = item {
                match manual(record, columns) {
                    Ok(manual) => causes.push(manual),
                    Err(problem) => problems.push(problem),
                }
            }
        }
    }
    problems.or(causes)
}

fn parsed(text: &str) -> Result<Json, Problem> {
    if text.len() > limits::FACTS_BYTES {
        return Err(Problem::facts_too_long(text.len() as u64));
    }
    Json::parse(text, "facts")
}

fn subject_of<'a>(json: &Json, schemas: &'a Schemas) -> Result<Shaped<'a>, Problem> {
    let given = json.as_object().and_then(|members| members.get(SUBJECT));
    let known = given
        .and_then(Json::as_text)
        .and_then(|name| schemas.get_key_value(name));
    known.ok_or_else(|| {
        let names: Vec<String> = schemas.keys().map(|name| quote(name)).collect();
        Problem::new(Code::FactsSubject, Place::facts("/subject"))
            .with("known", names.join(", "))
            .finding(given.map_or_else(|| "—".to_owned(), Json::describe))
    })
}

/// The section that a problem of a facts document is in.
fn section_of(problem: &Problem) -> Option<String> {
    let Place::Facts { pointer } = &problem.place else {
        return None;
    };
    let section = pointer.strip_prefix('/')?.split('/').next()?;
    Some(section.replace("~1", "/").replace("~0", "~"))
}

/// Reads one manual cause. The schema has checked its fields; this checks that its
/// two officers are *different* people.
fn manual(record: &Record, columns: &Columns) -> Result<ManualCause, Problem> {
    let officers = record.list("officers");
    let folded = |name: &str| sorted(named(officers, name).map(|text| fold(&text).into_owned()));
    let names: Vec<Arc<str>> = named(officers, "name").collect();
    let differ = |name: &str| folded(name).len() == names.len();
    let officers_differ = differ("number") && differ("name");
    let read = || {
        let [first, second] = names.as_slice() else {
            return None;
        };
        Some(ManualCause {
            decision: Arc::clone(record.text("decision")?),
            level: Arc::clone(record.text("level")?),
            span: Span::new(record.instant("from"), Some(record.instant("until")?))?,
            reason: Arc::clone(record.text("reason")?),
            officers: [Arc::clone(first), Arc::clone(second)],
            evidence: record.evidence().to_vec(),
        })
    };
    read().filter(|_| officers_differ).ok_or_else(|| {
        let pointer = record.evidence().first().map(|it| columns.pointer(*it));
        let place = push_pointer(&pointer.unwrap_or_default(), "officers");
        Problem::new(Code::OverrideOfficers, Place::facts(place))
    })
}

fn named<'a>(officers: &'a [Value], field: &'a str) -> impl Iterator<Item = Arc<str>> + 'a {
    officers.iter().filter_map(move |officer| match officer {
        Value::Record(officer) => officer.text(field).cloned(),
        _ => None,
    })
}

/// Checks JSON against types and collects the problems.
#[derive(Default)]
pub(crate) struct Decoder {
    pub(crate) problems: Problems,
}

impl Decoder {
    /// Reads the value at `pointer`; reports why and returns `None` if it does not fit.
    pub(crate) fn value(&mut self, json: &Json, kind: &Type, pointer: &str) -> Option<Value> {
        match (kind, json) {
            (Type::Bool, Json::Bool(value)) => Some(Value::Bool(*value)),
            (Type::Int { least, most }, Json::Int(value)) => {
                self.int(*value, (*least, *most), pointer)
            }
            (Type::Temperature { least, most }, Json::Int(_) | Json::Number(_)) => {
                let code = match Temperature::parse(&json.describe()) {
                    Some(read) if (*least..=*most).contains(&read) => {
                        return Some(Value::Temperature(read));
                    }
                    Some(_) => Code::FactsRange,
                    None => Code::FactsDecimals,
                };
                let problem = Problem::new(code, Place::facts(pointer));
                self.report(problem, kind, json.describe())
            }
            (Type::Text(text), Json::Text(value)) => self.text(value, text, pointer),
            (Type::Enum(names), Json::Text(value)) => self.member(value, names, pointer),
            (Type::Instant, Json::Text(value)) => self.time(
                Instant::parse(value).map(Value::Instant),
                value,
                kind,
                pointer,
            ),
            (Type::Date, Json::Text(value)) => {
                self.time(Date::parse(value).map(Value::Date), value, kind, pointer)
            }
            (Type::List { item, least, most }, Json::List(items)) => {
                self.list(items, item, (*least, *most), pointer)
            }
            (Type::Object(object), Json::Object(members)) => self.object(members, object, pointer),
            _ => {
                let problem = Problem::new(Code::FactsType, Place::facts(pointer));
                self.report(problem, kind, json.describe())
            }
        }
    }

    fn report<T>(&mut self, problem: Problem, kind: &Type, found: String) -> Option<T> {
        let found = problem.finding(found).expecting(expected(kind));
        self.problems.push(found);
        None
    }

    fn int(&mut self, value: i64, range: (i64, i64), pointer: &str) -> Option<Value> {
        if (range.0..=range.1).contains(&value) && value != ABSENT {
            return Some(Value::Int(value));
        }
        let problem = Problem::new(Code::FactsRange, Place::facts(pointer));
        let kind = Type::Int {
            least: range.0,
            most: range.1,
        };
        self.report(problem, &kind, value.to_string())
    }

    fn text(&mut self, value: &str, text: &TextType, pointer: &str) -> Option<Value> {
        let length = value.chars().count();
        let read = || {
            Some(Value::Text(if text.number {
                number::fold(value).into()
            } else {
                value.into()
            }))
        };
        let code = match &text.pattern {
            _ if !(text.least..=text.most).contains(&length) => Code::FactsLength,
            Some(pattern) if pattern.matches(value) => return read(),
            Some(pattern) if pattern.is_not_blank() => Code::FactsBlank,
            Some(_) => Code::FactsPattern,
            None => return read(),
        };
        let problem = Problem::new(code, Place::facts(pointer));
        self.report(problem, &Type::Text(text.clone()), quote(value))
    }

    fn member(&mut self, value: &str, names: &Arc<[Arc<str>]>, pointer: &str) -> Option<Value> {
        if let Some(name) = names.iter().find(|name| ***name == *value) {
            return Some(Value::Text(Arc::clone(name)));
        }
        let problem = Problem::new(Code::FactsEnum, Place::facts(pointer));
        self.report(problem, &Type::Enum(Arc::clone(names)), quote(value))
    }

    fn time(
        &mut self,
        parsed: Result<Value, TimeError>,
        text: &str,
        kind: &Type,
        pointer: &str,
    ) -> Option<Value> {
        let code = match parsed {
            Ok(value) => return Some(value),
            Err(TimeError::NotAnInstant) => Code::FactsInstant,
            Err(TimeError::NoOffset) => Code::FactsNoOffset,
            Err(TimeError::Fraction) => Code::FactsFraction,
            Err(TimeError::NotADate) => Code::FactsDate,
            Err(TimeError::OutOfRange) => Code::FactsTimeRange,
        };
        let problem = Problem::new(code, Place::facts(pointer));
        self.report(problem, kind, quote(text))
    }

    fn list(
        &mut self,
        items: &[Json],
        item: &Type,
        size: (usize, usize),
        pointer: &str,
    ) -> Option<Value> {
        let mut values = Vec::with_capacity(items.len());
        for (index, json) in items.iter().enumerate() {
            values.extend(self.value(json, item, &format!("{pointer}/{index}")));
        }
        if !(size.0..=size.1).contains(&items.len()) {
            let problem = Problem::new(Code::FactsItems, Place::facts(pointer));
            let kind = Type::List {
                item: Box::new(item.clone()),
                least: size.0,
                most: size.1,
            };
            return self.report(problem, &kind, items.len().to_string());
        }
        order::sort(&mut values);
        (values.len() == items.len()).then(|| Value::List(values.into()))
    }

    fn object(
        &mut self,
        members: &BTreeMap<String, Json>,
        object: &Arc<Object>,
        pointer: &str,
    ) -> Option<Value> {
        let mut sound = true;
        for name in members
            .keys()
            .filter(|name| object.position(name).is_none())
        {
            sound = false;
            self.unknown_field(name, object, pointer);
        }
        let mut values = Vec::with_capacity(object.fields.len());
        for field in &object.fields {
            let inner = push_pointer(pointer, &field.name);
            let value = match members.get(&*field.name) {
                Some(json) => {
                    let value = self.value(json, &field.kind, &inner);
                    sound &= value.is_some();
                    value
                }
                None if field.required => {
                    sound = false;
                    let problem = Problem::new(Code::FactsMissing, Place::facts(inner))
                        .with("name", &field.name);
                    self.report::<()>(problem, &field.kind, "—".to_owned());
                    None
                }
                None => None,
            };
            values.push(value);
        }
        let record = Record::new(Arc::clone(object), values, Vec::new());
        sound &= self.order(&record, pointer);
        sound.then_some(Value::Record(record))
    }

    fn unknown_field(&mut self, name: &str, object: &Object, pointer: &str) {
        let known: Vec<&str> = object.names().collect();
        let near = nearest_field(object, name).map_or_else(|| known.join(", "), str::to_owned);
        let place = Place::facts(push_pointer(pointer, name));
        self.problems.push(
            Problem::new(Code::FactsUnknownField, place)
                .with("name", quote(name))
                .with("near", &near)
                .finding(quote(name)),
        );
    }

    /// Whether the times of `record` are in the order that its schema requires.
    fn order(&mut self, record: &Record, pointer: &str) -> bool {
        let mut sound = true;
        for (index, field) in record.object().fields.iter().enumerate() {
            let Some(order) = &field.order else { continue };
            let (Some(value), Got::Value(sibling)) = (record.at(index), record.get(&order.sibling))
            else {
                continue;
            };
            if value < sibling || (order.strict && value == sibling) {
                sound = false;
                let place = Place::facts(push_pointer(pointer, &field.name));
                self.problems.push(
                    Problem::new(Code::FactsOrder, place)
                        .with("name", &field.name)
                        .with("sibling", &order.sibling),
                );
            }
        }
        sound
    }
}

/// What a type requires, in words.
fn expected(kind: &Type) -> Localized {
    let say = |key: &str, args: &Args| messages().say(key, args);
    let range =
        |least: &dyn Display, most: &dyn Display| Args::of("least", least).with("most", most);
    match kind {
        Type::Bool => say("expected-bool", &Args::NONE),
        Type::Int {
            least: i64::MIN,
            most: i64::MAX,
        } => say("expected-int", &Args::NONE),
        Type::Int {
            least,
            most: i64::MAX,
        } => say("expected-int-from", &Args::of("least", least)),
        Type::Int { least, most } => say("expected-int-range", &range(&least, &most)),
        Type::Text(TextType {
            pattern: Some(pattern),
            ..
        }) if !pattern.is_not_blank() => {
            say("expected-pattern", &Args::of("pattern", pattern.source()))
        }
        Type::Text(TextType {
            least,
            most: usize::MAX,
            ..
        }) => say("expected-text", &Args::of("least", least)),
        Type::Text(text) => say("expected-text-range", &range(&text.least, &text.most)),
        Type::Enum(names) => {
            let names: Vec<String> = names.iter().map(|name| quote(name)).collect();
            say("expected-enum", &Args::of("names", names.join(", ")))
        }
        Type::Temperature { least, most } => say("expected-temperature", &range(&least, &most)),
        Type::Instant => say("expected-instant", &Args::NONE),
        Type::Date => say("expected-date", &Args::NONE),
        Type::List {
            most: usize::MAX,
            least: 0,
            ..
        } => say("expected-list", &Args::NONE),
        Type::List {
            most: usize::MAX,
            least,
            ..
        } => say("expected-list-from", &Args::of("least", least)),
        Type::List { least, most, .. } => say("expected-list-range", &range(&least, &most)),
        Type::Object(_) => say("expected-object", &Args::NONE),
    }
}
