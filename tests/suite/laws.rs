//! Laws that hold for every person, whatever the rules.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use longma_core::{Catalogue, Instant, Outcome, References, Request};
use longma_desk::dice::Dice;
use longma_tests::persons::person;
use longma_tests::{catalogue, references, sample_areas};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(catalogue);
static AREAS: LazyLock<References> = LazyLock::new(|| references(&CATALOGUE, sample_areas()));

fn evaluate(facts: &Json) -> Outcome {
    let request = Request {
        region: None,
        references: Some(&AREAS),
        ..Request::default()
    };
    CATALOGUE.evaluate(&facts.to_string(), request).unwrap()
}

/// Every instant at which some decision changes, the second before and after it, and one
/// far-off instant at each end.
fn instants(outcome: &Outcome) -> Vec<Instant> {
    let boundaries = outcome
        .decisions()
        .values()
        .flat_map(|decision| decision.timeline().segments())
        .filter_map(|segment| segment.span().from());
    let mut found: Vec<Instant> = boundaries
        .flat_map(|t| [-1, 0, 1].map(|by| Instant::from_unix(t.unix() + by)))
        .chain([Instant::from_unix(0), Instant::from_unix(4_000_000_000)])
        .flatten()
        .collect();
    found.sort();
    found.dedup();
    found
}

fn rank(outcome: &Outcome, decision: &str, at: Instant) -> usize {
    let status = outcome.at(decision, at).unwrap();
    // If nothing is known, the level is at least the lowest one.
    status.verdict().certain().unwrap_or(0)
}

/// Names evidence by what it points to, in each cause, so that outcomes for documents in
/// different order can be compared.
fn by_content(facts: &Json, outcome: &Outcome) -> Json {
    let mut outcome: Json = serde_json::from_str(&outcome.json()).unwrap();
    for (_, decision) in outcome["decisions"].as_object_mut().unwrap() {
        let lists = decision["evidence"].take();
        let of = |at: &Json| {
            let at = usize::try_from(at.as_u64().unwrap()).unwrap();
            let pointers = lists[at].as_array().unwrap();
            let told = pointers.iter().map(|pointer| {
                let found = facts.pointer(pointer.as_str().unwrap());
                found.unwrap_or(pointer).clone()
            });
            let mut told: Vec<Json> = told.collect();
            told.sort_by_key(ToString::to_string);
            Json::from(told)
        };
        let causes = decision["causes"].as_array_mut().unwrap();
        for cause in causes.iter_mut() {
            cause["evidence"] = of(&cause["evidence"]);
        }
        causes.sort_by_key(ToString::to_string);
    }
    outcome
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_look_up_agrees_with_the_timeline_everywhere(seed: u64) {
        let outcome = evaluate(&person(seed));
        for t in instants(&outcome) {
            for (name, decision) in outcome.decisions() {
                let holding: Vec<_> = decision
                    .stretches()
                    .filter(|stretch| stretch.span().contains(t))
                    .collect();
                prop_assert_eq!(holding.len(), 1, "{} has no or several segments", name);
                let status = outcome.at(name, t).unwrap();
                prop_assert_eq!(status.verdict(), holding[0].verdict());
                prop_assert_eq!(status.packs(), holding[0].packs());
                let causes: Vec<_> = status.causes().collect();
                prop_assert_eq!(causes, holding[0].causes().collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn a_status_holds_until_it_says(seed: u64) {
        let outcome = evaluate(&person(seed));
        for t in instants(&outcome) {
            for name in outcome.decisions().keys() {
                let status = outcome.at(name, t).unwrap();
                let (Some(next), Some(end)) = (status.next(), status.until) else {
                    prop_assert_eq!(status.until, None);
                    prop_assert_eq!(status.next(), None);
                    continue;
                };
                let before = outcome.at(name, Instant::from_unix(end.unix() - 1).unwrap()).unwrap();
                let after = outcome.at(name, end).unwrap();
                prop_assert_eq!(before.verdict(), status.verdict());
                prop_assert_eq!(after.stretch(), next);
                prop_assert_ne!(after.verdict(), status.verdict());
                prop_assert_eq!(after.since, Some(end));
            }
        }
    }

    #[test]
    fn the_order_of_records_changes_nothing(seed: u64) {
        let facts = person(seed);
        let mut shuffled = facts.clone();
        let mut dice = Dice::new(seed ^ 0xff);
        for (_, section) in shuffled.as_object_mut().unwrap() {
            if let Some(records) = section.as_array_mut() {
                dice.shuffle(records);
            }
        }
        let one = by_content(&facts, &evaluate(&facts));
        let other = by_content(&shuffled, &evaluate(&shuffled));
        prop_assert_eq!(one, other);
    }

    #[test]
    fn another_manual_cause_never_lowers_a_colour(seed: u64, from in 1_580_000_000..1_670_000_000_i64) {
        let mut facts = person(seed);
        let before = evaluate(&facts);
        let text = |unix: i64| Instant::from_unix(unix).unwrap().to_rfc3339(before.offset());
        let manual = json!({
            "decision": "code", "level": "yellow", "reason": "测试",
            "from": text(from), "until": text(from + 1_000_000),
            "officers": [
                { "name": "甲", "office": "测试", "number": "1" },
                { "name": "乙", "office": "测试", "number": "2" },
            ],
        });
        let sections = facts.as_object_mut().unwrap();
        let list = sections.entry("overrides").or_insert_with(|| json!([]));
        list.as_array_mut().unwrap().push(manual);
        let after = evaluate(&facts);
        for t in instants(&after) {
            prop_assert!(rank(&after, "code", t) >= rank(&before, "code", t));
        }
    }

    #[test]
    fn less_knowledge_is_never_a_better_certainty(seed: u64) {
        let facts = person(seed);
        let whole = evaluate(&facts);
        let sections: Vec<String> = facts
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, value)| value.is_array())
            .map(|(name, _)| name.clone())
            .collect();
        for section in sections {
            let mut less = facts.clone();
            less.as_object_mut().unwrap().remove(&section);
            let outcome = evaluate(&less);
            for t in instants(&outcome) {
                let status = outcome.at("code", t).unwrap();
                // A missing section may hide causes. If the colour is still known, either
                // every rule was answered without the section, or the top of the scale is
                // certain.
                if status.level_name() == "green" && section != "overrides" {
                    prop_assert_eq!(whole.at("code", t).unwrap().level_name(), "green", "{}", section);
                }
            }
        }
    }

    #[test]
    fn gold_and_validity_never_touch_the_colour(seed: u64) {
        let mut facts = person(seed);
        let before = evaluate(&facts);
        let sections = facts.as_object_mut().unwrap();
        sections.insert("vaccinations".into(), json!([
            { "product": "Convidecia", "dose": 1, "at": "2021-06-01" },
        ]));
        sections.insert("issuance".into(), json!([{ "issued_at": "2022-07-10T08:00:00+08:00" }]));
        let after = evaluate(&facts);
        let timeline = |outcome: &Outcome| outcome.decisions()["code"].timeline().clone();
        let codes: BTreeMap<_, _> = [("before", timeline(&before)), ("after", timeline(&after))].into();
        prop_assert_eq!(codes["before"].segments().len(), codes["after"].segments().len());
        for t in instants(&before) {
            prop_assert_eq!(before.at("code", t).unwrap().verdict(), after.at("code", t).unwrap().verdict());
        }
    }

    #[test]
    fn gold_shows_on_green_alone(seed: u64) {
        let mut facts = person(seed);
        facts["identity"]["region"] = json!("620102");
        facts["vaccinations"] = json!([{ "product": "Convidecia", "dose": 1, "at": "2021-06-01" }]);
        let outcome = evaluate(&facts);
        for t in instants(&outcome) {
            if outcome.at("gold", t).unwrap().level_name() == "gold" {
                prop_assert_eq!(outcome.at("code", t).unwrap().level_name(), "green");
            }
        }
    }
}
