//! The desk, as JavaScript sees it.
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "../../device/tests/device/common.rs"]
mod common;

use common::{PACK, code_of, get, text};
use js_sys::Reflect;
use longma_device::Engine;
use longma_studio::{
    Comparing, LanguageServer, Slips, Trial, approvals, approve, book, changes, check, check_texts,
    compile, new_pack,
};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

/// A pack that decides nothing yet, and the schema of its subject.
const MANIFEST: &str = r#"
subject = "area"
version = "1"
title = { zh-CN = "方案", en = "A plan" }
authority = { zh-CN = "省", en = "Province" }
effective.from = 2022-03-07T00:00:00+08:00
"#;
const SCHEMA: &str = include_str!("../../../rules/schema/area.schema.json");

#[wasm_bindgen_test]
fn the_desk_tells_what_is_wrong_and_writes_the_book() {
    // A role that does not exist prevents loading, but the packs can still be checked.
    let wrong = PACK.replace(r#""face""#, r#""faces""#);
    let found = js_sys::Array::from(&get(&check(&wrong), &["findings"]));
    let codes: Vec<String> = found.iter().map(|it| text(&it, &["code"])).collect();
    assert!(codes.iter().any(|code| code == "role-unknown"), "{codes:?}");
    assert_eq!(code_of(&check("{")), "bundle-syntax");
    // The same packs as the texts of files, with one date that does not exist.
    let texts = js_sys::Object::new();
    let put = |path: &str, text: &str| {
        Reflect::set(&texts, &path.into(), &text.into()).unwrap();
    };
    put("schema/area.schema.json", SCHEMA);
    put("packs/62/2022-03-07/captions.toml", "");
    put(
        "packs/62/2022-03-07/pack.toml",
        &MANIFEST.replace("03-07", "13-07"),
    );
    let checked = check_texts(&texts);
    let first = js_sys::Array::from(&get(&checked, &["findings"])).get(0);
    assert_eq!(text(&first, &["code"]), "toml-syntax");
    assert!(get(&checked, &["bundle"]).is_undefined());
    put("packs/62/2022-03-07/pack.toml", MANIFEST);
    let bundle = text(&check_texts(&texts), &["bundle"]);
    let packs = get(&compile(&bundle, None), &["packs"]);
    let packs = js_sys::Uint8Array::from(packs).to_vec();
    let small = get(&compile(&bundle, Some(false)), &["packs"]);
    assert!(js_sys::Uint8Array::from(small).to_vec().len() <= packs.len());
    assert_eq!(get(&Engine::load(&packs), &["ok"]), JsValue::TRUE);
    assert_eq!(code_of(&compile(&wrong, None)), "role-unknown");
    let html = text(&book(PACK, "en"), &["html"]);
    assert!(html.starts_with("<!DOCTYPE html>"), "{html:.60}");
    assert_eq!(code_of(&book(&wrong, "en")), "role-unknown");
}

#[wasm_bindgen_test]
fn a_pages_editor_speaks_to_the_language_server() {
    let texts = js_sys::Object::new();
    let put = |path: &str, text: &str| {
        Reflect::set(&texts, &path.into(), &text.into()).unwrap();
    };
    put("schema/area.schema.json", SCHEMA);
    put("packs/62/2022-03-07/captions.toml", "");
    let manifest = "packs/62/2022-03-07/pack.toml";
    put(manifest, &MANIFEST.replace("03-07", "13-07"));
    let mut server = LanguageServer::new("file:///rules", &texts, "en");
    let begin = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#;
    let answer = server.receive(begin).get(0).as_string().unwrap_or_default();
    assert!(answer.contains(r#""serverInfo":{"name":"longma""#));
    let sent = server.receive(r#"{"jsonrpc":"2.0","method":"initialized","params":{}}"#);
    let told = sent.get(0).as_string().unwrap_or_default();
    assert!(told.contains("file:///rules/packs/62/2022-03-07/pack.toml"));
    assert!(told.contains("toml-syntax"), "{told}");
    // Once the file is mended, nothing is left to say about it.
    let sent = server.file(manifest, Some(MANIFEST.to_owned()));
    let said: Vec<String> = sent.iter().filter_map(|it| it.as_string()).collect();
    assert!(
        !said.iter().any(|it| it.contains("toml-syntax")),
        "{said:?}"
    );
}

#[wasm_bindgen_test]
fn two_bundles_are_compared_a_part_at_a_time() {
    let bundles = || vec![PACK.to_owned(), PACK.to_owned()];
    let names = || vec!["before".to_owned(), "after".to_owned()];
    assert_eq!(
        code_of(&Comparing::of(names(), vec![], None, None, None)),
        "compare-pair"
    );
    for away in ["de", "org-other", "nowhere"] {
        let made = Comparing::of(names(), bundles(), Some(away.to_owned()), None, None);
        assert_eq!(code_of(&made), "compare-no-rules", "{away}");
    }
    let made = Comparing::of(names(), bundles(), Some("62".to_owned()), Some(1), None);
    let comparing = get(&made, &["comparing"]);
    let call = |name: &str, argument: f64| {
        let method = js_sys::Function::from(get(&comparing, &[name]));
        method.call1(&comparing, &argument.into()).unwrap()
    };
    assert_eq!(call("step", 20.0).as_f64(), Some(20.0));
    assert_eq!(call("step", 20.0).as_f64(), Some(40.0));
    let report = call("report", 0.0);
    let count = |name: &str| get(&report, &[name]).as_f64().unwrap_or_default();
    assert_eq!(count("persons") + count("refused"), 40.0);
    assert!(count("persons") > 0.0);
    // The same packs on both sides: nobody changes.
    let changed = get(&report, &["decisions", "0", "changed", "persons"]);
    assert_eq!(changed.as_f64(), Some(0.0));
}

/// A person whose code was issued on 2020-02-25 at 10:00.
const HOLDER: &str = r#"{"subject": "person", "identity": {"name": "测试甲", "region": "620102",
    "document": {"type": "other", "number": "CASE-0001"}},
    "issuance": [{"issued_at": "2020-02-25T10:00:00+08:00"}]}"#;
const VALIDITY: &str = "62/validity-2020-02-21";

/// The pack of how long a code is valid, as texts.
fn validity(manifest: &str) -> js_sys::Object {
    let texts = js_sys::Object::new();
    let mut put = |path: String, text: &str| {
        Reflect::set(&texts, &path.into(), &text.into()).unwrap();
    };
    let schema = include_str!("../../../rules/schema/person.schema.json");
    put("schema/person.schema.json".to_owned(), schema);
    for (file, text) in [
        ("pack.toml", manifest),
        (
            "captions.toml",
            include_str!("../../../rules/packs/62/validity-2020-02-21/captions.toml"),
        ),
        (
            "validity.rhai",
            include_str!("../../../rules/packs/62/validity-2020-02-21/validity.rhai"),
        ),
    ] {
        put(format!("packs/{VALIDITY}/{file}"), text);
    }
    texts
}

#[wasm_bindgen_test]
fn a_house_is_tried_reviewed_and_approved() {
    let manifest = include_str!("../../../rules/packs/62/validity-2020-02-21/pack.toml");
    let texts = validity(manifest);
    let trial = get(&Trial::of(&texts), &["trial"]);
    let call = |name: &str, arguments: &[JsValue]| {
        let method = js_sys::Function::from(get(&trial, &[name]));
        method
            .apply(&trial, &arguments.iter().collect::<js_sys::Array>())
            .unwrap()
    };
    let none = || JsValue::from(js_sys::Object::new());
    let at = JsValue::from("2020-02-25T12:00:00+08:00");
    let (facts, region) = (JsValue::from(HOLDER), JsValue::UNDEFINED);
    let tried = call("decide", &[facts.clone(), none(), region.clone()]);
    let decision = get(&tried, &["tried", "decisions", "0"]);
    assert_eq!(text(&decision, &["name"]), "validity");
    assert_eq!(text(&decision, &["timeline", "2", "level"]), "valid");
    let told = call("explain", &[facts.clone(), none(), region, at.clone()]);
    let verdict = get(
        &told,
        &["explanation", "decisions", "0", "rules", "0", "verdict"],
    );
    assert_eq!(text(&verdict, &[]), "holds");
    let levels = js_sys::Object::new();
    Reflect::set(&levels, &"validity".into(), &"valid".into()).unwrap();
    let case = call(
        "caseText",
        &["甲 — a".into(), facts, none(), at, levels.into()],
    );
    assert!(text(&case, &["text"]).starts_with("[[case]]"));
    let files = call("coverage", &[VALIDITY.into()]);
    let covered = get(&files, &["files", "0", "counts", "rules", "covered"]);
    assert_eq!(covered.as_f64(), Some(0.0));

    let later = validity(&manifest.replace("value  = 24", "value  = 12"));
    let change = get(&changes(&texts, &later), &["0", "changes", "0"]);
    assert_eq!(text(&change, &["after", "en"]), "12 hours");

    let by = |name: &str| {
        approve(
            &texts,
            VALIDITY,
            name,
            "省疾控",
            "",
            "2020-02-20T10:00:00+08:00",
        )
    };
    assert_eq!(code_of(&by("")), "approval-words");
    let path = format!("packs/{VALIDITY}/approvals.toml");
    Reflect::set(&texts, &path.into(), &get(&by("王某"), &["text"])).unwrap();
    assert_eq!(get(&approvals(&texts), &["0", "count"]).as_f64(), Some(1.0));
    assert_eq!(code_of(&by("王某")), "approval-twice");

    let asked = js_sys::Object::new();
    Reflect::set(&asked, &"region".into(), &"62".into()).unwrap();
    Reflect::set(&asked, &"from".into(), &"tomorrow".into()).unwrap();
    let made = new_pack(&texts, &asked);
    assert!(get(&made, &["pack"]).is_undefined());
    let place = get(&made, &["findings", "0", "spot", "key", "0"]);
    assert_eq!(text(&place, &[]), "from");

    // The pack asks for cases, and there are none here: nothing could notice a slip.
    let refused = Slips::of(&texts, VALIDITY, 1);
    assert!(get(&refused, &["slips"]).is_undefined());
    let code = text(&refused, &["findings", "0", "code"]);
    assert_eq!(code, "coverage-without-case");
}
