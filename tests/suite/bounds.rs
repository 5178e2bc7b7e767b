//! Attacks within the limits: each ends with a small outcome or a named problem, and takes
//! memory in proportion to what came in. `tests/parity/node.mjs` makes the attacks of
//! `attacks::all` in WebAssembly.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
#![allow(
    clippy::print_stdout,
    reason = "`--nocapture` shows what each attack took"
)]

use longma_compile::Bundle;
use longma_core::{Catalogue, Date, Instant, Localized, Outcome, References, Request, limits};
use longma_desk::probes::Watched;
use longma_passes::sites::Sites;
use longma_records::merge::Dossier;
use longma_records::rollup::roll_up;
use longma_tests::attacks::{self, EVERY_FOR_EACH};
use longma_tests::loaded;
use proptest::prelude::*;

/// Bytes of an outcome for each byte of facts, at most.
const GROWTH: usize = 20;
pub(crate) fn compiled(bundle: &Bundle) -> Catalogue {
    longma_compile::compile(bundle).unwrap().0
}

fn references(catalogue: &Catalogue, areas: &str) -> References {
    let mut references = References::none();
    let events = "digest,event,exposure,start,end\n";
    for (name, csv) in [("risk_areas", areas), ("exposures", events)] {
        references.insert(catalogue.read_reference(name, csv).unwrap());
    }
    references
}

/// Decides, writes the outcome, and holds both to what came in.
fn bounded(catalogue: &Catalogue, references: &References, facts: &str) -> Outcome {
    let request = Request {
        references: Some(references),
        ..Request::default()
    };
    let mut decided = None;
    let memory = allocation_counter::measure(|| {
        let outcome = catalogue.evaluate(facts, request).unwrap();
        let json = outcome.json().len();
        decided = Some((outcome, json));
    });
    let (outcome, json) = decided.unwrap();
    let most = usize::try_from(memory.bytes_max).unwrap();
    println!("{} bytes: {json} of outcome, {most} of memory", facts.len());
    assert!(
        json <= GROWTH * facts.len().max(10_000),
        "{json} bytes of outcome"
    );
    assert!(
        most <= attacks::memory(facts.len()),
        "{most} bytes of memory"
    );
    outcome
}

/// The codes of what kept rules from deciding, apart from there being no pack.
pub(crate) fn failed(outcome: &Outcome) -> Vec<&str> {
    let problems = outcome.problems().iter();
    let codes = problems.map(|problem| problem.code.as_str());
    codes.filter(|code| *code != "no-pack").collect()
}

/// The packs with one national rule.
pub(crate) fn one_rule(body: &str) -> Bundle {
    let mut bundle = loaded().bundle;
    bundle.packs.retain(|pack| pack.id == "cn/2022-06-28");
    let pack = &mut bundle.packs[0];
    pack.manifest.laws.clear();
    let source = pack.manifest.sources.keys().next().unwrap();
    let script =
        format!("/// 一切 All\n/// source: {source}\nfn rule(tests, issuance) {{ {body} }}");
    let captions = pack.captions.get_mut("code").unwrap();
    let caption = captions.rules.values().next().unwrap().clone();
    captions.rules = [("rule".to_owned(), caption)].into();
    pack.scripts.insert("code".to_owned(), script);
    bundle
}

/// The packs with so many national rules. What several compute alike is computed once, so
/// their bodies differ.
pub(crate) fn rules(count: usize, body: impl Fn(usize) -> String) -> Bundle {
    let mut bundle = one_rule("()");
    let pack = &mut bundle.packs[0];
    let script = pack.scripts["code"].clone();
    let captions = pack.captions.get_mut("code").unwrap();
    let caption = captions.rules.remove("rule").unwrap();
    let named = (0..count).map(|number| {
        let name = format!("rule{number}");
        captions.rules.insert(name.clone(), caption.clone());
        let script = script.replace("fn rule(", &format!("fn {name}("));
        script.replace("()", &body(number))
    });
    let scripts = named.collect::<Vec<_>>().join("\n");
    pack.scripts.insert("code".to_owned(), scripts);
    bundle
}

#[test]
fn an_outcome_grows_with_its_causes() {
    let none = references(
        longma_tests::compiled(),
        "province,city,county,community,level,from,until\n",
    );
    let outcome = bounded(
        longma_tests::compiled(),
        &none,
        &attacks::companions(3_000, 8_000),
    );
    // Some rules compare doses with one another.
    assert!(
        failed(&outcome)
            .iter()
            .all(|code| *code == "rule-operations")
    );
}

#[test]
fn causes_that_all_rest_on_every_record_name_the_list_once() {
    let bundle = one_rule(EVERY_FOR_EACH);
    let [compiled, interpreted] = [compiled(&bundle), longma_oracle::load(&bundle).unwrap()];
    let facts = attacks::tests(600);
    let none = References::none();
    let outcome = bounded(&compiled, &none, &facts);
    assert_eq!(failed(&outcome), Vec::<&str>::new());
    assert_eq!(outcome.decisions()["code"].timeline().causes().len(), 600);
    let request = Request::default();
    let other = interpreted.evaluate(&facts, request).unwrap();
    assert_eq!(other.json(), outcome.json());
}

#[test]
fn a_rule_whose_every_cause_rests_on_a_list_of_its_own_is_stopped() {
    let each = "let all = tests; tests.map(|t| { let own = all.filter(|o| o.sampled_at != t.sampled_at); \
                red(t.sampled_at, t.reported_at).because(own) })";
    let bundle = one_rule(each);
    let facts = attacks::tests(900);
    for catalogue in [compiled(&bundle), longma_oracle::load(&bundle).unwrap()] {
        let outcome = bounded(&catalogue, &References::none(), &facts);
        let codes = failed(&outcome);
        let stops = ["causes-many", "rule-operations"];
        assert!(
            matches!(codes[..], [code] if stops.contains(&code)),
            "{codes:?}"
        );
        let now = Instant::parse("2022-07-15T12:00:00+08:00").unwrap();
        assert_eq!(outcome.at("code", now).unwrap().level_name(), "unknown");
    }
}

#[test]
fn rules_keep_no_more_than_the_limit() {
    // Each item gives a set of as many spans as there are tests.
    let sets = "let all = tests.map(|t| between(t.sampled_at, t.sampled_at + minutes(1))).union(); \
                let held = tests.map(|t| all - since(t.sampled_at)); \
                held.filter(|w| w.is_empty()).map(|w| red(w))";
    // One rule by itself runs out of steps before.
    let codes = |count: usize| -> Vec<String> {
        let body = |number| sets.replace("minutes(1)", &format!("minutes({number}) + minutes(1)"));
        let facts = attacks::tests(700);
        let catalogue = compiled(&rules(count, body));
        let outcome = bounded(&catalogue, &References::none(), &facts);
        failed(&outcome).into_iter().map(str::to_owned).collect()
    };
    // Half of all pairs of tests give a span of two words.
    let most = limits::KEPT / (700 * 700);
    assert_eq!(codes(most - 1), Vec::<String>::new());
    let mut over = codes(most + 1);
    over.dedup();
    assert_eq!(over, ["evaluation-size"]);
}

#[test]
fn a_section_full_of_mistakes_is_told_by_its_first() {
    let facts = attacks::future(30_000);
    let received = Instant::parse("2022-07-15T12:00:00+08:00").unwrap();
    let memory = allocation_counter::measure(|| {
        let decided = longma_inspect::decide(
            longma_tests::compiled(),
            &facts,
            Request::default(),
            received,
        );
        let outcome = decided.unwrap();
        let about = outcome.problems().iter();
        let about = about.filter(|problem| problem.place.to_string().starts_with("/issuance"));
        assert_eq!(about.count(), limits::SECTION_PROBLEMS + 1);
        assert!(outcome.json().len() < 200_000);
    });
    assert!(usize::try_from(memory.bytes_max).unwrap() < 60 * facts.len());
}

#[test]
fn a_list_with_a_hundred_thousand_rows_of_one_place_answers() {
    let areas = references(
        longma_tests::compiled(),
        &attacks::one_place(100_000, "测试小区"),
    );
    // Each stay of a day meets a few dozen of the rows.
    let outcome = bounded(
        longma_tests::compiled(),
        &areas,
        &attacks::stays(1_000, "测试小区"),
    );
    for code in failed(&outcome) {
        let stops = [
            "rule-operations",
            "evaluation-operations",
            "rule-size",
            "evaluation-size",
        ];
        assert!(stops.contains(&code), "{code}");
    }
    let next_door = bounded(
        longma_tests::compiled(),
        &areas,
        &attacks::stays(300, "别处花园"),
    );
    assert_eq!(failed(&next_door), Vec::<&str>::new());
}

/// Bound 13: no life meets a limit.
#[test]
fn a_year_of_daily_tests_is_decided_by_every_pack() {
    let areas = references(longma_tests::compiled(), longma_tests::sample_areas());
    let facts = attacks::year(365, 100, 60, 40, "中参雅园小区");
    let outcome = bounded(longma_tests::compiled(), &areas, &facts);
    assert_eq!(failed(&outcome), Vec::<&str>::new());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// And none of any life with fewer records, however they are spread.
    #[test]
    fn any_part_of_a_busy_year_is_decided_by_every_pack(
        tests in 0..=365_u32, stays in 0..=100_u32, contacts in 0..=60_u32, doses in 0..=40_u32,
        listed in any::<bool>(),
    ) {
        let areas = references(longma_tests::compiled(), longma_tests::sample_areas());
        let community = if listed { "样例街道望河小区" } else { "中参雅园小区" };
        let facts = attacks::year(tests, stays, contacts, doses, community);
        let outcome = bounded(longma_tests::compiled(), &areas, &facts);
        prop_assert_eq!(failed(&outcome), Vec::<&str>::new());
    }
}

/// The codes with which a list of risk areas is refused.
fn refused(csv: &str) -> Vec<String> {
    let read = longma_tests::compiled().read_reference("risk_areas", csv);
    let found = read.err().into_iter().flatten();
    found.map(|problem| problem.code.to_string()).collect()
}

#[test]
fn a_stray_quote_joins_no_rows() {
    let header = "province,city,county,community,level,from,until";
    let row =
        |community: &str| format!("甘肃省,兰州市,城关区,{community},high,2022-07-08T21:00+08:00,");
    let sound = format!(
        "{header}\n{}\n{}\n",
        row("\"甲\"\"号\"\"院\""),
        row("乙小区")
    );
    assert_eq!(refused(&sound), Vec::<String>::new());
    // The quote ends in the next row, so that both have as many cells as the header.
    let joined = format!("{header}\n{}\n", row("\"甲小区,high,2022\n乙小区\""));
    assert_eq!(refused(&joined), ["reference-cell"]);
    for hidden in ["\u{1b}[2J", "\u{85}", "\u{2028}"] {
        let csv = format!("{header}\n{}\n", row(&format!("甲{hidden}小区")));
        assert_eq!(refused(&csv), ["reference-cell"], "{hidden:?}");
    }
}

/// `sha256sum` of the rest: `printf 'province,…\n甘肃省,…\n' | sha256sum`.
#[test]
fn a_table_that_was_cut_or_changed_is_told_by_its_first_line() {
    const DIGEST: &str = "e5ed798fb58a306894c45f8c9057c1f84dcfb2a27622db298af7d48abc6cdc0f";
    let rest = "province,city,county,community,level,from,until\n\
                甘肃省,兰州市,城关区,甲小区,high,2022-07-08T21:00+08:00,\n\
                甘肃省,兰州市,城关区,乙小区,low,2022-07-08T21:00+08:00,\n";
    let said = |line: &str| refused(&format!("{line}\n{rest}"));
    assert_eq!(said("# rows=2"), Vec::<String>::new());
    assert_eq!(
        said(&format!("# rows=2 sha256={DIGEST}")),
        Vec::<String>::new()
    );
    assert_eq!(said("# rows=3"), ["reference-cut"]);
    assert_eq!(
        said(&format!("# sha256={}", "0".repeat(64))),
        ["reference-digest"]
    );
    assert_eq!(said("# lines=2"), ["reference-stamp"]);
    assert_eq!(said("# rows=two"), ["reference-stamp"]);
    // Lines are counted as in the file.
    let wrong = format!("# rows=1\n{}\nx\n", rest.lines().next().unwrap());
    let wrong = longma_tests::compiled().read_reference("risk_areas", &wrong);
    let place = wrong.unwrap_err().as_slice()[0].place.to_string();
    assert_eq!(place, "risk_areas, line 3");
}

#[test]
fn a_caption_has_a_size_with_its_params_filled_in() {
    let codes = |caption: &str, text: &str| -> Vec<String> {
        let mut bundle = one_rule("()");
        let pack = &mut bundle.packs[0];
        let param = pack.manifest.params.values_mut().next().unwrap();
        param.unit = "text".to_owned();
        param.value = longma_compile::ParamValue::Text(text.to_owned());
        let name = pack.manifest.params.keys().next().unwrap().clone();
        let captions = pack.captions.get_mut("code").unwrap();
        let rule = captions.rules.get_mut("rule").unwrap();
        rule.caption = Localized::same(caption.replace("{p}", &format!("{{{name}}}")));
        rule.release = Localized::same("x");
        let loaded = longma_compile::compile(&bundle);
        let found = loaded.err().into_iter().flatten();
        let mut codes: Vec<String> = found.map(|problem| problem.code.to_string()).collect();
        codes.dedup();
        codes
    };
    let most = limits::TEXT_BYTES;
    assert_eq!(codes(&"x".repeat(most), "y"), Vec::<String>::new());
    assert_eq!(codes(&"x".repeat(most + 1), "y"), ["text-size"]);
    assert_eq!(codes("{p}", &"y".repeat(most)), Vec::<String>::new());
    assert_eq!(codes("{p}{p}", &"y".repeat(most)), ["text-size"]);
    let memory = allocation_counter::measure(|| {
        assert_eq!(
            codes(&"{p}".repeat(300_000), &"y".repeat(1_000_000)),
            ["text-size"]
        );
        assert_eq!(
            codes(&"{p}".repeat(1_000), &"y".repeat(1_000_000)),
            ["text-size"]
        );
    });
    assert!(memory.bytes_max < 100_000_000, "{} bytes", memory.bytes_max);
}

/// What an office does with documents and lists takes memory in proportion to them, too.
fn within<T>(bytes: usize, times: u64, work: impl FnOnce() -> T) -> T {
    let mut done = None;
    let memory = allocation_counter::measure(|| done = Some(work()));
    println!("{bytes} bytes: {} of memory", memory.bytes_max);
    let most = times * u64::try_from(bytes).unwrap() + 2_000_000;
    assert!(memory.bytes_max <= most, "{} of {most}", memory.bytes_max);
    done.unwrap()
}

#[test]
fn many_statements_of_many_sources_are_merged_in_proportion() {
    let document = attacks::companions(2_000, 4_000);
    let dossier = within(document.len(), 60, || {
        let said =
            ["a", "b", "c"].map(|source| Dossier::of(longma_tests::compiled(), source, &document));
        let mut said = said.into_iter().map(Result::unwrap);
        let first = said.next().unwrap();
        said.fold(first, |joined, next| joined.join(&next))
    });
    let json = within(document.len(), 60, || dossier.json());
    within(json.len(), 60, || {
        Dossier::read(longma_tests::compiled(), &json).unwrap()
    });
    let merged = within(json.len(), 60, || {
        dossier.merged(longma_tests::compiled()).unwrap()
    });
    assert!(merged.facts_json().len() < 2 * document.len());
}

/// One test in so many variants: each source says another laboratory.
#[test]
fn a_record_in_many_variants_is_merged_in_proportion() {
    let variant = |n: u32| {
        format!(
            r#"{{"method":"nucleic_acid","sampled_at":"{}","reported_at":"{}","result":"negative","pool_size":1,"laboratory":"{n}"}}"#,
            attacks::minute(280_000),
            attacks::minute(280_600)
        )
    };
    let document = attacks::person(&[("tests", attacks::records(4_000, variant))]);
    let merged = within(document.len(), 60, || {
        let dossier = Dossier::of(longma_tests::compiled(), "laboratory", &document).unwrap();
        dossier.merged(longma_tests::compiled()).unwrap()
    });
    let ledger = serde_json::to_string(&merged.ledger).unwrap().len();
    assert!(ledger < 10 * document.len(), "{ledger} bytes");
}

#[test]
fn a_roll_up_of_many_clinics_on_many_days_is_refused() {
    let clinic = |n: usize| {
        let identity = serde_json::json!({ "code": format!("C-{n}"), "region": "620102" });
        serde_json::Map::from_iter([("identity".to_owned(), identity)])
    };
    let clinics: Vec<_> = (0..2_000).map(clinic).collect();
    let day = |text: &str| Date::parse(text).unwrap();
    let rolled = |from: &str, to: &str| {
        roll_up(None, &clinics, day(from), day(to)).map_err(|problem| problem.code.to_string())
    };
    // 500 days of 2,000 clinics are a million; each is missing in three regions.
    let names = 2_000 * 500 * 3;
    let full = within(names, 60, || rolled("2020-01-01", "2021-05-14")).unwrap();
    assert_eq!(full.lines.len(), 3 * 500);
    let more = rolled("2020-01-01", "2021-05-15").err();
    assert_eq!(more.as_deref(), Some("rollup-size"));
    // And what is wrong is told by its first.
    let wrong: Vec<_> = (0..5_000).map(|_| serde_json::Map::new()).collect();
    let told = roll_up(None, &wrong, day("2020-01-01"), day("2020-01-01")).unwrap();
    assert_eq!(told.problems.len(), limits::PROBLEMS + 1);
}

#[test]
fn a_list_of_sites_with_many_wrong_rows_tells_the_first() {
    let row = "a,样例点甲,样例路 1 号,36.061,103.834,1-5 08:00-12:00,15\n";
    let header = "id,name,address,latitude,longitude,hours,queue_minutes\n";
    let list = format!("{header}{}", row.repeat(50_000));
    let sites = within(list.len(), 60, || Sites::read(&list).unwrap());
    assert_eq!(sites.len(), 1);
    assert_eq!(sites.problems().len(), limits::PROBLEMS + 1);
}

/// Whoever asks why watches every rule of the region's whole history, in an office: each
/// rule's log ends at `limits::SIGHTS`.
#[test]
fn a_year_of_daily_tests_is_explained_in_bounds() {
    let bundle = loaded().bundle;
    let watched = Watched::load(&bundle).unwrap().catalogue;
    let facts = attacks::year(365, 100, 60, 40, "中参雅园小区");
    let references = references(&watched, longma_tests::sample_areas());
    let request = Request {
        references: Some(&references),
        ..Request::default()
    };
    let read = watched.read_facts(&facts).unwrap();
    let (outcome, _) = within(facts.len(), 1_000, || {
        longma_oracle::watch::decide(&watched, &read, request).unwrap()
    });
    assert_eq!(failed(&outcome), Vec::<&str>::new());
}
