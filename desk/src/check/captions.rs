//! Whether the languages of a caption say the same: the same params, the same numbers.

use super::packs::{finding, in_language};
use crate::code::Code;
use longma_core::order::Gather;
use longma_core::{Args, EVIDENCE, Lang, Localized, Place, placeholders};
use longma_lang::finding::Finding;
use std::collections::BTreeSet;

/// The greatest number that is also looked for in words.
const IN_WORDS: usize = 31;
const ENGLISH: [&str; 21] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];
const CHINESE: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

/// Reports a param or a number that stands in one of `languages` and not in another; `known`
/// are the params. Of several numbers the first: whoever corrects one reads the other.
pub(super) fn alike(
    place: &Place,
    text: &Localized,
    languages: &[String],
    known: &BTreeSet<&str>,
    out: &mut Vec<Finding>,
) {
    // Core reports missing texts.
    if text.is_incomplete() {
        return;
    }
    let texts: Vec<(&str, &str)> = text
        .texts()
        .filter(|(tag, _)| languages.iter().any(|it| it == tag))
        .collect();
    let pairs = || {
        let each = texts
            .iter()
            .flat_map(|here| texts.iter().map(move |there| (here, there)));
        each.filter(|(here, there)| here.0 != there.0)
    };
    let mut tell = |code: Code, language: &str, other: &str, args: Args| {
        let spot = in_language(place, language);
        out.push(finding(code, spot, &args.with("other", other)));
    };
    // A name that no param has is told by itself.
    let is_known = |name: &String| known.contains(&**name) || name.starts_with(EVIDENCE);
    let sound = texts
        .iter()
        .all(|(_, text)| placeholders(text).iter().all(is_known));
    for ((language, here), (other, there)) in pairs().filter(|_| sound) {
        let there: BTreeSet<String> = placeholders(there).into_iter().into_set();
        for name in placeholders(here) {
            if !there.contains(&name) {
                tell(Code::TextParam, language, other, Args::of("name", name));
            }
        }
    }
    // Numbers in words are known in Chinese and English only.
    let read = pairs().filter(|(_, (other, _))| Lang::named(other).is_some());
    let only = read
        .into_iter()
        .find_map(|((language, here), (other, there))| {
            let mut numbers = numbers(here).into_iter().filter(|it| !it.clock);
            let number = numbers.find(|it| !says(there, &it.digits))?;
            Some((*language, *other, number.digits))
        });
    if let Some((language, other, number)) = only {
        tell(
            Code::TextNumber,
            language,
            other,
            Args::of("number", number),
        );
    }
}

/// A number in digits.
struct Number {
    digits: String,
    /// Whether it is the hour or the minute of a time of day, which languages write
    /// differently: 21 时, 9 p.m.
    clock: bool,
}

/// What follows an hour: 7 时, 7 点, 7:00, 7 am.
const AFTER_HOUR: [&str; 9] = ["时", "点", ":", "：", "am", "pm", "a.m", "p.m", "o'clock"];
/// What stands between the ends of a range: 7-9 时.
const BETWEEN: [&str; 9] = ["-", "–", "—", "~", "～", "至", "到", "to", "and"];

/// The numbers of a text in digits, without those in a name (`Ad5`, `{n2}`).
fn numbers(text: &str) -> Vec<Number> {
    let lower = text.to_lowercase().replace('’', "'");
    let mut all: Vec<Number> = Vec::new();
    let mut rest = lower.as_str();
    while let Some(at) = rest.find(|sign: char| sign.is_ascii_digit()) {
        let (between, tail) = rest.split_at(at);
        let digits = tail
            .find(|sign: char| !sign.is_ascii_digit())
            .unwrap_or(tail.len());
        let (number, after) = tail.split_at(digits);
        rest = after;
        if between.ends_with(|sign: char| sign.is_ascii_alphabetic() || sign == '_') {
            continue;
        }
        let between = between.trim();
        let after = after.trim_start();
        let hour = AFTER_HOUR.iter().any(|it| begins(after, it));
        // The minutes after it: 7 时 30 分, 7:30.
        let minute = all.last().is_some_and(|it| it.clock)
            && (matches!(between, ":" | "：")
                || matches!(between, "时" | "点") && after.starts_with('分'));
        let clock = hour || minute;
        // Of a range only the last hour may say that it is one: 7-9 时.
        if let (true, Some(last)) = (clock && BETWEEN.contains(&between), all.last_mut()) {
            last.clock = true;
        }
        all.push(Number {
            digits: number.to_owned(),
            clock,
        });
    }
    all
}

/// Whether a text begins with a word, and not with a longer one: `am`, not `amber`.
fn begins(text: &str, word: &str) -> bool {
    let rest = text.strip_prefix(word);
    rest.is_some_and(|rest| {
        !word.ends_with(|sign: char| sign.is_ascii_alphabetic())
            || !rest.starts_with(|sign: char| sign.is_ascii_alphabetic())
    })
}

/// Whether a text has a number, in digits or in words of either language. A word may be part
/// of another: rather a slip that is not told than an alarm without ground.
fn says(text: &str, number: &str) -> bool {
    if numbers(text).iter().any(|it| it.digits == number) {
        return true;
    }
    let Some(n) = number.parse::<usize>().ok().filter(|n| *n <= IN_WORDS) else {
        return false;
    };
    let lower = text.to_lowercase();
    let words: BTreeSet<&str> = lower.split(|c: char| !c.is_ascii_alphabetic()).into_set();
    let english = ENGLISH.get(n).is_some_and(|word| words.contains(word))
        || (n == 1 && words.contains("once"))
        || (n == 2 && words.contains("twice"));
    english || chinese(n).iter().any(|word| text.contains(word))
}

/// A number in Chinese, in the ways in which captions write it.
fn chinese(n: usize) -> Vec<String> {
    let digit = |n: usize| CHINESE.get(n).copied().unwrap_or_default();
    let ones = if n.is_multiple_of(10) {
        ""
    } else {
        digit(n % 10)
    };
    match n / 10 {
        0 if n == 2 => vec!["两".to_owned(), "二".to_owned()],
        0 => vec![digit(n).to_owned()],
        1 => vec![format!("十{ones}")],
        tens => vec![format!("{}十{ones}", digit(tens))],
    }
}

#[cfg(test)]
mod tests {
    use super::alike;
    use longma_compile::usual_languages;
    use longma_core::{Localized, Place};
    use std::collections::BTreeSet;

    fn told(zh_cn: &str, en: &str) -> Vec<String> {
        let text = Localized::new(zh_cn.to_owned(), en.to_owned());
        let mut out = Vec::new();
        let known = BTreeSet::from(["lapse", "quarantine"]);
        let place = Place::key("captions.toml", ["code"]);
        alike(&place, &text, &usual_languages(), &known, &mut out);
        out.into_iter()
            .map(|it| format!("{}: {}", it.code, it.message.en))
            .collect()
    }

    #[test]
    fn a_number_is_the_same_in_digits_and_in_words() {
        for (zh_cn, en) in [
            ("离开后 3 天内做两次检测", "two tests within three days"),
            ("十四天", "14 days"),
            ("二十一天内", "within 21 days"),
            ("当天 24 时前采样", "a sample before the end of the day"),
            ("腺病毒载体疫苗", "the Ad5 vector vaccine"),
            ("一次", "once"),
            ("48 小时内", "within 48 hours"),
            ("早 7:30 至 9:00", "7:30 to 9:00"),
            ("每天 7 时至 9 时", "from 7 to 9 every day"),
            ("每天 7-9 时", "between 7 and 9 in the morning"),
            ("21 时前", "before 9 p.m."),
            ("晚上 9 点前", "before 9pm"),
            ("7 时 30 分起", "from 7:30 on"),
            ("8 点起", "from 8 o’clock on"),
            ("上午采样", "sampled from 7 to 9 am"),
            ("满 {lapse}后", "after {lapse}"),
        ] {
            assert_eq!(told(zh_cn, en), Vec::<String>::new(), "{zh_cn} | {en}");
        }
    }

    #[test]
    fn what_stands_in_one_language_only_is_told() {
        let number =
            |n, other| format!("text-number: the number {n} stands here and not in {other}");
        assert_eq!(
            told("隔离 14 天", "Isolated for 7 days"),
            [number(14, "en")]
        );
        assert_eq!(told("48 小时内", "within 72 hours"), [number(48, "en")]);
        assert_eq!(told("7 时起 3 天", "from 7 am for days"), [number(3, "en")]);
        assert_eq!(
            told("7 时起", "7 amber lights, 5 hours"),
            [number(5, "zh-CN")]
        );
        assert_eq!(
            told("隔离一段时间", "Isolated for 7 days"),
            [number(7, "zh-CN")]
        );
        let param = "text-param: the param quarantine stands here and not in en";
        assert_eq!(told("隔离 {quarantine}", "Isolated for a time"), [param]);
    }
}
