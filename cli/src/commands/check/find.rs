//! Finding what is wrong with a folder of packs.
//!
//! The desk finds; here its findings get the lines of the files that were read, and
//! what could not be read at all joins them. Where a file is wrong in shape the desk
//! sees something empty instead: what it finds there is a consequence and is left out.

use crate::messages::{Code as Unread, Key, Words};
use crate::read::cases;
use crate::read::file::{Files, LoadError, SourceFile};
use crate::read::load::{House, Mended, read};
use crate::show::diagnostic::Diagnostic;
use crate::show::locate;
use crate::show::unreadable::load_error;
use crate::toml::Toml;
use longma_compile::Bundle;
use longma_core::{CodeName, Lang, Localized, Place, Severity};
use longma_desk::check::{check_with_cases, script_alone};
use longma_lang::codes::Code;
use longma_lang::finding::{Finding, Position, Range, Spot};
use longma_lang::syntax::Lines;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::path::Path;

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

/// Checks a folder of packs, or a bundle's file.
///
/// # Errors
/// There is nothing to check.
pub fn check(packs: &Path) -> Result<Checked, Vec<LoadError>> {
    let House {
        mut loaded,
        errors,
        unread,
        mended,
    } = read(packs)?;
    let mut files = loaded.files;
    let (mut cases, wrong) = cases::read_all(packs, &[], &mut files);
    let bundle = &mut loaded.bundle;
    let mut ids: BTreeSet<String> = bundle.packs.iter().map(|pack| pack.id.clone()).collect();
    ids.extend(unread.iter().cloned());
    let mut found: Vec<Found> = errors
        .iter()
        .chain(&wrong)
        .map(|error| unreadable(error, &files))
        .collect();
    let mut absent = unread;
    found.extend(
        waiting(bundle, &mut absent)
            .into_iter()
            .map(|finding| place(finding, &files)),
    );
    found.extend(alone(&absent, &files));
    // What a case names may stand in a pack that is not there.
    let told = |id: &str| !absent.iter().any(|other| meet(id, other));
    cases.retain(|case| told(&case.pack));
    let findings = check_with_cases(bundle, &cases).into_iter();
    let findings = findings.filter(|finding| !is_consequence(finding, &mended));
    let unread_cases: BTreeSet<String> = wrong.iter().filter_map(pack_of_cases).collect();
    found.extend(
        findings
            .map(|finding| place(finding, &files))
            // The case may stand in the file that cannot be read.
            .filter(|found| {
                found.finding.code != longma_desk::Code::RuleWithoutCase
                    || pack_of(found).is_some_and(|id| told(id) && !unread_cases.contains(id))
            }),
    );
    found.sort_by(|a, b| key(a).cmp(&key(b)));
    Ok(Checked {
        found,
        packs: ids,
        files,
    })
}

fn key(found: &Found) -> (&Option<String>, &Option<Range>, &str) {
    (&found.path, &found.range, found.finding.code.as_str())
}

/// The pack in whose folder a finding is.
pub(super) fn pack_of(found: &Found) -> Option<&str> {
    let inside = found.file.as_deref()?.strip_prefix("packs/")?;
    let mut slashes = inside.match_indices('/');
    let (end, _) = slashes.nth(1)?;
    inside.get(..end)
}

/// Whether two packs can rule at one place.
fn meet(one: &str, other: &str) -> bool {
    let region = |id: &str| id.split('/').next().unwrap_or_default().to_owned();
    let (one, other) = (region(one), region(other));
    other == "cn" || one.starts_with(&other) || other.starts_with(&one)
}

/// The pack beside which a file of cases stands that is wrong.
fn pack_of_cases(error: &LoadError) -> Option<String> {
    let path = match error {
        LoadError::Io(path, _) => path,
        LoadError::Toml(file, _) | LoadError::Shape { file, .. } => &file.path,
        LoadError::Empty(_) | LoadError::Bundle(..) => return None,
    };
    let pack = path.parent()?.parent()?;
    let region = pack.parent()?.file_name()?.to_string_lossy();
    Some(format!("{region}/{}", pack.file_name()?.to_string_lossy()))
}

/// Takes packs out of the bundle that inherit from one that cannot be read: of
/// them nothing can be said that is not a consequence. Says so.
fn waiting(bundle: &mut Bundle, unread: &mut BTreeSet<String>) -> Vec<Finding> {
    let mut told = Vec::new();
    loop {
        let heir = bundle.packs.iter().enumerate().find_map(|(index, pack)| {
            let parent = pack.manifest.inherits.as_deref()?;
            let unread = unread.iter().find(|id| cases::names(parent, id))?;
            Some((index, unread.clone()))
        });
        let Some((index, parent)) = heir else {
            return told;
        };
        let pack = bundle.packs.remove(index);
        let args: [(&str, &dyn Display); 2] = [("pack", &pack.id), ("parent", &parent)];
        told.push(Finding {
            severity: Severity::Warning,
            code: Unread::PackWaits.into(),
            message: Localized::build(|lang| Words::new(lang).fill(Key::CheckWaits, &args)),
            help: Some(Localized::build(|lang| {
                Words::new(lang).fill(Key::CheckWaitsHelp, &args)
            })),
            spot: Spot::Place(Place::Key {
                file: format!("packs/{}/pack.toml", pack.id),
                key: vec!["inherits".to_owned()],
            }),
        });
        unread.insert(pack.id);
    }
}

/// What is wrong with the scripts of packs that are not in the bundle, as far as
/// they can be read by themselves.
fn alone(absent: &BTreeSet<String>, files: &Files) -> Vec<Found> {
    let scripts = files.iter().filter(|(name, _)| {
        let inside = name.strip_prefix("packs/");
        let script = inside.and_then(|inside| inside.strip_suffix(".rhai"));
        let pack = script.and_then(|script| script.rsplit_once('/'));
        pack.is_some_and(|(id, _)| absent.contains(id))
    });
    scripts
        .flat_map(|(name, file)| script_alone(name, &file.text))
        .map(|finding| place(finding, files))
        .collect()
}

/// Whether a finding is about something empty that stands for what is wrong.
fn is_consequence(finding: &Finding, mended: &[Mended]) -> bool {
    let (file, key): (&str, &[String]) = match &finding.spot {
        Spot::Range(range) => (&range.file, &[]),
        Spot::Place(Place::Key { file, key }) => (file, key),
        Spot::Place(Place::File { file, .. }) => (file, &[]),
        Spot::Place(_) => return false,
    };
    mended
        .iter()
        .filter(|mended| mended.file == file)
        .any(|mended| {
            // A param or a source is one thing: a wrong unit shows in its value.
            let depth = match mended.key.first().map(String::as_str) {
                Some("params" | "sources" | "decisions") => 2,
                _ => mended.key.len(),
            };
            let prefix = mended.key.get(..depth).unwrap_or(&mended.key);
            prefix.is_empty()
                || key.starts_with(prefix)
                || !key.is_empty() && prefix.starts_with(key)
        })
}

/// What cannot be read, as a finding.
fn unreadable(error: &LoadError, files: &Files) -> Found {
    let [zh_cn, en] = [Lang::ZhCn, Lang::En].map(|lang| load_error(error, Words::new(lang)));
    let both = |text: fn(&Diagnostic) -> String| Localized {
        zh_cn: text(&zh_cn),
        en: text(&en),
    };
    let mut message = both(Diagnostic::title);
    let (file, span) = match error {
        LoadError::Toml(file, error) => {
            let args: [(&str, &dyn Display); 1] = [("detail", &error.message)];
            message = Localized::build(|lang| {
                let mut args = args.to_vec();
                let title = message.get(lang);
                args.push(("message", &title));
                Words::new(lang).fill(Key::TomlDetail, &args)
            });
            (Some(file), Some(error.span.clone()))
        }
        LoadError::Shape { file, span, .. } => (Some(file), Some(span.clone())),
        LoadError::Bundle(file, _) => (Some(file), None),
        LoadError::Io(..) | LoadError::Empty(_) => (None, None),
    };
    let path = match error {
        LoadError::Io(path, _) | LoadError::Empty(path) => Some(path.display().to_string()),
        _ => file.map(|file| file.path.display().to_string()),
    };
    let name = files
        .iter()
        .find(|(_, other)| file.is_some_and(|file| other.path == file.path))
        .map(|(name, _)| name.clone());
    let range = file.zip(span).map(|(file, span)| {
        let name = name.as_deref().unwrap_or_default();
        Lines::new(&file.text).range(name, &trimmed(&file.text, span))
    });
    let help = both(Diagnostic::told_help);
    Found {
        finding: Finding {
            severity: Severity::Error,
            code: en.code().unwrap_or(Unread::Io.into()),
            message,
            help: (!help.is_incomplete()).then_some(help),
            spot: match &range {
                Some(range) => Spot::Range(range.clone()),
                None => Spot::Place(Place::None),
            },
        },
        path,
        range,
        file: name,
    }
}

/// A stretch without the white space at its end.
fn trimmed(text: &str, span: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let inside = text.get(span.clone()).unwrap_or_default();
    span.start..span.start + inside.trim_end().len()
}

/// A finding with the lines that it means.
fn place(finding: Finding, files: &Files) -> Found {
    let name = match &finding.spot {
        Spot::Range(range) => Some(range.file.clone()),
        Spot::Place(Place::File { file, .. } | Place::Key { file, .. }) => Some(file.clone()),
        Spot::Place(_) => None,
    };
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
