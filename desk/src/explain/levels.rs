//! Reads from a rule's text alone which levels it can give.

use crate::probes::{Probed, Watched};
use longma_compile::{PackSource, ParamValue};
use longma_core::order::Gather;
use longma_lang::syntax::{Expr, ExprKind, Function, Statement};
use std::collections::{BTreeMap, BTreeSet};

/// How deep calls are followed; the core allows no deeper nesting.
const DEPTH: usize = longma_core::limits::CALL_DEPTH;

/// The levels of `scale` that `rule` (`pack/decision/function`) can give, in the
/// scale's order. `packs` is the decision's line, own first; a param comes from the
/// first pack that has it.
pub(super) fn given_by(
    watched: &Watched,
    packs: &[&PackSource],
    rule: &str,
    scale: &[String],
) -> Vec<String> {
    let Some((probed, function)) = super::reasons::function(watched, rule) else {
        return Vec::new();
    };
    let mut reader = Reader {
        probed,
        packs,
        scale,
        found: BTreeSet::new(),
    };
    reader.function(function, &BTreeMap::new(), 0);
    let found = reader.found;
    scale
        .iter()
        .filter(|level| found.contains(*level))
        .cloned()
        .collect()
}

/// The texts that each name may stand for.
type Names = BTreeMap<String, BTreeSet<String>>;

struct Reader<'a> {
    probed: &'a Probed,
    packs: &'a [&'a PackSource],
    scale: &'a [String],
    found: BTreeSet<String>,
}

impl Reader<'_> {
    fn function(&mut self, function: &Function, names: &Names, depth: usize) {
        if depth > DEPTH {
            return;
        }
        let probed = self.probed;
        let statements = function.body.statements.iter();
        for expr in statements.flat_map(Statement::expressions) {
            expr.walk(&mut |expr| {
                if let ExprKind::Call { name, arguments } = &expr.kind {
                    let private = probed.script.functions.iter();
                    let private = private.filter(|f| f.name.text == name.text);
                    let mut private = private.filter(|f| f.parameters.len() == arguments.len());
                    match private.next_back() {
                        Some(inner) => {
                            let parameters = inner.parameters.iter().map(|p| p.text.clone());
                            let values = arguments.iter().map(|a| self.texts(a, names));
                            let inner_names = parameters.zip(values).into_map();
                            self.function(inner, &inner_names, depth + 1);
                        }
                        None => self.call(&name.text, arguments, names),
                    }
                }
            });
        }
    }

    fn call(&mut self, name: &str, arguments: &[Expr], names: &Names) {
        if name == "level" {
            let level = arguments.first();
            let levels = level.map(|level| self.texts(level, names));
            self.found.extend(levels.unwrap_or_default());
        } else if self.scale.iter().any(|level| level == name) {
            self.found.insert(name.to_owned());
        }
    }

    /// The texts that an expression may evaluate to, as far as they are literals or
    /// params.
    fn texts(&self, expr: &Expr, names: &Names) -> BTreeSet<String> {
        match &expr.kind {
            ExprKind::Text(text) => [text.clone()].into(),
            ExprKind::Name(name) => names.get(name).cloned().unwrap_or_default(),
            ExprKind::Field { of, name } if is_params(of) => {
                let mut params = self.packs.iter().map(|pack| &pack.manifest.params);
                match params.find_map(|params| params.get(&name.text)) {
                    Some(param) => match &param.value {
                        ParamValue::Text(text) => [text.clone()].into(),
                        _ => BTreeSet::new(),
                    },
                    None => BTreeSet::new(),
                }
            }
            ExprKind::If {
                then, otherwise, ..
            } => {
                let mut texts = BTreeSet::new();
                for expr in then.expressions() {
                    texts.extend(self.texts(expr, names));
                }
                if let Some(expr) = otherwise {
                    texts.extend(self.texts(expr, names));
                }
                texts
            }
            ExprKind::Block(block) => {
                let exprs = block.expressions().into_iter();
                exprs.flat_map(|expr| self.texts(expr, names)).into_set()
            }
            ExprKind::Switch { arms, .. } => {
                let arms = arms.iter();
                arms.flat_map(|arm| self.texts(&arm.value, names))
                    .into_set()
            }
            _ => BTreeSet::new(),
        }
    }
}

fn is_params(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Name(name) if name == "params")
}
