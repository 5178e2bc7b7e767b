//! Makes a failing example smaller, greedily.

use super::Example;
use longma_lang::syntax::{Function, parse};
use serde_json::Value as Json;

/// How often the predicate is asked at most.
const TRIALS: usize = 2_000;

/// The smallest example found for which `fails` still holds: without rules, steps,
/// statements, records, fields and rows that do not matter.
///
/// `fails` must hold for `example`. It is asked about texts that may no longer make a
/// pack, for example because a step is gone that a rule calls: it must say no to those.
///
/// ```
/// use longma_tests::scripts::{Choices, Example, shrink};
/// let example = Example::draw(&mut Choices::of_seed(1));
/// let small = shrink(example, |it| it.texts.values().any(|text| text.contains("fn rule_0")));
/// assert!(!small.texts.values().any(|text| text.contains("fn rule_1")));
/// assert!(small.facts.get("visits").is_none());
/// ```
pub fn shrink(example: Example, mut fails: impl FnMut(&Example) -> bool) -> Example {
    let mut smallest = example;
    let mut trials = TRIALS;
    loop {
        let smaller = smaller(&smallest).into_iter().find(|it| {
            trials = trials.saturating_sub(1);
            trials > 0 && fails(it)
        });
        match smaller {
            Some(smaller) => smallest = smaller,
            None => return smallest,
        }
    }
}

/// Every example that is one step smaller, with the largest steps first.
fn smaller(example: &Example) -> Vec<Example> {
    let mut all = Vec::new();
    let scripts = example.scripts();
    for (path, text) in scripts.clone() {
        all.extend(undecided(example, path));
        let parsed = parse(text);
        for function in &parsed.script.functions {
            let docs = function.docs.first().map(|line| line.bytes.start);
            let bytes = docs.unwrap_or(function.bytes.start)..function.bytes.end;
            let smaller = without(example, path, text, bytes);
            all.extend(smaller.map(|it| uncaptioned(it, path, &function.name.text)));
        }
    }
    let mut facts = Vec::new();
    cut(&example.facts, &mut facts);
    all.extend(facts.into_iter().map(|facts| Example {
        facts,
        ..example.clone()
    }));
    let rows: Vec<&str> = example.rows.lines().collect();
    for at in 1..rows.len() {
        let kept = rows.iter().enumerate().filter(|(index, _)| *index != at);
        let lines: Vec<&str> = kept.map(|(_, row)| *row).collect();
        all.push(Example {
            rows: format!("{}\n", lines.join("\n")),
            ..example.clone()
        });
    }
    for (path, text) in scripts {
        let parsed = parse(text);
        for bytes in parsed.script.functions.iter().flat_map(statements) {
            all.extend(without(example, path, text, bytes));
        }
    }
    all
}

/// Without the caption of a rule that is gone.
fn uncaptioned(example: Example, script: &str, rule: &str) -> Example {
    match script.rsplit_once('/') {
        Some((folder, file)) => {
            let decision = file.trim_end_matches(".rhai");
            let header = format!("[{decision}.rules.{rule}]");
            unsectioned(example, &format!("{folder}/captions.toml"), &[&header])
        }
        None => example,
    }
}

/// Without a decision.
fn undecided(example: &Example, script: &str) -> Option<Example> {
    let (folder, file) = script.rsplit_once('/')?;
    let decision = file.trim_end_matches(".rhai");
    let mut smaller = example.clone();
    smaller.texts.remove(script);
    let headers = [format!("[{decision}]"), format!("[{decision}.")];
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let smaller = unsectioned(smaller, &format!("{folder}/captions.toml"), &headers);
    let header = format!("[decisions.{decision}]");
    Some(unsectioned(
        smaller,
        &format!("{folder}/pack.toml"),
        &[&header],
    ))
}

/// Without the sections of a file that begin so. Sections are parted by empty lines.
fn unsectioned(mut example: Example, path: &str, headers: &[&str]) -> Example {
    if let Some(text) = example.texts.get_mut(path) {
        let goes = |section: &str| headers.iter().any(|header| section.starts_with(header));
        let kept: Vec<&str> = text.split("\n\n").filter(|it| !goes(it)).collect();
        *text = kept.join("\n\n");
    }
    example
}

/// The places of a function's statements, each with its semicolon. The last one is the
/// result and stays.
fn statements(function: &Function) -> Vec<std::ops::Range<usize>> {
    let all = function.body.statements.iter();
    let mut places: Vec<_> = all
        .map(|it| it.bytes.start..it.bytes.end + usize::from(it.closed))
        .collect();
    places.pop();
    places
}

fn without(
    example: &Example,
    path: &str,
    text: &str,
    bytes: std::ops::Range<usize>,
) -> Option<Example> {
    let (before, after) = (text.get(..bytes.start)?, text.get(bytes.end..)?);
    let mut smaller = example.clone();
    let shorter = format!("{before}{}", after.trim_start_matches([' ', '\n']));
    smaller.texts.insert(path.to_owned(), shorter);
    Some(smaller)
}

/// Every value that lacks one member or item of this one, outer ones first.
fn cut(value: &Json, all: &mut Vec<Json>) {
    match value {
        Json::Object(members) => {
            for name in members.keys() {
                let mut fewer = members.clone();
                fewer.remove(name);
                all.push(Json::Object(fewer));
            }
            for (name, inner) in members {
                let mut smaller = Vec::new();
                cut(inner, &mut smaller);
                all.extend(smaller.into_iter().map(|inner| {
                    let mut members = members.clone();
                    members.insert(name.clone(), inner);
                    Json::Object(members)
                }));
            }
        }
        Json::Array(items) => {
            for at in 0..items.len() {
                let mut fewer = items.clone();
                fewer.remove(at);
                all.push(Json::Array(fewer));
            }
            for (at, inner) in items.iter().enumerate() {
                let mut smaller = Vec::new();
                cut(inner, &mut smaller);
                all.extend(smaller.into_iter().map(|inner| {
                    let mut items = items.clone();
                    if let Some(item) = items.get_mut(at) {
                        *item = inner;
                    }
                    Json::Array(items)
                }));
            }
        }
        _ => {}
    }
}
