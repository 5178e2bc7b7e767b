//! The packs that are loaded: checked, compiled, linked by inheritance, and
//! chosen by region and date.
//!
//! A region's history is a list of [`Policy`] spans that cover all time. The
//! pack of the narrowest region in force rules; where it inherits "the plan in
//! force" of a wider region, its span is cut at every change of that plan. What
//! a pack redefines or drops of what it inherits must be listed in its manifest.

use crate::facts::Facts;
use crate::limits;
use crate::pack::{Bundle, COLOURS, Manifest, PackSource, Param, RuleCaptions, UNITS};
use crate::problem::{Code, Place, Problem, Problems, nearest};
use crate::reference::Table;
use crate::schema::{Field, Object, Schema, TextType, Type};
use crate::script::{Host, Script};
use crate::text::{Localized, fill, placeholders};
use crate::time::{Instant, Offset};
use crate::timeline::Citation;
use crate::value::{Record, Value};
use crate::when::{Span, When};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::sync::Arc;

/// The region that stands for the whole country.
const NATIONAL: &str = "cn";

/// Everything decisions are made from, except facts and reference data.
#[derive(Debug)]
pub struct Catalogue {
    schemas: BTreeMap<String, Schema>,
    tables: BTreeMap<String, Schema>,
    packs: Vec<Pack>,
    /// What rules in each region that has packs of its own, for all time.
    regions: BTreeMap<String, Vec<Policy>>,
    levels: BTreeSet<Arc<str>>,
}

/// A pack as a reader lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackInfo {
    /// `<region>/<date>`.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: Localized,
    /// First instant at which it is in force, in RFC 3339; `None` when open.
    pub from: Option<String>,
    /// First instant at which it no longer is; `None` when open.
    pub until: Option<String>,
}

/// What rules over a span.
#[derive(Debug, Clone)]
pub struct Policy {
    pub(crate) span: Span,
    pub(crate) packs: Arc<[String]>,
    /// None where no pack is in force.
    pub(crate) plan: Option<Arc<Plan>>,
}

impl Policy {
    /// Its span.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Ids of the packs in force, own first, then what it inherits; empty where none is.
    #[must_use]
    pub fn packs(&self) -> &[String] {
        &self.packs
    }
}

/// A pack together with what it inherits: ready to evaluate.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) subject: String,
    pub(crate) host: Host,
    pub(crate) offset: Offset,
    pub(crate) params: Value,
    /// In an order in which each reads only earlier ones.
    pub(crate) decisions: Vec<Decision>,
}

#[derive(Debug)]
pub(crate) struct Decision {
    pub(crate) name: Arc<str>,
    pub(crate) caption: Localized,
    /// Lowest first.
    pub(crate) levels: Vec<Level>,
    pub(crate) rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Level {
    pub(crate) name: Arc<str>,
    pub(crate) caption: Localized,
    pub(crate) colour: String,
}

#[derive(Debug)]
pub(crate) struct Rule {
    /// Position in the catalogue's packs.
    pub(crate) pack: usize,
    pub(crate) function: String,
    pub(crate) reads: Vec<Read>,
    pub(crate) citation: Arc<Citation>,
}

/// Where an argument of a rule comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Read {
    Params,
    Section(String),
    Table(String),
    Earlier(String),
}

#[derive(Debug)]
struct Pack {
    id: String,
    region: String,
    manifest: Manifest,
    captions: crate::pack::Captions,
    effective: Span,
    offset: Offset,
    scripts: BTreeMap<String, Script>,
}

impl Pack {
    fn file(&self, name: &str) -> String {
        file_of(&self.id, name)
    }

    fn key<'a>(&self, key: impl IntoIterator<Item = &'a str>) -> Place {
        Place::key(&self.file("pack.toml"), key)
    }
}

fn file_of(id: &str, name: &str) -> String {
    format!("packs/{id}/{name}")
}

impl Catalogue {
    /// Checks, compiles and links every pack of a bundle.
    ///
    /// # Errors
    /// All problems of all packs.
    pub fn load(bundle: Bundle) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        if bundle.packs.len() > limits::PACKS {
            let args: [(&str, &dyn Display); 1] = [("limit", &limits::PACKS)];
            return Err(Problem::new(Code::BundleSize, Place::None, &args).into());
        }
        let schemas = read_schemas(&bundle.schemas, "schema", &mut problems);
        let tables = read_schemas(&bundle.references, "reference", &mut problems);
        let levels: BTreeSet<Arc<str>> = bundle
            .packs
            .iter()
            .flat_map(|pack| pack.manifest.decisions.values())
            .flat_map(|scale| scale.scale.iter().map(|level| level.as_str().into()))
            .collect();
        let mut catalogue = Self {
            schemas,
            tables,
            packs: Vec::new(),
            regions: BTreeMap::new(),
            levels,
        };
        catalogue.compile(bundle.packs, &mut problems);
        // Linking packs that are themselves broken would only repeat their problems.
        if problems.is_empty() {
            catalogue.link(&mut problems);
        }
        problems.or(catalogue)
    }

    /// The packs, by region and date.
    #[must_use]
    pub fn packs(&self) -> Vec<PackInfo> {
        let info = |pack: &Pack| PackInfo {
            id: pack.id.clone(),
            version: pack.manifest.version.clone(),
            title: pack.manifest.title.clone(),
            from: pack.effective.from().map(|t| t.to_rfc3339(pack.offset)),
            until: pack.effective.until().map(|t| t.to_rfc3339(pack.offset)),
        };
        self.packs.iter().map(info).collect()
    }

    /// What rules in `region` (GB/T 2260), for all time; empty when no pack
    /// covers the region.
    #[must_use]
    pub fn policies(&self, region: &str) -> &[Policy] {
        self.regions
            .iter()
            .filter(|(known, _)| covers(known, region))
            .max_by_key(|(known, _)| breadth(known))
            .map_or(&[], |(_, policies)| policies)
    }

    /// Reads reference data for the table `name`.
    ///
    /// # Errors
    /// A table that no schema describes, or every row that does not fit.
    pub fn read_reference(&self, name: &str, csv: &str) -> Result<Table, Problems> {
        let Some(schema) = self.tables.get(name) else {
            let known: Vec<&str> = self.tables.keys().map(String::as_str).collect();
            let args: [(&str, &dyn Display); 2] = [("name", &name), ("known", &known.join(", "))];
            return Err(Problem::new(Code::ReferenceUnknown, Place::None, &args).into());
        };
        Table::read(name, schema, csv)
    }

    /// Decodes a facts document.
    ///
    /// # Errors
    /// Every problem of the document.
    pub fn read_facts(&self, json: &str) -> Result<Facts, Problems> {
        Facts::decode(json, &self.schemas)
    }

    pub(crate) fn script(&self, rule: &Rule, decision: &str) -> Option<&Script> {
        self.packs.get(rule.pack)?.scripts.get(decision)
    }

    fn compile(&mut self, sources: Vec<PackSource>, problems: &mut Problems) {
        let host = Host::new(&self.levels, Offset::CHINA);
        for source in sources {
            if self.packs.iter().any(|pack| pack.id == source.id) {
                let place = Place::file(&file_of(&source.id, "pack.toml"), 0, 0);
                problems.push(Problem::new(
                    Code::PackDuplicate,
                    place,
                    &[("id", &source.id)],
                ));
                continue;
            }
            match compile(source, &host, &self.schemas) {
                Ok(pack) => self.packs.push(pack),
                Err(found) => problems.extend(found),
            }
        }
        self.packs.sort_by(|a, b| {
            (&a.region, a.effective.bounds(), &a.id).cmp(&(&b.region, b.effective.bounds(), &b.id))
        });
        for pair in self.packs.windows(2) {
            if let [first, second] = pair
                && first.region == second.region
                && first.effective.bounds().1 > second.effective.bounds().0
            {
                let args: [(&str, &dyn Display); 2] =
                    [("first", &first.id), ("second", &second.id)];
                let place = second.key(["effective"]);
                problems.push(Problem::new(Code::PackOverlap, place, &args));
            }
        }
    }

    fn link(&mut self, problems: &mut Problems) {
        let mut found: Vec<Problem> = Vec::new();
        let mut lines: BTreeMap<usize, Vec<(Span, Vec<usize>)>> = BTreeMap::new();
        for index in 0..self.packs.len() {
            match self.lines(index, &mut Vec::new()) {
                Ok(variants) => drop(lines.insert(index, variants)),
                Err(problem) => found.push(*problem),
            }
        }
        let mut plans: BTreeMap<Vec<usize>, Option<Arc<Plan>>> = BTreeMap::new();
        for (index, variants) in &lines {
            let mut used = BTreeSet::new();
            for (_, line) in variants {
                if !plans.contains_key(line) {
                    let linked = Linker::new(self, line).link(&mut used);
                    let plan = match linked {
                        Ok(plan) => Some(Arc::new(plan)),
                        Err(problems) => {
                            found.extend(problems);
                            None
                        }
                    };
                    plans.insert(line.clone(), plan);
                }
            }
            found.extend(self.void_entries(*index, &used));
        }
        // One mistake shows in every line of descent; it is told once.
        for problem in found {
            if !problems.as_slice().contains(&problem) {
                problems.push(problem);
            }
        }
        if !problems.is_empty() {
            return;
        }
        let regions: BTreeSet<&str> = self.packs.iter().map(|p| p.region.as_str()).collect();
        let mut linked = BTreeMap::new();
        for region in regions {
            let policies = self.history(region, &lines, &plans);
            problems.extend(scales_agree(&policies));
            linked.insert(region.to_owned(), policies);
        }
        self.regions = linked;
    }

    /// The lines of descent of a pack: own position first, then what it inherits,
    /// over the spans of its effect.
    fn lines(
        &self,
        index: usize,
        above: &mut Vec<usize>,
    ) -> Result<Vec<(Span, Vec<usize>)>, Box<Problem>> {
        let Some(pack) = self.packs.get(index) else {
            return Ok(Vec::new());
        };
        let refuse = |code, args: &[(&str, &dyn Display)]| {
            Box::new(Problem::new(code, pack.key(["inherits"]), args))
        };
        if above.contains(&index) || above.len() >= limits::INHERITANCE_DEPTH {
            let ids: Vec<&str> = above
                .iter()
                .filter_map(|i| self.packs.get(*i))
                .map(|p| p.id.as_str())
                .collect();
            return Err(refuse(Code::PackCycle, &[("path", &ids.join(" → "))]));
        }
        let Some(parent) = &pack.manifest.inherits else {
            return Ok(vec![(pack.effective, vec![index])]);
        };
        above.push(index);
        let mut lines = Vec::new();
        for (position, candidate) in self.packs.iter().enumerate() {
            let by_id = candidate.id == *parent;
            if !by_id && candidate.region != *parent {
                continue;
            }
            // By id the parent's rules hold whenever the child does; by region
            // only while the parent is itself in force.
            let reach = if by_id {
                pack.effective
            } else {
                candidate.effective
            };
            let reach = When::of([reach]).within(pack.effective);
            for (span, line) in self.lines(position, above)? {
                let span = if by_id {
                    When::always()
                } else {
                    When::of([span])
                };
                for span in span.intersection(&reach).spans() {
                    let mut own = vec![index];
                    own.extend(&line);
                    lines.push((*span, own));
                }
            }
        }
        above.pop();
        let covered = When::of(lines.iter().map(|(span, _)| *span));
        let gap = When::of([pack.effective]).difference(&covered);
        if let Some(span) = gap.spans().first() {
            let open = || "…".to_owned();
            let from = span.from().map_or_else(open, |t| t.to_rfc3339(pack.offset));
            let until = span
                .until()
                .map_or_else(open, |t| t.to_rfc3339(pack.offset));
            return Err(refuse(
                Code::PackInherits,
                &[("parent", parent), ("from", &from), ("until", &until)],
            ));
        }
        lines.sort_by_key(|(span, _)| span.bounds());
        Ok(lines)
    }

    /// Entries of `[overrides]` and `[drops]` that no line of descent needed.
    fn void_entries(&self, index: usize, used: &BTreeSet<String>) -> Vec<Problem> {
        let Some(pack) = self.packs.get(index) else {
            return Vec::new();
        };
        let tables = [
            ("overrides", &pack.manifest.overrides),
            ("drops", &pack.manifest.drops),
        ];
        let mut problems = Vec::new();
        for (table, entries) in tables {
            for name in entries.keys().filter(|name| !used.contains(*name)) {
                let place = pack.key([table, name.as_str()]);
                problems.push(Problem::new(Code::OverrideVoid, place, &[("name", name)]));
            }
        }
        problems
    }

    /// What rules in `region` for all time: at each instant the line of descent
    /// of the narrowest region's pack in force.
    fn history(
        &self,
        region: &str,
        lines: &BTreeMap<usize, Vec<(Span, Vec<usize>)>>,
        plans: &BTreeMap<Vec<usize>, Option<Arc<Plan>>>,
    ) -> Vec<Policy> {
        let mut order: Vec<(usize, &Pack)> = self
            .packs
            .iter()
            .enumerate()
            .filter(|(_, pack)| covers(&pack.region, region))
            .collect();
        order.sort_by_key(|(_, pack)| std::cmp::Reverse(breadth(&pack.region)));
        let mut free = When::always();
        let mut policies = Vec::new();
        for (index, pack) in order {
            for (span, line) in lines.get(&index).into_iter().flatten() {
                let ids: Arc<[String]> = line
                    .iter()
                    .filter_map(|i| self.packs.get(*i))
                    .map(|pack| pack.id.clone())
                    .collect();
                for span in free.within(*span).spans() {
                    policies.push(Policy {
                        span: *span,
                        packs: Arc::clone(&ids),
                        plan: plans.get(line).cloned().flatten(),
                    });
                }
            }
            free = free.difference(&When::of([pack.effective]));
        }
        for span in free.spans() {
            policies.push(Policy {
                span: *span,
                packs: Vec::new().into(),
                plan: None,
            });
        }
        policies.sort_by_key(|policy| policy.span.bounds());
        policies
    }
}

/// How narrow a region is: the longer its code, the narrower; the country is widest.
fn breadth(region: &str) -> usize {
    if region == NATIONAL { 0 } else { region.len() }
}

/// Whether packs of `known` rule in `region`.
fn covers(known: &str, region: &str) -> bool {
    known == NATIONAL || region.starts_with(known)
}

fn read_schemas(
    texts: &BTreeMap<String, String>,
    folder: &str,
    problems: &mut Problems,
) -> BTreeMap<String, Schema> {
    let mut schemas = BTreeMap::new();
    for (name, text) in texts {
        match Schema::read(text, &format!("{folder}/{name}.schema.json")) {
            Ok(schema) => drop(schemas.insert(name.clone(), schema)),
            Err(found) => problems.extend(found),
        }
    }
    schemas
}

/// A decision keeps one scale through a region's history: a timeline has one set of levels.
fn scales_agree(policies: &[Policy]) -> Vec<Problem> {
    let mut known: BTreeMap<&str, (&[Level], &[String])> = BTreeMap::new();
    let mut problems = Vec::new();
    for policy in policies {
        for decision in policy.plan.iter().flat_map(|plan| &plan.decisions) {
            let names = |levels: &[Level]| -> Vec<Arc<str>> {
                levels.iter().map(|level| Arc::clone(&level.name)).collect()
            };
            match known.get(&*decision.name) {
                Some((levels, packs)) if names(levels) != names(&decision.levels) => {
                    let id = policy.packs.first().map_or("", String::as_str);
                    let other = packs.first().map_or("", String::as_str);
                    let place = Place::key(
                        &file_of(id, "pack.toml"),
                        ["decisions", &decision.name, "scale"],
                    );
                    let args: [(&str, &dyn Display); 2] =
                        [("decision", &decision.name), ("other", &other)];
                    problems.push(Problem::new(Code::DecisionRedeclared, place, &args));
                }
                Some(_) => {}
                None => {
                    known.insert(&decision.name, (&decision.levels, &policy.packs));
                }
            }
        }
    }
    problems
}

/// Checks one pack by itself and compiles its scripts.
fn compile(
    source: PackSource,
    host: &Host,
    schemas: &BTreeMap<String, Schema>,
) -> Result<Pack, Problems> {
    let mut problems = Problems::default();
    let mut pack = Pack {
        region: region_of_id(&source.id).unwrap_or_default().to_owned(),
        effective: Span::new(None, None).ok_or_else(Problems::default)?,
        offset: Offset::CHINA,
        scripts: BTreeMap::new(),
        id: source.id,
        manifest: source.manifest,
        captions: source.captions,
    };
    if pack.region.is_empty() {
        let place = Place::file(&pack.file("pack.toml"), 0, 0);
        problems.push(Problem::new(Code::PackId, place, &[("id", &pack.id)]));
    }
    match pack.manifest.offset.as_deref().map(Offset::parse) {
        None => {}
        Some(Some(offset)) => pack.offset = offset,
        Some(None) => problems.push(Problem::new(Code::PackOffset, pack.key(["offset"]), &[])),
    }
    match effective(&pack) {
        Ok(span) => pack.effective = span,
        Err(problem) => problems.push(problem),
    }
    if !schemas.contains_key(&pack.manifest.subject) {
        let known: Vec<&str> = schemas.keys().map(String::as_str).collect();
        let args: [(&str, &dyn Display); 2] = [
            ("name", &pack.manifest.subject),
            ("known", &known.join(", ")),
        ];
        problems.push(Problem::new(
            Code::PackSubject,
            pack.key(["subject"]),
            &args,
        ));
    }
    check_texts(&pack, &mut problems);
    check_params(&pack, &mut problems);
    check_scales(&pack, &mut problems);
    for (decision, text) in &source.scripts {
        match host.compile(text, &pack.file(&format!("{decision}.rhai"))) {
            Ok(script) => drop(pack.scripts.insert(decision.clone(), script)),
            Err(found) => problems.extend(found),
        }
    }
    problems.or(pack)
}

/// The region in a pack's id: `cn`, or two to six digits.
fn region_of_id(id: &str) -> Option<&str> {
    let (region, date) = id.split_once('/')?;
    let digits = region.bytes().all(|b| b.is_ascii_digit());
    let known = region == NATIONAL || (digits && matches!(region.len(), 2 | 4 | 6));
    (known && crate::time::Date::parse(date).is_ok()).then_some(region)
}

fn effective(pack: &Pack) -> Result<Span, Problem> {
    let read = |name: &str, text: &Option<String>| match text.as_deref().map(Instant::parse) {
        None => Ok(None),
        Some(Ok(instant)) => Ok(Some(instant)),
        Some(Err(_)) => Err(Problem::new(
            Code::PackTime,
            pack.key(["effective", name]),
            &[("found", &text.as_deref().unwrap_or_default())],
        )),
    };
    let dates = &pack.manifest.effective;
    let (from, until) = (read("from", &dates.from)?, read("until", &dates.until)?);
    Span::new(from, until)
        .ok_or_else(|| Problem::new(Code::PackSpan, pack.key(["effective", "until"]), &[]))
}

fn check_texts(pack: &Pack, problems: &mut Problems) {
    let manifest = &pack.manifest;
    let mut texts = vec![
        (vec!["title"], &manifest.title),
        (vec!["authority"], &manifest.authority),
    ];
    for (key, source) in &manifest.sources {
        texts.push((vec!["sources", key, "title"], &source.title));
        if !["V", "W", "A"].contains(&source.grade.as_str()) {
            let place = pack.key(["sources", key, "grade"]);
            problems.push(Problem::new(Code::PackText, place, &[]));
        }
    }
    for (key, text) in texts {
        if text.is_incomplete() {
            problems.push(Problem::new(Code::PackText, pack.key(key), &[]));
        }
    }
    let tables = [
        ("overrides", &manifest.overrides),
        ("drops", &manifest.drops),
    ];
    for (table, entries) in tables {
        for (name, _) in entries.iter().filter(|(_, why)| why.trim().is_empty()) {
            problems.push(Problem::new(Code::PackText, pack.key([table, name]), &[]));
        }
    }
}

fn check_params(pack: &Pack, problems: &mut Problems) {
    for (name, param) in &pack.manifest.params {
        let at = |key: &str| pack.key(["params", name, key]);
        if !UNITS.contains(&param.unit.as_str()) {
            let args: [(&str, &dyn Display); 2] =
                [("unit", &param.unit), ("known", &UNITS.join(", "))];
            problems.push(Problem::new(Code::ParamUnit, at("unit"), &args));
        } else if let Err(expected) = param.typed() {
            let args = [
                ("unit", Localized::same(&param.unit)),
                ("kind", expected.words()),
            ];
            problems.push(Problem::localized(Code::ParamValue, at("value"), &args));
        }
        let noted = param
            .note
            .as_ref()
            .is_some_and(|note| !note.is_incomplete());
        if param.assumed && !noted {
            problems.push(Problem::new(Code::ParamNote, at("note"), &[("name", name)]));
        }
    }
}

fn check_scales(pack: &Pack, problems: &mut Problems) {
    for (name, scale) in &pack.manifest.decisions {
        let distinct: BTreeSet<&String> = scale.scale.iter().collect();
        let place = |key: &str| pack.key(["decisions", name, key]);
        let unknown = scale
            .scale
            .iter()
            .any(|level| level == "unknown" || level.is_empty());
        if distinct.len() != scale.scale.len() || distinct.len() < 2 || unknown {
            problems.push(Problem::new(Code::ScaleLevels, place("scale"), &[]));
        }
        let fit = scale.colours.iter().all(|c| COLOURS.contains(&c.as_str()));
        if !fit || scale.colours.len() != scale.scale.len() {
            let args: [(&str, &dyn Display); 1] = [("known", &COLOURS.join(", "))];
            problems.push(Problem::new(Code::ScaleColours, place("colours"), &args));
        }
        let named = pack.captions.get(name);
        let missing = |caption: Option<&Localized>| caption.is_none_or(Localized::is_incomplete);
        let at = |key: &[&str]| {
            let path = [name.as_str()].into_iter().chain(key.iter().copied());
            Place::key(&pack.file("captions.toml"), path)
        };
        if missing(named.and_then(|n| n.name.as_ref())) {
            problems.push(Problem::new(Code::PackText, at(&["name"]), &[]));
        }
        for level in &scale.scale {
            if missing(named.and_then(|n| n.levels.get(level))) {
                problems.push(Problem::new(Code::PackText, at(&["levels", level]), &[]));
            }
        }
    }
}

/// Joins one line of descent into a plan.
struct Linker<'a> {
    catalogue: &'a Catalogue,
    /// Own pack first.
    line: Vec<(usize, &'a Pack)>,
    problems: Problems,
}

impl<'a> Linker<'a> {
    fn new(catalogue: &'a Catalogue, line: &[usize]) -> Self {
        Self {
            catalogue,
            line: line
                .iter()
                .filter_map(|index| Some((*index, catalogue.packs.get(*index)?)))
                .collect(),
            problems: Problems::default(),
        }
    }

    /// Links; `used` collects the entries of the own pack's `[overrides]` and
    /// `[drops]` that this line needed.
    fn link(mut self, used: &mut BTreeSet<String>) -> Result<Plan, Problems> {
        let Some((_, own)) = self.line.first().copied() else {
            return Err(self.problems);
        };
        for (_, parent) in self.line.iter().skip(1) {
            if parent.manifest.subject != own.manifest.subject || parent.offset != own.offset {
                let args: [(&str, &dyn Display); 1] = [("parent", &parent.id)];
                let place = own.key(["inherits"]);
                self.problems
                    .push(Problem::new(Code::PackSubject, place, &args));
            }
        }
        let params = self.params(used);
        let mut decisions = Vec::new();
        for (name, declaring) in self.declared() {
            let rules = self.rules(&name, &params, used);
            decisions.extend(self.decision(&name, declaring, rules));
        }
        let decisions = self.ordered(decisions);
        let plan = Plan {
            subject: own.manifest.subject.clone(),
            host: Host::new(&self.catalogue.levels, own.offset),
            offset: own.offset,
            params: params_record(&params),
            decisions,
        };
        self.problems.or(plan)
    }

    /// Notes that `own` redefines `name`, which must be listed.
    fn redefines(&mut self, own: &Pack, name: String, place: Place, used: &mut BTreeSet<String>) {
        if !own.manifest.overrides.contains_key(&name) {
            let problem = Problem::new(Code::OverrideUndeclared, place, &[("name", &name)]);
            self.problems.push(problem);
        }
        used.insert(name);
    }

    /// Params by name, from the nearest pack that gives them.
    fn params(&mut self, used: &mut BTreeSet<String>) -> BTreeMap<String, &'a Param> {
        let mut params: BTreeMap<String, &'a Param> = BTreeMap::new();
        let line = self.line.clone();
        for (depth, (_, pack)) in line.iter().enumerate().rev() {
            for (name, param) in &pack.manifest.params {
                if params.insert(name.clone(), param).is_some() {
                    let mut deeper = BTreeSet::new();
                    let noted = if depth == 0 { &mut *used } else { &mut deeper };
                    let place = pack.key(["params", name]);
                    self.redefines(pack, format!("params.{name}"), place, noted);
                }
                if let Some(key) = &param.source
                    && self.source(depth, key).is_none()
                {
                    let place = pack.key(["params", name, "source"]);
                    self.unknown_source(depth, key, place);
                }
            }
        }
        params
    }

    /// The title of a document cited by the pack at `depth`, which sees its own
    /// sources and those of what it inherits.
    fn source(&self, depth: usize, key: &str) -> Option<&'a Localized> {
        self.line
            .iter()
            .skip(depth)
            .find_map(|(_, pack)| pack.manifest.sources.get(key))
            .map(|source| &source.title)
    }

    fn unknown_source(&mut self, depth: usize, key: &str, place: Place) {
        let known: Vec<&str> = self
            .line
            .iter()
            .skip(depth)
            .flat_map(|(_, pack)| pack.manifest.sources.keys().map(String::as_str))
            .collect();
        let near =
            nearest(key, known.iter().copied()).map_or_else(|| known.join(", "), str::to_owned);
        let args: [(&str, &dyn Display); 2] = [("name", &key), ("near", &near)];
        self.problems
            .push(Problem::new(Code::SourceUnknown, place, &args));
    }

    /// Every declared decision, with the pack that declares it.
    fn declared(&mut self) -> BTreeMap<String, &'a Pack> {
        let mut declared: BTreeMap<String, &'a Pack> = BTreeMap::new();
        for (_, pack) in self.line.iter().rev() {
            for name in pack.manifest.decisions.keys() {
                if let Some(other) = declared.get(name) {
                    let args: [(&str, &dyn Display); 2] =
                        [("decision", name), ("other", &other.id)];
                    let place = pack.key(["decisions", name]);
                    let problem = Problem::new(Code::DecisionRedeclared, place, &args);
                    self.problems.push(problem);
                } else {
                    declared.insert(name.clone(), pack);
                }
            }
        }
        for (_, pack) in &self.line {
            let scripts = pack
                .scripts
                .keys()
                .map(|name| (name, format!("{name}.rhai")));
            let captions = pack
                .captions
                .keys()
                .map(|name| (name, "captions.toml".to_owned()));
            for (name, file) in scripts.chain(captions) {
                if !declared.contains_key(name) {
                    let known: Vec<&str> = declared.keys().map(String::as_str).collect();
                    let args: [(&str, &dyn Display); 2] =
                        [("name", name), ("known", &known.join(", "))];
                    let place = Place::file(&pack.file(&file), 1, 1);
                    let problem = Problem::new(Code::DecisionUndeclared, place, &args);
                    self.problems.push(problem);
                }
            }
        }
        declared
    }

    /// The rules of a decision, each from the nearest pack that defines it and
    /// unless a nearer one drops it.
    fn rules(
        &mut self,
        decision: &str,
        params: &BTreeMap<String, &'a Param>,
        used: &mut BTreeSet<String>,
    ) -> Vec<Rule> {
        let mut rules: BTreeMap<String, Rule> = BTreeMap::new();
        let line = self.line.clone();
        for (depth, (index, pack)) in line.iter().enumerate().rev() {
            let mut deeper = BTreeSet::new();
            let noted = if depth == 0 { &mut *used } else { &mut deeper };
            for name in pack.manifest.drops.keys() {
                let dropped = name
                    .strip_prefix(decision)
                    .and_then(|rest| rest.strip_prefix('.'))
                    .and_then(|rule| rules.remove(rule));
                if dropped.is_some() {
                    noted.insert(name.clone());
                }
            }
            let Some(script) = pack.scripts.get(decision) else {
                continue;
            };
            for function in &script.rules {
                let place = Place::file(&script.file, function.line, 1);
                if rules.contains_key(&function.name) {
                    let name = format!("{decision}.{}", function.name);
                    self.redefines(pack, name, place, noted);
                }
                let citation = self.citation(depth, decision, function, params);
                let reads = self.reads(decision, &script.file, function);
                rules.insert(
                    function.name.clone(),
                    Rule {
                        pack: *index,
                        function: function.name.clone(),
                        reads,
                        citation: Arc::new(citation),
                    },
                );
            }
            self.void_captions(pack, decision, script);
        }
        rules.into_values().collect()
    }

    fn void_captions(&mut self, pack: &Pack, decision: &str, script: &Script) {
        let captions = pack.captions.get(decision);
        for name in captions.iter().flat_map(|c| c.rules.keys()) {
            if !script.rules.iter().any(|rule| rule.name == *name) {
                let place = Place::key(&pack.file("captions.toml"), [decision, "rules", name]);
                self.problems
                    .push(Problem::new(Code::CaptionVoid, place, &[("name", name)]));
            }
        }
    }

    fn reads(
        &mut self,
        decision: &str,
        file: &str,
        function: &crate::script::Function,
    ) -> Vec<Read> {
        let mut reads = Vec::new();
        for name in &function.parameters {
            match self.read(decision, name) {
                Some(read) => reads.push(read),
                None => self.unknown_parameter(decision, file, function, name),
            }
        }
        reads
    }

    fn read(&self, decision: &str, name: &str) -> Option<Read> {
        let own = self.line.first().map(|(_, pack)| *pack)?;
        let schema = self.catalogue.schemas.get(&own.manifest.subject)?;
        if name == "params" {
            Some(Read::Params)
        } else if schema.sections().any(|section| section == name) {
            Some(Read::Section(name.to_owned()))
        } else if self.catalogue.tables.contains_key(name) {
            Some(Read::Table(name.to_owned()))
        } else {
            let declares = |pack: &Pack| pack.manifest.decisions.contains_key(name);
            let known = name != decision && self.line.iter().any(|(_, pack)| declares(pack));
            known.then(|| Read::Earlier(name.to_owned()))
        }
    }

    fn unknown_parameter(
        &mut self,
        decision: &str,
        file: &str,
        function: &crate::script::Function,
        name: &str,
    ) {
        let subject = self.line.first().map(|(_, pack)| &pack.manifest.subject);
        let schema = subject.and_then(|subject| self.catalogue.schemas.get(subject));
        let decisions = self
            .line
            .iter()
            .flat_map(|(_, p)| p.manifest.decisions.keys());
        let known: Vec<&str> = schema
            .into_iter()
            .flat_map(Schema::sections)
            .chain(["params"])
            .chain(self.catalogue.tables.keys().map(String::as_str))
            .chain(decisions.map(String::as_str).filter(|d| *d != decision))
            .collect();
        let near =
            nearest(name, known.iter().copied()).map_or_else(|| known.join(", "), str::to_owned);
        let args: [(&str, &dyn Display); 3] =
            [("name", &name), ("rule", &function.name), ("near", &near)];
        let place = Place::file(file, function.line, 1);
        self.problems
            .push(Problem::new(Code::RuleParameter, place, &args));
    }

    /// What a reader is told of a rule, with params filled in.
    fn citation(
        &mut self,
        depth: usize,
        decision: &str,
        function: &crate::script::Function,
        params: &BTreeMap<String, &'a Param>,
    ) -> Citation {
        let line = self.line.clone();
        let pack = line.get(depth).map(|(_, pack)| *pack);
        let id = pack.map_or("", |pack| &pack.id);
        let place = Place::file(&file_of(id, &format!("{decision}.rhai")), function.line, 1);
        let source = match &function.source {
            Some(key) => self.source(depth, key).cloned().or_else(|| {
                self.unknown_source(depth, key, place.clone());
                None
            }),
            None => {
                let args: [(&str, &dyn Display); 1] = [("name", &function.name)];
                self.problems
                    .push(Problem::new(Code::RuleSource, place, &args));
                None
            }
        };
        let captions = pack
            .and_then(|pack| pack.captions.get(decision))
            .and_then(|captions| captions.rules.get(&function.name));
        let complete = |c: &&RuleCaptions| !c.caption.is_incomplete() && !c.release.is_incomplete();
        let path = [decision, "rules", &function.name];
        let file = file_of(id, "captions.toml");
        let Some(captions) = captions.filter(complete) else {
            let args: [(&str, &dyn Display); 1] = [("name", &function.name)];
            let place = Place::key(&file, path);
            self.problems
                .push(Problem::new(Code::RuleCaption, place, &args));
            return Citation {
                rule: String::new(),
                caption: Localized::default(),
                release: Localized::default(),
                source: Localized::default(),
            };
        };
        let mut text = |text: &Localized, part: &str| {
            let place = Place::key(&file, path.into_iter().chain([part]));
            self.filled(text, params, &place)
        };
        Citation {
            rule: format!("{id}/{decision}/{}", function.name),
            caption: text(&captions.caption, "caption"),
            release: text(&captions.release, "release"),
            source: source.unwrap_or_default(),
        }
    }

    fn filled(
        &mut self,
        text: &Localized,
        params: &BTreeMap<String, &'a Param>,
        place: &Place,
    ) -> Localized {
        for name in placeholders(&text.zh_cn)
            .iter()
            .chain(&placeholders(&text.en))
        {
            if !params.contains_key(name) {
                let args: [(&str, &dyn Display); 1] = [("name", name)];
                let problem = Problem::new(Code::CaptionPlaceholder, place.clone(), &args);
                self.problems.push(problem);
            }
        }
        Localized::build(|lang| {
            fill(text.get(lang), |name| {
                Some(params.get(name)?.words().get(lang).to_owned())
            })
        })
    }

    fn decision(&mut self, name: &str, declaring: &Pack, rules: Vec<Rule>) -> Option<Decision> {
        if rules.is_empty() {
            let place = declaring.key(["decisions", name]);
            let args: [(&str, &dyn Display); 1] = [("decision", &name)];
            self.problems
                .push(Problem::new(Code::DecisionNoScript, place, &args));
        }
        let scale = declaring.manifest.decisions.get(name)?;
        let captions = declaring.captions.get(name)?;
        let levels = scale.scale.iter().zip(&scale.colours);
        Some(Decision {
            name: name.into(),
            caption: captions.name.clone()?,
            levels: levels
                .map(|(level, colour)| Level {
                    name: level.as_str().into(),
                    caption: captions.levels.get(level).cloned().unwrap_or_default(),
                    colour: colour.clone(),
                })
                .collect(),
            rules,
        })
    }

    /// The decisions, each after those that it reads.
    fn ordered(&mut self, mut waiting: Vec<Decision>) -> Vec<Decision> {
        let mut ordered: Vec<Decision> = Vec::with_capacity(waiting.len());
        while !waiting.is_empty() {
            let ready = |decision: &Decision| {
                decision
                    .rules
                    .iter()
                    .flat_map(|rule| &rule.reads)
                    .all(|read| match read {
                        Read::Earlier(name) => ordered.iter().any(|done| *done.name == **name),
                        _ => true,
                    })
            };
            let (now, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(ready);
            if now.is_empty() {
                let names: Vec<&str> = later.iter().map(|decision| &*decision.name).collect();
                if let Some((_, own)) = self.line.first() {
                    let place = own.key(["decisions"]);
                    let args: [(&str, &dyn Display); 1] = [("names", &names.join(" ⇄ "))];
                    self.problems
                        .push(Problem::new(Code::DecisionCycle, place, &args));
                }
                break;
            }
            ordered.extend(now);
            waiting = later;
        }
        ordered
    }
}

/// The params as one record, whose fields are their names.
fn params_record(params: &BTreeMap<String, &Param>) -> Value {
    let any = || {
        Type::Text(TextType {
            least: 0,
            most: usize::MAX,
            pattern: None,
        })
    };
    let fields = params.keys().map(|name| Field {
        name: name.as_str().into(),
        kind: any(),
        required: true,
        order: None,
    });
    let object = Arc::new(Object::new(fields.collect()));
    let values = params.values().map(|param| param.typed().ok()).collect();
    Value::Record(Record::new(object, values, Vec::new()))
}

/// Checks that a text is a region's six-digit code.
pub(crate) fn is_region(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit())
}
