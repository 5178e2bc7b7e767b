//! Arguments that several commands share, each defined once and flattened into the
//! commands that take it.
//!
//! An argument's help is in `messages/`, under `option.<command>.<id>` if the command
//! has its own text, else under `option.<id>`. The ids here are the option names, so
//! that the shared texts are found.

use clap::{Args, ValueHint};
use std::path::PathBuf;

/// The default folder of packs.
pub(crate) const PACKS: &str = "rules/packs";

/// `--facts FILE`
#[derive(Debug, Args)]
pub(crate) struct Facts {
    /// `-` is standard input.
    #[arg(id = "facts", long = "facts", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) path: PathBuf,
}

/// `--packs DIR`, which may name a bundle.
#[derive(Debug, Args)]
pub(crate) struct Packs {
    #[arg(id = "packs", long = "packs", value_name = "DIR", value_hint = ValueHint::AnyPath, default_value = PACKS)]
    pub(crate) path: PathBuf,
}

/// `--packs DIR` for commands that need the files themselves.
#[derive(Debug, Args)]
pub(crate) struct PackFolder {
    #[arg(id = "packs", long = "packs", value_name = "DIR", value_hint = ValueHint::DirPath, default_value = PACKS)]
    pub(crate) path: PathBuf,
}

/// `PACK…`, ids or regions.
#[derive(Debug, Args)]
pub(crate) struct Only {
    #[arg(id = "only", value_name = "PACK")]
    pub(crate) names: Vec<String>,
}

/// `--region CODE`
#[derive(Debug, Args)]
pub(crate) struct Region {
    #[arg(id = "region", long = "region", value_name = "CODE")]
    pub(crate) code: Option<String>,
}

/// `--at TIME`
#[derive(Debug, Args)]
pub(crate) struct When {
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
}

/// `--decision NAME…`; all decisions if none is given.
#[derive(Debug, Args)]
pub(crate) struct Decisions {
    #[arg(id = "decision", long = "decision", value_name = "NAME")]
    pub(crate) names: Vec<String>,
}

/// Which region, instant and decisions to look up for one person.
#[derive(Debug, Args)]
pub(crate) struct Question {
    #[command(flatten)]
    pub(crate) region: Region,
    #[command(flatten)]
    pub(crate) when: When,
    #[command(flatten)]
    pub(crate) decisions: Decisions,
}

/// `--reference NAME=FILE…`
#[derive(Debug, Args)]
pub(crate) struct TableFiles {
    #[arg(id = "reference", long = "reference", value_name = "NAME=FILE")]
    pub(crate) given: Vec<String>,
}

/// `--json`
#[derive(Debug, Args)]
pub(crate) struct AsJson {
    #[arg(id = "json", long = "json")]
    pub(crate) wanted: bool,
}

/// `--width N`
#[derive(Debug, Args)]
pub(crate) struct Width {
    #[arg(id = "width", long = "width", value_name = "N")]
    pub(crate) columns: Option<String>,
}

/// `--out FILE`
#[derive(Debug, Args)]
pub(crate) struct Out {
    /// `-` is standard output.
    #[arg(id = "out", long = "out", value_name = "FILE", value_hint = ValueHint::FilePath, default_value = "-")]
    pub(crate) path: PathBuf,
}

/// `--signed FILE…`
#[derive(Debug, Args)]
pub(crate) struct Signed {
    #[arg(id = "signed", long = "signed", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) paths: Vec<PathBuf>,
}

/// `--source-keys FILE`: whose keys are whose.
#[derive(Debug, Clone, Args)]
pub(crate) struct SourceKeys {
    #[arg(id = "source_keys", long = "source-keys", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) path: Option<PathBuf>,
}

impl Decisions {
    /// The names in the form core takes.
    pub(crate) fn asked(&self) -> Vec<&str> {
        self.names.iter().map(String::as_str).collect()
    }
}
