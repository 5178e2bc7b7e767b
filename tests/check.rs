//! The checker against snippets of rules, and the snippets against core.
//!
//! `check/*.md` holds them: prose, a snippet, and behind a line the codes that
//! must be found there, `// error: enum-member`. What is found and not marked, or
//! marked and not found, fails. Every snippet then goes through core over
//! invented persons: one without marks must load and run without a problem; one
//! marked `fails` must run into one, one marked `refused` must not load.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use longma_core::{
    Bundle, Catalogue, DecisionCaptions, Localized, PackSource, Request, RuleCaptions, Severity,
};
use longma_desk::check::{self, world::World};
use longma_desk::finding::{Finding, Spot};
use longma_tests::{loaded, persons, references, sample_areas};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// Persons that each snippet is run over.
const PERSONS: u64 = 40;
const ID: &str = "62/2022-01-01";
const FILE: &str = "packs/62/2022-01-01/code.rhai";

/// The params that snippets have, unless they give some themselves.
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
enum Runs {
    /// It loads, and no rule has a problem.
    Well,
    /// It loads, and a rule has a problem for some persons.
    Fails,
    /// Core refuses it.
    Refused,
    /// It loads; it may do anything but what its author meant.
    Somehow,
}

#[derive(Debug)]
struct Snippet {
    at: String,
    text: String,
    params: String,
    runs: Runs,
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

/// Line, severity and code of every mark.
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
    Localized {
        zh_cn: text.to_owned(),
        en: text.to_owned(),
    }
}

/// A bundle of one pack, whose `code` is the snippet.
fn bundle(shipped: &Bundle, snippet: &Snippet) -> Bundle {
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
        "/// source: s\nfn any(vaccinations) { vaccinations.map(|v| gold(v.at.start(), ())) }\n";
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

/// Cites a source above every rule, as core asks.
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

/// An invented person, of whose stays some leave out what they may.
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
                finding.code.clone(),
                finding,
            )),
            // Snippets share their params.
            _ => assert_eq!(finding.code, "unused-param", "{finding:?}"),
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
                let unfilled = whole.contains('{') && !whole.contains("{ ");
                assert!(!unfilled, "{}: {whole}", snippet.at);
                assert!(!part.is_incomplete(), "{}: {finding:?}", snippet.at);
            }
            assert!(finding.help.is_some(), "no help: {finding:?}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n----\n"));
    let right = snippets.iter().filter(|it| it.runs == Runs::Well).count();
    assert!(right >= 60, "only {right} correct snippets");
}

#[test]
fn core_agrees_with_what_each_snippet_is_said_to_do() {
    let shipped = loaded().bundle;
    let people: Vec<String> = (0..PERSONS).map(person).collect();
    let mut wrong = Vec::new();
    for snippet in snippets() {
        let catalogue = Catalogue::load(bundle(&shipped, &snippet));
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
        let areas = references(&catalogue, sample_areas());
        let request = Request {
            region: Some("620102"),
            references: Some(&areas),
            decisions: Some(&["code"]),
        };
        let mut problems = Vec::new();
        for facts in &people {
            let outcome = catalogue.evaluate(facts, request).unwrap();
            let of_rules = outcome.problems().iter().filter(|it| it.rule.is_some());
            problems.extend(of_rules.cloned());
            if !problems.is_empty() {
                break;
            }
        }
        match snippet.runs {
            Runs::Well if !problems.is_empty() => {
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
