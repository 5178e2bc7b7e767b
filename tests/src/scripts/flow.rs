//! `if`, `switch`, blocks and statements.

use super::code::Code;
use super::lists::brackets;
use super::scope::Gen;
use super::shape::{Kind, Ty};
use std::fmt::Write as _;

/// Kinds that a `let` may hold.
const HELD: &[Kind] = &[
    Kind::Instant,
    Kind::Int,
    Kind::Bool,
    Kind::When,
    Kind::Date,
    Kind::Days,
    Kind::Elapsed,
    Kind::Text(None),
    Kind::Series,
    Kind::Cause,
];

impl Gen<'_, '_> {
    /// `if … { } else { }` as a value.
    pub(super) fn conditional(&mut self, kind: Kind, d: usize) -> Code {
        let mut parts = String::new();
        let links = 1 + self.c.weighted(&[3, 1]);
        for link in 0..links {
            let saved = self.enter();
            let condition = self.condition(d >> link);
            let value = self.body(kind, d);
            self.leave(saved);
            let (condition, value) = (condition.text, block(&value));
            let _ = write!(parts, "if {condition} {value} else ");
        }
        let rest = self.one(kind, d);
        Code::open(format!("{parts}{}", block(&rest)))
    }

    /// `switch … { }` as a value.
    pub(super) fn switched(&mut self, kind: Kind, d: usize) -> Code {
        let saved = self.enter();
        let (subject, labels) = self.subject(d);
        let mut arms = Vec::new();
        for label in labels {
            let test = match self.c.weighted(&[5, 1]) {
                0 => String::new(),
                _ => format!(" if {}", self.one(Kind::Bool, d.min(1)).text),
            };
            let value = self.body(kind, d.min(1));
            arms.push(format!("{label}{test} => {}", value.text));
        }
        let rest = self.one(kind, d.min(1));
        arms.push(format!("_ => {}", rest.text));
        self.leave(saved);
        let subject = subject.subject();
        Code::open(format!("switch {subject} {{ {} }}", arms.join(", ")))
    }

    /// A value to choose by, and some of its labels.
    fn subject(&mut self, d: usize) -> (Code, Vec<String>) {
        let named = self.paths(|ty| matches!(ty, Ty::One(Kind::Text(Some(_)))));
        let named = self.choose(named);
        match (named, self.c.weighted(&[6, 3, 1])) {
            (Some(path), 0) => {
                let words = match path.ty {
                    Ty::One(Kind::Text(Some(words))) => words.all(),
                    _ => &[],
                };
                let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                let labels = match self.c.weighted(&[3, 2, 1]) {
                    0 => quoted.into_iter().take(2).collect(),
                    1 => vec![quoted.get(1..).unwrap_or_default().join(" | ")],
                    _ => quoted,
                };
                (path.code, labels)
            }
            (_, 2) => {
                let test = self.one(Kind::Bool, d);
                (test, vec!["true".to_owned(), "false".to_owned()])
            }
            _ => {
                let number = self.one(Kind::Int, d);
                let labels = match self.c.weighted(&[3, 2]) {
                    0 => vec!["0".to_owned(), "1 | 2".to_owned()],
                    _ => vec!["1".to_owned(), "2 | 3".to_owned(), "4".to_owned()],
                };
                (number, labels)
            }
        }
    }

    /// A value, now and then in a block with a `let` before it.
    pub(super) fn body(&mut self, kind: Kind, d: usize) -> Code {
        if d == 0 || !self.c.chance(25) {
            return self.one(kind, d);
        }
        let saved = self.enter();
        let mut lines = Vec::new();
        let count = 1 + self.c.below(2);
        for _ in 0..count {
            self.let_statement(&mut lines, d - 1);
        }
        let value = self.one(kind, d);
        lines.push(brackets(&value.text));
        self.leave(saved);
        Code::open(format!("{{ {} }}", lines.join(" ")))
    }

    /// One or two statements. `gives` is what the function returns: causes if `None`.
    pub(super) fn statement(&mut self, lines: &mut Vec<String>, gives: Option<Kind>, d: usize) {
        match self.c.weighted(&[12, 5, 6, 3, 2]) {
            1 => self.early_return(lines, gives, d),
            2 => self.assign(lines, d),
            3 => self.chosen_assign(lines, d),
            4 => self.let_then_test(lines, gives, d),
            _ => self.let_statement(lines, d),
        }
    }

    fn let_statement(&mut self, lines: &mut Vec<String>, d: usize) {
        let (code, ty, optional, known, stem) = match self.c.weighted(&[8, 3, 5, 2, 1]) {
            1 => {
                let kind = self
                    .c
                    .pick(&[
                        Kind::Instant,
                        Kind::Date,
                        Kind::Int,
                        Kind::Instant,
                        Kind::Days,
                        Kind::Elapsed,
                    ])
                    .unwrap_or(Kind::Instant);
                (
                    self.maybe(kind, d),
                    Ty::One(kind),
                    true,
                    Vec::new(),
                    "maybe",
                )
            }
            2 => match self.chain(d + 1) {
                Some(chain) => (
                    chain.code,
                    Ty::List(Kind::Record(chain.rec)),
                    false,
                    chain.known,
                    "some",
                ),
                None => return,
            },
            3 => {
                let kind = self
                    .c
                    .pick(&[Kind::Instant, Kind::Date, Kind::Int, Kind::Days, Kind::When])
                    .unwrap_or(Kind::Instant);
                (
                    self.list(kind, d + 1),
                    Ty::List(kind),
                    false,
                    Vec::new(),
                    "list",
                )
            }
            4 => match self.some_record(d) {
                Some(chain) => (
                    chain.code,
                    Ty::One(Kind::Record(chain.rec)),
                    true,
                    chain.known,
                    "found",
                ),
                None => return,
            },
            _ => {
                let kind = self.c.pick(HELD).unwrap_or(Kind::Int);
                (self.one(kind, d), Ty::One(kind), false, Vec::new(), "it")
            }
        };
        let name = self.fresh(stem);
        lines.push(format!("let {name} = {};", code.text));
        self.bind(&name, ty, optional, known);
    }

    /// `let x = …; if x == () { return …; }`.
    fn let_then_test(&mut self, lines: &mut Vec<String>, gives: Option<Kind>, d: usize) {
        let Some(chain) = self.some_record(d) else {
            return;
        };
        let name = self.fresh("found");
        lines.push(format!("let {name} = {};", chain.code.text));
        self.bind(&name, Ty::One(Kind::Record(chain.rec)), true, chain.known);
        // There is nothing in it to read where it is absent.
        self.locked.push(name.clone());
        let out = self.returned(gives, d);
        self.locked.retain(|locked| *locked != name);
        lines.push(format!("if {name} == () {{ return {out}; }}"));
        self.show(&name);
    }

    fn returned(&mut self, gives: Option<Kind>, d: usize) -> String {
        match (gives, self.c.weighted(&[4, 2, 1])) {
            (Some(kind), _) => self.one(kind, d.min(1)).text,
            (None, 1) => self.cause(d.min(1)).text,
            (None, 2) => "[]".to_owned(),
            (None, _) => "()".to_owned(),
        }
    }

    fn early_return(&mut self, lines: &mut Vec<String>, gives: Option<Kind>, d: usize) {
        let absent = self.optional_path(|ty| !matches!(ty, Ty::One(Kind::Bool)));
        if let Some(path) = absent.filter(|path| !path.code.text.contains('?')) {
            let out = self.returned(gives, d);
            let text = path.code.text;
            lines.push(format!("if {text} == () {{ return {out}; }}"));
            self.show(&text);
            return;
        }
        let saved = self.enter();
        let test = self.condition(d);
        let out = self.returned(gives, d);
        self.leave(saved);
        lines.push(format!("if {} {{ return {out}; }}", test.text));
    }

    /// A variable that a `let` of this function made, with its kind.
    fn own(&mut self) -> Option<(String, Kind, bool)> {
        let own = self.vars.iter().filter_map(|var| match var.ty {
            Ty::One(kind) if HELD.contains(&kind) => {
                let own = var.name.ends_with(|c: char| c.is_ascii_digit());
                own.then(|| (var.name.clone(), kind, var.optional))
            }
            _ => None,
        });
        let own: Vec<_> = own.collect();
        // The likeliest is the one that an operator can change in place.
        let in_place: Vec<_> = own
            .iter()
            .filter(|(_, kind, optional)| *kind == Kind::Int && !optional)
            .cloned()
            .collect();
        if in_place.is_empty() || self.c.chance(60) {
            self.choose(own)
        } else {
            self.choose(in_place)
        }
    }

    fn assign(&mut self, lines: &mut Vec<String>, d: usize) {
        if self.c.chance(25) {
            let (first, more) = (self.leaf(Kind::Int), self.one(Kind::Int, d));
            let sign = self.c.word(&["*=", "-=", "+="]);
            let name = self.fresh("count");
            lines.push(format!("let {name} = {};", first.text));
            lines.push(format!("{name} {sign} {};", more.text));
            self.bind(&name, Ty::One(Kind::Int), false, Vec::new());
            return;
        }
        let Some((name, kind, optional)) = self.own() else {
            return self.let_statement(lines, d);
        };
        let added = match kind {
            Kind::Int | Kind::Text(None) | Kind::Days | Kind::Elapsed => Some(kind),
            Kind::Instant | Kind::Date => Some(Kind::Days),
            _ => None,
        };
        if let Some(added) = added.filter(|_| !optional)
            && self.c.chance(50)
        {
            let sign = match kind {
                Kind::Text(_) => "=",
                Kind::Int => self.c.word(&["+=", "-=", "*="]),
                _ => self.c.word(&["+=", "-="]),
            };
            let value = self.one(added, d);
            lines.push(format!("{name} {sign} {};", value.text));
            return;
        }
        let value = self.one(kind, d);
        if self.c.chance(50) {
            let saved = self.enter();
            let test = self.condition(d.min(1));
            self.leave(saved);
            lines.push(format!("if {} {{ {name} = {}; }}", test.text, value.text));
            return;
        }
        lines.push(format!("{name} = {};", value.text));
        self.forget(&name);
        if let Some(var) = self.vars.iter_mut().find(|var| var.name == name) {
            var.optional = false;
        }
    }

    /// A `switch` or a chain of `if` that sets a variable.
    fn chosen_assign(&mut self, lines: &mut Vec<String>, d: usize) {
        let kind = self.c.pick(HELD).unwrap_or(Kind::Int);
        let first = self.one(kind, d.min(1));
        let name = self.fresh("it");
        lines.push(format!("let {name} = {};", first.text));
        self.bind(&name, Ty::One(kind), false, Vec::new());
        let (one, other) = (self.one(kind, d), self.one(kind, d));
        let saved = self.enter();
        if self.c.chance(50) {
            let (subject, labels) = self.subject(d);
            let label = labels.first().cloned().unwrap_or_default();
            lines.push(format!(
                "switch {} {{ {label} => {{ {name} = {}; }}, _ => {{ {name} = {}; }} }}",
                subject.subject(),
                one.text,
                other.text
            ));
        } else {
            let test = self.condition(d);
            self.leave(saved);
            let saved = self.enter();
            let then = self.condition(d.min(1));
            self.leave(saved);
            lines.push(format!(
                "if {} {{ {name} = {}; }} else if {} {{ {name} = {}; }}",
                test.text, one.text, then.text, other.text
            ));
        }
    }
}

/// A block around a value; a block keeps its own braces.
fn block(value: &Code) -> String {
    if value.text.starts_with("{ ") {
        value.text.clone()
    } else {
        format!("{{ {} }}", value.text)
    }
}
