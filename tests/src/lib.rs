//! Shared by the whole-system tests: the project's packs, and invented persons.

use longma_cli::load::{self, Loaded};
use longma_core::{Catalogue, References};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

pub mod attacks;
pub mod both;
pub mod forgeries;
pub mod fuzz;
pub mod mutants;
pub mod persons;
pub mod scripts;

/// The project's `rules` folder.
#[must_use]
pub fn rules() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules")
}

/// The project's packs and schemas, with their files.
///
/// # Panics
/// If they cannot be read.
#[must_use]
#[allow(clippy::panic, reason = "a test without its packs has failed")]
pub fn loaded() -> Loaded {
    match load::load(&rules().join("packs")) {
        Ok(loaded) => loaded,
        Err(errors) => panic!("the project's packs cannot be read: {errors:?}"),
    }
}

/// The project's packs, ready to decide.
///
/// # Panics
/// If they have a problem.
#[must_use]
#[allow(clippy::panic, reason = "a test without its packs has failed")]
pub fn catalogue() -> Catalogue {
    match longma_oracle::load(&loaded().bundle) {
        Ok(catalogue) => catalogue,
        Err(problems) => panic!("the project's packs have problems: {problems:#?}"),
    }
}

/// The project's packs, compiled.
///
/// # Panics
/// If they have a problem.
#[must_use]
#[allow(clippy::panic, reason = "a test without its packs has failed")]
pub fn compiled() -> &'static Catalogue {
    static COMPILED: OnceLock<Catalogue> = OnceLock::new();
    COMPILED.get_or_init(|| match longma_compile::compile(&loaded().bundle) {
        Ok((catalogue, _)) => catalogue,
        Err(problems) => panic!("the project's packs have problems: {problems:#?}"),
    })
}

/// The CSV text of the project's invented risk areas.
///
/// # Panics
/// If it cannot be read.
#[must_use]
#[allow(clippy::panic, reason = "a test without its data has failed")]
pub fn sample_areas() -> &'static str {
    static AREAS: OnceLock<String> = OnceLock::new();
    AREAS.get_or_init(|| {
        let path = rules().join("reference/risk_areas.sample.csv");
        match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => panic!("{}: {error}", path.display()),
        }
    })
}

/// Risk areas as reference data.
///
/// # Panics
/// If a row is wrong.
#[must_use]
#[allow(clippy::panic, reason = "a test without its data has failed")]
pub fn references(catalogue: &Catalogue, csv: &str) -> References {
    let mut references = References::none();
    match catalogue.read_reference("risk_areas", csv) {
        Ok(table) => references.insert(table),
        Err(problems) => panic!("risk areas: {problems:#?}"),
    }
    references
}

/// A file of real data, from the folder `LONGMA_DATA`, else from `../shared/data` next to
/// the project. If it is absent, prints that the test is skipped and returns `None`.
#[must_use]
pub fn real_data(name: &str) -> Option<String> {
    let folder = std::env::var_os("LONGMA_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let text = std::fs::read_to_string(folder.join(name)).ok();
    if text.is_none() {
        use std::io::Write as _;
        // Bypass the test harness, which hides the output of passing tests.
        let _ = writeln!(
            std::io::stderr(),
            "skipped: {name} is not there; set LONGMA_DATA to its folder"
        );
    }
    text
}
