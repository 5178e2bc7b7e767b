//! Properties of all dossiers: joining is a union, and nothing is lost.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::indexing_slicing, reason = "a test fails by panicking")]

use super::tests::catalogue;
use super::*;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

const NUMBER: &str = "999999199001010016";
const SOURCES: [&str; 3] = ["hospital", "laboratory", "person"];

fn moment(hour: u32, utc: bool) -> String {
    if utc {
        format!("2022-07-10T{hour:02}:00:00Z")
    } else {
        format!("2022-07-10T{:02}:00:00+08:00", hour + 8)
    }
}

/// Tests that often share an identity and often differ.
fn a_test() -> impl Strategy<Value = Json> {
    let result = prop_oneof![Just("negative"), Just("positive")];
    let laboratory = proptest::option::of(prop_oneof![Just("甲"), Just("乙")]);
    (0..2_u32, any::<bool>(), result, 1..3_i64, laboratory).prop_map(
        |(hour, utc, result, pool, laboratory)| {
            let mut test = json!({"method": "nucleic_acid", "sampled_at": moment(hour, utc),
                "reported_at": moment(9, utc), "result": result, "pool_size": pool});
            if let Some(laboratory) = laboratory {
                test["laboratory"] = laboratory.into();
            }
            test
        },
    )
}

fn an_override() -> impl Strategy<Value = Json> {
    (0..2_u32, any::<bool>()).prop_map(|(hour, turned)| {
        let officer =
            |n: u32| json!({"name": format!("经办{n}"), "office": "虚构", "number": n.to_string()});
        let mut officers = vec![officer(1), officer(2)];
        if turned {
            officers.reverse();
        }
        json!({"decision": "code", "level": "red", "from": moment(hour, turned),
            "until": moment(10, false), "reason": "虚构", "officers": officers})
    })
}

fn a_document() -> impl Strategy<Value = Json> {
    let tests = proptest::option::of(proptest::collection::vec(a_test(), 0..4));
    let overrides = proptest::option::of(proptest::collection::vec(an_override(), 0..3));
    let birth = proptest::option::of(prop_oneof![Just("1990-01-01"), Just("1990-01-02")]);
    let name = prop_oneof![Just("样·例"), Just("样例"), Just("样力")];
    (tests, overrides, birth, name).prop_map(|(tests, overrides, birth, name)| {
        let mut facts = json!({"subject": "person", "identity": {"name": name,
            "document": {"type": "resident_id", "number": NUMBER}, "region": "620102"}});
        if let Some(birth) = birth {
            facts["identity"]["birth_date"] = birth.into();
        }
        if let Some(tests) = tests {
            facts["tests"] = tests.into();
        }
        if let Some(overrides) = overrides {
            facts["overrides"] = overrides.into();
        }
        facts
    })
}

fn a_correction() -> impl Strategy<Value = Json> {
    (a_test(), proptest::option::of(a_test()), 11..14_u32).prop_map(|(record, becomes, hour)| {
        json!({"section": "tests", "at": moment(hour, true), "record": record, "becomes": becomes,
            "by": {"name": "经办", "office": "虚构", "number": "1"}, "reason": "虚构"})
    })
}

fn a_dossier() -> impl Strategy<Value = Dossier> {
    let source = prop_oneof![Just(SOURCES[0]), Just(SOURCES[1]), Just(SOURCES[2])];
    let corrections = proptest::collection::vec(a_correction(), 0..4);
    (source, a_document(), corrections).prop_map(|(source, document, corrections)| {
        let said = Dossier::of(catalogue(), source, &document.to_string()).unwrap();
        let corrections = Json::Array(corrections).to_string();
        said.corrected(catalogue(), &corrections).unwrap()
    })
}

fn told(dossier: &Dossier) -> Merged {
    dossier.merged(catalogue()).unwrap()
}

/// Whether the section holds a record with all fields of `said`.
fn holds(merged: &Merged, section: &str, said: &Said) -> bool {
    let says = |fields: &serde_json::Map<String, Json>| {
        said.fields()
            .iter()
            .all(|(name, value)| fields.get(name) == Some(value))
    };
    match merged.facts.get(section) {
        Some(Json::Array(items)) => items.iter().any(|it| says(it.as_object().unwrap())),
        Some(Json::Object(fields)) => says(fields),
        Some(value) => said.fields().get(section) == Some(value),
        None => false,
    }
}

proptest! {
    #[test]
    fn joining_is_a_union(a in a_dossier(), b in a_dossier(), c in a_dossier()) {
        prop_assert_eq!(a.join(&b).json(), b.join(&a).json());
        prop_assert_eq!(a.join(&b).join(&c).json(), a.join(&b.join(&c)).json());
        prop_assert_eq!(a.join(&a).json(), a.json());
        prop_assert_eq!(a.join(&Dossier::default()).json(), a.json());
        prop_assert_eq!(told(&a.join(&b)), told(&b.join(&a)));
    }

    #[test]
    fn the_order_of_records_changes_nothing(mut document in a_document()) {
        let of = |document: &Json| Dossier::of(catalogue(), "a", &document.to_string()).unwrap();
        let before = of(&document);
        for section in ["tests", "overrides"] {
            if let Some(list) = document.get_mut(section).and_then(Json::as_array_mut) {
                list.reverse();
            }
        }
        prop_assert_eq!(of(&document).json(), before.json());
    }

    #[test]
    fn nothing_is_lost_and_nothing_invented(a in a_dossier(), b in a_dossier()) {
        let dossier = a.join(&b);
        let merged = told(&dossier);
        let ledger = &merged.ledger;
        for statement in dossier.statements() {
            let Some(said) = &statement.record else {
                prop_assert!(merged.facts.contains_key(&statement.section));
                continue;
            };
            let stands = holds(&merged, &statement.section, said);
            let corrected = ledger.superseded.iter().any(|it| {
                it.section == statement.section && it.record == *said
                    && it.sources.contains(&statement.source) && !it.corrections.is_empty()
            });
            // `identity` keeps one value per field; the others are in the ledger.
            let told = ledger.contradictions.iter().any(|it| {
                it.section == statement.section && it.variants.iter().any(|variant| {
                    variant.record == *said && variant.sources.contains(&statement.source)
                })
            });
            let same_name = said.fields().get("name").and_then(Json::as_str).is_some_and(|name| {
                let taken = merged.facts["identity"]["name"].as_str().unwrap();
                longma_identity::name(name) == longma_identity::name(taken)
            });
            prop_assert!(stands || corrected || told || same_name, "{statement:?}\n{merged:#?}");
        }
        for (pointer, entry) in &ledger.entries {
            prop_assert!(!entry.sources.is_empty() || !entry.corrections.is_empty(), "{pointer}");
            for index in &entry.corrections {
                prop_assert!(ledger.corrections.get(*index).is_some());
            }
        }
    }

    #[test]
    fn a_dossier_is_read_as_it_was_written(a in a_dossier(), b in a_dossier()) {
        let dossier = a.join(&b);
        let read = Dossier::read(catalogue(), &dossier.json()).unwrap();
        prop_assert_eq!(&read, &dossier);
        prop_assert_eq!(read.json(), dossier.json());
    }

    #[test]
    fn merged_facts_merge_to_themselves(a in a_dossier(), b in a_dossier()) {
        let once = told(&a.join(&b));
        let again = Dossier::of(catalogue(), "merged", &once.facts_json()).unwrap();
        prop_assert_eq!(told(&again).facts, once.facts);
    }

    #[test]
    fn corrections_that_meet_nothing_change_nothing(document in a_document(), correction in a_correction()) {
        let mut document = document;
        document["tests"] = json!([]);
        let said = Dossier::of(catalogue(), "a", &document.to_string()).unwrap();
        let text = json!([correction]).to_string();
        let corrected = said.corrected(catalogue(), &text).unwrap();
        prop_assert_eq!(told(&corrected).facts, told(&said).facts);
    }
}
