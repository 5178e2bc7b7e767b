//! Test fixtures shared by several modules: small packs and invented persons.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::indexing_slicing, reason = "a test fails by panicking")]

use crate::merge::Dossier;
use longma_compile::{BUNDLE_FORMAT, Bundle, PackSource};
use longma_core::Catalogue;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// An invented number with an unused region code and a valid check character.
pub(crate) const NUMBER: &str = "999999199001010016";

/// A pack with two rules: a positive test is red from its report on, and a person without
/// any test is yellow.
pub(crate) fn pack(
    id: &str,
    from: Option<&str>,
    until: Option<&str>,
    corrections: &str,
) -> PackSource {
    let text = |words: &str| json!({ "zh-CN": words, "en": words });
    let mut effective = json!({});
    for (name, time) in [("from", from), ("until", until)] {
        if let Some(time) = time {
            effective[name] = time.into();
        }
    }
    let levels = json!({"green": text("green"), "yellow": text("yellow"), "red": text("red")});
    let rule = |why: &str| json!({"caption": text(why), "release": text("until when")});
    let script = "/// source: s\nfn positive(tests) {
            tests.filter(|t| t.result == \"positive\").map(|t| red(t.reported_at, ()).because(t))
        }
        /// source: s\nfn untested(tests) {
            if tests.len() == 0 { yellow(always()) }
        }\n";
    let source = json!({
        "id": id,
        "manifest": {
            "subject": "person", "version": "1", "title": text(id), "authority": text("test"),
            "corrections": corrections,
            "effective": effective,
            "sources": { "s": { "title": text("the source"), "grade": "A" } },
            "decisions": { "code": { "scale": ["green", "yellow", "red"],
                "colours": ["green", "yellow", "red"], "roles": ["face"] } },
        },
        "captions": { "code": { "name": text("code"), "levels": levels,
            "rules": { "positive": rule("a positive test"), "untested": rule("never tested") } } },
        "scripts": { "code": script },
    });
    serde_json::from_value(source).unwrap()
}

/// A catalogue of these packs, with the project's own person schema.
pub(crate) fn packs(packs: Vec<PackSource>) -> Catalogue {
    let person = include_str!("../../rules/schema/person.schema.json");
    longma_oracle::load(&Bundle {
        longma_bundle: BUNDLE_FORMAT,
        schemas: BTreeMap::from([("person".to_owned(), person.to_owned())]),
        references: BTreeMap::new(),
        places: Some(include_str!("../../rules/reference/places.csv").to_owned()),
        packs,
    })
    .unwrap()
}

/// A positive test reported at an instant.
pub(crate) fn positive(reported_at: &str) -> Json {
    json!({"method": "nucleic_acid", "sampled_at": "2022-07-10T08:00:00+08:00",
        "reported_at": reported_at, "result": "positive", "pool_size": 1})
}

/// The same test, negative.
pub(crate) fn negative(reported_at: &str) -> Json {
    let mut test = positive(reported_at);
    test["result"] = "negative".into();
    test
}

/// A dossier in which one source states a person's tests.
pub(crate) fn person(catalogue: &Catalogue, source: &str, tests: &[Json]) -> Dossier {
    let facts = json!({"subject": "person", "tests": tests, "identity": {"name": "样例",
        "document": {"type": "resident_id", "number": NUMBER}, "region": "620102"}});
    Dossier::of(catalogue, source, &facts.to_string()).unwrap()
}

/// The same dossier with the test of 10 July corrected.
pub(crate) fn corrected(
    catalogue: &Catalogue,
    dossier: &Dossier,
    at: &str,
    becomes: &Json,
) -> Dossier {
    let record = json!({"method": "nucleic_acid", "sampled_at": "2022-07-10T08:00:00+08:00"});
    let correction = json!({"section": "tests", "at": at, "record": record, "becomes": becomes,
        "by": {"name": "经办甲", "office": "虚构区疾控中心", "number": "0001"}, "reason": "样本贴错"});
    let text = json!([correction]).to_string();
    dossier.corrected(catalogue, &text).unwrap()
}
