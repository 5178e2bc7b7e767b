//! Schemas as the desk reads them: kinds, limits and the words beside them.
//!
//! Core has refused what its subset of JSON Schema lacks before anything comes
//! here, so reading is lenient: what is not understood is left out.

use longma_core::Localized;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// References may stand inside one another this deep; deeper is a circle.
const REF_DEPTH: usize = 16;

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A truth value.
    Bool,
    /// A whole number within bounds, both included.
    Int {
        /// The least value.
        least: i64,
        /// The greatest value.
        most: i64,
    },
    /// A text.
    Text {
        /// Fewest characters.
        least: usize,
        /// Most characters.
        most: usize,
        /// The pattern it follows.
        pattern: Option<String>,
    },
    /// One of some names.
    Enum(Vec<String>),
    /// An instant.
    Instant,
    /// A calendar day.
    Date,
    /// A temperature, in tenths of a degree Celsius, both bounds included.
    Temperature {
        /// The least.
        least: i64,
        /// The greatest.
        most: i64,
    },
    /// A list.
    List {
        /// What it holds.
        item: Box<Shape>,
        /// Fewest items.
        least: usize,
        /// Most items.
        most: usize,
    },
    /// A record.
    Record(Arc<Record>),
}

/// A record's fields and what relates them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// The name of this kind of record, such as `Contact`.
    pub title: Option<String>,
    /// What it says, in both languages.
    pub words: Localized,
    /// By name.
    pub fields: BTreeMap<String, Field>,
    /// The two fields that are the record's span, first and end.
    pub span: Option<(String, String)>,
    /// The fields that are a table row's key, coarse to fine.
    pub key: Vec<String>,
}

/// One field of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// What it holds.
    pub shape: Shape,
    /// Whether it is always there.
    pub required: bool,
    /// What it says, in both languages.
    pub words: Localized,
    /// A sibling time that this one must not precede, and whether equal is too
    /// early as well.
    pub after: Option<(String, bool)>,
}

impl Record {
    /// Reads the text of a schema; `None` when it is not one of an object.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let root: Json = serde_json::from_str(text).ok()?;
        let definitions = root.get("$defs").and_then(Json::as_object);
        match shape(&root, definitions, 0)? {
            Shape::Record(record) => Some(Arc::unwrap_or_clone(record)),
            _ => None,
        }
    }

    /// The shape of a field.
    #[must_use]
    pub fn shape(&self, name: &str) -> Option<&Shape> {
        self.fields.get(name).map(|field| &field.shape)
    }
}

fn shape(json: &Json, definitions: Option<&Map<String, Json>>, depth: usize) -> Option<Shape> {
    if let Some(target) = json.get("$ref").and_then(Json::as_str) {
        let definition = definitions?.get(target.strip_prefix("#/$defs/")?)?;
        return match depth {
            REF_DEPTH.. => None,
            _ => shape(definition, definitions, depth + 1),
        };
    }
    let size = |name: &str| json.get(name).and_then(Json::as_u64);
    let sizes = |least: &str, most: &str| {
        let size = |name: &str| size(name).and_then(|n| usize::try_from(n).ok());
        (size(least).unwrap_or(0), size(most).unwrap_or(usize::MAX))
    };
    match json.get("type").and_then(Json::as_str)? {
        "boolean" => Some(Shape::Bool),
        "integer" => {
            let bound = |name: &str| json.get(name).and_then(Json::as_i64);
            Some(Shape::Int {
                least: bound("minimum").unwrap_or(i64::MIN),
                most: bound("maximum").unwrap_or(i64::MAX),
            })
        }
        "number" => {
            let bound = |name: &str| json.get(name).and_then(Json::as_i64);
            Some(Shape::Temperature {
                least: bound("minimum")?.checked_mul(10)?,
                most: bound("maximum")?.checked_mul(10)?,
            })
        }
        "string" => Some(text(json, sizes("minLength", "maxLength"))),
        "array" => {
            let (least, most) = sizes("minItems", "maxItems");
            Some(Shape::List {
                item: Box::new(shape(json.get("items")?, definitions, depth)?),
                least,
                most,
            })
        }
        "object" => Some(Shape::Record(Arc::new(record(json, definitions, depth)))),
        _ => None,
    }
}

fn text(json: &Json, (least, most): (usize, usize)) -> Shape {
    if let Some(names) = json.get("enum") {
        return Shape::Enum(names_of(Some(names)));
    }
    match json.get("format").and_then(Json::as_str) {
        Some("date-time") => Shape::Instant,
        Some("date") => Shape::Date,
        _ => Shape::Text {
            least,
            most,
            pattern: json
                .get("pattern")
                .and_then(Json::as_str)
                .map(str::to_owned),
        },
    }
}

fn record(json: &Json, definitions: Option<&Map<String, Json>>, depth: usize) -> Record {
    let required = names_of(json.get("required"));
    let properties = json.get("properties").and_then(Json::as_object);
    let mut fields = BTreeMap::new();
    for (name, property) in properties.into_iter().flatten() {
        let Some(shape) = shape(property, definitions, depth) else {
            continue;
        };
        let sibling = |keyword: &str| property.get(keyword).and_then(Json::as_str);
        let not_before = sibling("x-not-before").map(|name| (name.to_owned(), false));
        let after = sibling("x-after").map(|name| (name.to_owned(), true));
        let field = Field {
            shape,
            required: required.contains(name),
            words: words(property),
            after: after.or(not_before),
        };
        fields.insert(name.clone(), field);
    }
    let span = match names_of(json.get("x-span")).as_slice() {
        [from, until] => Some((from.clone(), until.clone())),
        _ => None,
    };
    Record {
        title: json.get("title").and_then(Json::as_str).map(str::to_owned),
        words: words(json),
        fields,
        span,
        key: names_of(json.get("x-key")),
    }
}

fn words(json: &Json) -> Localized {
    let text = |name: &str| {
        json.get(name)
            .and_then(Json::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    Localized {
        zh_cn: text("x-zh-CN"),
        en: text("description"),
    }
}

fn names_of(json: Option<&Json>) -> Vec<String> {
    let items = json.and_then(Json::as_array).into_iter().flatten();
    items.filter_map(Json::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_schema_is_read_with_its_words_limits_and_orders() {
        let schema = r##"{"type":"object","title":"Person","required":["tests"],
            "$defs":{"kind":{"type":"string","enum":["a","b"]}},
            "properties":{"tests":{"type":"array","minItems":1,"items":{"type":"object",
                "x-span":["from","until"],"required":["from"],"properties":{
                "kind":{"$ref":"#/$defs/kind"},
                "from":{"type":"string","format":"date-time"},
                "until":{"type":"string","format":"date-time","x-after":"from",
                    "description":"End.","x-zh-CN":"止。"}}}}}}"##;
        let root = Record::read(schema).unwrap();
        assert_eq!(root.title.as_deref(), Some("Person"));
        let Some(Shape::List { item, least: 1, .. }) = root.shape("tests") else {
            unreachable_shape()
        };
        let Shape::Record(test) = &**item else {
            unreachable_shape()
        };
        assert_eq!(
            test.shape("kind"),
            Some(&Shape::Enum(vec!["a".into(), "b".into()]))
        );
        assert_eq!(test.span, Some(("from".into(), "until".into())));
        let until = test.fields.get("until").unwrap();
        assert!(!until.required);
        assert_eq!(until.after, Some(("from".into(), true)));
        assert_eq!(until.words.zh_cn, "止。");
    }

    #[allow(clippy::panic, reason = "a test fails by panicking")]
    fn unreachable_shape() -> ! {
        panic!("the schema was read as something else")
    }

    #[test]
    fn a_circle_of_references_ends() {
        let schema = r##"{"type":"object","properties":{"a":{"$ref":"#/$defs/a"}},
            "$defs":{"a":{"$ref":"#/$defs/a"}}}"##;
        assert!(Record::read(schema).unwrap().fields.is_empty());
    }
}
