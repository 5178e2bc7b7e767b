//! Findings as JSON, for a program. The format is described in cli/README.md and
//! changes only with its version number.

use super::{Checked, Found};
use longma_core::{Localized, Severity};
use longma_lang::finding::Position;
use serde::Serialize;

/// The version of the format.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    longma_check: u32,
    packs: Vec<&'a str>,
    errors: usize,
    warnings: usize,
    infos: usize,
    findings: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    severity: Severity,
    code: &'a str,
    message: &'a Localized,
    help: Option<&'a Localized>,
    file: Option<&'a str>,
    range: Option<Stretch>,
}

#[derive(Serialize)]
struct Stretch {
    start: Position,
    end: Position,
}

/// The findings as one JSON document, ending in a line break.
pub(super) fn json(checked: &Checked) -> String {
    let count = |severity| {
        let found = checked.found.iter();
        found.filter(|f| f.finding.severity == severity).count()
    };
    let document = Document {
        longma_check: FORMAT,
        packs: checked.packs.iter().map(String::as_str).collect(),
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        infos: count(Severity::Info),
        findings: checked.found.iter().map(entry).collect(),
    };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn entry(found: &Found) -> Entry<'_> {
    Entry {
        severity: found.finding.severity,
        code: found.finding.code.as_str(),
        message: &found.finding.message,
        help: found.finding.help.as_ref(),
        file: found.path.as_deref(),
        range: found.range.as_ref().map(|range| Stretch {
            start: range.start,
            end: range.end,
        }),
    }
}
