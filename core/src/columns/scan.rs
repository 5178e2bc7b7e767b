//! Scanning JSON eight bytes at a time.
//!
//! A word holds eight bytes of the document, the first in its lowest bits. Each byte of
//! the results below has its highest bit set where something was found.

use crate::time::{Date, Instant};

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Eight bytes from `at`; those beyond the end are 0.
pub(super) fn load(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..).and_then(<[u8]>::first_chunk) {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => tail(bytes, at),
    }
}

#[cold]
fn tail(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default().iter().rev();
    rest.fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// The lowest `len` bytes of a word, all ones; all eight if `len` is more.
pub(super) fn mask(len: usize) -> u64 {
    match len {
        0..8 => (1 << (8 * len)) - 1,
        _ => u64::MAX,
    }
}

/// Where the next byte is that is not white space.
pub(super) fn skip(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

/// The position of the quotation mark that ends the text from `at`; `None` if there is
/// an escape, or what JSON forbids in a text, before it.
pub(super) fn text_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    let is = |word: u64, byte: u64| {
        let zero = word ^ (byte * ONES);
        zero.wrapping_sub(ONES) & !zero
    };
    loop {
        let word = load(bytes, at);
        let control = word.wrapping_sub(0x20 * ONES) & !word;
        // What is found beyond the first place may be wrong; the first never is.
        let found = (is(word, 0x22) | is(word, 0x5c) | control) & HIGH;
        if found != 0 {
            at += found.trailing_zeros() as usize / 8;
            return (bytes.get(at) == Some(&b'"')).then_some(at);
        }
        at += 8;
    }
}

/// One range of ASCII characters, spread over a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    from: u64,
    to: u64,
}

impl Range {
    /// The range between two bytes below 128, both included.
    pub(super) fn new(from: u8, to: u8) -> Self {
        Self {
            from: u64::from(from) * ONES,
            to: u64::from(to) * ONES | HIGH,
        }
    }
}

/// Where the first byte from `at` is that is in none of the ranges.
pub(super) fn class_end(bytes: &[u8], mut at: usize, ranges: &[Range]) -> usize {
    loop {
        let word = load(bytes, at);
        // Nothing carries from byte to byte: each has its high bit to borrow from.
        let within = ranges.iter().fold(0, |within, range| {
            within | (((word | HIGH) - range.from) & (range.to - (word & !HIGH)))
        });
        let outside = !within & HIGH | word & HIGH;
        if outside != 0 {
            return at + outside.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
}

/// A hash of 32 bits of the text that is `len` bytes from `start`.
pub(super) fn hash(bytes: &[u8], start: usize, len: usize) -> u64 {
    let first = load(bytes, start) & mask(len);
    let last = match len {
        0..=8 => 0,
        _ => load(bytes, start + len - 8),
    };
    let mixed = first ^ last.rotate_left(29) ^ (len as u64).rotate_left(53);
    mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32
}

/// Two digits at each of some places.
struct Digits {
    /// The ones of what is expected where no digit is, and `0` where one is.
    plain: u64,
    /// All ones where no digit is.
    others: u64,
}

impl Digits {
    const fn new(pattern: [u8; 8]) -> Self {
        let plain = u64::from_le_bytes(pattern);
        // Of the characters used here, only `0` has these bits.
        let mut others = 0;
        let mut at = 0;
        while at < 64 {
            if plain >> at & 0xff != 0x30 {
                others |= 0xff << at;
            }
            at += 8;
        }
        Self { plain, others }
    }

    /// For each digit, ten times its value and that of the byte after it.
    fn pairs(&self, word: u64) -> Option<u64> {
        let digits = word ^ self.plain;
        let wrong = (digits | digits.wrapping_add(6 * ONES)) & (0xf0 * ONES);
        let fits = wrong | digits & self.others;
        (fits == 0).then(|| digits * 10 + (digits >> 8))
    }
}

const MONTH: Digits = Digits::new(*b"0000-00-");
const MINUTE: Digits = Digits::new(*b"00T00:00");
const OFFSET: Digits = Digits::new(*b"00+00:00");

/// The byte at a position of a word, as a number.
fn byte(word: u64, at: u32) -> i64 {
    i64::from(word.to_le_bytes().get(at as usize).copied().unwrap_or(0))
}

/// Days since the Unix epoch, from `2022-07-` and the day.
fn days(month: u64, day: i64) -> Option<i64> {
    let pairs = MONTH.pairs(month)?;
    let year = byte(pairs, 0) * 100 + byte(pairs, 2);
    let month = byte(pairs, 5);
    if year == 0 || !(1..=12).contains(&month) || day == 0 {
        return None;
    }
    if day > 28 {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            2 => 28 + i64::from(leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        if day > last {
            return None;
        }
    }
    // Years that begin in March have their odd day at the end.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let of_year = (153 * month + 2) / 5 + day - 1;
    Some(365 * year + year / 4 - year / 100 + year / 400 + of_year - 719_468)
}

/// The instant in quotation marks at `at`, and where it ends; `None` unless it is
/// spelled like `2022-07-08T21:00:00+08:00` or `2022-07-08T13:00:00Z`.
pub(super) fn instant(bytes: &[u8], at: usize) -> Option<(i64, usize)> {
    let text = bytes.get(at..)?;
    let [b'"', text @ ..] = text else { return None };
    let (month, text) = text.split_first_chunk()?;
    let (minute, text) = text.split_first_chunk()?;
    let [b':', text @ ..] = text else { return None };
    let minute = MINUTE.pairs(u64::from_le_bytes(*minute))?;
    let word = load(text, 0);
    let (offset, sign, len) = match text {
        [_, _, b'Z', b'"', ..] => (word & 0xffff | OFFSET.plain & !0xffff, 0, 22),
        [_, _, b'+', _, _, b':', _, _, b'"', ..] => (word, 1, 27),
        // The offset's other sign, written as the first so that one pattern fits both.
        [_, _, b'-', _, _, b':', _, _, b'"', ..] => (word ^ 0x06_0000, -1, 27),
        _ => return None,
    };
    let offset = OFFSET.pairs(offset)?;
    let days = days(u64::from_le_bytes(*month), byte(minute, 0))?;
    let (hour, minute, second) = (byte(minute, 3), byte(minute, 6), byte(offset, 0));
    let (hours, minutes) = (byte(offset, 3), byte(offset, 6));
    if hour > 23 || minute > 59 || second > 59 || hours > 14 || minutes > 59 {
        return None;
    }
    let of_day = hour * 3_600 + minute * 60 + second;
    let seconds = days * 86_400 + of_day - sign * (hours * 3_600 + minutes * 60);
    Instant::from_unix(seconds)?;
    Some((seconds, at + len))
}

/// The day in quotation marks at `at`, and where it ends; `None` unless it is spelled
/// like `2022-07-08`.
pub(super) fn date(bytes: &[u8], at: usize) -> Option<(i64, usize)> {
    let [b'"', text @ ..] = bytes.get(at..)? else {
        return None;
    };
    let (month, text) = text.split_first_chunk()?;
    let [tens @ b'0'..=b'9', ones @ b'0'..=b'9', b'"', ..] = text else {
        return None;
    };
    let day = i64::from(tens - b'0') * 10 + i64::from(ones - b'0');
    let days = days(u64::from_le_bytes(*month), day)?;
    Date::of_number(days)?;
    Some((days, at + 12))
}

/// The whole number at `at`, and where it ends; `None` if its spelling is odd or it is
/// long.
pub(super) fn int(bytes: &[u8], at: usize) -> Option<(i64, usize)> {
    let (sign, start) = match bytes.get(at)? {
        b'-' => (-1, at + 1),
        _ => (1, at),
    };
    let mut value: i64 = 0;
    let mut end = start;
    while let Some(digit @ b'0'..=b'9') = bytes.get(end) {
        if end - start == 18 {
            return None;
        }
        value = value * 10 + i64::from(digit - b'0');
        end += 1;
    }
    let leading = bytes.get(start) == Some(&b'0');
    let odd = end == start || leading && (end > start + 1 || sign < 0);
    (!odd).then_some((value * sign, end))
}

/// The tenths of the number at `at`, and where it ends; `None` unless it is spelled like
/// `36.5` or `36`.
pub(super) fn tenths(bytes: &[u8], at: usize) -> Option<(i64, usize)> {
    let (whole, end) = int(bytes, at)?;
    if !(0..10_000).contains(&whole) {
        return None;
    }
    match bytes.get(end..)? {
        [b'.', tenth @ b'0'..=b'9', ..] => {
            Some((whole * 10 + i64::from(tenth - b'0'), end + 2))
        }
        _ => Some((whole * 10, end)),
    }
}
