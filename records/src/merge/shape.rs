//! What a kind of subject's schema says that merging needs: its sections, what
//! tells their records apart, and how values are brought to one form.

use super::said::Said;
use longma_core::{Catalogue, Instant, Offset};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// The annotation that names what tells records apart.
const IDENTITY: &str = "x-identity";
/// References may stand inside one another this deep; deeper is a circle.
const REF_DEPTH: usize = 16;

/// The sections of one kind of subject.
#[derive(Debug)]
pub(super) struct Shape {
    root: Json,
    sections: BTreeMap<String, Section>,
}

/// What a section is.
#[derive(Debug)]
pub(super) enum Section {
    /// A list of records, with the fields that tell them apart; none where only
    /// equal records are the same.
    Records { identity: Vec<String> },
    /// An object, whose fields are stated one by one.
    Fields { required: Vec<String> },
    /// One value, such as the kind of subject.
    Value,
}

impl Shape {
    /// The shape of a kind of subject; `None` where there is no such kind.
    pub(super) fn of(catalogue: &Catalogue, subject: &str) -> Option<Self> {
        let root: Json = serde_json::from_str(catalogue.schema(subject)?.text()).ok()?;
        let mut shape = Self {
            root,
            sections: BTreeMap::new(),
        };
        let names = shape.root.get("properties")?.as_object()?;
        let names: Vec<String> = names.keys().cloned().collect();
        for name in names {
            let schema = shape.property(&shape.root, &name)?;
            let section = match kind(schema) {
                "array" => {
                    let item = shape.resolved(schema.get("items")?);
                    Section::Records {
                        identity: texts(item.get(IDENTITY)),
                    }
                }
                "object" => Section::Fields {
                    required: texts(schema.get("required")),
                },
                _ => Section::Value,
            };
            shape.sections.insert(name, section);
        }
        Some(shape)
    }

    pub(super) fn section(&self, name: &str) -> Option<&Section> {
        self.sections.get(name)
    }

    pub(super) fn sections(&self) -> impl Iterator<Item = (&str, &Section)> {
        self.sections.iter().map(|(name, it)| (name.as_str(), it))
    }

    /// A record of a section, or some fields of an object, in the one form.
    pub(super) fn said(&self, section: &str, fields: &Map<String, Json>) -> Said {
        let schema = self.property(&self.root, section);
        let schema = schema.map(|schema| match schema.get("items") {
            Some(items) => self.resolved(items),
            None => schema,
        });
        let fields = fields.iter().map(|(name, value)| {
            let field = schema.and_then(|schema| self.property(schema, name));
            (name.clone(), self.value(value, field))
        });
        Said::of(&fields.collect())
    }

    /// What tells a record of a section apart from others.
    pub(super) fn key(&self, section: &str, said: &Said) -> Said {
        match self.section(section) {
            Some(Section::Records { identity }) if !identity.is_empty() => said.only(identity),
            _ => said.clone(),
        }
    }

    fn value(&self, value: &Json, schema: Option<&Json>) -> Json {
        match value {
            Json::String(text) => {
                let moment = schema.and_then(|it| it.get("format")?.as_str());
                let instant = match moment {
                    Some("date-time") => Instant::parse(text).ok(),
                    _ => None,
                };
                instant.map_or_else(|| value.clone(), |t| t.to_rfc3339(Offset::CHINA).into())
            }
            // 37 and 37.0 are one temperature.
            Json::Number(number) => {
                let text = number.to_string();
                let whole = text
                    .strip_suffix(".0")
                    .and_then(|it| it.parse::<i64>().ok());
                whole.map_or_else(|| value.clone(), Json::from)
            }
            Json::Array(items) => {
                let schema = schema.and_then(|it| it.get("items"));
                let schema = schema.map(|items| self.resolved(items));
                let items = items.iter().map(|item| self.value(item, schema));
                // A list within a record has no order of its own; core sorts it too.
                let mut items: Vec<(String, Json)> =
                    items.map(|item| (item.to_string(), item)).collect();
                items.sort_by(|(a, _), (b, _)| a.cmp(b));
                items.into_iter().map(|(_, item)| item).collect()
            }
            Json::Object(fields) => {
                let fields = fields.iter().map(|(name, value)| {
                    let field = schema.and_then(|schema| self.property(schema, name));
                    (name.clone(), self.value(value, field))
                });
                Json::Object(Said::of(&fields.collect()).fields().clone())
            }
            Json::Null | Json::Bool(_) => value.clone(),
        }
    }

    fn property<'a>(&'a self, schema: &'a Json, name: &str) -> Option<&'a Json> {
        Some(self.resolved(schema.get("properties")?.get(name)?))
    }

    /// A schema, with its reference followed.
    fn resolved<'a>(&'a self, schema: &'a Json) -> &'a Json {
        let mut found = schema;
        for _ in 0..REF_DEPTH {
            let target = found.get("$ref").and_then(Json::as_str);
            let target = target.and_then(|text| text.strip_prefix('#'));
            match target.and_then(|pointer| self.root.pointer(pointer)) {
                Some(next) => found = next,
                None => break,
            }
        }
        found
    }
}

fn kind(schema: &Json) -> &str {
    schema
        .get("type")
        .and_then(Json::as_str)
        .unwrap_or_default()
}

fn texts(list: Option<&Json>) -> Vec<String> {
    let items = list.and_then(Json::as_array).into_iter().flatten();
    items
        .filter_map(|it| it.as_str().map(str::to_owned))
        .collect()
}
