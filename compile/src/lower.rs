//! Compiles rules: from the tree of a script to the exact form of a program.
//!
//! Params are constants here, functions and closures become part of the rule that calls
//! them, and every value has one kind that is known. The result keeps the script's
//! order: what is evaluated, when, and where it can fail. `optimise` makes the fast
//! form from it.

mod calls;
pub(crate) mod graph;
pub(crate) mod kind;
mod values;
pub(crate) mod ways;

use graph::Graph;
use kind::{Kind, Type, Typed};
use longma_core::columns::{ABSENT, Texts, Word};
use longma_core::plan::Read;
use longma_core::program::{Function, Id, Op, Site, Tells};
use longma_core::schema::Schema;
use longma_core::value::{Record, Value};
use longma_core::{Offset, host, limits};
use longma_lang::script::Script;
use longma_lang::syntax::{Block, Bytes, Expr, ExprKind, Name, Statement, StatementKind};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The first slot that a scan can have; those before stand for the evaluation, and for
/// the earlier decisions.
pub(crate) const FIRST_SLOT: u32 = 2;

/// How deeply operations nest at most.
pub(crate) const DEPTH: usize = 400;

/// What a rule means besides its script.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting<'a> {
    pub(crate) reads: &'a [Read],
    pub(crate) params: &'a Value,
    pub(crate) offset: Offset,
    pub(crate) schema: &'a Schema,
    pub(crate) tables: &'a BTreeMap<String, Schema>,
    /// All levels of all packs; each names a constructor of causes.
    pub(crate) levels: &'a BTreeSet<Arc<str>>,
}

/// Why a script cannot be compiled, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) why: Why,
    pub(crate) at: Bytes,
}

/// What is outside of the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// Values of two kinds where one is needed.
    Kinds,
    /// A function that calls itself.
    Recursion,
    /// Functions that call one another too deeply.
    Depth,
    /// A `return` inside of an expression.
    Return,
    /// An assignment to a variable outside of a closure.
    Captured,
    /// A text that is built while the rule runs.
    Text,
    /// An operator or expression that rules do without.
    Unknown,
    /// A rule that becomes too large.
    Size,
}

type Lowered<T> = Result<T, Refused>;

/// What a value is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Want {
    /// For itself.
    Any,
    /// As the items of a list: one value is a list of one.
    Joined,
    /// As the causes that a rule returns: like `Joined`, and lists in lists are one.
    Causes,
}

/// What a name stands for.
#[derive(Debug, Clone)]
enum Term<'t> {
    Value(Typed),
    Params,
    Table(u32, String),
    Timeline(u32),
    Closure(&'t [Name], &'t Expr, Env<'t>),
}

/// The names at one point of a script.
#[derive(Debug, Clone, Default)]
struct Env<'t> {
    names: Vec<(&'t str, Term<'t>)>,
    /// Names before this one are outside of the closure.
    outside: usize,
}

/// Statements that follow, each with the number of names in scope there.
#[derive(Clone, Copy)]
struct Rest<'r, 't> {
    statements: &'t [Statement],
    names: usize,
    next: Option<&'r Rest<'r, 't>>,
}

/// Compiles one rule.
pub(crate) struct Lower<'g, 't> {
    graph: &'g mut Graph,
    script: &'t Script<'t>,
    setting: Setting<'t>,
    params: Option<&'t Record>,
    /// Functions whose bodies are being compiled.
    inside: Vec<usize>,
    locals: u32,
    slots: u32,
    nesting: usize,
    /// Values that expressions have already, by their `id`.
    known: BTreeMap<u32, Typed>,
    /// Chains of dots whose arguments are computed already, by their `id`.
    opened: BTreeSet<u32>,
}

/// A rule's exact form.
pub(crate) struct Exact {
    pub(crate) root: Id,
    pub(crate) earlier: Vec<String>,
}

impl<'g, 't> Lower<'g, 't> {
    pub(crate) fn new(graph: &'g mut Graph, script: &'t Script<'t>, setting: Setting<'t>) -> Self {
        let params = match setting.params {
            Value::Record(record) => Some(record),
            _ => None,
        };
        Self {
            graph,
            script,
            setting,
            params,
            inside: Vec::new(),
            locals: 0,
            slots: FIRST_SLOT,
            nesting: 0,
            known: BTreeMap::new(),
            opened: BTreeSet::new(),
        }
    }

    /// Compiles the rule with this name.
    pub(crate) fn rule(mut self, name: &str) -> Lowered<Exact> {
        let nowhere = || Refused {
            why: Why::Unknown,
            at: 0..0,
        };
        let functions = &self.script.parsed.script.functions;
        let mut found = functions.iter().enumerate();
        let (index, function) = found
            .find(|(_, it)| it.name.text == name && !it.private)
            .ok_or_else(nowhere)?;
        let mut earlier = Vec::new();
        let mut env = Env::default();
        for (name, read) in function.parameters.iter().zip(self.setting.reads) {
            let term = match read {
                Read::Params => Term::Params,
                Read::Section(section, _) => self.section(section).ok_or_else(nowhere)?,
                Read::Table(table) => {
                    let mut tables = self.setting.tables.keys();
                    let number = tables
                        .position(|known| known == table)
                        .ok_or_else(nowhere)?;
                    Term::Table(size(number), table.clone())
                }
                Read::Earlier(decision) => {
                    earlier.push(decision.clone());
                    Term::Timeline(size(earlier.len() - 1))
                }
            };
            env.names.push((&name.text, term));
        }
        self.inside.push(index);
        let result = self.seq(&function.body.statements, None, env, Want::Causes)?;
        let causes = match &result.it.kind {
            None => true,
            Some(Kind::List(item)) => matches!(item.kind, None | Some(Kind::Cause)),
            Some(_) => false,
        };
        if !causes {
            return Err(refused(Why::Kinds, &function.name.bytes));
        }
        let program = &mut self.graph.program;
        program.locals = program.locals.max(self.locals);
        program.slots = program.slots.max(self.slots);
        Ok(Exact {
            root: result.id,
            earlier,
        })
    }

    fn section(&mut self, name: &str) -> Option<Term<'t>> {
        let root = self.setting.schema.root();
        let field = root.position(name)?;
        let kind = Kind::of_schema(&root.fields.get(field)?.kind);
        let id = self.graph.add(Op::Section(size(field)));
        Some(Term::Value(Typed {
            id,
            it: Type::present(kind),
            word: None,
        }))
    }

    /// The value of some statements and of those that follow them.
    fn seq(
        &mut self,
        statements: &'t [Statement],
        rest: Option<&Rest<'_, 't>>,
        mut env: Env<'t>,
        want: Want,
    ) -> Lowered<Typed> {
        let Some((statement, tail)) = statements.split_first() else {
            let Some(rest) = rest else {
                return Ok(self.absent());
            };
            env.names.truncate(rest.names);
            return self.seq(rest.statements, rest.next, env, want);
        };
        if self.graph.is_full() {
            return Err(refused(Why::Size, &statement.bytes));
        }
        match &statement.kind {
            StatementKind::Let { name, value } => {
                let term = match value {
                    Some(value) => self.term(value, &env)?,
                    None => Term::Value(self.absent()),
                };
                self.binding(term, |lower, term| {
                    let mut env = env;
                    env.names.push((&name.text, term));
                    lower.seq(tail, rest, env, want)
                })
            }
            StatementKind::Assign {
                target,
                operator,
                value,
            } => {
                let ExprKind::Name(name) = &target.kind else {
                    return Err(refused(Why::Unknown, &target.bytes));
                };
                let place = env.names.iter().rposition(|(known, _)| known == name);
                let place = place.ok_or_else(|| refused(Why::Unknown, &target.bytes))?;
                if place < env.outside {
                    return Err(refused(Why::Captured, &target.bytes));
                }
                let term = match operator.text.as_str() {
                    "=" => self.term(value, &env)?,
                    sign => Term::Value(self.changed((sign, operator), target, value, &env)?),
                };
                self.binding(term, |lower, term| {
                    let mut env = env;
                    if let Some(known) = env.names.get_mut(place) {
                        known.1 = term;
                    }
                    lower.seq(tail, rest, env, want)
                })
            }
            StatementKind::Return(None) => Ok(self.absent()),
            StatementKind::Return(Some(value)) => self.wanted(value, &env, want),
            StatementKind::Expr(expr) => {
                if flows(expr) {
                    let rest = Rest {
                        statements: tail,
                        names: env.names.len(),
                        next: rest,
                    };
                    return self.flow(expr, &rest, env, want);
                }
                let last = tail.is_empty() && rest.is_none_or(Rest::is_over);
                if last {
                    return self.wanted(expr, &env, want);
                }
                let dropped = self.value(expr, &env)?;
                let next = self.seq(tail, rest, env, want)?;
                let id = self.graph.add(Op::Then(dropped.id, next.id));
                Ok(Typed {
                    id,
                    word: None,
                    ..next
                })
            }
            StatementKind::Forbidden { word, .. } => Err(refused(Why::Unknown, &word.bytes)),
        }
    }

    /// The body of a closure that is one expression, and the closure's last statement.
    fn last(&mut self, body: &'t Expr, env: Env<'t>, want: Want) -> Lowered<Typed> {
        if !flows(body) {
            return self.wanted(body, &env, want);
        }
        let rest = Rest {
            statements: &[],
            names: env.names.len(),
            next: None,
        };
        self.flow(body, &rest, env, want)
    }

    /// A statement that can return or assign: what follows belongs to each branch.
    fn flow(
        &mut self,
        expr: &'t Expr,
        rest: &Rest<'_, 't>,
        env: Env<'t>,
        want: Want,
    ) -> Lowered<Typed> {
        match &expr.kind {
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                let test = self.value(condition, &env)?;
                kind_is(&test, &Kind::Bool, condition)?;
                let yes = self.seq(&then.statements, Some(rest), env.clone(), want)?;
                let no = match otherwise {
                    Some(otherwise) => self.flow(otherwise, rest, env, want)?,
                    None => self.seq(&[], Some(rest), env, want)?,
                };
                self.either(expr, (condition, test), &yes, &no)
            }
            ExprKind::Block(block) => self.seq(&block.statements, Some(rest), env, want),
            ExprKind::Switch { subject, arms } => {
                let names = env.names.len();
                self.switch((expr, subject), arms, &env, &mut |lower, arm| {
                    let mut env = env.clone();
                    env.names.truncate(names);
                    match arm {
                        Some(arm) => lower.flow(&arm.value, rest, env, want),
                        None => lower.seq(&[], Some(rest), env, want),
                    }
                })
            }
            _ if flows(expr) => Err(refused(Why::Return, &expr.bytes)),
            // The last value of the function or closure, in an arm beside one that returns.
            _ if rest.is_over() => self.wanted(expr, &env, want),
            _ => {
                let dropped = self.value(expr, &env)?;
                let next = self.seq(&[], Some(rest), env, want)?;
                let id = self.graph.add(Op::Then(dropped.id, next.id));
                Ok(Typed {
                    id,
                    word: None,
                    ..next
                })
            }
        }
    }

    /// Binds a computed value to a variable of its own, so that it is computed once and
    /// in its place.
    fn binding(
        &mut self,
        term: Term<'t>,
        then: impl FnOnce(&mut Self, Term<'t>) -> Lowered<Typed>,
    ) -> Lowered<Typed> {
        let Term::Value(value) = term else {
            return then(self, term);
        };
        let op = self.graph.program.op(value.id);
        let ready = matches!(
            op,
            Some(Op::Word(_) | Op::List(..) | Op::Slot(_) | Op::Local(_) | Op::Section(_))
        );
        if ready {
            return then(self, Term::Value(value));
        }
        let local = self.locals;
        self.locals += 1;
        let id = self.graph.add(Op::Local(local));
        let bound = Typed {
            id,
            it: value.it.clone(),
            word: None,
        };
        let body = then(self, Term::Value(bound))?;
        let id = self.graph.add(Op::Let(local, value.id, body.id));
        Ok(Typed {
            id,
            word: None,
            ..body
        })
    }

    /// Binds several terms, in order.
    fn bindings(
        &mut self,
        mut terms: std::vec::IntoIter<Term<'t>>,
        mut bound: Vec<Term<'t>>,
        then: &mut dyn FnMut(&mut Self, Vec<Term<'t>>) -> Lowered<Typed>,
    ) -> Lowered<Typed> {
        match terms.next() {
            None => then(self, bound),
            Some(term) => self.binding(term, |lower, term| {
                bound.push(term);
                lower.bindings(terms, bound, then)
            }),
        }
    }

    /// A value in the form that is wanted.
    fn wanted(&mut self, expr: &'t Expr, env: &Env<'t>, want: Want) -> Lowered<Typed> {
        if want == Want::Any {
            return self.value(expr, env);
        }
        if let Some(known) = self.known.get(&expr.id).cloned() {
            return Ok(self.joined(known));
        }
        match &expr.kind {
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => self.conditional(expr, (condition, then, otherwise.as_deref()), env, want),
            ExprKind::Switch { subject, arms } => self.chosen((expr, subject), arms, env, want),
            ExprKind::Block(block) => self.block(block, env, want),
            ExprKind::List(items) if want == Want::Causes => {
                let mut all = self.list(&[], env)?;
                for item in items {
                    let more = self.wanted(item, env, want)?;
                    let it = all.it.join(&more.it);
                    let it = it.ok_or_else(|| refused(Why::Kinds, &item.bytes))?;
                    let op = self.graph.call(Function::Join, &[all.id, more.id]);
                    all = Typed {
                        id: self.graph.add(op),
                        it: Type {
                            absent: false,
                            ..it
                        },
                        word: None,
                    };
                }
                Ok(all)
            }
            ExprKind::Call { name, arguments } if self.own(name, arguments.len()).is_some() => {
                self.call(expr, name, None, arguments, env, want)
            }
            ExprKind::Method {
                of,
                name,
                arguments,
            } if self.own(name, arguments.len() + 1).is_some() => {
                if self.safe(expr).is_none()
                    && let Some(arguments) = self.chain_arguments(expr)
                {
                    return self.arguments_first((expr, env, want), arguments.into_iter());
                }
                self.call(expr, name, Some(of), arguments, env, want)
            }
            _ => {
                let value = self.value(expr, env)?;
                Ok(self.joined(value))
            }
        }
    }

    /// A value as a list of its items.
    fn joined(&mut self, value: Typed) -> Typed {
        match &value.it.kind {
            None | Some(Kind::List(_)) => value,
            Some(kind) => {
                let item = Type::present(kind.clone());
                let op = self.graph.call(Function::One, &[value.id]);
                Typed {
                    id: self.graph.add(op),
                    it: Type::present(Kind::List(Box::new(item))),
                    word: None,
                }
            }
        }
    }

    fn block(&mut self, block: &'t Block, env: &Env<'t>, want: Want) -> Lowered<Typed> {
        if let Some(at) = block.statements.iter().find_map(leaves) {
            return Err(refused(Why::Return, &at));
        }
        self.seq(&block.statements, None, env.clone(), want)
    }

    fn conditional(
        &mut self,
        expr: &'t Expr,
        (condition, then, otherwise): (&'t Expr, &'t Block, Option<&'t Expr>),
        env: &Env<'t>,
        want: Want,
    ) -> Lowered<Typed> {
        let test = self.value(condition, env)?;
        kind_is(&test, &Kind::Bool, condition)?;
        let yes = self.block(then, env, want)?;
        let no = match otherwise {
            Some(otherwise) => self.wanted(otherwise, env, want)?,
            None => self.absent(),
        };
        self.either(expr, (condition, test), &yes, &no)
    }

    /// One of two values.
    fn either(
        &mut self,
        expr: &Expr,
        (condition, test): (&Expr, Typed),
        yes: &Typed,
        no: &Typed,
    ) -> Lowered<Typed> {
        let it = yes.it.join(&no.it);
        let it = it.ok_or_else(|| refused(Why::Kinds, &expr.bytes))?;
        let site = self.site(
            condition.bytes.start,
            ("", Tells::Wanted),
            &[host::Kind::Bool],
            test.it.absent,
        );
        let id = self.graph.add_at(Op::If(test.id, yes.id, no.id), site);
        Ok(Typed { id, it, word: None })
    }

    fn absent(&mut self) -> Typed {
        self.constant(ABSENT, Type::ABSENT)
    }

    fn constant(&mut self, word: Word, it: Type) -> Typed {
        Typed {
            id: self.graph.add(Op::Word(word)),
            it,
            word: Some(word),
        }
    }

    fn text(&mut self, text: &str) -> Option<Typed> {
        let word = self.graph.program.texts.word(text)?;
        Some(self.constant(word, Type::present(Kind::Text(true))))
    }

    /// A place for what can fail: surely not for ordinary facts unless `doubtful`.
    fn site(
        &mut self,
        byte: usize,
        (name, tells): (&str, Tells),
        kinds: &[host::Kind],
        doubtful: bool,
    ) -> Site {
        let position = self.script.lines.position(byte);
        Site {
            line: size(position.line),
            column: size(position.column),
            name: self.graph.name(name),
            tells,
            kinds: kinds.to_vec(),
            doubtful,
        }
    }

    fn slot(&mut self) -> u32 {
        self.slots += 1;
        self.slots - 1
    }
}

impl Rest<'_, '_> {
    /// Whether nothing follows.
    fn is_over(&self) -> bool {
        self.statements.is_empty() && self.next.is_none_or(Rest::is_over)
    }
}

/// Refuses a value that is surely of another kind.
fn kind_is(value: &Typed, kind: &Kind, at: &Expr) -> Lowered<()> {
    match &value.it.kind {
        Some(known) if known.join(kind).is_none() => Err(refused(Why::Kinds, &at.bytes)),
        _ => Ok(()),
    }
}

/// The texts that rules, params and schemas mention.
pub(crate) fn texts_of(script: &Script<'_>, into: &mut Vec<Arc<str>>) {
    let functions = &script.parsed.script.functions;
    for function in functions {
        function.body.walk(&mut |expr| {
            if let ExprKind::Text(text) = &expr.kind {
                into.push(text.as_str().into());
            }
            if let ExprKind::Interpolated(parts) = &expr.kind {
                into.extend(parts.iter().filter_map(|part| match &part.kind {
                    ExprKind::Text(text) => Some(Arc::from(text.as_str())),
                    _ => None,
                }));
            }
        });
    }
}

/// The texts of a param.
pub(crate) fn texts_of_value(value: &Value, into: &mut Vec<Arc<str>>) {
    match value {
        Value::Text(text) => into.push(Arc::clone(text)),
        Value::List(items) => items.iter().for_each(|item| texts_of_value(item, into)),
        _ => {}
    }
}

/// The word of a constant.
fn word_of(value: &Value, texts: &Texts) -> Option<Word> {
    Some(match value {
        Value::Bool(truth) => Word::from(*truth),
        Value::Int(number) => *number,
        Value::Text(text) => texts.word(text)?,
        Value::Instant(instant) => instant.unix(),
        Value::Date(date) => date.number(),
        Value::Elapsed(elapsed) => elapsed.as_seconds(),
        Value::Days(days) => days.count(),
        Value::Temperature(temperature) => temperature.in_tenths(),
        Value::List(_) | Value::Record(_) => return None,
    })
}

/// Whether a statement can return from the function or assign to a variable.
fn flows(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::If {
            then, otherwise, ..
        } => block_flows(then) || otherwise.as_deref().is_some_and(flows),
        ExprKind::Block(block) => block_flows(block),
        ExprKind::Switch { arms, .. } => arms.iter().any(|arm| flows(&arm.value)),
        _ => false,
    }
}

fn block_flows(block: &Block) -> bool {
    block
        .statements
        .iter()
        .any(|statement| match &statement.kind {
            StatementKind::Return(_) | StatementKind::Assign { .. } => true,
            StatementKind::Expr(expr) => flows(expr),
            _ => false,
        })
}

/// Where a statement of an inner block returns from its function, if it does.
fn leaves(statement: &Statement) -> Option<Bytes> {
    match &statement.kind {
        StatementKind::Return(_) => Some(statement.bytes.clone()),
        StatementKind::Expr(expr) => match &expr.kind {
            ExprKind::If {
                then, otherwise, ..
            } => {
                let mut inner = then.statements.iter();
                inner.find_map(leaves).or_else(|| match otherwise {
                    Some(otherwise) if flows(otherwise) => Some(otherwise.bytes.clone()),
                    _ => None,
                })
            }
            ExprKind::Block(block) => block.statements.iter().find_map(leaves),
            _ => None,
        },
        _ => None,
    }
}

fn refused(why: Why, at: &Bytes) -> Refused {
    Refused {
        why,
        at: at.clone(),
    }
}

fn size(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

/// Whether functions nest too deeply.
fn too_deep(inside: &[usize]) -> bool {
    inside.len() > limits::CALL_DEPTH
}
