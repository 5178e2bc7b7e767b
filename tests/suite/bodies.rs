//! Compiled rules say what the interpreter says.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use longma_cli::cases;
use longma_core::{Catalogue, References, Request};
use longma_tests::{loaded, rules, sample_areas};
use std::collections::BTreeMap;

fn compiled() -> Catalogue {
    let bundle = loaded().bundle;
    match longma_compile::compile(&bundle) {
        Ok((catalogue, _)) => catalogue,
        Err(problems) => panic!("{}", problems),
    }
}

fn answer(catalogue: &Catalogue, facts: &str, tables: &BTreeMap<String, String>) -> String {
    let mut references = References::none();
    for (name, csv) in tables {
        match catalogue.read_reference(name, csv) {
            Ok(table) => references.insert(table),
            Err(problems) => return format!("{problems}"),
        }
    }
    let request = Request {
        references: Some(&references),
        ..Request::default()
    };
    match catalogue.evaluate(facts, request) {
        Ok(outcome) => outcome.json(),
        Err(problems) => format!("{problems}"),
    }
}

#[test]
fn every_case_and_many_persons_get_the_same_outcome() {
    let (oracle, compiled) = (longma_tests::catalogue(), compiled());
    let found = cases::read(&rules().join("packs"), &[], &mut loaded().files).unwrap();
    let mut inputs: Vec<(String, BTreeMap<String, String>)> = found
        .iter()
        .map(|case| (case.facts.clone(), case.references.clone()))
        .collect();
    let areas = BTreeMap::from([("risk_areas".to_owned(), sample_areas().to_owned())]);
    for seed in 0..300 {
        inputs.push((
            longma_tests::persons::person(seed).to_string(),
            areas.clone(),
        ));
    }
    let mut differ = 0;
    for (facts, tables) in &inputs {
        let (a, b) = (
            answer(&oracle, facts, tables),
            answer(&compiled, facts, tables),
        );
        if a != b {
            differ += 1;
            if differ < 4 {
                println!("{facts}\n{a}\n{b}\n");
            }
        }
    }
    assert_eq!(differ, 0, "of {}", inputs.len());
}
