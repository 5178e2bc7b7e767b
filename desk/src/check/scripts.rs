//! What is wrong with a script: its signs, its functions, and what `infer.rs`
//! finds along each line of descent in which it is used.

mod calls;
mod signs;
mod unused;

use super::analysis::Analysis;
use super::codes::Code;
use super::infer::Infer;
use super::notes::{Notes, finding, same};
use super::types::{Emptiness, Kind, Names, Type};
use super::world::{Scope, Script, World};
use crate::finding::{Finding, Spot};
use crate::syntax::{Function, StatementKind, SyntaxError};
use longma_core::{Place, Severity, limits};
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
        let words = vec![("limit", same(limits::SCRIPT_BYTES.to_string()))];
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
pub(super) fn alone(script: &Script<'_>) -> Vec<Finding> {
    let mut notes = Notes::default();
    form(script, &mut notes);
    notes.finish(script).findings
}

/// Everything that is known of one script.
pub(super) fn analyse<'w>(world: &'w World<'w>, pack: usize, decision: &str) -> Analysis {
    let Some(view) = world.packs.get(pack) else {
        return Analysis::default();
    };
    let Some((decision, script)) = view.scripts.get_key_value(decision) else {
        return Analysis::default();
    };
    let mut notes = Notes::default();
    let Some(Form { broken, recursive }) = form(script, &mut notes) else {
        return notes.finish(script);
    };
    let (own, heirs): (Vec<_>, Vec<_>) = world
        .scopes()
        .filter(|scope| scope.packs.contains(&pack))
        .partition(|scope| scope.packs.first() == Some(&pack));
    let mut first = true;
    for scope in own.into_iter().chain(heirs) {
        let heir = scope.packs.first().filter(|owner| **owner != pack);
        let heir = heir.and_then(|owner| world.packs.get(*owner));
        notes.heir = heir.map(|heir| heir.source.id.clone());
        let mut infer = Infer::new(world, scope, (decision, script), &recursive, &mut notes);
        let mut returned = Vec::new();
        for (index, function) in functions(script) {
            if !function.private && applies(scope, decision, function, pack) {
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

/// Whether a rule of `pack` is the one that holds along a line.
fn applies(scope: &Scope<'_>, decision: &str, function: &Function, pack: usize) -> bool {
    let rule = scope.rules.get(&(decision, function.name.text.as_str()));
    rule.is_some_and(|given| given.pack == pack)
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
            super::infer::forbid(&word.text, &word.bytes, notes);
        } else if script.parsed.errors.is_empty() && !forbidden.contains(&line) {
            notes.report(Code::ScriptStatement, &statement.bytes, Vec::new());
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
            let words = vec![("name", same(name))];
            notes.report(Code::ScriptDuplicate, &function.name.bytes, words);
        }
    }
}

/// Notes what a rule returns: its levels, or that it is no cause.
fn result(function: &Function, it: &Type, notes: &mut Notes) {
    let at = &function.name.bytes;
    if let Some(kind) = foreign(it) {
        let words = vec![
            ("name", same(&function.name.text)),
            ("kind", super::infer::words_of(&kind.clone().into())),
        ];
        notes.report(Code::RuleResult, at, words);
    }
    let words = vec![("name", same(&function.name.text))];
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
    let mut all = Names::of([], super::types::Origin::Written);
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

/// Params that no rule reads and no caption names, in the order of the packs.
pub(super) fn unused_params(world: &World<'_>, analyses: &[Vec<Analysis>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, pack) in world.packs.iter().enumerate() {
        let related: BTreeSet<usize> = world
            .scopes()
            .filter(|scope| scope.packs.contains(&index))
            .flat_map(|scope| scope.packs.iter().copied())
            .collect();
        let read = |name: &str| {
            related.iter().any(|other| {
                let scripts = analyses.get(*other).into_iter().flatten();
                scripts.into_iter().any(|it| it.params.contains(name))
                    || world
                        .packs
                        .get(*other)
                        .is_some_and(|pack| pack.mentions(name))
            })
        };
        for name in pack.source.manifest.params.keys() {
            if !read(name) {
                let place = Place::Key {
                    file: pack.file("pack.toml"),
                    key: vec!["params".to_owned(), name.clone()],
                };
                let words = [("name", same(name))];
                findings.push(finding(Code::UnusedParam, Spot::Place(place), &words));
            }
        }
    }
    findings
}
