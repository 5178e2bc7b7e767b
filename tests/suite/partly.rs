//! Facts that are partly wrong: the rest decides, whatever needs the wrong part is
//! unknown, and each problem is reported with its place.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use longma_core::{Catalogue, Instant, Outcome, Place, Problem, Request, Severity};
use longma_records::inspect::{decide, inspect};
use longma_tests::{catalogue, references, sample_areas};
use serde_json::{Value as Json, json};
use std::sync::LazyLock;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(catalogue);

fn received() -> Instant {
    Instant::parse("2022-07-10T09:00:00+08:00").unwrap()
}

/// A person with nothing to report: every section that colours and gold read is empty.
fn person(sections: &Json) -> Json {
    let mut facts = json!({
        "subject": "person",
        "identity": {
            "name": "测试甲", "document": { "type": "other", "number": "TEST-1" },
            "birth_date": "2000-01-01", "region": "110101",
        },
        "issuance": [], "diagnoses": [], "contacts": [], "stays": [], "entries": [], "tests": [],
        "vaccinations": [], "symptoms": [], "isolation": [], "flags": [],
    });
    for (name, value) in sections.as_object().unwrap() {
        facts[name.as_str()] = value.clone();
    }
    facts
}

fn code(outcome: &Outcome) -> (String, Option<String>) {
    let status = outcome.at("code", received()).unwrap();
    let at_least = status.at_least_name().map(str::to_owned);
    (status.level_name().to_owned(), at_least)
}

fn pointer(problem: &Problem) -> &str {
    match &problem.place {
        Place::Facts { pointer } => pointer,
        _ => "",
    }
}

fn found(facts: &Json) -> Vec<(String, String)> {
    inspect(&CATALOGUE, &facts.to_string(), received())
        .iter()
        .map(|problem| (problem.code.to_string(), pointer(problem).to_owned()))
        .collect()
}

fn decided(facts: &Json) -> Outcome {
    let header = sample_areas().lines().next().unwrap();
    let references = references(&CATALOGUE, header);
    let request = Request {
        decisions: Some(&["code"]),
        references: Some(&references),
        ..Request::default()
    };
    decide(&CATALOGUE, &facts.to_string(), request, received()).unwrap()
}

fn test(sampled: &str, reported: &str) -> Json {
    json!({
        "method": "nucleic_acid", "result": "negative", "pool_size": 1,
        "sampled_at": sampled, "reported_at": reported,
    })
}

#[test]
fn a_test_reported_before_it_was_sampled_leaves_what_reads_tests_unknown() {
    let facts = person(&json!({
        "contacts": [{
            "kind": "close", "last_contact": "2022-07-09T10:00:00+08:00",
            "identified_at": "2022-07-09T12:00:00+08:00",
        }],
        "tests": [test("2022-07-09T10:00:00+08:00", "2022-07-09T09:00:00+08:00")],
    }));
    // Read strictly, the document is refused.
    assert!(
        CATALOGUE
            .evaluate(&facts.to_string(), Request::default())
            .is_err()
    );
    // Read partly, the contacts alone make red certain: it is the top of the scale.
    let outcome = decided(&facts);
    assert_eq!(code(&outcome), ("red".to_owned(), None));
    let places: Vec<&str> = outcome.problems().iter().map(pointer).collect();
    assert!(
        places.iter().any(|place| place.starts_with("/tests/0")),
        "{places:?}"
    );
}

#[test]
fn what_needs_the_wrong_part_is_unknown_and_says_why() {
    let facts = person(&json!({ "contacts": [{ "kind": "friend" }] }));
    let outcome = decided(&facts);
    assert_eq!(code(&outcome).0, "unknown");
    let status = outcome.at("code", received()).unwrap();
    let reasons: Vec<&Problem> = outcome.problems_of(status.stretch()).collect();
    assert!(
        reasons
            .iter()
            .any(|it| pointer(it).starts_with("/contacts/0")),
        "{reasons:#?}"
    );
}

#[test]
fn without_the_wrong_record_the_same_person_is_green() {
    // Ensures that the two tests above do not pass for another reason.
    let fine = person(&json!({
        "tests": [test("2022-07-09T10:00:00+08:00", "2022-07-09T12:00:00+08:00")],
    }));
    let outcome = decided(&fine);
    assert_eq!(code(&outcome).0, "green", "{:#?}", outcome.problems());
}

#[test]
fn a_dose_before_birth_and_a_test_in_the_future_are_told() {
    let facts = person(&json!({
        "vaccinations": [{ "product": "CoronaVac", "dose": 1, "at": "1999-12-31" }],
        "tests": [
            test("2022-07-10T09:00:00+08:00", "2022-07-10T09:05:00+08:00"),
            test("2022-07-10T09:00:00+08:00", "2022-07-10T09:05:01+08:00"),
        ],
    }));
    // A clock may be five minutes ahead.
    assert_eq!(
        found(&facts),
        [
            ("facts-future".to_owned(), "/tests/1/reported_at".to_owned()),
            (
                "facts-before-birth".to_owned(),
                "/vaccinations/0/at".to_owned()
            ),
        ]
    );
    let born = person(&json!({
        "vaccinations": [{ "product": "CoronaVac", "dose": 1, "at": "2000-01-01" }],
    }));
    assert_eq!(found(&born), []);
}

#[test]
fn a_planned_end_may_lie_ahead() {
    let facts = person(&json!({
        "isolation": [{
            "kind": "home", "reason": "other",
            "from": "2022-07-09T10:00:00+08:00", "until": "2022-07-16T10:00:00+08:00",
        }],
    }));
    assert_eq!(found(&facts), []);
}

#[test]
fn a_record_that_stands_twice_is_a_warning_and_decides_as_once() {
    let once = test("2022-07-09T10:00:00+08:00", "2022-07-09T12:00:00+08:00");
    let facts = person(&json!({ "tests": [once, once] }));
    let found = inspect(&CATALOGUE, &facts.to_string(), received());
    let [problem] = found.as_slice() else {
        panic!("{found:#?}")
    };
    assert_eq!(
        (problem.code.as_str(), pointer(problem)),
        ("facts-twice", "/tests/1")
    );
    assert_eq!(problem.severity, Severity::Warning);
}

#[test]
fn a_document_that_says_nobody_or_a_manual_cause_that_cannot_be_read_is_refused() {
    let mut nobody = person(&json!({}));
    nobody["identity"] = json!({ "name": "测试甲" });
    let mut hand = person(&json!({}));
    hand["overrides"] = json!([{ "decision": "code", "level": "red" }]);
    for facts in [
        nobody.to_string(),
        hand.to_string(),
        "{".to_owned(),
        "[]".to_owned(),
    ] {
        let answer = decide(&CATALOGUE, &facts, Request::default(), received());
        assert!(answer.is_err(), "{facts}");
    }
}

/// A look at decoded facts decides whether a document has to be inspected at all.
#[test]
fn what_is_trusted_is_what_inspection_leaves() {
    let mut left = [0, 0, 0];
    for seed in 0..400 {
        let mut facts = longma_tests::persons::person(seed);
        let mut document = |kind: &str, number: &str| {
            facts["identity"]["document"] = json!({ "type": kind, "number": number });
        };
        match seed % 8 {
            0 => document("resident_id", "999999199001010016"),
            1 => document("resident_id", "999999 650101 001"),
            2 => document("resident_id", "999999199001010017"),
            3 => document("passport", "无"),
            // Born in June 2022, by the number and in words.
            4 => document("resident_id", "999999202206200010"),
            5 => facts["identity"]["birth_date"] = "2022-06-20".into(),
            6 if facts["dependants"][0].is_object() => {
                facts["dependants"][0]["document"]["type"] = "resident_id".into();
            }
            _ => {}
        }
        let text = facts.to_string();
        for received in [
            "2020-03-01T00:00:00+08:00",
            "2022-07-01T00:00:00+08:00",
            "2023-06-01T00:00:00+08:00",
        ] {
            let received = Instant::parse(received).unwrap();
            let mut doubted = inspect(&CATALOGUE, &text, received);
            doubted.retain(|problem| problem.severity == Severity::Error);
            let explained = CATALOGUE.read_facts_partly(&text, &doubted);
            let trusted = longma_records::inspect::trusted(&CATALOGUE, &text, Some(received));
            assert_eq!(trusted, explained, "{text}");
            let kind = match &explained {
                Ok(_) if doubted.is_empty() => 0,
                Ok(_) => 1,
                Err(_) => 2,
            };
            left[kind] += 1;
        }
    }
    // Sound, in part, refused: all three came up often.
    assert!(left.iter().all(|count| *count > 50), "{left:?}");
}

#[test]
fn a_section_of_which_a_part_is_known_is_unknown_and_a_slip_in_its_name_is_refused() {
    let visit =
        json!({ "venue": "T-1", "entered_at": "2022-07-10T08:00:00+08:00", "presence": "on_site" });
    let mut facts = person(&json!({ "visits": [visit], "incomplete": ["visits"] }));
    let read = |facts: &Json| CATALOGUE.read_facts_partly(&facts.to_string(), &[]);
    let whole = read(&facts).unwrap();
    assert!(!whole.knows("visits") && whole.knows("contacts"));
    // A slip would make the visits that are there pass for all.
    facts["incomplete"] = json!(["visit"]);
    let problems = read(&facts).unwrap_err();
    assert_eq!(pointer(&problems.as_slice()[0]), "/incomplete/0");
}
