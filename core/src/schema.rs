//! The subset of JSON Schema (2020-12) that facts are described in.
//!
//! A schema is read once into [`Type`]s, which then decode documents. What the
//! subset lacks is refused rather than ignored: a keyword that is not enforced
//! would be a promise nobody keeps. The subset:
//!
//! - structure: `type` (object, array, string, integer, boolean), `properties`,
//!   `required`, `additionalProperties: false` (required on every object),
//!   `items`, `$ref` to `#/$defs/…`, `$defs`;
//! - values: `enum` of strings, `minimum`, `maximum`, `multipleOf: 0.1` of a
//!   `number`, which is a temperature in degrees Celsius, `minLength`, `maxLength`
//!   (code points), `minItems`, `maxItems`, `format` `date-time` or `date`,
//!   `pattern` of one character class (see [`Pattern`]);
//! - annotations: `$schema`, `$id`, `title`, `description`, `x-zh-CN`, and
//!   `x-past` at a time that cannot lie ahead of whoever records it;
//! - ours: `x-not-before`, `x-after` (order of two siblings), `x-span` (which
//!   two members are an object's span), `x-key` (a row's key, coarse to fine),
//!   `x-identity` (which required members tell that two sources speak of one and
//!   the same record).

use crate::json::Json;
use crate::problem::{Code, Place, Problem, Problems, nearest};
use crate::value::Temperature;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The section of manual causes; its shape is core's, see [`check_overrides`].
pub const OVERRIDES: &str = "overrides";
/// The member that says who the subject is.
pub const IDENTITY: &str = "identity";
/// The member that names the kind of subject.
pub const SUBJECT: &str = "subject";

const KEYWORDS: &[&str] = &[
    "$schema",
    "$id",
    "$defs",
    "$ref",
    "title",
    "description",
    "x-zh-CN",
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "multipleOf",
    "minItems",
    "maxItems",
    "format",
    "pattern",
    "x-not-before",
    "x-after",
    "x-span",
    "x-key",
    "x-past",
    "x-identity",
];

/// References may stand inside one another this deep; deeper is a circle.
const REF_DEPTH: usize = 16;

/// The description of one kind of document.
#[derive(Debug, Clone)]
pub struct Schema {
    root: Arc<Object>,
    text: Arc<str>,
}

/// What a value must be.
#[derive(Debug, Clone)]
pub enum Type {
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
    Text(TextType),
    /// One of some names.
    Enum(Vec<Arc<str>>),
    /// A moment.
    Instant,
    /// A calendar day.
    Date,
    /// Degrees Celsius with one decimal.
    Temperature {
        /// The least.
        least: Temperature,
        /// The greatest.
        most: Temperature,
    },
    /// A list.
    List {
        /// What each item is.
        item: Box<Type>,
        /// Fewest items.
        least: usize,
        /// Most items.
        most: usize,
    },
    /// An object.
    Object(Arc<Object>),
}

/// A text's bounds and pattern.
#[derive(Debug, Clone)]
pub struct TextType {
    /// In code points.
    pub least: usize,
    /// In code points.
    pub most: usize,
    /// The pattern it follows.
    pub pattern: Option<Pattern>,
}

/// The named members of an object.
#[derive(Debug)]
pub struct Object {
    /// Sorted by name.
    pub fields: Vec<Field>,
    /// Names of the members that are this object's span: first, end.
    pub span: Option<(String, String)>,
    /// Positions in `fields` of the key, coarse to fine.
    pub key: Vec<usize>,
}

/// A member of an object.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: Arc<str>,
    /// What its value must be.
    pub kind: Type,
    /// Whether it is always there.
    pub required: bool,
    /// A sibling that this time must not precede.
    pub order: Option<Order>,
}

/// Which sibling a time must not precede.
#[derive(Debug)]
pub struct Order {
    /// The sibling's name.
    pub sibling: String,
    /// Whether equal is too early as well.
    pub strict: bool,
}

/// `\S` (not blank), or `^[class]{m,n}$`: the whole text in one character class.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// As the schema writes it.
    pub source: String,
    rule: PatternRule,
}

#[derive(Debug, Clone)]
enum PatternRule {
    NotBlank,
    Class {
        ranges: Vec<(char, char)>,
        least: usize,
        most: usize,
    },
}

impl Pattern {
    fn read(source: &str) -> Option<Self> {
        let rule = if source == "\\S" {
            PatternRule::NotBlank
        } else {
            let (class, count) = source.strip_prefix("^[")?.split_once("]{")?;
            let count = count.strip_suffix("}$")?;
            let (least, most) = count.split_once(',').unwrap_or((count, count));
            PatternRule::Class {
                ranges: class_ranges(class)?,
                least: least.parse().ok()?,
                most: most.parse().ok()?,
            }
        };
        Some(Self {
            source: source.to_owned(),
            rule,
        })
    }

    /// Whether it only asks for something that is not blank.
    #[must_use]
    pub fn is_not_blank(&self) -> bool {
        matches!(self.rule, PatternRule::NotBlank)
    }

    /// Whether a text follows it.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        match &self.rule {
            PatternRule::NotBlank => !text.trim().is_empty(),
            PatternRule::Class {
                ranges,
                least,
                most,
            } => {
                let inside = |c| ranges.iter().any(|(from, to)| (*from..=*to).contains(&c));
                (*least..=*most).contains(&text.chars().count()) && text.chars().all(inside)
            }
        }
    }
}

/// `A-Z0-9-` as ranges; a `-` at either end stands for itself.
fn class_ranges(class: &str) -> Option<Vec<(char, char)>> {
    let chars: Vec<char> = class.chars().collect();
    let mut ranges = Vec::new();
    let mut rest = chars.as_slice();
    loop {
        rest = match rest {
            [] => break,
            ['\\' | '^' | '[' | ']', ..] => return None,
            [from, '-', to, tail @ ..] if from <= to => {
                ranges.push((*from, *to));
                tail
            }
            [one, tail @ ..] => {
                ranges.push((*one, *one));
                tail
            }
        };
    }
    (!ranges.is_empty()).then_some(ranges)
}

impl Object {
    /// An object of these fields, without span and key.
    #[must_use]
    pub fn new(mut fields: Vec<Field>) -> Self {
        fields.sort_by(|a, b| a.name.cmp(&b.name));
        Self {
            fields,
            span: None,
            key: Vec::new(),
        }
    }

    /// The position of a field in `fields`.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields
            .binary_search_by(|field| (*field.name).cmp(name))
            .ok()
    }

    /// The field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.position(name).and_then(|index| self.fields.get(index))
    }

    /// The names of the fields, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| &*field.name)
    }
}

impl Schema {
    /// The JSON text that it was read from, annotations included.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Reads the JSON text of a schema; `file` is named in problems.
    ///
    /// # Errors
    /// Every keyword outside the subset, every reference that leads nowhere and
    /// every shape that core cannot use.
    pub fn read(text: &str, file: &str) -> Result<Self, Problems> {
        let json = Json::parse(text, file)?;
        let mut reader = Reader {
            file,
            definitions: json.as_object().and_then(|o| o.get("$defs")),
            problems: Problems::default(),
        };
        let kind = reader.read(&json, &mut Vec::new(), 0);
        let root = match kind {
            Some(Type::Object(root)) => Some(root),
            Some(_) => {
                reader.shape(&[], "type: object");
                None
            }
            None => None,
        };
        if let Some(root) = &root {
            check_overrides(root, &mut reader);
        }
        let problems = reader.problems;
        match root {
            Some(root) => problems.or(Self {
                root,
                text: text.into(),
            }),
            None => Err(problems),
        }
    }

    /// The object that a document is.
    #[must_use]
    pub fn root(&self) -> &Arc<Object> {
        &self.root
    }

    /// The names of the sections that rules may read.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.root.names().filter(|name| *name != SUBJECT)
    }
}

/// The section of manual causes, where a schema has one, must hold what
/// core's check of them needs.
fn check_overrides(root: &Object, reader: &mut Reader<'_>) {
    let Some(field) = root.field(OVERRIDES) else {
        return;
    };
    let place = ["properties", OVERRIDES];
    let Type::List { item, .. } = &field.kind else {
        return reader.shape(&place, "type: array");
    };
    let Type::Object(item) = &**item else {
        return reader.shape(&place, "items: object");
    };
    let texts = ["decision", "level", "reason"];
    let has = |name: &str, fits: fn(&Type) -> bool| {
        item.field(name)
            .is_some_and(|f| f.required && fits(&f.kind))
    };
    let is_text = |kind: &Type| matches!(kind, Type::Text(_) | Type::Enum(_));
    let is_instant = |kind: &Type| matches!(kind, Type::Instant);
    let officers = |kind: &Type| match kind {
        Type::List { item, least: 2, .. } => match &**item {
            Type::Object(officer) => ["name", "number"].iter().all(|name| {
                officer
                    .field(name)
                    .is_some_and(|f| f.required && matches!(f.kind, Type::Text(_)))
            }),
            _ => false,
        },
        _ => false,
    };
    let whole = texts.iter().all(|name| has(name, is_text))
        && ["from", "until"].iter().all(|name| has(name, is_instant))
        && has("officers", officers);
    if !whole {
        reader.shape(
            &place,
            "required: decision, level, reason, from, until, officers[2..]{name, number}",
        );
    }
}

struct Reader<'a> {
    file: &'a str,
    definitions: Option<&'a Json>,
    problems: Problems,
}

impl<'a> Reader<'a> {
    fn report(&mut self, code: Code, path: &[&str], name: &str) {
        let place = Place::key(self.file, path.iter().copied());
        self.problems
            .push(Problem::new(code, place, &[("name", &name)]));
    }

    fn shape(&mut self, path: &[&str], expected: &str) {
        self.report(Code::SchemaShape, path, expected);
    }

    fn read(&mut self, json: &'a Json, path: &mut Vec<&'a str>, depth: usize) -> Option<Type> {
        let Some(members) = json.as_object() else {
            self.shape(path, "{…}");
            return None;
        };
        for name in members.keys().filter(|k| !KEYWORDS.contains(&k.as_str())) {
            let place = Place::key(self.file, path.iter().copied().chain([name.as_str()]));
            self.problems
                .push(Problem::new(Code::SchemaKeyword, place, &[("name", name)]));
        }
        if let Some(target) = members.get("$ref") {
            return self.follow(target, path, depth);
        }
        match members.get("type").and_then(Json::as_text) {
            Some("object") => self.object(members, path, depth),
            Some("array") => self.list(members, path, depth),
            Some("string") => self.text(members, path),
            Some("integer") => Some(Type::Int {
                least: self.bound(members, "minimum", path).unwrap_or(i64::MIN),
                most: self.bound(members, "maximum", path).unwrap_or(i64::MAX),
            }),
            Some("number") => self.temperature(members, path),
            Some("boolean") => Some(Type::Bool),
            _ => {
                self.shape(
                    path,
                    "type: object | array | string | integer | number | boolean",
                );
                None
            }
        }
    }

    fn follow(&mut self, target: &'a Json, path: &mut Vec<&'a str>, depth: usize) -> Option<Type> {
        let found = target
            .as_text()
            .and_then(|text| text.strip_prefix("#/$defs/"))
            .and_then(|name| Some((name, self.definitions?.as_object()?.get(name)?)));
        match found {
            Some((name, definition)) if depth < REF_DEPTH => {
                let mut inner = vec!["$defs", name];
                self.read(definition, &mut inner, depth + 1)
            }
            _ => {
                self.report(Code::SchemaRef, path, &target.describe());
                None
            }
        }
    }

    fn object(
        &mut self,
        members: &'a BTreeMap<String, Json>,
        path: &mut Vec<&'a str>,
        depth: usize,
    ) -> Option<Type> {
        if members.get("additionalProperties") != Some(&Json::Bool(false)) {
            self.shape(path, "additionalProperties: false");
        }
        let required = self.names(members, "required", path);
        let Some(properties) = members.get("properties").and_then(Json::as_object) else {
            self.shape(path, "properties: {…}");
            return None;
        };
        let mut fields = Vec::with_capacity(properties.len());
        for (name, schema) in properties {
            path.extend(["properties", name]);
            let order = self.order(schema, properties, path);
            if let Some(kind) = self.read(schema, path, depth) {
                fields.push(Field {
                    name: name.as_str().into(),
                    kind,
                    required: required.contains(name),
                    order,
                });
            }
            path.truncate(path.len().saturating_sub(2));
        }
        for name in required.iter().filter(|n| !properties.contains_key(*n)) {
            self.report(Code::SchemaSibling, path, name);
        }
        let mut object = Object::new(fields);
        object.span = self.span(members, &object, path);
        for name in self.names(members, "x-key", path) {
            match object.position(&name) {
                Some(index) => object.key.push(index),
                None => self.report(Code::SchemaSibling, path, &name),
            }
        }
        self.identity(members, &object, path);
        Some(Type::Object(Arc::new(object)))
    }

    /// What tells a record apart must be said of every record. Deciding does not
    /// need it: whoever joins the records of several sources reads it.
    fn identity(&mut self, members: &BTreeMap<String, Json>, object: &Object, path: &[&str]) {
        let names = self.names(members, "x-identity", path);
        if members.contains_key("x-identity") && names.is_empty() {
            self.shape(path, "x-identity: [required, …]");
        }
        for name in names {
            match object.field(&name) {
                Some(field) if field.required => {}
                Some(_) => self.shape(path, "x-identity: [required, …]"),
                None => self.report(Code::SchemaSibling, path, &name),
            }
        }
    }

    fn order(
        &mut self,
        schema: &Json,
        properties: &BTreeMap<String, Json>,
        path: &[&str],
    ) -> Option<Order> {
        let members = schema.as_object()?;
        let (value, strict) = match (members.get("x-not-before"), members.get("x-after")) {
            (Some(value), None) => (value, false),
            (None, Some(value)) => (value, true),
            (Some(_), Some(_)) => {
                self.shape(path, "x-not-before | x-after");
                return None;
            }
            (None, None) => return None,
        };
        let format = |json: &Json| json.as_object().and_then(|o| o.get("format")).cloned();
        let sibling = value.as_text().unwrap_or_default();
        let comparable = properties
            .get(sibling)
            .is_some_and(|other| format(other).is_some() && format(other) == format(schema));
        if !comparable {
            self.report(Code::SchemaSibling, path, &value.describe());
            return None;
        }
        Some(Order {
            sibling: sibling.to_owned(),
            strict,
        })
    }

    fn span(
        &mut self,
        members: &BTreeMap<String, Json>,
        object: &Object,
        path: &[&str],
    ) -> Option<(String, String)> {
        let names = self.names(members, "x-span", path);
        let [from, until] = names.as_slice() else {
            if members.contains_key("x-span") {
                self.shape(path, "x-span: [from, until]");
            }
            return None;
        };
        let instant = |name: &str| matches!(object.field(name)?.kind, Type::Instant).then_some(());
        let starts = object.field(from).is_some_and(|f| f.required);
        if instant(from).is_none() || instant(until).is_none() || !starts {
            self.shape(path, "x-span: [required date-time, date-time]");
            return None;
        }
        Some((from.clone(), until.clone()))
    }

    fn list(
        &mut self,
        members: &'a BTreeMap<String, Json>,
        path: &mut Vec<&'a str>,
        depth: usize,
    ) -> Option<Type> {
        let Some(items) = members.get("items") else {
            self.shape(path, "items: {…}");
            return None;
        };
        path.push("items");
        let item = self.read(items, path, depth);
        path.pop();
        Some(Type::List {
            item: Box::new(item?),
            least: self.size(members, "minItems", path).unwrap_or(0),
            most: self.size(members, "maxItems", path).unwrap_or(usize::MAX),
        })
    }

    fn text(&mut self, members: &BTreeMap<String, Json>, path: &[&str]) -> Option<Type> {
        if members.contains_key("enum") {
            let names = self.names(members, "enum", path);
            if names.is_empty() {
                self.shape(path, "enum: [string, …]");
            }
            return Some(Type::Enum(
                names.iter().map(|n| n.as_str().into()).collect(),
            ));
        }
        match members.get("format").map(Json::as_text) {
            Some(Some("date-time")) => return Some(Type::Instant),
            Some(Some("date")) => return Some(Type::Date),
            Some(_) => {
                self.shape(path, "format: date-time | date");
                return None;
            }
            None => {}
        }
        let pattern = match members.get("pattern").map(Json::as_text) {
            None => None,
            Some(source) => {
                let pattern = source.and_then(Pattern::read);
                if pattern.is_none() {
                    self.shape(path, r"pattern: \S | ^[class]{m}$ | ^[class]{m,n}$");
                }
                pattern
            }
        };
        Some(Type::Text(TextType {
            least: self.size(members, "minLength", path).unwrap_or(0),
            most: self.size(members, "maxLength", path).unwrap_or(usize::MAX),
            pattern,
        }))
    }

    /// A number is a temperature: the only quantity of facts that is not whole.
    fn temperature(&mut self, members: &BTreeMap<String, Json>, path: &[&str]) -> Option<Type> {
        let tenth = Json::Number("0.1".to_owned());
        let least = self.bound(members, "minimum", path);
        let most = self.bound(members, "maximum", path);
        match (least, most, members.get("multipleOf") == Some(&tenth)) {
            (Some(least), Some(most), true) => Some(Type::Temperature {
                least: Temperature::tenths(least.saturating_mul(10)),
                most: Temperature::tenths(most.saturating_mul(10)),
            }),
            _ => {
                self.shape(path, "type: number, multipleOf: 0.1, minimum, maximum");
                None
            }
        }
    }

    fn bound(
        &mut self,
        members: &BTreeMap<String, Json>,
        name: &str,
        path: &[&str],
    ) -> Option<i64> {
        match members.get(name)? {
            Json::Int(value) => Some(*value),
            _ => {
                self.shape(path, &format!("{name}: integer"));
                None
            }
        }
    }

    fn size(
        &mut self,
        members: &BTreeMap<String, Json>,
        name: &str,
        path: &[&str],
    ) -> Option<usize> {
        let value = self.bound(members, name, path)?;
        let size = usize::try_from(value).ok();
        if size.is_none() {
            self.shape(path, &format!("{name} ≥ 0"));
        }
        size
    }

    fn names(
        &mut self,
        members: &BTreeMap<String, Json>,
        keyword: &str,
        path: &[&str],
    ) -> Vec<String> {
        let names: Option<Vec<String>> = match members.get(keyword) {
            None => return Vec::new(),
            Some(Json::List(items)) => items
                .iter()
                .map(|item| item.as_text().map(str::to_owned))
                .collect(),
            Some(_) => None,
        };
        names.unwrap_or_else(|| {
            self.shape(path, &format!("{keyword}: [string, …]"));
            Vec::new()
        })
    }
}

/// The field of `object` that `wrong` was most likely meant to be.
pub(crate) fn nearest_field<'a>(object: &'a Object, wrong: &str) -> Option<&'a str> {
    nearest(wrong, object.names())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn codes(schema: &str) -> Vec<String> {
        Schema::read(schema, "s.json")
            .unwrap_err()
            .into_iter()
            .map(|p| p.code.to_string())
            .collect()
    }

    fn with(property: &str) -> String {
        format!(
            r#"{{"type":"object","additionalProperties":false,"properties":{{"a":{property}}}}}"#
        )
    }

    #[test]
    fn a_keyword_outside_the_subset_is_an_error() {
        for keyword in ["oneOf", "const", "patternProperties", "if", "default"] {
            let schema = with(&format!(r#"{{"type":"string","{keyword}":1}}"#));
            assert_eq!(codes(&schema), ["schema-keyword"], "{keyword}");
        }
    }

    #[test]
    fn every_problem_of_a_schema_is_reported() {
        let schema = r##"{"type":"object","properties":{
            "a":{"type":"number"},
            "b":{"$ref":"#/$defs/none"},
            "c":{"type":"string","pattern":"(a|b)+"},
            "d":{"type":"string","format":"email"},
            "e":{"type":"string","format":"date","x-after":"zzz"}}}"##;
        assert_eq!(
            codes(schema),
            [
                "schema-shape",
                "schema-shape",
                "schema-ref",
                "schema-shape",
                "schema-shape",
                "schema-sibling"
            ]
        );
    }

    #[test]
    fn a_definition_that_refers_to_itself_is_an_error() {
        let schema = r##"{"$defs":{"a":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"}"##;
        assert_eq!(codes(schema), ["schema-ref"]);
    }

    #[test]
    fn what_tells_a_record_apart_is_said_of_every_record() {
        let item = |identity: &str| {
            with(&format!(
                r#"{{"type":"array","items":{{"type":"object","additionalProperties":false,
                "required":["b"],"x-identity":{identity},
                "properties":{{"b":{{"type":"string"}},"c":{{"type":"string"}}}}}}}}"#
            ))
        };
        assert!(Schema::read(&item(r#"["b"]"#), "s.json").is_ok());
        assert_eq!(codes(&item(r#"["b","c"]"#)), ["schema-shape"]);
        assert_eq!(codes(&item(r#"["d"]"#)), ["schema-sibling"]);
        assert_eq!(codes(&item("[]")), ["schema-shape"]);
    }

    #[test]
    fn manual_causes_need_two_officers_a_reason_and_an_end() {
        let schema = r#"{"type":"object","additionalProperties":false,"properties":{"overrides":
            {"type":"array","items":{"type":"object","additionalProperties":false,"properties":
            {"decision":{"type":"string"}}}}}}"#;
        assert_eq!(codes(schema), ["schema-shape"]);
    }

    #[test]
    fn patterns_are_one_class_or_not_blank() {
        let region = Pattern::read("^[0-9]{6}$").unwrap();
        assert!(region.matches("620102"));
        assert!(!region.matches("62010"));
        assert!(!region.matches("６２０１０２"));
        let code = Pattern::read("^[A-Za-z0-9-]{1,20}$").unwrap();
        assert!(code.matches("GS-001"));
        assert!(!code.matches("GS 001"));
        assert!(Pattern::read("\\S").unwrap().matches(" 甲 "));
        assert!(!Pattern::read("\\S").unwrap().matches(" \u{3000} "));
        for wrong in ["", "^a$", "^[^a]{1}$", "^[]{1}$", "^[a]{x}$"] {
            assert!(Pattern::read(wrong).is_none(), "{wrong}");
        }
    }
}
