//! The packs that are loaded, chosen by region and date.
//!
//! A catalogue is made from plans that are ready to evaluate; whoever reads packs
//! makes them. In each series of a region the pack of the narrowest region in
//! force rules, and the series together are the region's history.

use crate::facts::Facts;
use crate::id::{PackId, breadth, covers};
use crate::outcome::wire::Stamp;
use crate::policy::{Descent, Policy, Stretches, combined, opened};
use crate::problem::{Code, Place, Problem, Problems};
use crate::reference::Table;
use crate::schema::Schema;
use crate::text::Localized;
use crate::time::Offset;
use crate::when::{Span, When};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Everything decisions are made from, except facts and reference data.
#[derive(Debug)]
pub struct Catalogue {
    schemas: BTreeMap<String, Schema>,
    tables: BTreeMap<String, Schema>,
    packs: Vec<Pack>,
    /// What rules in each region that has packs of its own, for all time.
    regions: BTreeMap<String, Vec<Policy>>,
    /// What each series says in each region, for all time.
    series: BTreeMap<String, BTreeMap<String, Stretches>>,
}

/// What a catalogue is made from.
#[derive(Debug, Default)]
pub struct Contents {
    /// By kind of subject.
    pub schemas: BTreeMap<String, Schema>,
    /// Of the rows of reference tables, by table.
    pub tables: BTreeMap<String, Schema>,
    /// In any order.
    pub packs: Vec<Pack>,
}

/// A pack as the catalogue keeps it.
#[derive(Debug)]
pub struct Pack {
    /// Its id.
    pub id: PackId,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: Localized,
    /// When it is in force.
    pub effective: Span,
    /// The offset of its calendar days.
    pub offset: Offset,
    /// From when a corrected record counts, where the pack says so itself.
    pub corrections: Option<Corrections>,
    /// What it says while it is in force, one line of descent after another.
    pub descents: Vec<Descent>,
}

/// From when a corrected record counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Corrections {
    /// From the record's own time on, as if it had always been so.
    #[default]
    Record,
    /// From the correction on; until then what was said before stands.
    Correction,
}

/// A pack as a reader lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackInfo {
    /// `<region>/<date>` or `<region>/<series>-<date>`.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: Localized,
    /// First instant at which it is in force; `None` when open.
    pub from: Option<Stamp>,
    /// First instant at which it no longer is; `None` when open.
    pub until: Option<Stamp>,
}

impl Catalogue {
    /// Splices the packs of each region into its history.
    ///
    /// The packs are taken as sound: of one series and region no two are in force
    /// at once, and a decision has one scale wherever it is declared.
    #[must_use]
    pub fn new(contents: Contents) -> Self {
        let Contents {
            schemas,
            tables,
            mut packs,
        } = contents;
        packs.sort_by(|a, b| {
            let key = |pack: &Pack| (pack.id.region().to_owned(), pack.id.series().to_owned());
            (key(a), a.effective.bounds(), &a.id).cmp(&(key(b), b.effective.bounds(), &b.id))
        });
        let regions: BTreeSet<&str> = packs.iter().map(|pack| pack.id.region()).collect();
        let series: BTreeMap<String, BTreeMap<String, Stretches>> = regions
            .into_iter()
            .map(|region| (region.to_owned(), histories(&packs, region)))
            .collect();
        let regions = series.iter();
        let regions = regions.map(|(region, histories)| (region.clone(), combined(histories)));
        Self {
            schemas,
            tables,
            regions: regions.collect(),
            series,
            packs,
        }
    }

    /// The regions that have packs of their own, each with its policies for all time.
    pub fn regions(&self) -> impl Iterator<Item = (&str, &[Policy])> {
        let regions = self.regions.iter();
        regions.map(|(region, policies)| (region.as_str(), policies.as_slice()))
    }

    /// The packs, by region and date.
    #[must_use]
    pub fn packs(&self) -> Vec<PackInfo> {
        let info = |pack: &Pack| PackInfo {
            id: pack.id.to_string(),
            version: pack.version.clone(),
            title: pack.title.clone(),
            from: pack.effective.from().map(Stamp::at(pack.offset)),
            until: pack.effective.until().map(Stamp::at(pack.offset)),
        };
        self.packs.iter().map(info).collect()
    }

    /// From when a corrected record counts, by the pack `id`: as the pack says,
    /// else as the nearest that it inherits says. `None` when there is no such pack.
    #[must_use]
    pub fn corrections_of(&self, id: &str) -> Option<Corrections> {
        let pack = self.pack(id)?;
        let lines = pack.descents.iter();
        let mut inherited = lines.flat_map(|line| line.own.packs.iter().skip(1));
        let says = |id: &String| self.pack(id)?.corrections;
        let said = pack.corrections.or_else(|| inherited.find_map(says));
        Some(said.unwrap_or_default())
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

    /// What rules in the region of the pack `id`, as if that pack had always been
    /// in force and always would be: where it inherits the plan of a region, the
    /// first plan that it met reaches into the past and the last into the future.
    /// Packs of other series hold in their own time. `None` when there is no such pack.
    #[must_use]
    pub fn policies_of(&self, id: &str) -> Option<Vec<Policy>> {
        let lines = &self.pack(id)?.descents;
        let own = lines.iter().map(|line| (line.span, line.own.clone()));
        self.in_place_of(id, own.collect())
    }

    /// As [`policies_of`](Self::policies_of), for what the pack inherits, without
    /// the pack itself. `None` when it inherits nothing.
    #[must_use]
    pub fn policies_above(&self, id: &str) -> Option<Vec<Policy>> {
        let lines = &self.pack(id)?.descents;
        let above = lines
            .iter()
            .filter_map(|line| Some((line.span, line.above.clone()?)));
        let above: Stretches = above.collect();
        if above.is_empty() {
            return None;
        }
        self.in_place_of(id, above)
    }

    /// The policies of a pack's region with `stretches` in place of its series.
    fn in_place_of(&self, id: &str, stretches: Stretches) -> Option<Vec<Policy>> {
        let id = &self.pack(id)?.id;
        let mut histories = self.series.get(id.region())?.clone();
        histories.insert(id.series().to_owned(), opened(stretches));
        Some(combined(&histories))
    }

    /// The columns of each table that a schema describes.
    #[must_use]
    pub fn columns(&self) -> BTreeMap<String, BTreeSet<String>> {
        let tables = self.tables.iter();
        tables
            .map(|(name, schema)| {
                (
                    name.clone(),
                    schema.root().names().map(str::to_owned).collect(),
                )
            })
            .collect()
    }

    /// Reads reference data for the table `name`.
    ///
    /// # Errors
    /// A table that no schema describes, or every row that does not fit.
    pub fn read_reference(&self, name: &str, csv: &str) -> Result<Table, Problems> {
        let Some(schema) = self.tables.get(name) else {
            let known: Vec<&str> = self.tables.keys().map(String::as_str).collect();
            return Err(Problem::new(Code::ReferenceUnknown, Place::None)
                .with("name", name)
                .with("known", known.join(", "))
                .into());
        };
        Table::read(name, schema, csv)
    }

    /// The schema of a kind of subject.
    #[must_use]
    pub fn schema(&self, subject: &str) -> Option<&Schema> {
        self.schemas.get(subject)
    }

    /// Decodes a facts document.
    ///
    /// # Errors
    /// Every problem of the document.
    pub fn read_facts(&self, json: &str) -> Result<Facts, Problems> {
        Facts::decode(json, &self.schemas)
    }

    /// Decodes a facts document as far as it can be trusted: a section in which
    /// something is wrong is left out, so that what reads it is unknown, and the
    /// problems travel in the outcome. `doubted` are problems that the caller
    /// found, each with its place in the document.
    ///
    /// # Errors
    /// Every problem, where the document cannot be read at all, does not say whom
    /// it is about, or holds a manual cause that cannot be read.
    pub fn read_facts_partly(&self, json: &str, doubted: &[Problem]) -> Result<Facts, Problems> {
        Facts::decode_partly(json, &self.schemas, doubted)
    }

    fn pack(&self, id: &str) -> Option<&Pack> {
        self.packs.iter().find(|pack| pack.id.as_str() == id)
    }
}

/// What each series says in `region`, for all time.
fn histories(packs: &[Pack], region: &str) -> BTreeMap<String, Stretches> {
    let ruling = packs.iter().filter(|pack| covers(pack.id.region(), region));
    let series: BTreeSet<&str> = ruling.map(|pack| pack.id.series()).collect();
    let said = |series: &str| (series.to_owned(), stretches(packs, region, series));
    series.into_iter().map(said).collect()
}

/// What one series says in `region`: at each instant the line of descent of
/// the narrowest region's pack in force.
fn stretches(packs: &[Pack], region: &str, series: &str) -> Stretches {
    let mut order: Vec<&Pack> = packs
        .iter()
        .filter(|pack| pack.id.series() == series && covers(pack.id.region(), region))
        .collect();
    order.sort_by_key(|pack| std::cmp::Reverse(breadth(pack.id.region())));
    let mut free = When::always();
    let mut history = Vec::new();
    for pack in order {
        for line in &pack.descents {
            for span in free.within(line.span).spans() {
                history.push((*span, line.own.clone()));
            }
        }
        free = free.difference(&When::of([pack.effective]));
    }
    history.sort_by_key(|(span, _)| span.bounds());
    history
}
