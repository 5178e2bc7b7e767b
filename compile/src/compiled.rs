//! Compiled rules as those see them who ask what a program is and what it costs: each
//! rule by pack, decision and name, with the entry that it runs.

use crate::compiler::Compiler;
use crate::cost::{self, Bound, Caps, Sources};
use crate::manifest::Bundle;
use crate::optimise::Steps;
use longma_core::order::Gather;
use longma_core::plan::{Plan, Read, Rule};
use longma_core::program::{Entry, Program};
use longma_core::{Catalogue, PackId, Problems, Schema};
use longma_lang::script::Script;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The packs of a bundle, compiled, with every rule by name.
///
/// ```
/// use longma_compile::compiled::Compiled;
/// use longma_compile::cost::Bound;
/// use longma_compile::texts::{Texts, read};
///
/// let text = |file: &str, text: &str| (format!("packs/62/2022-03-07/{file}"), text.to_owned());
/// let house = read(&Texts::from([
///     ("schema/area.schema.json".to_owned(), SCHEMA.to_owned()),
///     text("pack.toml", MANIFEST),
///     text("captions.toml", CAPTIONS),
///     text("code.rhai", "/// source: plan\nfn whole(identity) { red(always()) }"),
/// ]));
/// let compiled = Compiled::new(&house.bundle)?;
/// let plan = &compiled.plans[0];
/// let rule = &plan.rules[0];
/// assert_eq!(rule.path, "62/2022-03-07/code/whole");
/// let bound: Bound = compiled.bound(plan, rule).expect("it is a rule of the plan");
/// // A list of one cause, its level, its set, and reading the set's one span.
/// assert_eq!(bound.exact.to_string(), "5");
/// # const SCHEMA: &str = include_str!("../../rules/schema/area.schema.json");
/// # const MANIFEST: &str = r#"
/// # subject = "area"
/// # version = "1"
/// # title = { zh-CN = "方案", en = "A plan" }
/// # authority = { zh-CN = "省", en = "Province" }
/// # effective.from = 2022-03-07T00:00:00+08:00
/// # sources.plan = { title = { zh-CN = "原文", en = "Text" }, date = 2022-01-01, grade = "V" }
/// # [decisions.code]
/// # scale = ["green", "red"]
/// # colours = ["green", "red"]
/// # "#;
/// # const CAPTIONS: &str = r#"
/// # [code]
/// # name = { zh-CN = "码", en = "Code" }
/// # levels.green = { zh-CN = "绿", en = "Green" }
/// # levels.red = { zh-CN = "红", en = "Red" }
/// # [code.rules.whole]
/// # caption = { zh-CN = "话", en = "Words" }
/// # release = { zh-CN = "话", en = "Words" }
/// # "#;
/// # Ok::<(), longma_core::Problems>(())
/// ```
#[derive(Debug)]
pub struct Compiled {
    /// The packs, ready to decide.
    pub catalogue: Catalogue,
    /// Their plans.
    pub plans: Vec<PlanOf>,
    pub(crate) program: Arc<Program>,
    pub(crate) steps: Steps,
    schemas: BTreeMap<String, (Schema, Caps)>,
    tables: BTreeMap<String, Schema>,
}

/// The plan of one pack with what it inherits, over a span in which that is the same.
#[derive(Debug)]
pub struct PlanOf {
    /// The pack in force, then those that it inherits.
    pub packs: Arc<[String]>,
    /// What it decides about.
    pub subject: String,
    /// Its rules, by decision and name.
    pub rules: Vec<RuleOf>,
    pub(crate) plan: Arc<Plan>,
}

/// A rule of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleOf {
    /// Its path: `pack/decision/function`, where the pack is the one that declares it.
    pub path: String,
    /// The script that it stands in, inside of the bundle.
    pub file: Arc<str>,
    /// The line of the script where it starts, from 1; 0 if it is not known.
    pub line: usize,
    /// What it reads, in the order of its parameters.
    pub reads: Vec<String>,
    /// Its number among the program's entries. Rules that are the same in everything
    /// have the same.
    pub entry: usize,
}

impl Compiled {
    /// Checks, links and compiles the packs of a bundle.
    ///
    /// # Errors
    /// All problems of all packs.
    pub fn new(bundle: &Bundle) -> Result<Self, Problems> {
        let compiler = Compiler::new(bundle);
        let catalogue = crate::load(bundle, &compiler)?;
        let (program, steps) = compiler.finish_in_steps();
        let read = |text: &String| Schema::read_partly(text, "").0;
        let of = |texts: &BTreeMap<String, String>| -> BTreeMap<String, Schema> {
            let schemas = texts.iter();
            schemas
                .filter_map(|(name, text)| Some((name.clone(), read(text)?)))
                .into_map()
        };
        let schemas = of(&bundle.schemas).into_iter().map(|(name, schema)| {
            let caps = Caps::new(schema.root());
            (name, (schema, caps))
        });
        let mut lines = Lines::new(bundle);
        let mut plans: Vec<PlanOf> = Vec::new();
        for pack in catalogue.packs() {
            let history = catalogue.history_of(&pack.id).unwrap_or_default();
            for policy in history.policies() {
                let parts = policy.parts().iter();
                for part in parts.filter(|part| part.packs.first() == Some(&pack.id)) {
                    if plans
                        .iter()
                        .any(|known| Arc::ptr_eq(&known.plan, &part.plan))
                    {
                        continue;
                    }
                    let decisions = part.plan.decisions.iter();
                    let rules = decisions.flat_map(|decision| &decision.rules);
                    plans.push(PlanOf {
                        packs: Arc::clone(&part.packs),
                        subject: part.plan.subject.clone(),
                        rules: rules.filter_map(|rule| lines.rule(rule)).collect(),
                        plan: Arc::clone(&part.plan),
                    });
                }
            }
        }
        Ok(Self {
            plans,
            program,
            steps,
            schemas: schemas.into_map(),
            tables: of(&bundle.references),
            catalogue,
        })
    }

    /// How long the lists can be that rules about a kind of subject go through.
    #[must_use]
    pub fn caps(&self, subject: &str) -> Option<&Caps> {
        self.schemas.get(subject).map(|(_, caps)| caps)
    }

    /// The most that a rule of a plan can cost; `None` if the plan has no such rule.
    #[must_use]
    pub fn bound(&self, plan: &PlanOf, rule: &RuleOf) -> Option<Bound> {
        let entry = self.program.entries.get(rule.entry)?;
        let sources = self.sources(&self.program, &plan.subject, entry)?;
        Some(cost::bound(sources, entry, self.caps(&plan.subject)?))
    }

    /// What the rules about a kind of subject read.
    pub(crate) fn sources<'a>(
        &'a self,
        program: &'a Program,
        subject: &str,
        entry: &'a Entry,
    ) -> Option<Sources<'a>> {
        let (schema, _) = self.schemas.get(subject)?;
        Some(Sources {
            program,
            facts: schema.root(),
            tables: &self.tables,
            earlier: &entry.earlier,
        })
    }
}

/// Finds where rules stand.
struct Lines<'a> {
    bundle: &'a Bundle,
    /// The lines of each file's functions.
    files: BTreeMap<Arc<str>, BTreeMap<String, usize>>,
}

impl<'a> Lines<'a> {
    fn new(bundle: &'a Bundle) -> Self {
        Self {
            bundle,
            files: BTreeMap::new(),
        }
    }

    fn rule(&mut self, rule: &Rule) -> Option<RuleOf> {
        let reads = rule.reads.iter().map(|read| match read {
            Read::Params => "params".to_owned(),
            Read::Section(name, _) | Read::Table(name) | Read::Earlier(name) => name.clone(),
        });
        Some(RuleOf {
            path: rule.citation.rule.clone(),
            file: Arc::clone(&rule.file),
            line: self.line(&rule.file, &rule.function),
            reads: reads.collect(),
            entry: rule.body.key()?,
        })
    }

    fn line(&mut self, file: &Arc<str>, function: &str) -> usize {
        let bundle = self.bundle;
        let lines = self.files.entry(Arc::clone(file)).or_insert_with(|| {
            let split = PackId::split(file);
            let text = split.and_then(|(id, name)| {
                let pack = bundle.packs.iter().find(|pack| pack.id == id)?;
                pack.scripts.get(name.strip_suffix(".rhai")?)
            });
            let script = Script::read(&**file, text.map_or("", String::as_str));
            let functions = script.parsed.script.functions.iter();
            functions
                .map(|it| {
                    let line = script.lines.position(it.bytes.start).line;
                    (it.name.text.clone(), line)
                })
                .into_map()
        });
        lines.get(function).copied().unwrap_or(0)
    }
}
