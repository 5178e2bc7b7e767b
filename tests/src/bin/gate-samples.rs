//! Writes a gate with everything that it needs, and codes to bring to it, into
//! `target/gate-samples`: for the gate's page in test mode, and for gates that are not
//! written in Rust. Whoever signed them has keys that anybody can guess.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command prints"
)]

use longma_tests::forgeries::{Office, json};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(()) => {
            println!("a gate and its codes written to target/gate-samples");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let to = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/gate-samples");
    let office = Office::new()?;
    for (name, bytes) in office.files()? {
        let path = to.join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(&to))?;
        std::fs::write(path, bytes)?;
    }
    std::fs::write(to.join("codes.json"), json(&office)?)?;
    Ok(())
}
