//! Bytes as text, whatever wrote them: UTF-8, UTF-16 with a byte order mark, or GB 18030,
//! in which spreadsheets and older systems in China write.
//!
//! A file that is read at once is decoded whole. A stream is passed on as bytes, line by
//! line decoded by whoever reads it; only UTF-16, whose lines do not end with a line end's
//! byte, becomes UTF-8 on the way.

use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8};
use std::borrow::Cow;
use std::io::{self, Read};

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

/// Whom a stream tells in which encoding its bytes are, if it is not UTF-8.
type Tell = Box<dyn FnMut(&'static str)>;

/// A stream whose lines [`decode_part`] reads. `tell` hears once if it is not UTF-8.
///
/// # Errors
/// If the stream fails.
pub(crate) fn stream(mut reader: Box<dyn Read>, mut tell: Tell) -> io::Result<Box<dyn Read>> {
    let mut head = Vec::new();
    reader.by_ref().take(3).read_to_end(&mut head)?;
    let marked = Encoding::for_bom(&head).map(|(encoding, _)| encoding);
    let reader = io::Cursor::new(head).chain(reader);
    Ok(match marked.filter(|encoding| *encoding != UTF_8) {
        Some(encoding) => {
            tell(encoding.name());
            Box::new(Utf16 {
                reader,
                decoder: encoding.new_decoder_with_bom_removal(),
                text: io::Cursor::default(),
                ended: false,
            })
        }
        None => Box::new(Watched {
            reader,
            rest: Vec::new(),
            tell: Some(tell),
        }),
    })
}

/// A stream that notices the first bytes that are not UTF-8.
struct Watched<R> {
    reader: R,
    /// The first bytes of a character whose other bytes have not come.
    rest: Vec<u8>,
    /// Whom to tell, once.
    tell: Option<Tell>,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        if let Some(tell) = &mut self.tell {
            self.rest.extend(buffer.get(..read).unwrap_or_default());
            let wrong = match std::str::from_utf8(&self.rest) {
                Ok(_) => {
                    self.rest.clear();
                    false
                }
                Err(error) => {
                    self.rest.drain(..error.valid_up_to());
                    error.error_len().is_some() || read == 0
                }
            };
            if wrong {
                tell(GB18030.name());
                self.tell = None;
            }
        }
        Ok(read)
    }
}

/// A stream in UTF-16 as UTF-8.
struct Utf16<R> {
    reader: R,
    decoder: Decoder,
    /// What was decoded and not read yet.
    text: io::Cursor<String>,
    ended: bool,
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.text.read(buffer)?;
            if read > 0 || self.ended || buffer.is_empty() {
                return Ok(read);
            }
            let mut bytes = [0; 8_192];
            let read = self.reader.read(&mut bytes)?;
            self.ended = read == 0;
            let bytes = bytes.get(..read).unwrap_or_default();
            let room = self
                .decoder
                .max_utf8_buffer_length_without_replacement(read);
            let mut text = String::with_capacity(room.unwrap_or_default());
            let (result, _) = self
                .decoder
                .decode_to_string_without_replacement(bytes, &mut text, self.ended);
            if result != DecoderResult::InputEmpty {
                return Err(io::ErrorKind::InvalidData.into());
            }
            self.text = io::Cursor::new(text);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::{Decoded, decode, decode_part, stream};
    use std::cell::RefCell;
    use std::io::{self, Read};
    use std::rc::Rc;

    /// A stream that gives one byte at a time.
    struct Slow(io::Cursor<Vec<u8>>);

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let some = buffer.len().min(1);
            self.0.read(buffer.get_mut(..some).unwrap())
        }
    }

    fn streamed(bytes: &[u8]) -> (io::Result<Vec<u8>>, Vec<&'static str>) {
        let told = Rc::new(RefCell::new(Vec::new()));
        let hears = Rc::clone(&told);
        let slow = Slow(io::Cursor::new(bytes.to_vec()));
        let tell = Box::new(move |name| hears.borrow_mut().push(name));
        let mut out = Vec::new();
        let read = stream(Box::new(slow), tell).and_then(|mut it| it.read_to_end(&mut out));
        let told = told.borrow().clone();
        (read.map(|_| out), told)
    }

    #[test]
    fn a_stream_is_read_in_whatever_encoding_it_was_written() {
        let text = "绿码,a\n𠮷\n";
        let marked = format!("\u{feff}{text}");
        let little: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = marked.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (bytes, expected, told) in [
            (text.as_bytes(), text.as_bytes(), &[][..]),
            (marked.as_bytes(), marked.as_bytes(), &[]),
            (&little, text.as_bytes(), &["UTF-16LE"]),
            (&big, text.as_bytes(), &["UTF-16BE"]),
            // 绿码 in GB 18030, twice, is told once and decoded line by line.
            (
                b"\xc2\xcc\xc2\xeb\n\xc2\xcc\n",
                b"\xc2\xcc\xc2\xeb\n\xc2\xcc\n",
                &["gb18030"],
            ),
            // The first byte of a character, and no more.
            (b"a\xe7", b"a\xe7", &["gb18030"]),
            (b"", b"", &[]),
        ] {
            let (read, heard) = streamed(bytes);
            assert_eq!(
                (read.unwrap().as_slice(), heard.as_slice()),
                (expected, told)
            );
        }
        let half = streamed(&[0xff, 0xfe, 0x00, 0xd8, 0x41, 0x00]).0;
        assert_eq!(half.unwrap_err().kind(), io::ErrorKind::InvalidData);
        let cut = streamed(&[0xff, 0xfe, 0x41]).0;
        assert_eq!(cut.unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

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
