//! Writes to standard output and standard error.
//!
//! Nothing else in this crate prints, except that results of many persons are
//! written as they come (`commands/decide/many`). A closed pipe is not an error:
//! its reader has read enough.

use crate::answer::{Answer, Exit, Refusal};
use crate::messages::{Key, Words};
use crate::show::diagnostic::Diagnostic;
use crate::show::page;
use crate::show::sources::Sources;
use anstream::adapter::strip_str;
use anstream::stream::{AsLockedWrite, RawStream};
use anstream::{AutoStream, ColorChoice};
use longma_core::{Args, Problem};
use longma_desk::html::visible;
use std::io::{self, Write};

/// Prints a command's result; returns how the process ends.
pub(crate) fn print(result: Result<Answer, Refusal>, words: Words) -> Exit {
    match result {
        Ok(answer) => match write(io::stdout(), &answer.text, answer.exact) {
            Ok(()) => answer.exit,
            Err(error) => tell(&unwritable(&error, words), words),
        },
        Err(refusal) => tell(&refusal, words),
    }
}

/// Writes all of `text`, without colour if none is wanted. A text for a program is written
/// byte for byte, except that a terminal shows it too and must not be steered by it. A closed
/// pipe is ignored.
fn write<S>(mut stream: S, text: &str, exact: bool) -> io::Result<()>
where
    S: RawStream + AsLockedWrite,
{
    let plain = !exact && AutoStream::choice(&stream) == ColorChoice::Never;
    let written = if exact {
        let seen = stream.is_terminal().then(|| visible(text));
        stream
            .write_all(seen.as_deref().unwrap_or(text).as_bytes())
            .and_then(|()| stream.flush())
    } else if plain {
        let bare = strip_str(text).to_string();
        let lines: Vec<&str> = bare.split('\n').map(str::trim_end).collect();
        let text = lines.join("\n");
        stream
            .write_all(text.as_bytes())
            .and_then(|()| stream.flush())
    } else {
        let mut stream = AutoStream::always(stream);
        stream
            .write_all(text.as_bytes())
            .and_then(|()| stream.flush())
    };
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

fn unwritable(error: &io::Error, words: Words) -> Refusal {
    let text = words.fill(Key::WriteFailed, &Args::of("detail", error));
    Refusal::new(Exit::Files, Diagnostic::error(&text))
}

/// Prints on standard error, while the work goes on. Texts of others come here by way of a
/// page or a diagnostic.
pub(crate) fn aside(text: &str) {
    let _ = write(io::stderr(), text, false);
}

/// Like [`aside`], for a program that reads standard error.
pub(crate) fn aside_exactly(text: &str) {
    let _ = write(io::stderr(), text, true);
}

/// Like [`aside`], for problems that stop nothing.
pub(crate) fn remark(diagnostics: &[Diagnostic], words: Words) {
    if !diagnostics.is_empty() {
        aside(&format!("{}\n", rendered(diagnostics, words)));
    }
}

/// Like [`remark`], for problems shown at their lines in `sources`.
pub(crate) fn warn(found: &[Problem], sources: &Sources, words: Words) {
    if !found.is_empty() {
        let shown = found
            .iter()
            .map(|problem| sources.diagnostic(problem, words).mild());
        remark(&shown.collect::<Vec<_>>(), words);
    }
}

fn rendered(diagnostics: &[Diagnostic], words: Words) -> String {
    let columns = page::columns(None);
    let texts = diagnostics.iter();
    let texts: Vec<String> = texts.map(|shown| shown.render(words, columns)).collect();
    texts.join("\n")
}

/// Prints what is wrong on standard error. If that fails, nothing more can be done.
fn tell(refusal: &Refusal, words: Words) -> Exit {
    let mut text = rendered(&refusal.diagnostics, words);
    let count = refusal.diagnostics.len();
    if count > 1
        && !refusal
            .diagnostics
            .iter()
            .any(Diagnostic::says_there_are_more)
    {
        text.push('\n');
        text.push_str(&words.fill(Key::ProblemsCount, &Args::of("n", count)));
        text.push('\n');
    }
    let _ = write(io::stderr(), &text, false);
    refusal.exit
}
