//! Reports what a script defines and never uses.

use crate::codes::Code;
use crate::notes::Notes;
use crate::script::Script;
use crate::syntax::{Block, ExprKind, Function, Name, StatementKind};
use longma_core::Args;

pub(super) fn check(script: &Script<'_>, notes: &mut Notes) {
    for (index, function) in super::functions(script) {
        if function.private && !notes.called.contains(&index) {
            let words = Args::of("name", &function.name.text);
            notes.report(Code::UnusedFunction, &function.name.bytes, words);
        }
        inputs(function, notes);
        for name in lets(&function.body) {
            report(Code::UnusedVariable, name, function, notes);
        }
    }
}

fn inputs(function: &Function, notes: &mut Notes) {
    let code = if function.private {
        Code::UnusedVariable
    } else {
        Code::UnusedInput
    };
    for name in &function.parameters {
        report(code, name, function, notes);
    }
}

fn report(code: Code, name: &Name, function: &Function, notes: &mut Notes) {
    let known = notes.analysis.meanings.contains_key(&name.bytes.start);
    let used = notes.used.contains(&name.bytes.start) || name.text.starts_with('_');
    if known && !used && !notes.has_at(&name.bytes) {
        let words = Args::of("name", &name.text).with("function", &function.name.text);
        notes.report(code, &name.bytes, words);
    }
}

/// The names that `let` defines in a block, at any depth.
fn lets(block: &Block) -> Vec<&Name> {
    let mut names = Vec::new();
    collect(block, &mut names);
    block.walk(&mut |expr| match &expr.kind {
        ExprKind::Block(inner) => collect(inner, &mut names),
        ExprKind::If { then, .. } => collect(then, &mut names),
        _ => {}
    });
    names
}

fn collect<'a>(block: &'a Block, names: &mut Vec<&'a Name>) {
    for statement in &block.statements {
        match &statement.kind {
            StatementKind::Let { name, .. } => names.push(name),
            StatementKind::Forbidden { bodies, .. } => {
                for body in bodies {
                    collect(body, names);
                }
            }
            _ => {}
        }
    }
}
