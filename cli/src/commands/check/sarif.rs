//! Findings as SARIF 2.1.0, which code hosts show next to the lines.
//!
//! Only what a host reads is written: the rules with their help, and the results
//! with their places. Columns count characters, and the log says so.

use super::{Checked, Found};
use longma_core::{Lang, Severity};
use longma_desk::guide;
use longma_desk::html::visible;
use serde::Serialize;
use std::collections::BTreeMap;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'a str,
    version: &'a str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    language: &'a str,
    column_kind: &'a str,
    results: Vec<Outcome<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'a str,
    version: &'a str,
    rules: Vec<Descriptor<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    short_description: Option<Text>,
    help: Help,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    rule_id: &'a str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: Vec<Location>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Physical,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

/// The findings as a SARIF log, ending in a line break.
pub(super) fn log(checked: &Checked, lang: Lang) -> String {
    let mut levels: BTreeMap<&str, Severity> = BTreeMap::new();
    for found in &checked.found {
        let finding = &found.finding;
        levels
            .entry(finding.code.as_str())
            .or_insert(finding.severity);
    }
    let codes: Vec<&str> = levels.keys().copied().collect();
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "longma",
                    version: env!("CARGO_PKG_VERSION"),
                    rules: levels
                        .iter()
                        .map(|(code, s)| descriptor(code, *s, lang))
                        .collect(),
                },
            },
            language: match lang {
                Lang::ZhCn => "zh-CN",
                Lang::En => "en",
            },
            column_kind: "unicodeCodePoints",
            results: checked
                .found
                .iter()
                .map(|found| outcome(found, &codes, lang))
                .collect(),
        }],
    };
    let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
    text.push('\n');
    text
}

fn descriptor(code: &str, severity: Severity, lang: Lang) -> Descriptor<'_> {
    let page = guide::page(code, lang);
    let place = format!("{}#{code}", guide::file(lang));
    Descriptor {
        id: code,
        short_description: page.as_ref().map(|page| Text {
            text: page.meaning.clone(),
        }),
        help: Help {
            text: place.clone(),
            markdown: page.map_or_else(|| format!("[{place}]({place})"), |page| page.markdown),
        },
        default_configuration: Configuration {
            level: level(severity),
        },
    }
}

fn outcome<'a>(found: &'a Found, codes: &[&str], lang: Lang) -> Outcome<'a> {
    let finding = &found.finding;
    let mut text = finding.message.get(lang).to_owned();
    if let Some(help) = &finding.help {
        text.push('\n');
        text.push_str(help.get(lang));
    }
    let location = |path: &String| Location {
        physical_location: Physical {
            artifact_location: Artifact { uri: uri(path) },
            region: found.range.as_ref().map(|range| Region {
                start_line: range.start.line,
                start_column: range.start.column,
                end_line: range.end.line,
                end_column: range.end.column,
            }),
        },
    };
    Outcome {
        rule_id: finding.code.as_str(),
        rule_index: codes
            .binary_search(&finding.code.as_str())
            .unwrap_or_default(),
        level: level(finding.severity),
        message: Text {
            text: visible(&text),
        },
        locations: found.path.iter().map(location).collect(),
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// A path as a relative URI, percent-encoded where necessary.
fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'\\' => out.push('/'),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => {
                // Writing to a string cannot fail.
                let _ = std::fmt::Write::write_fmt(&mut out, format_args!("%{byte:02X}"));
            }
        }
    }
    out
}
