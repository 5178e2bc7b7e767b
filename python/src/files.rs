//! Reads packs: a compiled file, a bundle, or a folder of them as they are written.
//!
//! The command's own reader also knows other encodings and shows mistakes in their lines;
//! packs are made with the command. Here a mistake is an exception.

use crate::errors::{PacksError, with_problems};
use longma_compile::texts::{self, PLACES, Texts};
use longma_compile::{Bundle, compile};
use longma_core::limits::{BUNDLE_BYTES, REFERENCE_BYTES, TEXT_FILE_BYTES};
use longma_core::{Catalogue, Place, Problem, packed};
use longma_lang::finding::Spot;
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Packs that cannot be read.
pub(crate) enum Unread {
    /// A file or folder cannot be read at all.
    File(PathBuf, io::Error),
    /// It can, and is not what was expected. `String` says what to do.
    Other(PathBuf, String),
    /// The packs have problems.
    Problems(PathBuf, Vec<Problem>),
}

impl Unread {
    pub(crate) fn raise(self, py: Python<'_>) -> PyErr {
        match self {
            Self::File(path, error) => raised(&path, &error),
            Self::Other(path, what) => {
                PacksError::new_err(format!("packs `{}`: {what}", path.display()))
            }
            Self::Problems(path, problems) => {
                let what = format!("packs `{}`", path.display());
                with_problems(py, PacksError::new_err, &what, &problems)
            }
        }
    }
}

/// As Python's own functions would raise it: `FileNotFoundError` and its like, which Python
/// chooses by the number.
pub(crate) fn raised(path: &Path, error: &io::Error) -> PyErr {
    let path = path.display().to_string();
    match error.raw_os_error() {
        Some(number) => {
            let words = error.to_string();
            let words = words.split(" (os error").next().unwrap_or_default();
            PyOSError::new_err((number, words.to_owned(), path))
        }
        None => PyOSError::new_err(format!("{path}: {error}")),
    }
}

/// Reads packs.
pub(crate) fn catalogue(path: &Path) -> Result<Catalogue, Unread> {
    let compiled = |bundle: &Bundle| {
        let compiled = compile(bundle).map(|(catalogue, _)| catalogue);
        compiled.map_err(|problems| Unread::Problems(path.to_owned(), problems.as_slice().to_vec()))
    };
    if path.is_dir() {
        return compiled(&folder(path)?);
    }
    let bytes = bytes(path, BUNDLE_BYTES).map_err(|error| Unread::File(path.to_owned(), error))?;
    if bytes.starts_with(packed::MAGIC) {
        return packed::read(&bytes)
            .map_err(|problems| Unread::Problems(path.to_owned(), problems.as_slice().to_vec()));
    }
    let text = String::from_utf8(bytes).map_err(|_| {
        let what = "neither compiled packs nor a bundle; `longma bundle --out rules.longma` \
                    writes compiled packs";
        Unread::Other(path.to_owned(), what.to_owned())
    })?;
    let bundle =
        Bundle::read(&text).map_err(|problem| Unread::Problems(path.to_owned(), vec![problem]))?;
    compiled(&bundle)
}

/// The packs of a folder such as `rules`, which holds `packs` and `schema`, or of
/// `rules/packs` itself.
fn folder(path: &Path) -> Result<Bundle, Unread> {
    let inner = path.join("packs");
    let (rules, packs) = if inner.is_dir() {
        (path.to_owned(), inner)
    } else {
        let full = fs::canonicalize(path).map_err(|error| Unread::File(path.to_owned(), error))?;
        let rules = full.parent().unwrap_or(&full).to_owned();
        (rules, path.to_owned())
    };
    let mut texts = Texts::new();
    for region in folders(&packs)? {
        for date in folders(&region)? {
            for file in files(&date)? {
                let name = name(&file);
                let id = format!("packs/{}/{}/{name}", self::name(&region), self::name(&date));
                if name.strip_suffix(".rhai").is_some()
                    || ["pack.toml", "captions.toml"].contains(&&*name)
                {
                    texts.insert(id, text(&file, TEXT_FILE_BYTES)?);
                }
            }
        }
    }
    if texts.is_empty() {
        let what = "no pack is there; a pack is a folder such as `packs/62/2022-03-07` with a \
                    `pack.toml`";
        return Err(Unread::Other(path.to_owned(), what.to_owned()));
    }
    for kind in ["schema", "reference"] {
        let folder = rules.join(kind);
        if kind == "reference" && !folder.is_dir() {
            // Packs that read no table need no folder of them.
            continue;
        }
        for file in files(&folder)? {
            let id = format!("{kind}/{}", name(&file));
            if id == PLACES {
                texts.insert(id, text(&file, REFERENCE_BYTES)?);
            } else if id.ends_with(".schema.json") {
                texts.insert(id, text(&file, TEXT_FILE_BYTES)?);
            }
        }
    }
    let house = texts::read(&texts);
    if house.findings.is_empty() {
        return Ok(house.bundle);
    }
    let problems = house.findings.into_iter().map(|finding| {
        let place = match finding.spot {
            Spot::Range(range) => Place::file(&range.file, range.start.line, range.start.column),
            Spot::Place(place) => place,
        };
        Problem::new(finding.code, place).in_words(finding.message, finding.help)
    });
    Err(Unread::Problems(path.to_owned(), problems.collect()))
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Unread> {
    let unread = |error| Unread::File(folder.to_owned(), error);
    let entries = fs::read_dir(folder).map_err(unread)?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut paths: Vec<PathBuf> = paths.collect::<io::Result<_>>().map_err(unread)?;
    // Editors and file managers leave hidden files behind.
    paths.retain(|path| !name(path).starts_with('.'));
    paths.sort();
    Ok(paths)
}

fn folders(folder: &Path) -> Result<Vec<PathBuf>, Unread> {
    let mut paths = entries(folder)?;
    paths.retain(|path| path.is_dir());
    Ok(paths)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Unread> {
    let mut paths = entries(folder)?;
    paths.retain(|path| path.is_file());
    Ok(paths)
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn text(path: &Path, limit: usize) -> Result<String, Unread> {
    let text = self::utf8(path, limit);
    text.map_err(|error| Unread::File(path.to_owned(), error))
}

/// A file's text, without the mark that some editors put before it.
pub(crate) fn utf8(path: &Path, limit: usize) -> io::Result<String> {
    let bytes = bytes(path, limit)?;
    let text = String::from_utf8(bytes).map_err(|_| {
        let what = "the file is not UTF-8; save it as UTF-8";
        io::Error::new(io::ErrorKind::InvalidData, what)
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(text) => text.to_owned(),
        None => text,
    })
}

/// The bytes of a file of at most `limit` bytes.
fn bytes(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX);
    let file = File::open(path)?;
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() > limit {
        let what = format!("the file has more than {limit} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, what));
    }
    Ok(bytes)
}
