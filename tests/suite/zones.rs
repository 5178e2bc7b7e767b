//! Days by the clocks of a place that puts them for the summer, in both bodies of rules, and
//! regions outside of China.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use longma_compile::{Bundle, PackSource, compile};
use longma_core::{Catalogue, Request};
use longma_tests::loaded;
use serde_json::{Value as Json, json};

/// A pack of Bavaria with one rule, from the first of March 2022.
fn pack(rule: &str) -> PackSource {
    let text = |words: &str| json!({ "zh-CN": words, "en": words });
    let caption = json!({ "caption": text("why"), "release": text("until when") });
    let source: Json = json!({
        "id": "de-by/2022-03-01",
        "manifest": {
            "subject": "person", "version": "1", "title": text("plan"), "authority": text("test"),
            "zone": "Europe/Berlin",
            "effective": { "from": "2022-03-01T00:00:00+01:00" },
            "sources": { "s": { "title": text("source"), "grade": "A" } },
            "decisions": { "pass": { "scale": ["no", "yes"], "colours": ["grey", "blue"] } },
        },
        "captions": { "pass": {
            "name": text("pass"),
            "levels": { "no": text("no"), "yes": text("yes") },
            "rules": { "rule": caption },
        } },
        "scripts": { "pass": format!("/// source: s\n{rule}") },
    });
    serde_json::from_value(source).unwrap()
}

/// When the rule gives "yes" to somebody in the region who got a pass at `issued`.
fn yes(catalogue: &Catalogue, region: &str, issued: &str) -> Vec<String> {
    let facts = json!({
        "subject": "person",
        "identity": { "name": "甲", "document": { "type": "other", "number": "T-1" }, "region": "620102" },
        "issuance": [ { "issued_at": issued } ],
    });
    let request = Request {
        region: Some(region),
        ..Request::default()
    };
    let outcome = catalogue.evaluate(&facts.to_string(), request).unwrap();
    let outcome: Json = serde_json::from_str(&outcome.json()).unwrap();
    let stretches = outcome["decisions"]["pass"]["timeline"].as_array();
    let yes = stretches
        .into_iter()
        .flatten()
        .filter(|it| it["level"] == "yes");
    let end = |end: &Json| end.as_str().unwrap_or("…").to_owned();
    yes.flat_map(|it| [end(&it["from"]), end(&it["until"])])
        .collect()
}

/// Checks when a rule gives "yes", interpreted and compiled.
#[track_caller]
fn check(rule: &str, issued: &str, expected: &[&str]) {
    let bundle = Bundle {
        packs: vec![pack(&format!(
            "fn rule(issuance) {{ issuance.map(|i| {rule}) }}"
        ))],
        ..loaded().bundle
    };
    let oracle = longma_oracle::load(&bundle).unwrap();
    let (compiled, _) = compile(&bundle).unwrap();
    for catalogue in [oracle, compiled] {
        assert_eq!(yes(&catalogue, "de-by", issued), expected);
        assert!(yes(&catalogue, "de", issued).is_empty());
        assert!(yes(&catalogue, "620102", issued).is_empty());
    }
}

// Clocks in Germany went forward on 27 March 2022 at 02:00 and back on 30 October at 03:00.

#[test]
fn a_calendar_day_keeps_the_time_on_the_clock_and_24_hours_do_not() {
    let issued = "2022-03-26T12:00:00+01:00";
    check(
        "yes(i.issued_at, i.issued_at + days(1))",
        issued,
        &["2022-03-26T12:00:00+01:00", "2022-03-27T12:00:00+02:00"],
    );
    check(
        "yes(i.issued_at, i.issued_at + hours(24))",
        issued,
        &["2022-03-26T12:00:00+01:00", "2022-03-27T13:00:00+02:00"],
    );
    check(
        "yes(i.issued_at - days(1), i.issued_at)",
        "2022-10-30T12:00:00+01:00",
        &["2022-10-29T12:00:00+02:00", "2022-10-30T12:00:00+01:00"],
    );
}

#[test]
fn a_day_begins_and_ends_at_midnight_by_the_clock() {
    check(
        "yes(i.issued_at.date().start(), i.issued_at.date().end())",
        "2022-03-27T12:00:00+02:00",
        &["2022-03-27T00:00:00+01:00", "2022-03-28T00:00:00+02:00"],
    );
}

#[test]
fn a_window_of_every_day_follows_the_clock() {
    check(
        "yes(between(i.issued_at, i.issued_at + days(2)).daily_between(\"07:00\", \"09:00\"))",
        "2022-03-26T00:00:00+01:00",
        &[
            "2022-03-26T07:00:00+01:00",
            "2022-03-26T09:00:00+01:00",
            "2022-03-27T07:00:00+02:00",
            "2022-03-27T09:00:00+02:00",
        ],
    );
}

#[test]
fn compiled_packs_keep_the_zone() {
    let rule = "fn rule(issuance) { issuance.map(|i| yes(i.issued_at, i.issued_at + days(1))) }";
    let bundle = Bundle {
        packs: vec![pack(rule)],
        ..loaded().bundle
    };
    let bytes = longma_compile::packed(&bundle, false).unwrap();
    let read = longma_core::packed::read(&bytes).unwrap();
    assert_eq!(
        yes(&read, "de-by", "2022-03-26T12:00:00+01:00"),
        ["2022-03-26T12:00:00+01:00", "2022-03-27T12:00:00+02:00"]
    );
}
