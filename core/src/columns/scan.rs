//! Scanning JSON eight bytes at a time.
//!
//! A word holds eight bytes of the document, the first in its lowest bits. Each byte of
//! the results below has its highest bit set where something was found.

use crate::time::{DAY, Date, Instant};

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Eight bytes from `at`; those beyond the end are 0.
pub(super) fn load(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..).and_then(<[u8]>::first_chunk) {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => tail(bytes, at),
    }
}

/// Sixteen bytes from `at`; those beyond the end are 0.
pub(super) fn load_two(bytes: &[u8], at: usize) -> [u64; 2] {
    let chunk: Option<&[u8; 16]> = bytes.get(at..).and_then(<[u8]>::first_chunk);
    match chunk.map(|chunk| chunk.as_chunks().0) {
        Some([first, second]) => [u64::from_le_bytes(*first), u64::from_le_bytes(*second)],
        _ => [tail(bytes, at), tail(bytes, at + 8)],
    }
}

#[cold]
fn tail(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default().iter().take(8).rev();
    rest.fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// How many bytes two texts have in common at their start, `most` at most.
pub(super) fn shared(a: &[u8], b: &[u8], most: usize) -> usize {
    let mut at = 0;
    loop {
        let differs = load(a, at) ^ load(b, at);
        let same = differs.trailing_zeros() as usize / 8;
        at += same;
        if same < 8 || at >= most {
            // Beyond its end, a text is as if it had zeros.
            return at.min(most).min(a.len()).min(b.len());
        }
    }
}

/// The lowest `len` bytes of a word, all ones; all eight if `len` is more.
pub(super) fn mask(len: usize) -> u64 {
    match len {
        0..8 => (1 << (8 * len)) - 1,
        _ => u64::MAX,
    }
}

/// Where the next byte is that is not white space.
#[inline]
pub(super) fn skip(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'!'..) => at,
        _ => skip_blanks(bytes, at),
    }
}

fn skip_blanks(bytes: &[u8], mut at: usize) -> usize {
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
            to: (u64::from(to) * ONES) | HIGH,
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

/// Eight characters, with `0` where there are digits.
struct Pattern {
    plain: u64,
    /// All ones where no digit is.
    others: u64,
}

impl Pattern {
    const fn new(plain: [u8; 8]) -> Self {
        let plain = u64::from_le_bytes(plain);
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

    /// The values of the digits, 0 between them, and ones where a character is wrong.
    fn digits(&self, word: u64) -> (u64, u64) {
        let digits = word ^ self.plain;
        let high = digits | digits.wrapping_add(6 * ONES);
        (digits, high & (0xf0 * ONES) | digits & self.others)
    }
}

const MONTH: Pattern = Pattern::new(*b"\"0000-00");
const HOUR: Pattern = Pattern::new(*b"-00T00:0");
const SECOND: Pattern = Pattern::new(*b"0:00+00:");
const END: Pattern = Pattern::new(*b"00\"\0\0\0\0\0");
const DAY_END: Pattern = Pattern::new(*b"-00\"\0\0\0\0");

/// The byte at a position of a word.
fn byte(word: u64, at: u32) -> u64 {
    word >> (8 * at) & 0xff
}

/// For each digit, ten times its value and that of the byte after it.
fn pairs(digits: u64) -> u64 {
    // Each is a byte below 100, so nothing is carried.
    digits.wrapping_mul(10).wrapping_add(digits >> 8)
}

/// Days since the Unix epoch, from the digits of [`MONTH`] and the day.
#[inline]
fn days(month: u64, day: u64) -> Option<i64> {
    let pairs = pairs(month);
    let year = byte(pairs, 1) * 100 + byte(pairs, 3);
    let month = byte(pairs, 6);
    if year == 0 || !(1..=12).contains(&month) || !(1..=28).contains(&day) {
        is_late_day(year, month, day).then_some(())?;
    }
    // Years that begin in March have their odd day at the end.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let century = year / 100;
    let of_year = (153 * month + 2) / 5 + day;
    let days = year * 365 + year / 4 - century + century / 4 + of_year;
    Some(days.cast_signed() - 719_469)
}

/// Whether this is one of the last days of a month.
fn is_late_day(year: u64, month: u64, day: u64) -> bool {
    let turns = |years| year.is_multiple_of(years);
    let leap = turns(4) && (!turns(100) || turns(400));
    let last = match month {
        2 => 28 + u64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    year > 0 && (29..=last).contains(&day)
}

/// The instant in quotation marks at `at`, and where it ends; `None` unless it is
/// spelled like `2022-07-08T21:00:00+08:00` or `2022-07-08T13:00:00Z`.
pub(super) fn instant(bytes: &[u8], at: usize) -> Option<(i64, usize)> {
    let [month, hour, second, end] = load_27(bytes, at);
    let (second, end, sign, len) = match byte(second, 4) {
        0x2b => (second, end, 1, 27),
        // The other sign, written as the first so that one pattern fits both.
        0x2d => (second ^ 0x06_0000_0000, end, -1, 27),
        0x5a if byte(second, 5) == 0x22 => {
            let utc = second & 0xffff_ffff | SECOND.plain & !0xffff_ffff;
            (utc, END.plain, 1, 22)
        }
        _ => return None,
    };
    let (month, wrong_month) = MONTH.digits(month);
    let (hour, wrong_hour) = HOUR.digits(hour);
    let (second, wrong_second) = SECOND.digits(second);
    let (end, wrong_end) = END.digits(end);
    if wrong_month | wrong_hour | wrong_second | wrong_end != 0 {
        return None;
    }
    let (hour_pairs, second_pairs) = (pairs(hour), pairs(second));
    let minute = byte(hour, 7) * 10 + byte(second, 0);
    let (hour, second) = (byte(hour_pairs, 4), byte(second_pairs, 2));
    let (hours, minutes) = (byte(second_pairs, 5), byte(pairs(end), 0));
    if hour > 23 || minute > 59 || second > 59 || minutes > 59 || hours * 60 + minutes > 840 {
        return None;
    }
    let days = days(month, byte(hour_pairs, 1))?;
    let of_day = (hour * 3_600 + minute * 60 + second).cast_signed();
    let offset = (hours * 3_600 + minutes * 60).cast_signed();
    let seconds = days * DAY + of_day - sign * offset;
    Instant::from_unix(seconds)?;
    Some((seconds, at + len))
}

/// 27 bytes from `at`, as far as there are so many.
#[inline]
fn load_27(bytes: &[u8], at: usize) -> [u64; 4] {
    let chunk: Option<&[u8; 27]> = bytes.get(at..).and_then(<[u8]>::first_chunk);
    match chunk.map(|chunk| chunk.as_chunks()) {
        Some(([first, second, third], [a, b, c])) => [
            u64::from_le_bytes(*first),
            u64::from_le_bytes(*second),
            u64::from_le_bytes(*third),
            u64::from_le_bytes([*a, *b, *c, 0, 0, 0, 0, 0]),
        ],
        _ => [0, 8, 16, 24].map(|more| tail(bytes, at + more) & mask(27 - more)),
    }
}

/// The day in quotation marks at `at`, and where it ends; `None` unless it is spelled
/// like `2022-07-08`.
pub(super) fn date(bytes: &[u8], at: usize) -> Option<(i64, usize)> {
    let (month, wrong) = MONTH.digits(load(bytes, at));
    let (day, wrong_day) = DAY_END.digits(load(bytes, at + 8) & mask(4));
    if wrong | wrong_day != 0 {
        return None;
    }
    let days = days(month, byte(pairs(day), 1))?;
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
        [b'.', tenth @ b'0'..=b'9', ..] => Some((whole * 10 + i64::from(tenth - b'0'), end + 2)),
        _ => Some((whole * 10, end)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::TimeError;

    type Scan = fn(&[u8], usize) -> Option<(i64, usize)>;

    /// Compares what `read` makes of a text in quotation marks, alone and in a document,
    /// with what the parser that explains makes of it. `plain` texts must be taken.
    fn agrees(text: &str, read: Scan, explained: Result<i64, TimeError>, plain: bool) {
        for (before, after) in [("", ""), ("[\"甲\",", "  ]}, {}, {}")] {
            let document = format!("{before}\"{text}\"{after}");
            let found = read(document.as_bytes(), before.len());
            let end = before.len() + text.len() + 2;
            match (found, explained) {
                (Some(found), Ok(expected)) => assert_eq!(found, (expected, end), "{text}"),
                (None, Ok(_)) => assert!(!plain, "{text}"),
                (Some(_), Err(_)) => assert_eq!(found, None, "{text}"),
                (None, Err(_)) => {}
            }
        }
    }

    fn moment(text: &str, plain: bool) {
        agrees(
            text,
            instant,
            Instant::parse(text).map(Instant::unix),
            plain,
        );
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for year in [
            0, 1, 2, 4, 99, 100, 400, 1582, 1900, 1970, 2000, 2022, 2024, 9999,
        ] {
            for month in 0..=13 {
                for day in 0..=32 {
                    let text = format!("{year:04}-{month:02}-{day:02}");
                    agrees(&text, date, Date::parse(&text).map(Date::number), true);
                    moment(&format!("{text}T12:34:56+08:00"), true);
                }
            }
        }
    }

    #[test]
    fn times_and_offsets_are_those_of_rfc_3339() {
        for hour in 0..=25 {
            for minute in (0..=61).chain([99]) {
                moment(&format!("2022-07-08T{hour:02}:{minute:02}:00Z"), true);
                moment(
                    &format!("2022-07-08T00:00:{minute:02}-{hour:02}:00"),
                    hour < 15,
                );
                for sign in ["+", "-", "\u{2212}", " "] {
                    let text = format!("2022-07-08T00:00:00{sign}{hour:02}:{minute:02}");
                    moment(&text, hour < 15 && sign.len() == 1);
                }
            }
        }
        for day in ["0001-01-01", "0001-01-03", "9999-12-29", "9999-12-31"] {
            for hour in ["00:00:00", "23:59:59", "23:59:60"] {
                for offset in [
                    "Z", "+00:00", "-00:00", "+00:01", "-00:01", "+14:00", "-14:59",
                ] {
                    moment(&format!("{day}T{hour}{offset}"), true);
                }
            }
        }
    }

    #[test]
    fn a_time_with_another_character_anywhere_is_read_alike() {
        for text in ["2022-07-08T21:00:09+08:00", "2022-07-08T21:00:09Z"] {
            for at in 0..text.len() {
                for other in (0..=0x7f_u8).map(char::from).chain(['０', 'é']) {
                    let (before, rest) = (text.get(..at), text.get(at + 1..));
                    let changed = format!("{}{other}{}", before.unwrap_or(""), rest.unwrap_or(""));
                    moment(&changed, other.is_ascii_digit() && at < 20);
                    moment(&format!("{}{other}", before.unwrap_or("")), false);
                    if let Some(day) = changed.get(..10) {
                        agrees(day, date, Date::parse(day).map(Date::number), true);
                    }
                }
            }
            moment(&text.to_lowercase(), false);
            moment(&text.replace(":09", ":09.000"), false);
            moment(&text.replace(":09", ":09.5"), false);
        }
    }

    #[test]
    fn a_text_ends_at_its_quotation_mark() {
        for len in 0..40 {
            for plain in ["a", "甲", "\u{7f}", "\u{80}", "!", "#", "[", "]"] {
                let text = plain.repeat(len);
                for after in ["", ",", "\"\\\u{1}, \"更多的文字\""] {
                    let document = format!("\"{text}\"{after}");
                    let end = Some(text.len() + 1);
                    assert_eq!(text_end(document.as_bytes(), 1), end, "{document}");
                }
                for wrong in ["", "\\\"", "\n\"", "\u{0}\"", "\u{1f}\""] {
                    let document = format!("\"{text}{wrong}");
                    assert_eq!(text_end(document.as_bytes(), 1), None, "{document}");
                }
            }
        }
    }

    #[test]
    fn a_class_ends_at_the_first_other_character() {
        let ranges = [
            Range::new(b'a', b'f'),
            Range::new(b'0', b'9'),
            Range::new(b'~', 0x7f),
        ];
        for other in 0..=0xff_u8 {
            let within = matches!(other, b'a'..=b'f' | b'0'..=b'9' | b'~'..=0x7f);
            for at in 0..20 {
                let mut bytes = b"0123456789abcdef~0af".to_vec();
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = other;
                }
                let end = if within { bytes.len() } else { at };
                assert_eq!(class_end(&bytes, 0, &ranges), end, "{other} {at}");
            }
        }
    }

    #[test]
    fn numbers_are_read_in_one_spelling() {
        let whole = |text: &str| int(text.as_bytes(), 0);
        assert_eq!(whole("0"), Some((0, 1)));
        assert_eq!(whole("-12,"), Some((-12, 3)));
        assert_eq!(
            whole("999999999999999999"),
            Some((999_999_999_999_999_999, 18))
        );
        for odd in ["", "-", "+1", "-0", "00", "01", "1000000000000000000", "x"] {
            assert_eq!(whole(odd), None, "{odd}");
        }
        let decimal = |text: &str| tenths(text.as_bytes(), 0);
        assert_eq!(decimal("36.5}"), Some((365, 4)));
        assert_eq!(decimal("36"), Some((360, 2)));
        // What is left over is not JSON's next sign, so these are not taken either.
        assert_eq!(decimal("36."), Some((360, 2)));
        assert_eq!(decimal("36.55"), Some((365, 4)));
        for odd in ["-1.5", ".5", "012.5", "10000"] {
            assert_eq!(decimal(odd), None, "{odd}");
        }
    }
}
