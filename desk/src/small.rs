//! Small packs for tests, with answers worked out by hand.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use longma_compile::Bundle;
use serde_json::{Value as Json, json};

const SCHEMA: &str = r#"{"type":"object","additionalProperties":false,
    "required":["subject","identity"],"properties":{
    "subject":{"type":"string","enum":["person"]},
    "identity":{"type":"object","additionalProperties":false,"required":["name","region"],"properties":{
        "name":{"type":"string","minLength":1,"maxLength":20},
        "region":{"type":"string","pattern":"^[0-9]{6}$"}}},
    "contacts":{"type":"array","items":{"type":"object","additionalProperties":false,
        "required":["kind","at"],"properties":{
        "kind":{"type":"string","enum":["close","secondary"]},
        "at":{"type":"string","format":"date-time"},
        "note":{"type":"string","minLength":1,"maxLength":20}}}},
    "tests":{"type":"array","items":{"type":"object","additionalProperties":false,
        "required":["result","at"],"properties":{
        "result":{"type":"string","enum":["negative","positive"]},
        "at":{"type":"string","format":"date-time"}}}},
    "doses":{"type":"array","items":{"type":"object","additionalProperties":false,
        "required":["at"],"properties":{"at":{"type":"string","format":"date-time"}}}}}}"#;

/// A close contact is red for `quarantine` days.
pub(crate) const CLOSE: &str = "/// source: s
fn close(contacts, params) {
    contacts.filter(|c| c.kind == \"close\").map(|c| red(c.at, c.at + params.quarantine).because(c))
}
";

/// A pack with one decision, `code`, and a param `quarantine`.
pub(crate) fn pack(id: &str, days: u32, script: &str) -> Json {
    let texts = |text: &str| json!({"zh-CN": text, "en": text});
    let rules: Vec<&str> = script
        .lines()
        .filter_map(|line| line.strip_prefix("fn ")?.split('(').next())
        .collect();
    let captions: serde_json::Map<String, Json> = rules
        .iter()
        .map(|rule| {
            let words = json!({"caption": texts(rule), "release": texts("end")});
            ((*rule).to_owned(), words)
        })
        .collect();
    json!({
        "id": id,
        "manifest": {
            "subject": "person", "version": "1", "title": texts("t"), "authority": texts("a"),
            "effective": {},
            "sources": {"s": {"title": texts("s"), "grade": "V"}},
            "params": {"quarantine": {"value": days, "unit": "days"}},
            "decisions": {"code": {
                "scale": ["green", "yellow", "red"], "colours": ["green", "yellow", "red"]}},
        },
        "captions": {"code": {
            "name": texts("Code"),
            "levels": {"green": texts("Green"), "yellow": texts("Yellow"), "red": texts("Red")},
            "rules": captions,
        }},
        "scripts": {"code": script},
    })
}

/// The packs as a bundle.
pub(crate) fn bundle(packs: &[Json]) -> Bundle {
    let bundle = json!({
        "longma_bundle": 1,
        "schemas": {"person": SCHEMA},
        "references": {},
        "packs": packs,
    });
    Bundle::read(&bundle.to_string()).unwrap()
}

/// A person with these sections; the others are empty.
pub(crate) fn person(sections: Json) -> String {
    let mut facts = json!({
        "subject": "person", "identity": {"name": "测试甲", "region": "620000"},
        "contacts": [], "tests": [], "doses": [],
    });
    let Json::Object(given) = sections else {
        return facts.to_string();
    };
    let members = facts.as_object_mut().unwrap();
    members.extend(given);
    facts.to_string()
}
