//! Input that commands share: an instant, packs, tables and facts, and the refusals for
//! wrong ones.

use crate::answer::{Exit, Refusal};
use crate::messages::{Key, Words};
use crate::read::bounded::{self, Barred};
use crate::read::clock;
use crate::read::file::SourceFile;
use crate::read::packs::{catalogue, loaded, refused};
use crate::show::diagnostic::Diagnostic;
use crate::show::sources::Sources;
use crate::show::terminal::remark;
use crate::show::unreadable::io_error;
use longma_compile::Bundle;
use longma_core::limits::{FACTS_BYTES, LIST_BYTES, LIST_LINES, REFERENCE_BYTES};
use longma_core::{
    Args, Catalogue, Date, Instant, Offset, Place, Problem, Problems, References, Request,
    TimeError,
};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// Packs that are ready to decide, with the tables that the command line names.
pub(crate) struct Ready {
    pub(crate) bundle: Bundle,
    pub(crate) catalogue: Catalogue,
    pub(crate) tables: References,
    /// The files that problems are shown in.
    pub(crate) sources: Sources,
}

/// Reads and links packs, and reads tables.
pub(crate) fn ready(packs: &Path, reference: &[String], words: Words) -> Result<Ready, Refusal> {
    let named = references(reference, words)?;
    let packs = loaded(packs, words)?;
    let mut sources = Sources {
        files: packs.files,
        ..Sources::default()
    };
    let bundle = packs.bundle;
    let catalogue = catalogue(&bundle, &sources, words)?;
    let tables = read_tables(&catalogue, named, &mut sources, words)?;
    Ok(Ready {
        bundle,
        catalogue,
        tables,
        sources,
    })
}

/// The refusal when deciding fails. It is a usage error if the command line names an
/// unknown region or decision.
pub(crate) fn undecided(
    request: Request<'_>,
    problems: &Problems,
    sources: &Sources,
    words: Words,
) -> Refusal {
    let problems = problems.as_slice();
    match wrong_region(request, problems) {
        Some(problem) => no_region(problem, sources, words),
        None if problems.iter().any(is_asked) => refused(Exit::Usage, sources, problems, words),
        None => refused(Exit::Facts, sources, problems, words),
    }
}

/// The problem, if it is a wrong region named by the command line and not by the facts.
pub(crate) fn wrong_region<'a>(
    request: Request<'_>,
    problems: &'a [Problem],
) -> Option<&'a Problem> {
    match problems {
        [problem]
            if request.region.is_some() && problem.code == longma_core::Code::RegionInvalid =>
        {
            Some(problem)
        }
        _ => None,
    }
}

/// Whether the command line names an unknown decision.
fn is_asked(problem: &Problem) -> bool {
    problem.code == longma_core::Code::UnknownDecision && problem.place == Place::None
}

/// The refusal for a wrong `--region`.
pub(crate) fn no_region(problem: &Problem, sources: &Sources, words: Words) -> Refusal {
    let mut problem = problem.clone();
    problem.place = Place::None;
    let message = problem.message();
    let problem = problem.in_words(message, None);
    let shown = sources.diagnostic(&problem, words);
    Refusal::new(Exit::Usage, shown.help(words.say(Key::RegionFlagHelp)))
}

/// The instant given by `--at`, else now.
pub(crate) fn instant(asked: Option<&str>, words: Words) -> Result<Instant, Refusal> {
    let Some(text) = asked else {
        return clock::now().ok_or_else(|| {
            let shown = Diagnostic::error(words.say(Key::ClockInvalid));
            Refusal::new(Exit::Usage, shown.help(words.say(Key::ClockInvalidHelp)))
        });
    };
    let read = Instant::parse_to_the_minute(text);
    read.map_err(|error| no_instant(error, "--at", text, Key::AtInvalidHelp, words))
}

/// The instant given by `option`; for a day, its beginning at `offset`.
pub(crate) fn day_or_instant(
    option: &str,
    text: &str,
    offset: Offset,
    words: Words,
) -> Result<Instant, Refusal> {
    let day = Date::parse(text).ok().and_then(|day| day.start(offset));
    day.map_or_else(|| Instant::parse_to_the_minute(text), Ok)
        .map_err(|error| no_instant(error, option, text, Key::DayInvalidHelp, words))
}

/// Reads a calendar day.
pub(crate) fn day(text: &str, words: Words) -> Result<Date, Refusal> {
    Date::parse(text).map_err(|_| {
        let shown = Diagnostic::error(&words.fill(Key::NotADay, &Args::of("found", text)));
        Refusal::new(Exit::Usage, shown.help(words.say(Key::NotADayHelp)))
    })
}

pub(crate) fn no_instant(
    error: TimeError,
    option: &str,
    text: &str,
    help: Key,
    words: Words,
) -> Refusal {
    let (key, help) = match error {
        TimeError::NoOffset => (Key::AtNoOffset, Key::AtNoOffsetHelp),
        TimeError::Fraction => (Key::AtFraction, Key::AtFractionHelp),
        TimeError::OutOfRange => (Key::AtRange, Key::AtRangeHelp),
        TimeError::NotAnInstant | TimeError::NotADate => (Key::AtInvalid, help),
    };
    let args = Args::of("found", text).with("option", option);
    let shown = Diagnostic::error(&words.fill(key, &args));
    Refusal::new(Exit::Usage, shown.help(&words.fill(help, &args)))
}

/// Reads `NAME=FILE` arguments, by name.
pub(crate) fn references(
    given: &[String],
    words: Words,
) -> Result<BTreeMap<&str, PathBuf>, Refusal> {
    let mut named = BTreeMap::new();
    for item in given {
        let Some((name, file)) = item
            .split_once('=')
            .filter(|(name, file)| !name.is_empty() && !file.is_empty())
        else {
            let shown =
                Diagnostic::error(&words.fill(Key::ReferenceFlag, &Args::of("found", item)));
            let shown = shown.help(words.say(Key::ReferenceFlagHelp));
            return Err(Refusal::new(Exit::Usage, shown));
        };
        if named.insert(name, PathBuf::from(file)).is_some() {
            let shown =
                Diagnostic::error(&words.fill(Key::ReferenceTwice, &Args::of("name", name)));
            let shown = shown.help(words.say(Key::ReferenceTwiceHelp));
            return Err(Refusal::new(Exit::Usage, shown));
        }
    }
    Ok(named)
}

/// Reads the tables, and keeps their texts in `sources`.
pub(crate) fn read_tables(
    catalogue: &Catalogue,
    named: BTreeMap<&str, PathBuf>,
    sources: &mut Sources,
    words: Words,
) -> Result<References, Refusal> {
    let mut tables = References::none();
    for (name, path) in named {
        let text = read_text(&path, REFERENCE_BYTES, words)?;
        let read = catalogue.read_reference(name, &text);
        sources
            .tables
            .insert(name.to_owned(), SourceFile::new(path, text));
        let table = read.map_err(|problems| {
            let problems = problems.as_slice();
            let exit = match problems {
                [problem] if problem.code == longma_core::Code::ReferenceUnknown => Exit::Usage,
                _ => Exit::Facts,
            };
            refused(exit, sources, problems, words)
        })?;
        tables.insert(table);
    }
    Ok(tables)
}

/// Reads one document, and makes it the facts of `sources`; `-` is standard input.
pub(crate) fn read_facts(
    path: &Path,
    sources: &mut Sources,
    words: Words,
) -> Result<String, Refusal> {
    read_given(path, FACTS_BYTES, sources, words)
}

/// Reads a list of documents, one per line, like [`read_facts`].
pub(crate) fn read_documents(
    path: &Path,
    sources: &mut Sources,
    words: Words,
) -> Result<String, Refusal> {
    let text = read_given(path, LIST_BYTES, sources, words)?;
    let shown = sources.facts.as_ref().map_or(path, |file| &file.path);
    few_lines(shown, &text, words)?;
    Ok(text)
}

fn read_given(
    path: &Path,
    limit: usize,
    sources: &mut Sources,
    words: Words,
) -> Result<String, Refusal> {
    let read = if path == Path::new("-") {
        let name = PathBuf::from(words.say(Key::Stdin));
        let read = bounded::standard(limit).and_then(|bytes| SourceFile::decoded(&name, &bytes));
        read.map_err(|error| (name, error))
    } else {
        SourceFile::read(path, limit).map_err(|error| (path.to_owned(), error))
    };
    let file = read.map_err(|(path, error)| {
        let mut refusal = unread(&path, &error, words);
        if error.kind() == io::ErrorKind::NotFound {
            let shown = refusal.diagnostics.into_iter();
            let help = words.say(Key::FactsNotFoundHelp);
            refusal.diagnostics = shown.map(|shown| shown.help(help)).collect();
        }
        refusal
    })?;
    remark(&assumptions([&file], words), words);
    let text = file.text.clone();
    sources.facts = Some(file);
    Ok(text)
}

/// The text of a file of at most `limit` bytes. What was assumed about its encoding is said
/// on standard error.
pub(crate) fn read_text(path: &Path, limit: usize, words: Words) -> Result<String, Refusal> {
    let file = SourceFile::read(path, limit).map_err(|error| unread(path, &error, words))?;
    remark(&assumptions([&file], words), words);
    Ok(file.text)
}

/// The text of a list that is held whole.
pub(crate) fn read_list(path: &Path, words: Words) -> Result<String, Refusal> {
    let text = read_text(path, LIST_BYTES, words)?;
    few_lines(path, &text, words)?;
    Ok(text)
}

/// Refuses a list of more than [`LIST_LINES`] lines.
fn few_lines(path: &Path, text: &str, words: Words) -> Result<(), Refusal> {
    match text.lines().nth(LIST_LINES) {
        Some(_) => Err(unread(path, &Barred::Lines(LIST_LINES).into(), words)),
        None => Ok(()),
    }
}

/// What is said of files that are not UTF-8.
pub(crate) fn assumptions<'a>(
    files: impl IntoIterator<Item = &'a SourceFile>,
    words: Words,
) -> Vec<Diagnostic> {
    let files = files.into_iter();
    let assumed = files.filter_map(|file| Some(assumption(&file.path, file.assumed?, words)));
    assumed.collect()
}

/// That a file was read in an encoding other than UTF-8.
pub(crate) fn assumption(path: &Path, encoding: &str, words: Words) -> Diagnostic {
    let args = Args::of("path", path.display()).with("encoding", encoding);
    Diagnostic::info(&words.fill(Key::EncodingAssumed, &args))
}

/// The refusal for a file that cannot be read. A file in another encoding or of too many
/// bytes can be found, so it counts as wrong facts.
pub(crate) fn unread(path: &Path, error: &io::Error, words: Words) -> Refusal {
    let exit = match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::FileTooLarge => Exit::Facts,
        _ => Exit::Files,
    };
    Refusal::new(exit, io_error(path, error, words))
}
