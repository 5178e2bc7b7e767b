//! Reads and checks packs for a command; a refusal shows every problem.

use crate::answer::{Exit, Refusal};
use crate::messages::{Key, Words};
use crate::read::cases;
use crate::read::file::{Files, LoadError};
use crate::read::given::assumptions;
use crate::read::load::{Loaded, load};
use crate::show::diagnostic::Diagnostic;
use crate::show::sources::Sources;
use crate::show::terminal::remark;
use crate::show::unreadable::load_error;
use longma_compile::Bundle;
use longma_core::{Args, Catalogue, PackId, Problem};
use longma_desk::case::Case;
use std::collections::BTreeSet;
use std::io;
use std::path::Path;

/// Reads the folder of packs, or a bundle.
pub(crate) fn loaded(packs: &Path, words: Words) -> Result<Loaded, Refusal> {
    let loaded = load(packs).map_err(|errors| unloaded(&errors, packs, words))?;
    remark(&assumptions(loaded.files.values(), words), words);
    Ok(loaded)
}

/// Reads the cases of packs into `files`, and says what was assumed about them.
pub(crate) fn cases(
    packs: &Path,
    only: &[String],
    files: &mut Files,
    words: Words,
) -> Result<Vec<Case>, Vec<LoadError>> {
    let known: BTreeSet<String> = files.keys().cloned().collect();
    let cases = cases::read(packs, only, files);
    let new = files.iter().filter(|(name, _)| !known.contains(*name));
    remark(&assumptions(new.map(|(_, file)| file), words), words);
    cases
}

/// The refusal for packs that cannot be loaded; `packs` is the folder asked for.
pub(crate) fn unloaded(errors: &[LoadError], packs: &Path, words: Words) -> Refusal {
    // A missing folder is one mistake, whatever it should contain.
    if !packs.exists() {
        let error = LoadError::Io(packs.to_owned(), io::ErrorKind::NotFound.into());
        let shown = load_error(&error, words).help(words.say(Key::PacksNotFoundHelp));
        return Refusal::new(Exit::Files, shown);
    }
    let inner = packs.join("packs");
    if inner.is_dir() {
        let shown = load_error(&LoadError::Empty(packs.to_owned()), words);
        let near = words.fill(Key::UsageDidYouMean, &Args::of("name", inner.display()));
        return Refusal::new(Exit::Packs, shown.help(&near));
    }
    let diagnostics = errors
        .iter()
        .map(|error| load_error(error, words))
        .collect();
    let exit = if errors.iter().all(unreadable) {
        Exit::Files
    } else {
        Exit::Packs
    };
    Refusal { exit, diagnostics }
}

/// Whether a file cannot be read at all, rather than not understood.
fn unreadable(error: &LoadError) -> bool {
    match error {
        LoadError::Io(_, error) => !matches!(
            error.kind(),
            io::ErrorKind::InvalidData | io::ErrorKind::FileTooLarge
        ),
        LoadError::NoSchemas(_) => true,
        _ => false,
    }
}

/// The ids of the packs.
pub(crate) fn ids(bundle: &Bundle) -> impl Iterator<Item = &str> {
    bundle.packs.iter().map(|pack| pack.id.as_str())
}

/// The packs named by `only`, by id or region. A folder's path is accepted too, since
/// shells complete it.
pub(crate) fn chosen<'a>(
    only: &[String],
    packs: &Path,
    known: impl IntoIterator<Item = &'a str>,
    words: Words,
) -> Result<Vec<String>, Refusal> {
    let ids: BTreeSet<&str> = known.into_iter().collect();
    let mut names = Vec::new();
    for name in only {
        let inside = Path::new(name)
            .strip_prefix(packs)
            .unwrap_or(Path::new(name));
        let inside = inside.to_string_lossy();
        let id = inside.trim_end_matches('/');
        if !ids.iter().any(|known| PackId::read(*known).is_named(id)) {
            let known = words.list(ids);
            let shown = Diagnostic::error(&words.fill(Key::PackUnknown, &Args::of("name", name)));
            let shown = shown.help(&words.fill(Key::PackUnknownHelp, &Args::of("known", &known)));
            return Err(Refusal::new(Exit::Usage, shown));
        }
        names.push(id.to_owned());
    }
    Ok(names)
}

/// Whether `only` names a pack; if it names none, all are meant.
pub(crate) fn is_meant(id: &str, only: &[String]) -> bool {
    let id = PackId::read(id);
    only.is_empty() || only.iter().any(|name| id.is_named(name))
}

/// Checks, compiles and links the packs.
pub(crate) fn catalogue(
    bundle: &Bundle,
    sources: &Sources,
    words: Words,
) -> Result<Catalogue, Refusal> {
    let compiled = longma_compile::compile(bundle);
    let catalogue = compiled
        .map(|(catalogue, _)| catalogue)
        .map_err(|problems| {
            // Where the interpreter refuses the packs too, it says more.
            longma_oracle::load(bundle).err().unwrap_or(problems)
        });
    catalogue.map_err(|problems| refused(Exit::Packs, sources, problems.as_slice(), words))
}

/// A refusal with core's problems.
pub(crate) fn refused<'a>(
    exit: Exit,
    sources: &Sources,
    problems: impl IntoIterator<Item = &'a Problem>,
    words: Words,
) -> Refusal {
    let problems = problems.into_iter();
    Refusal {
        exit,
        diagnostics: problems
            .map(|problem| sources.diagnostic(problem, words))
            .collect(),
    }
}
