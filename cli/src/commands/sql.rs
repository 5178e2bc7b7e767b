//! `longma sql`: SQL over populations in Parquet files, with decisions as tables.

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{Packs, TableFiles};
use crate::messages::{Key, Words};
use crate::read::bounded;
use crate::read::given::{Ready, ready, unread};
use crate::read::packs::refused;
use crate::show::diagnostic::Diagnostic;
use crate::show::sources::Sources;
use clap::{ValueEnum, ValueHint};
use longma_core::Args;
use longma_core::limits::TEXT_FILE_BYTES;
use longma_query::table::{self, print};
use longma_query::{Code, Error, Session, Settings};
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The table that `--facts DIR` makes.
const FACTS: &str = "facts";

/// The packs of `--packs` when there are others to compare them with, and those.
const SIDES: [&str; 2] = ["before", "after"];

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// `-` is standard input.
    #[arg(value_name = "QUERY")]
    query: String,
    #[arg(id = "facts", long = "facts", value_name = "[NAME=]DIR", value_hint = ValueHint::AnyPath, required = true)]
    facts: Vec<String>,
    #[command(flatten)]
    packs: Packs,
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath)]
    after: Option<PathBuf>,
    #[command(flatten)]
    tables: TableFiles,
    #[arg(long, value_name = "NAME", value_enum, default_value = "text")]
    format: Form,
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    #[arg(long, value_name = "MIB", default_value_t = 1_024)]
    memory: usize,
    #[cfg(feature = "cluster")]
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    cluster: Option<String>,
}

/// How rows are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Text,
    Csv,
    Json,
}

impl From<Form> for table::Form {
    fn from(form: Form) -> Self {
        match form {
            Form::Text => Self::Text,
            Form::Csv => Self::Csv,
            Form::Json => Self::JsonLines,
        }
    }
}

/// Answers one query.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let facts = facts(arguments, words)?;
    let query = query(&arguments.query, words)?;
    let session = session(arguments, words)?;
    let stop = |error: &Error| stopped(error, words);
    for (name, path) in facts {
        let registered = session.register_blocking(name, path);
        registered.map_err(|error| stop(&error))?;
    }
    let rows = session.sql_blocking(&query).map_err(|error| stop(&error))?;
    let mut out = Vec::new();
    print(&rows, arguments.format.into(), &mut out).map_err(|error| stop(&error))?;
    // What labels hold is written by others: a terminal must not be steered by it.
    Ok(Answer::exact(String::from_utf8_lossy(&out).into_owned()))
}

/// The tables by name, in the order in which they were given.
fn facts(arguments: &Arguments, words: Words) -> Result<Vec<(&str, &str)>, Refusal> {
    let mut names = BTreeSet::new();
    let mut facts = Vec::new();
    for given in &arguments.facts {
        // A folder of a partition is no name: `county=620102`.
        let (name, path) = match given.split_once('=') {
            Some((name, path)) if !Path::new(given).exists() => (name, path),
            _ => (FACTS, given.as_str()),
        };
        if !names.insert(name) {
            let shown = Diagnostic::error(&words.fill(Key::SqlTwice, &Args::of("name", name)));
            let shown = shown.help(words.say(Key::SqlTwiceHelp));
            return Err(Refusal::new(Exit::Usage, shown));
        }
        facts.push((name, path));
    }
    Ok(facts)
}

fn query(given: &str, words: Words) -> Result<String, Refusal> {
    if given != "-" {
        return Ok(given.to_owned());
    }
    let name = Path::new(words.say(Key::Stdin));
    let bytes = bounded::standard(TEXT_FILE_BYTES).map_err(|error| unread(name, &error, words))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn session(arguments: &Arguments, words: Words) -> Result<Session, Refusal> {
    let set = |packs: &Path| {
        let Ready {
            catalogue, tables, ..
        } = ready(packs, &arguments.tables.given, words)?;
        Ok((Arc::new(catalogue), Arc::new(tables)))
    };
    let (catalogue, tables) = set(&arguments.packs.path)?;
    let mut packs = longma_query::Packs::new();
    if let Some(after) = &arguments.after {
        let [before, later] = SIDES;
        let (next, next_tables) = set(after)?;
        packs = packs
            .with(before, Arc::clone(&catalogue), Arc::clone(&tables))
            .with(later, next, next_tables);
    }
    let packs = packs.with("", catalogue, tables);
    let settings = Settings {
        memory: arguments.memory.saturating_mul(1 << 20),
        partitions: arguments.threads,
        ..Settings::default()
    };
    #[cfg(feature = "cluster")]
    if let Some(url) = &arguments.cluster {
        return Session::cluster(url, packs, &settings).map_err(|error| stopped(&error, words));
    }
    Session::new(packs, &settings).map_err(|error| stopped(&error, words))
}

fn stopped(error: &Error, words: Words) -> Refusal {
    let of_files = [
        Code::PathMissing,
        Code::FolderEmpty,
        Code::FolderMixed,
        Code::FileUnread,
        Code::FileOther,
        Code::Io,
    ];
    let exit = if of_files.iter().any(|code| error.code() == *code) {
        Exit::Files
    } else {
        Exit::Usage
    };
    refused(exit, &Sources::default(), error.problems(), words)
}
