//! The kinds of values as the compiler knows them.

use longma_core::columns::Word;
use longma_core::host;
use longma_core::program::Id;
use longma_core::schema::{self, Object};
use longma_core::value::Value;
use std::sync::Arc;

/// The kind of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    Int,
    /// A text; whether it is surely one of the known ones.
    Text(bool),
    Instant,
    Date,
    Elapsed,
    Days,
    Temperature,
    Series,
    When,
    Cause,
    /// A record; `None` if it can be one of several objects.
    Record(Option<Arc<Object>>),
    List(Box<Type>),
}

/// What is known of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Type {
    /// Its kind when it is present; `None` if it never is.
    pub(crate) kind: Option<Kind>,
    /// Whether it can be absent.
    pub(crate) absent: bool,
}

/// An operation with the type of its value.
#[derive(Debug, Clone)]
pub(crate) struct Typed {
    pub(crate) id: Id,
    pub(crate) it: Type,
    /// Its value, if it is a constant that is not a list.
    pub(crate) word: Option<Word>,
}

impl Kind {
    /// The kind as messages tell it.
    pub(crate) fn told(&self) -> host::Kind {
        match self {
            Self::Bool => host::Kind::Bool,
            Self::Int => host::Kind::Int,
            Self::Text(_) => host::Kind::Text,
            Self::Instant => host::Kind::Instant,
            Self::Date => host::Kind::Date,
            Self::Elapsed => host::Kind::Elapsed,
            Self::Days => host::Kind::Days,
            Self::Temperature => host::Kind::Temperature,
            Self::Series => host::Kind::Series,
            Self::When => host::Kind::When,
            Self::Cause => host::Kind::Cause,
            Self::Record(_) => host::Kind::Record,
            Self::List(_) => host::Kind::List,
        }
    }

    /// Both, if they are of one kind.
    pub(crate) fn join(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => Some(Self::Text(*a && *b)),
            (Self::List(a), Self::List(b)) => Some(Self::List(Box::new(a.join(b)?))),
            // One object can be described by schemas in two places.
            (Self::Record(Some(a)), Self::Record(Some(b)))
                if Arc::ptr_eq(a, b) || a.fields == b.fields =>
            {
                Some(self.clone())
            }
            (Self::Record(_), Self::Record(_)) => Some(Self::Record(None)),
            _ => (self == other).then(|| self.clone()),
        }
    }

    /// The kind of a schema's value.
    pub(crate) fn of_schema(kind: &schema::Type) -> Self {
        match kind {
            schema::Type::Bool => Self::Bool,
            schema::Type::Int { .. } => Self::Int,
            schema::Type::Text(_) => Self::Text(false),
            schema::Type::Enum(_) => Self::Text(true),
            schema::Type::Instant => Self::Instant,
            schema::Type::Date => Self::Date,
            schema::Type::Temperature { .. } => Self::Temperature,
            schema::Type::List { item, .. } => {
                Self::List(Box::new(Type::present(Self::of_schema(item))))
            }
            schema::Type::Object(object) => Self::Record(Some(Arc::clone(object))),
        }
    }

    /// The kind of a param.
    pub(crate) fn of_value(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Bool(_) => Self::Bool,
            Value::Int(_) => Self::Int,
            Value::Text(_) => Self::Text(true),
            Value::Instant(_) => Self::Instant,
            Value::Date(_) => Self::Date,
            Value::Elapsed(_) => Self::Elapsed,
            Value::Days(_) => Self::Days,
            Value::Temperature(_) => Self::Temperature,
            Value::List(items) => {
                let mut item = Type::ABSENT;
                for value in items.iter() {
                    item = item.join(&Type::present(Self::of_value(value)?))?;
                }
                let present = item.kind.is_some();
                let absent = item.absent && !present;
                Self::List(Box::new(Type { absent, ..item }))
            }
            Value::Record(_) => return None,
        })
    }
}

impl Type {
    pub(crate) const ABSENT: Self = Self {
        kind: None,
        absent: true,
    };

    pub(crate) fn present(kind: Kind) -> Self {
        Self {
            kind: Some(kind),
            absent: false,
        }
    }

    pub(crate) fn maybe(kind: Kind) -> Self {
        Self {
            kind: Some(kind),
            absent: true,
        }
    }

    pub(crate) fn or_absent(self) -> Self {
        Self {
            absent: true,
            ..self
        }
    }

    /// Either of two; `None` if they are of two kinds.
    pub(crate) fn join(&self, other: &Self) -> Option<Self> {
        let kind = match (&self.kind, &other.kind) {
            (Some(a), Some(b)) => Some(a.join(b)?),
            (a, b) => a.clone().or_else(|| b.clone()),
        };
        Some(Self {
            kind,
            absent: self.absent || other.absent,
        })
    }

    /// The type of a list's items.
    pub(crate) fn item(&self) -> Option<&Self> {
        match &self.kind {
            Some(Kind::List(item)) => Some(item),
            _ => None,
        }
    }

    pub(crate) fn told(&self) -> host::Kind {
        self.kind.as_ref().map_or(host::Kind::Absent, Kind::told)
    }
}
