//! Keys that sign. Only the command and servers are built with them.

use crate::code::{Code, problem};
use crate::cose::{Purpose, join, seal, unsigned};
use crate::key::{self, Algorithm, PublicKey, Verifier};
use longma_core::Problem;
use std::fmt;

/// A key that signs, with its public key.
pub struct PrivateKey {
    signer: Signer,
    public: PublicKey,
}

enum Signer {
    Ed25519(Box<ed25519_dalek::SigningKey>),
    P256(p256::ecdsa::SigningKey),
    #[cfg(feature = "sm2")]
    Sm2(Box<sm2::dsa::SigningKey>),
}

/// Without the key.
impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PrivateKey")
            .field(&self.public.id())
            .finish()
    }
}

impl PrivateKey {
    /// Makes a key of 32 bytes that nobody can guess.
    ///
    /// ```
    /// use longma_seal::{Algorithm, Keys, PrivateKey, Purpose, open};
    /// // Anybody can guess these.
    /// let key = PrivateKey::from_bytes(Algorithm::Ed25519, [7; 32])?;
    /// let sealed = key.seal(b"packs", Purpose::Packs);
    /// let keys = Keys::new([key.public().clone()]);
    /// assert_eq!(open(&sealed, Purpose::Packs, &keys)?.payload, b"packs");
    /// let problem = open(&sealed, Purpose::Facts, &keys).unwrap_err();
    /// assert_eq!(problem.code.as_str(), "seal-purpose");
    /// # Ok::<(), longma_core::Problem>(())
    /// ```
    ///
    /// # Errors
    /// If no key of the algorithm has these bytes; draw others.
    pub fn from_bytes(algorithm: Algorithm, bytes: [u8; 32]) -> Result<Self, Problem> {
        let wrong = || problem(Code::KeyValue).with("member", "d");
        let (signer, verifier) = match algorithm {
            Algorithm::Ed25519 => {
                let signer = ed25519_dalek::SigningKey::from_bytes(&bytes);
                let verifier = Verifier::Ed25519(signer.verifying_key());
                (Signer::Ed25519(Box::new(signer)), verifier)
            }
            Algorithm::P256 => {
                let signer = p256::ecdsa::SigningKey::from_slice(&bytes).map_err(|_| wrong())?;
                let verifier = Verifier::P256(*signer.verifying_key());
                (Signer::P256(signer), verifier)
            }
            #[cfg(feature = "sm2")]
            Algorithm::Sm2 => {
                let signer = sm2::dsa::SigningKey::from_slice(key::SM2_IDENTITY, &bytes);
                let signer = signer.map_err(|_| wrong())?;
                let verifier = Verifier::Sm2(Box::new(signer.verifying_key().clone()));
                (Signer::Sm2(Box::new(signer)), verifier)
            }
        };
        let public = PublicKey::new(verifier);
        Ok(Self { signer, public })
    }

    /// Reads a JSON Web Key with `d`.
    ///
    /// # Errors
    /// If the text is no key, is a public one, or its parts do not belong together.
    pub fn read(text: &str) -> Result<Self, Problem> {
        let members = key::members(text)?;
        if !members.contains_key("d") {
            return Err(problem(Code::KeyPublic));
        }
        let algorithm = key::algorithm(&members)?;
        let made = Self::from_bytes(algorithm, key::coordinate(&members, "d")?)?;
        if made.public != PublicKey::of(&members)? {
            return Err(problem(Code::KeyValue).with("member", "d"));
        }
        Ok(made)
    }

    /// The key as JSON, private part and all. It belongs into a file that nobody else reads.
    #[must_use]
    pub fn to_jwk(&self) -> String {
        let bytes: [u8; 32] = match &self.signer {
            Signer::Ed25519(signer) => signer.to_bytes(),
            Signer::P256(signer) => signer.to_bytes().into(),
            #[cfg(feature = "sm2")]
            Signer::Sm2(signer) => signer.to_bytes().into(),
        };
        self.public.jwk(Some(&bytes))
    }

    /// The key under another's id, as if the first bytes of their thumbprints were the same.
    #[cfg(test)]
    pub(crate) fn with_id_of(mut self, other: &Self) -> Self {
        self.public = self.public.with_id(other.public.id());
        self
    }

    /// The key that verifies what this one signs.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs a payload for a purpose. The same payload always gets the same signature.
    #[must_use]
    pub fn seal(&self, payload: &[u8], purpose: Purpose) -> Vec<u8> {
        seal(payload, purpose, &self.public, |message| self.sign(message))
    }

    /// Adds this key's signature to a document that several sign.
    ///
    /// # Errors
    /// If the document is none that several sign.
    pub fn join(&self, document: &[u8], purpose: Purpose) -> Result<Vec<u8>, Problem> {
        join(document, purpose, &self.public, |message| {
            self.sign(message)
        })
    }

    /// A document for several to sign, with the signatures of `keys`.
    ///
    /// ```
    /// use longma_seal::{Algorithm, Keys, PrivateKey, Purpose, open_by};
    /// let key = |byte| PrivateKey::from_bytes(Algorithm::Ed25519, [byte; 32]);
    /// let (one, other) = (key(7)?, key(8)?);
    /// let keys = Keys::new([one.public().clone(), other.public().clone()]);
    /// let first = PrivateKey::seal_by(b"packs", Purpose::Packs, [&one])?;
    /// let problem = open_by(&first, Purpose::Packs, &keys, 2).unwrap_err();
    /// assert_eq!(problem.code.as_str(), "seal-threshold");
    /// let both = other.join(&first, Purpose::Packs)?;
    /// assert_eq!(open_by(&both, Purpose::Packs, &keys, 2)?.payload, b"packs");
    /// # Ok::<(), longma_core::Problem>(())
    /// ```
    ///
    /// # Errors
    /// If the payload is too large for its purpose.
    pub fn seal_by<'k>(
        payload: &[u8],
        purpose: Purpose,
        keys: impl IntoIterator<Item = &'k Self>,
    ) -> Result<Vec<u8>, Problem> {
        let mut keys = keys.into_iter();
        keys.try_fold(unsigned(payload), |document, key| {
            key.join(&document, purpose)
        })
    }

    /// The signature under some bytes.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.signer {
            Signer::Ed25519(signer) => {
                use ed25519_dalek::Signer as _;
                signer.sign(message).to_bytes().to_vec()
            }
            Signer::P256(signer) => {
                use p256::ecdsa::signature::Signer as _;
                let signature: p256::ecdsa::Signature = signer.sign(message);
                signature.normalize_s().to_bytes().to_vec()
            }
            #[cfg(feature = "sm2")]
            Signer::Sm2(signer) => {
                use sm2::dsa::signature::Signer as _;
                signer.sign(message).to_bytes().to_vec()
            }
        }
    }
}
