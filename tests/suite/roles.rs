//! Roles: a new kind of subject gets a card and a wallet from its packs alone.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use longma_compile::{Bundle, PackSource};
use longma_core::{Catalogue, Instant, Reading, Request};
use longma_passes::card::{Card, State, card};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// The schema of facts for a permit to enter a forest in the fire season.
const VISITOR: &str = r#"{
  "type": "object", "additionalProperties": false, "required": ["subject", "identity"],
  "properties": {
    "subject": { "type": "string", "enum": ["forest_visitor"] },
    "identity": { "type": "object", "additionalProperties": false, "required": ["name", "region"],
      "properties": {
        "name": { "type": "string", "minLength": 1, "maxLength": 60 },
        "document": { "type": "object", "additionalProperties": false, "required": ["number"],
          "properties": { "number": { "type": "string", "minLength": 1, "maxLength": 30 } } },
        "region": { "type": "string", "pattern": "^[0-9]{6}$" } } },
    "permits": { "type": "array", "maxItems": 100, "items": { "type": "object",
      "additionalProperties": false, "required": ["from", "until"], "properties": {
        "from": { "type": "string", "format": "date-time" },
        "until": { "type": "string", "format": "date-time" } } } },
    "trainings": { "type": "array", "maxItems": 100, "items": { "type": "object",
      "additionalProperties": false, "required": ["at"], "properties": {
        "at": { "type": "string", "format": "date-time" } } } }
  }
}"#;

/// A pack with one decision; `more` adds to the decision's entry in the manifest.
fn pack(id: &str, decision: &str, more: &Json, rule: &str) -> PackSource {
    let text = |words: &str| json!({ "zh-CN": words, "en": words });
    let mut scale = json!({ "scale": ["no", "yes"], "colours": ["red", "green"] });
    for (name, value) in more.as_object().unwrap() {
        scale
            .as_object_mut()
            .unwrap()
            .insert(name.clone(), value.clone());
    }
    let source = json!({
        "id": id,
        "manifest": {
            "subject": "forest_visitor", "version": "1", "title": text(id),
            "authority": text("the forest service"), "effective": {},
            "sources": { "s": { "title": text("source"), "grade": "A" } },
            "decisions": { decision: scale },
        },
        "captions": { decision: {
            "name": text(decision), "levels": { "no": text("no"), "yes": text("yes") },
            "rules": { "rule": { "caption": text("why"), "release": text("until when") } },
        } },
        "scripts": { decision: format!("/// source: s\n{rule}") },
    });
    serde_json::from_value(source).unwrap()
}

const ENTRY: &str = "fn rule(permits) { permits.map(|p| yes(p.from, p.until).because(p)) }";
const TRAINED: &str = "fn rule(trainings) { trainings.map(|t| yes(t.at, ()).because(t)) }";

fn load(packs: Vec<PackSource>) -> Result<Catalogue, Vec<(String, String)>> {
    let bundle = Bundle {
        longma_bundle: 1,
        schemas: BTreeMap::from([("forest_visitor".to_owned(), VISITOR.to_owned())]),
        references: BTreeMap::new(),
        places: None,
        packs,
    };
    longma_oracle::load(&bundle).map_err(|problems| {
        let told = problems.as_slice().iter();
        told.map(|problem| (problem.code.to_string(), problem.place.to_string()))
            .collect()
    })
}

fn drawn(catalogue: &Catalogue, at: &str) -> Card {
    let facts = json!({
        "subject": "forest_visitor",
        "identity": { "name": "测试甲", "document": { "number": "TEST-000001" }, "region": "620102" },
        "permits": [{ "from": "2022-04-01T08:00:00+08:00", "until": "2022-04-01T18:00:00+08:00" }],
        "trainings": [{ "at": "2022-03-01T09:00:00+08:00" }],
    });
    let outcome = catalogue
        .evaluate(&facts.to_string(), Request::default())
        .unwrap();
    card(&outcome, Instant::parse(at).unwrap())
}

fn names(parts: &[Reading]) -> Vec<&str> {
    parts.iter().map(|part| &*part.decision).collect()
}

#[test]
fn a_new_subject_gets_a_card_from_its_packs_alone() {
    let catalogue = load(vec![
        pack(
            "62/2022-01-01",
            "entry",
            &json!({ "roles": ["face"] }),
            ENTRY,
        ),
        pack(
            "62/a-2022-01-01",
            "a",
            &json!({ "roles": ["badge"] }),
            TRAINED,
        ),
        pack(
            "62/b-2022-01-01",
            "b",
            &json!({ "roles": ["badge"], "place": 2 }),
            TRAINED,
        ),
        pack(
            "62/c-2022-01-01",
            "c",
            &json!({ "roles": ["badge", "duty"], "place": 1 }),
            TRAINED,
        ),
        pack("62/d-2022-01-01", "d", &json!({}), TRAINED),
    ])
    .unwrap();
    let inside = drawn(&catalogue, "2022-04-01T12:00:00+08:00");
    assert_eq!(
        (inside.state, inside.tone.as_str()),
        (State::Valid, "green")
    );
    assert_eq!(inside.face.as_ref().unwrap().level, "yes");
    assert_eq!(inside.holder.name, "测*甲");
    assert_eq!(names(&inside.badges), ["c", "b", "a"]);
    assert_eq!(names(&inside.duties), ["c"]);
    assert_eq!(
        inside.changes_at.map(|at| at.to_string()).as_deref(),
        Some("2022-04-01T18:00:00+08:00")
    );
    let after = drawn(&catalogue, "2022-04-01T18:00:00+08:00");
    assert_eq!(after.tone, "red");
}

#[test]
fn a_role_that_does_not_exist_is_told() {
    let wrong = json!({ "roles": ["face", "faces"] });
    let problems = load(vec![pack("62/2022-01-01", "entry", &wrong, ENTRY)]).unwrap_err();
    let place = "packs/62/2022-01-01/pack.toml: decisions.entry.roles".to_owned();
    assert_eq!(problems, [("role-unknown".to_owned(), place)]);
}

#[test]
fn two_faces_at_one_time_are_told_once_for_all_regions() {
    let face = json!({ "roles": ["face"] });
    let problems = load(vec![
        pack("cn/2022-01-01", "entry", &face, ENTRY),
        pack("cn/other-2022-01-01", "other", &face, TRAINED),
        pack("62/third-2022-01-01", "third", &json!({}), TRAINED),
    ])
    .unwrap_err();
    let place = "packs/cn/other-2022-01-01/pack.toml: decisions.other.roles".to_owned();
    assert_eq!(problems, [("role-twice".to_owned(), place)]);
}

#[test]
fn a_face_may_follow_another() {
    let (mut first, mut second) = (
        pack(
            "62/2022-01-01",
            "entry",
            &json!({ "roles": ["face"] }),
            ENTRY,
        ),
        pack(
            "62/2022-04-01",
            "permit",
            &json!({ "roles": ["face"] }),
            TRAINED,
        ),
    );
    let change = Some("2022-04-01T12:00:00+08:00".to_owned());
    first.manifest.effective.until.clone_from(&change);
    second.manifest.effective.from = change;
    let catalogue = load(vec![first, second]).unwrap();
    let face = |at| drawn(&catalogue, at).face.unwrap().decision;
    assert_eq!(face("2022-04-01T11:59:59+08:00"), "entry");
    assert_eq!(face("2022-04-01T12:00:00+08:00"), "permit");
}

#[test]
fn a_decision_keeps_its_roles_from_pack_to_pack() {
    let (mut first, mut second) = (
        pack(
            "62/2022-01-01",
            "entry",
            &json!({ "roles": ["face"] }),
            ENTRY,
        ),
        pack(
            "62/2022-04-01",
            "entry",
            &json!({ "roles": ["badge"] }),
            ENTRY,
        ),
    );
    let change = Some("2022-04-01T12:00:00+08:00".to_owned());
    first.manifest.effective.until.clone_from(&change);
    second.manifest.effective.from = change;
    let problems = load(vec![first, second]).unwrap_err();
    let place = "packs/62/2022-04-01/pack.toml: decisions.entry.roles".to_owned();
    assert_eq!(problems, [("role-differs".to_owned(), place)]);
}
