//! One script with the checker's analysis, and the meaning of its names.

use super::spot::{Binder, Local, Spot, What, spot};
use longma_compile::Scale;
use longma_compile::world::{Given, Pack, Scope, World};
use longma_core::order::Gather;
use longma_lang::analysis::Analysis;
use longma_lang::helpers::{self, Accepts, Signature};
use longma_lang::scope::Source;
use longma_lang::script::Script;
use longma_lang::syntax::{Binary, Bytes, Expr, ExprKind, Function};
use longma_lang::types::{Fields, Item, Kind, Names, Origin, Type};
use std::collections::BTreeSet;

/// How many private functions deep calls are followed to see what a text may stand for.
const CALLS: usize = 4;

/// One script of a world.
#[derive(Debug)]
pub(super) struct View<'v, 'a> {
    pub(super) world: &'v World<'a>,
    pub(super) pack: &'v Pack<'a>,
    pub(super) decision: &'v str,
    pub(super) script: &'v Script<'a>,
    pub(super) analysis: &'v Analysis,
}

/// What is at a place.
#[derive(Debug)]
pub(super) enum Subject<'v> {
    /// A function of the script.
    Function(&'v Function),
    /// A name bound by a function, a `let` or a closure, at its definition or a use.
    Local(Local<'v>, Type),
    /// A field of a record.
    Field(Item, String),
    /// A param.
    Param(String),
    /// A helper, with the ways to call it here.
    Helper(Vec<&'static Signature>),
    /// The constructor of a level.
    Constructor(String),
    /// A text that names something.
    Name(Wanted, String),
    /// The key of a cited document.
    Source(String),
    /// A value without a name.
    Value(Type),
}

/// What a text at a place can stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A member of a field's enum.
    Member {
        record: String,
        field: String,
        all: Vec<String>,
    },
    /// A level of a decision.
    Level(String),
    /// A key column of a table.
    Column(String),
    /// One of some texts.
    Values(Vec<String>),
}

impl<'v, 'a> View<'v, 'a> {
    /// The scopes along each line of descent of the script's pack.
    pub(super) fn scopes(&self) -> impl Iterator<Item = &'v Scope<'a>> + use<'v, 'a> {
        let world = self.world;
        let lines = self.pack.lineages.iter();
        lines.filter_map(move |line| world.scope(line))
    }

    /// Where a decision is declared, along each line: in the script's own series of packs or in
    /// a neighbouring one.
    pub(super) fn declared(&self, decision: &str) -> impl Iterator<Item = &'v Given<&'a Scale>> {
        self.scopes().filter_map(move |scope| {
            let own = scope.decisions.get(decision);
            own.or_else(|| scope.beside.get(decision))
        })
    }

    /// The levels of a decision, lowest first.
    pub(super) fn levels(&self, decision: &str) -> Vec<&'v str> {
        let given = self.declared(decision).next();
        let levels = given.map(|given| given.what.scale.iter().map(String::as_str));
        levels.into_iter().flatten().collect()
    }

    /// The type of an expression, or unknown.
    pub(super) fn type_of(&self, expr: &Expr) -> Type {
        let known = self.analysis.types.get(&expr.id);
        known.cloned().unwrap_or_else(Type::unknown)
    }

    /// The type of a name.
    pub(super) fn type_of_local(&self, local: &Local<'_>) -> Type {
        match local.by {
            Binder::Function(function, index) if function.private => {
                self.handed_to(&function.name.text, index)
            }
            Binder::Function(..) => {
                let read = self.read(&local.name.text);
                read.map_or_else(Type::unknown, |(_, kind)| kind)
            }
            Binder::Let(value) => value.map_or_else(Type::absent, |value| self.type_of(value)),
            Binder::Closure(call) => call
                .and_then(first_argument)
                .map_or_else(Type::unknown, |list| item(&self.type_of(list))),
        }
    }

    /// What a rule's parameter reads, over all lines of descent.
    pub(super) fn read(&self, name: &str) -> Option<(Source, Type)> {
        let read = self
            .scopes()
            .filter_map(|scope| scope.names.read(self.decision, name));
        read.reduce(|(source, all), (_, kind)| (source, all.join(&kind)))
    }

    /// The type of the arguments passed to a private function.
    fn handed_to(&self, function: &str, index: usize) -> Type {
        let mut handed = Vec::new();
        for caller in &self.script.parsed.script.functions {
            caller.body.walk(&mut |expr| {
                if let ExprKind::Call { name, arguments } = &expr.kind
                    && name.text == function
                    && let Some(argument) = arguments.get(index)
                {
                    handed.push(self.type_of(argument));
                }
            });
        }
        if handed.is_empty() {
            Type::unknown()
        } else {
            Type::of(handed)
        }
    }

    /// Locates the token with these bytes.
    pub(super) fn spot(&self, token: &Bytes) -> Spot<'v> {
        spot(&self.script.parsed.script, token)
    }

    /// What the token at `spot` means; several if it has several meanings.
    pub(super) fn subjects(&self, spot: &Spot<'v>) -> Vec<Subject<'v>> {
        match spot.what {
            What::Function(function) => vec![Subject::Function(function)],
            What::Binding(local) => vec![Subject::Local(local, self.type_of_local(&local))],
            What::Part(expr) => self.part(expr),
            What::Expr(expr) => match &expr.kind {
                ExprKind::Name(name) => self.name(spot, expr, name),
                ExprKind::Text(text) => {
                    let wanted = self.wanted(&spot.path).into_iter();
                    let named = wanted.map(|wanted| Subject::Name(wanted, text.clone()));
                    let named: Vec<_> = named.collect();
                    if named.is_empty() {
                        vec![Subject::Value(self.type_of(expr))]
                    } else {
                        named
                    }
                }
                _ => vec![Subject::Value(self.type_of(expr))],
            },
            What::Nothing => Vec::new(),
        }
    }

    fn name(&self, spot: &Spot<'v>, expr: &Expr, name: &str) -> Vec<Subject<'v>> {
        let mut locals = spot.locals.iter().rev();
        let Some(local) = locals.find(|local| local.name.text == name) else {
            return Vec::new();
        };
        let here = self.type_of(expr);
        let known = if here.is_unknown() {
            self.type_of_local(local)
        } else {
            here
        };
        vec![Subject::Local(*local, known)]
    }

    /// The name after a point, or of the called function.
    fn part(&self, expr: &'v Expr) -> Vec<Subject<'v>> {
        match &expr.kind {
            ExprKind::Field { of, name } => {
                let kinds = self.type_of(of);
                let fields = kinds.kinds().iter().filter_map(|kind| match kind {
                    Kind::Record(item) if item.declared(&name.text).is_some() => {
                        Some(match &item.fields {
                            Fields::Params(_) => Subject::Param(name.text.clone()),
                            Fields::Schema(_) => Subject::Field(item.clone(), name.text.clone()),
                        })
                    }
                    _ => None,
                });
                fields.collect()
            }
            ExprKind::Method { of, name, .. } => {
                let receiver = self.type_of(of);
                let all: Vec<_> = helpers::named(&name.text).collect();
                let fitting: Vec<_> = all
                    .iter()
                    .copied()
                    .filter(|helper| takes_first(helper, &receiver))
                    .collect();
                let chosen = if fitting.is_empty() { all } else { fitting };
                helper(chosen)
            }
            ExprKind::Call { name, .. } => {
                let functions = &self.script.parsed.script.functions;
                let own = functions.iter().find(|it| it.name.text == name.text);
                match own {
                    Some(function) => vec![Subject::Function(function)],
                    None if self.levels(self.decision).contains(&name.text.as_str()) => {
                        vec![Subject::Constructor(name.text.clone())]
                    }
                    None => helper(helpers::named(&name.text).collect()),
                }
            }
            _ => Vec::new(),
        }
    }

    /// What the last expression of `path` could stand for if it were a text.
    pub(super) fn wanted(&self, path: &[&'v Expr]) -> Vec<Wanted> {
        let mut wanted = Vec::new();
        self.gather(path, false, CALLS, &mut wanted);
        wanted.dedup();
        wanted
    }

    /// What a label of a `switch` can be.
    pub(super) fn wanted_label(&self, switch: &Expr) -> Vec<Wanted> {
        let mut wanted = Vec::new();
        if let ExprKind::Switch { subject, .. } = &switch.kind {
            self.named_by(&self.type_of(subject), &mut wanted);
        }
        wanted
    }

    /// With `inside`, the items listed by the last expression are meant, not the expression.
    fn gather(&self, path: &[&'v Expr], inside: bool, calls: usize, into: &mut Vec<Wanted>) {
        let Some((expr, above)) = path.split_last() else {
            return;
        };
        let Some(parent) = above.last() else { return };
        match &parent.kind {
            ExprKind::List(_) if !inside => self.gather(above, true, calls, into),
            ExprKind::If { condition, .. } if condition.id != expr.id => {
                self.gather(above, inside, calls, into);
            }
            ExprKind::Block(_) => self.gather(above, inside, calls, into),
            ExprKind::Binary {
                operator,
                left,
                right,
                ..
            } => {
                let is_left = left.id == expr.id;
                let other = if is_left { right } else { left };
                let listed = matches!(operator, Binary::In | Binary::NotIn);
                match operator {
                    Binary::Equal | Binary::Unequal | Binary::Default if !inside => {
                        self.named_by(&self.type_of(other), into);
                    }
                    _ if listed && is_left && !inside => {
                        self.named_by(&item(&self.type_of(other)), into);
                    }
                    _ if listed && !is_left && inside => {
                        self.named_by(&self.type_of(other), into);
                    }
                    _ => {}
                }
            }
            ExprKind::Switch { subject, arms } if !inside => {
                let label =
                    |arm: &&longma_lang::syntax::Arm| arm.labels.iter().any(|l| l.id == expr.id);
                if arms.iter().any(|arm| label(&arm)) {
                    self.named_by(&self.type_of(subject), into);
                } else if subject.id != expr.id {
                    self.gather(above, inside, calls, into);
                }
            }
            ExprKind::Call { name, arguments } => {
                let index = arguments.iter().position(|it| it.id == expr.id);
                let first = arguments.first();
                self.argument(&name.text, index, first, inside, calls, into);
            }
            ExprKind::Method {
                of,
                name,
                arguments,
            } => {
                let index = if of.id == expr.id {
                    Some(0)
                } else {
                    arguments
                        .iter()
                        .position(|it| it.id == expr.id)
                        .map(|i| i + 1)
                };
                if let (true, Some(0), "contains", Some(sought)) =
                    (inside, index, name.text.as_str(), arguments.first())
                {
                    self.named_by(&self.type_of(sought), into);
                }
                self.argument(&name.text, index, Some(of), inside, calls, into);
            }
            _ => {}
        }
    }

    /// What the argument at `index` of a call can stand for.
    fn argument(
        &self,
        name: &str,
        index: Option<usize>,
        first: Option<&Expr>,
        inside: bool,
        calls: usize,
        into: &mut Vec<Wanted>,
    ) {
        let Some(index) = index else { return };
        let functions = &self.script.parsed.script.functions;
        if let Some(function) = functions.iter().find(|it| it.name.text == name) {
            if calls > 0 {
                for path in uses(function, index) {
                    self.gather(&path, inside, calls - 1, into);
                }
            }
            return;
        }
        if inside {
            return;
        }
        let slots = helpers::named(name).filter_map(|helper| helper.takes.get(index));
        let accepted: BTreeSet<Accepts> = slots.map(|slot| slot.accepts).into_set();
        let first = first.map_or_else(Type::unknown, |first| self.type_of(first));
        for accepts in accepted {
            match accepts {
                Accepts::Level => into.push(Wanted::Level(self.decision.to_owned())),
                Accepts::Sought => self.named_by(&item(&first), into),
                Accepts::LevelOf => into.extend(first.kinds().iter().filter_map(|kind| {
                    let Kind::Timeline(decision) = kind else {
                        return None;
                    };
                    Some(Wanted::Level(decision.clone()))
                })),
                Accepts::Column => into.extend(first.kinds().iter().filter_map(|kind| {
                    let Kind::Table(table) = kind else {
                        return None;
                    };
                    Some(Wanted::Column(table.clone()))
                })),
                _ => {}
            }
        }
    }

    /// What a text of this type stands for.
    fn named_by(&self, kinds: &Type, into: &mut Vec<Wanted>) {
        for kind in kinds.kinds() {
            if let Kind::Text(Some(names)) = kind {
                into.push(self.of_names(names));
            }
        }
    }

    fn of_names(&self, names: &Names) -> Wanted {
        let texts = |names: &mut dyn Iterator<Item = &std::sync::Arc<str>>| {
            names.map(ToString::to_string).collect::<Vec<_>>()
        };
        match &names.of {
            Origin::Field { record, field, all } => Wanted::Member {
                record: record.clone(),
                field: field.clone(),
                all: texts(&mut all.iter()),
            },
            Origin::Param(name) if self.is_level(name) => Wanted::Level(self.decision.to_owned()),
            Origin::Param(_) | Origin::Written => Wanted::Values(texts(&mut names.values.keys())),
        }
    }

    /// Whether a param names a level.
    fn is_level(&self, param: &str) -> bool {
        let mut given = self.scopes().filter_map(|scope| scope.params.get(param));
        given.any(|given| given.what.unit == "level")
    }
}

fn helper<'v>(ways: Vec<&'static Signature>) -> Vec<Subject<'v>> {
    if ways.is_empty() {
        Vec::new()
    } else {
        vec![Subject::Helper(ways)]
    }
}

/// The item type of a list type.
pub(super) fn item(kinds: &Type) -> Type {
    let items = kinds.kinds().iter().filter_map(|kind| match kind {
        Kind::List { item, .. } => Some((**item).clone()),
        _ => None,
    });
    let items: Vec<Type> = items.collect();
    if items.is_empty() {
        Type::unknown()
    } else {
        Type::of(items)
    }
}

/// The receiver of a method call, or the first argument of a function call.
fn first_argument(call: &Expr) -> Option<&Expr> {
    match &call.kind {
        ExprKind::Method { of, .. } => Some(of),
        ExprKind::Call { arguments, .. } => arguments.first(),
        _ => None,
    }
}

/// Whether a helper can be called on a value of this type.
pub(super) fn takes_first(helper: &Signature, kinds: &Type) -> bool {
    let Some(slot) = helper.takes.first() else {
        return false;
    };
    let mut present = kinds.kinds().iter();
    present.any(|kind| {
        matches!(
            (slot.accepts, kind),
            (Accepts::Instant, Kind::Instant(_))
                | (Accepts::Date, Kind::Date)
                | (Accepts::When | Accepts::Bounded, Kind::When(_))
                | (Accepts::Text, Kind::Text(_))
                | (Accepts::Cause, Kind::Cause(..))
                | (Accepts::List, Kind::List { .. })
                | (Accepts::Table, Kind::Table(_))
                | (Accepts::Timeline, Kind::Timeline(_))
        )
    })
}

/// The paths to each use of a function's parameter in its body.
fn uses(function: &Function, index: usize) -> Vec<Vec<&Expr>> {
    let mut found = Vec::new();
    if let Some(name) = function.parameters.get(index) {
        for expr in function.body.expressions() {
            seek(&name.text, expr, &mut Vec::new(), &mut found);
        }
    }
    found
}

fn seek<'s>(name: &str, expr: &'s Expr, path: &mut Vec<&'s Expr>, found: &mut Vec<Vec<&'s Expr>>) {
    path.push(expr);
    match &expr.kind {
        ExprKind::Name(text) if text == name => found.push(path.clone()),
        ExprKind::Closure { parameters, .. } if parameters.iter().any(|it| it.text == name) => {}
        _ => {
            for child in expr.children() {
                seek(name, child, path, found);
            }
        }
    }
    path.pop();
}
