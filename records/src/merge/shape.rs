//! What merging needs from a subject's schema: its sections, the identity of their records,
//! and how values are normalized.

use super::said::Said;
use longma_core::schema::{INCOMPLETE, Object, Type};
use longma_core::{Catalogue, Instant, Offset, Schema};
use longma_identity::Document;
use serde_json::{Map, Value as Json};

/// The member that is a document's number.
const NUMBER: &str = "number";

/// The sections of one kind of subject.
#[derive(Debug)]
pub(super) struct Shape(Schema);

/// The kinds of sections.
#[derive(Debug)]
pub(super) enum Section<'a> {
    /// A list of records, with the fields that identify them. Without such fields only equal
    /// records are the same.
    Records { identity: Vec<&'a str> },
    /// An object, whose fields are stated one by one.
    Fields(&'a Object),
    /// One value, such as the kind of subject.
    Value,
}

impl<'a> Section<'a> {
    fn of(kind: &'a Type) -> Self {
        match kind {
            Type::List { item, .. } => {
                let identity = item.object().map(|item| item.identity_names().collect());
                Self::Records {
                    identity: identity.unwrap_or_default(),
                }
            }
            Type::Object(object) => Self::Fields(object),
            _ => Self::Value,
        }
    }
}

impl Shape {
    /// The shape of a subject kind; `None` if the catalogue has no such kind.
    pub(super) fn of(catalogue: &Catalogue, subject: &str) -> Option<Self> {
        catalogue.schema(subject).cloned().map(Self)
    }

    pub(super) fn section(&self, name: &str) -> Option<Section<'_>> {
        self.0.root().kind(name).map(Section::of)
    }

    pub(super) fn sections(&self) -> impl Iterator<Item = (&str, Section<'_>)> {
        let fields = self.0.root().fields.iter();
        fields.map(|field| (&*field.name, Section::of(&field.kind)))
    }

    /// Whether facts may say of a section that only a part of it is known.
    pub(super) fn may_be_incomplete(&self, section: &str) -> bool {
        let Some(Type::List { item, .. }) = self.0.root().kind(INCOMPLETE) else {
            return false;
        };
        matches!(&**item, Type::Enum(names) if names.iter().any(|name| **name == *section))
    }

    /// Normalizes a record of a section, or some fields of an object.
    pub(super) fn said(&self, section: &str, fields: &Map<String, Json>) -> Said {
        let object = self.0.root().kind(section).and_then(Type::object);
        object_value(fields, object.map(AsRef::as_ref))
    }

    /// The identity of a record in a section.
    pub(super) fn key(&self, section: &str, said: &Said) -> Said {
        match self.section(section) {
            Some(Section::Records { identity }) if !identity.is_empty() => said.only(&identity),
            _ => said.clone(),
        }
    }
}

fn object_value(fields: &Map<String, Json>, object: Option<&Object>) -> Said {
    let fields = fields.iter().map(|(name, said)| {
        let kind = object.and_then(|object| object.kind(name));
        (name.clone(), value(said, kind))
    });
    let mut fields: Map<String, Json> = fields.collect();
    if object.is_some_and(is_document) {
        let text = |name: &str| fields.get(name)?.as_str();
        let given = text("type").zip(text(NUMBER));
        if let Some((kind, number)) = given {
            let written = Document { kind, number }.written();
            fields.insert(NUMBER.to_owned(), written.into());
        }
    }
    Said::of(&fields)
}

/// Whether an object has the number of an identity document.
fn is_document(object: &Object) -> bool {
    matches!(object.kind(NUMBER), Some(Type::Text(text)) if text.number)
}

/// Normalizes a value; without a type, instants stay as they are.
fn value(said: &Json, kind: Option<&Type>) -> Json {
    match said {
        Json::String(text) => {
            let instant = match kind {
                Some(Type::Instant) => Instant::parse(text).ok(),
                _ => None,
            };
            instant.map_or_else(|| said.clone(), |t| t.to_rfc3339(Offset::CHINA).into())
        }
        // 37 and 37.0 are one temperature.
        Json::Number(number) => {
            let text = number.to_string();
            let whole = text
                .strip_suffix(".0")
                .and_then(|it| it.parse::<i64>().ok());
            whole.map_or_else(|| said.clone(), Json::from)
        }
        Json::Array(items) => {
            let kind = match kind {
                Some(Type::List { item, .. }) => Some(&**item),
                _ => None,
            };
            let items = items.iter().map(|item| value(item, kind));
            // Lists within a record have no order of their own; core sorts them too.
            let mut items: Vec<(String, Json)> =
                items.map(|item| (item.to_string(), item)).collect();
            items.sort_by(|(a, _), (b, _)| a.cmp(b));
            items.into_iter().map(|(_, item)| item).collect()
        }
        Json::Object(fields) => {
            let object = match kind {
                Some(Type::Object(object)) => Some(object.as_ref()),
                _ => None,
            };
            Json::Object(object_value(fields, object).fields().clone())
        }
        Json::Null | Json::Bool(_) => said.clone(),
    }
}
