//! Cases from files: the folders `cases` beside the packs, read for the desk.

use crate::read::file::{Files, LoadError, Misfit, SourceFile};
use crate::read::shape::shape;
use crate::toml::Toml;
use longma_core::Schema;
use longma_desk::case::{Case, CaseFile, Columns};
use longma_lang::syntax::Lines;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Reads the cases of the packs under `packs`, by file and line; of all packs,
/// or of those whose id or region is one of `only`. `files` are those of the
/// packs, whose schemas give tables without rows their columns; the files of cases
/// are added, by path.
///
/// # Errors
/// Every file that cannot be read, has the wrong shape or expects nothing.
pub fn read(packs: &Path, only: &[String], files: &mut Files) -> Result<Vec<Case>, Vec<LoadError>> {
    let (cases, errors) = read_all(packs, only, files);
    if errors.is_empty() {
        Ok(cases)
    } else {
        Err(errors)
    }
}

/// As [`read`], with the cases that can be read beside what is wrong with others.
pub fn read_all(packs: &Path, only: &[String], files: &mut Files) -> (Vec<Case>, Vec<LoadError>) {
    let columns = columns(files);
    let mut cases = Vec::new();
    let mut errors = Vec::new();
    for path in case_files(packs) {
        let id = pack_id(packs, &path);
        if !only.is_empty() && !only.iter().any(|name| names(name, &id)) {
            continue;
        }
        match fs::read_to_string(&path) {
            Ok(text) => {
                let file = SourceFile {
                    path: path.clone(),
                    text,
                };
                let (found, wrong) = read_file(&id, &file, &columns);
                cases.extend(found);
                errors.extend(wrong);
                files.insert(path.display().to_string(), file);
            }
            Err(error) => errors.push(LoadError::Io(path, error)),
        }
    }
    (cases, errors)
}

/// The columns of the tables whose schemas are among the files.
fn columns(files: &Files) -> Columns {
    let tables = files.iter().filter_map(|(name, file)| {
        let table = name.strip_prefix("reference/")?;
        let table = table.strip_suffix(".schema.json")?;
        let schema = Schema::read_partly(&file.text, name).0?;
        let columns = schema.root().names().map(str::to_owned).collect();
        Some((table.to_owned(), columns))
    });
    tables.collect()
}

/// Whether `name` is the pack `id` or its region.
#[must_use]
pub fn names(name: &str, id: &str) -> bool {
    id == name || id.split_once('/').is_some_and(|(region, _)| region == name)
}

/// `<packs>/<region>/<date>/cases/*.toml`, sorted.
fn case_files(packs: &Path) -> Vec<PathBuf> {
    let mut level = vec![packs.to_owned()];
    for _ in 0..2 {
        level = level.iter().flat_map(|folder| entries(folder)).collect();
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

fn pack_id(packs: &Path, file: &Path) -> String {
    let inside = file.strip_prefix(packs).unwrap_or(file);
    let parts: Vec<String> = inside
        .components()
        .take(2)
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    parts.join("/")
}

fn read_file(pack: &str, file: &SourceFile, columns: &Columns) -> (Vec<Case>, Vec<LoadError>) {
    let (raw, mut errors) = shape::<CaseFile>(file);
    let (Some(raw), Ok(toml)) = (raw, Toml::parse(&file.text)) else {
        return (Vec::new(), errors);
    };
    let span = |index: usize| -> Range<usize> {
        let span = toml.span(&["case", &index.to_string()]);
        span.unwrap_or(0..0)
    };
    let lines = Lines::new(&file.text);
    let line = |index| lines.position(span(index).start).line;
    let path = file.path.display().to_string();
    let (cases, idle) = raw.cases(pack, &path, columns, line);
    errors.extend(idle.into_iter().map(|index| LoadError::Shape {
        file: file.clone(),
        span: span(index),
        key: vec!["case".to_owned(), index.to_string()],
        misfit: Misfit::ExpectsNothing,
    }));
    (cases, errors)
}
