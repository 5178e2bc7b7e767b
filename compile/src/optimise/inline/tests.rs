//! Variables become what they stand for; what can fail is still computed in its place.

use crate::optimise::Step::Inline;
use crate::tiny::{after, check};

#[test]
fn a_variable_becomes_what_it_stands_for_wherever_it_is_used() {
    let form = after(
        Inline,
        "r",
        r"
fn r(tests, params) {
    tests.map(|t| {
        let end = t.at + params.wait;
        red(t.at, end)
    })
}",
    );
    check(
        &form,
        r#"
         1  scan list of section tests as $2 take #2
         2    cause_between "red", $2.at, #3
         3      days_later $2.at, days(7)
        "#,
    );
}

#[test]
fn what_can_fail_is_computed_in_its_place_although_only_one_branch_needs_it() {
    // Nobody knows how large the number is, so the sum can leave the range of time.
    let form = after(
        Inline,
        "r",
        r#"
fn r(tests) {
    tests.map(|t| {
        let far = t.at + hours(t.pool);
        if t.kind == "bad" { red(t.at, far) } else { () }
    })
}"#,
    );
    check(
        &form,
        r#"
         1  scan list of section tests as $2 take #2
         2    first #3, then #5
         3      later_by $2.at, #4
         4        hours $2.pool
         5      if #6 then #7 else ()
         6        equal $2.kind, "bad"
         7        cause_between "red", $2.at, #3
        "#,
    );
}

#[test]
fn what_can_fail_is_not_moved_before_the_guard_that_it_stands_behind() {
    let form = after(
        Inline,
        "r",
        r#"
fn r(tests) {
    tests.map(|t| {
        if t.kind == "bad" {
            let far = t.at + hours(t.pool);
            red(t.at, far)
        } else { () }
    })
}"#,
    );
    check(
        &form,
        r#"
         1  scan list of section tests as $2 take #2
         2    if #3 then #4 else ()
         3      equal $2.kind, "bad"
         4      first #5, then #7
         5        later_by $2.at, #6
         6          hours $2.pool
         7        cause_between "red", $2.at, #5
        "#,
    );
}

#[test]
fn what_cannot_fail_and_is_not_used_is_gone() {
    let form = after(
        Inline,
        "r",
        r"
fn r(tests, params) {
    tests.map(|t| {
        let end = t.at + params.wait;
        t.told > t.at;
        red(t.at, t.told)
    })
}",
    );
    check(
        &form,
        r#"
         1  scan list of section tests as $2 take #2
         2    cause_between "red", $2.at, $2.told
        "#,
    );
}

#[test]
fn a_failure_that_no_value_needs_is_still_met() {
    let form = after(
        Inline,
        "r",
        r"
fn r(tests) {
    tests.map(|t| {
        t.at + hours(t.pool);
        red(t.at, t.told)
    })
}",
    );
    check(
        &form,
        r#"
         1  scan list of section tests as $2 take #2
         2    first #3, then #5
         3      later_by $2.at, #4
         4        hours $2.pool
         5      cause_between "red", $2.at, $2.told
        "#,
    );
}
