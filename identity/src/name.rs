//! Folds names for comparing. For showing them, see [`mask`](crate::mask).

use longma_core::fold;

/// A name folded for comparing: as any [text](longma_core::fold), and without the dots
/// between its parts. They are of many kinds, and some write none.
///
/// ```
/// use longma_identity::name;
/// assert_eq!(name("阿依古丽•买买提"), name("阿依古丽 买买提"));
/// assert_eq!(name("张\u{e863}"), name("张䶮"));
/// assert_ne!(name("张三"), name("张山"));
/// ```
#[must_use]
pub fn name(text: &str) -> String {
    // Marks on both sides of a dot come to stand together, and then say the same in any order.
    fold(&fold(text).replace(['·', '.'], "")).into_owned()
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
        // Composed and decomposed, and the code that systems had before the character's own.
        assert_eq!(
            name("NGUYỄN VĂN AN"),
            name("NGUYE\u{302}\u{303}N VA\u{306}N AN")
        );
        assert_eq!(name("张\u{e863}"), name("张䶮"));
        assert_ne!(name("张三"), name("张山"));
        assert_ne!(name("张䶮"), name("张某"));
        assert_eq!(name("e\u{302}.\u{301}"), name("e\u{301}·\u{302}"));
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,30}") {
            prop_assert_eq!(name(&name(&text)), name(&text));
        }
    }
}
