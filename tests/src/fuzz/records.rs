//! What sources say of one person, merged; and what clinics report, added up.

use crate::{compiled, persons};
use longma_core::{Code, Date, Instant, Problem, Request};
use longma_records::appeal::appeal;
use longma_records::merge::{Dossier, Merged};
use longma_records::rollup::roll_up;
use serde_json::{Map, Value as Json};

/// Stands between the texts of an input.
const BETWEEN: u8 = 0x1e;
/// How many kinds of input there are.
const KINDS: u8 = 2;
/// Texts of one input that are read.
const TEXTS: usize = 6;
/// What each of the texts is said by.
const SOURCES: [&str; 3] = ["hospital", "laboratory", "person"];

/// The first byte names the kind of input. Documents, dossiers and corrections: what can be
/// read joins in any order to the same dossier, is read again from its own JSON, and merges
/// to facts that can be read, decided and appealed against. Clinics: their counts add up twice
/// alike, whatever stands in them.
///
/// ```
/// let _ = longma_tests::fuzz::records(b"\0{\"subject\":\"person\"}");
/// ```
///
/// # Panics
/// If something differs, or merged facts are refused.
#[must_use]
pub fn records(bytes: &[u8]) -> bool {
    let (kind, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let texts = rest.split(|byte| *byte == BETWEEN).take(TEXTS);
    let texts: Vec<String> = texts
        .map(|text| String::from_utf8_lossy(text).into_owned())
        .collect();
    match kind % KINDS {
        0 => merge(&texts),
        _ => clinics(&texts),
    }
}

fn merge(texts: &[String]) -> bool {
    let mut said: Vec<Dossier> = Vec::new();
    let mut corrections = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        let source = SOURCES.get(number % SOURCES.len()).copied();
        let document = Dossier::of(compiled(), source.unwrap_or_default(), text);
        match document.or_else(|_| Dossier::read(compiled(), text)) {
            Ok(dossier) => said.push(dossier),
            Err(_) => corrections.push(text),
        }
    }
    let join = |all: &mut dyn Iterator<Item = &Dossier>| {
        all.fold(Dossier::default(), |joined, next| joined.join(next))
    };
    let mut all = join(&mut said.iter());
    assert_eq!(
        all,
        join(&mut said.iter().rev()),
        "joined the other way round"
    );
    assert_eq!(all, all.join(&all), "joined with itself");
    for text in corrections {
        if let Ok(corrected) = all.corrected(compiled(), text) {
            all = corrected;
        }
    }
    match Dossier::read(compiled(), &all.json()) {
        Ok(again) => assert_eq!(all.json(), again.json(), "read again"),
        Err(problems) => panic!("its own JSON is refused: {problems}"),
    }
    let Ok(merged) = all.merged(compiled()) else {
        return false;
    };
    decided(&merged)
}

/// Merged facts are facts: they are read, decided and explained.
fn decided(merged: &Merged) -> bool {
    let facts = match compiled().read_facts(&merged.facts_json()) {
        Ok(facts) => facts,
        Err(problems) => panic!("merged facts are refused: {problems}"),
    };
    let outcome = match compiled().decide(&facts, Request::default()) {
        Ok(outcome) => outcome,
        // A region that no place has is told where it decides something.
        Err(problems) => {
            let region = |it: &Problem| it.code == Code::RegionUnknown;
            assert!(problems.as_slice().iter().all(region), "{problems}");
            return false;
        }
    };
    if let Ok(at) = Instant::parse("2022-07-10T09:00:00+08:00") {
        let told = appeal(compiled(), &outcome, Some(&merged.ledger), &[], at);
        assert_eq!(told.decisions.len(), outcome.decisions().len());
    }
    true
}

fn clinics(texts: &[String]) -> bool {
    let read = |text: &String| serde_json::from_str::<Map<String, Json>>(text).ok();
    let clinics: Vec<Map<String, Json>> = texts.iter().filter_map(read).collect();
    let (Ok(from), Ok(to)) = (Date::parse("2020-01-30"), Date::parse("2020-02-03")) else {
        return false;
    };
    let places = compiled().places();
    let first = roll_up(places, &clinics, from, to);
    assert_eq!(
        format!("{first:?}"),
        format!("{:?}", roll_up(places, &clinics, from, to))
    );
    let Ok(rolled) = first else { return false };
    for line in &rolled.lines {
        let missing = line.clinics - line.reported;
        assert_eq!(missing, line.missing.len(), "{line:?}");
    }
    !rolled.lines.is_empty()
}

/// Persons as three sources tell of them, a dossier with a correction, and clinics.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let between = [BETWEEN];
    let listed = |kind: u8, texts: &[String]| {
        let texts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
        [&[kind], texts.join(&between[..]).as_slice()].concat()
    };
    let of = |seeds: [u64; 2]| seeds.map(|seed| persons::person(seed).to_string());
    let correction = r#"[{"section":"tests","at":"2022-07-12T09:00:00+08:00",
        "record":{"method":"nucleic_acid","sampled_at":"2022-07-09T08:00:00+08:00","reported_at":"2022-07-09T20:00:00+08:00","result":"positive","pool_size":1},
        "becomes":null,"by":{"name":"经办","office":"虚构","number":"1"},"reason":"虚构"}]"#;
    let one = r#"{"subject":"person","identity":{"name":"样例","document":{"type":"resident_id","number":"999999199001010016"},"region":"620102"},
        "tests":[{"method":"nucleic_acid","sampled_at":"2022-07-09T08:00:00+08:00","reported_at":"2022-07-09T20:00:00+08:00","result":"positive","pool_size":1}]}"#;
    let clinic = |code: &str, fever: u32| {
        format!(
            r#"{{"subject":"clinic","identity":{{"code":"{code}","region":"620102"}},"counts":[{{"day":"2020-02-01","fever":{fever},"visits":30}}]}}"#
        )
    };
    let dossier = Dossier::of(compiled(), "hospital", one).map(|it| it.json());
    vec![
        listed(0, &of([0, 0])),
        listed(0, &of([1, 1])),
        listed(0, &[one.to_owned(), correction.to_owned()]),
        listed(
            0,
            &[
                dossier.unwrap_or_default(),
                one.to_owned(),
                correction.to_owned(),
            ],
        ),
        listed(1, &[clinic("A", 3), clinic("B", 4), clinic("A", 5)]),
    ]
}
