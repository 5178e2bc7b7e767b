//! The texts that problems are about, and a problem's place in them.

use crate::messages::{Key, Words};
use crate::read::file::{Files, SourceFile};
use crate::show::diagnostic::Diagnostic;
use crate::show::locate;
use longma_compile::toml::Toml;
use longma_core::{Args, Code, CodeName, Place, Problem};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

/// What core calls "nothing found".
const ABSENT: &str = "—";
/// The file name that core uses for the text of the facts.
const FACTS: &str = "facts";

/// The texts that problems are about, to show their lines.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// The facts document.
    pub(crate) facts: Option<SourceFile>,
    /// Lines of its file above the facts document.
    pub(crate) lines_before: usize,
    /// The files of the packs, by the paths that problems use.
    pub(crate) files: Files,
    /// The CSV of each reference table.
    pub(crate) tables: BTreeMap<String, SourceFile>,
}

impl Sources {
    /// Turns a problem from core into a diagnostic.
    pub(crate) fn diagnostic(&self, problem: &Problem, words: Words) -> Diagnostic {
        let title = problem.message();
        let out = Diagnostic::error(words.of(&title)).coded(problem.code);
        let mut out = self.place(out.graded(problem.severity), problem);
        if let Some(label) = label(problem, out.meant(), words) {
            out = out.labelled(&label);
        }
        if let Place::Facts { pointer } = &problem.place
            && !pointer.is_empty()
        {
            out = out.note(&words.fill(Key::AtPointer, &Args::of("pointer", pointer)));
        }
        if let Some(rule) = &problem.rule {
            out = out.note(&words.fill(Key::AtRule, &Args::of("rule", rule)));
        }
        if let Some(help) = problem.help().as_ref() {
            out = out.help(words.of(help));
        }
        out
    }

    fn place(&self, out: Diagnostic, problem: &Problem) -> Diagnostic {
        match &problem.place {
            Place::None => out,
            Place::Facts { pointer } => match &self.facts {
                Some(file) => match in_facts(&file.text, pointer, problem.code) {
                    Some(span) => out.showing(file, span, None).below(self.lines_before),
                    None => out.at(&file.path),
                },
                None => out,
            },
            Place::File { file, line, column } => {
                let copied = self.files.get(file).and_then(|file| file.copied(*line));
                let (file, line) = match &copied {
                    Some((file, line)) => (file, line),
                    None => (file, line),
                };
                let (found, above) = match file.as_str() {
                    FACTS => (self.facts.as_ref(), self.lines_before),
                    name => (self.files.get(name), 0),
                };
                match found {
                    Some(file) if *line > 0 => {
                        let byte = locate::position(&file.text, *line, *column);
                        let word = locate::word(&file.text, byte);
                        out.showing(file, word, None).below(above)
                    }
                    Some(file) => out.at(&file.path),
                    None => out.at(Path::new(&format!("{file}:{line}:{column}"))),
                }
            }
            Place::Key { file, key } => {
                let path: Vec<&str> = key.iter().map(String::as_str).collect();
                match self.files.get(file) {
                    Some(source) => {
                        let toml = Toml::parse(&source.text).ok();
                        match toml.and_then(|toml| toml.value_span(&path)) {
                            Some(span) => out.showing(source, one_line(&source.text, &span), None),
                            None => out.at(&source.path),
                        }
                    }
                    None => out.at(Path::new(&format!("{file}: {}", key.join(".")))),
                }
            }
            Place::Reference { table, line } => match self.tables.get(table) {
                Some(file) => match usize::try_from(*line) {
                    Ok(line) if line > 0 => {
                        let span = in_table(&file.text, line, problem.found.as_deref());
                        out.showing(file, span, None)
                    }
                    _ => out.at(&file.path),
                },
                None => out,
            },
        }
    }

    /// The file and the line, from 1, of a cause's evidence.
    pub(crate) fn evidence(&self, evidence: &str) -> Option<(&Path, usize)> {
        match evidence.split_once("#/") {
            Some((table, row)) => {
                let file = self.tables.get(table)?;
                let line = locate::row_line(&file.text, row.parse().ok()?)?;
                Some((&file.path, line))
            }
            None => {
                let file = self.facts.as_ref()?;
                let found = locate::pointer(&file.text, evidence).filter(|found| found.exact)?;
                let line = locate::line_of(&file.text, found.value.start);
                Some((&file.path, line))
            }
        }
    }
}

/// What was expected and found, without what `shown` already shows.
fn label(problem: &Problem, shown: Option<&str>, words: Words) -> Option<String> {
    let expected = problem.expected.as_ref().map(|text| words.of(text));
    let found = problem.found.as_deref();
    let found = found.filter(|text| *text != ABSENT && !shown.is_some_and(|s| shows(s, text)));
    match (expected, found) {
        (Some(expected), Some(found)) => Some(words.fill(
            Key::ExpectedFound,
            &Args::of("expected", expected).with("found", found),
        )),
        (Some(expected), None) => Some(words.fill(Key::Expected, &Args::of("expected", expected))),
        (None, Some(found)) => Some(words.fill(Key::Found, &Args::of("found", found))),
        (None, None) => None,
    }
}

/// Whether `shown` is the value in `found`, which is a value or a table's
/// `column = value`. A long value is cut short in `found`.
fn shows(shown: &str, found: &str) -> bool {
    let bare = |text: &str| text.trim_matches('"').to_owned();
    let shown = bare(shown);
    let is_shown = |value: &str| match bare(value).strip_suffix('…') {
        Some(beginning) => shown.starts_with(beginning),
        None => value == ABSENT || shown == bare(value),
    };
    is_shown(found)
        || found
            .split_once(" = ")
            .is_some_and(|(_, value)| is_shown(value))
}

/// What to point at in the facts: the value, the name of a field that should not be
/// there, or the opening bracket of a value that is incomplete or has several lines.
fn in_facts(text: &str, pointer: &str, code: CodeName) -> Option<Range<usize>> {
    if pointer.is_empty() {
        return None;
    }
    let found = locate::pointer(text, pointer)?;
    let value = found.value;
    let several_lines = text
        .get(value.clone())
        .is_some_and(|text| text.contains('\n'));
    Some(match found.name {
        Some(name) if found.exact && code == Code::FactsUnknownField => name,
        _ if !found.exact || several_lines => value.start..value.start + 1,
        _ => value,
    })
}

/// What to point at in a table: the cell, or the whole line.
fn in_table(csv: &str, line: usize, found: Option<&str>) -> Range<usize> {
    let column = found.and_then(|found| Some(found.split_once(" = ")?.0));
    column
        .and_then(|column| locate::cell(csv, line, column))
        .filter(|cell| !cell.is_empty())
        .unwrap_or_else(|| locate::line_range(csv, line))
}

/// `span` cut to its first line.
pub(crate) fn one_line(text: &str, span: &Range<usize>) -> Range<usize> {
    let line = locate::line_range(text, locate::line_of(text, span.start));
    let end = span.end.clamp(span.start, line.end.max(span.start));
    span.start..end
}
