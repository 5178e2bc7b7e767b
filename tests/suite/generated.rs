//! Runs the project's own packs over invented persons.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use longma_core::{Part, Policy, Request};
use longma_desk::generate::{Fired, Generator, Scope, concerned, firings};
use longma_desk::tables;
use longma_tests::{catalogue, loaded};
use std::collections::BTreeSet;

/// The most persons tried until all rules of a pack have fired.
const PERSONS: u64 = 2_000;

#[test]
fn every_rule_of_every_pack_fires_for_some_invented_person() {
    let bundle = loaded().bundle;
    let catalogue = catalogue();
    let mut silent = Vec::new();
    for pack in catalogue.packs() {
        let history = catalogue.history_of(&pack.id).unwrap();
        let policies = history.policies();
        // The pack, the packs it inherits from, and what its decisions read.
        let own = |part: &&Part| part.packs.first().is_some_and(|first| *first == pack.id);
        let lines = policies.iter().flat_map(Policy::parts).filter(own);
        let line: BTreeSet<&String> = lines.flat_map(|part| part.packs.iter()).collect();
        let sources = bundle.packs.iter().filter(|it| line.contains(&it.id));
        let decisions = sources.flat_map(|it| it.manifest.decisions.keys());
        let ids = concerned(&bundle, policies, decisions.map(String::as_str));
        let source = bundle.packs.iter().find(|source| source.id == pack.id);
        let subject = source.unwrap().manifest.subject.as_str();
        let scope = Scope::about(&bundle, &ids, subject).unwrap();
        let generator = Generator::new(&scope, 1).unwrap();
        let references =
            tables::references(&catalogue, generator.tables(), generator.columns()).unwrap();
        let request = Request {
            references: Some(&references),
            ..Request::default()
        };
        let waited = |rule: &String| {
            let pack = rule.rsplitn(3, '/').last();
            pack.is_some_and(|pack| line.iter().any(|id| *id == pack))
        };
        let all = firings(policies, subject, &Fired::new()).into_iter();
        let mut never: BTreeSet<String> = all.map(|it| it.rule).filter(waited).collect();
        let mut index = 0;
        while !never.is_empty() && index < PERSONS {
            let facts = catalogue
                .read_facts(&generator.person(index).to_string())
                .unwrap();
            let outcome = catalogue.decide_by(&facts, &history, request).unwrap();
            for decision in outcome.decisions().values() {
                for cause in decision.timeline().causes() {
                    never.remove(cause.rule());
                }
            }
            index += 1;
        }
        silent.extend(never);
    }
    assert_eq!(silent, Vec::<String>::new());
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
