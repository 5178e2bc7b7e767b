//! Breaks the packs on purpose and tells who notices: as a table, and with
//! `--json` for a program.

use longma_tests::mutants::{fates, json, mutants, survivors, table};
use std::io::Write;
use std::{env, io};

fn main() -> io::Result<()> {
    let rules = longma_tests::rules();
    let scratch = env::temp_dir().join("longma-mutants");
    let fates = fates(&rules, &scratch, mutants(&rules)?)?;
    let mut out = io::stdout();
    if env::args().any(|argument| argument == "--json") {
        return writeln!(out, "{:#}", json(&fates));
    }
    writeln!(out, "{}", table(&fates))?;
    for id in survivors(&fates) {
        writeln!(out, "{id}")?;
    }
    Ok(())
}
