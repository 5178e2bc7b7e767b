//! `longma decide` for many persons: a stream in, one line of results for each.
//!
//! Persons are read, decided and written one at a time, so memory does not grow
//! with their number. A person whose facts are wrong is reported with its line,
//! counted and left out, and the run goes on. A run that writes to a file can be
//! resumed after any interruption ([`journal`]).
//!
//! Left out: deciding on several processors. The core checks each person's facts,
//! here as everywhere.

mod files;
mod form;
mod journal;
mod progress;
mod verdict;
mod work;

pub(super) use form::{Form, fitting};

use super::Arguments;
use crate::answer::{Answer, Exit, Refusal};
use crate::messages::{Key, Words};
use crate::read::clock;
use crate::read::file::SourceFile;
use crate::read::given::{Ready, instant, read_text, ready, unread};
use crate::read::people::Stop;
use crate::read::people::lines::hex;
use crate::read::people::mapping::Mapping;
use crate::show::diagnostic::Diagnostic;
use crate::show::sources::Sources;
use crate::show::terminal;
use crate::show::unreadable::io_error;
use files::{Files, Input};
use form::usage;
use journal::{Found, Making};
use longma_compile::Bundle;
use longma_core::limits::TEXT_FILE_BYTES;
use longma_core::{Args, Catalogue, Instant, Offset, References};
use progress::Progress;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::path::Path;
use verdict::Judge;
use work::{Failure, Work};

/// The name of standard input and output on the command line.
const STANDARD: &str = "-";

/// Decides everyone in the stream.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let asked = arguments.question.when.at.as_deref();
    let asked = asked.map(|at| instant(Some(at), words)).transpose()?;
    let mut ground = Ground::lay(arguments, words)?;
    let input = Input::open(&arguments.facts.path, words)?;
    let mut files = Files::open(arguments, words)?;
    let found = files.found(arguments.resume, words)?;
    let at = when(asked, found.as_ref(), words)?;
    ground.making.insert("--facts".to_owned(), input.size());
    ground
        .making
        .insert("--at".to_owned(), at.to_rfc3339(Offset::CHINA));
    let (name, length) = (input.name.clone(), input.length);
    let refuse = |failure| refusal(failure, &name, words);
    let people = input.people(ground.mapping.take(), words);
    let people = people.map_err(|stop| refuse(Failure::Read(stop)))?;
    let journal = files.begin(found, &ground.making, words)?;
    let asked: Vec<&str> = arguments
        .question
        .decisions
        .names
        .iter()
        .map(String::as_str)
        .collect();
    let judge = Judge {
        decisions: &asked,
        catalogue: &ground.catalogue,
        tables: &ground.tables,
        region: arguments.question.region.code.as_deref(),
        at,
        received: clock::now().unwrap_or(at),
        id: arguments.id.as_deref(),
        full: arguments.full,
        sources: &ground.sources,
        words,
    };
    let progress = Progress::new(length, files.progress_is_seen(), words);
    let work = Work {
        people,
        out: &mut files.out,
        rejects: files.rejects.as_mut(),
        journal,
        stride: journal::STRIDE,
    };
    let done = work.run(&mut |person| judge.decide(person), &mut |told| {
        progress.tell(told, &name, words);
    });
    progress.finish();
    let exit = match done {
        Ok(tally) => {
            terminal::aside(&verdict::summary(&tally, words));
            if tally.decided + tally.refused == 0 {
                let shown = Diagnostic::error(words.say(Key::BatchNobody)).at(&name);
                let shown = shown.help(words.say(Key::BatchNobodyHelp));
                return Err(Refusal::new(Exit::Facts, shown));
            } else if tally.refused > 0 {
                Exit::Facts
            } else {
                Exit::Done
            }
        }
        Err(Failure::Closed) => Exit::Done,
        Err(failure) => return Err(refuse(failure)),
    };
    Ok(Answer {
        exit,
        ..Answer::exact(String::new())
    })
}

/// Explains why a run ended early.
fn refusal(failure: Failure, input: &Path, words: Words) -> Refusal {
    let at_line =
        |shown: Diagnostic, line: u64| shown.at(Path::new(&format!("{}:{line}", input.display())));
    match failure {
        Failure::Read(Stop::Io(error)) => unread(input, &error, words),
        Failure::Read(Stop::List(line, problem)) => {
            let shown = Sources::default().diagnostic(&problem, words);
            Refusal::new(Exit::Facts, at_line(shown, line))
        }
        Failure::Changed(line) => {
            let shown = Diagnostic::error(words.say(Key::BatchChanged));
            let shown = shown.help(words.say(Key::BatchChangedHelp));
            Refusal::new(Exit::Usage, at_line(shown, line))
        }
        Failure::Write(path, error) => Refusal::new(Exit::Files, io_error(&path, &error, words)),
        Failure::Closed => Refusal {
            exit: Exit::Done,
            diagnostics: Vec::new(),
        },
        Failure::Refused(refusal) => *refusal,
    }
}

/// Everything needed to decide, loaded once for all persons.
struct Ground {
    catalogue: Catalogue,
    tables: References,
    sources: Sources,
    mapping: Option<Mapping>,
    making: Making,
}

impl Ground {
    fn lay(arguments: &Arguments, words: Words) -> Result<Self, Refusal> {
        let Ready {
            bundle,
            catalogue,
            tables,
            sources,
        } = ready(&arguments.packs.path, &arguments.tables.given, words)?;
        decided(&bundle, &arguments.question.decisions.names, words)?;
        let mut making = making(&bundle, arguments);
        let mapping = mapping(arguments, &bundle, &mut making, words)?;
        for (table, file) in &sources.tables {
            making.insert(format!("--reference {table}"), hash(file.text.as_bytes()));
        }
        Ok(Self {
            catalogue,
            tables,
            sources,
            mapping,
            making,
        })
    }
}

fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// What determines the results, as far as it is known before the input is opened.
fn making(bundle: &Bundle, arguments: &Arguments) -> Making {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let bundle = serde_json::to_vec(bundle).unwrap_or_default();
    let rejects = arguments.rejects.as_ref().map_or("", |_| "given");
    // The order in which decisions are asked for does not change the results.
    let decisions: BTreeSet<&str> = arguments
        .question
        .decisions
        .names
        .iter()
        .map(String::as_str)
        .collect();
    let decisions: Vec<&str> = decisions.into_iter().collect();
    let decisions = (!decisions.is_empty()).then(|| ("--decision", decisions.join(" ")));
    [
        ("--packs", hash(&bundle)),
        ("--region", text(&arguments.question.region.code)),
        ("--id", text(&arguments.id)),
        ("--full", arguments.full.to_string()),
        ("--rejects", rejects.to_owned()),
        ("longma", env!("CARGO_PKG_VERSION").to_owned()),
    ]
    .into_iter()
    .chain(decisions)
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// Refuses a decision that no pack has. One that only some regions have is checked
/// for each person.
fn decided(bundle: &Bundle, asked: &[String], words: Words) -> Result<(), Refusal> {
    let packs = bundle.packs.iter();
    let known: BTreeSet<&String> = packs.flat_map(|p| p.manifest.decisions.keys()).collect();
    match asked.iter().find(|name| !known.contains(name)) {
        Some(name) => {
            let known = words.list(known);
            let (key, help) = (Key::NoDecision, Key::NoDecisionHelp);
            Err(usage(
                key,
                help,
                &Args::of("decision", name).with("known", &known),
                words,
            ))
        }
        None => Ok(()),
    }
}

fn mapping(
    arguments: &Arguments,
    bundle: &Bundle,
    making: &mut Making,
    words: Words,
) -> Result<Option<Mapping>, Refusal> {
    let Some(path) = &arguments.mapping else {
        return Ok(None);
    };
    let text = read_text(path, TEXT_FILE_BYTES, words)?;
    making.insert("--mapping".to_owned(), hash(text.as_bytes()));
    let file = SourceFile::new(path.clone(), text);
    let read = Mapping::read(&file, bundle, words);
    read.map(Some).map_err(|diagnostics| Refusal {
        exit: Exit::Facts,
        diagnostics,
    })
}

/// The instant to look up: the one asked for, else that of the resumed run, else now.
fn when(asked: Option<Instant>, found: Option<&Found>, words: Words) -> Result<Instant, Refusal> {
    let before = found.and_then(|found| found.making.get("--at"));
    match (asked, before.and_then(|at| Instant::parse(at).ok())) {
        (Some(at), _) | (None, Some(at)) => Ok(at),
        (None, None) => instant(None, words),
    }
}
