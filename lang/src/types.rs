//! What the checker knows about a value.
//!
//! A [`Type`] is the set of kinds that a value may have; absence is one of them. Kinds
//! carry more than a name: the texts that a text may be, the bounds of a number, the
//! fields of a record that a test has narrowed. [`Type::unknown`] stands for a value
//! about which nothing is known; the checker never reports anything about it.

use crate::messages;
use longma_core::order;
use longma_core::order::Gather;
use longma_core::schema::{self, Object};
use longma_core::{Args, Localized};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many kinds one type can hold. More become unknown.
const KINDS: usize = 6;
/// How deeply lists may nest in a type. Deeper ones become unknown.
const DEPTH: usize = 12;
/// How many possible names of a text are tracked. More become any text.
const NAMES: usize = 200;

/// The kinds that a value may have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Type(Vec<Kind>);

/// One kind of value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Nothing is known: there was an error, or nobody calls the function.
    Unknown,
    /// `()`.
    Absent,
    /// A boolean, with its value if known.
    Bool(Option<Truth>),
    /// A whole number.
    Int(Bounds),
    /// A text, with its possible values if known.
    Text(Option<Names>),
    /// An instant, with its distance from another one if known.
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
    /// A cause, with its possible levels if known.
    Cause(Option<Names>, Emptiness),
    /// A record.
    Record(Item),
    /// A list.
    List {
        /// The type of its items.
        item: Box<Type>,
        /// Whether it surely holds an item.
        filled: bool,
    },
    /// A reference table, by name.
    Table(String),
    /// An earlier decision, by name.
    Timeline(String),
    /// A closure, by the `id` of its expression.
    Closure(u32),
}

/// A known boolean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Truth {
    /// The boolean.
    pub value: bool,
    /// Whether it depends on the current value of a param, so that the rule alone does
    /// not decide it.
    pub by_param: bool,
}

/// What is surely known of a set of instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Emptiness {
    /// It may hold instants.
    Open,
    /// It is empty, whatever the facts are.
    Empty,
    /// It has no beginning or no end, whatever the facts are.
    Endless,
}

/// The bounds of a number, inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bounds {
    /// The least.
    pub least: i64,
    /// The greatest.
    pub most: i64,
    /// Whether they come from the current value of a param.
    pub by_param: bool,
}

/// The possible values of a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Names {
    /// Each name, with its bytes in the script if it is written there.
    pub values: BTreeMap<Arc<str>, Option<(usize, usize)>>,
    /// Where the names come from.
    pub of: Origin,
}

/// Where the possible values of a text come from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The rule's text.
    Written,
    /// A field whose schema lists them.
    Field {
        /// The kind of record, such as `Test`.
        record: String,
        /// The field's name.
        field: String,
        /// Every name that the schema lists.
        all: Arc<[Arc<str>]>,
    },
    /// A param, by name.
    Param(String),
}

/// An instant, as a distance from another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Anchor {
    /// The instant it counts from.
    pub base: String,
    /// Calendar days after it.
    pub days: i64,
    /// Seconds after those days.
    pub seconds: i64,
    /// Whether it includes the current value of a param.
    pub by_param: bool,
}

/// A record, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// Its title in the schema; `params` for the params.
    pub title: String,
    /// Its declared fields.
    pub fields: Fields,
    /// Fields that tests have narrowed beyond the schema.
    pub known: BTreeMap<String, Type>,
}

/// The declared fields of a record.
#[derive(Debug, Clone)]
pub enum Fields {
    /// The fields of a schema.
    Schema(Arc<Object>),
    /// The params of a pack and its ancestors.
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

/// Compares by address: a world makes each set of fields once.
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

    /// The number, if there is only one.
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
    /// A name written in the script.
    #[must_use]
    pub fn written(text: &str, at: (usize, usize)) -> Self {
        Self {
            values: BTreeMap::from([(Arc::from(text), Some(at))]),
            of: Origin::Written,
        }
    }

    /// Names that are not written in a script.
    #[must_use]
    pub fn of(names: impl IntoIterator<Item = Arc<str>>, of: Origin) -> Self {
        let values = names.into_iter().map(|name| (name, None)).into_map();
        Self { values, of }
    }

    /// The name, if there is only one.
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
    /// A record with this schema.
    #[must_use]
    pub fn of_schema(object: &Arc<Object>) -> Self {
        Self {
            title: object.title.clone().unwrap_or_default(),
            fields: Fields::Schema(Arc::clone(object)),
            known: BTreeMap::new(),
        }
    }

    /// The declared type of a field. `None` if there is no such field.
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

    /// The type of a field, as narrowed by tests.
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
            known: known.into_map(),
        }
    }
}

impl Kind {
    /// Any whole number.
    #[must_use]
    pub fn int() -> Self {
        Self::Int(Bounds::ANY)
    }

    /// A list of `item` that may be empty.
    #[must_use]
    pub fn list(item: Type) -> Self {
        Self::List {
            item: Box::new(item),
            filled: false,
        }
    }

    /// The message key of the kind, without the `kind.` prefix.
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

    /// The kind for readers: "an instant".
    #[must_use]
    pub fn words(&self) -> Localized {
        messages().say(&format!("kind.{}", self.name()), &Args::NONE)
    }

    /// Whether both are the same kind, whatever else is known about them.
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

    /// What is known of both; they must be alike.
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
            (Self::When(left), Self::When(right)) => Self::When(if left == right {
                *left
            } else {
                Emptiness::Open
            }),
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
    /// No value: the type of code after a `return`.
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

    /// The kinds in it, sorted.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.0
    }

    /// Whether nothing is known about it.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.0.contains(&Kind::Unknown)
    }

    /// Whether it has no value.
    #[must_use]
    pub fn is_never(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is always `()`.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.0 == [Kind::Absent]
    }

    /// Whether it can be `()`. False if it is unknown.
    #[must_use]
    pub fn may_be_absent(&self) -> bool {
        self.0.contains(&Kind::Absent)
    }

    /// The type without `()`.
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

    /// The type, or `()`.
    #[must_use]
    pub fn or_absent(&self) -> Self {
        self.join(&Self::absent())
    }

    /// The kind, if there is only one apart from `()`.
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

    /// Either of two types.
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
        order::sort(&mut kinds);
        Self(kinds)
    }

    /// Any of some types.
    #[must_use]
    pub fn of(types: impl IntoIterator<Item = Self>) -> Self {
        types
            .into_iter()
            .fold(Self::never(), |all, it| all.join(&it))
    }
}

/// The type of a schema's value. `record` and `field` name the place of the value.
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
