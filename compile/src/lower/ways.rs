//! The ways to call what the table of functions computes, in the compiler's kinds.

use super::kind::{Kind, Type};
use longma_core::program::Function;
use longma_lang::helpers::{self, Accepts, Body, Gives, Way};

/// What a call becomes.
pub(super) struct Plain {
    pub(super) function: Function,
    /// Whether the pack's offset is its last operand.
    pub(super) at_offset: bool,
    /// What it gives.
    pub(super) it: Type,
}

/// The operations of the table that a name stands for, for values of these kinds. A
/// value without a kind is never there: it goes with every kind, and fails when the rule
/// runs.
pub(super) fn ways<'v>(
    name: &'v str,
    kinds: &'v [Option<&'v Kind>],
) -> impl Iterator<Item = Plain> + 'v {
    named(name, kinds.len()).filter_map(move |way| {
        let slots = way.signature.takes.iter().map(|slot| kind_of(slot.accepts));
        let mut pairs = slots.zip(kinds);
        let fits = pairs.all(|(slot, kind)| kind.is_none_or(|kind| goes(slot.as_ref(), kind)));
        Some(Plain {
            function: way.function.filter(|_| fits)?,
            at_offset: way.at_offset,
            it: gives(way)?,
        })
    })
}

/// Whether the table has a plain function with this name and number of parameters.
pub(super) fn is_named(name: &str, count: usize) -> bool {
    named(name, count).next().is_some()
}

fn named(name: &str, count: usize) -> impl Iterator<Item = &'static Way> {
    helpers::ways().filter(move |way| {
        let signature = way.signature;
        way.body != Body::Special && signature.name == name && signature.takes.len() == count
    })
}

/// The kinds of an operation's operands. An operand that can be of several has none.
pub(crate) fn takes(function: Function) -> Vec<Option<Kind>> {
    let mut kinds: Vec<Option<Kind>> = Vec::new();
    for way in helpers::ways_of(function) {
        for (at, slot) in way.signature.takes.iter().enumerate() {
            let kind = kind_of(slot.accepts);
            match kinds.get_mut(at) {
                None => kinds.push(kind),
                // An operand that may be absent keeps the kind that it has otherwise.
                Some(known) if *known != kind && slot.accepts != Accepts::Absent => *known = None,
                Some(_) => {}
            }
        }
    }
    kinds
}

/// What an operation gives, if the table alone says it.
pub(crate) fn given(function: Function) -> Option<Type> {
    let mut all = helpers::ways_of(function).map(gives);
    let first = all.next()??;
    all.all(|it| it.as_ref() == Some(&first)).then_some(first)
}

/// Whether a value of a kind goes where another is accepted. A text of a script is a text.
fn goes(slot: Option<&Kind>, kind: &Kind) -> bool {
    match (slot, kind) {
        (Some(Kind::Text(_)), Kind::Text(_)) => true,
        (slot, kind) => slot == Some(kind),
    }
}

/// The kind that a parameter accepts, if it is that of a single value.
fn kind_of(accepts: Accepts) -> Option<Kind> {
    Some(match accepts {
        Accepts::Bool => Kind::Bool,
        Accepts::Text | Accepts::Clock => Kind::Text(false),
        Accepts::Int => Kind::Int,
        Accepts::Instant => Kind::Instant,
        Accepts::Date => Kind::Date,
        Accepts::Elapsed => Kind::Elapsed,
        Accepts::Days => Kind::Days,
        Accepts::Series => Kind::Series,
        Accepts::When | Accepts::Bounded => Kind::When,
        _ => return None,
    })
}

fn gives(way: &Way) -> Option<Type> {
    Some(match way.signature.gives {
        Gives::Bool => Type::present(Kind::Bool),
        Gives::Int => Type::present(Kind::Int),
        Gives::Instant => Type::present(Kind::Instant),
        Gives::Date => Type::present(Kind::Date),
        Gives::Elapsed => Type::present(Kind::Elapsed),
        Gives::Days => Type::present(Kind::Days),
        Gives::Series => Type::present(Kind::Series),
        Gives::When => Type::present(Kind::When),
        Gives::MaybeInt => Type::maybe(Kind::Int),
        Gives::MaybeInstant => Type::maybe(Kind::Instant),
        _ => return None,
    })
}
