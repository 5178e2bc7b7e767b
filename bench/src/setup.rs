//! Benchmark data: the project's packs, lists of risk areas, persons.

use crate::by_hand::RiskAreas;
use crate::people::{self, EMPTY, HEAVY, People, Size, TYPICAL};
use longma_cli::load;
use longma_compile::Bundle;
use longma_core::{Catalogue, References};
use serde_json::json;
use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// Any error from reading: a benchmark does not need to distinguish them.
pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The reference table that the rules read.
pub const TABLE: &str = "risk_areas";
/// The pack that is also written by hand.
const GANSU: &str = "62/2022-03-07";
/// Gansu's series with decisions that are also written by hand, and the series they read.
const BESIDE: [&str; 3] = ["62/gold-", "62/validity-", "62/vaccination-"];
/// The decisions that are also written by hand.
pub const BY_HAND: [&str; 3] = ["code", "validity", "gold"];
/// 2022-07-15T12:00:00+08:00: the instant for look-ups.
pub const NOW: i64 = 1_657_857_600;
/// How many persons of each size take turns, so that no single person sets the figure.
const IN_TURN: usize = 8;
/// For how many persons the answers are compared, with each list.
const COMPARED: usize = 1_000;

/// A list of risk areas, in both forms, and persons who stayed at places on it.
#[derive(Debug)]
pub struct World {
    /// `sample` or `real`.
    pub name: &'static str,
    /// The list as published.
    pub csv: String,
    /// The list as Longma reads it.
    pub references: References,
    /// The list as the hand-written rules read it.
    pub areas: RiskAreas,
    /// Persons to measure with.
    pub persons: Vec<Persons>,
    /// Persons for comparing answers.
    pub compared: Vec<String>,
}

/// Persons of one size, as JSON texts.
#[derive(Debug)]
pub struct Persons {
    /// `empty`, `typical` or `heavy`.
    pub name: &'static str,
    /// The persons, who take turns.
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
/// If the packs cannot be read.
pub fn bundle() -> Result<Bundle> {
    let loaded = load::load(&root().join("rules/packs"));
    let loaded = loaded.map_err(|errors| format!("the packs cannot be read: {errors:?}"))?;
    Ok(loaded.bundle)
}

/// Keeps only the packs that are also written by hand: the Gansu pack, its series and the
/// national plans, which begin no earlier than the Gansu pack.
///
/// # Errors
/// If there is no such pack.
pub fn gansu(mut bundle: Bundle) -> Result<Bundle> {
    let gansu = bundle.packs.iter().find(|pack| pack.id == GANSU);
    let begins = gansu.and_then(|pack| pack.manifest.effective.from.clone());
    let begins = begins.ok_or_else(|| format!("there is no pack {GANSU} with a beginning"))?;
    // Only plans such as `cn/2022-06-28`: the national series are not written by hand.
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
        // Dates with the same offset can be compared as text.
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
pub fn catalogue(bundle: &Bundle) -> Result<Catalogue> {
    longma_compile::compile(bundle)
        .map(|(catalogue, _)| catalogue)
        .map_err(|problems| format!("the packs have problems: {problems:?}").into())
}

/// A list of risk areas as a catalogue reads it.
///
/// # Errors
/// If it has problems.
pub fn references(catalogue: &Catalogue, csv: &str) -> Result<References> {
    let table = catalogue.read_reference(TABLE, csv);
    let table = table.map_err(|problems| format!("the list has problems: {problems:?}"))?;
    let mut references = References::none();
    references.insert(table);
    Ok(references)
}

/// The project's invented list of risk areas.
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
/// If it exists but cannot be read.
pub fn real(catalogue: &Catalogue) -> Result<Option<World>> {
    let folder =
        env::var_os("LONGMA_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    let file = folder.join("risk-areas-gansu.csv");
    if !file.is_file() {
        return Ok(None);
    }
    World::new("real", fs::read_to_string(file)?, catalogue).map(Some)
}

/// Writes the persons to `target/bench/persons.json`, for measurements in JavaScript.
///
/// # Errors
/// If the file cannot be written.
pub fn leave(worlds: &[World]) -> Result<()> {
    let persons = |p: &Persons| json!({ "name": p.name, "facts": p.facts });
    let world = |w: &World| {
        let sizes: Vec<_> = w.persons.iter().map(persons).collect();
        json!({ "name": w.name, "persons": sizes, "compared": w.compared })
    };
    let worlds: Vec<_> = worlds.iter().map(world).collect();
    let folder = root().join("target/bench");
    fs::create_dir_all(&folder)?;
    let text = json!({ "now": NOW, "worlds": worlds });
    Ok(fs::write(folder.join("persons.json"), text.to_string())?)
}

impl World {
    fn new(name: &'static str, csv: String, catalogue: &Catalogue) -> Result<Self> {
        let references = references(catalogue, &csv)?;
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
