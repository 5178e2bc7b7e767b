//! Cards, wallets and doors with the project's own rules.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use longma_core::{
    Catalogue, Instant, Json as Facts, Members, Offset, Outcome, References, Request,
};
use longma_passes::card::{Card, State, card};
use longma_passes::door::{Presence, enter, leave, present, verdict};
use longma_passes::policy::policy;
use longma_passes::proxy::wallet;
use longma_tests::{catalogue, references, sample_areas};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;
use std::sync::LazyLock;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(catalogue);
static TABLES: LazyLock<References> =
    LazyLock::new(|| references(&CATALOGUE, sample_areas().lines().next().unwrap()));

fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

/// A person with nothing to report except `sections`.
fn person(name: &str, number: &str, sections: &Json) -> Map<String, Json> {
    let mut facts = json!({
        "subject": "person",
        "identity": {
            "name": name, "document": { "type": "other", "number": number },
            "birth_date": "1990-01-01", "region": "620102",
        },
        "issuance": [], "diagnoses": [], "contacts": [], "stays": [], "entries": [], "tests": [],
        "vaccinations": [], "symptoms": [], "isolation": [], "flags": [], "visits": [],
        "arrivals": [], "check_ins": [], "dependants": [],
    });
    for (name, value) in sections.as_object().unwrap() {
        facts[name.as_str()] = value.clone();
    }
    facts.as_object().unwrap().clone()
}

/// The same document as the crates read it.
fn members(facts: &Json) -> Members {
    let read = Facts::parse(&facts.to_string(), "facts").unwrap();
    read.as_object().unwrap().clone()
}

/// The same document as the tests read it.
fn json(facts: Members) -> Map<String, Json> {
    serde_json::from_str(&Facts::Object(facts).to_string()).unwrap()
}

fn outcome(facts: &Map<String, Json>) -> Outcome {
    let text = serde_json::to_string(facts).unwrap();
    let request = Request {
        references: Some(&TABLES),
        ..Request::default()
    };
    CATALOGUE.evaluate(&text, request).unwrap()
}

fn drawn(sections: &Json, at: &str) -> Card {
    let facts = person("测试甲", "TEST-000001", sections);
    card(&outcome(&facts), instant(at))
}

fn level(card: &Card) -> &str {
    &card.face.as_ref().unwrap().level
}

#[test]
fn a_code_is_good_for_24_hours_and_grey_after() {
    let issued = json!({ "issuance": [{ "issued_at": "2022-07-10T08:00:00+08:00" }] });
    let before = drawn(&issued, "2022-07-10T07:59:59+08:00");
    assert_eq!(
        (before.state, before.tone.as_str()),
        (State::NotIssued, "grey")
    );
    let last = drawn(&issued, "2022-07-11T07:59:59+08:00");
    assert_eq!((last.state, last.tone.as_str()), (State::Valid, "green"));
    assert_eq!(
        last.refresh_before.map(|at| at.to_string()).as_deref(),
        Some("2022-07-11T08:00:00+08:00")
    );
    assert_eq!(last.changes_at, last.refresh_before);
    let after = drawn(&issued, "2022-07-11T08:00:00+08:00");
    assert_eq!((after.state, after.tone.as_str()), (State::Expired, "grey"));
    // The level stays readable although the card is grey.
    assert_eq!(level(&after), "green");
    // Applying again makes the code valid again.
    let anew = json!({ "issuance": [
        { "issued_at": "2022-07-10T08:00:00+08:00" }, { "issued_at": "2022-07-11T08:00:00+08:00" },
    ] });
    let refreshed = drawn(&anew, "2022-07-11T08:00:00+08:00");
    assert_eq!(refreshed.state, State::Valid);
    assert_eq!(
        refreshed.issued_at.map(|at| at.to_string()).as_deref(),
        Some("2022-07-11T08:00:00+08:00")
    );
}

#[test]
fn a_card_for_which_no_rule_gives_a_colour_does_not_say_that_facts_are_missing() {
    let venue = json!({
        "subject": "venue",
        "identity": { "code": "V-1", "name": "样例场所", "region": "620102" },
        "profile": [], "hours": [], "occupancy": [], "scans": [], "presented": [],
    });
    let drawn = card(
        &outcome(venue.as_object().unwrap()),
        instant("2022-07-10T09:00:00+08:00"),
    );
    assert_eq!((drawn.state, drawn.face), (State::Unknown, None));
    assert!(
        drawn
            .state_words
            .en
            .starts_with("No rule in force here gives a colour"),
        "{:?}",
        drawn.state_words
    );
}

#[test]
fn a_colour_that_is_not_known_is_never_shown() {
    let mut facts = person(
        "测试甲",
        "TEST-000001",
        &json!({ "issuance": [{ "issued_at": "2022-07-10T08:00:00+08:00" }] }),
    );
    facts.remove("contacts");
    let at = instant("2022-07-10T09:00:00+08:00");
    let drawn = card(&outcome(&facts), at);
    assert_eq!((drawn.state, drawn.tone.as_str()), (State::Unknown, "grey"));
    assert_eq!(level(&drawn), "unknown");
    let why = &drawn.face.as_ref().unwrap().unknown_because;
    assert!(
        why.iter().any(|why| why.en.contains("`contacts`")),
        "{why:?}"
    );
    // Gold is only drawn over green, so it is not known either and not drawn.
    assert_eq!(drawn.overlays, []);
    assert!(
        drawn
            .not_known
            .iter()
            .any(|name| name.zh_cn == "金色健康码")
    );
}

#[test]
fn gold_lies_over_green_and_a_countdown_runs_to_the_end_of_the_test() {
    let sections = json!({
        "issuance": [{ "issued_at": "2022-07-10T08:00:00+08:00" }],
        "vaccinations": [
            { "product": "CoronaVac", "dose": 1, "at": "2021-05-01" },
            { "product": "CoronaVac", "dose": 2, "at": "2021-06-01" },
        ],
        "tests": [{
            "method": "nucleic_acid", "result": "negative", "pool_size": 1,
            "sampled_at": "2022-07-09T20:00:00+08:00", "reported_at": "2022-07-10T06:00:00+08:00",
        }],
    });
    let drawn = drawn(&sections, "2022-07-10T09:00:00+08:00");
    let names = |parts: &[longma_core::Reading]| -> Vec<String> {
        parts
            .iter()
            .map(|part| format!("{}={}", part.decision, part.level))
            .collect()
    };
    assert_eq!(names(&drawn.overlays), ["gold=gold", "skin=feitian"]);
    assert_eq!(
        names(&drawn.badges),
        ["tests=within_24h", "vaccination=complete"]
    );
    let test = &drawn.badges[0];
    // `within_24h` lasts 24 hours from sampling, then becomes `within_48h`.
    assert_eq!(
        test.until.map(|at| at.to_string()).as_deref(),
        Some("2022-07-10T20:00:00+08:00")
    );
    assert_eq!(test.next.as_deref(), Some("within_48h"));
    assert_eq!(
        drawn.changes_at.map(|at| at.to_string()).as_deref(),
        Some("2022-07-10T20:00:00+08:00")
    );
    // A grey card has no gold border: from afar it could be taken for a green one.
    let facts = person("测试甲", "TEST-000001", &sections);
    let at = instant("2022-07-11T08:00:00+08:00");
    let expired = card(&outcome(&facts), at);
    assert_eq!(
        (expired.state, expired.overlays),
        (State::Expired, Vec::new())
    );
}

#[test]
fn a_dependants_card_comes_from_the_dependants_own_facts_and_ends_of_age() {
    let mut child = person(
        "测试童",
        "TEST-000002",
        &json!({
            "issuance": [{ "issued_at": "2022-07-10T08:00:00+08:00", "channel": "on_behalf" }],
        }),
    );
    child["identity"]["birth_date"] = json!("2010-07-10");
    let stranger = person("测试丙", "TEST-000003", &json!({}));
    let holder = person(
        "测试甲",
        "TEST-000001",
        &json!({
            "contacts": [{
                "kind": "close", "last_contact": "2022-07-09T10:00:00+08:00",
                "identified_at": "2022-07-09T12:00:00+08:00",
            }],
            "dependants": [{
                "relation": "child", "name": "测试童",
                "document": { "type": "other", "number": "TEST-000002" },
                "birth_date": "2010-07-10", "evidence": "household_register",
                "registered_at": "2022-01-01T09:00:00+08:00",
            }],
        }),
    );
    let outcomes = [outcome(&holder), outcome(&child), outcome(&stranger)];
    let [own, its, strange] = &outcomes;
    let held = wallet(own, &[its, strange], instant("2022-07-10T09:00:00+08:00"));
    // The holder is red as a close contact; the child's card does not depend on that.
    assert_eq!(level(&held.own), "red");
    assert_eq!(held.dependants.len(), 1);
    let child = &held.dependants[0];
    assert_eq!(
        (level(&child.card), child.card.state),
        ("green", State::Valid)
    );
    assert_eq!(child.relation, "child");
    assert_eq!(child.relation_words.zh_cn, "子女");
    assert_eq!(held.refused.len(), 1);
    assert_eq!(held.refused[0].code.as_str(), "proxy-refused");
    // The right number with another date of birth is a different person.
    let mut twin = person("测试童", "TEST-000002", &json!({}));
    twin["identity"]["birth_date"] = json!("2011-07-10");
    let outcome_of_twin = outcome(&twin);
    let held = wallet(
        own,
        &[&outcome_of_twin],
        instant("2022-07-10T09:00:00+08:00"),
    );
    assert_eq!((held.dependants.len(), held.refused.len()), (0, 1));
}

#[test]
fn a_venue_learns_levels_under_a_pseudonym_and_nothing_else() {
    let facts = person(
        "测试甲",
        "TEST-000001",
        &json!({ "issuance": [{ "issued_at": "2022-07-10T08:00:00+08:00" }] }),
    );
    let venue = json!({
        "subject": "venue",
        "identity": { "code": "V-1", "name": "样例市场", "region": "620102" },
        "profile": [{ "from": "2021-11-01T00:00:00+08:00", "kind": "market", "policy": "code" }],
        "scans": [{ "person": "P-0", "at": "2022-07-09T08:00:00+08:00", "presence": "on_site" }],
    });
    let at = instant("2022-07-10T09:00:00+08:00");
    let door = json(present(
        members(&venue),
        "P-1",
        &outcome(&facts),
        at,
        Presence::OnSite,
    ));
    let text = serde_json::to_string(&door).unwrap();
    for secret in ["测试甲", "TEST-000001", "P-0", "1990"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    // The venue rules can read it.
    CATALOGUE.read_facts(&text).unwrap();
    let presented = door["presented"].as_array().unwrap();
    // One scan brings out the code, its validity, tests, vaccination and itinerary (一扫全出).
    let shown: BTreeSet<&str> = presented
        .iter()
        .map(|part| part["decision"].as_str().unwrap())
        .collect();
    let all = ["code", "itinerary", "tests", "vaccination", "validity"];
    assert_eq!(shown, all.into());
    let validity: Vec<(&str, &str, &str)> = presented
        .iter()
        .filter(|part| part["decision"] == "validity")
        .map(|part| {
            let text = |name: &str| part[name].as_str().unwrap();
            (text("level"), text("from"), text("until"))
        })
        .collect();
    // From a day before the scan to two days after it.
    assert_eq!(
        validity,
        [
            (
                "invalid",
                "2022-07-09T09:00:00+08:00",
                "2022-07-10T08:00:00+08:00"
            ),
            (
                "valid",
                "2022-07-10T08:00:00+08:00",
                "2022-07-11T08:00:00+08:00"
            ),
            (
                "invalid",
                "2022-07-11T08:00:00+08:00",
                "2022-07-12T09:00:00+08:00"
            ),
        ]
    );
}

/// The verdict of a place's door about a person who scans there at `at`; `None` without rules.
fn at_the_door(kind: &str, facts: &Map<String, Json>, at: &str) -> Option<String> {
    let venue = json!({
        "subject": "venue",
        "identity": { "code": "V-1", "name": "样例场所", "region": "620102" },
        "profile": [{
            "from": "2021-11-01T00:00:00+08:00", "kind": kind, "policy": "code_and_test", "test_hours": 48,
        }],
        "hours": [], "occupancy": [],
    });
    let venue = members(&venue);
    let at = instant(at);
    let door = present(venue, "P-1", &outcome(facts), at, Presence::OnSite);
    verdict(&outcome(&json(door)), at).map(|verdict| verdict.level)
}

/// The ten measures: nursing homes, welfare homes, medical institutions, nurseries,
/// primary and secondary schools go on looking at codes and tests, nobody else does.
#[test]
fn after_the_ten_measures_who_has_a_code_and_a_test_enters_the_places_that_still_ask() {
    let visitor = json!({
        "issuance": [{ "issued_at": "2022-12-20T08:00:00+08:00" }],
        "tests": [{
            "method": "nucleic_acid", "pool_size": 1, "result": "negative",
            "sampled_at": "2022-12-19T08:00:00+08:00", "reported_at": "2022-12-19T18:00:00+08:00",
        }],
    });
    let mut contact = visitor.clone();
    contact["contacts"] = json!([{
        "kind": "close", "last_contact": "2022-12-18T08:00:00+08:00",
        "identified_at": "2022-12-18T20:00:00+08:00",
    }]);
    let [visitor, untested, contact] =
        [&visitor, &json!({}), &contact].map(|sections| person("测试甲", "TEST-000001", sections));
    let at = "2022-12-20T10:00:00+08:00";
    for kind in ["nursing_home", "hospital", "nursery", "school"] {
        assert_eq!(
            at_the_door(kind, &visitor, at).as_deref(),
            Some("admit"),
            "{kind}"
        );
        assert_eq!(
            at_the_door(kind, &untested, at).as_deref(),
            Some("check"),
            "{kind}"
        );
        assert_eq!(
            at_the_door(kind, &contact, at).as_deref(),
            Some("deny"),
            "{kind}"
        );
    }
    for kind in ["market", "restaurant", "transport", "office", "other"] {
        assert_eq!(
            at_the_door(kind, &untested, at).as_deref(),
            Some("admit"),
            "{kind}"
        );
    }
    // When the national plan ends there is no code and no door.
    let late = "2023-01-08T00:00:00+08:00";
    assert_eq!(at_the_door("nursing_home", &visitor, late), None);
}

#[test]
fn leaving_ends_the_last_open_visit_alone() {
    let facts = person("测试甲", "TEST-000001", &json!({}));
    let facts = members(&facts.into());
    let facts = enter(
        facts,
        "V-1",
        instant("2022-07-10T09:00:00+08:00"),
        Offset::CHINA,
        Presence::OnSite,
    )
    .unwrap();
    let facts = enter(
        facts,
        "V-2",
        instant("2022-07-10T10:00:00+08:00"),
        Offset::CHINA,
        Presence::OnSite,
    )
    .unwrap();
    let facts = enter(
        facts,
        "V-1",
        instant("2022-07-10T11:00:00+08:00"),
        Offset::CHINA,
        Presence::Registered,
    )
    .unwrap();
    // Before entering nobody can leave.
    assert!(
        leave(
            facts.clone(),
            "V-1",
            instant("2022-07-10T08:59:59+08:00"),
            Offset::CHINA
        )
        .is_err()
    );
    let facts = leave(
        facts,
        "V-1",
        instant("2022-07-10T12:00:00+08:00"),
        Offset::CHINA,
    )
    .unwrap();
    let visits = facts["visits"].items().iter();
    let left: Vec<bool> = visits.map(|visit| visit.at("/left_at").is_some()).collect();
    assert_eq!(left, [false, false, true]);
    CATALOGUE
        .read_facts(&Facts::Object(facts).to_string())
        .unwrap();
}

/// From the scripts' own parameters: itinerary's and code's rules read `risk_areas`, those
/// of contact `exposures`; gold reads the code. Vaccination reads no table.
#[test]
fn a_front_end_learns_which_tables_it_needs() {
    let read = |asked: &[&str]| -> Vec<String> {
        let read = CATALOGUE.tables_read(Some(asked));
        let told = read.iter().map(|(table, decisions)| {
            let decisions: Vec<&str> = decisions.iter().map(String::as_str).collect();
            format!("{table}: {}", decisions.join(" "))
        });
        told.collect()
    };
    assert_eq!(read(&["code", "gold"]), ["risk_areas: code gold"]);
    assert_eq!(read(&["contact"]), ["exposures: contact"]);
    assert!(read(&["vaccination"]).is_empty());
    assert!(read(&["no such decision"]).is_empty());
    let all = CATALOGUE.tables_read(None).into_iter();
    let all: Vec<String> = all.map(|(table, _)| table).collect();
    assert_eq!(all, ["exposures", "fire_orders", "holidays", "risk_areas"]);
}

#[test]
fn a_policy_is_told_in_the_packs_own_words() {
    let of = |at: &str| policy(&CATALOGUE, "620102", instant(at));
    let july = of("2022-07-08T12:00:00+08:00");
    let ids: Vec<&str> = july.packs.iter().map(|pack| pack.id.as_str()).collect();
    assert!(ids.contains(&"62/2022-03-07") && ids.contains(&"cn/2022-06-28"));
    let code = july.decisions.iter().find(|it| it.decision == "code");
    let code = code.unwrap();
    let levels: Vec<&str> = code.levels.iter().map(|it| it.level.as_str()).collect();
    assert_eq!(levels, ["green", "yellow", "red"]);
    assert!(code.roles.contains(&"face"));
    let contact = |rule: &&longma_core::Citation| rule.rule.ends_with("/code/close_contact");
    let contact = code.rules.iter().find(contact).unwrap();
    assert_eq!(contact.caption.zh_cn, "密切接触者，集中隔离期");
    assert!(!contact.release.zh_cn.is_empty() && !contact.source.zh_cn.is_empty());
    // The ninth edition's day is a change; before the first pack nothing is in force.
    let changes: Vec<String> = july.changes.iter().map(ToString::to_string).collect();
    assert!(changes.contains(&"2022-06-28T00:00:00+08:00".to_owned()));
    assert!(changes.is_sorted());
    let before = of("2019-01-01T00:00:00+08:00");
    assert!(before.packs.is_empty() && before.decisions.is_empty());
}

/// A code has its time by another decision. Without it the card says that nothing is known.
#[test]
fn a_card_for_which_validity_was_not_asked_shows_no_colour() {
    let facts = person(
        "甲",
        "CASE-1",
        &json!({ "issuance": [{ "issued_at": "2022-07-08T08:00:00+08:00" }] }),
    );
    let facts = serde_json::to_string(&facts).unwrap();
    let state = |decisions: &[&str], at: &str| {
        let request = Request {
            references: Some(&TABLES),
            decisions: Some(decisions),
            ..Request::default()
        };
        let outcome = CATALOGUE.evaluate(&facts, request).unwrap();
        let card = card(&outcome, instant(at));
        (card.state, card.tone)
    };
    let noon = "2022-07-08T12:00:00+08:00";
    assert_eq!(
        state(&["code", "validity"], noon),
        (State::Valid, "green".to_owned())
    );
    assert_eq!(state(&["code"], noon), (State::Unknown, "grey".to_owned()));
    // A day later the code has run out, whatever is asked.
    let later = "2022-07-09T12:00:00+08:00";
    assert_eq!(state(&["code", "validity"], later).0, State::Expired);
    assert_eq!(state(&["code"], later).0, State::Unknown);
}
