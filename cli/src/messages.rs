//! The command's own messages, in two languages.
//!
//! They are in `messages/`, one per line, as in core. Code names them by [`Key`], so
//! that a missing or unused message shows when the crate is built or tested. Help
//! texts belong to arguments rather than to code and are looked up by name
//! ([`Words::find`]).

mod keys;

pub(crate) use keys::Key;

use longma_core::{CodeName, Family, Lang, Localized, Messages, Place, Problem, Severity};
use std::fmt::Display;

/// The command's messages in one language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    lang: Lang,
}

impl Words {
    pub(crate) fn new(lang: Lang) -> Self {
        Self { lang }
    }

    pub(crate) fn lang(self) -> Lang {
        self.lang
    }

    /// A text from core or a pack, which has it in every language.
    pub(crate) fn of(self, text: &Localized) -> &str {
        text.get(self.lang)
    }

    /// The message as it is, with nothing filled in.
    pub(crate) fn say(self, key: Key) -> &'static str {
        self.find(key.name()).unwrap_or_else(|| key.name())
    }

    /// The message with its `{name}`s filled in.
    pub(crate) fn fill(self, key: Key, args: &[(&str, &dyn Display)]) -> String {
        longma_core::fill(self.say(key), |name| {
            let (_, value) = args.iter().find(|(arg, _)| *arg == name)?;
            Some(value.to_string())
        })
    }

    /// The items as a list in words; empty for none.
    pub(crate) fn list<T: Display>(self, items: impl IntoIterator<Item = T>) -> String {
        let mut items = items.into_iter();
        let first = items
            .next()
            .map(|item| item.to_string())
            .unwrap_or_default();
        items.fold(first, |left, right| {
            self.fill(Key::ListJoin, &[("left", &left), ("right", &right)])
        })
    }

    /// The message called `name`, if there is one.
    pub(crate) fn find(self, name: &str) -> Option<&'static str> {
        messages().template(name, self.lang)
    }
}

/// A problem of the command's own, in every language; its code is the key's name.
pub(crate) fn problem(key: Key, help: Key, args: &[(&str, &dyn Display)]) -> Problem {
    let say = |key: Key| Localized::build(|lang: Lang| Words::new(lang).fill(key, args));
    Problem {
        severity: Severity::Error,
        code: CodeName::of(key),
        message: say(key),
        help: Some(say(help)),
        place: Place::None,
        expected: None,
        found: None,
        rule: None,
    }
}

longma_core::messages!();

impl Family for Key {
    fn name(self) -> &'static str {
        self.name()
    }

    fn messages() -> &'static Messages {
        messages()
    }
}

impl From<Key> for CodeName {
    fn from(key: Key) -> Self {
        Self::of(key)
    }
}

longma_core::codes! {
    /// Codes of the command's own findings: unreadable files, and gaps in coverage.
    pub enum Code {
        Io = "io",
        Encoding = "encoding",
        Coverage = "coverage",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const LANGUAGES: [Words; 2] = [Words { lang: Lang::ZhCn }, Words { lang: Lang::En }];

    #[test]
    fn every_key_that_code_names_has_words() {
        for words in LANGUAGES {
            for key in Key::ALL {
                assert!(words.find(key.name()).is_some(), "no words for {key:?}");
            }
        }
    }

    #[test]
    fn every_message_is_named_by_code_or_belongs_to_the_help() {
        let help = [
            "help.",
            "usage.",
            "about.",
            "option.",
            "example.",
            "exit.",
            "environment.",
        ];
        let named: BTreeSet<&str> = Key::ALL.iter().map(|key| key.name()).collect();
        for key in messages().keys() {
            let of_help = help.iter().any(|prefix| key.starts_with(prefix));
            assert!(of_help || named.contains(key), "nobody says {key}");
        }
    }
}
