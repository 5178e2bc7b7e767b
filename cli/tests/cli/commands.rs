//! `longma test`, `bundle`, `completions` and the help.
use crate::common::{Said, command, copy_of_rules, edit, longma, run};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

fn test_in(folder: &Path, args: &[&str]) -> Said {
    let mut command = command(&[&["test"], args].concat());
    command.current_dir(folder);
    run(command, "")
}

#[test]
fn the_cases_of_one_pack_or_region_run_alone() {
    let pack = longma(&["test", "62/2022-03-07"])
        .ends(0)
        .tells(&["62/2022-03-07: "]);
    let region = longma(&["test", "62"])
        .ends(0)
        .tells(&["62/2020-02-21: ", "62/2022-03-07: "]);
    assert!(!pack.out.contains("62/2020-02-21") && !region.out.contains("cn/"));
    longma(&["test", "rules/packs/cn/2022-11-11/"])
        .ends(0)
        .tells(&["cn/2022-11-11: ", ", 0 failed\n"]);
    longma(&["test", "cn", "--lang", "zh-CN"])
        .ends(0)
        .tells(&["失败 0 例\n"]);
}

#[test]
fn a_pack_that_is_not_there_is_an_error_that_names_those_that_are() {
    longma(&["test", "63"])
        .ends(2)
        .complains(&["`63`", "62/2022-03-07", "cn/2022-11-11"]);
    // A prefix of an id is not the id.
    longma(&["test", "62/2022"])
        .ends(2)
        .complains(&["`62/2022`"]);
}

#[test]
fn no_case_at_all_is_a_failure() {
    let folder = copy_of_rules("commands-no-case");
    for region in fs::read_dir(folder.join("rules/packs")).unwrap() {
        for pack in fs::read_dir(region.unwrap().path()).unwrap() {
            fs::remove_dir_all(pack.unwrap().path().join("cases")).unwrap();
        }
    }
    test_in(&folder, &[])
        .ends(1)
        .complains(&["no case was run"]);
}

#[test]
fn a_case_that_fails_is_shown_at_its_line_with_the_causes() {
    let folder = copy_of_rules("commands-fails");
    let cases = folder.join("rules/packs/cn/2022-06-28/cases/contacts.toml");
    edit(
        &cases,
        "code = \"red\", rules = [\"close_contact\"]",
        "code = \"yellow\", rules = [\"other\"]",
    );
    test_in(&folder, &["cn/2022-06-28"]).ends(1).tells(&[
        "error: code should be yellow, and is red\n",
        " --> rules/packs/cn/2022-06-28/cases/contacts.toml:",
        "^^^^^^^^ expected yellow, got red\n",
        "expected other, got close_contact\n",
        "= case: ",
        "= at: 2022-",
        "= causes: red cn/2022-06-28/code/close_contact, 2022-",
        "/contacts/0",
        ", 1 failed\n",
    ]);
    test_in(&folder, &["62"]).ends(0).tells(&[", 0 failed\n"]);
}

#[test]
fn a_case_that_expects_nothing_is_refused() {
    let folder = copy_of_rules("commands-void");
    let cases = folder.join("rules/packs/cn/2022-06-28/cases/void.toml");
    fs::write(&cases, "[[case]]\nname = \"expects nothing\"\n").unwrap();
    test_in(&folder, &[])
        .ends(4)
        .complains(&["error[case-expects-nothing]: ", "void.toml:1:1"]);
}

#[test]
fn facts_that_should_be_refused_and_are_not_fail_their_case() {
    let folder = copy_of_rules("commands-refused");
    let cases = folder.join("rules/packs/cn/2022-06-28/cases/void.toml");
    let facts = "identity = { name = \"样\", document = { type = \"other\", number = \"1\" }, region = \"620102\" }";
    let case = format!(
        "[base]\nsubject = \"person\"\n{facts}\n[[case]]\nname = \"accepted\"\nproblems = [\"override-officers\"]\n\
         [[case]]\nname = \"refused\"\nabsent = [\"identity\"]\nproblems = [\"override-officers\"]\n"
    );
    fs::write(&cases, case).unwrap();
    test_in(&folder, &["cn/2022-06-28"]).ends(1).tells(&[
        "the facts should be refused, and were accepted",
        "void.toml:6:12",
        "expected override-officers, got facts-missing",
        ", 2 failed\n",
    ]);
}

#[test]
fn a_bundle_is_the_same_bytes_each_time_wherever_it_is_written() {
    let folder = copy_of_rules("commands-bundle");
    let bundle = |args: &[&str]| {
        let mut command = command(&[&["bundle"], args].concat());
        command.current_dir(&folder);
        run(command, "").ends(0)
    };
    let printed = bundle(&[]).out;
    assert_eq!(
        bundle(&["--out", "-", "--packs", "./rules/packs/"]).out,
        printed
    );
    assert_eq!(bundle(&["--out", "bundle.json"]).out, "");
    let written = fs::read_to_string(folder.join("bundle.json")).unwrap();
    assert_eq!(written, printed);
    // A bundle of a bundle is the bundle.
    assert_eq!(bundle(&["--packs", "bundle.json"]).out, printed);
    assert!(longma_compile::Bundle::read(&printed).is_ok());
}

#[test]
fn a_bundle_about_some_subjects_leaves_out_the_rest_and_what_only_it_reads() {
    let bundle = |args: &[&str]| longma(&[&["bundle"], args].concat());
    let read = |args: &[&str]| longma_compile::Bundle::read(&bundle(args).ends(0).out).unwrap();
    let (all, some) = (read(&[]), read(&["--subject", "forest_visitor"]));
    let subjects = |bundle: &longma_compile::Bundle| -> BTreeSet<String> {
        let packs = bundle.packs.iter();
        packs.map(|pack| pack.manifest.subject.clone()).collect()
    };
    assert!(subjects(&all).len() > 1);
    assert!(subjects(&some).iter().eq(["forest_visitor"]));
    assert!(some.schemas.keys().eq(["forest_visitor"]));
    assert!(some.references.keys().eq(["fire_orders"]));
    // Naming every subject is the same as naming none.
    let every: Vec<String> = subjects(&all).into_iter().collect();
    let every = every.iter().flat_map(|it| ["--subject", it]);
    assert_eq!(read(&every.collect::<Vec<&str>>()).packs, all.packs);
    bundle(&["--subject", "forest_visiter"])
        .ends(2)
        .complains(&[
            "no pack is about the subject forest_visiter",
            "forest_visitor",
        ]);
}

#[test]
fn packs_that_are_wrong_are_not_bundled() {
    let folder = copy_of_rules("commands-bundle-wrong");
    edit(
        &folder.join("rules/packs/62/2022-03-07/pack.toml"),
        " = \"cn\"\n",
        " = \"xx\"\n",
    );
    let mut command = command(&["bundle", "--out", "bundle.json"]);
    command.current_dir(&folder);
    run(command, "")
        .ends(4)
        .complains(&["error[pack-inherits]: "]);
    assert!(!folder.join("bundle.json").exists());
}

#[test]
fn every_shell_gets_completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        longma(&["completions", shell])
            .ends(0)
            .tells(&["longma", "decide", "reference"]);
    }
    longma(&["completions", "csh"])
        .ends(2)
        .complains(&["bash, elvish, fish, powershell, zsh"]);
}

#[test]
fn the_help_documents_every_exit_code_in_both_languages() {
    for (lang, said) in [
        ("en", "the facts or the reference data are wrong"),
        ("zh-CN", "事实或参考数据有误"),
    ] {
        for args in [
            &["--help"][..],
            &["decide", "--help"],
            &["test", "-h"],
            &["bundle", "-h"],
        ] {
            let help = longma(&[args, &["--lang", lang]].concat())
                .ends(0)
                .tells(&[said]);
            for code in 0..=5 {
                assert!(help.out.contains(&format!("\n  {code}  ")), "{}", help.out);
            }
        }
    }
    longma(&["--version"])
        .ends(0)
        .tells(&[env!("CARGO_PKG_VERSION")]);
}

/// The command lines in a help text.
fn examples(help: &str) -> Vec<String> {
    let joined = help.replace(" \\\n", "");
    let lines = joined
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("$ "));
    lines.map(str::to_owned).collect()
}

#[cfg(unix)]
#[test]
fn the_examples_of_the_help_work() {
    let folder = copy_of_rules("commands-examples");
    let binary = Path::new(env!("CARGO_BIN_EXE_longma")).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", binary.display());
    let mut lines = BTreeSet::new();
    for lang in ["en", "zh-CN"] {
        for topic in [
            "",
            "decide",
            "merge",
            "appeal",
            "test",
            "book",
            "new",
            "bundle",
            "completions",
            #[cfg(feature = "sql")]
            "sql",
        ] {
            let mut args: Vec<&str> = vec!["--lang", lang];
            args.extend((!topic.is_empty()).then_some(topic));
            args.push("--help");
            lines.extend(examples(&longma(&args).ends(0).out));
        }
    }
    assert!(lines.len() > 8, "{lines:#?}");
    for line in lines {
        let mut shell = Command::new("bash");
        shell
            .args(["-c", &line])
            .current_dir(&folder)
            .env("PATH", &path);
        run(shell, "").ends(0);
    }
}

#[test]
fn a_share_that_a_pack_without_cases_asks_for_is_not_reached() {
    let folder = copy_of_rules("coverage-without-case");
    let longma = |args: &[&str]| {
        let mut command = command(args);
        command.current_dir(&folder);
        run(command, "")
    };
    fs::remove_dir_all(folder.join("rules/packs/62/2022-03-07/cases")).unwrap();
    let told = [
        "error[coverage-without-case]",
        "rules/packs/62/2022-03-07/pack.toml:",
    ];
    longma(&["test"]).ends(1).tells(&told);
    longma(&["check", "62/2022-03-07"]).ends(4).tells(&told);
    // Measured too, although no case is its own; other packs of the region are not touched.
    longma(&["test", "62", "--coverage"])
        .ends(1)
        .tells(&["error: 62/2022-03-07: rules: "]);
    longma(&["test", "11"]).ends(0);
}
