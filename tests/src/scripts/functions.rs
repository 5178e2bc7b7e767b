//! Private functions: some that serve several kinds of arguments, and invented ones.

use super::code::Code;
use super::scope::Gen;
use super::shape::{Kind, Rec, Ty, Words};

/// A parameter of a private function.
#[derive(Debug, Clone, Copy)]
pub(super) struct Takes {
    ty: Ty,
    optional: bool,
}

/// One way to call a private function.
#[derive(Debug, Clone)]
pub(super) struct Way {
    takes: Vec<Takes>,
    gives: Kind,
    /// Whether the result may be `()`.
    optional: bool,
}

/// A private function that can be called.
#[derive(Debug, Clone)]
pub(super) struct Function {
    pub(super) name: String,
    ways: Vec<Way>,
}

fn takes(kind: Kind) -> Takes {
    Takes {
        ty: Ty::One(kind),
        optional: false,
    }
}

fn maybe(kind: Kind) -> Takes {
    Takes {
        optional: true,
        ..takes(kind)
    }
}

fn list(kind: Kind) -> Takes {
    Takes {
        ty: Ty::List(kind),
        optional: false,
    }
}

fn way(takes: &[Takes], gives: Kind) -> Way {
    Way {
        takes: takes.to_vec(),
        gives,
        optional: false,
    }
}

/// A function for several kinds of arguments.
type Shared = (&'static str, &'static str, fn() -> Vec<Way>);

const SHARED: &[Shared] = &[
    (
        "first_of",
        "private fn first_of(a, b) {\n    if a == () { b } else if b == () { a } else { earlier(a, b) }\n}\n",
        || {
            [Kind::Instant, Kind::Date]
                .map(|kind| Way {
                    optional: true,
                    ..way(&[maybe(kind), maybe(kind)], kind)
                })
                .to_vec()
        },
    ),
    ("is_past", "private fn is_past(a, b) { a < b }\n", || {
        [
            Kind::Instant,
            Kind::Date,
            Kind::Int,
            Kind::Days,
            Kind::Elapsed,
        ]
        .map(|kind| way(&[takes(kind), takes(kind)], Kind::Bool))
        .to_vec()
    }),
    (
        "is_same",
        "private fn is_same(a, b) {\n    let other = b;\n    a == other\n}\n",
        || {
            [
                Kind::Instant,
                Kind::Text(Some(Words::Kind)),
                Kind::Bool,
                Kind::Int,
                Kind::Record(Rec::Origin),
                Kind::Record(Rec::Visit),
            ]
            .map(|kind| way(&[maybe(kind), maybe(kind)], Kind::Bool))
            .to_vec()
        },
    ),
    ("moved", "private fn moved(a, by) { a + by }\n", || {
        vec![
            way(&[takes(Kind::Instant), takes(Kind::Days)], Kind::Instant),
            way(&[takes(Kind::Instant), takes(Kind::Elapsed)], Kind::Instant),
            way(&[takes(Kind::Date), takes(Kind::Days)], Kind::Date),
            way(&[takes(Kind::Elapsed), takes(Kind::Elapsed)], Kind::Elapsed),
            way(&[takes(Kind::Int), takes(Kind::Int)], Kind::Int),
        ]
    }),
    (
        "is_filled",
        "private fn is_filled(a) { !a.is_empty() }\n",
        || {
            vec![
                way(&[takes(Kind::When)], Kind::Bool),
                way(&[list(Kind::Record(Rec::Visit))], Kind::Bool),
                way(&[list(Kind::Int)], Kind::Bool),
            ]
        },
    ),
    ("or_else", "private fn or_else(a, b) { a ?? b }\n", || {
        [Kind::Instant, Kind::Date, Kind::Int, Kind::Bool]
            .map(|kind| way(&[maybe(kind), takes(kind)], kind))
            .to_vec()
    }),
    (
        "how_many",
        "private fn how_many(all, sought, most) {\n    let found = all.filter(|i| i == sought).len();\n    if found > most { return most; }\n    found\n}\n",
        || {
            [Kind::Int, Kind::Text(Some(Words::Mark)), Kind::Days]
                .map(|kind| way(&[list(kind), takes(kind), takes(Kind::Int)], Kind::Int))
                .to_vec()
        },
    ),
];

impl Gen<'_, '_> {
    /// The private functions of a script. They call those before them.
    pub(super) fn functions(&mut self) -> String {
        let mut text = String::new();
        let from = self.c.below(SHARED.len());
        let count = 1 + self.c.below(4);
        for (name, body, ways) in SHARED.iter().cycle().skip(from).take(count) {
            text.push_str(body);
            self.functions.push(Function {
                name: (*name).to_owned(),
                ways: ways(),
            });
        }
        for index in 0..self.c.below(3) {
            text.push('\n');
            text.push_str(&self.function(index));
        }
        text
    }

    fn function(&mut self, index: usize) -> String {
        // An instant is always there, so that every kind of value can be written.
        let mut inputs = vec![("t", takes(Kind::Instant))];
        let more = [
            ("visit", takes(Kind::Record(Rec::Visit))),
            ("checks", list(Kind::Record(Rec::Check))),
            ("params", takes(Kind::Record(Rec::Params))),
            ("until", maybe(Kind::Instant)),
            ("number", takes(Kind::Int)),
            ("days", list(Kind::Date)),
        ];
        for one in more {
            if self.c.chance(40) {
                inputs.push(one);
            }
        }
        let kinds = [
            Kind::Bool,
            Kind::Instant,
            Kind::When,
            Kind::Cause,
            Kind::Int,
            Kind::Date,
            Kind::Days,
        ];
        let gives = self.c.pick(&kinds).unwrap_or(Kind::Bool);
        let optional = self.c.chance(25);
        self.vars.clear();
        self.present.clear();
        for (name, it) in &inputs {
            self.bind(name, it.ty, it.optional, Vec::new());
        }
        self.fuel = 24;
        let mut lines = Vec::new();
        if optional {
            let test = self.one(Kind::Bool, 1);
            lines.push(format!("if {} {{ return (); }}", test.text));
        }
        let count = self.c.below(2);
        for _ in 0..count {
            self.statement(&mut lines, Some(gives), 1);
        }
        let last = self.one(gives, 2);
        lines.push(super::lists::brackets(&last.text));
        let name = format!("step_{}", ["a", "b", "c"].get(index).unwrap_or(&"d"));
        let names: Vec<&str> = inputs.iter().map(|(name, _)| *name).collect();
        let ways = vec![Way {
            takes: inputs.iter().map(|(_, it)| *it).collect(),
            gives,
            optional,
        }];
        let text = format!(
            "private fn {name}({}) {{\n    {}\n}}\n",
            names.join(", "),
            lines.join("\n    ")
        );
        self.functions.push(Function { name, ways });
        self.vars.clear();
        self.present.clear();
        text
    }

    /// A call of a private function that gives this kind, never absent.
    pub(super) fn called(&mut self, kind: Kind, d: usize) -> Option<Code> {
        self.call_of(kind, false, d)
    }

    /// The same for a result that may be absent.
    pub(super) fn called_maybe(&mut self, kind: Kind, d: usize) -> Option<Code> {
        self.call_of(kind, true, d)
    }

    fn call_of(&mut self, kind: Kind, optional: bool, d: usize) -> Option<Code> {
        let mut found = Vec::new();
        for function in &self.functions {
            let ways = function.ways.iter();
            for way in ways.filter(|way| way.gives == kind && way.optional == optional) {
                found.push((function.name.clone(), way.clone()));
            }
        }
        let (name, way) = self.choose(found)?;
        let mut arguments = Vec::new();
        for it in way.takes {
            arguments.push(self.argument(it, d)?);
        }
        Some(Code::call(&name, arguments))
    }

    fn argument(&mut self, takes: Takes, d: usize) -> Option<Code> {
        match takes.ty {
            Ty::List(Kind::Record(rec)) => {
                let lists = self.paths(|ty| ty == Ty::List(Kind::Record(rec)));
                let mut lists: Vec<_> = lists.into_iter().filter(|it| !it.optional).collect();
                lists.truncate(6);
                Some(self.choose(lists)?.code)
            }
            Ty::List(kind) => Some(self.list(kind, d.min(1))),
            Ty::One(kind) if takes.optional && self.c.chance(70) => {
                let path = self.optional_path(|ty| ty.fits(Ty::One(kind)));
                match path {
                    Some(path) => Some(path.code),
                    None => self.present_path(Ty::One(kind)).map(|path| path.code),
                }
            }
            Ty::One(kind) if self.has(kind) => Some(self.one(kind, d.min(1))),
            Ty::One(_) => None,
        }
    }
}
