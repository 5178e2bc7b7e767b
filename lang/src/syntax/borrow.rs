//! Lists that a closure uses while it is called on them.
//!
//! To a rule this means nothing: values do not change. The interpreter holds a list while it
//! asks a closure about its items, so it has to know where to give the closure's caller a
//! list of its own.

use super::{Block, Bytes, Expr, ExprKind, Name, Script, StatementKind};
use longma_core::order;
use longma_core::order::Gather;
use std::collections::BTreeSet;

/// The names on which something with a closure is called that uses the same name, in order.
///
/// ```
/// use longma_lang::syntax::{borrowed, parse};
/// let text = "fn r(tests) { tests.filter(|t| tests.any(|o| o.at < t.at)) }";
/// let names = borrowed(&parse(text).script);
/// assert_eq!(names, [14..19]);
/// assert_eq!(&text[14..19], "tests");
/// ```
#[must_use]
pub fn borrowed(script: &Script) -> Vec<Bytes> {
    let mut found = Vec::new();
    for function in &script.functions {
        function.body.walk(&mut |expr| found.extend(of_call(expr)));
    }
    order::sort_by_key(&mut found, |bytes| bytes.start);
    found.dedup();
    found
}

/// Where variables stand that have the name of one of the script's functions, in order: where
/// they are defined, and where they are used.
///
/// ```
/// use longma_lang::syntax::{hiding, parse};
/// let text = "fn r(a) { let held = held(a); a.map(|x| held.len()) } fn held(a) { a }";
/// let names: Vec<_> = hiding(&parse(text).script);
/// assert_eq!(names, [14..18, 40..44]);
/// ```
#[must_use]
pub fn hiding(script: &Script) -> Vec<Bytes> {
    let functions: BTreeSet<&str> = script.functions.iter().map(|it| &*it.name.text).into_set();
    let mut found: Vec<Bytes> = Vec::new();
    let mut define = |names: &[&Name]| {
        let hiding = names.iter().filter(|it| functions.contains(&*it.text));
        found.extend(hiding.map(|it| it.bytes.clone()));
    };
    for function in &script.functions {
        define(&function.parameters.iter().collect::<Vec<_>>());
        define(&defined(&function.body));
        function.body.walk(&mut |expr| match &expr.kind {
            ExprKind::Closure { parameters, .. } => define(&parameters.iter().collect::<Vec<_>>()),
            ExprKind::If { then: block, .. } | ExprKind::Block(block) => define(&defined(block)),
            ExprKind::Name(text) => define(&[&Name {
                text: text.clone(),
                bytes: expr.bytes.clone(),
            }]),
            _ => {}
        });
    }
    order::sort_by_key(&mut found, |bytes| bytes.start);
    found
}

/// The names that the statements of a block define.
fn defined(block: &Block) -> Vec<&Name> {
    let statements = block.statements.iter();
    let names = statements.filter_map(|it| match &it.kind {
        StatementKind::Let { name, .. } => Some(name),
        _ => None,
    });
    names.collect()
}

/// The name that an expression calls something on whose closure uses it.
fn of_call(expr: &Expr) -> Option<Bytes> {
    let (on, arguments) = match &expr.kind {
        ExprKind::Method { of, arguments, .. } => (root(of)?, arguments.as_slice()),
        ExprKind::Call { arguments, .. } => {
            let (first, others) = arguments.split_first()?;
            (first, others)
        }
        _ => return None,
    };
    let ExprKind::Name(name) = &on.kind else {
        return None;
    };
    let mut closures = arguments
        .iter()
        .filter(|it| matches!(it.kind, ExprKind::Closure { .. }));
    closures
        .any(|closure| uses(closure, name))
        .then(|| on.bytes.clone())
}

/// What a chain of fields, items and methods begins with.
fn root(of: &Expr) -> Option<&Expr> {
    match &of.kind {
        ExprKind::Field { of, .. } | ExprKind::Index { of, .. } | ExprKind::Method { of, .. } => {
            root(of)
        }
        ExprKind::Name(_) => Some(of),
        _ => None,
    }
}

/// Whether a name stands anywhere inside. A closure may have a parameter of that name; a list
/// of its own does no harm there.
fn uses(expr: &Expr, name: &str) -> bool {
    let mut found = false;
    expr.walk(&mut |inner| {
        found |= matches!(&inner.kind, ExprKind::Name(text) if text == name);
    });
    found
}
