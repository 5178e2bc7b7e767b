//! Cards, doors and sites, as JavaScript sees them.

use crate::common::{NOON, code_of, engine, facts, get, outcome, text};
use longma_device::{
    Outcome, Sites, enter, leave, qr_modules, utf8, venue_of, venue_qr_text, with_digests,
};
use wasm_bindgen::JsValue;
use wasm_bindgen::convert::TryFromJsValue;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn only_what_is_asked_for_is_decided() {
    let facts = facts(r#""tests":[],"#);
    let whole = outcome(&facts, None);
    assert!(!get(&whole.value(), &["decisions", "tests"]).is_undefined());
    let asked = outcome(&facts, Some(vec!["code".to_owned()]));
    assert!(get(&asked.value(), &["decisions", "tests"]).is_undefined());
    let unknown = engine().evaluate(
        &facts,
        Some("620102".to_owned()),
        Some(vec!["colour".to_owned()]),
        None,
    );
    assert_eq!(code_of(&unknown), "unknown-decision");
}

#[wasm_bindgen_test]
fn a_part_that_is_wrong_leaves_the_rest_decided() {
    let facts = facts(r#""tests":[{"sampled_at":"yesterday"}],"#);
    let strict = engine().evaluate(&facts, Some("620102".to_owned()), None, None);
    assert_eq!(get(&strict, &["ok"]), JsValue::FALSE);
    let partly = engine().decide(&facts, NOON, Some("620102".to_owned()), None, None);
    let outcome = Outcome::try_from_js_value(get(&partly, &["outcome"])).unwrap();
    let found = outcome.at(NOON);
    assert_eq!(text(&found, &["statuses", "code", "level"]), "red");
    assert_eq!(text(&found, &["statuses", "tests", "level"]), "unknown");
}

#[wasm_bindgen_test]
fn a_card_is_masked_and_says_when_to_draw_it_anew() {
    let facts = facts(r#""tests":[{"sampled_at":"2022-07-08T06:00:00+08:00"}],"#);
    let drawn = outcome(&facts, None).card(NOON);
    assert_eq!(text(&drawn, &["card", "holder", "name"]), "测**乙");
    assert_eq!(text(&drawn, &["card", "holder", "document"]), "*********01");
    assert_eq!(text(&drawn, &["card", "tone"]), "red");
    assert_eq!(text(&drawn, &["card", "badges", "0", "level"]), "fresh");
    // The test counts for 24 hours from sampling and the colour lasts 7 days, so the card
    // changes when the test expires.
    assert_eq!(
        text(&drawn, &["card", "changes_at"]),
        "2022-07-09T06:00:00+08:00"
    );
    assert_eq!(
        code_of(&outcome(&facts, None).card(f64::NAN)),
        "instant-invalid"
    );
}

#[wasm_bindgen_test]
fn a_scan_becomes_a_visit_and_ends() {
    assert_eq!(
        text(&venue_of(&venue_qr_text("620102-A1")), &["venue"]),
        "620102-A1"
    );
    for hostile in [
        "",
        "https://example.invalid/",
        "longma:venue:",
        "longma:venue:a b",
    ] {
        assert_eq!(code_of(&venue_of(hostile)), "scan-text");
    }
    let inside = text(&enter(&facts(""), "620102-A1", NOON, "on_site"), &["facts"]);
    let gone = text(&leave(&inside, "620102-A1", NOON + 60.0), &["facts"]);
    assert!(
        gone.contains(r#""left_at":"2022-07-08T12:01:00+08:00""#),
        "{gone}"
    );
    assert_eq!(
        code_of(&leave(&gone, "620102-A1", NOON + 120.0)),
        "scan-no-visit"
    );
    assert_eq!(code_of(&enter(&gone, "x", NOON, "dreamt")), "scan-presence");
    let digested = text(&with_digests(&gone, "list-2022-07-08-a"), &["facts"]);
    assert!(digested.contains(r#""digest":""#), "{digested}");
    assert_eq!(code_of(&with_digests(&gone, "short")), "exposure-salt");
}

#[wasm_bindgen_test]
fn the_nearest_site_is_found() {
    let csv = "id,name,address,latitude,longitude,hours,queue_minutes\n\
        a,甲,路,36.06,103.83,1-7 08:00-20:00,\n\
        b,乙,路,36.07,103.83,1-7 08:00-20:00,7\n";
    let csv = format!("{csv}c,丙,路,north,103.83,1-7 08:00-20:00,\n");
    let read = Sites::read(&csv, vec!["2022-10-01".to_owned()]);
    assert_eq!(text(&read, &["problems", "0", "code"]), "site-point");
    let sites = Sites::try_from_js_value(get(&read, &["sites"])).unwrap();
    let found = sites.nearest("36.071", "103.83", NOON, true, 1);
    assert_eq!(text(&found, &["found", "0", "id"]), "b");
    assert_eq!(get(&found, &["found", "0", "metres"]).as_f64(), Some(111.0));
    assert_eq!(
        code_of(&sites.nearest("north", "1", NOON, true, 1)),
        "site-point"
    );
}

#[wasm_bindgen_test]
fn a_qr_code_comes_as_modules_for_a_canvas() {
    let drawn = qr_modules("longma:venue:620102-A1");
    let size = get(&drawn, &["size"]).as_f64().unwrap();
    let modules = text(&drawn, &["modules"]);
    // Version 2 of ISO/IEC 18004 has 25 modules in a row; its first eight are a finder's edge and its gap.
    assert_eq!(size, 25.0);
    assert_eq!(modules.len(), 625);
    assert!(modules.starts_with("11111110"), "{modules}");
    assert!(modules.chars().all(|it| it == '0' || it == '1'));
    assert_eq!(code_of(&qr_modules(&"x".repeat(3000))), "qr-length");
}

#[wasm_bindgen_test]
fn bytes_that_are_no_text_are_refused_with_their_place() {
    assert_eq!(text(&utf8("绿码".as_bytes()), &["text"]), "绿码");
    let broken = utf8(&[b'a', b'b', 0xff]);
    assert_eq!(code_of(&broken), "facts-utf8");
    assert!(text(&broken, &["problems", "0", "message", "en"]).contains("byte 2"));
}
