//! `longma issue`: a signed code for a person, as a text for a QR code.

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{AsJson, Facts, Packs, Region, TableFiles, When};
use crate::messages::Words;
use crate::read::given::{Ready, instant, read_facts, ready, undecided};
use crate::read::packs::refused;
use crate::read::sealed::{private_key, public_key, random, wrong};
use clap::{ValueEnum, ValueHint};
use longma_core::{Elapsed, Request, hex};
use longma_gate::issue::{self, Terms};
use longma_seal::text;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    facts: Facts,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    key: PathBuf,
    #[arg(long, value_name = "NAME", value_enum, default_value = "facts")]
    kind: Kind,
    #[arg(long, value_name = "N", default_value = "24", value_parser = clap::value_parser!(i64).range(1..=720))]
    hours: i64,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    phone: Option<PathBuf>,
    #[command(flatten)]
    packs: Packs,
    #[command(flatten)]
    region: Region,
    #[command(flatten)]
    when: When,
    #[command(flatten)]
    tables: TableFiles,
    #[command(flatten)]
    json: AsJson,
}

/// What a code shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Facts,
    Outcome,
}

/// Decides, and signs what a gate needs.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let issued = instant(arguments.when.at.as_deref(), words)?;
    let key = private_key(&arguments.key, words)?;
    let phone = arguments.phone.as_deref();
    let phone = phone.map(|path| public_key(path, words)).transpose()?;
    let Ready {
        catalogue,
        tables,
        mut sources,
        ..
    } = ready(&arguments.packs.path, &arguments.tables.given, words)?;
    let request = Request {
        region: arguments.region.code.as_deref(),
        references: Some(&tables),
        ..Request::default()
    };
    let given = read_facts(&arguments.facts.path, &mut sources, words)?;
    let refuse = |problems: longma_core::Problems| {
        refused(Exit::Facts, &sources, problems.as_slice(), words)
    };
    // What a record cannot say is refused before anybody signs it.
    let facts =
        longma_records::inspect::trusted(&catalogue, &given, Some(issued)).map_err(refuse)?;
    let lasts = Elapsed::hours(arguments.hours);
    let expires = lasts.and_then(|lasts| issued.plus(lasts)).unwrap_or(issued);
    let terms = Terms {
        id: random(words)?,
        issued,
        expires,
        holder_key: phone,
    };
    let id = hex(&terms.id);
    let undecided =
        |problems: longma_core::Problems| undecided(request, &problems, &sources, words);
    let pass = match arguments.kind {
        Kind::Facts => issue::facts(&catalogue, &facts, request, terms).map_err(undecided)?,
        Kind::Outcome => {
            let region = request
                .region
                .or(facts.region())
                .unwrap_or_default()
                .to_owned();
            let outcome = catalogue.decide(&facts, request).map_err(undecided)?;
            issue::outcome(&outcome, &region, terms)
        }
    };
    let sealed = pass
        .sealed(&key)
        .map_err(|problem| wrong(&arguments.key, &problem, words))?;
    let code = text::write(&sealed);
    if arguments.json.wanted {
        let json = serde_json::json!({ "id": id, "bytes": sealed.len(), "code": code });
        return Ok(Answer::exact(format!("{json}\n")));
    }
    Ok(Answer::exact(format!("{code}\n")))
}
