//! `longma-scheduler`: see [`longma_query::cluster`].

use clap::Parser as _;
use longma_query::cluster::{Scheduler, scheduler};
use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    match scheduler(Scheduler::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "longma-scheduler: {error}");
            ExitCode::FAILURE
        }
    }
}
