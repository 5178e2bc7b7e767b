//! `longma door`: whether a venue admits a person, and whom it must notify.
//!
//! The person is decided by the person's facts and the venue by its own, which hold
//! no more about the person than a few levels under a pseudonym.

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{AsJson, Facts, Packs, TableFiles, When};
use crate::messages::Words;
use crate::read::clock;
use crate::read::given::{Ready, instant, read_facts, ready};
use crate::read::inspected::inspected;
use crate::read::packs::refused;
use crate::show::reading::{Extent, Reading, tell};
use crate::show::terminal::warn;
use clap::{Args, ValueEnum, ValueHint};
use longma_core::{Json, Members, Request};
use longma_passes::door::present;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    venue: PathBuf,
    #[command(flatten)]
    facts: Facts,
    #[arg(long, value_name = "NAME", default_value = "visitor")]
    person: String,
    #[arg(long, value_name = "HOW", value_enum, default_value = "on-site")]
    presence: Presence,
    #[command(flatten)]
    packs: Packs,
    #[command(flatten)]
    when: When,
    #[command(flatten)]
    tables: TableFiles,
    #[command(flatten)]
    json: AsJson,
}

/// How it is known that a person is at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Presence {
    OnSite,
    Registered,
    Forwarded,
}

impl From<Presence> for longma_passes::door::Presence {
    fn from(presence: Presence) -> Self {
        match presence {
            Presence::OnSite => Self::OnSite,
            Presence::Registered => Self::Registered,
            Presence::Forwarded => Self::Forwarded,
        }
    }
}

/// Decides the person, then the venue.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let at = instant(arguments.when.at.as_deref(), words)?;
    let Ready {
        catalogue,
        tables,
        mut sources,
        ..
    } = ready(&arguments.packs.path, &arguments.tables.given, words)?;
    let request = Request {
        references: Some(&tables),
        ..Request::default()
    };
    let text = read_facts(&arguments.facts.path, &mut sources, words)?;
    let now = clock::now().unwrap_or(at);
    let (person, found) = inspected(&catalogue, &text, request, now)
        .map_err(|problems| refused(Exit::Facts, &sources, problems.as_slice(), words))?;
    warn(&found, &sources, words);
    let text = read_facts(&arguments.venue, &mut sources, words)?;
    // Reports problems in the venue's own document before the person is added to it.
    catalogue
        .read_facts(&text)
        .map_err(|problems| refused(Exit::Facts, &sources, problems.as_slice(), words))?;
    let venue = match Json::parse(&text, "facts") {
        Ok(Json::Object(venue)) => venue,
        _ => Members::default(),
    };
    let venue = present(
        venue,
        &arguments.person,
        &person,
        at,
        arguments.presence.into(),
    );
    let text = Json::Object(venue).to_string();
    let outcome = catalogue
        .read_facts(&text)
        .and_then(|facts| Ok((catalogue.decide(&facts, request)?, facts)))
        .map_err(|problems| refused(Exit::Facts, &sources, problems.as_slice(), words));
    let (outcome, facts) = outcome?;
    if arguments.json.wanted {
        return Ok(Answer::exact(format!("{}\n", outcome.json_at(at))));
    }
    let region = facts.region().unwrap_or_default();
    let reading = Reading {
        outcome: &outcome,
        at,
        region,
        subject: facts.subject(),
        asked: &[],
        policies: catalogue.policies(region),
        sources: &sources,
        words,
    };
    Ok(Answer::page(tell(
        &reading,
        &catalogue,
        Extent::default(),
        None,
    )))
}
