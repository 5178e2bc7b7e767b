//! A stated record in the normal form in which records are compared.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value as Json};
use std::cmp::Ordering;

/// A record, or one field of an object. Compared and ordered by its JSON text.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "Map<String, Json>")]
pub struct Said {
    text: String,
    fields: Map<String, Json>,
}

impl Said {
    /// A record with its members sorted by name.
    #[must_use]
    pub fn of(fields: &Map<String, Json>) -> Self {
        let fields = sorted(fields);
        Self {
            text: text(&fields),
            fields,
        }
    }

    /// The members.
    #[must_use]
    pub fn fields(&self) -> &Map<String, Json> {
        &self.fields
    }

    /// The JSON text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The members named in `names`; missing ones are left out.
    pub(super) fn only(&self, names: &[&str]) -> Self {
        let found = names.iter();
        let found = found.filter_map(|name| {
            let value = self.fields.get(*name)?;
            Some(((*name).to_owned(), value.clone()))
        });
        Self::of(&found.collect())
    }

    /// Whether every member that both records have is equal.
    pub(super) fn agrees_with(&self, other: &Self) -> bool {
        let mut own = self.fields.iter();
        own.all(|(name, value)| other.fields.get(name).is_none_or(|it| it == value))
    }

    /// Whether `other` contains every member of this record and has more.
    pub(super) fn is_part_of(&self, other: &Self) -> bool {
        let mut own = self.fields.iter();
        self.fields.len() < other.fields.len()
            && own.all(|(name, value)| other.fields.get(name) == Some(value))
    }
}

impl From<Map<String, Json>> for Said {
    fn from(fields: Map<String, Json>) -> Self {
        Self::of(&fields)
    }
}

impl Serialize for Said {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.fields.serialize(serializer)
    }
}

impl Ord for Said {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl PartialOrd for Said {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Said {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Said {}

/// Sorts members by name at every depth, whatever order the parser keeps.
fn sorted(fields: &Map<String, Json>) -> Map<String, Json> {
    let mut members: Vec<(&String, &Json)> = fields.iter().collect();
    members.sort_by_key(|(name, _)| *name);
    members
        .into_iter()
        .map(|(name, value)| (name.clone(), sorted_value(value)))
        .collect()
}

fn sorted_value(value: &Json) -> Json {
    match value {
        Json::Object(fields) => Json::Object(sorted(fields)),
        Json::Array(items) => Json::Array(items.iter().map(sorted_value).collect()),
        other => other.clone(),
    }
}

fn text(fields: &Map<String, Json>) -> String {
    // Serializing strings, numbers and lists cannot fail.
    serde_json::to_string(fields).unwrap_or_default()
}
