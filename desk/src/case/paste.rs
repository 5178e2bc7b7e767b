//! A case as text, ready to paste into a pack's `cases`.

use super::Expectation;
use crate::tables::Tables;
use longma_core::schema::{Object, Type};
use longma_core::{Date, Instant};
use serde_json::Value as Json;
use std::fmt::Write as _;

/// The case for a person, with what is expected at one instant. Every section is stated, for
/// the file's `[base]` may have others.
#[must_use]
pub fn paste(name: &str, facts: &Json, tables: &Tables, root: &Object, at: &Expectation) -> String {
    let mut out = format!("[[case]]\nname = {}\n", text(name));
    let members = facts.as_object();
    for (section, value) in members.into_iter().flatten() {
        let _ = writeln!(out, "facts.{section} = {}", toml(value));
    }
    let lists = root
        .fields
        .iter()
        .filter(|it| matches!(it.kind, Type::List { .. }));
    let absent = lists.filter(|it| facts.get(&*it.name).is_none());
    let absent: Vec<String> = absent.map(|it| text(&it.name)).collect();
    if !absent.is_empty() {
        let _ = writeln!(out, "absent = [{}]", absent.join(", "));
    }
    for (table, rows) in tables.iter().filter(|(_, rows)| !rows.0.is_empty()) {
        let rows = rows.0.iter().map(|row| {
            let cells = row
                .iter()
                .map(|(name, cell)| format!("{name} = {}", string(cell)));
            format!("{{ {} }}", cells.collect::<Vec<_>>().join(", "))
        });
        let rows: Vec<String> = rows.collect();
        let _ = writeln!(out, "reference.{table} = [ {} ]", rows.join(", "));
    }
    let mut line = vec![format!("time = {}", at.time)];
    line.extend(
        at.levels
            .iter()
            .map(|(name, level)| format!("{name} = {}", text(level))),
    );
    for (key, names) in [("rules", &at.rules), ("because", &at.because)] {
        if let Some(names) = names {
            let names: Vec<String> = names.iter().map(|it| text(it)).collect();
            line.push(format!("{key} = [{}]", names.join(", ")));
        }
    }
    let _ = writeln!(out, "at = [ {{ {} }} ]", line.join(", "));
    out
}

fn toml(value: &Json) -> String {
    match value {
        Json::String(text) => string(text),
        Json::Array(items) if items.is_empty() => "[]".to_owned(),
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(toml).collect();
            format!("[ {} ]", items.join(", "))
        }
        Json::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| format!("{name} = {}", toml(value)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// A time as TOML writes it, any other text in quotes.
fn string(value: &str) -> String {
    if Instant::parse(value).is_ok() || Date::parse(value).is_ok() {
        value.to_owned()
    } else {
        text(value)
    }
}

/// A text in quotes; JSON's escapes are TOML's.
fn text(text: &str) -> String {
    Json::from(text).to_string()
}
