//! Text in every language it is written in, and the catalogue of core's own messages.
//!
//! Readers get everything in Chinese or English. A pack brings its captions in both, or in
//! the languages that it names. Core's own messages are in `messages/`, one line each, and
//! never in code.

use crate::order;
use crate::order::Gather;
use crate::order::sort_by;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};
use std::sync::Arc;

/// A language that every text is available in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// Simplified Chinese, `zh-CN`.
    ZhCn,
    /// English, `en`.
    En,
}

impl Lang {
    /// The tag of Simplified Chinese.
    pub const ZH_CN: &str = "zh-CN";
    /// The tag of English.
    pub const EN: &str = "en";

    /// The tag of BCP 47.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::ZhCn => Self::ZH_CN,
            Self::En => Self::EN,
        }
    }

    /// The language with this tag; `None` if not every text is available in it.
    #[must_use]
    pub fn named(tag: &str) -> Option<Self> {
        [Self::ZhCn, Self::En]
            .into_iter()
            .find(|it| it.tag() == tag)
    }
}

/// Whether `tag` has the form of a language tag: `en`, `zh-CN`, `mn-Cyrl`.
///
/// ```
/// use longma_core::is_language;
/// assert!(is_language("bo") && is_language("zh-Hant-TW"));
/// assert!(!is_language("") && !is_language("english") && !is_language("de_DE"));
/// ```
#[must_use]
pub fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    let is_first = matches!(first.len(), 2..=3) && first.bytes().all(|b| b.is_ascii_lowercase());
    is_first
        && parts.all(|part| {
            matches!(part.len(), 2..=8) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}

/// One text in every language of [`Lang`], and in those that its pack names besides.
///
/// A pack that does not write Chinese or English shows its first language there: whoever
/// reads gets words. As JSON, an object of texts by tag.
///
/// ```
/// use longma_core::{Lang, Localized};
///
/// let until = Localized {
///     others: vec![("de".into(), "bis {at}".to_owned())],
///     ..Localized::new("至 {at}", "until {at}")
/// };
/// let filled = until.filled(|name| (name == "at").then(|| "21:00".to_owned()));
/// assert_eq!(filled.get(Lang::ZhCn), "至 21:00");
/// assert_eq!(filled.get(Lang::En), "until 21:00");
/// assert_eq!(filled.of("de"), "bis 21:00");
/// assert_eq!(filled.of("fr"), "until 21:00");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Localized {
    /// Simplified Chinese.
    pub zh_cn: String,
    /// English.
    pub en: String,
    /// Further languages by tag, in the order of the pack.
    pub others: Vec<(Arc<str>, String)>,
}

impl Localized {
    /// A text in Chinese and in English.
    #[must_use]
    pub fn new(zh_cn: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh_cn: zh_cn.into(),
            en: en.into(),
            others: Vec::new(),
        }
    }

    /// The text in `lang`.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::ZhCn => &self.zh_cn,
            Lang::En => &self.en,
        }
    }

    /// The text in the language with this tag, or else in English.
    #[must_use]
    pub fn of(&self, tag: &str) -> &str {
        let mut texts = self.texts();
        let found = texts.find(|(known, _)| *known == tag);
        found.map_or(&self.en, |(_, text)| text)
    }

    /// The texts, each with its language's tag.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        let both = [(Lang::ZH_CN, &*self.zh_cn), (Lang::EN, &*self.en)];
        let others = self.others.iter();
        both.into_iter()
            .chain(others.map(|(tag, text)| (&**tag, &**text)))
    }

    /// The same text in both languages, for a name, a number or a key.
    #[must_use]
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self::new(text.clone(), text)
    }

    /// Builds the text for each language with one function.
    #[must_use]
    pub fn build(mut text: impl FnMut(Lang) -> String) -> Self {
        Self::new(text(Lang::ZhCn), text(Lang::En))
    }

    /// What `change` makes of the text in each language, which is given by its tag.
    #[must_use]
    pub fn map(&self, change: &dyn Fn(&str, &str) -> String) -> Self {
        let others = self.others.iter();
        Self {
            zh_cn: change(Lang::ZH_CN, &self.zh_cn),
            en: change(Lang::EN, &self.en),
            others: others
                .map(|(tag, text)| (Arc::clone(tag), change(tag, text)))
                .collect(),
        }
    }

    /// The text with each `{name}` replaced by the result of `value`, which is the same in
    /// every language; a name without a value stays as it is.
    #[must_use]
    pub fn filled(&self, value: impl Fn(&str) -> Option<String>) -> Self {
        self.map(&|_, text| fill(text, &value))
    }

    /// Whether the text is blank in a language.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.texts().any(|(_, text)| text.trim().is_empty())
    }

    /// The length in bytes of its longest text.
    #[must_use]
    pub fn longest(&self) -> usize {
        let mut longest = self.zh_cn.len().max(self.en.len());
        for (_, text) in &self.others {
            longest = longest.max(text.len());
        }
        longest
    }

    /// The length in bytes of its texts together.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let mut bytes = self.zh_cn.len() + self.en.len();
        for (_, text) in &self.others {
            bytes += text.len();
        }
        bytes
    }
}

impl Serialize for Localized {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.texts())
    }
}

impl<'de> Deserialize<'de> for Localized {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(ByLanguage)
    }
}

/// Reads texts by their languages' tags.
struct ByLanguage;

impl<'de> Visitor<'de> for ByLanguage {
    type Value = Localized;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an object with `zh-CN`, `en` and texts in other languages")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Localized, A::Error> {
        let (mut zh_cn, mut en, mut others) = (None, None, Vec::new());
        while let Some((tag, text)) = members.next_entry::<String, String>()? {
            match tag.as_str() {
                Lang::ZH_CN => zh_cn = Some(text),
                Lang::EN => en = Some(text),
                _ if is_language(&tag) => others.push((tag.into(), text)),
                _ => return Err(A::Error::unknown_field(&tag, &["zh-CN", "en"])),
            }
        }
        Ok(Localized {
            zh_cn: zh_cn.ok_or_else(|| A::Error::missing_field(Lang::ZH_CN))?,
            en: en.ok_or_else(|| A::Error::missing_field(Lang::EN))?,
            others,
        })
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
    fill_in(template, &mut value)
}

/// One copy for all who fill.
fn fill_in(template: &str, value: &mut dyn FnMut(&str) -> Option<String>) -> String {
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
/// let yellow = Localized::new("黄码", "yellow");
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
    pub fn with(self, name: &'static str, value: impl IntoLocalized) -> Self {
        self.and_one(name, value.into_localized())
    }

    #[inline(never)]
    fn and_one(mut self, name: &'static str, value: Localized) -> Self {
        self.0.push((name, value));
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
        displayed(&self)
    }
}

/// The same text in every language. One copy of this for all that can be displayed.
fn displayed(value: &dyn Display) -> Localized {
    Localized::same(value.to_string())
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
                order::sort(&mut names);
                (key, names)
            });
            named.into_map()
        };
        let twice = |file: &'static str| {
            let mut seen = BTreeSet::new();
            let again = lines(file).filter(move |(key, _)| !seen.insert(*key));
            again.map(|(key, _)| format!("{key} is given twice"))
        };
        let (left, right) = (named(zh_cn), named(en));
        let keys: BTreeSet<&&str> = left.keys().chain(right.keys()).into_set();
        let other = keys
            .into_iter()
            .filter(|key| left.get(**key) != right.get(**key));
        let other = other.map(|key| format!("{key} is not the same in both"));
        other.chain(twice(zh_cn)).chain(twice(en)).collect()
    }
}

/// Declares `messages()`, the calling crate's own catalogue, from the two files
/// of its folder `messages/`, or of a folder in it.
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
