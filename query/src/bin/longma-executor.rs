//! `longma-executor`: see [`longma_query::cluster`].

use clap::Parser as _;
use longma_query::cluster::{Executor, executor};
use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    match executor(Executor::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "longma-executor: {error}");
            ExitCode::FAILURE
        }
    }
}
