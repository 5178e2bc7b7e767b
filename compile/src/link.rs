//! Links one pack and its ancestors into one plan.
//!
//! The nearest pack that defines a param or a rule wins. A pack that redefines or drops
//! something must list it in its manifest with a reason. Names are resolved here, once:
//! the section, table, param record or earlier decision that each parameter of a rule
//! means, and the params that a caption mentions.

use crate::code::Code;
use crate::manifest::{Manifest, Param, RuleCaptions};
use crate::pack;
use crate::script::{Function, Meaning, Script};
use crate::shared::SHARED;
use longma_core::body::Body;
use longma_core::order::Gather;
use longma_core::plan::{Decision, Level, Plan, Read, Rule};
use longma_core::schema::{Field, Object, Schema, TextType, Type};
use longma_core::value::{Record, Value};
use longma_core::{
    Citation, EVIDENCE, Localized, PackId, Place, Problem, Problems, covers, fill, limits, nearest,
    placeholders,
};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

/// A pack whose scripts an interpreter has read.
pub(crate) type Pack<'a> = pack::Pack<'a, Rc<dyn Script + 'a>>;

/// The inputs of linking.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stock<'a> {
    pub(crate) packs: &'a [Pack<'a>],
    pub(crate) schemas: &'a BTreeMap<String, Schema>,
    pub(crate) tables: &'a BTreeMap<String, Schema>,
}

/// Links one line of descent into a plan.
pub(crate) struct Linker<'a> {
    stock: Stock<'a>,
    /// The own pack first.
    line: Vec<(usize, &'a Pack<'a>)>,
    /// Decisions with a rule that has no body, which is told.
    bodiless: BTreeSet<String>,
    problems: Problems,
}

/// Whether records of a kind, or of those in it, have a field that captions may show.
fn shows(kind: &Type, field: &str) -> bool {
    kind.object().is_some_and(|object| {
        object.fields.iter().any(|it| match &it.kind {
            Type::Int { .. } | Type::Instant | Type::Date | Type::Temperature { .. } => {
                *it.name == *field
            }
            inner => shows(inner, field),
        })
    })
}

impl<'a> Linker<'a> {
    pub(crate) fn new(stock: Stock<'a>, line: &[usize]) -> Self {
        Self {
            stock,
            line: line
                .iter()
                .filter_map(|index| Some((*index, stock.packs.get(*index)?)))
                .collect(),
            bodiless: BTreeSet::new(),
            problems: Problems::default(),
        }
    }

    /// Links the plan. `used` collects the entries of the own pack's `[overrides]` and
    /// `[drops]` that this line needs.
    pub(crate) fn link(mut self, used: &mut BTreeSet<String>) -> Result<Plan, Problems> {
        let Some((_, own)) = self.line.first().copied() else {
            return Err(self.problems);
        };
        for (_, parent) in self.line.iter().skip(1) {
            if parent.source.manifest.subject != own.source.manifest.subject
                || parent.offset != own.offset
            {
                let place = own.key(["inherits"]);
                self.problems
                    .push(Problem::new(Code::PackSubject, place).with("parent", &parent.id));
            }
        }
        let params = self.params(used);
        let record = params_record(&params);
        let mut decisions = Vec::new();
        for (name, declaring) in self.declared() {
            let rules = self.rules(&name, (&params, &record), used);
            decisions.extend(self.decision(&name, declaring, rules));
        }
        let plan = Plan {
            subject: own.source.manifest.subject.clone(),
            offset: own.offset,
            params: record,
            decisions,
        };
        self.problems.or(plan)
    }

    /// Notes that `own` redefines `name`. It is a problem if the manifest does not list
    /// it.
    fn redefines(
        &mut self,
        own: &Pack<'_>,
        name: String,
        place: Place,
        used: &mut BTreeSet<String>,
    ) {
        if !own.source.manifest.overrides.contains_key(&name) {
            let problem = Problem::new(Code::OverrideUndeclared, place).with("name", &name);
            self.problems.push(problem);
        }
        used.insert(name);
    }

    /// Params by name, each from the nearest pack that defines it.
    fn params(&mut self, used: &mut BTreeSet<String>) -> BTreeMap<String, &'a Param> {
        let mut params: BTreeMap<String, &'a Param> = BTreeMap::new();
        let line = self.line.clone();
        for (depth, (_, pack)) in line.iter().enumerate().rev() {
            for (name, param) in &pack.source.manifest.params {
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

    /// The title of a document that the pack at `depth` cites. A pack sees its own
    /// sources and those of its ancestors.
    fn source(&self, depth: usize, key: &str) -> Option<&'a Localized> {
        self.line
            .iter()
            .skip(depth)
            .find_map(|(_, pack)| pack.source.manifest.sources.get(key))
            .map(|source| &source.title)
    }

    fn unknown_source(&mut self, depth: usize, key: &str, place: Place) {
        let known: Vec<&str> = self
            .line
            .iter()
            .skip(depth)
            .flat_map(|(_, pack)| pack.source.manifest.sources.keys().map(String::as_str))
            .collect();
        let near =
            nearest(key, known.iter().copied()).map_or_else(|| known.join(", "), str::to_owned);
        self.problems.push(
            Problem::new(Code::SourceUnknown, place)
                .with("name", key)
                .with("near", &near),
        );
    }

    /// Every declared decision, with the pack that declares it.
    fn declared(&mut self) -> BTreeMap<String, &'a Pack<'a>> {
        let mut declared: BTreeMap<String, &'a Pack<'a>> = BTreeMap::new();
        for (_, pack) in self.line.iter().rev() {
            for name in pack.source.manifest.decisions.keys() {
                if let Some(other) = declared.get(name) {
                    let place = pack.key(["decisions", name]);
                    let problem = Problem::new(Code::DecisionRedeclared, place)
                        .with("decision", name)
                        .with("other", &other.id);
                    self.problems.push(problem);
                } else {
                    declared.insert(name.clone(), pack);
                }
            }
        }
        for (_, pack) in &self.line {
            let scripts = pack.scripts.keys().chain(&pack.unread).map(|name| {
                let name = *name;
                let place = Place::file(&pack.id.script(name), 1, 1);
                (name, place)
            });
            let captions = pack.source.captions.keys().map(|name| {
                let name = name.as_str();
                let place = Place::key(&pack.file("captions.toml"), [name]);
                (name, place)
            });
            for (name, place) in scripts.chain(captions) {
                if !declared.contains_key(name) {
                    let known: Vec<&str> = declared.keys().map(String::as_str).collect();
                    let problem = Problem::new(Code::DecisionUndeclared, place)
                        .with("name", name)
                        .with("known", known.join(", "));
                    self.problems.push(problem);
                }
            }
        }
        declared
    }

    /// The rules of a decision, each from the nearest pack that defines it, except
    /// those that a nearer pack drops.
    fn rules(
        &mut self,
        decision: &str,
        (params, record): (&BTreeMap<String, &'a Param>, &Value),
        used: &mut BTreeSet<String>,
    ) -> Vec<Rule> {
        let mut rules: BTreeMap<String, Rule> = BTreeMap::new();
        // Also those without a body.
        let mut defined: BTreeSet<String> = BTreeSet::new();
        let line = self.line.clone();
        for (depth, (_, pack)) in line.iter().enumerate().rev() {
            let mut deeper = BTreeSet::new();
            let noted = if depth == 0 { &mut *used } else { &mut deeper };
            for name in pack.source.manifest.drops.keys() {
                let dropped = name
                    .strip_prefix(decision)
                    .and_then(|rest| rest.strip_prefix('.'))
                    .filter(|rule| defined.remove(*rule));
                if let Some(rule) = dropped {
                    rules.remove(rule);
                    noted.insert(name.clone());
                }
            }
            let Some(script) = pack.scripts.get(decision) else {
                continue;
            };
            let file: Arc<str> = pack.id.script(decision).into();
            for function in script.functions() {
                let place = Place::file(&file, function.line, 1);
                if !defined.insert(function.name.clone()) {
                    let name = format!("{decision}.{}", function.name);
                    self.redefines(pack, name, place, noted);
                }
                let citation = self.citation(depth, decision, function, params);
                let reads = self.reads(decision, &file, function);
                let Some(body) = self.body(script.as_ref(), function, &reads, record) else {
                    self.bodiless.insert(decision.to_owned());
                    rules.remove(&function.name);
                    continue;
                };
                rules.insert(
                    function.name.clone(),
                    Rule {
                        function: function.name.clone(),
                        reads,
                        citation: Arc::new(citation),
                        file: Arc::clone(&file),
                        body,
                    },
                );
            }
            self.void_captions(pack, decision, script.as_ref());
        }
        rules.into_values().collect()
    }

    /// The body of a rule; `None` if it has none, which is told.
    fn body(
        &mut self,
        script: &dyn Script,
        function: &Function,
        reads: &[Read],
        params: &Value,
    ) -> Option<Arc<dyn Body>> {
        let own = self.line.first().map(|(_, pack)| *pack)?;
        let schema = self.stock.schemas.get(&own.source.manifest.subject)?;
        // A parameter that means nothing is told already.
        if reads.len() != function.parameters.len() {
            return None;
        }
        let body = script.body(&Meaning {
            function: &function.name,
            reads,
            params,
            offset: own.offset,
            schema,
            tables: self.stock.tables,
        });
        body.map_err(|problem| self.problems.push(problem)).ok()
    }

    fn void_captions(&mut self, pack: &Pack<'_>, decision: &str, script: &dyn Script) {
        let captions = pack.source.captions.get(decision);
        for name in captions.iter().flat_map(|c| c.rules.keys()) {
            if !script.functions().iter().any(|rule| rule.name == *name) {
                let place = Place::key(&pack.file("captions.toml"), [decision, "rules", name]);
                self.problems
                    .push(Problem::new(Code::CaptionVoid, place).with("name", name));
            }
        }
    }

    fn reads(&mut self, decision: &str, file: &str, function: &Function) -> Vec<Read> {
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
        let schema = self.stock.schemas.get(&own.source.manifest.subject)?;
        if name == "params" {
            Some(Read::Params)
        } else if schema.sections().any(|section| section == name) {
            let field = schema.root().position(name)?;
            Some(Read::Section(name.to_owned(), field))
        } else if self.stock.tables.contains_key(name) {
            Some(Read::Table(name.to_owned()))
        } else {
            let declares = |pack: &Pack<'_>| pack.source.manifest.decisions.contains_key(name);
            let known = name != decision && self.within_reach().any(declares);
            known.then(|| Read::Earlier(name.to_owned()))
        }
    }

    /// The packs whose decisions rules may read: those of the own line, and those of
    /// other series that can rule in the same place.
    fn within_reach(&self) -> impl Iterator<Item = &'a Pack<'a>> {
        let own = self.line.first().map(|(_, pack)| *pack);
        let beside = self.stock.packs.iter().filter(move |pack| {
            own.is_some_and(|own| {
                let (near, here) = (pack.id.region(), own.id.region());
                pack.id.series() != own.id.series()
                    && pack.source.manifest.subject == own.source.manifest.subject
                    && (covers(near, here) || covers(here, near))
            })
        });
        let line: Vec<&Pack<'_>> = self.line.iter().map(|(_, pack)| *pack).collect();
        line.into_iter().chain(beside)
    }

    fn unknown_parameter(&mut self, decision: &str, file: &str, function: &Function, name: &str) {
        let subject = self
            .line
            .first()
            .map(|(_, pack)| &pack.source.manifest.subject);
        let schema = subject.and_then(|subject| self.stock.schemas.get(subject));
        let decisions = self
            .within_reach()
            .flat_map(|pack| pack.source.manifest.decisions.keys());
        let known: Vec<&str> = schema
            .into_iter()
            .flat_map(Schema::sections)
            .chain(["params"])
            .chain(self.stock.tables.keys().map(String::as_str))
            .chain(decisions.map(String::as_str).filter(|d| *d != decision))
            .collect();
        let near =
            nearest(name, known.iter().copied()).map_or_else(|| known.join(", "), str::to_owned);
        let place = Place::file(file, function.line, 1);
        self.problems.push(
            Problem::new(Code::RuleParameter, place)
                .with("name", name)
                .with("rule", &function.name)
                .with("near", &near),
        );
    }

    /// What readers see of a rule, with params filled in.
    fn citation(
        &mut self,
        depth: usize,
        decision: &str,
        function: &Function,
        params: &BTreeMap<String, &'a Param>,
    ) -> Citation {
        let line = self.line.clone();
        let pack = line.get(depth).map(|(_, pack)| *pack);
        let nowhere = PackId::read("");
        let id = pack.map_or(&nowhere, |pack| &pack.id);
        let place = Place::file(&id.script(decision), function.line, 1);
        let source = match &function.source {
            Some(key) => self.source(depth, key).cloned().or_else(|| {
                self.unknown_source(depth, key, place.clone());
                None
            }),
            None => {
                self.problems
                    .push(Problem::new(Code::RuleSource, place).with("name", &function.name));
                None
            }
        };
        let source = source.filter(|source| {
            let file = id.file("pack.toml");
            let key = function.source.as_deref().unwrap_or_default();
            !self.is_long(
                source.longest(),
                &Place::key(&file, ["sources", key, "title"]),
            )
        });
        let captions = pack
            .and_then(|pack| pack.source.captions.get(decision))
            .and_then(|captions| captions.rules.get(&function.name));
        let complete = |c: &&RuleCaptions| !c.caption.is_incomplete() && !c.release.is_incomplete();
        let path = [decision, "rules", &function.name];
        let file = id.file("captions.toml");
        let Some(captions) = captions.filter(complete) else {
            let place = Place::key(&file, path);
            self.problems
                .push(Problem::new(Code::RuleCaption, place).with("name", &function.name));
            return Citation {
                rule: String::new(),
                caption: Localized::default(),
                release: Localized::default(),
                source: Localized::default(),
                shows_facts: false,
            };
        };
        let mut text = |text: &Localized, part: &str| {
            let place = Place::key(&file, path.into_iter().chain([part]));
            let manifest = pack.map(|pack| &pack.source.manifest);
            self.filled(text, manifest, (params, function), &place)
        };
        let (caption, release) = (
            text(&captions.caption, "caption"),
            text(&captions.release, "release"),
        );
        let fact = format!("{{{EVIDENCE}");
        let shows = |text: &Localized| text.texts().any(|(_, text)| text.contains(&fact));
        let citation = Citation {
            rule: format!("{id}/{decision}/{}", function.name),
            shows_facts: shows(&caption) || shows(&release),
            caption,
            release,
            source: source.unwrap_or_default(),
        };
        if citation.shows_facts {
            self.is_long(citation.bytes(), &Place::key(&file, path));
        }
        citation
    }

    fn filled(
        &mut self,
        text: &Localized,
        manifest: Option<&Manifest>,
        (params, function): (&BTreeMap<String, &'a Param>, &Function),
        place: &Place,
    ) -> Localized {
        let names = text.texts().flat_map(|(_, text)| placeholders(text));
        for name in names.into_set() {
            let problem = match name.strip_prefix(EVIDENCE) {
                Some(field) if self.is_shown(function, field) => continue,
                Some(field) => {
                    Problem::new(Code::CaptionEvidence, place.clone()).with("field", field)
                }
                None if params.contains_key(&name) => continue,
                None => Problem::new(Code::CaptionPlaceholder, place.clone()).with("name", &name),
            };
            self.problems.push(problem);
        }
        if self.is_long(text.longest(), place) {
            return Localized::default();
        }
        let filled = text.map(&|tag, text| {
            let tag = manifest.map_or(tag, |it| it.language(tag));
            fill(text, |name| {
                let text = params.get(name)?.words_in(tag);
                // A longer one makes the whole too long; two bytes more say so.
                let end = text.floor_char_boundary(limits::TEXT_BYTES + 2);
                text.get(..end).map(str::to_owned)
            })
        });
        if self.is_long(filled.longest(), place) {
            return Localized::default();
        }
        filled
    }

    /// Whether a record that a rule reads has a field that captions may show.
    fn is_shown(&self, function: &Function, field: &str) -> bool {
        let own = self.line.first().map(|(_, pack)| *pack);
        let schema = own.and_then(|own| self.stock.schemas.get(&own.source.manifest.subject));
        let sections = function.parameters.iter();
        let mut kinds = sections.filter_map(|name| Some(&schema?.root().field(name)?.kind));
        kinds.any(|kind| shows(kind, field))
    }

    /// Whether a text for readers is longer than they would read; it is told if so.
    fn is_long(&mut self, bytes: usize, place: &Place) -> bool {
        let long = bytes > limits::TEXT_BYTES;
        if long {
            let problem = Problem::new(Code::TextSize, place.clone());
            self.problems
                .push(problem.with("limit", limits::TEXT_BYTES));
        }
        long
    }

    fn decision(&mut self, name: &str, declaring: &Pack<'_>, rules: Vec<Rule>) -> Option<Decision> {
        let unread = |(_, pack): &(usize, &Pack<'_>)| pack.unread.contains(name);
        if rules.is_empty()
            && name != SHARED
            && !self.bodiless.contains(name)
            && !self.line.iter().any(unread)
        {
            let place = declaring.key(["decisions", name]);
            self.problems
                .push(Problem::new(Code::DecisionNoScript, place).with("decision", name));
        }
        let scale = declaring.source.manifest.decisions.get(name)?;
        let captions = declaring.source.captions.get(name)?;
        let levels = scale.scale.iter().zip(&scale.colours);
        let texts = captions.name.iter().chain(captions.levels.values());
        let place = Place::key(&declaring.file("captions.toml"), [name]);
        for text in texts {
            self.is_long(text.longest(), &place);
        }
        Some(Decision {
            name: name.into(),
            declared_by: declaring.id.as_str().into(),
            roles: scale.roles(),
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
}

/// The params as one record, with a field for each.
fn params_record(params: &BTreeMap<String, &Param>) -> Value {
    let any = || {
        Type::Text(TextType {
            least: 0,
            most: usize::MAX,
            pattern: None,
            number: false,
        })
    };
    let fields = params.keys().map(|name| Field::new(name.as_str(), any()));
    let object = Arc::new(Object::new(fields.collect()));
    let values = params.values().map(|param| param.typed().ok()).collect();
    Value::Record(Record::new(object, values, Vec::new()))
}
