//! The interface to the script engine. Only this module and its submodules know Rhai.
//!
//! A raw engine gets the functions of core's `host` and nothing else. Comparing or
//! adding values of different kinds is an error here, not `false`; only the test for
//! absence (`x == ()`) accepts different kinds. Every error of the engine leaves this
//! module as a [`Fault`] with a position.
//!
//! Each evaluation gets a new engine (about a microsecond), so that its [`Meter`]
//! belongs to that evaluation alone. Every step of a script costs one; a host function
//! that walks a list, a set or a table also costs its length. Lists are shared, not
//! copied, and do not nest.

mod faults;
mod library;
mod own;
mod plain;
mod probe;
mod values;

use self::faults::{explain, raise, syntax};
use self::own::{OWN, Owned};
use self::values::{argument, collect};
use longma_compile::{Code as PackCode, Function, Meaning};
use longma_core::body::{Argument, Body, Failure, Given, Meter, Work};
use longma_core::cause::{Draft, Drafts};
use longma_core::host::Fault;
use longma_core::order;
use longma_core::order::Gather;
use longma_core::{Code, Facts, Offset, Place, Problem, Problems, limits};
use rhai::{
    AST, CallFnOptions, Dynamic, Engine, EvalAltResult, FnAccess, Module, Scope, Shared, Token,
};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) use self::probe::{Log, take};

/// Words of Rhai that the profile forbids.
const FORBIDDEN: &[&str] = &[
    "#{",
    "while",
    "loop",
    "do",
    "for",
    "try",
    "catch",
    "throw",
    "import",
    "export",
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
];

type Outcome<T> = Result<T, Box<EvalAltResult>>;

/// The host functions, registered once and shared by all engines.
#[derive(Clone)]
pub(crate) struct Host {
    module: Shared<Module>,
    /// The factor by which a script may exceed the limits on nesting and length.
    room: u8,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Host")
    }
}

/// A compiled script.
#[derive(Debug)]
struct Script {
    ast: Arc<AST>,
    owned: Arc<Owned>,
    functions: Vec<Function>,
    hosts: Rc<Hosts>,
}

/// The interpreter. It builds the functions that scripts can call once per offset, when
/// first needed.
#[derive(Debug)]
pub(crate) struct Interpreter(Rc<Hosts>);

#[derive(Debug)]
struct Hosts {
    levels: BTreeSet<Arc<str>>,
    make: MakeHost,
    /// Kept because registering functions takes longer than linking.
    made: RefCell<Vec<(Offset, Host)>>,
}

/// Builds what rules can call: a constructor of causes for each level, and calendar
/// days at the offset.
type MakeHost = fn(&BTreeSet<Arc<str>>, Offset) -> Host;

impl Interpreter {
    pub(crate) fn new(levels: BTreeSet<Arc<str>>, make: MakeHost) -> Self {
        Self(Rc::new(Hosts {
            levels,
            make,
            made: RefCell::default(),
        }))
    }
}

impl Hosts {
    fn at(&self, offset: Offset) -> Host {
        let mut made = self.made.borrow_mut();
        let known = made.iter().find(|(at, _)| *at == offset);
        if let Some((_, host)) = known {
            return host.clone();
        }
        let host = (self.make)(&self.levels, offset);
        made.push((offset, host.clone()));
        host
    }
}

impl<'a> longma_compile::Interpreter<'a> for Interpreter {
    fn read(
        &self,
        text: &'a str,
        file: &str,
    ) -> Result<Rc<dyn longma_compile::Script + 'a>, Problems> {
        let owned = Arc::new(Owned::of(text));
        let host = self.0.at(Offset::CHINA);
        let (ast, functions) = host.compile(text, &owned, file)?;
        Ok(Rc::new(Script {
            ast: Arc::new(ast),
            owned,
            functions,
            hosts: Rc::clone(&self.0),
        }))
    }
}

impl longma_compile::Script for Script {
    fn functions(&self) -> &[Function] {
        &self.functions
    }

    fn body(&self, rule: &Meaning<'_>) -> Result<Arc<dyn Body>, Problem> {
        Ok(Arc::new(Call {
            ast: Arc::clone(&self.ast),
            owned: Arc::clone(&self.owned),
            function: rule.function.to_owned(),
            host: self.hosts.at(rule.offset),
        }))
    }
}

/// A rule's body: a function of a script.
#[derive(Debug)]
struct Call {
    ast: Arc<AST>,
    owned: Arc<Owned>,
    function: String,
    host: Host,
}

impl Body for Call {
    fn call(&self, given: &Given<'_>, work: &mut Work) -> Result<Vec<Draft>, Failure> {
        let arguments = given.arguments();
        work.with(|runs: &mut Runs, meter| {
            let run = runs.take(&self.host, meter, given.facts);
            let called = run.call((&self.ast, &self.owned), &self.function, arguments);
            runs.runs.push(run);
            called
        })
    }
}

/// The engines of one evaluation, one for each set of host functions.
#[derive(Default)]
struct Runs {
    runs: Vec<Run>,
    log: Arc<probe::Shared>,
}

/// The evaluation as host functions see it, through the engine's tag.
#[derive(Debug, Clone)]
struct Session {
    meter: Arc<Meter>,
    log: Arc<probe::Shared>,
    facts: Facts,
}

/// An engine, with the meter of its evaluation.
struct Run {
    module: Shared<Module>,
    engine: Engine,
    meter: Arc<Meter>,
}

impl Runs {
    /// The evaluation's engine for the functions of `host`. Built if there is none yet.
    fn take(&mut self, host: &Host, meter: &Arc<Meter>, facts: &Facts) -> Run {
        let known = |run: &Run| Shared::ptr_eq(&run.module, &host.module);
        match self.runs.iter().position(known) {
            Some(index) => self.runs.swap_remove(index),
            None => host.run(Session {
                meter: Arc::clone(meter),
                log: Arc::clone(&self.log),
                facts: facts.clone(),
            }),
        }
    }
}

impl Host {
    /// Host functions, with a constructor of causes for each of `levels`.
    pub(crate) fn new(levels: &BTreeSet<Arc<str>>, offset: Offset) -> Self {
        Self {
            module: library::module(levels, offset).into(),
            room: 1,
        }
    }

    fn engine(&self) -> Engine {
        let mut engine = Engine::new_raw();
        engine.register_global_module(self.module.clone());
        engine.set_fast_operators(false);
        engine.set_strict_variables(true);
        engine.set_fail_on_invalid_map_property(true);
        engine.set_allow_shadowing(true);
        engine.set_max_call_levels(limits::CALL_DEPTH * usize::from(self.room));
        let depth = limits::EXPRESSION_DEPTH * usize::from(self.room);
        engine.set_max_expr_depths(depth, depth);
        // The engine refuses a literal of as many items as it is told.
        engine.set_max_array_size(limits::LITERAL_LENGTH + 1);
        engine.set_max_string_size(limits::STRING_BYTES);
        engine
    }

    /// Compiles one decision's script, and finds its rules, sorted by name.
    fn compile(
        &self,
        text: &str,
        owned: &Owned,
        file: &str,
    ) -> Result<(AST, Vec<Function>), Problems> {
        if text.len() > limits::SCRIPT_BYTES * usize::from(self.room) {
            return Err(Problem::new(PackCode::ScriptSize, Place::file(file, 0, 0))
                .with("limit", limits::SCRIPT_BYTES)
                .into());
        }
        let mut engine = self.engine();
        for word in FORBIDDEN {
            engine.disable_symbol(*word);
        }
        spell_until(&mut engine);
        // What cannot be compiled is told of the script as written.
        let ast = engine
            .compile(&owned.text)
            .or_else(|_| engine.compile(text))
            .map_err(|error| syntax(&error, text, file))?;
        let mut problems = Problems::default();
        if let Some(statement) = ast.statements().first() {
            let (line, column) = owned.place(statement.position());
            let place = Place::file(file, line, column);
            problems.push(Problem::new(PackCode::ScriptStatement, place));
        }
        let mut rules: Vec<Function> = Vec::new();
        for function in ast.iter_functions() {
            if function.access == FnAccess::Private || function.name.starts_with("anon$") {
                continue;
            }
            let line = line_of(text, function.name);
            if rules.iter().any(|rule| rule.name == function.name) {
                let place = Place::file(file, line, 1);
                problems.push(
                    Problem::new(PackCode::ScriptDuplicate, place).with("name", function.name),
                );
            }
            rules.push(Function {
                name: function.name.to_owned(),
                parameters: function.params.iter().map(|p| (*p).to_owned()).collect(),
                source: function.comments.iter().find_map(|text| source(text)),
                line,
            });
        }
        order::sort_by(&mut rules, |a, b| a.name.cmp(&b.name));
        problems.or((ast, rules))
    }

    /// An engine for an evaluation.
    fn run(&self, session: Session) -> Run {
        let mut engine = self.engine();
        let meter = Arc::clone(&session.meter);
        let seen = Arc::clone(&meter);
        engine.set_default_tag(Dynamic::from(session));
        engine.on_progress(move |_| seen.charge(1).is_err().then_some(Dynamic::UNIT));
        Run {
            module: self.module.clone(),
            engine,
            meter,
        }
    }
}

impl Run {
    fn call(
        &self,
        (ast, owned): (&AST, &Owned),
        rule: &str,
        arguments: Vec<Argument>,
    ) -> Result<Vec<Draft>, Failure> {
        let values: Vec<Dynamic> = arguments.into_iter().map(argument).collect();
        let result: Outcome<Dynamic> = self.engine.call_fn_with_options(
            CallFnOptions::new().eval_ast(false),
            &mut Scope::new(),
            ast,
            rule,
            values,
        );
        let mut drafts = Drafts::default();
        result
            .and_then(|value| collect(value, &mut drafts).map_err(raise))
            .map_err(|error| self.failure(&error, owned))?;
        Ok(drafts.done())
    }

    fn failure(&self, error: &EvalAltResult, owned: &Owned) -> Failure {
        let (fault, position) = explain(error);
        let (line, column) = owned.place(position);
        // A terminated script has no fault of its own; the meter knows which limit it
        // reached.
        let fault = fault.or_else(|| self.meter.charge(0).err());
        Failure {
            fault: fault.unwrap_or_else(|| Fault::new(Code::RuleFailed)),
            line,
            column,
        }
    }
}

/// Every function that rules can call by name, with its number of arguments. Tools that
/// describe these functions are tested against it. Operators, and the constructors that
/// levels name, are left out.
///
/// ```
/// let callable = longma_oracle::callable();
/// assert!(callable.contains(&("between".to_owned(), 2)));
/// assert!(!callable.contains(&("now".to_owned(), 0)));
/// ```
#[must_use]
pub fn callable() -> BTreeSet<(String, usize)> {
    let module = library::module(&BTreeSet::new(), Offset::CHINA);
    let signatures = module.gen_fn_signatures_with_mapper(Into::into);
    let named = signatures.filter_map(|signature| {
        let (name, rest) = signature.split_once('(').filter(|it| it.0 != OWN)?;
        let arguments = rest.split(')').next()?.split(',');
        let count = arguments.filter(|it| !it.trim().is_empty()).count();
        let is_word = name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        is_word.then(|| (name.to_owned(), count))
    });
    named.into_set()
}

/// Allows `until` as a field name. It ends spans in every table, and the profile has no
/// loop that would give the word its Rhai meaning.
#[allow(
    deprecated,
    reason = "Rhai marks this call as volatile; a test holds it"
)]
fn spell_until(engine: &mut Engine) {
    // The tokenizer reads a sign after a keyword as unary.
    let after_until = AtomicBool::new(false);
    engine.on_parse_token(move |token, _, _| {
        let was_until = after_until.swap(token == Token::Until, Ordering::Relaxed);
        match token {
            Token::Until => Token::Identifier(Box::new("until".into())),
            Token::UnaryPlus if was_until => Token::Plus,
            Token::UnaryMinus if was_until => Token::Minus,
            token => token,
        }
    });
}

/// The line where a public function starts. 0 if it is not found.
fn line_of(text: &str, name: &str) -> usize {
    text.lines()
        .position(|line| {
            line.trim_start()
                .strip_prefix("fn ")
                .and_then(|rest| rest.trim_start().strip_prefix(name))
                .is_some_and(|rest| rest.trim_start().starts_with('('))
        })
        .map_or(0, |index| index + 1)
}

/// The key in a comment's `/// source: key` line.
fn source(comment: &str) -> Option<String> {
    comment.lines().find_map(|line| {
        let text = line.trim_start_matches('/').trim();
        Some(text.strip_prefix("source:")?.trim().to_owned())
    })
}
