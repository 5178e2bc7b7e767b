//! Hostile facts, packs and tables: each ends with a named problem, within the limits.
//! The same scripts run in WebAssembly, in `wasm/device/tests`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use longma_compile::Bundle;
use longma_core::{Catalogue, Instant, Place, Problem, Problems, Request, limits};
use longma_tests::{catalogue, loaded, sample_areas};
use serde_json::json;
use std::fmt::Write as _;
use std::sync::LazyLock;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(catalogue);

/// The codes of the problems with which a facts document is refused.
fn refused(facts: &str) -> Vec<String> {
    match CATALOGUE.evaluate(facts, Request::default()) {
        Ok(_) => panic!("accepted: {facts:.200}"),
        Err(problems) => codes(problems),
    }
}

pub(crate) fn codes(problems: Problems) -> Vec<String> {
    let mut codes: Vec<String> = problems
        .into_iter()
        .map(|problem| problem.code.to_string())
        .collect();
    codes.sort();
    codes.dedup();
    codes
}

fn identity() -> serde_json::Value {
    json!({ "name": "甲", "document": { "type": "other", "number": "X" }, "region": "620102" })
}

#[test]
fn malformed_deep_and_huge_documents_are_refused_by_name() {
    let identity = identity();
    let tests = |count: usize| {
        let test = json!({
            "method": "nucleic_acid", "sampled_at": "2022-07-08T10:00:00+08:00",
            "reported_at": "2022-07-08T12:00:00+08:00", "result": "negative", "pool_size": 1,
        });
        json!({ "subject": "person", "identity": identity, "tests": vec![test; count] }).to_string()
    };
    let cases = [
        (String::new(), "json-syntax"),
        ("{\"subject\": \"person\"".to_owned(), "json-syntax"),
        // A byte order mark may stand before a document, and nowhere else.
        ("\u{feff}{}".to_owned(), "facts-subject"),
        ("{\u{feff}}".to_owned(), "json-syntax"),
        ("[]".to_owned(), "facts-subject"),
        ("{\"subject\": \"dog\"}".to_owned(), "facts-subject"),
        ("{\"subject\": 1}".to_owned(), "facts-subject"),
        ("[".repeat(100_000), "json-depth"),
        ("{\"a\":".repeat(100_000), "json-depth"),
        (
            format!("[{}1]", "1,".repeat(limits::JSON_VALUES)),
            "json-values",
        ),
        (" ".repeat(limits::FACTS_BYTES + 1), "facts-size"),
        (tests(50_000), "facts-size"),
        (
            "{\"subject\":\"person\",\"diagnoses\":[],\"diagnoses\":[]}".to_owned(),
            "json-duplicate",
        ),
    ];
    for (facts, code) in cases {
        assert_eq!(refused(&facts), [code], "{facts:.80}");
    }
}

#[test]
fn every_problem_of_a_document_is_told_with_its_place() {
    let facts = json!({
        "subject": "person",
        "identity": { "name": " ", "document": { "type": "card", "number": "X" }, "region": "62010２" },
        "contacts": [
            { "kind": "close", "last_contact": "2022-07-08T10:00:00", "identified_at": "2022-07-09T10:00:00+08:00" },
            { "kind": "close", "last_contact": "2022-07-08T10:00:00+08:00", "identified_at": "2022-07-08T09:59:59+08:00" },
        ],
        "tests": { "0": null },
        "stays": null,
        "vaccinations": [{ "product": "CoronaVac", "dose": 0, "at": "2022-02-30" }],
        "temperature": 37.5,
        "check_ins": [
            { "at": "2022-07-08T10:00:00+08:00", "temperature": 37.35 },
            { "at": "2022-07-08T10:00:00+08:00", "temperature": 50 },
            { "at": "2022-07-08T10:00:00+08:00", "temperature": "37.3" },
        ],
    });
    let Err(problems) = CATALOGUE.evaluate(&facts.to_string(), Request::default()) else {
        panic!("accepted");
    };
    let mut found: Vec<(String, String)> = problems
        .into_iter()
        .map(|problem| match problem.place {
            Place::Facts { pointer } => (pointer, problem.code.to_string()),
            other => panic!("{other:?}"),
        })
        .collect();
    found.sort();
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|(p, c)| (p.as_str(), c.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("/check_ins/0/temperature", "facts-decimals"),
            ("/check_ins/1/temperature", "facts-range"),
            ("/check_ins/2/temperature", "facts-type"),
            ("/contacts/0/last_contact", "facts-no-offset"),
            ("/contacts/1/identified_at", "facts-order"),
            ("/identity/document/type", "facts-enum"),
            ("/identity/name", "facts-blank"),
            ("/identity/region", "facts-pattern"),
            ("/stays", "facts-type"),
            ("/temperature", "facts-unknown-field"),
            ("/tests", "facts-type"),
            ("/vaccinations/0/at", "facts-date"),
            ("/vaccinations/0/dose", "facts-range"),
        ]
    );
}

#[test]
fn a_document_with_thousands_of_mistakes_ends_with_a_capped_list() {
    let tests = vec![json!({ "method": "tea leaves" }); 5_000];
    let facts = json!({ "subject": "person", "identity": identity(), "tests": tests });
    let Err(problems) = CATALOGUE.evaluate(&facts.to_string(), Request::default()) else {
        panic!("accepted");
    };
    assert_eq!(problems.as_slice().len(), limits::PROBLEMS + 1);
}

/// The project's national pack, with its script replaced by one rule with this body.
fn with_script(script: &str) -> Bundle {
    let mut bundle = loaded().bundle;
    bundle.packs.retain(|pack| pack.id == "cn/2022-06-28");
    let pack = &mut bundle.packs[0];
    let rules = &mut pack.captions.get_mut("code").unwrap().rules;
    let caption = rules.values().next().unwrap().clone();
    rules.clear();
    rules.insert("rule".to_owned(), caption);
    let source = pack.manifest.sources.keys().next().unwrap();
    let text = format!(
        "/// source: {source}\nfn rule(tests, contacts, risk_areas, stays, params) {{ {script} }}"
    );
    pack.scripts.insert("code".to_owned(), text);
    bundle
}

/// Evaluates an ordinary person by a rule with this body. Returns the problems and the
/// level.
fn evaluated(script: &str) -> (Vec<Problem>, String) {
    let catalogue = match longma_oracle::load(&with_script(script)) {
        Ok(catalogue) => catalogue,
        Err(problems) => panic!("{script}: {problems:#?}"),
    };
    let facts = json!({
        "subject": "person", "identity": identity(), "contacts": [], "tests": vec![json!({
            "method": "nucleic_acid", "sampled_at": "2022-07-08T10:00:00+08:00",
            "reported_at": "2022-07-08T12:00:00+08:00", "result": "negative", "pool_size": 1,
        }); 200], "stays": [],
    });
    let references = longma_tests::references(&catalogue, sample_areas());
    let request = Request {
        region: None,
        references: Some(&references),
        ..Request::default()
    };
    let outcome = catalogue.evaluate(&facts.to_string(), request).unwrap();
    let at = Instant::parse("2022-07-10T00:00:00+08:00").unwrap();
    let failed = outcome.problems().iter().filter(|p| p.rule.is_some());
    (
        failed.cloned().collect(),
        outcome.at("code", at).unwrap().level_name().to_owned(),
    )
}

#[test]
fn rules_that_loop_recurse_allocate_or_overflow_leave_the_decision_unknown() {
    let ten = "let l = [0,1,2,3,4,5,6,7,8,9]; let k = l; let j = l;";
    let thousand = format!("{ten} let m = l.flat_map(|x| k).flat_map(|x| k);");
    let cases = [
        (
            "rule(tests, contacts, risk_areas, stays, params)".to_owned(),
            "rule-depth",
        ),
        ("9223372036854775807 + 1".to_owned(), "rule-overflow"),
        ("1 / 0".to_owned(), "rule-overflow"),
        // One more is the word for an absent value; in place it is no less out of range.
        (
            "let n = 9223372036854775806; n += 1; n".to_owned(),
            "rule-overflow",
        ),
        (
            "let n = -9223372036854775807; n -= 2; n".to_owned(),
            "rule-overflow",
        ),
        (
            "let n = 4611686018427387904; n *= 2; n".to_owned(),
            "rule-overflow",
        ),
        ("let n = 1; n /= 0; n".to_owned(), "rule-overflow"),
        ("let n = 1; n %= 0; n".to_owned(), "rule-overflow"),
        (
            "red(since(tests.first().sampled_at + days(9223372036854775807)))".to_owned(),
            "rule-time",
        ),
        ("hours(9223372036854775807)".to_owned(), "rule-time"),
        (
            format!(
                "{thousand} let n = m; let o = m; let p = m; n.map(|x| o.map(|y| p.map(|z| 1).len()).len())"
            ),
            "rule-operations",
        ),
        (
            "let a = tests; let b = tests; tests.flat_map(|x| a).flat_map(|x| b)".to_owned(),
            "rule-size",
        ),
        (
            format!("let s = \"{}\"; s += s; s += s; s += s", "长".repeat(1_000)),
            "rule-size",
        ),
        ("let a = [1]; a[7]".to_owned(), "rule-index"),
        ("let a = tests; tests.map(|t| a)".to_owned(), "rule-nested"),
        ("tests.filter(|t| t.sampled_at)".to_owned(), "rule-wanted"),
        (
            "tests.filter(|t| t.sampled_at > 48)".to_owned(),
            "rule-kinds",
        ),
        ("tests.filter(|t| t.result == 1)".to_owned(), "rule-kinds"),
        ("tests.filter(|t| 1 == t.result)".to_owned(), "rule-kinds"),
        (
            "tests.filter(|t| t.pool_size == true)".to_owned(),
            "rule-kinds",
        ),
        ("tests.filter(|t| () < 3)".to_owned(), "rule-kinds"),
        ("tests.sort_by(|t| t)".to_owned(), "rule-result"),
        (
            "tests.first().sampled_at - days(1) - 1".to_owned(),
            "rule-function",
        ),
        ("tests.first().sampledat".to_owned(), "rule-field"),
        ("red(stays.first(), 1)".to_owned(), "rule-function"),
        (
            "blue(tests.first().sampled_at, ())".to_owned(),
            "rule-function",
        ),
        ("level(\"purple\", always())".to_owned(), "rule-level"),
        ("42".to_owned(), "rule-result"),
        ("risk_areas.during(tests.first())".to_owned(), "rule-column"),
        (
            "risk_areas.around(tests.first(), \"planet\")".to_owned(),
            "rule-column",
        ),
        ("timestamp()".to_owned(), "rule-function"),
    ];
    for (script, code) in cases {
        let (problems, level) = evaluated(&script);
        let codes: Vec<&str> = problems.iter().map(|p| p.code.as_str()).collect();
        assert_eq!(codes, [code], "{script:.100}");
        assert_eq!(level, "unknown", "{script:.100}");
        let problem = &problems[0];
        assert!(!problem.message().is_incomplete() && problem.help().is_some());
        let told = format!("{:?}", (problem.message(), problem.help(), &problem.found));
        for leak in ["rhai", "Dynamic", "i64", "ImmutableString", "::"] {
            assert!(!told.contains(leak), "{leak} in {told}");
        }
        assert!(
            !told.contains('{') || told.contains("Localized {"),
            "{told}"
        );
    }
}

#[test]
fn what_the_profile_leaves_out_is_refused_when_the_pack_is_loaded() {
    let deep = format!("{}1{}", "(".repeat(3_000), ")".repeat(3_000));
    let cases = [
        ("while true {}", "script-forbidden"),
        ("loop {}", "script-forbidden"),
        ("do {} while true", "script-forbidden"),
        ("for t in tests {}", "script-forbidden"),
        ("eval(\"1\")", "script-forbidden"),
        ("import \"os\" as os;", "script-forbidden"),
        ("export x", "script-forbidden"),
        ("print(1)", "script-forbidden"),
        ("let map = #{ a: 1 };", "script-forbidden"),
        ("debug(1)", "script-forbidden"),
        ("try { } catch { }", "script-forbidden"),
        ("Fn(\"red\").call(1)", "script-forbidden"),
        ("now", "rule-variable"),
        ("1.5", "script-syntax"),
        ("let", "script-syntax"),
        ("\"abc", "script-syntax"),
        (deep.as_str(), "script-syntax"),
    ];
    for (script, code) in cases {
        match longma_oracle::load(&with_script(script)) {
            Ok(_) => panic!("accepted: {script:.60}"),
            Err(problems) => assert_eq!(codes(problems), [code], "{script:.60}"),
        }
    }
}

#[test]
fn rules_that_together_take_too_long_are_stopped_as_one() {
    let mut bundle = with_script("()");
    let pack = &mut bundle.packs[0];
    let source = pack.manifest.sources.keys().next().unwrap().clone();
    let captions = pack.captions.get_mut("code").unwrap();
    let caption = captions.rules["rule"].clone();
    let mut script = String::new();
    for number in 0..50 {
        // Each rule compares every test with every other, within its own limit.
        let body = "let others = tests; tests.any(|x| others.any(|y| x != y)); ()";
        writeln!(
            script,
            "/// source: {source}\nfn rule{number}(tests) {{ {body} }}"
        )
        .unwrap();
        captions
            .rules
            .insert(format!("rule{number}"), caption.clone());
    }
    captions.rules.remove("rule");
    pack.scripts.insert("code".to_owned(), script);
    let catalogue = longma_oracle::load(&bundle).unwrap();
    let facts = json!({
        "subject": "person", "identity": identity(), "tests": vec![json!({
            "method": "nucleic_acid", "sampled_at": "2022-07-08T10:00:00+08:00",
            "reported_at": "2022-07-08T12:00:00+08:00", "result": "negative", "pool_size": 1,
        }); 200],
    });
    let outcome = catalogue
        .evaluate(&facts.to_string(), Request::default())
        .unwrap();
    let stopped = |code: &str| {
        outcome
            .problems()
            .iter()
            .filter(|p| p.code.as_str() == code)
            .count()
    };
    assert_eq!(stopped("rule-operations"), 0);
    assert!((1..50).contains(&stopped("evaluation-operations")));
}

/// The limits stop attackers, not ordinary people: a year of daily tests and 60 stays in
/// listed places are within them.
#[test]
fn a_person_with_hundreds_of_records_stays_inside_the_limits() {
    let mut references = longma_tests::references(&CATALOGUE, sample_areas());
    let events = "digest,event,exposure,start,end\n";
    references.insert(CATALOGUE.read_reference("exposures", events).unwrap());
    let rows: Vec<Vec<&str>> = sample_areas()
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect())
        .collect();
    let text = |unix: i64| {
        Instant::from_unix(unix)
            .unwrap()
            .to_rfc3339(longma_core::Offset::CHINA)
    };
    let start = Instant::parse("2022-03-01T08:00:00+08:00").unwrap().unix();
    let tests: Vec<_> = (0..200)
        .map(|day| {
            let sampled = start + day * 86_400;
            json!({
                "method": "nucleic_acid", "sampled_at": text(sampled),
                "reported_at": text(sampled + 36_000), "result": "negative", "pool_size": 10,
            })
        })
        .collect();
    let stays: Vec<_> = (0..60)
        .map(|number| {
            let row = &rows[usize::try_from(number).unwrap() % rows.len()];
            let arrived = start + 90 * 86_400 + number * 3 * 86_400;
            json!({
                "province": row[0], "city": row[1], "county": row[2],
                "community": if row[3].is_empty() { "某村" } else { row[3] },
                "arrived": text(arrived), "left": text(arrived + 2 * 86_400), "key_area": true,
            })
        })
        .collect();
    let contacts: Vec<_> = (0..20)
        .map(|number| {
            json!({
                "kind": "time_space", "last_contact": text(start + number * 5 * 86_400),
                "identified_at": text(start + number * 5 * 86_400 + 7_200),
            })
        })
        .collect();
    let facts = json!({
        "subject": "person", "identity": identity(), "tests": tests, "stays": stays,
        "contacts": contacts, "diagnoses": [], "entries": [], "symptoms": [], "isolation": [],
        "flags": [], "vaccinations": [], "issuance": [], "visits": [], "arrivals": [], "check_ins": [],
        "dependants": [],
    });
    let request = Request {
        region: None,
        references: Some(&references),
        ..Request::default()
    };
    let outcome = CATALOGUE.evaluate(&facts.to_string(), request).unwrap();
    // Before and after all packs nothing is decided; that is not a failure.
    let failed: Vec<&Problem> = outcome
        .problems()
        .iter()
        .filter(|problem| problem.code.as_str() != "no-pack")
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn packs_that_inherit_from_each_other_in_a_circle_are_refused() {
    let mut bundle = loaded().bundle;
    bundle.packs.retain(|pack| pack.id.starts_with("cn/"));
    bundle.packs[0].manifest.inherits = Some(bundle.packs[2].id.clone());
    bundle.packs[2].manifest.inherits = Some(bundle.packs[0].id.clone());
    assert!(codes(longma_oracle::load(&bundle).unwrap_err()).contains(&"pack-cycle".to_owned()));

    let mut alone = loaded().bundle;
    alone.packs.retain(|pack| pack.id == "cn/2022-06-28");
    alone.packs[0].manifest.inherits = Some("cn".to_owned());
    assert_eq!(
        codes(longma_oracle::load(&alone).unwrap_err()),
        ["pack-cycle"]
    );
}

#[test]
fn packs_of_one_region_that_overlap_are_refused() {
    let mut bundle = loaded().bundle;
    for pack in &mut bundle.packs {
        if pack.id == "cn/2022-06-28" {
            pack.manifest.effective.until = Some("2022-11-11T00:00:01+08:00".to_owned());
        }
    }
    assert_eq!(
        codes(longma_oracle::load(&bundle).unwrap_err()),
        ["pack-overlap"]
    );
}

#[test]
fn a_pack_with_many_mistakes_tells_them_all() {
    let mut bundle = loaded().bundle;
    bundle.packs.retain(|pack| pack.id == "cn/2022-06-28");
    let manifest = &mut bundle.packs[0].manifest;
    manifest.subject = "dog".to_owned();
    manifest.offset = Some("8".to_owned());
    manifest.title.en = String::new();
    manifest.effective.from = Some("yesterday".to_owned());
    manifest.decisions.get_mut("code").unwrap().colours.pop();
    for param in manifest.params.values_mut() {
        param.unit = "fortnights".to_owned();
    }
    let units = manifest.params.len();
    let problems = longma_oracle::load(&bundle).unwrap_err();
    assert_eq!(problems.as_slice().len(), 5 + units);
    assert_eq!(
        codes(problems),
        [
            "pack-offset",
            "pack-subject",
            "pack-text",
            "pack-time",
            "param-unit",
            "scale-colours"
        ]
    );
}

#[test]
fn a_pack_that_is_broken_hides_nothing_of_others_and_tells_nothing_twice() {
    let mut bundle = loaded().bundle;
    for pack in &mut bundle.packs {
        match pack.id.as_str() {
            // Other packs override and drop rules of this script. That these are now unknown
            // must not be reported as their mistake.
            "cn/2022-06-28" => {
                pack.scripts.insert("code".to_owned(), "fn (".to_owned());
            }
            "62/validity-2020-02-21" => {
                let decision = pack.captions.get_mut("validity").unwrap();
                decision.rules.get_mut("issued").unwrap().caption.en = "{days}".to_owned();
            }
            _ => {}
        }
    }
    assert_eq!(
        codes(longma_oracle::load(&bundle).unwrap_err()),
        ["caption-placeholder", "script-syntax"]
    );
}

#[test]
fn an_override_that_is_not_listed_is_refused_and_so_is_one_that_overrides_nothing() {
    let mut hidden = loaded().bundle;
    for pack in &mut hidden.packs {
        if pack.id == "cn/2022-11-11" {
            pack.manifest.overrides.clear();
        }
    }
    assert_eq!(
        codes(longma_oracle::load(&hidden).unwrap_err()),
        ["override-undeclared"]
    );

    let mut void = loaded().bundle;
    for pack in &mut void.packs {
        if pack.id == "cn/2022-11-11" {
            let why = "because".to_owned();
            pack.manifest
                .overrides
                .insert("code.no_such_rule".to_owned(), why);
        }
    }
    assert_eq!(
        codes(longma_oracle::load(&void).unwrap_err()),
        ["override-void"]
    );
}

#[test]
fn bad_bundles_are_refused_by_name() {
    let code = |text: &str| Bundle::read(text).unwrap_err().code.to_string();
    assert_eq!(code(""), "bundle-syntax");
    assert_eq!(code("{\"longma_bundle\":1}"), "bundle-syntax");
    assert_eq!(
        code("{\"longma_bundle\":9,\"schemas\":{},\"references\":{},\"packs\":[]}"),
        "bundle-format"
    );
    assert_eq!(code(&" ".repeat(limits::BUNDLE_BYTES + 1)), "bundle-size");
}

#[test]
fn a_bad_line_is_counted_as_a_reader_of_the_file_counts() {
    for end in ["\n", "\r\n"] {
        let lines = [
            "province,city,county,community,level,from,until",
            "甲,乙,丙,丁,high,2022-07-08T21:00+08:00,",
            "甲,乙,丙,丁,purple,2022-07-08T21:00+08:00,",
            "甲,乙",
            "甲,乙,丙,丁,high,yesterday,",
        ];
        let Err(problems) = CATALOGUE.read_reference("risk_areas", &lines.join(end)) else {
            panic!("accepted");
        };
        let found: Vec<u64> = problems
            .as_slice()
            .iter()
            .map(|problem| match &problem.place {
                Place::Reference { line, .. } => *line,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(found, [3, 4, 5], "{end:?}");
    }
}

#[test]
fn bad_tables_tell_every_bad_line() {
    let header = "province,city,county,community,level,from,until\n";
    let row =
        |level: &str, from: &str, until: &str| format!("甲,乙,丙,丁,{level},{from},{until}\n");
    let good = row("high", "2022-07-08T21:00+08:00", "");
    let read = |text: &str| CATALOGUE.read_reference("risk_areas", text);
    assert_eq!(read(&format!("\u{feff}{header}{good}")).unwrap().len(), 1);
    let cases = [
        (String::new(), vec!["reference-column"]),
        ("province,city\n".to_owned(), vec!["reference-column"]),
        (format!("{header}甲,乙\n"), vec!["reference-csv"]),
        (
            format!("{header}{}", row("purple", "2022-07-08T21:00+08:00", "")),
            vec!["facts-enum"],
        ),
        (
            format!("{header}{}", row("high", "2022-07-08T21:00", "")),
            vec!["facts-instant"],
        ),
        (
            format!(
                "{header}{}",
                row("high", "2022-07-08T21:00+08:00", "2022-07-08T20:59+08:00")
            ),
            vec!["facts-order"],
        ),
    ];
    for (text, expected) in cases {
        let Err(problems) = read(&text) else {
            panic!("accepted: {text}");
        };
        for problem in problems.as_slice() {
            assert!(
                matches!(problem.place, Place::Reference { .. }),
                "{problem:?}"
            );
        }
        assert_eq!(codes(problems), expected, "{text}");
    }
}
