//! Records of facts, and their corrections, in words.

use crate::messages::{Key, Words};
use longma_core::Args;
use longma_records::merge::{Correction, Said};
use serde_json::Value as Json;

/// A record in words: its fields, each with its value.
pub(crate) fn said(record: &Said, words: Words) -> String {
    let fields = record.fields().iter();
    words.list(fields.map(|(name, value)| format!("{name} {}", text(value))))
}

/// A value for readers: texts without quotes.
pub(crate) fn text(value: &Json) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// Who made a correction, when and why.
pub(crate) fn by(correction: &Correction, words: Words) -> String {
    let by = &correction.by;
    words.fill(
        Key::MergeBy,
        &Args::of("at", &correction.at)
            .with("name", &by.name)
            .with("office", &by.office)
            .with("number", &by.number)
            .with("reason", &correction.reason),
    )
}
