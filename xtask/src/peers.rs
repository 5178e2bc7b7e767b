//! `cargo xtask bench --peers`: Longma beside what else a policy could be written in.
//!
//! What the peers need is installed for this command alone, beside their code or below
//! `target/bench/peers`. Those that need more than Node are left out of the table where
//! they cannot be had.

use crate::report::{self, Failure};
use crate::setup::{self, Part};
use crate::step::Step;
use crate::steps::{self, DEVICE};
use crate::{project, run};

/// Compares the answers, measures and prints the table.
const RUN: &str = "bench/peers/run.mjs";
/// The packages of the peer in Python, with their versions.
const PYTHON_PACKAGES: &str = "bench/peers/openfisca/requirements.txt";
/// Where they are installed.
const PYTHON: &str = "target/bench/peers/python";

/// Builds Longma and installs the peers, then measures. The table goes to the terminal.
///
/// # Errors
/// If Longma or the packages of npm cannot be set up or built, or measuring fails.
pub(crate) fn peers() -> Result<(), Failure> {
    let needed = [steps::command(), DEVICE.for_node(), steps::persons()];
    steps::set_up(&needed)?;
    setup::these(&[Part::Node])?;
    let name = "setup-peers";
    report::line(name, "npm packages of bench/peers", || {
        setup::npm_packages(name, &project::root().join("bench/peers"))
    })
    .1?;
    for step in needed {
        step.run()?;
    }
    for failed in [native().run(), python()]
        .into_iter()
        .filter_map(Result::err)
    {
        failed.show();
        println!("  the table leaves out what needs it.");
    }
    let mut node = run::command("node");
    // The user may have moved the target folder.
    node.env("LONGMA", run::built("debug", "longma").get_program());
    run::shown(node.arg(RUN))
}

/// The peers that are Rust libraries.
fn native() -> Step {
    let line = "cargo build --release --manifest-path bench/peers/native/Cargo.toml \
                --target-dir target/bench/peers/native";
    Step::new("peers-native", line).advice(
        "see in the output whether crates.io could be reached, then run the same command again",
    )
}

/// The peer in Python, in an environment of its own.
fn python() -> Result<(), Failure> {
    let name = "peers-python";
    let install = || {
        let mut environment = run::command("python3");
        run::logged(name, environment.args(["-m", "venv", PYTHON]))?;
        let python = project::root().join(PYTHON).join("bin/python");
        let mut install = run::command(&python.to_string_lossy());
        install.args(["-m", "pip", "install", "--requirement", PYTHON_PACKAGES]);
        run::logged(name, &mut install)?;
        Ok(String::new())
    };
    report::line(name, "Python packages of bench/peers/openfisca", install)
        .1
        .map_err(|failure| {
            failure.advise(
                "install Python 3 with venv and pip, see in the output whether PyPI could be reached, \
                 then run the same command again",
            )
        })
}
