//! Sets of instants, and causes.

use super::code::Code;
use super::lists::Chain;
use super::scope::Gen;
use super::shape::{Kind, Ty};

impl Gen<'_, '_> {
    /// A set of instants.
    pub(super) fn when(&mut self, d: usize) -> Code {
        let kind = Kind::When;
        match self
            .c
            .weighted(&[5, 4, 10, 5, 5, 4, 4, 4, 4, 8, 12, 4, 3, 6])
        {
            0 => Code::call("since", [self.one(Kind::Instant, d)]),
            1 => Code::call("before", [self.one(Kind::Instant, d)]),
            2 => {
                let (from, until) = self.ends(d);
                Code::call("between", [from, until])
            }
            3 => {
                let from = self.one(Kind::Instant, d);
                Code::call("between", [from, Code::of("()")])
            }
            4 => self.binary(kind, "&", kind, d),
            5 => self.binary(kind, "|", kind, d),
            6 => self.binary(kind, "-", kind, d),
            7 => self.one(kind, d).prefix("!"),
            8 => Code::call("always", []).binary("-", self.one(kind, d)),
            9 => self.union(d),
            11 => {
                let count = self.one(Kind::Int, d.min(1));
                self.sets(d).method("at_least", [count])
            }
            12 => {
                let spans = self.one(kind, d).method("spans", []);
                let count = self.one(Kind::Int, d.min(1));
                spans.method("take", [count]).method("union", [])
            }
            13 => self.recurring(d),
            _ => match self.present_path(Ty::One(Kind::Timeline)) {
                Some(path) => {
                    let name = self.c.word(&["when", "when_at_least"]);
                    let level = self.c.word(super::house::FIRST);
                    path.code.method(name, [Code::of(format!("\"{level}\""))])
                }
                None => self.union(d),
            },
        }
    }

    /// Some hours of each day or some days of each week of a set, which mostly has both ends.
    fn recurring(&mut self, d: usize) -> Code {
        let set = if self.c.chance(85) {
            let from = self.one(Kind::Instant, d.min(1));
            let until = from.clone().binary("+", self.leaf(Kind::Days));
            Code::call("between", [from, until])
        } else {
            self.one(Kind::When, d)
        };
        if self.c.chance(50) {
            let days = [
                self.one(Kind::Int, d.min(1)),
                Code::int(self.c.number(7) + 1),
            ];
            return set.method("on_weekdays", [Code::list(days)]);
        }
        let clock = |it: &mut Self| {
            let clock = ["00:00", "07:00", "09:30", "22:00", "23:59"];
            Code::of(format!("\"{}\"", it.c.word(&clock)))
        };
        let ends = [clock(self), clock(self)];
        set.method("daily_between", ends)
    }

    fn union(&mut self, d: usize) -> Code {
        self.sets(d).method("union", [])
    }

    /// A list of sets.
    fn sets(&mut self, d: usize) -> Code {
        let Some(chain) = self.chain(d) else {
            return Code::list([self.leaf(Kind::When)]);
        };
        let each = self.each(&chain, |it| it.one(Kind::When, d));
        chain.code.method("map", [each])
    }

    /// The ends of a span: mostly a start and something after it. The second may be absent.
    fn ends(&mut self, d: usize) -> (Code, Code) {
        let from = self.one(Kind::Instant, d.min(1));
        let until = match self.c.weighted(&[8, 3, 4, 3]) {
            0 => {
                let by = self.c.pick(&[Kind::Days, Kind::Elapsed]);
                let by = self.one(by.unwrap_or(Kind::Days), d.min(1));
                // Without the path to its start a span has no anchor; both are common.
                from.clone().binary("+", by)
            }
            1 => self.one(Kind::Instant, d),
            2 => self.maybe(Kind::Instant, d),
            _ => match self.called_maybe(Kind::Instant, d) {
                Some(call) => call,
                None => self.maybe(Kind::Instant, d),
            },
        };
        (from, until)
    }

    /// A cause.
    pub(super) fn cause(&mut self, d: usize) -> Code {
        let level = if self.c.chance(15) {
            Some(self.level_text(d))
        } else {
            None
        };
        let mut arguments: Vec<Code> = level.clone().into_iter().collect();
        match self.c.weighted(&[10, 2, 3]) {
            0 => {
                let (from, until) = self.ends(d);
                arguments.extend([from, until]);
            }
            1 => arguments.extend([self.one(Kind::Instant, d), Code::of("()")]),
            _ => arguments.push(self.one(Kind::When, d)),
        }
        let mut cause = match level {
            Some(_) => Code::call("level", arguments),
            None => Code::call(self.level(), arguments),
        };
        let reasons = self.c.weighted(&[2, 8, 2]);
        for _ in 0..reasons {
            let facts = self.evidence(d);
            cause = self.ask(cause, "because", Some(facts));
        }
        cause
    }

    /// The name of a level: written, chosen, or a param.
    fn level_text(&mut self, d: usize) -> Code {
        let written = |it: &mut Self| Code::of(format!("\"{}\"", it.level()));
        match self.c.weighted(&[2, 4, 3]) {
            1 if self
                .paths(|ty| ty == Ty::One(Kind::Record(super::shape::Rec::Params)))
                .len()
                == 1 =>
            {
                let name = if self.levels == super::house::FIRST {
                    "grade"
                } else {
                    "rank"
                };
                Code::path("params", format!("params.{name}"))
            }
            2 => {
                let test = self.one(Kind::Bool, d.min(1));
                let (one, other) = (written(self), written(self));
                Code::open(format!(
                    "if {} {{ {} }} else {{ {} }}",
                    test.text, one.text, other.text
                ))
            }
            _ => written(self),
        }
    }

    pub(super) fn evidence(&mut self, d: usize) -> Code {
        let record = |ty: Ty| match ty {
            Ty::One(Kind::Record(rec)) => rec != super::shape::Rec::Params,
            _ => false,
        };
        match self.c.weighted(&[12, 3, 1, 1]) {
            1 => match self.chain(d.min(1)) {
                Some(chain) => chain.code,
                None => Code::of("()"),
            },
            2 => Code::of("()"),
            3 => {
                let paths = self.paths(record);
                let items = [self.choose(paths.clone()), self.choose(paths)];
                Code::list(items.into_iter().flatten().map(|path| path.code))
            }
            _ => {
                let paths = self.paths(record);
                match self.choose(paths) {
                    Some(path) => path.code,
                    None => Code::of("()"),
                }
            }
        }
    }

    /// A list of causes: one for each record of a list.
    pub(super) fn causes(&mut self, chain: Chain, d: usize) -> Code {
        match self.c.weighted(&[12, 3, 3]) {
            1 => {
                // Nothing for some of the records.
                let each = self.each(&chain, |it| {
                    let test = it.condition(d.min(1));
                    let cause = it.cause(d);
                    Code::open(format!("if {} {{ {} }}", test.text, cause.text))
                });
                chain.code.method("map", [each])
            }
            2 => {
                let each = self.each(&chain, |it| {
                    let inner = match it.rows() {
                        Some(rows) if it.c.chance(70) => Some(rows),
                        _ => it.chain(d.min(1)),
                    };
                    match inner {
                        Some(inner) => {
                            let each = it.each(&inner, |it| it.cause(d));
                            inner.code.method("map", [each])
                        }
                        None => it.cause(d),
                    }
                });
                chain.code.method("flat_map", [each])
            }
            _ => {
                let each = self.each(&chain, |it| it.body(Kind::Cause, d));
                chain.code.method("map", [each])
            }
        }
    }
}
