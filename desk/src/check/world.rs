//! All packs of a bundle as the checker sees them: scripts as trees, what each
//! pack inherits, and what the names in a rule can mean there.
//!
//! Reading is lenient. A pack that core refuses still has its scripts, and what
//! it inherits as far as that can be found, so that all mistakes show at once.

use super::types::{Bounds, Fields, Item, Kind, Names, Origin, Type};
use crate::schema::{Record, Shape};
use crate::syntax::{Function, Lines, Parsed, parse};
use longma_core::{Bundle, Instant, PackSource, Param, ParamValue, Scale, Span, When, limits};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The member of facts that only says what they are about.
const SUBJECT: &str = "subject";

/// Every pack, and what rules can be about.
#[derive(Debug, Clone)]
pub struct World<'a> {
    /// What was given.
    pub bundle: &'a Bundle,
    /// The packs, in the bundle's order.
    pub packs: Vec<Pack<'a>>,
    /// The facts about each kind of subject.
    pub schemas: BTreeMap<String, Arc<Record>>,
    /// The rows of each reference table.
    pub tables: BTreeMap<String, Arc<Record>>,
    /// The levels of all decisions of all packs: each names a constructor of causes.
    pub levels: BTreeSet<&'a str>,
    /// What names mean, by line of descent.
    scopes: BTreeMap<Vec<usize>, Arc<Scope<'a>>>,
}

/// One pack.
#[derive(Debug, Clone)]
pub struct Pack<'a> {
    /// As its files say it.
    pub source: &'a PackSource,
    /// The region in its id.
    pub region: &'a str,
    /// The series of packs in its id; empty for the plan itself.
    pub series: &'a str,
    /// When it is in force; always, where its dates cannot be read.
    pub effective: Option<Span>,
    /// Its scripts by decision.
    pub scripts: BTreeMap<&'a str, Arc<Script<'a>>>,
    /// What it is joined with, for each plan that it inherits over its span; at
    /// least itself alone.
    pub lines: Vec<Line>,
}

/// A line of descent over a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Positions of packs, own first.
    pub packs: Vec<usize>,
    /// When; `None` where dates cannot be read.
    pub span: Option<Span>,
}

/// One script.
#[derive(Debug)]
pub struct Script<'a> {
    /// Its path inside the bundle.
    pub file: String,
    /// Its text.
    pub text: &'a str,
    /// Where its lines begin.
    pub lines: Lines<'a>,
    /// Its tree.
    pub parsed: Parsed,
}

/// What names mean to the rules of one line of descent.
#[derive(Debug)]
pub struct Scope<'a> {
    /// Positions of packs, own first.
    pub packs: Vec<usize>,
    /// The facts.
    pub schema: Option<Arc<Record>>,
    /// Params by name, from the nearest pack that gives them.
    pub params: BTreeMap<&'a str, Given<&'a Param>>,
    /// The params as rules see them.
    pub params_record: Item,
    /// Scales by decision.
    pub decisions: BTreeMap<&'a str, Given<&'a Scale>>,
    /// Scales of the decisions of other series that rules can read here.
    pub beside: BTreeMap<&'a str, Given<&'a Scale>>,
    /// Rules by decision and name, from the nearest pack that defines them and
    /// unless a nearer one drops them.
    pub rules: BTreeMap<(&'a str, &'a str), Given<usize>>,
}

/// Something, and the position of the pack that gives it.
#[derive(Debug, Clone, Copy)]
pub struct Given<T> {
    /// The pack's position in the world.
    pub pack: usize,
    /// What; of a rule, the position of its function in the script.
    pub what: T,
}

/// What a parameter of a rule stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The params.
    Params,
    /// A section of the facts.
    Section,
    /// A reference table.
    Table,
    /// An earlier decision.
    Decision,
}

impl<'a> World<'a> {
    /// Reads a bundle.
    #[must_use]
    pub fn new(bundle: &'a Bundle) -> Self {
        let read = |texts: &BTreeMap<String, String>| -> BTreeMap<String, Arc<Record>> {
            let records = texts.iter().filter_map(|(name, text)| {
                let record = Record::read(text)?;
                Some((name.clone(), Arc::new(record)))
            });
            records.collect()
        };
        let packs = bundle.packs.iter().take(limits::PACKS);
        let scales = packs.clone().flat_map(|p| p.manifest.decisions.values());
        let levels = scales.flat_map(|scale| scale.scale.iter().map(String::as_str));
        let mut world = Self {
            bundle,
            packs: packs.map(Pack::new).collect(),
            schemas: read(&bundle.schemas),
            tables: read(&bundle.references),
            levels: levels.collect(),
            scopes: BTreeMap::new(),
        };
        for index in 0..world.packs.len() {
            let lines = world.lines_of(index);
            for line in &lines {
                if !world.scopes.contains_key(&line.packs) {
                    let scope = world.read_scope(&line.packs);
                    world.scopes.insert(line.packs.clone(), Arc::new(scope));
                }
            }
            if let Some(pack) = world.packs.get_mut(index) {
                pack.lines = lines;
            }
        }
        world
    }

    /// The same packs with another text of one script, which an editor has
    /// open; everything that does not hang on it is shared.
    #[must_use]
    pub fn rewritten<'b>(&self, pack: usize, decision: &str, text: &'b str) -> World<'b>
    where
        'a: 'b,
    {
        let mut world: World<'b> = self.clone();
        let scripts = world.packs.get_mut(pack).map(|pack| &mut pack.scripts);
        let Some(script) = scripts.and_then(|scripts| scripts.get_mut(decision)) else {
            return world;
        };
        *script = Arc::new(Script::new(script.file.clone(), text));
        let lines: Vec<Vec<usize>> = world.scopes.keys().cloned().collect();
        for line in lines.into_iter().filter(|line| line.contains(&pack)) {
            let scope = Arc::new(world.read_scope(&line));
            world.scopes.insert(line, scope);
        }
        world
    }

    /// What names mean along a line.
    #[must_use]
    pub fn scope(&self, line: &Line) -> Option<&Scope<'a>> {
        self.scopes.get(&line.packs).map(Arc::as_ref)
    }

    /// What names mean along every line, in a fixed order.
    pub fn scopes(&self) -> impl Iterator<Item = &Scope<'a>> {
        self.scopes.values().map(Arc::as_ref)
    }

    /// The position of the pack with this id.
    #[must_use]
    pub fn position(&self, id: &str) -> Option<usize> {
        self.packs.iter().position(|pack| pack.source.id == id)
    }

    /// The pack, decision and script of a file such as `packs/62/2022-03-07/code.rhai`.
    #[must_use]
    pub fn script(&self, file: &str) -> Option<(usize, &'a str, &Script<'a>)> {
        self.packs.iter().enumerate().find_map(|(index, pack)| {
            let (decision, script) = pack.scripts.iter().find(|(_, it)| it.file == file)?;
            Some((index, *decision, &**script))
        })
    }

    fn lines_of(&self, index: usize) -> Vec<Line> {
        let mut lines = self.descend(index, &mut Vec::new());
        if lines.is_empty() {
            lines.push(Line {
                packs: vec![index],
                span: self.packs.get(index).and_then(|pack| pack.effective),
            });
        }
        // In time, whatever the order of the bundle.
        lines.sort_by_key(|line| line.span.map(Span::from));
        lines
    }

    /// As core does it, except that what cannot be found is left out.
    fn descend(&self, index: usize, above: &mut Vec<usize>) -> Vec<Line> {
        let Some(pack) = self.packs.get(index) else {
            return Vec::new();
        };
        let alone = Line {
            packs: vec![index],
            span: pack.effective,
        };
        let Some(parent) = &pack.source.manifest.inherits else {
            return vec![alone];
        };
        if above.contains(&index) || above.len() >= limits::INHERITANCE_DEPTH {
            return vec![alone];
        }
        above.push(index);
        let mut lines = Vec::new();
        for (position, candidate) in self.packs.iter().enumerate() {
            let by_id = candidate.source.id == *parent;
            let by_region = candidate.region == parent && candidate.series == pack.series;
            if !by_id && !by_region {
                continue;
            }
            for line in self.descend(position, above) {
                let mut packs = vec![index];
                packs.extend(&line.packs);
                let (Some(own), Some(theirs)) = (pack.effective, line.span) else {
                    lines.push(Line { packs, span: None });
                    continue;
                };
                let reach = if by_id {
                    When::always()
                } else {
                    When::of([theirs])
                };
                for span in reach.intersection(&When::of([own])).spans() {
                    lines.push(Line {
                        packs: packs.clone(),
                        span: Some(*span),
                    });
                }
            }
        }
        above.pop();
        lines
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
                    let name = script.text.get(function.name.bytes.clone());
                    if let Some(name) = name.filter(|_| !function.private) {
                        rules.insert((decision, name), Given { pack, what });
                    }
                }
            }
        }
        let own = line.first().and_then(|index| self.packs.get(*index));
        let beside = own.map(|own| self.beside(own)).unwrap_or_default();
        let schema = own.and_then(|own| self.schemas.get(&own.source.manifest.subject));
        Scope {
            packs: line.to_vec(),
            schema: schema.cloned(),
            params_record: params_record(&params),
            params,
            decisions,
            beside,
            rules,
        }
    }

    /// The decisions of packs of other series that can rule in the same place.
    fn beside(&self, own: &Pack<'a>) -> BTreeMap<&'a str, Given<&'a Scale>> {
        let covers = |wide: &str, narrow: &str| wide == "cn" || narrow.starts_with(wide);
        let mut found = BTreeMap::new();
        for (pack, other) in self.packs.iter().enumerate() {
            let near = covers(other.region, own.region) || covers(own.region, other.region);
            let subject = &own.source.manifest.subject;
            if other.series != own.series && near && other.source.manifest.subject == *subject {
                for (name, what) in &other.source.manifest.decisions {
                    found.entry(name.as_str()).or_insert(Given { pack, what });
                }
            }
        }
        found
    }
}

impl<'a> Pack<'a> {
    fn new(source: &'a PackSource) -> Self {
        let read = |text: &Option<String>| match text.as_deref().map(Instant::parse) {
            None => Some(None),
            Some(instant) => instant.ok().map(Some),
        };
        let dates = &source.manifest.effective;
        let effective = read(&dates.from)
            .zip(read(&dates.until))
            .and_then(|(from, until)| Span::new(from, until));
        let scripts = source.scripts.iter().map(|(decision, text)| {
            let file = format!("packs/{}/{decision}.rhai", source.id);
            (decision.as_str(), Arc::new(Script::new(file, text)))
        });
        Self {
            source,
            region: source.id.split('/').next().unwrap_or_default(),
            series: series_of(&source.id),
            effective,
            scripts: scripts.collect(),
            lines: Vec::new(),
        }
    }

    /// Whether one of its captions names the param.
    #[must_use]
    pub fn mentions(&self, param: &str) -> bool {
        let wanted = format!("{{{param}}}");
        let decisions = self.source.captions.values();
        let mut rules = decisions.flat_map(|decision| decision.rules.values());
        rules.any(|rule| {
            [&rule.caption, &rule.release]
                .into_iter()
                .flat_map(|text| [&text.zh_cn, &text.en])
                .any(|text| text.contains(&wanted))
        })
    }

    /// A path inside this pack's folder.
    #[must_use]
    pub fn file(&self, name: &str) -> String {
        format!("packs/{}/{name}", self.source.id)
    }
}

/// The word before the date in `62/gold-2021-05-01`; empty where there is none.
fn series_of(id: &str) -> &str {
    const DATE: usize = "-YYYY-MM-DD".len();
    let name = id.split('/').nth(1).unwrap_or_default();
    let end = name.len().checked_sub(DATE);
    end.and_then(|end| name.get(..end)).unwrap_or_default()
}

/// A script that core refuses by its size is not read.
fn parse_bounded(text: &str) -> Parsed {
    parse(if text.len() > limits::SCRIPT_BYTES {
        ""
    } else {
        text
    })
}

impl<'a> Script<'a> {
    fn new(file: String, text: &'a str) -> Self {
        Self {
            file,
            text,
            lines: Lines::new(text),
            parsed: parse_bounded(text),
        }
    }

    /// The function of this name.
    #[must_use]
    pub fn function(&self, name: &str) -> Option<&Function> {
        let functions = &self.parsed.script.functions;
        functions.iter().find(|function| function.name.text == name)
    }
}

impl Scope<'_> {
    /// What a parameter of a rule of `decision` stands for, and its type.
    #[must_use]
    pub fn read(&self, world: &World<'_>, decision: &str, name: &str) -> Option<(Source, Type)> {
        if name == "params" {
            let record = Kind::Record(self.params_record.clone());
            return Some((Source::Params, record.into()));
        }
        if let Some(shape) = self.section(name) {
            let title = self.schema.as_ref().and_then(|schema| schema.title.clone());
            let whole = super::types::of_shape(shape, &title.unwrap_or_default(), name);
            return Some((Source::Section, whole));
        }
        if world.tables.contains_key(name) {
            return Some((Source::Table, Kind::Table(name.to_owned()).into()));
        }
        let earlier = name != decision && self.scale(name).is_some();
        earlier.then(|| (Source::Decision, Kind::Timeline(name.to_owned()).into()))
    }

    /// Everything that a rule of `decision` can ask for.
    #[must_use]
    pub fn readable<'b>(&'b self, world: &'b World<'_>, decision: &str) -> Vec<&'b str> {
        let fields = self.schema.iter().flat_map(|schema| schema.fields.keys());
        let sections = fields
            .map(String::as_str)
            .filter(|name| self.section(name).is_some());
        let decisions = self
            .decisions
            .keys()
            .chain(self.beside.keys())
            .copied()
            .filter(|name| *name != decision);
        sections
            .chain(["params"])
            .chain(world.tables.keys().map(String::as_str))
            .chain(decisions)
            .collect()
    }

    /// The scale of a decision that is known here.
    #[must_use]
    pub fn scale(&self, decision: &str) -> Option<&Scale> {
        let own = self.decisions.get(decision);
        own.or_else(|| self.beside.get(decision))
            .map(|given| given.what)
    }

    fn section(&self, name: &str) -> Option<&Shape> {
        let schema = self.schema.as_ref().filter(|_| name != SUBJECT)?;
        schema.shape(name)
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
        fields: Fields::Params(Arc::new(types.collect())),
        known: BTreeMap::new(),
    }
}

/// The type of a param; unknown where value and unit do not fit.
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
