//! What is known of a value before the facts are: its type, and how large it can be.

use super::caps::below;
use super::size::{Size, Var};
use crate::lower::kind::{Kind, Type};
use crate::lower::ways;
use longma_core::limits;
use longma_core::program::{End, Function};
use std::sync::Arc;

/// The most parts of a text that is no longer than a script's can be.
pub(super) const TEXT: u64 = limits::STRING_BYTES as u64;

/// What is known of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    /// Its type; without a kind if that is not known, as of a number that can be an
    /// instant as well as a text.
    pub(crate) it: Type,
    /// How large it is.
    pub(crate) extent: Extent,
    /// The path of the list in the facts that a record, or a list of records, is from.
    pub(crate) path: Option<Arc<str>>,
}

/// How large a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Extent {
    /// One word.
    One,
    /// A set of instants: its spans.
    Set(Size),
    /// A cause: the spans of when it holds, and its records if it has any.
    Cause(Size, Option<Size>),
    /// A list: its length, and what is known of each item.
    List(Size, Box<Extent>),
}

impl Extent {
    /// What is at least as large as both.
    pub(crate) fn max(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Set(a), Self::Set(b)) => Self::Set(a.max(b)),
            (Self::Cause(a, rests), Self::Cause(b, others)) => {
                let rests = match (rests, others) {
                    (Some(a), Some(b)) => Some(a.max(b)),
                    (a, b) => a.or_else(|| b.clone()),
                };
                Self::Cause(a.max(b), rests)
            }
            (Self::List(a, item), Self::List(b, other)) => {
                Self::List(a.max(b), Box::new(item.max(other)))
            }
            (Self::One, other) => other.clone(),
            (it, _) => it,
        }
    }

    /// The items of a list.
    pub(crate) fn length(&self) -> Size {
        match self {
            Self::List(length, _) => length.clone(),
            _ => Size::default(),
        }
    }

    /// What each item of a list is.
    pub(crate) fn item(&self) -> Self {
        match self {
            Self::List(_, item) => (**item).clone(),
            _ => Self::One,
        }
    }

    /// The spans of a set.
    pub(crate) fn spans(&self) -> Size {
        match self {
            Self::Set(spans) => spans.clone(),
            _ => Size::default(),
        }
    }
}

impl Known {
    /// A value of one word.
    pub(crate) fn of(kind: Kind) -> Self {
        Self {
            it: Type::present(kind),
            extent: Extent::One,
            path: None,
        }
    }

    /// A value of which nothing is known.
    pub(crate) fn nothing() -> Self {
        Self {
            it: Type::ABSENT,
            extent: Extent::One,
            path: None,
        }
    }

    /// A set of so many spans.
    pub(crate) fn set(spans: Size) -> Self {
        Self {
            it: Type::present(Kind::When),
            extent: Extent::Set(spans),
            path: None,
        }
    }

    /// A list of so many of these.
    pub(crate) fn list(length: Size, item: Self) -> Self {
        Self {
            it: Type::present(Kind::List(Box::new(item.it))),
            extent: Extent::List(length, Box::new(item.extent)),
            path: item.path,
        }
    }

    /// Either of two.
    pub(crate) fn or(self, other: &Self) -> Self {
        Self {
            it: self.it.join(&other.it).unwrap_or(Type::ABSENT),
            extent: self.extent.max(&other.extent),
            path: self.path.or_else(|| other.path.clone()),
        }
    }

    /// An item of a list.
    pub(crate) fn item(&self) -> Self {
        Self {
            it: self.it.item().cloned().unwrap_or(Type::ABSENT),
            extent: self.extent.item(),
            path: self.path.clone(),
        }
    }

    /// A section of the facts.
    pub(crate) fn section(name: &Arc<str>, kind: Kind) -> Self {
        let extent = match &kind {
            Kind::List(_) => {
                let length = Size::var(Var::Section(Arc::clone(name)));
                Extent::List(length, Box::new(Extent::One))
            }
            _ => Extent::One,
        };
        Self {
            it: Type::present(kind),
            extent,
            path: Some(Arc::clone(name)),
        }
    }

    /// A field of a record, by its position: its name, and what is known of it.
    pub(crate) fn field(&self, position: u32) -> Option<(Arc<str>, Self)> {
        let Some(Kind::Record(Some(object))) = &self.it.kind else {
            return None;
        };
        let field = object.fields.get(position as usize)?;
        let kind = Kind::of_schema(&field.kind);
        let path = self.path.as_deref().unwrap_or_default();
        let extent = match &kind {
            Kind::List(_) => {
                let list = Var::Child(path.into(), Arc::clone(&field.name));
                Extent::List(Size::var(list), Box::new(Extent::One))
            }
            _ => Extent::One,
        };
        let it = Type {
            kind: Some(kind),
            absent: !field.required,
        };
        let path = self.path.as_deref().map(|path| below(path, &field.name));
        Some((Arc::clone(&field.name), Self { it, extent, path }))
    }

    /// What a scan makes of a list, given what it takes of each item.
    pub(crate) fn scanned(end: End, list: &Self, taken: Self) -> Self {
        let length = list.extent.length();
        match end {
            End::List => Self::list(length, taken),
            End::Flat => Self::list(length.times(&taken.extent.length()), taken.item()),
            End::Sorted | End::SortedByValue => list.clone(),
            End::FirstBy | End::LastBy => {
                let item = list.item();
                Self {
                    it: item.it.or_absent(),
                    ..item
                }
            }
            End::First | End::Last | End::Least | End::Greatest => Self {
                it: taken.it.or_absent(),
                ..taken
            },
            End::Any | End::All => Self::of(Kind::Bool),
            End::Count => Self::of(Kind::Int),
            End::Union => Self::set(length.times(&taken.extent.spans())),
        }
    }

    /// What a function gives, besides looking things up.
    #[allow(clippy::too_many_lines, reason = "one arm for each function")]
    pub(crate) fn called(function: Function, operands: &[Self]) -> Self {
        let nothing = Self::nothing();
        let at = |place: usize| operands.get(place).unwrap_or(&nothing);
        let one = || Size::of(1);
        match function {
            Function::Differ => Self::of(Kind::Bool),
            Function::Len => Self::of(Kind::Int),
            Function::Apart => match at(0).clone().or(at(1)).it.kind {
                Some(Kind::Date) => Self::of(Kind::Days),
                _ => Self::of(Kind::Elapsed),
            },
            Function::Least | Function::Greatest => at(0).clone().or(at(1)),
            Function::Always | Function::Since | Function::Before | Function::Between => {
                Self::set(one())
            }
            Function::Never => Self::set(Size::default()),
            Function::Complement => Self::set(at(0).extent.spans().plus(&one())),
            Function::Both | Function::Either | Function::Without => {
                Self::set(at(0).extent.spans().plus(&at(1).extent.spans()))
            }
            Function::First | Function::Last => {
                let item = at(0).item();
                Self {
                    it: item.it.or_absent(),
                    ..item
                }
            }
            Function::Concat | Function::Join => {
                let length = at(0).extent.length().plus(&at(1).extent.length());
                Self::list(length, at(0).item().or(&at(1).item()))
            }
            Function::One => Self::list(one(), at(0).clone()),
            Function::Cause => Self {
                it: Type::present(Kind::Cause),
                extent: Extent::Cause(at(1).extent.spans(), None),
                path: None,
            },
            Function::CauseBetween => Self {
                it: Type::present(Kind::Cause),
                // Its span is no set that is walked over.
                extent: Extent::Cause(Size::default(), None),
                path: None,
            },
            Function::Because => {
                let more = at(1).extent.length();
                let extent = match at(0).extent.clone() {
                    Extent::Cause(spans, None) => Extent::Cause(spans, Some(more)),
                    Extent::Cause(spans, Some(rests)) => {
                        Extent::Cause(spans, Some(rests.plus(&more)))
                    }
                    other => other,
                };
                Self {
                    extent,
                    ..at(0).clone()
                }
            }
            Function::Daily => Self::of(Kind::Series),
            Function::Spans => {
                let one = Self::set(one());
                Self::list(at(0).extent.spans(), one)
            }
            Function::Parts => Self::list(Size::of(TEXT), Self::of(Kind::Text(false))),
            Function::DailyBetween | Function::OnWeekdays => {
                Self::set(Size::of(limits::DAYS as u64))
            }
            Function::AtLeast => {
                let length = at(0).extent.length();
                Self::set(length.times(&at(0).item().extent.spans()))
            }
            Function::Take | Function::PairsFrom | Function::PairsUntil => at(0).clone(),
            Function::During
            | Function::Around
            | Function::OnDay
            | Function::When
            | Function::WhenAtLeast => nothing,
            _ => match ways::given(function) {
                Some(it) if it.kind == Some(Kind::When) => Self::set(Size::endless()),
                Some(it) => Self { it, ..nothing },
                None => nothing,
            },
        }
    }
}
