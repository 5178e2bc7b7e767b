//! The command line's grammar and its help.
//!
//! The grammar stands here, its words in `messages/`: every argument takes its
//! help from `option.<command>.<name>` or `option.<name>`, every command from `help.`, `about.` and `usage.`,
//! and its examples from `example.<command>.<n>`. A test runs the examples.

use crate::messages::{Key, Words};
use crate::page::{HEADING, wrap};
use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use longma_core::Lang;
use std::fmt::Write as _;
use std::path::PathBuf;

/// The commands' names.
pub(crate) const COMMANDS: [&str; 17] = [
    "decide",
    "check",
    "test",
    "explain",
    "merge",
    "appeal",
    "compare",
    "laws",
    "book",
    "card",
    "door",
    "sites",
    "rollup",
    "screen",
    "new",
    "bundle",
    "completions",
];
/// Where packs are looked for.
pub(crate) const PACKS: &str = "rules/packs";
/// Columns of Chinese help beside an option; its lines have no blanks to break at.
const HELP_COLUMNS: usize = 48;
/// Columns of a line of an example.
const EXAMPLE_COLUMNS: usize = 68;
/// Columns of the text above the options.
const ABOUT_COLUMNS: usize = 76;

#[derive(Debug, Parser)]
#[command(
    name = "longma",
    version,
    disable_help_flag = true,
    disable_version_flag = true
)]
#[command(disable_help_subcommand = true, subcommand_required = true)]
pub(crate) struct Arguments {
    #[arg(long, global = true, value_name = "LANG", value_parser = ["zh-CN", "en"], display_order = 100)]
    lang: Option<String>,
    #[arg(short, long, global = true, action = ArgAction::Help, display_order = 101)]
    help: Option<bool>,
    #[arg(short = 'V', long, action = ArgAction::Version, display_order = 102)]
    version: Option<bool>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Decide(Box<Decide>),
    Check(Check),
    Test(Test),
    Explain(Explain),
    Merge(Merge),
    Appeal(Appeal),
    Compare(Compare),
    Laws(Laws),
    Book(Book),
    Card(Card),
    Door(Door),
    Sites(Sites),
    Rollup(Rollup),
    Screen(Screen),
    New(New),
    Bundle(Bundle),
    Completions(Completions),
}

#[derive(Debug, Args)]
pub(crate) struct Decide {
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) facts: PathBuf,
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath, default_value = PACKS)]
    pub(crate) packs: PathBuf,
    #[arg(long, value_name = "CODE")]
    pub(crate) region: Option<String>,
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub(crate) decision: Vec<String>,
    #[arg(long, value_name = "NAME=FILE")]
    pub(crate) reference: Vec<String>,
    #[arg(long)]
    pub(crate) json: bool,
    #[arg(long, value_name = "N")]
    pub(crate) width: Option<String>,
    #[arg(long = "format", value_name = "FORMAT", value_parser = ["json", "ndjson", "csv"])]
    pub(crate) form: Option<String>,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) mapping: Option<PathBuf>,
    #[arg(long, value_name = "POINTER")]
    pub(crate) id: Option<String>,
    #[arg(long)]
    pub(crate) full: bool,
    #[arg(long = "out", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) results: Option<PathBuf>,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) rejects: Option<PathBuf>,
    #[arg(long)]
    pub(crate) resume: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[arg(id = "checked", value_name = "PACK")]
    pub(crate) only: Vec<String>,
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath, default_value = PACKS)]
    pub(crate) packs: PathBuf,
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    pub(crate) format: Format,
    #[arg(long)]
    pub(crate) deny_warnings: bool,
}

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
    Sarif,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) facts: PathBuf,
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath, default_value = PACKS)]
    pub(crate) packs: PathBuf,
    #[arg(long, value_name = "CODE")]
    pub(crate) region: Option<String>,
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub(crate) decision: Vec<String>,
    #[arg(long, value_name = "NAME=FILE")]
    pub(crate) reference: Vec<String>,
    #[arg(long)]
    pub(crate) json: bool,
    #[arg(long, value_name = "N")]
    pub(crate) width: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Merge {
    #[arg(id = "said", long = "source", value_name = "NAME=FILE")]
    pub(crate) sources: Vec<String>,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) corrections: Option<PathBuf>,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) dossier: Option<PathBuf>,
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath, default_value = PACKS)]
    pub(crate) packs: PathBuf,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, default_value = "-")]
    pub(crate) out: PathBuf,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) ledger: Option<PathBuf>,
    #[arg(id = "report", long = "format", value_name = "FORMAT", value_parser = ["text", "json"], default_value = "text")]
    pub(crate) report: String,
}

#[derive(Debug, Args)]
pub(crate) struct Appeal {
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) facts: PathBuf,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) ledger: Option<PathBuf>,
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath, default_value = PACKS)]
    pub(crate) packs: PathBuf,
    #[arg(long, value_name = "CODE")]
    pub(crate) region: Option<String>,
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub(crate) decision: Vec<String>,
    #[arg(long, value_name = "NAME=FILE")]
    pub(crate) reference: Vec<String>,
    #[arg(long)]
    pub(crate) json: bool,
    #[arg(long, value_name = "N")]
    pub(crate) width: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Test {
    #[arg(value_name = "PACK")]
    pub(crate) only: Vec<String>,
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, default_value = PACKS)]
    pub(crate) packs: PathBuf,
    #[arg(long)]
    pub(crate) coverage: bool,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "coverage")]
    pub(crate) html: Option<PathBuf>,
    #[arg(long, requires = "coverage")]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("persons").args(["people", "generate"]).required(true))]
pub(crate) struct Compare {
    #[arg(id = "a", value_name = "A")]
    pub(crate) a: String,
    #[arg(id = "b", value_name = "B")]
    pub(crate) b: String,
    #[arg(id = "people", long = "facts", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) facts: Option<PathBuf>,
    #[arg(long, value_name = "N")]
    pub(crate) generate: Option<u64>,
    #[arg(long, value_name = "S", default_value_t = 1, conflicts_with = "people")]
    pub(crate) seed: u64,
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath, default_value = PACKS)]
    pub(crate) packs: PathBuf,
    #[arg(id = "lives", long = "region", value_name = "CODE")]
    pub(crate) region: Option<String>,
    #[arg(id = "decided", long = "decision", value_name = "NAME")]
    pub(crate) decision: Vec<String>,
    #[arg(long, value_name = "NAME=FILE")]
    pub(crate) reference: Vec<String>,
    #[arg(long, value_name = "TIME", requires = "until")]
    pub(crate) from: Option<String>,
    #[arg(long, value_name = "TIME", requires = "from")]
    pub(crate) until: Option<String>,
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub(crate) examples: usize,
    #[arg(id = "data", long = "json")]
    pub(crate) json: bool,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) html: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Laws {
    #[arg(id = "held", value_name = "PACK")]
    pub(crate) only: Vec<String>,
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath, default_value = PACKS)]
    pub(crate) packs: PathBuf,
    #[arg(
        id = "persons",
        long = "generate",
        value_name = "N",
        default_value_t = 1_000
    )]
    pub(crate) persons: u64,
    #[arg(id = "law_seed", long = "seed", value_name = "S", default_value_t = 1)]
    pub(crate) law_seed: u64,
    #[arg(id = "found", long = "json")]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Book {
    #[arg(id = "told", value_name = "PACK")]
    pub(crate) only: Vec<String>,
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath, default_value = PACKS)]
    pub(crate) packs: PathBuf,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, default_value = "-")]
    pub(crate) out: PathBuf,
    #[arg(
        long = "format",
        id = "book_format",
        value_name = "FORMAT",
        value_enum,
        default_value = "html"
    )]
    pub(crate) format: BookFormat,
}

/// How a book is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BookFormat {
    Html,
    Md,
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Card {
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) facts: PathBuf,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) dependant: Vec<PathBuf>,
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath, default_value = PACKS)]
    pub(crate) packs: PathBuf,
    #[arg(long, value_name = "CODE")]
    pub(crate) region: Option<String>,
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    #[arg(long, value_name = "NAME=FILE")]
    pub(crate) reference: Vec<String>,
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Door {
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) venue: PathBuf,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) facts: PathBuf,
    #[arg(long, value_name = "NAME", default_value = "visitor")]
    pub(crate) person: String,
    #[arg(long, value_name = "HOW", value_enum, default_value = "on-site")]
    pub(crate) presence: Presence,
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath, default_value = PACKS)]
    pub(crate) packs: PathBuf,
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    #[arg(long, value_name = "NAME=FILE")]
    pub(crate) reference: Vec<String>,
    #[arg(long)]
    pub(crate) json: bool,
}

/// How it is known that a person is at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Presence {
    OnSite,
    Registered,
    Forwarded,
}

impl From<Presence> for longma_front::door::Presence {
    fn from(presence: Presence) -> Self {
        match presence {
            Presence::OnSite => Self::OnSite,
            Presence::Registered => Self::Registered,
            Presence::Forwarded => Self::Forwarded,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Sites {
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) list: PathBuf,
    #[arg(long, value_name = "LAT,LON", allow_hyphen_values = true)]
    pub(crate) near: String,
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    #[arg(long)]
    pub(crate) open: bool,
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) count: usize,
    #[arg(long, value_name = "DATE")]
    pub(crate) holiday: Vec<String>,
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Rollup {
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) facts: PathBuf,
    #[arg(long, value_name = "DATE")]
    pub(crate) from: String,
    #[arg(long, value_name = "DATE")]
    pub(crate) to: String,
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Screen {
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) list: PathBuf,
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath, default_value = PACKS)]
    pub(crate) packs: PathBuf,
    #[arg(long, value_name = "CODE")]
    pub(crate) region: Option<String>,
    #[arg(long, value_name = "TIME")]
    pub(crate) received: Option<String>,
    #[arg(long, value_name = "NAME=FILE")]
    pub(crate) reference: Vec<String>,
    #[arg(long)]
    pub(crate) json: bool,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) rejects: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct New {
    // One kind so far; it is named so that others can be.
    #[arg(value_name = "WHAT", value_parser = ["pack"])]
    what: String,
    #[arg(long, value_name = "CODE", required_unless_present = "like")]
    pub(crate) region: Option<String>,
    #[arg(long, value_name = "DATE")]
    pub(crate) from: String,
    #[arg(long, value_name = "DATE")]
    pub(crate) until: Option<String>,
    #[arg(long, value_name = "PARENT")]
    pub(crate) inherits: Option<String>,
    #[arg(long, value_name = "PACK")]
    pub(crate) like: Option<String>,
    #[arg(long, value_name = "NAME", conflicts_with = "like")]
    pub(crate) decision: Option<String>,
    #[arg(long, value_name = "NAME", conflicts_with = "like")]
    pub(crate) subject: Option<String>,
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    #[arg(long, value_name = "TEXT")]
    pub(crate) title_en: Option<String>,
    #[arg(long)]
    pub(crate) close_previous: bool,
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, default_value = PACKS)]
    pub(crate) packs: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Bundle {
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath, default_value = PACKS)]
    pub(crate) packs: PathBuf,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, default_value = "-")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Completions {
    #[arg(value_name = "SHELL")]
    pub(crate) shell: Shell,
}

/// The grammar with its words.
pub(crate) fn grammar(words: Words) -> clap::Command {
    let mut root = Arguments::command();
    // Global options reach the commands, and with them their words.
    root.build();
    clothe(root, words, "longma")
}

fn clothe(command: clap::Command, words: Words, path: &str) -> clap::Command {
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

/// The words of an argument: the command's own, or those that commands share.
fn option(words: Words, path: &str, arg: &clap::Arg) -> Option<&'static str> {
    let command = path.rsplit('.').next().unwrap_or(path);
    let id = arg.get_id();
    words
        .find(&format!("option.{command}.{id}"))
        .or_else(|| words.find(&format!("option.{id}")))
}

/// `text` for clap, which breaks lines at blanks only.
fn breakable(text: &str, columns: usize, words: Words) -> String {
    match words.lang() {
        Lang::En => text.to_owned(),
        Lang::ZhCn => wrap(text, columns).join("\n"),
    }
}

/// Examples, exit codes and environment.
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

/// A command line in lines that stay whole in a narrow terminal and can be
/// copied as they stand; an option stays beside its value.
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

/// The examples of a command: what each shows, and the line that shows it.
fn examples(words: Words, command: &str) -> Vec<(&'static str, &'static str)> {
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

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(names, COMMANDS);
    }

    #[test]
    fn the_grammar_is_sound() {
        grammar(Words::new(Lang::En)).debug_assert();
    }
}
