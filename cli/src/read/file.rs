//! Files that were read, and what can be wrong with one.

use longma_compile::texts::Texts;
use longma_lang::finding::Finding;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

/// A text that was read, and where from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its place on disk, as given.
    pub path: PathBuf,
    /// What it holds.
    pub text: String,
}

/// The files of packs by the paths that problems name
/// (`packs/62/2022-03-07/pack.toml`).
pub type Files = BTreeMap<String, SourceFile>;

/// The texts of files, without where they are on disk.
#[must_use]
pub fn texts(files: &Files) -> Texts {
    let texts = files.iter();
    texts
        .map(|(name, file)| (name.clone(), file.text.clone()))
        .collect()
}

/// Why a folder is no set of rules.
#[derive(Debug)]
pub enum LoadError {
    /// A file or folder cannot be read.
    Io(PathBuf, io::Error),
    /// No pack lies under this folder.
    Empty(PathBuf),
    /// A file does not say what it should.
    Found(SourceFile, Box<Finding>),
    /// A bundle that core refuses.
    Bundle(SourceFile, Box<longma_core::Problem>),
}
