//! Signed documents as texts for QR codes: Base45 (RFC 9285) after a prefix, so that a code
//! takes the signs that it holds most of.

use crate::code::{Code, problem};
use longma_core::Problem;

/// What stands before the document.
const PREFIX: &str = "LM1:";
/// The most signs that are looked at: as many as the largest QR code holds.
const SIGNS: usize = 4296;

/// The text of a document.
///
/// ```
/// use longma_seal::text;
/// // RFC 9285, section 4.3.
/// assert_eq!(text::write(b"AB"), "LM1:BB8");
/// assert_eq!(text::read("LM1:BB8")?, b"AB");
/// // The same bytes, written in another way.
/// assert_eq!(text::read("LM1:bb8").unwrap_err().code.as_str(), "text-form");
/// assert_eq!(text::read("https://example.com").unwrap_err().code.as_str(), "text-other");
/// # Ok::<(), longma_core::Problem>(())
/// ```
#[must_use]
pub fn write(document: &[u8]) -> String {
    format!("{PREFIX}{}", base45::encode(document))
}

/// The document of a text. Blanks around it do not count.
///
/// # Errors
/// If the text is none of ours, too long, or not the one way to write its document.
pub fn read(text: &str) -> Result<Vec<u8>, Problem> {
    let Some(written) = text.trim().strip_prefix(PREFIX) else {
        return Err(problem(Code::TextOther));
    };
    if written.len() > SIGNS {
        return Err(problem(Code::TextSize).with("limit", SIGNS));
    }
    let document = base45::decode(written).map_err(|_| problem(Code::TextForm))?;
    if base45::encode(&document) == written {
        Ok(document)
    } else {
        Err(problem(Code::TextForm))
    }
}
