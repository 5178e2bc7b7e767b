//! The desk's own messages in both languages, from `messages/`.

use longma_core::{Args, Instant, Lang, Localized, Offset};
use std::borrow::Cow;

/// The text for `key`, with each `{name}` filled from `args`; the key itself if there
/// is no such text.
#[must_use]
pub fn say(key: &str, args: &Args) -> Localized {
    messages().say(key, args)
}

/// The text for `key`, where there is one.
#[must_use]
pub fn find(key: &str, args: &Args) -> Option<Localized> {
    messages().get(key, args)
}

/// Texts in a row, as each language separates them.
pub(crate) fn joined(texts: &[Localized]) -> Localized {
    Localized::build(|lang| {
        let texts: Vec<&str> = texts.iter().map(|text| text.get(lang)).collect();
        texts.join(match lang {
            Lang::ZhCn => "、",
            Lang::En => ", ",
        })
    })
}

longma_core::messages!();

/// Splits a text that says the same thing in one language and then in the other, as
/// reasons and names of cases do: `一句话。 One sentence.`, `一句话 — one sentence`. Any other
/// text is returned whole for both languages.
///
/// ```
/// let reason = longma_desk::text::bilingual("改为 5 天。 Five days.");
/// assert_eq!(reason.en, "Five days.");
/// ```
#[must_use]
pub fn bilingual(text: &str) -> Localized {
    let text = text.trim();
    let chinese =
        |c: char| matches!(u32::from(c), 0x2E80..=0x9FFF | 0xF900..=0xFAFF | 0xFF00..=0xFFEF);
    let first = text.chars().find(|c| c.is_alphabetic() || chinese(*c));
    let halves = if first.is_some_and(chinese) {
        let last = text.char_indices().rfind(|(_, c)| chinese(*c));
        let after = last.map_or(0, |(at, c)| at + c.len_utf8());
        let rest = text.get(after..).unwrap_or_default();
        // A number after the Chinese may belong to it; a dash then marks the end.
        let dash = rest.find(" — ");
        let numeric = |end: &usize| {
            let before = rest.get(..*end);
            before.is_some_and(|before| !before.contains(char::is_alphabetic))
        };
        let end = dash.filter(numeric).or_else(|| rest.find(' '));
        end.and_then(|end| text.split_at_checked(after + end))
    } else {
        let at = text.find(chinese);
        at.and_then(|at| text.split_at_checked(at))
            .map(|(en, zh)| (zh, en))
    };
    let trimmed = |half: &str| half.trim_matches([' ', '—']).to_owned();
    let spoken = |half: &str| {
        half.split_whitespace()
            .filter(|w| w.chars().any(char::is_alphabetic))
            .count()
            > 1
    };
    match halves {
        Some((zh_cn, en)) if spoken(en) => Localized::new(trimmed(zh_cn), trimmed(en)),
        _ => Localized::same(text),
    }
}

/// A time that was written at another offset, at this one; any other text as it stands.
///
/// ```
/// use longma_core::Offset;
/// use longma_desk::text::at_offset;
///
/// let told = at_offset("2022-07-08T16:30:00Z", Offset::CHINA);
/// assert_eq!(told, "2022-07-09T00:30:00+08:00");
/// assert_eq!(at_offset("VENUE-1", Offset::CHINA), "VENUE-1");
/// ```
#[must_use]
pub fn at_offset(text: &str, offset: Offset) -> Cow<'_, str> {
    let instant = Instant::parse_to_the_minute(text).ok();
    let elsewhere = instant.filter(|_| !text.ends_with(&offset.to_string()));
    elsewhere.map_or(Cow::Borrowed(text), |at| at.to_rfc3339(offset).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_both_languages_is_told_apart() {
        for (text, zh_cn, en) in [
            ("改为 5 天。 Five days.", "改为 5 天。", "Five days."),
            ("3 天内两次 — two in 3 days", "3 天内两次", "two in 3 days"),
            (
                "Ends with it. 止于“新十条”。",
                "止于“新十条”。",
                "Ends with it.",
            ),
            (
                "止于 2022-12-07 — ends on 2022-12-07",
                "止于 2022-12-07",
                "ends on 2022-12-07",
            ),
            ("只有中文。", "只有中文。", "只有中文。"),
            ("English alone", "English alone", "English alone"),
        ] {
            let told = bilingual(text);
            assert_eq!((told.zh_cn.as_str(), told.en.as_str()), (zh_cn, en));
        }
    }

    #[test]
    fn a_text_that_is_missing_shows_its_key() {
        assert_eq!(
            say("no-such-text", &Args::NONE),
            Localized::same("no-such-text")
        );
    }
}
