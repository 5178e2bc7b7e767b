//! `cargo xtask bench`: the figures for BENCHMARKS.md, native and WebAssembly.

use crate::report::Failure;
use crate::setup::{self, Part};
use crate::steps::{self, BY_HAND, PACKAGES};
use crate::{project, run};

/// Measures WebAssembly in Node and in the browser.
const WASM_BENCH: &str = "bench/wasm/run.mjs";

/// Measures key strokes in the browser, after native code has.
const STROKES: &str = "bench/wasm/strokes.mjs";

/// Builds everything that is measured, then measures. The figures go to the terminal.
///
/// # Errors
/// If something cannot be set up or built, or a measuring program fails.
pub(crate) fn bench() -> Result<(), Failure> {
    let mut needed = vec![steps::command(), steps::packs(), steps::small_packs()];
    for package in &PACKAGES {
        needed.extend([package.for_pages(), package.for_node()]);
    }
    needed.push(BY_HAND.for_node());
    steps::set_up(&needed)?;
    setup::these(&[Part::Browser])?;
    for step in needed {
        step.run()?;
    }
    let mut native = run::command("cargo");
    run::shown(native.args(["bench", "--package", "longma-bench"]))?;
    let mut wasm = run::command("node");
    if let Some(chrome) = setup::chrome() {
        wasm.env("CHROME_PATH", chrome);
    }
    if !project::root().join(WASM_BENCH).is_file() {
        return Err(Failure::new(
            format!("{WASM_BENCH} is not there"),
            "fetch it from the repository",
        ));
    }
    run::shown(wasm.arg(WASM_BENCH))?;
    run::shown(run::command("cargo").args([
        "run",
        "--release",
        "--package",
        "longma-bench",
        "--bin",
        "strokes",
    ]))?;
    let mut strokes = run::command("node");
    if let Some(chrome) = setup::chrome() {
        strokes.env("CHROME_PATH", chrome);
    }
    run::shown(strokes.arg(STROKES))
}
