//! Folds texts that people and other tools write, so that two spellings of one text
//! compare equal.

use crate::order::sort;
use std::borrow::Cow;
use std::sync::OnceLock;

/// `text` as it is compared. Compatibility forms, full width, radicals and private-use
/// characters of early GB 18030 become the character that they stand for, all dashes
/// `-`, all middle dots `·`, letters that look Latin Latin and small. Blanks and
/// characters that show nothing are left out. The result is for comparing and not for
/// showing.
///
/// ```
/// use longma_core::fold;
/// assert_eq!(fold("⾦⻢⼩区 5–7号楼"), fold("金马小区5-7号楼"));
/// assert_eq!(fold("Ａ座"), "a座");
/// assert_ne!(fold("5-7号楼"), fold("57号楼"));
/// ```
#[must_use]
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let table = TABLE.get_or_init(|| Table::read(BYTES));
    let mut folded = Folded::default();
    for c in text.chars() {
        if is_plain(c) {
            folded.push(c);
        } else if ('가'..='힣').contains(&c) {
            jamo(c).for_each(|c| folded.push(c));
        } else {
            match table.of(c) {
                Some(to) => to.chars().for_each(|c| folded.take(c, table)),
                None => folded.take(c, table),
            }
        }
    }
    folded.settle();
    Cow::Owned(folded.text)
}

/// Whether a character is compared as itself. Most of a place's name is.
fn is_plain(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '0'..='9' | 'a'..='z')
}

/// The letters of a syllable of Hangul, by the arithmetic of the Unicode standard.
fn jamo(c: char) -> impl Iterator<Item = char> {
    let syllable = u32::from(c) - u32::from('가');
    let last = syllable % 28;
    let letters = [
        Some(0x1100 + syllable / (21 * 28)),
        Some(0x1161 + syllable / 28 % 21),
        (last > 0).then_some(0x11a7 + last),
    ];
    letters.into_iter().flatten().filter_map(char::from_u32)
}

#[derive(Default)]
struct Folded {
    text: String,
    /// The marks of the last letter, which say the same in any order.
    marks: Vec<char>,
}

impl Folded {
    fn take(&mut self, c: char, table: &Table) {
        if holds(&table.marks, c) {
            self.marks.push(c);
        } else if !holds(&table.ignored, c) {
            self.push(c);
        }
    }

    fn push(&mut self, c: char) {
        let again = c == '-' && self.marks.is_empty() && self.text.ends_with('-');
        if !(c.is_whitespace() || c.is_control() || again) {
            self.settle();
            self.text.push(c);
        }
    }

    fn settle(&mut self) {
        sort(&mut self.marks);
        self.text.extend(self.marks.drain(..));
    }
}

/// The table as `build.rs` writes it.
static BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/folds"));
static TABLE: OnceLock<Table> = OnceLock::new();

/// Ranges of characters, each with the first character after it.
type Ranges = Vec<(u32, u32)>;

/// What characters become.
#[derive(Default)]
struct Table {
    ignored: Ranges,
    marks: Ranges,
    /// The characters that become others, and where these end in `to`.
    from: Vec<(u32, usize)>,
    to: String,
}

impl Table {
    fn read(bytes: &[u8]) -> Self {
        let mut bytes = bytes.iter();
        let mut table = Self::default();
        for ranges in [&mut table.ignored, &mut table.marks] {
            let mut next = 0;
            for _ in 0..varint(&mut bytes).unwrap_or(0) {
                let mut far = || varint(&mut bytes).unwrap_or(0);
                let from = next + far();
                next = from + far();
                ranges.push((from, next));
            }
        }
        let mut number = || varint(&mut bytes).unwrap_or(0);
        let mut next = 0;
        let runs: Vec<_> = (0..number())
            .map(|_| {
                let from = next + number();
                next = from + number();
                (from..next, number())
            })
            .collect();
        // The characters of the text before.
        let mut near: Vec<i64> = Vec::new();
        for (run, count) in runs {
            let count = count as usize;
            near.resize(near.len().max(count), 0);
            for from in run {
                for near in near.iter_mut().take(count) {
                    let zigzag = i64::from(number());
                    *near += (zigzag >> 1) ^ -(zigzag & 1);
                    let to = u32::try_from(*near).ok().and_then(char::from_u32);
                    table.to.extend(to);
                }
                table.from.push((from, table.to.len()));
            }
        }
        table
    }

    fn of(&self, c: char) -> Option<&str> {
        let at = self
            .from
            .binary_search_by_key(&u32::from(c), |(from, _)| *from);
        let at = at.ok()?;
        let start = at.checked_sub(1).and_then(|before| self.from.get(before));
        let start = start.map_or(0, |(_, end)| *end);
        self.to.get(start..self.from.get(at)?.1)
    }
}

fn holds(ranges: &Ranges, c: char) -> bool {
    let c = u32::from(c);
    let after = ranges.partition_point(|(from, _)| *from <= c);
    let before = after.checked_sub(1).and_then(|at| ranges.get(at));
    before.is_some_and(|(_, to)| c < *to)
}

fn varint<'b>(bytes: &mut impl Iterator<Item = &'b u8>) -> Option<u32> {
    let mut number = 0;
    for shift in (0..32).step_by(7) {
        let byte = *bytes.next()?;
        number |= u32::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization as _;

    /// A text with what other tools write for its characters, and what it is compared as.
    #[test]
    fn what_other_tools_write_is_compared_as_the_text_it_stands_for() {
        let written = [
            ("⾦⻢⼩区", "金马小区"), // radicals, as a PDF has them
            ("金\u{200b}马\u{feff}小\u{2060}区", "金马小区"), // zero width
            ("\u{202a}金马小区\u{202c}\u{200e}", "金马小区"), // direction marks
            ("金馬\u{f914}", "金馬樂"), // compatibility ideograph
            ("金马 小\u{3000}区\u{a0}\t", "金马小区"), // blanks
            ("金\u{e0100}马\u{fe00}小区", "金马小区"), // variation selectors
            ("５－７号楼", "5-7号楼"),
            ("5–7号楼", "5-7号楼"),
            ("5—7号楼", "5-7号楼"),
            ("5——7号楼", "5-7号楼"),
            ("5−7号楼", "5-7号楼"),
            ("5‑7号楼", "5-7号楼"),
            ("5～7号楼", "5-7号楼"),
            ("5〜7号楼", "5-7号楼"),
            ("5~7号楼", "5-7号楼"),
            ("5─7号楼", "5-7号楼"),
            ("Ａ座", "a座"),
            ("А座", "a座"), // Cyrillic
            ("Α座", "a座"), // Greek
            ("𝐀座", "a座"), // mathematical
            ("Ⅱ期", "ii期"),
            ("①号", "1号"),
            ("㎡", "m2"),
            ("（东）", "(东)"),
            ("阿依古丽•买买提", "阿依古丽·买买提"),
            ("阿依古丽●买买提", "阿依古丽·买买提"),
            ("阿依古丽・买买提", "阿依古丽·买买提"),
            ("张\u{e863}", "张䶮"), // private use in GB 18030-2000
            ("\u{e7c7}", "ḿ"),
            ("O’Connor", "o'connor"),
            ("NGUYỄN VĂN AN", "nguyễnvănan"),
            ("김\u{1100}\u{1161}", "김가"),
        ];
        for (written, text) in written {
            assert_eq!(fold(written), fold(text), "{written}");
        }
        for (one, other) in [
            ("5-7号楼", "57号楼"),
            ("5号楼", "6号楼"),
            ("金马", "全马"),
            ("一号", "-号"),
            ("张三", "张山"),
        ] {
            assert_ne!(fold(one), fold(other));
        }
    }

    #[test]
    fn every_character_is_compared_as_its_compatibility_form() {
        for c in '\0'..=char::MAX {
            let form: String = c.nfkd().collect();
            assert_eq!(fold(c.encode_utf8(&mut [0; 4])), fold(&form), "{c:?}");
        }
    }

    #[test]
    fn no_character_is_compared_as_a_capital() {
        for c in '\0'..=char::MAX {
            let folded = fold(c.encode_utf8(&mut [0; 4])).into_owned();
            assert_eq!(folded, folded.to_lowercase(), "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn a_folded_text_is_folded(text in "\\PC{0,30}") {
            let folded = fold(&text).into_owned();
            prop_assert_eq!(fold(&folded), folded.as_str());
        }

        #[test]
        fn the_four_forms_of_a_text_are_one(text in "[a-zA-ZÀ-ỹ가-힣\u{300}-\u{36f}一-龥 ]{0,20}") {
            let folded = fold(&text).into_owned();
            for form in [text.nfc().collect::<String>(), text.nfd().collect(), text.nfkc().collect(), text.nfkd().collect()] {
                prop_assert_eq!(fold(&form), folded.as_str());
            }
        }
    }
}
