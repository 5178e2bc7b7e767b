//! Literals, fields and operators.

use super::{Env, Infer, near, with_case};
use crate::analysis::Meaning;
use crate::codes::Code;
use crate::messages;
use crate::notes::listed;
use crate::operators;
use crate::syntax::{Binary, Bytes, Expr, ExprKind, Name, Unary};
use crate::types::{Anchor, Bounds, Fields, Item, Kind, Names, Origin, Truth, Type};
use longma_core::{Args, Localized, nearest, schema};

pub(super) fn truth(value: bool) -> Type {
    Kind::Bool(Some(Truth {
        value,
        by_param: false,
    }))
    .into()
}

pub(super) fn number(value: Option<i64>) -> Type {
    Kind::Int(value.map_or(Bounds::ANY, Bounds::exactly)).into()
}

pub(super) fn text(text: &str, at: &Bytes) -> Type {
    Kind::Text(Some(Names::written(text, (at.start, at.end)))).into()
}

/// Gives an unknown instant an anchor, so that others can be measured from it.
pub(super) fn anchored(it: &Type, base: impl Fn() -> String) -> Type {
    let fresh = |kind: &Kind| match kind {
        Kind::Instant(None) => Kind::Instant(Some(Anchor {
            base: base(),
            days: 0,
            seconds: 0,
            by_param: false,
        })),
        other => other.clone(),
    };
    if !it.kinds().contains(&Kind::Instant(None)) {
        return it.clone();
    }
    Type::of(it.kinds().iter().map(|kind| Type::from(fresh(kind))))
}

/// Drops the anchors of instants: the items of a list differ.
pub(super) fn unanchored(it: &Type) -> Type {
    let loose = |kind: &Kind| match kind {
        Kind::Instant(Some(_)) => Kind::Instant(None),
        other => other.clone(),
    };
    Type::of(it.kinds().iter().map(|kind| Type::from(loose(kind))))
}

/// The kinds of a type for readers, with absence last.
pub(crate) fn words_of(it: &Type) -> Localized {
    let mut parts: Vec<Localized> = Vec::new();
    for kind in it.kinds() {
        let words = match kind {
            Kind::Record(item) if !item.title.is_empty() => {
                messages().say("kind.record-of", &Args::of("title", &item.title))
            }
            other => other.words(),
        };
        if !parts.contains(&words) {
            parts.push(words);
        }
    }
    if it.kinds().first() == Some(&Kind::Absent) {
        parts.rotate_left(1);
    }
    let or = messages().say("or", &Args::NONE);
    let text = |pick: fn(&Localized) -> &String| {
        let words: Vec<&str> = parts.iter().map(|part| pick(part).as_str()).collect();
        words.join(&format!(" {} ", pick(&or)))
    };
    Localized::new(text(|it| &it.zh_cn).replace(' ', ""), text(|it| &it.en))
}

impl<'w> Infer<'w, '_> {
    /// The anchor's name for a path such as `c.last_contact`.
    pub(super) fn base_of(expr: &Expr, env: &Env<'w>) -> Option<String> {
        match &expr.kind {
            ExprKind::Name(name) => {
                let at = env.find(name)?;
                Some(format!("#{}", env.variables.get(at)?.id))
            }
            ExprKind::Field { of, name } => {
                Some(format!("{}.{}", Self::base_of(of, env)?, name.text))
            }
            _ => None,
        }
    }

    /// Whether the field or method is read with `?.`.
    pub(super) fn is_safe(&self, of: &Expr, name: &Name) -> bool {
        let between = self.script.text.get(of.bytes.end..name.bytes.start);
        between.is_some_and(|between| between.contains('?'))
    }

    pub(super) fn field(
        &mut self,
        expr: &'w Expr,
        of: &'w Expr,
        name: &'w Name,
        env: &mut Env<'w>,
    ) -> Type {
        let it = self.expr(of, env);
        if it.is_unknown() || name.text.is_empty() {
            return Type::unknown();
        }
        let safe = self.is_safe(of, name);
        if it.may_be_absent() && !safe {
            self.untested(of, env, "");
        }
        let mut all = Type::never();
        for kind in it.kinds() {
            let found = match kind {
                Kind::Absent if safe => Type::absent(),
                Kind::Absent => continue,
                Kind::Record(item) => {
                    let meaning = match item.fields {
                        Fields::Params(_) => {
                            self.notes.analysis.params.insert(name.text.clone());
                            Meaning::Param
                        }
                        Fields::Schema(_) => Meaning::Field {
                            record: item.title.clone(),
                        },
                    };
                    self.notes.mean(&name.bytes, meaning);
                    match item.field(&name.text) {
                        Some(field) => field,
                        None => {
                            self.unknown_field(item, name);
                            return Type::unknown();
                        }
                    }
                }
                other => {
                    self.no_field(other, name);
                    return Type::unknown();
                }
            };
            all = all.join(&found);
        }
        match Self::base_of(expr, env) {
            Some(base) => anchored(&all, || base.clone()),
            None => all,
        }
    }

    fn unknown_field(&mut self, item: &Item, name: &Name) {
        let params = matches!(item.fields, Fields::Params(_));
        let code = if params {
            Code::UnknownParam
        } else {
            Code::UnknownField
        };
        let words = Args::of("name", &name.text)
            .with("record", &item.title)
            .with("near", near(&name.text, item.names()));
        self.notes.report(code, &name.bytes, words);
    }

    fn no_field(&mut self, kind: &Kind, name: &Name) {
        let is_helper = crate::helpers::named(&name.text).next().is_some();
        let case = match kind {
            _ if is_helper => "helper",
            Kind::List { .. } => "list",
            Kind::Table(_) => "table",
            Kind::Timeline(_) => "timeline",
            _ => "",
        };
        let words = Args::of("name", &name.text).with("kind", words_of(&kind.clone().into()));
        self.notes
            .report(Code::NoField, &name.bytes, with_case(words, case));
    }

    /// Notes that a value is used that may be absent; behind it, it is not.
    pub(super) fn untested(&mut self, expr: &'w Expr, env: &mut Env<'w>, case: &str) {
        let words = with_case(Args::of("what", self.written(&expr.bytes)), case);
        // Something in the same call may have told it already.
        let now = self.peek(expr, env);
        let told = !now.is_unknown() && !now.is_never() && !now.may_be_absent();
        if env.dead.is_none() && !told {
            self.notes
                .report(Code::OptionalUntested, &expr.bytes, words);
        }
        self.narrow(expr, env, &mut |it| it.present());
    }

    pub(super) fn index(
        &mut self,
        expr: &'w Expr,
        of: &'w Expr,
        at: &'w Expr,
        env: &mut Env<'w>,
    ) -> Type {
        let it = self.expr(of, env);
        let key = self.expr(at, env);
        match (it.only(), key.only()) {
            (Some(Kind::Record(item)), Some(Kind::Text(Some(names)))) => {
                let field = names.only().and_then(|name| item.field(name));
                field.unwrap_or_else(Type::unknown)
            }
            (Some(Kind::List { .. }), _)
                if !matches!(of.kind, ExprKind::List(_) | ExprKind::Name(_)) =>
            {
                self.notes.report(Code::ListIndex, &expr.bytes, Args::NONE);
                Type::unknown()
            }
            _ => Type::unknown(),
        }
    }

    pub(super) fn unary(
        &mut self,
        operator: Unary,
        operand: &'w Expr,
        expr: &'w Expr,
        env: &mut Env<'w>,
    ) -> Type {
        let it = self.expr(operand, env);
        if let (Unary::Minus, Some(value)) = (operator, only_number(&it)) {
            return number(value.checked_neg());
        }
        if it.may_be_absent() {
            self.untested(operand, env, "");
        }
        let mut all = Type::never();
        for kind in it.present().kinds() {
            if let Some(result) = operators::unary(operator, kind) {
                all = all.join(&result.into());
            } else {
                let words = Args::of("operator", operator.sign())
                    .with("left", words_of(&it))
                    .with("right", words_of(&it));
                self.notes
                    .report(Code::KindsCombined, &expr.bytes, with_case(words, "unary"));
                return Type::unknown();
            }
        }
        all
    }

    pub(super) fn binary(&mut self, expr: &'w Expr, env: &mut Env<'w>) -> Type {
        let ExprKind::Binary {
            operator,
            left,
            right,
            ..
        } = &expr.kind
        else {
            return Type::unknown();
        };
        match operator {
            Binary::And | Binary::Or => self.both(*operator, left, right, env),
            Binary::Default => self.default(expr, left, right, env),
            Binary::In | Binary::NotIn => {
                let sought = self.expr(left, env);
                let list = self.expr(right, env);
                self.contained(
                    *operator == Binary::In,
                    expr,
                    (left, &sought),
                    (right, &list),
                    env,
                )
            }
            _ => {
                let l = self.expr(left, env);
                let r = self.expr(right, env);
                self.operate(*operator, expr, (left, &l), (right, &r), env)
            }
        }
    }

    fn both(
        &mut self,
        operator: Binary,
        left: &'w Expr,
        right: &'w Expr,
        env: &mut Env<'w>,
    ) -> Type {
        let l = self.expr(left, env);
        self.condition(left, &l, env);
        // The right side runs only if the left one does not decide.
        let mut inside = env.clone();
        self.assume(left, operator == Binary::And, &mut inside);
        let r = self.expr(right, &mut inside);
        self.condition(right, &r, &mut inside);
        let known = |it: &Type| match it.only() {
            Some(Kind::Bool(truth)) => *truth,
            _ => None,
        };
        let ends = operator == Binary::Or;
        let (l, r) = (known(&l), known(&r));
        let decided = [l, r]
            .into_iter()
            .flatten()
            .find(|truth| truth.value == ends);
        let truth = match (decided, l, r) {
            (Some(truth), ..) => Some(truth),
            (None, Some(l), Some(r)) => Some(Truth {
                by_param: l.by_param || r.by_param,
                ..l
            }),
            _ => None,
        };
        Kind::Bool(truth).into()
    }

    fn default(
        &mut self,
        expr: &'w Expr,
        left: &'w Expr,
        right: &'w Expr,
        env: &mut Env<'w>,
    ) -> Type {
        let l = self.expr(left, env);
        let r = self.expr(right, env);
        self.needless(expr, left, env);
        if l.is_unknown() {
            return l;
        }
        if l.may_be_absent() {
            l.present().join(&r)
        } else {
            l
        }
    }

    /// Reports a test for absence on a field that the schema always has.
    pub(super) fn needless(&mut self, test: &Expr, of: &Expr, env: &Env<'w>) {
        let ExprKind::Field { of: record, name } = &of.kind else {
            return;
        };
        let it = self.peek(record, env);
        let Some(Kind::Record(item)) = it.only() else {
            return;
        };
        let Some(declared) = item.declared(&name.text) else {
            return;
        };
        let holds = !declared.may_be_absent()
            && !declared.is_unknown()
            && !it.may_be_absent()
            && item.field(&name.text).is_some_and(|it| !it.may_be_absent());
        let words = Args::of("what", self.written(&of.bytes));
        self.notes
            .observe(Code::AbsenceNeedless, &test.bytes, holds, words);
    }

    fn operate(
        &mut self,
        operator: Binary,
        expr: &'w Expr,
        (left, l): (&'w Expr, &Type),
        (right, r): (&'w Expr, &Type),
        env: &mut Env<'w>,
    ) -> Type {
        let comparison = operators::is_comparison(operator);
        let absence = [left, right]
            .iter()
            .any(|side| side.kind == ExprKind::Absent);
        if matches!(operator, Binary::Equal | Binary::Unequal) {
            for (side, other) in [(left, right), (right, left)] {
                if other.kind == ExprKind::Absent {
                    self.needless(expr, side, env);
                }
            }
            if !absence && self.members(expr, (left, l), (right, r)) {
                return Kind::Bool(None).into();
            }
            if self.misfits(left, (right, r), env) | self.misfits(right, (left, l), env) {
                return Kind::Bool(None).into();
            }
        }
        let mut all = Type::never();
        for a in l.kinds() {
            for b in r.kinds() {
                if let Some(result) = operators::binary(operator, a, b) {
                    all = all.join(&result.into());
                    continue;
                }
                if *a == Kind::Absent && *b == Kind::Absent {
                    self.untested(left, env, "");
                    continue;
                }
                // An absent value is reported as such, not as a wrong kind.
                if *a == Kind::Absent && !l.is_absent() {
                    self.untested(left, env, "");
                    continue;
                }
                if *b == Kind::Absent && !r.is_absent() {
                    self.untested(right, env, "");
                    continue;
                }
                self.wrong_kinds(operator, expr, (left, a), (right, b));
                return if comparison {
                    Kind::Bool(None).into()
                } else {
                    Type::unknown()
                };
            }
        }
        if comparison && !absence {
            self.constant(expr, &all, env);
        }
        all
    }

    /// Reports a comparison that never holds, unless a param's value is the reason.
    fn constant(&mut self, expr: &Expr, it: &Type, env: &Env<'w>) {
        if env.dead.is_some() || it.is_never() {
            return;
        }
        let never = match it.only() {
            Some(Kind::Bool(Some(truth))) => !truth.value && !truth.by_param,
            _ => false,
        };
        let words = Args::of("what", self.written(&expr.bytes));
        self.notes
            .observe(Code::ConditionNever, &expr.bytes, never, words);
    }

    /// Reports names that the field on the other side never has. Returns whether there
    /// were any.
    fn members(&mut self, expr: &Expr, left: (&Expr, &Type), right: (&Expr, &Type)) -> bool {
        let mut found = false;
        for ((side, it), (_, other)) in [(left, right), (right, left)] {
            found |= self.not_members_of(side, it, other);
        }
        let _ = expr;
        found
    }

    pub(super) fn not_members_of(&mut self, side: &Expr, it: &Type, other: &Type) -> bool {
        let Some(Kind::Text(Some(names))) = it.only() else {
            return false;
        };
        let Some(Kind::Text(Some(Names {
            of: Origin::Field { record, field, all },
            ..
        }))) = other.only()
        else {
            return false;
        };
        if matches!(names.of, Origin::Field { .. }) {
            return false;
        }
        let mut found = false;
        for (name, at) in &names.values {
            if all.contains(name) {
                continue;
            }
            found = true;
            let at = at.map_or(side.bytes.clone(), |(start, end)| start..end);
            let known = all.iter().map(|name| &**name);
            let close = nearest(name, known.clone());
            let close = close.map_or_else(|| listed(known.clone()), |name| listed([name]));
            let words = Args::of("name", name)
                .with("field", field)
                .with("record", record)
                .with("near", close)
                .with("known", listed(known));
            self.notes.report(Code::EnumMember, &at, words);
        }
        found
    }

    /// Reports texts that a field never has, by its schema's pattern and lengths.
    /// Returns whether there were any.
    fn misfits(&mut self, field: &'w Expr, (side, it): (&Expr, &Type), env: &Env<'w>) -> bool {
        let ExprKind::Field { of, name } = &field.kind else {
            return false;
        };
        let record = self.peek(of, env).present();
        let Some(Kind::Record(item)) = record.only() else {
            return false;
        };
        let Fields::Schema(object) = &item.fields else {
            return false;
        };
        let (Some(schema::Type::Text(text)), Some(Kind::Text(Some(names)))) =
            (object.kind(&name.text), it.present().only().cloned())
        else {
            return false;
        };
        let mut found = false;
        for (value, at) in &names.values {
            if text.fits(value) {
                continue;
            }
            found = true;
            let at = at.map_or(side.bytes.clone(), |(start, end)| start..end);
            let most = Some(text.most).filter(|most| *most < usize::MAX);
            let pattern = text.pattern.as_ref().map(schema::Pattern::source);
            let length = most.map(|most| format!("{} – {most}", text.least));
            let known = pattern.map(str::to_owned).or(length).unwrap_or_default();
            let words = Args::of("name", value)
                .with("field", &name.text)
                .with("record", &item.title)
                .with("known", known);
            self.notes
                .report(Code::EnumMember, &at, with_case(words, "text"));
        }
        found
    }

    fn wrong_kinds(
        &mut self,
        operator: Binary,
        expr: &Expr,
        (left, a): (&Expr, &Kind),
        (right, b): (&Expr, &Kind),
    ) {
        let comparison = operators::is_comparison(operator);
        let timed = |kind: &Kind| {
            matches!(kind, Kind::Elapsed(_) | Kind::Days(_))
                || (!comparison && matches!(kind, Kind::Instant(_) | Kind::Date))
        };
        let unit = match (a, b) {
            (Kind::Int(_), other) if timed(other) => Some((left, other)),
            (other, Kind::Int(_)) if timed(other) => Some((right, other)),
            _ => None,
        };
        let additive = comparison || matches!(operator, Binary::Add | Binary::Subtract);
        if let Some((number, other)) = unit.filter(|_| additive) {
            let case = match other {
                Kind::Date | Kind::Days(_) => "days",
                Kind::Elapsed(_) => "hours",
                _ => "",
            };
            let words = Args::of("what", self.written(&number.bytes))
                .with("kind", words_of(&other.clone().into()));
            self.notes
                .report(Code::MissingUnit, &number.bytes, with_case(words, case));
            return;
        }
        let code = if comparison {
            Code::KindsCompared
        } else {
            Code::KindsCombined
        };
        let case = match (a, b) {
            (Kind::Instant(_), Kind::Date) | (Kind::Date, Kind::Instant(_)) => "instant-date",
            (Kind::Elapsed(_), Kind::Days(_)) | (Kind::Days(_), Kind::Elapsed(_)) => "elapsed-days",
            (Kind::Date, Kind::Elapsed(_)) => "date-elapsed",
            (Kind::Instant(_), Kind::Instant(_)) => "two-instants",
            (Kind::Int(_), Kind::Elapsed(_) | Kind::Days(_)) => "turned",
            (Kind::List { .. }, _) | (_, Kind::List { .. }) => "list",
            (Kind::Text(_), Kind::Text(_)) | (Kind::Bool(_), Kind::Bool(_)) => "unordered",
            _ => "",
        };
        let words = Args::of("operator", operator.sign())
            .with("left", words_of(&a.clone().into()))
            .with("right", words_of(&b.clone().into()));
        self.notes.report(code, &expr.bytes, with_case(words, case));
    }

    /// `sought in list`, and `list.contains(sought)`.
    pub(super) fn contained(
        &mut self,
        positive: bool,
        expr: &'w Expr,
        (left, sought): (&'w Expr, &Type),
        (right, list): (&'w Expr, &Type),
        env: &mut Env<'w>,
    ) -> Type {
        let open = || Type::from(Kind::Bool(None));
        if list.may_be_absent() {
            self.untested(right, env, "");
        }
        let mut held = Type::never();
        for kind in list.present().kinds() {
            match kind {
                Kind::Unknown => return open(),
                Kind::List { item, .. } => held = held.join(item),
                _ => {
                    let words =
                        Args::of("kind", words_of(list)).with("what", self.written(&right.bytes));
                    self.notes
                        .report(Code::WrongKind, &right.bytes, with_case(words, "in"));
                    return open();
                }
            }
        }
        if self.not_members_of(left, sought, &held) | self.not_members_of(right, &held, sought) {
            return open();
        }
        if self.misfits(left, (right, &held), env) {
            return open();
        }
        let mut all = Type::never();
        for a in sought.kinds() {
            for b in held.kinds() {
                let Some(truth) = operators::equal(a, b) else {
                    if *a == Kind::Unknown || *b == Kind::Unknown {
                        return open();
                    }
                    self.wrong_kinds(Binary::In, expr, (left, a), (right, b));
                    return open();
                };
                all = all.join(&truth.into());
            }
        }
        let never = match all.only() {
            // If all items differ, the value is not in the list. If all may be equal, the
            // list may still be empty.
            Some(Kind::Bool(Some(truth))) if !truth.value => Some(Truth {
                value: !positive,
                ..*truth
            }),
            _ => None,
        };
        let it = Kind::Bool(never).into();
        if positive && !sought.is_absent() {
            self.constant(expr, &it, env);
        }
        it
    }

    /// Reports a condition that is not a boolean.
    pub(super) fn condition(&mut self, expr: &'w Expr, it: &Type, env: &mut Env<'w>) {
        if it.may_be_absent()
            && it
                .present()
                .kinds()
                .iter()
                .all(|k| matches!(k, Kind::Bool(_)))
        {
            return self.untested(expr, env, "truth");
        }
        let wrong = |kind: &&Kind| !matches!(kind, Kind::Bool(_) | Kind::Unknown);
        if let Some(kind) = it.kinds().iter().find(wrong) {
            let words = Args::of("what", self.written(&expr.bytes))
                .with("kind", words_of(&kind.clone().into()));
            self.notes.report(Code::NotACondition, &expr.bytes, words);
        }
    }
}

fn only_number(it: &Type) -> Option<i64> {
    match it.kinds() {
        [Kind::Int(bounds)] => bounds.value(),
        _ => None,
    }
}
