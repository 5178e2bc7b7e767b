//! Counts the instructions of three fixed workloads under valgrind and holds them to
//! `bench/counts.toml`: `cargo xtask counts`, or `--keep` to record them anew.
//!
//! Times differ from run to run and from machine to machine; instructions hardly do, so a
//! test can hold them. What they do not show is in BENCHMARKS.md. Each workload runs once
//! to warm up and once under callgrind's eyes, which open and close with [`counted`].
//!
//! It runs the engine as a device does: compiled packs from `target/rules.longma`, persons
//! from `target/bench/persons.json`. `cargo xtask` makes both first.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal"
)]

mod kept;
mod valgrind;
mod workload;

use kept::Kept;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use workload::WORKLOADS;

/// Why counting failed, as a sentence for the reader.
type Result<T> = std::result::Result<T, String>;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        [] => compare(),
        ["--keep"] => keep(),
        // What valgrind runs.
        ["run", name] => workload::run(name),
        _ => Err("usage: longma-counts [--keep]".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// The workspace's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Counts and compares.
fn compare() -> Result<()> {
    let kept = Kept::read()?;
    if kept.target != valgrind::target() {
        println!(
            "skipped: instruction counts: they were kept on {}, and this is {}",
            kept.target,
            valgrind::target()
        );
        return Ok(());
    }
    let Some(valgrind) = valgrind::find() else {
        println!("skipped: instruction counts: there is no valgrind on this machine");
        return Ok(());
    };
    let mut wrong = Vec::new();
    for workload in &WORKLOADS {
        let count = valgrind.count(workload)?;
        match kept.compare(workload, count) {
            Ok(told) => println!("{told}"),
            Err(told) => wrong.push(told),
        }
    }
    match wrong.as_slice() {
        [] => Ok(()),
        wrong => Err(wrong.join("\nerror: ")),
    }
}

/// Counts and records.
fn keep() -> Result<()> {
    let valgrind = valgrind::find()
        .ok_or("there is no valgrind on this machine, so nothing can be counted: install it")?;
    let mut counts = Vec::new();
    for workload in &WORKLOADS {
        let count = valgrind.count(workload)?;
        println!("{}: {count} instructions", workload.name);
        counts.push((workload, count));
    }
    Kept::write(&counts)
}

#[cfg(test)]
mod tests {
    use super::{Kept, WORKLOADS};

    #[test]
    fn the_kept_file_has_a_count_for_each_workload() {
        let kept = Kept::read();
        let missing = |kept: &Kept| WORKLOADS.iter().any(|it| kept.of_workload(it).is_none());
        assert!(kept.is_ok_and(|kept| !missing(&kept)));
    }
}
