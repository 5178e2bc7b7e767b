//! Tests the project's packs against the laws that they declare.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use longma_desk::laws::search;
use longma_tests::loaded;
use std::collections::BTreeSet;

/// Number of invented persons for each law; enough for every documented breach to occur.
const PERSONS: u64 = 120;

/// A clinic's own recent days are its baseline, so one more count can raise or lower the
/// level of later days. None of the existing kinds of law can hold.
const WITHOUT_LAW: [&str; 1] = ["62/clinic-2020-01-24"];

#[test]
fn every_law_of_every_pack_holds_and_documented_breaches_still_occur() {
    let bundle = loaded().bundle;
    let catalogue = longma_oracle::load(&bundle).unwrap();
    let ids: Vec<String> = bundle.packs.iter().map(|pack| pack.id.clone()).collect();
    let found = search(&bundle, &catalogue, &ids, PERSONS, 1);
    for law in &found {
        assert!(law.holds, "{law:#?}");
        assert!(law.persons > PERSONS / 2, "{law:#?}");
    }
    let held: BTreeSet<&str> = found.iter().map(|law| law.pack.as_str()).collect();
    let all = ids.iter().map(String::as_str);
    let without: Vec<&str> = all.filter(|id| !held.contains(id)).collect();
    assert_eq!(without, WITHOUT_LAW);
}
