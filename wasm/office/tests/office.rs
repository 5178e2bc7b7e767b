//! Records and lists, as JavaScript sees them.
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "../../device/tests/device/common.rs"]
mod common;

use common::{NOON, code_of, engine, facts, get, outcome, text};
use longma_office::{
    appeal, appeal_of_dossier, dossier, history, join_dossiers, merged, roll_up, screen,
};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn clinics_are_added_up() {
    let clinics = r#"[{"subject":"clinic","identity":{"code":"A","name":"甲","region":"620102"},
        "counts":[{"day":"2020-02-01","fever":3,"visits":30}]}]"#;
    let engine = engine();
    let rolled = roll_up(&engine, clinics, "2020-02-01", "2020-02-01");
    assert_eq!(text(&rolled, &["rollUp", "lines", "0", "region"]), "620000");
    assert_eq!(
        code_of(&roll_up(&engine, clinics, "today", "2020-02-01")),
        "not-a-day"
    );
    assert_eq!(
        code_of(&roll_up(&engine, clinics, "2020-02-02", "2020-02-01")),
        "rollup-order"
    );
    assert_eq!(
        code_of(&roll_up(&engine, clinics, "0001-01-02", "9999-12-30")),
        "rollup-days"
    );
}

#[wasm_bindgen_test]
fn rows_that_cannot_be_used_are_told_with_what_is_wrong() {
    let csv = "姓名,证件号码\n样甲,13\n样乙,\n";
    let screened = screen(&engine(), csv, NOON, Some("620102".to_owned()));
    let count = |name: &str| get(&screened, &["screened", "rows", name]).as_f64();
    assert_eq!(count("given"), Some(2.0));
    assert_eq!(count("reported"), Some(2.0));
    assert_eq!(count("used"), Some(0.0));
    let code = |row: &str| {
        let path = [
            "screened", "reported", row, "findings", "0", "problem", "code",
        ];
        text(&screened, &path)
    };
    assert_eq!(code("0"), "identity-nothing");
    assert_eq!(code("1"), "screen-missing");
    assert_eq!(
        code_of(&screen(&engine(), "", NOON, None)),
        "screen-headers"
    );
}

#[wasm_bindgen_test]
fn two_sources_are_one_person_in_any_order_and_each_answers_for_its_records() {
    let engine = engine();
    let one = |source: &str, facts: &str| text(&dossier(&engine, source, facts), &["dossier"]);
    let hospital = one("hospital", &facts(""));
    let laboratory = one(
        "laboratory",
        &facts(r#""tests":[{"sampled_at":"2022-07-08T06:00:00+08:00"}],"#),
    );
    let joined = text(
        &join_dossiers(&engine, &hospital, &laboratory),
        &["dossier"],
    );
    let turned = text(
        &join_dossiers(&engine, &laboratory, &hospital),
        &["dossier"],
    );
    assert_eq!(joined, turned);
    let whole = merged(&engine, &joined);
    let sources = get(&whole, &["ledger", "entries", "/contacts/0", "sources"]);
    assert_eq!(text(&sources, &["0"]), "hospital");
    assert_eq!(text(&sources, &["1"]), "laboratory");
    let region = || Some("620102".to_owned());
    let code = || Some(vec!["code".to_owned()]);
    let ground = ["appeal", "decisions", "0", "causes", "0", "grounds", "0"];
    let at = |last: &'static str| [&ground[..], &[last]].concat();
    // A dossier brings its own ledger; an outcome alone knows no sources.
    let found = appeal_of_dossier(&engine, &joined, NOON, region(), code());
    assert_eq!(text(&found, &at("pointer")), "/contacts/0");
    assert_eq!(text(&get(&found, &at("sources")), &["0"]), "hospital");
    let alone = outcome(&text(&whole, &["facts"]), None);
    let found = appeal(&engine, &alone, NOON, code());
    assert_eq!(text(&found, &at("pointer")), "/contacts/0");
    assert!(get(&get(&found, &at("sources")), &["0"]).is_undefined());
    let past = history(&engine, &joined, region());
    let segments = get(&past, &["history", "decisions", "code", "segments"]);
    assert!(js_sys::Array::from(&segments).length() > 1);
    assert!(!code_of(&merged(&engine, "{}")).is_empty());
}
