//! Records of facts, and their corrections, in words.

use crate::messages::{Key, Words};
use longma_core::{Args, Offset};
use longma_desk::text::at_offset;
use longma_records::merge::{Correction, Said};
use serde_json::Value as Json;

/// A record in words: its fields, each with its value.
pub(crate) fn said(record: &Said, offset: Offset, words: Words) -> String {
    let fields = record.fields().iter();
    words.list(fields.map(|(name, value)| format!("{name} {}", text(value, offset))))
}

/// A value for readers: texts without quotes, times at `offset`.
pub(crate) fn text(value: &Json, offset: Offset) -> String {
    value.as_str().map_or_else(
        || value.to_string(),
        |text| at_offset(text, offset).into_owned(),
    )
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
