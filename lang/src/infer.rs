//! Infers the type of every expression of a script, for one line of descent.
//!
//! A rule is checked with the types of its parameters. A shared step is checked once
//! for each set of argument types, so that one step can serve both instants and dates.
//! Tests narrow types: after `x != ()` the value is present, and the items that
//! `filter` keeps are what its closure says. After a report the result is unknown, and
//! nothing more is reported about it.

mod assume;
mod calls;
mod flow;
mod values;

use crate::analysis::Meaning;
use crate::codes::Code;
use crate::notes::{Notes, same};
use crate::scope::Scope;
use crate::script::Script;
use crate::syntax::{Block, Bytes, Expr, ExprKind, Function, Statement, StatementKind};
use crate::types::{Kind, Type};
use longma_core::order::Gather;
use longma_core::{Args, Localized, nearest};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) use values::words_of;

/// How deeply function and closure calls may nest. Core allows fewer.
const CALLS: usize = 24;
/// How deeply expressions may nest over all calls. The stack can take this many.
const NESTING: usize = 260;

/// The result of one function for one set of argument types.
#[derive(Debug, Clone)]
struct Answer {
    /// The type it returns.
    gives: Type,
    /// The types of its parameters if it returns true, and if it returns false.
    when: Option<[Vec<Type>; 2]>,
}

/// A name and its value.
#[derive(Debug, Clone)]
struct Variable<'w> {
    name: &'w str,
    /// Changes with every assignment to the name.
    id: u32,
    it: Type,
    /// The first byte of its definition.
    at: usize,
    /// The expression that produced the value, and the ids of the variables it read.
    from: Option<(&'w Expr, Vec<u32>)>,
}

/// What is known at one point of a function.
#[derive(Debug, Clone, Default)]
struct Env<'w> {
    variables: Vec<Variable<'w>>,
    /// Why this point is unreachable, if it is.
    dead: Option<Dead>,
}

/// Why a point is unreachable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dead {
    /// All paths before it return.
    Returned,
    /// A condition excludes it.
    Excluded,
}

/// A function or closure being checked.
#[derive(Debug, Default)]
struct Frame {
    returns: Vec<Type>,
}

/// The inference of one script along one line of descent.
pub(crate) struct Infer<'w, 'n> {
    scope: &'w Scope<'w>,
    script: &'w Script<'w>,
    decision: &'w str,
    notes: &'n mut Notes,
    /// The script's own functions, by name and parameter count.
    functions: BTreeMap<(&'w str, usize), usize>,
    memo: BTreeMap<(usize, Vec<Type>), Answer>,
    /// Functions that call themselves; their results stay unknown.
    recursive: &'w BTreeSet<usize>,
    /// Names that a closure assigns to: their values cannot be tracked.
    untracked: BTreeSet<&'w str>,
    frames: Vec<Frame>,
    nesting: usize,
    ids: u32,
}

impl<'w, 'n> Infer<'w, 'n> {
    pub(crate) fn new(
        scope: &'w Scope<'w>,
        (decision, script): (&'w str, &'w Script<'w>),
        recursive: &'w BTreeSet<usize>,
        notes: &'n mut Notes,
    ) -> Self {
        let mut untracked = BTreeSet::new();
        let mut functions = BTreeMap::new();
        for (index, function) in script.parsed.script.functions.iter().enumerate() {
            flow::assigned_in_closures(&function.body, &mut untracked);
            let key = (function.name.text.as_str(), function.parameters.len());
            functions.entry(key).or_insert(index);
        }
        Self {
            scope,
            script,
            decision,
            notes,
            functions,
            memo: BTreeMap::new(),
            recursive,
            untracked,
            frames: Vec::new(),
            nesting: 0,
            ids: 0,
        }
    }

    /// Checks a rule with the types of its parameters. Returns the type of its result.
    pub(crate) fn rule(&mut self, index: usize, function: &'w Function) -> Type {
        let mut inputs = Vec::new();
        for name in &function.parameters {
            match self.scope.read(self.decision, &name.text) {
                Some((source, it)) => {
                    self.notes.mean(&name.bytes, Meaning::Source(source));
                    inputs.push(it);
                }
                None => {
                    self.unknown_input(function, name);
                    inputs.push(Type::unknown());
                }
            }
        }
        self.function(index, function, inputs).gives
    }

    /// Checks a shared step that nobody calls.
    pub(crate) fn uncalled(&mut self, index: usize, function: &'w Function) {
        if !function.private || self.notes.called.contains(&index) {
            return;
        }
        let inputs = function.parameters.iter().map(|_| Type::unknown());
        self.function(index, function, inputs.collect());
    }

    fn unknown_input(&mut self, function: &Function, name: &crate::syntax::Name) {
        // Without the subject's schema no name is known; core reports that.
        if self.scope.schema.is_none() {
            return;
        }
        let known = self.scope.readable(self.decision);
        let words = Args::of("name", &name.text)
            .with("rule", &function.name.text)
            .with("near", near(&name.text, known));
        self.notes.report(Code::UnknownInput, &name.bytes, words);
    }

    fn function(&mut self, index: usize, function: &'w Function, inputs: Vec<Type>) -> Answer {
        let unknown = Answer {
            gives: Type::unknown(),
            when: None,
        };
        let recursive = self.recursive.contains(&index);
        let inputs = if recursive {
            inputs.iter().map(|_| Type::unknown()).collect()
        } else {
            inputs
        };
        let key = (index, inputs);
        if let Some(known) = self.memo.get(&key) {
            return known.clone();
        }
        if self.frames.len() >= CALLS {
            return unknown;
        }
        let mut env = Env::default();
        let mut ids = Vec::new();
        for (name, it) in function.parameters.iter().zip(&key.1) {
            let meaning = self.notes.analysis.meanings.get(&name.bytes.start);
            if !matches!(meaning, Some(Meaning::Source(_))) {
                let own = Meaning::Variable(name.bytes.clone());
                self.notes.mean(&name.bytes, own);
            }
            ids.push(self.bind(&mut env, &name.text, name.bytes.start, it.clone()));
        }
        self.frames.push(Frame::default());
        if recursive {
            // Calls to itself find this answer, so that the body is checked once.
            self.memo.insert(key.clone(), unknown.clone());
        }
        let last = self.body(&function.body, &mut env);
        let frame = self.frames.pop().unwrap_or_default();
        let answer = if recursive {
            unknown
        } else {
            let early = !frame.returns.is_empty();
            let gives = Type::of(frame.returns).join(&last.0);
            let when = last.1.filter(|_| !early).map(|expr| {
                [true, false].map(|truth| {
                    let mut after = env.clone();
                    self.assume(expr, truth, &mut after);
                    after.types_of(&ids)
                })
            });
            Answer { gives, when }
        };
        self.memo.insert(key, answer.clone());
        answer
    }

    fn bind(&mut self, env: &mut Env<'w>, name: &'w str, at: usize, it: Type) -> u32 {
        self.ids += 1;
        let it = if self.untracked.contains(name) {
            Type::unknown()
        } else {
            it
        };
        env.variables.push(Variable {
            name,
            id: self.ids,
            it,
            at,
            from: None,
        });
        self.ids
    }

    /// Checks the statements of a body and leaves its names in `env`. Returns the type
    /// of the last statement, and its expression.
    fn body(&mut self, block: &'w Block, env: &mut Env<'w>) -> (Type, Option<&'w Expr>) {
        let mut result = (Type::absent(), None);
        for statement in &block.statements {
            if env.dead == Some(Dead::Returned) {
                self.unreachable(block, statement);
                return (Type::never(), None);
            }
            let expr = match &statement.kind {
                StatementKind::Expr(expr) => Some(expr),
                _ => None,
            };
            result = (self.statement(statement, env), expr);
        }
        if env.dead.is_some() {
            return (Type::never(), None);
        }
        result
    }

    fn unreachable(&mut self, block: &Block, first: &Statement) {
        let end = block
            .statements
            .last()
            .map_or(first.bytes.end, |last| last.bytes.end);
        let at = first.bytes.start..end;
        self.notes.report(Code::Unreachable, &at, Args::NONE);
    }

    fn block(&mut self, block: &'w Block, env: &mut Env<'w>) -> Type {
        let outer = env.variables.len();
        let (it, _) = self.body(block, env);
        env.variables.truncate(outer);
        it
    }

    fn statement(&mut self, statement: &'w Statement, env: &mut Env<'w>) -> Type {
        match &statement.kind {
            StatementKind::Expr(expr) => return self.expr(expr, env),
            StatementKind::Let { name, value } => {
                let it = match value {
                    Some(value) => self.expr(value, env),
                    None => Type::absent(),
                };
                let from = value.as_ref().map(|value| (value, env.seen_by(value)));
                self.notes
                    .mean(&name.bytes, Meaning::Variable(name.bytes.clone()));
                self.bind(env, &name.text, name.bytes.start, it);
                if let Some(variable) = env.variables.last_mut() {
                    variable.from = from;
                }
            }
            StatementKind::Assign {
                target,
                operator,
                value,
            } => self.assign(target, &operator.text, value, env),
            StatementKind::Return(value) => {
                let it = match value {
                    Some(value) => self.expr(value, env),
                    None => Type::absent(),
                };
                if let Some(frame) = self.frames.last_mut().filter(|_| env.dead.is_none()) {
                    frame.returns.push(it);
                }
                env.dead = Some(Dead::Returned);
                return Type::never();
            }
            StatementKind::Forbidden {
                word,
                parts,
                bodies,
            } => {
                self.forbidden(&word.text, &word.bytes);
                for part in parts {
                    self.expr(part, env);
                }
                // Bodies are checked without findings, and nothing is assumed after them.
                let quiet = std::mem::replace(&mut self.notes.quiet, true);
                for body in bodies {
                    let mut inside = env.clone();
                    inside.forget();
                    self.block(body, &mut inside);
                }
                self.notes.quiet = quiet;
                env.forget();
                return Type::unknown();
            }
        }
        Type::absent()
    }

    fn assign(&mut self, target: &'w Expr, operator: &str, value: &'w Expr, env: &mut Env<'w>) {
        let given = self.expr(value, env);
        let ExprKind::Name(name) = &target.kind else {
            self.expr(target, env);
            let words = Args::of("what", self.written(&target.bytes));
            self.notes
                .report(Code::NoField, &target.bytes, with_case(words, "assign"));
            return;
        };
        let Some(at) = env.variables.iter().rposition(|it| it.name == name) else {
            self.unknown_name(name, &target.bytes, env);
            return;
        };
        let combined = match operator {
            "=" => given,
            _ => Type::unknown(),
        };
        self.ids += 1;
        let tracked = !self.untracked.contains(name.as_str());
        if let Some(variable) = env.variables.get_mut(at) {
            if operator != "=" {
                self.notes.used.insert(variable.at);
            }
            variable.id = self.ids;
            variable.from = None;
            variable.it = if tracked { combined } else { Type::unknown() };
        }
    }

    /// The type of an expression. Notes every mistake in it.
    fn expr(&mut self, expr: &'w Expr, env: &mut Env<'w>) -> Type {
        if !self.notes.step() || self.nesting >= NESTING {
            return Type::unknown();
        }
        self.nesting += 1;
        let it = self.kind_of(expr, env);
        self.nesting -= 1;
        if env.dead.is_none() {
            self.notes.typed(expr.id, &it);
        }
        it
    }

    fn kind_of(&mut self, expr: &'w Expr, env: &mut Env<'w>) -> Type {
        match &expr.kind {
            ExprKind::Absent => Type::absent(),
            ExprKind::Bool(value) => values::truth(*value),
            ExprKind::Int(value) => values::number(*value),
            ExprKind::Text(text) => values::text(text, &expr.bytes),
            ExprKind::Interpolated(parts) => {
                for part in parts {
                    self.expr(part, env);
                }
                Kind::Text(None).into()
            }
            ExprKind::List(items) => self.list(items, env),
            ExprKind::Map(members) => {
                let at = expr.bytes.start..expr.bytes.start + 2;
                self.forbidden("#{", &at);
                for (_, value) in members {
                    self.expr(value, env);
                }
                Type::unknown()
            }
            ExprKind::Name(name) => self.name(name, expr, env),
            ExprKind::Field { of, name } => self.field(expr, of, name, env),
            ExprKind::Index { of, at } => self.index(expr, of, at, env),
            ExprKind::Call { name, arguments } => self.call(expr, name, arguments, env),
            ExprKind::Method {
                of,
                name,
                arguments,
            } => self.method(expr, of, name, arguments, env),
            ExprKind::Unary { operator, operand } => self.unary(*operator, operand, expr, env),
            ExprKind::Binary { .. } => self.binary(expr, env),
            ExprKind::Closure { parameters, body } => {
                let inputs = parameters.iter().map(|_| Type::unknown()).collect();
                self.closure(parameters, body, inputs, env);
                Kind::Closure(expr.id).into()
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => self.conditional(expr, condition, then, otherwise.as_deref(), env),
            ExprKind::Switch { subject, arms } => self.switch(expr, subject, arms, env),
            ExprKind::Block(block) => self.block(block, env),
            ExprKind::Broken => Type::unknown(),
        }
    }

    fn list(&mut self, items: &'w [Expr], env: &mut Env<'w>) -> Type {
        let mut held = Type::never();
        for item in items {
            held = held.join(&self.expr(item, env));
        }
        Kind::List {
            item: Box::new(values::unanchored(&held)),
            filled: !items.is_empty(),
        }
        .into()
    }

    fn name(&mut self, name: &'w str, expr: &'w Expr, env: &mut Env<'w>) -> Type {
        let found = env.variables.iter().rev().find(|it| it.name == name);
        let Some(variable) = found else {
            self.unknown_name(name, &expr.bytes, env);
            return Type::unknown();
        };
        self.notes.used.insert(variable.at);
        let end = variable.at + name.len();
        self.notes
            .mean(&expr.bytes, Meaning::Variable(variable.at..end));
        values::anchored(&variable.it, || format!("#{}", variable.id))
    }

    fn unknown_name(&mut self, name: &str, at: &Bytes, env: &Env<'w>) {
        if forbidden_word(name).is_some() {
            return self.forbidden(name, at);
        }
        if !name.is_ascii() {
            // The letters are reported already.
            return;
        }
        let mut known: Vec<&str> = env.variables.iter().map(|it| it.name).collect();
        let readable = self.scope.readable(self.decision);
        let case = if self.script.function(name).is_some() {
            "function"
        } else if readable.contains(&name) {
            "input"
        } else {
            known.extend(readable);
            ""
        };
        let words = Args::of("name", name).with("near", near(name, known));
        self.notes
            .report(Code::UnknownName, at, with_case(words, case));
    }

    fn forbidden(&mut self, word: &str, at: &Bytes) {
        forbid(word, at, self.notes);
    }

    /// The text of a place, on one line and shortened.
    fn written(&self, at: &Bytes) -> longma_core::Localized {
        const SHOWN: usize = 60;
        let text = self.script.text.get(at.clone()).unwrap_or_default();
        let start: String = text.chars().take(SHOWN * 4).collect();
        let line: Vec<&str> = start.split_whitespace().collect();
        let line = line.join(" ");
        let short: String = line.chars().take(SHOWN).collect();
        let cut = if short.len() < line.len() { "…" } else { "" };
        same(format!("{short}{cut}"))
    }
}

/// Reports a word that the profile forbids.
pub(crate) fn forbid(word: &str, at: &Bytes, notes: &mut Notes) {
    let code = forbidden_word(word).unwrap_or(Code::ScriptForbidden);
    let case = match word {
        "while" | "loop" | "do" | "for" | "break" | "continue" => "loop",
        "#{" => "map",
        "import" | "export" => "import",
        "try" | "throw" | "catch" => "try",
        "eval" | "call" | "Fn" | "curry" => "eval",
        "print" | "debug" => "print",
        _ => "",
    };
    let words = with_case(Args::of("name", word), case);
    notes.report(code, at, words);
}

impl Env<'_> {
    fn find(&self, name: &str) -> Option<usize> {
        self.variables.iter().rposition(|it| it.name == name)
    }

    /// The ids of the variables that an expression reads, in order.
    fn seen_by(&self, expr: &Expr) -> Vec<u32> {
        let mut ids = Vec::new();
        expr.walk(&mut |inner| {
            if let ExprKind::Name(name) = &inner.kind {
                let id = self.find(name).and_then(|at| self.variables.get(at));
                ids.push(id.map_or(0, |it| it.id));
            }
        });
        ids
    }

    fn types_of(&self, ids: &[u32]) -> Vec<Type> {
        let it = |id: &u32| {
            let found = self.variables.iter().find(|it| it.id == *id);
            found.map_or_else(Type::unknown, |it| it.it.clone())
        };
        if self.dead.is_some() {
            return ids.iter().map(|_| Type::never()).collect();
        }
        ids.iter().map(it).collect()
    }

    /// Makes every variable unknown.
    fn forget(&mut self) {
        for variable in &mut self.variables {
            variable.it = Type::unknown();
            variable.from = None;
        }
    }

    /// Merges what is known on two paths.
    fn join(&mut self, other: Self) {
        if other.dead.is_some() {
            if self.dead == Some(Dead::Returned) {
                self.dead = other.dead;
            }
            return;
        }
        if self.dead.is_some() {
            *self = other;
            return;
        }
        for (own, theirs) in self.variables.iter_mut().zip(other.variables) {
            own.it = own.it.join(&theirs.it);
            if own.id != theirs.id {
                own.id = own.id.max(theirs.id);
                own.from = None;
            }
        }
    }
}

/// The code for a forbidden word. `None` if the word is allowed.
fn forbidden_word(word: &str) -> Option<Code> {
    const CLOCK: &[&str] = &[
        "timestamp",
        "now",
        "today",
        "current_time",
        "current_date",
        "time_now",
        "utc_now",
        "date_now",
        "sysdate",
        "get_time",
        "clock",
        "elapsed",
    ];
    const OTHERS: &[&str] = &[
        "while",
        "loop",
        "do",
        "for",
        "break",
        "continue",
        "import",
        "export",
        "try",
        "throw",
        "catch",
        "eval",
        "print",
        "debug",
        "call",
        "curry",
        "Fn",
        "is_def_fn",
        "is_def_var",
        "type_of",
        "this",
        "global",
        "const",
        "sync",
        "async",
        "await",
        "go",
        "spawn",
        "thread",
        "goto",
        "with",
        "var",
        "static",
        "sleep",
        "rand",
        "random",
        "parse_json",
        "to_string",
    ];
    if CLOCK.contains(&word) {
        Some(Code::ScriptClock)
    } else if OTHERS.contains(&word) {
        Some(Code::ScriptForbidden)
    } else {
        None
    }
}

/// What a name was most likely meant to be, as one says it: the nearest
/// one, else all.
fn near<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Localized {
    const LOOKED_AT: usize = 400;
    let known: BTreeSet<&str> = known.into_iter().take(LOOKED_AT).into_set();
    match nearest(wrong, known.iter().copied()) {
        Some(name) => crate::notes::listed([name]),
        None if known.is_empty() => Localized::same("—"),
        None => crate::notes::listed(known),
    }
}

/// Asks for the help of a special case.
fn with_case(words: Args, case: &str) -> Args {
    if case.is_empty() {
        words
    } else {
        words.with("case", case)
    }
}
