#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
use super::*;
use crate::small::{bundle, pack, person};
use longma_lang::syntax::Lines;
use serde_json::{Value as Json, json};

const SCRIPT: &str = "/// source: s
fn close(contacts, params) {
    contacts.filter(|c| c.kind == \"close\" && c.note != ())
            .map(|c| red(c.at, c.at + params.quarantine).because(c))
}

/// source: s
fn tested(tests) {
    tests.map(|t| colour(t))
}

private fn colour(t) {
    let end = t.at + hours(1);
    switch t.result {
        \"positive\" => red(t.at, end),
        _ => if end > t.at { yellow(t.at, end) } else { () }
    }
}

private fn either(a, b) {
    a ?? b
}
";

fn case(facts: &Json, at: &[(&str, &str, &[&str])]) -> Case {
    let at = at.iter().map(|(time, level, rules)| Expectation {
        time: (*time).to_owned(),
        levels: [("code".to_owned(), (*level).to_owned())].into(),
        rules: Some(rules.iter().map(|rule| (*rule).to_owned()).collect()),
        because: None,
        sources: None,
        says: BTreeSet::new(),
        at_least: None,
    });
    Case {
        pack: "cn/2022-01-01".to_owned(),
        file: String::new(),
        line: 1,
        index: 0,
        name: String::new(),
        facts: person(facts.clone()),
        references: BTreeMap::new(),
        at: at.collect(),
        problems: Vec::new(),
        shuffle: false,
    }
}

fn measured(cases: &[Case], minimum: Json) -> PackCoverage {
    let mut pack = pack("cn/2022-01-01", 7, SCRIPT);
    if let Some(manifest) = pack["manifest"].as_object_mut() {
        manifest.insert("coverage".to_owned(), minimum);
    }
    let bundle = bundle(&[pack]);
    let watched = Watched::load(&bundle).unwrap();
    let mut coverage = measure(&bundle, &watched, cases, &[]);
    coverage.packs.remove(0)
}

/// The gaps: the kind, the function, and the script text.
fn gaps(cases: &[Case]) -> Vec<(What, String, String)> {
    let coverage = measured(cases, json!({}));
    let lines = Lines::new(SCRIPT);
    let gaps = coverage.gaps().map(|(place, _)| {
        let bytes = lines.byte(place.range.start)..lines.byte(place.range.end);
        let text = SCRIPT.get(bytes).unwrap_or_default();
        (place.what, place.function.clone(), text.to_owned())
    });
    gaps.collect()
}

#[track_caller]
fn check(cases: &[Case], expected: &[(What, &str, &str)]) {
    let expected: Vec<(What, String, String)> = expected
        .iter()
        .map(|(what, function, text)| (*what, (*function).to_owned(), (*text).to_owned()))
        .collect();
    assert_eq!(gaps(cases), expected);
}

fn contact(kind: &str, note: Option<&str>) -> Json {
    let mut contact = json!({ "kind": kind, "at": "2022-07-01T10:00:00+08:00" });
    if let Some(note) = note {
        contact["note"] = json!(note);
    }
    contact
}

const DURING: &str = "2022-07-02T10:00:00+08:00";
const END: &str = "2022-07-08T10:00:00+08:00";

/// The gaps of `either`, which nothing calls.
const EITHER: [(What, &str, &str); 3] = [
    (What::Function, "either", "either"),
    (What::Present, "either", "a"),
    (What::Absent, "either", "a"),
];

#[test]
fn what_no_case_reaches_is_told_with_its_place() {
    let facts = json!({ "contacts": [contact("close", Some("x"))] });
    let cases = [case(
        &facts,
        &[(DURING, "red", &["close"]), (END, "green", &[])],
    )];
    let mut expected = vec![
        (What::False, "close", "c.kind == \"close\""),
        (What::False, "close", "c.note != ()"),
        (What::Rule, "tested", "tested"),
        (What::Release, "tested", "tested"),
        (What::Caption, "tested", "tested"),
        (What::Closure, "tested", "|t| colour(t)"),
        (What::Function, "colour", "colour"),
        (What::Arm, "colour", "red(t.at, end)"),
        (
            What::Arm,
            "colour",
            "if end > t.at { yellow(t.at, end) } else { () }",
        ),
        (What::True, "colour", "end > t.at"),
        (What::False, "colour", "end > t.at"),
    ];
    expected.extend(EITHER);
    check(&cases, &expected);
}

#[test]
fn an_end_that_no_case_looks_at_and_a_rule_that_none_names_are_told() {
    let facts = json!({
        "contacts": [contact("close", Some("x")), contact("secondary", None), contact("close", None)],
        "tests": [
            { "result": "positive", "at": "2022-07-02T10:00:00+08:00" },
            { "result": "negative", "at": "2022-07-02T10:00:00+08:00" },
        ],
    });
    let mut cases = [case(&facts, &[(DURING, "red", &["close", "tested"])])];
    cases[0].at[0].rules = None;
    let mut expected = vec![
        (What::Release, "close", "close"),
        (What::Caption, "close", "close"),
        (What::Release, "tested", "tested"),
        (What::Caption, "tested", "tested"),
        (What::False, "colour", "end > t.at"),
    ];
    expected.extend(EITHER);
    check(&cases, &expected);
}

#[test]
fn a_rule_that_runs_where_no_case_looks_is_not_exercised() {
    let facts = json!({ "contacts": [contact("close", Some("x"))] });
    let mut cases = [case(&facts, &[(DURING, "red", &["close"])])];
    cases[0].at.clear();
    let coverage = measured(&cases, json!({}));
    for kind in Kind::ALL {
        assert_eq!(coverage.counts.of(kind).covered, 0, "{kind:?}");
    }
}

#[test]
fn a_share_below_the_least_asked_for_is_told_and_one_at_it_is_not() {
    let facts = json!({ "contacts": [contact("close", Some("x"))] });
    let cases = [case(
        &facts,
        &[(DURING, "red", &["close"]), (END, "green", &[])],
    )];
    let coverage = measured(
        &cases,
        json!({ "rules": 50, "captions": 51, "branches": 100 }),
    );
    assert_eq!(
        coverage.counts.rules,
        Count {
            covered: 1,
            total: 2
        }
    );
    let below: Vec<(Kind, usize)> = coverage
        .below
        .iter()
        .map(|below| (below.kind, below.count.percent()))
        .collect();
    let branches = coverage.counts.branches.percent();
    assert_eq!(below, [(Kind::Branches, branches), (Kind::Captions, 50)]);
    // Two conditions were true and two closures were called, out of thirteen branches.
    assert_eq!(
        coverage.counts.branches,
        Count {
            covered: 4,
            total: 13
        }
    );
}

#[test]
fn the_page_marks_what_is_missing_and_says_it_in_words() {
    let bundle = bundle(&[pack("cn/2022-01-01", 7, SCRIPT)]);
    let watched = Watched::load(&bundle).unwrap();
    let facts = json!({ "contacts": [contact("close", Some("x"))] });
    let cases = [case(&facts, &[(DURING, "red", &["close"])])];
    let coverage = measure(&bundle, &watched, &cases, &[]);
    let page = page(&coverage, &watched, longma_core::Lang::En);
    for text in [
        "<mark class=\"gap\">c.kind == &quot;close&quot;</mark>",
        "↳ In no case is this false.",
        "↳ No case reaches the function colour.",
        "href=\"#packs-cn-2022-01-01-code-rhai\"",
    ] {
        assert!(page.contains(text), "no {text} in\n{page}");
    }
}
