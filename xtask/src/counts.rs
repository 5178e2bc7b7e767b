//! `cargo xtask counts`: the instructions of a few workloads, held to `bench/counts.toml` or
//! recorded there.

use crate::report::Failure;
use crate::setup::{self, Part};
use crate::{run, steps};

/// What to do with the counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    Compare,
    Keep,
}

/// Builds what is counted, and counts. The figures go to the terminal.
///
/// # Errors
/// If something cannot be set up or built, or a count is too far from what was kept.
pub(crate) fn counts(work: Work) -> Result<(), Failure> {
    let needed = [
        steps::command(),
        steps::packs(),
        steps::persons(),
        steps::counting(),
    ];
    steps::set_up(&needed)?;
    setup::these(&[Part::Valgrind])?;
    for step in needed {
        step.run()?;
    }
    let mut count = run::built("release", "longma-counts");
    if work == Work::Keep {
        count.arg("--keep");
    }
    run::shown(&mut count).map_err(|failure| failure.advise("do what it printed above"))
}
