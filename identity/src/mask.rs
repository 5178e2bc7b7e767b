//! Masks names and document numbers.

/// Shows the first character of a name, and the last if there are three or more. Invisible
/// characters and signs around the name are left out, and a mark stays with the character
/// that it belongs to: they must not take the place of the first character.
///
/// ```
/// use longma_identity::mask;
/// assert_eq!(mask::name("张三"), "张*");
/// assert_eq!(mask::name("欧阳小红"), "欧**红");
/// assert_eq!(mask::name("\u{200e}'张三"), "张*");
/// ```
#[must_use]
pub fn name(name: &str) -> String {
    let visible: String = name.chars().filter(|c| !is_invisible(*c)).collect();
    let is_sign = |c: char| !c.is_alphanumeric() && !is_private(c);
    let named = visible.trim_start_matches(is_sign);
    let mut signs: Vec<String> = Vec::new();
    for c in named
        .trim_end_matches(|c| is_sign(c) && !is_mark(c))
        .chars()
    {
        match signs.last_mut() {
            Some(last) if is_mark(c) => last.push(c),
            _ => signs.push(c.into()),
        }
    }
    hidden(&signs, 1, usize::from(signs.len() > 2))
}

/// Shows the first six and the last two characters of a number with 14 or more, such
/// as that of an identity card; the last two of one with 5 to 13; none of a shorter one.
/// Invisible characters and blanks around the number are left out.
///
/// ```
/// use longma_identity::mask;
/// assert_eq!(mask::number("999999199001010016"), "999999**********16");
/// assert_eq!(mask::number("E12345678"), "*******78");
/// ```
#[must_use]
pub fn number(number: &str) -> String {
    let signs = number.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    let signs = signs.chars().filter(|c| !is_invisible(*c));
    let signs: Vec<String> = signs.map(String::from).collect();
    match signs.len() {
        14.. => hidden(&signs, 6, 2),
        5..14 => hidden(&signs, 0, 2),
        _ => hidden(&signs, 0, 0),
    }
}

fn hidden(signs: &[String], first: usize, last: usize) -> String {
    let shown = |index: usize| index < first || index + last >= signs.len();
    let signs = signs.iter().enumerate();
    signs
        .map(|(index, sign)| if shown(index) { sign } else { "*" })
        .collect()
}

/// Control characters, direction signs and characters without a width.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}')
}

/// Marks that belong to the character before them.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}' | '\u{3099}' | '\u{309a}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{fe20}'..='\u{fe2f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Characters that systems use for rare names which they have no code for.
fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10fffd}')
}

#[cfg(test)]
mod tests {
    #[test]
    fn enough_is_shown_to_recognise_and_no_more() {
        let masked = [
            ("张三", "张*"),
            ("欧阳小红", "欧**红"),
            ("李", "李"),
            ("", ""),
        ];
        for (given, shown) in masked {
            assert_eq!(super::name(given), shown);
        }
        let with_signs = [
            ("\u{200e}张三", "张*"),
            ("\u{202b}张三丰\u{202c}", "张*丰"),
            ("*张三", "张*"),
            ("'张三", "张*"),
            ("（张三）", "张*"),
            ("张\u{200b}三", "张*"),
            ("\u{e863}某某", "\u{e863}*某"),
            ("张\u{e863}", "张*"),
            // A letter and its marks are one character.
            ("E\u{302}\u{303}a", "E\u{302}\u{303}*"),
            ("\u{301}张三", "张*"),
            ("葛\u{e0100}某", "葛\u{e0100}*"),
            ("*", ""),
        ];
        for (given, shown) in with_signs {
            assert_eq!(super::name(given), shown, "{given:?}");
        }
        let numbers = [
            ("\u{200e}999999199001010002\u{feff}", "999999**********02"),
            ("999999199001010002", "999999**********02"),
            ("E12345678", "*******78"),
            ("1234", "****"),
        ];
        for (given, shown) in numbers {
            assert_eq!(super::number(given), shown);
        }
    }
}
