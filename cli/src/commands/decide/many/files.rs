//! The files of a run: where persons come from and where results go.

use super::super::Arguments;
use super::STANDARD;
use super::journal::{self, Found, Journal, Making, Search, Sink};
use super::work::Begin;
use crate::answer::{Exit, Refusal};
use crate::messages::{Key, Words};
use crate::read::bounded;
use crate::read::given::{assumption, unread};
use crate::read::people::mapping::Mapping;
use crate::read::people::{People, Stop};
use crate::read::text;
use crate::show::diagnostic::Diagnostic;
use crate::show::terminal;
use crate::show::unreadable::io_error;
use longma_core::Args;
use std::fs;
use std::io::{self, BufReader, IsTerminal as _, Read};
use std::path::{Path, PathBuf};

/// The input that persons are read from.
pub(super) struct Input {
    /// Its name as shown to the user.
    pub(super) name: PathBuf,
    stream: Box<dyn Read>,
    /// In bytes, if it is a file.
    pub(super) length: Option<u64>,
}

impl Input {
    pub(super) fn open(path: &Path, words: Words) -> Result<Self, Refusal> {
        let told = |path: &Path, stream| {
            let name = path.to_owned();
            let tell = move |encoding: &str| {
                terminal::remark(&[assumption(&name, encoding, words)], words);
            };
            text::stream(stream, Box::new(tell)).map_err(|error| unread(path, &error, words))
        };
        if path == Path::new(STANDARD) {
            let name = PathBuf::from(words.say(Key::Stdin));
            return Ok(Self {
                stream: told(&name, Box::new(io::stdin()))?,
                name,
                length: None,
            });
        }
        let open = bounded::open(path);
        let (file, length) = open.map_err(|error| unread(path, &error, words))?;
        Ok(Self {
            name: path.to_owned(),
            stream: told(path, Box::new(file))?,
            length: Some(length),
        })
    }

    /// Starts reading persons; warns about columns that the mapping does not use.
    pub(super) fn people(
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
            let shown = words.fill(Key::CsvUnused, &Args::of("names", &columns));
            terminal::remark(&[Diagnostic::warning(&shown).at(&self.name)], words);
        }
        Ok(people)
    }

    /// A cheap check that an input is the same: its size, or `-` if that is unknown.
    pub(super) fn size(&self) -> String {
        match self.length {
            Some(length) => format!("{length} B"),
            None => STANDARD.to_owned(),
        }
    }
}

/// The files that a run writes.
pub(super) struct Files {
    pub(super) out: Sink,
    pub(super) rejects: Option<Sink>,
    /// The journal's path, if results go to a file.
    journal: Option<PathBuf>,
}

impl Files {
    pub(super) fn open(arguments: &Arguments, words: Words) -> Result<Self, Refusal> {
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
            None => Sink::standard(Path::new(STANDARD)),
        };
        Ok(Self {
            journal: journal.filter(|_| out.is_file()),
            out,
            rejects: rejects.map(open).transpose()?,
        })
    }

    /// Finds the journal of the run to resume. Without `resume`, refuses to overwrite an
    /// unfinished run.
    pub(super) fn found(&self, resume: bool, words: Words) -> Result<Option<Found>, Refusal> {
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
            // Starting over would throw away what an interrupted run has done.
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

    /// Prepares the files for writing: empty, or cut to where the resumed run goes on.
    pub(super) fn begin(
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

    /// Whether to show progress: not if the results go to the terminal too.
    pub(super) fn progress_is_seen(&self) -> bool {
        self.out.is_file() || !io::stdout().is_terminal()
    }
}

fn busy(path: &Path, words: Words) -> Diagnostic {
    let shown = Diagnostic::error(words.say(Key::BatchBusy)).at(path);
    shown.help(words.say(Key::BatchBusyHelp))
}

/// Refuses to overwrite an input, or to write two outputs to one file.
fn apart(written: &[Option<&Path>], read: &[Option<&Path>], words: Words) -> Result<(), Refusal> {
    let true_path = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut taken: Vec<PathBuf> = read.iter().flatten().map(|path| true_path(path)).collect();
    for path in written.iter().flatten() {
        let path = true_path(path);
        // Devices such as `/dev/null` may be named more than once.
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

/// Refuses to resume with other inputs or options than the run began with.
fn same(before: &Making, now: &Making, path: &Path, words: Words) -> Result<(), Refusal> {
    let differs = |name: &&String| before.get(*name) != now.get(*name);
    let mut names: Vec<&String> = before.keys().chain(now.keys()).filter(differs).collect();
    names.sort();
    names.dedup();
    if names.is_empty() {
        return Ok(());
    }
    let names = words.list(names);
    let shown = Diagnostic::error(&words.fill(Key::BatchOther, &Args::of("names", &names)));
    let shown = shown.at(path).help(words.say(Key::BatchOtherHelp));
    Err(Refusal::new(Exit::Usage, shown))
}
