//! `longma explain` and `longma test --coverage`, as a user sees them.

use crate::common::{copy_of_rules, edit, longma};
use serde_json::Value as Json;
use std::fs;
use unicode_width::UnicodeWidthStr;

const TABLE: &str = "risk_areas=rules/reference/risk_areas.sample.csv";

fn explain(more: &[&str]) -> crate::common::Said {
    let facts = "rules/samples/companion.json";
    let at = "2022-03-10T15:00:00+08:00";
    let mut args = vec!["explain", "--facts", facts, "--at", at];
    args.extend(more);
    longma(&args)
}

#[test]
fn the_companion_is_yellow_and_is_told_why_and_why_not_otherwise() {
    let more = ["--lang", "en", "--reference", TABLE, "--decision", "code"];
    let said = explain(&more).ends(0).tells(&[
        "why not Red:  no rule gives it a cause",
        "why not Green:  first this would have to end: time_space_companion",
        "+ holds: Companion in time and space",
        "= Yellow, 2022-03-10 09:00:00 – 2022-03-10 21:00:00",
        "/contacts/0  c.kind == \"close\" is false (c.kind is \"time_space\")",
        "the section entries is empty",
    ]);
    assert!(!said.out.contains("Gold code"), "{}", said.out);
}

#[test]
fn what_is_not_known_is_told_as_possible() {
    explain(&["--lang", "en", "--decision", "code"])
        .ends(0)
        .tells(&[
            "perhaps Red:  possible, as it is not known whether this holds: high_risk_stay",
            "? not known: Stayed in a high-risk area",
            "the reference table `risk_areas` was not loaded",
        ]);
}

#[test]
fn a_narrow_page_in_chinese_keeps_to_its_columns() {
    let said = explain(&["--lang", "zh-CN", "--reference", TABLE, "--width", "44"]);
    let said = said.ends(0).tells(&["+ 成立", "为什么不是红码"]);
    for line in said.out.lines() {
        assert!(line.width() <= 44, "{line}");
    }
}

#[test]
fn the_json_holds_every_rule_of_the_policy_once() {
    let said = explain(&["--reference", TABLE, "--json"]).ends(0);
    let told: Json = serde_json::from_str(&said.out).unwrap();
    assert_eq!(told["longma_explanation"], 1);
    let decisions = told["decisions"].as_array().unwrap();
    let rules = decisions
        .iter()
        .flat_map(|d| d["rules"].as_array().unwrap());
    let mut names: Vec<&str> = rules.map(|rule| rule["rule"].as_str().unwrap()).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
    assert!(names.contains(&"cn/2021-05-14/code/close_contact"));
    assert!(names.contains(&"62/validity-2020-02-21/validity/issued"));
}

#[test]
fn a_decision_that_is_not_there_is_a_mistake_of_the_command_line() {
    explain(&["--lang", "en", "--decision", "colour"])
        .ends(2)
        .complains(&["colour", "code"]);
}

#[test]
fn a_page_to_standard_output_is_all_that_stands_there() {
    let coverage = ["test", "62/2022-03-07", "--coverage", "--html", "-"];
    let page = longma(&coverage).ends(0);
    assert!(page.out.starts_with("<!DOCTYPE html>") && page.out.trim_end().ends_with("</html>"));
    assert_eq!(page.err, "");
    let packs = ["compare", "cn/2021-05-14", "cn/2022-06-28", "--html", "-"];
    let persons = ["--generate", "3", "--examples", "0"];
    let compare = [&packs[..], &persons[..]].concat();
    let page = longma(&compare).ends(0).out;
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    for command in [&coverage[..], &compare[..]] {
        longma(&[command, &["--json"]].concat())
            .ends(2)
            .complains(&["a page and JSON", "--html"]);
    }
}

#[test]
fn cases_that_exercise_less_than_the_pack_asks_for_fail() {
    let folder = copy_of_rules("below");
    let pack = folder.join("rules/packs/62/validity-2020-02-21");
    let packs = folder.join("rules/packs");
    let (packs, html) = (packs.to_str().unwrap(), folder.join("coverage.html"));
    let args = [
        "test",
        "62/validity-2020-02-21",
        "--lang",
        "en",
        "--packs",
        packs,
    ];
    let covered = [&args[..], &["--coverage", "--html", html.to_str().unwrap()]].concat();
    longma(&covered).ends(0).tells(&["What the cases exercise"]);
    let script = fs::read_to_string(pack.join("validity.rhai")).unwrap();
    let script = format!("{script}\nprivate fn either(a, b) {{ a ?? b }}\n");
    fs::write(pack.join("validity.rhai"), script).unwrap();
    longma(&args).ends(0);
    longma(&covered).ends(1).tells(&[
        "No case reaches the function either.",
        "validity.rhai:10:27",
        "branches: 33 % (1 of 3) are exercised; the pack asks for at least 100 %",
        "branches = 100",
    ]);
    let page = fs::read_to_string(&html).unwrap();
    assert!(page.contains("<mark class=\"gap\">either</mark>"), "{page}");
    edit(&pack.join("pack.toml"), "branches = 100", "branches = 33");
    longma(&covered).ends(0);
}
