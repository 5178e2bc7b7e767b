//! Writes the table of `fold`: for each character that is not compared as itself, what
//! it is compared as. It is made from kept crates, so that the engine holds the result
//! and not their tables.
//!
//! First come the characters that show nothing, then the combining marks whose order
//! says nothing, both as the number of their ranges and for each how far it lies behind
//! the one before, and its length. Then come the runs of neighbouring characters that
//! each become the same number of characters: the number of runs, and for each how far
//! it lies behind the one before, its length and that number. What the characters of
//! all runs become comes last, each character as its distance from the one that stands
//! at its place in what the character before became: the most frequent distance is 0 or
//! 1, which is how compression likes them. Numbers are varints, distances zigzag.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a build reads and writes files"
)]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use unicode_normalization::{UnicodeNormalization as _, char::canonical_combining_class};
use unicode_security::confusable_detection::skeleton;

/// Characters that show nothing, Unicode's `Default_Ignorable_Code_Point`: ranges, each
/// with the first character after it.
const IGNORED: [(u32, u32); 16] = [
    (0xad, 0xae),
    (0x34f, 0x350),
    (0x61c, 0x61d),
    (0x115f, 0x1161),
    (0x17b4, 0x17b6),
    (0x180b, 0x1810),
    (0x200b, 0x2010),
    (0x202a, 0x202f),
    (0x2060, 0x2070),
    (0x3164, 0x3165),
    (0xfe00, 0xfe10),
    (0xfeff, 0xff00),
    (0xffa0, 0xffa1),
    (0xfff0, 0xfff9),
    (0x1bca0, 0x1bca4),
    (0xe0000, 0xe1000),
];

/// Characters written for a hyphen, a minus or the dash between two numbers.
const DASHES: &str = "~‐‑‒–—―−─━˗⁃➖⸺⸻⹀〜〰゠﹘∼∽∾⁓⎯";

/// Characters written for the dot between the parts of a name.
const DOTS: &str = "·•‧∙⋅・･●◦⦁⸱⸳ᐧꞏ᛫⚫⋆▪";

/// Characters written for an apostrophe.
const APOSTROPHES: &str = "‘’‚‛′ʹʻʼʽ`‵";

/// Radicals and strokes that the standard holds as characters of their own, each before
/// the unified ideograph that it looks like: Unicode's `EquivalentUnifiedIdeograph.txt`.
/// The Kangxi radicals are folded by compatibility already.
const RADICALS: &str = "⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺇𠘨⺈刀⺉刂⺊卜⺋㔾⺌小⺍小⺎兀⺏尣⺐尢⺑𡯂⺒巳⺓幺⺔彑⺕彐⺖忄\
    ⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王⺪𤴔⺫目⺬示⺭礻⺮𥫗⺯糹⺰纟⺱罓\
    ⺲罒⺳㓁⺴冗⺵𦉫⺶羊⺷𦍌⺸𦍋⺹耂⺺肀⺻聿⺼肉⺽𦥑⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇𧢲⻈讠⻉贝⻊𧾷⻋车\
    ⻌辶⻍辶⻎辶⻏邑⻐钅⻑長⻒镸⻓长⻔门⻕𨸏⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞𩙿⻟飠⻠饣⻡𩠐⻢马⻣骨⻤鬼⻥鱼\
    ⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟㇆𠃌㇏乀㇐一㇑丨㇒丿㇓丿㇔丶㇕𠃍㇖乛㇗𠃊㇘𠃎㇙𠄌\
    ㇚亅㇛𡿨㇜𠃋㇝乀㇞𠃑㇟乚㇠乙㇡𠄎";

/// Where early GB 18030 had private-use characters, as the first byte, the second bytes,
/// and the private-use character of the first of them.
const PRIVATE: [(u8, u8, u8, u32); 6] = [
    (0xa6, 0xd9, 0xdf, 0xe78d),
    (0xa6, 0xec, 0xed, 0xe794),
    (0xa6, 0xf3, 0xf3, 0xe796),
    (0xa8, 0xbc, 0xbc, 0xe7c7),
    (0xa9, 0x89, 0x95, 0xe7e7),
    (0xfe, 0x50, 0xa0, 0xe815),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout();
    std::io::Write::write_all(&mut out, b"cargo::rerun-if-changed=build.rs\n")?;
    let table = table();
    let mut bytes = Vec::new();
    for ranges in [IGNORED.to_vec(), marks()] {
        varint(&mut bytes, u32::try_from(ranges.len())?);
        let mut next = 0;
        for (from, to) in ranges {
            varint(&mut bytes, from - next);
            varint(&mut bytes, to - from);
            next = to;
        }
    }
    let mut runs: Vec<(u32, u32, usize)> = Vec::new();
    let mut texts = Vec::new();
    let mut near = Vec::new();
    for (from, to) in &table {
        let count = to.chars().count();
        match runs.last_mut() {
            Some((_, end, same)) if *end == *from && *same == count => *end += 1,
            _ => runs.push((*from, from + 1, count)),
        }
        near.resize(near.len().max(count), 0);
        for (near, to) in near.iter_mut().zip(to.chars().map(u32::from)) {
            let apart = i64::from(to) - i64::from(*near);
            let zigzag = (apart << 1) ^ (apart >> 63);
            varint(&mut texts, u32::try_from(zigzag)?);
            *near = to;
        }
    }
    varint(&mut bytes, u32::try_from(runs.len())?);
    let mut next = 0;
    for (from, end, count) in runs {
        varint(&mut bytes, from - next);
        varint(&mut bytes, end - from);
        varint(&mut bytes, u32::try_from(count)?);
        next = end;
    }
    bytes.extend(texts);
    let folder = std::env::var("OUT_DIR")?;
    std::fs::write(Path::new(&folder).join("folds"), bytes)?;
    Ok(())
}

/// What each character is compared as, apart from white space, unless it is itself.
fn table() -> BTreeMap<u32, String> {
    let mut first: BTreeMap<char, char> = BTreeMap::new();
    first.extend(DASHES.chars().map(|c| (c, '-')));
    first.extend(DOTS.chars().map(|c| (c, '·')));
    first.extend(APOSTROPHES.chars().map(|c| (c, '\'')));
    let (radicals, like) = (RADICALS.chars(), RADICALS.chars().skip(1));
    first.extend(radicals.zip(like).step_by(2));
    for (lead, from, to, private) in PRIVATE {
        let trails = (from..=to).filter(|trail| *trail != 0x7f);
        for (trail, private) in trails.zip(private..) {
            let bytes = [lead, trail];
            let (text, _) = encoding_rs::GB18030.decode_without_bom_handling(&bytes);
            let real = text
                .chars()
                .next()
                .filter(|c| *c != char::REPLACEMENT_CHARACTER);
            first.extend(char::from_u32(private).zip(real));
        }
    }
    let one = |c: char| -> String {
        let c = *first.get(&c).unwrap_or(&c);
        let parts = c.nfkd().map(|c| *first.get(&c).unwrap_or(&c));
        let small = |c: char| c.to_lowercase().find_map(letter);
        parts
            .map(|c| letter(c).or_else(|| small(c)).unwrap_or(c))
            .flat_map(char::to_lowercase)
            .collect()
    };
    // The syllables of Hangul are taken apart by arithmetic.
    let all = ('\0'..=char::MAX).filter(|c| !matches!(c, '가'..='힣'));
    let folded = all.map(|c| (c, one(c)));
    let changed = folded.filter(|(c, to)| !to.chars().eq([*c]));
    changed.map(|(c, to)| (u32::from(c), to)).collect()
}

/// The ranges of marks that may stand in any order behind a letter, each with the first
/// character after it.
fn marks() -> Vec<(u32, u32)> {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    let marks = ('\0'..=char::MAX).filter(|c| canonical_combining_class(*c) != 0);
    for mark in marks.map(u32::from) {
        match ranges.last_mut() {
            Some((_, to)) if *to == mark => *to += 1,
            _ => ranges.push((mark, mark + 1)),
        }
    }
    ranges
}

/// The Latin letter that a letter of another script looks like.
fn letter(c: char) -> Option<char> {
    // Greek and Cyrillic. What looks Latin elsewhere is not taken for it by those who type.
    if !c.is_alphabetic() || !('\u{370}'..'\u{530}').contains(&c) {
        return None;
    }
    let mut like = skeleton(c.encode_utf8(&mut [0; 4]))
        .collect::<Vec<_>>()
        .into_iter();
    let letter = like.next().filter(char::is_ascii_alphabetic)?;
    // A capital I looks like a small l, and for the standard is one.
    let letter = if letter == 'l' && c.is_uppercase() {
        'i'
    } else {
        letter
    };
    like.next().is_none().then_some(letter)
}

fn varint(bytes: &mut Vec<u8>, mut number: u32) {
    loop {
        let [low, ..] = (number & 0x7f).to_le_bytes();
        number >>= 7;
        if number == 0 {
            return bytes.push(low);
        }
        bytes.push(low | 0x80);
    }
}
