//! `cargo xtask places`: the table of places, `rules/reference/places.csv`, made anew.
//!
//! Two packages give the codes: one the places of today, as the ministry's own database
//! lists them, the other the years in which each code was in its lists. What neither knows
//! stands in three commented files of `xtask/places`, each line with its source. The command
//! refuses a code that is no longer in force and of which nobody says what it is now.
//!
//! It asks the network for the packages, so no test runs it; `tests/suite/places.rs` holds
//! the table itself to what must be true of it.

mod name;
mod read;
mod table;

use std::fs;
use std::path::{Path, PathBuf};

use self::read::Sources;
use crate::report::{self, Failure};
use crate::{project, run};

/// The table.
const TABLE: &str = "rules/reference/places.csv";
/// What is added to the packages, and the packages with their versions.
const OURS: &str = "xtask/places";
/// Codes that were in the list of this year's end, or of a later one, are in the table.
const FIRST_YEAR: u16 = 1998;
/// The first year that the package of former codes has.
const FIRST_LIST: u16 = 1980;

/// What to do with the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    Write,
    Check,
}

/// Makes the table, and writes it or compares it with the one that is there.
///
/// # Errors
/// If the packages cannot be had, a place has no successor, or the table there differs.
pub(crate) fn places(work: Work) -> Result<(), Failure> {
    let fetched = || packages().map(|()| String::new());
    report::line("places-packages", "packages with codes", fetched).1?;
    let made = Sources::read()?.table()?;
    let rows = made.lines().count().saturating_sub(1);
    let file = project::root().join(TABLE);
    let again = "run `cargo xtask places`, and look at the difference before you commit it";
    if work == Work::Check {
        if fs::read_to_string(&file).is_ok_and(|there| there == made) {
            println!("{TABLE} is what the command writes: {rows} rows.");
            return Ok(());
        }
        return Err(Failure::new(
            format!("{TABLE} is not what the command writes"),
            again,
        ));
    }
    fs::write(&file, &made).map_err(|error| unreadable(&file, &error.to_string()))?;
    println!("wrote {rows} rows, {} bytes, to {TABLE}.", made.len());
    Ok(())
}

/// Where the packages are put.
fn folder() -> PathBuf {
    project::target().join("places")
}

fn packages() -> Result<(), Failure> {
    // pip leaves an older version there if there is one.
    let _ = fs::remove_dir_all(folder());
    let mut install = run::command("python3");
    install.args(["-m", "pip", "install", "--no-deps", "--no-compile"]);
    install.args(["--only-binary", ":all:", "--require-hashes", "--target"]);
    install.arg(folder()).arg("--requirement");
    install.arg(format!("{OURS}/requirements.txt"));
    run::logged("places-packages", &mut install).map_err(|failure| {
        failure.advise(
            "install Python 3 with pip, see in the output whether PyPI could be reached, \
             then run the same command again",
        )
    })
}

fn unreadable(file: &Path, why: &str) -> Failure {
    Failure::new(
        format!("{}: {why}", project::shown(file)),
        "mend that file, or fetch it from the repository, then run the same command again",
    )
}
