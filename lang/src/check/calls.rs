//! The call graph of a script, and the functions that end up calling themselves.

use crate::codes::Code;
use crate::notes::Notes;
use crate::script::Script;
use crate::syntax::{ExprKind, Function};
use longma_core::Args;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How many functions on or above cycles are traced. Any beyond are assumed to be on a
/// cycle.
const FOLLOWED: usize = 40;

/// The positions of the functions that call themselves, each reported.
pub(super) fn recursive(script: &Script<'_>, notes: &mut Notes) -> BTreeSet<usize> {
    let functions = &script.parsed.script.functions;
    let calls = calls(functions);
    let mut found = BTreeSet::new();
    for (followed, index) in pruned(&calls).into_iter().enumerate() {
        let Some(path) = circle(index, &calls, followed < FOLLOWED) else {
            continue;
        };
        found.insert(index);
        if let Some(function) = functions.get(index) {
            let names: Vec<&str> = path
                .iter()
                .filter_map(|at| functions.get(*at))
                .map(|function| function.name.text.as_str())
                .collect();
            let words = Args::of("name", &function.name.text).with("path", names.join(" → "));
            notes.report(Code::ScriptRecursion, &function.name.bytes, words);
        }
    }
    found
}

/// For each function, the functions it calls.
fn calls(functions: &[Function]) -> Vec<BTreeSet<usize>> {
    let mut known = BTreeMap::new();
    for (index, function) in functions.iter().enumerate() {
        let key = (function.name.text.as_str(), function.parameters.len());
        known.entry(key).or_insert(index);
    }
    let of = |function: &Function| {
        let mut called = BTreeSet::new();
        function.body.walk(&mut |expr| {
            if let ExprKind::Call { name, arguments } = &expr.kind {
                let key = (name.text.as_str(), arguments.len());
                called.extend(known.get(&key));
            }
        });
        called
    };
    functions.iter().map(of).collect()
}

/// Repeatedly removes functions whose callees are all gone. Every cycle is among what
/// remains.
fn pruned(calls: &[BTreeSet<usize>]) -> Vec<usize> {
    let mut open: Vec<usize> = calls.iter().map(BTreeSet::len).collect();
    let mut callers: Vec<Vec<usize>> = vec![Vec::new(); calls.len()];
    for (index, called) in calls.iter().enumerate() {
        for other in called {
            if let Some(callers) = callers.get_mut(*other) {
                callers.push(index);
            }
        }
    }
    let mut done: VecDeque<usize> = (0..calls.len())
        .filter(|index| open.get(*index) == Some(&0))
        .collect();
    let mut gone = BTreeSet::new();
    while let Some(index) = done.pop_front() {
        gone.insert(index);
        for caller in callers.get(index).into_iter().flatten() {
            if let Some(count) = open.get_mut(*caller) {
                *count -= 1;
                if *count == 0 {
                    done.push_back(*caller);
                }
            }
        }
    }
    (0..calls.len())
        .filter(|index| !gone.contains(index))
        .collect()
}

/// The shortest path from a function back to itself, if there is one.
fn circle(start: usize, calls: &[BTreeSet<usize>], follow: bool) -> Option<Vec<usize>> {
    if !follow {
        return Some(vec![start]);
    }
    let mut from: BTreeMap<usize, usize> = BTreeMap::new();
    let mut open = VecDeque::from([start]);
    while let Some(index) = open.pop_front() {
        for called in calls.get(index).into_iter().flatten() {
            if *called == start {
                let mut path = vec![start, index];
                let mut at = index;
                while at != start {
                    at = *from.get(&at)?;
                    path.push(at);
                }
                path.reverse();
                path.dedup();
                if path.len() == 1 {
                    path.push(start);
                }
                return Some(path);
            }
            if !from.contains_key(called) {
                from.insert(*called, index);
                open.push_back(*called);
            }
        }
    }
    None
}
