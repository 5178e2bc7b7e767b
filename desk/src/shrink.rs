//! Shrinks a document to the smallest one that still shows something: removes records,
//! fields and rows, and simplifies values, as long as the property holds.
//!
//! Unless the trials run out, no single part of the result could still be removed.
//! Names, document numbers and places become invented ones wherever they do not matter,
//! so an example can be shown even if it began with a real person.

use crate::generate::invented_name;
use crate::tables::{Rows, Tables};
use longma_core::schema::{Object, Pattern, Type};
use longma_core::{Instant, Offset};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// Limit on calls of `keep`.
const TRIALS: usize = 3_000;
/// Rows of a longer table are not removed one by one; it is cut to the document's
/// places or left whole.
const ROWS: usize = 2_000;
/// Seconds in a day.
const DAY: i64 = 86_400;

/// A document with the tables it is decided with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The facts.
    pub facts: Json,
    /// The tables.
    pub tables: Tables,
}

/// A change to a document: the value at `path` is replaced, or removed if `becomes` is
/// `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Edit {
    path: Vec<String>,
    becomes: Option<Json>,
}

/// Shrinks `case` to a minimal one for which `keep` still holds. `keep` must hold for
/// `case`; `root` is the schema of the facts.
///
/// ```
/// use longma_core::Schema;
/// use longma_desk::{shrink::{Case, shrink}, tables::Tables};
/// use serde_json::json;
/// let schema = r#"{"type": "object", "additionalProperties": false, "required": ["tests"],
///     "properties": {"tests": {"type": "array", "items": {"type": "object",
///         "additionalProperties": false, "required": ["result"], "properties": {
///             "result": {"type": "string", "enum": ["negative", "positive"]}}}}}}"#;
/// let schema = Schema::read(schema, "small.schema.json").unwrap();
/// let facts = json!({"tests": [{"result": "negative"}, {"result": "positive"}]});
/// let case = Case { facts, tables: Tables::new() };
/// let small = shrink(case, schema.root(), |case| case.facts.to_string().contains("positive"));
/// assert_eq!(small.facts, json!({"tests": [{"result": "positive"}]}));
/// ```
pub fn shrink(case: Case, root: &Object, mut keep: impl FnMut(&Case) -> bool) -> Case {
    let mut case = case;
    let mut trials = TRIALS;
    let mut ask = |case: &Case| {
        trials > 0 && {
            trials -= 1;
            keep(case)
        }
    };
    cut_to_places(&mut case, &mut ask);
    loop {
        let before = case.clone();
        // Names first: they must go even if the trials run out on the rest.
        edit(&mut case, &mut ask, |facts| names(facts, root));
        edit(&mut case, &mut ask, |facts| removals(facts, root));
        take_rows(&mut case, &mut ask);
        edit(&mut case, &mut ask, |facts| plainer(facts, root));
        if case == before {
            return case;
        }
    }
}

/// Tries the edits that `list` finds until none succeeds.
fn edit(case: &mut Case, ask: &mut impl FnMut(&Case) -> bool, list: impl Fn(&Json) -> Vec<Edit>) {
    let mut index = 0;
    let mut edits = list(&case.facts);
    while let Some(edit) = edits.get(index) {
        let mut next = case.clone();
        if apply(&mut next.facts, edit) && ask(&next) {
            *case = next;
            edits = list(&case.facts);
        } else {
            index += 1;
        }
    }
}

fn apply(json: &mut Json, edit: &Edit) -> bool {
    let Some((last, path)) = edit.path.split_last() else {
        return false;
    };
    let mut at = json;
    for step in path {
        let inner = match at {
            Json::Object(members) => members.get_mut(step),
            Json::Array(items) => step.parse().ok().and_then(|i: usize| items.get_mut(i)),
            _ => None,
        };
        let Some(inner) = inner else { return false };
        at = inner;
    }
    match (at, &edit.becomes) {
        (Json::Object(members), Some(value)) => {
            members.insert(last.clone(), value.clone()) != Some(value.clone())
        }
        (Json::Object(members), None) => members.remove(last).is_some(),
        (Json::Array(items), becomes) => {
            let Some(index) = last.parse().ok().filter(|i: &usize| *i < items.len()) else {
                return false;
            };
            match becomes {
                Some(value) => {
                    let old = items
                        .get_mut(index)
                        .map(|item| std::mem::replace(item, value.clone()));
                    old.as_ref() != Some(value)
                }
                None => {
                    items.remove(index);
                    true
                }
            }
        }
        _ => false,
    }
}

/// The possible removals, largest first: whole sections, halves of them, records,
/// optional fields. A missing section becomes an empty one.
fn removals(facts: &Json, root: &Object) -> Vec<Edit> {
    let mut edits = Vec::new();
    for field in &root.fields {
        let Type::List { least: 0, .. } = field.kind else {
            continue;
        };
        let items = facts.get(&*field.name).and_then(Json::as_array);
        if items.is_none_or(|items| !items.is_empty()) {
            edits.push(Edit {
                path: vec![field.name.to_string()],
                becomes: Some(json!([])),
            });
        }
    }
    for name in root.names() {
        let items = facts.get(name).and_then(Json::as_array);
        let Some(items) = items.filter(|items| items.len() > 3) else {
            continue;
        };
        let (first, second) = items.split_at(items.len() / 2);
        for half in [first, second] {
            edits.push(Edit {
                path: vec![name.to_owned()],
                becomes: Some(Json::Array(half.to_vec())),
            });
        }
    }
    let mut found = Vec::new();
    walk(
        facts,
        root,
        &mut Vec::new(),
        &mut |path, json, kind, optional| {
            let edit = |path: Vec<String>| Edit {
                path,
                becomes: None,
            };
            if let (Json::Array(items), Type::List { least, .. }) = (json, kind)
                && items.len() > *least
            {
                for index in (0..items.len()).rev() {
                    let mut path = path.to_vec();
                    path.push(index.to_string());
                    found.push(edit(path));
                }
            }
            if optional && path.len() > 1 {
                found.push(edit(path.to_vec()));
            }
        },
    );
    edits.extend(found);
    edits
}

/// Edits that replace names not yet invented.
fn names(facts: &Json, root: &Object) -> Vec<Edit> {
    let mut edits = Vec::new();
    walk(facts, root, &mut Vec::new(), &mut |path, json, kind, _| {
        let (Json::String(text), Type::Text(kind)) = (json, kind) else {
            return;
        };
        let formed = kind.pattern.as_ref().and_then(Pattern::class);
        if text.starts_with("测试") || formed.is_some() {
            return;
        }
        edits.extend((0..3).map(|number| Edit {
            path: path.to_vec(),
            becomes: Some(Json::from(invented_name(number))),
        }));
    });
    edits
}

/// Edits to simpler values: `false`, an earlier member of an enum, the least number,
/// the start of a day, hour or minute.
fn plainer(facts: &Json, root: &Object) -> Vec<Edit> {
    let mut edits = Vec::new();
    walk(facts, root, &mut Vec::new(), &mut |path, json, kind, _| {
        let plain: Vec<Json> = match (json, kind) {
            (Json::Bool(true), Type::Bool) => vec![json!(false)],
            (Json::Number(_), Type::Int { least, .. }) => vec![json!(least)],
            (Json::String(text), Type::Enum(members)) => members
                .iter()
                .take_while(|member| ***member != **text)
                .map(|member| json!(**member))
                .collect(),
            (Json::String(text), Type::Instant) => rounder(text),
            _ => Vec::new(),
        };
        for value in plain.into_iter().filter(|value| value != json) {
            edits.push(Edit {
                path: path.to_vec(),
                becomes: Some(value),
            });
        }
    });
    edits
}

/// The starts of the day (at `+08:00`), hour and minute that contain an instant, other
/// than the instant itself.
fn rounder(text: &str) -> Vec<Json> {
    let Ok(instant) = Instant::parse(text) else {
        return Vec::new();
    };
    let day = instant.date(Offset::CHINA).start(Offset::CHINA);
    let Some(start) = day.map(Instant::unix) else {
        return Vec::new();
    };
    let since = instant.unix() - start;
    let units = [DAY, 3_600, 60].into_iter();
    units
        .filter(|unit| since % unit != 0)
        .filter_map(|unit| Instant::from_unix(instant.unix() - since % unit))
        .map(|rounded| json!(rounded.to_rfc3339(Offset::CHINA)))
        .collect()
}

/// Calls `see` for every value of a document that its schema knows, with the path, the
/// value, its type and whether it is optional. Outer values come first.
fn walk(
    json: &Json,
    object: &Object,
    path: &mut Vec<String>,
    see: &mut impl FnMut(&[String], &Json, &Type, bool),
) {
    for field in &object.fields {
        if let Some(value) = json.get(&*field.name) {
            path.push(field.name.to_string());
            walk_value(value, &field.kind, !field.required, path, see);
            path.pop();
        }
    }
}

fn walk_value(
    json: &Json,
    kind: &Type,
    optional: bool,
    path: &mut Vec<String>,
    see: &mut impl FnMut(&[String], &Json, &Type, bool),
) {
    see(path, json, kind, optional);
    match (json, kind) {
        (Json::Object(_), Type::Object(object)) => walk(json, object, path, see),
        (Json::Array(items), Type::List { item, .. }) => {
            for (index, value) in items.iter().enumerate() {
                path.push(index.to_string());
                walk_value(value, item, false, path, see);
                path.pop();
            }
        }
        _ => {}
    }
}

/// Tries to keep only the rows that share a place with the document, in all tables at
/// once.
fn cut_to_places(case: &mut Case, ask: &mut impl FnMut(&Case) -> bool) {
    let mut texts = BTreeSet::new();
    texts_of(&case.facts, &mut texts);
    let mut next = case.clone();
    for rows in next.tables.values_mut() {
        // Two parts must match: a province alone would keep most of a long list.
        rows.0
            .retain(|row| row.values().filter(|text| texts.contains(*text)).count() > 1);
    }
    if next != *case && ask(&next) {
        *case = next;
    }
}

fn texts_of(json: &Json, texts: &mut BTreeSet<String>) {
    match json {
        Json::String(text) => drop(texts.insert(text.clone())),
        Json::Array(items) => items.iter().for_each(|item| texts_of(item, texts)),
        Json::Object(members) => members.values().for_each(|value| texts_of(value, texts)),
        _ => {}
    }
}

/// Removes rows: all, then halves, quarters and so on down to single rows.
fn take_rows(case: &mut Case, ask: &mut impl FnMut(&Case) -> bool) {
    let tables: Vec<String> = case.tables.keys().cloned().collect();
    for name in tables {
        let count = |case: &Case| case.tables.get(&name).map_or(0, |rows| rows.0.len());
        if count(case) > ROWS {
            continue;
        }
        let mut size = count(case);
        while size > 0 {
            let mut start = 0;
            while start < count(case) {
                let mut next = case.clone();
                if let Some(Rows(rows)) = next.tables.get_mut(&name) {
                    let end = (start + size).min(rows.len());
                    rows.drain(start..end);
                }
                if ask(&next) {
                    *case = next;
                } else {
                    start += size;
                }
            }
            size /= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;
    use longma_core::Schema;

    const SCHEMA: &str = r#"{"type":"object","additionalProperties":false,
        "required":["name","tests"],"properties":{
        "name":{"type":"string","minLength":1,"maxLength":20},
        "tests":{"type":"array","items":{"type":"object","additionalProperties":false,
            "required":["result","at"],"properties":{
            "result":{"type":"string","enum":["negative","positive"]},
            "at":{"type":"string","format":"date-time"},
            "pool":{"type":"integer","minimum":1,"maximum":10}}}}}}"#;

    fn positives(case: &Case) -> usize {
        let tests = case.facts.get("tests").and_then(Json::as_array).unwrap();
        tests.iter().filter(|t| t["result"] == "positive").count()
    }

    #[test]
    fn what_does_not_matter_goes_and_what_remains_is_plain() {
        let root = Schema::read(SCHEMA, "small.schema.json").unwrap();
        let test = |result: &str, at: &str| json!({"result": result, "at": at, "pool": 7});
        let facts = json!({"name": "王五", "tests": [
            test("negative", "2022-07-01T09:41:07+08:00"),
            test("positive", "2022-07-02T09:41:07+08:00"),
            test("positive", "2022-07-03T09:41:07+08:00"),
            test("negative", "2022-07-04T09:41:07+08:00"),
        ]});
        let row = |city: &str| [("city".to_owned(), city.to_owned())].into();
        let rows = Rows(vec![row("a"), row("b"), row("c")]);
        let case = Case {
            facts,
            tables: [("areas".to_owned(), rows)].into(),
        };
        let needs_b = |case: &Case| case.tables["areas"].0.contains(&row("b"));
        let small = shrink(case, root.root(), |case| {
            positives(case) >= 1 && needs_b(case)
        });
        assert_eq!(
            small.facts,
            json!({"name": "测试甲", "tests": [
            {"result": "positive", "at": "2022-07-02T00:00:00+08:00"}]})
        );
        assert_eq!(small.tables["areas"], Rows(vec![row("b")]));
    }
}
