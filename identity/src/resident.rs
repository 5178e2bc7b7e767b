//! Reads numbers of the form that residents have.
//!
//! A resident identity number (GB 11643) has 18 characters: six digits for a region,
//! eight for the birth date, three for a sequence number that is odd for men and even
//! for women, and a check character by ISO 7064 MOD 11-2. Residence permits and the new
//! permanent residence cards of foreigners have numbers of the same form. Regions are not
//! looked up.

use crate::code::Code;
use longma_core::number::check_character;
use longma_core::{Date, Problem};

/// The type of the resident identity card.
pub const RESIDENT_ID: &str = "resident_id";
/// Length of a number, in characters.
pub(crate) const LENGTH: usize = 18;
/// Length of a number issued before 1999.
const OLD: usize = 15;
/// The region of invented numbers, which nobody has.
pub(crate) const INVENTED: &str = "999999";
/// Codes of GB/T 2261.1 that say no sex: unknown, not stated.
const UNTOLD: [&str; 2] = ["0", "9"];

/// What a number of this form says about its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The birth date, `YYYY-MM-DD`.
    pub birth_date: String,
    /// The sex by GB/T 2261.1: `1` male, `2` female.
    pub sex: &'static str,
}

/// Reads a folded number; `pointer` is its place in the document.
///
/// # Errors
/// Every problem of the number. A wrong length or character is reported alone.
pub(crate) fn read(text: &str, pointer: &str) -> Result<Told, Vec<Problem>> {
    let length = text.chars().count();
    if length == OLD && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // Folding has lengthened it unless its day does not exist.
        let day = text.get(6..12).unwrap_or_default();
        return Err(vec![
            Problem::in_facts(Code::IdentityDay, pointer).with("found", day),
        ]);
    }
    if length != LENGTH {
        return Err(vec![
            Problem::in_facts(Code::IdentityLength, pointer).with("n", length),
        ]);
    }
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
    // Every character has one byte.
    let part = |from: usize, until: usize| text.get(from..until).unwrap_or_default();
    let mut problems = Vec::new();
    let expected = check_character(part(0, LENGTH - 1));
    if !text.ends_with(expected) {
        problems.push(
            Problem::in_facts(Code::IdentityCheckDigit, pointer)
                .with("expected", expected)
                .with("found", part(LENGTH - 1, LENGTH)),
        );
    }
    let birth_date = format!("{}-{}-{}", part(6, 10), part(10, 12), part(12, 14));
    if Date::parse(&birth_date).is_err() {
        problems.push(Problem::in_facts(Code::IdentityDay, pointer).with("found", &birth_date));
    }
    let order = text.chars().nth(LENGTH - 2).and_then(|c| c.to_digit(10));
    let odd = order.is_some_and(|order| order % 2 == 1);
    let sex = if odd { "1" } else { "2" };
    if problems.is_empty() {
        Ok(Told { birth_date, sex })
    } else {
        Err(problems)
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
