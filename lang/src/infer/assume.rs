//! Narrows types by what a condition says about the values in it.
//!
//! Only certain consequences count: a condition that proves nothing changes nothing.
//! This module reports nothing.

use super::{Dead, Env, Infer};
use crate::syntax::{Binary, Block, Expr, ExprKind, Name, StatementKind, Unary};
use crate::types::{Item, Kind, Names, Origin, Truth, Type};
use longma_core::order::Gather;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How many nested conditions to follow.
const DEPTH: usize = 24;

impl<'w> Infer<'w, '_> {
    /// Narrows `env`, assuming that the condition is `truth`.
    pub(super) fn assume(&mut self, condition: &'w Expr, truth: bool, env: &mut Env<'w>) {
        self.assume_at(condition, truth, env, 0);
    }

    fn assume_at(&mut self, condition: &'w Expr, truth: bool, env: &mut Env<'w>, depth: usize) {
        if depth > DEPTH || env.dead.is_some() || !self.notes.step() {
            return;
        }
        match &condition.kind {
            ExprKind::Bool(value) if *value != truth => env.dead = Some(Dead::Excluded),
            ExprKind::Unary {
                operator: Unary::Not,
                operand,
            } => self.assume_at(operand, !truth, env, depth + 1),
            ExprKind::Binary {
                operator,
                left,
                right,
                ..
            } => self.assume_binary(*operator, left, right, truth, env, depth),
            ExprKind::Field { .. } | ExprKind::Name(_) => {
                self.assume_truth(condition, truth, env, depth);
            }
            ExprKind::Method { of, name, .. } => self.assume_method(of, name, truth, env),
            ExprKind::Call { name, arguments } => self.assume_call(name, arguments, truth, env),
            ExprKind::If {
                condition: asked,
                then,
                otherwise: Some(otherwise),
            } => {
                let mut other = env.clone();
                self.assume_at(asked, true, env, depth + 1);
                self.assume_block(then, truth, env, depth);
                self.assume_at(asked, false, &mut other, depth + 1);
                self.assume_at(otherwise, truth, &mut other, depth + 1);
                env.join(other);
            }
            ExprKind::Block(block) => self.assume_block(block, truth, env, depth),
            _ => {}
        }
    }

    fn assume_block(&mut self, block: &'w Block, truth: bool, env: &mut Env<'w>, depth: usize) {
        if let [only] = block.statements.as_slice()
            && let StatementKind::Expr(expr) = &only.kind
        {
            self.assume_at(expr, truth, env, depth + 1);
        }
    }

    fn assume_binary(
        &mut self,
        operator: Binary,
        left: &'w Expr,
        right: &'w Expr,
        truth: bool,
        env: &mut Env<'w>,
        depth: usize,
    ) {
        match operator {
            Binary::And | Binary::Or => {
                let ends = operator == Binary::Or;
                if truth == ends {
                    // Either side may decide the result.
                    let mut other = env.clone();
                    self.assume_at(left, ends, env, depth + 1);
                    self.assume_at(left, !ends, &mut other, depth + 1);
                    self.assume_at(right, ends, &mut other, depth + 1);
                    env.join(other);
                } else {
                    self.assume_at(left, truth, env, depth + 1);
                    self.assume_at(right, truth, env, depth + 1);
                }
            }
            Binary::Equal | Binary::Unequal => {
                let same = (operator == Binary::Equal) == truth;
                self.assume_equal(left, right, same, env);
                self.assume_equal(right, left, same, env);
                self.assume_length(operator, left, right, truth, env);
            }
            Binary::In | Binary::NotIn => {
                let inside = (operator == Binary::In) == truth;
                self.assume_in(left, right, inside, env);
            }
            Binary::Less | Binary::LessEqual | Binary::Greater | Binary::GreaterEqual => {
                // An absent side would be an error.
                for side in [left, right] {
                    self.narrow(side, env, &mut |it| it.present());
                }
                self.assume_length(operator, left, right, truth, env);
            }
            Binary::Default => {
                if matches!(right.kind, ExprKind::Bool(value) if value != truth) {
                    self.narrow(left, env, &mut |it| it.present());
                    self.assume_at(left, truth, env, depth + 1);
                }
            }
            _ => {}
        }
    }

    fn assume_truth(&mut self, path: &'w Expr, truth: bool, env: &mut Env<'w>, depth: usize) {
        self.narrow(path, env, &mut |it| {
            let kinds = it.kinds().iter().map(|kind| match kind {
                Kind::Absent => Type::never(),
                Kind::Bool(Some(known)) if known.value != truth => Type::never(),
                Kind::Bool(_) => Kind::Bool(Some(Truth {
                    value: truth,
                    by_param: false,
                }))
                .into(),
                other => other.clone().into(),
            });
            Type::of(kinds)
        });
        // A variable that holds a condition implies what the condition implies.
        let ExprKind::Name(name) = &path.kind else {
            return;
        };
        let from = env
            .find(name)
            .and_then(|at| env.variables.get(at))
            .and_then(|it| it.from.clone());
        if let Some((from, seen)) = from
            && env.seen_by(from) == seen
        {
            self.assume_at(from, truth, env, depth + 1);
        }
    }

    fn assume_equal(&mut self, path: &'w Expr, other: &'w Expr, same: bool, env: &mut Env<'w>) {
        let there = self.peek(other, env);
        if there.is_absent() {
            self.narrow(path, env, &mut |it| {
                if same && it.is_unknown() {
                    it.clone()
                } else if same {
                    meet(it, |kind| *kind == Kind::Absent)
                } else {
                    it.present()
                }
            });
            return;
        }
        if there.is_unknown() || there.is_never() || there.may_be_absent() {
            return;
        }
        if same {
            self.narrow(path, env, &mut |it| it.present());
        }
        if let Some(Kind::Text(Some(names))) = there.only() {
            let listed = matches!(names.of, Origin::Field { .. });
            let names: BTreeSet<Arc<str>> = names.values.keys().cloned().into_set();
            if same || names.len() == 1 {
                self.narrow(path, env, &mut |it| texts(it, &names, same, listed));
            }
        }
    }

    fn assume_in(&mut self, path: &'w Expr, list: &'w Expr, inside: bool, env: &mut Env<'w>) {
        let there = self.peek(list, env);
        let Some(Kind::List { item, .. }) = there.only() else {
            return;
        };
        if item.is_unknown() || item.may_be_absent() {
            return;
        }
        if inside {
            self.narrow(path, env, &mut |it| it.present());
        }
        // Only a list written in the rule, or a param, surely holds all its names.
        let certain = inside || is_written(list) || self.is_param(list, env);
        if let Some(Kind::Text(Some(names))) = item.only().filter(|_| certain) {
            let listed = matches!(names.of, Origin::Field { .. });
            let names: BTreeSet<Arc<str>> = names.values.keys().cloned().into_set();
            self.narrow(path, env, &mut |it| texts(it, &names, inside, listed));
        }
    }

    fn is_param(&self, expr: &'w Expr, env: &Env<'w>) -> bool {
        let ExprKind::Field { of, .. } = &expr.kind else {
            return false;
        };
        let it = self.peek(of, env);
        matches!(it.only(), Some(Kind::Record(Item { fields, .. }))
            if matches!(fields, crate::types::Fields::Params(_)))
    }

    /// `list.len() > 0` and similar comparisons.
    fn assume_length(
        &mut self,
        operator: Binary,
        left: &'w Expr,
        right: &'w Expr,
        truth: bool,
        env: &mut Env<'w>,
    ) {
        let list = |expr: &'w Expr| match &expr.kind {
            ExprKind::Method { of, name, .. } if name.text == "len" => Some(&**of),
            _ => None,
        };
        let number = |it: &Type| match it.only() {
            Some(Kind::Int(bounds)) => Some(*bounds),
            _ => None,
        };
        let (of, bound, operator) = if let Some(of) = list(left) {
            (of, number(&self.peek(right, env)), operator)
        } else if let Some(of) = list(right) {
            (of, number(&self.peek(left, env)), turned(operator))
        } else {
            return;
        };
        let Some(bound) = bound else { return };
        let operator = if truth { operator } else { negated(operator) };
        let filled = match operator {
            Binary::Greater => bound.least >= 0,
            Binary::GreaterEqual | Binary::Equal => bound.least >= 1,
            Binary::Unequal => bound.value() == Some(0),
            _ => false,
        };
        if filled {
            self.fill(of, env);
        }
    }

    fn assume_method(&mut self, of: &'w Expr, name: &Name, truth: bool, env: &mut Env<'w>) {
        let filled = match name.text.as_str() {
            "is_empty" | "all" => !truth,
            "any" | "contains" => truth,
            _ => false,
        };
        if filled {
            self.fill(of, env);
        }
    }

    /// Marks a list as filled, and also the list it was made from by steps that add no
    /// items to an empty one.
    fn fill(&mut self, list: &'w Expr, env: &mut Env<'w>) {
        self.narrow(list, env, &mut |it| {
            let kinds = it.kinds().iter().map(|kind| match kind {
                Kind::List { item, .. } => Kind::List {
                    item: item.clone(),
                    filled: true,
                }
                .into(),
                other => Type::from(other.clone()),
            });
            Type::of(kinds)
        });
        if let ExprKind::Method { of, name, .. } = &list.kind
            && matches!(
                name.text.as_str(),
                "filter" | "map" | "sort_by" | "flat_map"
            )
        {
            self.fill(of, env);
        }
    }

    fn assume_call(&mut self, name: &Name, arguments: &'w [Expr], truth: bool, env: &mut Env<'w>) {
        let Some((index, _)) = self.own_function(&name.text, arguments.len()) else {
            return;
        };
        let inputs: Vec<Type> = arguments.iter().map(|it| self.peek(it, env)).collect();
        let answer = self.memo.get(&(index, inputs.clone())).cloned();
        let Some([yes, no]) = answer.and_then(|answer| answer.when) else {
            return;
        };
        let after = if truth { yes } else { no };
        for ((argument, before), it) in arguments.iter().zip(&inputs).zip(after) {
            if it != *before && !it.is_unknown() {
                self.narrow(argument, env, &mut |_| it.clone());
            }
        }
    }

    /// Changes the type of a path such as `c.released_at`.
    pub(super) fn narrow(
        &mut self,
        path: &'w Expr,
        env: &mut Env<'w>,
        change: &mut dyn FnMut(&Type) -> Type,
    ) {
        self.narrow_path(path, env, change, 0);
    }

    fn narrow_path(
        &mut self,
        path: &'w Expr,
        env: &mut Env<'w>,
        change: &mut dyn FnMut(&Type) -> Type,
        depth: usize,
    ) {
        let Some((at, fields)) = path_of(path, env).filter(|_| depth < DEPTH) else {
            return;
        };
        let Some(variable) = env.variables.get_mut(at) else {
            return;
        };
        let safe = self
            .script
            .text
            .get(path.bytes.clone())
            .is_some_and(|text| text.contains("?."));
        let changed = if safe {
            None
        } else {
            within(&variable.it, &fields, change)
        };
        if let Some(changed) = changed {
            if changed.is_never() && !variable.it.is_never() {
                env.dead = Some(Dead::Excluded);
            }
            variable.it = changed;
        }
        // A variable that holds a path stands for that path.
        let from = env.variables.get(at).and_then(|it| it.from.clone());
        if let Some((from, seen)) = from
            && fields.is_empty()
            && path_of(from, env).is_some()
            && env.seen_by(from) == seen
        {
            self.narrow_path(from, env, change, depth + 1);
        }
    }

    /// The type of an expression that needs no inference: a name, field or literal.
    pub(super) fn peek(&self, expr: &'w Expr, env: &Env<'w>) -> Type {
        match &expr.kind {
            ExprKind::Absent => Type::absent(),
            ExprKind::Bool(value) => super::values::truth(*value),
            ExprKind::Int(value) => super::values::number(*value),
            ExprKind::Text(text) => super::values::text(text, &expr.bytes),
            ExprKind::List(items) => {
                Kind::list(Type::of(items.iter().map(|item| self.peek(item, env)))).into()
            }
            ExprKind::Name(name) => {
                let variable = env.find(name).and_then(|at| env.variables.get(at));
                variable.map_or_else(Type::unknown, |it| {
                    super::values::anchored(&it.it, || format!("#{}", it.id))
                })
            }
            ExprKind::Field { .. } => self.peek_field(expr, env),
            _ => Type::unknown(),
        }
    }

    fn peek_field(&self, expr: &'w Expr, env: &Env<'w>) -> Type {
        let ExprKind::Field { of, name } = &expr.kind else {
            return Type::unknown();
        };
        let it = self.peek(of, env);
        let fields = it.kinds().iter().map(|kind| match kind {
            Kind::Record(item) => item.field(&name.text).unwrap_or_else(Type::unknown),
            Kind::Absent if self.is_safe(of, name) => Type::absent(),
            Kind::Absent => Type::never(),
            _ => Type::unknown(),
        });
        let whole = Type::of(fields);
        match Self::base_of(expr, env) {
            Some(base) => super::values::anchored(&whole, || base.clone()),
            None => whole,
        }
    }

    /// Narrows the subject of a `switch` to the labels of one arm.
    pub(super) fn select(&mut self, subject: &'w Expr, labels: &'w [Expr], env: &mut Env<'w>) {
        if labels.is_empty() {
            return;
        }
        let types = Type::of(labels.iter().map(|label| self.peek(label, env)));
        let names: BTreeSet<Arc<str>> = match types.kinds() {
            [Kind::Text(Some(names))] => names.values.keys().cloned().into_set(),
            _ => return,
        };
        self.narrow(subject, env, &mut |it| {
            texts(&it.present(), &names, true, false)
        });
    }
}

/// The variable and the fields of a path.
fn path_of<'w>(expr: &'w Expr, env: &Env<'w>) -> Option<(usize, Vec<&'w str>)> {
    match &expr.kind {
        ExprKind::Name(name) => Some((env.find(name)?, Vec::new())),
        ExprKind::Field { of, name } => {
            let (at, mut fields) = path_of(of, env)?;
            fields.push(&name.text);
            Some((at, fields))
        }
        _ => None,
    }
}

/// Applies a change to a field inside a type. `None` if there is no such field.
fn within(it: &Type, fields: &[&str], change: &mut dyn FnMut(&Type) -> Type) -> Option<Type> {
    let Some((first, rest)) = fields.split_first() else {
        return Some(change(it));
    };
    // An absent record cannot get here: reading its field is an error.
    let Some(Kind::Record(item)) = it.only() else {
        return None;
    };
    let field = item.field(first)?;
    let changed = within(&field, rest, change)?;
    if changed.is_never() {
        return Some(Type::never());
    }
    let mut item = item.clone();
    item.known.insert((*first).to_owned(), changed);
    Some(Kind::Record(item).into())
}

fn meet(it: &Type, keep: impl Fn(&Kind) -> bool) -> Type {
    let kept = it.kinds().iter().filter(|kind| keep(kind));
    Type::of(kept.map(|kind| Type::from(kind.clone())))
}

/// Keeps only the names of a text that are inside, or outside, the given ones. `listed`
/// means that the names come from a schema.
fn texts(it: &Type, sought: &BTreeSet<Arc<str>>, inside: bool, listed: bool) -> Type {
    let kinds = it.kinds().iter().map(|kind| {
        let Kind::Text(Some(names)) = kind else {
            return Type::from(kind.clone());
        };
        // The comparison itself reports names that are not members.
        if let Origin::Field { all, .. } = &names.of
            && inside
            && !all.iter().any(|name| sought.contains(name))
        {
            return Type::from(kind.clone());
        }
        let written = !matches!(names.of, Origin::Field { .. });
        let kept = names
            .values
            .iter()
            .filter(|(name, _)| sought.contains(*name) == inside);
        let values: BTreeMap<Arc<str>, _> =
            kept.map(|(name, at)| (Arc::clone(name), *at)).into_map();
        if values.is_empty() && written && listed {
            return Type::from(kind.clone());
        }
        if values.is_empty() {
            return Type::never();
        }
        Kind::Text(Some(Names {
            values,
            of: names.of.clone(),
        }))
        .into()
    });
    Type::of(kinds)
}

fn is_written(list: &Expr) -> bool {
    match &list.kind {
        ExprKind::List(items) => items
            .iter()
            .all(|item| matches!(item.kind, ExprKind::Text(_))),
        _ => false,
    }
}

fn turned(operator: Binary) -> Binary {
    match operator {
        Binary::Less => Binary::Greater,
        Binary::LessEqual => Binary::GreaterEqual,
        Binary::Greater => Binary::Less,
        Binary::GreaterEqual => Binary::LessEqual,
        other => other,
    }
}

fn negated(operator: Binary) -> Binary {
    match operator {
        Binary::Less => Binary::GreaterEqual,
        Binary::LessEqual => Binary::Greater,
        Binary::Greater => Binary::LessEqual,
        Binary::GreaterEqual => Binary::Less,
        Binary::Equal => Binary::Unequal,
        Binary::Unequal => Binary::Equal,
        other => other,
    }
}
