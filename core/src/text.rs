//! Text in two languages, and the catalogue of core's own messages.
//!
//! Readers get everything in Chinese or English. A pack brings its captions in both.
//! Core's own messages are in `messages/`, one line each, and never in code.

use crate::order::sort_by;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

/// A language that every text is available in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// Simplified Chinese, `zh-CN`.
    ZhCn,
    /// English, `en`.
    En,
}

/// One text in every language of [`Lang`].
///
/// ```
/// use longma_core::{Lang, Localized};
///
/// let until = Localized { zh_cn: "至 {at}".to_owned(), en: "until {at}".to_owned() };
/// let filled = until.filled(|name| (name == "at").then(|| Localized::same("21:00")));
/// assert_eq!(filled.get(Lang::ZhCn), "至 21:00");
/// assert_eq!(filled.get(Lang::En), "until 21:00");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Localized {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    pub zh_cn: String,
    /// English.
    pub en: String,
}

impl Localized {
    /// The text in `lang`.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::ZhCn => &self.zh_cn,
            Lang::En => &self.en,
        }
    }

    /// The same text in both languages, for a name, a number or a key.
    #[must_use]
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            zh_cn: text.clone(),
            en: text,
        }
    }

    /// Builds the text for each language with one function.
    #[must_use]
    pub fn build(mut text: impl FnMut(Lang) -> String) -> Self {
        Self {
            zh_cn: text(Lang::ZhCn),
            en: text(Lang::En),
        }
    }

    /// The text with each `{name}` replaced by the result of `value`; a name without a
    /// value stays as it is.
    #[must_use]
    pub fn filled(&self, value: impl Fn(&str) -> Option<Self>) -> Self {
        Self::build(|lang| {
            fill(self.get(lang), |name| {
                Some(value(name)?.get(lang).to_owned())
            })
        })
    }

    /// Whether the text is blank in either language.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.zh_cn.trim().is_empty() || self.en.trim().is_empty()
    }
}

/// Replaces each `{name}` of `template` by the result of `value`; a name without a
/// value stays as it is.
///
/// ```
/// let filled = longma_core::fill("{n} of {m}", |name| (name == "n").then(|| "3".to_owned()));
/// assert_eq!(filled, "3 of {m}");
/// ```
#[must_use]
pub fn fill(template: &str, mut value: impl FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = tail.split_once('}') else {
            out.push('{');
            rest = tail;
            break;
        };
        match value(name) {
            Some(text) => out.push_str(&text),
            None => {
                out.push('{');
                out.push_str(name);
                out.push('}');
            }
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The names in braces of `template`, in order.
///
/// ```
/// assert_eq!(longma_core::placeholders("{n} of {m}"), ["n", "m"]);
/// ```
#[must_use]
pub fn placeholders(template: &str) -> Vec<String> {
    let mut names = Vec::new();
    let _ = fill(template, |name| {
        names.push(name.to_owned());
        None
    });
    names
}

/// The values for the `{name}`s of a message.
///
/// ```
/// use longma_core::{Args, Lang, Localized};
/// let yellow = Localized { zh_cn: "黄码".into(), en: "yellow".into() };
/// let args = Args::of("level", yellow).with("days", 7);
/// assert_eq!(args.fill("{level}, {days} days", Lang::En), "yellow, 7 days");
/// assert_eq!(args.fill("{level} {days} 天", Lang::ZhCn), "黄码 7 天");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Args(Vec<(&'static str, Localized)>);

impl Args {
    /// For messages without a `{name}`.
    pub const NONE: Self = Self(Vec::new());

    /// One value.
    #[must_use]
    pub fn of(name: &'static str, value: impl IntoLocalized) -> Self {
        Self::NONE.with(name, value)
    }

    /// One value more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl IntoLocalized) -> Self {
        self.0.push((name, value.into_localized()));
        self
    }

    /// All of `others` too.
    pub(crate) fn and(mut self, others: &Self) -> Self {
        self.0.extend_from_slice(&others.0);
        self
    }

    /// The value for `{name}`; of two the first.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Localized> {
        let mut args = self.0.iter();
        args.find(|(known, _)| *known == name).map(|(_, it)| it)
    }

    /// `template` in `lang`, with its `{name}`s filled in; a name without a value stays.
    #[must_use]
    pub fn fill(&self, template: &str, lang: Lang) -> String {
        fill(template, |name| Some(self.get(name)?.get(lang).to_owned()))
    }
}

/// What a `{name}` of a message can stand for: whatever can be displayed, which
/// is the same in every language, or a [`Localized`] text.
pub trait IntoLocalized {
    /// The value in every language.
    fn into_localized(self) -> Localized;
}

impl<T: Display> IntoLocalized for T {
    fn into_localized(self) -> Localized {
        Localized::same(self.to_string())
    }
}

impl IntoLocalized for Localized {
    fn into_localized(self) -> Localized {
        self
    }
}

impl IntoLocalized for &Localized {
    fn into_localized(self) -> Localized {
        self.clone()
    }
}

/// Messages in every language, read from catalogues of one line a message
/// (`name = text`, `{x}` stands for a value, `#` begins a comment).
#[derive(Debug)]
pub struct Messages(Vec<(&'static str, Templates)>);

/// A message in Chinese and in English.
type Templates = (&'static str, &'static str);

impl Messages {
    /// Reads the catalogues of both languages. A message missing in Chinese falls back to
    /// English.
    #[must_use]
    pub fn read(zh_cn: &'static str, en: &'static str) -> Self {
        let by_key = |file| {
            let mut lines: Vec<_> = lines(file).collect();
            sort_by(&mut lines, |(a, _), (b, _)| a.cmp(b));
            lines
        };
        let zh_cn = by_key(zh_cn);
        let both = by_key(en).into_iter().map(|(key, en)| {
            let found = zh_cn.binary_search_by(|(known, _)| known.cmp(&key));
            let found = found.ok().and_then(|at| zh_cn.get(at));
            (key, (found.map_or(en, |(_, text)| *text), en))
        });
        Self(both.collect())
    }

    /// The keys, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(key, _)| *key)
    }

    fn find(&self, key: &str) -> Option<Templates> {
        let at = self.0.binary_search_by(|(known, _)| (*known).cmp(key));
        at.ok()
            .and_then(|at| self.0.get(at))
            .map(|(_, found)| *found)
    }

    /// The text for `key` in `lang`, with its `{name}`s unfilled.
    #[must_use]
    pub fn template(&self, key: &str, lang: Lang) -> Option<&'static str> {
        let (zh_cn, en) = self.find(key)?;
        Some(match lang {
            Lang::ZhCn => zh_cn,
            Lang::En => en,
        })
    }

    /// The text for `key`, with `{name}`s filled from `args`.
    #[must_use]
    pub fn get(&self, key: &str, args: &Args) -> Option<Localized> {
        let (zh_cn, en) = self.find(key)?;
        let template = |lang| match lang {
            Lang::ZhCn => zh_cn,
            Lang::En => en,
        };
        Some(Localized::build(|lang| args.fill(template(lang), lang)))
    }

    /// The text for `key`, or the key itself if there is none.
    #[must_use]
    pub fn say(&self, key: &str, args: &Args) -> Localized {
        self.get(key, args).unwrap_or_else(|| Localized::same(key))
    }

    /// Messages that the two catalogues do not share or that differ in placeholders, and
    /// keys given twice in one of them. Empty for the catalogues of each crate.
    #[must_use]
    pub fn differences(zh_cn: &'static str, en: &'static str) -> Vec<String> {
        let named = |file: &'static str| -> BTreeMap<&'static str, Vec<String>> {
            let named = lines(file).map(|(key, text)| {
                let mut names = placeholders(text);
                names.sort();
                (key, names)
            });
            named.collect()
        };
        let twice = |file: &'static str| {
            let mut seen = BTreeSet::new();
            let again = lines(file).filter(move |(key, _)| !seen.insert(*key));
            again.map(|(key, _)| format!("{key} is given twice"))
        };
        let (left, right) = (named(zh_cn), named(en));
        let keys: BTreeSet<&&str> = left.keys().chain(right.keys()).collect();
        let other = keys
            .into_iter()
            .filter(|key| left.get(**key) != right.get(**key));
        let other = other.map(|key| format!("{key} is not the same in both"));
        other.chain(twice(zh_cn)).chain(twice(en)).collect()
    }
}

/// Declares `messages()`, the calling crate's own catalogue, from the two files
/// of its folder `messages/`, or of a folder in it; in tests also that both languages
/// say the same.
#[macro_export]
macro_rules! messages {
    () => {
        $crate::messages!("");
    };
    ($folder:literal) => {
        /// This crate's own messages.
        pub(crate) fn messages() -> &'static $crate::Messages {
            static MESSAGES: std::sync::OnceLock<$crate::Messages> = std::sync::OnceLock::new();
            MESSAGES.get_or_init(|| {
                $crate::Messages::read(
                    include_str!(concat!(
                        env!("CARGO_MANIFEST_DIR"),
                        "/messages/",
                        $folder,
                        "zh-CN.txt"
                    )),
                    include_str!(concat!(
                        env!("CARGO_MANIFEST_DIR"),
                        "/messages/",
                        $folder,
                        "en.txt"
                    )),
                )
            })
        }

        #[cfg(test)]
        #[test]
        fn both_catalogues_hold_the_same_messages_once() {
            let differences = $crate::Messages::differences(
                include_str!(concat!(
                    env!("CARGO_MANIFEST_DIR"),
                    "/messages/",
                    $folder,
                    "zh-CN.txt"
                )),
                include_str!(concat!(
                    env!("CARGO_MANIFEST_DIR"),
                    "/messages/",
                    $folder,
                    "en.txt"
                )),
            );
            assert!(differences.is_empty(), "{differences:?}");
        }
    };
}

messages!();

fn lines(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    file.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
        .map(|(key, text)| (key.trim(), text.trim()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn catalogues_that_differ_are_told_apart() {
        let differences = Messages::differences("a = {x}\nb = 1\n", "a = {y}\nc = 1\nc = 2\n");
        assert_eq!(differences.len(), 4, "{differences:?}");
    }

    #[test]
    fn an_unknown_placeholder_and_a_lone_brace_stay() {
        let filled = fill("{a} {b} {…} {", |name| {
            (name == "a").then(|| "1".to_owned())
        });
        assert_eq!(filled, "1 {b} {…} {");
    }

    #[test]
    fn a_message_is_filled_in_both_languages() {
        let text = messages().get("expected-bool", &Args::NONE).unwrap();
        assert!(!text.is_incomplete());
        assert_eq!(messages().get("no-such-message", &Args::NONE), None);
    }
}
