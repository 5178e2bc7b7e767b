//! Compiled rules say what the interpreter says.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use longma_cli::cases;
use longma_core::{Catalogue, References, Request, Severity};
use longma_desk::check::check_texts;
use longma_tests::scripts::{Choices, Example, TABLE, shrink};
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
                let at = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
                let near = |text: &str| text.chars().skip(at.saturating_sub(200)).take(600).collect::<String>();
                println!("{facts}\n{}\n{}\n", near(&a), near(&b));
            }
        }
    }
    assert_eq!(differ, 0, "of {}", inputs.len());
}

/// The first difference between both bodies for one drawn pack, document and table.
fn differs(example: &Example) -> Option<String> {
    let read = longma_compile::texts::read(&example.texts);
    if !read.findings.is_empty() {
        return None;
    }
    let oracle = longma_oracle::load(read.bundle.clone()).ok()?;
    let compiled = match longma_compile::compile(&read.bundle) {
        Ok((catalogue, _)) => catalogue,
        Err(_) => return None,
    };
    let tables = BTreeMap::from([(TABLE.to_owned(), example.rows.clone())]);
    let facts = example.facts.to_string();
    let (a, b) = (
        answer(&oracle, &facts, &tables),
        answer(&compiled, &facts, &tables),
    );
    // How much a rule may do is the machine's own.
    if a.contains("rule-operations") {
        return None;
    }
    (a != b).then(|| format!("oracle:   {a}\ncompiled: {b}"))
}

#[test]
fn rules_drawn_at_random_get_the_same_outcome() {
    let (mut ran, mut failures) = (0, 0);
    let from: u64 = std::env::var("SEEDS")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or(0);
    for seed in from..from + 300 {
        let example = Example::draw(&mut Choices::of_seed(seed));
        let report = check_texts(&example.texts).findings;
        if report.iter().any(|it| it.severity == Severity::Error) {
            continue;
        }
        ran += 1;
        if differs(&example).is_none() {
            continue;
        }
        failures += 1;
        if failures > 3 {
            continue;
        }
        let small = shrink(example, |example| differs(example).is_some());
        println!("seed {seed}");
        for (file, script) in small.scripts() {
            println!("{file}\n{script}");
        }
        println!(
            "{}\n{}\n{}",
            small.facts,
            small.rows,
            differs(&small).unwrap()
        );
    }
    println!("{failures} of {ran}");
    assert_eq!(failures, 0);
}
