//! Conditions that compare a field of the item become comparisons without operations,
//! in their order, and only those at the front.

use crate::optimise::Step::Kernels;
use crate::tiny::{after, check};

/// Checks the form of a rule that takes the tests of which a condition holds.
#[track_caller]
fn filtered(condition: &str, expected: &str) {
    let script = format!(
        "fn r(tests, params) {{\n    tests.filter(|t| {condition}).map(|t| t.told)\n         .map(|x| red(x, ()))\n}}"
    );
    let form = after(Kernels, "r", &script);
    let line = form.lines().find(|line| line.contains("of section tests"));
    let line = line.map(|line| line.split("  ").last().unwrap_or(line));
    assert_eq!(line, Some(expected), "{form}");
}

#[test]
fn each_kind_of_comparison_is_one_condition() {
    for (condition, expected) in [
        (r#"t.kind == "bad""#, r#"kind == "bad""#),
        (r#"t.kind != "bad""#, r#"kind != "bad""#),
        (r#""bad" == t.kind"#, r#"kind == "bad""#),
        ("t.pool < 5", "pool < 5"),
        ("5 < t.pool", "pool > 5"),
        ("!(t.pool < 5)", "pool >= 5"),
        ("t.sure == ()", "sure == ()"),
        ("t.sure != ()", "sure != ()"),
        ("t.sure ?? false", "sure == true"),
        ("t.sure ?? true", "sure != false"),
        ("!(t.sure ?? false)", "sure != true"),
        (r#"t.kind in ["bad", "good"]"#, r#"kind in ["bad", "good"]"#),
        (
            "!(t.kind in params.kinds)",
            r#"kind not in ["good", "unsure"]"#,
        ),
    ] {
        filtered(
            condition,
            &format!("kernel list of section tests as $2 if {expected}"),
        );
    }
}

#[test]
fn conditions_keep_their_order_and_stop_at_the_first_that_is_no_comparison() {
    // The sum is no field; what stands behind it is not compared before it.
    filtered(
        r#"t.kind == "bad" && t.pool < 5 && t.at + params.wait > t.told && t.pool > 1"#,
        r#"kernel list of section tests as $2 if kind == "bad" and pool < 5 and #4"#,
    );
    filtered(
        r#"t.at + params.wait > t.told && t.kind == "bad""#,
        "scan list of section tests as $2 where #4",
    );
}

#[test]
fn a_condition_that_can_fail_is_no_comparison() {
    // A sum that can leave the range fails for one item; a comparison cannot.
    filtered(
        r#"t.kind == "bad" && t.at + hours(t.pool) > t.told"#,
        r#"kernel list of section tests as $2 if kind == "bad" and #4"#,
    );
    // Absent where a truth is needed: the script fails there, and must still.
    filtered("t.sure ?? ()", "scan list of section tests as $2 where #4");
}

#[test]
fn two_fields_of_one_item_are_no_comparison_with_what_stays() {
    filtered("t.told > t.at", "scan list of section tests as $2 where #4");
}

#[test]
fn no_more_conditions_are_compared_than_the_machine_has_room_for() {
    let many = "t.pool > 1 && t.pool > 2 && t.pool > 3 && t.pool > 4 && t.pool > 5 && t.pool > 6 \
                && t.pool > 7";
    filtered(
        many,
        "kernel list of section tests as $2 if pool > 1 and pool > 2 and pool > 3 and pool > 4 \
         and pool > 5 and pool > 6 and #4",
    );
}

#[test]
fn what_is_compared_with_is_computed_before_and_what_is_taken_is_a_field() {
    let form = after(
        Kernels,
        "r",
        r#"
fn r(tests, params) {
    let others = tests;
    tests.map(|t| red(t.at, others.filter(|o| o.kind == "bad" && o.at > t.at + params.wait)
                                  .map(|o| o.told).earliest()))
}"#,
    );
    check(
        &form,
        r#"
         1  scan list of section tests as $2 take #2
         2    cause_between "red", $2.at, #3
         3      kernel least of section tests as $3 if kind == "bad" and at > #4 take field told
         4        days_later $2.at, days(7)
        "#,
    );
}

/// Checks the line of the scan over stays, in a rule that asks something of them for each
/// test.
#[track_caller]
fn asked_of_stays(condition: &str, expected: &str) -> String {
    let script = format!(
        "fn r(tests, stays, params) {{\n    tests.filter(|t| stays.any(|s| {condition}))\
         .map(|t| red(t.told, ()))\n}}"
    );
    let form = after(Kernels, "r", &script);
    let line = form.lines().find(|line| line.contains("of section stays"));
    let line = line.map(|line| line.split("  ").last().unwrap_or(line));
    assert_eq!(line, Some(expected), "{form}");
    form
}

#[test]
fn an_open_end_is_later_than_anything() {
    for (condition, expected) in [
        ("s.left == () || s.left > t.at", "left absent or > $2.at"),
        ("s.left == () || t.at <= s.left", "left absent or >= $2.at"),
    ] {
        asked_of_stays(
            condition,
            &format!("kernel any of section stays as $3 if {expected}"),
        );
    }
    // An open end is not earlier than anything, and another field's end says nothing.
    for condition in [
        "s.left == () || s.left < t.at",
        "s.left == () || s.at > t.at",
    ] {
        asked_of_stays(condition, "scan any of section stays as $3 where #4");
    }
}

#[test]
fn a_time_that_is_moved_by_what_stays_is_compared_as_it_is() {
    for (condition, sign, back) in [
        ("s.at + params.soon > t.at", ">", "earlier_by"),
        ("t.at >= s.at - params.soon", "<=", "later_by"),
        ("s.at + params.wait < t.at", "<", "days_earlier"),
    ] {
        let line = format!("kernel any of section stays as $3 if at {sign} #4");
        let form = asked_of_stays(condition, &line);
        assert!(form.contains(&format!("{back} $2.at, ")), "{form}");
    }
    // The time it is moved by depends on the item.
    asked_of_stays(
        "s.at + hours(s.met.len()) > t.at",
        "scan any of section stays as $3 where #4",
    );
}

#[test]
fn whether_a_list_has_a_value_is_one_operation() {
    let form = after(
        Kernels,
        "r",
        "fn r(tests, stays) {\n    let starts = stays.map(|s| s.at);\n    \
         tests.map(|t| if t.at in starts { red(t.told, ()) } else { () })\n}",
    );
    assert!(
        form.lines()
            .any(|line| line.contains("contains #") && line.ends_with(" $2.at")),
        "{form}"
    );
}
