//! A minimal example person, with each side's timeline.

use crate::messages::Words;
use crate::show::page::{Page, plain, tone};
use anstyle::Style;
use longma_core::{Args, Stamp};
use longma_desk::compare::{Explained, StretchView};
use longma_desk::tables::Row;
use longma_desk::text::say;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Indent of nested lines, in columns.
const INDENT: usize = 2;

/// Writes the example's records, and the table rows that matter.
pub(crate) fn facts(
    page: &mut Page,
    facts: &Json,
    tables: &BTreeMap<String, Vec<Row>>,
    words: Words,
) {
    if let Some(members) = facts.as_object() {
        for (name, value) in members {
            if let Some(records) = value.as_array() {
                for record in records {
                    page.field(INDENT + 2, "", 0, &plain(&format!("{name}: {record}")));
                }
            }
        }
        let absent = words.of(&say("compare-rest-empty", &Args::NONE)).to_owned();
        page.field(INDENT + 2, "", 0, &absent);
    }
    for (table, rows) in tables {
        for row in rows {
            let row = serde_json::to_string(row).unwrap_or_default();
            page.field(INDENT + 2, "", 0, &plain(&format!("{table}: {row}")));
        }
    }
}

/// Writes one side's timeline.
pub(crate) fn stretches(page: &mut Page, side: &Explained, words: Words) {
    for stretch in &side.timeline {
        self::stretch(page, stretch, words);
    }
}

fn stretch(page: &mut Page, stretch: &StretchView, words: Words) {
    let open = |time: Option<Stamp>| time.map_or_else(|| "…".to_owned(), Stamp::words);
    let level = format!(" {} ", words.of(&stretch.caption));
    let (from, until) = (open(stretch.from), open(stretch.until));
    let span = format!("{}{from} – {until}  ", " ".repeat(INDENT + 2));
    page.parts(&[(&span, Style::new()), (&level, tone(&stretch.colour))]);
    for cause in &stretch.causes {
        let caption = plain(words.of(&cause.caption));
        let facts = cause.evidence.join(" ");
        page.field(
            INDENT + 4,
            "·",
            2,
            &format!("{caption} [{}] {facts}", cause.rule),
        );
    }
    for problem in &stretch.problems {
        page.field(INDENT + 4, "?", 2, &plain(words.of(problem)));
    }
}
