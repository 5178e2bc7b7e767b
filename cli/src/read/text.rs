//! Bytes as text, whatever wrote them: UTF-8, UTF-16 with a byte order mark, or GB 18030,
//! in which spreadsheets and older systems in China write.

use encoding_rs::{Encoding, GB18030, UTF_8};
use std::borrow::Cow;
use std::io;

/// A text, and in which encoding its bytes were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decoded {
    /// The text, without a byte order mark.
    pub(crate) text: String,
    /// The encoding by its usual name, if it was not UTF-8.
    pub(crate) assumed: Option<&'static str>,
}

/// Decodes a whole file.
///
/// # Errors
/// If the bytes are text in none of these encodings.
pub(crate) fn decode(bytes: &[u8]) -> io::Result<Decoded> {
    let marked = Encoding::for_bom(bytes).map_or(UTF_8, |(encoding, _)| encoding);
    let decoded = [marked, GB18030].into_iter().find_map(|encoding| {
        let (text, broken) = encoding.decode_with_bom_removal(bytes);
        (!broken).then(|| Decoded {
            text: text.into_owned(),
            assumed: (encoding != UTF_8).then(|| encoding.name()),
        })
    });
    decoded.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Decodes a part of a file, such as a line.
///
/// # Errors
/// The bytes, if they are text in neither UTF-8 nor GB 18030.
pub(crate) fn decode_part(bytes: Vec<u8>) -> Result<String, Vec<u8>> {
    String::from_utf8(bytes).or_else(|error| {
        let bytes = error.into_bytes();
        let text = GB18030.decode_without_bom_handling_and_without_replacement(&bytes);
        text.map(Cow::into_owned).ok_or(bytes)
    })
}

#[cfg(test)]
mod tests {
    use super::{Decoded, decode, decode_part};

    /// 绿码 in each encoding, by the tables of Unicode and GB 18030.
    #[test]
    fn a_file_is_read_in_whatever_encoding_it_was_written() {
        let cases: [(&[u8], Option<&str>); 5] = [
            ("绿码".as_bytes(), None),
            ("\u{feff}绿码".as_bytes(), None),
            (&[0xff, 0xfe, 0xff, 0x7e, 0x01, 0x78], Some("UTF-16LE")),
            (&[0xfe, 0xff, 0x7e, 0xff, 0x78, 0x01], Some("UTF-16BE")),
            (&[0xc2, 0xcc, 0xc2, 0xeb], Some("gb18030")),
        ];
        for (bytes, assumed) in cases {
            let decoded = decode(bytes).ok();
            let text = "绿码".to_owned();
            assert_eq!(decoded, Some(Decoded { text, assumed }));
        }
        assert!(decode(&[0xff, 0xff, 0xff]).is_err());
        assert!(
            decode(&[0xff, 0xfe, 0x00, 0xd8]).is_err(),
            "half a surrogate pair"
        );
    }

    #[test]
    fn a_line_is_read_alone() {
        assert_eq!(decode_part(vec![0xc2, 0xeb]).as_deref(), Ok("码"));
        assert_eq!(decode_part("码".into()).as_deref(), Ok("码"));
        assert_eq!(decode_part(vec![0xff, 0xff]), Err(vec![0xff, 0xff]));
    }
}
