//! Lists that a closure uses while it is called on them.
//!
//! To a rule this means nothing: values do not change. The interpreter holds a list while it
//! asks a closure about its items, so it has to know where to give the closure's caller a
//! list of its own.

use super::{Bytes, Expr, ExprKind, Script};

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
    found.sort_by_key(|bytes| bytes.start);
    found.dedup();
    found
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
