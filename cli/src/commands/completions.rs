//! `longma completions`: a script that lets a shell complete the command line.

use crate::answer::Answer;
use clap::Args;
use clap_complete::Shell;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Writes the script for `grammar`.
pub(crate) fn run(arguments: &Arguments, grammar: &mut clap::Command) -> Answer {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, grammar, "longma", &mut script);
    Answer::exact(String::from_utf8_lossy(&script).into_owned())
}
