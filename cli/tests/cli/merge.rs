//! `longma merge` and `longma appeal`, as a user sees them.

use crate::common::{Said, folder, longma};
use serde_json::{Value as Json, json};
use std::fs;
use std::path::Path;

const SAMPLES: &str = "rules/samples/merge";

/// Merges samples by their names.
fn merge(names: &[&str], more: &[&str]) -> Said {
    let sources: Vec<String> = names
        .iter()
        .map(|name| format!("{name}={SAMPLES}/{name}.json"))
        .collect();
    let mut args = vec!["merge", "--lang", "en"];
    for source in &sources {
        args.extend(["--source", source]);
    }
    args.extend(more);
    longma(&args)
}

fn json_of(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

fn results(facts: &Json) -> Vec<&str> {
    let tests = facts["tests"].as_array().unwrap().iter();
    tests.map(|test| test["result"].as_str().unwrap()).collect()
}

#[test]
fn what_sources_say_of_one_test_is_joined_and_differences_are_told() {
    let said = merge(&["hospital", "laboratory", "person"], &[]).ends(0);
    let facts = json_of(&said.out);
    // Laboratory and person agree, at different offsets; the hospital does not.
    assert_eq!(results(&facts), ["negative", "positive"]);
    assert_eq!(facts["tests"][0]["laboratory"], "虚构检测点");
    for text in [
        "sources 3",
        "contradictions 1",
        "merge-differs-records",
        "/tests/0 (laboratory, person)",
        "/tests/1 (hospital)",
    ] {
        assert!(said.err.contains(text), "no {text:?} in\n{}", said.err);
    }
}

#[test]
fn the_order_of_the_sources_changes_no_byte() {
    let one = merge(&["hospital", "laboratory", "person"], &[]).ends(0);
    let other = merge(&["person", "hospital", "laboratory", "person"], &[]).ends(0);
    assert_eq!(one.out, other.out);
    assert_eq!(one.err, other.err);
}

#[test]
fn a_correction_settles_it_and_is_told_with_its_officer() {
    let corrections = format!("{SAMPLES}/corrections.json");
    let more = ["--corrections", corrections.as_str()];
    let said = merge(&["hospital", "laboratory", "person"], &more).ends(0);
    assert_eq!(results(&json_of(&said.out)), ["negative"]);
    for text in [
        "superseded 1",
        "contradictions 0",
        "X-0001",
        "result positive",
    ] {
        assert!(said.err.contains(text), "no {text:?} in\n{}", said.err);
    }
}

#[test]
fn the_report_as_json_is_the_ledger() {
    let folder = folder("merge-ledger");
    let ledger = folder.join("ledger.json");
    let more = ["--format", "json", "--ledger", ledger.to_str().unwrap()];
    let said = merge(&["hospital", "laboratory"], &more).ends(0);
    assert_eq!(said.err, read(&ledger));
    let told = json_of(&said.err);
    assert_eq!(
        told["entries"]["/tests/0"]["sources"],
        json!(["laboratory"])
    );
    assert_eq!(told["contradictions"][0]["fields"], json!(["result"]));
}

#[test]
fn a_dossier_keeps_what_was_said_for_the_next_time() {
    let folder = folder("merge-dossier");
    let (kept, whole) = (folder.join("kept.json"), folder.join("whole.json"));
    let (dossier, at_once) = (kept.to_str().unwrap(), whole.to_str().unwrap());
    merge(&["hospital"], &["--dossier", dossier]).ends(0);
    merge(&["laboratory"], &["--dossier", dossier]).ends(0);
    let bit_by_bit = merge(&["person"], &["--dossier", dossier]).ends(0);
    let names = ["hospital", "laboratory", "person"];
    let together = merge(&names, &["--dossier", at_once]).ends(0);
    assert_eq!(bit_by_bit.out, together.out);
    assert_eq!(read(&kept), read(&whole));
    assert_eq!(
        merge(&[], &["--dossier", dossier]).ends(0).out,
        together.out
    );
}

#[test]
fn two_people_are_not_merged_and_nothing_is_written() {
    let folder = folder("merge-two-people");
    let out = folder.join("facts.json");
    let dossier = folder.join("dossier.json");
    let stranger = "stranger=rules/samples/companion.json";
    let files = [
        "--out",
        out.to_str().unwrap(),
        "--dossier",
        dossier.to_str().unwrap(),
    ];
    let more = [&["--source", stranger], &files[..]].concat();
    merge(&["hospital"], &more).ends(3).complains(&[
        "merge-other-person",
        "hospital",
        "stranger",
        "nothing was merged",
    ]);
    assert!(!out.exists() && !dossier.exists());
}

#[test]
fn what_is_wrong_is_shown_in_its_file() {
    let folder = folder("merge-wrong");
    let wrong = folder.join("wrong.json");
    let text = read(&crate::common::project().join(SAMPLES).join("hospital.json"));
    fs::write(&wrong, text.replace("\"positive\"", "\"perhaps\"")).unwrap();
    let source = format!("clinic={}", wrong.display());
    longma(&["merge", "--lang", "en", "--source", &source])
        .ends(3)
        .complains(&["facts-enum", "wrong.json:", "as clinic has it"]);
    let corrections = folder.join("corrections.json");
    fs::write(&corrections, "[{\"section\": \"tests\"}]").unwrap();
    merge(
        &["hospital"],
        &["--corrections", corrections.to_str().unwrap()],
    )
    .ends(3)
    .complains(&["correction-json"]);
    merge(&["hospital"], &["--source", "nobody"])
        .ends(2)
        .complains(&["`nobody`", "--source NAME=FILE"]);
    merge(&[], &[]).ends(2).complains(&["nothing to merge"]);
    merge(&[], &["--source", "a=no/such/file.json"])
        .ends(5)
        .complains(&["no/such/file.json"]);
}

fn appeal(facts: &str, at: &str, more: &[&str]) -> Said {
    let table = "risk_areas=rules/reference/risk_areas.sample.csv";
    let args = ["appeal", "--facts", facts, "--at", at, "--reference", table];
    let asked = ["--lang", "en", "--decision", "code"];
    longma(&[&args[..], &asked, more].concat())
}

#[test]
fn an_appeal_names_who_answers_for_a_record_and_who_says_otherwise() {
    let folder = folder("appeal-sources");
    let (out, ledger) = (folder.join("facts.json"), folder.join("ledger.json"));
    let (facts, account) = (out.to_str().unwrap(), ledger.to_str().unwrap());
    let names = ["hospital", "laboratory", "person"];
    merge(&names, &["--out", facts, "--ledger", account]).ends(0);
    let at = "2022-07-10T22:00:00+08:00";
    appeal(facts, at, &["--ledger", account]).ends(0).tells(&[
        "cn/2022-06-28/code/screening_positive",
        "/tests/1",
        "result  positive",
        "stated by  hospital",
        "others say  laboratory, person: ",
        "Ask hospital",
    ]);
    let json = appeal(facts, at, &["--ledger", account, "--json"]).ends(0);
    let json = json_of(&json.out);
    let cause = &json["decisions"][0]["causes"][0];
    assert_eq!(cause["grounds"][0]["kind"], "record");
    assert_eq!(cause["grounds"][0]["sources"], json!(["hospital"]));
    assert!(
        cause["ways"][0]["zh-CN"]
            .as_str()
            .unwrap()
            .contains("hospital")
    );
    appeal(facts, at, &["--ledger", facts])
        .ends(3)
        .complains(&["not a ledger"]);
}

#[test]
fn an_appeal_against_a_colour_set_by_hand_names_both_officers() {
    let at = "2022-07-10T09:00:00+08:00";
    appeal("rules/samples/manual-colour.json", at, &[])
        .ends(0)
        .tells(&["manual/code", "经办甲 (虚构区防控办, X-0001)", "经办乙"]);
}

#[test]
fn an_appeal_against_a_row_names_its_table() {
    let at = "2022-07-09T10:00:00+08:00";
    appeal("rules/samples/sample-area.json", at, &[])
        .ends(0)
        .tells(&[
            "row 1 of the table risk_areas",
            "risk_areas.sample.csv:2",
            "publishes it",
        ]);
}

#[test]
fn an_appeal_about_a_decision_that_is_not_there_is_a_mistake_of_the_command_line() {
    let facts = "rules/samples/companion.json";
    let args = [
        "appeal",
        "--facts",
        facts,
        "--decision",
        "colour",
        "--lang",
        "en",
    ];
    longma(&args).ends(2).complains(&["colour"]);
}

#[test]
fn what_every_source_knows_in_part_is_incomplete_when_it_is_joined() {
    let folder = folder("merge-incomplete");
    let source = |name: &str, venue: &str, incomplete: bool| {
        let mut facts = json!({
            "subject": "person",
            "identity": { "name": "样甲", "document": { "type": "other", "number": "TEST-000001" }, "region": "620102" },
            "visits": [{ "venue": venue, "entered_at": "2022-07-10T08:00:00+08:00", "presence": "on_site" }],
        });
        if incomplete {
            facts["incomplete"] = json!(["visits"]);
        }
        let path = folder.join(format!("{name}.json"));
        fs::write(&path, facts.to_string()).unwrap();
        format!("{name}={}", path.display())
    };
    let phone = source("phone", "T-1", true);
    let other = source("other", "T-2", true);
    let province = source("province", "T-3", false);
    let merged = |second: &str| {
        json_of(
            &longma(&["merge", "--source", &phone, "--source", second])
                .ends(0)
                .out,
        )
    };
    let partly = merged(&other);
    assert_eq!(partly["visits"].as_array().unwrap().len(), 2);
    assert_eq!(partly["incomplete"], json!(["visits"]));
    let whole = merged(&province);
    assert_eq!(whole["visits"].as_array().unwrap().len(), 2);
    assert_eq!(whole.get("incomplete"), None);
}
