//! Errors, shown as a compiler shows them, and their exit codes.
use crate::common::{Said, command, copy_of_rules, decide, edit, folder, longma, project, run};
use std::fs;
use std::path::Path;

const AT: &str = "2022-07-10T09:00:00+08:00";

fn decide_text(facts: &str, lang: &str) -> Said {
    let args = ["decide", "--facts", "-", "--at", AT, "--lang", lang];
    run(command(&args), facts)
}

/// Runs a command in a folder that holds a copy of the rules.
fn inside(folder: &Path, args: &[&str]) -> Said {
    let mut command = command(args);
    command.current_dir(folder);
    run(command, "")
}

const FACTS: &str = r#"{
  "subject": "person",
  "identity": { "name": "样一", "document": { "type": "other", "number": "1" }, "region": "620102" },
  "contacts": [
    { "kind": "closed", "last_contact": "2022-07-08T10:00:00+08:00", "identified_at": "2022-07-09T09:00:00+08:00" },
    { "kind": "close", "identified_at": "2022-07-09T09:00:00+08:00" }
  ],
  "colour": "red"
}"#;

#[test]
fn bad_facts_are_shown_line_by_line_all_at_once() {
    decide_text(FACTS, "en").ends(3).complains(&[
        "error[facts-enum]: ",
        " --> <standard input>:5:15\n",
        "\n5 | ",
        "^^^^^^^^ expected one of \"close\", \"secondary\", \"time_space\"\n",
        "= note: in the facts at /contacts/0/kind\n",
        "error[facts-missing]: \"last_contact\" is missing\n --> <standard input>:6:5\n",
        "error[facts-unknown-field]: ",
        " --> <standard input>:8:3\n",
        "8 |   \"colour\": \"red\"\n  |   ^^^^^^^^\n",
        "\n3 problems\n",
    ]);
}

#[test]
fn bad_facts_are_told_in_chinese_too() {
    decide_text(FACTS, "zh-CN").ends(3).complains(&[
        "错误[facts-enum]: ",
        " --> <标准输入>:5:15\n",
        "事实中的位置：/contacts/0/kind",
        "办法: ",
        "共 3 个问题",
    ]);
}

#[test]
fn facts_that_are_no_json_are_shown_where_reading_stopped() {
    decide_text("{\n  \"subject\" \"person\"\n}", "en")
        .ends(3)
        .complains(&[
            "error[json-syntax]: ",
            "<standard input>:2:13",
            "2 |   \"subject\" \"person\"",
        ]);
}

#[test]
fn facts_in_another_encoding_are_read_and_it_is_said_how() {
    let folder = folder("errors-encoding");
    let sample = fs::read_to_string(project().join("rules/samples/close-contact.json")).unwrap();
    let (gb18030, _, _) = encoding_rs::GB18030.encode(&sample);
    let marked = format!("\u{feff}{sample}");
    let wide: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, note) in [
        (sample.as_bytes(), &[][..]),
        (marked.as_bytes(), &[]),
        (&gb18030, &["is not UTF-8; it was read as gb18030"]),
        (&wide, &["is not UTF-8; it was read as UTF-16LE"]),
    ] {
        let file = folder.join("person.json");
        fs::write(&file, bytes).unwrap();
        let args = [
            "decide",
            "--facts",
            file.to_str().unwrap(),
            "--at",
            AT,
            "--decision",
            "code",
        ];
        let said = longma(&args).ends(0).tells(&["Red"]);
        assert!(note.iter().all(|note| said.err.contains(note)), "{said:#?}");
        assert_eq!(note.is_empty(), said.err.is_empty(), "{said:#?}");
    }
    fs::write(folder.join("person.json"), [0xff, 0xff, 0xff]).unwrap();
    let file = folder.join("person.json");
    longma(&["decide", "--facts", file.to_str().unwrap(), "--at", AT])
        .ends(3)
        .complains(&["error[encoding]: "]);
}

#[test]
fn a_bad_row_of_a_table_is_shown_with_its_cell() {
    let folder = copy_of_rules("errors-csv");
    let table = folder.join("rules/reference/risk_areas.sample.csv");
    edit(&table, "虚构路梧桐小院,medium,", "虚构路梧桐小院,meduim,");
    let args = [
        "decide",
        "--facts",
        "rules/samples/sample-area.json",
        "--at",
        AT,
        "--reference",
        "risk_areas=rules/reference/risk_areas.sample.csv",
    ];
    inside(&folder, &args).ends(3).complains(&[
        "error[facts-enum]: ",
        "risk_areas.sample.csv:5:22\n",
        "^^^^^^ expected one of \"low\", \"medium\", \"high\"",
    ]);
}

#[test]
fn a_manifest_s_bad_value_is_underlined() {
    let folder = copy_of_rules("errors-value");
    edit(
        &folder.join("rules/packs/62/2022-03-07/pack.toml"),
        "unit   = \"hours\"",
        "unit   = \"hour\"",
    );
    inside(&folder, &["test"]).ends(4).complains(&[
        "error[param-unit]: \"hour\" is not a unit\n",
        " --> rules/packs/62/2022-03-07/pack.toml:",
        "unit   = \"hour\"\n",
        "         ^^^^^^\n",
        "= help: the units are: days, hours, ",
    ]);
}

#[test]
fn a_manifest_that_is_no_toml_or_of_another_shape_is_shown() {
    let folder = copy_of_rules("errors-toml");
    let pack = folder.join("rules/packs/62/2022-03-07/pack.toml");
    edit(&pack, "[params.recent_test]", "[params.recent_test");
    let captions = folder.join("rules/packs/cn/2022-06-28/captions.toml");
    edit(&captions, "release", "releases");
    inside(&folder, &["bundle"]).ends(4).complains(&[
        "error[toml-syntax]: the name of this table is not closed\n",
        "[params.recent_test\n",
        "error[shape-unknown]: there is no key `releases` here\n",
        " --> rules/packs/cn/2022-06-28/captions.toml:",
        "= help: the keys here are: caption, release\n",
    ]);
}

#[test]
fn a_script_that_cannot_be_read_is_shown_at_the_word() {
    let folder = copy_of_rules("errors-script");
    let script = folder.join("rules/packs/62/2022-03-07/code.rhai");
    edit(
        &script,
        "private fn negative(tests) {\n",
        "private fn negative(tests) {\n    while true {}\n",
    );
    inside(&folder, &["test"]).ends(4).complains(&[
        "error[script-forbidden]: `while` is not part of the rule language\n",
        " --> rules/packs/62/2022-03-07/code.rhai:",
        "|     while true {}\n",
        "|     ^^^^^\n",
    ]);
}

#[test]
fn a_rule_that_fails_leaves_the_level_unknown_and_is_shown_at_its_line() {
    let folder = copy_of_rules("errors-rule");
    let script = folder.join("rules/packs/62/2022-03-07/code.rhai");
    edit(
        &script,
        "fn time_space_companion(contacts, tests, params) {\n",
        "fn time_space_companion(contacts, tests, params) {\n    let never = 1 / 0;\n",
    );
    let args = [
        "decide",
        "--facts",
        "rules/samples/companion.json",
        "--at",
        AT,
        "--reference",
        "risk_areas=rules/reference/risk_areas.sample.csv",
    ];
    inside(&folder, &args).ends(0).tells(&[
        "Health code  Unknown",
        "warning[rule-overflow]: ",
        " --> rules/packs/62/2022-03-07/code.rhai:",
        "|     let never = 1 / 0;\n",
        "in the rule 62/2022-03-07/code/time_space_companion",
    ]);
}

#[test]
fn a_bundle_that_core_refuses_is_bad_packs() {
    let folder = folder("errors-bundle");
    fs::write(folder.join("bundle.json"), "{\"longma_bundle\": 1}").unwrap();
    let facts = crate::common::project().join("rules/samples/companion.json");
    let args = [
        "decide",
        "--packs",
        "bundle.json",
        "--facts",
        facts.to_str().unwrap(),
    ];
    inside(&folder, &args)
        .ends(4)
        .complains(&["error[bundle-syntax]: ", "bundle.json"]);
}

#[test]
fn a_folder_that_is_not_there_or_holds_no_pack_is_told_what_to_do() {
    let folder = folder("errors-folder");
    inside(&folder, &["test"])
        .ends(5)
        .complains(&["rules/packs does not exist", "--packs"]);
    longma(&["test", "--packs", "rules"])
        .ends(4)
        .complains(&["there is no pack under rules", "did you mean: rules/packs?"]);
}

#[test]
fn files_that_cannot_be_read_or_written_are_named() {
    longma(&["decide", "--facts", "nobody.json"])
        .ends(5)
        .complains(&["nobody.json does not exist", "--facts -"]);
    longma(&["decide", "--facts", "rules"])
        .ends(5)
        .complains(&["rules is a folder, not a file"]);
    longma(&["bundle", "--out", "nowhere/bundle.json"])
        .ends(5)
        .complains(&["nowhere does not exist"]);
    decide("companion", AT, &["--reference", "other=nobody.csv"])
        .ends(5)
        .complains(&["nobody.csv does not exist"]);
}

#[test]
fn a_command_line_that_is_not_understood_says_what_would_be() {
    let facts = ["decide", "--facts", "rules/samples/companion.json"];
    let with = |more: &[&str]| longma(&[&facts, more].concat()).ends(2);
    longma(&[])
        .ends(2)
        .complains(&["the commands are: decide, ", "completions"]);
    longma(&["decide"])
        .ends(2)
        .complains(&["--facts <FILE>", "`longma decide --help`"]);
    longma(&["deside"])
        .ends(2)
        .complains(&["`deside`", "did you mean: decide?"]);
    with(&["--regoin", "620102"]).complains(&["--regoin", "did you mean: --region?"]);
    with(&["--region", "62"]).complains(&["\"62\"", "--region six digits"]);
    with(&["--at", "2022-07-10T09:00:00"]).complains(&["--at 2022-07-10T09:00:00+08:00"]);
    with(&["--at", "now"]).complains(&["now is not a moment in time"]);
    with(&["--width", "12"]).complains(&["`12` is not a width"]);
    with(&["--reference", "areas.csv"]).complains(&["--reference NAME=FILE"]);
    with(&["--reference", "areas=rules/reference/risk_areas.sample.csv"])
        .complains(&["no reference table called areas", "risk_areas"]);
    with(&["--lang", "fr"]).complains(&["zh-CN, en"]);
}

#[test]
fn a_command_line_that_is_not_understood_says_so_in_chinese() {
    longma(&["--lang", "zh-CN", "deside"])
        .ends(2)
        .complains(&["错误: 没有命令 `deside`", "办法: 是否想写：decide？"]);
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_takes_nothing_is_an_error_and_no_panic() {
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let mut command = command(&["bundle"]);
    let output = command.stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(5));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("the output cannot be written"), "{told}");
}

#[test]
fn folders_that_are_missing_are_told_by_what_they_are() {
    let without = |path: &str| {
        let folder = copy_of_rules("errors-none");
        fs::remove_dir_all(folder.join(path)).unwrap();
        folder
    };
    let folder = without("rules/schema");
    let packs = folder.join("rules/packs");
    for command in ["test", "check", "laws", "book", "bundle"] {
        let said = longma(&[command, "--packs", packs.to_str().unwrap()]).ends(5);
        assert!(
            said.err.contains("there is no folder of schemas"),
            "{said:#?}"
        );
        assert!(!said.err.contains("does not fit"), "{said:#?}");
    }
    // A pack that reads no table needs no folder of them.
    let folder = without("rules/reference");
    for pack in fs::read_dir(folder.join("rules/packs")).unwrap() {
        let pack = pack.unwrap().path();
        if !pack.ends_with("62") {
            fs::remove_dir_all(pack).unwrap();
        }
    }
    for pack in fs::read_dir(folder.join("rules/packs/62")).unwrap() {
        let pack = pack.unwrap().path();
        if !pack.ends_with("validity-2020-02-21") {
            fs::remove_dir_all(pack).unwrap();
        }
    }
    let packs = folder.join("rules/packs");
    let facts = "rules/samples/close-contact.json";
    let args = [
        "decide",
        "--facts",
        facts,
        "--at",
        "2022-07-10T12:00:00+08:00",
    ];
    longma(&[&args[..], &["--packs", packs.to_str().unwrap()]].concat())
        .ends(0)
        .tells(&["validity: "]);
}
