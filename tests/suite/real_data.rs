//! Real history: the State Council's list of risk areas in Gansu, 2022.
//!
//! The file is not part of the project. It is read in place; without it, these tests
//! say that they are skipped. The facts asserted here can be checked in the file itself.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use longma_core::{Instant, Request};
use longma_tests::{catalogue, real_data, references};
use serde_json::json;

const FILE: &str = "risk-areas-gansu.csv";

/// The person stayed at the place in this line of the list:
/// 甘肃省,兰州市,七里河区,中参雅园小区,high,2022-07-08T21:00+08:00,2022-07-17T08:00+08:00
fn resident() -> String {
    json!({
        "subject": "person",
        "identity": { "name": "测试", "document": { "type": "other", "number": "T" }, "region": "620103" },
        "diagnoses": [], "contacts": [], "entries": [], "tests": [], "symptoms": [],
        "isolation": [], "flags": [], "vaccinations": [], "issuance": [],
        "stays": [{
            "province": "甘肃省", "city": "兰州市", "county": "七里河区", "community": "中参雅园小区",
            "arrived": "2022-07-01T08:00:00+08:00", "left": "2022-07-10T12:00:00+08:00",
        }],
    })
    .to_string()
}

#[test]
fn a_resident_of_lanzhous_july_outbreak_is_red_from_the_listing_until_seven_days_after_leaving() {
    let Some(csv) = real_data(FILE) else { return };
    let catalogue = catalogue();
    let references = references(&catalogue, &csv);
    let request = Request {
        region: None,
        references: Some(&references),
        ..Request::default()
    };
    let outcome = catalogue.evaluate(&resident(), request).unwrap();
    // 9th edition: 7 days of central isolation after leaving a high-risk area.
    for (time, level) in [
        ("2022-07-08T20:59:59+08:00", "green"),
        ("2022-07-08T21:00:00+08:00", "red"),
        ("2022-07-17T11:59:59+08:00", "red"),
    ] {
        let at = Instant::parse(time).unwrap();
        assert_eq!(
            outcome.at("code", at).unwrap().level_name(),
            level,
            "{time}"
        );
    }
    let end = Instant::parse("2022-07-17T12:00:00+08:00").unwrap();
    assert_ne!(outcome.at("code", end).unwrap().level_name(), "red");
    let at = Instant::parse("2022-07-10T00:00:00+08:00").unwrap();
    let stretch = outcome.at("code", at).unwrap().stretch();
    assert!(stretch.causes().any(|cause| {
        let evidence = stretch.decision().evidence(cause);
        cause.rule().ends_with("/high_risk_stay")
            && evidence.contains(&"/stays/0".to_owned())
            && evidence.iter().any(|e| e.starts_with("risk_areas#/"))
    }));
}

#[test]
fn without_the_list_the_same_resident_is_unknown_and_not_green() {
    let catalogue = catalogue();
    let outcome = catalogue.evaluate(&resident(), Request::default()).unwrap();
    let at = Instant::parse("2022-07-10T00:00:00+08:00").unwrap();
    let status = outcome.at("code", at).unwrap();
    assert_eq!(status.level_name(), "unknown");
    let codes: Vec<&str> = outcome
        .problems_of(status.stretch())
        .map(|problem| problem.code.as_str())
        .collect();
    assert_eq!(codes, ["missing-reference"]);
}

#[test]
fn the_whole_list_loads() {
    let Some(csv) = real_data(FILE) else { return };
    let rows = csv.lines().skip(1).filter(|line| !line.is_empty()).count();
    let table = catalogue().read_reference("risk_areas", &csv).unwrap();
    assert_eq!(table.len(), rows);
}
