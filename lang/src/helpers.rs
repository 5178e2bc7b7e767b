//! Everything that a rule can call, with parameters and results: one table for the
//! checker, the editor and the reference.
//!
//! A test compares names and counts with what core registers, and calls every row
//! through core with values of the kinds it names. [`Gives`] says how a result depends
//! on what a list holds; `infer.rs` works it out.

use crate::messages;
use longma_core::{Args, Lang, Localized};

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
    /// Whether the reference writes it as `first.name(rest)`.
    pub method: bool,
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
    /// The first argument.
    First,
}

const fn slot(name: &'static str, accepts: Accepts) -> Slot {
    Slot { name, accepts }
}

const fn call(name: &'static str, takes: &'static [Slot], gives: Gives) -> Signature {
    Signature {
        name,
        takes,
        gives,
        method: false,
    }
}

const fn method(name: &'static str, takes: &'static [Slot], gives: Gives) -> Signature {
    Signature {
        name,
        takes,
        gives,
        method: true,
    }
}

const N: Slot = slot("n", Accepts::Int);
const T: Slot = slot("t", Accepts::Instant);
const D: Slot = slot("d", Accepts::Date);
const SERIES: Slot = slot("series", Accepts::Series);
const LIST: Slot = slot("list", Accepts::List);
const WHEN: Slot = slot("when", Accepts::When);
const FROM: Slot = slot("from", Accepts::Instant);
const UNTIL: Slot = slot("until", Accepts::Instant);
const OPEN: Slot = slot("until", Accepts::Absent);
const TEST: Slot = slot("closure", Accepts::Test);
const EACH: Slot = slot("closure", Accepts::Each);
const LEVEL: Slot = slot("level", Accepts::Level);
const LEVEL_OF: Slot = slot("level", Accepts::LevelOf);
const TIMELINE: Slot = slot("decision", Accepts::Timeline);
const TABLE: Slot = slot("table", Accepts::Table);
const RECORD: Slot = slot("record", Accepts::Record);

/// Every helper except the constructors that levels name.
pub const HELPERS: &[Signature] = &[
    call("hours", &[N], Gives::Elapsed),
    call("minutes", &[N], Gives::Elapsed),
    call("days", &[N], Gives::Days),
    call(
        "earlier",
        &[slot("a", Accepts::Instant), slot("b", Accepts::Instant)],
        Gives::Instant,
    ),
    call(
        "earlier",
        &[slot("a", Accepts::Date), slot("b", Accepts::Date)],
        Gives::Date,
    ),
    call(
        "later",
        &[slot("a", Accepts::Instant), slot("b", Accepts::Instant)],
        Gives::Instant,
    ),
    call(
        "later",
        &[slot("a", Accepts::Date), slot("b", Accepts::Date)],
        Gives::Date,
    ),
    call("including", &[T], Gives::Instant),
    method("date", &[T], Gives::Date),
    method("start", &[D], Gives::Instant),
    method("end", &[D], Gives::Instant),
    method("birthday", &[D, slot("years", Accepts::Int)], Gives::Date),
    method("weekday", &[D], Gives::Int),
    call(
        "daily",
        &[slot("days", Accepts::Dates), slot("counts", Accepts::Ints)],
        Gives::Series,
    ),
    method("on", &[SERIES, D], Gives::MaybeInt),
    method(
        "departure",
        &[
            SERIES,
            D,
            slot("window", Accepts::Days),
            slot("lag", Accepts::Days),
        ],
        Gives::MaybeInt,
    ),
    call("always", &[], Gives::When),
    call("never", &[], Gives::When),
    call("since", &[FROM], Gives::When),
    call("before", &[UNTIL], Gives::When),
    call("between", &[FROM, UNTIL], Gives::When),
    call("between", &[FROM, OPEN], Gives::When),
    method("from", &[WHEN], Gives::MaybeInstant),
    method("is_empty", &[WHEN], Gives::Bool),
    method("is_empty", &[LIST], Gives::Bool),
    method("len", &[LIST], Gives::Int),
    method("first", &[LIST], Gives::Item),
    method("last", &[LIST], Gives::Item),
    method(
        "contains",
        &[LIST, slot("value", Accepts::Sought)],
        Gives::Bool,
    ),
    method(
        "concat",
        &[LIST, slot("other", Accepts::Joined)],
        Gives::Both,
    ),
    method("union", &[slot("list", Accepts::Sets)], Gives::When),
    method("earliest", &[LIST], Gives::PresentItem),
    method("latest", &[LIST], Gives::PresentItem),
    method("filter", &[LIST, TEST], Gives::SameList),
    method("find", &[LIST, TEST], Gives::Item),
    method("any", &[LIST, TEST], Gives::Bool),
    method("all", &[LIST, TEST], Gives::Bool),
    method("map", &[LIST, EACH], Gives::Mapped),
    method("flat_map", &[LIST, EACH], Gives::FlatMapped),
    method("sort_by", &[LIST, EACH], Gives::SameList),
    method("during", &[TABLE, RECORD], Gives::Rows),
    method(
        "around",
        &[TABLE, RECORD, slot("column", Accepts::Column)],
        Gives::Rows,
    ),
    method("when", &[TIMELINE, LEVEL_OF], Gives::When),
    method("when_at_least", &[TIMELINE, LEVEL_OF], Gives::When),
    call("level", &[LEVEL, FROM, UNTIL], Gives::Cause),
    call("level", &[LEVEL, FROM, OPEN], Gives::Cause),
    call("level", &[LEVEL, WHEN], Gives::Cause),
    method(
        "because",
        &[
            slot("cause", Accepts::Cause),
            slot("facts", Accepts::Evidence),
        ],
        Gives::First,
    ),
];

/// The ways to call the constructor that a level names.
pub const CONSTRUCTORS: &[Signature] = &[
    call("", &[FROM, UNTIL], Gives::Cause),
    call("", &[FROM, OPEN], Gives::Cause),
    call("", &[WHEN], Gives::Cause),
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
    names.sort_unstable();
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
            Some((first, rest)) if self.method => format!("{first}.{name}({})", rest.join(", ")),
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
        Localized {
            zh_cn: text(Lang::ZhCn),
            en: text(Lang::En),
        }
    }
}
