//! Calls: the operations of the table of what rules can call, on words.

use super::{Computed, Run, Wrong, index};
use crate::columns::{ABSENT, Word};
use crate::host::{self, Fault};
use crate::problem::Code;
use crate::program::{Function, Id, NONE};
use crate::when::When;

/// The words of a call's operands; those that it does not have are 0.
pub(super) type Words = [Word; 4];

/// What the machine computes for a row of the table, as a word or a fault.
macro_rules! computed {
    ($run:ident, $id:ident, $words:ident, special $method:ident $operands:tt $(; $($way:tt)*)?) => {
        return $run.$method($id, $words)
    };
    (
        $run:ident, $id:ident, $words:ident,
        machine $operands:tt $how:ident $what:expr; $($way:tt)*
    ) => {
        typed!($run, $words, $operands $how $what).map(|it| it.word($run))
    };
    (
        $run:ident, $id:ident, $words:ident,
        $written:ident $name:literal $operands:tt -> $gives:ident $how:ident $what:expr
            $(, walks $steps:expr)?
    ) => {{
        $(
            // An operand that is none fails below.
            let steps = typed!($run, $words, $operands is $steps);
            $run.spend(steps.unwrap_or_default())?;
        )?
        typed!($run, $words, $operands $how $what).map(|it| it.word($run))
    }};
}

/// An expression of the table over operands of their kinds.
macro_rules! typed {
    (
        $run:ident, $words:ident,
        ($($operand:ident: $kind:ident),* $(; $offset:ident)?) $how:ident $what:expr
    ) => {
        trying(|| {
            let [$($operand,)* $($offset,)? ..] = $words;
            $(
                #[allow(unused_variables, reason = "steps need not depend on all operands")]
                let $operand = <kinds::$kind as Operand>::of($run, $operand)?;
            )*
            $(
                #[allow(unused_variables, reason = "steps depend on no offset")]
                let $offset = <kinds::Offset as Operand>::of($run, $offset)?;
            )?
            typed!(@ $how $what)
        })
    };
    (@ is $what:expr) => { Ok($what) };
    (@ tries $what:expr) => { $what };
}

fn trying<T>(compute: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    compute()
}

impl Run<'_> {
    #[inline(never)]
    pub(super) fn call(&mut self, id: Id, function: Function, start: u32) -> Computed {
        let mut words: Words = [0; 4];
        let arity = function.arity();
        for (at, word) in words.iter_mut().enumerate().take(arity) {
            let operand = self.inputs.program.operands.get(start as usize + at);
            *word = self.word(operand.copied().unwrap_or(NONE))?;
        }
        let optional = function.optional().unwrap_or(4);
        let given = words.iter().take(arity).enumerate();
        if given
            .into_iter()
            .any(|(at, word)| *word == ABSENT && at != optional)
        {
            return self.stop(id, Wrong::Absent(words));
        }
        macro_rules! arms {
            (
                operations { $($(#[$doc:meta])* $function:ident { $($row:tt)* })* }
                others $others:tt
            ) => {
                match function {
                    $(Function::$function => computed!(self, id, words, $($row)*),)*
                }
            };
        }
        let result: Result<Word, Fault> = crate::functions!(arms);
        result.or_else(|fault| self.stop(id, Wrong::Fault(fault)))
    }
}

/// What operands are, by the names of their kinds in the table.
mod kinds {
    pub(super) use crate::time::{Date, Days, Elapsed, Instant, Offset};

    pub(super) type Bool = bool;
    pub(super) type Int = i64;
    pub(super) type MaybeInstant = Option<Instant>;
    pub(super) type When<'a> = &'a crate::when::When;
    pub(super) type Bounded<'a> = When<'a>;
    pub(super) type Series<'a> = &'a crate::series::Series;
    pub(super) type Text<'a> = &'a str;
    pub(super) type Clock<'a> = &'a str;
}

/// A value that an operation is computed from.
trait Operand<'a>: Sized {
    /// The value of a word. Only a program that no compiler has written has others.
    fn of(run: &'a Run<'_>, word: Word) -> Result<Self, Fault>;
}

impl Operand<'_> for kinds::Bool {
    fn of(_: &Run<'_>, word: Word) -> Result<Self, Fault> {
        Ok(word != 0)
    }
}

impl Operand<'_> for kinds::Int {
    fn of(_: &Run<'_>, word: Word) -> Result<Self, Fault> {
        Ok(word)
    }
}

impl Operand<'_> for kinds::Elapsed {
    fn of(_: &Run<'_>, word: Word) -> Result<Self, Fault> {
        Ok(Self::seconds(word))
    }
}

impl Operand<'_> for kinds::Days {
    fn of(_: &Run<'_>, word: Word) -> Result<Self, Fault> {
        Ok(Self::new(word))
    }
}

impl Operand<'_> for kinds::Instant {
    fn of(_: &Run<'_>, word: Word) -> Result<Self, Fault> {
        Self::from_unix(word).ok_or_else(|| Fault::new(Code::RuleTime))
    }
}

impl Operand<'_> for kinds::MaybeInstant {
    fn of(_: &Run<'_>, word: Word) -> Result<Self, Fault> {
        Ok(kinds::Instant::from_unix(word))
    }
}

impl Operand<'_> for kinds::Date {
    fn of(_: &Run<'_>, word: Word) -> Result<Self, Fault> {
        Self::of_number(word).ok_or_else(|| Fault::new(Code::RuleTime))
    }
}

pub(super) fn offset_of(word: Word) -> kinds::Offset {
    kinds::Offset::of_number(word).unwrap_or_default()
}

/// The pack's offset, as its number.
impl Operand<'_> for kinds::Offset {
    fn of(_: &Run<'_>, word: Word) -> Result<Self, Fault> {
        Ok(offset_of(word))
    }
}

impl<'a> Operand<'a> for kinds::When<'a> {
    fn of(run: &'a Run<'_>, word: Word) -> Result<Self, Fault> {
        Ok(run.set(word))
    }
}

impl<'a> Operand<'a> for kinds::Text<'a> {
    fn of(run: &'a Run<'_>, word: Word) -> Result<Self, Fault> {
        Ok(run.text_of(word))
    }
}

impl<'a> Operand<'a> for kinds::Series<'a> {
    fn of(run: &'a Run<'_>, word: Word) -> Result<Self, Fault> {
        let series = index(word).and_then(|at| run.state.series.get(at));
        series.ok_or_else(|| Fault::new(Code::RuleFailed))
    }
}

/// A value that an operation gives.
trait Answer {
    /// Its word; a set is put where words of sets point.
    fn word(self, run: &mut Run<'_>) -> Word;
}

impl Answer for bool {
    fn word(self, _: &mut Run<'_>) -> Word {
        Word::from(self)
    }
}

impl Answer for i64 {
    fn word(self, _: &mut Run<'_>) -> Word {
        self
    }
}

impl Answer for kinds::Elapsed {
    fn word(self, _: &mut Run<'_>) -> Word {
        self.as_seconds()
    }
}

impl Answer for kinds::Days {
    fn word(self, _: &mut Run<'_>) -> Word {
        self.count()
    }
}

impl Answer for kinds::Instant {
    fn word(self, _: &mut Run<'_>) -> Word {
        self.unix()
    }
}

impl Answer for kinds::Date {
    fn word(self, _: &mut Run<'_>) -> Word {
        self.number()
    }
}

impl Answer for When {
    fn word(self, run: &mut Run<'_>) -> Word {
        run.put_set(self)
    }
}

impl<T: Answer> Answer for Option<T> {
    fn word(self, run: &mut Run<'_>) -> Word {
        self.map_or(ABSENT, |it| it.word(run))
    }
}
