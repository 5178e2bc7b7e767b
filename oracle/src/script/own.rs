//! Lists of their own for closures that use the list they are called on.
//!
//! The engine locks a variable while a method of it runs. `tests.filter(|t| tests.any(…))`
//! would therefore fail in its closure, though it means something. Where a script has such a
//! call the name becomes [`OWN`]`(name)`, which gives a copy to lock; lists are shared, so
//! that it costs next to nothing.
//!
//! A closure of the engine does not see a variable with the name of one of the script's
//! functions; such a variable gets a longer name. Whoever is told a place gets that of the
//! script as written.

use super::Outcome;
use longma_core::order;
use longma_lang::syntax::{Lines, borrowed, hiding, parse};
use rhai::{Dynamic, Module, NativeCallContext, Position};

/// The function that gives a value of its own. Rules cannot call it: the checker knows no
/// such function, and no compiled rule has it.
pub(super) const OWN: &str = "longma_own";

/// What the name of a variable ends in that a function of the script has too.
const VARIABLE: &str = "_longma";

/// A script with lists of their own, and where it is longer than as written.
#[derive(Debug, Default)]
pub(super) struct Owned {
    pub(super) text: String,
    added: Vec<Added>,
}

/// Characters that were added to a line before a column of the script as written.
#[derive(Debug)]
struct Added {
    line: usize,
    column: usize,
    count: usize,
}

impl Owned {
    /// The script, unchanged where it cannot be read.
    pub(super) fn of(text: &str) -> Self {
        let parsed = parse(text);
        let mut owned = Self::default();
        let mut more: Vec<(usize, String)> = Vec::new();
        if parsed.errors.is_empty() {
            let longer = hiding(&parsed.script).into_iter();
            more.extend(longer.map(|name| (name.end, VARIABLE.to_owned())));
            for name in borrowed(&parsed.script) {
                more.push((name.start, format!("{OWN}(")));
                more.push((name.end, ")".to_owned()));
            }
            // At one place the name grows first.
            order::sort_by_key(&mut more, |(byte, _)| *byte);
        }
        let lines = Lines::new(text);
        let mut done = 0;
        for (byte, more) in more {
            owned.text += text.get(done..byte).unwrap_or_default();
            owned.text += &more;
            done = byte;
            let at = lines.position(byte);
            owned.added.push(Added {
                line: at.line,
                column: at.column,
                count: more.len(),
            });
        }
        owned.text += text.get(done..).unwrap_or_default();
        owned
    }

    /// The line and column as written, from 1; 0 where unknown.
    pub(super) fn place(&self, position: Position) -> (usize, usize) {
        let line = position.line().unwrap_or(0);
        let mut column = position.position().unwrap_or(0);
        for added in self.added.iter().filter(|added| added.line == line) {
            // A place within what was added is that of the name behind it.
            if column < added.column {
                break;
            }
            column = column.saturating_sub(added.count).max(added.column);
        }
        (line, column)
    }
}

pub(super) fn register(module: &mut Module) {
    module.set_native_fn(
        OWN,
        |_: NativeCallContext, value: Dynamic| -> Outcome<Dynamic> { Ok(value.flatten()) },
    );
}

#[cfg(test)]
mod tests {
    use super::Owned;
    use rhai::Position;

    #[test]
    fn places_are_those_of_the_script_as_written() {
        let text = "fn r(a) {\n  a.map(|x| a.len()) + b.map(|y| b.len())\n}";
        let owned = Owned::of(text);
        let line = "  longma_own(a).map(|x| a.len()) + longma_own(b).map(|y| b.len())";
        assert_eq!(owned.text.lines().nth(1), Some(line));
        let place = |column| owned.place(Position::new(2, column));
        // The name, the method behind it, and the same of the second.
        assert_eq!(place(14), (2, 3));
        assert_eq!(place(17), (2, 5));
        assert_eq!(place(47), (2, 24));
        assert_eq!(place(50), (2, 26));
        assert_eq!(owned.place(Position::new(1, 4)), (1, 4));
        assert_eq!(owned.place(Position::NONE), (0, 0));
    }

    #[test]
    fn a_variable_with_the_name_of_a_function_gets_a_longer_one() {
        let text = "fn r(a) { let held = held(a); held.map(|x| held.len()) }\nfn held(b) { b }";
        let owned = Owned::of(text);
        let line = "fn r(a) { let held_longma = held(a); \
            longma_own(held_longma).map(|x| held_longma.len()) }";
        assert_eq!(owned.text.lines().next(), Some(line));
        assert_eq!(owned.place(Position::new(1, 29)), (1, 22));
    }

    #[test]
    fn what_needs_none_stays_as_it_is() {
        let text = "fn r(a) { let c = a; a.map(|x| c.len()) }";
        assert_eq!(Owned::of(text).text, text);
        assert_eq!(
            Owned::of("fn r(a { a.map(|x| a) }").text,
            "fn r(a { a.map(|x| a) }"
        );
    }
}
