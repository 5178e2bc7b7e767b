//! Records of facts, and their corrections, in words.

use crate::messages::{Key, Words};
use longma_records::merge::{Correction, Said};
use serde_json::Value as Json;
use std::fmt::Display;

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
    let args: [(&str, &dyn Display); 5] = [
        ("at", &correction.at),
        ("name", &by.name),
        ("office", &by.office),
        ("number", &by.number),
        ("reason", &correction.reason),
    ];
    words.fill(Key::MergeBy, &args)
}
