//! Documents that fit a schema, spelled plainly.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::Schemas;
use crate::schema::{Class, Field, INCOMPLETE, Object, SUBJECT, Type};

/// Splitmix64: one number decides everything about a document.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((bits ^ (bits >> 31)) % count as u64).unwrap()
    }

    pub(super) fn pick<'a>(&mut self, choice: &[&'a str]) -> &'a str {
        choice.get(self.below(choice.len())).unwrap()
    }

    /// Once in `count` times.
    pub(super) fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
}

/// JSON with its spelling.
#[derive(Debug, Clone)]
pub(super) enum Raw {
    Plain(String),
    List(Vec<Raw>),
    Object(Vec<(String, Raw)>),
}

impl Raw {
    pub(super) fn write(&self, to: &mut String, dice: &mut Dice, blanks: &[&str]) {
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
                    to.push_str(name);
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

    pub(super) fn text(&self, dice: &mut Dice, blanks: &[&str]) -> String {
        let mut text = String::new();
        self.write(&mut text, dice, blanks);
        text
    }

    /// All values, this one included, in order.
    pub(super) fn count(&self) -> usize {
        1 + match self {
            Self::Plain(_) => 0,
            Self::List(items) => items.iter().map(Self::count).sum(),
            Self::Object(members) => members.iter().map(|(_, value)| value.count()).sum(),
        }
    }

    /// The value that has this number in that order.
    pub(super) fn nth(&mut self, mut number: usize) -> Option<&mut Self> {
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

pub(super) const TEXTS: &[&str] = &[
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

/// Numbers of documents as they are compared.
const NUMBERS: &[&str] = &["11010519491231002X", "H12345678", "A1", "0"];

/// A value that fits, spelled plainly.
pub(super) fn invent(kind: &Type, dice: &mut Dice) -> Raw {
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
        // Other spellings are left to the explaining decoder.
        Type::Text(text) if text.number => quoted(dice.pick(NUMBERS)),
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

pub(super) fn of_class(class: &Class, most: usize, dice: &mut Dice) -> String {
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
pub(super) fn time(kind: &Type, level: usize, dice: &mut Dice) -> String {
    let year = [1970, 2022, 2022, 2024].get(dice.below(4)).unwrap() + level * 100;
    let (month, day) = (1 + dice.below(12), 1 + dice.below(28));
    if matches!(kind, Type::Date) {
        return format!("\"{year:04}-{month:02}-{day:02}\"");
    }
    let offset = dice.pick(&["+08:00", "+08:00", "Z", "-03:30", "+00:00"]);
    let hour = dice.below(24);
    format!("\"{year:04}-{month:02}-{day:02}T{hour:02}:30:00{offset}\"")
}

pub(super) fn of_object(object: &Object, dice: &mut Dice) -> Vec<(String, Raw)> {
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
    // Facts of which a part is known are read by the explaining decoder alone.
    let whole = |field: &&Field| *field.name != *INCOMPLETE;
    for field in object.fields.iter().filter(whole) {
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

pub(super) fn document(schemas: &Schemas, dice: &mut Dice) -> Raw {
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
