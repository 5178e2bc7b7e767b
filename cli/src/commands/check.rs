//! `longma check`: everything that is wrong with a folder of packs.

mod document;
mod find;
mod sarif;
mod text;

pub use find::{Checked, Found, check, codes};

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{Only, Packs};
use crate::messages::Words;
use crate::read::given::assumptions;
use crate::read::packs::{chosen, is_meant, unloaded};
use crate::show::terminal::remark;
use clap::{Args, ValueEnum};
use find::{check_with, pack_of};
use longma_core::Severity;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    only: Only,
    #[command(flatten)]
    packs: Packs,
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    format: Format,
    #[arg(long)]
    deny_warnings: bool,
    #[arg(long)]
    costs: bool,
}

/// Formats of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Sarif,
}

/// Checks, and reports the findings.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let mut checked = check_with(&arguments.packs.path, arguments.costs)
        .map_err(|errors| unloaded(&errors, &arguments.packs.path, words))?;
    remark(&assumptions(checked.files.values(), words), words);
    let known = checked.packs.iter().map(String::as_str);
    let only = chosen(&arguments.only.names, &arguments.packs.path, known, words)?;
    checked.packs.retain(|id| is_meant(id, &only));
    checked
        .found
        .retain(|found| pack_of(found).is_none_or(|id| is_meant(id, &only)));
    let severities = checked.found.iter().map(|found| found.finding.severity);
    let stops = severities.into_iter().any(|severity| match severity {
        Severity::Error => true,
        Severity::Warning => arguments.deny_warnings,
        Severity::Info => false,
    });
    let answer = match arguments.format {
        Format::Text => Answer::page(text::text(&checked, words)),
        Format::Json => Answer::exact(document::json(&checked)),
        Format::Sarif => Answer::exact(sarif::log(&checked, words.lang())),
    };
    let exit = if stops { Exit::Packs } else { Exit::Done };
    Ok(Answer { exit, ..answer })
}
