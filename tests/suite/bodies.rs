//! Compiled rules say what the interpreter says: of every case, of invented persons, and
//! for rules drawn at random.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use longma_cli::cases;
use longma_core::program::End;
use longma_core::{Catalogue, Instant, Outcome, Request, Severity, Span, packed};
use longma_desk::case::Case;
use longma_desk::check::check_texts;
use longma_desk::held::held;
use longma_tests::both::{Tables, differs, parted, tables};
use longma_tests::scripts::{Choices, Example, shrink};
use longma_tests::{loaded, rules, sample_areas};
use std::fmt::Write as _;

/// How many packs of random rules are drawn.
const DRAWN: u64 = 300;

/// The project's packs, compiled, as they are read from the file.
fn compiled() -> Catalogue {
    let bytes = longma_compile::packed(&loaded().bundle, true).unwrap();
    packed::read(&bytes).unwrap()
}

/// Every case, and invented persons with the sample list of risk areas.
fn documents(persons: u64) -> Vec<(String, Tables)> {
    let found = all_cases();
    let cases = found
        .iter()
        .map(|case| (case.facts.clone(), case.references.clone()));
    let areas = Tables::from([("risk_areas".to_owned(), sample_areas().to_owned())]);
    let invented = (0..persons).map(|seed| {
        let person = longma_tests::persons::person(seed).to_string();
        (person, areas.clone())
    });
    cases.chain(invented).collect()
}

fn all_cases() -> Vec<Case> {
    cases::read(&rules().join("packs"), &[], &mut loaded().files).unwrap()
}

#[test]
fn every_case_and_many_persons_get_the_same_outcome() {
    let cases = all_cases();
    let held = held(&loaded().bundle, &compiled(), &cases, 100).unwrap();
    assert_eq!(held.difference, None);
    assert!(held.compared > cases.len());
}

/// A machine that takes the latest for the earliest, as a mistake of the compiler would.
#[test]
fn a_program_that_differs_is_found_with_the_smallest_person() {
    let bundle = loaded().bundle;
    let (catalogue, program) = longma_compile::compile(&bundle).unwrap();
    let mut program = program.get().unwrap().clone();
    for kernel in &mut program.kernels {
        if kernel.end == End::Least {
            kernel.end = End::Greatest;
        }
    }
    let bytes = packed::write(&catalogue, &program, true).unwrap();
    let wrong = packed::read(&bytes).unwrap();
    let held = held(&bundle, &wrong, &all_cases(), 100).unwrap();
    let difference = held.difference.unwrap();
    assert_ne!(difference.interpreted, difference.compiled);
    let facts: serde_json::Value = serde_json::from_str(&difference.facts).unwrap();
    let records = facts.as_object().unwrap().values();
    let records = records
        .filter_map(serde_json::Value::as_array)
        .map(Vec::len);
    // Two times are enough to confuse the earliest with the latest.
    assert!(records.sum::<usize>() <= 4, "{}", difference.facts);
}

#[test]
fn rules_drawn_at_random_get_the_same_outcome() {
    let mut ran = 0;
    // A longer run begins where the last one ended.
    let from = std::env::var("LONGMA_SEEDS").ok();
    let from: u64 = from.and_then(|from| from.parse().ok()).unwrap_or(0);
    for seed in from..from + DRAWN {
        let example = Example::draw(&mut Choices::of_seed(seed));
        let report = check_texts(&example.texts).findings;
        if report.iter().any(|it| it.severity == Severity::Error) {
            continue;
        }
        ran += 1;
        if differs(&example).is_some() {
            let small = shrink(example, |example| differs(example).is_some());
            let mut told = format!("seed {seed}\n");
            for (file, script) in small.scripts() {
                writeln!(told, "{file}\n{script}").unwrap();
            }
            let parted = differs(&small).unwrap_or_default();
            panic!("{told}\n{}\n{}\n{parted}", small.facts, small.rows);
        }
    }
    assert!(ran * 10 > DRAWN * 9, "only {ran} packs were accepted");
}

#[test]
fn an_outcome_in_a_window_is_the_whole_one_cut_to_it() {
    let compiled = compiled();
    let at = |text: &str| Instant::parse(text).ok();
    let windows = [
        (at("2022-07-15T12:00:00+08:00"), None),
        (None, at("2021-10-25T00:00:00+08:00")),
        (
            at("2022-03-07T00:00:00+08:00"),
            at("2022-03-08T00:00:00+08:00"),
        ),
    ];
    for (facts, given) in documents(100) {
        let references = tables(&compiled, &given).unwrap();
        for (from, until) in windows {
            let window = Span::new(from, until).unwrap();
            let decide = |window| {
                let request = Request {
                    references: Some(&references),
                    window,
                    ..Request::default()
                };
                compiled.evaluate(&facts, request).ok()
            };
            let (whole, cut) = (decide(None), decide(Some(window)));
            let json = |outcome: Option<Outcome>| outcome.map(|it| it.within(window).json());
            let (cut, whole) = (
                json(cut).unwrap_or_default(),
                json(whole).unwrap_or_default(),
            );
            assert!(cut == whole, "{facts}\n{}", parted(&cut, &whole));
        }
    }
}
