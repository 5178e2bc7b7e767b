//! Masks names and document numbers.

/// Shows the first character of a name, and the last if there are three or more.
///
/// ```
/// use longma_identity::mask;
/// assert_eq!(mask::name("张三"), "张*");
/// assert_eq!(mask::name("欧阳小红"), "欧**红");
/// ```
#[must_use]
pub fn name(name: &str) -> String {
    let signs: Vec<char> = name.trim().chars().collect();
    hidden(&signs, 1, usize::from(signs.len() > 2))
}

/// Shows the first six and the last two characters of a number with 14 or more, such
/// as that of an identity card; the last two of one with 5 to 13; none of a shorter one.
///
/// ```
/// use longma_identity::mask;
/// assert_eq!(mask::number("999999199001010016"), "999999**********16");
/// assert_eq!(mask::number("E12345678"), "*******78");
/// ```
#[must_use]
pub fn number(number: &str) -> String {
    let signs: Vec<char> = number.trim().chars().collect();
    match signs.len() {
        14.. => hidden(&signs, 6, 2),
        5..14 => hidden(&signs, 0, 2),
        _ => hidden(&signs, 0, 0),
    }
}

fn hidden(signs: &[char], first: usize, last: usize) -> String {
    let shown = |index: usize| index < first || index + last >= signs.len();
    let signs = signs.iter().enumerate();
    signs
        .map(|(index, sign)| if shown(index) { *sign } else { '*' })
        .collect()
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
        let numbers = [
            ("999999199001010002", "999999**********02"),
            ("E12345678", "*******78"),
            ("1234", "****"),
        ];
        for (given, shown) in numbers {
            assert_eq!(super::number(given), shown);
        }
    }
}
