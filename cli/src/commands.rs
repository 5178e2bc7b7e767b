//! The commands, one file or folder each, with its arguments and what it does.
//!
//! A command's texts (`help.`, `usage.`, `about.`, `option.` and `example.`) are
//! together in `messages/`. No command imports another; what two of them need is in
//! [`arguments`](crate::arguments), [`read`](crate::read) or [`show`](crate::show).

mod appeal;
mod book;
mod bundle;
mod card;
pub mod check;
mod compare;
mod completions;
#[cfg(feature = "population")]
mod convert;
mod decide;
mod door;
mod explain;
mod gate;
mod issue;
mod key;
mod laws;
mod lsp;
mod merge;
mod mutate;
mod new;
#[cfg(feature = "population")]
mod population;
mod receipt;
mod rollup;
mod screen;
#[cfg(feature = "serve")]
mod serve;
mod sign;
mod sites;
#[cfg(feature = "sql")]
mod sql;
mod test;
mod verify;

use crate::answer::{Answer, Refusal};
use crate::messages::Words;
use clap::Subcommand;

/// The commands' names, in help order.
pub(crate) const NAMES: &[&str] = &[
    "decide",
    "check",
    "test",
    "explain",
    "merge",
    "appeal",
    "compare",
    #[cfg(feature = "population")]
    "population",
    #[cfg(feature = "population")]
    "convert",
    #[cfg(feature = "sql")]
    "sql",
    "laws",
    "mutate",
    "book",
    "card",
    "door",
    "sites",
    "rollup",
    "screen",
    "new",
    "bundle",
    "key",
    "sign",
    "issue",
    "gate",
    "receipt",
    "verify",
    #[cfg(feature = "serve")]
    "serve",
    "lsp",
    "completions",
];

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Decide(Box<decide::Arguments>),
    Check(check::Arguments),
    Test(test::Arguments),
    Explain(explain::Arguments),
    Merge(merge::Arguments),
    Appeal(appeal::Arguments),
    Compare(compare::Arguments),
    #[cfg(feature = "population")]
    Population(Box<population::Arguments>),
    #[cfg(feature = "population")]
    Convert(convert::Arguments),
    #[cfg(feature = "sql")]
    Sql(Box<sql::Arguments>),
    Laws(laws::Arguments),
    Mutate(mutate::Arguments),
    Book(book::Arguments),
    Card(card::Arguments),
    Door(door::Arguments),
    Sites(sites::Arguments),
    Rollup(rollup::Arguments),
    Screen(screen::Arguments),
    New(new::Arguments),
    Bundle(bundle::Arguments),
    Key(key::Arguments),
    Sign(sign::Arguments),
    Issue(issue::Arguments),
    Gate(gate::Arguments),
    Receipt(receipt::Arguments),
    Verify(verify::Arguments),
    #[cfg(feature = "serve")]
    Serve(serve::Arguments),
    Lsp(lsp::Arguments),
    Completions(completions::Arguments),
}

impl Command {
    /// Runs the command. `grammar` is that of the whole command line, for completions.
    pub(crate) fn run(&self, grammar: &mut clap::Command, words: Words) -> Result<Answer, Refusal> {
        match self {
            Self::Decide(arguments) => decide::run(arguments, words),
            Self::Check(arguments) => check::run(arguments, words),
            Self::Test(arguments) => test::run(arguments, words),
            Self::Explain(arguments) => explain::run(arguments, words),
            Self::Merge(arguments) => merge::run(arguments, words),
            Self::Appeal(arguments) => appeal::run(arguments, words),
            Self::Compare(arguments) => compare::run(arguments, words),
            #[cfg(feature = "population")]
            Self::Population(arguments) => population::run(arguments, words),
            #[cfg(feature = "population")]
            Self::Convert(arguments) => convert::run(arguments, words),
            #[cfg(feature = "sql")]
            Self::Sql(arguments) => sql::run(arguments, words),
            Self::Laws(arguments) => laws::run(arguments, words),
            Self::Mutate(arguments) => mutate::run(arguments, words),
            Self::Book(arguments) => book::run(arguments, words),
            Self::Card(arguments) => card::run(arguments, words),
            Self::Door(arguments) => door::run(arguments, words),
            Self::Sites(arguments) => sites::run(arguments, words),
            Self::Rollup(arguments) => rollup::run(arguments, words),
            Self::Screen(arguments) => screen::run(arguments, words),
            Self::New(arguments) => new::run(arguments, words),
            Self::Bundle(arguments) => bundle::run(arguments, words),
            Self::Key(arguments) => key::run(arguments, words),
            Self::Sign(arguments) => sign::run(arguments, words),
            Self::Issue(arguments) => issue::run(arguments, words),
            Self::Gate(arguments) => gate::run(arguments, words),
            Self::Receipt(arguments) => receipt::run(arguments, words),
            Self::Verify(arguments) => verify::run(arguments, words),
            #[cfg(feature = "serve")]
            Self::Serve(arguments) => serve::run(arguments, words),
            Self::Lsp(arguments) => lsp::run(arguments, words),
            Self::Completions(arguments) => Ok(completions::run(arguments, grammar)),
        }
    }
}
