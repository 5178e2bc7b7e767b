//! `longma check`: its findings, their formats and the exit codes.
use crate::common::{Folder, Said, command, copy_of_rules, edit, longma, project, run};
use serde_json::Value as Json;
use std::fs;
use std::path::Path;

fn check_in(folder: &Path, args: &[&str]) -> Said {
    let mut command = command(&[&["check"], args].concat());
    command.current_dir(folder);
    run(command, "")
}

fn json(said: &Said) -> Json {
    serde_json::from_str(&said.out).unwrap()
}

fn codes(document: &Json) -> Vec<&str> {
    let findings = document["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|it| it["code"].as_str().unwrap())
        .collect()
}

/// Rules with a caption that names an unknown param, and a version that is not a whole
/// number.
fn wrong(name: &str) -> Folder {
    let folder = copy_of_rules(name);
    let pack = folder.join("rules/packs/cn/2022-06-28");
    edit(&pack.join("captions.toml"), "{quarantine}", "{quarantien}");
    let manifest = pack.join("pack.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    // The version changes over time.
    let line = text.lines().find(|line| line.starts_with("version"));
    edit(&manifest, line.unwrap(), "version   = \"1.0\"");
    folder
}

#[test]
fn our_own_packs_have_no_finding_but_what_is_good_to_know() {
    longma(&["check", "--deny-warnings"])
        .ends(0)
        .tells(&[" packs checked: 0 errors, 0 warnings, "]);
}

#[test]
fn scripts_are_read_even_where_the_manifest_cannot_be() {
    let folder = copy_of_rules("check-alone");
    // The province's pack waits for the national one, and its scripts are read too.
    let [national, province] =
        ["cn/2022-06-28", "62/2022-03-07"].map(|pack| folder.join("rules/packs").join(pack));
    edit(&national.join("pack.toml"), "subject ", "subject = ");
    edit(&national.join("code.rhai"), ".because(c)", ".because(c");
    edit(&province.join("code.rhai"), "fn ", "fn fn ");
    check_in(&folder, &["--format", "text"]).ends(4).tells(&[
        "error[toml-syntax]: ",
        " --> rules/packs/cn/2022-06-28/pack.toml:",
        "error[script-syntax]: `)` is missing here\n  --> rules/packs/cn/2022-06-28/code.rhai:",
        "warning[pack-waits]: ",
        "error[script-syntax]: `(` is missing here\n --> rules/packs/62/2022-03-07/code.rhai:",
    ]);
}

#[test]
fn errors_end_with_4_and_warnings_only_where_they_are_denied() {
    let folder = wrong("check-exit");
    check_in(&folder, &[]).ends(4).tells(&[
        "error[caption-placeholder]: ",
        " --> rules/packs/cn/2022-06-28/captions.toml:",
        "warning[pack-version]: the version \"1.0\" is not a whole number\n",
        "5 | version   = \"1.0\"\n",
        "            ^^^^^\n",
        "Each code has a section in rules/findings.md",
        "1 error, 1 warning, ",
    ]);
    let captions = folder.join("rules/packs/cn/2022-06-28/captions.toml");
    edit(&captions, "{quarantien}", "{quarantine}");
    check_in(&folder, &[])
        .ends(0)
        .tells(&["0 errors, 1 warning, "]);
    check_in(&folder, &["--deny-warnings"]).ends(4);
    check_in(&folder, &["--deny-warnings", "62"])
        .ends(0)
        .tells(&["0 errors, 0 warnings, "]);
    check_in(&folder, &["--lang", "zh-CN"])
        .ends(0)
        .tells(&["警告[pack-version]: ", "0 个错误，1 个警告，"]);
    check_in(&folder, &["63"])
        .ends(2)
        .complains(&["`63`", "cn/2022-06-28"]);
}

#[test]
fn json_holds_both_languages_and_places() {
    let said = check_in(&wrong("check-json"), &["--format", "json"]).ends(4);
    let document = json(&said);
    assert_eq!(document["longma_check"], 1);
    assert_eq!(
        (&document["errors"], &document["warnings"]),
        (&1.into(), &1.into())
    );
    let findings = document["findings"].as_array().unwrap();
    let version = findings
        .iter()
        .find(|it| it["code"] == "pack-version")
        .unwrap();
    assert_eq!(version["severity"], "warning");
    assert_eq!(version["file"], "rules/packs/cn/2022-06-28/pack.toml");
    assert_eq!(
        version["range"]["start"],
        serde_json::json!({ "line": 5, "column": 13 })
    );
    assert_eq!(
        version["range"]["end"],
        serde_json::json!({ "line": 5, "column": 18 })
    );
    for text in [&version["message"], &version["help"]] {
        assert!(text["zh-CN"].is_string() && text["en"].is_string());
    }
    // Equal packs give equal bytes.
    let again = check_in(&wrong("check-json-again"), &["--format", "json"]).ends(4);
    assert_eq!(said.out, again.out);
}

/// Every way in which `log` breaks OASIS's own schema.
fn sarif_breaches(log: &Json) -> Vec<String> {
    let path = project().join("cli/tests/cli/sarif-2.1.0.schema.json");
    // One of its patterns has a bracket that not every regex engine accepts.
    let text = fs::read_to_string(path)
        .unwrap()
        .replace("{2}]?$", "{2}\\\\]?$");
    let schema: Json = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator
        .iter_errors(log)
        .map(|error| error.to_string())
        .collect()
}

#[test]
fn sarif_keeps_to_its_schema_and_names_each_rule_with_its_page() {
    for lang in ["en", "zh-CN"] {
        let said = check_in(
            &wrong("check-sarif"),
            &["--format", "sarif", "--lang", lang],
        )
        .ends(4);
        let mut log = json(&said);
        assert_eq!(sarif_breaches(&log), Vec::<String>::new());
        let run = &log["runs"][0];
        assert_eq!(run["columnKind"], "unicodeCodePoints");
        assert_eq!(run["language"], lang);
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
        }
        let rule = rules
            .iter()
            .find(|rule| rule["id"] == "pack-version")
            .unwrap();
        assert!(
            rule["help"]["markdown"]
                .as_str()
                .unwrap()
                .contains("```toml pack.toml")
        );
        assert!(
            rule["help"]["text"]
                .as_str()
                .unwrap()
                .ends_with("#pack-version")
        );
        let results = run["results"].as_array().unwrap();
        let version = results
            .iter()
            .find(|it| it["ruleId"] == "pack-version")
            .unwrap();
        let place = &version["locations"][0]["physicalLocation"];
        assert_eq!(
            place["artifactLocation"]["uri"],
            "rules/packs/cn/2022-06-28/pack.toml"
        );
        assert_eq!(place["region"]["startLine"], 5);
        log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] =
            0.into();
        assert!(!sarif_breaches(&log).is_empty(), "the schema sees nothing");
    }
}

#[test]
fn what_cannot_be_read_is_told_and_the_other_packs_are_still_checked() {
    let folder = wrong("check-unread");
    let packs = folder.join("rules/packs");
    edit(
        &packs.join("62/2022-03-07/pack.toml"),
        "grade = \"V\"",
        "grade = V",
    );
    fs::write(packs.join("62/2021-10-25/captions.toml"), b"# \xff\xff").unwrap();
    fs::remove_file(packs.join("cn/2021-05-14/captions.toml")).unwrap();
    let said = check_in(&folder, &["--format", "json"]).ends(4);
    let document = json(&said);
    for code in [
        "toml-syntax",
        "encoding",
        "io",
        "caption-placeholder",
        "pack-version",
    ] {
        assert!(
            codes(&document).contains(&code),
            "no {code} in {}",
            said.out
        );
    }
    // What an unreadable file should contain is not reported as missing too.
    assert!(!codes(&document).contains(&"rule-caption"), "{}", said.out);
}

#[test]
fn a_pack_with_a_hundred_mistakes_gives_a_hundred_findings_and_no_crash() {
    let folder = copy_of_rules("check-hundred");
    let packs = folder.join("rules/packs");
    let pack = packs.join("cn/2022-06-28");
    let mut mistakes = 0;
    let mut change = |file: &Path, from: &str, to: &str| {
        let text = fs::read_to_string(file).unwrap();
        mistakes += text.matches(from).count();
        fs::write(file, text.replace(from, to)).unwrap();
    };
    // Captions: an unknown param. Manifests: a bad unit, a misspelt key and a bad date.
    // Cases: an unknown level and an unknown decision. A script: `fun` for `fn`.
    change(
        &pack.join("captions.toml"),
        "caption = { zh-CN = \"",
        "caption = { zh-CN = \"{none}",
    );
    change(
        &pack.join("captions.toml"),
        "release = { zh-CN = \"",
        "release = { zh-CN = \"{nope}",
    );
    change(
        &pack.join("pack.toml"),
        "unit   = \"hours\"",
        "unit   = \"weeks\"",
    );
    change(&pack.join("pack.toml"), "assumed = true", "asumed = true");
    change(
        &pack.join("cases/contacts.toml"),
        "code = \"yellow\"",
        "code = \"yelow\"",
    );
    change(&pack.join("cases/stays.toml"), "code = \"", "colour = \"");
    change(&packs.join("62/gold-2021-05-01/gold.rhai"), "fn ", "fun ");
    change(
        &packs.join("62/2020-02-21/pack.toml"),
        "date  = ",
        "date  = day ",
    );
    assert!(mistakes >= 100, "{mistakes}");
    let said = check_in(&folder, &["--format", "json"]).ends(4);
    let document = json(&said);
    let found = document["errors"].as_u64().unwrap() + document["warnings"].as_u64().unwrap();
    assert!(
        found >= 100,
        "{found} of {mistakes}: {:?}",
        codes(&document)
    );
    check_in(&folder, &[]).ends(4);
    check_in(&folder, &["--format", "sarif"]).ends(4);
}
