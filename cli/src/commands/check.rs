//! `longma check`: everything that is wrong with a folder of packs.
//!
//! The desk finds; here its findings get the places of files on disk, and the
//! files that could not be read at all join them.

mod document;
mod sarif;

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{Only, Packs};
use crate::messages::{Code as Unread, Key, Words};
use crate::read::cases;
use crate::read::file::{Files, LoadError, SourceFile, texts};
use crate::read::load::{Folder, read};
use crate::read::packs::{chosen, unloaded};
use crate::show::diagnostic::Diagnostic;
use crate::show::locate;
use crate::show::page::{self, Page};
use crate::show::unreadable::load_error;
use clap::{Args, ValueEnum};
use longma_compile::texts::Mended;
use longma_compile::toml::Toml;
use longma_core::{CodeName, Lang, Localized, PackId, Place, Severity};
use longma_desk::check::check_house;
use longma_lang::codes::Code;
use longma_lang::finding::{Finding, Position, Range, Spot};
use longma_lang::syntax::Lines;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::path::Path;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    only: Only,
    #[command(flatten)]
    packs: Packs,
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    format: Format,
    #[arg(long)]
    deny_warnings: bool,
}

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Sarif,
}

/// A finding, and where it is on disk.
#[derive(Debug, Clone)]
pub struct Found {
    /// What was found; its spot is as the desk or core says it.
    pub finding: Finding,
    /// The file as the reader knows it; `None` where it has none.
    pub path: Option<String>,
    /// The stretch of that file, in lines and columns; `None` for the whole file.
    pub range: Option<Range>,
    /// The file by the path inside the bundle.
    pub file: Option<String>,
}

/// What a folder of packs was found to be.
#[derive(Debug)]
pub struct Checked {
    /// By file and place.
    pub found: Vec<Found>,
    /// The ids of all packs, also of those that cannot be read.
    pub packs: BTreeSet<String>,
    files: Files,
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

/// Checks a folder of packs, or a bundle's file.
///
/// # Errors
/// There is nothing to check.
pub fn check(packs: &Path) -> Result<Checked, Vec<LoadError>> {
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
    let checked = check_house(house, &texts(&files));
    let findings = checked.findings.into_iter();
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

/// Checks, and tells what was found.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let mut checked = check(&arguments.packs.path)
        .map_err(|errors| unloaded(&errors, &arguments.packs.path, words))?;
    let known = checked.packs.iter().map(String::as_str);
    let only = chosen(&arguments.only.names, &arguments.packs.path, known, words)?;
    if !only.is_empty() {
        let meant = |id: &str| only.iter().any(|name| PackId::read(id).is_named(name));
        checked.packs.retain(|id| meant(id));
        checked
            .found
            .retain(|found| pack_of(found).is_none_or(meant));
    }
    let severities = checked.found.iter().map(|found| found.finding.severity);
    let stops = severities.into_iter().any(|severity| match severity {
        Severity::Error => true,
        Severity::Warning => arguments.deny_warnings,
        Severity::Info => false,
    });
    let answer = match arguments.format {
        Format::Text => Answer::page(text(&checked, words)),
        Format::Json => Answer::exact(document::json(&checked)),
        Format::Sarif => Answer::exact(sarif::log(&checked, words.lang())),
    };
    let exit = if stops { Exit::Packs } else { Exit::Done };
    Ok(Answer { exit, ..answer })
}

/// The pack in whose folder a finding is.
fn pack_of(found: &Found) -> Option<&str> {
    let (id, _) = PackId::split(found.file.as_deref()?)?;
    Some(id)
}

/// A file or folder that cannot be read, as a finding.
fn unreadable(error: &LoadError) -> Found {
    let [zh_cn, en] = [Lang::ZhCn, Lang::En].map(|lang| load_error(error, Words::new(lang)));
    let both = |text: fn(&Diagnostic) -> String| Localized {
        zh_cn: text(&zh_cn),
        en: text(&en),
    };
    let path = match error {
        LoadError::Io(path, _) | LoadError::Empty(path) => path,
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
        },
        path: Some(path.display().to_string()),
        range: None,
        file: None,
    }
}

/// A stretch without the white space at its end.
fn trimmed(text: &str, span: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let inside = text.get(span.clone()).unwrap_or_default();
    span.start..span.start + inside.trim_end().len()
}

/// A finding with the lines that it means.
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

/// The findings for a reader; what is only good to know stands at the end, in short.
fn text(checked: &Checked, words: Words) -> String {
    let mut page = Page::new(page::columns(None));
    let (infos, others): (Vec<&Found>, Vec<&Found>) = checked
        .found
        .iter()
        .partition(|found| found.finding.severity == Severity::Info);
    for found in &others {
        let file = found.file.as_ref().and_then(|name| checked.files.get(name));
        let columns = page.columns();
        let shown = shown(found, file, words);
        page.block(&shown.render(words, columns));
        page.gap();
    }
    if !infos.is_empty() {
        page.heading(words.say(Key::CheckInfoHeading));
        for found in &infos {
            page.line(&brief(found, words));
        }
        page.gap();
    }
    if !others.is_empty() {
        page.line(words.say(Key::CheckSee));
    }
    page.line(&total(checked, words));
    page.finish()
}

/// A finding of the desk, with the lines of `file`.
fn shown(found: &Found, file: Option<&SourceFile>, words: Words) -> Diagnostic {
    let finding = &found.finding;
    let out = Diagnostic::error(words.of(&finding.message)).coded(finding.code);
    let out = out.graded(finding.severity);
    let out = match (file, &found.range, &found.path) {
        (Some(file), Some(range), _) => {
            let lines = Lines::new(&file.text);
            let span = lines.byte(range.start)..lines.byte(range.end);
            out.showing(file, span, None)
        }
        (_, _, Some(path)) => out.at(Path::new(path)),
        _ => out,
    };
    match &finding.help {
        Some(help) => out.help(words.of(help)),
        None => out,
    }
}

/// `path:line: message`.
fn brief(found: &Found, words: Words) -> String {
    let path = page::plain(found.path.as_deref().unwrap_or_default());
    let message = page::plain(words.of(&found.finding.message));
    match &found.range {
        Some(range) => format!("{path}:{}: {message}", range.start.line),
        None => format!("{path}: {message}"),
    }
}

fn total(checked: &Checked, words: Words) -> String {
    let count = |severity: Severity, many: Key, one: Key| {
        let found = checked.found.iter();
        let n = found.filter(|f| f.finding.severity == severity).count();
        words.fill(if n == 1 { one } else { many }, &[("n", &n)])
    };
    let errors = count(
        Severity::Error,
        Key::CheckCountErrors,
        Key::CheckCountErrorsOne,
    );
    let warnings = count(
        Severity::Warning,
        Key::CheckCountWarnings,
        Key::CheckCountWarningsOne,
    );
    let infos = count(
        Severity::Info,
        Key::CheckCountInfos,
        Key::CheckCountInfosOne,
    );
    let packs = checked.packs.len();
    let args: [(&str, &dyn Display); 4] = [
        ("packs", &packs),
        ("errors", &errors),
        ("warnings", &warnings),
        ("infos", &infos),
    ];
    let key = match packs {
        1 => Key::CheckTotalOne,
        _ => Key::CheckTotal,
    };
    words.fill(key, &args)
}
