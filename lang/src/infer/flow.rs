//! `if`, `switch` and closures.

use super::{Dead, Env, Frame, Infer};
use crate::codes::Code;
use crate::notes::listed;
use crate::syntax::{Arm, Binary, Block, Expr, ExprKind, Name, Statement, StatementKind};
use crate::types::{Kind, Names, Origin, Type};
use longma_core::Args;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Collects the names that closures in `block` assign to.
pub(super) fn assigned_in_closures<'w>(block: &'w Block, names: &mut BTreeSet<&'w str>) {
    block.walk(&mut |expr| {
        if let ExprKind::Closure { body, .. } = &expr.kind {
            body.walk(&mut |inner| {
                for statement in statements_of(inner) {
                    if let StatementKind::Assign { target, .. } = &statement.kind
                        && let ExprKind::Name(name) = &target.kind
                    {
                        names.insert(name);
                    }
                }
            });
        }
    });
}

fn statements_of(expr: &Expr) -> Vec<&Statement> {
    match &expr.kind {
        ExprKind::Block(block) => block.statements.iter().collect(),
        ExprKind::If { then, .. } => then.statements.iter().collect(),
        _ => Vec::new(),
    }
}

impl<'w> Infer<'w, '_> {
    pub(super) fn conditional(
        &mut self,
        expr: &'w Expr,
        condition: &'w Expr,
        then: &'w Block,
        otherwise: Option<&'w Expr>,
        env: &mut Env<'w>,
    ) -> Type {
        let asked = self.expr(condition, env);
        self.condition(condition, &asked, env);
        self.always(condition, &asked, otherwise.is_some(), env);
        self.chain(expr, env);
        let mut inside = env.clone();
        self.assume(condition, true, &mut inside);
        self.assume(condition, false, env);
        let mut it = self.live_block(then, &mut inside);
        let other = match otherwise {
            Some(other) => {
                let excluded = env.dead == Some(Dead::Excluded);
                let it = self.expr(other, env);
                if excluded { Type::never() } else { it }
            }
            None if env.dead.is_some() => Type::never(),
            None => Type::absent(),
        };
        it = it.join(&other);
        inside.join(std::mem::take(env));
        *env = inside;
        it
    }

    /// The type of a block. Never, if a condition excludes it.
    fn live_block(&mut self, block: &'w Block, env: &mut Env<'w>) -> Type {
        let excluded = env.dead == Some(Dead::Excluded);
        let it = self.block(block, env);
        if excluded { Type::never() } else { it }
    }

    /// Reports an `else` that is unreachable.
    fn always(&mut self, condition: &Expr, it: &Type, has_else: bool, env: &Env<'w>) {
        if env.dead.is_some() || !has_else || it.is_never() {
            return;
        }
        let absence_test = matches!(
            &condition.kind,
            ExprKind::Binary { operator: Binary::Equal | Binary::Unequal, left, right, .. }
                if left.kind == ExprKind::Absent || right.kind == ExprKind::Absent
        );
        let holds = match it.only() {
            Some(Kind::Bool(Some(truth))) => truth.value && !truth.by_param && !absence_test,
            _ => false,
        };
        let words = Args::of("what", self.written(&condition.bytes));
        self.notes
            .observe(Code::ConditionAlways, &condition.bytes, holds, words);
    }

    /// Reports a chain of comparisons of one field that misses names and has no `else`.
    fn chain(&mut self, first: &'w Expr, env: &Env<'w>) {
        let mut compared: Option<&Expr> = None;
        let mut told: BTreeSet<&str> = BTreeSet::new();
        let mut links = 0;
        let mut at = Some(first);
        while let Some(expr) = at {
            let ExprKind::If {
                condition,
                otherwise,
                ..
            } = &expr.kind
            else {
                return;
            };
            let Some((subject, names)) = comparison(condition) else {
                return;
            };
            if compared.is_some_and(|known| !same_path(known, subject)) {
                return;
            }
            compared = Some(subject);
            told.extend(names);
            links += 1;
            at = otherwise.as_deref();
        }
        let Some(subject) = compared.filter(|_| links > 1) else {
            return;
        };
        let it = self.peek(subject, env);
        let missing = left_out(&it, |name| told.contains(name));
        self.incomplete(first, subject, &missing, "chain");
    }

    fn incomplete(&mut self, at: &Expr, subject: &Expr, missing: &[Arc<str>], case: &'static str) {
        if missing.is_empty() {
            return;
        }
        // The part before the first brace is enough to underline.
        let text = self.script.text.get(at.bytes.clone()).unwrap_or_default();
        let head = text.split('{').next().unwrap_or_default().trim_end().len();
        let bytes = at.bytes.start..at.bytes.start + head;
        let words = Args::of("what", self.written(&subject.bytes))
            .with("missing", listed(missing.iter().map(|name| &**name)))
            .with("case", case);
        self.notes.report(Code::EnumIncomplete, &bytes, words);
    }

    pub(super) fn switch(
        &mut self,
        expr: &'w Expr,
        subject: &'w Expr,
        arms: &'w [Arm],
        env: &mut Env<'w>,
    ) -> Type {
        let asked = self.expr(subject, env);
        let mut told: BTreeSet<String> = BTreeSet::new();
        let mut all = Type::never();
        let mut after: Option<Env<'w>> = None;
        let mut rest = false;
        for arm in arms {
            let whole = arm.condition.is_none();
            if rest {
                let words = Args::of("case", "default");
                self.notes.report(Code::ArmRepeated, &arm.bytes, words);
            }
            for label in &arm.labels {
                self.label(label, subject, &asked, env);
                let shown = self
                    .script
                    .text
                    .get(label.bytes.clone())
                    .unwrap_or_default();
                if told.contains(shown) {
                    let words = Args::of("name", shown);
                    self.notes.report(Code::ArmRepeated, &label.bytes, words);
                } else if whole {
                    told.insert(shown.to_owned());
                }
            }
            rest |= arm.labels.is_empty() && whole;
            let mut inside = env.clone();
            self.select(subject, &arm.labels, &mut inside);
            if let Some(condition) = &arm.condition {
                let it = self.expr(condition, &mut inside);
                self.condition(condition, &it, &mut inside);
                self.assume(condition, true, &mut inside);
            }
            let excluded = inside.dead == Some(Dead::Excluded);
            let it = self.expr(&arm.value, &mut inside);
            if !excluded {
                all = all.join(&it);
            }
            after = Some(match after {
                None => inside,
                Some(mut known) => {
                    known.join(inside);
                    known
                }
            });
        }
        if rest {
            *env = after.unwrap_or_else(|| std::mem::take(env));
            return all;
        }
        let names = left_out(&asked, |name| told.contains(&format!("\"{name}\"")));
        self.incomplete(expr, subject, &names, "switch");
        if let Some(after) = after {
            env.join(after);
        }
        let complete = matches!(asked.kinds(), [Kind::Text(Some(names))]
            if matches!(names.of, Origin::Field { .. }))
            && names.is_empty();
        if complete { all } else { all.or_absent() }
    }

    fn label(&mut self, label: &'w Expr, subject: &'w Expr, asked: &Type, env: &mut Env<'w>) {
        let it = self.expr(label, env);
        if asked.is_unknown() || it.is_unknown() || it.is_absent() {
            return;
        }
        if self.not_members_of(label, &it, asked) {
            return;
        }
        let fits = asked
            .kinds()
            .iter()
            .any(|kind| it.kinds().iter().any(|label| label.name() == kind.name()));
        if !fits && !asked.is_never() {
            let words = Args::of("operator", "switch")
                .with("left", super::values::words_of(asked))
                .with("right", super::values::words_of(&it));
            self.notes.report(Code::KindsCompared, &label.bytes, words);
        }
        let _ = subject;
    }

    /// Checks a closure called with `inputs`. Returns the type of its result, and the
    /// type of its first parameter where the result is true.
    pub(super) fn closure(
        &mut self,
        parameters: &'w [Name],
        body: &'w Expr,
        inputs: Vec<Type>,
        env: &Env<'w>,
    ) -> (Type, Option<Type>) {
        let mut inside = env.clone();
        let mut first = None;
        for (name, it) in parameters.iter().zip(inputs) {
            let meaning = super::Meaning::Variable(name.bytes.clone());
            self.notes.mean(&name.bytes, meaning);
            let id = self.bind(&mut inside, &name.text, name.bytes.start, it);
            first = first.or(Some(id));
        }
        self.frames.push(Frame::default());
        let (it, last) = match &body.kind {
            ExprKind::Block(block) => {
                let (it, last) = self.body(block, &mut inside);
                self.notes.typed(body.id, &it);
                (it, last)
            }
            _ => (self.expr(body, &mut inside), Some(body)),
        };
        let frame = self.frames.pop().unwrap_or_default();
        let early = !frame.returns.is_empty();
        let it = Type::of(frame.returns).join(&it);
        let (Some(id), Some(last)) = (first, last.filter(|_| !early)) else {
            return (it, None);
        };
        self.assume(last, true, &mut inside);
        let kept = inside.types_of(&[id]).into_iter().next();
        (it, kept)
    }
}

/// The names a text may have that are not handled.
fn left_out(it: &Type, told: impl Fn(&str) -> bool) -> Vec<Arc<str>> {
    let Some(Kind::Text(Some(Names {
        values,
        of: Origin::Field { .. },
    }))) = it.only()
    else {
        return Vec::new();
    };
    values.keys().filter(|name| !told(name)).cloned().collect()
}

/// The field and the names of a condition such as `t.result == "negative"`.
fn comparison(condition: &Expr) -> Option<(&Expr, Vec<&str>)> {
    let ExprKind::Binary {
        operator,
        left,
        right,
        ..
    } = &condition.kind
    else {
        return None;
    };
    let name = |expr: &'_ Expr| matches!(expr.kind, ExprKind::Text(_));
    match (operator, &left.kind, &right.kind) {
        (Binary::Equal, _, ExprKind::Text(text)) => Some((left, vec![text])),
        (Binary::Equal, ExprKind::Text(text), _) => Some((right, vec![text])),
        (Binary::In, _, ExprKind::List(items)) if items.iter().all(name) => {
            let names = items.iter().filter_map(|item| match &item.kind {
                ExprKind::Text(text) => Some(text.as_str()),
                _ => None,
            });
            Some((left, names.collect()))
        }
        (Binary::Or, ..) => {
            let (subject, mut names) = comparison(left)?;
            let (other, more) = comparison(right)?;
            names.extend(more);
            same_path(subject, other).then_some((subject, names))
        }
        _ => None,
    }
}

/// Whether two expressions are the same name or field.
pub(super) fn same_path(left: &Expr, right: &Expr) -> bool {
    match (&left.kind, &right.kind) {
        (ExprKind::Name(left), ExprKind::Name(right)) => left == right,
        (
            ExprKind::Field { of, name },
            ExprKind::Field {
                of: other,
                name: too,
            },
        ) => name.text == too.text && same_path(of, other),
        _ => false,
    }
}
