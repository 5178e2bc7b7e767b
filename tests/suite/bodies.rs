//! Compiled rules say what the interpreter says: of every case, of invented persons, and
//! for rules drawn at random.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use longma_cli::cases;
use longma_core::program::End;
use longma_core::{Catalogue, Instant, Outcome, Request, Severity, Span, packed};
use longma_desk::case::Case;
use longma_desk::check::check_texts;
use longma_desk::held::held;
use longma_tests::both::{Tables, answer, differs, parted, tables};
use longma_tests::scripts::{Choices, Example, shrink};
use longma_tests::{loaded, rules, sample_areas};
use std::fmt::Write as _;

/// How many packs of random rules are drawn.
const DRAWN: u64 = 300;

/// The project's packs, compiled, as they are read from the file.
fn compiled() -> Catalogue {
    let bytes = longma_compile::packed(&loaded().bundle, true).unwrap();
    packed::read(&bytes).unwrap()
}

/// Every case, and invented persons with the sample list of risk areas.
fn documents(persons: u64) -> Vec<(String, Tables)> {
    let found = all_cases();
    let cases = found
        .iter()
        .map(|case| (case.facts.clone(), case.references.clone()));
    let areas = Tables::from([("risk_areas".to_owned(), sample_areas().to_owned())]);
    let invented = (0..persons).map(|seed| {
        let person = longma_tests::persons::person(seed).to_string();
        (person, areas.clone())
    });
    cases.chain(invented).collect()
}

fn all_cases() -> Vec<Case> {
    cases::read(&rules().join("packs"), &[], &mut loaded().files).unwrap()
}

#[test]
fn every_case_and_many_persons_get_the_same_outcome() {
    let cases = all_cases();
    let held = held(&loaded().bundle, &compiled(), &cases, 100).unwrap();
    assert_eq!(held.difference, None);
    assert!(held.compared > cases.len());
}

/// A machine that takes the latest for the earliest, as a mistake of the compiler would.
#[test]
fn a_program_that_differs_is_found_with_the_smallest_person() {
    let bundle = loaded().bundle;
    let (catalogue, program) = longma_compile::compile(&bundle).unwrap();
    let mut program = program.get().unwrap().clone();
    for kernel in &mut program.kernels {
        if kernel.end == End::Least {
            kernel.end = End::Greatest;
        }
    }
    let bytes = packed::write(&catalogue, &program, true).unwrap();
    let wrong = packed::read(&bytes).unwrap();
    let held = held(&bundle, &wrong, &all_cases(), 100).unwrap();
    let difference = held.difference.unwrap();
    assert_ne!(difference.interpreted, difference.compiled);
    let facts: serde_json::Value = serde_json::from_str(&difference.facts).unwrap();
    let records = facts.as_object().unwrap().values();
    let records = records
        .filter_map(serde_json::Value::as_array)
        .map(Vec::len);
    // Two times are enough to confuse the earliest with the latest.
    assert!(records.sum::<usize>() <= 4, "{}", difference.facts);
}

#[test]
fn rules_drawn_at_random_get_the_same_outcome() {
    let mut ran = 0;
    // A longer run begins where the last one ended.
    let from = std::env::var("LONGMA_SEEDS").ok();
    let from: u64 = from.and_then(|from| from.parse().ok()).unwrap_or(0);
    for seed in from..from + DRAWN {
        let example = Example::draw(&mut Choices::of_seed(seed));
        let report = check_texts(&example.texts).findings;
        if report.iter().any(|it| it.severity == Severity::Error) {
            continue;
        }
        ran += 1;
        if differs(&example).is_some() {
            let small = shrink(example, |example| differs(example).is_some());
            let mut told = format!("seed {seed}\n");
            for (file, script) in small.scripts() {
                writeln!(told, "{file}\n{script}").unwrap();
            }
            let parted = differs(&small).unwrap_or_default();
            panic!("{told}\n{}\n{}\n{parted}", small.facts, small.rows);
        }
    }
    assert!(ran * 10 > DRAWN * 9, "only {ran} packs were accepted");
}

#[test]
fn an_outcome_in_a_window_is_the_whole_one_cut_to_it() {
    let compiled = compiled();
    let at = |text: &str| Instant::parse(text).ok();
    let windows = [
        (at("2022-07-15T12:00:00+08:00"), None),
        (None, at("2021-10-25T00:00:00+08:00")),
        (
            at("2022-03-07T00:00:00+08:00"),
            at("2022-03-08T00:00:00+08:00"),
        ),
    ];
    for (facts, given) in documents(100) {
        let references = tables(&compiled, &given).unwrap();
        for (from, until) in windows {
            let window = Span::new(from, until).unwrap();
            let decide = |window| {
                let request = Request {
                    references: Some(&references),
                    window,
                    ..Request::default()
                };
                compiled.evaluate(&facts, request).ok()
            };
            let (whole, cut) = (decide(None), decide(Some(window)));
            let json = |outcome: Option<Outcome>| outcome.map(|it| it.within(window).json());
            let (cut, whole) = (
                json(cut).unwrap_or_default(),
                json(whole).unwrap_or_default(),
            );
            assert!(cut == whole, "{facts}\n{}", parted(&cut, &whole));
        }
    }
}

/// A schema whose numbers have no bound, so that a sum can leave the range of time.
const UNBOUNDED: &str = r#"{"type": "object", "additionalProperties": false,
    "required": ["subject", "identity"],
    "properties": {
        "subject": {"type": "string", "enum": ["person"]},
        "identity": {"type": "object", "additionalProperties": false, "required": ["region"],
            "properties": {"region": {"type": "string", "pattern": "^[0-9]{6}$"}}},
        "tests": {"type": "array", "items": {"type": "object", "title": "Test",
            "additionalProperties": false, "required": ["at", "kind", "pool"],
            "properties": {
                "at": {"type": "string", "format": "date-time"},
                "kind": {"type": "string", "enum": ["good", "bad"]},
                "pool": {"type": "integer"},
                "sure": {"type": "boolean"}}}}}}"#;

/// A pack with one rule, which asks `question` about the tests `others` for each test `t`.
fn asking(question: &str) -> longma_compile::Bundle {
    let manifest = "subject = \"person\"\nversion = \"1\"\n\
        title = { zh-CN = \"方案\", en = \"A plan\" }\n\
        authority = { zh-CN = \"省\", en = \"Province\" }\n\
        effective.from = 2022-01-01T00:00:00+08:00\n\
        [sources.plan]\ntitle = { zh-CN = \"原文\", en = \"Text\" }\ndate = 2022-01-01\ngrade = \"V\"\n\
        [decisions.code]\nscale = [\"green\", \"red\"]\ncolours = [\"green\", \"red\"]\n";
    let captions = "[code]\nname = { zh-CN = \"码\", en = \"Code\" }\n\
        levels.green = { zh-CN = \"绿\", en = \"Green\" }\nlevels.red = { zh-CN = \"红\", en = \"Red\" }\n\
        [code.rules.r]\ncaption = { zh-CN = \"话\", en = \"Words\" }\n\
        release = { zh-CN = \"话\", en = \"Words\" }\n";
    let script = format!(
        "/// source: plan\nfn r(tests) {{\n    let others = tests;\n    \
         tests.map(|t| if {question} {{ red(t.at, ()) }} else {{ () }})\n}}\n"
    );
    let file = |name: &str, text: &str| (format!("packs/62/2022-01-01/{name}"), text.to_owned());
    let texts = longma_compile::texts::Texts::from([
        ("schema/person.schema.json".to_owned(), UNBOUNDED.to_owned()),
        file("pack.toml", manifest),
        file("captions.toml", captions),
        file("code.rhai", &script),
    ]);
    longma_compile::texts::read(&texts).bundle
}

#[test]
fn what_fails_for_a_later_record_fails_although_an_earlier_one_answers() {
    // The second test lies a billion years away; the first answers every question.
    let facts = r#"{"subject": "person", "identity": {"region": "620000"}, "tests": [
        {"at": "2022-01-05T00:00:00Z", "kind": "bad", "pool": 1, "sure": true},
        {"at": "2022-01-06T00:00:00Z", "kind": "bad", "pool": 9000000000000}]}"#;
    for question in [
        r#"others.filter(|o| o.at + hours(o.pool) >= t.at).any(|o| o.kind == "bad")"#,
        r#"others.filter(|o| o.at + hours(o.pool) >= t.at).all(|o| o.kind == "good")"#,
        r#"others.filter(|o| o.at + hours(o.pool) >= t.at).find(|o| o.kind == "bad") != ()"#,
        "others.filter(|o| o.at + hours(o.pool) >= t.at).is_empty()",
        "others.filter(|o| o.at + hours(o.pool) >= t.at).first() != ()",
        "others.filter(|o| o.at >= t.at).map(|o| o.at + hours(o.pool)).len() > 0",
        r#"others.filter(|o| o.at >= t.at).map(|o| o.at + hours(o.pool)).filter(|x| t.kind == "good").is_empty()"#,
    ] {
        let bundle = asking(question);
        let oracle = longma_oracle::load(&bundle).unwrap();
        let (compiled, _) = longma_compile::compile(&bundle).unwrap();
        let [interpreted, compiled] =
            [&oracle, &compiled].map(|catalogue| answer(catalogue, facts, &Tables::new(), None));
        assert!(
            interpreted.contains("\"unknown\""),
            "{question}: {interpreted}"
        );
        assert_eq!(interpreted, compiled, "{question}");
    }
}

#[test]
fn a_condition_that_stays_absent_is_told_alike() {
    let facts = r#"{"subject": "person", "identity": {"region": "620000"}, "tests": [
        {"at": "2022-01-06T00:00:00Z", "kind": "bad", "pool": 1}]}"#;
    for question in [
        "others.filter(|o| o.sure ?? ()).is_empty()",
        "others.any(|o| o.sure ?? ())",
        "others.all(|o| o.sure ?? ())",
        "(others.find(|o| o.sure ?? ()) == ())",
    ] {
        let bundle = asking(question);
        let oracle = longma_oracle::load(&bundle).unwrap();
        let (compiled, _) = longma_compile::compile(&bundle).unwrap();
        let told =
            [&oracle, &compiled].map(|catalogue| answer(catalogue, facts, &Tables::new(), None));
        assert!(told[0].contains("rule-wanted"), "{question}: {}", told[0]);
        assert_eq!(told[0], told[1], "{question}");
    }
}

/// A document with every day in one month.
fn moved(facts: &str, month: &str) -> String {
    let mut parts = facts.split("\"20");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // `22-07-08T…`, or a text that only begins like a year.
        let is_day = part.get(2..3) == Some("-") && part.get(5..6) == Some("-");
        let rest = part.get(5..).filter(|_| is_day);
        match rest {
            Some(rest) => out.extend(["\"", month, rest]),
            None => out.extend(["\"20", part]),
        }
    }
    out
}

#[test]
fn times_at_the_ends_of_the_range_are_told_alike() {
    let bundle = loaded().bundle;
    let oracle = longma_oracle::load(&bundle).unwrap();
    let (compiled, _) = longma_compile::compile(&bundle).unwrap();
    let given = Tables::from([("risk_areas".to_owned(), sample_areas().to_owned())]);
    let mut failed = 0;
    for seed in 0..60 {
        let person = longma_tests::persons::person(seed).to_string();
        for month in ["0001-01", "9999-12"] {
            let facts = moved(&person, month);
            let [interpreted, compiled] =
                [&oracle, &compiled].map(|catalogue| answer(catalogue, &facts, &given, None));
            failed += usize::from(interpreted.contains("rule-time"));
            assert!(
                interpreted == compiled,
                "{facts}\n{}",
                parted(&interpreted, &compiled)
            );
        }
    }
    // It is the ends that this is about.
    assert!(failed > 0, "no time left the range");
}

/// In China the last second that there is lies a day after the last day in UTC.
#[test]
fn the_last_second_has_a_day_in_both_bodies() {
    let bundle = asking("t.at.date().start() < t.at");
    let bodies = [
        longma_oracle::load(&bundle).unwrap(),
        longma_compile::compile(&bundle).unwrap().0,
    ];
    let facts = r#"{"subject": "person", "identity": {"region": "620102"}, "tests": [
        {"at": "9999-12-29T23:59:59Z", "kind": "good", "pool": 1}]}"#;
    let told = bodies
        .each_ref()
        .map(|it| answer(it, facts, &Tables::new(), None));
    assert!(told[0].contains(r#""level":"red""#), "{}", told[0]);
    assert_eq!(told[0], told[1]);
}
