//! Signing with keys that stand elsewhere, such as in a module that never gives them out.

use crate::code::{Code, problem};
use crate::cose::{Purpose, seal};
use crate::key::PublicKey;
use longma_core::Problem;

/// Signs a payload for a purpose with a key that is not here: `sign` gets the message and
/// gives back the signature. What does not verify is not given out.
///
/// ```
/// use longma_seal::{Algorithm, Keys, PrivateKey, Purpose, open, seal_outside};
/// // Anybody can guess these.
/// let key = PrivateKey::from_bytes(Algorithm::P256, [7; 32])?;
/// let sealed = seal_outside(b"facts", Purpose::Facts, key.public(), |it| Ok(key.sign(it)))?;
/// let keys = Keys::new([key.public().clone()]);
/// assert_eq!(open(&sealed, Purpose::Facts, &keys)?.payload, b"facts");
/// # Ok::<(), longma_core::Problem>(())
/// ```
///
/// # Errors
/// That of `sign`, or if the signature is not the key's.
pub fn seal_outside(
    payload: &[u8],
    purpose: Purpose,
    key: &PublicKey,
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, Problem>,
) -> Result<Vec<u8>, Problem> {
    let mut told = None;
    let sealed = seal(payload, purpose, key, |message| {
        let signed = sign(message).and_then(|signature| {
            let signature = key.lower(&signature);
            let wrong = || problem(Code::SealSignature);
            key.verifies(message, &signature)
                .then_some(signature)
                .ok_or_else(wrong)
        });
        signed.unwrap_or_else(|problem| {
            told = Some(problem);
            Vec::new()
        })
    });
    told.map_or(Ok(sealed), Err)
}
