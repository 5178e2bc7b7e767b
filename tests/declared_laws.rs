//! The project's packs are held to the laws that they declare.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use longma_core::Catalogue;
use longma_desk::laws::search;
use longma_tests::loaded;
use std::collections::BTreeSet;

/// Invented persons for each law: every documented breach occurs among them.
const PERSONS: u64 = 60;

#[test]
fn every_law_of_every_pack_holds_and_documented_breaches_still_occur() {
    let bundle = loaded().bundle;
    let catalogue = Catalogue::load(bundle.clone()).unwrap();
    let ids: Vec<String> = bundle.packs.iter().map(|pack| pack.id.clone()).collect();
    let found = search(&bundle, &catalogue, &ids, PERSONS, 1);
    for law in &found {
        assert!(law.holds, "{law:#?}");
        assert!(law.persons > PERSONS / 2, "{law:#?}");
    }
    let held: BTreeSet<&str> = found.iter().map(|law| law.pack.as_str()).collect();
    assert_eq!(held.len(), ids.len(), "a pack without a law");
}
