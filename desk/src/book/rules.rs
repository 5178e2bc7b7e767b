//! A pack's rules and params, own and inherited, along every line of descent that the pack
//! is part of.

use super::cases::CaseView;
use super::{Ends, Maker};
use crate::difference::{captions, source};
use crate::rule::RuleText;
use crate::text::bilingual;
use longma_compile::Lineage;
use longma_compile::world::{Given, Scope};
use longma_compile::{Param, Scale};
use longma_core::Localized;
use longma_core::order::Gather;
use longma_lang::scope::Source as Kind;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A decision as a chapter shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DecisionView {
    /// Name.
    pub name: String,
    /// Name for readers.
    pub caption: Localized,
    /// The pack that declares it.
    pub pack: String,
    /// Its levels, lowest first.
    pub levels: Vec<LevelView>,
    /// The sections of the facts that its rules read.
    pub sections: Vec<(String, Localized)>,
    /// The reference tables that its rules read.
    pub tables: Vec<String>,
    /// The earlier decisions that its rules read.
    pub earlier: Vec<String>,
    /// The rules of this pack.
    pub rules: Vec<RuleView>,
    /// The inherited rules.
    pub inherited: Vec<InheritedRule>,
}

/// A level of a scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelView {
    /// Name.
    pub name: String,
    /// Name for readers.
    pub caption: Localized,
    /// The tone that it is shown in.
    pub tone: String,
}

/// A rule as a chapter shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleView {
    /// Name.
    pub name: String,
    /// Its condition and span in words; empty if a language is missing.
    pub words: Localized,
    /// What a citizen reads; several if inherited params change it over time.
    pub told: Vec<Told>,
    /// The document that it cites.
    pub source: Option<Citation>,
    /// The levels that it names, lowest first.
    pub levels: Vec<LevelView>,
    /// The sections, tables, and decisions that it reads.
    pub reads: Vec<String>,
    /// The params that it names, with their values.
    pub params: Vec<(String, Vec<Localized>)>,
    /// The reason, if it redefines an inherited rule.
    pub overrides: Option<Localized>,
    /// The rule and its shared steps, as written.
    pub text: String,
    /// Numbers of this chapter's cases in which it gives a cause.
    pub cases: Vec<usize>,
}

/// What a citizen reads about a rule over some spans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// When.
    pub spans: Vec<Ends>,
    /// Why the level holds.
    pub caption: Localized,
    /// What ends it.
    pub release: Localized,
}

/// An inherited rule, defined by another pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InheritedRule {
    /// Name.
    pub name: String,
    /// The pack that defines it.
    pub pack: String,
    /// What a citizen reads, and when.
    pub told: Vec<Told>,
}

/// A cited document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Citation {
    /// Its key.
    pub key: String,
    /// Its title.
    pub title: Localized,
    /// Its date, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// `V`: read; `W`: read in a weak source; `A`: assumed.
    pub grade: String,
}

/// A param as a chapter shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParamView {
    /// Name.
    pub name: String,
    /// The pack that gives it.
    pub pack: String,
    /// When it holds, within the span of this chapter's pack.
    pub spans: Vec<Ends>,
    /// Its value with its unit.
    pub value: Localized,
    /// Its unit.
    pub unit: String,
    /// The document that it comes from.
    pub source: Option<Citation>,
    /// Whether it is assumed.
    pub assumed: bool,
    /// What a reader should know about it.
    pub note: Option<Localized>,
    /// The reason, if this pack redefines an inherited param.
    pub overrides: Option<Localized>,
}

/// Reads one pack along its lines of descent.
pub(super) struct Reader<'a> {
    maker: &'a Maker<'a>,
    pack: usize,
    lines: Vec<(&'a Lineage, &'a Scope<'a>)>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(maker: &'a Maker<'a>, pack: usize) -> Self {
        let lines = maker.world.packs.get(pack).map(|pack| &pack.lineages);
        let lines = lines.into_iter().flatten();
        Self {
            maker,
            pack,
            lines: lines
                .filter_map(|line| Some((line, maker.world.scope(line)?)))
                .collect(),
        }
    }

    fn id(&self, pack: usize) -> String {
        let pack = self.maker.world.packs.get(pack);
        pack.map(|pack| pack.source.id.clone()).unwrap_or_default()
    }

    pub(super) fn sources(&self) -> Vec<Citation> {
        let pack = self.maker.world.packs.get(self.pack);
        let sources = pack
            .into_iter()
            .flat_map(|pack| &pack.source.manifest.sources);
        sources.map(|(key, source)| citation(key, source)).collect()
    }

    /// Why this pack redefines `name`.
    fn reason(&self, name: &str) -> Option<Localized> {
        let pack = self.maker.world.packs.get(self.pack)?;
        let reason = pack.source.manifest.overrides.get(name)?;
        Some(bilingual(reason))
    }

    pub(super) fn params(&self) -> Vec<ParamView> {
        let mut params: BTreeMap<(bool, &str, usize), ParamView> = BTreeMap::new();
        for (line, scope) in &self.lines {
            for (name, given) in &scope.params {
                let key = (given.pack != self.pack, *name, given.pack);
                let view = params
                    .entry(key)
                    .or_insert_with(|| self.param(scope, name, given));
                view.spans.extend(line.span.map(Ends::from));
            }
        }
        params.into_values().collect()
    }

    fn param(&self, scope: &Scope<'_>, name: &str, given: &Given<&Param>) -> ParamView {
        let param = given.what;
        let key = param.source.as_deref();
        let own = given.pack == self.pack;
        ParamView {
            name: name.to_owned(),
            pack: self.id(given.pack),
            spans: Vec::new(),
            value: param.words(),
            unit: param.unit.clone(),
            source: key.and_then(|key| self.citation(scope, given.pack, key)),
            assumed: param.assumed,
            note: param.note.clone(),
            overrides: own
                .then(|| self.reason(&format!("params.{name}")))
                .flatten(),
        }
    }

    fn citation(&self, scope: &Scope<'_>, pack: usize, key: &str) -> Option<Citation> {
        let source = source(self.maker.world, scope, pack, key)?;
        Some(citation(key, source))
    }

    /// The decisions along all lines, ordered by name.
    pub(super) fn decisions(&self, cases: &[CaseView]) -> Vec<DecisionView> {
        let mut decisions: BTreeMap<&str, DecisionView> = BTreeMap::new();
        for (_, scope) in &self.lines {
            for (name, given) in &scope.decisions {
                decisions
                    .entry(name)
                    .or_insert_with(|| self.decision(name, given, cases));
            }
        }
        decisions.into_values().collect()
    }

    fn decision(&self, name: &str, given: &Given<&Scale>, cases: &[CaseView]) -> DecisionView {
        let pack = self.maker.world.packs.get(given.pack);
        let captions = pack.and_then(|pack| pack.source.captions.get(name));
        let caption = captions.and_then(|captions| captions.name.clone());
        let tones = given.what.colours.iter();
        let levels = given.what.scale.iter().zip(tones).map(|(level, tone)| {
            let caption = captions.and_then(|captions| captions.levels.get(level));
            LevelView {
                name: level.clone(),
                caption: caption.cloned().unwrap_or_else(|| Localized::same(level)),
                tone: tone.clone(),
            }
        });
        let mut view = DecisionView {
            name: name.to_owned(),
            caption: caption.unwrap_or_else(|| Localized::same(name)),
            pack: self.id(given.pack),
            levels: levels.collect(),
            sections: Vec::new(),
            tables: Vec::new(),
            earlier: Vec::new(),
            rules: Vec::new(),
            inherited: Vec::new(),
        };
        self.fill(&mut view, cases);
        view
    }

    /// Adds the rules along all lines, and what they read.
    fn fill(&self, view: &mut DecisionView, cases: &[CaseView]) {
        let mut rules: BTreeMap<(&str, usize), Found> = BTreeMap::new();
        let mut reads: BTreeMap<&str, Kind> = BTreeMap::new();
        for (line, scope) in &self.lines {
            let own = scope.rules.iter().filter(|((d, _), _)| *d == view.name);
            for ((decision, rule), given) in own {
                let told = &mut rules
                    .entry((rule, given.pack))
                    .or_insert((*given, Vec::new()))
                    .1;
                let captions = captions(self.maker.world, scope, decision, rule, given.pack);
                let span = line.span.map(Ends::from);
                match told.iter_mut().find(|told| {
                    told.caption == captions.caption && told.release == captions.release
                }) {
                    Some(told) => told.spans.extend(span),
                    None => told.push(Told {
                        spans: span.into_iter().collect(),
                        caption: captions.caption,
                        release: captions.release,
                    }),
                }
                let text = self.text(decision, given);
                for name in text.iter().flat_map(RuleText::reads) {
                    if let Some((kind, _)) = scope.names.read(decision, name) {
                        reads.insert(name, kind);
                    }
                }
            }
        }
        for ((rule, pack), (given, told)) in rules {
            if pack == self.pack {
                view.rules
                    .extend(self.rule(view, rule, &given, told, cases));
            } else {
                view.inherited.push(InheritedRule {
                    name: rule.to_owned(),
                    pack: self.id(pack),
                    told,
                });
            }
        }
        for (name, kind) in reads {
            match kind {
                Kind::Section => view.sections.push((name.to_owned(), self.section(name))),
                Kind::Table => view.tables.push(name.to_owned()),
                Kind::Decision => view.earlier.push(name.to_owned()),
                Kind::Params => {}
            }
        }
    }

    fn text(&self, decision: &str, given: &Given<usize>) -> Option<RuleText<'a>> {
        let script = self
            .maker
            .world
            .packs
            .get(given.pack)?
            .scripts
            .get(decision)?;
        RuleText::new(script, given.what)
    }

    /// What a section of the facts holds, in words.
    fn section(&self, name: &str) -> Localized {
        let schema = self
            .lines
            .first()
            .and_then(|(_, scope)| scope.names.schema.as_ref());
        let field = schema.and_then(|schema| schema.field(name));
        field.map(|field| field.words.clone()).unwrap_or_default()
    }

    fn rule(
        &self,
        decision: &DecisionView,
        name: &str,
        given: &Given<usize>,
        told: Vec<Told>,
        cases: &[CaseView],
    ) -> Option<RuleView> {
        let text = self.text(&decision.name, given)?;
        let (_, scope) = self.lines.first()?;
        let named = text.params();
        let mut mentions: BTreeSet<String> =
            text.mentions().into_iter().map(str::to_owned).into_set();
        for (_, scope) in &self.lines {
            let params = named.iter().filter_map(|name| scope.params.get(name));
            mentions.extend(params.filter_map(|given| level_param(given.what)));
        }
        let path = format!("{}/{}/{name}", self.id(self.pack), decision.name);
        Some(RuleView {
            words: text.words(),
            told,
            source: text
                .source()
                .and_then(|key| self.citation(scope, self.pack, key)),
            levels: decision
                .levels
                .iter()
                .filter(|level| mentions.contains(&level.name))
                .cloned()
                .collect(),
            reads: text
                .reads()
                .into_iter()
                .filter(|name| *name != "params")
                .map(str::to_owned)
                .collect(),
            params: named
                .into_iter()
                .map(|name| (name.to_owned(), self.values(name)))
                .collect(),
            overrides: self.reason(&format!("{}.{name}", decision.name)),
            text: text.text(),
            cases: cases
                .iter()
                .filter(|case| case.rules.contains(&path))
                .map(|case| case.number)
                .collect(),
            name: name.to_owned(),
        })
    }

    /// The distinct values of a param along the lines.
    fn values(&self, name: &str) -> Vec<Localized> {
        let mut values = Vec::new();
        for (_, scope) in &self.lines {
            if let Some(given) = scope.params.get(name) {
                let value = given.what.words();
                if !values.contains(&value) {
                    values.push(value);
                }
            }
        }
        values
    }
}

/// A rule, and what a citizen reads about it along the lines.
type Found = (Given<usize>, Vec<Told>);

/// The level that a param names.
fn level_param(param: &Param) -> Option<String> {
    (param.unit == "level").then(|| param.words().en)
}

fn citation(key: &str, source: &longma_compile::Source) -> Citation {
    Citation {
        key: key.to_owned(),
        title: source.title.clone(),
        date: source.date.clone(),
        grade: source.grade.clone(),
    }
}
