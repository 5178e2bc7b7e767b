#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::{Case, Fault, Known, read_file};
use crate::small::{CLOSE, bundle, pack};
use longma_compile::texts::Texts;
use std::collections::BTreeSet;

/// Two contacts of whom the second is close, and what is expected of the code then.
fn case(expected: &str) -> Case {
    let text = format!(
        "[base]\nsubject = \"person\"\nidentity = {{ name = \"甲\", region = \"620000\" }}\n\
         [[case]]\nname = \"a close contact\"\nshuffle = true\n\
         facts.contacts = [ {{ kind = \"secondary\", at = 2022-03-01T10:00:00+08:00 }},\n\
         {{ kind = \"close\", at = 2022-03-02T10:00:00+08:00 }},\n\
         {{ kind = \"secondary\", at = 2022-03-03T10:00:00+08:00 }} ]\n\
         at = [ {{ time = 2022-03-04T10:00:00+08:00, code = \"red\", {expected} }} ]\n"
    );
    let manifest = "[sources.s]\ntitle = { zh-CN = \"s\", en = \"s\" }\ngrade = \"V\"\n\
        [sources.other]\ntitle = { zh-CN = \"o\", en = \"o\" }\n";
    let manifest = Texts::from([(
        "packs/62/2022-01-01/pack.toml".to_owned(),
        manifest.to_owned(),
    )]);
    let read = read_file(
        "packs/62/2022-01-01/cases/code.toml",
        &text,
        &Known::of(&manifest),
    );
    assert!(read.findings.is_empty(), "{:?}", read.findings);
    read.cases.first().unwrap().clone()
}

/// The records that a failure names: those expected, and those found.
fn failed(expected: &str) -> Vec<[BTreeSet<String>; 2]> {
    let bundle = bundle(&[pack("62/2022-01-01", 7, CLOSE)]);
    let catalogue = longma_oracle::load(&bundle).unwrap();
    let failures = case(expected).run(&catalogue).into_iter();
    let sides = failures.map(|failure| match failure.fault {
        Fault::Evidence { expected, got } => Some([expected, got]),
        _ => None,
    });
    let sides: Option<_> = sides.collect();
    sides.unwrap()
}

#[test]
fn the_records_behind_a_colour_are_those_of_the_case_in_any_order_of_its_lists() {
    assert!(failed("because = [\"/contacts/1\"]").is_empty());
    assert!(failed("rules = [\"close\"]").is_empty());
}

#[test]
fn another_record_one_too_few_and_one_too_many_fail() {
    for wrong in [
        &[][..],
        &["/contacts/0"],
        &["/contacts/0", "/contacts/1"],
        &["/tests/0"],
    ] {
        let expected: BTreeSet<String> = wrong.iter().map(|it| (*it).to_owned()).collect();
        let got = BTreeSet::from(["/contacts/1".to_owned()]);
        let failed = failed(&format!("because = {wrong:?}"));
        assert_eq!(failed, [[expected, got]]);
    }
}

/// How a case's expectation of texts fails: the faults by key.
fn told(expected: &str) -> Vec<String> {
    let bundle = bundle(&[pack("62/2022-01-01", 7, CLOSE)]);
    let catalogue = longma_oracle::load(&bundle).unwrap();
    let failures = case(expected).run(&catalogue).into_iter();
    failures.map(|it| it.key.last().unwrap().clone()).collect()
}

#[test]
fn the_sources_behind_a_colour_are_those_of_the_case() {
    assert_eq!(told("sources = [\"s\"]"), Vec::<String>::new());
    for wrong in ["[]", "[\"other\"]", "[\"s\", \"other\"]", "[\"nowhere\"]"] {
        assert_eq!(told(&format!("sources = {wrong}")), ["sources"], "{wrong}");
    }
}

#[test]
fn what_a_citizen_reads_holds_the_texts_of_the_case() {
    // The caption is the rule's name, and what ends it is "end".
    assert_eq!(told("says = [\"close\", \"end\"]"), Vec::<String>::new());
    assert_eq!(told("says = [\"clos\", \"red\"]"), ["says"]);
    assert_eq!(
        told("says = [\"secondary\"], sources = []"),
        ["sources", "says"]
    );
}
