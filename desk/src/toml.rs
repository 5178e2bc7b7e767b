//! TOML as the rules' folder uses it: read into JSON, and positions of keys.
//!
//! Dates and times become texts, as the facts' JSON has them; floats are kept as
//! numbers, which no shape here accepts.

use serde_json::{Map, Value as Json};
use std::ops::Range;
use toml_edit::{Document, Item, TableLike, Value};

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

/// One place of the tree that a step can lead on from.
#[derive(Clone, Copy)]
enum Node<'a> {
    Item(&'a Item),
    Table(&'a dyn TableLike),
    Value(&'a Value),
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

    /// Everything in `text` that is not TOML, in order; [`parse`](Self::parse)
    /// stops at the first.
    #[must_use]
    pub fn errors(text: &str) -> Vec<TomlError> {
        let (_, errors) = toml::de::DeTable::parse_recoverable(text);
        let mut errors: Vec<TomlError> = errors
            .iter()
            .map(|error| TomlError {
                message: error.message().to_owned(),
                span: error.span().unwrap_or(0..0),
            })
            .collect();
        errors.sort_by_key(|error| error.span.start);
        errors
    }

    /// The whole text as JSON.
    #[must_use]
    pub fn json(&self) -> Json {
        table(self.document.as_table())
    }

    /// The bytes of the deepest key on `path` that exists; steps into lists are numbers.
    #[must_use]
    pub fn span(&self, path: &[&str]) -> Option<Range<usize>> {
        self.follow(path).0
    }

    /// The bytes of the value at `path`, where it is one that a reader can point
    /// at; else as [`span`](Self::span).
    #[must_use]
    pub fn value_span(&self, path: &[&str]) -> Option<Range<usize>> {
        let (span, end) = self.follow(path);
        end.and_then(Node::value_span).or(span)
    }

    /// The bytes of the deepest key on `path`, and what stands at its end.
    fn follow(&self, path: &[&str]) -> (Option<Range<usize>>, Option<Node<'_>>) {
        let mut found = None;
        let mut here = Node::Item(self.document.as_item());
        for step in path {
            let Some((next, span)) = here.step(step) else {
                return (found, None);
            };
            found = span.or(found);
            here = next;
        }
        (found, Some(here))
    }
}

impl<'a> Node<'a> {
    /// What `step` leads to, and the bytes that a reader would point at.
    fn step(self, step: &str) -> Option<(Self, Option<Range<usize>>)> {
        if let Ok(index) = step.parse::<usize>()
            && let Some(element) = self.element(index)
        {
            return Some(element);
        }
        let (key, item) = self.table()?.get_key_value(step)?;
        Some((Node::Item(item), key.span().or_else(|| item.span())))
    }

    fn value_span(self) -> Option<Range<usize>> {
        match self {
            Node::Item(Item::Value(value)) | Node::Value(value) => value.span(),
            _ => None,
        }
    }

    fn element(self, index: usize) -> Option<(Self, Option<Range<usize>>)> {
        let array = match self {
            Node::Item(Item::ArrayOfTables(tables)) => {
                let table = tables.get(index)?;
                return Some((Node::Table(table), table.span()));
            }
            Node::Item(Item::Value(value)) | Node::Value(value) => value.as_array()?,
            _ => return None,
        };
        let value = array.get(index)?;
        Some((Node::Value(value), value.span()))
    }

    fn table(self) -> Option<&'a dyn TableLike> {
        match self {
            Node::Item(item) => item.as_table_like(),
            Node::Table(table) => Some(table),
            Node::Value(value) => value.as_inline_table().map(|table| table as &dyn TableLike),
        }
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

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::string_slice,
        reason = "a test fails by panicking"
    )]
    use super::*;

    const CASES: &str = "[[case]]\nname = \"一\"\n\n[[case]]\nat = [ { time = 1, code = \"red\" } ]\n\n[params.x]\nvalue = 7\n";

    #[track_caller]
    fn check(path: &[&str], found: Option<&str>) {
        let toml = Toml::parse(CASES).unwrap();
        assert_eq!(toml.span(path).map(|span| &CASES[span]), found);
    }

    #[test]
    fn every_line_that_is_no_toml_is_told() {
        let text = "a = x\nb = 1\nc = [1\nd = 2026-13-01\n";
        let errors = Toml::errors(text);
        let lines: Vec<usize> = errors
            .iter()
            .map(|error| text[..error.span.start].matches('\n').count() + 1)
            .collect();
        assert!(lines.contains(&1) && lines.len() > 1, "{errors:?}");
        assert_eq!(Toml::errors(CASES), []);
    }

    #[test]
    fn a_path_leads_through_tables_and_lists_to_its_key() {
        check(&["params", "x", "value"], Some("value"));
        check(&["case", "1", "at"], Some("at"));
        check(&["case", "1", "at", "0", "code"], Some("code"));
    }

    #[test]
    fn a_value_is_found_where_the_path_leads_to_one() {
        let toml = Toml::parse(CASES).unwrap();
        let value = |path: &[&str]| toml.value_span(path).map(|span| &CASES[span]);
        assert_eq!(value(&["case", "1", "at", "0", "code"]), Some("\"red\""));
        assert_eq!(value(&["params", "x"]), Some("x"));
        assert_eq!(value(&["params", "x", "unit"]), Some("x"));
    }

    #[test]
    fn a_path_that_ends_early_gives_what_it_reached() {
        check(&["params", "x", "unit"], Some("x"));
        check(&["case", "1", "at", "3"], Some("at"));
        check(&["case", "0"], Some("[[case]]"));
        check(&["decisions"], None);
    }
}
