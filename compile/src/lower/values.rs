//! Compiles expressions that are not calls: constants, names, fields and operators.

use super::kind::{Kind, Type, Typed};
use super::{Env, Lower, Lowered, Term, Want, Why, kind_is, refused, size, ways, word_of};
use longma_core::columns::{ABSENT, Word};
use longma_core::host;
use longma_core::program::{End, Function, Id, NONE, Op, Relation, Tells};
use longma_core::value::{Got, Value};
use longma_lang::syntax::{Arm, Binary, Bytes, Expr, ExprKind, Name, Unary};

impl<'t> Lower<'_, 't> {
    /// What an expression stands for.
    pub(super) fn term(&mut self, expr: &'t Expr, env: &Env<'t>) -> Lowered<Term<'t>> {
        match &expr.kind {
            ExprKind::Name(name) => {
                let found = env.names.iter().rev().find(|(known, _)| known == name);
                let found = found.map(|(_, term)| term.clone());
                found.ok_or_else(|| refused(Why::Unknown, &expr.bytes))
            }
            ExprKind::Closure { parameters, body } => {
                Ok(Term::Closure(parameters, body, env.clone()))
            }
            _ => self.value(expr, env).map(Term::Value),
        }
    }

    /// The value of an expression.
    pub(super) fn value(&mut self, expr: &'t Expr, env: &Env<'t>) -> Lowered<Typed> {
        if self.nesting > super::DEPTH {
            return Err(refused(Why::Size, &expr.bytes));
        }
        self.nesting += 1;
        let value = match (self.known.get(&expr.id), self.safe(expr)) {
            (Some(known), _) => Ok(known.clone()),
            (None, safe) => match (self.chain_arguments(expr), safe) {
                (Some(arguments), _) => {
                    self.arguments_first((expr, env, Want::Any), arguments.into_iter())
                }
                (None, Some(of)) => self.chain(expr, of, env),
                (None, None) => self.value_of(expr, env),
            },
        };
        self.nesting -= 1;
        value
    }

    /// The arguments in a chain of dots that are computed before the value in front of
    /// it; `None` if there are none, or if they are computed already.
    pub(super) fn chain_arguments(&self, expr: &'t Expr) -> Option<Vec<(&'t Expr, bool)>> {
        let mut chain = Vec::new();
        let mut here = expr;
        while let ExprKind::Field { of, name } | ExprKind::Method { of, name, .. } = &here.kind {
            if self.opened.contains(&here.id) {
                return None;
            }
            if let ExprKind::Method {
                arguments, name, ..
            } = &here.kind
            {
                let joins = matches!(name.text.as_str(), "concat" | "because");
                chain.push((arguments, joins));
            }
            let between = self.script.text.get(of.bytes.end..name.bytes.start)?;
            // A bracket ends an inner chain.
            if between.contains(')') {
                break;
            }
            here = of;
        }
        let chain = chain.into_iter().rev();
        let arguments = chain
            .flat_map(|(arguments, joins)| arguments.iter().map(move |argument| (argument, joins)));
        let ready = |argument: &Expr| {
            matches!(
                argument.kind,
                ExprKind::Name(_)
                    | ExprKind::Closure { .. }
                    | ExprKind::Absent
                    | ExprKind::Bool(_)
                    | ExprKind::Int(_)
                    | ExprKind::Text(_)
            )
        };
        let arguments: Vec<_> = arguments.filter(|(argument, _)| !ready(argument)).collect();
        (!arguments.is_empty()).then_some(arguments)
    }

    /// The expressions in a chain of dots, by their `id`.
    fn links(&self, expr: &'t Expr) -> Vec<u32> {
        let mut links = Vec::new();
        let mut here = expr;
        while let ExprKind::Field { of, name } | ExprKind::Method { of, name, .. } = &here.kind {
            links.push(here.id);
            let between = self.script.text.get(of.bytes.end..name.bytes.start);
            if between.is_none_or(|between| between.contains(')')) {
                break;
            }
            here = of;
        }
        links
    }

    /// A chain of dots, after its arguments.
    pub(super) fn arguments_first(
        &mut self,
        (expr, env, want): (&'t Expr, &Env<'t>, Want),
        mut arguments: std::vec::IntoIter<(&'t Expr, bool)>,
    ) -> Lowered<Typed> {
        let Some((argument, joins)) = arguments.next() else {
            let chain = self.links(expr);
            self.opened.extend(&chain);
            let result = self.wanted(expr, env, want);
            for link in chain {
                self.opened.remove(&link);
            }
            return result;
        };
        let value = if joins {
            self.wanted(argument, env, Want::Joined)?
        } else {
            self.value(argument, env)?
        };
        self.binding(Term::Value(value), |lower, bound| {
            if let Term::Value(bound) = bound {
                lower.known.insert(argument.id, bound);
            }
            let result = lower.arguments_first((expr, env, want), arguments);
            lower.known.remove(&argument.id);
            result
        })
    }

    /// The first value of a chain of dots that a `?.` follows, unless it is known.
    pub(super) fn safe(&self, expr: &'t Expr) -> Option<&'t Expr> {
        let (ExprKind::Field { of, name } | ExprKind::Method { of, name, .. }) = &expr.kind else {
            return None;
        };
        if self.known.contains_key(&of.id) {
            return None;
        }
        let between = self.script.text.get(of.bytes.end..name.bytes.start)?;
        // A bracket ends an inner chain.
        let inner = if between.contains(')') {
            None
        } else {
            self.safe(of)
        };
        inner.or_else(|| between.contains("?.").then_some(&**of))
    }

    /// A chain with `?.`: all of it is absent if the value in front is.
    fn chain(&mut self, expr: &'t Expr, of: &'t Expr, env: &Env<'t>) -> Lowered<Typed> {
        let front = Term::Value(self.value(of, env)?);
        self.binding(front, |lower, front| {
            let Term::Value(front) = front else {
                return Err(refused(Why::Unknown, &expr.bytes));
            };
            let there = Typed {
                it: Type {
                    absent: false,
                    ..front.it.clone()
                },
                ..front.clone()
            };
            lower.known.insert(of.id, there);
            let value = lower.value(expr, env);
            lower.known.remove(&of.id);
            let value = value?;
            let test = lower.graph.add(Op::IsAbsent(front.id));
            let absent = lower.absent();
            let id = lower.graph.add(Op::If(test, absent.id, value.id));
            Ok(Typed {
                id,
                it: value.it.or_absent(),
                word: None,
            })
        })
    }

    fn value_of(&mut self, expr: &'t Expr, env: &Env<'t>) -> Lowered<Typed> {
        match &expr.kind {
            ExprKind::Absent => Ok(self.absent()),
            ExprKind::Bool(truth) => {
                Ok(self.constant(Word::from(*truth), Type::present(Kind::Bool)))
            }
            ExprKind::Int(Some(number)) if *number != ABSENT => {
                Ok(self.constant(*number, Type::present(Kind::Int)))
            }
            ExprKind::Text(text) => {
                let text = self.text(text);
                text.ok_or_else(|| refused(Why::Text, &expr.bytes))
            }
            ExprKind::List(items) => self.list(items, env),
            ExprKind::Name(_) => match self.term(expr, env)? {
                Term::Value(value) => Ok(value),
                _ => Err(refused(Why::Kinds, &expr.bytes)),
            },
            ExprKind::Field { of, name } => self.field(expr, of, name, env),
            ExprKind::Index { of, at } => self.index(expr, of, at, env),
            ExprKind::Call { name, arguments } => {
                self.call(expr, name, None, arguments, env, Want::Any)
            }
            ExprKind::Method {
                of,
                name,
                arguments,
            } => self.call(expr, name, Some(of), arguments, env, Want::Any),
            ExprKind::Unary { operator, operand } => self.unary(expr, *operator, operand, env),
            ExprKind::Binary {
                operator,
                at,
                left,
                right,
            } => self.binary(expr, (*operator, at.start), (left, right), env),
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                let parts = (&**condition, then, otherwise.as_deref());
                self.conditional(expr, parts, env, Want::Any)
            }
            ExprKind::Switch { subject, arms } => {
                self.chosen((expr, subject), arms, env, Want::Any)
            }
            ExprKind::Block(block) => self.block(block, env, Want::Any),
            ExprKind::Interpolated(_) => Err(refused(Why::Text, &expr.bytes)),
            ExprKind::Int(_) | ExprKind::Map(_) | ExprKind::Closure { .. } | ExprKind::Broken => {
                Err(refused(Why::Unknown, &expr.bytes))
            }
        }
    }

    pub(super) fn list(&mut self, items: &'t [Expr], env: &Env<'t>) -> Lowered<Typed> {
        let mut ids: Vec<Id> = Vec::with_capacity(items.len());
        let mut words: Vec<Option<Word>> = Vec::with_capacity(items.len());
        let mut it = Type {
            kind: None,
            absent: false,
        };
        for item in items {
            let value = self.value(item, env)?;
            let joined = it.join(&value.it);
            it = joined.ok_or_else(|| refused(Why::Kinds, &item.bytes))?;
            if let Some(Kind::List(_)) = it.kind {
                return Err(refused(Why::Kinds, &item.bytes));
            }
            ids.push(value.id);
            words.push(value.word);
        }
        let words: Option<Vec<Word>> = words.into_iter().collect();
        let op = match words {
            Some(words) => self.graph.list(&words),
            None => {
                let start = self.graph.operands(&ids);
                Op::Items(start, size(ids.len()))
            }
        };
        Ok(Typed {
            id: self.graph.add(op),
            it: Type::present(Kind::List(Box::new(it))),
            word: None,
        })
    }

    fn field(
        &mut self,
        expr: &'t Expr,
        of: &'t Expr,
        name: &'t Name,
        env: &Env<'t>,
    ) -> Lowered<Typed> {
        match self.term(of, env)? {
            Term::Params => self.param(expr, &name.text),
            Term::Value(record) => self.member(expr, &record, &name.text, name.bytes.start),
            _ => Err(refused(Why::Kinds, &of.bytes)),
        }
    }

    fn member(&mut self, expr: &Expr, record: &Typed, name: &str, at: usize) -> Lowered<Typed> {
        let Some(Kind::Record(Some(object))) = &record.it.kind else {
            return Err(refused(Why::Kinds, &expr.bytes));
        };
        let position = object.position(name);
        let found = position.and_then(|at| Some((at, object.fields.get(at)?)));
        let (position, field) = found.ok_or_else(|| refused(Why::Unknown, &expr.bytes))?;
        let it = Type {
            kind: Some(Kind::of_schema(&field.kind)),
            absent: !field.required,
        };
        let site = self.site(
            at,
            (name, Tells::NoFunction),
            &[host::Kind::Record],
            record.it.absent,
        );
        let id = self
            .graph
            .add_at(Op::Field(record.id, size(position)), site);
        Ok(Typed { id, it, word: None })
    }

    fn param(&mut self, expr: &Expr, name: &str) -> Lowered<Typed> {
        let unknown = || refused(Why::Unknown, &expr.bytes);
        let params = self.params.ok_or_else(unknown)?;
        let Got::Value(value) = params.get(name) else {
            return Err(unknown());
        };
        let kind = Kind::of_value(value).ok_or_else(unknown)?;
        let texts = &self.graph.program.texts;
        if let Value::List(items) = value {
            let words: Option<Vec<Word>> = items.iter().map(|item| word_of(item, texts)).collect();
            let op = self.graph.list(&words.ok_or_else(unknown)?);
            return Ok(Typed {
                id: self.graph.add(op),
                it: Type::present(kind),
                word: None,
            });
        }
        let word = word_of(value, texts).filter(|word| *word != ABSENT);
        Ok(self.constant(word.ok_or_else(unknown)?, Type::present(kind)))
    }

    fn index(
        &mut self,
        expr: &'t Expr,
        of: &'t Expr,
        at: &'t Expr,
        env: &Env<'t>,
    ) -> Lowered<Typed> {
        let ExprKind::Text(name) = &at.kind else {
            return Err(refused(Why::Unknown, &expr.bytes));
        };
        match self.term(of, env)? {
            Term::Params => self.param(expr, name),
            Term::Value(record) => self.member(expr, &record, name, at.bytes.start),
            _ => Err(refused(Why::Kinds, &of.bytes)),
        }
    }

    /// The value of the arm that a `switch` chooses.
    pub(super) fn chosen(
        &mut self,
        of: (&'t Expr, &'t Expr),
        arms: &'t [Arm],
        env: &Env<'t>,
        want: Want,
    ) -> Lowered<Typed> {
        self.switch(of, arms, env, &mut |lower, arm| match arm {
            Some(arm) => lower.wanted(&arm.value, env, want),
            None => Ok(lower.absent()),
        })
    }

    /// A `switch`: each arm has the value that `value` gives it; `None` stands for no
    /// arm at all.
    pub(super) fn switch(
        &mut self,
        (expr, subject): (&'t Expr, &'t Expr),
        arms: &'t [Arm],
        env: &Env<'t>,
        value: &mut dyn FnMut(&mut Self, Option<&'t Arm>) -> Lowered<Typed>,
    ) -> Lowered<Typed> {
        let subject = Term::Value(self.value(subject, env)?);
        self.binding(subject, |lower, subject| {
            let Term::Value(subject) = subject else {
                return Err(refused(Why::Unknown, &expr.bytes));
            };
            let (named, others): (Vec<&Arm>, Vec<&Arm>) =
                arms.iter().partition(|arm| !arm.labels.is_empty());
            let mut result = match others.as_slice() {
                [] => value(lower, None)?,
                [arm] if arm.condition.is_none() => value(lower, Some(arm))?,
                [arm, ..] => return Err(refused(Why::Unknown, &arm.bytes)),
            };
            for arm in named.into_iter().rev() {
                let test = lower.label(&subject, arm, env)?;
                let chosen = value(lower, Some(arm))?;
                let it = chosen.it.join(&result.it);
                let it = it.ok_or_else(|| refused(Why::Kinds, &arm.bytes))?;
                let id = lower.graph.add(Op::If(test, chosen.id, result.id));
                result = Typed { id, it, word: None };
            }
            Ok(result)
        })
    }

    /// Whether an arm is for a value.
    fn label(&mut self, subject: &Typed, arm: &'t Arm, env: &Env<'t>) -> Lowered<Id> {
        let mut test: Option<Id> = None;
        for label in &arm.labels {
            let known = self.value(label, env)?;
            if known.word.is_none() {
                return Err(refused(Why::Unknown, &label.bytes));
            }
            // A label of another kind is for no value.
            let alike = match subject.it.join(&known.it) {
                Some(_) => self.equal(subject, &known, &label.bytes)?,
                None => self.graph.add(Op::Word(0)),
            };
            test = Some(match test {
                None => alike,
                Some(test) => self.graph.add(Op::Or(test, alike)),
            });
        }
        let mut test = test.unwrap_or(NONE);
        if let Some(condition) = &arm.condition {
            let also = self.value(condition, env)?;
            kind_is(&also, &Kind::Bool, condition)?;
            let also = self.true_or_false(&also, condition);
            test = self.graph.add(Op::And(test, also));
        }
        Ok(test)
    }

    /// A variable changed by an operator: `x += 1`.
    pub(super) fn changed(
        &mut self,
        (sign, operator): (&str, &'t Name),
        target: &'t Expr,
        value: &'t Expr,
        env: &Env<'t>,
    ) -> Lowered<Typed> {
        let binary = match sign {
            "+=" => Binary::Add,
            "-=" => Binary::Subtract,
            "*=" => Binary::Multiply,
            "/=" => Binary::Divide,
            "%=" => Binary::Remainder,
            "&=" => Binary::Both,
            "|=" => Binary::Union,
            "^=" => Binary::Xor,
            _ => return Err(refused(Why::Unknown, &operator.bytes)),
        };
        // The value is computed before the variable is read.
        let r = Term::Value(self.value(value, env)?);
        self.binding(r, |lower, r| {
            let Term::Value(r) = r else {
                return Err(refused(Why::Unknown, &operator.bytes));
            };
            let l = lower.value(target, env)?;
            lower.operate(target, (binary, operator.bytes.start), &l, &r)
        })
    }

    fn unary(
        &mut self,
        expr: &'t Expr,
        operator: Unary,
        operand: &'t Expr,
        env: &Env<'t>,
    ) -> Lowered<Typed> {
        let value = self.value(operand, env)?;
        let kinds = [value.it.kind.as_ref()];
        let way = match (operator, kinds) {
            (Unary::Plus, [Some(Kind::Int)]) => return Ok(value),
            _ => ways::ways(operator.sign(), &kinds).next(),
        };
        let way = way.ok_or_else(|| refused(Why::Kinds, &expr.bytes))?;
        if let (Function::IntNegative, Some(word)) = (way.function, value.word)
            && let Some(word) = word.checked_neg()
        {
            return Ok(self.constant(word, Type::present(Kind::Int)));
        }
        let at = expr.bytes.start;
        Ok(self.function(way.function, operator.sign(), at, &[&value], way.it))
    }

    /// A function's result, at the place of its name.
    pub(super) fn function(
        &mut self,
        function: Function,
        name: &str,
        at: usize,
        operands: &[&Typed],
        it: Type,
    ) -> Typed {
        let ids: Vec<Id> = operands.iter().map(|operand| operand.id).collect();
        let kinds: Vec<host::Kind> = operands.iter().map(|operand| operand.it.told()).collect();
        let op = self.graph.call(function, &ids);
        let doubtful = doubtful(function, operands);
        let site = self.site(at, (name, Tells::NoFunction), &kinds, doubtful);
        Typed {
            id: self.graph.add_at(op, site),
            it,
            word: None,
        }
    }

    #[allow(clippy::too_many_lines, reason = "one arm for each kind of operator")]
    fn binary(
        &mut self,
        expr: &'t Expr,
        (operator, at): (Binary, usize),
        (left, right): (&'t Expr, &'t Expr),
        env: &Env<'t>,
    ) -> Lowered<Typed> {
        match operator {
            Binary::And | Binary::Or => {
                let l = self.value(left, env)?;
                let r = self.value(right, env)?;
                kind_is(&l, &Kind::Bool, left)?;
                kind_is(&r, &Kind::Bool, right)?;
                let l = self.true_or_false(&l, left);
                let r = self.true_or_false(&r, right);
                let op = match operator {
                    Binary::And => Op::And(l, r),
                    _ => Op::Or(l, r),
                };
                let id = self.graph.add(op);
                return Ok(Typed {
                    id,
                    it: Type::present(Kind::Bool),
                    word: None,
                });
            }
            Binary::Default => {
                let l = self.value(left, env)?;
                let r = self.value(right, env)?;
                let present = Type {
                    absent: false,
                    ..l.it.clone()
                };
                let it = if l.it.absent {
                    present.join(&r.it)
                } else {
                    Some(present)
                };
                let it = it.ok_or_else(|| refused(Why::Kinds, &expr.bytes))?;
                let id = self.graph.add(Op::Default(l.id, r.id));
                return Ok(Typed { id, it, word: None });
            }
            Binary::In | Binary::NotIn => {
                let sought = self.value(left, env)?;
                let list = self.value(right, env)?;
                let found = self.contains(&expr.bytes, (operator.sign(), at), list, sought)?;
                if operator == Binary::In {
                    return Ok(found);
                }
                let op = self.graph.call(Function::Not, &[found.id]);
                return Ok(Typed {
                    id: self.graph.add(op),
                    ..found
                });
            }
            _ => {}
        }
        let l = self.value(left, env)?;
        let r = self.value(right, env)?;
        match operator {
            Binary::Equal | Binary::Unequal => {
                let id = self.equal(&l, &r, &expr.bytes)?;
                let id = if operator == Binary::Equal {
                    id
                } else {
                    let op = self.graph.call(Function::Not, &[id]);
                    self.graph.add(op)
                };
                Ok(Typed {
                    id,
                    it: Type::present(Kind::Bool),
                    word: None,
                })
            }
            Binary::Less | Binary::LessEqual | Binary::Greater | Binary::GreaterEqual => {
                let ordered = |kind: &Kind| {
                    matches!(
                        kind,
                        Kind::Int
                            | Kind::Instant
                            | Kind::Date
                            | Kind::Elapsed
                            | Kind::Days
                            | Kind::Temperature
                    )
                };
                let it = l.it.join(&r.it).and_then(|it| it.kind);
                if !it.as_ref().is_none_or(ordered) {
                    return Err(refused(Why::Kinds, &expr.bytes));
                }
                let relation = match operator {
                    Binary::Less => Relation::Less,
                    Binary::LessEqual => Relation::LessEqual,
                    Binary::Greater => Relation::Greater,
                    _ => Relation::GreaterEqual,
                };
                let kinds = [l.it.told(), r.it.told()];
                let doubtful = l.it.absent || r.it.absent;
                let site = self.site(at, (operator.sign(), Tells::Kinds), &kinds, doubtful);
                let op = Op::Compare(relation, l.id, r.id);
                Ok(Typed {
                    id: self.graph.add_at(op, site),
                    it: Type::present(Kind::Bool),
                    word: None,
                })
            }
            _ => self.operate(expr, (operator, at), &l, &r),
        }
    }

    fn operate(
        &mut self,
        expr: &Expr,
        (operator, at): (Binary, usize),
        l: &Typed,
        r: &Typed,
    ) -> Lowered<Typed> {
        let kinds = (l.it.kind.as_ref(), r.it.kind.as_ref());
        // An operand that is never there fails as any other kind would.
        let kinds = match kinds {
            (Some(l), Some(r)) => [Some(l), Some(r)],
            (Some(it), None) | (None, Some(it)) => [Some(it); 2],
            (None, None) => return Err(refused(Why::Kinds, &expr.bytes)),
        };
        if let (Binary::Both | Binary::Union | Binary::Xor, [Some(Kind::Bool), Some(Kind::Bool)]) =
            (operator, kinds)
        {
            return Ok(self.bits(operator, at, l, r));
        }
        let way = ways::ways(operator.sign(), &kinds).next();
        let way = way.ok_or_else(|| refused(Why::Kinds, &expr.bytes))?;
        let name = operator.sign();
        let by_days = matches!(way.function, Function::DaysLater | Function::DaysEarlier);
        if by_days && self.setting.offset.has_summer() {
            return Ok(self.clock_later(way.function, (name, at), [l, r], way.it));
        }
        Ok(self.function(way.function, name, at, &[l, r], way.it))
    }

    /// An instant some calendar days later or earlier, where not every day has 24 hours.
    fn clock_later(
        &mut self,
        function: Function,
        (name, at): (&str, usize),
        [from, by]: [&Typed; 2],
        it: Type,
    ) -> Typed {
        let kinds = [from, by].map(|operand| operand.it.told());
        let doubtful = doubtful(function, &[from, by]);
        let mut days = by.id;
        if function == Function::DaysEarlier {
            let back = self.constant(-1, Type::present(Kind::Int));
            let op = self.graph.call(Function::DaysTimes, &[days, back.id]);
            let site = self.site(at, (name, Tells::NoFunction), &kinds, doubtful);
            days = self.graph.add_at(op, site);
        }
        let offset = self.offset();
        let op = self
            .graph
            .call(Function::ClockLater, &[from.id, days, offset.id]);
        let site = self.site(at, (name, Tells::NoFunction), &kinds, doubtful);
        Typed {
            id: self.graph.add_at(op, site),
            it,
            word: None,
        }
    }

    /// `&`, `|` and `^` of booleans, which compute both sides.
    fn bits(&mut self, operator: Binary, at: usize, l: &Typed, r: &Typed) -> Typed {
        let function = match operator {
            Binary::Both => Function::Least,
            Binary::Union => Function::Greatest,
            _ => Function::Differ,
        };
        self.function(
            function,
            operator.sign(),
            at,
            &[l, r],
            Type::present(Kind::Bool),
        )
    }

    /// A boolean, or the failure that it is none.
    fn true_or_false(&mut self, value: &Typed, at: &Expr) -> Id {
        if !value.it.absent {
            return value.id;
        }
        let site = self.site(
            at.bytes.start,
            ("", Tells::Wanted),
            &[host::Kind::Bool],
            true,
        );
        self.graph.add_at(Op::Need(value.id), site)
    }

    /// Whether two values are equal.
    pub(super) fn equal(&mut self, l: &Typed, r: &Typed, at: &Bytes) -> Lowered<Id> {
        let op = match (&l.it.kind, &r.it.kind) {
            (None, _) if r.it.kind.is_some() && l.word == Some(ABSENT) => Op::IsAbsent(r.id),
            (_, None) if l.it.kind.is_some() && r.word == Some(ABSENT) => Op::IsAbsent(l.id),
            (None, _) | (_, None) => Op::Equal(l.id, r.id),
            (Some(a), Some(b)) => {
                let joined = a.join(b).ok_or_else(|| refused(Why::Kinds, at))?;
                match (joined, a, b) {
                    (_, Kind::Text(true), _) | (_, _, Kind::Text(true)) => Op::Equal(l.id, r.id),
                    (Kind::Text(_) | Kind::Record(Some(_)), ..) => Op::Same(l.id, r.id),
                    (
                        Kind::Record(None)
                        | Kind::List(_)
                        | Kind::When
                        | Kind::Cause
                        | Kind::Series,
                        ..,
                    ) => {
                        return Err(refused(Why::Kinds, at));
                    }
                    _ => Op::Equal(l.id, r.id),
                }
            }
        };
        Ok(self.graph.add(op))
    }

    /// Whether a list holds a value.
    pub(super) fn contains(
        &mut self,
        bytes: &Bytes,
        (name, at): (&str, usize),
        list: Typed,
        sought: Typed,
    ) -> Lowered<Typed> {
        let item = match &list.it.kind {
            None => Type::ABSENT,
            Some(Kind::List(item)) => (**item).clone(),
            Some(_) => return Err(refused(Why::Kinds, bytes)),
        };
        let terms = vec![Term::Value(list), Term::Value(sought)].into_iter();
        let name = name.to_owned();
        self.bindings(terms, Vec::new(), &mut |lower, terms| {
            let [Term::Value(list), Term::Value(sought)] = terms.as_slice() else {
                return Err(refused(Why::Unknown, bytes));
            };
            let slot = lower.slot();
            let held = Typed {
                id: lower.graph.add(Op::Slot(slot)),
                it: item.clone(),
                word: None,
            };
            let test = lower.equal(&held, sought, bytes)?;
            let kinds = [list.it.told(), sought.it.told()];
            let site = lower.site(at, (&name, Tells::NoFunction), &kinds, list.it.absent);
            let op = Op::Scan {
                end: End::Any,
                of: list.id,
                slot,
                test,
                take: NONE,
            };
            Ok(Typed {
                id: lower.graph.add_at(op, site),
                it: Type::present(Kind::Bool),
                word: None,
            })
        })
    }
}

/// Whether an operand that is needed may be absent.
pub(super) fn doubtful(function: Function, operands: &[&Typed]) -> bool {
    let optional = function.optional();
    let mut operands = operands.iter().enumerate();
    operands.any(|(at, operand)| operand.it.absent && optional != Some(at))
}
