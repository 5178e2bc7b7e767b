//! This crate's own words, in two languages, from `messages/`, and the problems
//! that are told in them.

use longma_core::{Localized, Messages, Place, Problem};
use std::fmt::Display;
use std::sync::OnceLock;

/// The text for `key`, with `{name}`s filled from `args`; the key itself where
/// there is no such text.
#[must_use]
pub fn say(key: &str, args: &[(&str, &dyn Display)]) -> Localized {
    messages().say(key, args)
}

/// As [`say`], with arguments that differ by language.
#[must_use]
pub fn say_localized(key: &str, args: &[(&str, Localized)]) -> Localized {
    messages().say_localized(key, args)
}

/// The text for `key`, where there is one.
#[must_use]
pub fn find(key: &str, args: &[(&str, &Localized)]) -> Option<Localized> {
    messages().get(key, args)
}

fn messages() -> &'static Messages {
    static MESSAGES: OnceLock<Messages> = OnceLock::new();
    MESSAGES.get_or_init(|| {
        Messages::read(
            include_str!("../messages/zh-CN.txt"),
            include_str!("../messages/en.txt"),
        )
    })
}

/// A problem at a value of a facts document, told by `code` and `code.help`.
#[must_use]
pub fn problem(code: &str, pointer: impl Into<String>, args: &[(&str, &dyn Display)]) -> Problem {
    let texts: Vec<(&str, Localized)> = args
        .iter()
        .map(|(name, value)| (*name, Localized::same(value.to_string())))
        .collect();
    problem_localized(code, pointer, &texts)
}

/// As [`problem`], with arguments that differ by language.
#[must_use]
pub fn problem_localized(
    code: &str,
    pointer: impl Into<String>,
    args: &[(&str, Localized)],
) -> Problem {
    let pointer = pointer.into();
    Problem::told(messages(), code, Place::Facts { pointer }, args)
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
    fn no_message_is_given_twice() {
        for file in [
            include_str!("../messages/zh-CN.txt"),
            include_str!("../messages/en.txt"),
        ] {
            let lines = file.lines().filter(|line| !line.starts_with('#'));
            let given = lines.filter(|line| line.contains(" = ")).count();
            assert_eq!(given, Messages::names(file).len());
        }
    }
}
