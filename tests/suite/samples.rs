//! Checks every sample subject in rules/samples/index.json against its story. The expected
//! results are stored with each sample, so that guides, demo and tests tell the same
//! stories and none of them goes stale.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use longma_core::{Catalogue, Instant, Outcome, Place, Problem, References, Request};
use longma_passes::exposure;
use longma_records::inspect;
use longma_tests::{catalogue, rules};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::fs;
use std::sync::LazyLock;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(catalogue);
static SAMPLES: LazyLock<Vec<Json>> = LazyLock::new(|| {
    let text = fs::read_to_string(rules().join("samples/index.json")).unwrap();
    serde_json::from_str(&text).unwrap()
});

/// The fields of a sample. `tables` names the invented tables in rules/reference that it is
/// decided with; `problems` lists what is wrong with it.
const FIELDS: [&str; 8] = [
    "file", "subject", "name", "look", "at", "tables", "problems", "expect",
];

/// Fields of an expectation that are not decisions. Every other field is a decision's name
/// and holds its level.
const NOT_A_DECISION: [&str; 3] = ["time", "rules", "at_least"];

fn text<'a>(value: &'a Json, pointer: &str) -> &'a str {
    value
        .pointer(pointer)
        .and_then(Json::as_str)
        .unwrap_or_else(|| panic!("no text at {pointer} in {value}"))
}

fn list<'a>(value: &'a Json, name: &str) -> &'a [Json] {
    value
        .get(name)
        .map_or(&[], |list| list.as_array().unwrap().as_slice())
}

fn facts(sample: &Json) -> String {
    let path = rules().join("samples").join(text(sample, "/file"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn tables(sample: &Json) -> References {
    let mut references = References::none();
    for name in list(sample, "tables") {
        let name = name.as_str().unwrap();
        let path = rules().join(format!("reference/{name}.sample.csv"));
        let csv = fs::read_to_string(path).unwrap();
        references.insert(CATALOGUE.read_reference(name, &csv).unwrap());
    }
    references
}

/// An instant after the end of all stories, so that no record lies in the future.
fn today() -> Instant {
    Instant::parse("2028-01-01T00:00:00+08:00").unwrap()
}

fn places(problems: &[Problem]) -> Vec<(String, String)> {
    problems
        .iter()
        .filter_map(|problem| match &problem.place {
            Place::Facts { pointer } => Some((problem.code.to_string(), pointer.clone())),
            _ => None,
        })
        .collect()
}

/// The problems that the index lists for a sample.
fn told(sample: &Json) -> Vec<(String, String)> {
    list(sample, "problems")
        .iter()
        .map(|it| {
            (
                text(it, "/code").to_owned(),
                text(it, "/pointer").to_owned(),
            )
        })
        .collect()
}

/// All differences between a sample's result and its story.
fn against(sample: &Json) -> Vec<String> {
    let file = text(sample, "/file");
    let facts = facts(sample);
    let references = tables(sample);
    let request = Request {
        references: Some(&references),
        ..Request::default()
    };
    let mut wrong = Vec::new();
    let strict = CATALOGUE.evaluate(&facts, request);
    let refused = strict.as_ref().err();
    let found = match refused {
        Some(problems) => places(problems.as_slice()),
        None => places(&inspect::inspect(&CATALOGUE, &facts, today())),
    };
    if found != told(sample) {
        wrong.push(format!("{file}: {refused:?} {found:?}"));
    }
    match inspect::decide(&CATALOGUE, &facts, request, today()) {
        Ok(outcome) => {
            // A document without errors gives the same outcome in both modes.
            if let Ok(strict) = &strict {
                assert_eq!(strict.json(), outcome.json(), "{file}");
            }
            if list(sample, "expect").is_empty() {
                wrong.push(format!("{file}: is decided, and its story says nothing"));
            }
            for expected in list(sample, "expect") {
                wrong.extend(unlike(file, &outcome, expected));
            }
        }
        Err(problems) => {
            if !list(sample, "expect").is_empty() || told(sample).is_empty() {
                wrong.push(format!("{file}: {problems:?}"));
            }
        }
    }
    wrong
}

/// What differs from the expectation at one instant.
fn unlike(file: &str, outcome: &Outcome, expected: &Json) -> Vec<String> {
    let time = text(expected, "/time");
    let instant = Instant::parse(time).unwrap();
    let fields = expected.as_object().unwrap();
    let mut wrong = Vec::new();
    let mut active = BTreeSet::new();
    let mut named = 0;
    for (decision, level) in fields {
        if NOT_A_DECISION.contains(&decision.as_str()) {
            continue;
        }
        named += 1;
        let Some(status) = outcome.at(decision, instant) else {
            wrong.push(format!("{file} {time}: nothing decides `{decision}`"));
            continue;
        };
        if Some(status.level_name()) != level.as_str() {
            wrong.push(format!(
                "{file} {time}: {decision} is {} and not {level}",
                status.level_name()
            ));
        }
        if let Some(least) = fields.get("at_least")
            && status.at_least_name() != least.as_str()
        {
            wrong.push(format!(
                "{file} {time}: {decision} is at least {:?}",
                status.at_least_name()
            ));
        }
        active.extend(status.causes().map(|cause| {
            if cause.rule().starts_with("manual/") {
                return "manual".to_owned();
            }
            cause
                .rule()
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned()
        }));
    }
    if named == 0 {
        wrong.push(format!("{file} {time}: no decision is named"));
    }
    if fields.contains_key("rules") {
        let rules: BTreeSet<String> = list(expected, "rules")
            .iter()
            .map(|rule| rule.as_str().unwrap().to_owned())
            .collect();
        if rules != active {
            wrong.push(format!("{file} {time}: the rules are {active:?}"));
        }
    }
    wrong
}

#[test]
fn every_sample_holds_to_its_story() {
    let wrong: Vec<String> = SAMPLES.iter().flat_map(against).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_story_that_is_not_so_is_noticed() {
    // Shows that the test above can fail: another level, another rule, one more rule.
    let mut sample = SAMPLES
        .iter()
        .find(|it| text(it, "/file") == "close-contact.json")
        .unwrap()
        .clone();
    let expect = r#"[
        { "time": "2022-07-15T10:00:00+08:00", "code": "red" },
        { "time": "2022-07-15T10:00:00+08:00", "code": "yellow", "rules": ["close_contact"] },
        { "time": "2022-07-15T10:00:00+08:00", "code": "yellow", "rules": [] },
        { "time": "2022-07-15T10:00:00+08:00", "code": "yellow", "at_least": "yellow" },
        { "time": "2022-07-15T10:00:00+08:00", "colour": "yellow" },
        { "time": "2022-07-15T10:00:00+08:00" }
    ]"#;
    let expect: Vec<Json> = serde_json::from_str(expect).unwrap();
    for one in expect {
        sample["expect"] = Json::from(vec![one.clone()]);
        assert_eq!(against(&sample).len(), 1, "{one}");
    }
}

#[test]
fn every_file_is_listed_once_and_every_entry_has_its_file() {
    let listed: Vec<&str> = SAMPLES.iter().map(|it| text(it, "/file")).collect();
    let once: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(once.len(), listed.len(), "a file is listed twice");
    let there: BTreeSet<String> = fs::read_dir(rules().join("samples"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "json"))
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .filter(|name| name != "index.json")
        .collect();
    assert_eq!(
        once.into_iter().map(str::to_owned).collect::<BTreeSet<_>>(),
        there
    );
}

#[test]
fn every_entry_says_what_it_is_in_both_languages() {
    assert!(SAMPLES.len() >= 24, "only {} samples", SAMPLES.len());
    let mut names = BTreeSet::new();
    for sample in SAMPLES.iter() {
        let file = text(sample, "/file");
        for name in sample.as_object().unwrap().keys() {
            assert!(FIELDS.contains(&name.as_str()), "{file}: `{name}`");
        }
        let facts: Json = serde_json::from_str(&facts(sample)).unwrap();
        assert_eq!(text(sample, "/subject"), text(&facts, "/subject"), "{file}");
        Instant::parse(text(sample, "/at")).unwrap();
        for part in ["name", "look"] {
            let zh = text(sample, &format!("/{part}/zh-CN"));
            let en = text(sample, &format!("/{part}/en"));
            let is_han = |sign: char| ('\u{4e00}'..='\u{9fff}').contains(&sign);
            assert!(zh.contains(is_han), "{file}: {part}: {zh}");
            assert!(
                !en.contains(is_han) && !en.trim().is_empty(),
                "{file}: {part}: {en}"
            );
            assert_ne!(zh, en, "{file}");
        }
        assert!(
            names.insert(text(sample, "/name/en")),
            "{file}: a name is used twice"
        );
    }
}

/// Every string under this name, anywhere in the document.
fn under<'a>(value: &'a Json, name: &str, found: &mut Vec<&'a str>) {
    match value {
        Json::Object(fields) => {
            for (key, field) in fields {
                if key == name {
                    found.extend(field.as_str());
                }
                under(field, name, found);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| under(item, name, found)),
        _ => {}
    }
}

#[test]
fn nobody_in_the_samples_is_real() {
    for sample in SAMPLES.iter() {
        let file = text(sample, "/file");
        let facts: Json = serde_json::from_str(&facts(sample)).unwrap();
        let (mut numbers, mut names) = (Vec::new(), Vec::new());
        under(
            facts.pointer("/identity/document").unwrap_or(&Json::Null),
            "number",
            &mut numbers,
        );
        under(
            facts.get("dependants").unwrap_or(&Json::Null),
            "number",
            &mut numbers,
        );
        for section in ["identity", "visits", "scans", "presented"] {
            let section = facts.get(section).unwrap_or(&Json::Null);
            for name in ["code", "venue", "person"] {
                under(section, name, &mut numbers);
            }
        }
        let invented = |number: &&str| {
            ["TEST-", "999999", "CASE-"]
                .iter()
                .any(|prefix| number.starts_with(prefix))
        };
        let real: Vec<&&str> = numbers.iter().filter(|it| !invented(it)).collect();
        assert!(real.is_empty(), "{file}: {real:?}");
        let person = text(sample, "/subject") == "person";
        assert!(!person || !numbers.is_empty(), "{file}: no document");
        under(facts.get("identity").unwrap(), "name", &mut names);
        under(
            facts.get("dependants").unwrap_or(&Json::Null),
            "name",
            &mut names,
        );
        let sounds_real = |name: &&&str| !["样", "虚构"].iter().any(|mark| name.starts_with(mark));
        let real: Vec<&&str> = names.iter().filter(sounds_real).collect();
        assert!(real.is_empty(), "{file}: {real:?}");
    }
}

/// The salt of the invented list of exposure events, as given in rules/README.md.
const SALT: &str = "sample-list-2022";

#[test]
fn the_digests_of_visits_are_those_of_the_invented_list() {
    let mut compared = 0;
    for sample in SAMPLES.iter() {
        let facts: Json = serde_json::from_str(&facts(sample)).unwrap();
        for visit in list(&facts, "visits") {
            let digest = exposure::digest(SALT, text(visit, "/venue"));
            assert_eq!(text(visit, "/digest"), digest, "{}", text(sample, "/file"));
            compared += 1;
        }
    }
    assert!(compared > 0, "no sample visits a venue");
}
