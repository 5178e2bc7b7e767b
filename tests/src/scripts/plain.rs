//! Calls of plain functions that nothing here draws with care: a new row of the table of
//! what rules can call comes up without a change of the generator.

use super::code::Code;
use super::scope::Gen;
use super::shape::Kind;
use longma_lang::helpers::{Accepts, Body, Gives, Way, Written, ways};
use std::sync::LazyLock;

/// The plain functions that are drawn elsewhere, with arguments that make sense.
const DRAWN: &[&str] = &[
    "hours",
    "minutes",
    "earlier",
    "later",
    "including",
    "date",
    "start",
    "end",
    "birthday",
    "weekday",
    "always",
    "never",
    "since",
    "before",
    "between",
    "from",
    "is_empty",
    "on",
    "departure",
    "daily_between",
];

static OTHERS: LazyLock<Vec<&'static Way>> = LazyLock::new(|| {
    let plain = ways().filter(|way| way.body != Body::Special);
    let called = plain.filter(|way| way.signature.written != Written::Sign);
    called
        .filter(|way| !DRAWN.contains(&way.signature.name))
        .collect()
});

impl Gen<'_, '_> {
    /// A call of one of the other functions that gives a value of this kind; mostly none.
    pub(super) fn other(&mut self, kind: Kind, d: usize) -> Option<Code> {
        let gives = |way: &&&Way| given(way.signature.gives).0 == Some(kind);
        let fitting: Vec<&Way> = OTHERS.iter().filter(gives).copied().collect();
        // Without any, no choice is used up: what was drawn before stays as it was.
        if fitting.is_empty() || !self.c.chance(10) {
            return None;
        }
        let signature = self.c.pick(&fitting)?.signature;
        let mut arguments = Vec::new();
        for slot in signature.takes {
            arguments.push(match accepted(slot.accepts) {
                Some(kind) => self.one(kind, d),
                None => Code::of("()"),
            });
        }
        let call = match signature.written {
            Written::Method => {
                let of = arguments.remove(0);
                of.method(signature.name, arguments)
            }
            _ => Code::call(signature.name, arguments),
        };
        Some(match given(signature.gives) {
            (_, true) => call.binary("??", self.leaf(kind)),
            _ => call,
        })
    }
}

/// The kind of a plain function's parameter; none if it is always absent.
fn accepted(accepts: Accepts) -> Option<Kind> {
    Some(match accepts {
        Accepts::Bool => Kind::Bool,
        Accepts::Int => Kind::Int,
        Accepts::Text => Kind::Text(None),
        Accepts::Instant => Kind::Instant,
        Accepts::Date => Kind::Date,
        Accepts::Elapsed => Kind::Elapsed,
        Accepts::Days => Kind::Days,
        Accepts::Series => Kind::Series,
        Accepts::When => Kind::When,
        _ => return None,
    })
}

/// The kind of a plain function's result, and whether it may be absent.
fn given(gives: Gives) -> (Option<Kind>, bool) {
    let kind = match gives {
        Gives::Bool => Kind::Bool,
        Gives::Int | Gives::MaybeInt => Kind::Int,
        Gives::Instant | Gives::MaybeInstant => Kind::Instant,
        Gives::Date => Kind::Date,
        Gives::Elapsed => Kind::Elapsed,
        Gives::Days => Kind::Days,
        Gives::When => Kind::When,
        _ => return (None, false),
    };
    (
        Some(kind),
        matches!(gives, Gives::MaybeInt | Gives::MaybeInstant),
    )
}
