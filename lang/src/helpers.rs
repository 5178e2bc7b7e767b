//! Everything that a rule can call, with parameters and results, as core's table of
//! functions says: for the checker, the editor, the reference and the compiler.
//!
//! A test compares names and counts with what the interpreter registers, calls every row
//! with values of the kinds it names, and compiles it. [`Gives`] says how a result
//! depends on what a list holds; `infer.rs` works it out.

use crate::messages;
use crate::types::{Bounds, Emptiness, Kind};
use longma_core::order;
use longma_core::program::Function;
use longma_core::{Args, Lang, Localized};
use std::sync::LazyLock;

/// One way to call a helper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// Its name.
    pub name: &'static str,
    /// Its parameters, in order. The first may also be written in front: `t.date()` is
    /// `date(t)`.
    pub takes: &'static [Slot],
    /// Its result.
    pub gives: Gives,
    /// How the reference writes it.
    pub written: Written,
}

/// How a call is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// `name(first, second)`.
    Call,
    /// `first.name(second)`.
    Method,
    /// As an operator: `first name second`, or `name first`.
    Sign,
}

/// A way to call something, and what it becomes.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    /// How it is called.
    pub signature: Signature,
    /// The operation that computes it; `None` if it has none of its own.
    pub function: Option<Function>,
    /// Whether the pack's offset is the operation's last operand.
    pub at_offset: bool,
    /// Where it is written what it computes.
    pub body: Body,
    /// Whether it costs steps besides its own.
    pub walks: bool,
}

/// Where it is written what a function computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// In the table; it cannot fail.
    Sure,
    /// In the table; it can fail.
    Fallible,
    /// In the compiler, the machine and the interpreter.
    Special,
}

/// One parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Its name in the reference.
    pub name: &'static str,
    /// The arguments it accepts.
    pub accepts: Accepts,
}

/// What a parameter accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is named for its kind")]
pub enum Accepts {
    Absent,
    Bool,
    Int,
    Text,
    Instant,
    Date,
    Elapsed,
    Days,
    Series,
    When,
    Cause,
    Record,
    List,
    Table,
    Timeline,
    /// A list of calendar days.
    Dates,
    /// A list of whole numbers.
    Ints,
    /// A list of sets of instants.
    Sets,
    /// A list of instants, none of them absent.
    Instants,
    /// A list of whole numbers, of durations or of days; some may be absent.
    Numbers,
    /// A closure that takes one item and returns a boolean.
    Test,
    /// A closure that takes one item and returns anything.
    Each,
    /// A record, a list of records, or `()`.
    Evidence,
    /// A list, one value, or `()`.
    Joined,
    /// A value of the same kind as the items of the list.
    Sought,
    /// The name of a level of this rule's own decision.
    Level,
    /// The name of a level of the timeline's decision.
    LevelOf,
    /// The name of a key column of the table.
    Column,
    /// A time of day as a text: `07:00`.
    Clock,
    /// A set of instants with a beginning and an end.
    Bounded,
}

/// What a call returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named for its kind")]
pub enum Gives {
    Bool,
    Int,
    Instant,
    Date,
    Elapsed,
    Days,
    Series,
    When,
    Cause,
    /// A whole number, or `()`.
    MaybeInt,
    /// An instant, or `()`.
    MaybeInstant,
    /// A list of items from the same list.
    SameList,
    /// An item, or `()` if there is none.
    Item,
    /// An item other than `()`; `()` if there is none.
    PresentItem,
    /// A list of the closure's results.
    Mapped,
    /// The items of all lists that the closure returns, in one list.
    FlatMapped,
    /// The items of both lists.
    Both,
    /// Rows of the table.
    Rows,
    /// A list of sets of instants.
    SetList,
    /// A list of texts.
    TextList,
    /// The first argument.
    First,
}

/// The ways to call an operation, from its row in the table.
macro_rules! ways {
    ($function:expr; special $method:ident $operands:tt $(; $($ways:tt)*)?) => {
        ways!($function; $($($ways)*)?)
    };
    ($function:expr; machine $operands:tt $how:ident $what:expr; $($ways:tt)*) => {
        ways!($function; $($ways)*)
    };
    ($function:expr; $(
        $written:ident $name:literal ($($slot:ident: $accepts:ident),* $(; $offset:ident)?)
            -> $gives:ident $($how:ident $what:expr $(, walks $steps:expr)?)?
    );*) => {
        &[$(Way {
            signature: Signature {
                name: $name,
                takes: &[$(slot(stringify!($slot), Accepts::$accepts)),*],
                gives: Gives::$gives,
                written: written!($written),
            },
            function: $function,
            at_offset: is_there!($($offset)?),
            body: body!($($how)?),
            walks: is_there!($($($steps)?)?),
        }),*]
    };
}

macro_rules! written {
    (call) => {
        Written::Call
    };
    (method) => {
        Written::Method
    };
    (sign) => {
        Written::Sign
    };
}

macro_rules! body {
    () => {
        Body::Special
    };
    (is) => {
        Body::Sure
    };
    (tries) => {
        Body::Fallible
    };
}

macro_rules! is_there {
    () => {
        false
    };
    ($($it:tt)+) => {
        true
    };
}

macro_rules! rows {
    (
        operations { $($(#[$doc:meta])* $function:ident { $($row:tt)* })* }
        others { $($other:tt)* }
    ) => {
        &[
            ways!(None; $($other)*),
            $(ways!(Some(Function::$function); $($row)*),)*
        ]
    };
}

/// The table: the ways to call each operation.
static ROWS: &[&[Way]] = longma_core::functions!(rows);

/// Every helper except the constructors that levels name.
pub static HELPERS: LazyLock<Vec<Signature>> = LazyLock::new(|| {
    let signatures = ways().map(|way| way.signature);
    signatures
        .filter(|it| it.written != Written::Sign)
        .collect()
});

/// Every way to call a helper or to use an operator.
pub fn ways() -> impl Iterator<Item = &'static Way> {
    ROWS.iter().copied().flatten()
}

/// Every way to call an operation; none for one that rules cannot call.
pub fn ways_of(function: Function) -> impl Iterator<Item = &'static Way> {
    ways().filter(move |way| way.function == Some(function))
}

/// The first way to use an operator, or to call a helper, on these kinds.
pub(crate) fn way(name: &str, operands: &[&Kind]) -> Option<&'static Way> {
    ways().find(|way| {
        let takes = way.signature.takes;
        let mut slots = takes.iter().zip(operands);
        way.signature.name == name
            && takes.len() == operands.len()
            && slots.all(|(slot, kind)| slot.accepts.takes(kind))
    })
}

impl Accepts {
    /// Whether a parameter takes a value of a kind.
    pub(crate) fn takes(self, kind: &Kind) -> bool {
        if *kind == Kind::Unknown {
            return true;
        }
        match self {
            Self::Absent => *kind == Kind::Absent,
            Self::Bool => matches!(kind, Kind::Bool(_)),
            Self::Int => matches!(kind, Kind::Int(_)),
            Self::Text | Self::Level | Self::LevelOf | Self::Column | Self::Clock => {
                matches!(kind, Kind::Text(_))
            }
            Self::Instant => matches!(kind, Kind::Instant(_)),
            Self::Date => *kind == Kind::Date,
            Self::Elapsed => matches!(kind, Kind::Elapsed(_)),
            Self::Days => matches!(kind, Kind::Days(_)),
            Self::Series => *kind == Kind::Series,
            Self::Dates => holds(kind, |it| *it == Kind::Date),
            Self::Ints => holds(kind, |it| matches!(it, Kind::Int(_))),
            Self::Sets => holds(kind, |it| matches!(it, Kind::When(_))),
            Self::Numbers => holds(kind, |it| {
                matches!(
                    it,
                    Kind::Int(_) | Kind::Elapsed(_) | Kind::Days(_) | Kind::Absent
                )
            }),
            Self::Instants => holds(kind, |it| matches!(it, Kind::Instant(_))),
            Self::When => matches!(kind, Kind::When(_)),
            Self::Bounded => matches!(kind, Kind::When(it) if *it != Emptiness::Endless),
            Self::Cause => matches!(kind, Kind::Cause(..)),
            Self::Record => matches!(kind, Kind::Record(_)),
            Self::List => matches!(kind, Kind::List { .. }),
            Self::Table => matches!(kind, Kind::Table(_)),
            Self::Timeline => matches!(kind, Kind::Timeline(_)),
            Self::Test | Self::Each => matches!(kind, Kind::Closure(_)),
            Self::Evidence => matches!(kind, Kind::Absent | Kind::Record(_) | Kind::List { .. }),
            Self::Joined | Self::Sought => true,
        }
    }
}

/// Whether it is a list and all its items pass.
fn holds(kind: &Kind, right: impl Fn(&Kind) -> bool) -> bool {
    let Kind::List { item, .. } = kind else {
        return false;
    };
    item.kinds()
        .iter()
        .all(|it| *it == Kind::Unknown || right(it))
}

impl Gives {
    /// The kind of a result of which no more is known; `None` if it depends on the
    /// arguments.
    pub(crate) fn kind(self) -> Option<Kind> {
        Some(match self {
            Self::Bool => Kind::Bool(None),
            Self::Int => Kind::int(),
            Self::Instant => Kind::Instant(None),
            Self::Date => Kind::Date,
            Self::Elapsed => Kind::Elapsed(Bounds::ANY),
            Self::Days => Kind::Days(Bounds::ANY),
            Self::Series => Kind::Series,
            Self::When => Kind::When(Emptiness::Open),
            _ => return None,
        })
    }
}

const fn slot(name: &'static str, accepts: Accepts) -> Slot {
    Slot { name, accepts }
}

const fn constructor(takes: &'static [Slot]) -> Signature {
    Signature {
        name: "",
        takes,
        gives: Gives::Cause,
        written: Written::Call,
    }
}

const FROM: Slot = slot("from", Accepts::Instant);

/// The ways to call the constructor that a level names.
pub const CONSTRUCTORS: &[Signature] = &[
    constructor(&[FROM, slot("until", Accepts::Instant)]),
    constructor(&[FROM, slot("until", Accepts::Absent)]),
    constructor(&[slot("when", Accepts::When)]),
];

/// The ways to call the helper with this name; empty if there is none.
///
/// ```
/// use longma_lang::helpers::named;
/// let ways: Vec<String> = named("date").map(|it| it.written("date")).collect();
/// assert_eq!(ways, ["t.date()"]);
/// ```
pub fn named(name: &str) -> impl Iterator<Item = &'static Signature> {
    HELPERS.iter().filter(move |helper| helper.name == name)
}

/// The name of every helper, sorted and without duplicates.
#[must_use]
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = HELPERS.iter().map(|helper| helper.name).collect();
    order::sort(&mut names);
    names.dedup();
    names
}

/// A description of a helper, for readers.
#[must_use]
pub fn words(name: &str) -> Option<Localized> {
    messages().get(&format!("helper.{name}"), &Args::NONE)
}

/// A description of the constructor that a level names.
#[must_use]
pub fn words_of_level(level: &str) -> Localized {
    messages().say("helper-of-level", &Args::of("level", level))
}

/// The name of an argument's kind, for readers.
#[must_use]
pub fn words_of(accepts: Accepts) -> Localized {
    let key = format!("accepts.{accepts:?}").to_lowercase();
    messages().say(&key, &Args::NONE)
}

impl Signature {
    /// The call as it is written: `list.filter(closure)`. A constructor takes its level
    /// as `name`.
    #[must_use]
    pub fn written(&self, name: &str) -> String {
        let names: Vec<&str> = self.takes.iter().map(|slot| slot.name).collect();
        match names.split_first() {
            Some((first, rest)) if self.written == Written::Method => {
                format!("{first}.{name}({})", rest.join(", "))
            }
            _ => format!("{name}({})", names.join(", ")),
        }
    }

    /// The call with the kinds of its arguments, for readers.
    #[must_use]
    pub fn words(&self, name: &str) -> Localized {
        let text = |lang: Lang| {
            let kinds = self.takes.iter().map(|slot| {
                let kind = words_of(slot.accepts);
                match lang {
                    Lang::ZhCn => format!("{}：{}", slot.name, kind.zh_cn),
                    Lang::En => format!("{}: {}", slot.name, kind.en),
                }
            });
            let kinds: Vec<String> = kinds.collect();
            let separator = match lang {
                Lang::ZhCn => "，",
                Lang::En => ", ",
            };
            if kinds.is_empty() {
                self.written(name)
            } else {
                format!("{} — {}", self.written(name), kinds.join(separator))
            }
        };
        Localized::new(text(Lang::ZhCn), text(Lang::En))
    }
}

#[cfg(test)]
mod tests {
    use super::{CONSTRUCTORS, HELPERS, words, words_of};

    #[test]
    fn every_helper_and_every_kind_of_argument_has_words() {
        for helper in HELPERS.iter() {
            let named = helper
                .name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c == '_');
            assert!(!named || words(helper.name).is_some(), "{}", helper.name);
        }
        for helper in HELPERS.iter().chain(CONSTRUCTORS) {
            for slot in helper.takes {
                let kind = words_of(slot.accepts);
                // A key that no catalogue has is its own text.
                assert!(!kind.en.starts_with("accepts."), "{}", kind.en);
            }
        }
    }
}
