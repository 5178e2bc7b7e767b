//! Packs in series: each changes on its own days, and decisions read across them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use longma_compile::{Bundle, PackSource};
use longma_core::{Catalogue, Instant, Outcome, Request};
use longma_tests::loaded;
use serde_json::{Value as Json, json};

/// A pack with one decision of one rule.
fn pack(id: &str, from: &str, until: Option<&str>, decision: &str, rule: &str) -> PackSource {
    let text = |words: &str| json!({ "zh-CN": words, "en": words });
    let mut effective = json!({ "from": from });
    if let Some(until) = until {
        effective["until"] = json!(until);
    }
    let levels = json!({ "no": text("no"), "yes": text("yes") });
    let caption = json!({ "caption": text("why"), "release": text("until when") });
    let source: Json = json!({
        "id": id,
        "manifest": {
            "subject": "person", "version": "1", "title": text(id), "authority": text("test"),
            "effective": effective,
            "sources": { "s": { "title": text("source"), "grade": "A" } },
            "decisions": { decision: { "scale": ["no", "yes"], "colours": ["grey", "blue"] } },
        },
        "captions": { decision: { "name": text(decision), "levels": levels, "rules": { "rule": caption } } },
        "scripts": { decision: format!("/// source: s\n{rule}") },
    });
    serde_json::from_value(source).unwrap()
}

fn bundle(packs: Vec<PackSource>) -> Bundle {
    Bundle {
        packs,
        ..loaded().bundle
    }
}

fn codes(packs: Vec<PackSource>) -> Vec<String> {
    let problems = longma_oracle::load(&bundle(packs)).unwrap_err();
    problems
        .into_iter()
        .map(|problem| problem.code.to_string())
        .collect()
}

fn plan(until: Option<&str>) -> PackSource {
    let rule = "fn rule(issuance) { issuance.map(|i| yes(i.issued_at, ())) }";
    pack(
        "62/2022-01-01",
        "2022-01-01T00:00:00+08:00",
        until,
        "first",
        rule,
    )
}

fn overlay() -> PackSource {
    let rule = "fn rule(first) { yes(first.when(\"yes\")) }";
    pack(
        "62/gold-2022-03-01",
        "2022-03-01T00:00:00+08:00",
        None,
        "second",
        rule,
    )
}

fn decided(catalogue: &Catalogue, decisions: Option<&[&str]>) -> Outcome {
    let facts = json!({
        "subject": "person",
        "identity": { "name": "测试甲", "document": { "type": "other", "number": "T-1" }, "region": "620102" },
        "issuance": [ { "issued_at": "2022-02-01T00:00:00+08:00" } ],
    });
    let request = Request {
        decisions,
        ..Request::default()
    };
    catalogue.evaluate(&facts.to_string(), request).unwrap()
}

fn level(outcome: &Outcome, decision: &str, at: &str) -> String {
    outcome
        .at(decision, Instant::parse(at).unwrap())
        .unwrap()
        .level_name()
        .to_owned()
}

#[test]
fn a_decision_reads_one_of_another_series() {
    let catalogue = longma_oracle::load(&bundle(vec![overlay(), plan(None)])).unwrap();
    let outcome = decided(&catalogue, None);
    assert_eq!(level(&outcome, "first", "2022-02-15T00:00:00+08:00"), "yes");
    assert_eq!(
        level(&outcome, "second", "2022-02-15T00:00:00+08:00"),
        "unknown"
    );
    assert_eq!(
        level(&outcome, "second", "2022-03-01T00:00:00+08:00"),
        "yes"
    );
}

#[test]
fn a_change_in_one_series_cuts_no_timeline_of_another() {
    let catalogue = longma_oracle::load(&bundle(vec![overlay(), plan(None)])).unwrap();
    let outcome = decided(&catalogue, None);
    let first = outcome.decisions()["first"].timeline();
    // Before the pack, before the issue, after the issue; no boundary on 2022-03-01.
    assert_eq!(first.segments().len(), 3);
    let last = first.segments().last().unwrap();
    assert_eq!(last.packs(), ["62/2022-01-01"]);
}

#[test]
fn where_the_series_that_is_read_has_no_pack_the_reader_is_unknown() {
    let plan = plan(Some("2022-06-01T00:00:00+08:00"));
    let catalogue = longma_oracle::load(&bundle(vec![overlay(), plan])).unwrap();
    let outcome = decided(&catalogue, None);
    assert_eq!(
        level(&outcome, "second", "2022-05-31T23:59:59+08:00"),
        "yes"
    );
    assert_eq!(
        level(&outcome, "second", "2022-06-01T00:00:00+08:00"),
        "unknown"
    );
}

#[test]
fn packs_of_one_series_may_not_overlap_and_of_two_may() {
    let mut again = overlay();
    again.id = "62/gold-2022-04-01".to_owned();
    again.manifest.effective.from = Some("2022-04-01T00:00:00+08:00".to_owned());
    assert_eq!(codes(vec![plan(None), overlay(), again]), ["pack-overlap"]);
}

#[test]
fn two_series_may_not_declare_one_decision() {
    let mut other = plan(None);
    other.id = "62/gold-2022-01-01".to_owned();
    assert_eq!(codes(vec![plan(None), other]), ["decision-redeclared"]);
}

#[test]
fn a_circle_through_two_series_is_refused() {
    let rule = "fn rule(second) { yes(second.when(\"yes\")) }";
    let plan = pack(
        "62/2022-01-01",
        "2022-01-01T00:00:00+08:00",
        None,
        "first",
        rule,
    );
    assert_eq!(codes(vec![plan, overlay()]), ["decision-cycle"]);
}

#[test]
fn a_name_that_is_no_series_is_refused() {
    for id in [
        "62/Gold-2022-01-01",
        "62/-2022-01-01",
        "62/gold2022-01-01",
        "62/gold-2022-13-01",
    ] {
        let mut odd = plan(None);
        odd.id = id.to_owned();
        assert_eq!(codes(vec![odd]), ["pack-id"], "{id}");
    }
}

#[test]
fn only_what_is_asked_for_is_run() {
    let catalogue = longma_oracle::load(&bundle(vec![overlay(), plan(None)])).unwrap();
    // The start of `second` splits the history, but the rule of `first` is the same on both
    // sides and runs once.
    assert_eq!(catalogue.policies("620102").len(), 3);
    assert_eq!(decided(&catalogue, None).rules_run(), 2);
    assert_eq!(decided(&catalogue, Some(&["first"])).rules_run(), 1);
    let second = decided(&catalogue, Some(&["second"]));
    assert_eq!(second.rules_run(), 2);
    assert_eq!(second.decisions().keys().collect::<Vec<_>>(), ["second"]);
}

#[test]
fn a_decision_that_is_asked_for_and_not_known_is_a_problem() {
    let catalogue = longma_oracle::load(&bundle(vec![plan(None)])).unwrap();
    let facts = r#"{"subject":"person","identity":{"name":"甲","document":{"type":"other","number":"1"},"region":"620102"}}"#;
    let request = Request {
        decisions: Some(&["frist"]),
        ..Request::default()
    };
    let problems = catalogue.evaluate(facts, request).unwrap_err();
    assert_eq!(problems.as_slice()[0].code.as_str(), "unknown-decision");
}

#[test]
fn a_pack_that_inherits_by_id_follows_the_plan_that_its_parent_inherits() {
    // Two national plans, one after the other; a regional pack that inherits the national
    // one, and a later one that inherits that regional pack by its id.
    let change = "2022-03-01T00:00:00+08:00";
    let rule = |days: u32| {
        format!(
            "fn rule(issuance) {{ issuance.map(|i| yes(i.issued_at, i.issued_at + days({days}))) }}"
        )
    };
    let first = "2022-01-01T00:00:00+08:00";
    let country = pack("cn/2022-01-01", first, Some(change), "first", &rule(1));
    let later = pack("cn/2022-03-01", change, None, "first", &rule(3));
    let child = |id: &str, from: &str, until: Option<&str>, parent: &str| {
        let mut child = pack(id, from, until, "first", &rule(1));
        child.manifest.decisions.clear();
        child.captions.clear();
        child.scripts.clear();
        child.manifest.inherits = Some(parent.to_owned());
        child
    };
    let turn = "2022-02-01T00:00:00+08:00";
    let parent = child("62/2022-01-01", first, Some(turn), "cn");
    let own = child("62/2022-02-01", turn, None, "62/2022-01-01");
    let catalogue = longma_oracle::load(&bundle(vec![country, later, parent, own])).unwrap();
    let of = |at: &str| -> Vec<Vec<String>> {
        let at = Instant::parse(at).unwrap();
        let policies = catalogue.policies("620000").iter();
        policies
            .filter(|policy| policy.span().contains(at))
            .map(|policy| policy.packs().to_vec())
            .collect()
    };
    let line = |plan: &str| vec![["62/2022-02-01", "62/2022-01-01", plan].map(str::to_owned)];
    assert_eq!(of("2022-02-15T00:00:00+08:00"), line("cn/2022-01-01"));
    assert_eq!(of("2022-03-15T00:00:00+08:00"), line("cn/2022-03-01"));
}
