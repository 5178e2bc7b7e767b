//! Every bound of `core/src/limits.rs` from both sides: what just meets it is taken, one more
//! is told by name. Bounds of files and streams are in `cli/tests/cli/bounds.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use crate::bounds::{compiled, failed, one_rule, rules};
use crate::hostile;
use longma_compile::Bundle;
use longma_compile::texts::manifest;
use longma_core::{
    Catalogue, Instant, Localized, Outcome, Problems, Request, Schema, limits, packed,
};
use longma_desk::probes::Watched;
use longma_tests::attacks;
use std::fmt::Write as _;

/// The codes of these problems, each once.
fn codes(problems: Option<Problems>) -> Vec<String> {
    problems.map(hostile::codes).unwrap_or_default()
}

/// The codes of what kept rules from deciding, each once.
fn codes_of(outcome: &Outcome) -> Vec<String> {
    let mut codes: Vec<String> = failed(outcome).into_iter().map(str::to_owned).collect();
    codes.dedup();
    codes
}

/// A document of invented sections, as a national pack reads it.
fn read(facts: &str) -> Vec<String> {
    thread_local! {
        static ANY: Catalogue = compiled(&one_rule("()"));
    }
    ANY.with(|any| codes(any.read_facts(facts).err()))
}

const NONE: [&str; 0] = [];

#[test]
fn a_document_has_a_size_a_depth_and_a_number_of_values() {
    let person = attacks::person(&[]);
    let padded = |bytes: usize| format!("{person}{}", " ".repeat(bytes - person.len()));
    assert_eq!(read(&padded(limits::FACTS_BYTES)), NONE);
    assert_eq!(read(&padded(limits::FACTS_BYTES + 1)), ["facts-size"]);
    // A document that is no object is refused for that, once it can be read at all.
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(read(&nested(limits::JSON_DEPTH)), ["facts-subject"]);
    assert_eq!(read(&nested(limits::JSON_DEPTH + 1)), ["json-depth"]);
    let wide = |values: usize| format!("[{}0]", "0,".repeat(values - 2));
    assert_eq!(read(&wide(limits::JSON_VALUES)), ["facts-subject"]);
    assert_eq!(read(&wide(limits::JSON_VALUES + 1)), ["json-values"]);
}

#[test]
fn problems_are_told_up_to_a_number() {
    let told = |count: usize| {
        let wrong = (0..count).map(|_| "{\"method\":\"tea\"}");
        let tests = wrong.collect::<Vec<_>>().join(",");
        let read = compiled(&one_rule("()")).read_facts(&attacks::person(&[("tests", tests)]));
        let problems = read.unwrap_err();
        let last = problems.as_slice().last().unwrap().code.to_string();
        (problems.as_slice().len(), last)
    };
    // Each of these records has as many mistakes.
    let each = told(1).0;
    let most = limits::PROBLEMS / each;
    assert_eq!(limits::PROBLEMS % each, 0, "{each} in each record");
    let (number, last) = told(most);
    assert!((number, last != "problems-more") == (limits::PROBLEMS, true));
    let more = (limits::PROBLEMS + 1, "problems-more".to_owned());
    assert_eq!(told(most + 1), more);
}

#[test]
fn a_section_tells_its_first_problems() {
    let about = |count: u32| {
        let wrong = attacks::records(count, |_| "{\"method\":\"tea\"}".to_owned());
        let catalogue = compiled(&one_rule("()"));
        let text = attacks::person(&[("tests", wrong)]);
        let facts = catalogue.read_facts_partly(&text, &[]).unwrap();
        let outcome = catalogue.decide(&facts, Request::default()).unwrap();
        let about = outcome.problems().iter();
        about
            .filter(|problem| problem.place.to_string().starts_with("/tests"))
            .count()
    };
    let each = about(1);
    let most = limits::SECTION_PROBLEMS / each;
    assert_eq!(
        about(u32::try_from(most).unwrap()),
        limits::SECTION_PROBLEMS
    );
    assert_eq!(
        about(u32::try_from(most + 1).unwrap()),
        limits::SECTION_PROBLEMS + 1
    );
}

#[test]
fn a_schema_has_a_number_of_types() {
    // Each of `wide` members is a list of a text: with the root `1 + 3·wide` types.
    let schema = |wide: usize| {
        let member = |n: usize| format!("\"m{n}\":{{\"$ref\":\"#/$defs/list\"}}");
        let members: Vec<String> = (0..wide).map(member).collect();
        format!(
            "{{\"$defs\":{{\"list\":{{\"type\":\"array\",\"items\":{{\"type\":\"string\"}}}}}},\
             \"type\":\"object\",\"title\":{{\"zh-CN\":\"甲\",\"en\":\"a\"}},\"properties\":{{{}}}}}",
            members.join(",")
        )
    };
    let read = |wide: usize| codes(Schema::read(&schema(wide), "odd").err());
    let most = (limits::SCHEMA_TYPES - 1) / 3;
    assert!(!read(most).contains(&"schema-ref".to_owned()));
    assert!(read(most + 1).contains(&"schema-ref".to_owned()));
}

/// The codes with which both bodies refuse packs.
fn refused(bundle: &Bundle) -> Vec<String> {
    let interpreted = longma_oracle::load(bundle).err();
    let compiled = longma_compile::compile(bundle).err();
    // What a script may hold the interpreter says; without one, it is not there.
    assert_eq!(interpreted.is_some(), compiled.is_some());
    codes(interpreted)
}

/// The id of a pack in a series of its own, so that packs do not meet.
fn id(number: usize) -> String {
    let letter = |n: usize| char::from(b'a' + u8::try_from(n % 26).unwrap());
    let series = [number / 676, number / 26, number].map(letter);
    format!("cn/{}-2022-06-28", String::from_iter(series))
}

#[test]
fn a_catalogue_has_a_number_of_packs_and_a_line_of_descent_a_length() {
    let many = |count: usize| {
        let mut bundle = one_rule("()");
        let pack = bundle.packs.remove(0);
        for number in 0..count {
            let mut pack = pack.clone();
            pack.id = id(number);
            bundle.packs.push(pack);
        }
        codes(longma_compile::compile(&bundle).err())
    };
    assert!(!many(limits::PACKS).contains(&"bundle-size".to_owned()));
    assert_eq!(many(limits::PACKS + 1), ["bundle-size"]);
    let line = |length: usize| {
        let mut bundle = one_rule("()");
        let pack = bundle.packs.remove(0);
        for number in 0..length {
            let mut heir = pack.clone();
            heir.id = id(number);
            if let Some(above) = number.checked_sub(1) {
                heir.manifest.inherits = Some(id(above));
                heir.scripts.clear();
                heir.captions.clear();
                heir.manifest.decisions.clear();
            }
            bundle.packs.push(heir);
        }
        codes(longma_compile::compile(&bundle).err())
    };
    assert!(!line(limits::INHERITANCE_DEPTH).contains(&"pack-cycle".to_owned()));
    assert!(line(limits::INHERITANCE_DEPTH + 1).contains(&"pack-cycle".to_owned()));
}

#[test]
fn a_script_has_a_size_and_a_depth() {
    let padded = |bytes: usize| {
        let mut bundle = one_rule("()");
        let script = bundle.packs[0].scripts.get_mut("code").unwrap();
        let room = bytes - script.len() - 3;
        write!(script, "\n//{}", "x".repeat(room)).unwrap();
        refused(&bundle)
    };
    assert_eq!(padded(limits::SCRIPT_BYTES), NONE);
    assert_eq!(padded(limits::SCRIPT_BYTES + 1), ["script-size"]);
    let nested = |depth: usize| {
        let body = format!(
            "let n = {}1{}; ()",
            "(1 + ".repeat(depth),
            ")".repeat(depth)
        );
        codes(longma_oracle::load(&one_rule(&body)).err())
    };
    // Each parenthesis with its sum is two levels; six are around and within them, which the
    // engine does not document: they were found by trying.
    let deepest = (limits::EXPRESSION_DEPTH - 6) / 2;
    assert_eq!(nested(deepest), NONE);
    assert_eq!(nested(deepest + 1), ["script-syntax"]);
}

#[test]
fn a_text_for_readers_and_a_list_in_a_script_have_a_length() {
    let literal = |length: usize| {
        let items = vec!["1"; length].join(",");
        let bundle = one_rule(&format!("let l = [{items}]; if l.len() > 0 {{ () }}"));
        match longma_oracle::load(&bundle) {
            Err(problems) => codes(Some(problems)),
            Ok(catalogue) => {
                let facts = attacks::tests(1);
                let outcome = catalogue.evaluate(&facts, Request::default()).unwrap();
                codes_of(&outcome)
            }
        }
    };
    assert_eq!(literal(limits::LITERAL_LENGTH), NONE);
    assert!(!literal(limits::LITERAL_LENGTH + 1).is_empty());
    let text = |bytes: usize| {
        let body = format!("let s = \"{}\"; if s == \"\" {{ () }}", "x".repeat(bytes));
        codes(longma_oracle::load(&one_rule(&body)).err())
    };
    assert_eq!(text(limits::STRING_BYTES), NONE);
    assert_eq!(text(limits::STRING_BYTES + 1), ["script-syntax"]);
}

#[test]
fn a_bundle_has_a_size() {
    // What it holds is not looked at before.
    let code = |bytes: usize| codes(packed::read(&vec![0; bytes]).err());
    assert_eq!(code(limits::BUNDLE_BYTES), ["packed-magic"]);
    assert_eq!(code(limits::BUNDLE_BYTES + 1), ["packed-size"]);
}

#[test]
fn a_table_has_a_size_and_a_number_of_rows() {
    let catalogue = compiled(&one_rule("()"));
    let read = |csv: &str| codes(catalogue.read_reference("risk_areas", csv).err());
    let header = "province,city,county,community,level,from,until\n";
    let padded = |bytes: usize| format!("{header}{}", " ".repeat(bytes - header.len()));
    assert!(!read(&padded(limits::REFERENCE_BYTES)).contains(&"reference-size".to_owned()));
    assert_eq!(
        read(&padded(limits::REFERENCE_BYTES + 1)),
        ["reference-size"]
    );
    let mut bundle = one_rule("()");
    let numbers = "{\"type\":\"object\",\"title\":{\"zh-CN\":\"数\",\"en\":\"Numbers\"},\
                    \"additionalProperties\":false,\"required\":[\"n\"],\
                    \"properties\":{\"n\":{\"type\":\"integer\"}}}";
    bundle
        .references
        .insert("numbers".to_owned(), numbers.to_owned());
    let catalogue = compiled(&bundle);
    let rows = |count: usize| {
        let read = catalogue.read_reference("numbers", &format!("n\n{}", "1\n".repeat(count)));
        codes(read.err())
    };
    assert_eq!(rows(limits::REFERENCE_ROWS), NONE);
    assert_eq!(rows(limits::REFERENCE_ROWS + 1), ["reference-size"]);
}

/// An outcome by one rule with this body, the same in both bodies.
fn by(body: &str, facts: &str) -> Outcome {
    let bundle = one_rule(body);
    let [compiled, interpreted] = [compiled(&bundle), longma_oracle::load(&bundle).unwrap()];
    let decide = |catalogue: &Catalogue| catalogue.evaluate(facts, Request::default()).unwrap();
    let outcome = decide(&compiled);
    // How much a rule may do is each body's own.
    if !failed(&outcome).contains(&"rule-operations") {
        assert_eq!(decide(&interpreted).json(), outcome.json());
    }
    outcome
}

/// Codes issued one second after the other, so many.
fn issued(count: u32) -> String {
    let record = |n: u32| {
        format!(
            "{{\"issued_at\":\"2022-07-08T{:02}:{:02}:{:02}+08:00\"}}",
            n / 3_600,
            n / 60 % 60,
            n % 60
        )
    };
    attacks::person(&[("issuance", attacks::records(count, record))])
}

/// One rule over all codes issued.
fn over(body: &str, count: usize) -> Vec<String> {
    let bundle = one_rule(body);
    let [compiled, oracle] =
        [compiled(&bundle), longma_oracle::load(&bundle).unwrap()].map(|catalogue| {
            let facts = issued(u32::try_from(count).unwrap());
            let outcome = catalogue.evaluate(&facts, Request::default()).unwrap();
            codes_of(&outcome)
        });
    // How many steps a rule takes is each body's own.
    if !oracle.contains(&"rule-operations".to_owned()) {
        assert_eq!(compiled, oracle);
    }
    compiled
}

#[test]
fn a_list_that_a_rule_builds_has_a_length() {
    let half = limits::LIST_LENGTH / 2;
    let twice = "let all = issuance.concat(issuance); red(always()).because(all)";
    assert_eq!(over(twice, half), NONE);
    assert_eq!(over(twice, half + 1), ["rule-size"]);
}

#[test]
fn a_set_has_a_number_of_spans() {
    // What is not in these spans is before, between and after them: one more.
    let held =
        "let w = issuance.map(|i| between(i.issued_at, i.issued_at + minutes(1))).union(); red(!w)";
    let apart = |count: usize| {
        let record = |n: u32| format!("{{\"issued_at\":\"{}\"}}", attacks::minute(n * 2));
        let count = u32::try_from(count).unwrap();
        let facts = attacks::person(&[("issuance", attacks::records(count, record))]);
        let outcome = compiled(&one_rule(held)).evaluate(&facts, Request::default());
        let outcome = outcome.unwrap();
        codes_of(&outcome)
    };
    // A set with one span less would be allowed, but gives more causes and segments than a
    // timeline has entries.
    assert_eq!(apart(limits::SPANS - 2), NONE);
    assert_eq!(apart(limits::SPANS), ["rule-size"]);
}

#[test]
fn the_days_of_a_set_are_counted() {
    let asked = |days: usize| {
        // A day more is looked at: a window of the night before could reach into the first.
        let rule = format!(
            "issuance.map(|i| {{ let from = i.issued_at.date().start(); \
             red(between(from, from + days({days})).on_weekdays([1])) }})"
        );
        over(&rule, 1)
    };
    assert_eq!(asked(limits::DAYS - 1), NONE);
    assert_eq!(asked(limits::DAYS), ["rule-days"]);
}

/// The greatest count that holds, which some does and `most` does not.
fn greatest(most: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut below, mut above) = (1, most);
    assert!(holds(below) && !holds(above));
    while above - below > 1 {
        let middle = usize::midpoint(below, above);
        if holds(middle) {
            below = middle;
        } else {
            above = middle;
        }
    }
    below
}

/// Each code issued is compared with each: nothing is found, so all are looked at.
const EACH_WITH_EACH: &str = "let n = issuance.filter(|i| issuance.any(|o| o.issued_at < i.issued_at - days(9))); \
     n.map(|i| red(since(i.issued_at)))";

#[test]
fn a_rule_has_a_number_of_steps_and_so_have_all_together() {
    let most = greatest(limits::LIST_LENGTH, |count| {
        over(EACH_WITH_EACH, count) == NONE
    });
    assert_eq!(over(EACH_WITH_EACH, most + 1), ["rule-operations"]);
    // So many rules, which each take nearly all that one may, and no more fit together.
    let together = |count: usize| {
        let body = |number| EACH_WITH_EACH.replace("days(9)", &format!("days({})", 9 + number));
        let facts = issued(u32::try_from(most).unwrap());
        let outcome = compiled(&rules(count, body)).evaluate(&facts, Request::default());
        codes_of(&outcome.unwrap())
    };
    let fit = usize::try_from(limits::EVALUATION_OPERATIONS / limits::RULE_OPERATIONS).unwrap();
    assert_eq!(together(fit), NONE);
    assert_eq!(together(fit + 1), ["evaluation-operations"]);
    // One comparison is a step or a few.
    let compared = u64::try_from(most * most).unwrap();
    let steps = limits::RULE_OPERATIONS / compared;
    assert!(
        (1..=8).contains(&steps),
        "{most} records, {steps} steps each"
    );
}

#[test]
fn functions_call_one_another_to_a_depth() {
    let nested = |depth: usize| {
        let mut bundle = one_rule("f1(tests)");
        let script = bundle.packs[0].scripts.get_mut("code").unwrap();
        for n in 1..depth {
            write!(script, "\nprivate fn f{n}(t) {{ f{}(t) }}", n + 1).unwrap();
        }
        write!(script, "\nprivate fn f{depth}(t) {{ () }}").unwrap();
        let told = longma_compile::compile(&bundle).err();
        let told = told.map(|problems| problems.to_string());
        let catalogue = longma_oracle::load(&bundle).unwrap();
        let outcome = catalogue.evaluate(&attacks::tests(1), Request::default());
        let outcome = outcome.unwrap();
        (told, codes_of(&outcome))
    };
    assert_eq!(nested(limits::CALL_DEPTH), (None, Vec::new()));
    let (told, codes) = nested(limits::CALL_DEPTH + 1);
    assert!(told.unwrap().contains("too many levels deep"));
    assert_eq!(codes, ["rule-depth"]);
}

/// The codes of what kept a rule from deciding about codes issued, unwatched and watched.
fn interpreted(body: &str, count: usize) -> [Vec<String>; 2] {
    let bundle = one_rule(body);
    let plain = longma_oracle::load(&bundle).unwrap();
    let watched = Watched::load(&bundle).unwrap().catalogue;
    let facts = issued(u32::try_from(count).unwrap());
    let read = |catalogue: &Catalogue| catalogue.read_facts(&facts).unwrap();
    let (facts, request) = (read(&watched), Request::default());
    let ordinary = plain.decide(&read(&plain), request).unwrap();
    let (seen, _) = longma_oracle::watch::decide(&watched, &facts, request).unwrap();
    [ordinary, seen].map(|outcome| codes_of(&outcome))
}

#[test]
fn a_watched_rule_has_room_for_its_probes() {
    let free = |count| interpreted(EACH_WITH_EACH, count);
    let most = greatest(2_000, |count| free(count)[0] == NONE);
    // All that an unwatched rule may do, a watched one can do beside its probes.
    assert_eq!(free(most), [NONE, NONE]);
    // It has `WATCHED` times the steps, so it is stopped as well before it compares as many
    // times more.
    let far = most * usize::from(limits::WATCHED).isqrt();
    let stopped = ["rule-operations"];
    assert_eq!(free(far), [stopped, stopped]);
}

#[test]
fn the_log_of_a_watched_rule_has_an_end() {
    let bundle = one_rule("issuance.map(|i| red(since(i.issued_at)))");
    let watched = Watched::load(&bundle).unwrap().catalogue;
    let plain = longma_oracle::load(&bundle).unwrap();
    let watch = |count: u32| {
        let facts = watched.read_facts(&issued(count)).unwrap();
        let watched = longma_oracle::watch::decide(&watched, &facts, Request::default());
        let (outcome, policies) = watched.unwrap();
        let facts = plain.read_facts(&issued(count)).unwrap();
        let ordinary = plain.decide(&facts, Request::default()).unwrap();
        assert_eq!(outcome.json(), ordinary.json());
        let decisions = policies.into_iter().flat_map(|policy| policy.decisions);
        let mut rules = decisions.flat_map(|decision| decision.rules);
        let rule = rules.find(|rule| rule.rule.ends_with("/rule")).unwrap();
        let seen: u64 = rule.tallies.values().map(|tally| tally.visits).sum();
        (usize::try_from(seen).unwrap(), rule.sights.len(), rule.cut)
    };
    let (seen, kept, cut) = watch(100);
    assert_eq!((kept, cut), (seen, false));
    let each = u32::try_from(seen / 100).unwrap();
    let most = u32::try_from(limits::SIGHTS).unwrap() / each;
    let (seen, kept, cut) = watch(most + 100);
    assert!(seen > limits::SIGHTS && cut);
    assert_eq!(kept, limits::SIGHTS);
}

#[test]
fn a_long_list_is_decided_like_an_ordinary_one() {
    let latest = "let l = issuance.last(); if l != () { red(l.issued_at, ()).because(l) }";
    for count in [limits::ORDINARY_LENGTH, limits::ORDINARY_LENGTH + 1] {
        let count = u32::try_from(count).unwrap();
        let outcome = by(latest, &issued(count));
        let causes = outcome.decisions()["code"].timeline().causes().to_vec();
        let last = issued(count).matches("issued_at").count();
        assert_eq!((causes.len(), last), (1, count as usize));
    }
}

#[test]
fn statuses_have_a_size_and_the_outcome_tells_the_same() {
    let mut bundle = one_rule("issuance.map(|i| red(since(i.issued_at)).because(i))");
    let captions = bundle.packs[0].captions.get_mut("code").unwrap();
    let rule = captions.rules.get_mut("rule").unwrap();
    rule.caption = Localized::same("x".repeat(limits::TEXT_BYTES));
    let catalogue = compiled(&bundle);
    let at = Instant::parse("2022-07-09T12:00:00+08:00").unwrap();
    let decide = |count| {
        let outcome = catalogue.evaluate(&issued(count), Request::default());
        let outcome = outcome.unwrap();
        let told = outcome.views_at(at).err();
        let told = told.map(|problem| problem.code.to_string());
        (told, outcome.json_at(at).len())
    };
    // A status tells the caption in both languages with each cause.
    let each = 2 * limits::TEXT_BYTES;
    let few = u32::try_from(limits::STATUS_BYTES / each * 9 / 10).unwrap();
    assert_eq!(decide(few).0, None);
    let (told, bytes) = decide(few * 10 / 9 + 1);
    assert_eq!(told.as_deref(), Some("status-size"));
    assert!(bytes < limits::STATUS_BYTES / 10, "{bytes}");
}

#[test]
fn a_pack_stands_in_so_many_languages_and_no_more() {
    let told = |count: usize| {
        let tags =
            (0..count).map(|at| format!("\"x{}\"", (b'a'..).nth(at).map_or('z', char::from)));
        let tags: Vec<String> = tags.collect();
        let read = manifest("pack.toml", &format!("languages = [{}]", tags.join(", ")));
        let found = read.findings.iter();
        let about = found.filter(|it| it.code.as_str() == "shape-language");
        (about.count(), read.value.unwrap().languages.len())
    };
    assert_eq!(told(limits::LANGUAGES), (0, limits::LANGUAGES));
    assert_eq!(told(limits::LANGUAGES + 1), (1, limits::LANGUAGES));
}

/// A bound without a test here, or without a word on what reaches it, is a bound that
/// nobody has met.
#[test]
fn every_bound_says_what_reaches_it_in_life_and_is_met_by_a_test() {
    let root = longma_tests::rules().join("..");
    let text = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    // Of a file that is no test, only what stands below its code.
    let below = |path: &str| {
        let text = text(path);
        text.split_once("#[cfg(test)]").unwrap().1.to_owned()
    };
    let tests = [
        text("tests/suite/limits.rs"),
        text("tests/suite/bounds.rs"),
        text("tests/suite/hostile.rs"),
        text("cli/tests/cli/bounds.rs"),
        text("compile/src/optimise/doubt/tests.rs"),
        below("core/src/cause.rs"),
        below("core/src/timeline.rs"),
    ]
    .concat();
    let words: Vec<&str> = tests
        .split(|c: char| !c.is_ascii_uppercase() && c != '_')
        .collect();
    let source = text("core/src/limits.rs");
    let mut about = String::new();
    for line in source.lines() {
        match line.strip_prefix("pub const ") {
            Some(bound) => {
                let name = bound.split(':').next().unwrap();
                assert!(
                    about.contains("In life:"),
                    "{name} does not say what reaches it"
                );
                assert!(words.contains(&name), "no test meets {name}");
                about.clear();
            }
            None => about.push_str(line),
        }
    }
}
