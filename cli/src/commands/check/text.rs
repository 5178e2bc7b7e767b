//! Findings as text for a reader.

use super::{Checked, Found};
use crate::messages::{Key, Words};
use crate::read::file::SourceFile;
use crate::show::diagnostic::Diagnostic;
use crate::show::page::{self, Page};
use longma_core::{Args, Severity};
use longma_lang::syntax::Lines;
use std::path::Path;

/// The findings as text. Infos come last, one line each.
pub(super) fn text(checked: &Checked, words: Words) -> String {
    let mut page = Page::new(page::columns(None));
    let (infos, others): (Vec<&Found>, Vec<&Found>) = checked
        .found
        .iter()
        .partition(|found| found.finding.severity == Severity::Info);
    for found in &others {
        let file = found.file.as_ref().and_then(|name| checked.files.get(name));
        page.diagnostic(&shown(found, file, words), words);
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

/// A finding as a diagnostic, with its lines of `file`.
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
    let path = found.path.as_deref().unwrap_or_default();
    let message = words.of(&found.finding.message);
    match &found.range {
        Some(range) => format!("{path}:{}: {message}", range.start.line),
        None => format!("{path}: {message}"),
    }
}

fn total(checked: &Checked, words: Words) -> String {
    let count = |severity: Severity, many: Key, one: Key| {
        let found = checked.found.iter();
        let n = found.filter(|f| f.finding.severity == severity).count();
        words.fill(if n == 1 { one } else { many }, &Args::of("n", n))
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
    let key = match packs {
        1 => Key::CheckTotalOne,
        _ => Key::CheckTotal,
    };
    words.fill(
        key,
        &Args::of("packs", packs)
            .with("errors", &errors)
            .with("warnings", &warnings)
            .with("infos", &infos),
    )
}
