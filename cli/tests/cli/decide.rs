//! `longma decide`: what it shows for the sample persons.
use crate::common::{command, decide, folder, longma, run};
use std::collections::BTreeSet;
use std::fs;

const JULY: &str = "2022-07-10T09:00:00+08:00";
/// A person about whom everything is known, and one about whom something is not.
const SAMPLES: [&str; 2] = ["close-contact", "tests-missing"];

#[test]
fn a_close_contact_is_told_the_level_its_reason_its_source_and_what_comes_next() {
    decide("close-contact", JULY, &[]).ends(0).tells(&[
        "Status at 2022-07-10 09:00:00 (+08:00)",
        "\n\nHealth code  Red (red)  code: red\n",
        "2022-07-08 10:00:00  (for 1 day 23 hours)",
        "until  2022-07-15 10:00:00, then Yellow (in 5 days 1 hour)",
        "  - Close contact of a case, in central isolation\n",
        "    ends    Ends 7 days after the last contact",
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
            "  - 密切接触者，集中隔离期\n",
            "    解除  末次接触后集中隔离满 7",
            "所依据的规则包\n  62/2022-03-07  ",
        ]);
}

/// The headings on the page, in order.
fn headings(said: &str) -> Vec<&str> {
    let known = [
        "What is not known",
        "Not decided at this time",
        "Rules applied",
        "Timelines",
        "Changes",
        "Rules over time (+ begins, - ends)",
    ];
    said.lines().filter(|line| known.contains(line)).collect()
}

#[test]
fn the_answer_stands_alone_unless_more_is_asked_for() {
    let code = ["--decision", "code"];
    let told = |more: &[&str]| {
        let said = decide("close-contact", JULY, &[&code, more].concat()).ends(0);
        let headings: Vec<String> = headings(&said.out).into_iter().map(str::to_owned).collect();
        (said, headings)
    };
    let history = "Rules over time (+ begins, - ends)";
    let (said, found) = told(&[]);
    assert_eq!(found, ["Rules applied"]);
    assert!(!said.out.contains('▼') && !said.out.contains("2022-07-18"));
    let (said, found) = told(&["--timeline"]);
    assert_eq!(found, ["Rules applied", "Timelines", "Changes"]);
    // Isolation ends after 7 days, monitoring at home after another 3.
    said.tells(&[
        "▼ 2022-07-10 09:00:00",
        "2022-07-15 10:00:00  Health code  Yellow ",
        "2022-07-18 10:00:00  Health code  Green ",
        "- Close contact of a case, in",
    ]);
    let (said, found) = told(&["--history"]);
    assert_eq!(found, ["Rules applied", history]);
    assert!(!said.out.contains('▼') && !said.out.contains("2022-07-18"));
    let (_, found) = told(&["--history", "--timeline"]);
    assert_eq!(found, ["Rules applied", "Timelines", "Changes", history]);
}

#[test]
fn the_history_tells_each_pack_that_begins_and_ends_with_the_instant_among_them() {
    // The dates are those of the packs' own manifests.
    decide("close-contact", JULY, &["--decision", "code", "--history"])
        .ends(0)
        .tells(&[
            "  2020-02-21 00:00:00\n    + 62/2020-02-21  ",
            "  2022-03-07 00:00:00\n    + 62/2022-03-07  Gansu code rules of 2022-03-07\n    - 62/2021-10-25  ",
            "  2022-06-28 00:00:00\n    + cn/2022-06-28  National control plan, 9th edition\n    - cn/2021-05-14  ",
            "> 2022-07-10 09:00:00  the time asked for\n  2022-11-11 00:00:00\n    + cn/2022-11-11  ",
            "  2022-12-07 00:00:00\n    + 62/2022-12-07  ",
            "  2023-01-08 00:00:00\n    - 62/2022-12-07  ",
        ]);
    let zh = ["--decision", "code", "--history", "--lang", "zh-CN"];
    decide("close-contact", JULY, &zh).ends(0).tells(&[
        "规则包的变迁（+ 开始，- 结束）",
        "  2022-06-28 00:00:00\n    + cn/2022-06-28  国家防控方案（第九版）\n",
        "> 2022-07-10 09:00:00  查询的时间",
    ]);
}

#[test]
fn an_instant_at_which_packs_change_is_marked_before_the_change() {
    let at = "2022-11-11T00:00:00+08:00";
    decide("close-contact", at, &["--decision", "code", "--history"])
        .ends(0)
        .tells(&["> 2022-11-11 00:00:00  the time asked for\n    + cn/2022-11-11  "]);
}

#[test]
fn one_decision_tells_only_what_it_rests_on() {
    let more = ["--decision", "code", "--timeline", "--history"];
    let code = decide("close-contact", JULY, &more).ends(0);
    // Packs of other series decide gold, risk, venues and the rest.
    let ids = |said: &str| -> BTreeSet<String> {
        let words = said.split([' ', ',', '\n']);
        let packs = words.filter(|word| word.starts_with("62/") || word.starts_with("cn/"));
        packs.map(str::to_owned).collect()
    };
    let expected = [
        "62/2020-02-21",
        "62/2020-03-19",
        "62/2021-10-25",
        "62/2022-03-07",
        "62/2022-12-07",
        "cn/2021-05-14",
        "cn/2022-06-28",
        "cn/2022-06-28/code/close_contact",
        "cn/2022-11-11",
        "cn/2022-12-07",
    ];
    assert_eq!(ids(&code.out), expected.map(str::to_owned).into());
    for other in ["exposures", "arrival", "Gold", "Tests owed", "Validity"] {
        assert!(!code.out.contains(other), "{other} in\n{}", code.out);
    }
    let contact = decide("close-contact", JULY, &["--decision", "contact"]).ends(0);
    assert_eq!(
        ids(&contact.out),
        ["62/contact-2021-11-01".to_owned()].into()
    );
    contact.tells(&[
        "contact: unknown",
        "warning[missing-reference]",
        "exposures",
    ]);
}

#[test]
fn what_is_not_known_of_one_decision_is_not_told_with_another() {
    let with = |decision: &str| decide("tests-missing", JULY, &["--decision", decision]).ends(0);
    with("code").tells(&[
        "  ? nothing is known about `tests`\n",
        "warning[missing-section]",
    ]);
    let gold = with("vaccination");
    assert!(!gold.out.contains("not known") && !gold.out.contains("warning"));
}

#[test]
fn decisions_come_as_they_are_asked_for_else_the_region_s_own_line_first() {
    let order = |more: &[&str]| -> Vec<String> {
        let said = decide("close-contact", JULY, more).ends(0);
        let titles = said.out.lines().filter(|line| !line.starts_with(' '));
        let names = titles.filter_map(|line| Some(line.rsplit_once(": ")?.0.rsplit_once("  ")?.1));
        names.map(str::to_owned).collect()
    };
    let asked = ["--decision", "validity", "--decision", "code"];
    assert_eq!(order(&asked), ["validity", "code"]);
    let all = order(&[]);
    assert_eq!(all.first().unwrap(), "code");
    assert!(all.len() > 10, "{all:?}");
}

#[test]
fn a_decision_that_no_rules_are_about_yet_is_a_line_and_a_warning_where_it_was_asked_for() {
    // The duties on arrival are in force from September 2022.
    let decided = "`arrival` is decided from 2022-09-01 00:00:00 until 2022-12-07 00:00:00";
    let all = decide("close-contact", JULY, &["--width", "100"]).ends(0);
    assert!(!all.out.contains("no-pack"), "{}", all.out);
    let all =
        all.tells(&["Not decided at this time\n  Duties on arrival: `arrival` is decided from"]);
    all.tells(&[decided]);
    let asked = ["--decision", "arrival", "--width", "100"];
    let asked = decide("close-contact", JULY, &asked).ends(0);
    assert_eq!(headings(&asked.out), ["What is not known"]);
    asked.tells(&["warning[no-pack]", decided]);
}

#[test]
fn the_end_of_the_rules_is_no_change_to_an_unknown_level() {
    decide("close-contact", JULY, &["--decision", "gold"])
        .ends(0)
        .tells(&[
            "until  2023-01-08 00:00:00, when these rules end (in 181 days 15 hours)",
            "  - no rule gives a higher level, so the lowest holds\n",
        ]);
}

#[test]
fn a_reason_tells_its_span_only_where_it_is_not_the_decision_s() {
    let code = decide("close-contact", JULY, &["--decision", "code"]).ends(0);
    assert!(!code.out.contains(" – "), "{}", code.out);
    // Two windows of one test end one after the other.
    let tests = decide("close-contact", JULY, &["--decision", "tests"]).ends(0);
    assert!(tests.out.contains("  - Negative nucleic acid test, within 72 hours of sampling\n    Negative within 72 hours, "), "{}", tests.out);
}

#[test]
fn what_a_reader_sees_changes_no_byte_of_the_json() {
    let plain = decide("close-contact", JULY, &["--json"]).ends(0);
    let more = ["--json", "--timeline", "--history"];
    assert_eq!(decide("close-contact", JULY, &more).ends(0).out, plain.out);
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
    let said = decide("close-contact", JULY, &["--width", "100", "--timeline"]).ends(0);
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
fn a_change_of_policy_shows_in_the_bands_and_in_the_history() {
    let at = "2022-11-10T22:00:00+08:00";
    let more = ["--width", "100", "--timeline", "--history"];
    let said = decide("policy-change", at, &more).ends(0);
    let rules = said
        .out
        .lines()
        .find(|line| line.starts_with("rules  ") && line.contains("A--"));
    assert!(rules.unwrap().contains("-B-"), "{}", said.out);
    said.tells(&[
        "A 62/2022-03-07, cn/2022-06-28, 62/",
        "B 62/2022-03-07, cn/2022-11-11, cn/2022-06-28, 62/",
        "> 2022-11-10 22:00:00  the time asked for\n  2022-11-11 00:00:00\n    + cn/2022-11-11  ",
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
            "region  620102\n\nwarning: No rule pack is in force in region 620102",
            "Packs are in force from 2020-01-29 00:00:00 until 2023-01-08 00:00:00",
            "--at 2023-01-07T23:59:59+08:00",
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
    // This test was written in 2026.
    assert!(at.as_str().unwrap() > "2026-01-01", "{at}");
}

#[test]
fn another_region_can_be_asked_for() {
    decide("companion", JULY, &["--region", "110101"])
        .ends(0)
        .tells(&["region  110101", "Rules applied\n  cn/2022-06-28  "]);
}

#[test]
fn no_line_is_wider_than_asked_for() {
    let pages = [40, 60, 80, 100].map(|columns| [("en", columns), ("zh-CN", columns)]);
    let pages = pages.into_iter().flatten();
    for ((lang, columns), sample) in pages.flat_map(|page| SAMPLES.map(|sample| (page, sample))) {
        let width = columns.to_string();
        let more = ["--lang", lang, "--width", &width];
        let said = decide(
            sample,
            JULY,
            &[&more[..], &["--timeline", "--history"]].concat(),
        );
        // A mistake's place is never broken, so that it can be followed.
        let said = said.ends(0).out;
        for line in said.lines().filter(|line| !line.starts_with(" --> ")) {
            // Counts every character from U+2E80 on as two columns; none takes more.
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

/// A visit of 16 minutes over midnight, its times written in UTC.
const OVER_MIDNIGHT: &str = r#"{
    "subject": "person",
    "identity": {
        "name": "样例人", "region": "620102",
        "document": { "type": "other", "number": "TEST-1" }
    },
    "visits": [{
        "venue": "V-1", "presence": "on_site",
        "digest": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "entered_at": "2022-07-06T15:52:00Z", "left_at": "2022-07-06T16:08:00Z"
    }]
}"#;

#[test]
fn an_exposure_cut_at_midnight_rests_on_both_of_its_rows() {
    let folder = folder("decide-midnight");
    let table = folder.join("exposures.csv");
    let digest = "a".repeat(64);
    let row = |from: &str, until: &str| format!("{digest},E-1,close,{from}+08:00,{until}+08:00\n");
    let [late, early] = [
        row("2022-07-06T22:00", "2022-07-07T00:00"),
        row("2022-07-07T00:00", "2022-07-07T01:00"),
    ];
    for rows in [format!("{late}{early}"), format!("{early}{late}")] {
        fs::write(&table, format!("digest,event,exposure,start,end\n{rows}")).unwrap();
        let table = format!("exposures={}", table.display());
        let args = [
            "--facts",
            "-",
            "--at",
            "2022-07-08T09:00:00+08:00",
            "--decision",
            "contact",
        ];
        let ask = |word: &str, more: &[&str]| {
            let args = [&[word][..], &args, &["--reference", &table], more].concat();
            run(command(&args), OVER_MIDNIGHT).ends(0)
        };
        ask("decide", &[]).tells(&[
            "contact: close",
            "since  2022-07-06 23:52:00",
            "until  2022-07-21 00:08:00",
            "exposures#/0",
            "exposures#/1",
        ]);
        // The record is told at the pack's offset, as the spans above it are. Long lines are
        // broken at spaces.
        for word in ["explain", "appeal"] {
            let told = ask(word, &[]).out;
            let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
            let left = told.contains("2022-07-07T00:08:00+08:00");
            assert!(left && !told.contains("16:08:00Z"), "{word}: {told}");
        }
    }
}
