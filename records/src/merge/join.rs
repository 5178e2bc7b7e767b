//! From statements to facts: applies corrections first, then joins records of one identity.

use super::correction::{Corrected, Correction};
use super::dossier::Dossier;
use super::ledger::{Contradiction, ContradictionKind, Entry, Ledger, Merged, Superseded, Variant};
use super::said::Said;
use super::shape::{Section, Shape};
use super::who;
use super::{CORRECTIONS, STATEMENTS, VARIANTS};
use crate::code::{Code, messages};
use longma_core::schema::{INCOMPLETE, Object};
use longma_core::{Args, Catalogue, Family, Problem, Problems, Severity};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// Records that stand, each with its sources and corrections.
type Variants = BTreeMap<Said, Entry>;

/// The facts of a dossier and their ledger.
pub(super) fn merged(
    dossier: &Dossier,
    shape: &Shape,
    catalogue: &Catalogue,
) -> Result<Merged, Problems> {
    if dossier.statements.len() > STATEMENTS || dossier.corrections.len() > CORRECTIONS {
        return Err(Problem::in_facts(Code::DossierSize, "/statements")
            .with("limit", STATEMENTS)
            .into());
    }
    who::agree(dossier)?;
    let corrections: Vec<Correction> = dossier.corrections.iter().cloned().collect();
    let mut work = Work {
        shape,
        facts: Map::new(),
        ledger: Ledger::default(),
        met: BTreeSet::new(),
    };
    let mut incomplete: Vec<Json> = Vec::new();
    for (section, kind) in shape.sections() {
        work.section(section, &kind, dossier, &corrections);
        let stated = dossier.statements.iter().filter(|it| it.section == section);
        // Records that no source says are all.
        let partly =
            work.facts.contains_key(section) && stated.clone().all(|it| it.record.is_some());
        if partly && shape.may_be_incomplete(section) {
            incomplete.push(section.into());
        }
    }
    if !incomplete.is_empty() {
        work.facts.insert(INCOMPLETE.to_owned(), incomplete.into());
    }
    let Work {
        facts,
        mut ledger,
        met,
        ..
    } = work;
    if let Some(identity) = facts.get(who::IDENTITY) {
        let pointer = format!("/{}", who::IDENTITY);
        let claim = who::claim(identity);
        let found = claim.map_or_else(Vec::new, |claim| claim.check(&pointer));
        ledger.problems.extend(found.into_iter().map(mild));
    }
    for index in (0..corrections.len()).filter(|index| !met.contains(index)) {
        let pointer = format!("/corrections/{index}/record");
        let void = Problem::in_facts(Code::CorrectionVoid, pointer);
        ledger.problems.push(mild(void));
    }
    ledger.corrections = corrections;
    let merged = Merged { facts, ledger };
    catalogue.read_facts(&merged.facts_json())?;
    Ok(merged)
}

/// The same problem as a warning.
pub(super) fn mild(mut problem: Problem) -> Problem {
    problem.severity = Severity::Warning;
    problem
}

struct Work<'a> {
    shape: &'a Shape,
    facts: Map<String, Json>,
    ledger: Ledger,
    /// Positions of the corrections that matched a record.
    met: BTreeSet<usize>,
}

impl Work<'_> {
    fn section(
        &mut self,
        section: &str,
        kind: &Section<'_>,
        dossier: &Dossier,
        corrections: &[Correction],
    ) {
        let mut said: BTreeMap<Said, BTreeSet<String>> = BTreeMap::new();
        let mut known: BTreeSet<String> = BTreeSet::new();
        for statement in dossier.statements.iter().filter(|it| it.section == section) {
            known.insert(statement.source.clone());
            if let Some(record) = &statement.record {
                let sources = said.entry(record.clone()).or_default();
                sources.insert(statement.source.clone());
            }
        }
        if known.is_empty() {
            return;
        }
        let shape = self.shape;
        let key = |said: &Said| shape.key(section, said);
        let mut corrected = Corrected::of(section, corrections, &key);
        let mut live = Variants::new();
        let mut superseded = Vec::new();
        for (record, sources) in said {
            let end = corrected.end(&record, &key(&record), None);
            let stands = end.becomes.as_ref() == Some(&record);
            if let Some(becomes) = &end.becomes {
                let entry = live.entry(becomes.clone()).or_default();
                entry.corrections.extend(&end.by);
                if stands {
                    entry.sources.extend(sources.iter().cloned());
                }
            }
            if !stands {
                superseded.push((record, sources, end));
            }
        }
        let at = format!("/{section}");
        let value = match kind {
            Section::Records { .. } => {
                let entry = Entry {
                    sources: known,
                    corrections: BTreeSet::new(),
                };
                self.ledger.entries.insert(at, entry);
                Json::Array(self.records(section, live))
            }
            Section::Fields(object) => Json::Object(self.fields(section, object, live)),
            Section::Value => {
                let Some((value, entry)) = live.into_iter().next() else {
                    return;
                };
                self.ledger.entries.insert(at, entry);
                value.fields().get(section).cloned().unwrap_or_default()
            }
        };
        self.facts.insert(section.to_owned(), value);
        let mut places: BTreeMap<Said, Option<String>> = BTreeMap::new();
        for (record, sources, end) in superseded {
            let place = |becomes: Said| {
                let found = places
                    .entry(becomes)
                    .or_insert_with_key(|it| self.place(section, it));
                found.clone()
            };
            let became = end.becomes.and_then(place);
            self.ledger.superseded.push(Superseded {
                section: section.to_owned(),
                record,
                sources,
                corrections: end.by,
                became,
            });
        }
        self.met.extend(&corrected.met);
        for (record, disagreeing) in corrected.contested {
            self.contested(section, record, disagreeing);
        }
    }

    /// Pointer to a record in the facts, or to one that contains it.
    fn place(&self, section: &str, said: &Said) -> Option<String> {
        match self.facts.get(section)? {
            Json::Array(items) => {
                let holds = |item: &Json| {
                    let item = item.as_object();
                    item.is_some_and(|it| said.fields().iter().all(|(n, v)| it.get(n) == Some(v)))
                };
                let index = items.iter().position(holds)?;
                Some(format!("/{section}/{index}"))
            }
            Json::Object(fields) => {
                let (name, value) = said.fields().iter().next()?;
                (fields.get(name) == Some(value)).then(|| format!("/{section}/{name}"))
            }
            _ => None,
        }
    }

    /// Records ordered by identity; those without contradictions are joined.
    fn records(&mut self, section: &str, live: Variants) -> Vec<Json> {
        let mut groups: BTreeMap<Said, Variants> = BTreeMap::new();
        for (record, entry) in live {
            let group = groups.entry(self.shape.key(section, &record)).or_default();
            group.insert(record, entry);
        }
        let mut records = Vec::new();
        for (key, variants) in groups {
            let fields = differing(&variants);
            let variants = if fields.is_empty() {
                one_of(&variants)
            } else {
                without_parts(variants)
            };
            let mut told = Vec::new();
            for (record, entry) in variants {
                let pointer = format!("/{section}/{}", records.len());
                records.push(Json::Object(record.fields().clone()));
                told.push(Variant {
                    record,
                    pointer: Some(pointer.clone()),
                    sources: entry.sources.clone(),
                    corrections: entry.corrections.clone(),
                });
                self.ledger.entries.insert(pointer, entry);
            }
            if !fields.is_empty() {
                self.differs(ContradictionKind::Records, section, key, fields, told);
            }
        }
        records
    }

    /// The fields of an object, with one value each. If several values are stated, the one
    /// that the document number implies is taken. Otherwise a field that the schema requires
    /// takes the corrected value, else the one that most sources state, else the first in
    /// order; any other field is left out. All values are reported.
    fn fields(&mut self, section: &str, object: &Object, live: Variants) -> Map<String, Json> {
        let mut by_field: BTreeMap<String, Variants> = BTreeMap::new();
        for (record, entry) in live {
            if let Some(name) = record.fields().keys().next() {
                let group = by_field.entry(name.clone()).or_default();
                group.insert(record, entry);
            }
        }
        let mut fields = Map::new();
        // The document number implies values of other fields, so it goes first.
        let document = by_field.remove(who::DOCUMENT);
        let document = document.map(|variants| (who::DOCUMENT.to_owned(), variants));
        for (name, variants) in document.into_iter().chain(by_field) {
            let value = |said: &Said| said.fields().get(&name).cloned().unwrap_or_default();
            let mut classes: BTreeMap<Option<String>, Variants> = BTreeMap::new();
            for (record, entry) in variants {
                let class = match section {
                    who::IDENTITY => who::compared(&name, &record),
                    _ => Some(record.text().to_owned()),
                };
                classes.entry(class).or_default().insert(record, entry);
            }
            if classes.len() > 1 {
                classes.remove(&None);
            }
            let told = match section {
                who::IDENTITY => who::told(&name, &fields),
                _ => None,
            };
            let says_told = |variants: &&Variants| {
                told.is_some() && variants.keys().any(|it| Some(value(it)) == told)
            };
            let chosen = match classes.len() {
                1 => classes.values().next(),
                _ => {
                    let most = || classes.values().rev().max_by_key(|it| weight(it));
                    let needed = object.field(&name).is_some_and(|it| it.required);
                    let told = classes.values().find(says_told);
                    told.or_else(|| most().filter(|_| needed))
                }
            };
            let pointer = format!("/{section}/{name}");
            // Among spellings of the value: a corrected one, else the one that most sources state,
            // else the first in order.
            let spelled = chosen.and_then(|variants| {
                let mut spellings = variants.iter().rev();
                let first = spellings.next()?;
                let heavier = |best: (_, _), it: (_, _)| {
                    if rank(it.1) >= rank(best.1) { it } else { best }
                };
                Some(spellings.fold(first, heavier).0.clone())
            });
            if classes.len() > 1 {
                let variants = classes.values().flatten();
                let variants = variants.map(|(record, entry)| Variant {
                    record: record.clone(),
                    pointer: (Some(record) == spelled.as_ref()).then(|| pointer.clone()),
                    sources: entry.sources.clone(),
                    corrections: entry.corrections.clone(),
                });
                let key = Said::of(&Map::from_iter([("field".to_owned(), name.clone().into())]));
                let (kind, only) = (ContradictionKind::Field, vec![name.clone()]);
                self.differs(kind, section, key, only, variants.collect());
            }
            if let (Some(variants), Some(said)) = (chosen, spelled) {
                self.ledger
                    .entries
                    .insert(pointer, together(variants.values()));
                fields.insert(name.clone(), value(&said));
            }
        }
        fields
    }

    fn differs(
        &mut self,
        kind: ContradictionKind,
        section: &str,
        record: Said,
        fields: Vec<String>,
        variants: Vec<Variant>,
    ) {
        let code = match kind {
            ContradictionKind::Records => Code::MergeDiffersRecords,
            ContradictionKind::Field => Code::MergeDiffersField,
            ContradictionKind::Corrections => Code::MergeDiffersCorrections,
        };
        let sources: BTreeSet<&String> = variants.iter().flat_map(|it| &it.sources).collect();
        let sources: Vec<&str> = sources.into_iter().map(String::as_str).collect();
        let args = Args::of("section", section)
            .with("fields", fields.join(", "))
            .with("sources", sources.join(", "))
            .with("n", variants.len());
        self.ledger.contradictions.push(Contradiction {
            kind,
            section: section.to_owned(),
            record,
            fields,
            variants,
            corrections: BTreeSet::new(),
            message: messages().say(code.name(), &args),
            help: messages()
                .get(&format!("{code}.help"), &Args::NONE)
                .unwrap_or_default(),
        });
    }

    fn contested(&mut self, section: &str, record: Said, corrections: BTreeSet<usize>) {
        // A disputed record that is not in the facts affects nobody yet.
        let Some(pointer) = self.place(section, &record) else {
            return;
        };
        let entry = self.ledger.entries.get(&pointer);
        let entry = entry.cloned().unwrap_or_default();
        let variant = Variant {
            record: record.clone(),
            pointer: Some(pointer),
            sources: entry.sources,
            corrections: entry.corrections,
        };
        let kind = ContradictionKind::Corrections;
        self.differs(kind, section, record, Vec::new(), vec![variant]);
        if let Some(told) = self.ledger.contradictions.last_mut() {
            told.corrections = corrections;
        }
    }
}

/// The fields in which variants that have them differ.
fn differing(variants: &Variants) -> Vec<String> {
    let mut first: BTreeMap<&String, &Json> = BTreeMap::new();
    let mut differ = BTreeSet::new();
    for (name, value) in variants.keys().flat_map(Said::fields) {
        if *first.entry(name).or_insert(value) != value {
            differ.insert(name.clone());
        }
    }
    differ.into_iter().collect()
}

/// One record with the fields of all variants, which do not differ.
fn one_of(variants: &Variants) -> Variants {
    let mut fields = Map::new();
    for record in variants.keys() {
        let own = record.fields().iter();
        fields.extend(own.map(|(name, value)| (name.clone(), value.clone())));
    }
    let entry = together(variants.values());
    Variants::from_iter([(Said::of(&fields), entry)])
}

/// Drops variants contained in another. Their sources and corrections are credited to each
/// variant that contains them.
fn without_parts(variants: Variants) -> Variants {
    if variants.len() > VARIANTS {
        return variants;
    }
    let whole = |it: &Said| !variants.keys().any(|other| it.is_part_of(other));
    let kept = variants.keys().filter(|it| whole(it));
    kept.map(|record| {
        let says = variants
            .iter()
            .filter(|(it, _)| *it == record || it.is_part_of(record));
        (record.clone(), together(says.map(|(_, entry)| entry)))
    })
    .collect()
}

fn together<'a>(entries: impl Iterator<Item = &'a Entry>) -> Entry {
    let mut all = Entry::default();
    for entry in entries {
        all.sources.extend(entry.sources.iter().cloned());
        all.corrections.extend(&entry.corrections);
    }
    all
}

fn weight(variants: &Variants) -> (bool, usize) {
    rank(&together(variants.values()))
}

/// A corrected record outranks any number of sources.
fn rank(entry: &Entry) -> (bool, usize) {
    (!entry.corrections.is_empty(), entry.sources.len())
}
