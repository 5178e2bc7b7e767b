//! Normalizes cells and reads them as what their column holds. A cell that cannot be read
//! gives a problem code; nothing is guessed.

use super::words::{first_words, meaning};
use crate::code::Code;
use serde_json::Value as Json;

/// Maximum number of characters of a cell shown in messages.
const SHOWN: usize = 40;

/// Normalizes a cell: half-width characters, single blanks between words, no invisible
/// characters, and without the marks that spreadsheets put around a text to keep it text.
pub(super) fn clean(cell: &str) -> String {
    let folded: String = cell.chars().filter_map(visible).collect();
    let words: Vec<&str> = folded.split_whitespace().collect();
    let text = words.join(" ");
    let quoted = text
        .strip_prefix("=\"")
        .and_then(|text| text.strip_suffix('"'));
    // `="…"` is a formula whose value is the quoted text.
    match quoted.filter(|inner| !inner.contains('"')) {
        Some(inner) => inner.to_owned(),
        None => text.strip_prefix('\'').unwrap_or(&text).to_owned(),
    }
}

fn visible(c: char) -> Option<char> {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c).saturating_sub(0xfee0)),
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => None,
        _ => Some(c),
    }
}

/// The form in which words are compared: [`clean`], in lower case, without blanks,
/// underscores and bracketed text, and without marks such as `*` and `:` around it.
pub(super) fn bare(text: &str) -> String {
    let mut depth = 0_usize;
    let mut kept = String::new();
    for c in clean(text).chars() {
        match c {
            '(' | '[' | '【' => depth += 1,
            ')' | ']' | '】' => depth = depth.saturating_sub(1),
            _ if depth > 0 || c.is_whitespace() || c == '_' => {}
            _ => kept.extend(c.to_lowercase()),
        }
    }
    // A lone mark is a word of its own.
    let trimmed = kept.trim_matches(['*', ':', '?']);
    if trimmed.is_empty() {
        kept
    } else {
        trimmed.to_owned()
    }
}

/// A cell for messages: shortened if long, with control characters escaped.
pub(super) fn shown(cell: &str) -> String {
    let mut shown = String::new();
    for c in cell.chars().take(SHOWN) {
        if c.is_control() {
            shown.extend(c.escape_debug());
        } else {
            shown.push(c);
        }
    }
    if cell.chars().count() > SHOWN {
        shown.push('…');
    }
    shown
}

/// Whether a spreadsheet would take this for a formula: it starts with `=` or `@`, or with
/// a sign that no number follows.
pub(super) fn is_formula(cell: &str) -> bool {
    let signed = cell.strip_prefix(['+', '-']);
    let number = |rest: &str| {
        let mut signs = rest.chars();
        signs.all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '(' | ')'))
    };
    cell.starts_with(['=', '@']) || signed.is_some_and(|rest| !number(rest))
}

/// Degrees Celsius with one decimal, 30.0 to 45.0, as a JSON number.
pub(super) fn temperature(cell: &str) -> Result<Json, Code> {
    let wrong = Code::ScreenTemperature;
    let text = bare(cell).replace([',', '，', '。'], ".");
    let text = ["℃", "°c", "度", "c"]
        .iter()
        .find_map(|unit| text.strip_suffix(unit))
        .unwrap_or(&text);
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let part = part
        .strip_suffix('0')
        .filter(|it| !it.is_empty())
        .unwrap_or(part);
    if !digits(whole) || !digits(part) || whole.len() > 2 || part.len() > 1 {
        return Err(wrong);
    }
    let tenths: i64 = format!("{whole}{part}").parse().map_err(|_| wrong)?;
    if !(300..=450).contains(&tenths) {
        return Err(wrong);
    }
    serde_json::from_str(&format!("{whole}.{part}")).map_err(|_| wrong)
}

/// Yes or no.
pub(super) fn truth(cell: &str) -> Result<bool, Code> {
    match meaning("answer", cell) {
        Some("yes") => Ok(true),
        Some("no") => Ok(false),
        _ => Err(Code::ScreenTruth),
    }
}

/// Kinds of symptoms, sorted; empty if the cell says that there are none.
pub(super) fn symptoms(cell: &str) -> Result<Vec<&'static str>, Code> {
    if matches!(meaning("answer", cell), Some("no" | "fine")) {
        return Ok(Vec::new());
    }
    if let Some(whole) = meaning("symptom", cell) {
        return Ok(vec![whole]);
    }
    let apart = |c: char| c.is_whitespace() || "、,;/+，；和及".contains(c);
    let named = cell.split(apart).filter(|word| !word.is_empty());
    let mut kinds = Vec::new();
    for word in named {
        kinds.push(meaning("symptom", word).ok_or(Code::ScreenSymptom)?);
    }
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.is_empty() {
        return Err(Code::ScreenSymptom);
    }
    Ok(kinds)
}

/// How many people shared a tube, 1 to 100: a number, 单管, or 10混1.
pub(super) fn pool(cell: &str) -> Result<i64, Code> {
    let text = bare(cell);
    let many = ["混1", "合1", "混一", "合一", "人", ":1"];
    let count = many.iter().find_map(|end| text.strip_suffix(end));
    let count = meaning("pool", cell).or(count).unwrap_or(&text);
    let size = count.parse().ok().filter(|size| (1..=100).contains(size));
    size.ok_or(Code::ScreenPool)
}

/// A telephone number: 7 to 15 digits, optionally with `+` and a country code.
pub(super) fn is_phone(cell: &str) -> bool {
    let text = cell.strip_prefix('+').unwrap_or(cell);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let marks = text
        .bytes()
        .all(|b| b.is_ascii_digit() || b" -()".contains(&b));
    marks && (7..=15).contains(&digits)
}

/// The name of a word in a group, or else the words that would be valid.
pub(super) fn named(group: &'static str, cell: &str) -> Result<&'static str, String> {
    meaning(group, cell).ok_or_else(|| first_words(group).join("、"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn temperatures_are_read_however_they_are_written() {
        for text in [
            "37.3",
            "37.3℃",
            "37，3",
            "37,3",
            "３７．３ ℃",
            "37.3度",
            "37.3 °C",
            "37.30",
        ] {
            assert_eq!(
                temperature(&clean(text)).unwrap().to_string(),
                "37.3",
                "{text}"
            );
        }
        assert_eq!(temperature("36").unwrap().to_string(), "36.0");
        for text in [
            "373", "37.35", "3.73", "29.9", "45.1", "", ".", "-37.3", "正常",
        ] {
            assert!(temperature(text).is_err(), "{text}");
        }
    }

    #[test]
    fn symptoms_are_separated_by_many_marks() {
        let both = Ok(vec!["cough", "fever"]);
        for text in [
            "发热、咳嗽",
            "发热，咳嗽",
            "咳嗽;发热",
            "发烧 咳嗽",
            "fever, cough",
            "咳嗽、发热、咳嗽",
        ] {
            assert_eq!(symptoms(&clean(text)), both, "{text}");
        }
        assert_eq!(symptoms("sore throat"), Ok(vec!["sore_throat"]));
        assert_eq!(symptoms("无"), Ok(Vec::new()));
        assert_eq!(symptoms("发热、无"), Err(Code::ScreenSymptom));
        assert_eq!(symptoms("头痛"), Err(Code::ScreenSymptom));
        assert_eq!(symptoms("、"), Err(Code::ScreenSymptom));
    }

    #[test]
    fn yes_and_no_are_marks_too() {
        for (text, told) in [
            ("是", true),
            ("有", true),
            ("√", true),
            ("Ｙ", true),
            ("无", false),
            ("×", false),
            ("否", false),
        ] {
            assert_eq!(truth(&clean(text)), Ok(told), "{text}");
        }
        assert!(truth("也许").is_err());
    }

    #[test]
    fn pools_are_numbers_and_words() {
        for (text, size) in [
            ("单管", 1),
            ("1", 1),
            ("10", 10),
            ("10混1", 10),
            ("20人", 20),
        ] {
            assert_eq!(pool(text), Ok(size), "{text}");
        }
        assert!(pool("0").is_err() && pool("101").is_err() && pool("混管").is_err());
    }

    #[test]
    fn formulas_are_known_and_signed_numbers_are_none() {
        for text in ["=cmd|' /C calc'!A0", "@SUM(1)", "+cmd", "-x"] {
            assert!(is_formula(text), "{text}");
        }
        for text in ["+86 138-0000-0000", "-", "-1", "阳性"] {
            assert!(!is_formula(text), "{text}");
        }
        assert_eq!(clean("=\"620102199001010011\""), "620102199001010011");
        assert_eq!(clean("'0931"), "0931");
    }
}
