//! What of a name or a number is shown to others.

/// The first sign, and the last where there are three or more: 张三 is 张*,
/// 欧阳小红 is 欧**红.
#[must_use]
pub fn name(name: &str) -> String {
    let signs: Vec<char> = name.trim().chars().collect();
    hidden(&signs, 1, usize::from(signs.len() > 2))
}

/// The first six and the last two signs of a long number, such as that of an
/// identity card; of a shorter one the last two; of a very short one none.
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
