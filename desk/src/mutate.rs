//! Mutation testing of packs: slips that somebody makes at the end of a long day, and who
//! notices them.
//!
//! A mutant is one slip in one file. The checker sees it first; if it finds nothing new, the
//! cases run. Of a slip that neither notices, [`House::shown`] seeks the smallest invented
//! person on whom it gives another answer, as a case that notices it. What that case expects
//! is the answer of the pack as it is: whoever takes it over reads the source first.
//!
//! Everything is in a fixed order: the same packs give the same mutants and persons.

mod slips;
#[cfg(test)]
mod tests;

use crate::case::{self, Case, Expectation};
use crate::check::check_with_cases;
use crate::generate::{Generator, Scope, changed};
use crate::shrink::{self, shrink};
use crate::text::say;
use longma_compile::texts::{Texts, read};
use longma_compile::{Bundle, PackSource};
use longma_core::order;
use longma_core::order::Gather;
use longma_core::{Args, Catalogue, Instant, Outcome, PackId, Severity, covers};
use longma_lang::finding::Finding;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// One slip in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mutant {
    /// Stable: file, kind with a number, function or section, old and new text.
    pub id: String,
    /// The kind of slip.
    pub kind: &'static str,
    /// The file's path.
    pub file: String,
    /// The line of the slip, from 1.
    pub line: usize,
    /// What stood there, and what stands there now: the first line of each.
    pub change: [String; 2],
    /// The file with the slip.
    pub text: String,
}

/// Who noticed a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// The checker, by an error or a warning.
    Check,
    /// A case that fails.
    Cases,
    /// Nobody.
    Survived,
}

/// A change to a text: a byte range and its replacement.
pub type Edit = (Range<usize>, String);

/// The slips of one file by kind, each kind in the order of the text.
pub type Slips = Vec<(&'static str, Vec<Edit>)>;

/// The mutants of the files for which `wanted` holds, by the slips that `find` finds.
pub fn mutants(
    texts: &Texts,
    wanted: impl Fn(&str) -> bool,
    sites: usize,
    find: impl Fn(&str, &str) -> Slips,
) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (file, text) in texts.iter().filter(|(file, _)| wanted(file)) {
        for (kind, edits) in find(file, text) {
            for (site, (range, new)) in spread(edits, sites) {
                let old = text.get(range.clone()).unwrap_or_default();
                if old == new {
                    continue;
                }
                let mut changed = text.clone();
                changed.replace_range(range.clone(), &new);
                let short = |text: &str| text.lines().next().unwrap_or("").trim().to_owned();
                let inside = place(text, range.start);
                let (old, new) = (short(old), short(&new));
                let before = text.get(..range.start).unwrap_or_default();
                mutants.push(Mutant {
                    id: format!("{file} | {kind} {site} | {inside} | {old} → {new}"),
                    kind,
                    file: file.clone(),
                    line: before.matches('\n').count() + 1,
                    change: [old, new],
                    text: changed,
                });
            }
        }
    }
    mutants
}

/// At most `sites` edits, spread over the text, each with its number.
fn spread(edits: Vec<Edit>, sites: usize) -> Vec<(usize, Edit)> {
    let count = edits.len();
    let sites = sites.min(count);
    // Split the edits into `sites` parts and take the middle of each.
    let wanted: Vec<usize> = (0..sites)
        .map(|site| (2 * site + 1) * count / (2 * sites))
        .collect();
    let numbered = edits.into_iter().enumerate();
    numbered
        .filter(|(index, _)| wanted.contains(index))
        .collect()
}

/// The function or section that contains a byte.
fn place(text: &str, byte: usize) -> String {
    let mut inside = String::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if at > byte {
            break;
        }
        let bare = line.trim_end().trim_start_matches("private ");
        if let Some(rest) = bare.strip_prefix("fn ") {
            rest.split('(')
                .next()
                .unwrap_or_default()
                .clone_into(&mut inside);
        } else if bare.starts_with('[') {
            bare.clone_into(&mut inside);
        }
        at += line.len();
    }
    inside
}

/// The unchanged packs and their cases. Mutants never change cases, so they are read once.
#[derive(Debug)]
pub struct House {
    texts: Texts,
    bundle: Bundle,
    catalogue: Option<Catalogue>,
    cases: Vec<Case>,
    /// What the checker tells of the packs as they are.
    told: BTreeSet<String>,
    /// The positions of cases that fail as it is.
    failing: BTreeSet<usize>,
}

impl House {
    /// Reads the packs that a change of the pack `id` can concern, with their cases: those about
    /// the same subject that hold where it holds.
    #[must_use]
    pub fn about(texts: &Texts, id: &str) -> Self {
        let bundle = read(texts).bundle;
        let near: BTreeSet<&str> = near(&bundle, id).iter().map(|it| it.id.as_str()).into_set();
        let meant = texts.iter().filter(|(path, _)| {
            PackId::split(path).is_none_or(|(of, _)| of == id || near.contains(of))
        });
        Self::new(
            meant
                .map(|(path, text)| (path.clone(), text.clone()))
                .into_map(),
        )
    }

    /// Reads packs, with their cases, from texts.
    #[must_use]
    pub fn new(texts: Texts) -> Self {
        let bundle = read(&texts).bundle;
        let cases = case::read(&texts).cases;
        let catalogue = longma_oracle::load(&bundle).ok();
        let mut house = Self {
            told: BTreeSet::new(),
            failing: BTreeSet::new(),
            texts,
            bundle,
            catalogue,
            cases,
        };
        house.told = house.findings(&house.texts).into_set();
        if let Some(catalogue) = &house.catalogue {
            let cases = house.cases.iter().enumerate();
            let fails = cases.filter(|(_, case)| !case.run(catalogue).is_empty());
            house.failing = fails.map(|(index, _)| index).into_set();
        }
        house
    }

    /// Whether nothing is wrong with the packs as they are.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.catalogue.is_some() && self.told.is_empty() && self.failing.is_empty()
    }

    /// The slips that people make in the files of the pack `id`, at most `sites` of each kind
    /// in each file, spread over the file.
    #[must_use]
    pub fn slips(&self, id: &str, sites: usize) -> Vec<Mutant> {
        let inside = |file: &str| {
            let of = PackId::split(file).map(|(pack, _)| pack == id);
            of.unwrap_or_default() && !file.contains("/cases/")
        };
        mutants(&self.texts, inside, sites, |file, text| {
            slips::of(&self.bundle, id, file, text)
        })
    }

    /// The findings that stop a pack or should be read, each as a line.
    fn findings(&self, texts: &Texts) -> impl Iterator<Item = String> {
        let read = read(texts);
        let found = check_with_cases(&read.bundle, &self.cases);
        let found = read.findings.into_iter().chain(found);
        let told = found.filter(|finding| finding.severity != Severity::Info);
        told.map(
            |Finding {
                 code,
                 message,
                 spot,
                 ..
             }| {
                format!("{code} {} {}", spot.file().unwrap_or_default(), message.en)
            },
        )
    }

    fn changed(&self, mutant: &Mutant) -> Texts {
        let mut texts = self.texts.clone();
        texts.insert(mutant.file.clone(), mutant.text.clone());
        texts
    }

    /// Who notices a mutant. The cases of its own pack run first.
    #[must_use]
    pub fn fate(&self, mutant: &Mutant) -> Fate {
        let texts = self.changed(mutant);
        if self.findings(&texts).any(|it| !self.told.contains(&it)) {
            return Fate::Check;
        }
        let Ok(catalogue) = longma_oracle::load(&read(&texts).bundle) else {
            return Fate::Check;
        };
        let pack = PackId::split(&mutant.file).map_or("", |(pack, _)| pack);
        let numbered = self.cases.iter().enumerate();
        let sound = numbered.filter(|(index, _)| !self.failing.contains(index));
        let (near, far): (Vec<_>, Vec<_>) = sound.partition(|(_, case)| case.pack == pack);
        let mut cases = near.into_iter().chain(far);
        if cases.any(|(_, case)| !case.run(&catalogue).is_empty()) {
            Fate::Cases
        } else {
            Fate::Survived
        }
    }

    /// The smallest person found, among `persons` invented ones, on whom the mutant gives
    /// another answer: as a case to paste, with what the pack answers as it is.
    #[must_use]
    pub fn shown(&self, mutant: &Mutant, persons: u64, seed: u64) -> Option<String> {
        let before = self.catalogue.as_ref()?;
        let other = read(&self.changed(mutant)).bundle;
        let after = longma_oracle::load(&other).ok()?;
        let (id, _) = PackId::split(&mutant.file)?;
        let sides = [near(&self.bundle, id), near(&other, id)];
        let ids: BTreeSet<String> = sides[0].iter().map(|it| it.id.clone()).into_set();
        let own = self.bundle.packs.iter().find(|pack| pack.id == id)?;
        let mut scope = Scope::about(&self.bundle, &ids, &own.manifest.subject)?;
        scope.gaps = false;
        scope.changed = changed(&sides[0], &sides[1]);
        let packs = self
            .bundle
            .packs
            .iter()
            .filter(|pack| ids.contains(&pack.id));
        let decides: BTreeSet<&str> = packs
            .flat_map(|pack| pack.manifest.decisions.keys().map(String::as_str))
            .into_set();
        let generator = Generator::new(&scope, seed)?;
        let columns = generator.columns();
        let posed = |small: &shrink::Case| Case {
            pack: id.to_owned(),
            facts: small.facts.to_string(),
            references: crate::tables::texts(&small.tables, columns),
            ..Case::default()
        };
        let differs = |small: &shrink::Case| {
            let case = posed(small);
            let sides = [before, &after].map(|catalogue| case.evaluate(catalogue).ok());
            let [Some(one), Some(two)] = &sides else {
                return None;
            };
            difference(one, two, &decides)
        };
        let found = (0..persons).find_map(|index| {
            let tables = generator.tables().clone();
            let facts = generator.person(index);
            let small = shrink::Case { facts, tables };
            differs(&small).is_some().then_some(small)
        })?;
        let small = shrink(found, generator.root(), |small| differs(small).is_some());
        let at = differs(&small)?;
        let name = say(&format!("slip.{}", mutant.kind), &Args::NONE);
        let name = format!("{} — {}", name.zh_cn, name.en);
        let shrink::Case { facts, tables } = &small;
        Some(case::paste(&name, facts, tables, generator.root(), &at))
    }
}

/// The packs about the same subject that hold in the region of the pack `id`, or under which
/// it holds.
fn near<'b>(bundle: &'b Bundle, id: &str) -> Vec<&'b PackSource> {
    let region = |id: &str| PackId::read(id).region().to_owned();
    let own = bundle.packs.iter().find(|pack| pack.id == id);
    let subject = own.map(|pack| pack.manifest.subject.as_str());
    let here = region(id);
    let packs = bundle.packs.iter().filter(|pack| {
        let there = region(&pack.id);
        Some(pack.manifest.subject.as_str()) == subject
            && (covers(&there, &here) || covers(&here, &there))
    });
    packs.collect()
}

/// What holds at an instant at which two outcomes differ, by the first of them: first levels,
/// then rules, then records.
fn difference(one: &Outcome, two: &Outcome, decides: &BTreeSet<&str>) -> Option<Expectation> {
    let instants = |outcome: &Outcome, name: &str| -> Vec<Instant> {
        let decision = outcome.decisions().get(name);
        let stretches = decision
            .into_iter()
            .flat_map(longma_core::DecisionOutcome::stretches);
        stretches
            .map(longma_core::Stretch::span)
            .filter_map(|span| {
                let last = |until: Instant| Instant::from_unix(until.unix() - 1);
                span.from().or_else(|| span.until().and_then(last))
            })
            .collect()
    };
    let mut found: Option<(u8, Expectation)> = None;
    for name in decides {
        let mut times = instants(one, name);
        times.extend(instants(two, name));
        order::sort(&mut times);
        for time in times {
            let sides = [one, two].map(|outcome| view(outcome, name, time));
            let [Some(here), Some(there)] = &sides else {
                continue;
            };
            let weight = match (here, there) {
                (a, b) if a.0 != b.0 => 0,
                (a, b) if a.1 != b.1 => 1,
                (a, b) if a.2 != b.2 => 2,
                _ => continue,
            };
            if found.as_ref().is_none_or(|(known, _)| weight < *known) {
                let expected = Expectation {
                    time: time.to_rfc3339(one.offset()),
                    levels: BTreeMap::from([((*name).to_owned(), here.0.clone())]),
                    rules: Some(here.1.clone()),
                    because: (weight == 2).then(|| here.2.clone()),
                    sources: None,
                    says: BTreeSet::new(),
                    at_least: None,
                };
                found = Some((weight, expected));
            }
        }
    }
    found.map(|(_, expected)| expected)
}

type View = (String, BTreeSet<String>, BTreeSet<String>);

/// Level, rules and records of a decision at an instant.
fn view(outcome: &Outcome, decision: &str, at: Instant) -> Option<View> {
    let status = outcome.at(decision, at)?;
    let views = status.cause_views(outcome.offset());
    let rules = views.iter().map(|cause| case::function(&cause.rule));
    let records = views
        .iter()
        .flat_map(|cause| cause.evidence.iter().cloned());
    Some((
        status.level_name().to_owned(),
        rules.into_set(),
        records.into_set(),
    ))
}
