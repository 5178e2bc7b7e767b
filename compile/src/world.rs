//! All packs of a bundle as the desk sees them: scripts as trees, lines of descent, and
//! the meanings of names in rules.
//!
//! A pack that [`load`](crate::load) refuses still has its scripts, and its lines of
//! descent as far as they can be found, so that all mistakes show at once.

use crate::lineage::{Lineage, lineages};
use crate::manifest::{Bundle, PackSource, Param, ParamValue, Scale};
use crate::pack;
use crate::shared::copies_for;
use longma_core::order::Gather;
use longma_core::schema::Object;
use longma_core::{Localized, Problems, Schema, covers, limits};
use longma_lang::analysis::Analysis;
use longma_lang::check::{Use, analyse};
use longma_lang::scope::{self, Common};
use longma_lang::script::Script;
use longma_lang::types::{Bounds, Fields, Item, Kind, Names, Origin, Type};
use std::collections::BTreeMap;
use std::sync::Arc;

/// All packs, and the schemas of what rules read.
///
/// ```
/// use longma_compile::texts::{Texts, read};
/// use longma_compile::world::World;
///
/// let file = "packs/62/2022-03-07/code.rhai";
/// let text = |file: &str, text: &str| (format!("packs/62/2022-03-07/{file}"), text.to_owned());
/// let house = read(&Texts::from([
///     ("schema/area.schema.json".to_owned(), SCHEMA.to_owned()),
///     text("pack.toml", MANIFEST),
///     text("captions.toml", ""),
///     text("code.rhai", "fn found(identity) { red(always()) }"),
/// ]));
/// let world = World::new(&house.bundle);
/// let (pack, decision, _) = world.script(file).unwrap();
/// let analysis = world.analyse(pack, decision);
/// let codes: Vec<&str> = analysis.findings.iter().map(|it| it.code.as_str()).collect();
/// assert_eq!(codes, ["unused-input"]);
/// let levels = analysis.levels["found"].as_ref().unwrap();
/// assert_eq!(&**levels.only().unwrap(), "red");
/// # const SCHEMA: &str = include_str!("../../rules/schema/area.schema.json");
/// # const MANIFEST: &str = r#"
/// # subject = "area"
/// # version = "1"
/// # title = { zh-CN = "方案", en = "A plan" }
/// # authority = { zh-CN = "省", en = "Province" }
/// # effective.from = 2022-03-07T00:00:00+08:00
/// # [decisions.code]
/// # scale = ["green", "red"]
/// # colours = ["green", "red"]
/// # "#;
/// ```
#[derive(Debug, Clone)]
pub struct World<'a> {
    /// The source bundle.
    pub bundle: &'a Bundle,
    /// The packs, in the bundle's order.
    pub packs: Vec<Pack<'a>>,
    /// The schema of the facts for each kind of subject.
    pub schemas: BTreeMap<String, Arc<Object>>,
    /// The schemas of reference rows, and the levels of all decisions.
    pub common: Arc<Common>,
    /// The scope of each line of descent.
    scopes: BTreeMap<Vec<usize>, Arc<Scope<'a>>>,
}

/// A pack with its scripts as trees.
pub type Pack<'a> = pack::Pack<'a, Arc<Script<'a>>>;

/// The meanings of names in the rules of one line of descent.
#[derive(Debug)]
pub struct Scope<'a> {
    /// Positions of packs, the own one first.
    pub packs: Vec<usize>,
    /// The same meanings for the checker.
    pub names: scope::Scope<'a>,
    /// Params by name, each from the nearest pack that defines it.
    pub params: BTreeMap<&'a str, Given<&'a Param>>,
    /// Scales by decision.
    pub decisions: BTreeMap<&'a str, Given<&'a Scale>>,
    /// Scales of the decisions of other series that rules can read here.
    pub beside: BTreeMap<&'a str, Given<&'a Scale>>,
    /// Rules by decision and name, each from the nearest pack that defines it, except
    /// those that a nearer pack drops.
    pub rules: BTreeMap<(&'a str, &'a str), Given<usize>>,
}

/// An item with the position of the pack that defines it.
#[derive(Debug, Clone, Copy)]
pub struct Given<T> {
    /// The pack's position in the world.
    pub pack: usize,
    /// The item. For a rule, the position of its function in the script.
    pub what: T,
}

impl<'a> World<'a> {
    /// Builds the world of a bundle.
    #[must_use]
    pub fn new(bundle: &'a Bundle) -> Self {
        // Compiling reports schema mistakes.
        let read = |texts: &BTreeMap<String, String>| -> BTreeMap<String, Arc<Object>> {
            let objects = texts.iter().filter_map(|(name, text)| {
                let (schema, _) = Schema::read_partly(text, name);
                Some((name.clone(), Arc::clone(schema?.root())))
            });
            objects.into_map()
        };
        let packs = bundle.packs.iter().take(limits::PACKS);
        let levels = bundle.levels();
        let common = Common {
            tables: read(&bundle.references),
            levels: levels.iter().map(ToString::to_string).into_set(),
        };
        let mut world = Self {
            bundle,
            packs: packs.map(|source| tree(source, bundle)).collect(),
            schemas: read(&bundle.schemas),
            common: Arc::new(common),
            scopes: BTreeMap::new(),
        };
        for index in 0..world.packs.len() {
            let lineages = world.lineages(index);
            for line in &lineages {
                if !world.scopes.contains_key(&line.packs) {
                    let scope = world.read_scope(&line.packs);
                    world.scopes.insert(line.packs.clone(), Arc::new(scope));
                }
            }
            if let Some(pack) = world.packs.get_mut(index) {
                pack.lineages = lineages;
            }
        }
        world
    }

    /// The same packs with a different text for one script, as an editor has it open.
    /// Unaffected parts are shared.
    #[must_use]
    pub fn rewritten<'b>(&self, pack: usize, decision: &str, text: &'b str) -> World<'b>
    where
        'a: 'b,
    {
        let mut world: World<'b> = self.clone();
        let source = self.packs.get(pack).map(|pack| pack.source);
        let scripts = world.packs.get_mut(pack).map(|pack| &mut pack.scripts);
        let Some(script) = scripts.and_then(|scripts| scripts.get_mut(decision)) else {
            return world;
        };
        let copies = copies_for(text, source.map_or(&[], |source| &source.shared));
        *script = Arc::new(Script::with_copies(&*script.file, text, &copies));
        let lines: Vec<Vec<usize>> = world.scopes.keys().cloned().collect();
        for line in lines.into_iter().filter(|line| line.contains(&pack)) {
            let scope = Arc::new(world.read_scope(&line));
            world.scopes.insert(line, scope);
        }
        world
    }

    /// The scope of a line of descent.
    #[must_use]
    pub fn scope(&self, line: &Lineage) -> Option<&Scope<'a>> {
        self.scopes.get(&line.packs).map(Arc::as_ref)
    }

    /// The scopes of all lines of descent, in a fixed order.
    pub fn scopes(&self) -> impl Iterator<Item = &Scope<'a>> {
        self.scopes.values().map(Arc::as_ref)
    }

    /// Checks a script. The analysis is empty if there is no such script.
    #[must_use]
    pub fn analyse(&self, pack: usize, decision: &str) -> Analysis {
        let scripts = self.packs.get(pack).map(|view| &view.scripts);
        let script = scripts.and_then(|scripts| scripts.get_key_value(decision));
        let Some((decision, script)) = script else {
            return Analysis::default();
        };
        let includes = |scope: &&Scope<'a>| scope.packs.contains(&pack);
        let (own, heirs): (Vec<_>, Vec<_>) = self
            .scopes()
            .filter(includes)
            .partition(|scope| scope.packs.first() == Some(&pack));
        let all: Vec<Use<'_>> = own
            .into_iter()
            .chain(heirs)
            .map(|scope| {
                let heir = scope.packs.first().filter(|owner| **owner != pack);
                let rules = scope.rules.iter().filter(|((of, _), _)| of == decision);
                Use {
                    scope: &scope.names,
                    heir: heir.and_then(|owner| Some(self.packs.get(*owner)?.id.as_str())),
                    rules: rules
                        .filter(|(_, given)| given.pack == pack)
                        .map(|((_, name), _)| *name)
                        .into_set(),
                }
            })
            .collect();
        analyse(script, decision, &all)
    }

    /// The position of the pack with this id.
    #[must_use]
    pub fn position(&self, id: &str) -> Option<usize> {
        self.packs.iter().position(|pack| pack.id.as_str() == id)
    }

    /// The pack, decision and script of a file such as `packs/62/2022-03-07/code.rhai`.
    #[must_use]
    pub fn script(&self, file: &str) -> Option<(usize, &'a str, &Script<'a>)> {
        self.packs.iter().enumerate().find_map(|(index, pack)| {
            let (decision, script) = pack.scripts.iter().find(|(_, it)| it.file == file)?;
            Some((index, *decision, &**script))
        })
    }

    /// The lines of descent of a pack. If none can be found, the pack alone.
    fn lineages(&self, index: usize) -> Vec<Lineage> {
        let (mut found, _) = lineages(&self.packs, index);
        if found.is_empty() {
            found.push(Lineage {
                packs: vec![index],
                span: self.packs.get(index).and_then(|pack| pack.effective),
            });
        }
        found
    }

    fn read_scope(&self, line: &[usize]) -> Scope<'a> {
        let packs = || {
            let found = line
                .iter()
                .filter_map(|index| Some((*index, self.packs.get(*index)?)));
            found.rev()
        };
        let mut params = BTreeMap::new();
        let mut decisions: BTreeMap<&'a str, Given<&'a Scale>> = BTreeMap::new();
        let mut rules: BTreeMap<(&'a str, &'a str), Given<usize>> = BTreeMap::new();
        for (pack, view) in packs() {
            let manifest = &view.source.manifest;
            for (name, what) in &manifest.params {
                params.insert(name.as_str(), Given { pack, what });
            }
            for (name, what) in &manifest.decisions {
                decisions.entry(name).or_insert(Given { pack, what });
            }
            for name in manifest.drops.keys() {
                if let Some((decision, rule)) = name.split_once('.') {
                    rules.remove(&(decision, rule));
                }
            }
            for (decision, script) in &view.scripts {
                for (what, function) in script.parsed.script.functions.iter().enumerate() {
                    let name = script.written.get(function.name.bytes.clone());
                    if let Some(name) = name.filter(|_| !function.private) {
                        rules.insert((decision, name), Given { pack, what });
                    }
                }
            }
        }
        let own = line.first().and_then(|index| self.packs.get(*index));
        let beside = own.map(|own| self.beside(own)).unwrap_or_default();
        let schema = own.and_then(|own| self.schemas.get(&own.source.manifest.subject));
        let scales = |decisions: &BTreeMap<&'a str, Given<&'a Scale>>| {
            let levels = decisions
                .iter()
                .map(|(name, given)| (*name, given.what.scale.as_slice()));
            levels.into_map()
        };
        Scope {
            packs: line.to_vec(),
            names: scope::Scope {
                schema: schema.cloned(),
                params: params_record(&params),
                own: scales(&decisions),
                beside: scales(&beside),
                common: Arc::clone(&self.common),
            },
            params,
            decisions,
            beside,
            rules,
        }
    }

    /// The decisions in packs of other series that can rule in the same place.
    fn beside(&self, own: &Pack<'a>) -> BTreeMap<&'a str, Given<&'a Scale>> {
        let mut found = BTreeMap::new();
        for (pack, other) in self.packs.iter().enumerate() {
            let (there, here) = (other.id.region(), own.id.region());
            let near = covers(there, here) || covers(here, there);
            let subject = &own.source.manifest.subject;
            if other.id.series() != own.id.series()
                && near
                && other.source.manifest.subject == *subject
            {
                for (name, what) in &other.source.manifest.decisions {
                    found.entry(name.as_str()).or_insert(Given { pack, what });
                }
            }
        }
        found
    }
}

/// Reads a pack and ignores its problems.
fn tree<'a>(source: &'a PackSource, bundle: &Bundle) -> Pack<'a> {
    let script = |text: &'a str, file: String| Ok(Arc::new(Script::read(file, text)));
    Pack::read(source, &bundle.schemas, script, &mut Problems::default())
}

impl Pack<'_> {
    /// Whether a caption mentions the param.
    #[must_use]
    pub fn mentions(&self, param: &str) -> bool {
        let wanted = format!("{{{param}}}");
        let decisions = self.source.captions.values();
        let mut rules = decisions.flat_map(|decision| decision.rules.values());
        rules.any(|rule| {
            [&rule.caption, &rule.release]
                .into_iter()
                .flat_map(Localized::texts)
                .any(|(_, text)| text.contains(&wanted))
        })
    }
}

fn params_record(params: &BTreeMap<&str, Given<&Param>>) -> Item {
    let types = params.iter().map(|(name, given)| {
        let param = given.what;
        (
            (*name).to_owned(),
            of_param(name, &param.value, &param.unit),
        )
    });
    Item {
        title: "params".to_owned(),
        fields: Fields::Params(Arc::new(types.into_map())),
        known: BTreeMap::new(),
    }
}

/// The type of a param. Unknown if value and unit do not fit.
fn of_param(name: &str, value: &ParamValue, unit: &str) -> Type {
    let number = |count: i64, times: i64| Bounds {
        by_param: true,
        ..count
            .checked_mul(times)
            .map_or(Bounds::ANY, Bounds::exactly)
    };
    match (value, unit) {
        (ParamValue::List(items), _) => Kind::List {
            item: Box::new(Type::of(
                items.iter().map(|item| of_param(name, item, unit)),
            )),
            filled: !items.is_empty(),
        },
        (ParamValue::Int(count), "days") => Kind::Days(number(*count, 1)),
        (ParamValue::Int(count), "hours") => Kind::Elapsed(number(*count, 3_600)),
        (ParamValue::Int(count), "minutes") => Kind::Elapsed(number(*count, 60)),
        (ParamValue::Int(count), "count" | "day_number") => Kind::Int(number(*count, 1)),
        (ParamValue::Int(_) | ParamValue::Text(_), "celsius") => Kind::Temperature,
        (ParamValue::Text(text), "level" | "text") => {
            let names = [Arc::from(text.as_str())];
            Kind::Text(Some(Names::of(names, Origin::Param(name.to_owned()))))
        }
        _ => Kind::Unknown,
    }
    .into()
}
