//! Breaks our own packs in hundreds of ways. Every mutant that neither the checker nor a
//! case notices must be listed in `survivors.txt` with the reason.
//!
//! A line of the list is a mutant's id, ` = `, and why it cannot or need not be noticed.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use longma_desk::mutate::Mutant;
use longma_tests::mutants::{fates, mutants, survivors, table};
use longma_tests::rules;
use std::collections::BTreeSet;

/// The most mutants to try.
const TRIED: usize = 450;

/// The known survivors. Each must have a reason.
fn known() -> BTreeSet<&'static str> {
    let lines = include_str!("../survivors.txt").lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (id, reason) = line.rsplit_once(" = ").unwrap();
            assert!(!reason.trim().is_empty(), "no reason for {id}");
            id
        })
        .collect()
}

#[test]
fn a_mistake_in_our_packs_is_noticed_or_known() {
    let mutants = mutants(&rules(), 1).unwrap();
    // Take mutants evenly from all files and kinds of mistakes. All of them take a quarter
    // of an hour, which is too long for a test; `cargo run --bin mutants` tries them all.
    let step = mutants.len().div_ceil(TRIED);
    let ids: BTreeSet<String> = mutants.iter().map(|mutant| mutant.id.clone()).collect();
    assert_eq!(ids.len(), mutants.len(), "ids are not distinct");
    let mutants: Vec<Mutant> = mutants.into_iter().step_by(step).collect();
    assert!(mutants.len() >= 300, "{} mutants", mutants.len());
    let tried: BTreeSet<String> = mutants.iter().map(|mutant| mutant.id.clone()).collect();
    let fates = fates(&rules(), &mutants).unwrap();
    let survived: BTreeSet<&str> = survivors(&fates).into_iter().collect();
    let known = known();
    let new: Vec<&&str> = survived.difference(&known).collect();
    let gone = known.difference(&survived);
    let gone: Vec<&&str> = gone
        .filter(|id| tried.contains(**id) || !ids.contains(**id))
        .collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "nobody notices {new:#?}; no longer surviving: {gone:#?}\n{}",
        table(&fates)
    );
}
