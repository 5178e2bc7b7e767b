//! Shows what is wrong as a good compiler does: the file, the line, what is wrong
//! there, what was expected, what to do.
//!
//! Problems from core, from reading folders and from the command line all become a
//! [`Diagnostic`]; nothing else prints an error. The wording comes from core and
//! `messages/`.

use crate::messages::{Key, Words};
use crate::read::file::SourceFile;
use crate::show::locate;
use crate::show::page::{NARROWEST, plain, width, wrap};
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use longma_core::{Code, CodeName, Severity};
use longma_desk::html::visible;
use std::ops::Range;
use std::path::Path;

/// The most bytes of lines to show. Rendering takes some twenty times as much memory.
const SHOWN: usize = 64 * 1024;

/// One problem in words, with the line that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Diagnostic {
    severity: Severity,
    code: Option<CodeName>,
    title: String,
    origin: Option<String>,
    excerpt: Option<Excerpt>,
    notes: Vec<(Note, Text)>,
}

/// Lines of a text, and the part to point at.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Excerpt {
    lines: String,
    /// The number of the first line, from 1.
    number: usize,
    /// The bytes of `lines` to point at.
    span: Range<usize>,
    label: Option<String>,
}

impl Excerpt {
    /// The part of the lines to point at.
    fn meant(&self) -> &str {
        self.lines.get(self.span.clone()).unwrap_or_default()
    }
}

/// Lines as they are shown: like [`plain`], with their ends kept. Files from Windows have a
/// carriage return in each.
fn harmless(lines: &str) -> String {
    visible(&lines.replace('\r', ""))
}

/// Where byte `end` of `lines` is once they are [`harmless`].
fn shown_up_to(lines: &str, end: usize) -> usize {
    harmless(lines.get(..end).unwrap_or(lines)).len()
}

/// Lines to wrap, then perhaps one to copy, which is never broken.
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
    /// With this key's message as its name.
    Named(Key),
    Help,
}

impl Diagnostic {
    /// An error with this title.
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

    /// A warning with this title; it stops nothing.
    pub(crate) fn warning(title: &str) -> Self {
        Self::error(title).mild()
    }

    /// An info with this title; nothing is wrong.
    pub(crate) fn info(title: &str) -> Self {
        Self::error(title).graded(Severity::Info)
    }

    /// Makes it a warning, which stops nothing.
    pub(crate) fn mild(self) -> Self {
        self.graded(Severity::Warning)
    }

    /// Sets the severity.
    pub(crate) fn graded(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Sets the code, a stable name that a reader can look up.
    pub(crate) fn coded(mut self, code: impl Into<CodeName>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Adds what to do.
    pub(crate) fn help(mut self, help: &str) -> Self {
        self.notes.push((Note::Help, Text::new(help)));
        self
    }

    /// Like [`help`](Self::help), with a piece of a command line to copy.
    pub(crate) fn help_with(mut self, help: &str, copied: &str) -> Self {
        let mut text = Text::new(help);
        text.copied = Some(plain(copied));
        self.notes.push((Note::Help, text));
        self
    }

    /// Adds a note; its line breaks are kept.
    pub(crate) fn note(self, note: &str) -> Self {
        self.noted(Key::Note, note)
    }

    /// Like [`note`](Self::note), under another name.
    pub(crate) fn noted(mut self, name: Key, note: &str) -> Self {
        self.notes.push((Note::Named(name), Text::new(note)));
        self
    }

    /// Sets the place, as far as it is known.
    pub(crate) fn at(mut self, path: &Path) -> Self {
        self.origin = Some(plain(&path.display().to_string()));
        self
    }

    /// Sets the lines of `file` that show it, with `label` below. Lines that nobody could
    /// read are named, not shown.
    pub(crate) fn showing(
        self,
        file: &SourceFile,
        span: Range<usize>,
        label: Option<&str>,
    ) -> Self {
        let number = locate::line_of(&file.text, span.start);
        let first = locate::line_range(&file.text, number);
        // A range that ends with a line does not include the next one.
        let last = span.end.max(span.start + 1) - 1;
        let last = locate::line_range(&file.text, locate::line_of(&file.text, last));
        let lines = first.start..last.end.max(first.end);
        let within = |byte: usize| byte.clamp(lines.start, lines.end) - lines.start;
        if lines.len() > SHOWN {
            let place = format!("{}:{number}", file.path.display());
            let shown = self.at(Path::new(&place));
            return label.into_iter().fold(shown, Self::note);
        }
        let text = file.text.get(lines.clone()).unwrap_or_default();
        let shown = self.at(&file.path);
        Self {
            excerpt: Some(Excerpt {
                span: shown_up_to(text, within(span.start))..shown_up_to(text, within(span.end)),
                lines: harmless(text),
                number,
                label: label.map(plain),
            }),
            ..shown
        }
    }

    /// Adds a label to the lines that it shows; without lines, adds a note.
    pub(crate) fn labelled(mut self, label: &str) -> Self {
        match &mut self.excerpt {
            Some(excerpt) => {
                excerpt.label = Some(plain(label));
                self
            }
            None => self.note(label),
        }
    }

    /// The part of the shown lines that it points at, if it shows lines.
    pub(crate) fn meant(&self) -> Option<&str> {
        self.excerpt.as_ref().map(Excerpt::meant)
    }

    /// Whether it says where the mistake is.
    pub(crate) fn is_placed(&self) -> bool {
        self.origin.is_some()
    }

    /// What is wrong, in words.
    pub(crate) fn title(&self) -> String {
        self.title.clone()
    }

    /// Its code, a stable name.
    pub(crate) fn code(&self) -> Option<CodeName> {
        self.code
    }

    /// What to do, in words; empty if it does not say.
    pub(crate) fn told_help(&self) -> String {
        let helps = self.notes.iter().filter(|(note, _)| *note == Note::Help);
        let lines = helps.flat_map(|(_, text)| text.lines.iter().chain(&text.copied));
        let lines: Vec<&str> = lines.map(String::as_str).collect();
        lines.join("\n")
    }

    /// Adds `lines` to the line number, for a text that begins that far into its file.
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

    /// Whether it says that more problems were left out.
    pub(crate) fn says_there_are_more(&self) -> bool {
        self.code.is_some_and(|code| code == Code::ProblemsMore)
    }

    /// Breaks a title that is longer than a line of `columns`.
    pub(crate) fn narrow(mut self, words: Words, columns: usize) -> Self {
        let level = match self.severity {
            Severity::Error => Key::Error,
            Severity::Warning => Key::Warning,
            Severity::Info => Key::Info,
        };
        let code = self.code.map_or(0, |code| width(code.as_str()) + 2);
        let before = width(words.say(level)) + code + 2;
        let room = columns.saturating_sub(before).max(NARROWEST / 4);
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
            // The renderer writes ` = name: ` after the column of line numbers.
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
