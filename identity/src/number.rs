//! Reads resident identity numbers, and folds names and numbers for comparing. For
//! showing them, see [`mask`](crate::mask).
//!
//! A resident identity number (GB 11643) has 18 characters: six digits for a region,
//! eight for the birth date, three for a sequence number that is odd for men and even
//! for women, and a check character by ISO 7064 MOD 11-2. Numbers of other documents
//! have no check digit here and are only compared.
//!
//! A number is checked against the rest of the document. Nothing is corrected here,
//! and nothing is looked up.

use crate::code::Code;
use longma_core::{Date, Problem};
use serde_json::Value as Json;

/// The type of document whose number has a check digit.
pub const RESIDENT_ID: &str = "resident_id";
/// Length of a resident identity number, in characters.
const LENGTH: usize = 18;
/// Codes of GB/T 2261.1 that say no sex: unknown, not stated.
const UNTOLD: [&str; 2] = ["0", "9"];

/// What a resident identity number says about its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The birth date, `YYYY-MM-DD`.
    pub birth_date: String,
    /// The sex by GB/T 2261.1: `1` male, `2` female.
    pub sex: &'static str,
}

/// A document's number folded for comparing: no full-width forms, no blanks, upper
/// case.
///
/// ```
/// assert_eq!(longma_identity::number(" 110105 19491231 002x "), "11010519491231002X");
/// ```
#[must_use]
pub fn number(text: &str) -> String {
    folded(text).flat_map(char::to_uppercase).collect()
}

/// A name folded for comparing: no full-width forms, blanks or middle dots, lower case.
/// Names of several parts are written with many kinds of dot, and with none.
///
/// ```
/// use longma_identity::name;
/// assert_eq!(name("阿依古丽•买买提"), name("阿依古丽 买买提"));
/// assert_ne!(name("张三"), name("张山"));
/// ```
#[must_use]
pub fn name(text: &str) -> String {
    folded(text)
        .filter(|c| !is_middle_dot(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Reads a resident identity number; `pointer` is its place in the document.
///
/// ```
/// use longma_identity::{Code, read};
///
/// // The example in GB 11643.
/// let told = read("11010519491231002X", "/identity/document/number").unwrap();
/// assert_eq!((told.birth_date.as_str(), told.sex), ("1949-12-31", "2"));
/// let problems = read("110105194912310021", "/identity/document/number").unwrap_err();
/// assert!(problems[0].code == Code::IdentityCheckDigit);
/// ```
///
/// # Errors
/// Every problem of the number. A wrong length or character is reported alone.
pub fn read(text: &str, pointer: &str) -> Result<Told, Vec<Problem>> {
    let text = number(text);
    let length = text.chars().count();
    if length != LENGTH {
        return Err(vec![
            Problem::in_facts(Code::IdentityLength, pointer).with("n", length),
        ]);
    }
    let (body, check) = (
        text.chars().take(LENGTH - 1),
        text.chars().last().unwrap_or_default(),
    );
    let wrong = text.chars().enumerate().find(|(place, c)| {
        let last = *place == LENGTH - 1;
        !(c.is_ascii_digit() || (last && *c == 'X'))
    });
    if let Some((place, c)) = wrong {
        let found = c.escape_debug().to_string();
        return Err(vec![
            Problem::in_facts(Code::IdentityCharacter, pointer)
                .with("place", place + 1)
                .with("found", &found),
        ]);
    }
    let digits: Vec<u32> = body.filter_map(|c| c.to_digit(10)).collect();
    let mut problems = Vec::new();
    let expected = check_character(&digits);
    if check != expected {
        problems.push(
            Problem::in_facts(Code::IdentityCheckDigit, pointer)
                .with("expected", expected)
                .with("found", check),
        );
    }
    let digit = |place: usize| text.chars().nth(place).unwrap_or_default();
    let part = |from: usize, to: usize| (from..to).map(digit).collect::<String>();
    let birth_date = format!("{}-{}-{}", part(6, 10), part(10, 12), part(12, 14));
    if Date::parse(&birth_date).is_err() {
        problems.push(Problem::in_facts(Code::IdentityDay, pointer).with("found", &birth_date));
    }
    let odd = digits.last().is_some_and(|order| order % 2 == 1);
    let sex = if odd { "1" } else { "2" };
    if problems.is_empty() {
        Ok(Told { birth_date, sex })
    } else {
        Err(problems)
    }
}

/// The check character for the seventeen digits before it. Weights are powers of two
/// modulo 11; the sum including the check character is 1 modulo 11.
fn check_character(digits: &[u32]) -> char {
    let sum = digits.iter().fold(0, |sum, digit| (sum + digit) * 2 % 11);
    match (12 - sum) % 11 {
        10 => 'X',
        value => char::from_digit(value, 10).unwrap_or('X'),
    }
}

/// Checks the section `identity` of a facts document, at `pointer`, against its own
/// resident identity number. Documents of other types are not checked.
///
/// ```
/// use longma_identity::{Code, check};
///
/// let identity = serde_json::json!({
///     "document": {"type": "resident_id", "number": "11010519491231002X"},
///     "birth_date": "1949-12-30", "sex": "2"});
/// let problems = check(&identity, "/identity");
/// assert_eq!(problems.len(), 1);
/// assert!(problems[0].code == Code::IdentityBirthDate);
/// ```
#[must_use]
pub fn check(identity: &Json, pointer: &str) -> Vec<Problem> {
    let text = |name: &str| identity.get(name).and_then(Json::as_str);
    let document = |name: &str| identity.get("document")?.get(name)?.as_str();
    if document("type") != Some(RESIDENT_ID) {
        return Vec::new();
    }
    let at = format!("{pointer}/document/number");
    let told = match read(document("number").unwrap_or_default(), &at) {
        Ok(told) => told,
        Err(problems) => return problems,
    };
    let mut problems = Vec::new();
    if let Some(found) = text("birth_date").filter(|found| *found != told.birth_date) {
        let at = format!("{pointer}/birth_date");
        problems.push(
            Problem::in_facts(Code::IdentityBirthDate, at)
                .with("expected", &told.birth_date)
                .with("found", found),
        );
    }
    if let Some(found) = text("sex").filter(|found| says_a_sex(found) && *found != told.sex) {
        problems.push(
            Problem::in_facts(Code::IdentitySex, format!("{pointer}/sex"))
                .with("expected", told.sex)
                .with("found", found),
        );
    }
    problems
}

/// What the number of `document` says; `None` unless it is a sound resident identity
/// number.
///
/// ```
/// use longma_identity::told;
/// let document = |kind| serde_json::json!({"type": kind, "number": "11010519491231002X"});
/// assert_eq!(told(&document("resident_id")).unwrap().birth_date, "1949-12-31");
/// assert_eq!(told(&document("passport")), None);
/// ```
#[must_use]
pub fn told(document: &Json) -> Option<Told> {
    let text = |name: &str| document.get(name).and_then(Json::as_str);
    match text("type") {
        Some(RESIDENT_ID) => read(text("number")?, "").ok(),
        _ => None,
    }
}

/// Whether a GB/T 2261.1 code says a sex: 0 is unknown, 9 not stated.
///
/// ```
/// use longma_identity::says_a_sex;
/// assert!(says_a_sex("1") && says_a_sex("2"));
/// assert!(!says_a_sex("0") && !says_a_sex("9"));
/// ```
#[must_use]
pub fn says_a_sex(sex: &str) -> bool {
    !UNTOLD.contains(&sex)
}

fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => {
                char::from_u32(u32::from(c).saturating_sub(0xfee0)).unwrap_or(c)
            }
            _ => c,
        })
        .filter(|c| !c.is_whitespace())
}

/// The dots used between the parts of a name.
fn is_middle_dot(c: char) -> bool {
    matches!(
        c,
        '\u{b7}'
            | '\u{2022}'
            | '\u{2027}'
            | '\u{2219}'
            | '\u{22c5}'
            | '\u{30fb}'
            | '\u{ff65}'
            | '.'
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    /// The example printed in GB 11643, and an invented number without a real region.
    const PRINTED: &str = "11010519491231002X";
    const INVENTED: &str = "999999199001010016";

    fn codes(found: &[Problem]) -> Vec<&str> {
        found.iter().map(|problem| problem.code.as_str()).collect()
    }

    #[test]
    fn the_standards_example_says_its_birth_date_and_sex() {
        for text in [
            PRINTED,
            "11010519491231002x",
            "１１０１０５１９４９１２３１００２Ｘ",
            " 110105 19491231 002X ",
        ] {
            let told = read(text, "").unwrap();
            assert_eq!(told.birth_date, "1949-12-31");
            assert_eq!(told.sex, "2");
        }
    }

    #[test]
    fn what_is_wrong_with_a_number_is_told_by_code() {
        let wrong = |text| codes_of(read(text, "/n"));
        assert_eq!(wrong("1101051949123100"), ["identity-length"]);
        assert_eq!(wrong(""), ["identity-length"]);
        assert_eq!(wrong("11010519491231OO2X"), ["identity-character"]);
        assert_eq!(wrong("1101051949123100X2"), ["identity-character"]);
        assert_eq!(wrong("110105194912310021"), ["identity-check-digit"]);
        // 30 February, with a correct check character.
        let day = with_check("11010519490230002");
        assert_eq!(wrong(&day), ["identity-day"]);
    }

    fn codes_of(read: Result<Told, Vec<Problem>>) -> Vec<String> {
        let found = read.unwrap_err().into_iter();
        found.map(|problem| problem.code.to_string()).collect()
    }

    /// The check character by the standard's table of weights.
    fn with_check(body: &str) -> String {
        const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
        let digits = body.chars().map(|c| c.to_digit(10).unwrap());
        let sum: u32 = digits.zip(WEIGHTS).map(|(d, w)| d * w).sum();
        let check = CHECKS.get(usize::try_from(sum % 11).unwrap()).unwrap();
        format!("{body}{check}")
    }

    #[test]
    fn the_document_is_held_against_its_number() {
        let identity = |birth: &str, sex: &str, kind: &str| {
            json!({"name": "样例", "document": {"type": kind, "number": PRINTED},
                "birth_date": birth, "sex": sex})
        };
        let found = |birth, sex, kind| check(&identity(birth, sex, kind), "/identity");
        assert!(found("1949-12-31", "2", "resident_id").is_empty());
        assert!(found("1949-12-31", "9", "resident_id").is_empty());
        let both = found("1949-12-30", "1", "resident_id");
        assert_eq!(codes(&both), ["identity-birth-date", "identity-sex"]);
        // Numbers of other documents are not checked.
        assert!(found("1949-12-30", "1", "passport").is_empty());
    }

    #[test]
    fn every_problem_says_what_to_do() {
        let wrong = json!({"document": {"type": "resident_id", "number": "1"}});
        for problem in check(&wrong, "/identity") {
            assert!(problem.help().is_some_and(|help| !help.is_incomplete()));
            assert_ne!(problem.message().en, problem.code.as_str());
        }
    }

    #[test]
    fn names_are_the_same_whatever_their_dots_and_widths() {
        for other in [
            "阿依古丽•买买提",
            "阿依古丽 买买提",
            "阿依古丽・买买提",
            "阿依古丽．买买提",
        ] {
            assert_eq!(name(other), name("阿依古丽·买买提"), "{other}");
        }
        assert_eq!(name("ＺＨＡＮＧ San"), name("Zhang  SAN"));
        assert_ne!(name("张三"), name("张山"));
    }

    proptest! {
        #[test]
        fn the_check_character_is_that_of_the_table_of_weights(body in "[0-9]{17}") {
            let digits: Vec<u32> = body.chars().filter_map(|c| c.to_digit(10)).collect();
            let whole = format!("{body}{}", check_character(&digits));
            prop_assert_eq!(whole, with_check(&body));
        }

        #[test]
        fn one_wrong_digit_is_always_noticed(place in 0..17_usize, by in 1..10_u32) {
            let changed: String = INVENTED.chars().enumerate().map(|(at, c)| {
                let digit = c.to_digit(10).unwrap();
                if at == place { char::from_digit((digit + by) % 10, 10).unwrap() } else { c }
            }).collect();
            prop_assert!(codes_of(read(&changed, "")).contains(&"identity-check-digit".to_owned()));
        }

        #[test]
        fn any_text_is_answered(text in "\\PC{0,30}") {
            let _ = read(&text, "");
            prop_assert_eq!(name(&name(&text)), name(&text));
            prop_assert_eq!(number(&number(&text)), number(&text));
        }
    }
}
