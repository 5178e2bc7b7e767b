#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use super::report::shows;
use super::*;
use crate::generate::{Generator, Scope};
use crate::small::{CLOSE, bundle, pack, person};
use crate::tables::Tables;
use longma_compile::Bundle;
use serde_json::{Value as Json, json};

const DAY: u64 = 86_400;

fn side<'a>(catalogue: &'a Catalogue, id: &str) -> Side<'a> {
    Side {
        name: id.to_owned(),
        history: catalogue.history_of(id),
        catalogue,
        region: None,
        references: References::none(),
        decisions: None,
        begins: Vec::new(),
    }
}

fn report(bundle: &Bundle, ids: [&str; 2], window: Option<Window>, persons: &[String]) -> Report {
    let catalogue = longma_oracle::load(bundle).unwrap();
    let [a, b] = ids.map(|id| side(&catalogue, id));
    let comparison = Comparison::of([&a, &b], window, persons.iter().cloned());
    let around = Surroundings {
        offset: Offset::CHINA,
        tables: &Tables::new(),
        columns: &BTreeMap::new(),
    };
    comparison.report([&a, &b], around, 10)
}

/// Seven days of quarantine against five; only the second side has a rule for contacts
/// of contacts.
fn seven_and_five() -> Bundle {
    let secondary = "/// source: s
fn secondary(contacts) {
    contacts.filter(|c| c.kind == \"secondary\").map(|c| yellow(c.at, c.at + days(2)).because(c))
}
";
    let five = format!("{CLOSE}{secondary}");
    bundle(&[
        pack("61/2022-01-01", 7, CLOSE),
        pack("62/2022-01-01", 5, &five),
    ])
}

fn close(at: &str) -> Json {
    json!({"kind": "close", "at": at})
}

fn persons() -> Vec<String> {
    vec![
        person(json!({"contacts": [close("2022-07-01T00:00:00+08:00")]})),
        person(json!({"contacts": [close("2022-07-03T12:00:00+08:00")]})),
        person(json!({"contacts": [{"kind": "secondary", "at": "2022-07-04T00:00:00+08:00"}]})),
        person(json!({})),
    ]
}

fn amount(persons: u64, half_days: u64) -> Amount {
    Amount {
        persons,
        seconds: half_days * DAY / 2,
    }
}

fn stamp(text: &str) -> Option<longma_core::Stamp> {
    let write = longma_core::Stamp::at(longma_core::Offset::CHINA);
    Instant::parse(text).ok().map(write)
}

#[test]
fn seven_days_against_five_by_hand() {
    let report = report(
        &seven_and_five(),
        ["61/2022-01-01", "62/2022-01-01"],
        None,
        &persons(),
    );
    // The first change is on 1 July at 00:00, so the window includes the day before, to
    // show what it changed from. The last change is on 10 July at noon.
    assert_eq!(
        report.from.map(|at| at.to_string()).as_deref(),
        Some("2022-06-30T00:00:00+08:00")
    );
    assert_eq!(
        report.until.map(|at| at.to_string()).as_deref(),
        Some("2022-07-11T00:00:00+08:00")
    );
    assert_eq!((report.persons, report.refused), (4, 0));
    let code = &report.decisions[0];
    let names: Vec<&str> = code
        .levels
        .iter()
        .map(|level| level.name.as_str())
        .collect();
    assert_eq!(names, ["green", "yellow", "red", "unknown"]);
    // Four persons, eleven days each: 44. A: two are red for 7 days. B: for 5,
    // and one is yellow for 2.
    assert_eq!(
        code.by_level[0],
        [amount(4, 60), amount(0, 0), amount(2, 28), amount(0, 0)]
    );
    assert_eq!(
        code.by_level[1],
        [amount(4, 64), amount(1, 4), amount(2, 20), amount(0, 0)]
    );
    assert_eq!(
        code.matrix[0],
        [amount(4, 56), amount(1, 4), amount(0, 0), amount(0, 0)]
    );
    assert_eq!(
        code.matrix[2],
        [amount(2, 8), amount(0, 0), amount(2, 20), amount(0, 0)]
    );
    assert_eq!(code.changed, amount(3, 12));
    let rules: Vec<(usize, &str, Amount)> = code
        .rules
        .iter()
        .map(|r| (r.side, r.rule.as_str(), r.amount))
        .collect();
    assert_eq!(
        rules,
        [
            (0, "61/2022-01-01/code/close", amount(2, 8)),
            (1, "62/2022-01-01/code/secondary", amount(1, 4))
        ]
    );
    let kinds: Vec<(&[String; 2], Amount)> = code
        .kinds
        .iter()
        .map(|kind| (&kind.levels, kind.amount))
        .collect();
    let levels = |a: &str, b: &str| [a.to_owned(), b.to_owned()];
    assert_eq!(
        kinds,
        [
            (&levels("red", "green"), amount(2, 8)),
            (&levels("green", "yellow"), amount(1, 4))
        ]
    );
    let example = code.kinds[0].example.as_ref().unwrap();
    assert_eq!(
        example.differs,
        [[
            stamp("2022-07-06T00:00:00+08:00"),
            stamp("2022-07-08T00:00:00+08:00")
        ]]
    );
    assert_eq!(
        example.facts["contacts"],
        json!([close("2022-07-01T00:00:00+08:00")])
    );
    assert_eq!(
        example.sides[1].timeline[1].causes[0].rule,
        "62/2022-01-01/code/close"
    );
}

#[test]
fn a_window_cuts_what_is_counted() {
    let at = |text: &str| Instant::parse(text).unwrap().unix();
    let window = Window {
        from: at("2022-07-07T00:00:00+08:00"),
        until: at("2022-07-09T00:00:00+08:00"),
    };
    let report = report(
        &seven_and_five(),
        ["61/2022-01-01", "62/2022-01-01"],
        Some(window),
        &persons(),
    );
    let code = &report.decisions[0];
    // 1 July: red until the 8th under A, 1 day of the window. 3 July, noon: B ends
    // on the 8th at noon, so half a day differs.
    assert_eq!(code.changed, amount(2, 3));
    assert_eq!(code.by_level[0][2], amount(2, 6));
}

#[test]
fn counting_in_parts_is_counting_at_once() {
    let bundle = seven_and_five();
    let catalogue = longma_oracle::load(&bundle).unwrap();
    let sides = ["61/2022-01-01", "62/2022-01-01"].map(|id| side(&catalogue, id));
    let sides = [&sides[0], &sides[1]];
    let around = Surroundings {
        offset: Offset::CHINA,
        tables: &Tables::new(),
        columns: &BTreeMap::new(),
    };
    let whole = Comparison::of(sides, None, persons());
    for cut in 0..persons().len() {
        let all = persons();
        let (first, second) = all.split_at(cut);
        let mut parts = Comparison::of(sides, None, first.to_vec());
        parts.merge(Comparison::of(sides, None, second.to_vec()));
        assert_eq!(
            parts.report(sides, around, 3),
            whole.report(sides, around, 3)
        );
    }
}

fn generated(bundle: &Bundle, count: u64) -> Vec<String> {
    let ids = bundle.packs.iter().map(|pack| pack.id.clone()).collect();
    let generator = Generator::new(&Scope::of(bundle, &ids).unwrap(), 5).unwrap();
    (0..count)
        .map(|index| generator.person(index).to_string())
        .collect()
}

#[test]
fn the_same_rules_never_differ_and_turning_the_sides_turns_the_matrix() {
    let bundle = seven_and_five();
    let persons = generated(&bundle, 200);
    let same = report(&bundle, ["61/2022-01-01", "61/2022-01-01"], None, &persons);
    assert_eq!(same.decisions[0].changed, Amount::default());
    assert!(same.decisions[0].kinds.is_empty() && same.decisions[0].rules.is_empty());
    let one = report(&bundle, ["61/2022-01-01", "62/2022-01-01"], None, &persons);
    let other = report(&bundle, ["62/2022-01-01", "61/2022-01-01"], None, &persons);
    let (one, other) = (&one.decisions[0], &other.decisions[0]);
    assert!(one.changed.persons > 20, "{:?}", one.changed);
    let levels = one.levels.len();
    for a in 0..levels {
        for b in 0..levels {
            assert_eq!(one.matrix[a][b], other.matrix[b][a]);
        }
    }
    let row = |a: usize| {
        one.matrix[a]
            .iter()
            .map(|amount| amount.seconds)
            .sum::<u64>()
    };
    for (a, amount) in one.by_level[0].iter().enumerate() {
        assert_eq!(amount.seconds, row(a));
    }
}

#[test]
fn a_person_made_small_shows_the_difference_and_needs_all_it_has() {
    let bundle = seven_and_five();
    let catalogue = longma_oracle::load(&bundle).unwrap();
    let sides = ["61/2022-01-01", "62/2022-01-01"].map(|id| side(&catalogue, id));
    let sides = [&sides[0], &sides[1]];
    let report = report(
        &bundle,
        ["61/2022-01-01", "62/2022-01-01"],
        None,
        &generated(&bundle, 300),
    );
    let mut looked = 0;
    for kind in &report.decisions[0].kinds {
        let Some(example) = &kind.example else {
            continue;
        };
        assert!(
            shows(sides, "code", kind, &example.facts.to_string()),
            "{example:?}"
        );
        for section in ["contacts", "tests", "doses"] {
            let Some(records) = example.facts[section].as_array() else {
                continue;
            };
            for (index, record) in records.iter().enumerate() {
                let mut less = example.facts.clone();
                less[section].as_array_mut().unwrap().remove(index);
                assert!(!shows(sides, "code", kind, &less.to_string()), "{less}");
                looked += 1;
                assert_eq!(record.get("note"), None);
            }
        }
    }
    assert!(looked > 1);
}

#[test]
fn a_person_that_is_refused_is_counted_apart() {
    let persons = ["{}".to_owned(), person(json!({}))];
    let report = report(
        &seven_and_five(),
        ["61/2022-01-01", "62/2022-01-01"],
        None,
        &persons,
    );
    assert_eq!((report.persons, report.refused), (1, 1));
    assert_eq!(report.refusals[0].number, 1);
}

#[test]
fn person_days_have_one_decimal_rounded_half_up() {
    let days = |seconds: u64| {
        Amount {
            persons: 1,
            seconds,
        }
        .days()
    };
    assert_eq!(days(0), "0.0");
    assert_eq!(days(DAY), "1.0");
    assert_eq!(days(DAY / 20), "0.1");
    assert_eq!(days(DAY / 20 - 1), "0.0");
    assert_eq!(days(u64::MAX), "213503982334601.3");
}

/// What seven days against five change at the first instant of the pack with five.
fn first(at: &str, window: Option<Window>, persons: &[String]) -> Vec<First> {
    let catalogue = longma_oracle::load(&seven_and_five()).unwrap();
    let [a, mut b] = ["61/2022-01-01", "62/2022-01-01"].map(|id| side(&catalogue, id));
    b.begins = vec![Begin {
        pack: b.name.clone(),
        at: Instant::parse(at).unwrap(),
    }];
    let mut whole = Comparison::new(window);
    for person in persons {
        // One part for each person, merged.
        whole.merge(Comparison::of([&a, &b], window, [person.clone()]));
    }
    let tables = Tables::new();
    let around = Surroundings {
        offset: Offset::CHINA,
        tables: &tables,
        columns: &BTreeMap::new(),
    };
    whole.report([&a, &b], around, 1).first
}

#[test]
fn who_changes_at_a_first_instant_because_of_older_facts_is_counted() {
    // On 7 July at noon the contact of the 1st is red by A alone, that of the 3rd by both. The
    // contact of a contact of the 4th was yellow until the 6th.
    let found = first("2022-07-07T12:00:00+08:00", None, &persons());
    assert_eq!((found.len(), found[0].persons), (1, 1));
    let change = &found[0].changes[0];
    let levels = change.levels.each_ref().map(|level| level.name.as_str());
    assert_eq!((levels, change.persons), (["red", "green"], 1));
    let example = change.example.as_ref().unwrap();
    assert_eq!(
        example.differs,
        [[
            stamp("2022-07-06T00:00:00+08:00"),
            stamp("2022-07-08T00:00:00+08:00")
        ]]
    );
}

#[test]
fn what_begins_with_the_pack_or_lies_outside_of_the_window_is_not_of_older_facts() {
    // The contact of a contact is yellow by B alone from this instant on.
    let begins = "2022-07-04T00:00:00+08:00";
    let found = first(begins, None, &persons()[2..3]);
    assert_eq!((found[0].persons, found[0].changes.len()), (0, 0));
    let later = first("2022-07-04T00:00:01+08:00", None, &persons()[2..3]);
    assert_eq!(later[0].persons, 1);
    let window = Window { from: 0, until: 1 };
    assert_eq!(first(begins, Some(window), &persons()), []);
}
