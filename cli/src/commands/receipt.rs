//! `longma receipt`: a decision on record, which anybody can compute anew.

use crate::answer::{Answer, Refusal};
use crate::arguments::{Packs, Region, TableFiles, When};
use crate::messages::Words;
use crate::read::given::{instant, ready};
use crate::read::record::{Asked, Person, Recorded, reckon};
use crate::read::sealed::private_key;
use crate::show::out;
use crate::show::terminal::warn;
use clap::ValueHint;
use longma_core::Instant;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    person: Person,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    key: PathBuf,
    #[arg(long, value_name = "TIME")]
    known: Option<String>,
    #[command(flatten)]
    packs: Packs,
    #[command(flatten)]
    region: Region,
    #[command(flatten)]
    when: When,
    #[command(flatten)]
    tables: TableFiles,
    #[arg(long)]
    bare: bool,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    save: PathBuf,
}

/// Decides, and signs what was decided and from what.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let at = instant(arguments.when.at.as_deref(), words)?;
    let made = instant(None, words)?;
    let known = arguments.known.as_deref();
    let known = known.map(|text| instant(Some(text), words)).transpose()?;
    // A dossier says when each thing was stated: what is known when the receipt is made.
    let known: Option<Instant> = known.or(arguments.person.dossier.is_some().then_some(made));
    let key = private_key(&arguments.key, words)?;
    let mut ready = ready(&arguments.packs.path, &arguments.tables.given, words)?;
    let asked = Asked {
        region: arguments.region.code.as_deref(),
        at,
        known,
        made,
    };
    let reckoned = reckon(
        &arguments.person,
        &mut ready,
        asked,
        &arguments.tables,
        words,
    )?;
    warn(&reckoned.left, &ready.sources, words);
    let recorded = Recorded {
        sealed: reckoned.receipt.sealed(&key),
        facts: (!arguments.bare).then_some(reckoned.facts),
    };
    out::file(&arguments.save, format!("{recorded}\n"), words)?;
    Ok(Answer::exact(String::new()))
}
