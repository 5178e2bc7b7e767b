//! Checks a folder of packs.
//!
//! The desk does the checking. This module maps its findings to files on disk and
//! adds the files that could not be read at all.

use crate::messages::{Code as Unread, Words};
use crate::read::cases;
use crate::read::file::{Files, LoadError, SourceFile, texts};
use crate::read::load::{Folder, read};
use crate::show::diagnostic::Diagnostic;
use crate::show::locate;
use crate::show::unreadable::load_error;
use longma_compile::texts::Mended;
use longma_compile::toml::Toml;
use longma_core::{CodeName, Lang, Localized, PackId, Place, Severity};
use longma_desk::check as desk;
use longma_lang::codes::Code;
use longma_lang::finding::{Finding, Position, Range, Spot};
use longma_lang::syntax::Lines;
use std::collections::BTreeSet;
use std::path::Path;

/// A finding and its place on disk.
#[derive(Debug, Clone)]
pub struct Found {
    /// The finding, with its spot as the desk or core gives it.
    pub finding: Finding,
    /// The file as the user knows it; `None` if there is none.
    pub path: Option<String>,
    /// The range in that file, in lines and columns; `None` for the whole file.
    pub range: Option<Range>,
    /// The file by its path inside the bundle.
    pub file: Option<String>,
}

/// The result of checking a folder of packs.
#[derive(Debug)]
pub struct Checked {
    /// The findings, sorted by file and place.
    pub found: Vec<Found>,
    /// The ids of all packs, including those that cannot be read.
    pub packs: BTreeSet<String>,
    pub(super) files: Files,
}

/// Every code that a finding can have, sorted.
#[must_use]
pub fn codes() -> BTreeSet<&'static str> {
    let scripts = Code::ALL.iter().map(|code| CodeName::of(*code));
    let packs = longma_desk::Code::OF_CHECK
        .iter()
        .map(|code| CodeName::of(*code));
    let unread = Unread::ALL.iter().filter(|code| **code != Unread::Coverage);
    let unread = unread.map(|code| CodeName::of(*code));
    let all = scripts
        .chain(packs)
        .chain(unread)
        .chain(longma_compile::refusals());
    all.map(CodeName::as_str).collect()
}

/// Checks a folder of packs or a bundle file.
///
/// # Errors
/// If there is nothing to check.
pub fn check(packs: &Path) -> Result<Checked, Vec<LoadError>> {
    check_with(packs, false)
}

/// Like [`check`]; with `costs`, also what only the largest documents could do.
pub(super) fn check_with(packs: &Path, costs: bool) -> Result<Checked, Vec<LoadError>> {
    let Folder {
        mut house,
        mut files,
        mut errors,
    } = read(packs)?;
    for (file, error) in cases::fill(packs, &[], &mut files) {
        let key = Vec::new();
        house.mended.push(Mended { file, key });
        errors.push(error);
    }
    let costs = if costs {
        desk::costs(&house.bundle)
    } else {
        Vec::new()
    };
    let checked = desk::check_house(house, &texts(&files));
    // The others are told anyway.
    let costs = costs.into_iter().filter(|it| it.severity == Severity::Info);
    let findings = checked.findings.into_iter().chain(costs);
    let mut found: Vec<Found> = errors
        .iter()
        .map(unreadable)
        .chain(findings.map(|finding| place(finding, &files)))
        .collect();
    found.sort_by(|a, b| key(a).cmp(&key(b)));
    Ok(Checked {
        found,
        packs: checked.packs,
        files,
    })
}

fn key(found: &Found) -> (&Option<String>, &Option<Range>, &str) {
    (&found.path, &found.range, found.finding.code.as_str())
}

/// The pack that a finding's file belongs to.
pub(super) fn pack_of(found: &Found) -> Option<&str> {
    let (id, _) = PackId::split(found.file.as_deref()?)?;
    Some(id)
}

/// A file or folder that cannot be read, as a finding.
fn unreadable(error: &LoadError) -> Found {
    let [zh_cn, en] = [Lang::ZhCn, Lang::En].map(|lang| load_error(error, Words::new(lang)));
    let both = |text: fn(&Diagnostic) -> String| Localized::new(text(&zh_cn), text(&en));
    let path = match error {
        LoadError::Io(path, _) | LoadError::Empty(path) | LoadError::NoSchemas(path) => path,
        LoadError::Found(file, _) | LoadError::Bundle(file, _) => &file.path,
    };
    let help = both(Diagnostic::told_help);
    Found {
        finding: Finding {
            severity: Severity::Error,
            code: en.code().unwrap_or(Unread::Io.into()),
            message: both(Diagnostic::title),
            help: (!help.is_incomplete()).then_some(help),
            spot: Spot::Place(Place::None),
            instead: None,
        },
        path: Some(path.display().to_string()),
        range: None,
        file: None,
    }
}

/// `span` without trailing white space.
fn trimmed(text: &str, span: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let inside = text.get(span.clone()).unwrap_or_default();
    span.start..span.start + inside.trim_end().len()
}

/// Adds the file and range to a finding.
fn place(finding: Finding, files: &Files) -> Found {
    let name = finding.spot.file().map(str::to_owned);
    let file = name.as_ref().and_then(|name| files.get(name));
    let range = match &finding.spot {
        Spot::Range(range) => Some(range.clone()),
        Spot::Place(place) => file.and_then(|file| stretch(place, file)),
    };
    let path = file.map_or_else(
        || name.clone(),
        |file| Some(file.path.display().to_string()),
    );
    Found {
        finding,
        path,
        range,
        file: name,
    }
}

fn stretch(place: &Place, file: &SourceFile) -> Option<Range> {
    let lines = Lines::new(&file.text);
    match place {
        Place::File {
            line,
            column,
            file: name,
        } if *line > 0 => {
            let byte = lines.byte(Position {
                line: *line,
                column: *column,
            });
            Some(lines.range(name, &locate::word(&file.text, byte)))
        }
        Place::Key { file: name, key } => {
            let path: Vec<&str> = key.iter().map(String::as_str).collect();
            let span = Toml::parse(&file.text).ok()?.value_span(&path)?;
            Some(lines.range(name, &trimmed(&file.text, span)))
        }
        _ => None,
    }
}
