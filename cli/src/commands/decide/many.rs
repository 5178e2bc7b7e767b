//! `longma decide` for many persons: a stream in, a line of results for each.
//!
//! Persons are read, decided and written one at a time, so memory does not grow
//! with their number. What is wrong with one is told with its line, counted and
//! left out; nothing else is lost by it. Results in a file can be gone on with
//! after any interruption ([`journal`]).
//!
//! Left out: deciding on several processors. What a person's facts must be is
//! core's to say, here as anywhere.

mod journal;
mod progress;
mod verdict;
mod work;

use super::Arguments;
use crate::answer::{Answer, Exit, Refusal};
use crate::messages::{Key, Words};
use crate::read::file::SourceFile;
use crate::read::given::{Ready, instant, ready, unread};
use crate::read::people::lines::hex;
use crate::read::people::mapping::Mapping;
use crate::read::people::{People, Stop};
use crate::show::diagnostic::Diagnostic;
use crate::show::sources::Sources;
use crate::show::terminal;
use crate::show::unreadable::io_error;
use journal::{Found, Journal, Making, Search, Sink};
use longma_compile::Bundle;
use longma_core::{Catalogue, Instant, Offset, References};
use progress::Progress;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, BufReader, IsTerminal as _, Read};
use std::path::{Path, PathBuf};
use verdict::Judge;
use work::{Begin, Failure, Work};

/// The name of standard input and output on the command line.
const STANDARD: &str = "-";

/// How facts come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// One document, one person.
    Document,
    /// One document a line.
    Ndjson,
    /// Rows that a mapping makes facts of.
    Csv,
}

impl Form {
    /// By `--format`, else by how the file's name ends.
    pub(crate) fn of(arguments: &Arguments) -> Self {
        let ending = arguments
            .facts
            .path
            .extension()
            .and_then(|ending| ending.to_str());
        let name = arguments.form.as_deref().or(ending).unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "ndjson" | "jsonl" => Self::Ndjson,
            "csv" => Self::Csv,
            _ => Self::Document,
        }
    }
}

/// Refuses options that say nothing about facts of this form.
pub(crate) fn fitting(form: Form, arguments: &Arguments, words: Words) -> Result<(), Refusal> {
    let many = [
        ("--id", arguments.id.is_some()),
        ("--full", arguments.full),
        ("--out", arguments.results.is_some()),
        ("--rejects", arguments.rejects.is_some()),
        ("--resume", arguments.resume),
    ];
    let one = [
        ("--json", arguments.json.wanted),
        ("--width", arguments.width.columns.is_some()),
    ];
    let mapping = [("--mapping", arguments.mapping.is_some())];
    let given = |options: &[(&'static str, bool)]| {
        let mut given = options.iter().filter(|(_, given)| *given);
        given.next().map(|(name, _)| *name)
    };
    let file = arguments.results.as_deref();
    let no_file = file.is_none_or(|out| out == Path::new(STANDARD));
    let (name, key, help) = match form {
        Form::Document => match given(&many).or(given(&mapping)) {
            Some(name) => (name, Key::BatchOnlyMany, Key::BatchOnlyManyHelp),
            None => return Ok(()),
        },
        Form::Ndjson | Form::Csv => match given(&one) {
            Some(name) => (name, Key::BatchOnlyOne, Key::BatchOnlyOneHelp),
            None if form == Form::Csv && arguments.mapping.is_none() => {
                ("--mapping", Key::BatchNoMapping, Key::BatchNoMappingHelp)
            }
            None if form == Form::Ndjson && arguments.mapping.is_some() => {
                ("--mapping", Key::BatchMapping, Key::BatchMappingHelp)
            }
            None if arguments.resume && no_file => {
                ("--resume", Key::BatchResumeOut, Key::BatchResumeOutHelp)
            }
            None => return pointer(arguments.id.as_deref(), words),
        },
    };
    Err(usage(key, help, &[("name", &name)], words))
}

fn pointer(id: Option<&str>, words: Words) -> Result<(), Refusal> {
    match id {
        Some(id) if !id.starts_with('/') => Err(usage(
            Key::BatchId,
            Key::BatchIdHelp,
            &[("found", &id)],
            words,
        )),
        _ => Ok(()),
    }
}

fn usage(key: Key, help: Key, args: &[(&str, &dyn Display)], words: Words) -> Refusal {
    let shown = Diagnostic::error(&words.fill(key, args));
    Refusal::new(Exit::Usage, shown.help(&words.fill(help, args)))
}

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
            if tally.refused > 0 {
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

/// Why the work has ended early, in words.
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

/// What persons are decided by.
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

/// What the results are made of, as far as it is known before anything is opened.
fn making(bundle: &Bundle, arguments: &Arguments) -> Making {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let bundle = serde_json::to_vec(bundle).unwrap_or_default();
    let rejects = arguments.rejects.as_ref().map_or("", |_| "given");
    // In whatever order they are asked for, the results are the same.
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

/// Refuses a decision that no pack has. One that only some regions have is for
/// each person's facts to tell.
fn decided(bundle: &Bundle, asked: &[String], words: Words) -> Result<(), Refusal> {
    let packs = bundle.packs.iter();
    let known: BTreeSet<&String> = packs.flat_map(|p| p.manifest.decisions.keys()).collect();
    match asked.iter().find(|name| !known.contains(name)) {
        Some(name) => {
            let known = words.list(known);
            let args: [(&str, &dyn Display); 2] = [("decision", name), ("known", &known)];
            let (key, help) = (Key::TestNoDecision, Key::TestNoDecisionHelp);
            Err(usage(key, help, &args, words))
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
    let text = fs::read_to_string(path).map_err(|error| unread(path, &error, words))?;
    making.insert("--mapping".to_owned(), hash(text.as_bytes()));
    let file = SourceFile {
        path: path.clone(),
        text,
    };
    let read = Mapping::read(&file, bundle, words);
    read.map(Some).map_err(|diagnostics| Refusal {
        exit: Exit::Facts,
        diagnostics,
    })
}

/// The instant to look up: the one asked for, else that of the run that is gone
/// on with, else now.
fn when(asked: Option<Instant>, found: Option<&Found>, words: Words) -> Result<Instant, Refusal> {
    let before = found.and_then(|found| found.making.get("--at"));
    match (asked, before.and_then(|at| Instant::parse(at).ok())) {
        (Some(at), _) | (None, Some(at)) => Ok(at),
        (None, None) => instant(None, words),
    }
}

/// Where persons come from.
struct Input {
    /// As a reader knows it.
    name: PathBuf,
    stream: Box<dyn Read>,
    /// In bytes, where it is a file.
    length: Option<u64>,
}

impl Input {
    fn open(path: &Path, words: Words) -> Result<Self, Refusal> {
        if path == Path::new(STANDARD) {
            return Ok(Self {
                name: PathBuf::from(words.say(Key::Stdin)),
                stream: Box::new(io::stdin()),
                length: None,
            });
        }
        let open = || {
            let file = File::open(path)?;
            let about = file.metadata()?;
            if about.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            Ok((file, about.is_file().then_some(about.len())))
        };
        let (file, length) = open().map_err(|error| unread(path, &error, words))?;
        Ok(Self {
            name: path.to_owned(),
            stream: Box::new(file),
            length,
        })
    }

    /// Its persons.
    fn people(
        self,
        mapping: Option<Mapping>,
        words: Words,
    ) -> Result<People<BufReader<Box<dyn Read>>>, Stop> {
        let reader = BufReader::new(self.stream);
        let Some(mapping) = mapping else {
            return Ok(People::documents(reader));
        };
        let (people, unused) = People::groups(reader, mapping)?;
        if !unused.is_empty() {
            let columns = words.list(unused);
            let shown = words.fill(Key::CsvUnused, &[("names", &columns)]);
            terminal::remark(&[Diagnostic::warning(&shown).at(&self.name)], words);
        }
        Ok(people)
    }

    /// What tells it from another input at a glance.
    fn size(&self) -> String {
        match self.length {
            Some(length) => format!("{length} B"),
            None => STANDARD.to_owned(),
        }
    }
}

/// The files that are written.
struct Files {
    out: Sink,
    rejects: Option<Sink>,
    /// Where the journal stands, if results go to a file.
    journal: Option<PathBuf>,
}

impl Files {
    fn open(arguments: &Arguments, words: Words) -> Result<Self, Refusal> {
        let out = arguments.results.as_deref();
        let out = out.filter(|out| *out != Path::new(STANDARD));
        let rejects = arguments.rejects.as_deref();
        let journal = out.map(journal::path_of);
        let written = [out, rejects, journal.as_deref()];
        let read = [
            Some(arguments.facts.path.as_path()),
            arguments.mapping.as_deref(),
        ];
        apart(&written, &read, words)?;
        let open = |path: &Path| {
            Sink::open(path).map_err(|error| {
                let shown = match error.kind() {
                    io::ErrorKind::WouldBlock => busy(path, words),
                    _ => io_error(path, &error, words),
                };
                Refusal::new(Exit::Files, shown)
            })
        };
        let out = match out {
            Some(path) => open(path)?,
            None => Sink::stream(Path::new(STANDARD), Box::new(io::stdout())),
        };
        Ok(Self {
            journal: journal.filter(|_| out.is_file()),
            out,
            rejects: rejects.map(open).transpose()?,
        })
    }

    /// The journal of the run to go on with, where there is one.
    fn found(&self, resume: bool, words: Words) -> Result<Option<Found>, Refusal> {
        let refuse = |key, help, path: &Path| {
            let shown = Diagnostic::error(words.say(key)).at(path);
            Refusal::new(Exit::Files, shown.help(words.say(help)))
        };
        let Some(path) = &self.journal else {
            if resume {
                let path = &self.out.path;
                return Err(refuse(Key::BatchNoFile, Key::BatchNoFileHelp, path));
            }
            return Ok(None);
        };
        let failed = |error| Refusal::new(Exit::Files, io_error(path, &error, words));
        match journal::search(path).map_err(failed)? {
            Search::Foreign => Err(refuse(Key::BatchForeign, Key::BatchForeignHelp, path)),
            Search::Found(found) if resume => Ok(Some(*found)),
            // To begin anew would throw away what an interrupted run has done.
            Search::Found(found) if !found.finished => {
                Err(refuse(Key::BatchUnfinished, Key::BatchUnfinishedHelp, path))
            }
            Search::Nothing if resume && !self.out.is_empty().map_err(failed)? => Err(refuse(
                Key::BatchNoJournal,
                Key::BatchNoJournalHelp,
                &self.out.path,
            )),
            Search::Found(_) | Search::Nothing => Ok(None),
        }
    }

    /// Makes everything ready to write: anew, or behind what stands there.
    fn begin(
        &mut self,
        found: Option<Found>,
        making: &Making,
        words: Words,
    ) -> Result<Option<Begin>, Refusal> {
        let Some(path) = self.journal.clone() else {
            if let Some(rejects) = &mut self.rejects {
                let name = rejects.path.clone();
                let cut = rejects.cut(0);
                cut.map_err(|e| Refusal::new(Exit::Files, io_error(&name, &e, words)))?;
            }
            return Ok(None);
        };
        if let Some(found) = &found {
            same(&found.making, making, &path, words)?;
        }
        let failed = |error| Refusal::new(Exit::Files, io_error(&path, &error, words));
        let begin = match found {
            Some(found) => found.go_on(&mut self.out, self.rejects.as_mut()),
            None => Journal::begin(&path, making).and_then(|journal| {
                self.out.cut(0)?;
                self.rejects
                    .as_mut()
                    .map_or(Ok(()), |rejects| rejects.cut(0))?;
                Ok((journal::Entry::default(), journal))
            }),
        };
        let (entry, journal) = begin.map_err(failed)?;
        Ok(Some(Begin { entry, journal }))
    }

    /// Whether a bar would not stand among results on the same terminal.
    fn progress_is_seen(&self) -> bool {
        self.out.is_file() || !io::stdout().is_terminal()
    }
}

fn busy(path: &Path, words: Words) -> Diagnostic {
    let shown = Diagnostic::error(words.say(Key::BatchBusy)).at(path);
    shown.help(words.say(Key::BatchBusyHelp))
}

/// Refuses to write over what is read, or two things into one file.
fn apart(written: &[Option<&Path>], read: &[Option<&Path>], words: Words) -> Result<(), Refusal> {
    let true_path = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut taken: Vec<PathBuf> = read.iter().flatten().map(|path| true_path(path)).collect();
    for path in written.iter().flatten() {
        let path = true_path(path);
        // A device takes everything and keeps nothing.
        let is_device = path.exists() && !path.is_file();
        if taken.contains(&path) && !is_device {
            let shown = Diagnostic::error(words.say(Key::BatchSameFile)).at(&path);
            let shown = shown.help(words.say(Key::BatchSameFileHelp));
            return Err(Refusal::new(Exit::Usage, shown));
        }
        taken.push(path);
    }
    Ok(())
}

/// Refuses to go on with another thing than was begun.
fn same(before: &Making, now: &Making, path: &Path, words: Words) -> Result<(), Refusal> {
    let differs = |name: &&String| before.get(*name) != now.get(*name);
    let mut names: Vec<&String> = before.keys().chain(now.keys()).filter(differs).collect();
    names.sort();
    names.dedup();
    if names.is_empty() {
        return Ok(());
    }
    let names = words.list(names);
    let shown = Diagnostic::error(&words.fill(Key::BatchOther, &[("names", &names)]));
    let shown = shown.at(path).help(words.say(Key::BatchOtherHelp));
    Err(Refusal::new(Exit::Usage, shown))
}
