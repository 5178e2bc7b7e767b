//! Expressions that are surely present, kind by kind.

use super::code::Code;
use super::scope::Gen;
use super::shape::{Kind, Rec, Ty};

impl Gen<'_, '_> {
    /// An expression of a kind, never absent. `d` is how deeply it may still nest.
    pub(super) fn one(&mut self, kind: Kind, d: usize) -> Code {
        if d == 0 || !self.spend() {
            return self.leaf(kind);
        }
        let d = d - 1;
        let weights = match kind {
            // A bare name or the plainest cause says little.
            Kind::Bool | Kind::Cause | Kind::When => [6, 80, 3, 3, 3, 5],
            _ => [24, 52, 3, 3, 9, 7],
        };
        match self.c.weighted(&weights) {
            1 => self.made(kind, d),
            2 => self.conditional(kind, d),
            3 => self.switched(kind, d),
            4 => {
                let maybe = self.maybe(kind, d);
                let other = self.one(kind, d.min(1));
                maybe.binary("??", other)
            }
            5 => match self.called(kind, d) {
                Some(call) => call,
                None => self.made(kind, d),
            },
            _ => self.leaf(kind),
        }
    }

    /// Whether a value of a kind can be written here at all.
    pub(super) fn has(&self, kind: Kind) -> bool {
        match kind {
            Kind::Temperature | Kind::Record(_) | Kind::Table | Kind::Timeline => self
                .paths(|ty| ty.fits(Ty::One(kind)))
                .iter()
                .any(|path| !path.optional),
            _ => true,
        }
    }

    /// A name or a literal.
    pub(super) fn leaf(&mut self, kind: Kind) -> Code {
        let literal = match kind {
            Kind::Bool => 75,
            Kind::Int | Kind::Elapsed | Kind::Days => 40,
            Kind::Text(_) => 60,
            _ => 0,
        };
        if !self.c.chance(literal)
            && let Some(path) = self.present_path(Ty::One(kind))
        {
            return path.code;
        }
        match kind {
            Kind::Bool => match self.c.weighted(&[8, 6, 3, 1]) {
                0 => self.compared(0),
                1 => self.names(0),
                2 => self.absence(),
                _ => Code::of(self.c.word(&["true", "false"])),
            },
            Kind::Int => self.number(),
            Kind::Text(None) => Code::of(format!(
                "\"{}\"",
                self.c.word(&["north", "south", "a", "b", "乙"])
            )),
            Kind::Text(Some(words)) => Code::of(format!("\"{}\"", self.c.word(words.all()))),
            Kind::Instant => match self.present_path(Ty::One(Kind::Instant)) {
                Some(path) => path.code,
                // Every rule can ask for the profile, and every step is given an instant.
                None => Code::path("profile", "profile.opened"),
            },
            Kind::Date => self.leaf(Kind::Instant).method("date", []),
            Kind::Elapsed => {
                let name = self.c.word(&["hours", "minutes"]);
                Code::call(name, [self.number()])
            }
            Kind::Days => Code::call("days", [self.number()]),
            Kind::Series => {
                let (day, count) = (self.leaf(Kind::Date), self.leaf(Kind::Int));
                Code::call("daily", [Code::list([day]), Code::list([count])])
            }
            Kind::When => match self.c.weighted(&[3, 1, 1]) {
                1 => Code::call("always", []),
                2 => Code::call("never", []),
                _ => Code::call("since", [self.leaf(Kind::Instant)]),
            },
            Kind::Cause => {
                let level = self.level();
                let from = self.leaf(Kind::Instant);
                let until = match self.c.weighted(&[5, 3, 2]) {
                    0 => from.clone().binary("+", self.leaf(Kind::Days)),
                    1 => from.clone().binary("+", self.leaf(Kind::Elapsed)),
                    _ => Code::of("()"),
                };
                let facts = self.evidence(0);
                Code::call(level, [from, until]).method("because", [facts])
            }
            // Asked for only where `has` says so.
            Kind::Temperature | Kind::Record(_) | Kind::Table | Kind::Timeline => Code::of("()"),
        }
    }

    pub(super) fn number(&mut self) -> Code {
        let value = match self.c.weighted(&[60, 16, 6, 3, 1]) {
            0 => self.c.number(8),
            1 => self.c.number(60),
            2 => -1 - self.c.number(5),
            3 => self
                .c
                .pick(&[100_000, 3_652_059, 4_000_000_000])
                .unwrap_or(0),
            _ => i64::MAX - 1,
        };
        Code::int(value)
    }

    pub(super) fn level(&mut self) -> &'static str {
        // The lowest level says little.
        let at = self.c.weighted(&[4, 3, 1]);
        let levels = self.levels.iter().rev().copied();
        levels
            .clone()
            .nth(at)
            .or(levels.clone().next())
            .unwrap_or("")
    }

    fn made(&mut self, kind: Kind, d: usize) -> Code {
        if let Some(call) = self.other(kind, d) {
            return call;
        }
        match kind {
            Kind::Bool => self.test(d),
            Kind::Int => self.int(d),
            Kind::Instant => self.instant(d),
            Kind::Date => self.date(d),
            Kind::Elapsed => self.elapsed(d),
            Kind::Days => self.days(d),
            Kind::Series => self.series(d),
            Kind::When => self.when(d),
            Kind::Cause => self.cause(d),
            Kind::Text(None) if self.c.chance(30) => {
                let parts = self.leaf(kind).method("parts", [self.leaf(kind)]);
                let end = self.c.word(&["first", "last"]);
                parts.method(end, []).binary("??", self.leaf(kind))
            }
            Kind::Text(_) | Kind::Temperature | Kind::Record(_) | Kind::Table | Kind::Timeline => {
                self.leaf(kind)
            }
        }
    }

    fn int(&mut self, d: usize) -> Code {
        match self.c.weighted(&[8, 8, 6, 8, 5, 10, 8, 8, 4, 1]) {
            0 => self.binary(Kind::Int, "+", Kind::Int, d),
            1 => self.binary(Kind::Int, "-", Kind::Int, d),
            2 => self.binary(Kind::Int, "*", Kind::Int, d),
            3 => {
                let sign = self.c.word(&["/", "%"]);
                let left = self.one(Kind::Int, d);
                let right = if self.c.chance(20) {
                    self.one(Kind::Int, d)
                } else {
                    Code::int(self.c.number(9) + 1)
                };
                left.binary(sign, right)
            }
            4 => self.one(Kind::Int, d).prefix("-"),
            5 => {
                let list = self.some_list(d);
                self.ask(list, "len", None)
            }
            6 => {
                let day = self.one(Kind::Date, d);
                self.ask(day, "weekday", None)
            }
            7 => self.maybe_count(d).binary("??", Code::int(0)),
            8 => self.picked(Kind::Int, d),
            _ => self.one(Kind::Int, d),
        }
    }

    /// A count, or the departure of one, from a series; absent where there is none.
    pub(super) fn maybe_count(&mut self, d: usize) -> Code {
        let series = self.one(Kind::Series, d);
        let day = self.one(Kind::Date, d.min(1));
        if self.c.chance(50) {
            let window = Code::call("days", [Code::int(2)]);
            let (window, lag) = match self.c.weighted(&[3, 1]) {
                0 => (window, Code::call("days", [Code::int(0)])),
                _ => (self.one(Kind::Days, d), self.one(Kind::Days, d)),
            };
            series.method("departure", [day, window, lag])
        } else {
            series.method("on", [day])
        }
    }

    fn instant(&mut self, d: usize) -> Code {
        let kind = Kind::Instant;
        match self.c.weighted(&[20, 20, 8, 8, 6, 6, 6, 6, 5, 10, 6, 4]) {
            0 => self.binary(kind, "+", Kind::Days, d),
            1 => self.binary(kind, "+", Kind::Elapsed, d),
            2 => self.binary(kind, "-", Kind::Days, d),
            3 => self.binary(kind, "-", Kind::Elapsed, d),
            4 => self.two("earlier", kind, d),
            5 => self.two("later", kind, d),
            6 => Code::call("including", [self.one(kind, d)]),
            7 => self.one(Kind::Date, d).method("start", []),
            8 => self.one(Kind::Date, d).method("end", []),
            9 => {
                let maybe = self.maybe(kind, d);
                let other = self.leaf(kind);
                maybe.binary("??", other)
            }
            _ => self.picked(kind, d),
        }
    }

    fn date(&mut self, d: usize) -> Code {
        let kind = Kind::Date;
        match self.c.weighted(&[20, 10, 8, 8, 5, 5, 8]) {
            0 => {
                let time = self.one(Kind::Instant, d);
                self.ask(time, "date", None)
            }
            1 => self.binary(kind, "+", Kind::Days, d),
            2 => self.binary(kind, "-", Kind::Days, d),
            3 => {
                let years = if self.c.chance(30) {
                    self.one(Kind::Int, d)
                } else {
                    Code::int(self.c.number(90))
                };
                self.one(kind, d).method("birthday", [years])
            }
            4 => self.two("earlier", kind, d),
            5 => self.two("later", kind, d),
            _ => self.picked(kind, d),
        }
    }

    fn elapsed(&mut self, d: usize) -> Code {
        let kind = Kind::Elapsed;
        match self.c.weighted(&[5, 5, 3, 3, 3, 4]) {
            0 => {
                let name = self.c.word(&["hours", "minutes"]);
                Code::call(name, [self.one(Kind::Int, d)])
            }
            1 => self.binary(Kind::Instant, "-", Kind::Instant, d),
            2 => self.binary(kind, "+", kind, d),
            3 => self.binary(kind, "-", kind, d),
            4 => self.binary(kind, "*", Kind::Int, d),
            _ => self.picked(kind, d),
        }
    }

    fn days(&mut self, d: usize) -> Code {
        let kind = Kind::Days;
        match self.c.weighted(&[5, 5, 3, 3, 3, 4]) {
            0 => Code::call("days", [self.one(Kind::Int, d)]),
            1 => self.binary(Kind::Date, "-", Kind::Date, d),
            2 => self.binary(kind, "+", kind, d),
            3 => self.binary(kind, "-", kind, d),
            4 => self.binary(kind, "*", Kind::Int, d),
            _ => self.picked(kind, d),
        }
    }

    fn series(&mut self, d: usize) -> Code {
        let Some(chain) = self.chain(d).filter(|chain| {
            let lists = [Rec::Visit, Rec::Check];
            lists.contains(&chain.rec)
        }) else {
            return self.leaf(Kind::Series);
        };
        let count = match chain.rec {
            Rec::Visit => "weight",
            _ => "count",
        };
        let days = chain.code.clone().method("map", [Code::of("|o| o.day")]);
        let counts = match self.c.weighted(&[9, 1]) {
            0 => chain
                .code
                .method("map", [Code::of(format!("|o| o.{count}"))]),
            // Not as many counts as days: an error, unless there is one day.
            _ => Code::list([self.leaf(Kind::Int)]),
        };
        Code::call("daily", [days, counts])
    }

    /// A call as it is mostly written, with the first argument in front; now and then as a
    /// function of it.
    pub(super) fn ask(&mut self, of: Code, name: &str, more: Option<Code>) -> Code {
        if self.c.chance(6) {
            Code::call(name, std::iter::once(of).chain(more))
        } else {
            of.method(name, more)
        }
    }

    pub(super) fn binary(&mut self, left: Kind, sign: &str, right: Kind, d: usize) -> Code {
        let left = self.one(left, d);
        let right = self.one(right, d);
        left.binary(sign, right)
    }

    fn two(&mut self, name: &str, kind: Kind, d: usize) -> Code {
        let (left, right) = (self.one(kind, d), self.one(kind, d));
        Code::call(name, [left, right])
    }

    /// An item of a list that is written here, by position: nothing is known of it.
    /// An item of a list, or another value if the list is empty.
    fn picked(&mut self, kind: Kind, d: usize) -> Code {
        let maybe = self.item_of(kind, d);
        let other = self.leaf(kind);
        maybe.binary("??", other)
    }

    /// A value that may be absent.
    pub(super) fn maybe(&mut self, kind: Kind, d: usize) -> Code {
        let path = self.optional_path(|ty| ty.fits(Ty::One(kind)));
        if !self.spend() {
            return match path {
                Some(path) => path.code,
                None => self.item_of(kind, 0),
            };
        }
        match (path, self.c.weighted(&[6, 3, 1, 1])) {
            (Some(path), 0) => path.code,
            (_, 2) => match kind {
                Kind::Instant => {
                    let end = self.c.word(&["from", "ends"]);
                    self.one(Kind::When, d).method(end, [])
                }
                Kind::Int => self.maybe_count(d),
                _ => self.item_of(kind, d),
            },
            (_, 3) => {
                let test = self.one(Kind::Bool, d);
                let value = self.one(kind, d.min(1));
                Code::open(format!("if {} {{ {} }}", test.text, value.text))
            }
            (Some(path), _) if d == 0 => path.code,
            _ => self.item_of(kind, d),
        }
    }
}
