//! The command line: parses arguments, runs the command and prints its answer.

mod help;
mod usage;

use crate::answer::{Answer, Exit, Refusal};
use crate::commands::{Command, NAMES};
use crate::messages::{Key, Words};
use crate::show::terminal;
use clap::error::ErrorKind;
use clap::{ArgAction, CommandFactory, FromArgMatches, Parser};
use longma_core::{Args, Lang};
use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

#[derive(Debug, Parser)]
#[command(
    name = "longma",
    version,
    disable_help_flag = true,
    disable_version_flag = true
)]
#[command(disable_help_subcommand = true, subcommand_required = true)]
struct Arguments {
    #[arg(long, global = true, value_name = "LANG", value_parser = ["zh-CN", "en"], display_order = 100)]
    lang: Option<String>,
    #[arg(short, long, global = true, action = ArgAction::Help, display_order = 101)]
    help: Option<bool>,
    #[arg(short = 'V', long, action = ArgAction::Version, display_order = 102)]
    version: Option<bool>,
    #[command(subcommand)]
    command: Command,
}

/// Runs the command line `line`, whose first item is the command's own name.
pub fn run(line: impl IntoIterator<Item = OsString>) -> ExitCode {
    let line: Vec<OsString> = line.into_iter().collect();
    let words = Words::new(language(&line));
    let exit = terminal::print(answer(&line, words), words);
    ExitCode::from(exit as u8)
}

fn answer(line: &[OsString], words: Words) -> Result<Answer, Refusal> {
    let mut grammar = grammar(words);
    let parsed = grammar
        .try_get_matches_from_mut(line)
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) => return unparsed(&error, line, words),
    };
    arguments.command.run(&mut grammar, words)
}

/// The grammar with its help texts.
fn grammar(words: Words) -> clap::Command {
    let mut root = Arguments::command();
    // Passes global options on to the commands, so that they get help texts there too.
    root.build();
    help::clothe(root, words, "longma")
}

/// Help and version are answers; anything else is a usage error.
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
        .find(|item| NAMES.contains(item));
    let see = match command {
        Some(command) => format!("longma {command}"),
        None => "longma".to_owned(),
    };
    let see = words.fill(Key::UsageSee, &Args::of("command", &see));
    let diagnostic = usage::explain(error, words).help(&see);
    Err(Refusal::new(Exit::Usage, diagnostic))
}

/// The language from `--lang`, else from the locale. Help and usage errors need it
/// before the command line is parsed.
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

#[cfg(test)]
mod tests {
    use super::help::{examples, option};
    use super::*;
    use crate::commands::NAMES;

    fn each(command: &clap::Command, path: &str, see: &mut impl FnMut(&clap::Command, &str)) {
        see(command, path);
        for sub in command.get_subcommands() {
            each(sub, &format!("{path}.{}", sub.get_name()), see);
        }
    }

    #[test]
    fn every_command_and_argument_has_words_in_both_languages() {
        for lang in [Lang::ZhCn, Lang::En] {
            let words = Words::new(lang);
            each(&grammar(words), "longma", &mut |command, path| {
                for kind in ["help", "usage"] {
                    assert!(
                        words.find(&format!("{kind}.{path}")).is_some(),
                        "{kind}.{path}"
                    );
                }
                assert!(!examples(words, command.get_name()).is_empty(), "{path}");
                for arg in command.get_arguments() {
                    let said = option(words, path, arg);
                    assert!(said.is_some(), "{path} {}", arg.get_id());
                }
            });
        }
    }

    #[test]
    fn the_commands_are_those_of_the_grammar() {
        let grammar = grammar(Words::new(Lang::En));
        let names: Vec<&str> = grammar
            .get_subcommands()
            .map(clap::Command::get_name)
            .collect();
        assert_eq!(names, NAMES);
    }

    #[test]
    fn the_grammar_is_sound() {
        grammar(Words::new(Lang::En)).debug_assert();
    }
}
