//! Lines of a stream, of any number.
//!
//! A line is held in memory only up to the size limit of a facts document, and its end is
//! looked for only up to a limit too, since a stream may be one line without end. Each line
//! knows its number and the position after it, with a hash of everything up to there,
//! so that work can resume at that position and a changed stream is noticed.

use crate::read::bounded::Barred;
use longma_core::limits::{FACTS_BYTES, LINE_BYTES};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::{self, BufRead};

/// Bytes allowed around a document on its line: a byte order mark, CR and LF.
const AROUND: usize = 5;
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A position in a stream.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mark {
    /// Lines before it.
    pub(crate) lines: u64,
    /// Bytes before it.
    pub(crate) bytes: u64,
    /// Whether it is just after a line end, or at the very beginning.
    pub(crate) whole: bool,
    hash: Sha256,
}

impl Mark {
    fn beginning() -> Self {
        Self {
            whole: true,
            ..Self::default()
        }
    }

    fn pass(&mut self, piece: &[u8]) {
        self.bytes += piece.len() as u64;
        self.hash.update(piece);
    }

    /// The hash of all bytes before it.
    pub(crate) fn sha256(&self) -> String {
        hex(&self.hash.clone().finalize())
    }
}

/// Bytes as hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// One line.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Its number, from 1.
    pub(crate) number: u64,
    /// Bytes before it.
    pub(crate) start: u64,
    /// The text without its line end; `None` if it is too long.
    pub(crate) text: Option<Vec<u8>>,
    /// The position after it.
    pub(crate) end: Mark,
}

impl Line {
    /// Its length in bytes, including its line end.
    pub(crate) fn bytes(&self) -> u64 {
        self.end.bytes - self.start
    }

    /// Whether it is empty or has only white space.
    pub(crate) fn is_blank(&self) -> bool {
        let text = self.text.as_deref();
        text.is_some_and(|text| text.iter().all(u8::is_ascii_whitespace))
    }
}

/// The lines of a stream.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    reader: R,
    at: Mark,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            reader,
            at: Mark::beginning(),
        }
    }

    /// The current position.
    pub(crate) fn at(&self) -> &Mark {
        &self.at
    }

    /// The next line, blank or not; `None` at the end.
    ///
    /// # Errors
    /// If the stream fails, or the line does not end within [`LINE_BYTES`].
    pub(crate) fn next(&mut self) -> io::Result<Option<Line>> {
        let start = self.at.bytes;
        let mut text = Some(Vec::new());
        loop {
            let chunk = match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                chunk => chunk?,
            };
            if chunk.is_empty() {
                break;
            }
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let take = end.map_or(chunk.len(), |end| end + 1);
            let piece = chunk.get(..take).unwrap_or_default();
            keep(&mut text, piece);
            self.at.pass(piece);
            self.at.whole = end.is_some();
            self.reader.consume(take);
            if end.is_some() {
                break;
            }
            if self.at.bytes - start > LINE_BYTES {
                let line = self.at.lines + 1;
                let limit = LINE_BYTES;
                return Err(Barred::Line { line, limit }.into());
            }
        }
        if self.at.bytes == start {
            return Ok(None);
        }
        self.at.lines += 1;
        if let Some(text) = &mut text {
            bare(text, start == 0);
        }
        Ok(Some(Line {
            number: self.at.lines,
            start,
            text: text.filter(|text| text.len() <= FACTS_BYTES),
            end: self.at.clone(),
        }))
    }

    /// Skips to the first line that begins at or after `bytes`.
    pub(crate) fn skip_to(&mut self, bytes: u64) -> io::Result<()> {
        while self.at.bytes < bytes && self.next()?.is_some() {}
        Ok(())
    }
}

/// Adds a piece to the kept text, which is dropped if it gets too long.
fn keep(text: &mut Option<Vec<u8>>, piece: &[u8]) {
    match text {
        Some(kept) if kept.len() + piece.len() <= FACTS_BYTES + AROUND => {
            kept.extend_from_slice(piece);
        }
        _ => *text = None,
    }
}

/// Removes the line end, and a byte order mark before the first line.
fn bare(text: &mut Vec<u8>, first: bool) {
    if text.last() == Some(&b'\n') {
        text.pop();
    }
    if text.last() == Some(&b'\r') {
        text.pop();
    }
    if first && text.starts_with(BYTE_ORDER_MARK) {
        text.drain(..BYTE_ORDER_MARK.len());
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;
    use std::io::{BufReader, Read};

    fn lines(stream: &[u8], buffer: usize) -> Vec<Line> {
        let mut lines = Lines::new(BufReader::with_capacity(buffer, stream));
        std::iter::from_fn(|| lines.next().unwrap()).collect()
    }

    fn texts(stream: &[u8]) -> Vec<String> {
        let found = lines(stream, 3).into_iter();
        found
            .map(|line| String::from_utf8(line.text.unwrap()).unwrap())
            .collect()
    }

    #[test]
    fn lines_end_as_any_system_ends_them() {
        assert_eq!(texts(b"a\r\nbcd\n\ne"), ["a", "bcd", "", "e"]);
        assert_eq!(
            texts("\u{feff}a\n\u{feff}b\n".as_bytes()),
            ["a", "\u{feff}b"]
        );
        assert!(texts(b"").is_empty());
    }

    #[test]
    fn a_line_knows_its_place_and_the_hash_of_all_before_it() {
        let found = lines(b"a\r\nbcd\n\ne", 2);
        let places: Vec<(u64, u64, u64, bool)> = found
            .iter()
            .map(|line| (line.number, line.start, line.end.bytes, line.end.whole))
            .collect();
        assert_eq!(
            places,
            [
                (1, 0, 3, true),
                (2, 3, 7, true),
                (3, 7, 8, true),
                (4, 8, 9, false)
            ]
        );
        assert_eq!(found[1].end.sha256(), hex(&Sha256::digest(b"a\r\nbcd\n")));
    }

    #[test]
    fn a_line_too_long_is_counted_and_not_kept() {
        let long = io::repeat(b'x').take(FACTS_BYTES as u64 + 1);
        let stream = long.chain(&b"\r\nshort"[..]);
        let mut lines = Lines::new(BufReader::new(stream));
        let first = lines.next().unwrap().unwrap();
        assert_eq!(first.text, None);
        assert_eq!(first.bytes(), FACTS_BYTES as u64 + 3);
        let second = lines.next().unwrap().unwrap();
        assert_eq!(
            (second.number, second.text.unwrap()),
            (2, b"short".to_vec())
        );
    }

    #[test]
    fn the_longest_line_accepted_is_a_document_s_limit() {
        let mut stream = vec![b'x'; FACTS_BYTES];
        stream.extend(b"\r\n");
        assert!(lines(&stream, 8_192)[0].text.is_some());
    }

    #[test]
    fn going_on_to_a_place_keeps_numbers_and_hash() {
        let mut lines = Lines::new(&b"a\nb\nc\n"[..]);
        lines.skip_to(4).unwrap();
        assert_eq!(lines.at().sha256(), hex(&Sha256::digest(b"a\nb\n")));
        assert_eq!(lines.next().unwrap().unwrap().number, 3);
    }
}
