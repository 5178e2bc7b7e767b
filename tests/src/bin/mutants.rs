//! Breaks the packs on purpose and prints who notices, as a table or, with `--json`, for
//! programs. `--thorough` tries each mistake in three places per file instead of one.

use longma_tests::mutants::{fates, json, mutants, survivors, table};
use std::io::Write;
use std::{env, io};

fn main() -> io::Result<()> {
    let rules = longma_tests::rules();
    let asks = |flag: &str| env::args().any(|argument| argument == flag);
    let sites = if asks("--thorough") { 3 } else { 1 };
    let fates = fates(&rules, &mutants(&rules, sites)?)?;
    let mut out = io::stdout();
    if asks("--json") {
        return writeln!(out, "{:#}", json(&fates));
    }
    writeln!(out, "{}", table(&fates))?;
    for id in survivors(&fates) {
        writeln!(out, "{id}")?;
    }
    Ok(())
}
