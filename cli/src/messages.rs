//! The command's own messages, in two languages.
//!
//! They are in `messages/`, one per line, as in core. Code names them by [`Key`], so
//! that a missing or unused message shows when the crate is built or tested. Help
//! texts belong to arguments rather than to code and are looked up by name
//! ([`Words::find`]).

mod keys;

pub(crate) use keys::Key;

use longma_core::{Args, CodeName, Family, Lang, Localized, Messages};
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
    pub(crate) fn fill(self, key: Key, args: &Args) -> String {
        args.fill(self.say(key), self.lang)
    }

    /// The items as a list in words; empty for none.
    pub(crate) fn list<T: Display>(self, items: impl IntoIterator<Item = T>) -> String {
        let mut items = items.into_iter();
        let first = items
            .next()
            .map(|item| item.to_string())
            .unwrap_or_default();
        items.fold(first, |left, right| {
            self.fill(
                Key::ListJoin,
                &Args::of("left", &left).with("right", &right),
            )
        })
    }

    /// The message called `name`, if there is one.
    pub(crate) fn find(self, name: &str) -> Option<&'static str> {
        messages().template(name, self.lang)
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
    /// Codes of the command's own findings: files that are unreadable or refused, and gaps
    /// in coverage.
    pub enum Code {
        Io = "io",
        Encoding = "encoding",
        FileKind = "file-kind",
        FileOutside = "file-outside",
        FileSize = "file-size",
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
            let of = key.strip_suffix(".help").unwrap_or(key);
            let said = named.contains(key) || named.contains(of);
            assert!(of_help || said, "nobody says {key}");
        }
    }
}
