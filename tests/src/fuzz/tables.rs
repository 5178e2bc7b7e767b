//! Lists in CSV: reference tables, places, test sites, and a worker's list to screen.

use crate::{compiled, persons};
use longma_core::{Instant, Places, References, Request};
use longma_passes::sites::{Near, Point, Sites};
use longma_records::screening::{Asked, screen};
use std::sync::LazyLock;

/// How many kinds of lists there are.
const KINDS: u8 = 5;
/// Persons who stayed and were somewhere, to be looked up in what is accepted.
const PERSONS: u64 = 4;

static FACTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    (0..PERSONS)
        .map(|seed| persons::person(seed).to_string())
        .collect()
});

/// The first byte names the kind of list, the others are its text. Each list is refused or
/// read, twice alike, and whoever asks a list that was read gets an answer; a list is the
/// same with a first line that says how many rows it has, and is none if that is wrong.
///
/// ```
/// let _ = longma_tests::fuzz::tables(b"\0province,city\n");
/// ```
///
/// # Panics
/// If reading or asking does, or if something differs.
#[must_use]
pub fn tables(bytes: &[u8]) -> bool {
    let (kind, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let text = String::from_utf8_lossy(rest);
    match kind % KINDS {
        0 => table("risk_areas", &text),
        1 => table("exposures", &text),
        2 => places(&text),
        3 => sites(&text),
        _ => screened(&text),
    }
}

fn table(name: &str, text: &str) -> bool {
    let read = compiled().read_reference(name, text);
    let (Ok(table), Ok(again)) = (&read, compiled().read_reference(name, text)) else {
        return false;
    };
    if !text.starts_with('#') {
        let rows = table.len();
        let counted = |rows: usize| format!("# rows={rows}\n{text}");
        let right = compiled().read_reference(name, &counted(rows));
        assert!(right.is_ok(), "with its number of rows: {right:?}");
        let wrong = compiled().read_reference(name, &counted(rows + 1));
        assert!(wrong.is_err(), "a row that is not there");
    }
    let decide = |table| {
        let mut references = References::none();
        references.insert(table);
        let request = Request {
            references: Some(&references),
            ..Request::default()
        };
        let outcomes = FACTS
            .iter()
            .map(|facts| compiled().evaluate(facts, request));
        let json = outcomes.map(|outcome| outcome.map(|it| it.json()));
        json.collect::<Vec<_>>()
    };
    let first = decide(again);
    assert!(first.iter().all(Result::is_ok), "a person is refused");
    if let Ok(table) = read {
        assert!(first == decide(table), "decided twice");
    }
    true
}

fn places(text: &str) -> bool {
    let Ok(places) = Places::read(text, "places") else {
        return false;
    };
    for way in places.finest() {
        let names: Vec<&str> = way.iter().map(|place| places.name(*place)).collect();
        // A name may stand for several places; whichever is found is there.
        if let Ok(found) = places.find(names) {
            assert!(!found.is_empty(), "a place that is nowhere");
        }
    }
    for code in ["62", "6201", "620102", "620000"] {
        let _ = (places.code_today(code), places.codes_above(code));
    }
    true
}

fn sites(text: &str) -> bool {
    let Ok(sites) = Sites::read(text) else {
        return false;
    };
    assert!(!sites.is_empty() || sites.problems().is_empty());
    for (latitude, longitude) in [("36.061", "103.834"), ("-90", "180")] {
        let (Some(point), Ok(at)) = (
            Point::parse(latitude, longitude),
            Instant::parse("2022-07-11T13:00:00+08:00"),
        ) else {
            continue;
        };
        let found = sites.nearest(Near {
            point,
            at,
            holidays: &[],
            open: false,
            count: 5,
        });
        let sorted = found.iter().is_sorted_by_key(|site| site.metres);
        assert!(sorted, "not the nearest first");
    }
    true
}

fn screened(text: &str) -> bool {
    let Ok(received) = Instant::parse("2022-07-10T09:00:00+08:00") else {
        return false;
    };
    let asked = Asked {
        received,
        region: Some("620102"),
        references: None,
    };
    let (Ok(first), Ok(second)) = (
        screen(compiled(), text, asked),
        screen(compiled(), text, asked),
    ) else {
        return false;
    };
    assert_eq!(format!("{first:?}"), format!("{second:?}"));
    // No row is lost.
    let rows = first.rows;
    assert_eq!(rows.given, rows.used + rows.reported, "{rows:?}");
    rows.used > 0
}

/// Lists of the project and of its tests, each as its kind.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let file = |path: &str| std::fs::read(crate::rules().join(path)).unwrap_or_default();
    // The table of places is long; a province shows what it holds.
    let places = file("reference/places.csv");
    let lines = places.split_inclusive(|byte| *byte == b'\n');
    let gansu: Vec<&[u8]> = lines
        .enumerate()
        .filter(|(at, line)| *at == 0 || line.starts_with(b"62"))
        .map(|(_, line)| line)
        .take(60)
        .collect();
    let listed = |kind: u8, text: &[u8]| [&[kind], text].concat();
    let (sites, screening) = (
        "id,name,address,latitude,longitude,hours,queue_minutes\n\
         a,样例点甲,样例路 1 号,36.061,103.834,1-5 08:00-12:00 14:00-17:30; 6 22:00-02:00; 8 closed,15\n\
         b,样例点乙,样例路 2 号,36.061,103.844,1-7 00:00-24:00,\n",
        "姓名,证件号码,手机,体温,采样时间\n样例,999999199001010016,13800000000,38.2,2022-07-09 08:00\n\
         样·例,９９９９９９199001010016,138 0000 0000,36.5,\n",
    );
    vec![
        listed(0, &file("reference/risk_areas.sample.csv")),
        listed(0, crate::attacks::one_place(20, "测试小区").as_bytes()),
        listed(1, &file("reference/exposures.sample.csv")),
        listed(2, &gansu.concat()),
        listed(3, sites.as_bytes()),
        listed(4, screening.as_bytes()),
    ]
}
