//! What the fuzzers ask: each target is a function of any bytes, and a finding is a panic.
//!
//! `fuzz/` drives these functions with libFuzzer for as long as somebody likes
//! (`cargo xtask fuzz TARGET`); `tests/suite/fuzz.rs` replays the seeds and the kept corpus
//! (`tests/corpus/`) on any toolchain in seconds. Nothing here knows libFuzzer.
#![allow(clippy::panic, reason = "a target fails by panicking")]

mod facts;
mod house;
mod packed;
mod people;
mod pieces;
mod records;
mod rules;
mod sealed;
mod signers;
mod tables;

pub use facts::facts;
pub use house::house;
pub use packed::packed;
pub use people::people;
pub use records::records;
pub use rules::rules;
pub use sealed::sealed;
pub use tables::tables;

use std::path::Path;

/// A target and where its inputs begin.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name on the command line, and the name of its corpus's folder.
    pub name: &'static str,
    /// Panics if the bytes show a mistake. Whether they got as far as what is promised, and
    /// were not refused before.
    pub run: fn(&[u8]) -> bool,
    /// Inputs to start from, made from the project's own files and generators. They get that
    /// far.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// How many of the seeds are wrong on purpose, and refused.
    pub wrong: usize,
}

/// All targets.
pub const TARGETS: [Target; 8] = [
    Target {
        name: "facts",
        run: facts,
        seeds: facts::seeds,
        wrong: 2,
    },
    Target {
        name: "house",
        run: house,
        seeds: house::seeds,
        wrong: 0,
    },
    Target {
        name: "packed",
        run: packed,
        seeds: packed::seeds,
        wrong: 0,
    },
    Target {
        name: "people",
        run: people,
        seeds: people::seeds,
        wrong: 0,
    },
    Target {
        name: "records",
        run: records,
        seeds: records::seeds,
        wrong: 0,
    },
    Target {
        name: "rules",
        run: rules,
        seeds: rules::seeds,
        wrong: 0,
    },
    Target {
        name: "sealed",
        run: sealed,
        seeds: sealed::seeds,
        wrong: 5,
    },
    Target {
        name: "tables",
        run: tables,
        seeds: tables::seeds,
        wrong: 0,
    },
];

/// Names the folder for [`leave_seeds`].
pub const SEEDS_FOLDER: &str = "LONGMA_FUZZ_SEEDS";

/// Writes the seeds of the target `name` to the folder that the variable [`SEEDS_FOLDER`]
/// names; does nothing without it. libFuzzer calls this before it reads its corpora.
///
/// # Panics
/// If there is no such target, or the folder cannot be written.
pub fn leave_seeds(name: &str) {
    let Some(folder) = std::env::var_os(SEEDS_FOLDER) else {
        return;
    };
    let Some(target) = TARGETS.iter().find(|target| target.name == name) else {
        panic!("there is no target `{name}`");
    };
    for (number, seed) in (target.seeds)().iter().enumerate() {
        let file = Path::new(&folder).join(format!("seed-{number:03}"));
        if let Err(error) = std::fs::write(&file, seed) {
            panic!("{} cannot be written: {error}", file.display());
        }
    }
}
