//! The packs and their cases, as the repository ships them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use longma_cli::cases;
use longma_tests::{catalogue, loaded, rules};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn every_case_of_every_pack_passes() {
    let catalogue = catalogue();
    let cases = cases::read(&rules().join("packs"), &[], &mut loaded().files).unwrap();
    assert!(cases.len() >= 150, "only {} cases", cases.len());
    let failed: Vec<String> = cases
        .iter()
        .flat_map(|case| {
            let failures = case.run(&catalogue);
            failures
                .into_iter()
                .map(|failure| format!("{}:{} {}: {failure:#?}", case.file, case.line, case.name))
        })
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// The rules that the packs' scripts define, by path.
fn rules_of_packs() -> BTreeSet<String> {
    let mut rules = BTreeSet::new();
    for pack in loaded().bundle.packs {
        for (decision, script) in &pack.scripts {
            for line in script.lines() {
                if let Some((name, _)) = line.strip_prefix("fn ").and_then(|r| r.split_once('(')) {
                    rules.insert(format!("{}/{decision}/{name}", pack.id));
                }
            }
        }
    }
    rules
}

#[test]
fn every_rule_is_seen_to_hold_and_not_to_hold() {
    let catalogue = catalogue();
    let cases = cases::read(&rules().join("packs"), &[], &mut loaded().files).unwrap();
    // In how many outcomes each rule gave a cause.
    let mut held: BTreeMap<String, usize> = BTreeMap::new();
    let mut outcomes = 0;
    for case in &cases {
        let Ok(outcome) = case.evaluate(&catalogue) else {
            continue;
        };
        outcomes += 1;
        let mut seen = BTreeSet::new();
        for decision in outcome.decisions().values() {
            for stretch in decision.stretches() {
                seen.extend(stretch.causes().map(|cause| cause.rule().to_owned()));
            }
        }
        for rule in seen {
            *held.entry(rule).or_default() += 1;
        }
    }
    let rules = rules_of_packs();
    assert!(rules.len() > 30, "only {} rules found", rules.len());
    let never: Vec<&String> = rules
        .iter()
        .filter(|rule| !held.contains_key(*rule))
        .collect();
    assert!(never.is_empty(), "no case makes these hold: {never:#?}");
    let always: Vec<&String> = rules
        .iter()
        .filter(|rule| held.get(*rule) == Some(&outcomes))
        .collect();
    assert!(always.is_empty(), "these hold in every case: {always:#?}");
}

#[test]
fn a_bundle_written_and_read_again_is_the_same() {
    let bundle = loaded().bundle;
    let text = serde_json::to_string(&bundle).unwrap();
    assert_eq!(longma_compile::Bundle::read(&text).unwrap(), bundle);
}
