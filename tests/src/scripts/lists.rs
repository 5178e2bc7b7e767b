//! Lists: of records, as rules walk them, and of single values.

use super::code::Code;
use super::scope::Gen;
use super::shape::{Kind, Rec, Ty};

/// A list of records.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    pub(super) code: Code,
    pub(super) rec: Rec,
    /// Optional fields that are present in each item.
    pub(super) known: Vec<String>,
}

impl Chain {
    fn item(&self) -> (Kind, &[String]) {
        (Kind::Record(self.rec), &self.known)
    }
}

impl Gen<'_, '_> {
    /// A list of records, filtered and sorted now and then. `None` if there is none here.
    pub(super) fn chain(&mut self, d: usize) -> Option<Chain> {
        let mut chain = self.source(d)?;
        let steps = if d == 0 {
            0
        } else {
            self.c.weighted(&[6, 5, 2])
        };
        for _ in 0..steps {
            self.spend();
            chain = self.step(chain, d - 1);
        }
        Some(chain)
    }

    fn source(&mut self, d: usize) -> Option<Chain> {
        if self.c.chance(16)
            && let Some(rows) = self.rows()
        {
            return Some(rows);
        }
        let lists = self.paths(|ty| matches!(ty, Ty::List(Kind::Record(_))));
        let path = self.choose(lists)?;
        let Ty::List(Kind::Record(rec)) = path.ty else {
            return None;
        };
        let mut chain = Chain {
            code: path.code,
            rec,
            known: path.known,
        };
        if path.optional {
            chain.code = chain.code.binary("??", Code::of("[]"));
        }
        if rec == Rec::Visit && d > 0 && self.c.chance(8) {
            let inner = self.c.word(&[".steps", ".steps.filter(|i| i.until != ())"]);
            if inner.len() > 6 {
                chain.known = vec!["until".to_owned()];
            } else {
                chain.known = Vec::new();
            }
            let each = Code::of(format!("|o| o{inner}"));
            chain.code = chain.code.method("flat_map", [each]);
            chain.rec = Rec::Step;
        }
        Some(chain)
    }

    /// The table's rows for a visit. `None` without a table or a visit.
    pub(super) fn rows(&mut self) -> Option<Chain> {
        let table = self.present_path(Ty::One(Kind::Table))?;
        let visit = self.present_path(Ty::One(Kind::Record(Rec::Visit)))?;
        let of = visit.code.text.clone();
        let placed = self.shown(&of).iter().any(|field| field == "city");
        let ends = self.shown(&of).iter().any(|field| field == "left");
        // Without a city the rule fails: seldom, so that most rules give something.
        let whole = placed || self.c.chance(14);
        let known = if ends {
            vec!["until".to_owned()]
        } else {
            Vec::new()
        };
        Some(match self.c.weighted(&[5, 2, 1]) {
            2 if whole => {
                let day = Code::of(format!("{of}.day"));
                Chain {
                    code: table.code.method("on_day", [visit.code, day]),
                    rec: Rec::Zone,
                    known: vec!["until".to_owned()],
                }
            }
            0 if whole => Chain {
                code: table.code.method("during", [visit.code]),
                rec: Rec::Zone,
                known,
            },
            at => {
                let column = match at {
                    1 if whole => "\"city\"",
                    _ => "\"province\"",
                };
                Chain {
                    code: table.code.method("around", [visit.code, Code::of(column)]),
                    rec: Rec::Around,
                    known,
                }
            }
        })
    }

    fn step(&mut self, chain: Chain, d: usize) -> Chain {
        match self.c.weighted(&[10, 3, 2]) {
            1 => {
                let key = self.key(&chain, d);
                Chain {
                    code: chain.code.method("sort_by", [key]),
                    ..chain
                }
            }
            2 => self.joined(chain),
            _ => {
                let (test, known) = self.tested(&chain, d);
                Chain {
                    code: self.ask(chain.code, "filter", Some(test)),
                    known,
                    rec: chain.rec,
                }
            }
        }
    }

    /// A list with one record, a list or nothing behind it.
    fn joined(&mut self, chain: Chain) -> Chain {
        let (one, list) = (
            Ty::One(Kind::Record(chain.rec)),
            Ty::List(Kind::Record(chain.rec)),
        );
        let paths = self.paths(|ty| ty == one || ty == list);
        let other = match self.choose(paths) {
            Some(path) => path.code,
            None => Code::of("()"),
        };
        Chain {
            code: chain.code.method("concat", [other]),
            rec: chain.rec,
            known: Vec::new(),
        }
    }

    /// A closure by which a list is sorted.
    fn key(&mut self, chain: &Chain, d: usize) -> Code {
        let kinds = [
            Kind::Instant,
            Kind::Int,
            Kind::Date,
            Kind::Text(None),
            Kind::Bool,
            Kind::Days,
            Kind::Elapsed,
        ];
        let kind = self.c.pick(&kinds).unwrap_or(Kind::Int);
        self.closure(chain.item(), |it, name| {
            match it.c.weighted(&[1, 6]) {
                // A record sorts by what it says.
                0 => name.to_owned(),
                _ => it.one(kind, d.min(1)).text,
            }
        })
    }

    /// A closure that tests an item, and what is known of the items that pass.
    pub(super) fn tested(&mut self, chain: &Chain, d: usize) -> (Code, Vec<String>) {
        let mut known = Vec::new();
        let code = self.closure(chain.item(), |it, name| {
            if d > 0 && it.c.chance(6) {
                // An early return hides from the checker what the rest shows.
                let (first, last) = (it.one(Kind::Bool, d - 1), it.one(Kind::Bool, d - 1));
                known.clone_from(&chain.known);
                return format!(
                    "{{ if {} {{ return true; }} {} }}",
                    first.text,
                    brackets(&last.text)
                );
            }
            let test = it.condition(d);
            known = it.shown(name);
            test.text
        });
        (code, known)
    }

    /// A list of present values of a kind.
    pub(super) fn list(&mut self, kind: Kind, d: usize) -> Code {
        if d == 0 || !self.spend() {
            return match self.present_path(Ty::List(kind)) {
                Some(path) => path.code,
                None => Code::list([self.leaf(kind)]),
            };
        }
        let d = d - 1;
        match self.c.weighted(&[6, 10, 10, 4, 3, 3, 2]) {
            0 => {
                let count = self.c.below(4);
                let items: Vec<Code> = (0..count).map(|_| self.one(kind, d.min(1))).collect();
                Code::list(items)
            }
            1 => {
                let paths = self.paths(|ty| ty == Ty::List(kind));
                match self.choose(paths) {
                    Some(path) if path.optional => path.code.binary("??", Code::of("[]")),
                    Some(path) => path.code,
                    None => self.mapped(kind, d),
                }
            }
            2 => self.mapped(kind, d),
            3 => {
                let list = self.list(kind, d);
                let test = self.closure((kind, &[]), |it, _| it.one(Kind::Bool, d).text);
                list.method("filter", [test])
            }
            4 => {
                let list = self.list(kind, d);
                let other = match self.c.weighted(&[2, 2, 1]) {
                    0 => self.one(kind, d),
                    1 => self.list(kind, d),
                    _ => Code::of("()"),
                };
                list.method("concat", [other])
            }
            5 => self.flat(kind, d),
            _ => {
                let list = self.list(kind, d);
                let sortable = !matches!(
                    kind,
                    Kind::Temperature | Kind::Series | Kind::When | Kind::Cause
                );
                if sortable {
                    list.method("sort_by", [Code::of("|o| o")])
                } else {
                    list
                }
            }
        }
    }

    fn mapped(&mut self, kind: Kind, d: usize) -> Code {
        let Some(chain) = self.chain(d) else {
            return Code::list([self.leaf(kind)]);
        };
        let each = self.each(&chain, |it| it.one(kind, d));
        chain.code.method("map", [each])
    }

    /// A closure over a list of records.
    pub(super) fn each(&mut self, chain: &Chain, body: impl FnOnce(&mut Self) -> Code) -> Code {
        self.closure(chain.item(), |it, _| body(it).text)
    }

    fn flat(&mut self, kind: Kind, d: usize) -> Code {
        let Some(chain) = self.chain(d) else {
            return Code::list([self.leaf(kind)]);
        };
        let each = self.each(&chain, |it| match it.c.weighted(&[3, 1, 2]) {
            0 => it.list(kind, d),
            1 => it.one(kind, d),
            _ => it.maybe(kind, d),
        });
        chain.code.method("flat_map", [each])
    }

    /// Any list.
    pub(super) fn some_list(&mut self, d: usize) -> Code {
        if self.c.chance(80)
            && let Some(chain) = self.chain(d)
        {
            return chain.code;
        }
        let kinds = [
            Kind::Int,
            Kind::Instant,
            Kind::Text(None),
            Kind::Date,
            Kind::When,
        ];
        let kind = self.c.pick(&kinds).unwrap_or(Kind::Int);
        self.list(kind, d)
    }

    /// A list of values that may be absent.
    fn gaps(&mut self, kind: Kind, d: usize) -> Code {
        if self.c.chance(40)
            && let Some(chain) = self.chain(d)
        {
            let each = self.each(&chain, |it| it.maybe(kind, 0));
            return chain.code.method("map", [each]);
        }
        let items = [self.maybe(kind, 0), self.maybe(kind, 0)];
        Code::list(items)
    }

    /// An item of a list, absent if there is none.
    pub(super) fn item_of(&mut self, kind: Kind, d: usize) -> Code {
        if d == 0 {
            let list = match self.present_path(Ty::List(kind)) {
                Some(path) => path.code,
                None => Code::list([self.leaf(kind)]),
            };
            return list.method("first", []);
        }
        let d = d - 1;
        let times = matches!(kind, Kind::Instant | Kind::Date);
        let numbers = matches!(kind, Kind::Int | Kind::Elapsed | Kind::Days);
        match self.c.weighted(&[4, 4, 2, 2, 3, 3, 2]) {
            0 if times => self.gaps(kind, d).method("earliest", []),
            1 if times => self.gaps(kind, d).method("latest", []),
            0 if numbers => self.gaps(kind, d).method("min", []),
            1 if numbers => self.gaps(kind, d).method("max", []),
            6 if kind == Kind::Instant => self.one_of_times(d),
            2 => self.list(kind, d).method("first", []),
            3 => self.list(kind, d).method("last", []),
            4 => {
                let list = self.list(kind, d);
                let test = self.closure((kind, &[]), |it, _| it.one(Kind::Bool, d).text);
                list.method("find", [test])
            }
            _ => self.field_of_item(kind, d),
        }
    }

    /// One of some instants, by where it or its partner lies.
    fn one_of_times(&mut self, d: usize) -> Code {
        let t = self.one(Kind::Instant, d);
        let name = self
            .c
            .word(&["next_after", "next_after", "earliest_from", "latest_until"]);
        if name == "next_after" {
            return self.list(Kind::Instant, d).method(name, [t]);
        }
        // Lists of different lengths fail; most are made from one.
        match self.chain(d).filter(|_| self.c.chance(80)) {
            Some(chain) => {
                let times = self.each(&chain, |it| it.one(Kind::Instant, 0));
                let keys = self.each(&chain, |it| it.one(Kind::Instant, 0));
                let keys = chain.code.clone().method("map", [keys]);
                chain.code.method("map", [times]).method(name, [keys, t])
            }
            None => {
                let keys = self.list(Kind::Instant, d);
                self.list(Kind::Instant, d).method(name, [keys, t])
            }
        }
    }

    /// A field of a record that may not be there: `list.first()?.at`.
    fn field_of_item(&mut self, kind: Kind, d: usize) -> Code {
        let Some(chain) = self.chain(d) else {
            return Code::list([self.leaf(kind)]).method("last", []);
        };
        let mut fields = chain.rec.fields().to_vec();
        fields.retain(|field| field.ty.fits(Ty::One(kind)));
        let Some(field) = self.choose(fields) else {
            return self.list(kind, d).method("last", []);
        };
        let end = self.c.word(&["first", "last"]);
        chain.code.method(end, []).safe_field(field.name)
    }

    /// A record that may not be there, with what is known of it if it is.
    pub(super) fn some_record(&mut self, d: usize) -> Option<Chain> {
        let chain = self.chain(d)?;
        Some(match self.c.weighted(&[2, 2, 3]) {
            0 => Chain {
                code: chain.code.method("first", []),
                ..chain
            },
            1 => Chain {
                code: chain.code.method("last", []),
                ..chain
            },
            _ => {
                let (test, known) = self.tested(&chain, d);
                Chain {
                    code: chain.code.method("find", [test]),
                    known,
                    ..chain
                }
            }
        })
    }
}

/// A last expression after an `if`: brackets keep a sign in front of it from joining both.
pub(super) fn brackets(text: &str) -> String {
    if text.starts_with(['-', '+', '!', '[', '(', '|', '`']) {
        format!("({text})")
    } else {
        text.to_owned()
    }
}
