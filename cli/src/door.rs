//! `longma door`: whether a venue admits a person, and whom it must tell.
//!
//! The person is decided by the person's facts, the venue by its own, with no
//! more of the person in them than a few levels under a pseudonym.

use crate::args::Door as Arguments;
use crate::card::{told, warn};
use crate::clock;
use crate::command::{Answer, Exit, Refusal};
use crate::decide::{Reading, tell};
use crate::given::{Ready, instant, read_facts, ready};
use crate::messages::Words;
use crate::packs::refused;
use longma_core::Request;
use longma_front::door::present;

/// Decides for the person, then at the door.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let at = instant(arguments.at.as_deref(), words)?;
    let Ready {
        catalogue,
        tables,
        mut sources,
        ..
    } = ready(&arguments.packs, &arguments.reference, words)?;
    let request = Request {
        references: Some(&tables),
        ..Request::default()
    };
    let text = read_facts(&arguments.facts, &mut sources, words)?;
    let now = clock::now().unwrap_or(at);
    let (_, person, found) = told(&catalogue, &text, request, now)
        .map_err(|problems| refused(Exit::Facts, &sources, problems.as_slice(), words))?;
    warn(&found, &sources, words);
    let text = read_facts(&arguments.venue, &mut sources, words)?;
    // What is wrong with the venue's own document is told before anything is added.
    catalogue
        .read_facts(&text)
        .map_err(|problems| refused(Exit::Facts, &sources, problems.as_slice(), words))?;
    let venue = serde_json::from_str(&text).unwrap_or_default();
    let venue = present(
        venue,
        &arguments.person,
        &person,
        at,
        arguments.presence.into(),
    );
    let text = serde_json::to_string(&venue).unwrap_or_default();
    let outcome = catalogue
        .read_facts(&text)
        .and_then(|facts| Ok((catalogue.decide(&facts, request)?, facts)))
        .map_err(|problems| refused(Exit::Facts, &sources, problems.as_slice(), words));
    let (outcome, facts) = outcome?;
    if arguments.json {
        return Ok(Answer::exact(format!("{}\n", outcome.json_at(at))));
    }
    let region = facts.region().unwrap_or_default();
    let reading = Reading {
        outcome: &outcome,
        at,
        region,
        subject: facts.subject(),
        policies: catalogue.policies(region),
        sources: &sources,
        words,
    };
    Ok(Answer::page(tell(&reading, &catalogue, None)))
}
