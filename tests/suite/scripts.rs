//! Holds the generator of rules to what it promises.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and says what it saw"
)]

use longma_core::{References, Request, Severity};
use longma_desk::check::check_texts;
use longma_tests::scripts::{self, Choices, TABLE};
use std::collections::BTreeMap;

const PACKS: u64 = 300;

#[test]
fn generated_rules_are_well_typed_and_decide() {
    let mut refused = 0;
    let mut codes: BTreeMap<String, usize> = BTreeMap::new();
    let (mut ran, mut caused, mut failed) = (0, 0, 0);
    let mut faults: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..PACKS {
        let choices = &mut Choices::of_seed(seed);
        let texts = scripts::texts(choices);
        let found = check_texts(&texts).findings;
        let errors: Vec<_> = found
            .iter()
            .filter(|it| it.severity == Severity::Error)
            .collect();
        if let Some(first) = errors.first() {
            refused += 1;
            *codes.entry(first.code.as_str().to_owned()).or_default() += 1;
            if std::env::var_os("SHOW").is_some() {
                eprintln!("{seed}: {first:?}");
                for (path, text) in &texts {
                    if path.ends_with(".rhai") {
                        eprintln!("{text}");
                    }
                }
            }
            continue;
        }
        let catalogue = longma_oracle::load(longma_compile::texts::read(&texts).bundle).unwrap();
        for _ in 0..5 {
            let facts = scripts::facts(choices);
            let rows = scripts::rows(choices);
            let mut references = References::none();
            references.insert(catalogue.read_reference(TABLE, &rows).unwrap());
            let request = Request {
                references: Some(&references),
                ..Request::default()
            };
            let outcome = catalogue.evaluate(&facts.to_string(), request).unwrap();
            ran += 1;
            let mut decisions = outcome.decisions().values();
            caused += usize::from(decisions.any(|it| !it.timeline().causes().is_empty()));
            let mut any = false;
            for problem in outcome.problems() {
                let code = problem.code.as_str();
                if code.starts_with("rule-") {
                    any = true;
                }
                *faults.entry(code.to_owned()).or_default() += 1;
            }
            failed += usize::from(any);
        }
    }
    eprintln!("refused {refused} {codes:?}; ran {ran}, caused {caused}, failed {failed} {faults:?}");
}
