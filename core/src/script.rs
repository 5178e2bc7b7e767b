//! The seam to the script engine: the only module that knows Rhai.
//!
//! A raw engine gets the functions of `host.rs` and nothing else. Comparing or
//! adding values of different kinds is an error here, not `false`; only the test
//! for absence (`x == ()`) crosses kinds. Every error of the engine leaves this
//! module as a [`Fault`] with a position.
//!
//! The engine is made anew for each evaluation (about a microsecond) so that its
//! [`Meter`] belongs to that evaluation alone. Every step of a script costs one;
//! a host function that walks a list, a set or a table is charged its length.
//! Lists are shared, not copied, and do not nest.

use crate::cause::Draft;
use crate::host::{self, Earlier, Fault, Kind};
use crate::json::quote;
use crate::limits;
use crate::problem::{Code, Place, Problem, Problems};
use crate::reference::Table;
use crate::text::Localized;
use crate::time::{Date, Days, Elapsed, Instant, Offset};
use crate::value::{Evidence, Got, Record, Value};
use crate::when::When;
use rhai::{
    AST, Array, CallFnOptions, Dynamic, Engine, EvalAltResult, FnAccess, FnPtr, ImmutableString,
    Module, NativeCallContext, ParseErrorType, Position, Scope, Shared, Token,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Words of Rhai that the profile leaves out.
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

/// A list as scripts hold it: shared, and never holding another list.
#[derive(Debug, Clone)]
struct List(Arc<[Dynamic]>);

/// Counts what an evaluation spends.
#[derive(Debug, Default)]
struct Meter {
    /// Spent by the present rule.
    rule: AtomicU64,
    /// Spent by all rules so far.
    all: AtomicU64,
}

impl Meter {
    fn charge(&self, steps: u64) -> Result<(), Fault> {
        let rule = self.rule.fetch_add(steps, Ordering::Relaxed) + steps;
        let all = self.all.fetch_add(steps, Ordering::Relaxed) + steps;
        if all > limits::EVALUATION_OPERATIONS {
            return Err(Fault::new(Code::EvaluationOperations)
                .arg("limit", limits::EVALUATION_OPERATIONS.to_string()));
        }
        if rule > limits::RULE_OPERATIONS {
            return Err(
                Fault::new(Code::RuleOperations).arg("limit", limits::RULE_OPERATIONS.to_string())
            );
        }
        Ok(())
    }
}

/// The host functions, registered once and shared by every engine.
#[derive(Clone)]
pub(crate) struct Host {
    module: Shared<Module>,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Host")
    }
}

/// A compiled script.
#[derive(Debug)]
pub(crate) struct Script {
    ast: AST,
    pub(crate) file: String,
    /// Public functions, by name.
    pub(crate) rules: Vec<Function>,
}

/// A public function: a rule.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) parameters: Vec<String>,
    /// The key that its `/// source:` line gives.
    pub(crate) source: Option<String>,
    /// Line of the function in the file, from 1.
    pub(crate) line: usize,
}

/// A fault, and where in the script.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) fault: Fault,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// What a rule is called with.
#[derive(Debug, Clone)]
pub(crate) enum Argument {
    Value(Value),
    Table(Arc<Table>),
    Earlier(Earlier),
}

/// One evaluation's engine and what it has spent.
pub(crate) struct Run {
    engine: Engine,
    meter: Arc<Meter>,
}

impl Host {
    /// Host functions, with one constructor of causes for each of `levels`.
    pub(crate) fn new(levels: &BTreeSet<Arc<str>>, offset: Offset) -> Self {
        let mut module = Module::new();
        compare(&mut module);
        durations(&mut module);
        calendar(&mut module, offset);
        sets(&mut module);
        lists(&mut module);
        records(&mut module);
        causes(&mut module, levels);
        module.build_index();
        Self {
            module: module.into(),
        }
    }

    fn engine(&self) -> Engine {
        let mut engine = Engine::new_raw();
        engine.register_global_module(self.module.clone());
        engine.set_fast_operators(false);
        engine.set_strict_variables(true);
        engine.set_fail_on_invalid_map_property(true);
        engine.set_allow_shadowing(true);
        engine.set_max_call_levels(limits::CALL_DEPTH);
        engine.set_max_expr_depths(limits::EXPRESSION_DEPTH, limits::EXPRESSION_DEPTH);
        engine.set_max_array_size(limits::LITERAL_LENGTH);
        engine.set_max_map_size(limits::MAP_SIZE);
        engine.set_max_string_size(limits::STRING_BYTES);
        engine
    }

    /// Compiles one decision's script.
    pub(crate) fn compile(&self, text: &str, file: &str) -> Result<Script, Problems> {
        if text.len() > limits::SCRIPT_BYTES {
            let args: [(&str, &dyn std::fmt::Display); 1] = [("limit", &limits::SCRIPT_BYTES)];
            return Err(Problem::new(Code::ScriptSize, Place::file(file, 0, 0), &args).into());
        }
        let mut engine = self.engine();
        for word in FORBIDDEN {
            engine.disable_symbol(*word);
        }
        spell_until(&mut engine);
        let ast = engine
            .compile(text)
            .map_err(|error| syntax(&error, text, file))?;
        let mut problems = Problems::default();
        if let Some(statement) = ast.statements().first() {
            let place = position(file, statement.position());
            problems.push(Problem::new(Code::ScriptStatement, place, &[]));
        }
        let mut rules: Vec<Function> = Vec::new();
        for function in ast.iter_functions() {
            if function.access == FnAccess::Private || function.name.starts_with("anon$") {
                continue;
            }
            let line = line_of(text, function.name);
            if rules.iter().any(|rule| rule.name == function.name) {
                let args: [(&str, &dyn std::fmt::Display); 1] = [("name", &function.name)];
                let place = Place::file(file, line, 1);
                problems.push(Problem::new(Code::ScriptDuplicate, place, &args));
            }
            rules.push(Function {
                name: function.name.to_owned(),
                parameters: function.params.iter().map(|p| (*p).to_owned()).collect(),
                source: function.comments.iter().find_map(|text| source(text)),
                line,
            });
        }
        rules.sort_by(|a, b| a.name.cmp(&b.name));
        problems.or(Script {
            ast,
            file: file.to_owned(),
            rules,
        })
    }

    /// Starts an evaluation.
    pub(crate) fn run(&self) -> Run {
        let meter = Arc::new(Meter::default());
        let mut engine = self.engine();
        engine.set_default_tag(Dynamic::from(Arc::clone(&meter)));
        let seen = Arc::clone(&meter);
        engine.on_progress(move |_| seen.charge(1).is_err().then_some(Dynamic::UNIT));
        Run { engine, meter }
    }
}

impl Run {
    /// Calls one rule of `script`.
    pub(crate) fn call(
        &mut self,
        script: &Script,
        rule: &str,
        arguments: Vec<Argument>,
    ) -> Result<Vec<Draft>, Failure> {
        self.meter.rule.store(0, Ordering::Relaxed);
        let values: Vec<Dynamic> = arguments.into_iter().map(argument).collect();
        let result: Outcome<Dynamic> = self.engine.call_fn_with_options(
            CallFnOptions::new().eval_ast(false),
            &mut Scope::new(),
            &script.ast,
            rule,
            values,
        );
        let mut drafts = Vec::new();
        result
            .and_then(|value| collect(value, &mut drafts).map_err(raise))
            .map_err(|error| self.failure(&error))?;
        Ok(drafts)
    }

    fn failure(&self, error: &EvalAltResult) -> Failure {
        let (fault, position) = explain(error);
        // A script ended from outside says nothing; the meter knows which limit it was.
        let fault = fault.or_else(|| self.meter.charge(0).err());
        Failure {
            fault: fault.unwrap_or_else(|| Fault::new(Code::RuleFailed)),
            line: position.line().unwrap_or(0),
            column: position.position().unwrap_or(0),
        }
    }
}

/// Lets `until` be a field's name: it ends spans in every table, and the loop
/// that gives the word its meaning in Rhai is not in the profile.
#[allow(
    deprecated,
    reason = "Rhai marks this call as volatile; a test holds it"
)]
fn spell_until(engine: &mut Engine) {
    // The tokenizer takes a sign after a keyword for a unary one.
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

// ---- values in and out -----------------------------------------------------

fn argument(argument: Argument) -> Dynamic {
    match argument {
        Argument::Value(value) => dynamic(&value),
        Argument::Table(table) => Dynamic::from(table),
        Argument::Earlier(earlier) => Dynamic::from(earlier),
    }
}

fn dynamic(value: &Value) -> Dynamic {
    match value {
        Value::Bool(value) => Dynamic::from(*value),
        Value::Int(value) => Dynamic::from(*value),
        Value::Text(text) => Dynamic::from(ImmutableString::from(&**text)),
        Value::Instant(instant) => Dynamic::from(*instant),
        Value::Date(date) => Dynamic::from(*date),
        Value::Elapsed(elapsed) => Dynamic::from(*elapsed),
        Value::Days(days) => Dynamic::from(*days),
        Value::List(items) => Dynamic::from(List(items.iter().map(dynamic).collect())),
        Value::Record(record) => Dynamic::from(record.clone()),
    }
}

/// The causes in what a rule returned: one, a list of them, or none.
fn collect(value: Dynamic, drafts: &mut Vec<Draft>) -> Result<(), Fault> {
    let value = value.flatten();
    if drafts.len() > limits::CAUSES {
        return Err(Fault::new(Code::CausesMany).arg("limit", limits::CAUSES.to_string()));
    }
    match kind(&value) {
        Kind::Absent => {}
        Kind::Cause => drafts.extend(value.try_cast::<Draft>()),
        Kind::List => {
            for item in items(&value) {
                collect(item, drafts)?;
            }
        }
        other => return Err(Fault::new(Code::RuleResult).localized("kind", other.words())),
    }
    Ok(())
}

/// The items of a list or of a literal; none for anything else.
fn items(value: &Dynamic) -> Vec<Dynamic> {
    if let Some(list) = value.read_lock::<List>() {
        return list.0.to_vec();
    }
    value
        .read_lock::<Array>()
        .map(|array| array.clone())
        .unwrap_or_default()
}

fn kind(value: &Dynamic) -> Kind {
    if value.is_unit() {
        Kind::Absent
    } else if value.is_bool() {
        Kind::Bool
    } else if value.is_int() {
        Kind::Int
    } else if value.is_string() {
        Kind::Text
    } else if value.is_array() {
        Kind::List
    } else if value.is_fnptr() {
        Kind::Function
    } else {
        kind_of_name(value.type_name())
    }
}

/// The kind that the engine's name of a type stands for.
fn kind_of_name(name: &str) -> Kind {
    use std::any::type_name;
    let known = [
        ("()", Kind::Absent),
        ("bool", Kind::Bool),
        ("i64", Kind::Int),
        ("array", Kind::List),
        ("Fn", Kind::Function),
        (type_name::<Instant>(), Kind::Instant),
        (type_name::<Date>(), Kind::Date),
        (type_name::<Elapsed>(), Kind::Elapsed),
        (type_name::<Days>(), Kind::Days),
        (type_name::<When>(), Kind::When),
        (type_name::<Draft>(), Kind::Cause),
        (type_name::<Record>(), Kind::Record),
        (type_name::<List>(), Kind::List),
        (type_name::<Arc<Table>>(), Kind::Table),
        (type_name::<Earlier>(), Kind::Timeline),
    ];
    let found = known.iter().find(|(known, _)| *known == name);
    match found {
        Some((_, kind)) => *kind,
        None if name.to_lowercase().contains("string") => Kind::Text,
        None => Kind::Other,
    }
}

// ---- faults ----------------------------------------------------------------

#[allow(
    clippy::unnecessary_box_returns,
    reason = "the engine's own error type is boxed"
)]
fn raise(fault: Fault) -> Box<EvalAltResult> {
    EvalAltResult::ErrorRuntime(Dynamic::from(fault), Position::NONE).into()
}

/// The fault in an error of the engine, and the innermost position it names.
/// No fault means that the script was ended from outside.
fn explain(error: &EvalAltResult) -> (Option<Fault>, Position) {
    let at = error.position();
    match error {
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _) => {
            let (fault, position) = explain(inner);
            (fault, if position.is_none() { at } else { position })
        }
        EvalAltResult::ErrorRuntime(value, _) => (value.clone().try_cast::<Fault>(), at),
        EvalAltResult::ErrorTerminated(..) | EvalAltResult::ErrorTooManyOperations(_) => (None, at),
        other => (Some(fault(other)), at),
    }
}

fn fault(error: &EvalAltResult) -> Fault {
    match error {
        EvalAltResult::ErrorStackOverflow(_) => {
            Fault::new(Code::RuleDepth).arg("limit", limits::CALL_DEPTH.to_string())
        }
        EvalAltResult::ErrorDataTooLarge(..) | EvalAltResult::ErrorTooManyVariables(_) => {
            Fault::new(Code::RuleSize).arg("limit", limits::LITERAL_LENGTH.to_string())
        }
        EvalAltResult::ErrorArithmetic(..) => Fault::new(Code::RuleOverflow),
        EvalAltResult::ErrorFunctionNotFound(signature, _) => no_function(signature),
        EvalAltResult::ErrorVariableNotFound(name, _) => {
            Fault::new(Code::RuleVariable).arg("name", name)
        }
        EvalAltResult::ErrorDataRace(..) => Fault::new(Code::RuleCapture),
        EvalAltResult::ErrorPropertyNotFound(name, _) => Fault::new(Code::RuleField)
            .arg("name", name)
            .arg("known", "—"),
        EvalAltResult::ErrorDotExpr(..) => Fault::new(Code::RuleField)
            .arg("name", "?")
            .arg("known", "—"),
        EvalAltResult::ErrorIndexNotFound(..)
        | EvalAltResult::ErrorArrayBounds(..)
        | EvalAltResult::ErrorStringBounds(..)
        | EvalAltResult::ErrorBitFieldBounds(..) => Fault::new(Code::RuleIndex),
        EvalAltResult::ErrorMismatchDataType(expected, found, _)
        | EvalAltResult::ErrorMismatchOutputType(expected, found, _) => {
            kinds("", [kind_of_name(expected), kind_of_name(found)])
        }
        _ => Fault::new(Code::RuleFailed),
    }
}

/// Explains `name (type, type)`, the engine's word for a call that fits nothing.
fn no_function(signature: &str) -> Fault {
    let (name, rest) = signature.split_once(' ').unwrap_or((signature, ""));
    let given: Vec<Kind> = rest
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .unwrap_or_default()
        .split(", ")
        .filter(|name| !name.is_empty())
        .map(kind_of_name)
        .collect();
    let kinds: Vec<Localized> = given.iter().map(|kind| kind.words()).collect();
    let list = Localized::build(|lang| {
        let words: Vec<&str> = kinds.iter().map(|kind| kind.get(lang)).collect();
        words.join(", ")
    });
    let name = match name {
        "index$get$" => "[…]",
        other => other.trim_start_matches("get$"),
    };
    Fault::new(Code::RuleFunction)
        .arg("name", name)
        .localized("kinds", list)
}

fn kinds(operator: &str, kinds: [Kind; 2]) -> Fault {
    let [left, right] = kinds;
    Fault::new(Code::RuleKinds)
        .arg("operator", operator)
        .localized("left", left.words())
        .localized("right", right.words())
}

fn position(file: &str, position: Position) -> Place {
    Place::file(
        file,
        position.line().unwrap_or(0),
        position.position().unwrap_or(0),
    )
}

/// What the engine's parser refused, in our words.
fn syntax(error: &rhai::ParseError, text: &str, file: &str) -> Problem {
    let at = error.position();
    let place = position(file, at);
    let word = word_at(text, at);
    if FORBIDDEN.contains(&word.as_str()) {
        return Problem::new(Code::ScriptForbidden, place, &[("name", &word)]);
    }
    match error.err_type() {
        ParseErrorType::VariableUndefined(name) => {
            Problem::new(Code::RuleVariable, place, &[("name", name)])
        }
        ParseErrorType::FnDuplicatedDefinition(name, _) => {
            Problem::new(Code::ScriptDuplicate, place, &[("name", name)])
        }
        ParseErrorType::MissingToken(token, _) => Problem::new(Code::ScriptSyntax, place, &[])
            .expecting(Localized::same(quote(token)))
            .finding(quote(&word)),
        _ => Problem::new(Code::ScriptSyntax, place, &[]).finding(quote(&word)),
    }
}

/// The word, or else the character, at a position.
fn word_at(text: &str, at: Position) -> String {
    let line = at
        .line()
        .and_then(|line| text.lines().nth(line.saturating_sub(1)));
    let skip = at.position().unwrap_or(1).saturating_sub(1);
    let rest: Vec<char> = line.unwrap_or_default().chars().skip(skip).collect();
    let word: String = rest
        .iter()
        .take_while(|c| c.is_alphanumeric() || **c == '_')
        .collect();
    if word.is_empty() {
        let symbol = if rest.starts_with(&['#', '{']) { 2 } else { 1 };
        rest.into_iter().take(symbol).collect()
    } else {
        word
    }
}

/// The line on which a public function begins; 0 when it is not found.
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

// ---- registration ----------------------------------------------------------

fn charge(context: &NativeCallContext, steps: usize) -> Outcome<()> {
    let tag = context.tag();
    let meter = tag.and_then(Dynamic::read_lock::<Arc<Meter>>);
    match meter {
        Some(meter) => meter
            .charge(u64::try_from(steps).unwrap_or(u64::MAX))
            .map_err(raise),
        None => Ok(()),
    }
}

/// Comparison: values of one kind compare, absence can be asked for, and
/// anything else is an error instead of the engine's silent `false`.
fn compare(module: &mut Module) {
    for operator in ["==", "!=", "<", "<=", ">", ">="] {
        let general = move |left: Dynamic, right: Dynamic| compared(operator, &left, &right);
        module.set_native_fn(operator, general);
        // The engine would answer these itself, so each pair is named.
        macro_rules! mixed {
            ($($left:ty, $right:ty;)*) => {$(
                module.set_native_fn(operator, move |l: $left, r: $right| {
                    compared(operator, &Dynamic::from(l), &Dynamic::from(r))
                });
                module.set_native_fn(operator, move |r: $right, l: $left| {
                    compared(operator, &Dynamic::from(r), &Dynamic::from(l))
                });
            )*};
        }
        mixed! {
            i64, bool;
            i64, ImmutableString;
            bool, ImmutableString;
            (), i64;
            (), bool;
            (), ImmutableString;
        }
    }
}

fn compared(operator: &str, left: &Dynamic, right: &Dynamic) -> Outcome<bool> {
    let pair = [kind(left), kind(right)];
    let equality = matches!(operator, "==" | "!=");
    if equality && pair.contains(&Kind::Absent) {
        return Ok((pair == [Kind::Absent; 2]) == (operator == "=="));
    }
    let order = order(left, right).filter(|_| {
        // Truth values, names and records have no order worth asking for.
        equality || !matches!(pair, [Kind::Bool | Kind::Text | Kind::Record, _])
    });
    let Some(order) = order else {
        return Err(raise(kinds(operator, pair)));
    };
    Ok(match operator {
        "==" => order.is_eq(),
        "!=" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    })
}

fn order(left: &Dynamic, right: &Dynamic) -> Option<std::cmp::Ordering> {
    macro_rules! same {
        ($($kind:ty),*) => {$(
            if let (Some(l), Some(r)) = (left.read_lock::<$kind>(), right.read_lock::<$kind>()) {
                return Some(l.cmp(&r));
            }
        )*};
    }
    same!(
        i64,
        Instant,
        Date,
        Elapsed,
        Days,
        ImmutableString,
        bool,
        Record
    );
    None
}

/// Registers host functions that can fault.
macro_rules! host_fns {
    ($module:ident: $($name:literal => |$($arg:ident: $kind:ty),*| $body:expr;)*) => {$(
        $module.set_native_fn($name, |$($arg: $kind),*| $body.map_err(raise));
    )*};
}

/// Registers host functions that always answer.
macro_rules! sure_fns {
    ($module:ident: $($name:literal => |$($arg:ident: $kind:ty),*| $body:expr;)*) => {$(
        $module.set_native_fn($name, |$($arg: $kind),*| -> Outcome<_> { Ok($body) });
    )*};
}

fn durations(module: &mut Module) {
    host_fns! { module:
        "hours" => |n: i64| host::hours(n);
        "minutes" => |n: i64| host::minutes(n);
        "+" => |t: Instant, by: Elapsed| host::later_by(t, by);
        "-" => |t: Instant, by: Elapsed| host::earlier_by(t, by);
        "+" => |t: Instant, by: Days| host::days_later(t, by);
        "-" => |t: Instant, by: Days| host::days_earlier(t, by);
        "+" => |d: Date, by: Days| host::date_later(d, by);
        "-" => |d: Date, by: Days| host::date_earlier(d, by);
        "+" => |l: Elapsed, r: Elapsed| host::add_elapsed(l, r);
        "-" => |l: Elapsed, r: Elapsed| host::sub_elapsed(l, r);
        "*" => |l: Elapsed, n: i64| host::times_elapsed(l, n);
        "+" => |l: Days, r: Days| host::add_days(l, r);
        "-" => |l: Days, r: Days| host::sub_days(l, r);
        "*" => |l: Days, n: i64| host::times_days(l, n);
    }
    host_fns! { module: "-" => |n: i64| host::negative(n); }
    sure_fns! { module:
        "!" => |truth: bool| !truth;
        "days" => |n: i64| Days::new(n);
        "-" => |l: Instant, r: Instant| l.minus(r);
        "-" => |l: Date, r: Date| l.minus(r);
        "earlier" => |l: Instant, r: Instant| l.min(r);
        "later" => |l: Instant, r: Instant| l.max(r);
        "earlier" => |l: Date, r: Date| l.min(r);
        "later" => |l: Date, r: Date| l.max(r);
    }
}

fn calendar(module: &mut Module, offset: Offset) {
    host_fns! { module: "including" => |t: Instant| host::including(t); }
    module.set_native_fn("date", move |t: Instant| -> Outcome<Date> {
        Ok(t.date(offset))
    });
    module.set_native_fn("start", move |d: Date| {
        host::day_start(d, offset).map_err(raise)
    });
    module.set_native_fn("end", move |d: Date| {
        host::day_end(d, offset).map_err(raise)
    });
}

/// An operation on two sets.
type Operate = fn(&When, &When) -> When;

fn sets(module: &mut Module) {
    sure_fns! { module:
        "always" => | | When::always();
        "never" => | | When::never();
        "since" => |from: Instant| When::between(Some(from), None);
        "before" => |until: Instant| When::between(None, Some(until));
        "between" => |from: Instant, until: Instant| When::between(Some(from), Some(until));
        "between" => |from: Instant, _until: ()| When::between(Some(from), None);
        "is_empty" => |when: When| when.is_empty();
    }
    module.set_native_fn("from", |when: When| -> Outcome<Dynamic> {
        let first = when.spans().first().and_then(|span| span.from());
        Ok(first.map_or(Dynamic::UNIT, Dynamic::from))
    });
    module.set_native_fn("!", |context: NativeCallContext, when: When| {
        charge(&context, when.spans().len())?;
        host::bounded(when.complement()).map_err(raise)
    });
    let operators: [(&str, Operate); 3] = [
        ("&", When::intersection),
        ("|", When::union),
        ("-", When::difference),
    ];
    for (name, operate) in operators {
        module.set_native_fn(
            name,
            move |context: NativeCallContext, left: When, right: When| {
                charge(&context, left.spans().len() + right.spans().len())?;
                host::bounded(operate(&left, &right)).map_err(raise)
            },
        );
    }
}

/// Both forms of a list that a script can hold.
trait Items {
    fn items(&self) -> &[Dynamic];
}

impl Items for List {
    fn items(&self) -> &[Dynamic] {
        &self.0
    }
}

impl Items for Array {
    fn items(&self) -> &[Dynamic] {
        self
    }
}

fn lists(module: &mut Module) {
    list_fns::<List>(module);
    list_fns::<Array>(module);
}

fn list(items: Vec<Dynamic>) -> Outcome<List> {
    if items.len() > limits::LIST_LENGTH {
        return Err(raise(too_long()));
    }
    Ok(List(items.into()))
}

fn too_long() -> Fault {
    Fault::new(Code::RuleSize).arg("limit", limits::LIST_LENGTH.to_string())
}

fn truth(function: &FnPtr, context: &NativeCallContext, item: &Dynamic) -> Outcome<bool> {
    let answer: Dynamic = function.call_within_context(context, (item.clone(),))?;
    answer
        .as_bool()
        .map_err(|_| raise(kinds("", [Kind::Bool, kind(&answer)])))
}

fn list_fns<L: Items + rhai::Variant + Clone>(module: &mut Module) {
    module.set_native_fn("len", |list: &mut L| -> Outcome<i64> {
        Ok(i64::try_from(list.items().len()).unwrap_or(i64::MAX))
    });
    module.set_native_fn("is_empty", |list: &mut L| -> Outcome<bool> {
        Ok(list.items().is_empty())
    });
    module.set_native_fn("first", |list: &mut L| -> Outcome<Dynamic> {
        Ok(list.items().first().cloned().unwrap_or_default())
    });
    module.set_native_fn("last", |list: &mut L| -> Outcome<Dynamic> {
        Ok(list.items().last().cloned().unwrap_or_default())
    });
    module.set_native_fn(
        "contains",
        |context: NativeCallContext, list: &mut L, sought: Dynamic| -> Outcome<bool> {
            charge(&context, list.items().len())?;
            for item in list.items() {
                if compared("==", item, &sought)? {
                    return Ok(true);
                }
            }
            Ok(false)
        },
    );
    module.set_native_fn(
        "concat",
        |context: NativeCallContext, left: &mut L, right: Dynamic| {
            charge(&context, left.items().len())?;
            let mut joined = left.items().to_vec();
            join(&context, &mut joined, right)?;
            list(joined)
        },
    );
    extremes::<L>(module);
    choosing::<L>(module);
    mapping::<L>(module);
}

/// `earliest` and `latest` of instants or dates; absent ones are passed over.
fn extremes<L: Items + rhai::Variant + Clone>(module: &mut Module) {
    for (name, wanted) in [
        ("earliest", std::cmp::Ordering::Less),
        ("latest", std::cmp::Ordering::Greater),
    ] {
        module.set_native_fn(
            name,
            move |context: NativeCallContext, list: &mut L| -> Outcome<Dynamic> {
                charge(&context, list.items().len())?;
                let mut best = Dynamic::UNIT;
                for item in list.items().iter().filter(|item| !item.is_unit()) {
                    if !matches!(kind(item), Kind::Instant | Kind::Date) {
                        return Err(raise(kinds(name, [Kind::Instant, kind(item)])));
                    }
                    let better = best.is_unit()
                        || order(item, &best)
                            .ok_or_else(|| raise(kinds(name, [kind(&best), kind(item)])))?
                            == wanted;
                    if better {
                        best = item.clone();
                    }
                }
                Ok(best)
            },
        );
    }
}

/// The functions that ask a closure about each item.
fn choosing<L: Items + rhai::Variant + Clone>(module: &mut Module) {
    module.set_native_fn(
        "filter",
        |context: NativeCallContext, l: &mut L, f: FnPtr| {
            let mut kept = Vec::new();
            for item in l.items() {
                if truth(&f, &context, item)? {
                    kept.push(item.clone());
                }
            }
            list(kept)
        },
    );
    module.set_native_fn("find", |context: NativeCallContext, l: &mut L, f: FnPtr| {
        for item in l.items() {
            if truth(&f, &context, item)? {
                return Ok(item.clone());
            }
        }
        Ok(Dynamic::UNIT)
    });
    module.set_native_fn("any", |context: NativeCallContext, l: &mut L, f: FnPtr| {
        for item in l.items() {
            if truth(&f, &context, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    });
    module.set_native_fn("all", |context: NativeCallContext, l: &mut L, f: FnPtr| {
        for item in l.items() {
            if !truth(&f, &context, item)? {
                return Ok(false);
            }
        }
        Ok(true)
    });
}

/// The functions that make a list of a closure's answers.
fn mapping<L: Items + rhai::Variant + Clone>(module: &mut Module) {
    module.set_native_fn("map", |context: NativeCallContext, l: &mut L, f: FnPtr| {
        let mut mapped = Vec::with_capacity(l.items().len());
        for item in l.items() {
            let value: Dynamic = f.call_within_context(&context, (item.clone(),))?;
            if kind(&value) == Kind::List {
                return Err(raise(Fault::new(Code::RuleNested)));
            }
            mapped.push(value.flatten());
        }
        list(mapped)
    });
    module.set_native_fn(
        "flat_map",
        |context: NativeCallContext, l: &mut L, f: FnPtr| {
            let mut mapped = Vec::new();
            for item in l.items() {
                let value: Dynamic = f.call_within_context(&context, (item.clone(),))?;
                join(&context, &mut mapped, value)?;
            }
            list(mapped)
        },
    );
    module.set_native_fn(
        "sort_by",
        |context: NativeCallContext, l: &mut L, f: FnPtr| {
            let mut keyed: Vec<(Dynamic, Dynamic)> = Vec::with_capacity(l.items().len());
            for item in l.items() {
                let key: Dynamic = f.call_within_context(&context, (item.clone(),))?;
                let first = keyed.first().map_or(&key, |(first, _)| first);
                if order(first, &key).is_none() {
                    return Err(raise(kinds("sort_by", [kind(first), kind(&key)])));
                }
                keyed.push((key, item.clone()));
            }
            charge(&context, keyed.len() * 16)?;
            keyed.sort_by(|(a, _), (b, _)| order(a, b).unwrap_or(std::cmp::Ordering::Equal));
            list(keyed.into_iter().map(|(_, item)| item).collect())
        },
    );
}

/// Appends a value, a list's items, or nothing for an absent value.
fn join(context: &NativeCallContext, to: &mut Vec<Dynamic>, value: Dynamic) -> Outcome<()> {
    let value = value.flatten();
    match kind(&value) {
        Kind::Absent => {}
        Kind::List => {
            let items = items(&value);
            charge(context, items.len())?;
            if items.iter().any(|item| kind(item) == Kind::List) {
                return Err(raise(Fault::new(Code::RuleNested)));
            }
            to.extend(items);
        }
        _ => to.push(value),
    }
    if to.len() > limits::LIST_LENGTH {
        return Err(raise(too_long()));
    }
    Ok(())
}

fn records(module: &mut Module) {
    module.set_indexer_get_fn(|record: &mut Record, name: ImmutableString| {
        match record.get(&name) {
            Got::Value(value) => Ok(dynamic(value)),
            Got::Absent => Ok(Dynamic::UNIT),
            Got::NoSuchField => {
                let known: Vec<&str> = record.object().names().collect();
                let near = crate::schema::nearest_field(record.object(), &name)
                    .map_or_else(|| known.join(", "), str::to_owned);
                Err(raise(
                    Fault::new(Code::RuleField)
                        .arg("name", name.as_str())
                        .arg("known", near),
                ))
            }
        }
    });
    module.set_native_fn(
        "during",
        |context: NativeCallContext, table: Arc<Table>, record: Record| {
            let rows = table.during(&record).map_err(raise)?;
            charge(&context, 16 + rows.len())?;
            list(rows.into_iter().map(Dynamic::from).collect())
        },
    );
    module.set_native_fn(
        "around",
        |context: NativeCallContext, table: Arc<Table>, record: Record, column: ImmutableString| {
            let cost = table.around_cost(&record, &column).map_err(raise)?;
            charge(&context, cost)?;
            let rows = table.around(&record, &column).map_err(raise)?;
            list(rows.into_iter().map(Dynamic::from).collect())
        },
    );
    host_fns! { module:
        "when" => |earlier: Earlier, level: ImmutableString| earlier.when(&level);
        "when_at_least" => |earlier: Earlier, level: ImmutableString| earlier.when_at_least(&level);
    }
}

fn causes(module: &mut Module, levels: &BTreeSet<Arc<str>>) {
    for level in levels {
        let (spanning, open, holding) = (Arc::clone(level), Arc::clone(level), Arc::clone(level));
        module.set_native_fn(&**level, move |from: Instant, until: Instant| {
            let when = When::between(Some(from), Some(until));
            Outcome::Ok(Draft::new(Arc::clone(&spanning), when))
        });
        module.set_native_fn(&**level, move |from: Instant, _until: ()| {
            let when = When::between(Some(from), None);
            Outcome::Ok(Draft::new(Arc::clone(&open), when))
        });
        module.set_native_fn(&**level, move |when: When| {
            Outcome::Ok(Draft::new(Arc::clone(&holding), when))
        });
    }
    sure_fns! { module:
        "level" => |name: ImmutableString, from: Instant, until: Instant|
            Draft::new(name.as_str().into(), When::between(Some(from), Some(until)));
        "level" => |name: ImmutableString, from: Instant, _until: ()|
            Draft::new(name.as_str().into(), When::between(Some(from), None));
        "level" => |name: ImmutableString, when: When| Draft::new(name.as_str().into(), when);
    }
    module.set_native_fn(
        "because",
        |context: NativeCallContext, draft: Draft, fact: Dynamic| -> Outcome<Draft> {
            let mut evidence: Vec<Evidence> = Vec::new();
            gather(&fact.flatten(), &mut evidence)?;
            charge(&context, evidence.len() + draft.evidence.len())?;
            Ok(draft.because(&evidence))
        },
    );
}

/// The evidence of a record or of a list of records; absent ones give none.
fn gather(fact: &Dynamic, evidence: &mut Vec<Evidence>) -> Outcome<()> {
    match kind(fact) {
        Kind::Absent => Ok(()),
        Kind::Record => {
            if let Some(record) = fact.read_lock::<Record>() {
                evidence.extend_from_slice(record.evidence());
            }
            Ok(())
        }
        Kind::List => items(fact)
            .iter()
            .try_for_each(|item| gather(item, evidence)),
        other => Err(raise(kinds("because", [Kind::Record, other]))),
    }
}
