//! The desk's own words, in two languages, from `messages/`.

use longma_core::{Localized, Messages};
use std::fmt::Display;
use std::sync::OnceLock;

/// The desk's text for `key`, with `{name}`s filled from `args`; the key itself
/// where there is no such text.
#[must_use]
pub fn say(key: &str, args: &[(&str, &dyn Display)]) -> Localized {
    let texts: Vec<(&str, Localized)> = args
        .iter()
        .map(|(name, value)| (*name, Localized::same(value.to_string())))
        .collect();
    say_localized(key, &texts)
}

/// As [`say`], with arguments that differ by language.
#[must_use]
pub fn say_localized(key: &str, args: &[(&str, Localized)]) -> Localized {
    let args: Vec<(&str, &Localized)> = args.iter().map(|(n, v)| (*n, v)).collect();
    find(key, &args).unwrap_or_else(|| Localized::same(key))
}

/// The desk's text for `key`, where there is one.
#[must_use]
pub fn find(key: &str, args: &[(&str, &Localized)]) -> Option<Localized> {
    static MESSAGES: OnceLock<Messages> = OnceLock::new();
    MESSAGES
        .get_or_init(|| {
            Messages::read(
                include_str!("../messages/zh-CN.txt"),
                include_str!("../messages/en.txt"),
            )
        })
        .get(key, args)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_catalogues_hold_the_same_messages_with_the_same_placeholders() {
        let zh_cn = Messages::names(include_str!("../messages/zh-CN.txt"));
        let en = Messages::names(include_str!("../messages/en.txt"));
        assert_eq!(zh_cn, en);
    }

    #[test]
    fn a_text_that_is_missing_shows_its_key() {
        assert_eq!(say("no-such-text", &[]), Localized::same("no-such-text"));
    }
}
