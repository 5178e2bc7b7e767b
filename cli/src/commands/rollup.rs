//! `longma rollup`: the counts of fever clinics by county, city and province, with
//! the clinics that have not reported.

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{AsJson, Facts, Packs};
use crate::messages::{Key, Words};
use crate::read::file::SourceFile;
use crate::read::given::{day, read_documents, ready};
use crate::read::packs::refused;
use crate::show::diagnostic::Diagnostic;
use crate::show::locate;
use crate::show::page::{self, Page};
use crate::show::sources::Sources;
use crate::show::terminal::remark;
use longma_core::limits::FACTS_BYTES;
use longma_core::{Args, Place, Problem};
use longma_records::rollup::{RollUp, roll_up};
use serde_json::{Map, Value as Json};
use std::path::Path;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    facts: Facts,
    #[command(flatten)]
    packs: Packs,
    #[arg(long, value_name = "DATE")]
    from: String,
    #[arg(long, value_name = "DATE")]
    to: String,
    #[command(flatten)]
    json: AsJson,
}

/// Reads documents, one per line, and adds up their counts. Lines and counts that cannot be
/// read are left out and told.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let from = day(&arguments.from, words)?;
    let to = day(&arguments.to, words)?;
    let mut sources = Sources::default();
    let text = read_documents(&arguments.facts.path, &mut sources, words)?;
    let mut list = List::default();
    let mut told = Vec::new();
    if let Some(file) = &sources.facts {
        told = list.read(file, words);
    }
    let packs = ready(&arguments.packs.path, &[], words)?;
    let rolled = roll_up(packs.catalogue.places(), &list.clinics, from, to)
        .map_err(|problem| refused(Exit::Usage, &Sources::default(), [&problem], words))?;
    told.extend(rolled.problems.iter().map(|problem| {
        let shown = Diagnostic::warning(words.of(&problem.message())).coded(problem.code);
        let shown = match problem.help() {
            Some(help) => shown.help(words.of(&help)),
            None => shown,
        };
        match (&sources.facts, list.line_of(&problem.place)) {
            (Some(file), Some(line)) => showing(shown, file, &text, line),
            _ => shown,
        }
    }));
    if rolled.clinics == 0 {
        let shown = Diagnostic::error(words.say(Key::RollupNone));
        told.push(shown.help(words.say(Key::RollupNoneHelp)));
        return Err(Refusal {
            exit: Exit::Facts,
            diagnostics: told,
        });
    }
    let exit = if told.is_empty() {
        Exit::Done
    } else {
        remark(&told, words);
        Exit::Facts
    };
    let answer = if arguments.json.wanted {
        let json = serde_json::to_string(&rolled).unwrap_or_default();
        Answer::exact(format!("{json}\n"))
    } else {
        Answer::page(page(&rolled, words))
    };
    Ok(Answer { exit, ..answer })
}

/// The documents of a list, and the line of each.
#[derive(Debug, Default)]
struct List {
    clinics: Vec<Map<String, Json>>,
    lines: Vec<usize>,
}

impl List {
    /// Adds a file's documents; returns what is wrong with lines that are none.
    fn read(&mut self, file: &SourceFile, words: Words) -> Vec<Diagnostic> {
        let mut wrong = Vec::new();
        for (index, line) in file.text.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let number = index + 1;
            if line.len() > FACTS_BYTES {
                let problem = Problem::facts_too_long(line.len() as u64);
                let shown = Sources::default().diagnostic(&problem, words).mild();
                wrong.push(shown.at(Path::new(&format!("{}:{number}", file.path.display()))));
                continue;
            }
            if let Ok(clinic) = serde_json::from_str(line) {
                self.clinics.push(clinic);
                self.lines.push(number);
            } else {
                let title = words.fill(Key::RollupLine, &Args::of("n", number));
                let shown = Diagnostic::warning(&title).help(words.say(Key::RollupLineHelp));
                wrong.push(showing(shown, file, &file.text, number));
            }
        }
        wrong
    }

    /// The line of the document that a place such as `/3/identity` points into.
    fn line_of(&self, place: &Place) -> Option<usize> {
        let Place::Facts { pointer } = place else {
            return None;
        };
        let index: usize = pointer.split('/').nth(1)?.parse().ok()?;
        self.lines.get(index).copied()
    }
}

fn showing(shown: Diagnostic, file: &SourceFile, text: &str, line: usize) -> Diagnostic {
    shown.showing(file, locate::line_range(text, line), None)
}

fn page(rolled: &RollUp, words: Words) -> String {
    let mut page = Page::new(page::columns(None));
    page.line(&words.fill(Key::RollupRests, &Args::of("n", rolled.clinics)));
    let mut region = "";
    for line in &rolled.lines {
        if line.region != region {
            page.heading(&line.region);
            region = &line.region;
        }
        let counts = Args::of("fever", line.fever)
            .with("visits", line.visits)
            .with("reported", line.reported)
            .with("clinics", line.clinics);
        page.field(2, &line.day, 14, &words.fill(Key::RollupCounts, &counts));
        if !line.missing.is_empty() {
            let missing = Args::of("clinics", words.list(&line.missing));
            page.field(14, "", 0, &words.fill(Key::RollupMissing, &missing));
        }
    }
    page.finish()
}
