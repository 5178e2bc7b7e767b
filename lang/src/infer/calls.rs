//! Calls to the script's own functions, to helpers, and to constructors of causes.

use super::values::{unanchored, words_of};
use super::{Env, Infer, forbidden_word, near, with_case};
use crate::analysis::Meaning;
use crate::codes::Code;
use crate::helpers::{self, Accepts, Gives, Signature};
use crate::messages;
use crate::notes::listed;
use crate::operators;
use crate::syntax::{Bytes, Expr, ExprKind, Function, Name};
use crate::types::{Emptiness, Item, Kind, Names, Origin, Truth, Type};
use longma_core::order::Gather;
use longma_core::{Args, Elapsed, Localized, nearest, schema};
use std::collections::BTreeSet;

/// How many combinations of argument kinds to check; the rest are dropped.
const WAYS: usize = 64;

/// A call, written as a function or as a method.
struct Call<'w> {
    expr: &'w Expr,
    name: &'w Name,
    arguments: Vec<&'w Expr>,
    /// Whether the first argument is written in front of a dot.
    method: bool,
}

/// Whether a way to call a helper is about a text, not a list or set.
fn is_of_texts(way: &Signature) -> bool {
    way.takes
        .first()
        .is_some_and(|slot| slot.accepts == Accepts::Text)
}

impl<'w> Infer<'w, '_> {
    /// The script's own function with this name and parameter count.
    pub(super) fn own_function(&self, name: &str, count: usize) -> Option<(usize, &'w Function)> {
        let index = *self.functions.get(&(name, count))?;
        Some((index, self.script.parsed.script.functions.get(index)?))
    }

    pub(super) fn call(
        &mut self,
        expr: &'w Expr,
        name: &'w Name,
        arguments: &'w [Expr],
        env: &mut Env<'w>,
    ) -> Type {
        if let Some((index, function)) = self.own_function(&name.text, arguments.len()) {
            let inputs = arguments.iter().map(|it| self.expr(it, env)).collect();
            self.notes.called.insert(index);
            let meaning = Meaning::Function(function.name.bytes.clone());
            self.notes.mean(&name.bytes, meaning);
            return self.function(index, function, inputs).gives;
        }
        let call = Call {
            expr,
            name,
            arguments: arguments.iter().collect(),
            method: false,
        };
        self.helper(&call, env)
    }

    pub(super) fn method(
        &mut self,
        expr: &'w Expr,
        of: &'w Expr,
        name: &'w Name,
        arguments: &'w [Expr],
        env: &mut Env<'w>,
    ) -> Type {
        let call = Call {
            expr,
            name,
            arguments: std::iter::once(of).chain(arguments).collect(),
            method: true,
        };
        let own = self.own_function(&name.text, arguments.len());
        if let Some((index, _)) = own
            && helpers::named(&name.text).next().is_some()
        {
            // It is refused where it is declared.
            self.notes.called.insert(index);
            for argument in call.arguments {
                self.expr(argument, env);
            }
            return Type::unknown();
        }
        if self.is_safe(of, name) {
            let mut inside = env.clone();
            self.narrow(of, &mut inside, &mut |it| it.present());
            let it = self.helper(&call, &mut inside);
            return it.or_absent();
        }
        self.helper(&call, env)
    }

    fn helper(&mut self, call: &Call<'w>, env: &mut Env<'w>) -> Type {
        let name = call.name.text.as_str();
        let ways: Vec<&Signature> = helpers::named(name).collect();
        let constructor = ways.is_empty() && self.scope.common.levels.contains(name);
        let ways = if constructor {
            helpers::CONSTRUCTORS.iter().collect()
        } else {
            ways
        };
        if ways.is_empty() {
            return self.no_such_function(call, env);
        }
        let meaning = if constructor {
            Meaning::Level
        } else {
            Meaning::Helper
        };
        self.notes.mean(&call.name.bytes, meaning);
        let types = self.arguments(call, &ways, env);
        if constructor && !self.is_level(name) {
            let at = call.name.bytes.clone();
            self.unknown_level(name, &at, None);
            return Type::unknown();
        }
        let fitting: Vec<&Signature> = ways
            .iter()
            .copied()
            .filter(|way| way.takes.len() == types.len())
            .collect();
        if fitting.is_empty() {
            self.wrong_count(call, &ways);
            return Type::unknown();
        }
        if types.iter().any(Type::is_never) {
            return Type::never();
        }
        if !self.accepted(call, &fitting, &types, env) {
            return Type::unknown();
        }
        self.given(call, &fitting, &types, env)
    }

    /// The types of the arguments. Closures that a helper calls are checked later.
    fn arguments(&mut self, call: &Call<'w>, ways: &[&Signature], env: &mut Env<'w>) -> Vec<Type> {
        let mut types = Vec::new();
        for (position, argument) in call.arguments.iter().enumerate() {
            let awaited = ways.iter().any(|way| {
                way.takes
                    .get(position)
                    .is_some_and(|slot| matches!(slot.accepts, Accepts::Test | Accepts::Each))
            });
            let closure = matches!(argument.kind, ExprKind::Closure { .. });
            types.push(if awaited && closure {
                Kind::Closure(argument.id).into()
            } else {
                self.expr(argument, env)
            });
        }
        types
    }

    fn no_such_function(&mut self, call: &Call<'w>, env: &mut Env<'w>) -> Type {
        let types: Vec<Type> = call.arguments.iter().map(|it| self.expr(it, env)).collect();
        let name = call.name.text.as_str();
        if name.is_empty() {
            return Type::unknown();
        }
        if forbidden_word(name).is_some() {
            self.forbidden(name, &call.name.bytes);
            return Type::unknown();
        }
        let functions = &self.script.parsed.script.functions;
        let own: Vec<&Function> = functions.iter().filter(|it| it.name.text == name).collect();
        if let Some(function) = own.first() {
            let names: Vec<&str> = function
                .parameters
                .iter()
                .map(|p| p.text.as_str())
                .collect();
            let shown = format!("{name}({})", names.join(", "));
            let case = if call.method { "method" } else { "own" };
            let words = Args::of("name", name)
                .with("given", call.arguments.len())
                .with("ways", format!("`{shown}`"));
            let at = call.name.bytes.clone();
            self.notes
                .report(Code::WrongCount, &at, with_case(words, case));
            return Type::unknown();
        }
        let mut known: BTreeSet<&str> = helpers::names().into_iter().into_set();
        known.extend(self.own_levels());
        known.extend(functions.iter().map(|it| it.name.text.as_str()));
        let field = match types.first().and_then(Type::only) {
            Some(Kind::Record(item)) if call.method => item.field(name).is_some(),
            _ => false,
        };
        let words = Args::of("name", name).with("near", near(name, known));
        let case = if field { "field" } else { "" };
        self.notes.report(
            Code::UnknownFunction,
            &call.name.bytes,
            with_case(words, case),
        );
        Type::unknown()
    }

    fn wrong_count(&mut self, call: &Call<'w>, ways: &[&Signature]) {
        let shown: Vec<String> = ways
            .iter()
            .map(|way| way.written(&call.name.text))
            .collect();
        let shown: BTreeSet<&str> = shown.iter().map(String::as_str).into_set();
        let given = call
            .arguments
            .len()
            .saturating_sub(usize::from(call.method));
        let words = Args::of("name", &call.name.text)
            .with("given", given)
            .with("ways", listed(shown));
        self.notes.report(Code::WrongCount, &call.name.bytes, words);
    }

    /// Whether core accepts every combination of argument kinds. Reports those it does
    /// not.
    fn accepted(
        &mut self,
        call: &Call<'w>,
        ways: &[&Signature],
        types: &[Type],
        env: &mut Env<'w>,
    ) -> bool {
        let fits = |kinds: &[&Kind], way: &Signature| {
            let slots = way.takes.iter().zip(kinds);
            slots.fold(true, |all, (slot, kind)| all && slot.accepts.takes(kind))
        };
        let mut combinations: Vec<Vec<&Kind>> = vec![Vec::new()];
        for it in types {
            let mut longer = Vec::new();
            for before in &combinations {
                for kind in it.kinds() {
                    let mut kinds = before.clone();
                    kinds.push(kind);
                    longer.push(kinds);
                }
            }
            longer.truncate(WAYS);
            combinations = longer;
        }
        let mut all = true;
        for kinds in &combinations {
            if ways.iter().any(|way| fits(kinds, way)) {
                continue;
            }
            all = self.refused(call, ways, kinds, types, env) && all;
        }
        all
    }

    /// Reports what is wrong with one combination of kinds. True if an argument that
    /// may be absent is the only mistake.
    fn refused(
        &mut self,
        call: &Call<'w>,
        ways: &[&Signature],
        kinds: &[&Kind],
        types: &[Type],
        env: &mut Env<'w>,
    ) -> bool {
        let best = ways.iter().max_by_key(|way| {
            let slots = way.takes.iter().zip(kinds);
            slots
                .filter(|(slot, kind)| slot.accepts.takes(kind))
                .count()
        });
        let Some(best) = best else { return false };
        let wrong = best
            .takes
            .iter()
            .zip(kinds)
            .position(|(slot, kind)| !slot.accepts.takes(kind));
        let Some(at) = wrong else { return false };
        let (Some(slot), Some(kind), Some(argument), Some(it)) = (
            best.takes.get(at),
            kinds.get(at),
            call.arguments.get(at),
            types.get(at),
        ) else {
            return false;
        };
        if **kind == Kind::Absent && !it.is_absent() {
            let case = match call.name.text.as_str() {
                "earlier" | "later" => "earlier",
                _ => "",
            };
            self.untested(argument, env, case);
            return true;
        }
        let expected = helpers::words_of(slot.accepts);
        let words = Args::of("name", &call.name.text)
            .with("what", self.written(&argument.bytes))
            .with("expected", expected)
            .with(
                "kind",
                match kind {
                    Kind::List { item, .. } if !item.is_never() && !item.is_unknown() => {
                        say_list(item)
                    }
                    kind => words_of(&(*kind).clone().into()),
                },
            )
            .with("way", best.written(&call.name.text));
        let case = match (slot.accepts, kind) {
            (Accepts::Instant, Kind::Date) => "date",
            (Accepts::Date, Kind::Instant(_)) => "instant",
            (Accepts::Instant, Kind::Int(_) | Kind::Days(_) | Kind::Elapsed(_)) => "duration",
            (Accepts::Int, Kind::Days(_) | Kind::Elapsed(_)) => "unit",
            (Accepts::List, Kind::Record(_)) => "one",
            (Accepts::Bounded, Kind::When(_)) => "endless",
            (Accepts::Test | Accepts::Each, _) => "closure",
            _ => "",
        };
        self.notes
            .report(Code::WrongKind, &argument.bytes, with_case(words, case));
        false
    }

    fn given(
        &mut self,
        call: &Call<'w>,
        ways: &[&Signature],
        types: &[Type],
        env: &mut Env<'w>,
    ) -> Type {
        let first = types.first();
        let second = call.arguments.get(1).copied();
        let way = ways.iter().find(|way| {
            let slots = way.takes.iter().zip(types);
            let mut fits = slots.map(|(slot, it)| it.kinds().iter().any(|k| slot.accepts.takes(k)));
            fits.all(|fits| fits)
        });
        let Some(way) = way.or(ways.first()) else {
            return Type::unknown();
        };
        self.clocks(call, way, types);
        match way.gives {
            Gives::Bool if is_of_texts(way) => Kind::Bool(None).into(),
            Gives::Bool if call.name.text == "contains" => self.contains(call, types, env),
            Gives::Bool => match second {
                Some(closure) => {
                    let kept = self.tested(call, closure, first, env);
                    let none = kept.is_some_and(|kept| kept.is_never());
                    // The closure's condition is reported already as never true.
                    let never = (none && call.name.text == "any").then_some(Truth {
                        value: false,
                        by_param: true,
                    });
                    Kind::Bool(never).into()
                }
                None => Kind::Bool(None).into(),
            },
            Gives::Int => Kind::int().into(),
            Gives::Instant => Self::instant(call, types),
            Gives::Date => Kind::Date.into(),
            Gives::Elapsed | Gives::Days => duration(&call.name.text, first, way.gives),
            Gives::When if ["union", "at_least"].contains(&&*call.name.text) => {
                Kind::When(Emptiness::Open).into()
            }
            Gives::When => self.set(call, types, env),
            Gives::Cause => self.cause(call, types, env),
            Gives::Series => Kind::Series.into(),
            Gives::MaybeInt => Type::from(Kind::int()).or_absent(),
            Gives::MaybeInstant => Type::from(Kind::Instant(None)).or_absent(),
            Gives::First => self.because(call, types),
            Gives::SameList if call.name.text == "sort_by" => self.sorted(call, first, env),
            Gives::SameList => {
                let kept = second.and_then(|closure| self.tested(call, closure, first, env));
                let held = kept.unwrap_or_else(|| item(first).0);
                Kind::list(held).into()
            }
            Gives::Item => self.one_item(call, first, env),
            Gives::PresentItem => self.extreme(call, first),
            Gives::Mapped => self.mapped(call, first, env),
            Gives::FlatMapped => self.flat_mapped(call, first, env),
            Gives::Both => self.both_lists(call, types),
            Gives::Rows => self.rows(call, types),
            Gives::TextList => Kind::list(Kind::Text(None).into()).into(),
            Gives::SetList => Kind::list(Kind::When(Emptiness::Open).into()).into(),
        }
    }

    /// Reports texts that stand for times of day and are none.
    fn clocks(&mut self, call: &Call<'w>, way: &Signature, types: &[Type]) {
        let slots = way.takes.iter().zip(types).zip(&call.arguments);
        for ((slot, it), argument) in slots {
            let Some(Kind::Text(Some(names))) = it.only() else {
                continue;
            };
            let last = if slot.name == "until" { 24 } else { 23 };
            let within = |clock: Elapsed| clock < Elapsed::seconds(last * 3_600 + 1);
            let mut texts = names.values.keys();
            let wrong = texts.any(|text| !Elapsed::of_clock(text).is_some_and(within));
            if slot.accepts == Accepts::Clock && wrong {
                let words = Args::of("name", &call.name.text)
                    .with("what", self.written(&argument.bytes))
                    .with("expected", helpers::words_of(slot.accepts))
                    .with("kind", words_of(it))
                    .with("way", way.written(&call.name.text));
                self.notes
                    .report(Code::WrongKind, &argument.bytes, with_case(words, "clock"));
            }
        }
    }

    /// Checks a closure with the items of a list. Returns its result, and its parameter
    /// where the result is true.
    fn asked(
        &mut self,
        call: &Call<'w>,
        closure: &'w Expr,
        list: Option<&Type>,
        env: &mut Env<'w>,
    ) -> Option<(Type, Option<Type>)> {
        let ExprKind::Closure { parameters, body } = &closure.kind else {
            return None;
        };
        if parameters.len() != 1 {
            let words = Args::of("name", &call.name.text)
                .with("given", parameters.len())
                .with("ways", "`|x| …`");
            self.notes.report(
                Code::WrongCount,
                &closure.bytes,
                with_case(words, "closure"),
            );
            return None;
        }
        let (held, _) = item(list);
        let result = self.closure(parameters, body, vec![held], env);
        self.notes
            .typed(closure.id, &Kind::Closure(closure.id).into());
        Some(result)
    }

    /// Like [`asked`](Self::asked) for a closure that must return a boolean. Returns
    /// the type of the items that pass.
    fn tested(
        &mut self,
        call: &Call<'w>,
        closure: &'w Expr,
        list: Option<&Type>,
        env: &mut Env<'w>,
    ) -> Option<Type> {
        let (it, kept) = self.asked(call, closure, list, env)?;
        let ExprKind::Closure { body, .. } = &closure.kind else {
            return kept;
        };
        let result = last_of(body);
        let mut after = env.clone();
        self.condition(result, &it, &mut after);
        match it.only() {
            Some(Kind::Bool(Some(truth))) if !truth.value => Some(Type::never()),
            _ => kept,
        }
    }

    fn contains(&mut self, call: &Call<'w>, types: &[Type], env: &mut Env<'w>) -> Type {
        let (Some(list), Some(sought)) = (types.first(), types.get(1)) else {
            return Type::unknown();
        };
        let (Some(left), Some(right)) = (call.arguments.get(1), call.arguments.first()) else {
            return Type::unknown();
        };
        self.contained(true, call.expr, (left, sought), (right, list), env)
    }

    fn instant(call: &Call<'w>, types: &[Type]) -> Type {
        if call.name.text != "including" {
            return Kind::Instant(None).into();
        }
        let moved = types.first().and_then(Type::only).and_then(|kind| {
            let second = Kind::Elapsed(crate::types::Bounds::exactly(1));
            operators::binary(crate::syntax::Binary::Add, kind, &second)
        });
        moved.unwrap_or(Kind::Instant(None)).into()
    }

    fn one_item(&mut self, call: &Call<'w>, list: Option<&Type>, env: &mut Env<'w>) -> Type {
        let (held, filled) = item(list);
        match call.arguments.get(1) {
            Some(closure) => {
                let kept = self.tested(call, closure, list, env);
                kept.unwrap_or(held).or_absent()
            }
            None if filled => held,
            None => held.or_absent(),
        }
    }

    fn extreme(&mut self, call: &Call<'w>, list: Option<&Type>) -> Type {
        let (held, filled) = item(list);
        let numbers = ["min", "max"].contains(&&*call.name.text);
        let times = |kind: &Kind| match kind {
            Kind::Int(_) | Kind::Elapsed(_) | Kind::Days(_) => numbers,
            Kind::Instant(_) | Kind::Date => !numbers,
            kind => *kind == Kind::Unknown,
        };
        let wanted = if numbers { "numbers" } else { "times" };
        let present = held.present();
        if !present.kinds().iter().all(times) || present.kinds().len() > 1 {
            let words = Args::of("name", &call.name.text)
                .with("what", self.written(&Self::front(call)))
                .with("expected", messages().say(wanted, &Args::NONE))
                .with("kind", say_list(&held))
                .with("way", format!("list.{}()", call.name.text));
            let at = Self::front(call);
            self.notes
                .report(Code::WrongKind, &at, with_case(words, wanted));
            return Type::unknown();
        }
        if filled && !held.may_be_absent() {
            present
        } else {
            present.or_absent()
        }
    }

    fn front(call: &Call<'w>) -> Bytes {
        call.arguments
            .first()
            .map_or(call.expr.bytes.clone(), |it| it.bytes.clone())
    }

    fn sorted(&mut self, call: &Call<'w>, list: Option<&Type>, env: &mut Env<'w>) -> Type {
        let whole = list.map(Type::present);
        let same_list = whole.unwrap_or_else(Type::unknown);
        let Some(closure) = call.arguments.get(1) else {
            return same_list;
        };
        let Some((key, _)) = self.asked(call, closure, list, env) else {
            return same_list;
        };
        let ExprKind::Closure { body, .. } = &closure.kind else {
            return same_list;
        };
        let result = last_of(body);
        if key.may_be_absent() {
            let mut after = env.clone();
            self.untested(result, &mut after, "");
        }
        let kinds = key.present();
        let sortable = |kind: &Kind| {
            matches!(
                kind,
                Kind::Unknown
                    | Kind::Int(_)
                    | Kind::Instant(_)
                    | Kind::Date
                    | Kind::Elapsed(_)
                    | Kind::Days(_)
                    | Kind::Temperature
                    | Kind::Text(_)
                    | Kind::Bool(_)
                    | Kind::Record(_)
            )
        };
        if !kinds.kinds().iter().all(sortable) || kinds.kinds().len() > 1 {
            let words = Args::of("name", "sort_by")
                .with("what", self.written(&result.bytes))
                .with("expected", messages().say("sortable", &Args::NONE))
                .with("kind", words_of(&key))
                .with("way", "list.sort_by(closure)");
            self.notes.report(Code::WrongKind, &result.bytes, words);
        }
        same_list
    }

    fn mapped(&mut self, call: &Call<'w>, list: Option<&Type>, env: &mut Env<'w>) -> Type {
        let Some(closure) = call.arguments.get(1) else {
            return Type::unknown();
        };
        let Some((it, _)) = self.asked(call, closure, list, env) else {
            return Kind::list(Type::unknown()).into();
        };
        if it
            .kinds()
            .iter()
            .any(|kind| matches!(kind, Kind::List { .. }))
        {
            self.nested(call, "map");
            return Type::unknown();
        }
        Kind::List {
            item: Box::new(unanchored(&it)),
            filled: item(list).1,
        }
        .into()
    }

    fn flat_mapped(&mut self, call: &Call<'w>, list: Option<&Type>, env: &mut Env<'w>) -> Type {
        let Some(closure) = call.arguments.get(1) else {
            return Type::unknown();
        };
        let Some((it, _)) = self.asked(call, closure, list, env) else {
            return Kind::list(Type::unknown()).into();
        };
        let Some((held, filled)) = self.flattened(call, &it) else {
            return Type::unknown();
        };
        Kind::List {
            item: Box::new(unanchored(&held)),
            filled: filled && item(list).1,
        }
        .into()
    }

    fn both_lists(&mut self, call: &Call<'w>, types: &[Type]) -> Type {
        let (held, filled) = item(types.first());
        let other = types.get(1).cloned().unwrap_or_else(Type::unknown);
        let Some((more, too)) = self.flattened(call, &other) else {
            return Type::unknown();
        };
        Kind::List {
            item: Box::new(held.join(&unanchored(&more))),
            filled: filled || too,
        }
        .into()
    }

    /// The items of one flat list made from values, lists and `()`, and whether it
    /// surely holds one. `None` if lists nest.
    fn flattened(&mut self, call: &Call<'w>, it: &Type) -> Option<(Type, bool)> {
        let mut held = Type::never();
        let mut filled = true;
        for kind in it.kinds() {
            match kind {
                Kind::Absent => filled = false,
                Kind::List {
                    item,
                    filled: inner,
                } => {
                    if item.kinds().iter().any(|k| matches!(k, Kind::List { .. })) {
                        self.nested(call, "flat");
                        return None;
                    }
                    held = held.join(item);
                    filled &= inner;
                }
                other => held = held.join(&other.clone().into()),
            }
        }
        Some((held, filled && !it.is_never()))
    }

    fn nested(&mut self, call: &Call<'w>, case: &str) {
        let words = Args::of("name", &call.name.text);
        let words = match case {
            "map" => with_case(words, case).with("instead", "flat_map"),
            _ => with_case(words, case),
        };
        self.notes.report(Code::ListNested, &call.name.bytes, words);
    }

    fn because(&mut self, call: &Call<'w>, types: &[Type]) -> Type {
        let facts = types.get(1).and_then(Type::only);
        if let Some(Kind::List { item, .. }) = facts {
            let wrong = item.kinds().iter().find(|kind| {
                !matches!(
                    kind,
                    Kind::Absent | Kind::Record(_) | Kind::Unknown | Kind::List { .. }
                )
            });
            if let (Some(kind), Some(argument)) = (wrong, call.arguments.get(1)) {
                let words = Args::of("name", "because")
                    .with("what", self.written(&argument.bytes))
                    .with("expected", helpers::words_of(Accepts::Evidence))
                    .with("kind", say_list(&kind.clone().into()))
                    .with("way", "cause.because(facts)");
                self.notes.report(Code::WrongKind, &argument.bytes, words);
            }
        }
        types.first().map_or_else(Type::unknown, Type::present)
    }

    fn set(&mut self, call: &Call<'w>, types: &[Type], env: &Env<'w>) -> Type {
        match call.name.text.as_str() {
            "never" => Kind::When(Emptiness::Empty).into(),
            "always" | "since" | "before" => Kind::When(Emptiness::Endless).into(),
            "between" if types.get(1).is_some_and(Type::is_absent) => {
                Kind::When(Emptiness::Endless).into()
            }
            "between" => Kind::When(self.span(call, types, 0, env)).into(),
            "when" | "when_at_least" => {
                self.level_of(call, types);
                Kind::When(Emptiness::Open).into()
            }
            _ => Kind::When(Emptiness::Open).into(),
        }
    }

    /// Whether the span between two arguments is surely empty.
    fn span(&mut self, call: &Call<'w>, types: &[Type], first: usize, env: &Env<'w>) -> Emptiness {
        let instant = |at: usize| match types.get(at).map(Type::kinds) {
            Some([Kind::Instant(Some(anchor))]) => Some(anchor),
            _ => None,
        };
        let apart = instant(first)
            .zip(instant(first + 1))
            .and_then(|(from, until)| operators::anchors(from, until));
        let empty = apart.is_some_and(|(apart, _)| apart <= 0);
        let by_param = apart.is_some_and(|(_, by_param)| by_param);
        if env.dead.is_none() {
            let words = Args::of("what", self.written(&call.expr.bytes));
            self.notes.observe(
                Code::CauseNever,
                &call.expr.bytes,
                empty && !by_param,
                words,
            );
        }
        if empty {
            Emptiness::Empty
        } else {
            Emptiness::Open
        }
    }

    fn cause(&mut self, call: &Call<'w>, types: &[Type], env: &Env<'w>) -> Type {
        let (names, first) = if call.name.text == "level" {
            let argument = call.arguments.first().copied();
            let names = match types.first().and_then(Type::only) {
                Some(Kind::Text(names)) => names.clone(),
                _ => None,
            };
            if let (Some(names), Some(argument)) = (&names, argument)
                && !self.levels_fit(names, argument)
            {
                return Type::unknown();
            }
            (names, 1)
        } else {
            let name = std::sync::Arc::from(call.name.text.as_str());
            (Some(Names::of([name], Origin::Written)), 0)
        };
        let rest = types.len().saturating_sub(first);
        let empty = match types.get(first).map(Type::kinds) {
            Some([Kind::When(Emptiness::Empty)]) if rest == 1 => Emptiness::Empty,
            _ if rest == 2 => self.span(call, types, first, env),
            _ => Emptiness::Open,
        };
        Kind::Cause(names, empty).into()
    }

    fn own_levels(&self) -> Vec<&'w str> {
        let levels = self.scope.own.get(self.decision);
        levels
            .into_iter()
            .copied()
            .flatten()
            .map(String::as_str)
            .collect()
    }

    fn is_level(&self, name: &str) -> bool {
        // Undeclared decisions are reported elsewhere.
        let own = self.own_levels();
        own.is_empty() || own.contains(&name)
    }

    fn levels_fit(&mut self, names: &Names, argument: &Expr) -> bool {
        let mut fit = true;
        for (name, at) in &names.values {
            if !self.is_level(name) {
                let at = at.map_or(argument.bytes.clone(), |(start, end)| start..end);
                self.unknown_level(name, &at, None);
                fit = false;
            }
        }
        fit
    }

    fn level_of(&mut self, call: &Call<'w>, types: &[Type]) {
        let (Some(Kind::Timeline(decision)), Some(Kind::Text(Some(names)))) = (
            types.first().and_then(Type::only),
            types.get(1).and_then(Type::only),
        ) else {
            return;
        };
        let Some(scale) = self.scope.scale(decision) else {
            return;
        };
        for (name, at) in &names.values {
            if !scale.iter().any(|level| **level == **name)
                && let Some(argument) = call.arguments.get(1)
            {
                let at = at.map_or(argument.bytes.clone(), |(start, end)| start..end);
                let levels = scale.iter().map(String::as_str).collect();
                self.unknown_level(name, &at, Some((decision, levels)));
            }
        }
    }

    fn unknown_level(&mut self, name: &str, at: &Bytes, of: Option<(&str, Vec<&str>)>) {
        let (decision, levels) = of.unwrap_or((self.decision, self.own_levels()));
        let close = nearest(name, levels.iter().copied());
        let close = close.map_or_else(|| listed(levels), |name| listed([name]));
        let words = Args::of("name", name)
            .with("decision", decision)
            .with("near", close);
        self.notes.report(Code::UnknownLevel, at, words);
    }

    /// The rows that `during`, `on_day` and `around` return.
    fn rows(&mut self, call: &Call<'w>, types: &[Type]) -> Type {
        let Some(Kind::Table(table)) = types.first().and_then(Type::only) else {
            return Type::unknown();
        };
        let Some(row) = self.scope.common.tables.get(table) else {
            return Type::unknown();
        };
        let key: Vec<&str> = row.key_names().collect();
        if key.is_empty() {
            let words = Args::of("table", table).with("helper", &call.name.text);
            self.notes.report(Code::TableKey, &call.name.bytes, words);
            return Type::unknown();
        }
        let mut columns: &[&str] = &key;
        let mut known = Item::of_schema(row);
        let of_day = call.name.text == "on_day";
        if call.name.text == "around" {
            let Some(depth) = self.column(call, types, table, &key) else {
                return Type::unknown();
            };
            columns = columns.get(..depth).unwrap_or_default();
            // Rows of several places are merged, so no place remains in them.
            for name in &key {
                known.known.insert((*name).to_owned(), Type::absent());
            }
        }
        // Each row is cut to the record's span, which has a start.
        if let Some((from, _)) = &row.span {
            known.known.insert(from.clone(), Kind::Instant(None).into());
        }
        if let Some(Kind::Record(item)) = types.get(1).and_then(Type::only) {
            if !self.fits_table(call, item, columns, !of_day) {
                return Type::unknown();
            }
            // It also has an end if the record or the day has one.
            if let (Some((_, until)), true) = (&row.span, of_day || ends(item)) {
                known
                    .known
                    .insert(until.clone(), Kind::Instant(None).into());
            }
        }
        Kind::list(Kind::Record(known).into()).into()
    }

    /// How many key columns `around` compares. `None` if the column is unknown.
    fn column(
        &mut self,
        call: &Call<'w>,
        types: &[Type],
        table: &str,
        key: &[&str],
    ) -> Option<usize> {
        let Some(Kind::Text(Some(names))) = types.get(2).and_then(Type::only) else {
            return Some(0);
        };
        let name = names.only()?;
        if let Some(at) = key.iter().position(|column| **column == **name) {
            return Some(at + 1);
        }
        let argument = call.arguments.get(2)?;
        let words = Args::of("name", name)
            .with("table", table)
            .with("near", near(name, key.iter().copied()));
        self.notes
            .report(Code::UnknownColumn, &argument.bytes, words);
        None
    }

    /// Whether a record has the table's columns, and a span if one is needed. Reports it if
    /// not.
    fn fits_table(
        &mut self,
        call: &Call<'w>,
        item: &Item,
        columns: &[&str],
        spanning: bool,
    ) -> bool {
        let Some(argument) = call.arguments.get(1) else {
            return true;
        };
        let crate::types::Fields::Schema(record) = &item.fields else {
            return true;
        };
        let has = |column: &str| {
            let text = matches!(
                record.kind(column),
                Some(schema::Type::Text(_) | schema::Type::Enum(_))
            );
            // An optional column passes: if a record lacks it, the rule fails and its
            // decision is unknown. A value that cannot be compared is not an empty result.
            text && item.field(column).is_some_and(|it| !it.is_absent())
        };
        if (record.span.is_some() || !spanning) && columns.iter().all(|column| has(column)) {
            return true;
        }
        let words = Args::of("what", self.written(&argument.bytes))
            .with("record", &item.title)
            .with("columns", listed(columns.iter().copied()));
        self.notes.report(Code::TableRecord, &argument.bytes, words);
        false
    }
}

/// Whether a record's span surely has an end.
fn ends(item: &Item) -> bool {
    let crate::types::Fields::Schema(record) = &item.fields else {
        return false;
    };
    let end = record
        .span
        .as_ref()
        .and_then(|(_, until)| item.field(until));
    end.is_some_and(|end| !end.may_be_absent())
}

/// The type of a list's items, and whether it surely holds one.
fn item(list: Option<&Type>) -> (Type, bool) {
    let mut held = Type::never();
    let mut all = true;
    for kind in list.into_iter().flat_map(Type::kinds) {
        match kind {
            Kind::List { item, filled } => {
                held = held.join(item);
                all &= filled;
            }
            Kind::Absent => {}
            _ => return (Type::unknown(), false),
        }
    }
    (held, all)
}

fn duration(name: &str, count: Option<&Type>, gives: Gives) -> Type {
    let bounds = match count.and_then(Type::only) {
        Some(Kind::Int(bounds)) => *bounds,
        _ => crate::types::Bounds::ANY,
    };
    let times = |seconds: i64| {
        bounds
            .value()
            .and_then(|count| count.checked_mul(seconds))
            .map_or(crate::types::Bounds::ANY, |value| crate::types::Bounds {
                least: value,
                most: value,
                by_param: bounds.by_param,
            })
    };
    match name {
        "hours" => Kind::Elapsed(times(3_600)),
        "minutes" => Kind::Elapsed(times(60)),
        "days" => Kind::Days(times(1)),
        _ => return gives.kind().map_or_else(Type::unknown, Type::from),
    }
    .into()
}

/// The expression that gives a body its value.
fn last_of(body: &Expr) -> &Expr {
    match &body.kind {
        ExprKind::Block(block) => match block.statements.last().map(|last| &last.kind) {
            Some(crate::syntax::StatementKind::Expr(expr)) => last_of(expr),
            _ => body,
        },
        _ => body,
    }
}

fn say_list(held: &Type) -> Localized {
    let words = words_of(held);
    crate::messages().say("kind.list-of", &Args::of("kind", words))
}
