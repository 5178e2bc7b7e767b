//! The rules by hand still say what the packs say: otherwise a ratio of times, and the
//! persons that instructions are counted of, would mean nothing.
//!
//! Cargo builds a package's programs for a test run because there is a test in this folder;
//! `cargo xtask test` needs `persons`.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use longma_bench::agree;
use longma_bench::setup;

#[test]
fn longma_and_the_rules_by_hand_agree_about_the_benchmarks_persons() {
    let catalogue = setup::catalogue(&setup::bundle().unwrap()).unwrap();
    let world = setup::sample(&catalogue).unwrap();
    let measured = world.persons.iter().flat_map(|persons| &persons.facts);
    let compared = world.compared.iter().take(100);
    let persons: Vec<String> = measured.chain(compared).cloned().collect();
    let found = agree::check(&persons, &catalogue, &world.references, &world.areas);
    assert!(found.is_ok(), "{}", found.unwrap_err());
}
