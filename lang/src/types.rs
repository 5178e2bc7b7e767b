//! What the checker knows of a value.
//!
//! A [`Type`] is the set of kinds that a value may have; absence is one of them.
//! Kinds carry what is known beyond their name: the names that a text may be, the
//! bounds of a number, the fields of a record that a test has narrowed. Nothing
//! known is [`Type::unknown`], of which nothing is ever reported.

use crate::messages;
use longma_core::schema::{self, Object};
use longma_core::{Args, Localized};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Kinds in one type; more become unknown.
const KINDS: usize = 6;
/// Lists and records in one another that are told apart.
const DEPTH: usize = 12;
/// Names of a text that are told apart.
const NAMES: usize = 200;

/// The kinds that a value may have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Type(Vec<Kind>);

/// One kind of value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Nothing is known: an error was reported, or nobody calls the function.
    Unknown,
    /// `()`.
    Absent,
    /// A truth value, and which where it is known.
    Bool(Option<Truth>),
    /// A whole number.
    Int(Bounds),
    /// A text; one of some names where they are known.
    Text(Option<Names>),
    /// An instant, and how far it is from another where that is known.
    Instant(Option<Anchor>),
    /// A calendar day.
    Date,
    /// An elapsed time, in seconds.
    Elapsed(Bounds),
    /// A number of days.
    Days(Bounds),
    /// A temperature.
    Temperature,
    /// Counts by day.
    Series,
    /// A set of instants.
    When(Emptiness),
    /// A cause, of one of these levels where they are known.
    Cause(Option<Names>, Emptiness),
    /// A record.
    Record(Item),
    /// A list.
    List {
        /// What it holds.
        item: Box<Type>,
        /// Whether it surely holds something.
        filled: bool,
    },
    /// A reference table, by name.
    Table(String),
    /// An earlier decision, by name.
    Timeline(String),
    /// A closure, by its expression.
    Closure(u32),
}

/// A truth value that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Truth {
    /// Which.
    pub value: bool,
    /// Whether it follows from a param's present value, and not from the rule.
    pub by_param: bool,
}

/// Whether a set of instants surely holds none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Emptiness {
    /// It may hold some.
    Open,
    /// It holds none, whatever the facts are.
    Empty,
}

/// The least and the greatest value, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bounds {
    /// The least.
    pub least: i64,
    /// The greatest.
    pub most: i64,
    /// Whether a param's present value is why.
    pub by_param: bool,
}

/// The names that a text may be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Names {
    /// Each name, with the bytes of the script where it is written, if it is.
    pub values: BTreeMap<Arc<str>, Option<(usize, usize)>>,
    /// Where the names come from.
    pub of: Origin,
}

/// Where names come from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Written in the rule.
    Written,
    /// A field whose schema lists them.
    Field {
        /// Of which kind of record, such as `Test`.
        record: String,
        /// Its name.
        field: String,
        /// Every name that the schema lists.
        all: Arc<[Arc<str>]>,
    },
    /// A param.
    Param(String),
}

/// An instant, told as a distance from another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Anchor {
    /// What it is counted from.
    pub base: String,
    /// Calendar days after it.
    pub days: i64,
    /// Seconds after that.
    pub seconds: i64,
    /// Whether a param's present value is in it.
    pub by_param: bool,
}

/// A record, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// Its title in the schema; `params` for the params.
    pub title: String,
    /// Its fields.
    pub fields: Fields,
    /// Fields of which tests have told more than the schema.
    pub known: BTreeMap<String, Type>,
}

/// The fields that a record has.
#[derive(Debug, Clone)]
pub enum Fields {
    /// As a schema says.
    Schema(Arc<Object>),
    /// The params of a pack with what it inherits.
    Params(Arc<BTreeMap<String, Type>>),
}

impl Fields {
    fn address(&self) -> usize {
        match self {
            Self::Schema(object) => Arc::as_ptr(object).addr(),
            Self::Params(params) => Arc::as_ptr(params).addr(),
        }
    }
}

/// Fields are one when they are the same ones in memory: a world makes each once.
impl PartialEq for Fields {
    fn eq(&self, other: &Self) -> bool {
        self.address() == other.address()
    }
}

impl Eq for Fields {}

impl PartialOrd for Fields {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fields {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.address().cmp(&other.address())
    }
}

impl Bounds {
    /// Any number.
    pub const ANY: Self = Self {
        least: i64::MIN,
        most: i64::MAX,
        by_param: false,
    };

    /// One number.
    #[must_use]
    pub fn exactly(value: i64) -> Self {
        Self {
            least: value,
            most: value,
            by_param: false,
        }
    }

    /// The number, where there is only one.
    #[must_use]
    pub fn value(self) -> Option<i64> {
        (self.least == self.most).then_some(self.least)
    }

    fn join(self, other: Self) -> Self {
        Self {
            least: self.least.min(other.least),
            most: self.most.max(other.most),
            by_param: self.by_param || other.by_param,
        }
    }
}

impl Names {
    /// One name that is written in the script.
    #[must_use]
    pub fn written(text: &str, at: (usize, usize)) -> Self {
        Self {
            values: BTreeMap::from([(Arc::from(text), Some(at))]),
            of: Origin::Written,
        }
    }

    /// Names that stand nowhere in a script.
    #[must_use]
    pub fn of(names: impl IntoIterator<Item = Arc<str>>, of: Origin) -> Self {
        let values = names.into_iter().map(|name| (name, None)).collect();
        Self { values, of }
    }

    /// The only name, where there is one.
    #[must_use]
    pub fn only(&self) -> Option<&Arc<str>> {
        let mut names = self.values.keys();
        let first = names.next();
        if names.next().is_some() { None } else { first }
    }

    fn join(&self, other: &Self) -> Option<Self> {
        let mut values = self.values.clone();
        values.extend(other.values.clone());
        let of = if self.of == other.of {
            self.of.clone()
        } else {
            Origin::Written
        };
        (values.len() <= NAMES).then_some(Self { values, of })
    }
}

impl Item {
    /// A record of a schema.
    #[must_use]
    pub fn of_schema(object: &Arc<Object>) -> Self {
        Self {
            title: object.title.clone().unwrap_or_default(),
            fields: Fields::Schema(Arc::clone(object)),
            known: BTreeMap::new(),
        }
    }

    /// The type of a field as declared; `None` where there is none.
    #[must_use]
    pub fn declared(&self, name: &str) -> Option<Type> {
        match &self.fields {
            Fields::Params(params) => params.get(name).cloned(),
            Fields::Schema(object) => {
                let field = object.field(name)?;
                let whole = of_schema(&field.kind, &self.title, name);
                Some(if field.required {
                    whole
                } else {
                    whole.or_absent()
                })
            }
        }
    }

    /// The type of a field, with what tests have told.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<Type> {
        self.known
            .get(name)
            .cloned()
            .or_else(|| self.declared(name))
    }

    /// The names of its fields.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        match &self.fields {
            Fields::Params(params) => params.keys().map(String::as_str).collect(),
            Fields::Schema(object) => object.names().collect(),
        }
    }

    /// What is known of both.
    fn join(&self, other: &Self) -> Self {
        let known = self.known.iter().filter_map(|(name, known)| {
            let there = other.known.get(name)?;
            Some((name.clone(), known.join(there)))
        });
        Self {
            title: self.title.clone(),
            fields: self.fields.clone(),
            known: known.collect(),
        }
    }
}

impl Kind {
    /// A number that can be any.
    #[must_use]
    pub fn int() -> Self {
        Self::Int(Bounds::ANY)
    }

    /// A list of `item`.
    #[must_use]
    pub fn list(item: Type) -> Self {
        Self::List {
            item: Box::new(item),
            filled: false,
        }
    }

    /// The name of the kind's words in the messages: `kind.` and this.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Absent => "absent",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Text(_) => "text",
            Self::Instant(_) => "instant",
            Self::Date => "date",
            Self::Elapsed(_) => "elapsed",
            Self::Days(_) => "days",
            Self::Temperature => "temperature",
            Self::Series => "series",
            Self::When(_) => "when",
            Self::Cause(..) => "cause",
            Self::Record(_) => "record",
            Self::List { .. } => "list",
            Self::Table(_) => "table",
            Self::Timeline(_) => "timeline",
            Self::Closure(_) => "function",
        }
    }

    /// The kind in words: `an instant`.
    #[must_use]
    pub fn words(&self) -> Localized {
        messages().say(&format!("kind.{}", self.name()), &Args::NONE)
    }

    /// Whether both are of one kind, whatever else is known of them.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Record(left), Self::Record(right)) => left.fields == right.fields,
            (Self::Table(left), Self::Table(right))
            | (Self::Timeline(left), Self::Timeline(right)) => left == right,
            (Self::Closure(left), Self::Closure(right)) => left == right,
            _ => self.name() == other.name(),
        }
    }

    /// What is known of both, which are alike.
    fn join(&self, other: &Self) -> Self {
        let names = |left: &Option<Names>, right: &Option<Names>| {
            left.as_ref()
                .zip(right.as_ref())
                .and_then(|(left, right)| left.join(right))
        };
        match (self, other) {
            (Self::Bool(left), Self::Bool(right)) => {
                Self::Bool(left.filter(|left| Some(*left) == *right))
            }
            (Self::Int(left), Self::Int(right)) => Self::Int(left.join(*right)),
            (Self::Elapsed(left), Self::Elapsed(right)) => Self::Elapsed(left.join(*right)),
            (Self::Days(left), Self::Days(right)) => Self::Days(left.join(*right)),
            (Self::Text(left), Self::Text(right)) => Self::Text(names(left, right)),
            (Self::Instant(left), Self::Instant(right)) => {
                Self::Instant(left.clone().filter(|left| Some(left) == right.as_ref()))
            }
            (Self::When(left), Self::When(right)) => Self::When(*left.min(right)),
            (Self::Cause(left, empty), Self::Cause(right, other)) => {
                Self::Cause(names(left, right), *empty.min(other))
            }
            (Self::Record(left), Self::Record(right)) => Self::Record(left.join(right)),
            (
                Self::List { item, filled },
                Self::List {
                    item: other,
                    filled: too,
                },
            ) => Self::List {
                item: Box::new(item.join(other)),
                filled: *filled && *too,
            },
            _ => self.clone(),
        }
    }

    fn depth(&self) -> usize {
        match self {
            Self::List { item, .. } => 1 + item.0.iter().map(Self::depth).max().unwrap_or(0),
            _ => 0,
        }
    }
}

impl From<Kind> for Type {
    fn from(kind: Kind) -> Self {
        Self(vec![kind])
    }
}

impl Type {
    /// No value at all: what follows a `return` has it.
    #[must_use]
    pub fn never() -> Self {
        Self(Vec::new())
    }

    /// Any value.
    #[must_use]
    pub fn unknown() -> Self {
        Kind::Unknown.into()
    }

    /// `()`.
    #[must_use]
    pub fn absent() -> Self {
        Kind::Absent.into()
    }

    /// Its kinds.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.0
    }

    /// Whether nothing is known of it.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.0.contains(&Kind::Unknown)
    }

    /// Whether there is no value.
    #[must_use]
    pub fn is_never(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is `()` and nothing else.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.0 == [Kind::Absent]
    }

    /// Whether it can be `()`; false where nothing is known.
    #[must_use]
    pub fn may_be_absent(&self) -> bool {
        self.0.contains(&Kind::Absent)
    }

    /// Without `()`.
    #[must_use]
    pub fn present(&self) -> Self {
        Self(
            self.0
                .iter()
                .filter(|kind| **kind != Kind::Absent)
                .cloned()
                .collect(),
        )
    }

    /// With `()`.
    #[must_use]
    pub fn or_absent(&self) -> Self {
        self.join(&Self::absent())
    }

    /// The kind, where there is one beside absence.
    #[must_use]
    pub fn only(&self) -> Option<&Kind> {
        let mut present = self.0.iter().filter(|kind| **kind != Kind::Absent);
        let first = present.next();
        if present.next().is_some() {
            None
        } else {
            first
        }
    }

    /// What may be either.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        if self.is_unknown() || other.is_unknown() {
            return Self::unknown();
        }
        let mut kinds = self.0.clone();
        for kind in &other.0 {
            match kinds.iter_mut().find(|known| known.is_like(kind)) {
                Some(known) => *known = known.join(kind),
                None => kinds.push(kind.clone()),
            }
        }
        if kinds.len() > KINDS || kinds.iter().any(|kind| kind.depth() > DEPTH) {
            return Self::unknown();
        }
        kinds.sort();
        Self(kinds)
    }

    /// What may be any of some.
    #[must_use]
    pub fn of(types: impl IntoIterator<Item = Self>) -> Self {
        types
            .into_iter()
            .fold(Self::never(), |all, it| all.join(&it))
    }
}

/// The type of what a schema describes; `record` and `field` say where it stands.
#[must_use]
pub fn of_schema(kind: &schema::Type, record: &str, field: &str) -> Type {
    match kind {
        schema::Type::Bool => Kind::Bool(None),
        schema::Type::Int { least, most } => Kind::Int(Bounds {
            least: *least,
            most: *most,
            by_param: false,
        }),
        schema::Type::Text(_) => Kind::Text(None),
        schema::Type::Enum(names) => {
            let of = Origin::Field {
                record: record.to_owned(),
                field: field.to_owned(),
                all: Arc::clone(names),
            };
            Kind::Text(Some(Names::of(names.iter().cloned(), of)))
        }
        schema::Type::Instant => Kind::Instant(None),
        schema::Type::Date => Kind::Date,
        schema::Type::Temperature { .. } => Kind::Temperature,
        schema::Type::List { item, least, .. } => Kind::List {
            item: Box::new(of_schema(item, record, field)),
            filled: *least > 0,
        },
        schema::Type::Object(object) => Kind::Record(Item::of_schema(object)),
    }
    .into()
}
