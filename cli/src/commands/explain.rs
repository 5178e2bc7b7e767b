//! `longma explain`: why a decision has its level at an instant, and why not another.
//!
//! The desk explains; [`tell`] lays it out, rule by rule.

mod bring;
mod tell;

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{AsJson, Facts, Packs, Question, TableFiles, Width};
use crate::messages::Words;
use crate::read::given::{Ready, instant, read_facts, ready, undecided};
use crate::read::inspected::sound;
use crate::read::packs::refused;
use crate::show::page;
use crate::show::terminal::warn;
use clap::Args;
use longma_core::Request;
use longma_desk::bring::{Search, bring};
use longma_desk::explain::{Ground, explain};
use longma_desk::probes::Watched;
use longma_desk::tables::Rows;

/// Records tried for each section.
const TRIES: u64 = 400;

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
    #[arg(long, value_name = "LEVEL")]
    to: Option<String>,
    #[command(flatten)]
    json: AsJson,
    #[command(flatten)]
    width: Width,
}

/// Explains, and reports as a tree or as JSON.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let at = instant(arguments.question.when.at.as_deref(), words)?;
    let width = page::asked(arguments.width.columns.as_deref(), words)?;
    let Ready {
        bundle,
        catalogue,
        tables,
        mut sources,
    } = ready(&arguments.packs.path, &arguments.tables.given, words)?;
    let text = read_facts(&arguments.facts.path, &mut sources, words)?;
    let (facts, found) = sound(&catalogue, &text, at, &sources, words)?;
    warn(&found, &sources, words);
    let asked = arguments.question.decisions.asked();
    let request = Request {
        region: arguments.question.region.code.as_deref(),
        references: Some(&tables),
        decisions: (!asked.is_empty()).then_some(&asked),
        window: None,
    };
    if let Some(level) = &arguments.to {
        let outcome = catalogue
            .evaluate(&text, request)
            .map_err(|problems| undecided(request, &problems, &sources, words))?;
        let rows = sources.tables.iter();
        let rows = rows.map(|(name, file)| (name.clone(), Rows::read(&file.text)));
        let search = Search {
            bundle: &bundle,
            catalogue: &catalogue,
            facts: &text,
            tables: &rows.collect(),
            request,
            at,
            tries: TRIES,
        };
        if !outcome
            .decisions()
            .values()
            .any(|it| it.level(level).is_some())
        {
            return Err(bring::unknown(&outcome, level, words));
        }
        let brought = bring(search, &outcome, level);
        if arguments.json.wanted {
            let json = serde_json::to_string(&brought).unwrap_or_default();
            return Ok(Answer::exact(format!("{json}\n")));
        }
        let told = bring::page(&brought, &outcome, level, page::columns(width), words);
        return Ok(Answer::page(told));
    }
    let watched = Watched::load(&bundle)
        .map_err(|problems| refused(Exit::Packs, &sources, problems.as_slice(), words))?;
    let rows = sources.tables.iter();
    let rows = rows.map(|(name, file)| (name.clone(), file.text.clone()));
    let ground = Ground {
        bundle: &bundle,
        catalogue: &catalogue,
        watched: &watched,
        facts: &text,
        tables: &rows.collect(),
    };
    let explanation = explain(ground, &facts, request, at)
        .map_err(|problems| undecided(request, &problems, &sources, words))?;
    if arguments.json.wanted {
        // Serializing texts, numbers and lists cannot fail.
        let json = serde_json::to_string(&explanation).unwrap_or_default();
        return Ok(Answer::exact(format!("{json}\n")));
    }
    let told = tell::page(&explanation, &sources, at, page::columns(width), words);
    Ok(Answer::page(told))
}
