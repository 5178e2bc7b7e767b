//! From arguments to an answer, and from the answer to the terminal.
//!
//! Here alone something is printed: the result on standard output, everything
//! else on standard error; only the results of many persons are written as they
//! come ([`batch`](crate::batch)). A reader who closes the pipe has read enough; that is
//! no error.

use crate::args::{self, Arguments, COMMANDS, Command};
use crate::diagnostic::Diagnostic;
use crate::messages::{Key, Words};
use crate::{
    appeal, book, bundle, card, check, compare, decide, door, explain, laws, merge, new, page,
    rollup, screen, sites, test, usage,
};
use anstream::adapter::strip_str;
use anstream::stream::{AsLockedWrite, RawStream};
use anstream::{AutoStream, ColorChoice};
use clap::FromArgMatches;
use clap::error::ErrorKind;
use clap_complete::Shell;
use longma_core::Lang;
use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

/// How the command ends; `--help` tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Done = 0,
    CaseFailed = 1,
    Usage = 2,
    Facts = 3,
    Packs = 4,
    Files = 5,
}

/// What a command has to say.
#[derive(Debug)]
pub(crate) struct Answer {
    /// For standard output.
    pub(crate) text: String,
    /// Whether the text is for a program: every byte is written as it stands.
    pub(crate) exact: bool,
    /// How it ends.
    pub(crate) exit: Exit,
}

impl Answer {
    /// For whoever reads a terminal.
    pub(crate) fn page(text: String) -> Self {
        Self {
            text,
            exact: false,
            exit: Exit::Done,
        }
    }

    /// For a program.
    pub(crate) fn exact(text: String) -> Self {
        Self {
            exact: true,
            ..Self::page(text)
        }
    }
}

/// Why a command has nothing to say.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// How it ends.
    pub(crate) exit: Exit,
    /// What is wrong.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Refusal {
    pub(crate) fn new(exit: Exit, diagnostic: Diagnostic) -> Self {
        Self {
            exit,
            diagnostics: vec![diagnostic],
        }
    }
}

/// Runs the command line `line`, whose first item is the command's own name.
pub fn run(line: impl IntoIterator<Item = OsString>) -> ExitCode {
    let line: Vec<OsString> = line.into_iter().collect();
    let words = Words::new(language(&line));
    let exit = match answer(&line, words) {
        Ok(answer) => match write(io::stdout(), &answer.text, answer.exact) {
            Ok(()) => answer.exit,
            Err(error) => tell(&unwritable(&error, words), words),
        },
        Err(refusal) => tell(&refusal, words),
    };
    ExitCode::from(exit as u8)
}

fn answer(line: &[OsString], words: Words) -> Result<Answer, Refusal> {
    let mut grammar = args::grammar(words);
    let parsed = grammar
        .try_get_matches_from_mut(line)
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) => return unparsed(&error, line, words),
    };
    match arguments.command {
        Command::Decide(decide) => decide::run(&decide, words),
        Command::Check(check) => check::run(&check, words),
        Command::Test(test) => test::run(&test, words),
        Command::Explain(explain) => explain::run(&explain, words),
        Command::Merge(merge) => merge::run(&merge, words),
        Command::Appeal(appeal) => appeal::run(&appeal, words),
        Command::Compare(compare) => compare::run(&compare, words),
        Command::Laws(laws) => laws::run(&laws, words),
        Command::Book(book) => book::run(&book, words),
        Command::Card(card) => card::run(&card, words),
        Command::Door(door) => door::run(&door, words),
        Command::Sites(sites) => sites::run(&sites, words),
        Command::Rollup(rollup) => rollup::run(&rollup, words),
        Command::Screen(screen) => screen::run(&screen, words),
        Command::New(new) => new::run(&new, words),
        Command::Bundle(bundle) => bundle::run(&bundle, words),
        Command::Completions(completions) => {
            Ok(Answer::exact(script(completions.shell, &mut grammar)))
        }
    }
}

/// Help and version are answers too.
fn unparsed(error: &clap::Error, line: &[OsString], words: Words) -> Result<Answer, Refusal> {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        return Ok(Answer::page(error.render().ansi().to_string()));
    }
    let command = line
        .iter()
        .filter_map(|item| item.to_str())
        .find(|item| COMMANDS.contains(item));
    let see = match command {
        Some(command) => format!("longma {command}"),
        None => "longma".to_owned(),
    };
    let see = words.fill(Key::UsageSee, &[("command", &see)]);
    let diagnostic = usage::explain(error, words).help(&see);
    Err(Refusal::new(Exit::Usage, diagnostic))
}

fn script(shell: Shell, grammar: &mut clap::Command) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, grammar, "longma", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// The language asked for, which help and usage errors need before the command
/// line is understood; else the locale's.
fn language(line: &[OsString]) -> Lang {
    let mut items = line.iter().filter_map(|item| item.to_str());
    let mut asked = None;
    while let Some(item) = items.next() {
        match item.split_once('=') {
            Some(("--lang", lang)) => asked = Some(lang),
            None if item == "--lang" => asked = items.next(),
            _ => {}
        }
    }
    let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let locale = || {
        set("LC_ALL")
            .or_else(|| set("LC_MESSAGES"))
            .or_else(|| set("LANG"))
    };
    match asked.map(str::to_owned).or_else(locale) {
        Some(lang) if lang.to_ascii_lowercase().starts_with("zh") => Lang::ZhCn,
        _ => Lang::En,
    }
}

/// Writes all of `text`, without colour where none is wanted; a pipe that is
/// closed has taken what it wanted.
fn write<S>(mut stream: S, text: &str, exact: bool) -> io::Result<()>
where
    S: RawStream + AsLockedWrite,
{
    let plain = !exact && AutoStream::choice(&stream) == ColorChoice::Never;
    let written = if exact {
        stream
            .write_all(text.as_bytes())
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
    let text = words.fill(Key::WriteFailed, &[("detail", error)]);
    Refusal::new(Exit::Files, Diagnostic::error(&text))
}

/// Prints on standard error what is good to know while the work goes on.
pub(crate) fn aside(text: &str) {
    let _ = write(io::stderr(), text, false);
}

/// As [`aside`], for what is wrong and stops nothing.
pub(crate) fn remark(diagnostics: &[Diagnostic], words: Words) {
    aside(&format!("{}\n", rendered(diagnostics, words)));
}

fn rendered(diagnostics: &[Diagnostic], words: Words) -> String {
    let columns = page::columns(None);
    let texts = diagnostics.iter();
    let texts: Vec<String> = texts.map(|shown| shown.render(words, columns)).collect();
    texts.join("\n")
}

/// Prints what is wrong on standard error; who cannot be told there cannot be told.
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
        text.push_str(&words.fill(Key::ProblemsCount, &[("n", &count)]));
        text.push('\n');
    }
    let _ = write(io::stderr(), &text, false);
    refusal.exit
}
