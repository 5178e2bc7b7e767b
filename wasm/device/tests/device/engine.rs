//! The package as JavaScript sees it. The same tests run in Node and in a browser.

use crate::common::{get, packed, text};
use js_sys::JSON;
use longma_device::{Engine, TimeWindow, qr_svg};
use wasm_bindgen::convert::TryFromJsValue;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

/// One small pack: red for seven days from a close contact, as in the project's design.
const PACK: &str = r#"{
  "longma_bundle": 1,
  "schemas": { "person": "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"subject\"],\"properties\":{\"subject\":{\"type\":\"string\",\"enum\":[\"person\"]},\"contacts\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"last_contact\"],\"properties\":{\"last_contact\":{\"type\":\"string\",\"format\":\"date-time\"}}}}}}" },
  "references": { "risk_areas": "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"level\"],\"properties\":{\"level\":{\"type\":\"string\"}}}" },
  "packs": [ {
    "id": "cn/2022-06-28",
    "manifest": {
      "subject": "person", "version": "1",
      "title": { "zh-CN": "测试", "en": "Test" }, "authority": { "zh-CN": "测试", "en": "Test" },
      "effective": { "from": "2022-06-28T00:00:00+08:00" },
      "sources": { "v9": { "title": { "zh-CN": "第九版", "en": "9th edition" }, "grade": "V" } },
      "params": { "quarantine": { "value": 7, "unit": "days", "source": "v9" } },
      "decisions": { "code": { "scale": ["green", "red"], "colours": ["green", "red"] } }
    },
    "captions": { "code": {
      "name": { "zh-CN": "健康码", "en": "Health code" },
      "levels": { "green": { "zh-CN": "绿码", "en": "Green" }, "red": { "zh-CN": "红码", "en": "Red" } },
      "rules": { "close_contact": {
        "caption": { "zh-CN": "密切接触者", "en": "Close contact" },
        "release": { "zh-CN": "{quarantine}后", "en": "after {quarantine}" } } } } },
    "scripts": { "code": "/// source: v9\nfn close_contact(contacts, params) { contacts.map(|c| red(c.last_contact, c.last_contact + params.quarantine).because(c)) }" }
  } ]
}"#;

const FACTS: &str =
    r#"{"subject":"person","contacts":[{"last_contact":"2022-07-08T10:00:00+08:00"}]}"#;

fn is_ok(result: &JsValue) -> bool {
    get(result, &["ok"]).as_bool().unwrap()
}

fn first_code(result: &JsValue) -> String {
    assert!(!is_ok(result));
    text(result, &["problems", "0", "code"])
}

fn engine() -> Engine {
    let loaded = Engine::load(&packed(PACK).unwrap());
    assert!(is_ok(&loaded), "{:?}", JSON::stringify(&loaded));
    Engine::try_from_js_value(get(&loaded, &["engine"])).unwrap()
}

fn outcome() -> longma_device::Outcome {
    let evaluated = engine().evaluate(FACTS, Some("620102".to_owned()), None, None);
    assert!(is_ok(&evaluated), "{:?}", JSON::stringify(&evaluated));
    longma_device::Outcome::try_from_js_value(get(&evaluated, &["outcome"])).unwrap()
}

#[wasm_bindgen_test]
fn a_close_contact_is_red_for_seven_days_and_no_second_longer() {
    let outcome = outcome();
    // 2022-07-15T10:00:00+08:00 ends the seven days.
    for (seconds, level) in [(1_657_850_399.0, "red"), (1_657_850_400.0, "green")] {
        let found = outcome.at(seconds);
        assert_eq!(text(&found, &["statuses", "code", "level"]), level);
    }
    let status = outcome.at(1_657_850_399.5);
    let until = text(&status, &["statuses", "code", "until"]);
    assert_eq!(until, "2022-07-15T10:00:00+08:00");
    let cause = ["statuses", "code", "causes", "0"];
    let cause = get(&status, &cause);
    assert_eq!(text(&cause, &["caption", "zh-CN"]), "密切接触者");
    assert_eq!(text(&cause, &["release", "en"]), "after 7 days");
    assert_eq!(text(&cause, &["evidence", "0"]), "/contacts/0");
}

/// A window as JavaScript gives it.
fn window(ends: &str) -> TimeWindow {
    JSON::parse(ends).unwrap().unchecked_into()
}

#[wasm_bindgen_test]
fn in_a_window_of_time_the_same_holds_and_nothing_outside_of_it() {
    let decide =
        |ends: &str| engine().evaluate(FACTS, Some("620102".to_owned()), None, Some(window(ends)));
    // From an hour before the seven days end, until an hour after.
    let decided = decide(r#"{"from": 1657846800, "until": 1657854000}"#);
    let cut = longma_device::Outcome::try_from_js_value(get(&decided, &["outcome"])).unwrap();
    for (seconds, level) in [(1_657_850_399.0, "red"), (1_657_850_400.0, "green")] {
        let found = cut.at(seconds);
        assert_eq!(text(&found, &["statuses", "code", "level"]), level);
    }
    let timeline = ["decisions", "code", "timeline"];
    let timeline = js_sys::Array::from(&get(&cut.value(), &timeline));
    let first = text(&timeline.get(0), &["from"]);
    let last = text(&timeline.get(timeline.length() - 1), &["until"]);
    let ends = ("2022-07-15T09:00:00+08:00", "2022-07-15T11:00:00+08:00");
    assert_eq!((first.as_str(), last.as_str()), ends);
    assert!(get(&cut.at(1_657_846_799.0), &["statuses", "code"]).is_undefined());
    let open = decide(r#"{"from": 1657846800, "until": null}"#);
    assert!(is_ok(&open));
    assert_eq!(
        first_code(&decide(r#"{"from": 2, "until": 2}"#)),
        "window-empty"
    );
    assert_eq!(first_code(&decide(r#"{"from": "now"}"#)), "instant-invalid");
}

#[wasm_bindgen_test]
fn the_value_and_the_json_say_the_same() {
    let outcome = outcome();
    let value = JSON::stringify(&outcome.value()).unwrap();
    assert_eq!(value.as_string().unwrap(), outcome.json());
}

#[wasm_bindgen_test]
fn bad_facts_are_answered_with_their_place() {
    let bad = r#"{"subject":"person","contacts":[{"last_contact":"yesterday"}]}"#;
    let answer = engine().evaluate(bad, Some("620102".to_owned()), None, None);
    assert_eq!(first_code(&answer), "facts-instant");
    let pointer = text(&answer, &["problems", "0", "place", "pointer"]);
    assert_eq!(pointer, "/contacts/0/last_contact");
}

#[wasm_bindgen_test]
fn a_missing_section_is_unknown_and_not_green() {
    let answer = engine().evaluate(
        r#"{"subject":"person"}"#,
        Some("620102".to_owned()),
        None,
        None,
    );
    let outcome = longma_device::Outcome::try_from_js_value(get(&answer, &["outcome"])).unwrap();
    let status = outcome.at(1_657_850_399.0);
    assert_eq!(text(&status, &["statuses", "code", "level"]), "unknown");
}

#[wasm_bindgen_test]
fn what_cannot_work_is_answered_and_never_thrown() {
    assert_eq!(first_code(&Engine::load(b"{")), "packed-magic");
    let packs = packed(PACK).unwrap();
    for (at, byte) in packs.iter().enumerate() {
        let mut damaged = packs.clone();
        damaged[at] = byte ^ 1;
        assert!(first_code(&Engine::load(&damaged)).starts_with("packed-"));
        assert!(first_code(&Engine::load(&packs[..at])).starts_with("packed-"));
    }
    assert_eq!(
        first_code(&engine().evaluate(FACTS, None, None, None)),
        "region-missing"
    );
    let nowhere = engine().evaluate(FACTS, Some("兰州".to_owned()), None, None);
    assert_eq!(first_code(&nowhere), "region-invalid");
    assert_eq!(
        first_code(&engine().add_reference("none", "a\n")),
        "reference-unknown"
    );
    assert_eq!(
        first_code(&engine().add_reference("risk_areas", "level\nhigh,more\n")),
        "reference-csv"
    );
    for seconds in [f64::NAN, f64::INFINITY, -1e300, 1e18] {
        assert_eq!(first_code(&outcome().at(seconds)), "instant-invalid");
    }
    assert_eq!(first_code(&qr_svg(&"长".repeat(2_000))), "qr-length");
}

/// Scripts that loop, recurse, allocate or overflow stop within the limits with a named
/// problem. A stack that is too small would show here.
#[wasm_bindgen_test]
fn hostile_rules_end_with_a_name() {
    let body = |script: &str| {
        let quoted = script.replace('"', "\\\"");
        PACK.replace(
            "contacts.map(|c| red(c.last_contact, c.last_contact + params.quarantine).because(c))",
            &quoted,
        )
    };
    let failing = [
        ("let n = 9223372036854775806 + 1; ()", "rule-overflow"),
        (
            "let l = [0,1,2,3,4,5,6,7,8,9]; let k = l; let m = l.flat_map(|x| k).flat_map(|x| k).flat_map(|x| k); let n = m; let c = m.map(|x| n.filter(|y| y + x < 0).len()); ()",
            "rule-operations",
        ),
        (
            "let l = [0,1,2,3,4,5,6,7,8,9]; let a = l; let m = l.flat_map(|x| a).flat_map(|x| a).flat_map(|x| a).flat_map(|x| a).flat_map(|x| a); ()",
            "rule-size",
        ),
    ];
    for (script, code) in failing {
        let loaded = Engine::load(&packed(&body(script)).unwrap());
        assert!(is_ok(&loaded), "{script}: {:?}", JSON::stringify(&loaded));
        let engine = Engine::try_from_js_value(get(&loaded, &["engine"])).unwrap();
        let answer = engine.evaluate(FACTS, Some("620102".to_owned()), None, None);
        let outcome = get(&answer, &["outcome"]);
        let outcome = longma_device::Outcome::try_from_js_value(outcome).unwrap();
        let value = outcome.value();
        let last = get(&value, &["problems"]);
        let codes = JSON::stringify(&last).unwrap().as_string().unwrap();
        assert!(
            codes.contains(&format!("\"code\":\"{code}\"")),
            "{script}: {codes}"
        );
        let status = outcome.at(1_657_850_399.0);
        assert_eq!(text(&status, &["statuses", "code", "level"]), "unknown");
    }
}

#[wasm_bindgen_test]
fn a_qr_code_is_an_svg() {
    let answer = qr_svg("LONGMA1|green|-|-|cn/2022-06-28");
    assert!(is_ok(&answer));
    assert!(text(&answer, &["svg"]).contains("<svg"));
}
