#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::{Fate, House, Mutant, mutants};
use crate::case::Case;
use longma_compile::texts::Texts;

const FOLDER: &str = "packs/62/validity-2020-02-21";

/// The shipped pack that says for how long a code is valid, with the first of its cases or
/// without any.
fn texts(cases: bool) -> Texts {
    let rules = std::path::Path::new("../rules");
    let mut files = vec![
        "schema/person.schema.json".to_owned(),
        "reference/places.csv".to_owned(),
        "reference/places.schema.json".to_owned(),
        "reference/risk_areas.schema.json".to_owned(),
        "reference/exposures.schema.json".to_owned(),
    ];
    files
        .extend(["pack.toml", "captions.toml", "validity.rhai"].map(|it| format!("{FOLDER}/{it}")));
    if cases {
        files.push(format!("{FOLDER}/cases/validity.toml"));
    }
    let text = |file: String| {
        let text = std::fs::read_to_string(rules.join(&file)).unwrap();
        (file, text)
    };
    files.into_iter().map(text).collect()
}

/// The one mutant in which `old` stands as `new`.
fn mutant(texts: &Texts, file: &str, old: &str, new: &str) -> Mutant {
    let edit = |_: &str, text: &str| {
        let at = text.find(old).unwrap();
        vec![("slip", vec![(at..at + old.len(), new.to_owned())])]
    };
    let path = format!("{FOLDER}/{file}");
    let found = mutants(texts, |it| it == path, 1, edit);
    found.first().unwrap().clone()
}

#[test]
fn slips_are_in_the_pack_that_is_asked_for_and_the_same_each_time() {
    let texts = texts(true);
    let house = House::new(texts.clone());
    let found = house.slips("62/validity-2020-02-21", 2);
    assert_eq!(found, house.slips("62/validity-2020-02-21", 2));
    assert!(
        found
            .iter()
            .all(|it| it.file.starts_with(FOLDER) && texts.get(&it.file) != Some(&it.text))
    );
    for kind in [
        "evidence-dropped",
        "param-up-by-one",
        "languages-exchanged",
        "day-moved",
    ] {
        assert!(found.iter().any(|it| it.kind == kind), "{kind}");
    }
    assert!(house.slips("62/2022-03-07", 2).is_empty());
}

#[test]
fn the_checker_the_cases_or_nobody_notices() {
    let all = texts(true);
    let house = House::new(all.clone());
    let fate = |file, old, new| house.fate(&mutant(&all, file, old, new));
    assert_eq!(fate("validity.rhai", ".because(i)", ""), Fate::Check);
    assert_eq!(fate("pack.toml", "value  = 24", "value  = 25"), Fate::Cases);
    assert_eq!(fate("pack.toml", "报道", "报导"), Fate::Survived);
}

#[test]
fn a_slip_without_a_case_is_shown_on_a_person_whose_case_notices_it() {
    let bare = texts(false);
    let house = House::new(bare.clone());
    let slip = mutant(&bare, "pack.toml", "value  = 24", "value  = 25");
    assert_eq!(house.fate(&slip), Fate::Survived);
    let shown = house.shown(&slip, 200, 1).unwrap();
    let path = format!("{FOLDER}/cases/found.toml");
    let mut with = bare;
    with.insert(path, shown);
    let read = crate::case::read(&with);
    assert!(read.findings.is_empty(), "{:?}", read.findings);
    let found: &Case = read.cases.first().unwrap();
    assert_eq!(found.at.len(), 1);
    let noticed = House::new(with.clone()).fate(&slip);
    assert_eq!(noticed, Fate::Cases, "{}", found.facts);
}

#[test]
fn of_what_changes_no_answer_nobody_is_found() {
    let bare = texts(false);
    let house = House::new(bare.clone());
    let slip = mutant(&bare, "pack.toml", "报道", "报导");
    assert_eq!(house.shown(&slip, 40, 1), None);
}
