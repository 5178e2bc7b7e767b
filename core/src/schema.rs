//! The subset of JSON Schema (2020-12) that describes facts and tables.
//!
//! [`Schema::read`] reads a schema once into an [`Object`] with its [`Field`]s and
//! their [`Type`]s. Everything else works on these: decoding, checking scripts,
//! merging, inspecting, appeals and invented persons. No other code parses a schema.
//!
//! A keyword outside the subset is refused, not ignored: a schema must not promise
//! what is not enforced. The subset:
//!
//! - structure: `type` (object, array, string, integer, boolean), `properties`,
//!   `required`, `additionalProperties: false` (required on every object),
//!   `items`, `$ref` to `#/$defs/…`, `$defs`;
//! - values: `enum` of strings, `minimum`, `maximum`, `multipleOf: 0.1` of a
//!   `number`, which is a temperature in degrees Celsius, `minLength`, `maxLength`
//!   (code points), `minItems`, `maxItems`, `format` `date-time`, `date` or
//!   `document-number` (see [`TextType::number`]), `pattern` of one character class (see
//!   [`Pattern`]);
//! - annotations: `$schema`, `$id`, `title`, `description`, `x-zh-CN`, and `x-past`
//!   for a time that cannot be in the future when it is recorded;
//! - ours: `x-not-before`, `x-after` (order of two siblings), `x-span` (the two
//!   members that are an object's span), `x-key` (a row's key, coarse to fine),
//!   `x-identity` (the required members by which records of two sources are matched).

mod code;
mod pattern;
mod read;

pub use code::Code;
pub use pattern::{Class, Pattern};

use crate::order::sort_by;
use crate::problem::{Problems, nearest};
use crate::text::Localized;
use crate::value::Temperature;
use std::sync::Arc;

/// The section of manual causes. Core itself reads it, so a schema that has it must
/// give it the members that core needs.
pub const OVERRIDES: &str = "overrides";
/// The list of sections of which only a part is known. Core itself reads it: such a section
/// is not known, whatever stands in it.
pub const INCOMPLETE: &str = "incomplete";
/// The member that says who the subject is.
pub const IDENTITY: &str = "identity";
/// The member that names the kind of subject.
pub const SUBJECT: &str = "subject";

/// The schema of facts of one kind of subject, or of the rows of a reference table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    root: Arc<Object>,
}

/// The type of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// A boolean.
    Bool,
    /// A whole number.
    Int {
        /// The least value, included; [`i64::MIN`] if there is no bound.
        least: i64,
        /// The greatest value, included; [`i64::MAX`] if there is no bound.
        most: i64,
    },
    /// A text.
    Text(TextType),
    /// One of these texts, in the schema's order.
    Enum(Arc<[Arc<str>]>),
    /// An instant: RFC 3339 with an offset, in whole seconds.
    Instant,
    /// A calendar day, `2022-07-01`.
    Date,
    /// A temperature in degrees Celsius with one decimal.
    Temperature {
        /// The least value, included.
        least: Temperature,
        /// The greatest value, included.
        most: Temperature,
    },
    /// A list.
    List {
        /// The type of each item.
        item: Box<Type>,
        /// Fewest items.
        least: usize,
        /// Most items; [`usize::MAX`] if there is no bound.
        most: usize,
    },
    /// An object with named members.
    Object(Arc<Object>),
}

/// The limits of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextType {
    /// Least length, in code points.
    pub least: usize,
    /// Greatest length, in code points; [`usize::MAX`] if there is no bound.
    pub most: usize,
    /// The pattern that the whole text must match.
    pub pattern: Option<Pattern>,
    /// Whether it is the number of an identity document, which rules read
    /// [folded](crate::number::fold) (`format: document-number`).
    pub number: bool,
}

impl TextType {
    /// Whether a text is within the limits.
    ///
    /// ```
    /// use longma_core::schema::TextType;
    /// let name = TextType { least: 1, most: 3, pattern: None, number: false };
    /// assert!(name.fits("陇码") && !name.fits("") && !name.fits("long"));
    /// ```
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        let pattern = self.pattern.as_ref();
        (self.least..=self.most).contains(&text.chars().count())
            && pattern.is_none_or(|pattern| pattern.matches(text))
    }
}

/// The named members of an object, and how they relate.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Object {
    /// The name of such an object, such as `Contact` (`title`).
    pub title: Option<String>,
    /// The description (`description`, `x-zh-CN`); empty if the schema has none.
    pub words: Localized,
    /// The members, sorted by name.
    pub fields: Vec<Field>,
    /// The names of the members for the start and end of this object's span (`x-span`).
    pub span: Option<(String, String)>,
    /// Positions in `fields` of the key, coarse to fine (`x-key`).
    pub key: Vec<usize>,
    /// How many members of the key, from its start, are names of places that the table of
    /// places knows (`x-places`).
    pub places: usize,
    /// Positions in `fields` of the members by which records of two sources are matched
    /// (`x-identity`); empty if only equal records are the same.
    pub identity: Vec<usize>,
    /// The keys from the top of the file to this object's schema, such as `properties`,
    /// `tests`, `items`. A definition starts again at `$defs`.
    pub path: Vec<String>,
}

/// One member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name.
    pub name: Arc<str>,
    /// The type of its value.
    pub kind: Type,
    /// Whether it is required.
    pub required: bool,
    /// A sibling that this time must not precede (`x-not-before`, `x-after`).
    pub order: Option<Order>,
    /// Whether this time cannot be in the future when it is recorded (`x-past`). Core has
    /// no clock and does not check it.
    pub past: bool,
    /// The description (`description`, `x-zh-CN`), its own or that of its definition;
    /// empty if the schema has none.
    pub words: Localized,
}

/// The required order of a time and a sibling of the same type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The sibling's name.
    pub sibling: String,
    /// Whether equal times are also too early (`x-after`).
    pub strict: bool,
}

impl Schema {
    /// Reads the JSON text of a schema; problems name `file`.
    ///
    /// ```
    /// use longma_core::Schema;
    /// use longma_core::schema::Type;
    ///
    /// let text = r#"{"type": "object", "additionalProperties": false,
    ///     "required": ["subject"],
    ///     "properties": {
    ///         "subject": {"type": "string", "enum": ["person"]},
    ///         "age": {"type": "integer", "minimum": 0, "description": "In years."}}}"#;
    /// let schema = Schema::read(text, "schema/person.schema.json")?;
    /// let age = schema.root().field("age").expect("it is in the text");
    /// assert_eq!(age.kind, Type::Int { least: 0, most: i64::MAX });
    /// assert_eq!(age.words.en, "In years.");
    /// assert!(!age.required);
    ///
    /// let problems = Schema::read(r#"{"type": "string"}"#, "s.json").unwrap_err();
    /// assert_eq!(problems.as_slice().len(), 1);
    /// # Ok::<(), longma_core::Problems>(())
    /// ```
    ///
    /// # Errors
    /// Every keyword outside the subset, every broken reference and every shape that core
    /// cannot use.
    pub fn read(text: &str, file: &str) -> Result<Self, Problems> {
        match Self::read_partly(text, file) {
            (Some(schema), problems) => problems.or(schema),
            (None, problems) => Err(problems),
        }
    }

    /// Like [`read`](Self::read), but returns both the readable part and the problems.
    ///
    /// Use it to go on checking scripts while a schema has mistakes. Fields of unknown
    /// type are left out. Decisions must never rest on such a schema. `None` if the text
    /// is not JSON or does not describe an object.
    #[must_use]
    pub fn read_partly(text: &str, file: &str) -> (Option<Self>, Problems) {
        let (root, problems) = read::root(text, file);
        (root.map(|root| Self { root }), problems)
    }

    /// The schema of an object.
    pub(crate) fn of(root: Arc<Object>) -> Self {
        Self { root }
    }

    /// The object at the top.
    #[must_use]
    pub fn root(&self) -> &Arc<Object> {
        &self.root
    }

    /// The names of the sections that rules may read.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.root.names().filter(|name| *name != SUBJECT)
    }
}

impl Type {
    /// The object type itself, or that of a list's items.
    #[must_use]
    pub fn object(&self) -> Option<&Arc<Object>> {
        match self {
            Self::Object(object) => Some(object),
            Self::List { item, .. } => item.object(),
            _ => None,
        }
    }
}

impl Object {
    /// An object with these fields, given in any order, and nothing else.
    #[must_use]
    pub fn new(mut fields: Vec<Field>) -> Self {
        sort_by(&mut fields, |a, b| a.name.cmp(&b.name));
        Self {
            fields,
            ..Self::default()
        }
    }

    /// The position in `fields` of the field with this name.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields
            .binary_search_by(|field| (*field.name).cmp(name))
            .ok()
    }

    /// The field with this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.position(name).and_then(|index| self.fields.get(index))
    }

    /// The type of the field with this name.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<&Type> {
        self.field(name).map(|field| &field.kind)
    }

    /// The names of the fields, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| &*field.name)
    }

    /// The names of the key's fields, coarse to fine.
    pub fn key_names(&self) -> impl Iterator<Item = &str> {
        self.named(&self.key)
    }

    /// The names of the fields that identify a record.
    pub fn identity_names(&self) -> impl Iterator<Item = &str> {
        self.named(&self.identity)
    }

    fn named<'a>(&'a self, positions: &'a [usize]) -> impl Iterator<Item = &'a str> {
        let fields = positions.iter().filter_map(|index| self.fields.get(*index));
        fields.map(|field| &*field.name)
    }
}

impl Field {
    /// A required field with only a name and a type.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>, kind: Type) -> Self {
        Self {
            name: name.into(),
            kind,
            required: true,
            order: None,
            past: false,
            words: Localized::default(),
        }
    }
}

/// The name in `object` that `wrong` was most likely meant to be; `None` if all are too
/// different.
#[must_use]
pub fn nearest_field<'a>(object: &'a Object, wrong: &str) -> Option<&'a str> {
    nearest(wrong, object.names())
}
