//! Bounds worked out by hand.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::{Bound, Caps, factors_text};
use crate::tiny::{compiled, rule};
use longma_core::limits;

fn bound(script: &str) -> (Bound, Caps) {
    let compiled = compiled(script);
    let (plan, rule) = rule(&compiled, "r");
    let caps = compiled.caps("person").unwrap().clone();
    (compiled.bound(plan, rule).unwrap(), caps)
}

#[test]
fn each_operation_and_each_item_is_a_step() {
    let (bound, _) = bound("fn r(tests) { tests.map(|t| red(t.at, t.told)) }");
    // The scan and its section; for each test 1, the cause with its level, and two fields
    // of a slot; in the fast form a field of a slot is one operation.
    assert_eq!(bound.exact.to_string(), "2 + 7·tests");
    assert_eq!(bound.fast.unwrap().to_string(), "2 + 5·tests");
}

#[test]
fn a_choice_costs_the_dearer_of_both_ways() {
    let (bound, _) = bound(
        r"
fn r(tests) {
    if tests.is_empty() { return (); }
    tests.map(|t| red(t.at, t.told))
}",
    );
    // The `if`, the comparison, the length and its section, the zero.
    assert_eq!(bound.exact.to_string(), "7 + 7·tests");
}

#[test]
fn lists_in_records_and_rows_of_tables_have_sizes_of_their_own() {
    let (bound, caps) = bound(
        r"
fn r(stays, areas) {
    stays.flat_map(|s| s.met.map(|m| red(m.at, ())))
         .concat(stays.flat_map(|s| areas.during(s).map(|a| red(a.from, a.until))))
}",
    );
    let terms: Vec<String> = bound.exact.vars().iter().map(ToString::to_string).collect();
    assert_eq!(terms, ["stays", "stays.met", "rows(areas)"]);
    assert!(bound.at(&caps) > limits::RULE_OPERATIONS);
    // What the schema bounds is 50 stays; what it does not is one item.
    assert!(bound.at(&caps.declared()) < 5_000);
}

#[test]
fn the_dearest_part_is_the_innermost_loop_that_makes_half_of_it() {
    let (bound, caps) = bound(
        r#"
fn r(tests, stays) {
    let others = tests;
    let few = stays.filter(|s| s.left == ());
    tests.filter(|t| t.kind == "bad")
         .filter(|t| others.any(|o| o.at > t.at))
         .map(|t| red(t.at, few.map(|s| s.left).earliest()))
}"#,
    );
    // Lines count from the one that names the source.
    assert_eq!(bound.dearest, Some((6, 29)));
    assert_eq!(factors_text(&bound.order(&caps)), "tests²");
}

#[test]
fn up_to_so_many_records_in_each_list_a_rule_stays_within_its_limit() {
    let (bound, caps) = bound(
        r"
fn r(tests) {
    let others = tests;
    tests.filter(|t| others.any(|o| o.at > t.at)).map(|t| red(t.at, ()))
}",
    );
    let most = bound.within(&caps, limits::RULE_OPERATIONS).unwrap();
    let size = &bound.exact;
    let at = |items: u64| size.at(&|factors| super::product(factors, &|_| items));
    assert!(at(most) <= limits::RULE_OPERATIONS && at(most + 1) > limits::RULE_OPERATIONS);
    let (linear, caps) = self::bound("fn r(stays) { stays.map(|s| red(s.at, s.left)) }");
    assert_eq!(linear.within(&caps, limits::RULE_OPERATIONS), None);
}

#[test]
fn a_plan_costs_what_all_its_rules_cost() {
    let (bound, caps) = bound("fn r(stays) { stays.map(|s| red(s.at, s.left)) }");
    let one = bound.at(&caps);
    assert_eq!(one, 2 + 7 * 50);
    assert_eq!(Bound::of_all([&bound, &bound], &caps), 2 * one);
}
