//! Documents with something odd or wrong in them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::invent::{Dice, Raw};

/// Values of all kinds, with odd spellings and things that are no JSON.
pub(super) const ODDITIES: &[&str] = &[
    "null",
    "true",
    "false",
    "tru",
    "0",
    "-0",
    "01",
    "1",
    "-1",
    "1.0",
    "1e3",
    "1E0",
    "36.5",
    "36.50",
    "36.55",
    "-0.0",
    "-0.5",
    "3.65e1",
    "36.",
    ".5",
    "+1",
    "- 1",
    "0x1",
    "NaN",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "1e400",
    "999999999999999999",
    "4.9",
    "5",
    "5.0",
    "45",
    "45.1",
    "100",
    "101",
    "\"\"",
    "\" \"",
    "\"\u{3000}\"",
    "\"甲\"",
    "\"\\u7532\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud83d\"",
    "\"\\ude00\"",
    "\"\\u0000\"",
    "\"\\n\"",
    "\"\\/\"",
    "\"\\x\"",
    "\"\u{1}\"",
    "\"\t\"",
    "\"\u{7f}\"",
    "\"a",
    "'a'",
    "\"person\"",
    "\"positive\"",
    "\"fever\"",
    "\"620102\"",
    "\"６２０１０２\"",
    "[]",
    "[ ]",
    "[1,]",
    "[,1]",
    "[1 2]",
    "[[]]",
    "{}",
    "{ }",
    "{\"a\":1}",
    "{\"a\":1,}",
    "{,}",
    "{\"a\" 1}",
    "{a:1}",
    "[\"fever\",\"cough\"]",
    "\"2022-07-08\"",
    "\"2022-7-8\"",
    "\"2022-02-29\"",
    "\"2024-02-29\"",
    "\"0000-01-01\"",
    "\"0001-01-01\"",
    "\"0001-01-03\"",
    "\"9999-12-31\"",
    "\"10000-01-01\"",
    "\"9999-12-29\"",
    "\"2022-07-08T21:00:00+08:00\"",
    "\"2022-07-08t21:00:00z\"",
    "\"2022-07-08 21:00:00Z\"",
    "\"2022-07-08T21:00:00.000Z\"",
    "\"2022-07-08T21:00:00.5Z\"",
    "\"2022-07-08T21:00:00\"",
    "\"2022-07-08T21:00:60Z\"",
    "\"2016-12-31T23:59:60Z\"",
    "\"2022-07-08T24:00:00Z\"",
    "\"2022-07-08T21:00:00+14:00\"",
    "\"2022-07-08T21:00:00+24:00\"",
    "\"2022-07-08T21:00:00-00:00\"",
    "\"2022-07-08T21:00:00+23:59\"",
    "\"2022-07-08T21:00:00\u{2212}08:00\"",
    "\"2022-07-08T21:00+08:00\"",
    "\"0001-01-02T23:59:59Z\"",
    "\"0001-01-03T00:00:00Z\"",
    "\"9999-12-29T23:59:59Z\"",
    "\"9999-12-30T00:00:00Z\"",
    "\"9999-12-30T00:00:00+00:01\"",
    "\"0001-01-03T00:00:00+00:01\"",
    "\"\\u0032022-07-08T21:00:00Z\"",
    "\"0000-07-08T21:00:00Z\"",
];

/// Spoils a document, or only makes it odd.
pub(super) fn spoil(raw: &mut Raw, dice: &mut Dice) {
    let count = raw.count();
    let copy = raw.nth(dice.below(count)).unwrap().clone();
    let value = raw.nth(dice.below(count)).unwrap();
    match (dice.below(8), &mut *value) {
        (0..=2, _) => *value = Raw::Plain(dice.pick(ODDITIES).to_owned()),
        (3, _) => *value = copy,
        (_, Raw::List(items)) => match dice.below(4) {
            0 => items.clear(),
            1 => items.push(copy),
            2 => items.extend(items.clone()),
            _ => items.reverse(),
        },
        (_, Raw::Object(members)) if !members.is_empty() => {
            let at = dice.below(members.len());
            let other = members.get(dice.below(members.len())).unwrap().clone();
            match dice.below(6) {
                0 => drop(members.remove(at)),
                1 => members.insert(at, other),
                2 => members.swap(0, at),
                3 => members.get_mut(at).unwrap().1 = other.1,
                4 => members.get_mut(at).unwrap().0 = odd_name(&other.0, dice),
                _ => members.insert(at, ("\"a\"".to_owned(), copy)),
            }
        }
        (_, Raw::Plain(text)) => *text = odd_plain(text, dice),
        (_, Raw::Object(members)) => members.push(("\"a\"".to_owned(), copy)),
    }
}

pub(super) fn odd_name(name: &str, dice: &mut Dice) -> String {
    let inner = name.trim_matches('"');
    match dice.below(6) {
        0 => format!("\"{inner} \""),
        1 => format!(
            "\"\\u{:04x}{}\"",
            u32::from(inner.chars().next().unwrap_or('a')),
            inner.chars().skip(1).collect::<String>()
        ),
        2 => inner.to_owned(),
        3 => format!("\"{}\"", inner.to_uppercase()),
        4 => format!("\"{}\"", inner.chars().skip(1).collect::<String>()),
        _ => "\"\"".to_owned(),
    }
}

/// The same text, or nearly, in another spelling.
pub(super) fn odd_plain(text: &str, dice: &mut Dice) -> String {
    let at = dice.below(text.chars().count().max(1));
    let chars = || text.chars().enumerate();
    match dice.below(5) {
        0 => chars().filter(|(i, _)| *i != at).map(|(_, c)| c).collect(),
        1 => chars()
            .map(|(i, c)| match (i == at, c) {
                (true, '\u{20}'..='\u{d7ff}') if c != '"' => format!("\\u{:04x}", u32::from(c)),
                _ => c.to_string(),
            })
            .collect(),
        2 => text.repeat(2),
        _ => {
            let other = dice.pick(&[
                "0", "9", "-", "+", ":", "T", "t", "Z", "z", " ", "\"", "\\", ".", "e", "甲", "😀",
                "\u{0}", "a", "A", ",", "}", "]",
            ]);
            let spoilt = chars().map(|(i, c)| {
                if i == at {
                    other.to_owned()
                } else {
                    c.to_string()
                }
            });
            spoilt.collect()
        }
    }
}
