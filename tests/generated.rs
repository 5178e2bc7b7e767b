//! Invented persons against the project's own packs.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use longma_core::{Policy, Request};
use longma_desk::generate::{Generator, Scope, rules_without};
use longma_desk::tables;
use longma_tests::{catalogue, loaded};
use std::collections::BTreeSet;

/// The most persons that a pack's rules are waited for.
const PERSONS: u64 = 2_000;

#[test]
fn every_rule_of_every_pack_fires_for_some_invented_person() {
    let bundle = loaded().bundle;
    let catalogue = catalogue();
    for pack in catalogue.packs() {
        let policies = catalogue.policies_of(&pack.id).unwrap();
        let ids: BTreeSet<String> = policies.iter().flat_map(Policy::packs).cloned().collect();
        let scope = Scope::of(&bundle, &ids).unwrap();
        let generator = Generator::new(&scope, 1).unwrap();
        let references =
            tables::references(&catalogue, generator.tables(), generator.columns()).unwrap();
        let request = Request {
            references: Some(&references),
            ..Request::default()
        };
        let mut fired = BTreeSet::new();
        let mut never = rules_without(&policies, &fired);
        let mut index = 0;
        while !never.is_empty() && index < PERSONS {
            let facts = catalogue
                .read_facts(&generator.person(index).to_string())
                .unwrap();
            let outcome = catalogue.decide_by(&facts, &policies, request).unwrap();
            for decision in outcome.decisions().values() {
                let causes = decision.timeline().causes();
                fired.extend(causes.iter().map(|cause| cause.rule().to_owned()));
            }
            never = rules_without(&policies, &fired);
            index += 1;
        }
        assert!(never.is_empty(), "{}: {never:?}", pack.id);
    }
}

#[test]
fn the_same_seed_gives_the_same_persons_and_tables() {
    let bundle = loaded().bundle;
    let ids = bundle.packs.iter().map(|pack| pack.id.clone()).collect();
    let scope = Scope::of(&bundle, &ids).unwrap();
    let [one, two, other] = [9, 9, 10].map(|seed| {
        let generator = Generator::new(&scope, seed).unwrap();
        let persons: Vec<String> = (0..50).map(|i| generator.person(i).to_string()).collect();
        (persons, generator.tables().clone())
    });
    assert_eq!(one, two);
    assert_ne!(one, other);
}
