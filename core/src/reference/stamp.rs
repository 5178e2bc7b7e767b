//! What a table can say of itself in its first line, so that one that was cut off or
//! changed on its way is not taken for the whole.
//!
//! `# rows=6456 sha256=…`: the number of rows, and the digest of all bytes after this
//! line. Either may be left out.

use super::read::at_line;
use crate::hex;
use crate::problem::{Code, Place, Problem};
use sha2::{Digest, Sha256};

/// A table without its first line, and how many rows it should have.
pub(super) struct Stamped<'a> {
    pub(super) text: &'a str,
    /// The lines before the header.
    pub(super) lines: u64,
    rows: Option<usize>,
}

impl<'a> Stamped<'a> {
    /// Takes the line off.
    ///
    /// # Errors
    /// If it says what no such line says, or another digest than that of the rest.
    #[inline(never)]
    pub(super) fn read(table: &str, text: &'a str) -> Result<Self, Problem> {
        let Some(line) = text.strip_prefix('#') else {
            return Ok(Self {
                text,
                lines: 0,
                rows: None,
            });
        };
        let wrong = |code| at_line(Problem::new(code, Place::None), table, 1);
        let (line, text) = line.split_once('\n').unwrap_or((line, ""));
        let mut rows = None;
        for part in line.trim().split(' ') {
            match part.split_once('=') {
                Some(("rows", number)) => {
                    let number = number.parse();
                    rows = Some(number.map_err(|_| wrong(Code::ReferenceStamp))?);
                }
                Some(("sha256", digest))
                    if digest.eq_ignore_ascii_case(&hex(&Sha256::digest(text))) => {}
                Some(("sha256", _)) => return Err(wrong(Code::ReferenceDigest)),
                _ => return Err(wrong(Code::ReferenceStamp)),
            }
        }
        Ok(Self {
            text,
            lines: 1,
            rows,
        })
    }

    /// The problem of a table with another number of rows than it says.
    pub(super) fn cut(&self, table: &str, found: usize) -> Option<Problem> {
        let said = self.rows.filter(|said| *said != found)?;
        let problem = Problem::new(Code::ReferenceCut, Place::None);
        let problem = problem.with("said", said).with("found", found);
        Some(at_line(problem, table, 1))
    }
}
