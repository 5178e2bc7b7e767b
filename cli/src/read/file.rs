//! Files that were read, and why loading can fail.

use crate::read::bounded;
use crate::read::text::{Decoded, decode};
use longma_compile::texts::Texts;
use longma_lang::finding::Finding;
use longma_lang::syntax::Lines;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// A text, and the file it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The path on disk, as given.
    pub path: PathBuf,
    /// The text.
    pub text: String,
    /// The copies of shared functions that a script has behind its text.
    pub copies: String,
    /// The encoding by its usual name, if it was not UTF-8.
    pub assumed: Option<&'static str>,
}

impl SourceFile {
    /// A text in UTF-8.
    pub(crate) fn new(path: PathBuf, text: String) -> Self {
        Self {
            path,
            text,
            copies: String::new(),
            assumed: None,
        }
    }

    /// The file and line that a line behind the text was copied from.
    pub(crate) fn copied(&self, line: usize) -> Option<(String, usize)> {
        let whole = format!("{}{}", self.text, self.copies);
        let lines = Lines::new(whole);
        let (file, line) = lines.copied(line)?;
        Some((file.to_owned(), line))
    }

    /// Reads a file of at most `limit` bytes, whatever encoding it was written in.
    ///
    /// # Errors
    /// If it cannot be read, is longer, or is no text.
    pub(crate) fn read(path: &Path, limit: usize) -> io::Result<Self> {
        Self::decoded(path, &bounded::bytes(path, limit)?)
    }

    /// The text of a file's bytes, whatever encoding they are in.
    ///
    /// # Errors
    /// If they are no text.
    pub(crate) fn decoded(path: &Path, bytes: &[u8]) -> io::Result<Self> {
        let Decoded { text, assumed } = decode(bytes)?;
        Ok(Self {
            assumed,
            ..Self::new(path.to_owned(), text)
        })
    }
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
    /// There is no folder of schemas beside the packs.
    NoSchemas(PathBuf),
    /// A file's content is wrong.
    Found(SourceFile, Box<Finding>),
    /// Core refuses a bundle.
    Bundle(SourceFile, Box<longma_core::Problem>),
}
