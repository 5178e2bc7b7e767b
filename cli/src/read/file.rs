//! Files that were read, and why loading can fail.

use longma_compile::texts::Texts;
use longma_lang::finding::Finding;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

/// A text, and the file it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The path on disk, as given.
    pub path: PathBuf,
    /// The text.
    pub text: String,
}

/// The packs' files, by the paths that problems use
/// (`packs/62/2022-03-07/pack.toml`).
pub type Files = BTreeMap<String, SourceFile>;

/// The texts of files, without their paths on disk.
#[must_use]
pub fn texts(files: &Files) -> Texts {
    let texts = files.iter();
    texts
        .map(|(name, file)| (name.clone(), file.text.clone()))
        .collect()
}

/// Why a folder or a bundle cannot be loaded.
#[derive(Debug)]
pub enum LoadError {
    /// A file or folder cannot be read.
    Io(PathBuf, io::Error),
    /// There is no pack under this folder.
    Empty(PathBuf),
    /// A file's content is wrong.
    Found(SourceFile, Box<Finding>),
    /// Core refuses a bundle.
    Bundle(SourceFile, Box<longma_core::Problem>),
}
