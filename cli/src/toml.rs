//! TOML as the rules' folder uses it: read into JSON, and positions of keys.
//!
//! Dates and times become texts, as the facts' JSON has them; floats are refused.

use serde_json::{Map, Value as Json};
use std::ops::Range;
use toml_edit::{Document, Item, Key, Table, TableLike, Value};

/// A TOML text with its parse tree.
#[derive(Debug)]
pub struct Toml {
    document: Document<String>,
}

/// Why a TOML text cannot be used, and where, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TomlError {
    /// What the parser says.
    pub message: String,
    /// Where, as a range of bytes.
    pub span: Range<usize>,
}

impl Toml {
    /// Parses `text`.
    ///
    /// # Errors
    /// The first thing that is not TOML.
    pub fn parse(text: &str) -> Result<Self, TomlError> {
        let document = Document::parse(text.to_owned()).map_err(|error| TomlError {
            message: error.message().to_owned(),
            span: error.span().unwrap_or(0..0),
        })?;
        Ok(Self { document })
    }

    /// The whole text as JSON.
    #[must_use]
    pub fn json(&self) -> Json {
        table(self.document.as_table())
    }

    /// The bytes of the deepest key on `path` that exists; steps into lists are numbers.
    #[must_use]
    pub fn span(&self, path: &[&str]) -> Option<Range<usize>> {
        let mut found = None;
        let mut item: Option<&Item> = Some(self.document.as_item());
        for step in path {
            let Some(here) = item else { break };
            if let Ok(index) = step.parse::<usize>()
                && let Some(next) = element(here, index)
            {
                found = next.1.or(found);
                item = next.0;
                continue;
            }
            let Some(table) = here.as_table_like() else {
                break;
            };
            let Some((key, next)) = table.get_key_value(step) else {
                break;
            };
            found = Key::span(key).or_else(|| next.span()).or(found);
            item = Some(next);
        }
        found
    }
}

/// The `index`th element of a list, where it is a table that can be stepped into.
fn element(item: &Item, index: usize) -> Option<(Option<&Item>, Option<Range<usize>>)> {
    match item {
        Item::ArrayOfTables(tables) => {
            let table: &Table = tables.get(index)?;
            Some((None, table.span()))
        }
        Item::Value(Value::Array(values)) => Some((None, values.get(index)?.span())),
        _ => None,
    }
}

fn table(table: &dyn TableLike) -> Json {
    let members = table
        .iter()
        .map(|(name, value)| (name.to_owned(), item(value)));
    Json::Object(members.collect::<Map<_, _>>())
}

fn item(item: &Item) -> Json {
    match item {
        Item::None => Json::Null,
        Item::Value(value) => json(value),
        Item::Table(inner) => table(inner),
        Item::ArrayOfTables(tables) => {
            Json::Array(tables.iter().map(|inner| table(inner)).collect())
        }
    }
}

fn json(value: &Value) -> Json {
    match value {
        Value::String(text) => Json::String(text.value().clone()),
        Value::Integer(number) => Json::from(*number.value()),
        Value::Float(number) => Json::from(*number.value()),
        Value::Boolean(truth) => Json::Bool(*truth.value()),
        Value::Datetime(time) => Json::String(time.value().to_string()),
        Value::Array(values) => Json::Array(values.iter().map(json).collect()),
        Value::InlineTable(inner) => table(inner),
    }
}
