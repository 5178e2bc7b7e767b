//! What is wrong with a script: its signs, its functions, and what `infer.rs`
//! finds along each line of descent in which it is used.

mod calls;
mod signs;
mod unused;

use crate::analysis::Analysis;
use crate::codes::Code;
use crate::finding::Finding;
use crate::infer::Infer;
use crate::notes::Notes;
use crate::scope::Scope;
use crate::script::Script;
use crate::syntax::{Function, StatementKind, SyntaxError};
use crate::types::{Emptiness, Kind, Names, Type};
use longma_core::{Args, Severity, limits};
use std::collections::BTreeSet;

/// What a script is by itself, whatever its pack says.
struct Form {
    /// Whether it could not be read as a whole.
    broken: bool,
    /// The positions of the functions that call themselves.
    recursive: BTreeSet<usize>,
}

/// Notes what is wrong with a script by itself; none where it is too long to look.
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
    let recursive = calls::recursive(script, notes);
    Some(Form { broken, recursive })
}

/// What is wrong with a script whose pack is not known.
#[must_use]
pub fn alone(script: &Script<'_>) -> Vec<Finding> {
    let mut notes = Notes::default();
    form(script, &mut notes);
    notes.finish(script).findings
}

/// One way in which a script is used: along a line of descent.
pub struct Use<'w> {
    /// What names mean there.
    pub scope: &'w Scope<'w>,
    /// The pack whose line it is, where that is not the script's own.
    pub heir: Option<&'w str>,
    /// Its rules that hold there: those that no nearer pack redefines or drops.
    pub rules: BTreeSet<&'w str>,
}

/// Everything that is known of the script of `decision`, over all its uses; those
/// of its own pack come first.
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
    // What cannot be read is told; what follows from that is not.
    let unread: BTreeSet<usize> = script
        .parsed
        .errors
        .iter()
        .map(|error| script.lines.position(error.bytes.start).line)
        .collect();
    notes.skip_lines(script, &unread, Code::UnknownInput);
    if !notes.is_exhausted() {
        unused::check(script, &mut notes);
    }
    let mut analysis = notes.finish(script);
    if broken {
        // Of a script that was read in part, only what is wrong is certain.
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
        .collect();
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
    }
}

/// Notes what a rule returns: its levels, or that it is no cause.
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

/// A kind that is neither a cause nor a list of causes nor nothing.
fn foreign(it: &Type) -> Option<&Kind> {
    it.kinds().iter().find_map(|kind| match kind {
        Kind::Unknown | Kind::Absent | Kind::Cause(..) => None,
        Kind::List { item, .. } => foreign(item),
        other => Some(other),
    })
}

/// Whether no cause can come of it, whatever the facts are.
fn is_void(it: &Type) -> bool {
    it.kinds().iter().all(|kind| match kind {
        Kind::Absent | Kind::Cause(_, Emptiness::Empty) => true,
        Kind::List { item, .. } => is_void(item),
        _ => false,
    })
}

/// The levels of all causes in it; `None` where one is not known.
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
