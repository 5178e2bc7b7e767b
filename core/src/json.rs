//! JSON for facts: bounded, without duplicate names.
//!
//! A document with `diagnoses` twice means different things to different readers, and
//! the common parser silently keeps the last; here it is an error. Numbers that are
//! not 64-bit integers are kept as text, so that problems can quote them.

use crate::limits;
use crate::problem::{Code, Place, Problem};
use serde::Serialize;
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;

/// The members of an object, by name.
pub type Members = BTreeMap<String, Json>;

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Json {
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number that is not a 64-bit integer, as text; a decimal may be respelled.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object.
    Object(Members),
}

impl Json {
    /// Parses `text`; problems name `file` as their place.
    ///
    /// ```
    /// use longma_core::Json;
    /// let facts = Json::parse(r#"{"doses": [1]}"#, "facts")?;
    /// assert_eq!(facts.at("/doses/0"), Some(&Json::Int(1)));
    /// assert!(Json::parse(r#"{"doses": [], "doses": [1]}"#, "facts").is_err());
    /// # Ok::<(), longma_core::Problem>(())
    /// ```
    ///
    /// # Errors
    /// If the text is not JSON, gives a name twice, or is too deep or too long.
    pub fn parse(text: &str, file: &str) -> Result<Self, Problem> {
        let mut state = State::default();
        // Some editors begin a file with a byte order mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let parsed = Seed(&mut state)
            .deserialize(&mut deserializer)
            .and_then(|value| deserializer.end().map(|()| value));
        parsed.map_err(|error| {
            let column = characters(text, error.line(), error.column());
            let place = Place::file(file, error.line(), column);
            match state.breach {
                Some(Breach::Duplicate(name)) => {
                    Problem::new(Code::JsonDuplicate, place).with("name", &name)
                }
                Some(Breach::Depth) => {
                    Problem::new(Code::JsonDepth, place).with("limit", limits::JSON_DEPTH)
                }
                Some(Breach::Values) => {
                    Problem::new(Code::JsonValues, place).with("limit", limits::JSON_VALUES)
                }
                None => Problem::new(Code::JsonSyntax, place),
            }
        })
    }

    /// The value at a JSON pointer (RFC 6901); `None` if there is none.
    ///
    /// ```
    /// use longma_core::Json;
    /// let doses = Json::List(vec![Json::Int(1)]);
    /// let facts = Json::Object([("doses".to_owned(), doses)].into());
    /// assert_eq!(facts.at("/doses/0"), Some(&Json::Int(1)));
    /// assert_eq!(facts.at("/doses/1"), None);
    /// ```
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<&Self> {
        let mut steps = pointer.split('/');
        let root = steps.next()?.is_empty().then_some(self)?;
        steps.try_fold(root, |here, step| {
            let step = step.replace("~1", "/").replace("~0", "~");
            match here {
                Self::Object(members) => members.get(&step),
                Self::List(items) => items.get(step.parse::<usize>().ok()?),
                _ => None,
            }
        })
    }

    /// The text at a JSON pointer.
    #[must_use]
    pub fn text_at(&self, pointer: &str) -> Option<&str> {
        self.at(pointer)?.as_text()
    }

    /// The items of a list; empty for any other value.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// The text; `None` for any other value.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The members of an object; `None` for any other value.
    #[must_use]
    pub fn as_object(&self) -> Option<&Members> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The items of a list, to change them; none for any other value.
    pub fn items_mut(&mut self) -> &mut [Self] {
        match self {
            Self::List(items) => items,
            _ => &mut [],
        }
    }

    /// The members of an object, to change them; `None` for any other value.
    pub fn as_object_mut(&mut self) -> Option<&mut Members> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// This value as messages show it; long texts are cut.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Number(text) => text.clone(),
            Self::Text(text) => quote(text),
            Self::List(items) => format!("[…] ({})", items.len()),
            Self::Object(members) => format!("{{…}} ({})", members.len()),
        }
    }
}

/// Compact JSON; numbers are written as they were read.
///
/// ```
/// use longma_core::Json;
/// let facts = Json::parse(r#"{ "name": "张\u4e09", "doses": [1, 2.5] }"#, "facts")?;
/// assert_eq!(facts.to_string(), r#"{"doses":[1,2.5],"name":"张三"}"#);
/// # Ok::<(), longma_core::Problem>(())
/// ```
//
// Serde's `Serialize` would read each number's text back into a float, which takes tables
// that a phone need not load.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Int(value) => value.fmt(f),
            Self::Number(text) => f.write_str(text),
            Self::Text(text) => write_text(f, text),
            Self::List(items) => {
                f.write_str("[")?;
                for (at, item) in items.iter().enumerate() {
                    f.write_str(if at > 0 { "," } else { "" })?;
                    item.fmt(f)?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (at, (name, value)) in members.iter().enumerate() {
                    f.write_str(if at > 0 { "," } else { "" })?;
                    write_text(f, name)?;
                    f.write_str(":")?;
                    value.fmt(f)?;
                }
                f.write_str("}")
            }
        }
    }
}

fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str(&serde_json::to_string(text).map_err(|_| fmt::Error)?)
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Serialize for Json {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => to.serialize_unit(),
            Self::Bool(value) => to.serialize_bool(*value),
            Self::Int(value) => to.serialize_i64(*value),
            Self::Number(text) => match text.parse() {
                Ok(number) => to.serialize_f64(number),
                Err(_) => to.serialize_str(text),
            },
            Self::Text(text) => to.serialize_str(text),
            Self::List(items) => to.collect_seq(items),
            Self::Object(members) => to.collect_map(members),
        }
    }
}

/// Converts the parser's column in bytes to one in characters; both count from 1.
fn characters(text: &str, line: usize, bytes: usize) -> usize {
    let line = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let before = line
        .char_indices()
        .take_while(|(index, _)| index + 1 < bytes);
    before.count() + 1
}

/// `text` in quotes, cut after 40 characters, control characters escaped.
///
/// ```
/// assert_eq!(longma_core::quote("a\nb"), r#""a\nb""#);
/// ```
#[must_use]
pub fn quote(text: &str) -> String {
    let mut short: String = text.chars().take(40).flat_map(char::escape_debug).collect();
    if text.chars().nth(40).is_some() {
        short.push('…');
    }
    format!("\"{short}\"")
}

/// Appends one step to a JSON pointer (RFC 6901).
///
/// ```
/// assert_eq!(longma_core::push_pointer("/tests/0", "a/b"), "/tests/0/a~1b");
/// ```
#[must_use]
pub fn push_pointer(pointer: &str, step: &str) -> String {
    format!("{pointer}/{}", step.replace('~', "~0").replace('/', "~1"))
}

#[derive(Default)]
struct State {
    depth: usize,
    values: usize,
    breach: Option<Breach>,
}

enum Breach {
    Duplicate(String),
    Depth,
    Values,
}

struct Seed<'a>(&'a mut State);

impl Seed<'_> {
    fn enter<E: serde::de::Error>(&mut self) -> Result<(), E> {
        self.0.depth += 1;
        if self.0.depth > limits::JSON_DEPTH {
            self.0.breach = Some(Breach::Depth);
            return Err(E::custom("depth"));
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Json;

    fn deserialize<D: serde::Deserializer<'de>>(self, input: D) -> Result<Json, D::Error> {
        self.0.values += 1;
        if self.0.values > limits::JSON_VALUES {
            self.0.breach = Some(Breach::Values);
            return Err(D::Error::custom("values"));
        }
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(i64::try_from(value).map_or_else(|_| Json::Number(value.to_string()), Json::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        // JSON's own way to write it; the standard library's is large.
        Ok(Json::Number(
            serde_json::to_string(&value).unwrap_or_default(),
        ))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut access: A) -> Result<Json, A::Error> {
        self.enter()?;
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(Seed(self.0))? {
            items.push(item);
        }
        self.0.depth -= 1;
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut access: A) -> Result<Json, A::Error> {
        self.enter()?;
        let mut members = BTreeMap::new();
        while let Some(name) = access.next_key::<String>()? {
            if members.contains_key(&name) {
                self.0.breach = Some(Breach::Duplicate(name));
                return Err(A::Error::custom("duplicate"));
            }
            let value = access.next_value_seed(Seed(self.0))?;
            members.insert(name, value);
        }
        self.0.depth -= 1;
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn code(text: &str) -> String {
        Json::parse(text, "facts").unwrap_err().code.to_string()
    }

    #[test]
    fn a_name_given_twice_is_an_error() {
        let problem = Json::parse("{\"a\": [],\n \"a\": [1]}", "facts").unwrap_err();
        assert_eq!(problem.code.as_str(), "json-duplicate");
        assert!(matches!(problem.place, Place::File { line: 2, .. }));
    }

    #[test]
    fn depth_and_number_of_values_are_bounded() {
        let levels = limits::JSON_DEPTH + 1;
        let deep = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert_eq!(code(&deep), "json-depth");
        assert_eq!(code(&"[".repeat(1_000_000)), "json-depth");
        let wide = format!("[{}0]", "0,".repeat(limits::JSON_VALUES));
        assert_eq!(code(&wide), "json-values");
    }

    #[test]
    fn what_is_not_json_says_where() {
        let problem = Json::parse("{\"a\": 1,\n  b}", "facts").unwrap_err();
        assert_eq!(problem.code.as_str(), "json-syntax");
        assert!(matches!(problem.place, Place::File { line: 2, .. }));
        assert_eq!(code(""), "json-syntax");
        assert_eq!(code("{} {}"), "json-syntax");
        assert_eq!(code("NaN"), "json-syntax");
    }

    #[test]
    fn a_column_counts_characters() {
        let problem = Json::parse("{\"subject\":\"张三李四王五\", }", "facts").unwrap_err();
        let Place::File { column, .. } = problem.place else {
            return assert_eq!(problem.code.as_str(), "json-syntax with a place");
        };
        assert_eq!(column, 22);
    }

    #[test]
    fn numbers_that_are_not_whole_keep_their_text() {
        assert_eq!(Json::parse("1.5", "f"), Ok(Json::Number("1.5".into())));
        assert_eq!(
            Json::parse("18446744073709551615", "f"),
            Ok(Json::Number("18446744073709551615".into()))
        );
    }

    #[test]
    fn what_was_read_is_written_as_the_common_serializer_writes_it() {
        for text in [
            r#"{"a":[null,true,-1,9223372036854775807],"b":{"c":{}},"d":[]}"#,
            r#"["18446744073709551615",18446744073709551615,1.5,1e300,-0.0]"#,
            "\"\\u0000\\u001f\\n\\t\\b\\f\\r\\\"\\\\/\u{7f}\u{2028}张\u{1f600}\"",
        ] {
            let common: serde_json::Value = serde_json::from_str(text).unwrap();
            let own = Json::parse(text, "facts").unwrap();
            assert_eq!(own.to_string(), common.to_string());
        }
    }

    #[test]
    fn a_pointer_escapes_its_steps() {
        assert_eq!(push_pointer("/a", "b/c~d"), "/a/b~1c~0d");
    }

    #[test]
    fn a_quoted_text_is_short_and_printable() {
        assert_eq!(quote("a\n\"b"), "\"a\\n\\\"b\"");
        assert_eq!(quote(&"长".repeat(50)).chars().count(), 43);
    }
}
