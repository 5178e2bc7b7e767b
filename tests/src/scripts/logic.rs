//! Conditions, and what they show about optional fields.

use super::code::Code;
use super::scope::Gen;
use super::shape::{Kind, Rec, Ty, Words};

/// Kinds with an order.
const ORDERED: &[Kind] = &[
    Kind::Instant,
    Kind::Int,
    Kind::Date,
    Kind::Elapsed,
    Kind::Days,
    Kind::Temperature,
];

impl Gen<'_, '_> {
    /// A condition such as the packs have: a few tests joined by `&&`. What it shows holds
    /// afterwards in the scope, so the caller writes its result where the condition is true.
    pub(super) fn condition(&mut self, d: usize) -> Code {
        let count = 1 + self.c.weighted(&[5, 3, 1]);
        let mut all: Option<Code> = None;
        for _ in 0..count {
            let test = match self.c.weighted(&[5, 3]) {
                1 => match self.shown_present() {
                    Some(test) => test,
                    None => self.one(Kind::Bool, d),
                },
                _ => self.one(Kind::Bool, d),
            };
            all = Some(match all {
                Some(before) => before.binary("&&", test),
                None => test,
            });
        }
        all.unwrap_or_else(|| Code::of("true"))
    }

    /// `path != ()`, which later parts may rely on.
    fn shown_present(&mut self) -> Option<Code> {
        let path = self.optional_path(|ty| !matches!(ty, Ty::One(Kind::Bool)))?;
        let text = path.code.text.clone();
        if text.contains('?') {
            return None;
        }
        self.show(&text);
        Some(path.code.binary("!=", Code::of("()")))
    }

    /// A boolean expression. It shows nothing outside itself.
    pub(super) fn test(&mut self, d: usize) -> Code {
        let saved = self.enter();
        let code = match self.c.weighted(&[34, 22, 10, 7, 6, 8, 10, 4, 6, 5, 12]) {
            0 => self.compared(d),
            1 => self.names(d),
            2 => {
                let left = self.condition(d.min(1));
                let right = self.one(Kind::Bool, d);
                left.binary("&&", right)
            }
            3 => self.binary(Kind::Bool, "||", Kind::Bool, d),
            4 => self.one(Kind::Bool, d).prefix("!"),
            5 => self.absence(),
            6 => self.of_list(d),
            7 => self.one(Kind::When, d).method("is_empty", []),
            8 => self.records(),
            9 => {
                let sign = self.c.word(&["&", "|", "^", "==", "!="]);
                self.binary(Kind::Bool, sign, Kind::Bool, d)
            }
            _ => self.within(d),
        };
        self.leave(saved);
        code
    }

    /// A comparison of two values with an order.
    pub(super) fn compared(&mut self, d: usize) -> Code {
        let kind = self.c.pick(ORDERED).unwrap_or(Kind::Int);
        let kind = if self.has(kind) { kind } else { Kind::Instant };
        let sign = self.c.word(&[">=", "<", ">", "<=", "==", "!="]);
        let left = match self.c.weighted(&[6, 8, 1]) {
            0 => self.one(kind, d),
            1 => match self.present_path(Ty::One(kind)) {
                Some(path) => path.code,
                None => self.one(kind, d),
            },
            // `==` accepts an absent side.
            _ if matches!(sign, "==" | "!=") => self.maybe(kind, d),
            _ => self.one(kind, d),
        };
        let mut right = self.one(kind, d);
        if right.text == left.text {
            // Nothing is later than itself; a second draw is mostly something else.
            right = self.one(kind, d + 1);
        }
        left.binary(sign, right)
    }

    /// A comparison of names.
    pub(super) fn names(&mut self, d: usize) -> Code {
        let text = |ty: Ty| matches!(ty, Ty::One(Kind::Text(_)));
        let paths = self.paths(text);
        let Some(path) = self.choose(paths) else {
            return self.binary(Kind::Text(None), "==", Kind::Text(None), d);
        };
        let words = match path.ty {
            Ty::One(Kind::Text(words)) => words,
            _ => None,
        };
        match (words, self.c.weighted(&[6, 4, 1, 3])) {
            (None, 3) => {
                let sign = self.c.word(&["==", "!="]);
                let other = self.one(Kind::Text(None), d + 1);
                path.code.binary(sign, other)
            }
            (_, 0) => {
                let sign = self.c.word(&["==", "==", "!="]);
                let other = self.one(Kind::Text(words), d.min(1));
                path.code.binary(sign, other)
            }
            (Some(words), 1) => {
                let list = self.some_words(words);
                self.sought(path.code, list)
            }
            _ => {
                let item = Kind::Text(words);
                let list = self.list(item, d.min(1));
                self.sought(path.code, list)
            }
        }
    }

    fn some_words(&mut self, words: Words) -> Code {
        let all = words.all();
        let from = self.c.below(all.len());
        let chosen = all.iter().cycle().skip(from).take(2);
        Code::list(chosen.map(|word| Code::of(format!("\"{word}\""))))
    }

    fn sought(&mut self, value: Code, list: Code) -> Code {
        match self.c.weighted(&[5, 4, 3]) {
            0 => value.binary("in", list),
            1 => value.binary("!in", list),
            _ => list.method("contains", [value]),
        }
    }

    /// A value in a list or a range.
    fn within(&mut self, d: usize) -> Code {
        let kinds = [
            Kind::Days,
            Kind::Temperature,
            Kind::Int,
            Kind::Int,
            Kind::Date,
            Kind::Instant,
            Kind::Elapsed,
            Kind::Temperature,
            Kind::Bool,
        ];
        let kind = self.c.pick(&kinds).unwrap_or(Kind::Int);
        let kind = if self.has(kind) { kind } else { Kind::Int };
        let value = match self.c.weighted(&[6, 1]) {
            0 => self.one(kind, d),
            _ => self.maybe(kind, d),
        };
        let list = self.list(kind, d);
        self.sought(value, list)
    }

    /// Whether something optional is there.
    pub(super) fn absence(&mut self) -> Code {
        let Some(path) = self.optional_path(|_| true) else {
            return self.one(Kind::Int, 0).binary("!=", Code::of("()"));
        };
        let sign = self.c.word(&["==", "!="]);
        if self.c.chance(20) && self.spend() {
            let kind = self.c.pick(ORDERED).unwrap_or(Kind::Int);
            let kind = if self.has(kind) { kind } else { Kind::Instant };
            return self.maybe(kind, 1).binary(sign, Code::of("()"));
        }
        if path.ty == Ty::One(Kind::Bool) && self.c.chance(60) {
            let other = self.c.word(&["false", "true"]);
            return path.code.binary("??", Code::of(other));
        }
        if self.c.chance(15) {
            Code::of("()").binary(sign, path.code)
        } else {
            path.code.binary(sign, Code::of("()"))
        }
    }

    /// A question about a list.
    fn of_list(&mut self, d: usize) -> Code {
        let Some(chain) = self.chain(d) else {
            return self.some_list(d).method("is_empty", []);
        };
        match self.c.weighted(&[5, 3, 3]) {
            0 => {
                let test = self.tested(&chain, d.min(2)).0;
                self.ask(chain.code, "any", Some(test))
            }
            1 => {
                let test = self.tested(&chain, d.min(2)).0;
                self.ask(chain.code, "all", Some(test))
            }
            _ => chain.code.method("is_empty", []),
        }
    }

    /// Two records compared.
    fn records(&mut self) -> Code {
        if self.c.chance(60)
            && let Some(found) = self.in_own_list()
        {
            return found;
        }
        let record = |ty: Ty| match ty {
            Ty::One(Kind::Record(rec)) => !matches!(rec, Rec::Params),
            _ => false,
        };
        let mut paths = self.paths(record);
        let Some(left) = self.choose(paths.clone()) else {
            return self.one(Kind::Bool, 0);
        };
        paths.retain(|path| path.ty == left.ty);
        let Some(right) = self.choose(paths) else {
            return self.one(Kind::Bool, 0);
        };
        match self.c.weighted(&[3, 3, 2]) {
            0 => left.code.binary("==", right.code),
            1 => left.code.binary("!=", right.code),
            _ => self.sought(left.code, Code::list([right.code])),
        }
    }

    /// Whether a record is in a list of its kind.
    fn in_own_list(&mut self) -> Option<Code> {
        let mut found = Vec::new();
        for list in self.paths(|ty| matches!(ty, Ty::List(Kind::Record(_)))) {
            let Ty::List(kind) = list.ty else { continue };
            let records = self.paths(|ty| ty == Ty::One(kind));
            found.extend(records.into_iter().map(|record| (record, list.clone())));
        }
        found.retain(|(_, list)| !list.optional);
        let (record, list) = self.choose(found)?;
        Some(self.sought(record.code, list.code))
    }
}
