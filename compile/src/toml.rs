//! Parses TOML into a tree with positions, or explains in our own words why a text is
//! not TOML.
//!
//! Dates and times become texts, as in the facts' JSON. Floats stay numbers, which no
//! shape here accepts.

mod mistake;

pub use mistake::Mistake;

use crate::shape::Kind;
use serde_json::{Map, Value as Json};
use std::ops::Range;
use toml_edit::{Document, Item, TableLike, Value};

/// A TOML text with its parse tree.
#[derive(Debug)]
pub struct Toml {
    document: Document<String>,
}

/// A key of a text or an item of one of its lists, for whoever goes through all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The keys that lead to it; steps into lists are numbers from 0.
    pub path: Vec<String>,
    /// The bytes of the key, with its quotes; `None` for an item of a list.
    pub key: Option<Range<usize>>,
    /// The bytes of the value, with its quotes; `None` for a table under a heading.
    pub value: Option<Range<usize>>,
    /// The value if it is a text or a time.
    pub text: Option<String>,
}

/// A key of a table, its value, and the bytes of the key.
pub(crate) type Member<'a> = (&'a str, Node<'a>, Option<Range<usize>>);

/// One node of the tree.
#[derive(Clone, Copy)]
pub(crate) enum Node<'a> {
    Item(&'a Item),
    Table(&'a dyn TableLike),
    Value(&'a Value),
}

impl Toml {
    /// Parses `text`.
    ///
    /// ```
    /// use longma_compile::toml::Toml;
    /// let text = "[params]\nquarantine = 7\n";
    /// let toml = Toml::parse(text).unwrap();
    /// assert_eq!(toml.value_span(&["params", "quarantine"]), Some(22..23));
    /// let mistakes = Toml::parse("unit = days").unwrap_err();
    /// assert!(mistakes[0].message().en.starts_with("days is "));
    /// ```
    ///
    /// # Errors
    /// Every mistake that keeps the text from being TOML, in text order.
    pub fn parse(text: &str) -> Result<Self, Vec<Mistake>> {
        match Document::parse(text.to_owned()) {
            Ok(document) => Ok(Self { document }),
            Err(first) => {
                // `toml_edit` stops at the first error. `toml` goes on, but does not check
                // the size of numbers.
                let (_, errors) = toml::de::DeTable::parse_recoverable(text);
                let mut spans: Vec<_> = errors.iter().filter_map(toml::de::Error::span).collect();
                if spans.is_empty() {
                    spans.push(first.span().unwrap_or(0..0));
                }
                Err(mistake::explain(text, spans))
            }
        }
    }

    /// The root of the tree.
    pub(crate) fn root(&self) -> Node<'_> {
        Node::Item(self.document.as_item())
    }

    /// The bytes of the deepest existing key on `path`. Steps into lists are numbers.
    #[must_use]
    pub fn span(&self, path: &[&str]) -> Option<Range<usize>> {
        self.follow(path).0
    }

    /// The bytes of the value at `path` if it has a range of its own. Otherwise those
    /// of [`span`](Self::span).
    #[must_use]
    pub fn value_span(&self, path: &[&str]) -> Option<Range<usize>> {
        let (span, end) = self.follow(path);
        end.and_then(Node::value_span).or(span)
    }

    /// Every key and every item of a list, each before what is in it.
    ///
    /// ```
    /// use longma_compile::toml::Toml;
    /// let toml = Toml::parse("scale = [\"green\", \"red\"]\n").unwrap();
    /// let last = toml.entries().pop().unwrap();
    /// assert_eq!(last.path, ["scale", "1"]);
    /// assert_eq!(last.text.as_deref(), Some("red"));
    /// ```
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        let mut out = Vec::new();
        self.root().gather(&mut Vec::new(), &mut out);
        out
    }

    /// The value at `path` as JSON; `None` if there is none.
    #[must_use]
    pub fn json(&self, path: &[&str]) -> Option<Json> {
        self.follow(path).1.map(Node::json)
    }

    /// The bytes of the deepest key on `path`, and the node at its end.
    fn follow(&self, path: &[&str]) -> (Option<Range<usize>>, Option<Node<'_>>) {
        let mut found = None;
        let mut here = self.root();
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

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.kind().fmt(f)
    }
}

impl<'a> Node<'a> {
    /// The node at `step`, and the bytes to point at for it.
    fn step(self, step: &str) -> Option<(Self, Option<Range<usize>>)> {
        if let Ok(index) = step.parse::<usize>()
            && let Some(element) = self.element(index)
        {
            return Some(element);
        }
        let (key, item) = self.table()?.get_key_value(step)?;
        Some((Node::Item(item), key.span().or_else(|| item.span())))
    }

    /// The bytes of a value to point at. `None` for tables under a heading.
    pub(crate) fn value_span(self) -> Option<Range<usize>> {
        self.value().and_then(Value::span)
    }

    fn value(self) -> Option<&'a Value> {
        match self {
            Node::Item(Item::Value(value)) | Node::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The kind of value.
    pub(crate) fn kind(self) -> Kind {
        match (self, self.value()) {
            (_, Some(Value::String(_))) => Kind::Text,
            (_, Some(Value::Integer(_))) => Kind::Whole,
            (_, Some(Value::Float(_))) => Kind::Fraction,
            (_, Some(Value::Boolean(_))) => Kind::Truth,
            (_, Some(Value::Datetime(_))) => Kind::Time,
            (_, Some(Value::Array(_))) | (Node::Item(Item::ArrayOfTables(_)), None) => Kind::List,
            _ => Kind::Table,
        }
    }

    /// The text, or the date or time as a text.
    pub(crate) fn text(self) -> Option<String> {
        match self.value()? {
            Value::String(text) => Some(text.value().clone()),
            Value::Datetime(time) => Some(time.value().to_string()),
            _ => None,
        }
    }

    /// The whole number.
    pub(crate) fn whole(self) -> Option<i64> {
        self.value()?.as_integer()
    }

    /// The truth value.
    pub(crate) fn truth(self) -> Option<bool> {
        self.value()?.as_bool()
    }

    /// The items of a list, each with the bytes to point at.
    pub(crate) fn items(self) -> Option<Vec<(Self, Option<Range<usize>>)>> {
        if self.kind() != Kind::List {
            return None;
        }
        let items = (0..).map_while(|index| self.element(index));
        Some(items.collect())
    }

    /// The members of a table, each with the bytes of its key.
    pub(crate) fn members(self) -> Option<Vec<Member<'a>>> {
        let table = self.table()?;
        let members = table.iter().map(|(name, item)| {
            let key = table.key(name);
            let span = key.and_then(toml_edit::Key::span);
            (name, Node::Item(item), span.or_else(|| item.span()))
        });
        Some(members.collect())
    }

    /// The value as JSON.
    pub(crate) fn json(self) -> Json {
        match self {
            Node::Item(inner) => item(inner),
            Node::Table(inner) => table(inner),
            Node::Value(inner) => json(inner),
        }
    }

    fn gather(self, path: &mut Vec<String>, out: &mut Vec<Entry>) {
        let items = self.items().unwrap_or_default().into_iter().enumerate();
        let items = items.map(|(index, (item, _))| (index.to_string(), item, None));
        let members = self.members().unwrap_or_default().into_iter();
        let members = members.map(|(name, node, key)| (name.to_owned(), node, key));
        for (step, node, key) in items.chain(members) {
            path.push(step);
            out.push(Entry {
                path: path.clone(),
                key,
                value: node.value_span(),
                text: node.text(),
            });
            node.gather(path, out);
            path.pop();
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
