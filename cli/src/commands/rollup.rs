//! `longma rollup`: the counts of fever clinics by county, city and province, with
//! the clinics that have not reported.

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{AsJson, Facts};
use crate::messages::{Key, Words};
use crate::read::given::{day, read_text};
use crate::show::diagnostic::Diagnostic;
use crate::show::page::{self, Page};
use crate::show::terminal::remark;
use longma_core::Args;
use longma_records::rollup::roll_up;
use serde_json::{Map, Value as Json};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    facts: Facts,
    #[arg(long, value_name = "DATE")]
    from: String,
    #[arg(long, value_name = "DATE")]
    to: String,
    #[command(flatten)]
    json: AsJson,
}

/// Reads documents, one per line, and adds up their counts.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let from = day(&arguments.from, words)?;
    let to = day(&arguments.to, words)?;
    let path = &arguments.facts.path;
    let text = read_text(path, words)?;
    let mut clinics: Vec<Map<String, Json>> = Vec::new();
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let clinic = serde_json::from_str(line);
        clinics.push(clinic.map_err(|_| {
            let number = index + 1;
            let shown = Diagnostic::error(&words.fill(Key::RollupLine, &Args::of("n", number)));
            let shown = shown.at(path).help(words.say(Key::RollupLineHelp));
            Refusal::new(Exit::Facts, shown)
        })?);
        lines.push(index + 1);
    }
    let rolled = roll_up(&clinics, from, to);
    if arguments.json.wanted {
        let json = serde_json::to_string(&rolled).unwrap_or_default();
        return Ok(Answer::exact(format!("{json}\n")));
    }
    let wrong = rolled.problems.iter().map(|problem| {
        let shown = Diagnostic::warning(words.of(&problem.message())).coded(problem.code);
        match problem.help() {
            Some(help) => shown.at(path).help(words.of(&help)),
            None => shown.at(path),
        }
    });
    let wrong: Vec<Diagnostic> = wrong.collect();
    if !wrong.is_empty() {
        remark(&wrong, words);
    }
    let mut page = Page::new(page::columns(None));
    let mut region = "";
    for line in &rolled.lines {
        if line.region != region {
            page.heading(&line.region);
            region = &line.region;
        }
        page.field(
            2,
            &line.day,
            14,
            &words.fill(
                Key::RollupCounts,
                &Args::of("fever", line.fever)
                    .with("visits", line.visits)
                    .with("reported", line.reported)
                    .with("clinics", line.clinics),
            ),
        );
        if !line.missing.is_empty() {
            let missing = words.list(&line.missing);
            page.field(
                14,
                "",
                0,
                &words.fill(Key::RollupMissing, &Args::of("clinics", &missing)),
            );
        }
    }
    Ok(Answer::page(page.finish()))
}
