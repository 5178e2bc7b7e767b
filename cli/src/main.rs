//! The `longma` command.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command prints"
)]

use longma_cli::{cases, load};
use longma_core::Catalogue;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let packs = Path::new("rules/packs");
    let loaded = match load::load(packs) {
        Ok(loaded) => loaded,
        Err(errors) => {
            eprintln!("{errors:#?}");
            return ExitCode::from(4);
        }
    };
    if args.first().is_some_and(|arg| arg == "bundle") {
        println!(
            "{}",
            serde_json::to_string(&loaded.bundle).unwrap_or_default()
        );
        return ExitCode::SUCCESS;
    }
    let mut files = loaded.files;
    let catalogue = match Catalogue::load(loaded.bundle) {
        Ok(catalogue) => catalogue,
        Err(problems) => {
            for p in problems {
                eprintln!(
                    "{}: {} {:?} {:?}\n   help: {:?}",
                    p.code,
                    p.message.en,
                    p.place,
                    p.found,
                    p.help.map(|h| h.en)
                );
            }
            return ExitCode::from(4);
        }
    };
    let cases = match cases::read(packs, args.get(1..).unwrap_or_default(), &mut files) {
        Ok(cases) => cases,
        Err(errors) => {
            eprintln!("{errors:#?}");
            return ExitCode::from(4);
        }
    };
    let mut failed = 0;
    for case in &cases {
        let failures = case.run(&catalogue);
        if !failures.is_empty() {
            failed += 1;
            println!("FAILED {}:{} {}", case.file.display(), case.line, case.name);
            for f in failures {
                println!("  at {:?} expected {} got {}", f.time, f.expected, f.got);
                for c in f.causes {
                    println!("      {c}");
                }
            }
        }
    }
    println!("{} passed, {failed} failed", cases.len() - failed);
    ExitCode::from(u8::from(failed > 0))
}
