//! `longma decide`: what holds for a subject, when, and why.
//!
//! [`given`](crate::read::given) reads the input, the core decides, and
//! [`reading`](crate::show::reading) lays out the answer. [`many`] handles many persons
//! at once.

mod many;

use crate::answer::{Answer, Refusal};
use crate::arguments::{AsJson, Facts, Packs, Question, TableFiles, Width};
use crate::messages::Words;
use crate::read::given::{Ready, instant, read_facts, ready, undecided};
use crate::read::inspected::sound;
use crate::show::page;
use crate::show::reading::{Extent, Reading, tell};
use crate::show::terminal::warn;
use clap::{Args, ValueHint};
use longma_core::{Request, Severity};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    facts: Facts,
    #[command(flatten)]
    packs: Packs,
    #[command(flatten)]
    question: Question,
    #[command(flatten)]
    tables: TableFiles,
    #[command(flatten)]
    json: AsJson,
    #[command(flatten)]
    width: Width,
    #[command(flatten)]
    more: More,
    #[arg(long = "format", value_name = "FORMAT", value_parser = ["json", "ndjson", "csv"])]
    form: Option<String>,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    mapping: Option<PathBuf>,
    #[arg(long, value_name = "POINTER")]
    id: Option<String>,
    #[arg(long)]
    full: bool,
    #[arg(long = "out", value_name = "FILE", value_hint = ValueHint::FilePath)]
    results: Option<PathBuf>,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    rejects: Option<PathBuf>,
    #[arg(long)]
    resume: bool,
}

/// What to show in addition to the answer.
#[derive(Debug, Args)]
struct More {
    #[arg(long)]
    timeline: bool,
    #[arg(long)]
    history: bool,
}

/// Decides, and reports as text or JSON.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let form = many::Form::of(arguments);
    many::fitting(form, arguments, words)?;
    if form != many::Form::Document {
        return many::run(arguments, words);
    }
    let at = instant(arguments.question.when.at.as_deref(), words)?;
    let width = page::asked(arguments.width.columns.as_deref(), words)?;
    let Ready {
        catalogue,
        tables,
        mut sources,
        ..
    } = ready(&arguments.packs.path, &arguments.tables.given, words)?;
    let text = read_facts(&arguments.facts.path, &mut sources, words)?;
    let (facts, mut found) = sound(&catalogue, &text, at, &sources, words)?;
    // The outcome has what makes a section unknown.
    found.retain(|problem| problem.severity == Severity::Warning);
    warn(&found, &sources, words);
    let asked = arguments.question.decisions.asked();
    let request = Request {
        region: arguments.question.region.code.as_deref(),
        references: Some(&tables),
        decisions: (!asked.is_empty()).then_some(&asked),
        window: None,
    };
    let outcome = catalogue
        .decide(&facts, request)
        .map_err(|problems| undecided(request, &problems, &sources, words))?;
    if arguments.json.wanted {
        return Ok(Answer::exact(format!("{}\n", outcome.json_at(at))));
    }
    let region = request.region.or(facts.region()).unwrap_or_default();
    let reading = Reading {
        outcome: &outcome,
        at,
        region,
        subject: facts.subject(),
        asked: &asked,
        policies: catalogue.policies(region),
        sources: &sources,
        words,
    };
    let extent = Extent {
        timeline: arguments.more.timeline,
        history: arguments.more.history,
    };
    Ok(Answer::page(tell(&reading, &catalogue, extent, width)))
}
