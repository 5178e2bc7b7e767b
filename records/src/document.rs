//! A facts document as JSON: its sections and records, with their JSON pointers.

use serde_json::{Map, Value as Json};

/// The value at a JSON pointer of a document; `None` for the whole document.
///
/// ```
/// use longma_records::document::{at, join};
/// let facts = serde_json::json!({"tests": [{"result": "negative"}]});
/// let pointer = join("/tests/0", "result");
/// assert_eq!(pointer, "/tests/0/result");
/// assert_eq!(at(facts.as_object().unwrap(), &pointer).unwrap(), "negative");
/// ```
#[must_use]
pub fn at<'a>(facts: &'a Map<String, Json>, pointer: &str) -> Option<&'a Json> {
    let (first, rest) = match pointer.strip_prefix('/')?.split_once('/') {
        Some((first, rest)) => (first, format!("/{rest}")),
        None => (pointer.strip_prefix('/')?, String::new()),
    };
    facts.get(first)?.pointer(&rest)
}

/// The pointer to a member of the value at `pointer`.
#[must_use]
pub fn join(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// Every record of every section that is a list, as section, pointer and record.
///
/// ```
/// use longma_records::document::records;
/// let facts = serde_json::json!({"subject": "person", "tests": [{"result": "negative"}]});
/// let found: Vec<_> = records(facts.as_object().unwrap()).collect();
/// assert_eq!((found[0].0, found[0].1.as_str(), found.len()), ("tests", "/tests/0", 1));
/// ```
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
