//! Shows texts that look alike and differ, with the code points in which they may differ.

use longma_core::fold;

/// The texts as a reader can tell them apart: those that look like another one, and those
/// with characters that only some systems can show, have code points behind each character
/// that is not common.
///
/// ```
/// use longma_records::alike::told_apart;
/// assert_eq!(told_apart(&["张三", "张山"]), ["张三", "张山"]);
/// let told = told_apart(&["张三", "张三\u{200b}"]);
/// assert_eq!(told, ["张三", "张三(U+200B)"]);
/// let told = told_apart(&["5-7号", "5–7号"]);
/// assert_eq!(told, ["5-7号", "5–(U+2013)7号"]);
/// ```
#[must_use]
pub fn told_apart<T: AsRef<str>>(texts: &[T]) -> Vec<String> {
    let folds: Vec<_> = texts.iter().map(|text| fold(text.as_ref())).collect();
    let told = texts.iter().zip(&folds).map(|(text, folded)| {
        let text = text.as_ref();
        let mut others = texts.iter().zip(&folds);
        let is_alike = others.any(|(other, fold)| other.as_ref() != text && fold == folded);
        if is_alike || text.contains(is_private) {
            text.chars().map(with_code).collect()
        } else {
            text.to_owned()
        }
    });
    told.collect()
}

fn with_code(c: char) -> String {
    let code = u32::from(c);
    match c {
        ' '..='~' | '\u{4e00}'..='\u{9fff}' => c.to_string(),
        _ if c.is_control() || c.is_whitespace() || fold(c.encode_utf8(&mut [0; 4])).is_empty() => {
            format!("(U+{code:04X})")
        }
        _ => format!("{c}(U+{code:04X})"),
    }
}

/// Characters that mean something only to the system that wrote them.
fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10fffd}')
}

#[cfg(test)]
mod tests {
    use super::told_apart;

    #[test]
    fn only_texts_that_look_alike_have_code_points() {
        for (texts, told) in [
            (["样甲", "样乙"], ["样甲", "样乙"]),
            (["阿·依", "阿•依"], ["阿·(U+00B7)依", "阿•(U+2022)依"]),
            (["А座", "A座"], ["А(U+0410)座", "A座"]),
            (["⼩区", "小区"], ["⼩(U+2F29)区", "小区"]),
            (["一\u{3000}号", "一号"], ["一(U+3000)号", "一号"]),
            (["é", "e\u{301}"], ["é(U+00E9)", "e\u{301}(U+0301)"]),
            (["张\u{e863}", "李某"], ["张\u{e863}(U+E863)", "李某"]),
            (["同", "同"], ["同", "同"]),
        ] {
            assert_eq!(told_apart(&texts), told, "{texts:?}");
        }
    }
}
