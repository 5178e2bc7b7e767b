//! The `longma` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    longma_cli::run(std::env::args_os())
}
