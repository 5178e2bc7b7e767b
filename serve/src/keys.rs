//! Keys that sign: from files, or in a module that never gives them out.

#[cfg(feature = "pkcs11")]
pub(crate) mod pkcs11;

use crate::code::{Code, problem};
use hmac::{Hmac, KeyInit as _, Mac as _};
use longma_core::{Problem, hex};
use longma_identity::Document;
use longma_seal::cbor::{self, Limits};
use longma_seal::pass::Pass;
use longma_seal::statement::Statement;
use longma_seal::{PrivateKey, PublicKey, Purpose, seal_outside};
use sha2::Sha256;
use std::fmt::Debug;
use std::sync::Arc;

/// A key that signs, wherever it stands.
pub trait Signer: Debug + Send + Sync {
    /// The key that verifies what this one signs.
    fn public(&self) -> &PublicKey;

    /// The signature under some bytes.
    ///
    /// # Errors
    /// If the key does not answer.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Problem>;
}

impl Signer for PrivateKey {
    fn public(&self) -> &PublicKey {
        self.public()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Problem> {
        Ok(self.sign(message))
    }
}

/// The keys of the service.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Signs codes.
    pub codes: Arc<dyn Signer>,
    /// Signs what is stated here rather than by a source: declarations and corrections.
    pub facts: Arc<dyn Signer>,
    /// Signs what sources get back.
    pub receipts: Arc<dyn Signer>,
    /// Turns document numbers into what the database knows a person by.
    pub subjects: Secret,
}

/// Signs a payload for a purpose.
///
/// # Errors
/// If the key does not answer, or its signature is wrong.
pub(crate) fn seal(
    signer: &dyn Signer,
    payload: &[u8],
    purpose: Purpose,
) -> Result<Vec<u8>, Problem> {
    seal_outside(payload, purpose, signer.public(), |it| signer.sign(it))
}

/// Signs a pass. What no gate reads is not given out.
///
/// # Errors
/// If the holder's key is of a kind that phones do not have, the pass is too large, or the
/// key does not answer.
pub(crate) fn seal_pass(signer: &dyn Signer, pass: &Pass) -> Result<Vec<u8>, Problem> {
    let payload = pass.to_payload();
    let payload = payload.ok_or_else(|| Problem::new(longma_seal::Code::KeyPhone, NONE))?;
    cbor::read(&payload, Limits::SMALL)?;
    let sealed = seal(signer, &payload, pass.purpose())?;
    if sealed.len() > Limits::SMALL.bytes {
        let told = Problem::new(longma_seal::Code::CborSize, NONE).with("found", sealed.len());
        return Err(told.with("limit", Limits::SMALL.bytes));
    }
    Ok(sealed)
}

/// Signs a statement.
///
/// # Errors
/// If the key does not answer.
pub(crate) fn seal_statement(signer: &dyn Signer, stated: &Statement) -> Result<Vec<u8>, Problem> {
    seal(signer, &stated.to_payload(), Purpose::Facts)
}

const NONE: longma_core::Place = longma_core::Place::None;

/// A secret of 32 bytes under which names of persons are digested, so that neither table nor
/// log holds a document's number beside what it says.
#[derive(Clone)]
pub struct Secret([u8; 32]);

/// Without the secret.
impl Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// These bytes, which nobody can guess.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads 64 hexadecimal digits.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.as_bytes().chunks_exact(2);
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let bytes: Option<Vec<u8>> = digits.map(byte).collect();
        let is_hex = text.bytes().all(|it| it.is_ascii_hexdigit());
        let bytes = <[u8; 32]>::try_from(bytes?).ok()?;
        (is_hex && text.len() == 64).then_some(Self(bytes))
    }

    /// What the database knows a person by.
    #[must_use]
    pub fn subject(&self, document: Document<'_>) -> String {
        self.digest("subject", &document.key())
    }

    /// What the log knows a bearer of tokens by.
    #[must_use]
    pub fn bearer(&self, issuer: &str, subject: &str) -> String {
        self.digest("bearer", &format!("{issuer}\n{subject}"))
    }

    fn digest(&self, kind: &str, text: &str) -> String {
        // Keys of any length count.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            return String::new();
        };
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        hex(&mac.finalize().into_bytes())
    }
}

/// Bytes that nobody can guess.
///
/// # Errors
/// If the operating system has none.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Problem> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| problem(Code::Random))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_one_digest_however_the_number_is_written() {
        let secret = Secret::new([7; 32]);
        let of = |kind, number| secret.subject(Document { kind, number });
        let one = of("resident_id", "99999919900101001X");
        assert_eq!(one.len(), 64);
        assert_eq!(one, of("resident_id", "99999919900101001x"));
        assert_ne!(one, of("resident_id", "999999199001010024"));
        assert_ne!(
            one,
            Secret::new([8; 32]).subject(Document {
                kind: "resident_id",
                number: "99999919900101001X"
            })
        );
    }

    #[test]
    fn secrets_are_64_hexadecimal_digits() {
        assert!(Secret::read(&"a7".repeat(32)).is_some());
        assert!(Secret::read(&format!("{}\n", "0".repeat(64))).is_some());
        for text in [
            "",
            "7",
            &"a7".repeat(31),
            &"g7".repeat(32),
            &"+7".repeat(32),
            &"a7".repeat(33),
        ] {
            assert!(Secret::read(text).is_none(), "{text}");
        }
    }
}
