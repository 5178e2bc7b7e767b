//! What is measured on: the project's packs, lists of risk areas, persons.

use crate::by_hand::RiskAreas;
use crate::people::{self, EMPTY, HEAVY, People, Size, TYPICAL};
use longma_cli::load;
use longma_compile::Bundle;
use longma_core::{Catalogue, References};
use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// Reading fails with whatever the reader says: a benchmark has nobody to sort errors for.
pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The reference table that the rules read.
pub const TABLE: &str = "risk_areas";
/// The pack that is also written by hand.
const GANSU: &str = "62/2022-03-07";
/// The series beside it whose decisions are written by hand, and what they read.
const BESIDE: [&str; 3] = ["62/gold-", "62/validity-", "62/vaccination-"];
/// The decisions that are written by hand.
pub const BY_HAND: [&str; 3] = ["code", "validity", "gold"];
/// How many persons of each size are taken in turn, so that no single one is the figure.
const IN_TURN: usize = 8;
/// How many persons the two answers are compared for, with each list.
const COMPARED: usize = 1_000;

/// A list of risk areas, read by both, and persons whose stays it concerns.
#[derive(Debug)]
pub struct World {
    /// `sample` or `real`.
    pub name: &'static str,
    /// The list as published.
    pub csv: String,
    /// The list as Longma reads it.
    pub references: References,
    /// The list as the rules by hand read it.
    pub areas: RiskAreas,
    /// Persons to measure with.
    pub persons: Vec<Persons>,
    /// Persons to compare answers by.
    pub compared: Vec<String>,
}

/// Persons of one size, as JSON texts.
#[derive(Debug)]
pub struct Persons {
    /// `empty`, `typical` or `heavy`.
    pub name: &'static str,
    /// Some, to take in turn.
    pub facts: Vec<String>,
}

/// The workspace's folder.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All packs, as one bundle.
///
/// # Errors
/// If they cannot be read.
pub fn bundle() -> Result<Bundle> {
    let loaded = load::load(&root().join("rules/packs"));
    let loaded = loaded.map_err(|errors| format!("the packs cannot be read: {errors:?}"))?;
    Ok(loaded.bundle)
}

/// The packs that are also written by hand and no other: the Gansu pack and the
/// national plans over its span, beginning when it does.
///
/// # Errors
/// If there is no such pack.
pub fn gansu(mut bundle: Bundle) -> Result<Bundle> {
    let gansu = bundle.packs.iter().find(|pack| pack.id == GANSU);
    let begins = gansu.and_then(|pack| pack.manifest.effective.from.clone());
    let begins = begins.ok_or_else(|| format!("there is no pack {GANSU} with a beginning"))?;
    // Plans alone, `cn/2022-06-28`; their series are decisions that nobody wrote by hand.
    let national = |id: &str| {
        let plan = id.strip_prefix("cn/");
        plan.is_some_and(|date| date.starts_with(|c: char| c.is_ascii_digit()))
    };
    let beside = |id: &str| BESIDE.iter().any(|series| id.starts_with(series));
    bundle
        .packs
        .retain(|pack| pack.id == GANSU || national(&pack.id) || beside(&pack.id));
    for pack in bundle.packs.iter_mut().filter(|pack| national(&pack.id)) {
        let from = &mut pack.manifest.effective.from;
        // Dates at one offset compare as texts do.
        if from.as_ref().is_none_or(|from| *from < begins) {
            *from = Some(begins.clone());
        }
    }
    Ok(bundle)
}

/// Compiles a bundle.
///
/// # Errors
/// If its packs have problems.
pub fn catalogue(bundle: Bundle) -> Result<Catalogue> {
    longma_oracle::load(bundle)
        .map_err(|problems| format!("the packs have problems: {problems:?}").into())
}

/// The list of risk areas that the project invents.
///
/// # Errors
/// If it cannot be read.
pub fn sample(catalogue: &Catalogue) -> Result<World> {
    let csv = fs::read_to_string(root().join("rules/reference/risk_areas.sample.csv"))?;
    World::new("sample", csv, catalogue)
}

/// The real list, if this machine has it.
///
/// # Errors
/// If it is there and cannot be read.
pub fn real(catalogue: &Catalogue) -> Result<Option<World>> {
    let folder =
        env::var_os("LONGMA_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    let file = folder.join("risk-areas-gansu.csv");
    if !file.is_file() {
        return Ok(None);
    }
    World::new("real", fs::read_to_string(file)?, catalogue).map(Some)
}

impl World {
    fn new(name: &'static str, csv: String, catalogue: &Catalogue) -> Result<Self> {
        let table = catalogue
            .read_reference(TABLE, &csv)
            .map_err(|problems| format!("the {name} list has problems: {problems:?}"))?;
        let mut references = References::none();
        references.insert(table);
        let areas = RiskAreas::read(&csv).ok_or("the rules by hand cannot read the list")?;
        let listed = people::listed(&csv)?;
        let mut people = People::new(20_220_307, &listed);
        let mut persons = |name, size: Size| Persons {
            name,
            facts: (0..IN_TURN).map(|_| people.person(size)).collect(),
        };
        Ok(Self {
            persons: vec![
                persons("empty", EMPTY),
                persons("typical", TYPICAL),
                persons("heavy", HEAVY),
            ],
            compared: (0..COMPARED).map(|_| people.any()).collect(),
            name,
            csv,
            references,
            areas,
        })
    }
}
