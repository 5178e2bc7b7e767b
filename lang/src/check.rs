//! Checks a script: its text, its functions, and what `infer.rs` finds along each line
//! of descent that uses it.

mod calls;
mod signs;
mod unused;

use crate::analysis::Analysis;
use crate::codes::Code;
use crate::finding::Finding;
use crate::helpers;
use crate::infer::Infer;
use crate::notes::Notes;
use crate::scope::Scope;
use crate::script::Script;
use crate::syntax::{ExprKind, Function, StatementKind, SyntaxError};
use crate::types::{Emptiness, Kind, Names, Type};
use longma_core::order::Gather;
use longma_core::{Args, Severity, limits};
use std::collections::BTreeSet;

/// Properties of a script that do not depend on its pack.
struct Form {
    /// Whether parts of the script could not be read.
    broken: bool,
    /// Positions of the functions that call themselves, directly or not.
    recursive: BTreeSet<usize>,
}

/// Notes the mistakes that do not depend on the pack. `None` if the script is too long
/// to check.
fn form(script: &Script<'_>, notes: &mut Notes) -> Option<Form> {
    if script.text.len() > limits::SCRIPT_BYTES {
        let words = Args::of("limit", limits::SCRIPT_BYTES);
        notes.report(Code::ScriptSize, &(0..0), words);
        return None;
    }
    signs::check(script, notes);
    outside(script, notes);
    let broken = notes.count() > 0 || !script.parsed.errors.is_empty();
    duplicates(script, notes);
    repeats(script, notes);
    let recursive = calls::recursive(script, notes);
    Some(Form { broken, recursive })
}

/// Checks a script without knowing its pack: only the mistakes in its text and the
/// shape of its functions.
///
/// ```
/// use longma_lang::check::alone;
/// use longma_lang::script::Script;
///
/// let script = Script::read("code.rhai", "fn a() {}\nfn a() {}\n");
/// let findings = alone(&script);
/// assert_eq!(findings.len(), 1);
/// assert_eq!(findings[0].code.as_str(), "script-duplicate");
/// ```
#[must_use]
pub fn alone(script: &Script<'_>) -> Vec<Finding> {
    let mut notes = Notes::default();
    form(script, &mut notes);
    notes.finish(script).findings
}

/// One use of a script: along one line of descent.
pub struct Use<'w> {
    /// What names mean there.
    pub scope: &'w Scope<'w>,
    /// The pack that owns the line, if it is not the script's own.
    pub heir: Option<&'w str>,
    /// The script's rules that apply there: no nearer pack redefines or drops them.
    pub rules: BTreeSet<&'w str>,
}

/// Checks the script of `decision` over all its uses. List the uses of its own pack
/// first.
///
/// ```
/// use longma_lang::check::{Use, analyse};
/// use longma_lang::scope::Scope;
/// use longma_lang::script::Script;
/// use longma_lang::types::{Fields, Item};
/// use std::collections::BTreeMap;
///
/// let levels = ["green".to_owned(), "red".to_owned()];
/// let scope = Scope {
///     schema: None,
///     params: Item {
///         title: "params".to_owned(),
///         fields: Fields::Params(BTreeMap::new().into()),
///         known: BTreeMap::new(),
///     },
///     own: BTreeMap::from([("code", &levels[..])]),
///     beside: BTreeMap::new(),
///     common: longma_lang::scope::Common {
///         tables: BTreeMap::new(),
///         levels: levels.iter().cloned().collect(),
///     }
///     .into(),
/// };
/// let script = Script::read("code.rhai", "fn always_red() { red(always()) }\n");
/// let used = Use {
///     scope: &scope,
///     heir: None,
///     rules: ["always_red"].into(),
/// };
/// let analysis = analyse(&script, "code", &[used]);
/// assert!(analysis.findings.is_empty());
/// let given = analysis.levels["always_red"].as_ref().unwrap();
/// assert_eq!(&**given.only().unwrap(), "red");
/// ```
#[must_use]
pub fn analyse<'w>(script: &'w Script<'w>, decision: &'w str, uses: &'w [Use<'w>]) -> Analysis {
    let mut notes = Notes::default();
    let Some(Form { broken, recursive }) = form(script, &mut notes) else {
        return notes.finish(script);
    };
    let mut first = true;
    for used in uses {
        notes.heir = used.heir.map(str::to_owned);
        let mut infer = Infer::new(used.scope, (decision, script), &recursive, &mut notes);
        let mut returned = Vec::new();
        for (index, function) in functions(script) {
            if !function.private && used.rules.contains(function.name.text.as_str()) {
                let causes = infer.rule(index, function);
                returned.push((function, causes));
            }
        }
        if first {
            for (index, function) in functions(script) {
                infer.uncalled(index, function);
            }
        }
        for (function, causes) in returned {
            let whole = |error: &SyntaxError| !function.bytes.contains(&error.bytes.start);
            if script.parsed.errors.iter().all(whole) {
                result(function, &causes, &mut notes);
            }
        }
        first = false;
    }
    notes.heir = None;
    // A line that cannot be read gets its syntax error and no findings that follow from
    // it.
    let unread: BTreeSet<usize> = script
        .parsed
        .errors
        .iter()
        .map(|error| script.lines.position(error.bytes.start).line)
        .into_set();
    notes.skip_lines(script, &unread, Code::UnknownInput);
    if !notes.is_exhausted() {
        unused::check(script, &mut notes);
    }
    let mut analysis = notes.finish(script);
    if broken {
        // If parts of the script are unread, only errors are certain.
        analysis
            .findings
            .retain(|finding| finding.severity == Severity::Error);
    }
    analysis
}

fn functions<'w>(script: &'w Script<'_>) -> impl Iterator<Item = (usize, &'w Function)> {
    script.parsed.script.functions.iter().enumerate()
}

fn outside(script: &Script<'_>, notes: &mut Notes) {
    let statements = &script.parsed.script.statements;
    let forbidden: BTreeSet<usize> = statements
        .iter()
        .filter(|it| matches!(it.kind, StatementKind::Forbidden { .. }))
        .map(|it| script.lines.position(it.bytes.start).line)
        .into_set();
    for statement in statements {
        let line = script.lines.position(statement.bytes.start).line;
        if let StatementKind::Forbidden { word, .. } = &statement.kind {
            crate::infer::forbid(&word.text, &word.bytes, notes);
        } else if script.parsed.errors.is_empty() && !forbidden.contains(&line) {
            notes.report(Code::ScriptStatement, &statement.bytes, Args::NONE);
        }
    }
}

fn duplicates(script: &Script<'_>, notes: &mut Notes) {
    let mut known: BTreeSet<(&str, usize)> = BTreeSet::new();
    let mut rules: BTreeSet<&str> = BTreeSet::new();
    for (_, function) in functions(script) {
        let name = function.name.text.as_str();
        let again = !known.insert((name, function.parameters.len()))
            || (!function.private && !rules.insert(name));
        if again {
            let words = Args::of("name", name);
            notes.report(Code::ScriptDuplicate, &function.name.bytes, words);
        }
        if helpers::named(name).next().is_some() {
            let words = Args::of("name", name);
            notes.report(Code::HelperHidden, &function.name.bytes, words);
        }
    }
}

/// Notes what stands in a written list a second time.
fn repeats(script: &Script<'_>, notes: &mut Notes) {
    for (_, function) in functions(script) {
        function.body.walk(&mut |expr| {
            let ExprKind::List(items) = &expr.kind else {
                return;
            };
            let mut known: BTreeSet<&str> = BTreeSet::new();
            for item in items {
                let plain = matches!(item.kind, ExprKind::Int(Some(_)) | ExprKind::Text(_));
                let written = script.text.get(item.bytes.clone()).filter(|_| plain);
                if let Some(value) = written.filter(|it| !known.insert(it)) {
                    let words = Args::of("value", value);
                    notes.report(Code::ListRepeats, &item.bytes, words);
                }
            }
        });
    }
}

/// Notes the levels that a rule returns, or that it returns something other than
/// causes.
fn result(function: &Function, it: &Type, notes: &mut Notes) {
    let at = &function.name.bytes;
    if let Some(kind) = foreign(it) {
        let words = Args::of("name", &function.name.text)
            .with("kind", crate::infer::words_of(&kind.clone().into()));
        notes.report(Code::RuleResult, at, words);
    }
    let words = Args::of("name", &function.name.text);
    notes.observe(Code::RuleNever, at, is_void(it), words);
    let levels = levels_of(it);
    let name = &function.name.text;
    match notes.analysis.levels.get_mut(name) {
        None => drop(notes.analysis.levels.insert(name.clone(), levels)),
        Some(known) => {
            *known = match (known.take(), levels) {
                (Some(mut known), Some(more)) => {
                    known.values.extend(more.values);
                    Some(known)
                }
                _ => None,
            }
        }
    }
}

/// The first kind that is neither a cause, a list of causes nor `()`.
fn foreign(it: &Type) -> Option<&Kind> {
    it.kinds().iter().find_map(|kind| match kind {
        Kind::Unknown | Kind::Absent | Kind::Cause(..) => None,
        Kind::List { item, .. } => foreign(item),
        other => Some(other),
    })
}

/// Whether it yields no cause, whatever the facts are.
fn is_void(it: &Type) -> bool {
    it.kinds().iter().all(|kind| match kind {
        Kind::Absent | Kind::Cause(_, Emptiness::Empty) => true,
        Kind::List { item, .. } => is_void(item),
        _ => false,
    })
}

/// The levels of all causes in it. `None` if any level is unknown.
fn levels_of(it: &Type) -> Option<Names> {
    let mut all = Names::of([], crate::types::Origin::Written);
    for kind in it.kinds() {
        let more = match kind {
            Kind::Cause(names, _) => names.clone(),
            Kind::List { item, .. } => levels_of(item),
            Kind::Unknown => None,
            _ => continue,
        };
        all.values.extend(more?.values);
    }
    Some(all)
}
