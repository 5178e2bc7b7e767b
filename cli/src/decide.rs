//! `longma decide`: what holds for a subject, when, and why.
//!
//! What is given is read by [`given`](crate::given); the rest is the core's answer,
//! laid out by [`status`], [`bands`] and [`changes`]. Many persons at once are [`batch`]'s.

use crate::args::Decide as Arguments;
use crate::command::{Answer, Exit, Refusal};
use crate::diagnostic::Sources;
use crate::given::{Ready, instant, read_facts, ready, undecided, width};
use crate::messages::Words;
use crate::packs::refused;
use crate::page::{self, Page};
use crate::{bands, batch, changes, status};
use longma_core::{Catalogue, Instant, Outcome, Policy, Request};

/// An answer together with what is needed to tell it.
pub(crate) struct Reading<'a> {
    pub(crate) outcome: &'a Outcome,
    /// The instant that is looked up.
    pub(crate) at: Instant,
    pub(crate) region: &'a str,
    /// The kind of subject.
    pub(crate) subject: &'a str,
    pub(crate) policies: &'a [Policy],
    pub(crate) sources: &'a Sources,
    pub(crate) words: Words,
}

/// Decides, and tells it as text or JSON.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let form = batch::Form::of(arguments);
    batch::fitting(form, arguments, words)?;
    if form != batch::Form::Document {
        return batch::run(arguments, words);
    }
    let at = instant(arguments.at.as_deref(), words)?;
    let width = width(arguments.width.as_deref(), words)?;
    let Ready {
        catalogue,
        tables,
        mut sources,
        ..
    } = ready(&arguments.packs, &arguments.reference, words)?;
    let text = read_facts(&arguments.facts, &mut sources, words)?;
    let facts = catalogue
        .read_facts(&text)
        .map_err(|problems| refused(Exit::Facts, &sources, problems.as_slice(), words))?;
    let asked: Vec<&str> = arguments.decision.iter().map(String::as_str).collect();
    let request = Request {
        region: arguments.region.as_deref(),
        references: Some(&tables),
        decisions: (!asked.is_empty()).then_some(&asked),
    };
    let outcome = catalogue
        .decide(&facts, request)
        .map_err(|problems| undecided(request, &problems, &sources, words))?;
    if arguments.json {
        return Ok(Answer::exact(format!("{}\n", outcome.json_at(at))));
    }
    let region = request.region.or(facts.region()).unwrap_or_default();
    let reading = Reading {
        outcome: &outcome,
        at,
        region,
        subject: facts.subject(),
        policies: catalogue.policies(region),
        sources: &sources,
        words,
    };
    Ok(Answer::page(tell(&reading, &catalogue, width)))
}

pub(crate) fn tell(reading: &Reading, catalogue: &Catalogue, width: Option<usize>) -> String {
    let mut page = Page::new(page::columns(width));
    status::write(&mut page, reading, catalogue);
    if !reading.outcome.decisions().is_empty() {
        bands::write(&mut page, reading);
        changes::write(&mut page, reading);
    }
    page.finish()
}
