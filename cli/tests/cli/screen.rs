//! Grid workers' lists: whom to follow up, and whom to call back.
use crate::common::{Said, folder, longma};
use serde_json::Value as Json;
use std::fs;

const LIST: &str = "rules/samples/screening-messy.csv";
const RECEIVED: &str = "2022-07-10T09:00:00+08:00";
/// The sample's lines that are wrong on purpose.
const BACK: [u64; 6] = [11, 12, 13, 15, 17, 18];

fn screen(list: &str, more: &[&str]) -> Said {
    let mut args = vec!["screen", "--list", list, "--received", RECEIVED];
    args.extend(["--region", "620102"]);
    args.extend(more);
    longma(&args)
}

fn json(said: &Said) -> Json {
    serde_json::from_str(&said.out).unwrap()
}

#[test]
fn every_row_of_the_sample_is_used_or_called_back() {
    let told = json(&screen(LIST, &["--json"]).ends(3));
    let back = told["reported"].as_array().unwrap().iter();
    let back: Vec<u64> = back.map(|row| row["line"].as_u64().unwrap()).collect();
    assert_eq!(back, BACK);
    let people = told["people"].as_array().unwrap().iter();
    let mut used: Vec<u64> = people
        .flat_map(|person| person["lines"].as_array().unwrap())
        .map(|line| line.as_u64().unwrap())
        .collect();
    used.sort_unstable();
    assert_eq!(used, [3, 4, 5, 6, 7, 8, 9, 10, 14]);
    assert_eq!(told["rows"]["blank"], 1);
}

#[test]
fn fever_comes_first_and_each_language_says_why() {
    let told = json(&screen(LIST, &["--json"]).ends(3));
    for person in &told["people"].as_array().unwrap()[..3] {
        assert_eq!(person["triage"]["level"], "clinic");
    }
    screen(LIST, &[]).ends(3).tells(&[
        "1. 样乙二",
        "138 0000 0002",
        "See a fever clinic",
        "line 7, 8",
        "To be called back",
        "line 11",
    ]);
    screen(LIST, &["--lang", "zh-CN"])
        .ends(3)
        .tells(&["请到发热门诊就诊", "待回访", "第 11 行"]);
}

#[test]
fn rows_to_be_put_right_are_written_back_harmless() {
    let folder = folder("screen-rejects");
    let back = folder.join("back.csv");
    screen(LIST, &["--rejects", back.to_str().unwrap()]).ends(3);
    let written = fs::read_to_string(&back).unwrap();
    assert!(written.contains("'=cmd|"), "{written}");
    assert!(!written.contains(",=cmd|"), "{written}");
    // The written file can be read again, and has the same number of rows.
    let again = json(&screen(back.to_str().unwrap(), &["--json"]).ends(3));
    assert_eq!(again["rows"]["given"], BACK.len());
}

#[test]
fn a_list_in_order_ends_well() {
    let folder = folder("screen-clean");
    let list = folder.join("list.csv");
    fs::write(&list, "name,id,symptoms\nYang,999999199001015036,none\n").unwrap();
    screen(list.to_str().unwrap(), &[])
        .ends(0)
        .tells(&["Rows: 1 (1 used, 0 to be called back). People to follow up: 1."]);
}

#[test]
fn what_is_no_list_is_refused() {
    screen("rules/samples/no-such-list.csv", &[]).ends(5);
    screen("rules/samples/clinics.ndjson", &[])
        .ends(3)
        .complains(&["screen-headers", "no row of headers"]);
    screen(LIST, &["--rejects", LIST])
        .ends(2)
        .complains(&["--rejects names the list itself"]);
    longma(&["screen", "--list", LIST, "--received", "yesterday"])
        .ends(2)
        .complains(&["such as --received"]);
}
