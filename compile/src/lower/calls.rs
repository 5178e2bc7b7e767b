//! Compiles calls: functions of the script become part of their callers, helpers become
//! operations.

use super::kind::{Kind, Type, Typed};
use super::{Env, Lower, Lowered, Term, Want, Why, refused, too_deep, ways};
use longma_core::Schema;
use longma_core::columns::Word;
use longma_core::host;
use longma_core::program::{End, Function, Id, NONE, Op, Tells};
use longma_lang::syntax::{Bytes, Expr, Name};

/// A call of a helper.
struct Helper<'n> {
    name: &'n str,
    at: usize,
    bytes: Bytes,
}

impl<'t> Lower<'_, 't> {
    /// The script's own function with this name and number of parameters.
    pub(super) fn own(&self, name: &Name, count: usize) -> Option<usize> {
        let functions = &self.script.parsed.script.functions;
        functions
            .iter()
            .position(|it| it.name.text == name.text && it.parameters.len() == count)
    }

    pub(super) fn call(
        &mut self,
        expr: &'t Expr,
        name: &'t Name,
        of: Option<&'t Expr>,
        arguments: &'t [Expr],
        env: &Env<'t>,
        want: Want,
    ) -> Lowered<Typed> {
        let count = arguments.len() + usize::from(of.is_some());
        let own = self.own(name, count);
        let given: Vec<&'t Expr> = of.into_iter().chain(arguments).collect();
        if let Some(index) = own {
            let mut terms = Vec::with_capacity(count);
            for argument in given {
                terms.push(self.term(argument, env)?);
            }
            return self.inline(name, index, terms, want);
        }
        let joins = matches!(name.text.as_str(), "concat" | "because");
        let mut terms = Vec::with_capacity(count);
        for (at, argument) in given.iter().enumerate() {
            let joined = joins && at == 1;
            terms.push(if joined {
                Term::Value(self.wanted(argument, env, Want::Joined)?)
            } else {
                self.term(argument, env)?
            });
        }
        let helper = Helper {
            name: &name.text,
            at: name.bytes.start,
            bytes: expr.bytes.clone(),
        };
        self.helper(&helper, &terms)
    }

    /// Puts a function's body in place of its call.
    fn inline(
        &mut self,
        name: &Name,
        index: usize,
        terms: Vec<Term<'t>>,
        want: Want,
    ) -> Lowered<Typed> {
        if self.inside.contains(&index) {
            return Err(refused(Why::Recursion, &name.bytes));
        }
        if too_deep(&self.inside) {
            return Err(refused(Why::Depth, &name.bytes));
        }
        let functions = &self.script.parsed.script.functions;
        let function = functions.get(index);
        let function = function.ok_or_else(|| refused(Why::Unknown, &name.bytes))?;
        self.bindings(terms.into_iter(), Vec::new(), &mut |lower, terms| {
            let parameters = function.parameters.iter().map(|name| name.text.as_str());
            let env = Env {
                names: parameters.zip(terms).collect(),
                outside: 0,
            };
            lower.inside.push(index);
            let result = lower.seq(&function.body.statements, None, env, want);
            lower.inside.pop();
            result
        })
    }

    /// The result of a closure for an item.
    fn ask(
        &mut self,
        helper: &Helper<'_>,
        term: Option<&Term<'t>>,
        item: &Type,
        want: Want,
    ) -> Lowered<(u32, Typed)> {
        let Some(Term::Closure(parameters, body, env)) = term else {
            return Err(refused(Why::Kinds, &helper.bytes));
        };
        let [parameter] = parameters else {
            return Err(refused(Why::Unknown, &helper.bytes));
        };
        let slot = self.slot();
        let held = Typed {
            id: self.graph.add(Op::Slot(slot)),
            it: item.clone(),
            word: None,
        };
        let mut env = env.clone();
        env.outside = env.names.len();
        env.names.push((&parameter.text, Term::Value(held)));
        let result = match &body.kind {
            longma_lang::syntax::ExprKind::Block(block) => {
                self.seq(&block.statements, None, env, want)?
            }
            _ => self.last(body, env, want)?,
        };
        Ok((slot, result))
    }

    fn helper(&mut self, helper: &Helper<'_>, terms: &[Term<'t>]) -> Lowered<Typed> {
        match (helper.name, terms) {
            ("when" | "when_at_least", [Term::Timeline(number), Term::Value(level)]) => {
                let function = match helper.name {
                    "when" => Function::When,
                    _ => Function::WhenAtLeast,
                };
                let number = self.constant(Word::from(*number), Type::present(Kind::Int));
                let it = Type::present(Kind::When);
                Ok(self.at(helper, function, &[&number, level], it))
            }
            ("during", [Term::Table(number, name), Term::Value(record)]) => {
                self.rows(helper, Function::During, (*number, name), record, None)
            }
            (
                "on_day",
                [
                    Term::Table(number, name),
                    Term::Value(record),
                    Term::Value(day),
                ],
            ) => {
                let offset = self.offset();
                let it = Type::present(Kind::Instant);
                let start = self.at(helper, Function::DayStart, &[day, &offset], it);
                let start = Some(&start);
                self.rows(helper, Function::OnDay, (*number, name), record, start)
            }
            (
                "around",
                [
                    Term::Table(number, name),
                    Term::Value(record),
                    Term::Value(column),
                ],
            ) => self.rows(
                helper,
                Function::Around,
                (*number, name),
                record,
                Some(column),
            ),
            (
                "filter" | "find" | "any" | "all" | "map" | "flat_map" | "sort_by",
                [list, closure],
            ) => {
                let Term::Value(list) = list else {
                    return Err(refused(Why::Kinds, &helper.bytes));
                };
                self.each(helper, list, closure)
            }
            _ => {
                let values: Option<Vec<&Typed>> = terms
                    .iter()
                    .map(|term| match term {
                        Term::Value(value) => Some(value),
                        _ => None,
                    })
                    .collect();
                let values = values.ok_or_else(|| refused(Why::Kinds, &helper.bytes))?;
                self.plain(helper, &values)
            }
        }
    }

    fn at(
        &mut self,
        helper: &Helper<'_>,
        function: Function,
        operands: &[&Typed],
        it: Type,
    ) -> Typed {
        self.function(function, helper.name, helper.at, operands, it)
    }

    /// Like `at`, for a helper that is called with fewer arguments.
    fn told(
        &mut self,
        helper: &Helper<'_>,
        (function, operands): (Function, &[&Typed]),
        kinds: &[host::Kind],
        it: Type,
    ) -> Typed {
        let ids: Vec<Id> = operands.iter().map(|operand| operand.id).collect();
        let op = self.graph.call(function, &ids);
        let doubtful = super::values::doubtful(function, operands);
        let site = self.site(helper.at, (helper.name, Tells::NoFunction), kinds, doubtful);
        Typed {
            id: self.graph.add_at(op, site),
            it,
            word: None,
        }
    }

    fn rows(
        &mut self,
        helper: &Helper<'_>,
        function: Function,
        (number, name): (u32, &str),
        record: &Typed,
        column: Option<&Typed>,
    ) -> Lowered<Typed> {
        if !matches!(record.it.kind, None | Some(Kind::Record(_))) {
            return Err(refused(Why::Kinds, &helper.bytes));
        }
        let table = self.setting.tables.get(name);
        let object = table.map(|schema| schema.root().clone());
        let object = object.ok_or_else(|| refused(Why::Unknown, &helper.bytes))?;
        let number = self.constant(Word::from(number), Type::present(Kind::Int));
        let row = Type::present(Kind::Record(Some(object)));
        let it = Type::present(Kind::List(Box::new(row)));
        let operands: Vec<&Typed> = [&number, record].into_iter().chain(column).collect();
        let mut kinds: Vec<host::Kind> = operands.iter().map(|it| it.it.told()).collect();
        if let Some(table) = kinds.first_mut() {
            *table = host::Kind::Table;
        }
        let mut found = self.told(helper, (function, &operands), &kinds, it);
        if lacks_key(record, table) {
            // The record may lack a part of the key: what is found is needed in its place.
            let op = self.graph.program.op(found.id);
            let site = self.site(helper.at, (helper.name, Tells::NoFunction), &kinds, true);
            if let Some(op) = op {
                found.id = self.graph.add_at(op, site);
            }
        }
        Ok(found)
    }

    /// A helper that calls a closure for each item.
    fn each(&mut self, helper: &Helper<'_>, list: &Typed, closure: &Term<'t>) -> Lowered<Typed> {
        let item = match &list.it.kind {
            None => Type::ABSENT,
            Some(Kind::List(item)) => (**item).clone(),
            Some(_) => return Err(refused(Why::Kinds, &helper.bytes)),
        };
        let want = if helper.name == "flat_map" {
            Want::Joined
        } else {
            Want::Any
        };
        let (slot, result) = self.ask(helper, Some(closure), &item, want)?;
        let whole = || Type::present(Kind::List(Box::new(item.clone())));
        let tests = matches!(helper.name, "filter" | "find" | "any" | "all");
        if tests && !matches!(result.it.kind, None | Some(Kind::Bool)) {
            return Err(refused(Why::Kinds, &helper.bytes));
        }
        let (end, it) = match helper.name {
            "filter" => (End::List, whole()),
            "find" => (End::First, item.clone().or_absent()),
            "any" => (End::Any, Type::present(Kind::Bool)),
            "all" => (End::All, Type::present(Kind::Bool)),
            "map" => {
                if let Some(Kind::List(_)) = result.it.kind {
                    return Err(refused(Why::Kinds, &helper.bytes));
                }
                (
                    End::List,
                    Type::present(Kind::List(Box::new(result.it.clone()))),
                )
            }
            "flat_map" => {
                let inner = result.it.item().cloned().unwrap_or(Type {
                    kind: None,
                    absent: false,
                });
                (End::Flat, Type::present(Kind::List(Box::new(inner))))
            }
            _ => {
                let end = match result.it.kind {
                    Some(Kind::Text(_) | Kind::Record(_)) => End::SortedByValue,
                    None
                    | Some(
                        Kind::Bool
                        | Kind::Int
                        | Kind::Instant
                        | Kind::Date
                        | Kind::Elapsed
                        | Kind::Days
                        | Kind::Temperature,
                    ) => End::Sorted,
                    Some(_) => return Err(refused(Why::Kinds, &helper.bytes)),
                };
                (end, whole())
            }
        };
        let (test, take) = match helper.name {
            "filter" | "find" | "any" => (result.id, NONE),
            _ => (NONE, result.id),
        };
        let tells = match helper.name {
            _ if tests => Tells::Wanted,
            "sort_by" => Tells::Kinds,
            _ => Tells::NoFunction,
        };
        let kinds: Vec<host::Kind> = match helper.name {
            _ if tests => vec![host::Kind::Bool],
            "sort_by" => vec![result.it.told(); 2],
            _ => vec![host::Kind::List, host::Kind::Function],
        };
        let doubtful = (tests || helper.name == "sort_by") && result.it.absent;
        Ok(self.scan(
            helper,
            (end, test, take),
            (list, slot),
            (tells, &kinds, doubtful),
            it,
        ))
    }

    fn scan(
        &mut self,
        helper: &Helper<'_>,
        (end, test, take): (End, Id, Id),
        (list, slot): (&Typed, u32),
        (tells, kinds, doubtful): (Tells, &[host::Kind], bool),
        it: Type,
    ) -> Typed {
        let (of, list_absent) = (list.id, list.it.absent);
        // An absent list is told like any other absent argument.
        let of = match self.graph.program.op(of) {
            Some(Op::Section(_) | Op::List(..) | Op::Items(..) | Op::Scan { .. }) => of,
            _ => {
                let list = [host::Kind::List, host::Kind::Function];
                let named = (helper.name, Tells::NoFunction);
                let site = self.site(helper.at, named, &list, list_absent);
                self.graph.add_at(Op::Need(of), site)
            }
        };
        let name = if tells == Tells::Wanted {
            ""
        } else {
            helper.name
        };
        let site = self.site(helper.at, (name, tells), kinds, doubtful);
        let op = Op::Scan {
            end,
            of,
            slot,
            test,
            take,
        };
        Typed {
            id: self.graph.add_at(op, site),
            it,
            word: None,
        }
    }

    /// A scan without a closure.
    fn whole(&mut self, helper: &Helper<'_>, list: &Typed, end: End, it: Type) -> Typed {
        let slot = self.slot();
        let kinds = [list.it.told()];
        let told = list.it.item().map_or(host::Kind::Absent, Type::told);
        let (tells, kinds) = match end {
            End::Union => (Tells::Kinds, vec![host::Kind::When, told]),
            _ => (Tells::NoFunction, kinds.to_vec()),
        };
        let doubtful = end == End::Union && list.it.item().is_some_and(|item| item.absent);
        self.scan(
            helper,
            (end, NONE, NONE),
            (list, slot),
            (tells, &kinds, doubtful),
            it,
        )
    }

    #[allow(clippy::too_many_lines, reason = "one arm for each helper")]
    fn plain(&mut self, helper: &Helper<'_>, values: &[&Typed]) -> Lowered<Typed> {
        let kinds: Vec<Option<&Kind>> = values.iter().map(|value| value.it.kind.as_ref()).collect();
        let wrong = || refused(Why::Kinds, &helper.bytes);
        // An operand that is never there fails when the rule runs.
        let is = |at: usize, wanted: &Kind| {
            kinds
                .get(at)
                .is_some_and(|kind| kind.is_none_or(|kind| kind.join(wanted).is_some()))
        };
        let all = |wanted: &[Kind]| {
            wanted.len() == values.len() && wanted.iter().enumerate().all(|(at, kind)| is(at, kind))
        };
        let item = |at: usize| values.get(at).and_then(|value| value.it.item()).cloned();
        let is_list = |at: usize| matches!(kinds.get(at), Some(None | Some(Kind::List(_))));
        let when = || Type::present(Kind::When);
        let simple = |function: Function, wanted: &[Kind], it: Kind| {
            all(wanted).then(|| (function, Type::present(it)))
        };
        let told: Vec<host::Kind> = values.iter().map(|value| value.it.told()).collect();
        let found = match (helper.name, values.len()) {
            ("days", 1) => {
                if !all(&[Kind::Int]) {
                    return Err(wrong());
                }
                return Ok(match values {
                    [value]
                        if value
                            .word
                            .is_some_and(|word| word != longma_core::columns::ABSENT) =>
                    {
                        let word = value.word.unwrap_or_default();
                        self.constant(word, Type::present(Kind::Days))
                    }
                    [value] => {
                        let zero = self.constant(0, Type::present(Kind::Int));
                        let it = Type::present(Kind::Days);
                        self.told(helper, (Function::DaysAdd, &[value, &zero]), &told, it)
                    }
                    _ => return Err(wrong()),
                });
            }
            ("daily", 2) => {
                let of = |at: usize, kind: &Kind| {
                    item(at).is_some_and(|item| item.kind.is_none_or(|it| it == *kind))
                };
                (of(0, &Kind::Date) && of(1, &Kind::Int))
                    .then(|| (Function::Daily, Type::present(Kind::Series)))
            }
            ("is_empty", 1) if is_list(0) => {
                let len = self.at(helper, Function::Len, values, Type::present(Kind::Int));
                let zero = self.constant(0, Type::present(Kind::Int));
                return Ok(Typed {
                    id: self.graph.add(Op::Equal(len.id, zero.id)),
                    it: Type::present(Kind::Bool),
                    word: None,
                });
            }
            ("len", 1) if is_list(0) => Some((Function::Len, Type::present(Kind::Int))),
            ("first" | "last", 1) if is_list(0) => {
                let function = match helper.name {
                    "first" => Function::First,
                    _ => Function::Last,
                };
                Some((function, item(0).unwrap_or(Type::ABSENT).or_absent()))
            }
            ("parts", 2) => simple(
                Function::Parts,
                &[Kind::Text(false), Kind::Text(false)],
                Kind::List(Box::new(Type::present(Kind::Text(false)))),
            ),
            ("on_weekdays", 2) if is(0, &Kind::When) && is_list(1) => {
                let numbers = item(1).is_none_or(|it| matches!(it.kind, None | Some(Kind::Int)));
                if !numbers {
                    return Err(wrong());
                }
                let offset = self.offset();
                let operands: Vec<&Typed> = values.iter().copied().chain([&offset]).collect();
                return Ok(self.told(helper, (Function::OnWeekdays, &operands), &told, when()));
            }
            ("contains", 2) if is_list(0) => {
                let [list, sought] = values else {
                    return Err(wrong());
                };
                return self.contains(
                    &helper.bytes,
                    (helper.name, helper.at),
                    (*list).clone(),
                    (*sought).clone(),
                );
            }
            ("concat", 2) if is_list(0) && is_list(1) => {
                let both = match (item(0), item(1)) {
                    (Some(a), Some(b)) => a.join(&b).ok_or_else(wrong)?,
                    (a, b) => a.or(b).unwrap_or(Type::ABSENT),
                };
                Some((Function::Concat, Type::present(Kind::List(Box::new(both)))))
            }
            ("union", 1) if is_list(0) => {
                let [list] = values else { return Err(wrong()) };
                let sets = item(0).is_none_or(|item| matches!(item.kind, None | Some(Kind::When)));
                if !sets {
                    return Err(wrong());
                }
                return Ok(self.whole(helper, list, End::Union, when()));
            }
            ("at_least", 2) if is_list(0) => {
                let sets = item(0).is_none_or(|item| matches!(item.kind, None | Some(Kind::When)));
                (sets && is(1, &Kind::Int)).then(|| (Function::AtLeast, when()))
            }
            ("spans", 1) => simple(Function::Spans, &[Kind::When], Kind::List(Box::new(when()))),
            ("take", 2) if is_list(0) && is(1, &Kind::Int) => {
                let list = values.first().map(|list| list.it.clone());
                list.map(|it| {
                    (
                        Function::Take,
                        Type {
                            absent: false,
                            ..it
                        },
                    )
                })
            }
            ("next_after", 2) if is_list(0) => {
                let [list, t] = values else {
                    return Err(wrong());
                };
                let times = item(0).is_none_or(|it| matches!(it.kind, None | Some(Kind::Instant)));
                if !times || !is(1, &Kind::Instant) {
                    return Err(wrong());
                }
                let sorted = self.whole(helper, list, End::Sorted, list.it.clone());
                let it = Type::present(Kind::Instant).or_absent();
                return Ok(self.told(helper, (Function::NextAfter, &[&sorted, t]), &told, it));
            }
            ("earliest_from" | "latest_until", 3) if is_list(0) && is_list(1) => {
                let [times, keys, t] = values else {
                    return Err(wrong());
                };
                let of_times = |place: usize| {
                    item(place).is_none_or(|it| matches!(it.kind, None | Some(Kind::Instant)))
                };
                if !of_times(0) || !of_times(1) || !is(2, &Kind::Instant) {
                    return Err(wrong());
                }
                let (pairs, sought) = match helper.name {
                    "earliest_from" => (Function::PairsFrom, Function::EarliestFrom),
                    _ => (Function::PairsUntil, Function::LatestUntil),
                };
                let pairs = self.at(helper, pairs, &[*times, *keys], times.it.clone());
                let it = Type::present(Kind::Instant).or_absent();
                return Ok(self.told(helper, (sought, &[&pairs, t]), &told, it));
            }
            ("earliest" | "latest" | "min" | "max", 1) if is_list(0) => {
                let [list] = values else { return Err(wrong()) };
                let held = item(0).unwrap_or(Type::ABSENT);
                let fits = match helper.name {
                    "earliest" | "latest" => {
                        matches!(held.kind, None | Some(Kind::Instant | Kind::Date))
                    }
                    _ => matches!(
                        held.kind,
                        None | Some(Kind::Int | Kind::Elapsed | Kind::Days)
                    ),
                };
                if !fits {
                    return Err(wrong());
                }
                let end = match helper.name {
                    "earliest" | "min" => End::Least,
                    _ => End::Greatest,
                };
                return Ok(self.whole(helper, list, end, held.or_absent()));
            }
            ("level", 2) if is(0, &Kind::Text(true)) && is(1, &Kind::When) => {
                Some((Function::Cause, Type::present(Kind::Cause)))
            }
            ("level", 3) => simple(
                Function::CauseBetween,
                &[Kind::Text(true), Kind::Instant, Kind::Instant],
                Kind::Cause,
            ),
            ("because", 2) => {
                let rests =
                    item(1).is_none_or(|item| matches!(item.kind, None | Some(Kind::Record(_))));
                (is(0, &Kind::Cause) && is_list(1) && rests)
                    .then(|| (Function::Because, Type::present(Kind::Cause)))
            }
            (name, count) if ways::is_named(name, count) => return self.of_table(helper, values),
            (level, count @ (1 | 2)) if self.setting.levels.contains(level) => {
                let level = self.text(level).ok_or_else(wrong)?;
                let fits = match count {
                    1 => is(0, &Kind::When),
                    _ => is(0, &Kind::Instant) && is(1, &Kind::Instant),
                };
                if !fits {
                    return Err(wrong());
                }
                let function = match count {
                    1 => Function::Cause,
                    _ => Function::CauseBetween,
                };
                let operands: Vec<&Typed> =
                    [&level].into_iter().chain(values.iter().copied()).collect();
                let it = Type::present(Kind::Cause);
                return Ok(self.told(helper, (function, &operands), &told, it));
            }
            _ => None,
        };
        let (function, it) = found.ok_or_else(wrong)?;
        Ok(self.at(helper, function, values, it))
    }

    /// The pack's offset, as the last operand of what depends on it.
    pub(super) fn offset(&mut self) -> Typed {
        self.constant(self.setting.offset.number(), Type::present(Kind::Int))
    }

    /// A helper that the table of functions computes.
    fn of_table(&mut self, helper: &Helper<'_>, values: &[&Typed]) -> Lowered<Typed> {
        let kinds: Vec<Option<&Kind>> = values.iter().map(|value| value.it.kind.as_ref()).collect();
        let mut ways = ways::ways(helper.name, &kinds);
        let wrong = || refused(Why::Kinds, &helper.bytes);
        let way = ways.next().ok_or_else(wrong)?;
        // Values that are never there go with several ways.
        if ways.any(|other| (other.function, &other.it) != (way.function, &way.it)) {
            return Err(wrong());
        }
        let told: Vec<host::Kind> = values.iter().map(|value| value.it.told()).collect();
        let offset = way.at_offset.then(|| self.offset());
        let operands: Vec<&Typed> = values.iter().copied().chain(&offset).collect();
        Ok(self.told(helper, (way.function, &operands), &told, way.it))
    }
}

/// Whether a record can lack a part of a table's key, or the start of its span, or name a
/// place that nobody knows.
fn lacks_key(record: &Typed, table: Option<&Schema>) -> bool {
    let (Some(Kind::Record(Some(object))), Some(table)) = (&record.it.kind, table) else {
        return true;
    };
    let needed = table
        .root()
        .key_names()
        .chain(object.span.as_ref().map(|span| span.0.as_str()));
    let mut needed = needed.map(|name| object.field(name));
    table.root().places > 0
        || object.span.is_none()
        || needed.any(|field| field.is_none_or(|field| !field.required))
}
