//! Merging, case by case.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::indexing_slicing, reason = "a test fails by panicking")]
#![allow(
    clippy::needless_pass_by_value,
    reason = "`json!` is written where it is used"
)]

use super::*;
use longma_compile::{BUNDLE_FORMAT, Bundle};
use longma_core::{Catalogue, Instant, Problems};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The project's own schemas of persons and venues, without packs: merging decides nothing.
pub(super) fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let person = include_str!("../../../rules/schema/person.schema.json");
        let venue = include_str!("../../../rules/schema/venue.schema.json");
        let schemas = [("person", person), ("venue", venue)];
        let schemas = schemas.map(|(name, text)| (name.to_owned(), text.to_owned()));
        longma_oracle::load(&Bundle {
            longma_bundle: BUNDLE_FORMAT,
            schemas: BTreeMap::from(schemas),
            references: BTreeMap::new(),
            places: None,
            packs: Vec::new(),
        })
        .unwrap()
    })
}

/// An invented number with an unused region code and a valid check character.
const NUMBER: &str = "999999199001010016";

fn document(sections: &Json) -> String {
    let mut facts = json!({"subject": "person", "identity": {"name": "样例",
        "document": {"type": "resident_id", "number": NUMBER}, "region": "620102"}});
    for (name, value) in sections.as_object().unwrap() {
        facts[name] = value.clone();
    }
    facts.to_string()
}

fn of(source: &str, sections: Json) -> Dossier {
    Dossier::of(catalogue(), source, &document(&sections)).unwrap()
}

fn who(source: &str, name: &str, number: &str, more: Json) -> Dossier {
    let mut identity = json!({"name": name, "region": "620102",
        "document": {"type": "resident_id", "number": number}});
    for (name, value) in more.as_object().unwrap() {
        identity[name] = value.clone();
    }
    of(source, json!({"identity": identity}))
}

fn merged(dossier: &Dossier) -> Merged {
    dossier.merged(catalogue()).unwrap()
}

fn facts(merged: &Merged) -> Json {
    Json::Object(merged.facts.clone())
}

fn codes(problems: Problems) -> Vec<String> {
    problems
        .into_iter()
        .map(|problem| problem.code.to_string())
        .collect()
}

fn sources(merged: &Merged, pointer: &str) -> Vec<String> {
    merged.ledger.entries[pointer]
        .sources
        .iter()
        .cloned()
        .collect()
}

fn test(result: &str, laboratory: Option<&str>) -> Json {
    let mut test = json!({"method": "nucleic_acid", "sampled_at": "2022-07-10T08:00:00+08:00",
        "reported_at": "2022-07-10T20:00:00+08:00", "result": result, "pool_size": 1});
    if let Some(laboratory) = laboratory {
        test["laboratory"] = laboratory.into();
    }
    test
}

fn correction(at: &str, record: &Json, becomes: &Json) -> Json {
    json!({"section": "tests", "at": at, "record": record, "becomes": becomes,
        "by": {"name": "经办甲", "office": "虚构区疾控中心", "number": "0001"}, "reason": "样本贴错"})
}

fn corrected(dossier: &Dossier, corrections: &[Json]) -> Dossier {
    let text = Json::Array(corrections.to_vec()).to_string();
    dossier.corrected(catalogue(), &text).unwrap()
}

#[test]
fn one_record_of_two_sources_stands_once_with_both() {
    let dossier = of("hospital", json!({"tests": [test("negative", None)]})).join(&of(
        "laboratory",
        json!({"tests": [test("negative", Some("虚构实验室"))]}),
    ));
    let merged = merged(&dossier);
    assert_eq!(
        facts(&merged)["tests"],
        json!([test("negative", Some("虚构实验室"))])
    );
    assert_eq!(sources(&merged, "/tests/0"), ["hospital", "laboratory"]);
    assert_eq!(merged.ledger.contradictions, []);
}

#[test]
fn one_moment_in_two_offsets_is_one_record() {
    let mut utc = test("negative", None);
    utc["sampled_at"] = "2022-07-10T00:00:00Z".into();
    let dossier =
        of("a", json!({"tests": [test("negative", None)]})).join(&of("b", json!({"tests": [utc]})));
    let merged = merged(&dossier);
    assert_eq!(facts(&merged)["tests"].as_array().unwrap().len(), 1);
    assert_eq!(sources(&merged, "/tests/0"), ["a", "b"]);
}

#[test]
fn where_sources_differ_all_variants_stay_and_are_told() {
    let dossier = of("hospital", json!({"tests": [test("positive", None)]}))
        .join(&of(
            "person",
            json!({"tests": [test("negative", Some("虚构实验室"))]}),
        ))
        .join(&of(
            "laboratory",
            json!({"tests": [test("negative", None)]}),
        ));
    let merged = merged(&dossier);
    // The laboratory's record is contained in the person's: there is no third record.
    assert_eq!(facts(&merged)["tests"].as_array().unwrap().len(), 2);
    let [told] = merged.ledger.contradictions.as_slice() else {
        return assert_eq!(merged.ledger.contradictions.len(), 1);
    };
    assert_eq!(told.kind, ContradictionKind::Records);
    assert_eq!(told.fields, ["result"]);
    assert_eq!(told.record.fields()["method"], "nucleic_acid");
    for variant in &told.variants {
        let pointer = variant.pointer.as_deref().unwrap();
        let here = facts(&merged).pointer(pointer).cloned().unwrap();
        assert_eq!(here, Json::Object(variant.record.fields().clone()));
        let said_by: Vec<&str> = variant.sources.iter().map(String::as_str).collect();
        match here["result"].as_str() {
            Some("positive") => assert_eq!(said_by, ["hospital"]),
            _ => assert_eq!(said_by, ["laboratory", "person"]),
        }
    }
}

#[test]
fn a_section_that_nobody_states_is_absent_and_an_empty_one_is_empty() {
    let merged = merged(&of("hospital", json!({"tests": []})).join(&of("person", json!({}))));
    assert_eq!(facts(&merged)["tests"], json!([]));
    assert_eq!(sources(&merged, "/tests"), ["hospital"]);
    assert!(!merged.facts.contains_key("contacts"));
}

#[test]
fn two_people_are_never_merged() {
    let other = who("laboratory", "样例", "999999199001010024", json!({}));
    let dossier = of("hospital", json!({})).join(&other);
    let problems = dossier.merged(catalogue()).unwrap_err();
    let told = problems.as_slice().first().unwrap();
    assert_eq!(told.code.as_str(), "merge-other-person");
    for part in ["hospital", "laboratory", "/identity/document/number"] {
        assert!(told.message().en.contains(part), "{}", told.message().en);
    }
    // Others read the message, so it never shows the whole number.
    assert!(!told.message().en.contains(NUMBER));
    let passport = |number: &str| {
        let passport = json!({"document": {"type": "passport", "number": number}});
        let dossier = of("hospital", json!({})).join(&who("customs", "样例", NUMBER, passport));
        codes(dossier.merged(catalogue()).unwrap_err())
    };
    assert_eq!(passport("E12345678"), ["merge-other-person"]);
    assert_eq!(passport(NUMBER), ["identity-form"]);
}

#[test]
fn a_number_whose_check_digit_is_wrong_binds_nobody() {
    let dossier = who("hospital", "样例", "999999199001010017", json!({}));
    assert_eq!(
        codes(dossier.merged(catalogue()).unwrap_err()),
        ["identity-check-digit"]
    );
}

#[test]
fn two_spellings_of_one_number_are_one_person() {
    for other in [
        "９９９９９９１９９００１０１００１６",
        "999999-19900101-0016",
        "'999999199001010016",
        "\u{200e}999999 19900101 0016",
        "=\"999999199001010016\"",
        "身份证：999999199001010016。",
        "999999900101001",
    ] {
        let dossier = of("hospital", json!({})).join(&who("a", "样例", other, json!({})));
        let merged = merged(&dossier);
        assert_eq!(
            facts(&merged)["identity"]["document"]["number"],
            NUMBER,
            "{other}"
        );
        assert_eq!(merged.ledger.contradictions, [], "{other}");
    }
    // A register has the same number as the card: one person, and no contradiction.
    let register = json!({"document": {"type": "household_register", "number": NUMBER}});
    let dossier = of("hospital", json!({})).join(&who("a", "样例", NUMBER, register));
    assert_eq!(merged(&dossier).ledger.contradictions, []);
    let permit = |number: &str| {
        let document = json!({"type": "hk_macao_permit", "number": number});
        json!({"identity": {"name": "样例", "document": document, "region": "620102"}})
    };
    let dossier = of("a", permit("H12345678")).join(&of("b", permit("h1234567802")));
    let number = facts(&merged(&dossier))["identity"]["document"]["number"].clone();
    assert_eq!(number, "H12345678");
}

#[test]
fn one_dependant_in_two_spellings_is_one_record() {
    let dependants = |number: &str| {
        json!({"dependants": [{"relation": "child", "name": "样小", "birth_date": "2015-01-05",
            "document": {"type": "resident_id", "number": number},
            "evidence": "household_register", "registered_at": "2022-01-01T09:00:00+08:00"}]})
    };
    let dossier = of("a", dependants("99999920150105009x"))
        .join(&of("b", dependants("999999-20150105-009Ｘ")));
    let merged = facts(&merged(&dossier));
    assert_eq!(
        merged["dependants"],
        dependants("99999920150105009X")["dependants"]
    );
}

#[test]
fn numbers_that_say_nothing_bind_nobody() {
    for (number, code) in [
        ("无", "identity-nothing"),
        ("000000", "identity-nothing"),
        ("6.20102E+17", "identity-rounded"),
        ("999999199001010000", "identity-rounded"),
    ] {
        let dossier =
            who("a", "样例", number, json!({})).join(&who("b", "样例", number, json!({})));
        assert_eq!(
            codes(dossier.merged(catalogue()).unwrap_err()),
            [code],
            "{number}"
        );
    }
}

#[test]
fn a_number_and_a_name_are_the_same_in_any_width() {
    let dossier = who("a", "阿依·古丽", NUMBER, json!({})).join(&who(
        "b",
        "阿依•古丽",
        "９９９９９９１９９００１０１００１６",
        json!({}),
    ));
    let merged = merged(&dossier);
    assert_eq!(facts(&merged)["identity"]["document"]["number"], NUMBER);
    assert_eq!(sources(&merged, "/identity/name"), ["a", "b"]);
    assert_eq!(merged.ledger.contradictions, []);
}

#[test]
fn what_differs_of_an_identity_is_told_and_the_number_settles_what_it_says() {
    let dossier = who(
        "a",
        "样例",
        NUMBER,
        json!({"birth_date": "1990-01-01", "sex": "9"}),
    )
    .join(&who(
        "b",
        "样例",
        NUMBER,
        json!({"birth_date": "1991-01-01", "sex": "1"}),
    ))
    .join(&who(
        "c",
        "样力",
        NUMBER,
        json!({"birth_date": "1991-01-01", "health_card": "A1"}),
    ))
    .join(&who("d", "样例", NUMBER, json!({"health_card": "A2"})));
    let merged = merged(&dossier);
    let identity = &facts(&merged)["identity"];
    // Two sources state 1991, but the number says 1990. "Not stated" is not another sex.
    assert_eq!(identity["birth_date"], "1990-01-01");
    assert_eq!(identity["sex"], "1");
    // A name is required, and three sources state this one. A card number is not required,
    // so none is taken.
    assert_eq!(identity["name"], "样例");
    assert_eq!(identity.get("health_card"), None);
    let fields = merged.ledger.contradictions.iter();
    let fields: Vec<&str> = fields.map(|it| it.fields[0].as_str()).collect();
    assert_eq!(fields, ["birth_date", "health_card", "name"]);
    let card = &merged.ledger.contradictions[1];
    assert!(card.variants.iter().all(|it| it.pointer.is_none()));
}

#[test]
fn a_birth_date_that_the_number_denies_is_told() {
    let merged = merged(&who(
        "a",
        "样例",
        NUMBER,
        json!({"birth_date": "1991-01-01"}),
    ));
    assert_eq!(
        merged.ledger.problems[0].code.as_str(),
        "identity-birth-date"
    );
    assert_eq!(facts(&merged)["identity"]["birth_date"], "1991-01-01");
}

#[test]
fn a_correction_supersedes_what_was_said_and_keeps_it() {
    let dossier = of("laboratory", json!({"tests": [test("positive", None)]}));
    let becomes = test("negative", None);
    let change = correction(
        "2022-07-11T09:00:00+08:00",
        &test("positive", None),
        &becomes,
    );
    let merged = merged(&corrected(&dossier, &[change]));
    assert_eq!(facts(&merged)["tests"], json!([becomes]));
    let entry = &merged.ledger.entries["/tests/0"];
    assert!(entry.sources.is_empty() && entry.corrections.contains(&0));
    let was = &merged.ledger.superseded[0];
    assert_eq!(was.record.fields()["result"], "positive");
    assert!(was.sources.contains("laboratory"));
    assert_eq!(was.became.as_deref(), Some("/tests/0"));
    assert_eq!(merged.ledger.corrections[0].reason, "样本贴错");
}

#[test]
fn a_correction_can_take_a_record_away_and_comes_before_or_after_it() {
    let said = of("laboratory", json!({"tests": [test("positive", None)]}));
    let record = json!({"method": "nucleic_acid", "sampled_at": "2022-07-10T08:00:00+08:00"});
    let change = correction("2022-07-11T09:00:00+08:00", &record, &Json::Null);
    let early = corrected(&of("person", json!({})), std::slice::from_ref(&change));
    let found = merged(&early);
    assert_eq!(found.ledger.problems[0].code.as_str(), "correction-void");
    let found = merged(&early.join(&said));
    assert_eq!(facts(&found)["tests"], json!([]));
    assert_eq!(found.ledger.superseded[0].became, None);
    assert_eq!(
        found,
        merged(&corrected(&said, &[change]).join(&of("person", json!({}))))
    );
}

#[test]
fn the_later_of_two_corrections_does_not_win_by_being_later() {
    let said = test("positive", None);
    let dossier = of("laboratory", json!({"tests": [said]}));
    let (negative, none) = (test("negative", None), Json::Null);
    let first = correction("2022-07-11T09:00:00+08:00", &said, &negative);
    let second = correction("2022-07-12T09:00:00+08:00", &said, &none);
    let both = corrected(&dossier, &[first.clone(), second.clone()]);
    let found = merged(&both);
    assert_eq!(facts(&found)["tests"], json!([said]));
    let told = &found.ledger.contradictions[0];
    assert_eq!(told.kind, ContradictionKind::Corrections);
    assert_eq!(told.corrections.len(), 2);
    // A correction that names the first one's result agrees with the second.
    let third = correction("2022-07-13T09:00:00+08:00", &negative, &none);
    let found = merged(&corrected(&both, &[third]));
    assert_eq!(facts(&found)["tests"], json!([]));
    assert_eq!(found.ledger.contradictions, []);
    assert_eq!(found.ledger.superseded[0].corrections.len(), 3);
    // Two corrections that agree both stand behind the result.
    let mut again = first.clone();
    again["by"]["number"] = "0002".into();
    let found = merged(&corrected(&dossier, &[first, again]));
    assert_eq!(facts(&found)["tests"], json!([negative]));
    assert_eq!(found.ledger.entries["/tests/0"].corrections.len(), 2);
}

#[test]
fn a_correction_taken_back_leads_to_what_was_said() {
    let (positive, negative) = (test("positive", None), test("negative", None));
    let dossier = of("laboratory", json!({"tests": [positive]}));
    let there = correction("2022-07-11T09:00:00+08:00", &positive, &negative);
    let back = correction("2022-07-12T09:00:00+08:00", &negative, &positive);
    let found = merged(&corrected(&dossier, &[there, back]));
    assert_eq!(facts(&found)["tests"], json!([positive]));
    assert_eq!(sources(&found, "/tests/0"), ["laboratory"]);
    assert_eq!(found.ledger.entries["/tests/0"].corrections.len(), 2);
}

#[test]
fn a_correction_settles_a_contradiction_and_an_identity() {
    let dossier = of("hospital", json!({"tests": [test("positive", None)]}))
        .join(&of(
            "laboratory",
            json!({"tests": [test("negative", None)]}),
        ))
        .join(&who("person", "样力", NUMBER, json!({})));
    let mut name = correction(
        "2022-07-11T09:00:00+08:00",
        &json!({"name": "样力"}),
        &json!({"name": "样例"}),
    );
    name["section"] = "identity".into();
    let made = correction(
        "2022-07-11T09:00:00+08:00",
        &test("positive", None),
        &test("negative", None),
    );
    let found = merged(&corrected(&dossier, &[name, made]));
    assert_eq!(found.ledger.contradictions, []);
    assert_eq!(facts(&found)["tests"], json!([test("negative", None)]));
    assert_eq!(facts(&found)["identity"]["name"], "样例");
}

#[test]
fn what_is_wrong_with_corrections_is_told_by_place() {
    let dossier = of("a", json!({}));
    let sound = correction(
        "2022-07-11T09:00:00+08:00",
        &test("positive", None),
        &Json::Null,
    );
    let with = |change: fn(&mut Json)| {
        let mut wrong = sound.clone();
        change(&mut wrong);
        let text = json!([sound, wrong]).to_string();
        let problems = dossier.corrected(catalogue(), &text).unwrap_err();
        let told = problems.into_iter().next().unwrap();
        assert!(
            format!("{:?}", told.place).contains("/1/") || told.code.as_str() == "correction-json"
        );
        told.code.as_str()
    };
    assert_eq!(
        with(|it| it["section"] = "nothing".into()),
        "correction-section"
    );
    assert_eq!(
        with(|it| it["record"] = json!({"result": "x"})),
        "correction-identity"
    );
    assert_eq!(
        with(|it| it["becomes"] = json!({"result": "x"})),
        "correction-identity"
    );
    assert_eq!(with(|it| it["reason"] = " ".into()), "correction-blank");
    assert_eq!(
        with(|it| it["by"]["number"] = "".into()),
        "correction-blank"
    );
    assert_eq!(with(|it| it["at"] = "yesterday".into()), "correction-time");
    assert_eq!(with(|it| it["by"] = "me".into()), "correction-json");
    assert_eq!(with(|it| it["record"] = json!([1])), "correction-json");
    let document = |it: &mut Json| {
        it["section"] = "identity".into();
        it["record"] = json!({"document": {"type": "other", "number": "1"}});
    };
    assert_eq!(with(document), "correction-document");
    let fields = |it: &mut Json| {
        it["section"] = "identity".into();
        it["record"] = json!({"name": "a", "region": "620102"});
    };
    assert_eq!(with(fields), "correction-field");
}

#[test]
fn a_correction_that_breaks_the_schema_merges_nothing() {
    let dossier = of("laboratory", json!({"tests": [test("positive", None)]}));
    let mut becomes = test("negative", None);
    becomes["result"] = "perhaps".into();
    let change = correction(
        "2022-07-11T09:00:00+08:00",
        &test("positive", None),
        &becomes,
    );
    let found = corrected(&dossier, &[change]).merged(catalogue());
    assert_eq!(codes(found.unwrap_err()), ["facts-enum"]);
}

#[test]
fn until_an_instant_later_corrections_are_not_known() {
    let dossier = of("laboratory", json!({"tests": [test("positive", None)]}));
    let change = correction(
        "2022-07-11T09:00:00+08:00",
        &test("positive", None),
        &Json::Null,
    );
    let dossier = corrected(&dossier, &[change]);
    let at = |text: &str| {
        dossier
            .until(Instant::parse(text).unwrap())
            .corrections()
            .len()
    };
    assert_eq!(at("2022-07-11T08:59:59+08:00"), 0);
    assert_eq!(at("2022-07-11T09:00:00+08:00"), 1);
}

#[test]
fn what_is_no_document_or_dossier_is_refused_with_a_code() {
    let refused = |text: &str| codes(Dossier::of(catalogue(), "a", text).unwrap_err());
    assert_eq!(refused("[]"), ["facts-subject"]);
    assert_eq!(refused(&"[".repeat(100_000)), ["json-depth"]);
    assert_eq!(refused(&document(&json!({"tests": 1}))), ["facts-type"]);
    assert_eq!(refused(&document(&json!({"tests": [1]}))), ["facts-type"]);
    let long = "x".repeat(3_000_000);
    assert_eq!(refused(&long), ["facts-size"]);
    let source =
        |name: &str| codes(Dossier::of(catalogue(), name, &document(&json!({}))).unwrap_err());
    assert_eq!(source("  "), ["merge-source"]);
    assert_eq!(source(&"x".repeat(61)), ["merge-source"]);
    let read = |text: &str| codes(Dossier::read(catalogue(), text).unwrap_err());
    assert_eq!(read("{}"), ["dossier-json"]);
    assert_eq!(read(&"[".repeat(100_000)), ["dossier-json"]);
    assert_eq!(
        read(r#"{"longma_dossier":2,"statements":[],"corrections":[]}"#),
        ["dossier-format"]
    );
    let aimless =
        r#"{"longma_dossier":1,"statements":[{"section":"tests","source":"a"}],"corrections":[]}"#;
    assert_eq!(read(aimless), ["merge-empty"]);
    let odd = r#"{"longma_dossier":1,"corrections":[],"statements":[
        {"section":"subject","record":{"subject":"person"},"source":"a"},
        {"section":"nothing","source":"a"}]}"#;
    assert_eq!(read(odd), ["dossier-statement"]);
    assert_eq!(
        codes(Dossier::default().merged(catalogue()).unwrap_err()),
        ["merge-empty"]
    );
}

#[test]
fn a_dossier_with_wrong_kinds_in_its_records_is_told_by_pointer() {
    let text = r#"{"longma_dossier":1,"corrections":[],"statements":[
        {"section":"subject","record":{"subject":"person"},"source":"a"},
        {"section":"identity","record":{"name":[[["x"]]]},"source":"a"},
        {"section":"tests","record":{"method":{"a":{"b":1}}},"source":"a"}]}"#;
    let dossier = Dossier::read(catalogue(), text).unwrap();
    let problems = dossier.merged(catalogue()).unwrap_err();
    let places: Vec<String> = problems
        .into_iter()
        .map(|it| format!("{:?}", it.place))
        .collect();
    assert!(
        places.iter().any(|it| it.contains("/tests/0/method")),
        "{places:?}"
    );
    assert!(
        places.iter().any(|it| it.contains("/identity/name")),
        "{places:?}"
    );
}

#[test]
fn many_variants_of_one_record_are_merged_in_bounds() {
    let tests: Vec<Json> = (0..5_000)
        .map(|n| test("negative", Some(&format!("虚构实验室{n}"))))
        .collect();
    let merged = merged(&of("a", json!({"tests": tests})));
    assert_eq!(facts(&merged)["tests"].as_array().unwrap().len(), 5_000);
    assert_eq!(merged.ledger.contradictions.len(), 1);
}

#[test]
fn a_subject_of_another_kind_is_no_person() {
    let kind = r#"{"longma_dossier":1,"corrections":[],"statements":[
        {"section":"subject","record":{"subject":"venue"},"source":"b"}]}"#;
    let venue = Dossier::read(catalogue(), kind).unwrap();
    let found = of("a", json!({})).join(&venue).merged(catalogue());
    assert_eq!(codes(found.unwrap_err()), ["merge-subject"]);
}
