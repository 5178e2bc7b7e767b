//! Registers the plain functions of the table of what rules can call: each computes a
//! value from values.

use super::Outcome;
use super::faults::raise;
use super::library::charge;
use longma_core::When;
use longma_core::host;
use longma_core::{Date, Days, Elapsed, Instant, Offset};
use rhai::{Dynamic, Module, NativeCallContext};

/// Registers the ways to call the operation of a row.
macro_rules! ways {
    ($module:ident, $at:ident, special $($special:tt)*) => {};
    ($module:ident, $at:ident, machine $operands:tt $how:ident $what:expr; $($ways:tt)*) => {
        ways!($module, $at, $($ways)*)
    };
    ($module:ident, $at:ident, $(
        $written:ident $name:literal $operands:tt
            -> $gives:ident $how:ident $what:expr $(, walks $steps:expr)?
    );*) => {
        $(way!($module, $at, $name $operands $how ($what) ($($steps)?));)*
    };
}

/// Registers one way.
macro_rules! way {
    (
        $module:ident, $at:ident,
        $name:literal ($($operand:ident: $kind:ident),* $(; $offset:ident)?) $how:ident $what:tt ()
    ) => {
        $module.set_native_fn($name, move |$($operand: kinds::$kind),*| -> Outcome<Dynamic> {
            $(let $offset = $at;)?
            answer!($how $what)
        });
    };
    (
        $module:ident, $at:ident,
        $name:literal ($($operand:ident: $kind:ident),* $(; $offset:ident)?) $how:ident $what:tt
            ($steps:expr)
    ) => {
        $module.set_native_fn(
            $name,
            move |context: NativeCallContext, $($operand: kinds::$kind),*| -> Outcome<Dynamic> {
                $(let $offset = $at;)?
                charge(&context, $steps)?;
                answer!($how $what)
            },
        );
    };
}

macro_rules! answer {
    (is ($what:expr)) => {
        Ok(Answer::dynamic($what))
    };
    (tries ($what:expr)) => {
        $what.map(Answer::dynamic).map_err(raise)
    };
}

#[allow(
    unused_variables,
    reason = "a parameter that is always absent says nothing"
)]
pub(super) fn register(module: &mut Module, offset: Offset) {
    macro_rules! rows {
        (
            operations { $($(#[$doc:meta])* $function:ident { $($row:tt)* })* }
            others $others:tt
        ) => {
            $(ways!(module, offset, $($row)*);)*
        };
    }
    longma_core::functions!(rows);
}

/// What values of a script are, by the names of their kinds in the table.
mod kinds {
    pub(super) use longma_core::{Date, Days, Elapsed, Instant, Series, When};

    pub(super) type Absent = ();
    pub(super) type Bounded = When;
    pub(super) type Bool = bool;
    pub(super) type Int = i64;
    pub(super) type Text = rhai::ImmutableString;
    pub(super) type Clock = rhai::ImmutableString;
}

/// A value that a function gives.
trait Answer {
    /// The value as the engine has it.
    fn dynamic(self) -> Dynamic;
}

macro_rules! answers {
    ($($kind:ty),*) => {$(
        impl Answer for $kind {
            fn dynamic(self) -> Dynamic {
                Dynamic::from(self)
            }
        }
    )*};
}

answers!(bool, i64, Instant, Date, Elapsed, Days, When);

impl<T: Answer> Answer for Option<T> {
    fn dynamic(self) -> Dynamic {
        self.map_or(Dynamic::UNIT, T::dynamic)
    }
}
