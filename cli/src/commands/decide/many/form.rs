//! The format of the facts, and the options that go with it.

use super::super::Arguments;
use super::STANDARD;
use crate::answer::{Exit, Refusal};
use crate::messages::{Key, Words};
use crate::show::diagnostic::Diagnostic;
use longma_core::Args;
use std::path::Path;

/// The format of the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// One document, one person.
    Document,
    /// One document per line.
    Ndjson,
    /// Rows that a mapping turns into facts.
    Csv,
}

impl Form {
    /// From `--format`, else from the file name's extension.
    pub(crate) fn of(arguments: &Arguments) -> Self {
        let ending = arguments
            .facts
            .path
            .extension()
            .and_then(|ending| ending.to_str());
        let name = arguments.form.as_deref().or(ending).unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "ndjson" | "jsonl" => Self::Ndjson,
            "csv" => Self::Csv,
            _ => Self::Document,
        }
    }
}

/// Refuses options that do not fit this format, and asks for those that it needs.
pub(crate) fn fitting(form: Form, arguments: &Arguments, words: Words) -> Result<(), Refusal> {
    let many = [
        ("--id", arguments.id.is_some()),
        ("--full", arguments.full),
        ("--out", arguments.results.is_some()),
        ("--rejects", arguments.rejects.is_some()),
        ("--resume", arguments.resume),
    ];
    let one = [
        ("--json", arguments.json.wanted),
        ("--width", arguments.width.columns.is_some()),
        ("--timeline", arguments.more.timeline),
        ("--history", arguments.more.history),
    ];
    let mapping = [("--mapping", arguments.mapping.is_some())];
    let given = |options: &[(&'static str, bool)]| {
        let mut given = options.iter().filter(|(_, given)| *given);
        given.next().map(|(name, _)| *name)
    };
    let file = arguments.results.as_deref();
    let no_file = file.is_none_or(|out| out == Path::new(STANDARD));
    let (name, key, help) = match form {
        Form::Document => match given(&many).or(given(&mapping)) {
            Some(name) => (name, Key::BatchOnlyMany, Key::BatchOnlyManyHelp),
            None => return Ok(()),
        },
        Form::Ndjson | Form::Csv => match given(&one) {
            Some(name) => (name, Key::BatchOnlyOne, Key::BatchOnlyOneHelp),
            None if form == Form::Csv && arguments.mapping.is_none() => {
                ("--mapping", Key::BatchNoMapping, Key::BatchNoMappingHelp)
            }
            None if form == Form::Ndjson && arguments.mapping.is_some() => {
                ("--mapping", Key::BatchMapping, Key::BatchMappingHelp)
            }
            None if arguments.resume && no_file => {
                ("--resume", Key::BatchResumeOut, Key::BatchResumeOutHelp)
            }
            None => return pointer(arguments.id.as_deref(), words),
        },
    };
    Err(usage(key, help, &Args::of("name", name), words))
}

fn pointer(id: Option<&str>, words: Words) -> Result<(), Refusal> {
    match id {
        Some(id) if !id.starts_with('/') => Err(usage(
            Key::BatchId,
            Key::BatchIdHelp,
            &Args::of("found", id),
            words,
        )),
        _ => Ok(()),
    }
}

/// Refuses the command line.
pub(super) fn usage(key: Key, help: Key, args: &Args, words: Words) -> Refusal {
    let shown = Diagnostic::error(&words.fill(key, args));
    Refusal::new(Exit::Usage, shown.help(&words.fill(help, args)))
}
