//! Checks snippets of rules with the checker, then runs them in core.
//!
//! The snippets are in `check/*.md`. At the end of a line, a mark such as
//! `// error: enum-member` names a code that the checker must find there. A finding
//! without a mark fails the test, and so does a mark without a finding. Then core runs
//! every snippet over invented persons: one without marks must load, compile and run without
//! a problem, by both bodies alike, one marked `uncompiled` by the interpreter alone, one
//! marked `fails` must cause a problem, and one marked `refused` must not
//! load.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use longma_compile::world::World;
use longma_compile::{Bundle, DecisionCaptions, PackSource, RuleCaptions};
use longma_core::{Localized, Request, Severity};
use longma_desk::check;
use longma_lang::finding::{Finding, Spot};
use longma_lang::helpers::Accepts;
use longma_tests::both::parted;
use longma_tests::{loaded, persons, references, sample_areas};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// Number of persons that each snippet runs over.
const PERSONS: u64 = 40;
const ID: &str = "62/2022-01-01";
/// The collection of snippets that are right.
const RIGHT: &str = "legitimate.md";
const FILE: &str = "packs/62/2022-01-01/code.rhai";

/// Default params for snippets that give none.
const PARAMS: &str = r#"{
    "quarantine": { "value": 7, "unit": "days" },
    "validity": { "value": 24, "unit": "hours" },
    "doses": { "value": 2, "unit": "count" },
    "gaps": { "value": [1, 2], "unit": "days" },
    "colour": { "value": "yellow", "unit": "level" },
    "kinds": { "value": ["close", "secondary"], "unit": "text" },
    "symptom": { "value": "fever", "unit": "text" }
}"#;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Runs {
    /// It loads, and no rule has a problem.
    Well,
    /// The same in the interpreter, and it cannot be compiled: `check` of a house tells it.
    Uncompiled,
    /// It loads, and a rule has a problem for some persons.
    Fails,
    /// Core refuses it.
    Refused,
    /// It loads and may then do anything.
    Somehow,
}

#[derive(Debug)]
pub(super) struct Snippet {
    pub(super) at: String,
    pub(super) text: String,
    pub(super) params: String,
    pub(super) runs: Runs,
}

fn snippets() -> Vec<Snippet> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("check");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    files.sort();
    let mut snippets = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let mut heading = String::new();
        let mut params = None;
        let mut fence: Option<(String, String)> = None;
        for line in text.lines() {
            match &mut fence {
                None if line.starts_with("## ") => {
                    line.clone_into(&mut heading);
                    params = None;
                }
                None => {
                    if let Some(info) = line.strip_prefix("```") {
                        fence = Some((info.to_owned(), String::new()));
                    }
                }
                Some((info, body)) if line.starts_with("```") => {
                    match info.split_once(' ').unwrap_or((info, "")) {
                        ("json", _) => params = Some(body.clone()),
                        ("rhai", runs) => snippets.push(Snippet {
                            at: format!("{name}.md {heading}"),
                            params: params.clone().unwrap_or_else(|| PARAMS.to_owned()),
                            runs: match runs {
                                "uncompiled" => Runs::Uncompiled,
                                "fails" => Runs::Fails,
                                "refused" => Runs::Refused,
                                "" if marks(body).is_empty() => Runs::Well,
                                "" => Runs::Somehow,
                                other => panic!("{name}.md {heading}: what is `{other}`?"),
                            },
                            text: body.clone(),
                        }),
                        other => panic!("{name}.md {heading}: what is `{other:?}`?"),
                    }
                    fence = None;
                }
                Some((_, body)) => {
                    body.push_str(line);
                    body.push('\n');
                }
            }
        }
    }
    snippets
}

/// The line, severity and code of every mark.
fn marks(text: &str) -> Vec<(usize, Severity, String)> {
    let mut marks = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for (word, severity) in [("error", Severity::Error), ("warning", Severity::Warning)] {
            let Some((_, rest)) = line.split_once(&format!("// {word}: ")) else {
                continue;
            };
            let codes = rest.split(" // ").next().unwrap_or_default();
            for code in codes.split(", ") {
                marks.push((index + 1, severity, code.trim().to_owned()));
            }
        }
    }
    marks.sort_by_key(|(line, _, code)| (*line, code.clone()));
    marks
}

fn text(text: &str) -> Localized {
    Localized::new(text.to_owned(), text.to_owned())
}

/// A bundle with one pack, whose script for `code` is the snippet.
pub(super) fn bundle(shipped: &Bundle, snippet: &Snippet) -> Bundle {
    let params: serde_json::Value = serde_json::from_str(&snippet.params).unwrap();
    let manifest = serde_json::json!({
        "subject": "person", "version": "1",
        "title": text("测试"), "authority": text("测试"),
        "effective": {},
        "sources": { "s": { "title": text("测试"), "grade": "A" } },
        "params": params,
        "decisions": {
            "code": { "scale": ["green", "yellow", "red"], "colours": ["green", "yellow", "red"] },
            "gold": { "scale": ["none", "gold"], "colours": ["grey", "gold"] },
        },
    });
    let mut captions = BTreeMap::new();
    let mut scripts = BTreeMap::new();
    let gold =
        "/// source: s\nfn held(vaccinations) { vaccinations.map(|v| gold(v.at.start(), ())) }\n";
    for (decision, levels, script) in [
        (
            "code",
            &["green", "yellow", "red"][..],
            with_sources(&snippet.text),
        ),
        ("gold", &["none", "gold"][..], gold.to_owned()),
    ] {
        let rules = rules_of(&script);
        let rules = rules.into_iter().map(|name| {
            let captions = RuleCaptions {
                caption: text("测试"),
                release: text("测试"),
            };
            (name, captions)
        });
        let of = DecisionCaptions {
            name: Some(text("测试")),
            levels: levels
                .iter()
                .map(|level| ((*level).to_owned(), text("测试")))
                .collect(),
            rules: rules.collect(),
        };
        captions.insert(decision.to_owned(), of);
        scripts.insert(decision.to_owned(), script);
    }
    Bundle {
        packs: vec![PackSource {
            id: ID.to_owned(),
            manifest: serde_json::from_value(manifest).unwrap(),
            captions,
            scripts,
            shared: Vec::new(),
        }],
        ..shipped.clone()
    }
}

fn rules_of(script: &str) -> Vec<String> {
    let names = script.lines().filter_map(|line| {
        let (name, _) = line.strip_prefix("fn ")?.split_once('(')?;
        Some(name.to_owned())
    });
    names.collect()
}

/// Cites a source above every rule, because core requires one.
fn with_sources(script: &str) -> String {
    let mut out = String::new();
    for line in script.lines() {
        if line.starts_with("fn ") {
            out.push_str("/// source: s\n");
        }
        writeln!(out, "{line}").unwrap();
    }
    out
}

/// An invented person. Some stays leave out optional fields.
fn person(seed: u64) -> String {
    let mut person = persons::person(seed);
    let stays = person.get_mut("stays").and_then(|it| it.as_array_mut());
    for stay in stays.into_iter().flatten().step_by(2) {
        stay.as_object_mut().unwrap().remove("key_area");
    }
    person.to_string()
}

fn found(bundle: &Bundle) -> Vec<(usize, Severity, String, Finding)> {
    let world = World::new(bundle);
    let mut found = Vec::new();
    for finding in check::scripts(&world) {
        match &finding.spot {
            Spot::Range(range) if range.file == FILE => found.push((
                range.start.line,
                finding.severity,
                finding.code.to_string(),
                finding,
            )),
            // Snippets share their params, so some params are unused.
            _ => assert_eq!(finding.code.as_str(), "unused-param", "{finding:?}"),
        }
    }
    found.sort_by_key(|(line, _, code, _)| (*line, code.clone()));
    found
}

#[test]
fn every_snippet_gives_the_findings_that_it_is_marked_with_and_no_other() {
    let shipped = loaded().bundle;
    let mut wrong = Vec::new();
    let snippets = snippets();
    for snippet in &snippets {
        let mut bundle = bundle(&shipped, snippet);
        let script = bundle.packs.first_mut().unwrap();
        script
            .scripts
            .insert("code".to_owned(), snippet.text.clone());
        let expected = marks(&snippet.text);
        let found = found(&bundle);
        let short: Vec<_> = found
            .iter()
            .map(|(l, s, c, _)| (*l, *s, c.clone()))
            .collect();
        if short != expected {
            let told: Vec<String> = found
                .iter()
                .map(|(line, _, code, it)| format!("{line}: {code}: {}", it.message.en))
                .collect();
            wrong.push(format!(
                "{}\n{}\nexpected {expected:?}\nfound {told:#?}",
                snippet.at, snippet.text
            ));
        }
        for (.., finding) in found {
            for part in [Some(&finding.message), finding.help.as_ref()]
                .into_iter()
                .flatten()
            {
                let whole = format!("{} {}", part.zh_cn, part.en).replace("#{", "");
                // A schema's pattern has braces with numbers.
                let mut holes = whole.split('{').skip(1);
                let unfilled =
                    holes.any(|hole| hole.starts_with(|c: char| c.is_ascii_alphabetic()));
                assert!(!unfilled, "{}: {whole}", snippet.at);
                assert!(!part.is_incomplete(), "{}: {finding:?}", snippet.at);
            }
            assert!(finding.help.is_some(), "no help: {finding:?}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n----\n"));
    let right = snippets.iter().filter(|it| it.runs == Runs::Well).count();
    assert!(right >= 200, "only {right} correct snippets");
}

/// Rules as an officer would publish them: whatever else `check` looks at, such as evidence,
/// has nothing to say either.
#[test]
fn right_rules_of_unusual_kinds_have_no_finding_of_any_sort() {
    const LEAST: usize = 100;
    let shipped = loaded().bundle;
    let snippets = snippets();
    let right = snippets.iter().filter(|it| it.at.starts_with(RIGHT));
    let right: Vec<&Snippet> = right.collect();
    assert!(right.len() >= LEAST, "only {}", right.len());
    let mut wrong = Vec::new();
    for snippet in right {
        assert_eq!(snippet.runs, Runs::Well, "{}", snippet.at);
        for finding in check::check(&bundle(&shipped, snippet)) {
            // The pack around the snippet is not the snippet's.
            if finding.spot.file() == Some(FILE) {
                wrong.push(format!(
                    "{}: {}: {}\n{}",
                    snippet.at, finding.code, finding.message.en, snippet.text
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n----\n"));
}

#[test]
fn core_agrees_with_what_each_snippet_is_said_to_do() {
    let shipped = loaded().bundle;
    let people: Vec<String> = (0..PERSONS).map(person).collect();
    let mut wrong = Vec::new();
    for snippet in snippets() {
        let bundle = bundle(&shipped, &snippet);
        let catalogue = longma_oracle::load(&bundle);
        let catalogue = match (catalogue, snippet.runs) {
            (Err(_), Runs::Refused) => continue,
            (Ok(_), Runs::Refused) => {
                wrong.push(format!("{}: core takes it\n{}", snippet.at, snippet.text));
                continue;
            }
            (Err(problems), _) => {
                wrong.push(format!("{}: core refuses it: {problems:#?}", snippet.at));
                continue;
            }
            (Ok(catalogue), _) => catalogue,
        };
        let mut tables = references(&catalogue, sample_areas());
        let events = "digest,event,exposure,start,end\n";
        tables.insert(catalogue.read_reference("exposures", events).unwrap());
        let request = Request {
            region: Some("620102"),
            references: Some(&tables),
            decisions: Some(&["code"]),
            window: None,
        };
        // What is right can be compiled too, and a program says what its script says.
        let compiled = match (snippet.runs, longma_compile::compile(&bundle)) {
            (Runs::Well, Ok((compiled, _))) => Some(compiled),
            (Runs::Uncompiled, Ok(_)) => {
                wrong.push(format!("{}: it compiles\n{}", snippet.at, snippet.text));
                None
            }
            (Runs::Well, Err(problems)) => {
                wrong.push(format!(
                    "{}: it cannot be compiled: {problems:#?}\n{}",
                    snippet.at, snippet.text
                ));
                None
            }
            _ => None,
        };
        let mut problems = Vec::new();
        for facts in &people {
            let outcome = catalogue.evaluate(facts, request).unwrap();
            if let Some(compiled) = &compiled {
                let machine = compiled.evaluate(facts, request).unwrap();
                let (machine, oracle) = (machine.json(), outcome.json());
                if machine != oracle {
                    let differ = parted(&oracle, &machine);
                    wrong.push(format!("{}: {differ}\n{}", snippet.at, snippet.text));
                    break;
                }
            }
            let of_rules = outcome.problems().iter().filter(|it| it.rule.is_some());
            problems.extend(of_rules.cloned());
            if !problems.is_empty() {
                break;
            }
        }
        match snippet.runs {
            Runs::Well | Runs::Uncompiled if !problems.is_empty() => {
                wrong.push(format!(
                    "{}: it fails: {problems:#?}\n{}",
                    snippet.at, snippet.text
                ));
            }
            Runs::Fails if problems.is_empty() => {
                wrong.push(format!("{}: it runs well\n{}", snippet.at, snippet.text));
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n----\n"));
}

#[test]
fn the_packs_we_ship_have_no_finding() {
    let bundle = loaded().bundle;
    let found = check::scripts(&World::new(&bundle));
    assert!(found.is_empty(), "{found:#?}");
}

/// A value of each type, as a rule writes it; `t` is a test.
const VALUES: &[&str] = &[
    "()",
    "true",
    "3",
    "\"red\"",
    "t.sampled_at",
    "t.sampled_at.date()",
    "hours(1)",
    "days(1)",
    "daily([t.sampled_at.date()], [3])",
    "always()",
    "red(always())",
    "t",
    "[t.sampled_at]",
    "[t.sampled_at.date()]",
    "[3]",
    "[always()]",
    "risk_areas",
    "gold",
    "|x| true",
];

const OPERATORS: &[&str] = &[
    "==", "!=", "<", "<=", ">", ">=", "in", "!in", "??", "&&", "||", "+", "-", "*", "/", "%", "**",
    "<<", ">>", "&", "|", "^",
];

/// A person with one negative test.
pub(super) fn tested() -> serde_json::Value {
    serde_json::json!({
        "subject": "person",
        "identity": { "name": "甲", "document": { "type": "other", "number": "1" }, "region": "620102" },
        "vaccinations": [],
        "tests": [{
            "method": "antigen", "result": "negative", "pool_size": 1,
            "sampled_at": "2022-03-01T10:00:00+08:00", "reported_at": "2022-03-01T12:00:00+08:00",
        }],
    })
}

/// Makes each expression a rule of its own, and returns whether the checker finds an error
/// in it and whether core has a problem with it.
fn judged(expressions: &[String]) -> Vec<(String, bool, bool)> {
    const A_SCRIPT: usize = 300;
    let shipped = loaded().bundle;
    let facts = tested();
    let mut judged = Vec::new();
    for part in expressions.chunks(A_SCRIPT) {
        let mut text = String::new();
        for (index, expression) in part.iter().enumerate() {
            writeln!(
                text,
                "fn rule_{index}(tests, risk_areas, gold) {{ tests.flat_map(|t| {{ let v = {expression}; () }}) }}"
            )
            .unwrap();
        }
        let snippet = Snippet {
            at: String::new(),
            text,
            params: "{}".to_owned(),
            runs: Runs::Somehow,
        };
        let mut bundle = bundle(&shipped, &snippet);
        let catalogue = longma_oracle::load(&bundle).unwrap();
        let areas = references(&catalogue, sample_areas());
        let request = Request {
            region: Some("620102"),
            references: Some(&areas),
            decisions: Some(&["code"]),
            window: None,
        };
        let outcome = catalogue.evaluate(&facts.to_string(), request).unwrap();
        let failed: std::collections::BTreeSet<String> = outcome
            .problems()
            .iter()
            .filter_map(|problem| problem.rule.clone())
            .collect();
        let script = bundle.packs.first_mut().unwrap();
        script
            .scripts
            .insert("code".to_owned(), snippet.text.clone());
        let errors: std::collections::BTreeSet<usize> = found(&bundle)
            .iter()
            .filter(|(_, severity, ..)| *severity == Severity::Error)
            .map(|(line, ..)| *line)
            .collect();
        for (index, expression) in part.iter().enumerate() {
            let fails = failed.contains(&format!("{ID}/code/rule_{index}"));
            judged.push((expression.clone(), errors.contains(&(index + 1)), fails));
        }
    }
    judged
}

fn agree(expressions: &[String]) {
    let apart: Vec<String> = judged(expressions)
        .into_iter()
        .filter(|(_, told, fails)| told != fails)
        .map(|(expression, told, _)| {
            let word = if told {
                "told, but it runs"
            } else {
                "fails, and is not told"
            };
            format!("{expression}: {word}")
        })
        .collect();
    assert!(
        apart.is_empty(),
        "{} of {}:\n{}",
        apart.len(),
        expressions.len(),
        apart.join("\n")
    );
}

#[test]
fn every_operator_over_every_two_kinds_is_judged_as_core_does() {
    let mut expressions = Vec::new();
    for operator in OPERATORS {
        for left in VALUES {
            for right in VALUES {
                // The right side of `true ||` is never evaluated.
                if (*left, *operator) == ("true", "||") {
                    continue;
                }
                // The interpreter's `in` is `contains`, which texts have. `result in "negative"`
                // is a slip for `==`, so the checker takes lists alone.
                if operator.ends_with("in") && *right == "\"red\"" && *left == *right {
                    continue;
                }
                // Core refuses some constant expressions when loading; variables avoid that.
                expressions.push(format!(
                    "{{ let a = {left}; let b = {right}; a {operator} b }}"
                ));
            }
        }
    }
    for value in VALUES {
        for used in ["!a", "-a", "if a { 1 } else { 2 }", "a.sampled_at"] {
            expressions.push(format!("{{ let a = {value}; {used} }}"));
        }
    }
    agree(&expressions);
}

/// An argument that a parameter takes; `t` is a test.
pub(super) fn argument(accepts: Accepts) -> &'static str {
    match accepts {
        Accepts::Absent | Accepts::Evidence | Accepts::Joined => "()",
        Accepts::Bool => "true",
        Accepts::Int => "3",
        Accepts::Text | Accepts::Level => "\"red\"",
        Accepts::LevelOf => "\"gold\"",
        Accepts::Column => "\"city\"",
        Accepts::Bounded => "between(t.sampled_at, t.sampled_at + days(3))",
        Accepts::Clock => "\"07:00\"",
        Accepts::Instant | Accepts::Sought => "t.sampled_at",
        Accepts::Date => "t.sampled_at.date()",
        Accepts::Elapsed => "hours(1)",
        Accepts::Days => "days(1)",
        Accepts::Series => "daily([t.sampled_at.date()], [3])",
        Accepts::Dates => "[t.sampled_at.date()]",
        Accepts::Ints | Accepts::Numbers => "[3]",
        Accepts::Sets => "[always()]",
        Accepts::When => "always()",
        Accepts::Cause => "red(always())",
        Accepts::Record => "t",
        Accepts::List | Accepts::Instants => "[t.sampled_at]",
        Accepts::Table => "risk_areas",
        Accepts::Timeline => "gold",
        Accepts::Test | Accepts::Each => "|x| true",
    }
}

#[test]
fn every_helper_over_every_kind_is_judged_as_core_does() {
    use longma_lang::helpers::HELPERS;
    let mut expressions = Vec::new();
    for helper in HELPERS.iter() {
        let arguments: Vec<&str> = helper
            .takes
            .iter()
            .map(|slot| argument(slot.accepts))
            .collect();
        expressions.push(format!("{}({})", helper.name, arguments.join(", ")));
        for position in 0..arguments.len() {
            for value in VALUES {
                let mut changed = arguments.clone();
                *changed.get_mut(position).unwrap() = value;
                expressions.push(format!("{}({})", helper.name, changed.join(", ")));
            }
        }
        let more = [arguments.clone(), vec!["3"]].concat();
        expressions.push(format!("{}({})", helper.name, more.join(", ")));
    }
    agree(&expressions);
}

#[test]
fn the_table_of_helpers_is_what_core_registers() {
    use longma_lang::helpers::{self, HELPERS};
    let table: std::collections::BTreeSet<(String, usize)> = HELPERS
        .iter()
        .map(|helper| (helper.name.to_owned(), helper.takes.len()))
        .collect();
    assert_eq!(table, longma_oracle::callable());
    for name in helpers::names() {
        assert!(helpers::words(name).is_some(), "no words for {name}");
    }
}

fn findings_of(text: &str) -> Vec<Finding> {
    let snippet = Snippet {
        at: String::new(),
        text: String::new(),
        params: "{}".to_owned(),
        runs: Runs::Somehow,
    };
    let mut bundle = bundle(&loaded().bundle, &snippet);
    let script = bundle.packs.first_mut().unwrap();
    script.scripts.insert("code".to_owned(), text.to_owned());
    check::scripts(&World::new(&bundle))
}

#[test]
fn a_hundred_mistakes_are_a_hundred_findings() {
    let mut text = String::new();
    for index in 0..100 {
        let wrong = match index % 5 {
            0 => "t.sampled + days(1)",
            1 => "t.sampled_at + 7",
            2 => "t.sampled_at > t.sampled_at.date()",
            3 => "t.result == \"none\"",
            _ => "t.filtr(|x| x)",
        };
        writeln!(text, "fn r{index}(tests) {{ tests.map(|t| {{ let v = {wrong}; if v == () {{ () }} else {{ yellow(t.sampled_at, ()) }} }}) }}").unwrap();
    }
    let errors = findings_of(&text)
        .into_iter()
        .filter(|it| it.severity == Severity::Error);
    assert_eq!(errors.count(), 100);
}

#[test]
fn scripts_are_checked_while_a_schema_has_mistakes() {
    let snippet = Snippet {
        at: String::new(),
        text: "fn wrong(tests) { tests.map(|t| yellow(t.sampled, ())) }".to_owned(),
        params: PARAMS.to_owned(),
        runs: Runs::Refused,
    };
    let mut bundle = bundle(&loaded().bundle, &snippet);
    let person = bundle.schemas.get_mut("person").unwrap();
    *person = person.replacen('{', "{\"default\": 1,", 1);
    let codes: Vec<String> = check::check(&bundle)
        .iter()
        .map(|finding| finding.code.to_string())
        .collect();
    for code in ["schema-keyword", "unknown-field"] {
        assert!(codes.iter().any(|found| found == code), "{codes:?}");
    }
}

#[test]
fn hostile_scripts_end_with_findings_and_no_crash() {
    let calls: Vec<String> = (0..40)
        .map(|n| {
            let next = n + 1;
            format!("private fn f{n}(a, b) {{ f{next}(a, \"x{n}\"); f{next}(b, \"y{n}\"); f{next}(b, a) }}\n")
        })
        .collect();
    let circle: Vec<String> = (0..4_000)
        .map(|n| format!("private fn f{n}(a) {{ f{}(a) }}\n", (n + 1) % 4_000))
        .collect();
    let names: Vec<String> = (0..9_000).map(|n| format!("x{n} + ")).collect();
    let (calls, circle, names) = (calls.concat(), circle.concat(), names.concat());
    let hostile = [
        "(".repeat(200_000),
        format!("fn f(tests) {{ {} }}", "[".repeat(100_000)),
        format!("fn f(tests) {{ {}1 }}", "!".repeat(200_000)),
        format!("fn f(tests) {{ {} }}", "if true { ".repeat(20_000)),
        format!("fn f(tests) {{ tests{} }}", ".x".repeat(80_000)),
        format!("fn f(tests) {{ tests{} }}", ".filter(|t| t)".repeat(15_000)),
        format!("fn f(tests) {{ {}1 }}", "|x| ".repeat(60_000)),
        format!("fn f(tests) {{ {}1 }}", "1 + ".repeat(60_000)),
        format!("fn f(tests) {{ {names} 1 }}"),
        format!(
            "fn f(tests) {{ switch tests {{ {} }} }}",
            "1 => 2, ".repeat(25_000)
        ),
        format!("{calls}fn f(tests) {{ f0(tests, 1) }}"),
        format!("{circle}fn f(tests) {{ f0(tests) }}"),
        "fn f(tests) { tests } // \u{202e}\u{2066}\u{200b}".to_owned(),
        "fn ｆ（tests） ｛ tests ｝".to_owned(),
        "fn f(tests) { `${`${`${tests}`}`}` }".to_owned(),
        "\u{feff}fn f(tests) {}\0\r\n\t\u{1F600}".to_owned(),
        "\"".repeat(100_001),
        "/*".repeat(100_000),
        "fn ".repeat(80_000),
        "}".repeat(100_000),
        "x".repeat(300_000),
    ];
    for text in hostile {
        let found = findings_of(&text);
        let start: String = text.chars().take(40).collect();
        assert!(!found.is_empty(), "nothing found in {start}");
        assert!(found.len() <= 1_001, "{} findings in {start}", found.len());
    }
}
