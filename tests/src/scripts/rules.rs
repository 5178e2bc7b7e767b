//! Whole rules and whole scripts.

use super::choices::Choices;
use super::code::Code;
use super::house;
use super::lists::{Chain, brackets};
use super::scope::Gen;
use super::shape::{Kind, Rec, SECTIONS, Ty};
use std::fmt::Write as _;

/// A script, and what the pack must know of it.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) decision: &'static str,
    pub(super) levels: &'static [&'static str],
    pub(super) rules: Vec<String>,
    pub(super) text: String,
}

/// The scripts of a pack: one or two decisions.
pub(super) fn scripts(c: &mut Choices<'_>) -> Vec<Written> {
    let mut all = vec![script(c, house::DECISION, house::FIRST)];
    if c.chance(70) {
        all.push(script(c, house::READER, house::SECOND));
    }
    all
}

fn script(c: &mut Choices<'_>, decision: &'static str, levels: &'static [&'static str]) -> Written {
    let mut it = Gen::new(c, levels);
    let functions = it.functions();
    let mut text = String::new();
    let mut rules = Vec::new();
    let count = 1 + it.c.below(5);
    for index in 0..count {
        let name = format!("rule_{index}");
        text.push_str(&it.rule(&name, decision == house::READER));
        text.push('\n');
        rules.push(name);
    }
    text.push_str(&functions);
    Written {
        decision,
        levels,
        rules,
        text,
    }
}

impl Gen<'_, '_> {
    fn rule(&mut self, name: &str, reads: bool) -> String {
        self.vars.clear();
        self.present.clear();
        self.locked.clear();
        let record = |rec| Ty::One(Kind::Record(rec));
        let mut inputs = vec![
            ("params", record(Rec::Params)),
            ("profile", record(Rec::Profile)),
            ("zones", Ty::One(Kind::Table)),
        ];
        if reads {
            inputs.push((house::DECISION, Ty::One(Kind::Timeline)));
        }
        for (section, rec) in SECTIONS {
            inputs.push((section, Ty::List(Kind::Record(*rec))));
        }
        for (input, ty) in &inputs {
            self.bind(input, *ty, false, Vec::new());
        }
        self.fuel = 40 + self.c.below(120);
        let mut lines = Vec::new();
        let statements = self.c.weighted(&[6, 4, 2, 1]);
        for _ in 0..statements {
            self.statement(&mut lines, None, 1);
        }
        if self.c.chance(25) {
            self.other_name(&mut lines);
        }
        let result = self.result();
        lines.push(brackets(&result.text));
        let body = lines.join("\n    ");
        let used: Vec<&str> = inputs
            .iter()
            .map(|(input, _)| *input)
            .filter(|input| names(&body, input))
            .collect();
        let mut text = String::from("/// source: s\n");
        let _ = writeln!(text, "fn {name}({}) {{\n    {body}\n}}", used.join(", "));
        text
    }

    /// A section by a second name, which closures on the first may use.
    fn other_name(&mut self, lines: &mut Vec<String>) {
        let lists = self.paths(|ty| matches!(ty, Ty::List(Kind::Record(_))));
        let Some(path) = self.choose(lists).filter(|path| !path.optional) else {
            return;
        };
        let name = self.fresh("others");
        lines.push(format!("let {name} = {};", path.code.text));
        self.bind(&name, path.ty, false, path.known);
    }

    /// What a rule returns.
    fn result(&mut self) -> Code {
        match self.c.weighted(&[44, 14, 8, 8, 8, 3, 2, 8]) {
            7 => self.placed(),
            1 => self.one(Kind::Cause, 3),
            2 => self.conditional(Kind::Cause, 2),
            3 => self.several(),
            4 => self.list(Kind::Cause, 3),
            5 => self.switched(Kind::Cause, 2),
            6 => Code::of("()"),
            _ => match self.chain(3) {
                Some(chain) => self.causes(chain, 3),
                None => self.one(Kind::Cause, 2),
            },
        }
    }

    /// A cause for each row of the table that covers a visit.
    fn placed(&mut self) -> Code {
        let visits = self.paths(|ty| ty == Ty::List(Kind::Record(Rec::Visit)));
        let Some(visits) = self.choose(visits).filter(|path| !path.optional) else {
            return self.one(Kind::Cause, 3);
        };
        let all = Chain {
            code: visits.code,
            rec: Rec::Visit,
            known: visits.known,
        };
        let known = match self.c.weighted(&[3, 2]) {
            0 => ["city", "left"].map(str::to_owned).to_vec(),
            _ => vec!["city".to_owned()],
        };
        let tests: Vec<String> = known.iter().map(|name| format!("o.{name} != ()")).collect();
        let test = Code::of(format!("|o| {}", tests.join(" && ")));
        let placed = Chain {
            code: all.code.method("filter", [test]),
            known,
            ..all
        };
        let each = self.each(&placed, |it| match it.rows() {
            Some(rows) => it.causes(rows, 2),
            None => it.cause(2),
        });
        placed.code.method("flat_map", [each])
    }

    /// Several causes, written as a list: some of them nothing, some of them lists.
    fn several(&mut self) -> Code {
        let mut items = Vec::new();
        let count = 1 + self.c.below(3);
        for _ in 0..count {
            items.push(match self.c.weighted(&[6, 2, 2]) {
                0 => self.one(Kind::Cause, 2),
                1 => Code::of("()"),
                _ => match self.chain(1) {
                    Some(chain) => self.causes(chain, 1),
                    None => Code::of("[]"),
                },
            });
        }
        Code::list(items)
    }
}

/// Whether a text has a word.
fn names(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .any(|part| part == word)
}
