//! The case files, in the packs' `cases` folders.

use crate::read::bounded::Within;
use crate::read::file::{Files, LoadError, texts};
use crate::read::load::in_files;
use crate::read::packs::is_meant;
use longma_core::PackId;
use longma_core::limits::TEXT_FILE_BYTES;
use longma_desk::case::{self, Case};
use std::fs;
use std::path::{Path, PathBuf};

/// Reads the cases of the packs under `packs`, ordered by file and line: of all packs,
/// or of those whose id or region is in `only`. `files` holds the packs' files, whose
/// schemas give tables without rows their columns; the case files are added to it.
///
/// # Errors
/// Every file that cannot be read, has the wrong shape or expects nothing.
pub fn read(packs: &Path, only: &[String], files: &mut Files) -> Result<Vec<Case>, Vec<LoadError>> {
    let mut errors: Vec<LoadError> = fill(packs, only, files)
        .into_iter()
        .map(|(_, error)| error)
        .collect();
    let read = case::read(&texts(files));
    errors.extend(in_files(read.findings, files));
    if errors.is_empty() {
        Ok(read.cases)
    } else {
        Err(errors)
    }
}

/// Adds the case files to `files`; returns those that cannot be read, by path inside the
/// bundle.
pub(crate) fn fill(packs: &Path, only: &[String], files: &mut Files) -> Vec<(String, LoadError)> {
    let mut errors = Vec::new();
    // A bundle has no cases, and a folder that is not there is told when packs are read.
    let Ok(mut within) = Within::new(packs) else {
        return errors;
    };
    for path in case_files(packs, &within) {
        let inside = path.strip_prefix(packs).unwrap_or(&path);
        let parts = inside.components();
        let parts: Vec<String> = parts
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect();
        let [region, date, rest @ ..] = parts.as_slice() else {
            continue;
        };
        let id = PackId::read(format!("{region}/{date}"));
        if !is_meant(id.as_str(), only) {
            continue;
        }
        let name = id.file(&rest.join("/"));
        match within.read(&path, TEXT_FILE_BYTES) {
            Ok(file) => drop(files.insert(name, file)),
            Err(error) => errors.push((name, LoadError::Io(path, error))),
        }
    }
    errors
}

/// `<packs>/<region>/<date>/cases/*.toml`, sorted. Packs that lead out of the folder are
/// left out, since they are told when packs are read.
fn case_files(packs: &Path, within: &Within) -> Vec<PathBuf> {
    let mut level = vec![packs.to_owned()];
    for _ in 0..2 {
        level = level.iter().flat_map(|folder| entries(folder)).collect();
        level.retain(|folder| within.holds(folder).is_ok());
    }
    let mut files: Vec<PathBuf> = level
        .iter()
        .flat_map(|pack| entries(&pack.join("cases")))
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    files.sort();
    files
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(folder).into_iter().flatten();
    read.filter_map(|entry| entry.ok().map(|e| e.path()))
        .collect()
}
