//! `longma decide`: what a reader is told of the sample persons.
use crate::common::{command, decide, folder, longma, run};
use std::fs;

const JULY: &str = "2022-07-10T09:00:00+08:00";

#[test]
fn a_close_contact_is_told_the_level_its_reason_its_source_and_what_comes_next() {
    decide("close-contact", JULY, &[]).ends(0).tells(&[
        "Status at 2022-07-10 09:00:00 (+08:00)",
        "Health code  Red (red)",
        "2022-07-08 10:00:00  (for 1 day 23 hours)",
        "until    2022-07-15 10:00:00",
        "Yellow, in 5 days 1 hour",
        "cn/2022-06-28/code/close_contact",
        "/contacts/0 (rules/samples/close-contact.json:",
        "Control plan, 9th edition",
    ]);
}

#[test]
fn the_same_is_told_in_chinese() {
    decide("close-contact", JULY, &["--lang", "zh-CN"])
        .ends(0)
        .tells(&[
            "红码（红色）",
            "已 1 天 23 小时",
            "5 天 1 小时后变为黄码",
            "时间线",
            "变化",
        ]);
}

#[test]
fn the_language_is_the_locales_unless_another_is_asked_for() {
    let said = |locale: &str, more: &[&str]| {
        let mut args = vec![
            "decide",
            "--facts",
            "rules/samples/companion.json",
            "--at",
            JULY,
        ];
        args.extend(more);
        let mut command = command(&args);
        command.env("LANG", locale);
        run(command, "").ends(0)
    };
    said("zh_CN.UTF-8", &[]).tells(&["健康码"]);
    said("de_DE.UTF-8", &[]).tells(&["Health code"]);
    said("zh_CN.UTF-8", &["--lang=en"]).tells(&["Health code"]);
}

#[test]
fn standard_input_gives_the_same_answer_as_the_file() {
    let file = "rules/samples/companion.json";
    let text = fs::read_to_string(crate::common::project().join(file)).unwrap();
    let args = ["decide", "--facts", file, "--at", JULY, "--json"];
    let by_name = longma(&args).ends(0);
    let args = ["decide", "--facts", "-", "--at", JULY, "--json"];
    let by_pipe = run(command(&args), &text).ends(0);
    assert_eq!(by_name.out, by_pipe.out);
    let args = [
        "decide",
        "--facts",
        "-",
        "--at",
        "2022-03-10T15:00:00+08:00",
    ];
    run(command(&args), &text)
        .ends(0)
        .tells(&["<standard input>:"]);
}

#[test]
fn bands_are_read_without_colour_and_the_marker_stands_at_the_instant() {
    let said = decide("close-contact", JULY, &["--width", "100"]).ends(0);
    assert!(!said.out.contains('\u{1b}'), "{}", said.out);
    let line = |start: &str| {
        let bands = said.out.split("Timelines\n").nth(1).unwrap();
        bands
            .lines()
            .find(|line| line.starts_with(start))
            .unwrap()
            .to_owned()
    };
    let marker = line(" ").chars().position(|c| c == '▼').unwrap();
    for row in ["Health code", "Gold code", "Validity"] {
        let row = line(row);
        assert_eq!(row.chars().count(), 100, "{row}");
        assert_eq!(row.chars().position(|c| c == '|'), Some(marker), "{row}");
    }
    let code = line("Health code");
    assert!(code.contains("##") && code.contains("=="), "{code}");
    said.tells(&[". Green   = Yellow   # Red"]);
}

#[test]
fn a_change_of_policy_shows_in_the_bands_and_in_the_table() {
    let at = "2022-11-10T22:00:00+08:00";
    let said = decide("policy-change", at, &["--width", "100"]).ends(0);
    let rules = said
        .out
        .lines()
        .find(|line| line.starts_with("rules  ") && line.contains("A--"));
    assert!(rules.unwrap().contains("-B-"), "{}", said.out);
    said.tells(&[
        "A 62/2022-03-07, cn/2022-06-28, 62/",
        "B 62/2022-03-07, cn/2022-11-11, cn/2022-06-28, 62/",
        "> 2022-11-10 22:00:00  the time asked for\n  2022-11-11 00:00:00  rules",
    ]);
}

#[test]
fn what_is_not_known_is_told_with_what_is_certain_and_what_to_supply() {
    decide("tests-missing", JULY, &[]).ends(0).tells(&[
        "Unknown, at least Yellow",
        "warning[missing-section]: nothing is known about `tests`",
        "supply the section `tests`",
    ]);
}

#[test]
fn a_table_that_was_not_given_is_told_with_the_flag_to_give_it() {
    let args = [
        "decide",
        "--facts",
        "rules/samples/companion.json",
        "--at",
        JULY,
    ];
    longma(&args).ends(0).tells(&[
        "warning[missing-reference]",
        "--reference risk_areas=FILE.csv\n",
    ]);
}

#[test]
fn a_colour_set_by_hand_names_its_reason_and_both_officers() {
    decide("manual-colour", JULY, &[]).ends(0).tells(&[
        "Yellow (yellow)",
        "经办甲",
        "经办乙",
        "等待核对抵达信息",
        "manual/code",
        "/overrides/0",
    ]);
}

#[test]
fn where_no_pack_is_in_force_the_span_that_is_covered_is_named() {
    decide("companion", "2026-01-01T00:00:00+08:00", &[])
        .ends(0)
        .tells(&[
            "none in force",
            "Packs are in force from 2020-01-29 00:00:00 until 2022-12-07 00:00:00",
            "--at 2022-12-06T23:59:59+08:00",
        ]);
    decide("companion", "2019-01-01T00:00:00+08:00", &[])
        .ends(0)
        .tells(&["--at 2020-01-29T00:00:00+08:00"]);
}

#[test]
fn a_decision_that_no_pack_decides_yet_says_from_when_one_does() {
    decide("companion", "2020-06-01T00:00:00+08:00", &[])
        .ends(0)
        .tells(&["`gold` is decided from 2021-05-01 00:00:00"]);
}

#[test]
fn without_an_instant_the_present_moment_is_looked_up() {
    let args = [
        "decide",
        "--facts",
        "rules/samples/companion.json",
        "--json",
    ];
    let said = longma(&args).ends(0);
    let outcome: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let at = outcome.pointer("/decisions/code/status/at").unwrap();
    // The sources of this test were written in 2026.
    assert!(at.as_str().unwrap() > "2026-01-01", "{at}");
}

#[test]
fn another_region_can_be_asked_for() {
    decide("companion", JULY, &["--region", "110101"])
        .ends(0)
        .tells(&["region  110101", "rules   cn/2022-06-28"]);
}

#[test]
fn no_line_is_wider_than_asked_for() {
    for (lang, columns) in [("en", 60), ("zh-CN", 60), ("en", 100), ("zh-CN", 100)] {
        let width = columns.to_string();
        let said = decide("close-contact", JULY, &["--lang", lang, "--width", &width]).ends(0);
        for line in said.out.lines() {
            // Every character above the Latin ones counts as two columns here; none takes more.
            let taken: usize = line
                .chars()
                .map(|c| if c >= '\u{2e80}' { 2 } else { 1 })
                .sum();
            assert!(taken <= columns, "{taken} columns of {columns}: {line}");
        }
    }
}

#[test]
fn facts_cannot_steer_the_terminal() {
    let file = crate::common::project().join("rules/samples/manual-colour.json");
    let facts = fs::read_to_string(file).unwrap();
    let facts = facts.replace("样例：等待", "\\u001b[2J\\u202e等待");
    let args = ["decide", "--facts", "-", "--at", JULY];
    let mut colourful = command(&args);
    colourful.env("CLICOLOR_FORCE", "1");
    let said = run(colourful, &facts).ends(0);
    assert!(said.out.contains("\u{1b}["), "there is colour");
    assert!(!said.out.contains("\u{1b}[2J") && !said.out.contains('\u{202e}'));
    said.tells(&["[2J"]);
}

#[test]
fn a_reader_who_closes_the_pipe_sees_no_error() {
    let mut child = command(&[
        "decide",
        "--facts",
        "rules/samples/companion.json",
        "--at",
        JULY,
    ])
    .stdout(std::process::Stdio::piped())
    .stderr(std::process::Stdio::piped())
    .spawn()
    .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn a_bundle_decides_as_the_folder_does() {
    let folder = folder("decide-from-a-bundle");
    let bundle = folder.join("bundle.json");
    let bundle = bundle.to_str().unwrap();
    longma(&["bundle", "--out", bundle]).ends(0).tells(&[]);
    let by_bundle = decide("companion", JULY, &["--json", "--packs", bundle]).ends(0);
    let by_folder = decide("companion", JULY, &["--json"]).ends(0);
    assert_eq!(by_bundle.out, by_folder.out);
}

#[test]
fn only_the_decisions_that_are_asked_for_are_told() {
    let at = "2022-07-10T09:00:00+08:00";
    let told = decide("close-contact", at, &["--decision", "code", "--json"]).ends(0);
    let told: serde_json::Value = serde_json::from_str(&told.out).unwrap();
    let decisions = told["decisions"].as_object().unwrap();
    assert_eq!(decisions.keys().collect::<Vec<_>>(), ["code"]);
    decide("close-contact", at, &["--decision", "colour"])
        .ends(2)
        .complains(&["colour", "code"]);
}
