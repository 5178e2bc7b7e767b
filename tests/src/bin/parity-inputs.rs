//! Writes what the native engine decides, to compare other engines with.
//!
//! Each line of `target/parity/inputs.ndjson` is one evaluation: the facts, the reference
//! tables and an instant. The same line of `expected.ndjson` is the native answer. The
//! lines are every case of every pack, and 2,000 invented persons. `attacks.ndjson` holds
//! documents that made outcomes explode, each with the answer of the compiled rules and the
//! memory that deciding it may take.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command prints"
)]

use longma_cli::cases;
use longma_compile::Bundle;
use longma_core::{Catalogue, Instant, Problems, References, Request};
use longma_desk::case::Case;
use longma_passes::card::card;
use longma_tests::{attacks, loaded, persons, rules, sample_areas};
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

/// Number of invented persons.
const PERSONS: u64 = 2_000;

struct Input {
    facts: String,
    references: BTreeMap<String, String>,
    seconds: i64,
}

fn main() -> ExitCode {
    match run() {
        Ok(count) => {
            println!("{count} evaluations written to target/parity");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<usize, Box<dyn std::error::Error>> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target");
    // The same file that the other engines load.
    let text = std::fs::read_to_string(target.join("bundle.json"))?;
    let bundle = Bundle::read(&text).map_err(|problem| problem.message().en)?;
    let catalogue = longma_oracle::load(&bundle).map_err(|p| format!("{p:#?}"))?;
    let found = cases::read(&rules().join("packs"), &[], &mut loaded().files);
    let mut inputs: Vec<Input> = found
        .map_err(|errors| format!("{errors:#?}"))?
        .iter()
        .map(of_case)
        .collect();
    let areas = BTreeMap::from([("risk_areas".to_owned(), sample_areas().to_owned())]);
    for seed in 0..PERSONS {
        // Decide every tenth person without the rules' reference data.
        let references = if seed % 10 == 0 {
            BTreeMap::new()
        } else {
            areas.clone()
        };
        let seconds = longma_desk::dice::Dice::new(seed).below(120_000_000);
        inputs.push(Input {
            facts: persons::person(seed).to_string(),
            references,
            seconds: 1_580_000_000 + i64::try_from(seconds)?,
        });
    }
    let (mut lines, mut expected) = (String::new(), String::new());
    for input in &inputs {
        let line = json!({
            "facts": input.facts, "references": input.references, "seconds": input.seconds,
        });
        writeln!(lines, "{line}")?;
        writeln!(expected, "{}", answer(&catalogue, input)?)?;
    }
    let folder = target.join("parity");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("attacks.ndjson"), attacks_on(&bundle)?)?;
    std::fs::write(folder.join("inputs.ndjson"), lines)?;
    std::fs::write(folder.join("expected.ndjson"), expected)?;
    Ok(inputs.len())
}

/// The attacks, with what compiled rules answer.
fn attacks_on(bundle: &Bundle) -> Result<String, Box<dyn std::error::Error>> {
    let compiled = longma_compile::compile(bundle);
    let (catalogue, _) = compiled.map_err(|p| format!("{p:#?}"))?;
    let events = "digest,event,exposure,start,end\n";
    let mut lines = String::new();
    for (name, facts, areas) in attacks::all() {
        let tables = [("risk_areas", areas.as_str()), ("exposures", events)];
        let mut references = References::none();
        for (name, csv) in tables {
            let table = catalogue.read_reference(name, csv);
            references.insert(table.map_err(|problems| problems.to_string())?);
        }
        let request = Request {
            references: Some(&references),
            ..Request::default()
        };
        let outcome = catalogue.evaluate(&facts, request);
        let outcome = outcome.map_err(|problems| problems.to_string())?.json();
        let line = json!({
            "name": name, "facts": facts, "references": BTreeMap::from(tables),
            "outcome": outcome, "memory": attacks::memory(facts.len()),
        });
        writeln!(lines, "{line}")?;
    }
    Ok(lines)
}

fn of_case(case: &Case) -> Input {
    let first = case.at.first().map(|at| Instant::parse(&at.time));
    Input {
        facts: case.facts.clone(),
        references: case.references.clone(),
        seconds: first.and_then(Result::ok).map_or(0, Instant::unix),
    }
}

/// What an engine answers, as one line: the outcome's own text, the statuses and
/// the card at the instant, or the problems.
fn answer(catalogue: &Catalogue, input: &Input) -> Result<String, Box<dyn std::error::Error>> {
    let mut references = References::none();
    for (name, csv) in &input.references {
        match catalogue.read_reference(name, csv) {
            Ok(table) => references.insert(table),
            Err(problems) => return refused(&problems),
        }
    }
    let request = Request {
        region: None,
        references: Some(&references),
        ..Request::default()
    };
    match longma_records::inspect::evaluate(catalogue, &input.facts, request) {
        Ok(outcome) => {
            let instant = Instant::from_unix(input.seconds).ok_or("no such instant")?;
            let statuses = serde_json::to_string(&outcome.views_at(instant)?)?;
            let card = card(&outcome, instant);
            let card = serde_json::to_string(&card)?;
            Ok(format!("{}\t{statuses}\t{card}", outcome.json()))
        }
        Err(problems) => refused(&problems),
    }
}

fn refused(problems: &Problems) -> Result<String, Box<dyn std::error::Error>> {
    Ok(serde_json::to_string(problems.as_slice())?)
}
