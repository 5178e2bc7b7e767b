//! Text in two languages, and the catalogue that core's own messages come from.
//!
//! Whoever reads Longma reads Chinese or English. A pack brings its captions in
//! both; what core itself says stands in `messages/`, one line a message, and
//! never in code.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A language that everything is told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// Simplified Chinese, `zh-CN`.
    ZhCn,
    /// English, `en`.
    En,
}

/// One text in every language of [`Lang`].
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

    /// The same text in both languages: a name, a number, a key.
    #[must_use]
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            zh_cn: text.clone(),
            en: text,
        }
    }

    /// Builds both texts by the same function.
    pub(crate) fn build(mut text: impl FnMut(Lang) -> String) -> Self {
        Self {
            zh_cn: text(Lang::ZhCn),
            en: text(Lang::En),
        }
    }

    /// Whether either language is missing.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.zh_cn.trim().is_empty() || self.en.trim().is_empty()
    }
}

/// Replaces each `{name}` of `template` by what `value` gives for it; a name
/// without a value stays as it stands.
pub(crate) fn fill(template: &str, mut value: impl FnMut(&str) -> Option<String>) -> String {
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
pub(crate) fn placeholders(template: &str) -> Vec<String> {
    let mut names = Vec::new();
    fill(template, |name| {
        names.push(name.to_owned());
        None
    });
    names
}

/// Core's own text for `key`, with `{name}`s filled from `args`.
pub(crate) fn message(key: &str, args: &[(&str, &Localized)]) -> Option<Localized> {
    static CATALOGUE: OnceLock<BTreeMap<&'static str, (&'static str, &'static str)>> =
        OnceLock::new();
    let (zh_cn, en) = CATALOGUE.get_or_init(catalogue).get(key)?;
    Some(Localized::build(|lang| {
        let template = match lang {
            Lang::ZhCn => zh_cn,
            Lang::En => en,
        };
        fill(template, |name| {
            let (_, text) = args.iter().find(|(arg, _)| *arg == name)?;
            Some(text.get(lang).to_owned())
        })
    }))
}

fn catalogue() -> BTreeMap<&'static str, (&'static str, &'static str)> {
    let zh_cn: BTreeMap<_, _> = lines(include_str!("../messages/zh-CN.txt")).collect();
    lines(include_str!("../messages/en.txt"))
        .map(|(key, en)| (key, (zh_cn.get(key).copied().unwrap_or(en), en)))
        .collect()
}

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
    fn both_catalogues_hold_the_same_messages_with_the_same_placeholders() {
        let of = |file| -> BTreeMap<&str, Vec<String>> {
            lines(file)
                .map(|(key, text)| {
                    let mut names = placeholders(text);
                    names.sort();
                    (key, names)
                })
                .collect()
        };
        let zh_cn = of(include_str!("../messages/zh-CN.txt"));
        let en = of(include_str!("../messages/en.txt"));
        assert_eq!(zh_cn, en);
    }

    #[test]
    fn an_unknown_placeholder_and_a_lone_brace_stay() {
        let filled = fill("{a} {b} {", |name| (name == "a").then(|| "1".to_owned()));
        assert_eq!(filled, "1 {b} {");
    }

    #[test]
    fn a_message_is_filled_in_both_languages() {
        let text = message("expected-bool", &[]).unwrap();
        assert!(!text.is_incomplete());
        assert_eq!(message("no-such-message", &[]), None);
    }
}
