//! Results that are needed again are kept, as long as what they depend on stays.

use super::keep;
use crate::lower::graph::Graph;
use crate::optimise::Step::Keep;
use crate::tiny::{after, check};
use longma_core::program::{Entry, Function, Id, Op};

#[test]
fn what_depends_on_no_item_is_kept_for_the_evaluation() {
    let form = after(
        Keep,
        "r",
        r#"
fn r(tests) {
    let others = tests;
    tests.map(|t| red(t.at, others.filter(|o| o.kind == "bad").map(|o| o.told).earliest()))
}"#,
    );
    check(
        &form,
        r#"
         1  scan list of section tests as $2 take #2
         2    cause_between "red", $2.at, #3
         3      scan least of #4 as $2 — kept for the whole evaluation
         4        scan list of #5 as $2 take $2.told
         5          scan list of section tests as $2 where #6
         6            equal $2.kind, "bad"
        "#,
    );
}

#[test]
fn what_two_parts_need_of_an_item_is_kept_until_the_item_changes() {
    let form = after(
        Keep,
        "r",
        r"
fn r(tests, params) {
    let others = tests;
    tests.map(|t| {
        let next = others.filter(|o| o.at > t.at).map(|o| o.told).earliest();
        if next == () { red(t.at, ()) } else { yellow(t.at, next) }
    })
}",
    );
    check(
        &form,
        r#"
         1  scan list of section tests as $2 take #2
         2    if #3 then #6 else #7
         3      is_absent #4
         4        scan least of section tests as $3 where #5 take $3.told — kept until $2 changes
         5          greater $3.at, $2.at
         6      cause_between "red", $2.at, ()
         7      cause_between "yellow", $2.at, #4
        "#,
    );
}

#[test]
fn what_an_inner_scan_asks_of_an_outer_item_is_kept_until_that_changes() {
    // The sum depends on the outer test alone, and is asked for each inner one.
    let form = after(
        Keep,
        "r",
        r"
fn r(tests, params) {
    let others = tests;
    tests.map(|t| red(t.at, others.filter(|o| o.at > t.at + params.wait + params.soon)
                                  .map(|o| o.told).earliest()))
}",
    );
    check(
        &form,
        r#"
         1  scan list of section tests as $2 take #2
         2    cause_between "red", $2.at, #3
         3      scan least of section tests as $3 where #4 take $3.told
         4        greater $3.at, #5
         5          later_by #6, hours(48) — kept until $2 changes
         6            days_later $2.at, days(7)
        "#,
    );
}

#[test]
fn a_part_of_two_items_belongs_to_the_inner_slot() {
    let form = after(
        Keep,
        "r",
        r"
fn r(tests, params) {
    let others = tests;
    tests.map(|t| {
        let near = others.filter(|o| {
            let later = later(t.at, o.at) + params.wait;
            later > t.told && later > o.told
        });
        red(t.at, near.map(|o| o.told).earliest())
    })
}",
    );
    assert!(
        form.contains("greatest $2.at, $3.at")
            && form
                .lines()
                .any(|line| line.contains("days_later") && line.ends_with("kept until $3 changes")),
        "{form}"
    );
}

#[test]
fn what_is_cheap_or_needed_once_is_not_kept() {
    let form = after(
        Keep,
        "r",
        r#"
fn r(tests, params) {
    tests.filter(|t| t.kind == "bad").map(|t| red(t.at, t.at + params.wait))
}"#,
    );
    assert!(!form.contains("kept"), "{form}");
}

#[test]
fn what_an_earlier_decision_says_is_kept_while_one_rule_runs() {
    // Its number means another decision in another rule.
    let mut graph = Graph::default();
    let [number, level] = [0, 1].map(|word| graph.add(Op::Word(word)));
    let mut call = |function: Function, operands: &[Id]| {
        let op = graph.call(function, operands);
        graph.add(op)
    };
    let when = call(Function::When, &[number, level]);
    let always = call(Function::Always, &[]);
    let both = call(Function::Both, &[when, always]);
    let [rest, never] = [Function::Complement, Function::IsNever].map(|it| call(it, &[both]));
    let root = graph.add(Op::Then(never, rest));
    graph.entry(Entry {
        fast: root,
        exact: root,
        earlier: vec!["other".to_owned()],
        reach: 0,
    });
    keep(&mut graph);
    let memos = graph.program.ops.iter().filter_map(|op| match op {
        Op::Memo { slot, of, .. } => Some((*slot, *of)),
        _ => None,
    });
    assert_eq!(memos.collect::<Vec<_>>(), [(1, both)]);
}
