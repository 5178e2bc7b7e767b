//! `longma population`: decides or compares a whole population, or invents one.
//!
//! Facts come as Parquet files, and what comes out goes into a folder: outcomes as Parquet,
//! counts as Parquet and as a page, and whoever was refused. A run that was ended goes on
//! where it stopped.

mod invent;
mod tell;

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{AsJson, Decisions, Packs, Region, TableFiles};
use crate::messages::{Key, Words};
use crate::read::given::{Ready, day_or_instant, instant, ready};
use crate::read::packs::refused;
use crate::show::diagnostic::Diagnostic;
use crate::show::out;
use crate::show::sources::Sources;
use crate::show::terminal::remark;
use crate::show::trouble::trouble;
use clap::{ValueEnum, ValueHint};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use longma_core::{Date, Offset, Span, hex};
use longma_population::decide::{Decider, Question};
use longma_population::files;
use longma_population::run::{Job, Progress, Report, key};
use sha2::{Digest, Sha256};
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[arg(value_name = "WHAT", value_enum)]
    what: What,
    #[arg(id = "facts", long = "facts", value_name = "DIR", value_hint = ValueHint::AnyPath)]
    facts: Option<PathBuf>,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    like: Option<PathBuf>,
    #[arg(long, value_name = "N")]
    persons: Option<u64>,
    #[command(flatten)]
    packs: Packs,
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath)]
    after: Option<PathBuf>,
    #[command(flatten)]
    region: Region,
    #[command(flatten)]
    decisions: Decisions,
    #[command(flatten)]
    tables: TableFiles,
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    #[arg(long, value_name = "TIME", requires = "until")]
    from: Option<String>,
    #[arg(long, value_name = "TIME", requires = "from")]
    until: Option<String>,
    #[arg(long, value_name = "COLUMN")]
    by: Option<String>,
    #[arg(long, value_name = "NAME", value_enum)]
    tell: Vec<Tell>,
    #[arg(id = "out", long = "out", value_name = "DIR", value_hint = ValueHint::DirPath)]
    out: PathBuf,
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    #[command(flatten)]
    json: AsJson,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    Decide,
    Compare,
    Invent,
}

/// What else is told of each person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Tell {
    Segments,
    Causes,
}

/// Decides everybody, and reports.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    if arguments.what == What::Invent {
        return invent::run(arguments, words);
    }
    let usage = |key: Key| Refusal::new(Exit::Usage, Diagnostic::error(words.say(key)));
    let Some(facts) = &arguments.facts else {
        return Err(usage(Key::PopulationFacts));
    };
    let compares = arguments.what == What::Compare;
    if compares != arguments.after.is_some() {
        return Err(usage(Key::PopulationAfter));
    }
    if arguments.decisions.names.is_empty() {
        return Err(usage(Key::PopulationDecision));
    }
    let folders = [Some(&arguments.packs.path), arguments.after.as_ref()];
    let mut sides = Vec::new();
    for packs in folders.into_iter().flatten() {
        sides.push(ready(packs, &arguments.tables.given, words)?);
    }
    let question = question(arguments, &sides, words)?;
    let day = question.at.first().map(|at| at.date(Offset::CHINA));
    let root = sides
        .first()
        .and_then(|it| it.catalogue.schema(&question.subject));
    let root = root
        .map(|schema| Arc::clone(schema.root()))
        .unwrap_or_default();
    let digests: Vec<String> = sides.iter().map(digest).collect();
    let mut deciders = Vec::new();
    let mut told = tell::Names::default();
    for side in sides {
        let Ready {
            catalogue,
            tables,
            sources,
            ..
        } = side;
        told.add(&catalogue, &question);
        let decider = Decider::new(Arc::new(catalogue), Arc::new(tables), question.clone());
        deciders.push(
            decider
                .map_err(|problems| refused(Exit::Usage, &sources, problems.as_slice(), words))?,
        );
    }
    let stop = |it: &files::Trouble| Refusal::new(Exit::Files, trouble(it, words));
    let (parts, missing) = files::parts(facts).map_err(|it| stop(&it))?;
    let job = Job {
        key: key(&[&question], &digests),
        deciders,
        root,
        parts,
        missing,
        by: arguments.by.clone(),
        out: arguments.out.clone(),
        threads: threads(arguments),
    };
    let bar = bar(words);
    let report = job.run(&|progress: Progress| {
        bar.set_length(progress.of);
        bar.set_position(progress.persons);
    });
    bar.finish_and_clear();
    let report = report.map_err(|it| stop(&it))?;
    answer(&report, &told, day, arguments, words)
}

/// Writes the page, and says what came out.
fn answer(
    report: &Report,
    names: &tell::Names,
    day: Option<Date>,
    arguments: &Arguments,
    words: Words,
) -> Result<Answer, Refusal> {
    let troubles = report.troubles.iter().map(|it| trouble(it, words));
    let troubles: Vec<Diagnostic> = troubles.collect();
    remark(&troubles, words);
    let counts = names.counts(report, arguments.by.as_deref(), words);
    let page = longma_desk::counts::page(&counts, words.lang());
    let path = arguments.out.join("report.html");
    out::file(&path, page, words)?;
    let mut feed = Vec::new();
    // Memory can always be written to.
    let _ = day.map(|day| report.tally.levels(day, &mut feed));
    if !feed.is_empty() {
        out::file(&arguments.out.join("levels.ndjson"), feed, words)?;
    }
    let sound = report.troubles.is_empty() && report.tally.refused == 0;
    let exit = if sound { Exit::Done } else { Exit::Facts };
    let answer = if arguments.json.wanted {
        let json = serde_json::to_string(&report.tally).unwrap_or_default();
        Answer::exact(format!("{json}\n"))
    } else {
        Answer::page(tell::page(report, &counts, &path, words))
    };
    Ok(Answer { exit, ..answer })
}

fn question(arguments: &Arguments, sides: &[Ready], words: Words) -> Result<Question, Refusal> {
    let at = instant(arguments.at.as_deref(), words)?;
    let time = |option: &str, text: &Option<String>| {
        let text = text.as_deref();
        let read = text.map(|text| day_or_instant(option, text, Offset::CHINA, words));
        read.transpose()
    };
    let (from, until) = (
        time("--from", &arguments.from)?,
        time("--until", &arguments.until)?,
    );
    let window = match (from, until) {
        (Some(from), Some(until)) => Some(Span::new(Some(from), Some(until)).ok_or_else(|| {
            let shown = Diagnostic::error(words.say(Key::WindowInvalid));
            Refusal::new(Exit::Usage, shown.help(words.say(Key::WindowInvalidHelp)))
        })?),
        _ => None,
    };
    let tells = |what: Tell| arguments.tell.contains(&what);
    let first = arguments.decisions.names.first().map_or("", String::as_str);
    let subject = sides
        .iter()
        .find_map(|side| tell::subject(&side.catalogue, first));
    Ok(Question {
        subject: subject.unwrap_or_else(|| "person".to_owned()),
        region: arguments.region.code.clone(),
        decisions: arguments.decisions.names.clone(),
        at: vec![at],
        window,
        segments: tells(Tell::Segments) || (window.is_some() && sides.len() > 1),
        causes: tells(Tell::Causes),
        seconds: window.is_some(),
    })
}

/// What tells packs and tables from others.
fn digest(side: &Ready) -> String {
    let Sources { tables, .. } = &side.sources;
    let mut hash = Sha256::new();
    hash.update(format!("{:?}", side.bundle));
    for (name, file) in tables {
        hash.update(format!("{name}\n{}", file.text));
    }
    hex(&hash.finalize())
}

fn bar(words: Words) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(None, target);
    if let Ok(style) = ProgressStyle::with_template(words.say(Key::PopulationBar)) {
        bar.set_style(style.progress_chars("#>-"));
    }
    bar
}

/// How many files are worked on at once.
fn threads(arguments: &Arguments) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    arguments.threads.unwrap_or_else(cores)
}
