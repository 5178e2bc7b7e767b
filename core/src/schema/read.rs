//! Reads as much of a schema as possible, and reports every mistake in it. Reading
//! goes on after a mistake with the best guess, so that one mistake hides neither the
//! next one nor the rest of the schema.

use super::Code;
use super::{Field, OVERRIDES, Object, Order, Pattern, TextType, Type};
use crate::json::Json;
use crate::limits;
use crate::problem::{Place, Problem, Problems};
use crate::text::Localized;
use crate::value::Temperature;
use std::collections::BTreeMap;
use std::sync::Arc;

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
    "x-places",
    "x-past",
    "x-identity",
];

/// Depth of nested references; anything deeper counts as a circle.
const REF_DEPTH: usize = 16;

/// The members of a JSON object.
type Members = BTreeMap<String, Json>;

/// The object that a text describes, as far as it can be read, and all problems.
pub(super) fn root(text: &str, file: &str) -> (Option<Arc<Object>>, Problems) {
    let json = match Json::parse(text, file) {
        Ok(json) => json,
        Err(problem) => return (None, problem.into()),
    };
    let mut reader = Reader {
        file,
        definitions: json.as_object().and_then(|o| o.get("$defs")),
        types: 0,
        problems: Problems::default(),
    };
    let root = match reader.read(&json, &mut Vec::new(), 0) {
        Some(Type::Object(root)) => {
            reader.overrides(&root);
            Some(root)
        }
        Some(_) => {
            reader.shape(&[], "type: object");
            None
        }
        None => None,
    };
    (root, reader.problems)
}

struct Reader<'a> {
    file: &'a str,
    definitions: Option<&'a Json>,
    /// Types read so far. References multiply them, so they are bounded.
    types: usize,
    problems: Problems,
}

impl<'a> Reader<'a> {
    fn report(&mut self, code: Code, path: &[&str], name: &str) {
        let place = Place::key(self.file, path.iter().copied());
        self.problems
            .push(Problem::new(code, place).with("name", name));
    }

    fn shape(&mut self, path: &[&str], expected: &str) {
        self.report(Code::SchemaShape, path, expected);
    }

    fn read(&mut self, json: &'a Json, path: &mut Vec<&'a str>, depth: usize) -> Option<Type> {
        let Some(members) = json.as_object() else {
            self.shape(path, "{…}");
            return None;
        };
        self.types += 1;
        for name in members.keys().filter(|k| !KEYWORDS.contains(&k.as_str())) {
            path.push(name);
            self.report(Code::SchemaKeyword, path, name);
            path.pop();
        }
        if let Some(target) = members.get("$ref") {
            return self.follow(target, path, depth);
        }
        match members.get("type").and_then(Json::as_text) {
            Some("object") => Some(self.object(members, path, depth)),
            Some("array") => self.list(members, path, depth),
            Some("string") => Some(self.text(members, path)),
            Some("integer") => Some(self.int(members, path)),
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
        match self.definition(target) {
            Some((name, definition)) if depth < REF_DEPTH && self.types < limits::SCHEMA_TYPES => {
                let mut inner = vec!["$defs", name];
                self.read(definition, &mut inner, depth + 1)
            }
            _ => {
                self.report(Code::SchemaRef, path, &target.describe());
                None
            }
        }
    }

    /// The name and the text of the definition that a `$ref` names.
    fn definition(&self, target: &'a Json) -> Option<(&'a str, &'a Json)> {
        let name = target.as_text()?.strip_prefix("#/$defs/")?;
        Some((name, self.definitions?.as_object()?.get(name)?))
    }

    /// The value of an annotation: its own, else that of the definition it refers to.
    fn annotation(&self, mut json: &'a Json, name: &str) -> Option<&'a Json> {
        for _ in 0..=REF_DEPTH {
            let members = json.as_object()?;
            if let Some(said) = members.get(name) {
                return Some(said);
            }
            json = self.definition(members.get("$ref")?)?.1;
        }
        None
    }

    fn words(&self, json: &'a Json) -> Localized {
        let text = |name: &str| {
            let said = self.annotation(json, name).and_then(Json::as_text);
            said.unwrap_or_default().to_owned()
        };
        Localized::new(text("x-zh-CN"), text("description"))
    }

    fn object(&mut self, members: &'a Members, path: &mut Vec<&'a str>, depth: usize) -> Type {
        if members.get("additionalProperties") != Some(&Json::Bool(false)) {
            self.shape(path, "additionalProperties: false");
        }
        let required = self.names(members, "required", path);
        let text = |name: &str| Some(members.get(name)?.as_text()?.to_owned());
        let described = Object {
            title: text("title"),
            words: Localized::new(
                text("x-zh-CN").unwrap_or_default(),
                text("description").unwrap_or_default(),
            ),
            path: path.iter().map(|key| (*key).to_owned()).collect(),
            ..Object::default()
        };
        let Some(properties) = members.get("properties").and_then(Json::as_object) else {
            self.shape(path, "properties: {…}");
            return Type::Object(Arc::new(described));
        };
        let mut object = Object {
            // Sorted by name, as a map's members are.
            fields: self.fields(properties, &required, path, depth),
            ..described
        };
        for name in required.iter().filter(|n| !properties.contains_key(*n)) {
            self.report(Code::SchemaSibling, path, name);
        }
        self.orders(&mut object, properties, path);
        object.span = self.span(members, &object, path);
        object.key = self.positions(members, "x-key", &object, path);
        object.places = self.places(members, &object, path);
        object.identity = self.identity(members, &object, path);
        Type::Object(Arc::new(object))
    }

    fn fields(
        &mut self,
        properties: &'a Members,
        required: &[String],
        path: &mut Vec<&'a str>,
        depth: usize,
    ) -> Vec<Field> {
        let mut fields = Vec::with_capacity(properties.len());
        for (name, schema) in properties {
            path.extend(["properties", name]);
            if let Some(kind) = self.read(schema, path, depth) {
                fields.push(Field {
                    required: required.contains(name),
                    past: self.past(schema, path),
                    words: self.words(schema),
                    ..Field::new(name.as_str(), kind)
                });
            }
            path.truncate(path.len().saturating_sub(2));
        }
        fields
    }

    fn past(&mut self, schema: &'a Json, path: &[&str]) -> bool {
        match self.annotation(schema, "x-past") {
            None => false,
            Some(Json::Bool(past)) => *past,
            Some(_) => {
                self.shape(path, "x-past: true | false");
                false
            }
        }
    }

    /// Reads the order of times, once the types of all siblings are known.
    fn orders(&mut self, object: &mut Object, properties: &'a Members, path: &mut Vec<&'a str>) {
        let mut orders = Vec::new();
        for (index, field) in object.fields.iter().enumerate() {
            let Some((name, schema)) = properties.get_key_value(&*field.name) else {
                continue;
            };
            path.extend(["properties", name]);
            if let Some(order) = self.order(schema, field, object, path) {
                orders.push((index, order));
            }
            path.truncate(path.len().saturating_sub(2));
        }
        for (index, order) in orders {
            if let Some(field) = object.fields.get_mut(index) {
                field.order = Some(order);
            }
        }
    }

    fn order(
        &mut self,
        schema: &'a Json,
        field: &Field,
        object: &Object,
        path: &[&str],
    ) -> Option<Order> {
        let not_before = self.annotation(schema, "x-not-before");
        let (value, strict) = match (not_before, self.annotation(schema, "x-after")) {
            (Some(value), None) => (value, false),
            (None, Some(value)) => (value, true),
            (Some(_), Some(_)) => {
                self.shape(path, "x-not-before | x-after");
                return None;
            }
            (None, None) => return None,
        };
        let sibling = value.as_text().unwrap_or_default();
        let comparable = matches!(
            (object.kind(sibling), &field.kind),
            (Some(Type::Instant), Type::Instant) | (Some(Type::Date), Type::Date)
        );
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
        members: &Members,
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
        let is_instant = |name: &str| matches!(object.kind(name), Some(Type::Instant));
        let starts = object.field(from).is_some_and(|f| f.required);
        if !is_instant(from) || !is_instant(until) || !starts {
            self.shape(path, "x-span: [required date-time, date-time]");
        }
        Some((from.clone(), until.clone()))
    }

    /// Members that identify a record must be required. Deciding does not use them;
    /// merging the records of several sources does.
    fn identity(&mut self, members: &Members, object: &Object, path: &[&str]) -> Vec<usize> {
        let positions = self.positions(members, "x-identity", object, path);
        let is_required = |index: &usize| object.fields.get(*index).is_some_and(|f| f.required);
        let named = members.get("x-identity").map(Json::items);
        if named.is_some_and(<[Json]>::is_empty) || !positions.iter().all(is_required) {
            self.shape(path, "x-identity: [required, …]");
        }
        positions
    }

    /// The names of places begin the key.
    fn places(&mut self, members: &Members, object: &Object, path: &[&str]) -> usize {
        let positions = self.positions(members, "x-places", object, path);
        if !object.key.starts_with(&positions) {
            self.shape(path, "x-key: [x-places, …]");
        }
        positions.len()
    }

    /// The positions of the fields that a keyword names.
    fn positions(
        &mut self,
        members: &Members,
        keyword: &str,
        object: &Object,
        path: &[&str],
    ) -> Vec<usize> {
        let mut positions = Vec::new();
        for name in self.names(members, keyword, path) {
            match object.position(&name) {
                Some(index) => positions.push(index),
                None => self.report(Code::SchemaSibling, path, &name),
            }
        }
        positions
    }

    fn list(
        &mut self,
        members: &'a Members,
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
        let (least, most) = self.sizes(members, "minItems", "maxItems", path);
        Some(Type::List {
            item: Box::new(item?),
            least,
            most,
        })
    }

    fn text(&mut self, members: &Members, path: &[&str]) -> Type {
        if members.contains_key("enum") {
            let names = self.names(members, "enum", path);
            if names.is_empty() {
                self.shape(path, "enum: [string, …]");
            }
            return Type::Enum(names.iter().map(|n| n.as_str().into()).collect());
        }
        let format = members.get("format").map(Json::as_text);
        match format {
            Some(Some("date-time")) => return Type::Instant,
            Some(Some("date")) => return Type::Date,
            Some(Some("document-number")) | None => {}
            Some(_) => self.shape(path, "format: date-time | date | document-number"),
        }
        let source = members.get("pattern");
        let pattern = source.and_then(|source| Pattern::read(source.as_text()?));
        if source.is_some() && pattern.is_none() {
            self.shape(path, r"pattern: \S | ^[class]{m}$ | ^[class]{m,n}$");
        }
        let (least, most) = self.sizes(members, "minLength", "maxLength", path);
        Type::Text(TextType {
            least,
            most,
            pattern,
            number: format == Some(Some("document-number")),
        })
    }

    fn int(&mut self, members: &Members, path: &[&str]) -> Type {
        let least = self.bound(members, "minimum", path).unwrap_or(i64::MIN);
        let most = self.bound(members, "maximum", path).unwrap_or(i64::MAX);
        Type::Int {
            least,
            most: self.above(least, most, i64::MAX, path),
        }
    }

    /// A number is a temperature, the only quantity in facts that is not a whole number.
    fn temperature(&mut self, members: &Members, path: &[&str]) -> Option<Type> {
        let tenth = Json::Number("0.1".to_owned());
        let least = self.bound(members, "minimum", path);
        let most = self.bound(members, "maximum", path);
        let is_temperature = least.is_some() && most.is_some();
        if !is_temperature || members.get("multipleOf") != Some(&tenth) {
            self.shape(path, "type: number, multipleOf: 0.1, minimum, maximum");
        }
        let (least, most) = (least?, most?);
        let most = self.above(least, most, i64::MAX, path);
        let of_degrees = |degrees: i64| Temperature::tenths(degrees.saturating_mul(10));
        Some(Type::Temperature {
            least: of_degrees(least),
            most: of_degrees(most),
        })
    }

    fn bound(&mut self, members: &Members, name: &str, path: &[&str]) -> Option<i64> {
        match members.get(name)? {
            Json::Int(value) => Some(*value),
            _ => {
                self.shape(path, &format!("{name}: integer"));
                None
            }
        }
    }

    fn sizes(
        &mut self,
        members: &Members,
        least: &str,
        most: &str,
        path: &[&str],
    ) -> (usize, usize) {
        let least = self.size(members, least, path).unwrap_or(0);
        let most = self.size(members, most, path).unwrap_or(usize::MAX);
        (least, self.above(least, most, usize::MAX, path))
    }

    fn size(&mut self, members: &Members, name: &str, path: &[&str]) -> Option<usize> {
        let value = self.bound(members, name, path)?;
        let size = usize::try_from(value).ok();
        if size.is_none() {
            self.shape(path, &format!("{name} ≥ 0"));
        }
        size
    }

    /// The upper bound, or `open` if no value fits between the bounds.
    fn above<T: PartialOrd + Copy>(&mut self, least: T, most: T, open: T, path: &[&str]) -> T {
        if least <= most {
            return most;
        }
        self.shape(path, "min… ≤ max…");
        open
    }

    fn names(&mut self, members: &Members, keyword: &str, path: &[&str]) -> Vec<String> {
        let Some(value) = members.get(keyword) else {
            return Vec::new();
        };
        let texts = value.items().iter().filter_map(Json::as_text);
        let names: Vec<String> = texts.map(str::to_owned).collect();
        if !matches!(value, Json::List(items) if items.len() == names.len()) {
            self.shape(path, &format!("{keyword}: [string, …]"));
        }
        names
    }

    /// Checks that the section of manual causes, if the schema has one, has the members
    /// that core needs.
    fn overrides(&mut self, root: &Object) {
        let Some(kind) = root.kind(OVERRIDES) else {
            return;
        };
        let expected = match kind {
            Type::List { item, .. } => match &**item {
                Type::Object(item) if is_manual_cause(item) => return,
                Type::Object(_) => {
                    "required: decision, level, reason, from, until, officers[2..]{name, number}"
                }
                _ => "items: object",
            },
            _ => "type: array",
        };
        self.shape(&["properties", OVERRIDES], expected);
    }
}

fn is_manual_cause(item: &Object) -> bool {
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
    let texts = ["decision", "level", "reason"];
    texts.iter().all(|name| has(name, is_text))
        && ["from", "until"].iter().all(|name| has(name, is_instant))
        && has("officers", officers)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use crate::Schema;
    use crate::schema::Type;

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
        let schema = with(r##"{"$ref":"#/$defs/a"}"##);
        let schema = schema.replacen('{', r##"{"$defs":{"a":{"$ref":"#/$defs/a"}},"##, 1);
        let (read, _) = Schema::read_partly(&schema, "s.json");
        assert!(read.unwrap().root().fields.is_empty());
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
    fn bounds_between_which_nothing_fits_are_an_error() {
        for wrong in [
            r#"{"type":"integer","minimum":2,"maximum":1}"#,
            r#"{"type":"number","multipleOf":0.1,"minimum":2,"maximum":1}"#,
            r#"{"type":"string","minLength":2,"maxLength":1}"#,
            r#"{"type":"array","items":{"type":"boolean"},"minItems":2,"maxItems":1}"#,
        ] {
            assert_eq!(codes(&with(wrong)), ["schema-shape"], "{wrong}");
        }
    }

    #[test]
    fn references_that_multiply_are_cut() {
        let level = |n: usize| {
            let next = format!(r##"{{"$ref":"#/$defs/l{}"}}"##, n + 1);
            let members: Vec<String> = (0..50).map(|m| format!(r#""m{m}":{next}"#)).collect();
            format!(
                r#""l{n}":{{"type":"object","additionalProperties":false,"properties":{{{}}}}}"#,
                members.join(",")
            )
        };
        let levels: Vec<String> = (0..12).map(level).collect();
        let schema = format!(
            r##"{{"$ref":"#/$defs/l0","$defs":{{{},"l12":{{"type":"boolean"}}}}}}"##,
            levels.join(",")
        );
        assert!(codes(&schema).iter().any(|code| code == "schema-ref"));
    }

    #[test]
    fn a_schema_is_read_with_its_words_orders_and_annotations() {
        let schema = r##"{"type":"object","title":"Person","additionalProperties":false,
            "properties":{"tests":{"type":"array","minItems":1,"items":{"$ref":"#/$defs/test"}}},
            "$defs":{
            "moment":{"type":"string","format":"date-time","description":"A moment.","x-past":true},
            "test":{"type":"object","title":"Test","additionalProperties":false,
                "x-span":["from","until"],"x-key":["kind"],"x-identity":["from"],
                "required":["from","kind"],"properties":{
                "kind":{"type":"string","enum":["a","b"]},
                "from":{"$ref":"#/$defs/moment"},
                "until":{"$ref":"#/$defs/moment","x-after":"from",
                    "description":"End.","x-zh-CN":"止。"}}}}}"##;
        let schema = Schema::read(schema, "s.json").unwrap();
        let root = schema.root();
        assert_eq!(root.title.as_deref(), Some("Person"));
        let tests = root.kind("tests").unwrap();
        assert!(matches!(tests, Type::List { least: 1, .. }));
        let test = tests.object().unwrap();
        assert_eq!(test.title.as_deref(), Some("Test"));
        assert_eq!(test.path, ["$defs", "test"]);
        assert_eq!(test.span, Some(("from".into(), "until".into())));
        assert_eq!(test.key_names().collect::<Vec<_>>(), ["kind"]);
        assert_eq!(test.identity_names().collect::<Vec<_>>(), ["from"]);
        let kind = Type::Enum(["a".into(), "b".into()].into());
        assert_eq!(test.kind("kind"), Some(&kind));
        let from = test.field("from").unwrap();
        assert!(from.required && from.past);
        assert_eq!(from.words.en, "A moment.");
        let until = test.field("until").unwrap();
        let order = until.order.as_ref().unwrap();
        assert_eq!((order.sibling.as_str(), order.strict), ("from", true));
        assert_eq!((&*until.words.zh_cn, &*until.words.en), ("止。", "End."));
        assert!(!until.required && until.past);
    }

    #[test]
    fn what_can_be_read_of_a_schema_with_mistakes_is_kept() {
        let schema = r##"{"type":"object","title":"Person","required":["tests"],
            "properties":{"lost":{"$ref":"#/$defs/none"},"odd":{"type":"string","format":"email"},
            "count":{"type":"integer","minimum":2,"maximum":1},"bare":{"type":"object"},
            "tests":{"type":"array","items":{"type":"object","x-key":["kind","none"],
                "x-span":["from","until"],"properties":{"kind":{"type":"string"}}}}}}"##;
        let (read, problems) = Schema::read_partly(schema, "s.json");
        let read = read.unwrap();
        let root = read.root();
        assert_eq!(
            root.names().collect::<Vec<_>>(),
            ["bare", "count", "odd", "tests"]
        );
        assert!(matches!(root.kind("odd"), Some(Type::Text(_))));
        let count = Type::Int {
            least: 2,
            most: i64::MAX,
        };
        assert_eq!(root.kind("count"), Some(&count));
        let test = root.kind("tests").and_then(Type::object).unwrap();
        assert_eq!(test.key_names().collect::<Vec<_>>(), ["kind"]);
        assert!(test.span.is_some());
        assert_eq!(Schema::read(schema, "s.json").unwrap_err(), problems);
        for nothing in ["", "[]", r#"{"type":"string"}"#] {
            assert!(Schema::read_partly(nothing, "s.json").0.is_none());
        }
    }
}
