//! What can fail for ordinary facts, and how far from the ends of time "ordinary" is.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::{Doubts, JOINED};
use crate::tiny::{compiled, rule};

const DAY: i64 = 86_400;

/// Whether the rule that gives a cause for each test, from an expression, can fail; and
/// its reach.
#[track_caller]
fn doubts(expression: &str) -> (bool, i64) {
    let script = format!(
        "fn r(tests, stays, areas, params) {{\n    let others = tests;\n    let all = stays;\n    \
         tests.map(|t| {expression})\n}}"
    );
    let compiled = compiled(&script);
    let (_, rule) = rule(&compiled, "r");
    let root = compiled.program.entries.get(rule.entry).unwrap().exact;
    let doubts = Doubts::of(&compiled.program, root);
    (doubts.can_fail(root), doubts.reach())
}

#[track_caller]
fn fails(expression: &str) {
    assert!(doubts(expression).0, "{expression} can fail");
}

#[track_caller]
fn holds(expression: &str, reach: i64) {
    assert_eq!(doubts(expression), (false, reach), "{expression}");
}

#[test]
fn a_sum_of_times_cannot_fail_as_far_as_what_is_added_is_known() {
    holds("red(t.at, t.told)", 0);
    holds("red(t.at, t.at + params.wait)", 7 * DAY);
    holds("red(t.at, t.at - params.wait - params.soon)", 9 * DAY);
    // The reach is the farthest way that any sum goes.
    holds("red(t.at + params.soon, t.told + params.wait)", 7 * DAY);
    holds("red(t.at.date().start(), t.at.date().end())", 4 * DAY);
}

#[test]
fn a_sum_with_a_number_of_the_facts_can_fail() {
    fails("red(t.at, t.at + hours(t.pool))");
    fails("red(t.at, t.at + (t.told - t.at))");
    fails("red(t.at, t.at + days(t.pool))");
    fails("if t.pool * 2 > 5 { red(always()) } else { () }");
}

#[test]
fn a_number_of_items_has_a_bound() {
    holds(
        "if others.len() + 3 > t.pool { red(always()) } else { () }",
        0,
    );
}

#[test]
fn a_value_that_may_be_absent_where_one_is_needed_can_fail() {
    fails("red(t.at, all.first().at)");
    fails("if t.sure { red(always()) } else { () }");
    fails("red(t.at, others.filter(|o| o.at > t.at).first().told)");
    holds("if t.sure ?? false { red(always()) } else { () }", 0);
    holds("red(t.at, others.map(|o| o.told).earliest())", 0);
}

#[test]
fn what_divides_or_asks_earlier_decisions_can_fail() {
    fails("if t.pool / 2 > 1 { red(always()) } else { () }");
}

#[test]
fn lists_and_sets_can_grow_too_long_where_their_size_is_not_known() {
    holds("red(others.map(|o| between(o.at, o.told)).union())", 0);
    holds("red(!others.map(|o| between(o.at, o.told)).union())", 0);
    holds(
        "red(t.at, others.map(|o| o.at).concat(others.map(|o| o.told)).earliest())",
        0,
    );
    // Many sets of many spans each.
    fails("red(all.map(|s| others.map(|o| between(o.at, o.told)).union() - since(s.at)).union())");
    fails("red(all.map(|s| others.map(|o| between(o.at, o.told)).union()).union())");
    fails("red(t.at, all.flat_map(|s| areas.during(s)).map(|a| a.from).earliest())");
    let joined = |lists: u32| {
        let more = (1..lists).map(|_| ".concat(others.map(|o| o.at))");
        let more: String = more.collect();
        format!("red(t.at, others.map(|o| o.at){more}.earliest())")
    };
    holds(&joined(JOINED), 0);
    fails(&joined(JOINED + 1));
}
