//! What is wrong, as a good compiler shows it: the file, the line, what is wrong
//! there, what was expected, what to do.
//!
//! Problems of core, of reading folders and of the command line all become a
//! [`Diagnostic`]; nothing else prints an error. Wording is not done here: core
//! and `messages/` bring it.

use crate::check::Found;
use crate::load::{Files, LoadError, Misfit, SourceFile};
use crate::locate;
use crate::messages::{Key, Words};
use crate::page::{NARROWEST, plain, width, wrap};
use crate::toml::Toml;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use longma_core::{Place, Problem, Severity};
use longma_desk::syntax::Lines;
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::Path;

/// What core calls "nothing found".
const ABSENT: &str = "—";
/// The name under which core reports on the facts' text.
const FACTS: &str = "facts";
/// The name under which core reports on a bundle's text.
const BUNDLE: &str = "bundle";

/// One thing that is wrong, in words, with the line that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Diagnostic {
    severity: Severity,
    code: Option<String>,
    title: String,
    origin: Option<String>,
    excerpt: Option<Excerpt>,
    notes: Vec<(Note, Text)>,
}

/// The lines of a text, and what of them is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Excerpt {
    lines: String,
    /// Of the first line, from 1.
    number: usize,
    /// Bytes of `lines`.
    span: Range<usize>,
    label: Option<String>,
}

impl Excerpt {
    /// The part of the lines that is meant.
    fn meant(&self) -> &str {
        self.lines.get(self.span.clone()).unwrap_or_default()
    }
}

/// Lines to wrap, and after them one to copy, which stays whole.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Text {
    lines: Vec<String>,
    copied: Option<String>,
}

impl Text {
    fn new(text: &str) -> Self {
        Self {
            lines: text.lines().map(plain).collect(),
            copied: None,
        }
    }

    /// The text in lines of at most `columns`.
    fn wrapped(&self, columns: usize) -> String {
        let lines = self.lines.iter().flat_map(|line| wrap(line, columns));
        let lines: Vec<String> = lines.chain(self.copied.clone()).collect();
        lines.join("\n")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Note {
    /// Under the name that this key says.
    Named(Key),
    Help,
}

impl Diagnostic {
    /// An error in words.
    pub(crate) fn error(title: &str) -> Self {
        Self {
            severity: Severity::Error,
            code: None,
            title: plain(title),
            origin: None,
            excerpt: None,
            notes: Vec::new(),
        }
    }

    /// Something to know, in words, that stops nothing.
    pub(crate) fn warning(title: &str) -> Self {
        Self::error(title).mild()
    }

    /// Something good to know, in words, where nothing is wrong.
    pub(crate) fn info(title: &str) -> Self {
        let mut out = Self::error(title);
        out.severity = Severity::Info;
        out
    }

    /// The same, but it stops nothing.
    pub(crate) fn mild(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// The same with a stable name, which a reader can look for.
    pub(crate) fn coded(mut self, code: &str) -> Self {
        self.code = Some(plain(code));
        self
    }

    /// The same with what to do.
    pub(crate) fn help(mut self, help: &str) -> Self {
        self.notes.push((Note::Help, Text::new(help)));
        self
    }

    /// As [`help`](Self::help), with a piece of a command line to copy.
    pub(crate) fn help_with(mut self, help: &str, copied: &str) -> Self {
        let mut text = Text::new(help);
        text.copied = Some(plain(copied));
        self.notes.push((Note::Help, text));
        self
    }

    /// The same with something that is good to know; lines are kept.
    pub(crate) fn note(self, note: &str) -> Self {
        self.noted(Key::Note, note)
    }

    /// As [`note`](Self::note), under a name of its own.
    pub(crate) fn noted(mut self, name: Key, note: &str) -> Self {
        self.notes.push((Note::Named(name), Text::new(note)));
        self
    }

    /// The same with the place it is about, as far as that is known.
    pub(crate) fn at(mut self, path: &Path) -> Self {
        self.origin = Some(plain(&path.display().to_string()));
        self
    }

    /// The same with the lines of `file` that show it; `label` stands below.
    pub(crate) fn showing(
        self,
        file: &SourceFile,
        span: Range<usize>,
        label: Option<&str>,
    ) -> Self {
        let number = locate::line_of(&file.text, span.start);
        let first = locate::line_range(&file.text, number);
        // A stretch that ends with a line does not mean the next one.
        let last = span.end.max(span.start + 1) - 1;
        let last = locate::line_range(&file.text, locate::line_of(&file.text, last));
        let lines = first.start..last.end.max(first.end);
        let within = |byte: usize| byte.clamp(lines.start, lines.end) - lines.start;
        let text = file.text.get(lines.clone()).unwrap_or_default();
        let shown = self.at(&file.path);
        Self {
            excerpt: Some(Excerpt {
                span: within(span.start)..within(span.end),
                lines: text.to_owned(),
                number,
                label: label.map(plain),
            }),
            ..shown
        }
    }

    /// What is wrong, in words.
    pub(crate) fn title(&self) -> String {
        self.title.clone()
    }

    /// Its stable name.
    pub(crate) fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// What to do, in words; empty where it does not say.
    pub(crate) fn told_help(&self) -> String {
        let helps = self.notes.iter().filter(|(note, _)| *note == Note::Help);
        let lines = helps.flat_map(|(_, text)| text.lines.iter().chain(&text.copied));
        let lines: Vec<&str> = lines.map(String::as_str).collect();
        lines.join("\n")
    }

    /// The same, of a text that itself begins below so many lines.
    pub(crate) fn below(mut self, lines: usize) -> Self {
        if let Some(excerpt) = &mut self.excerpt {
            excerpt.number += lines;
        }
        self
    }

    /// Whether it shows a line, and so its place.
    pub(crate) fn shows_a_line(&self) -> bool {
        self.excerpt.is_some()
    }

    /// Whether it says that there are more than are told.
    pub(crate) fn says_there_are_more(&self) -> bool {
        self.code.as_deref() == Some("problems-more")
    }

    /// Breaks a title that is longer than a line of `columns`.
    pub(crate) fn narrow(mut self, words: Words, columns: usize) -> Self {
        let level = match self.severity {
            Severity::Error => Key::Error,
            Severity::Warning => Key::Warning,
            Severity::Info => Key::Info,
        };
        let code = self.code.as_deref().map_or(0, |code| width(code) + 2);
        let before = width(words.say(level)) + code + 2;
        let room = columns.saturating_sub(before).max(NARROWEST / 2);
        self.title = wrap(&self.title, room).join("\n");
        self
    }

    /// The diagnostic as text, with colours, for a page of `columns`.
    pub(crate) fn render(&self, words: Words, columns: usize) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR.with_name(words.say(Key::Error)),
            Severity::Warning => Level::WARNING.with_name(words.say(Key::Warning)),
            Severity::Info => Level::INFO.with_name(words.say(Key::Info)),
        };
        let mut title = level.primary_title(self.title.as_str());
        if let Some(code) = &self.code {
            title = title.id(code.as_str());
        }
        let mut group = Group::with_title(title);
        match (&self.excerpt, &self.origin) {
            (Some(excerpt), Some(path)) => {
                let span = AnnotationKind::Primary.span(excerpt.span.clone());
                let snippet = Snippet::source(excerpt.lines.as_str())
                    .path(path.as_str())
                    .line_start(excerpt.number)
                    .annotation(span.label(excerpt.label.as_deref()));
                group = group.element(snippet);
            }
            (None, Some(path)) => group = group.element(Origin::path(path.as_str())),
            _ => {}
        }
        let number = self.excerpt.as_ref().map_or(0, |excerpt| excerpt.number);
        for (note, text) in &self.notes {
            let (level, name) = match note {
                Note::Named(key) => (Level::NOTE, words.say(*key)),
                Note::Help => (Level::HELP, words.say(Key::Help)),
            };
            // The renderer writes ` = name: ` behind the column of line numbers.
            let before = number.to_string().len() + 5 + width(name);
            let room = columns.saturating_sub(before).max(NARROWEST / 2);
            group = group.element(level.with_name(name).message(text.wrapped(room)));
        }
        let renderer = Renderer::styled().term_width(columns);
        let mut text = renderer.render(&[group]);
        text.push('\n');
        text
    }
}

/// The texts that problems are about, to show their lines.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// The facts document.
    pub(crate) facts: Option<SourceFile>,
    /// Lines of its file above the facts document.
    pub(crate) lines_before: usize,
    /// The files of the packs, by the paths that problems name.
    pub(crate) files: Files,
    /// The CSV of each reference table.
    pub(crate) tables: BTreeMap<String, SourceFile>,
}

/// A finding of the desk, with the lines of `file`.
pub(crate) fn finding(found: &Found, file: Option<&SourceFile>, words: Words) -> Diagnostic {
    let finding = &found.finding;
    let mut out = Diagnostic::error(words.of(&finding.message)).coded(&finding.code);
    out.severity = finding.severity;
    out = match (file, &found.range, &found.path) {
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

impl Sources {
    /// A problem that core reports.
    pub(crate) fn diagnostic(&self, problem: &Problem, words: Words) -> Diagnostic {
        let title = words.of(&problem.message);
        let mut out = Diagnostic::error(title).coded(&problem.code);
        out.severity = problem.severity;
        out = self.place(out, problem);
        let shown = out.excerpt.as_ref().map(Excerpt::meant);
        let label = label(problem, shown, words);
        match (&mut out.excerpt, label) {
            (Some(excerpt), label) => excerpt.label = label.as_deref().map(plain),
            // Where no line can carry it, what was expected is told below.
            (None, Some(label)) => out = out.note(&label),
            (None, None) => {}
        }
        if let Place::Facts { pointer } = &problem.place
            && !pointer.is_empty()
        {
            out = out.note(&words.fill(Key::AtPointer, &[("pointer", pointer)]));
        }
        if let Some(rule) = &problem.rule {
            out = out.note(&words.fill(Key::AtRule, &[("rule", rule)]));
        }
        if let Some(help) = &problem.help {
            out = out.help(words.of(help));
        }
        out
    }

    fn place(&self, out: Diagnostic, problem: &Problem) -> Diagnostic {
        match &problem.place {
            Place::None => out,
            Place::Facts { pointer } => match &self.facts {
                Some(file) => match in_facts(&file.text, pointer, &problem.code) {
                    Some(span) => out.showing(file, span, None).below(self.lines_before),
                    None => out.at(&file.path),
                },
                None => out,
            },
            Place::File { file, line, column } => {
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

    /// Where a cause's evidence stands: the file, and the line from 1.
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

/// What was expected and found; what the line `shown` shows need not be said.
fn label(problem: &Problem, shown: Option<&str>, words: Words) -> Option<String> {
    let expected = problem.expected.as_ref().map(|text| words.of(text));
    let found = problem.found.as_deref();
    let found = found.filter(|text| *text != ABSENT && !shown.is_some_and(|s| shows(s, text)));
    match (expected, found) {
        (Some(expected), Some(found)) => Some(words.fill(
            Key::ExpectedFound,
            &[("expected", &expected), ("found", &found)],
        )),
        (Some(expected), None) => Some(words.fill(Key::Expected, &[("expected", &expected)])),
        (None, Some(found)) => Some(words.fill(Key::Found, &[("found", &found)])),
        (None, None) => None,
    }
}

/// Whether `found`, a value or a table's `column = value`, stands in `shown`; a
/// long value is cut in `found`.
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

/// What to point at in the facts: the value, the name of a field that should not
/// be there, or the bracket that opens what lacks something.
fn in_facts(text: &str, pointer: &str, code: &str) -> Option<Range<usize>> {
    if pointer.is_empty() {
        return None;
    }
    let found = locate::pointer(text, pointer)?;
    let value = found.value;
    let several_lines = text
        .get(value.clone())
        .is_some_and(|text| text.contains('\n'));
    Some(match found.name {
        Some(name) if found.exact && code == "facts-unknown-field" => name,
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

/// Why a file cannot be read or written.
pub(crate) fn io_error(path: &Path, error: &io::Error, words: Words) -> Diagnostic {
    let path_text = path.display();
    let detail = error.to_string();
    let args: [(&str, &dyn std::fmt::Display); 2] = [("path", &path_text), ("detail", &detail)];
    let key = match error.kind() {
        io::ErrorKind::NotFound => Key::IoNotFound,
        io::ErrorKind::PermissionDenied => Key::IoPermission,
        io::ErrorKind::IsADirectory => Key::IoDirectory,
        io::ErrorKind::InvalidData => {
            let convert = format!("iconv -f GB18030 -t UTF-8 {path_text}");
            return Diagnostic::error(words.say(Key::Encoding))
                .coded("encoding")
                .at(path)
                .help_with(words.say(Key::EncodingHelp), &convert);
        }
        _ => Key::IoOther,
    };
    Diagnostic::error(&words.fill(key, &args))
}

/// Why a folder is no set of packs, or a file beside them cannot be used.
pub(crate) fn load_error(error: &LoadError, words: Words) -> Diagnostic {
    match error {
        LoadError::Io(path, error) => io_error(path, error, words),
        LoadError::Empty(path) => {
            let path = path.display();
            Diagnostic::error(&words.fill(Key::PacksEmpty, &[("path", &path)]))
                .coded("packs-empty")
                .help(words.say(Key::PacksEmptyHelp))
        }
        LoadError::Toml(file, error) => Diagnostic::error(words.say(Key::TomlSyntax))
            .coded("toml-syntax")
            .showing(
                file,
                one_line(&file.text, &error.span),
                Some(&error.message),
            )
            .help(words.say(Key::TomlSyntaxHelp)),
        LoadError::Shape {
            file, span, misfit, ..
        } => {
            let shown = misfit_error(misfit, words);
            if span.is_empty() {
                shown.at(&file.path)
            } else {
                shown.showing(file, one_line(&file.text, span), None)
            }
        }
        LoadError::Bundle(file, problem) => {
            let mut sources = Sources::default();
            sources.files.insert(BUNDLE.to_owned(), file.clone());
            let out = sources.diagnostic(problem, words);
            if out.origin.is_none() {
                out.at(&file.path)
            } else {
                out
            }
        }
    }
}

/// `span` cut to its first line; at least one byte where the text has one.
fn one_line(text: &str, span: &Range<usize>) -> Range<usize> {
    let line = locate::line_range(text, locate::line_of(text, span.start));
    let end = span.end.clamp(span.start, line.end.max(span.start));
    span.start..end
}

fn misfit_error(misfit: &Misfit, words: Words) -> Diagnostic {
    match misfit {
        Misfit::Missing(name) => {
            let args: [(&str, &dyn std::fmt::Display); 1] = [("name", name)];
            Diagnostic::error(&words.fill(Key::ShapeMissing, &args))
                .coded("shape-missing")
                .help(&words.fill(Key::ShapeMissingHelp, &args))
        }
        Misfit::Unknown { name, known } => {
            let help = if known.is_empty() {
                words.say(Key::ShapeUnknownNoneHelp).to_owned()
            } else {
                words.fill(Key::ShapeUnknownHelp, &[("known", &words.list(known))])
            };
            Diagnostic::error(&words.fill(Key::ShapeUnknown, &[("name", name)]))
                .coded("shape-unknown")
                .help(&help)
        }
        Misfit::Kind(expected) => {
            let expected = words.say(match expected.as_str() {
                "a string" => Key::KindText,
                "i64" | "u32" | "usize" | "u8" => Key::KindWholeNumber,
                "a boolean" => Key::KindTruth,
                "a sequence" => Key::KindList,
                text if text == "a map" || text.starts_with("struct ") => Key::KindTable,
                _ => Key::KindOther,
            });
            Diagnostic::error(words.say(Key::ShapeType))
                .coded("shape-type")
                .help(&words.fill(Key::ShapeTypeHelp, &[("expected", &expected)]))
        }
        Misfit::ParamValue => Diagnostic::error(words.say(Key::ShapeParam))
            .coded("shape-param")
            .help(words.say(Key::ShapeParamHelp)),
        Misfit::Range(found) => {
            Diagnostic::error(&words.fill(Key::ShapeRange, &[("found", found)]))
                .coded("shape-other")
                .help(words.say(Key::ShapeOtherHelp))
        }
        Misfit::Choice { found, known } => {
            let known = words.list(known);
            Diagnostic::error(&words.fill(Key::ShapeChoice, &[("found", found)]))
                .coded("shape-other")
                .help(&words.fill(Key::ShapeChoiceHelp, &[("known", &known)]))
        }
        Misfit::Other(detail) => {
            Diagnostic::error(&words.fill(Key::ShapeOther, &[("detail", detail)]))
                .coded("shape-other")
                .help(words.say(Key::ShapeOtherHelp))
        }
        Misfit::ExpectsNothing => Diagnostic::error(words.say(Key::CaseExpectsNothing))
            .coded("case-expects-nothing")
            .help(words.say(Key::CaseExpectsNothingHelp)),
    }
}
