//! Both decoders read alike: what the plain one takes is what the explaining one takes,
//! and it makes the same of it. Documents are invented from the project's own schemas and
//! then spoilt.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::{Decoded, Schemas, clean, decode, parsed};
use crate::columns::{Shape, Texts};
use crate::limits;
use crate::schema::{Class, Object, SUBJECT, Schema, Type};
use proptest::prelude::*;
use std::fmt::Write;
use std::sync::Arc;

/// A schema with what the project's own do not have.
const ODD: &str = r#"{"type": "object", "additionalProperties": false,
    "required": ["subject"], "properties": {
    "subject": {"type": "string", "minLength": 2},
    "a name of many more than sixteen bytes 1": {"type": "boolean"},
    "a name of many more than sixteen bytes 2": {"type": "boolean"},
    "名": {"type": "string", "pattern": "^[甲-龥a-]{2,3}$", "maxLength": 2},
    "quoted": {"type": "string", "pattern": "^[!-~]{0,9}$"},
    "any": {"type": "string"},
    "number": {"type": "integer"},
    "cold": {"type": "number", "multipleOf": 0.1, "minimum": -5, "maximum": 5},
    "days": {"type": "array", "items": {"type": "string", "format": "date"}, "maxItems": 3},
    "marks": {"type": "array", "items": {"type": "string"}},
    "span": {"type": "object", "additionalProperties": false, "properties": {
        "since": {"type": "string", "format": "date"},
        "until": {"type": "string", "format": "date", "x-after": "since"}}},
    "empty": {"type": "object", "additionalProperties": false, "properties": {}}}}"#;

/// One that is left to the explaining decoder.
const NESTED: &str = r#"{"type": "object", "additionalProperties": false,
    "required": ["subject"], "properties": {
    "subject": {"type": "string", "enum": ["nested"]},
    "rows": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}}}"#;

fn schemas() -> Schemas {
    macro_rules! of_project {
        ($name:literal) => {
            include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../rules/schema/",
                $name,
                ".schema.json"
            ))
        };
    }
    let schemas = [
        ("person", of_project!("person")),
        ("area", of_project!("area")),
        ("clinic", of_project!("clinic")),
        ("venue", of_project!("venue")),
        ("odd", ODD),
        ("nested", NESTED),
    ];
    let schemas = schemas.map(|(name, text)| (name, Schema::read(text, name).unwrap()));
    let mut texts = ["甲", "620102", "a", "V-1", "positively"]
        .map(Arc::from)
        .to_vec();
    for (_, schema) in &schemas {
        Texts::add_enums(&mut texts, schema);
    }
    let texts = Arc::new(Texts::new(texts));
    let with_shape = schemas.map(|(name, schema)| {
        let shape = Shape::new(&schema, &texts, &Arc::default());
        (Arc::from(name), (schema, Arc::new(shape)))
    });
    with_shape.into()
}

/// What one decoder found.
#[derive(Debug)]
enum Read {
    /// Both took it.
    Both,
    /// Only the explaining one took it.
    Explained,
    /// Neither did.
    Neither,
}

/// Compares the decoders; fails if the plain one takes what the other does not, or makes
/// something else of it.
fn compare(text: &str, schemas: &Schemas) -> Read {
    let explained = parsed(text)
        .map_err(Into::into)
        .and_then(|json| decode(&json, schemas));
    match (clean(text, schemas), explained) {
        (None, Ok(_)) => Read::Explained,
        (None, Err(_)) => Read::Neither,
        (Some(_), Err(problems)) => {
            assert_eq!(text, "", "taken in spite of {problems:?}");
            Read::Neither
        }
        (Some(plain), Ok(explained)) => {
            same(text, &plain, &explained);
            Read::Both
        }
    }
}

fn same(text: &str, plain: &Decoded, explained: &Decoded) {
    assert_eq!(plain.subject, explained.subject, "{text}");
    assert!(plain.columns == explained.columns, "{text}");
    assert!(explained.columns == plain.columns, "{text}");
    let causes = |decoded: &Decoded| format!("{:?}", decoded.overrides);
    assert_eq!(causes(plain), causes(explained), "{text}");
    let root = plain.columns.shape().tables().first().unwrap();
    for name in root.object.names() {
        let value = plain.columns.value_of(name);
        // Written out, values show the rows that they come from.
        let explained = explained.columns.value_of(name);
        assert_eq!(format!("{value:?}"), format!("{explained:?}"), "{text}");
    }
}

/// Splitmix64: one number decides everything about a document.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((bits ^ (bits >> 31)) % count as u64).unwrap()
    }

    fn pick<'a>(&mut self, choice: &[&'a str]) -> &'a str {
        choice.get(self.below(choice.len())).unwrap()
    }

    /// Once in `count` times.
    fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
}

/// JSON with its spelling.
#[derive(Debug, Clone)]
enum Raw {
    Plain(String),
    List(Vec<Raw>),
    Object(Vec<(String, Raw)>),
}

impl Raw {
    fn write(&self, to: &mut String, dice: &mut Dice, blanks: &[&str]) {
        let mut blank = |to: &mut String| to.push_str(dice.pick(blanks));
        blank(to);
        match self {
            Self::Plain(text) => to.push_str(text),
            Self::List(items) => {
                to.push('[');
                for (at, item) in items.iter().enumerate() {
                    to.push_str(if at == 0 { "" } else { "," });
                    item.write(to, dice, blanks);
                }
                to.push_str(dice.pick(blanks));
                to.push(']');
            }
            Self::Object(members) => {
                to.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    to.push_str(if at == 0 { "" } else { "," });
                    to.push_str(dice.pick(blanks));
                    write!(to, "{name}").unwrap();
                    to.push_str(dice.pick(blanks));
                    to.push(':');
                    value.write(to, dice, blanks);
                }
                to.push_str(dice.pick(blanks));
                to.push('}');
            }
        }
        to.push_str(dice.pick(blanks));
    }

    fn text(&self, dice: &mut Dice, blanks: &[&str]) -> String {
        let mut text = String::new();
        self.write(&mut text, dice, blanks);
        text
    }

    /// All values, this one included, in order.
    fn count(&self) -> usize {
        1 + match self {
            Self::Plain(_) => 0,
            Self::List(items) => items.iter().map(Self::count).sum(),
            Self::Object(members) => members.iter().map(|(_, value)| value.count()).sum(),
        }
    }

    /// The value that has this number in that order.
    fn nth(&mut self, mut number: usize) -> Option<&mut Self> {
        if number == 0 {
            return Some(self);
        }
        number -= 1;
        let inner: Vec<&mut Self> = match self {
            Self::Plain(_) => Vec::new(),
            Self::List(items) => items.iter_mut().collect(),
            Self::Object(members) => members.iter_mut().map(|(_, value)| value).collect(),
        };
        for value in inner {
            let count = value.count();
            if number < count {
                return value.nth(number);
            }
            number -= count;
        }
        None
    }
}

const TEXTS: &[&str] = &[
    "甲",
    "样例检验所",
    "positively",
    "a",
    " a ",
    "\u{3000}b",
    "😀",
    "é\u{301}",
    "DEL\u{7f}",
    "a longer text of more than sixteen bytes",
    "a longer text of more than sixteen bytez",
    "同样长的文字一",
    "同样长的文字二",
    "!",
    "~",
    "\u{2003}x",
    "{\"".split_at(1).0,
    "[1,2]: ,",
];

/// A value that fits, spelled plainly.
fn invent(kind: &Type, dice: &mut Dice) -> Raw {
    let quoted = |text: &str| Raw::Plain(format!("\"{text}\""));
    match kind {
        Type::Bool => Raw::Plain(dice.pick(&["true", "false"]).to_owned()),
        Type::Int { least, most } => {
            let least = (*least).max(-3);
            let span = most.saturating_sub(least).min(20);
            let more = i64::try_from(dice.below(usize::try_from(span).unwrap() + 1)).unwrap();
            Raw::Plain((least + more).to_string())
        }
        Type::Temperature { least, most } => {
            let span = usize::try_from(most.in_tenths() - least.in_tenths()).unwrap();
            let tenths = least.in_tenths().max(0) + i64::try_from(dice.below(span + 1)).unwrap();
            let tenths = tenths.min(most.in_tenths());
            let whole = tenths % 10 == 0 && dice.once_in(2);
            let decimals = if whole {
                String::new()
            } else {
                format!(".{}", tenths % 10)
            };
            Raw::Plain(format!("{}{decimals}", tenths / 10))
        }
        Type::Enum(names) => quoted(names.get(dice.below(names.len())).unwrap()),
        Type::Text(text) => match text.pattern.as_ref().and_then(|pattern| pattern.class()) {
            Some(class) => quoted(&of_class(class, text.most, dice)),
            None => {
                let given = dice.pick(TEXTS);
                let long = dice.below(text.most.min(45) + 1).max(text.least);
                let cut = match dice.below(4) {
                    0 => given.chars().cycle().take(long).collect(),
                    _ => given.to_owned(),
                };
                quoted(if cut.trim().is_empty() { "某" } else { &cut })
            }
        },
        Type::Instant | Type::Date => Raw::Plain(time(kind, 0, dice)),
        Type::List { item, least, most } => {
            let most = (*most).min(if dice.once_in(8) { 30 } else { 4 });
            let count = least + dice.below(most.saturating_sub(*least) + 1);
            Raw::List((0..count).map(|_| invent(item, dice)).collect())
        }
        Type::Object(object) => Raw::Object(of_object(object, dice)),
    }
}

fn of_class(class: &Class, most: usize, dice: &mut Dice) -> String {
    let most = most.min(class.most);
    let count = class.least + dice.below(most - class.least + 1);
    let one = |dice: &mut Dice| {
        let (from, to) = class.ranges.get(dice.below(class.ranges.len())).unwrap();
        let span = u32::from(*to) - u32::from(*from) + 1;
        let more = u32::try_from(dice.below(span as usize)).unwrap();
        let found = char::from_u32(u32::from(*from) + more).unwrap_or(*from);
        if found == '"' || found == '\\' {
            *to
        } else {
            found
        }
    };
    (0..count).map(|_| one(dice)).collect()
}

/// A time in quotation marks; `level` ones that it must follow come in earlier years.
fn time(kind: &Type, level: usize, dice: &mut Dice) -> String {
    let year = [1970, 2022, 2022, 2024].get(dice.below(4)).unwrap() + level * 100;
    let (month, day) = (1 + dice.below(12), 1 + dice.below(28));
    if matches!(kind, Type::Date) {
        return format!("\"{year:04}-{month:02}-{day:02}\"");
    }
    let offset = dice.pick(&["+08:00", "+08:00", "Z", "-03:30", "+00:00"]);
    let hour = dice.below(24);
    format!("\"{year:04}-{month:02}-{day:02}T{hour:02}:30:00{offset}\"")
}

fn of_object(object: &Object, dice: &mut Dice) -> Vec<(String, Raw)> {
    let level = |name: &str| {
        let mut level = 0;
        let mut at = object.field(name);
        while let Some(order) = at.and_then(|field| field.order.as_ref()) {
            level += 1;
            at = object.field(&order.sibling);
        }
        level
    };
    let mut members = Vec::new();
    for field in &object.fields {
        if field.required || !dice.once_in(3) {
            let value = match &field.kind {
                kind @ (Type::Instant | Type::Date) => {
                    Raw::Plain(time(kind, level(&field.name), dice))
                }
                kind => invent(kind, dice),
            };
            members.push((format!("\"{}\"", field.name), value));
        }
    }
    if dice.once_in(3) {
        members.reverse();
    }
    if dice.once_in(4) && !members.is_empty() {
        let by = dice.below(members.len());
        members.rotate_left(by);
    }
    members
}

fn document(schemas: &Schemas, dice: &mut Dice) -> Raw {
    let at = dice.below(schemas.len() * 2);
    let person = schemas.get_key_value("person").unwrap();
    let (name, (schema, _)) = schemas.iter().nth(at).unwrap_or(person);
    let mut members = of_object(schema.root(), dice);
    for (member, value) in &mut members {
        if member.trim_matches('"') == SUBJECT {
            *value = Raw::Plain(format!("\"{name}\""));
        }
    }
    Raw::Object(members)
}

/// Values of all kinds, with odd spellings and things that are no JSON.
const ODDITIES: &[&str] = &[
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
fn spoil(raw: &mut Raw, dice: &mut Dice) {
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

fn odd_name(name: &str, dice: &mut Dice) -> String {
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
fn odd_plain(text: &str, dice: &mut Dice) -> String {
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

const BLANKS: &[&str] = &["", "", "", " ", "\n", "\r\n", "\t", "    \n  "];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn a_plain_document_is_read_by_both(seed in any::<u64>(), spaced in any::<bool>()) {
        let schemas = schemas();
        let mut dice = Dice(seed);
        let raw = document(&schemas, &mut dice);
        let blanks = if spaced { BLANKS } else { &[""] };
        let text = raw.text(&mut dice, blanks);
        let explained = compare(&text, &schemas);
        let left = text.contains("\"nested\"");
        // Officers may be the same person, which nobody takes.
        prop_assert!(matches!(explained, Read::Both | Read::Neither) || left, "{text}");
    }

    #[test]
    fn a_spoilt_document_is_read_alike(seed in any::<u64>(), times in 1..4_usize) {
        let schemas = schemas();
        let mut dice = Dice(seed);
        let mut raw = document(&schemas, &mut dice);
        for _ in 0..times {
            spoil(&mut raw, &mut dice);
            compare(&raw.text(&mut dice, &[""]), &schemas);
        }
        let odd_blanks = ["", "", "", "", "", "", "", "", "", "\u{a0}", "\u{b}", ",", "//", "\u{feff}"];
        compare(&raw.text(&mut dice, &odd_blanks), &schemas);
    }

    #[test]
    fn a_text_with_a_character_too_many_or_too_few_is_read_alike(seed in any::<u64>()) {
        let schemas = schemas();
        let mut dice = Dice(seed);
        let text = document(&schemas, &mut dice).text(&mut dice, &[""]);
        for _ in 0..8 {
            let at = dice.below(text.chars().count());
            let before: String = text.chars().take(at).collect();
            compare(&before, &schemas);
            let after: String = text.chars().skip(at + dice.below(2)).collect();
            let other = dice.pick(&["", "0", "-", ".", "\"", "\\", "{", "}", "[", "]", ",", ":",
                " ", "\n", "\t", "\u{0}", "\u{c}", "甲", "e"]);
            compare(&format!("{before}{other}{after}"), &schemas);
            compare(&format!("{text}{other}"), &schemas);
            compare(&format!("{other}{text}"), &schemas);
        }
    }
}

/// How often a plain document is really taken, so that the laws above say something.
#[test]
fn most_plain_documents_are_taken() {
    let schemas = schemas();
    let taken = (0..500).filter(|seed| {
        let mut dice = Dice(*seed);
        let text = document(&schemas, &mut dice).text(&mut dice, &[""]);
        matches!(compare(&text, &schemas), Read::Both)
    });
    let taken = taken.count();
    assert!(taken > 300, "{taken}");
}

#[test]
fn limits_are_the_same() {
    let schemas = schemas();
    let list = |count: usize| {
        format!(
            "{{\"subject\":\"odd\",\"marks\":[{}\"a\"]}}",
            "\"a\",".repeat(count)
        )
    };
    // The document, the subject, the list and its last item are values too.
    assert!(matches!(
        compare(&list(limits::JSON_VALUES - 4), &schemas),
        Read::Both
    ));
    assert!(matches!(
        compare(&list(limits::JSON_VALUES - 3), &schemas),
        Read::Neither
    ));
    let padded = |len: usize| format!("{{\"subject\":\"odd\"}}{}", " ".repeat(len - 17));
    assert!(matches!(
        compare(&padded(limits::FACTS_BYTES), &schemas),
        Read::Both
    ));
    assert!(matches!(
        compare(&padded(limits::FACTS_BYTES + 1), &schemas),
        Read::Neither
    ));
    let deep = format!(
        "{{\"subject\":\"odd\",\"any\":{}{}}}",
        "[".repeat(50),
        "]".repeat(50)
    );
    assert!(matches!(compare(&deep, &schemas), Read::Neither));
}
