//! Folds names for comparing. For showing them, see [`mask`](crate::mask).

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
    use super::name;
    use proptest::prelude::*;

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
        fn folding_twice_changes_nothing(text in "\\PC{0,30}") {
            prop_assert_eq!(name(&name(&text)), name(&text));
        }
    }
}
