//! Files that were read, and what can be wrong with one.

use crate::toml::TomlError;
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::PathBuf;

/// A text that was read, and where from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its place on disk, as given.
    pub path: PathBuf,
    /// What it holds.
    pub text: String,
}

/// The files of a bundle by the paths that problems name
/// (`packs/62/2022-03-07/pack.toml`).
pub type Files = BTreeMap<String, SourceFile>;

/// Why a folder is no set of rules.
#[derive(Debug)]
pub enum LoadError {
    /// A file or folder cannot be read.
    Io(PathBuf, io::Error),
    /// No pack lies under this folder.
    Empty(PathBuf),
    /// A file is not TOML.
    Toml(SourceFile, TomlError),
    /// A file is TOML of another shape: the key concerned, and what is wrong.
    Shape {
        /// The file.
        file: SourceFile,
        /// Where, in bytes.
        span: Range<usize>,
        /// Where, as keys from the top.
        key: Vec<String>,
        /// What is wrong.
        misfit: Misfit,
    },
    /// A bundle that core refuses.
    Bundle(SourceFile, Box<longma_core::Problem>),
}

/// How a value differs from the shape that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// A key that is required.
    Missing(String),
    /// A key that no one asked for.
    Unknown {
        /// The key.
        name: String,
        /// The keys that may stand there.
        known: Vec<String>,
    },
    /// A value of another kind than this one.
    Kind(String),
    /// A param whose value is neither a whole number nor a text.
    ParamValue,
    /// A number outside what the place can hold.
    Range(String),
    /// A word that is none of these.
    Choice {
        /// The word.
        found: String,
        /// The words that may stand there.
        known: Vec<String>,
    },
    /// Something else, as the deserializer says it.
    Other(String),
    /// A case that could not fail.
    ExpectsNothing,
}
