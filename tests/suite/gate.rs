//! What a gate says of every code and document that forgers bring, how large codes are, and
//! that the least facts decide as all of them do.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use longma_core::{Catalogue, Facts, Instant, Json, References, Request, Role, Span};
use longma_gate::{Gate, Word};
use longma_seal::trust::{Root, Seen};
use longma_seal::{Purpose, text};
use longma_tests::forgeries::{Files, NOW, Office, brought, handed};
use longma_tests::{compiled, persons, references, rules, sample_areas};
use std::sync::OnceLock;

fn office() -> &'static Office {
    static OFFICE: OnceLock<Office> = OnceLock::new();
    OFFICE.get_or_init(|| Office::new().unwrap())
}

fn instant(seconds: i64) -> Instant {
    Instant::from_unix(seconds).unwrap()
}

/// Sets a gate up as a page does: whatever is wrong ends it with the name of the problem.
fn set_up(files: &Files, seen: &str, now: Instant) -> Result<Gate, String> {
    let told = |problem: longma_core::Problem| problem.code.as_str().to_owned();
    let first = |problems: longma_core::Problems| told(problems.as_slice()[0].clone());
    let mut seen = Seen::read(seen).map_err(told)?;
    let roots = ["root.cbor", "root.2.cbor"].into_iter();
    let roots = roots.filter_map(|name| files.get(name).map(Vec::as_slice));
    let root = Root::latest(roots).map_err(told)?;
    let documents = (&*files["timestamp.cbor"], &*files["release.cbor"]);
    let mut gate =
        Gate::load(root, documents, &files["packs.longma"], &mut seen, now).map_err(first)?;
    let table = std::str::from_utf8(&files["tables/risk_areas.csv"]).unwrap();
    gate.add_reference("risk_areas", table).map_err(first)?;
    gate.set_revoked(&files["revoked.cbor"], &mut seen, now)
        .map_err(told)?;
    let venue = std::str::from_utf8(&files["venue.json"]).unwrap();
    gate.set_venue(venue).map_err(first)?;
    Ok(gate)
}

#[test]
fn every_code_is_told_by_its_name() {
    let now = Instant::parse(NOW).unwrap();
    let gate = set_up(&office().files().unwrap(), "", now).unwrap();
    let all = brought(office()).unwrap();
    let mut wrong = Vec::new();
    for it in &all {
        let answer = gate.decide(&it.code, it.challenge, instant(it.seconds));
        let word = serde_json::to_value(answer.word).unwrap();
        let problem = answer.why.first().map_or("", |why| &why.code);
        if word != it.word || problem != it.problem {
            wrong.push(format!(
                "{}: {word} {problem}, expected {} {}: {:?}",
                it.name, it.word, it.problem, answer.why
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(all.len() >= 60, "{} codes", all.len());
}

#[test]
fn every_document_is_told_by_its_name() {
    let mut wrong = Vec::new();
    let all = handed(office()).unwrap();
    for it in &all {
        let mut files = office().files().unwrap();
        files.extend(it.files.clone());
        let told = match set_up(&files, &it.seen, instant(it.seconds)) {
            Ok(_) => "nothing".to_owned(),
            Err(told) => told,
        };
        if told != it.problem {
            wrong.push(format!("{}: {told}, expected {}", it.name, it.problem));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_bit_turned_anywhere_admits_nobody() {
    let office = office();
    let now = Instant::parse(NOW).unwrap();
    let gate = set_up(&office.files().unwrap(), "", now).unwrap();
    for kind in [Purpose::Extract, Purpose::Outcome] {
        let pass = office.pass(kind, office.terms(None).unwrap()).unwrap();
        let code = office.code(&pass).unwrap();
        for bit in 0..code.len() * 8 {
            let mut turned = code.clone();
            turned[bit / 8] ^= 1 << (bit % 8);
            let answer = gate.decide(&text::write(&turned), None, now);
            assert_eq!(answer.word, Word::Deny, "bit {bit}");
        }
    }
}

#[test]
fn in_test_mode_nobody_is_admitted() {
    let office = office();
    let now = Instant::parse(NOW).unwrap();
    let gate = set_up(&office.files().unwrap(), "", now).unwrap();
    let gate = gate.for_samples();
    for it in brought(office).unwrap() {
        let answer = gate.decide(&it.code, it.challenge, instant(it.seconds));
        assert!(answer.sample && answer.word != Word::Admit, "{}", it.name);
    }
}

#[test]
fn expired_packs_decide_nothing() {
    let office = office();
    let now = Instant::parse(NOW).unwrap();
    let gate = set_up(&office.files().unwrap(), "", now).unwrap();
    let mut terms = office.terms(None).unwrap();
    terms.expires = Instant::parse("2022-08-01T00:00:00+08:00").unwrap();
    let pass = office.pass(Purpose::Outcome, terms).unwrap();
    let code = text::write(&office.code(&pass).unwrap());
    // The time document counts until the 13th.
    let late = Instant::parse("2022-07-13T00:00:00+08:00").unwrap();
    let answer = gate.decide(&code, None, late);
    let told = answer.why.first().unwrap();
    assert_eq!((answer.word, &*told.code), (Word::Check, "trust-expired"));
    assert!(!gate.state(late).counts);
}

/// A usual person's code has at most 350 bytes, with the phone's signature too.
#[test]
fn codes_are_small() {
    let office = office();
    let mut sizes = Vec::new();
    for sample in ["green-gold.json", "companion.json"] {
        for kind in [Purpose::Outcome, Purpose::Extract] {
            let pass = office.pass_of(sample, kind, office.terms(None).unwrap());
            let size = office.code(&pass.unwrap()).unwrap().len();
            sizes.push((sample, kind, size));
        }
    }
    assert!(sizes.iter().all(|(.., size)| *size <= 350), "{sizes:?}");
}

/// What is shown at doors, decided from the least facts, is what all of them decide.
#[test]
fn the_least_facts_decide_as_all_do() {
    let catalogue = compiled();
    let tables = references(catalogue, sample_areas());
    let now = Instant::parse(NOW).unwrap();
    let mut compared = 0;
    for entry in std::fs::read_dir(rules().join("samples")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|it| it != "json") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        if let Ok(facts) = catalogue.read_facts(&text) {
            compared += alike(catalogue, &tables, &facts, now);
        }
    }
    for seed in 0..500 {
        let facts = catalogue.read_facts(&persons::person(seed).to_string());
        compared += alike(catalogue, &tables, &facts.unwrap(), now);
    }
    assert!(compared > 2_000, "{compared} decisions");
}

/// How many decisions were compared.
fn alike(catalogue: &Catalogue, tables: &References, facts: &Facts, now: Instant) -> usize {
    let region = facts.region().unwrap_or("620102").to_owned();
    let names = catalogue.policies(&region).iter();
    let names = names.flat_map(|policy| policy.decisions(facts.subject()));
    let mut names: Vec<&str> = names.map(|(_, decision)| &*decision.name).collect();
    names.sort_unstable();
    names.dedup();
    let day = longma_core::Days::new(1);
    let window = Span::new(Some(now), now.plus_days(day));
    for name in &names {
        let asked = [*name];
        let request = Request {
            region: Some(&region),
            references: Some(tables),
            decisions: Some(&asked),
            window,
        };
        let Ok(whole) = catalogue.decide(facts, request) else {
            continue;
        };
        let least = catalogue.extract(facts, request).unwrap();
        let least = catalogue.read_facts(&least.document.to_string()).unwrap();
        let part = catalogue.decide(&least, request).unwrap();
        let levels = |outcome: &longma_core::Outcome| -> Vec<String> {
            let stretches = outcome.decisions()[*name].stretches();
            let told = stretches.map(|stretch| {
                let rules: Vec<&str> = stretch.causes().map(longma_core::Cause::rule).collect();
                format!("{:?} {} {rules:?}", stretch.span(), stretch.level_name())
            });
            told.collect()
        };
        assert_eq!(
            levels(&whole),
            levels(&part),
            "{name} of {}",
            facts.document()
        );
    }
    names.len()
}

/// Nothing that no rule reads is in a code, and the holder is masked.
#[test]
fn a_code_tells_no_more_than_it_must() {
    let office = office();
    let pass = office.pass(Purpose::Extract, office.terms(None).unwrap());
    let pass = pass.unwrap();
    let schema = compiled().schema("person").unwrap();
    let facts = pass.shown.unfolded(schema, pass.issued).unwrap();
    let whole = std::fs::read_to_string(rules().join("samples/green-gold.json")).unwrap();
    let whole = Json::parse(&whole, "sample").unwrap();
    let name = whole.text_at("/identity/name").unwrap();
    assert_ne!(facts.text_at("/identity/name"), Some(name));
    assert!(
        facts
            .text_at("/identity/document/number")
            .unwrap()
            .contains('*')
    );
    assert!(facts.at("/identity/sex").is_none());
    assert!(whole.at("/check_ins").is_some() && facts.at("/check_ins").is_none());
    assert!(
        compiled()
            .in_role("620102", "person", Role::Presented)
            .len()
            > 1
    );
}

/// A name of two characters is masked once, not twice.
#[test]
fn the_holder_is_masked_alike_in_both_kinds() {
    let office = office();
    let now = Instant::parse(NOW).unwrap();
    let gate = set_up(&office.files().unwrap(), "", now).unwrap();
    let facts = std::fs::read_to_string(rules().join("samples/green-gold.json")).unwrap();
    let named = facts.replace("样小金", "样金");
    assert_ne!(named, facts);
    for kind in [Purpose::Extract, Purpose::Outcome] {
        let pass = office.pass_from(&named, kind, office.terms(None).unwrap());
        let code = text::write(&office.code(&pass.unwrap()).unwrap());
        let holder = gate.decide(&code, None, now).holder.unwrap();
        assert_eq!(holder.name, "样*");
    }
}

/// Records are sorted by all their fields. If they stand otherwise without a field that no rule
/// reads, it stays.
#[test]
fn the_least_facts_keep_the_order_of_records() {
    let catalogue = compiled();
    let person = |first: &str, second: &str| {
        let test = |laboratory: &str, hour: u8| {
            format!(
                r#"{{"method": "nucleic_acid", "sampled_at": "2022-07-09T{hour:02}:00:00+08:00",
                "reported_at": "2022-07-09T20:00:00+08:00", "result": "negative", "pool_size": 1,
                "laboratory": "{laboratory}"}}"#
            )
        };
        format!(
            r#"{{"subject": "person", "tests": [{}, {}], "identity": {{"name": "样甲",
            "document": {{"type": "passport", "number": "E12345678"}}, "region": "620102"}}}}"#,
            test(first, 8),
            test(second, 9)
        )
    };
    let request = Request {
        decisions: Some(&["tests"]),
        ..Request::default()
    };
    let keeps = |first: &str, second: &str| {
        let facts = catalogue.read_facts(&person(first, second)).unwrap();
        let least = catalogue.extract(&facts, request).unwrap();
        least.document.at("/tests/0/laboratory").is_some()
    };
    assert!(!keeps("甲", "甲"), "no rule reads it");
    assert!(
        keeps("乙", "丙") != keeps("丙", "乙"),
        "one of them turns the order round"
    );
}
