//! A facts document as JSON: its sections, its records and where they stand.

use serde_json::{Map, Value as Json};

/// The value at a JSON pointer of a document.
#[must_use]
pub fn at<'a>(facts: &'a Map<String, Json>, pointer: &str) -> Option<&'a Json> {
    let (first, rest) = match pointer.strip_prefix('/')?.split_once('/') {
        Some((first, rest)) => (first, format!("/{rest}")),
        None => (pointer.strip_prefix('/')?, String::new()),
    };
    facts.get(first)?.pointer(&rest)
}

/// A pointer to a member of what `pointer` points to.
#[must_use]
pub fn join(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// Every record of every section that is a list: section, pointer, record.
pub fn records(
    facts: &Map<String, Json>,
) -> impl Iterator<Item = (&str, String, &Map<String, Json>)> {
    facts.iter().flat_map(|(section, value)| {
        let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
        items.iter().enumerate().filter_map(move |(index, item)| {
            let pointer = format!("/{section}/{index}");
            Some((section.as_str(), pointer, item.as_object()?))
        })
    })
}

/// The records of one section, each with its pointer.
pub fn section<'a>(
    facts: &'a Map<String, Json>,
    name: &str,
) -> impl Iterator<Item = (String, &'a Map<String, Json>)> {
    records(facts)
        .filter(move |(section, ..)| *section == name)
        .map(|(_, pointer, record)| (pointer, record))
}

/// A text member of a record.
#[must_use]
pub fn text<'a>(record: &'a Map<String, Json>, name: &str) -> Option<&'a str> {
    record.get(name)?.as_str()
}
