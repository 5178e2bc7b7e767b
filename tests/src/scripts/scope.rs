//! What can be named at one point of a script, and what tests have shown there.

use super::choices::Choices;
use super::code::Code;
use super::functions::Function;
use super::shape::{Field, Kind, Rec, Ty};

/// A name and its value.
#[derive(Debug, Clone)]
pub(super) struct Var {
    pub(super) name: String,
    pub(super) ty: Ty,
    /// Whether it may be `()`.
    pub(super) optional: bool,
    /// Optional fields that are present in it, or in each of its items.
    pub(super) known: Vec<String>,
}

/// A variable, or fields behind one.
#[derive(Debug, Clone)]
pub(super) struct Path {
    pub(super) code: Code,
    pub(super) ty: Ty,
    pub(super) optional: bool,
    /// Optional fields that are present in each of its items.
    pub(super) known: Vec<String>,
}

/// Writes one script.
pub(super) struct Gen<'c, 'b> {
    pub(super) c: &'c mut Choices<'b>,
    /// Levels of the decision, lowest first.
    pub(super) levels: &'static [&'static str],
    pub(super) vars: Vec<Var>,
    /// Paths that are not absent here although their type is optional.
    pub(super) present: Vec<String>,
    /// Variables that a closure must not use, because it is called on them.
    pub(super) locked: Vec<String>,
    /// Private functions that can be called here.
    pub(super) functions: Vec<Function>,
    /// How many more expressions may be compound.
    pub(super) fuel: usize,
    names: usize,
}

/// What [`Gen::leave`] restores.
pub(super) struct Saved {
    vars: Vec<Var>,
    present: Vec<String>,
    locked: Vec<String>,
}

impl<'c, 'b> Gen<'c, 'b> {
    pub(super) fn new(c: &'c mut Choices<'b>, levels: &'static [&'static str]) -> Self {
        Self {
            c,
            levels,
            vars: Vec::new(),
            present: Vec::new(),
            locked: Vec::new(),
            functions: Vec::new(),
            fuel: 0,
            names: 0,
        }
    }

    pub(super) fn enter(&self) -> Saved {
        Saved {
            vars: self.vars.clone(),
            present: self.present.clone(),
            locked: self.locked.clone(),
        }
    }

    pub(super) fn leave(&mut self, saved: Saved) {
        self.vars = saved.vars;
        self.present = saved.present;
        self.locked = saved.locked;
    }

    /// Whether a compound expression may be written; counts it.
    pub(super) fn spend(&mut self) -> bool {
        let left = self.fuel > 0;
        self.fuel = self.fuel.saturating_sub(1);
        left
    }

    /// A name that is not in use; now and then one that hides another variable.
    pub(super) fn fresh(&mut self, stem: &str) -> String {
        if self.c.chance(4) {
            // Names of inputs and parameters stay: an instant can always be had from them.
            let own: Vec<String> = self
                .vars
                .iter()
                .map(|var| &var.name)
                .filter(|name| name.ends_with(|c: char| c.is_ascii_digit()))
                .filter(|name| !self.locked.contains(name))
                .cloned()
                .collect();
            if let Some(name) = own.get(self.c.below(own.len())) {
                return name.clone();
            }
        }
        if self.c.chance(4) {
            // A variable may be called like a function.
            let functions = self.functions.iter().map(|it| it.name.clone());
            let free: Vec<String> = functions
                .filter(|name| self.vars.iter().all(|var| var.name != *name))
                .collect();
            if let Some(name) = free.get(self.c.below(free.len())) {
                return name.clone();
            }
        }
        self.names += 1;
        format!("{stem}{}", self.names)
    }

    /// Binds a name.
    pub(super) fn bind(&mut self, name: &str, ty: Ty, optional: bool, known: Vec<String>) {
        self.vars.retain(|var| var.name != name);
        self.forget(name);
        self.locked.retain(|locked| locked != name);
        self.vars.push(Var {
            name: name.to_owned(),
            ty,
            optional,
            known,
        });
    }

    /// Forgets what tests have shown of a variable.
    pub(super) fn forget(&mut self, name: &str) {
        self.present.retain(|path| {
            path.strip_prefix(name)
                .is_some_and(|rest| !rest.is_empty() && !rest.starts_with('.'))
                || !path.starts_with(name)
        });
    }

    /// Notes that a path is present.
    pub(super) fn show(&mut self, path: &str) {
        self.present.push(path.to_owned());
    }

    /// The fields of a closure's parameter that are shown present.
    pub(super) fn shown(&self, name: &str) -> Vec<String> {
        let fields = self.present.iter().filter_map(|path| {
            let field = path.strip_prefix(name)?.strip_prefix('.')?;
            (!field.contains('.')).then(|| field.to_owned())
        });
        let own = self.vars.iter().filter(|var| var.name == name);
        fields
            .chain(own.flat_map(|var| var.known.clone()))
            .collect()
    }

    /// Every path of a type that can be read here.
    pub(super) fn paths(&self, wanted: impl Fn(Ty) -> bool) -> Vec<Path> {
        let mut found = Vec::new();
        for var in &self.vars {
            if self.locked.contains(&var.name) {
                continue;
            }
            let optional = var.optional && !self.present.contains(&var.name);
            if wanted(var.ty) {
                found.push(Path {
                    code: Code::path(&var.name, &var.name),
                    ty: var.ty,
                    optional,
                    known: match var.ty {
                        Ty::List(_) => var.known.clone(),
                        Ty::One(_) => Vec::new(),
                    },
                });
            }
            if let Ty::One(Kind::Record(rec)) = var.ty {
                self.fields_of(var, (&var.name, rec, optional), &wanted, &mut found);
            }
        }
        found
    }

    fn fields_of(
        &self,
        var: &Var,
        (of, rec, absent): (&str, Rec, bool),
        wanted: &impl Fn(Ty) -> bool,
        found: &mut Vec<Path>,
    ) {
        for field in rec.fields() {
            let nested = match field.ty {
                Ty::One(Kind::Record(inner)) => Some(inner),
                _ => None,
            };
            if !wanted(field.ty) && nested.is_none() {
                continue;
            }
            let dot = if absent { "?." } else { "." };
            let text = format!("{of}{dot}{}", field.name);
            let optional = absent || self.may_lack(var, of, field, &text);
            if wanted(field.ty) {
                found.push(Path {
                    code: Code::path(&var.name, &text),
                    ty: field.ty,
                    optional,
                    known: Vec::new(),
                });
            }
            if let Some(inner) = nested {
                self.fields_of(var, (&text, inner, optional), wanted, found);
            }
        }
    }

    fn may_lack(&self, var: &Var, of: &str, field: &Field, text: &str) -> bool {
        let shown = || {
            self.present.iter().any(|path| path == text)
                || (of == var.name && var.known.iter().any(|known| known == field.name))
        };
        field.optional && !shown()
    }

    /// A path of a type that is surely present.
    pub(super) fn present_path(&mut self, wanted: Ty) -> Option<Path> {
        let mut paths = self.paths(|ty| ty.fits(wanted));
        paths.retain(|path| !path.optional);
        self.choose(paths)
    }

    /// A path of a type that may be absent.
    pub(super) fn optional_path(&mut self, wanted: impl Fn(Ty) -> bool) -> Option<Path> {
        let mut paths = self.paths(wanted);
        paths.retain(|path| path.optional);
        self.choose(paths)
    }

    pub(super) fn choose<T>(&mut self, mut all: Vec<T>) -> Option<T> {
        if all.is_empty() {
            return None;
        }
        // The newest names are the likeliest: a closure mostly asks about its item.
        let newest = all.len().saturating_sub(1);
        let at = match self.c.weighted(&[3, 2]) {
            0 => newest.saturating_sub(self.c.weighted(&[5, 3, 2, 1, 1, 1])),
            _ => self.c.below(all.len()),
        };
        Some(all.swap_remove(at))
    }

    /// A closure over items of a kind. It may use the list that it is called on.
    pub(super) fn closure(
        &mut self,
        item: (Kind, &[String]),
        body: impl FnOnce(&mut Self, &str) -> String,
    ) -> Code {
        let saved = self.enter();
        let stem = match item.0 {
            Kind::Record(Rec::Visit) => "v",
            Kind::Record(Rec::Check) => "c",
            Kind::Record(Rec::Step) => "s",
            Kind::Record(Rec::Zone | Rec::Around) => "z",
            Kind::Instant => "t",
            Kind::Date => "d",
            Kind::Int => "n",
            _ => "x",
        };
        let name = self.fresh(stem);
        self.bind(&name, Ty::One(item.0), false, item.1.to_vec());
        let body = body(self, &name);
        self.leave(saved);
        Code::open(format!("|{name}| {body}"))
    }
}
