//! What the listing says besides the names of operations.

use longma_core::{Args, Lang};

/// A message in one language.
pub(super) fn say(key: &str, args: &Args, lang: Lang) -> String {
    crate::code::messages().say(key, args).get(lang).to_owned()
}

/// A number with its digits in threes.
#[must_use]
pub fn number(of: u64) -> String {
    if of == u64::MAX {
        return "∞".to_owned();
    }
    let digits = of.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
