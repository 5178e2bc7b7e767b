//! Code actions: the findings that have one right mend.

use super::Server;
use super::place;
use super::protocol::{self, Fault};
use crate::text::say;
use longma_compile::toml::Toml;
use longma_core::{Args, Place, nearest};
use longma_lang::finding::{Finding, Spot};
use longma_lang::syntax::{Bytes, ExprKind, Lines, parse};
use lsp_types::{CodeAction, CodeActionKind, CodeActionParams, TextEdit};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// A change that mends a finding.
struct Mend {
    /// The key of its words.
    key: &'static str,
    /// What is written or taken away.
    word: String,
    edits: Vec<(Bytes, String)>,
}

impl Server {
    /// What mends the findings of some lines of a document.
    pub(super) fn mends(&mut self, params: Json) -> Result<Json, Fault> {
        let params: CodeActionParams = protocol::params(params)?;
        let uri = params.text_document.uri;
        let Some(path) = self.path_of(uri.as_str()) else {
            return Ok(Json::Null);
        };
        let text = self.texts.get(&path).map_or("", String::as_str);
        let told = self.told.get(&path).map_or(&[][..], Vec::as_slice);
        let near = told.iter().filter(|finding| {
            let at = place::of_spot(text, &finding.spot, self.encoding);
            at.start.line <= params.range.end.line && params.range.start.line <= at.end.line
        });
        let actions = near.filter_map(|finding| {
            let mend = mend(finding, text)?;
            let title = say(mend.key, &Args::of("word", &mend.word));
            let edits = mend.edits.into_iter().map(|(bytes, new_text)| TextEdit {
                range: place::range(text, &bytes, self.encoding),
                new_text,
            });
            let shown = self.diagnostics(&path, text, std::slice::from_ref(finding));
            let changes = BTreeMap::from([(uri.to_string(), edits.collect())]);
            let action = protocol::result(&CodeAction {
                title: title.get(self.lang).to_owned(),
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: shown.map(|it| it.diagnostics),
                is_preferred: Some(true),
                ..CodeAction::default()
            });
            let mut action = action.ok()?;
            let members = action.as_object_mut()?;
            members.insert("edit".to_owned(), protocol::changes(&changes));
            Some(action)
        });
        Ok(actions.collect())
    }
}

fn mend(finding: &Finding, text: &str) -> Option<Mend> {
    match (finding.code.to_string().as_str(), &finding.spot) {
        ("unused-input", Spot::Range(range)) => {
            let lines = Lines::new(text);
            unasked(text, lines.byte(range.start))
        }
        ("param-grade" | "param-unmarked", Spot::Place(Place::Key { key, .. })) => {
            assumed(text, key.get(1)?)
        }
        ("rule-caption", Spot::Place(Place::Key { key, .. })) => captions(text, key),
        _ => written(finding, text),
    }
}

/// Another word where a finding stands.
fn written(finding: &Finding, text: &str) -> Option<Mend> {
    let word = finding.instead.clone()?;
    let said = |bytes: &Bytes| Some(text.get(bytes.clone())?.trim_matches(['"', '\'', '`']));
    // A word that is only alike is written where one stands that can have been meant for it.
    let alike = |bytes: &Bytes| {
        said(bytes).is_some_and(|it| it != word && nearest(it, [word.as_str()]).is_some())
    };
    let bytes = match &finding.spot {
        Spot::Range(range) => {
            let lines = Lines::new(text);
            let bytes = lines.byte(range.start)..lines.byte(range.end);
            let code = finding.code.to_string();
            let guessed = code.starts_with("unknown-") || code == "enum-member";
            (!guessed || alike(&bytes)).then_some(bytes)?
        }
        Spot::Place(Place::Key { key, .. }) => {
            let keys: Vec<&str> = key.iter().map(String::as_str).collect();
            let toml = Toml::parse(text).ok()?;
            let places = [toml.value_span(&keys), toml.span(&keys)];
            let mut places = places.into_iter().flatten();
            let place = places.find(alike)?;
            let inside = text.get(place.clone())?.find(said(&place)?)?;
            place.start + inside..place.start + inside + said(&place)?.len()
        }
        Spot::Place(_) => return None,
    };
    let old = text.get(bytes.clone())?;
    let quote = old.chars().next().filter(|it| matches!(it, '"' | '`'));
    let quote = quote.filter(|it| !word.starts_with(*it));
    let new = quote.map_or(word.clone(), |it| format!("{it}{word}{it}"));
    let (key, shown) = if word.is_empty() {
        ("mend-remove", old.escape_unicode().to_string())
    } else {
        ("mend-write", new.clone())
    };
    // A parameter is asked for by its name, and used by it.
    let mut edits = vec![(bytes.clone(), new)];
    if finding.code.to_string() == "unknown-input" {
        edits.extend(uses(text, &bytes).map(|it| (it, word.clone())));
    }
    Some(Mend {
        key,
        word: shown,
        edits,
    })
}

/// Where a function uses the parameter at these bytes.
fn uses(text: &str, parameter: &Bytes) -> impl Iterator<Item = Bytes> {
    let parsed = parse(text);
    let mut functions = parsed.script.functions.iter();
    let function = functions.rfind(|it| it.bytes.contains(&parameter.start));
    let name = text.get(parameter.clone()).unwrap_or_default();
    let mut uses = Vec::new();
    if let Some(function) = function {
        function.body.walk(&mut |expr| {
            if matches!(&expr.kind, ExprKind::Name(it) if it == name) {
                uses.push(expr.bytes.clone());
            }
        });
    }
    uses.into_iter()
}

/// Takes what a rule asks for out of its parameters.
fn unasked(text: &str, byte: usize) -> Option<Mend> {
    let parsed = parse(text);
    let functions = &parsed.script.functions;
    let function = functions.iter().find(|it| it.bytes.contains(&byte))?;
    let names = &function.parameters;
    let place = names.iter().position(|it| it.bytes.contains(&byte))?;
    let name = names.get(place)?;
    let bytes = match (names.get(place + 1), place.checked_sub(1)) {
        (Some(next), _) => name.bytes.start..next.bytes.start,
        (None, Some(before)) => names.get(before)?.bytes.end..name.bytes.end,
        (None, None) => name.bytes.clone(),
    };
    Some(Mend {
        key: "mend-remove",
        word: name.text.clone(),
        edits: vec![(bytes, String::new())],
    })
}

/// Marks a param as assumed.
fn assumed(text: &str, param: &str) -> Option<Mend> {
    let toml = Toml::parse(text).ok()?;
    let keys = ["source", "unit", "value"];
    let mut spans = keys.iter().filter_map(|key| {
        let key = ["params", param, *key];
        let found = toml.entries().into_iter().any(|it| it.path == key);
        found.then(|| toml.value_span(&key)).flatten()
    });
    let at = spans.next()?.end;
    let end = text.get(at..)?.find('\n').map_or(text.len(), |it| at + it);
    Some(Mend {
        key: "mend-assumed",
        word: String::new(),
        edits: vec![(end..end, "\nassumed = true".to_owned())],
    })
}

/// Adds the texts of a rule that has none, to be filled in.
fn captions(text: &str, key: &[String]) -> Option<Mend> {
    let [decision, rules, rule, ..] = key else {
        return None;
    };
    let path = [decision, rules, rule].map(String::as_str);
    let entries = Toml::parse(text).ok()?.entries();
    if entries.iter().any(|it| it.path.iter().eq(path.iter())) {
        return None;
    }
    let gap = if text.is_empty() || text.ends_with("\n\n") {
        ""
    } else if text.ends_with('\n') {
        "\n"
    } else {
        "\n\n"
    };
    let unfilled = r#"{ zh-CN = "【待填】", en = "[to fill in]" }"#;
    let heading = path.join(".");
    Some(Mend {
        key: "mend-captions",
        word: rule.clone(),
        edits: vec![(
            text.len()..text.len(),
            format!("{gap}[{heading}]\ncaption = {unfilled}\nrelease = {unfilled}\n"),
        )],
    })
}
