//! A house to try out: persons decided and explained, cases as they come out and what they
//! exercise, and laws, all on packs that are loaded once.

use crate::bring::{Brought, Search, bring};
use crate::case::{self, Case, Expectation};
use crate::compare::{LevelName, StretchView, explained};
use crate::coverage::{FileCoverage, measure};
use crate::explain::{Explanation, Ground, explain};
use crate::laws::{LawReport, search};
use crate::probes::Watched;
use crate::tables;
use longma_compile::Bundle;
use longma_compile::texts::{Texts, read};
use longma_core::order::Gather;
use longma_core::{
    Catalogue, DecisionOutcome, Instant, Localized, Outcome, Problems, References, Request,
    Severity,
};
use longma_lang::finding::Finding;
use serde::Serialize;
use serde_json::Value as Json;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// How many records are tried for each section when what would bring a level is sought.
const TRIES: u64 = 400;

/// Packs that are loaded, with their cases.
///
/// ```
/// use longma_desk::trial::{Person, Trial};
/// # use longma_compile::texts::Texts;
/// # use std::collections::BTreeMap;
/// # let rules = std::path::Path::new("../rules");
/// # let on_disk = |file: &str| std::fs::read_to_string(rules.join(file)).unwrap();
/// # let text = |file: &str| (file.to_owned(), on_disk(file));
/// # let pack = |file: &str| text(&format!("packs/62/validity-2020-02-21/{file}"));
/// // A code is valid for 24 hours from its issue.
/// let texts = Texts::from([
///     text("schema/person.schema.json"),
///     text("reference/risk_areas.schema.json"),
///     text("reference/places.csv"),
///     pack("pack.toml"),
///     pack("captions.toml"),
///     pack("validity.rhai"),
///     pack("cases/validity.toml"),
/// ]);
/// let trial = Trial::of(&texts).unwrap();
/// let facts = r#"{
///     "subject": "person",
///     "identity": {
///         "name": "测试甲", "region": "620102",
///         "document": {"type": "other", "number": "CASE-0001"}
///     },
///     "issuance": [{"issued_at": "2020-02-25T10:00:00+08:00"}]
/// }"#;
/// let person = Person { facts, tables: &BTreeMap::new(), region: None };
/// let tried = trial.decide(person).unwrap();
/// let levels = tried.decisions[0].timeline.iter().map(|it| it.level.as_str());
/// // Unknown before and after the pack is in force.
/// assert_eq!(levels.collect::<Vec<_>>(), ["unknown", "invalid", "valid", "invalid", "unknown"]);
/// let cases = trial.cases("62/validity-2020-02-21");
/// assert!(cases.iter().all(|case| case.tried.is_some()));
/// ```
#[derive(Debug)]
pub struct Trial {
    bundle: Bundle,
    catalogue: Catalogue,
    cases: Vec<Case>,
    /// Loaded when an explanation or a measure is first asked for.
    watched: OnceCell<Watched>,
}

/// Who is decided.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// The facts as JSON text.
    pub facts: &'a str,
    /// CSV texts of tables by name.
    pub tables: &'a BTreeMap<String, String>,
    /// Where, if not where the facts say.
    pub region: Option<&'a str>,
}

/// A person decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tried {
    /// The region whose rules apply.
    pub region: String,
    /// At which times are written.
    pub offset: String,
    /// Each decision, by name.
    pub decisions: Vec<Decision>,
}

/// What a decision says over all time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// Its name.
    pub name: String,
    /// Its name for readers.
    pub caption: Localized,
    /// Its levels, lowest first; `unknown` last.
    pub levels: Vec<LevelName>,
    /// Its stretches, earliest first.
    pub timeline: Vec<StretchView>,
}

/// A case as it comes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TriedCase {
    /// Its file.
    pub file: String,
    /// The line on which it begins, from 1.
    pub line: usize,
    /// Its name.
    pub name: String,
    /// Its facts as JSON text.
    pub facts: String,
    /// CSV texts of its tables by name.
    pub tables: BTreeMap<String, String>,
    /// When it asks for which levels.
    pub at: Vec<Expectation>,
    /// Whether everything came out as expected.
    pub passed: bool,
    /// The decisions it asks about; `None` if its facts are refused.
    pub tried: Option<Tried>,
}

impl Trial {
    /// Loads packs.
    ///
    /// # Errors
    /// The findings for which they cannot be loaded.
    pub fn of(texts: &Texts) -> Result<Self, Vec<Finding>> {
        let house = read(texts);
        let is_error = |it: &Finding| it.severity == Severity::Error;
        let wrong: Vec<Finding> = house.findings.into_iter().filter(is_error).collect();
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let bundle = house.bundle;
        let compiled = longma_compile::compile(&bundle);
        let (catalogue, _) = compiled
            .map_err(|problems| problems.into_iter().map(Finding::from).collect::<Vec<_>>())?;
        Ok(Self {
            catalogue,
            cases: case::read(texts).cases,
            watched: OnceCell::new(),
            bundle,
        })
    }

    fn watched(&self) -> Result<&Watched, Problems> {
        if let Some(watched) = self.watched.get() {
            return Ok(watched);
        }
        let watched = Watched::load(&self.bundle)?;
        Ok(self.watched.get_or_init(|| watched))
    }

    /// Decides a person over all time.
    ///
    /// # Errors
    /// The problems of the facts or tables.
    pub fn decide(&self, person: Person<'_>) -> Result<Tried, Problems> {
        let tables = self.tables(person.tables)?;
        let outcome = self.outcome(person, &tables)?;
        Ok(tried(&outcome, person.region, |_| true))
    }

    /// Why every decision has its level at an instant.
    ///
    /// # Errors
    /// The problems of the facts or tables.
    pub fn explain(&self, person: Person<'_>, at: Instant) -> Result<Explanation, Problems> {
        let tables = self.tables(person.tables)?;
        let ground = Ground {
            bundle: &self.bundle,
            catalogue: &self.catalogue,
            watched: self.watched()?,
            facts: person.facts,
            tables: person.tables,
        };
        let facts = self.catalogue.read_facts(person.facts)?;
        explain(ground, &facts, request(person.region, &tables), at)
    }

    /// The records that, one of them added, bring decisions to `level` from `at` on.
    ///
    /// # Errors
    /// The problems of the facts or tables.
    pub fn bring(
        &self,
        person: Person<'_>,
        at: Instant,
        level: &str,
    ) -> Result<Vec<Brought>, Problems> {
        let tables = self.tables(person.tables)?;
        let outcome = self.outcome(person, &tables)?;
        let search = Search {
            bundle: &self.bundle,
            catalogue: &self.catalogue,
            facts: person.facts,
            tables: &tables::rows(person.tables),
            request: request(person.region, &tables),
            at,
            tries: TRIES,
        };
        Ok(bring(search, &outcome, level))
    }

    /// The cases of a pack as they come out.
    #[must_use]
    pub fn cases(&self, pack: &str) -> Vec<TriedCase> {
        let cases = self.cases.iter().filter(|case| case.pack == pack);
        let cases = cases.map(|case| {
            let asked: BTreeSet<&str> = case.asked().into_set();
            let (outcome, failures) = case.tried(&self.catalogue);
            let tried = |outcome| tried(&outcome, None, |name| asked.contains(name));
            TriedCase {
                file: case.file.clone(),
                line: case.line,
                name: case.name.clone(),
                facts: case.facts.clone(),
                tables: case.references.clone(),
                at: case.at.clone(),
                passed: failures.is_empty(),
                tried: outcome.ok().map(tried),
            }
        });
        cases.collect()
    }

    /// What the cases exercise of a pack's scripts. Cases of other packs count too, for the
    /// pack may hold where they are.
    ///
    /// # Errors
    /// The problems for which the scripts cannot be watched.
    pub fn coverage(&self, pack: &str) -> Result<Vec<FileCoverage>, Problems> {
        let concerned = self.cases.iter().filter(|case| {
            let facts = self.catalogue.read_facts(&case.facts).ok();
            let region = facts
                .as_ref()
                .and_then(|it| it.region())
                .unwrap_or_default();
            let policies = self.catalogue.policies(region).iter();
            policies
                .flat_map(longma_core::Policy::packs)
                .any(|id| id == pack)
        });
        let cases: Vec<Case> = concerned.cloned().collect();
        let measured = measure(&self.bundle, self.watched()?, &cases, &[pack.to_owned()]);
        Ok(measured.packs.into_iter().flat_map(|it| it.files).collect())
    }

    /// A person as a case to paste, which expects at one instant what `at` says.
    ///
    /// # Errors
    /// The problems of the facts.
    pub fn case(
        &self,
        name: &str,
        person: Person<'_>,
        at: &Expectation,
    ) -> Result<String, Problems> {
        let facts = self.catalogue.read_facts(person.facts)?;
        let known: Json = serde_json::from_str(person.facts).unwrap_or_default();
        let rows = tables::rows(person.tables);
        let schema = self.catalogue.schema(facts.subject());
        let pasted = schema.map(|schema| case::paste(name, &known, &rows, schema.root(), at));
        Ok(pasted.unwrap_or_default())
    }

    /// The laws that apply to a pack, each tried on so many invented persons.
    #[must_use]
    pub fn laws(&self, pack: &str, persons: u64, seed: u64) -> Vec<LawReport> {
        let packs = [pack.to_owned()];
        search(&self.bundle, &self.catalogue, &packs, persons, seed)
    }

    fn tables(&self, texts: &BTreeMap<String, String>) -> Result<References, Problems> {
        tables::read(&self.catalogue, texts)
    }

    fn outcome(&self, person: Person<'_>, tables: &References) -> Result<Outcome, Problems> {
        let request = request(person.region, tables);
        self.catalogue.evaluate(person.facts, request)
    }
}

fn request<'a>(region: Option<&'a str>, tables: &'a References) -> Request<'a> {
    Request {
        region,
        references: Some(tables),
        ..Request::default()
    }
}

fn tried(outcome: &Outcome, region: Option<&str>, wanted: impl Fn(&str) -> bool) -> Tried {
    let decisions = outcome.decisions().iter();
    let decisions = decisions.filter(|(name, _)| wanted(name));
    Tried {
        region: region
            .or(outcome.facts().region())
            .unwrap_or_default()
            .to_owned(),
        offset: outcome.offset().to_string(),
        decisions: decisions
            .map(|(name, decision)| Decision {
                name: name.clone(),
                caption: decision.caption().clone(),
                levels: levels(decision),
                timeline: explained(outcome, name).timeline,
            })
            .collect(),
    }
}

fn levels(decision: &DecisionOutcome) -> Vec<LevelName> {
    let levels = decision.levels().iter().map(LevelName::of);
    levels.chain([LevelName::unknown()]).collect()
}
