//! Constants as what they are: the same word can be an instant, a text and a number.

use crate::lower::kind::Kind;
use longma_core::columns::{ABSENT, Texts, Word};
use longma_core::value::Temperature;
use longma_core::{Date, Instant, Offset};

/// A constant of some kind, as a rule would write it.
pub(super) fn constant(word: Word, kind: Option<&Kind>, texts: &Texts, offset: Offset) -> String {
    if word == ABSENT {
        return "()".to_owned();
    }
    let known = match kind {
        Some(Kind::Bool) => Some((word != 0).to_string()),
        Some(Kind::Text(_)) => {
            let text = usize::try_from(word).ok().and_then(|at| texts.get(at));
            text.map(|text| longma_core::quote(text))
        }
        Some(Kind::Instant) => Instant::from_unix(word).map(|it| it.to_rfc3339(offset)),
        Some(Kind::Date) => Date::of_number(word).map(|date| date.to_string()),
        Some(Kind::Elapsed) => Some(elapsed(word)),
        Some(Kind::Days) => Some(format!("days({word})")),
        Some(Kind::Temperature) => Some(format!("{}°C", temperature(Temperature::tenths(word)))),
        _ => None,
    };
    known.unwrap_or_else(|| word.to_string())
}

fn elapsed(seconds: i64) -> String {
    if seconds % 3_600 == 0 {
        format!("hours({})", seconds / 3_600)
    } else if seconds % 60 == 0 {
        format!("minutes({})", seconds / 60)
    } else {
        format!("seconds({seconds})")
    }
}

fn temperature(of: Temperature) -> String {
    let tenths = of.in_tenths();
    let sign = if tenths < 0 { "-" } else { "" };
    format!("{sign}{}.{}", tenths.abs() / 10, tenths.abs() % 10)
}
