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

/// A value for readers: times at `offset`, texts without quotes, unless a blank at an end
/// would not be seen.
pub(crate) fn text(value: &Json, offset: Offset) -> String {
    match value.as_str() {
        Some(text) if text.trim() == text => at_offset(text, offset).into_owned(),
        _ => value.to_string(),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_differ_in_a_blank_are_told_apart() {
        let shown = |value: &str| text(&Json::from(value), Offset::CHINA);
        assert_ne!(shown("实验室"), shown("实验室 "));
        assert_eq!(shown("实验室 "), "\"实验室 \"");
        assert_eq!(shown("2022-07-08T16:30:00Z"), "2022-07-09T00:30:00+08:00");
    }
}
