//! Slots are numbered by what scans depend on, so that equal scans are one.

use crate::optimise::Step::{Fuse, Share};
use crate::tiny::{after, check};

#[test]
fn scans_that_do_the_same_are_one_however_deep_they_stand() {
    let script = r"
fn r(tests) {
    let others = tests;
    tests.filter(|t| t.at > others.map(|o| o.told).earliest())
         .map(|t| red(t.at, others.map(|o| o.told).earliest()))
}";
    // Before, each has a slot of its own.
    let apart = after(Fuse, "r", script);
    assert_eq!(apart.matches("scan least").count(), 2, "{apart}");
    check(
        &after(Share, "r", script),
        r#"
         1  scan list of #2 as $2 take #6
         2    scan list of section tests as $2 where #3
         3      greater $2.at, #4
         4        scan least of #5 as $2
         5          scan list of section tests as $2 take $2.told
         6    cause_between "red", $2.at, #4
        "#,
    );
}

#[test]
fn a_scan_that_depends_on_anothers_item_has_a_slot_after_it() {
    check(
        &after(
            Share,
            "r",
            r"
fn r(tests) {
    let others = tests;
    tests.map(|t| red(t.at, others.filter(|o| o.at > t.at).map(|o| o.told).earliest()))
}",
        ),
        r#"
         1  scan list of section tests as $2 take #2
         2    cause_between "red", $2.at, #3
         3      scan least of section tests as $3 where #4 take $3.told
         4        greater $3.at, $2.at
        "#,
    );
}

#[test]
fn a_scan_of_an_items_own_list_need_not_have_a_slot_after_it() {
    // The list is asked for before its items take the slot.
    let form = after(
        Share,
        "r",
        r"
fn r(stays) {
    stays.map(|s| red(s.at, s.met.map(|m| m.at).earliest()))
}",
    );
    assert!(form.contains("need $2.met"), "{form}");
    assert!(form.contains("as $2 take $2.at"), "{form}");
}

#[test]
fn three_scans_that_depend_on_one_another_have_three_slots() {
    let form = after(
        Share,
        "r",
        r"
fn r(tests) {
    let others = tests;
    let more = tests;
    tests.filter(|t| others.any(|o| o.at > t.at && more.any(|m| m.at > o.at && m.told > t.told)))
         .map(|t| red(t.at, ()))
}",
    );
    assert!(form.contains("greater $4.at, $3.at"), "{form}");
    assert!(form.contains("greater $4.told, $2.told"), "{form}");
}
