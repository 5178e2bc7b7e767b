//! The help: the grammar with texts from `messages/`.
//!
//! A command takes its texts from `help.`, `about.` and `usage.`, and its examples from
//! `example.<command>.<n>`; a test runs the examples. An argument takes its help from
//! `option.<command>.<id>` or `option.<id>`.

use crate::messages::{Key, Words};
use crate::show::page::{HEADING, wrap};
use longma_core::Lang;
use std::fmt::Write as _;

/// Width of Chinese help next to an option, in columns. It has no blanks to break at.
const HELP_COLUMNS: usize = 48;
/// Width of an example's lines, in columns.
const EXAMPLE_COLUMNS: usize = 68;
/// Width of the text above the options, in columns.
const ABOUT_COLUMNS: usize = 76;

/// Adds texts to `command` and its subcommands. `path` is its dotted name, such as
/// `longma.decide`.
pub(crate) fn clothe(command: clap::Command, words: Words, path: &str) -> clap::Command {
    let find = |kind: &str| words.find(&format!("{kind}.{path}"));
    let short = find("help").unwrap_or_default();
    let about = find("about").unwrap_or(short);
    let heading = match command.get_positionals().next() {
        Some(_) => words.say(Key::HeadingArguments),
        None => words.say(Key::HeadingOptions),
    };
    let template = format!(
        "{about}\n\n{HEADING}{}{HEADING:#} {}\n\n{{all-args}}{{after-help}}",
        words.say(Key::HeadingUsage),
        find("usage").unwrap_or_default(),
        about = wrap(about, ABOUT_COLUMNS).join("\n"),
    );
    command
        .about(short)
        .override_usage(find("usage").unwrap_or_default())
        .help_template(template)
        .after_help(after(words, path))
        .subcommand_help_heading(words.say(Key::HeadingCommands))
        .mut_args(|arg| {
            let help = option(words, path, &arg);
            let heading = if arg.is_positional() {
                heading
            } else {
                words.say(Key::HeadingOptions)
            };
            arg.help(breakable(help.unwrap_or_default(), HELP_COLUMNS, words))
                .hide_default_value(true)
                .hide_possible_values(true)
                .help_heading(heading)
        })
        .mut_subcommands(|sub| {
            let path = format!("{path}.{}", sub.get_name());
            clothe(sub, words, &path)
        })
}

/// An argument's help: the command's own text, else the shared one.
pub(crate) fn option(words: Words, path: &str, arg: &clap::Arg) -> Option<&'static str> {
    let command = path.rsplit('.').next().unwrap_or(path);
    let id = arg.get_id();
    words
        .find(&format!("option.{command}.{id}"))
        .or_else(|| words.find(&format!("option.{id}")))
}

/// Breaks Chinese text into lines for clap, which breaks only at blanks.
fn breakable(text: &str, columns: usize, words: Words) -> String {
    match words.lang() {
        Lang::En => text.to_owned(),
        Lang::ZhCn => wrap(text, columns).join("\n"),
    }
}

/// The text below the options: examples, exit codes and, for `longma` itself, the
/// environment.
fn after(words: Words, path: &str) -> String {
    let mut out = String::new();
    let heading = |out: &mut String, key: Key| {
        let gap = if out.is_empty() { "" } else { "\n" };
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{gap}{HEADING}{}{HEADING:#}", words.say(key));
    };
    let command = path.rsplit('.').next().unwrap_or(path);
    heading(&mut out, Key::HeadingExamples);
    for (text, run) in examples(words, command) {
        let _ = writeln!(out, "  {text}\n    $ {}", folded(run));
    }
    heading(&mut out, Key::HeadingExit);
    for line in numbered(words, "exit", 0) {
        let _ = writeln!(out, "  {line}");
    }
    if path == "longma" {
        heading(&mut out, Key::HeadingEnvironment);
        for line in numbered(words, "environment", 1) {
            let _ = writeln!(out, "  {line}");
        }
    }
    out
}

/// Folds a command line so that it fits a narrow terminal and can still be copied.
/// An option stays with its value.
fn folded(run: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    for word in run.split(' ') {
        match parts.last_mut() {
            Some(part)
                if !["--", "<", ">", "&&"]
                    .iter()
                    .any(|mark| word.starts_with(mark)) =>
            {
                part.push(' ');
                part.push_str(word);
            }
            _ => parts.push(word.to_owned()),
        }
    }
    let mut out = String::new();
    let mut column = 0;
    for part in parts {
        if column > 0 && column + part.len() > EXAMPLE_COLUMNS {
            out.push_str(" \\\n        ");
            column = 0;
        } else if column > 0 {
            out.push(' ');
        }
        out.push_str(&part);
        column += part.len() + 1;
    }
    out
}

/// A command's examples: what each shows, and its command line.
pub(crate) fn examples(words: Words, command: &str) -> Vec<(&'static str, &'static str)> {
    let example = |number: usize| {
        let text = words.find(&format!("example.{command}.{number}"))?;
        let run = words.find(&format!("example.{command}.{number}.run"))?;
        Some((text, run))
    };
    (1..).map_while(example).collect()
}

fn numbered(words: Words, name: &str, first: usize) -> Vec<&'static str> {
    (first..)
        .map_while(|number| words.find(&format!("{name}.{number}")))
        .collect()
}
