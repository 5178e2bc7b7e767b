//! A scan of a scan becomes one scan, unless that would skip what can fail, or make a
//! list anew for each item that is the same for all.

use crate::optimise::Step::Fuse;
use crate::tiny::{after, check};

/// Checks the form of what a rule asks about the tests `others` for each test `t`.
#[track_caller]
fn asked(expression: &str, expected: &str) {
    let script = format!(
        "fn r(tests, params) {{\n    let others = tests;\n    \
         tests.map(|t| red(t.at, {expression}))\n}}"
    );
    check(&after(Fuse, "r", &script), expected);
}

#[test]
fn scans_of_one_list_become_one_scan_whose_conditions_keep_their_order() {
    asked(
        r#"others.filter(|o| o.at > t.at).filter(|o| o.kind == "bad").map(|o| o.told).earliest()"#,
        r#"
         1  scan list of section tests as $2 take #2
         2    cause_between "red", $2.at, #3
         3      scan least of section tests as $3 where #4 take $3.told
         4        and #5, #6
         5          greater $3.at, $2.at
         6          equal $3.kind, "bad"
        "#,
    );
}

#[test]
fn a_list_that_depends_on_no_item_stays_one_that_all_can_share() {
    let form = after(
        Fuse,
        "r",
        r#"
fn r(tests) {
    let bad = tests.filter(|o| o.kind == "bad");
    tests.map(|t| red(t.at, bad.map(|b| b.told).earliest()))
}"#,
    );
    // The list of the bad tests is the same for each test; so is the list of times.
    check(
        &form,
        r#"
         1  scan list of section tests as $3 take #2
         2    cause_between "red", $3.at, #3
         3      scan least of #4 as $5
         4        scan list of #5 as $4 take $4.told
         5          need #6
         6            scan list of section tests as $2 where #7
         7              equal $2.kind, "bad"
        "#,
    );
}

#[test]
fn one_item_of_a_list_is_asked_for_without_the_list() {
    asked(
        "others.filter(|o| o.at > t.at).first()?.told",
        r#"
         1  scan list of section tests as $2 take #2
         2    cause_between "red", $2.at, #3
         3      if #4 then () else #7
         4        is_absent #5
         5          scan first of section tests as $3 where #6
         6            greater $3.at, $2.at
         7        field told of #5
        "#,
    );
}

#[test]
fn whether_there_are_none_stops_at_the_first() {
    asked(
        "if others.filter(|o| o.at > t.at).is_empty() { t.told } else { () }",
        r#"
         1  scan list of section tests as $2 take #2
         2    cause_between "red", $2.at, #3
         3      if #4 then $2.told else ()
         4        not #5
         5          scan any of section tests as $3 where #6
         6            greater $3.at, $2.at
        "#,
    );
}

#[test]
fn what_stops_early_does_not_skip_a_condition_that_can_fail() {
    // A later test whose sum leaves the range fails in the filter, whatever `any` finds
    // before it.
    for asks in [
        r#"any(|o| o.kind == "bad")"#,
        r#"all(|o| o.kind == "bad")"#,
        r#"find(|o| o.kind == "bad") == ()"#,
        "is_empty()",
        "first() == ()",
    ] {
        let form = after(
            Fuse,
            "r",
            &format!(
                "fn r(tests) {{\n    let others = tests;\n    tests.map(|t| if others\
                 .filter(|o| o.at + hours(o.pool) > t.at).{asks} {{ red(always()) }} else {{ () }})\n}}"
            ),
        );
        let scans = |end: &str| {
            form.matches(&format!("scan {end} of section tests"))
                .count()
        };
        for end in ["any", "all", "first"] {
            assert_eq!(scans(end), 0, "{asks}: {form}");
        }
    }
}

#[test]
fn what_is_taken_and_can_fail_is_taken_of_every_item() {
    // The sums fail for a test far away although nobody reads them.
    for asks in [
        "len() > 3",
        r#"filter(|x| t.kind == "bad").len() > 3"#,
        "any(|x| x > t.at)",
        "first() == ()",
    ] {
        let form = after(
            Fuse,
            "r",
            &format!(
                "fn r(tests) {{\n    let others = tests;\n    tests.map(|t| if others\
                 .filter(|o| o.at > t.at).map(|o| o.at + hours(o.pool)).{asks} {{ red(always()) }} else {{ () }})\n}}"
            ),
        );
        let taking = form.lines().any(|line| {
            line.contains("scan list of section tests")
                && line.contains("where")
                && line.contains("take")
        });
        assert!(taking, "{asks}: {form}");
    }
}

#[test]
fn what_is_sorted_are_items_and_not_what_is_taken_of_them() {
    asked(
        "others.filter(|o| o.at > t.at).sort_by(|o| o.told).first()?.told",
        r#"
         1  scan list of section tests as $2 take #2
         2    cause_between "red", $2.at, #3
         3      if #4 then () else #7
         4        is_absent #5
         5          scan first_by of section tests as $3 where #6 take $3.told
         6            greater $3.at, $2.at
         7        field told of #5
        "#,
    );
    asked(
        "others.filter(|o| o.at > t.at).map(|o| o.told).sort_by(|x| x).first()",
        r#"
         1  scan list of section tests as $2 take #2
         2    cause_between "red", $2.at, #3
         3      scan first_by of #4 as $5 take $5
         4        scan list of section tests as $3 where #5 take $3.told
         5          greater $3.at, $2.at
        "#,
    );
}
