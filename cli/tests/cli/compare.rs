//! `longma compare` and `longma laws`: how differences are reported.
use crate::common::{command, copy_of_rules, edit, folder, longma, run};
use serde_json::{Value as Json, json};
use std::fs;

const AREAS: &str = "risk_areas=rules/reference/risk_areas.sample.csv";

/// A companion in time and space with one negative test, reported 12 hours after
/// turning yellow: not enough under the rules of 2021, enough under those of 2022.
fn companion() -> String {
    let mut facts = json!({
        "subject": "person",
        "identity": {
            "name": "王五", "region": "620102",
            "document": { "type": "other", "number": "TEST-5" },
        },
        "contacts": [{
            "kind": "time_space",
            "last_contact": "2022-03-09T10:00:00+08:00",
            "identified_at": "2022-03-10T08:00:00+08:00",
        }],
        "tests": [{
            "method": "nucleic_acid", "result": "negative", "pool_size": 1,
            "sampled_at": "2022-03-10T09:00:00+08:00",
            "reported_at": "2022-03-10T20:00:00+08:00",
        }],
    });
    let empty = [
        "issuance",
        "diagnoses",
        "stays",
        "entries",
        "vaccinations",
        "symptoms",
        "isolation",
        "flags",
        "overrides",
    ];
    for section in empty {
        facts[section] = json!([]);
    }
    facts.to_string()
}

fn compared(more: &[&str]) -> Vec<String> {
    let mut args = vec!["compare", "62/2021-10-25", "62/2022-03-07", "--facts", "-"];
    args.extend(["--reference", AREAS, "--decision", "code"]);
    args.extend(["--from", "2022-03-10T00:00:00+08:00"]);
    args.extend(["--until", "2022-03-12T00:00:00+08:00"]);
    args.extend(more);
    args.into_iter().map(str::to_owned).collect()
}

fn said(more: &[&str], input: &str) -> crate::common::Said {
    let args = compared(more);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    run(command(&args), input)
}

#[test]
fn a_companion_s_twenty_eight_hours_are_counted_and_explained() {
    // Under A yellow from 08:00 to the window's end, 40 hours; under B until 20:00.
    let input = format!("{}\n\n{{}}\n", companion());
    let found = said(&["--json"], &input).ends(0);
    let report: Json = serde_json::from_str(&found.out).unwrap();
    assert_eq!(report["persons"], 1);
    assert_eq!(
        (&report["refused"], &report["refusals"][0]["number"]),
        (&json!(1), &json!(3))
    );
    let code = &report["decisions"][0];
    let hours = |amount: &Json| amount["person_seconds"].as_u64().unwrap() / 3_600;
    assert_eq!(hours(&code["by_level"][0][1]), 40);
    assert_eq!(hours(&code["by_level"][1][1]), 12);
    assert_eq!(hours(&code["matrix"][1][0]), 28);
    assert_eq!(code["changed"]["person_days"], "1.2");
    let kind = &code["kinds"][0];
    assert_eq!(kind["levels"], json!(["yellow", "green"]));
    let ours = json!([["62/2021-10-25/code/time_space_companion"], []]);
    assert_eq!(kind["rules"], ours);
    // The example shows no real person: names and numbers are invented.
    let example = &kind["example"];
    assert!(!example.to_string().contains("王五") && !example.to_string().contains("TEST-5"));
    assert_eq!(example["differs"].as_array().unwrap().len(), 1);
}

#[test]
fn a_reader_is_told_of_both_sides_in_both_languages() {
    said(&[], &companion()).ends(0).tells(&[
        "Persons: 1. Counted from 2022-03-10 00:00:00",
        "A   62/2021-10-25",
        "62/2021-10-25/code/time_space_companion: persons 1, person-days 1.2",
        "1. Yellow → Green",
    ]);
    said(&["--lang", "zh-CN"], &companion()).ends(0).tells(&[
        "谁会变色",
        "1 人，1.2 人日",
        "起作用的规则",
    ]);
}

#[test]
fn who_changes_when_a_pack_begins_is_told_in_both_languages_and_on_the_page() {
    let folder = folder("compare-first");
    let page = folder.join("first.html");
    let with = |more: &[&str]| {
        let args = ["compare", "62/2021-10-25", "62/2022-03-07", "--facts", "-"];
        let args = [
            &args[..],
            &["--reference", AREAS, "--decision", "code"],
            more,
        ]
        .concat();
        // Yellow by the old pack until a second test, green by the new one since the first.
        let early = companion()
            .replace("2022-03-10T", "2022-03-05T")
            .replace("2022-03-09T", "2022-03-04T");
        run(command(&args), &early).ends(0)
    };
    let html = ["--html", page.to_str().unwrap()];
    with(&html).tells(&[
        "At the first instant of 62/2022-03-07, 2022-03-07 00:00:00",
        "Persons whose level changes then because of facts that are older: 1.",
        "Health code: Yellow → Green: persons 1",
    ]);
    with(&["--lang", "zh-CN"]).tells(&[
        "62/2022-03-07 生效的第一刻",
        "因此前的事实而在这一刻改变等级的人：1 人",
    ]);
    let report: Json = serde_json::from_str(&with(&["--json"]).out).unwrap();
    let first = &report["first"][0];
    assert_eq!(
        (&first["pack"], &first["persons"]),
        (&json!("62/2022-03-07"), &json!(1))
    );
    assert_eq!(first["changes"][0]["levels"][1]["name"], "green");
    let page = fs::read_to_string(page).unwrap();
    assert!(
        page.contains("At the first instant of 62/2022-03-07"),
        "{page}"
    );
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_a_page() {
    let folder = folder("compare-page");
    let page = folder.join("compare.html");
    let page = page.to_str().unwrap();
    let args = [
        "compare",
        "cn/2021-05-14",
        "cn/2022-06-28",
        "--generate",
        "30",
    ];
    let with = |more: &[&str]| longma(&[&args[..], more].concat()).ends(0).out;
    let json = with(&["--examples", "1", "--json"]);
    assert_eq!(json, with(&["--examples", "1", "--json"]));
    assert_ne!(json, with(&["--examples", "1", "--json", "--seed", "2"]));
    with(&["--examples", "1", "--html", page]);
    let page = fs::read_to_string(page).unwrap();
    assert!(
        page.starts_with("<!DOCTYPE html>") && page.contains("<svg"),
        "{page}"
    );
}

#[test]
fn a_folder_against_itself_differs_for_nobody() {
    let args = ["compare", "rules/packs", "rules/packs", "--generate", "20"];
    longma(&[&args[..], &["--region", "620102", "--decision", "code"]].concat())
        .ends(0)
        .tells(&["Nobody's level differs."]);
}

#[test]
fn a_folder_with_a_longer_quarantine_is_told_apart_from_the_one_without() {
    let copy = copy_of_rules("compare-folder");
    let manifest = copy.join("rules/packs/cn/2022-06-28/pack.toml");
    edit(
        &manifest,
        "[params.quarantine]\nvalue  = 7",
        "[params.quarantine]\nvalue  = 9",
    );
    let packs = copy.join("rules/packs");
    let mut args = vec!["compare", "rules/packs", packs.to_str().unwrap()];
    args.extend([
        "--generate",
        "60",
        "--region",
        "110101",
        "--decision",
        "code",
    ]);
    args.extend(["--examples", "4"]);
    longma(&args)
        .ends(0)
        .tells(&["cn/2022-06-28/code/", "→ Red"]);
}

#[test]
fn a_pack_of_three_months_is_met_among_years() {
    let copy = copy_of_rules("compare-short");
    let pack = copy.join("rules/packs/63/2022-04-01");
    let packs = copy.join("rules/packs");
    let packs = packs.to_str().unwrap();
    let new = ["new", "pack", "--region", "63", "--packs", packs];
    let span = ["--from", "2022-04-01", "--until", "2022-07-01"];
    longma(&[&new[..], &span[..], &["--inherits", "cn"]].concat()).ends(0);
    let rule = "/// 时空伴随人员 A companion\n/// source: notice\n\
        fn companion(contacts) {\n    contacts.filter(|c| c.kind == \"time_space\")\n\
        .map(|c| yellow(c.identified_at, c.identified_at + days(7)).because(c))\n}\n";
    fs::write(pack.join("code.rhai"), rule).unwrap();
    let caption = "[code.rules.companion]\n\
        caption = { zh-CN = \"时空伴随人员\", en = \"Companion\" }\n\
        release = { zh-CN = \"自动解除\", en = \"Ends by itself\" }\n";
    fs::write(pack.join("captions.toml"), caption).unwrap();
    let differing = |seed: &str| {
        let args = ["compare", "rules/packs", packs, "--region", "630000"];
        let more = ["--decision", "code", "--generate", "100", "--seed", seed];
        let json = ["--examples", "0", "--json"];
        let found = longma(&[&args[..], &more[..], &json[..]].concat()).ends(0);
        let report: Json = serde_json::from_str(&found.out).unwrap();
        report["decisions"][0]["changed"]["persons"]
            .as_u64()
            .unwrap()
    };
    // One person in ten is enough to see the kinds of difference.
    let met = ["1", "2", "3", "4", "5"].into_iter().map(differing);
    let met: Vec<u64> = met.collect();
    assert!(met.iter().all(|persons| *persons >= 10), "{met:?}");
}

#[test]
fn a_day_is_its_beginning_where_the_rules_hold() {
    let counted = |from: &str, until: &str| {
        let mut args = vec!["compare", "62/2021-10-25", "62/2022-03-07", "--facts", "-"];
        args.extend(["--decision", "code", "--from", from, "--until", until]);
        run(command(&args), &companion())
    };
    let days = counted("2022-03-10", "2022-03-12").ends(0).out;
    assert!(days.contains("Counted from 2022-03-10 00:00:00"), "{days}");
    let instants = counted("2022-03-09T16:00:00Z", "2022-03-12T00:00:00+08:00");
    assert_eq!(instants.ends(0).out, days);
    // A mistake is reported with the option it is in.
    counted("2022-03-10", "2022-03-12T00:00:00")
        .ends(2)
        .complains(&["--until 2022-03-12T00:00:00+08:00"]);
    counted("2022-13-10", "2022-03-12")
        .ends(2)
        .complains(&["write a day such as --from 2022-07-08"]);
}

#[test]
fn what_cannot_be_compared_is_told() {
    let args = [
        "compare",
        "62/2021-10-25",
        "62/2099-01-01",
        "--generate",
        "1",
    ];
    longma(&args).ends(2).complains(&["62/2099-01-01"]);
    let args = ["compare", "62/2021-10-25", "62/2022-03-07"];
    longma(&args).ends(2).complains(&["--generate"]);
    let window = [
        "--from",
        "2022-03-12T00:00:00+08:00",
        "--until",
        "2022-03-10T00:00:00+08:00",
    ];
    let args = [
        "compare",
        "cn/2021-05-14",
        "cn/2022-06-28",
        "--generate",
        "1",
    ];
    longma(&[&args[..], &window[..]].concat())
        .ends(2)
        .complains(&["--from and --until"]);
}

#[test]
fn a_law_that_does_not_hold_ends_with_1_and_a_counterexample() {
    let args = ["laws", "cn/2022-06-28", "--generate", "20"];
    longma(&args)
        .ends(0)
        .tells(&["Laws that hold: 2; that do not: 0"]);
    let copy = copy_of_rules("compare-laws");
    // More positive tests do worsen a colour.
    let manifest = copy.join("rules/packs/cn/2022-06-28/pack.toml");
    edit(&manifest, "result = \"negative\"", "result = \"positive\"");
    let packs = copy.join("rules/packs");
    let packs = packs.to_str().unwrap();
    longma(&[&args[..], &["--packs", packs]].concat())
        .ends(1)
        .tells(&[
            "✗ another_negative_never_worsens",
            "screening_positive",
            "Laws that hold: 1; that do not: 1",
        ]);
    let json = longma(&[&args[..], &["--packs", packs, "--json"]].concat())
        .ends(1)
        .out;
    let found: Json = serde_json::from_str(&json).unwrap();
    assert_eq!(found[1]["counterexample"]["added"]["result"], "positive");
}

/// A house of packs about boats, a kind of subject of its own, at an offset of its own.
fn boats(name: &str, days: u32) -> crate::common::Folder {
    let folder = folder(name);
    let pack = folder.join("rules/packs/99/2022-01-01");
    fs::create_dir_all(&pack).unwrap();
    fs::create_dir_all(folder.join("rules/schema")).unwrap();
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://longma.invalid/schema/boat.schema.json",
        "title": "Boat", "description": "A boat.", "x-zh-CN": "船。",
        "type": "object", "required": ["subject", "identity"], "additionalProperties": false,
        "properties": {
            "subject": { "type": "string", "enum": ["boat"], "description": "The kind.", "x-zh-CN": "种类。" },
            "identity": {
                "type": "object", "description": "Which boat.", "x-zh-CN": "哪条船。",
                "required": ["region"], "additionalProperties": false,
                "properties": { "region": {
                    "type": "string", "pattern": "^[0-9]{6}$",
                    "description": "Where it lies.", "x-zh-CN": "停在何处。",
                } },
            },
            "calls": {
                "type": "array", "description": "Calls at ports.", "x-zh-CN": "靠港。",
                "items": {
                    "type": "object", "title": "Call", "description": "A call.", "x-zh-CN": "一次靠港。",
                    "required": ["at"], "additionalProperties": false,
                    "properties": { "at": {
                        "type": "string", "format": "date-time",
                        "description": "When it came.", "x-zh-CN": "到港时间。",
                    } },
                },
            },
        },
    });
    fs::write(
        folder.join("rules/schema/boat.schema.json"),
        schema.to_string(),
    )
    .unwrap();
    let manifest = format!(
        r#"subject = "boat"
version = "1"
offset = "+05:00"
title = {{ zh-CN = "船", en = "Boats" }}
authority = {{ zh-CN = "港", en = "The port" }}
[effective]
from = 2022-01-01T00:00:00+05:00
[sources.s]
title = {{ zh-CN = "样例", en = "A sample" }}
date = 2022-01-01
grade = "A"
[params.wait]
value = {days}
unit = "days"
source = "s"
[decisions.berth]
scale = ["free", "held"]
colours = ["green", "red"]
"#
    );
    fs::write(pack.join("pack.toml"), manifest).unwrap();
    let captions = r#"[berth]
name = { zh-CN = "泊位", en = "Berth" }
levels.free = { zh-CN = "放行", en = "Free" }
levels.held = { zh-CN = "扣留", en = "Held" }
[berth.rules.called]
caption = { zh-CN = "刚到港", en = "Called lately" }
release = { zh-CN = "{wait}后放行", en = "Free after {wait}" }
"#;
    fs::write(pack.join("captions.toml"), captions).unwrap();
    let script = "/// 刚到港\n/// Called lately\n/// source: s\nfn called(calls, params) {\n    calls.map(|c| held(c.at, c.at + params.wait).because(c))\n}\n";
    fs::write(pack.join("berth.rhai"), script).unwrap();
    folder
}

#[test]
fn folders_of_packs_about_another_subject_are_compared_at_their_own_offset() {
    let [a, b] = [boats("compare-boats-a", 3), boats("compare-boats-b", 4)];
    let [a, b] = [&a, &b].map(|it| it.join("rules/packs").to_str().unwrap().to_owned());
    let boat = r#"{"subject":"boat","identity":{"region":"990000"},"calls":[{"at":"2022-03-01T00:00:00+05:00"}]}"#;
    let compare = |more: &[&str], input: &str| {
        run(command(&[&["compare", &a, &b][..], more].concat()), input)
    };
    for more in [
        &["--facts", "-"][..],
        &["--facts", "-", "--region", "990000"],
    ] {
        compare(more, boat).ends(0).tells(&[
            // The pack begins on 2022-01-01, so the day before belongs to the days of the changes.
            "Persons: 1. Counted from 2021-12-31 00:00:00 until 2022-03-06 00:00:00 (+05:00).",
            "The level differs at some time for 1 of them: person-days 1.0 in all.",
            "calls: {\"at\":",
            "all other sections are empty",
        ]);
    }
    for more in [
        &["--generate", "30"][..],
        &["--generate", "30", "--region", "990000"],
        &["--generate", "30", "--decision", "berth"],
    ] {
        compare(more, "")
            .ends(0)
            .tells(&["Invented persons: 30", "(+05:00)", "Berth (berth)"]);
    }
}

#[test]
fn of_nobody_it_is_not_said_that_nothing_changes() {
    let [a, b] = [boats("compare-nobody-a", 3), boats("compare-nobody-b", 4)];
    let [a, b] = [&a, &b].map(|it| it.join("rules/packs").to_str().unwrap().to_owned());
    let elsewhere = r#"{"subject":"boat","identity":{"region":"110000"},"calls":[]}"#;
    let person = companion();
    for input in ["", "\n\n", "{", elsewhere, &person] {
        for more in [&[][..], &["--json"]] {
            let args = [&["compare", &a, &b, "--facts", "-"][..], more].concat();
            let said = run(command(&args), input).ends(3);
            assert!(
                !said.out.contains("Nothing changes"),
                "{input:?}: {}",
                said.out
            );
            let told = if more.is_empty() {
                "Nothing was compared"
            } else {
                r#""decisions":[]"#
            };
            assert!(said.out.contains(told), "{input:?}: {}", said.out);
        }
    }
    longma(&[
        "compare",
        "62/2021-10-25",
        "62/2022-03-07",
        "--generate",
        "0",
    ])
    .ends(3)
    .tells(&["Nothing was compared"]);
}

#[test]
fn a_law_of_which_nothing_was_seen_does_not_hold() {
    longma(&["laws", "cn/2022-06-28", "--generate", "0"])
        .ends(1)
        .tells(&[
            "? another_negative_never_worsens",
            "nothing was seen",
            "Laws that hold: 0; that do not: 0; of which nothing was seen: 2",
        ]);
    // A condition that nobody meets: many persons are tried, and nothing is seen.
    let copy = copy_of_rules("compare-blind");
    let script = copy.join("rules/packs/62/validity-2020-02-21/validity.rhai");
    let never = "issuance.filter(|i| i.issued_at < i.issued_at).map(";
    edit(&script, "issuance.map(", never);
    let packs = copy.join("rules/packs");
    let args = [
        "laws",
        "62/validity-2020-02-21",
        "--packs",
        packs.to_str().unwrap(),
    ];
    longma(&[&args[..], &["--generate", "50"]].concat())
        .ends(1)
        .tells(&[
            "? another_issue",
            "invented persons: 50",
            "nothing was seen",
        ]);
    let folder = boats("compare-no-law", 3);
    let packs = folder.join("rules/packs");
    longma(&["laws", "--packs", packs.to_str().unwrap()])
        .ends(1)
        .complains(&["none of these packs has a law"]);
}

#[test]
fn nobody_decided_and_nobody_screened_is_no_success() {
    let at = "2022-07-10T09:00:00+08:00";
    for input in ["", "\n", " \r\n\r\n"] {
        let args = ["decide", "--facts", "-", "--format", "ndjson", "--at", at];
        run(command(&args), input)
            .ends(3)
            .complains(&["there is nobody in this file"]);
    }
    let folder = folder("compare-nobody");
    let list = folder.join("list.csv");
    fs::write(&list, "姓名,证件号码\n").unwrap();
    let list = list.to_str().unwrap();
    longma(&[
        "screen",
        "--list",
        list,
        "--region",
        "620102",
        "--received",
        at,
    ])
    .ends(3);
    let mapping = "--mapping=rules/samples/screening.toml";
    let header =
        fs::read_to_string(crate::common::project().join("rules/samples/screening.csv")).unwrap();
    let header = header.lines().next().unwrap();
    let args = [
        "decide", "--facts", "-", "--format", "csv", mapping, "--at", at,
    ];
    run(command(&args), header).ends(3);
}
