//! A small world for tests: one schema, one table, one pack whose rules a test writes.
#![allow(clippy::panic, reason = "a test fails by panicking")]

use crate::compiled::{Compiled, PlanOf, RuleOf};
use crate::listing::form;
use crate::optimise::Step;
use crate::texts::{Texts, read};
use std::fmt::Write as _;

const SCHEMA: &str = r#"{"type": "object", "additionalProperties": false,
    "required": ["subject"],
    "properties": {
        "subject": {"type": "string", "enum": ["person"]},
        "tests": {"type": "array", "items": {"type": "object", "title": "Test",
            "additionalProperties": false, "required": ["at", "kind", "pool", "told"],
            "properties": {
                "at": {"type": "string", "format": "date-time"},
                "told": {"type": "string", "format": "date-time"},
                "kind": {"type": "string", "enum": ["good", "bad", "unsure"]},
                "pool": {"type": "integer", "minimum": 1},
                "sure": {"type": "boolean"}}}},
        "stays": {"type": "array", "maxItems": 50, "items": {"type": "object", "title": "Stay",
            "additionalProperties": false, "required": ["at", "place"],
            "properties": {
                "at": {"type": "string", "format": "date-time"},
                "left": {"type": "string", "format": "date-time", "x-not-before": "at"},
                "place": {"type": "string", "minLength": 1},
                "day": {"type": "string", "format": "date"},
                "met": {"type": "array", "items": {"type": "object", "title": "Met",
                    "additionalProperties": false, "required": ["at"],
                    "properties": {"at": {"type": "string", "format": "date-time"}}}}},
            "x-span": ["at", "left"]}}}}"#;

const AREAS: &str = r#"{"type": "object", "additionalProperties": false,
    "required": ["place", "level", "from"],
    "properties": {
        "place": {"type": "string", "minLength": 1},
        "level": {"type": "string", "enum": ["low", "high"]},
        "from": {"type": "string", "format": "date-time"},
        "until": {"type": "string", "format": "date-time", "x-not-before": "from"}},
    "x-key": ["place"], "x-span": ["from", "until"]}"#;

const MANIFEST: &str = r#"
subject = "person"
version = "1"
title = { zh-CN = "方案", en = "A plan" }
authority = { zh-CN = "省", en = "Province" }
effective.from = 2022-01-01T00:00:00+08:00
sources.plan = { title = { zh-CN = "原文", en = "Text" }, date = 2022-01-01, grade = "V" }
[params]
wait = { value = 7, unit = "days", source = "plan" }
soon = { value = 48, unit = "hours", source = "plan" }
kinds = { value = ["good", "unsure"], unit = "text", source = "plan" }
[decisions.code]
scale = ["green", "yellow", "red"]
colours = ["green", "yellow", "red"]
"#;

/// Compiles the rules of a script, which are `fn name(…)` at the start of a line. Each
/// gets a line before it that names its source.
#[track_caller]
pub(crate) fn compiled(script: &str) -> Compiled {
    let mut captions = "[code]\nname = { zh-CN = \"码\", en = \"Code\" }\n".to_owned();
    for level in ["green", "yellow", "red"] {
        let _ = writeln!(
            captions,
            "levels.{level} = {{ zh-CN = \"级\", en = \"Level\" }}"
        );
    }
    let mut text = String::new();
    for line in script.trim().lines() {
        if let Some((name, _)) = line
            .strip_prefix("fn ")
            .and_then(|rest| rest.split_once('('))
        {
            text.push_str("/// source: plan\n");
            let words = "{ zh-CN = \"话\", en = \"Words\" }";
            let _ = writeln!(
                captions,
                "[code.rules.{name}]\ncaption = {words}\nrelease = {words}"
            );
        }
        text.push_str(line);
        text.push('\n');
    }
    let file = |name: &str, text: &str| (format!("packs/62/2022-01-01/{name}"), text.to_owned());
    let house = read(&Texts::from([
        ("schema/person.schema.json".to_owned(), SCHEMA.to_owned()),
        ("reference/areas.schema.json".to_owned(), AREAS.to_owned()),
        file("pack.toml", MANIFEST),
        file("captions.toml", &captions),
        file("code.rhai", &text),
    ]));
    match Compiled::new(&house.bundle) {
        Ok(compiled) => compiled,
        Err(problems) => panic!("{problems}\n{:#?}", house.findings),
    }
}

/// The plan of the pack, and a rule of it by name.
#[track_caller]
pub(crate) fn rule<'c>(compiled: &'c Compiled, name: &str) -> (&'c PlanOf, &'c RuleOf) {
    let plan = compiled.plans.first();
    let found = plan.and_then(|plan| {
        let mut rules = plan.rules.iter();
        Some((
            plan,
            rules.find(|rule| rule.path.ends_with(&format!("/{name}")))?,
        ))
    });
    match found {
        Some(found) => found,
        None => panic!("no rule {name}"),
    }
}

/// The form of the rule `name` of a script after a step of the optimiser; the exact form
/// for `None`.
#[track_caller]
pub(crate) fn after(step: impl Into<Option<Step>>, name: &str, script: &str) -> String {
    let compiled = compiled(script);
    let (plan, rule) = rule(&compiled, name);
    match form(&compiled, plan, rule, step.into()) {
        Some(form) => form,
        None => panic!("no form"),
    }
}

/// Checks that a form is this, whatever the indentation of the expectation.
#[track_caller]
pub(crate) fn check(form: &str, expected: &str) {
    let lines: Vec<&str> = expected
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let margin = |line: &&&str| line.len() - line.trim_start().len();
    let least = lines.iter().map(|line| margin(&line)).min().unwrap_or(0);
    let lines = lines.iter().map(|line| line.get(least..).unwrap_or(line));
    let expected: String = lines.flat_map(|line| [line, "\n"]).collect();
    assert_eq!(form, expected, "\n--- is\n{form}--- should be\n{expected}");
}
