//! Numbers of identity documents, folded for comparing: what a text's own folding leaves
//! different and a number's spellings do not.
//!
//! Lists, forms and spreadsheets write one number in many ways. Rules, merging, lists and
//! cards compare numbers as [`fold`] writes them, so that two spellings of one number are
//! one person. What is shown stays as it was given. Whether a number can be one of its
//! kind is not judged here.

use crate::time::Date;

/// Length of a resident identity number, in characters.
const RESIDENT: usize = 18;
/// Length of one issued before 1999, without century and check character.
const RESIDENT_OLD: usize = 15;
/// Length of a permit of a Hong Kong or Macao resident with the count of its issues.
const PERMIT_ISSUED: usize = 11;
/// Length of such a permit without that count.
const PERMIT: usize = 9;
/// What people write before a number; longer ones before those that they begin with.
const LABELS: [&str; 23] = [
    "居民身份证号码",
    "居民身份证号",
    "居民身份证",
    "公民身份号码",
    "公民身份证号码",
    "身份证件号码",
    "身份证号码",
    "身份证号",
    "身份证",
    "身份号码",
    "证件号码",
    "证件号",
    "护照号码",
    "护照号",
    "护照",
    "回乡证",
    "台胞证",
    "通行证",
    "居住证",
    "出生医学证明",
    "号码",
    "证号",
    "编号",
];

/// A document's number folded for comparing: half-width capitals and digits, `X` for the
/// signs that look like it, without blanks, invisible characters, hyphens, brackets, signs
/// around it and labels before it. An old resident number of 15 digits becomes the one of
/// 18, and a permit of a Hong Kong or Macao resident loses the count of its issues. A text
/// without letters and digits stays as it is.
///
/// ```
/// use longma_core::number::fold;
/// assert_eq!(fold("身份证：１１０１０５-19491231-002×。"), "11010519491231002X");
/// assert_eq!(fold("=\"999999650101001\""), "999999196501010019");
/// assert_eq!(fold("h1234567801"), "H12345678");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    if is_folded(text.as_bytes()) {
        return text.to_owned();
    }
    let text_folded = crate::fold::fold(text);
    let kept = text_folded.chars().filter_map(sign);
    let capitals: String = kept.map(|c| c.to_ascii_uppercase()).collect();
    let mut folded = capitals.trim_matches(is_around);
    while let Some(rest) = LABELS.iter().find_map(|label| folded.strip_prefix(label)) {
        let rest = rest.trim_start_matches(is_around);
        if rest.is_empty() {
            break;
        }
        folded = rest;
    }
    match folded.len() {
        0 => text.trim().to_owned(),
        RESIDENT_OLD => of_18(folded).unwrap_or_else(|| folded.to_owned()),
        PERMIT_ISSUED if folded.starts_with(['H', 'M']) && digits(folded, 1) => {
            folded.chars().take(PERMIT).collect()
        }
        _ => of_forces(folded).unwrap_or_else(|| folded.to_owned()),
    }
}

/// Whether [`fold`] surely leaves these bytes as they are.
pub(crate) fn is_folded(bytes: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
    !matches!(bytes.len(), 0 | RESIDENT_OLD | PERMIT_ISSUED) && bytes.iter().all(plain)
}

/// The check character by ISO 7064 MOD 11-2 for the digits before it: their weights are
/// powers of two modulo 11, and the sum with the check character is 1 modulo 11.
///
/// ```
/// // The example in GB 11643.
/// assert_eq!(longma_core::number::check_character("11010519491231002"), 'X');
/// ```
#[must_use]
pub fn check_character(body: &str) -> char {
    let digits = body.chars().filter_map(|c| c.to_digit(10));
    let sum = digits.fold(0, |sum, digit| (sum + digit) * 2 % 11);
    match (12 - sum) % 11 {
        10 => 'X',
        value => char::from_digit(value, 10).unwrap_or('X'),
    }
}

/// A resident number of 15 digits as the same person's of 18, if its day exists.
fn of_18(old: &str) -> Option<String> {
    if !digits(old, 0) {
        return None;
    }
    let (region, rest) = old.split_at_checked(6)?;
    let (day, order) = rest.split_at_checked(6)?;
    // These four were given to people who were a hundred years old.
    let century = match order {
        "996" | "997" | "998" | "999" => "18",
        _ => "19",
    };
    let part = |from| day.get(from..from + 2);
    let date = format!("{century}{}-{}-{}", part(0)?, part(2)?, part(4)?);
    Date::parse(&date).ok()?;
    let body = format!("{region}{century}{rest}");
    let check = check_character(&body);
    Some(format!("{body}{check}")).filter(|new| new.len() == RESIDENT)
}

/// A number of the armed forces in full: `军字第0000001号`, of which people leave out parts.
fn of_forces(text: &str) -> Option<String> {
    let (unit, rest) = text.split_once('字')?;
    let rest = rest.strip_prefix('第').unwrap_or(rest);
    let number = rest.strip_suffix('号').unwrap_or(rest);
    let sound = !unit.is_empty() && !number.is_empty() && digits(number, 0);
    sound.then(|| format!("{unit}字第{number}号"))
}

/// Whether all characters from a position on are digits.
fn digits(text: &str, from: usize) -> bool {
    let rest = text.as_bytes().get(from..);
    rest.is_some_and(|rest| rest.iter().all(u8::is_ascii_digit))
}

/// A character of a folded text as it is compared; `None` if it says nothing.
fn sign(c: char) -> Option<char> {
    match c {
        '-' | '(' | ')' | '[' | ']' | '【' | '】' => None,
        // Signs that people write for an X, and chi, which has a shape of its own.
        '×' | '✕' | '✖' | '╳' | '⨯' | 'χ' => Some('X'),
        _ => Some(c),
    }
}

/// What stands around a number and is none of it: quotation marks, an apostrophe, `=`.
fn is_around(c: char) -> bool {
    !c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_number_are_one() {
        for text in [
            "11010519491231002X",
            "11010519491231002x",
            "１１０１０５１９４９１２３１００２Ｘ",
            " 110105 19491231\u{3000}002X\u{a0}",
            "\u{200e}110105\u{200b}19491231002X\u{202c}",
            "110105-19491231—002X",
            "'11010519491231002X",
            "`11010519491231002X",
            "‘11010519491231002X’",
            "=\"11010519491231002X\"",
            "\"11010519491231002X\"",
            "11010519491231002×",
            "11010519491231002Х",
            "11010519491231002χ",
            "11010519491231002X。",
            "11010519491231002X,",
            "身份证11010519491231002X",
            "身份证号码：11010519491231002X",
            "证件号码: 身份证 11010519491231002X;",
            "(身份证)11010519491231002X",
        ] {
            assert_eq!(fold(text), "11010519491231002X", "{text:?}");
        }
    }

    #[test]
    fn old_resident_numbers_become_new_ones() {
        assert_eq!(fold("999999650101001"), "999999196501010019");
        // GB 11643-1989: 996 to 999 were for people of a hundred years and more.
        assert_eq!(fold("110105891231998").get(6..14), Some("18891231"));
        // 13 is no month, 15 characters with letters are another document's.
        assert_eq!(fold("999999651301001"), "999999651301001");
        assert_eq!(fold("USA999900010101"), "USA999900010101");
    }

    #[test]
    fn permits_lose_the_count_of_their_issues() {
        for text in ["H12345678", "h12345678", "H1234567801", "H 1234 5678 02"] {
            assert_eq!(fold(text), "H12345678", "{text}");
        }
        assert_eq!(fold("M1234567899"), "M12345678");
        assert_eq!(fold("E1234567801"), "E1234567801");
        assert_eq!(fold("H123456780"), "H123456780");
    }

    #[test]
    fn numbers_of_the_forces_are_written_in_full() {
        for text in [
            "军字第0000001号",
            "军字0000001",
            "军字第 0000001",
            "军字0000001号",
        ] {
            assert_eq!(fold(text), "军字第0000001号", "{text}");
        }
    }

    #[test]
    fn a_text_without_letters_and_digits_stays() {
        for (text, folded) in [("—", "—"), (" 、 ", "、"), ("", ""), ("身份证", "身份证")]
        {
            assert_eq!(fold(text), folded);
        }
    }

    #[test]
    fn what_is_surely_folded_is_folded() {
        for text in ["11010519491231002X", "H12345678", "E12345678"] {
            assert!(is_folded(text.as_bytes()), "{text}");
        }
        for text in ["", "999999650101001", "H1234567801", "x", "A-1", "军字1"] {
            assert!(!is_folded(text.as_bytes()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "[身份证号军字第'\"=HMXx×a-zA-Z0-9０-９ .()-]{0,24}|\\PC{0,30}|[0-9]{15}|[HM][0-9]{10}") {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded);
        }

        #[test]
        fn the_quick_look_says_nothing_wrong(text in "[0-9A-Zx-]{0,20}|[0-9]{15}|[HM][0-9]{10}") {
            prop_assert!(!is_folded(text.as_bytes()) || fold(&text) == text);
        }
    }
}
