//! Everything that a rule can call, with what it takes and gives: one table for
//! the checker, for what an editor shows and for the reference.
//!
//! A test holds the names and counts to what core registers, and every row is
//! called through core with values of the kinds that it names. How a helper's
//! result depends on what a list holds is said by [`Gives`]; the checker works
//! it out in `infer.rs`.

use crate::messages;
use longma_core::{Args, Lang, Localized};

/// One way to call a helper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// Its name.
    pub name: &'static str,
    /// What it takes, in order; written in front, `t.date()`, or first, `date(t)`.
    pub takes: &'static [Slot],
    /// What it gives.
    pub gives: Gives,
    /// Whether it reads as `first.name(rest)`.
    pub method: bool,
}

/// One argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// What it is called in the reference.
    pub name: &'static str,
    /// What it accepts.
    pub accepts: Accepts,
}

/// What an argument may be.
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
    /// A closure over one item that gives a truth value.
    Test,
    /// A closure over one item that gives anything.
    Each,
    /// A record, a list of records, or `()`.
    Evidence,
    /// A list, one value, or `()`.
    Joined,
    /// A value of the same kind as the list's items.
    Sought,
    /// The name of a level of this rule's own decision.
    Level,
    /// The name of a level of the decision that the timeline is of.
    LevelOf,
    /// The name of a key column of the table.
    Column,
}

/// What a call gives.
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
    /// A list of the same items.
    SameList,
    /// An item, or `()` where there is none.
    Item,
    /// An item that is not `()`; `()` where there is none.
    PresentItem,
    /// A list of what the closure gives.
    Mapped,
    /// A list of what the lists that the closure gives hold.
    FlatMapped,
    /// A list of both lists' items.
    Both,
    /// Rows of the table.
    Rows,
    /// The argument itself.
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

/// Every helper except the constructors of causes that levels name.
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

/// How the constructor that a level names is called.
pub const CONSTRUCTORS: &[Signature] = &[
    call("", &[FROM, UNTIL], Gives::Cause),
    call("", &[FROM, OPEN], Gives::Cause),
    call("", &[WHEN], Gives::Cause),
];

/// The ways to call the helper of this name; none where there is no such helper.
pub fn named(name: &str) -> impl Iterator<Item = &'static Signature> {
    HELPERS.iter().filter(move |helper| helper.name == name)
}

/// The name of every helper, each once.
#[must_use]
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = HELPERS.iter().map(|helper| helper.name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What a helper does, for a reader.
#[must_use]
pub fn words(name: &str) -> Option<Localized> {
    messages().get(&format!("helper.{name}"), &Args::NONE)
}

/// What the constructor of a level does.
#[must_use]
pub fn words_of_level(level: &str) -> Localized {
    messages().say("helper-of-level", &Args::of("level", level))
}

/// An argument's kind, for a reader.
#[must_use]
pub fn words_of(accepts: Accepts) -> Localized {
    let key = format!("accepts.{accepts:?}").to_lowercase();
    messages().say(&key, &Args::NONE)
}

impl Signature {
    /// The call as it is written, `list.filter(closure)`; `name` stands for a
    /// constructor's level.
    #[must_use]
    pub fn written(&self, name: &str) -> String {
        let names: Vec<&str> = self.takes.iter().map(|slot| slot.name).collect();
        match names.split_first() {
            Some((first, rest)) if self.method => format!("{first}.{name}({})", rest.join(", ")),
            _ => format!("{name}({})", names.join(", ")),
        }
    }

    /// The call with the kinds of its arguments, for a reader.
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
