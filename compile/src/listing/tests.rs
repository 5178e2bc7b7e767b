//! A small script whose listing is written by hand.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::{Wanted, listing};
use crate::tiny::compiled;
use longma_core::Lang;

const SCRIPT: &str = r#"
fn bad_test(tests, params) {
    let good = tests.filter(|o| o.kind == "good");
    tests.filter(|t| t.kind == "bad" && t.pool < 5)
         .map(|t| red(t.at, good.filter(|g| g.at > t.at).map(|g| g.told).earliest()).because(t))
}
fn good_test(tests, params) {
    tests.filter(|o| o.kind == "good").map(|t| green(t.at, t.at + params.wait))
}
fn stay(stays, areas) {
    stays.flat_map(|s| areas.during(s).filter(|a| a.level == "high").map(|a| yellow(a.from, a.until)))
}
"#;

fn told(rule: &str, steps: bool, lang: Lang) -> Option<String> {
    let compiled = compiled(SCRIPT);
    let rule = Some(rule).filter(|rule| !rule.is_empty());
    listing(&compiled, Wanted { rule, steps, lang })
}

#[test]
fn a_listing_tells_operations_by_name_what_is_kept_and_what_it_costs() {
    // Of the fast form: each test costs 1, the cause 4 and its record 3; the kernel in it
    // 3, and 1 for each test. The list of all bad tests is 4 and 1 for each; that of the
    // good ones, which is kept, 5 and 1 for each.
    let expected = r#"62/2022-01-01

  62/2022-01-01/code/bad_test — packs/62/2022-01-01/code.rhai:2
    reads tests, params
    steps at most, fast form: 10 + 13·tests + tests²
    steps at most, exact form: 6 + 29·tests + 10·tests²
    with documents at the caps: CAPS steps at most, tests², above the limit of 1,000,000; up to 314 records in each list stay below it; the dearest part is at 5:34
    fast form; times keep 1 d from the ends of time
       1  scan list of #2 as $2 take #3 — 10 + 13·tests + tests² steps at most
       2    kernel list of section tests as $2 if kind == "bad" and pool < 5 — 4 + tests steps at most
       3    because #4, #8
       4      cause_between "red", $2.at, #5
       5        kernel least of #6 as $3 if at > $2.at take field told — 8 + 2·tests steps at most
       6          need #7 — kept for the whole evaluation
       7            kernel list of section tests as $2 if kind == "good" — kept for the whole evaluation; 3 + tests steps at most
       8      one $2
    exact form
       1  let v0 = #2 in #4
       2    scan list of section tests as $2 where #3 — 2 + 5·tests steps at most; at 3:22
       3      equal $2.kind, "good"
       4    scan list of #5 as $4 take #9 — 3 + 24·tests + 10·tests² steps at most; at 5:11
       5      scan list of section tests as $3 where #6 — 2 + 10·tests steps at most; at 4:11
       6        and #7, #8
       7          equal $3.kind, "bad"
       8          less $3.pool, 5 — at 4:48
       9      because #10, #16 — at 5:86
      10        cause_between "red", $4.at, #11 — at 5:19
      11          scan least of #12 as $7 — 5 + 10·tests steps at most; at 5:74
      12            scan list of #13 as $6 take $6.told — 4 + 9·tests steps at most; at 5:58
      13              scan list of #14 as $5 where #15 — 3 + 6·tests steps at most; at 5:34
      14                need v0 — at 5:34
      15                greater $5.at, $4.at — at 5:50
      16        one $4
"#;
    let found = told("code/bad_test", false, Lang::En).unwrap();
    let start = found.split("caps: ").nth(1).unwrap();
    let number = start.split(' ').next().unwrap();
    assert_eq!(found, expected.replace("CAPS", number), "{found}");
}

#[test]
fn what_another_rule_keeps_for_the_evaluation_stands_there() {
    let whole = told("", false, Lang::En).unwrap();
    let (_, good) = whole.split_once("code/good_test — ").unwrap();
    let (_, fast) = good.split_once("ends of time\n").unwrap();
    let line = fast.lines().next().unwrap();
    assert!(
        line.starts_with("       1  scan list of 62/2022-01-01/code/bad_test#7 as $2 take #2"),
        "{line}"
    );
}

#[test]
fn constants_are_told_as_what_they_are_and_tables_by_name() {
    let good = told("good_test", false, Lang::En).unwrap();
    assert!(good.contains("days_later $2.at, days(7)"), "{good}");
    let stay = told("stay", false, Lang::En).unwrap();
    assert!(stay.contains("during table areas, $2"), "{stay}");
    assert!(stay.contains(r#"if level == "high""#), "{stay}");
    assert!(stay.contains("stays·rows(areas)"), "{stay}");
}

#[test]
fn each_step_of_the_optimiser_is_shown_by_its_name() {
    let found = told("bad_test", true, Lang::En).unwrap();
    let headings: Vec<&str> = found
        .lines()
        .filter_map(|line| line.strip_prefix("    after the step "))
        .collect();
    assert_eq!(headings, ["inline", "fuse", "share", "keep", "kernel"]);
}

#[test]
fn a_rule_is_found_by_the_end_of_its_path_and_words_come_in_both_languages() {
    assert!(told("62/2022-01-01/code/stay", false, Lang::En).is_some());
    assert_eq!(told("tay", false, Lang::En), None);
    let chinese = told("code/stay", false, Lang::ZhCn).unwrap();
    assert!(chinese.contains("    读取 stays, areas\n"), "{chinese}");
    assert!(chinese.contains("during table areas, $2"), "{chinese}");
}
