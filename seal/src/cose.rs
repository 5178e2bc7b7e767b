//! Signed documents of one form (RFC 9052): `COSE_Sign1` by one key, `COSE_Sign` by several.

use crate::cbor::{self, Limits, Value};
use crate::code::{Code, problem};
use crate::key::{KeyId, Keys, PublicKey};
use longma_core::{Localized, Problem};

/// The tag of `COSE_Sign1`, as it is written.
const TAG: u8 = 0xd2;
/// The tag of `COSE_Sign`, as it is written.
const TAG_OF_SEVERAL: [u8; 2] = [0xd8, 98];
/// How many may sign one document.
const SIGNERS: usize = 16;
/// The number of the algorithm in a header.
const ALGORITHM: i64 = 1;
/// The number of the key's id in a header.
const KEY: i64 = 4;
/// The number of the type in a header (RFC 9596).
const TYPE: i64 = 16;

/// What something is signed for. A signature for one purpose never counts for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Which keys may sign packs and lists.
    Root,
    /// Packs.
    Packs,
    /// Statements of a source about a person.
    Facts,
    /// What was decided of a person, for a gate to take as it is.
    Outcome,
    /// What a gate decides from: the least part of a person's facts.
    Extract,
    /// That a holder's phone shows a code now.
    Presence,
    /// Records that no longer count.
    Revocations,
    /// What time it is, and which edition of packs and lists is the newest.
    Timestamp,
    /// A decision that anybody can recompute.
    Receipt,
    /// That a statement was received.
    Received,
}

impl Purpose {
    /// All purposes.
    pub const ALL: [Self; 10] = [
        Self::Root,
        Self::Packs,
        Self::Facts,
        Self::Outcome,
        Self::Extract,
        Self::Presence,
        Self::Revocations,
        Self::Timestamp,
        Self::Receipt,
        Self::Received,
    ];

    /// Its name in headers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Root => "longma/root",
            Self::Packs => "longma/packs",
            Self::Facts => "longma/facts",
            Self::Outcome => "longma/outcome",
            Self::Extract => "longma/extract",
            Self::Presence => "longma/presence",
            Self::Revocations => "longma/revocations",
            Self::Timestamp => "longma/timestamp",
            Self::Receipt => "longma/receipt",
            Self::Received => "longma/received",
        }
    }

    /// The purpose of a name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// How large a document of this purpose may be.
    fn limits(self) -> Limits {
        match self {
            Self::Outcome | Self::Extract | Self::Presence | Self::Timestamp | Self::Received => {
                Limits::SMALL
            }
            _ => Limits::LARGE,
        }
    }

    /// What it is, for readers.
    pub(crate) fn words(self) -> Localized {
        crate::code::words(self.name())
    }
}

/// What was signed, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened<'a, 'k> {
    /// What was signed.
    pub payload: &'a [u8],
    /// The key that signed it.
    pub key: &'k PublicKey,
}

/// What several signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedBy<'a, 'k> {
    /// What they signed.
    pub payload: &'a [u8],
    /// The keys that signed it, each once, in the order of their signatures.
    pub keys: Vec<&'k PublicKey>,
}

/// Opens a document that one of `keys` signed for `purpose`.
///
/// # Errors
/// If it is not of the one form, was signed for another purpose, by another key or with
/// another algorithm than the key's, or was changed since.
pub fn open<'a, 'k>(
    document: &'a [u8],
    purpose: Purpose,
    keys: &'k Keys,
) -> Result<Opened<'a, 'k>, Problem> {
    let wrong = || problem(Code::SealForm);
    let Some((&TAG, message)) = document.split_first() else {
        return Err(wrong());
    };
    let Value::List(parts) = cbor::read(message, purpose.limits())? else {
        return Err(wrong());
    };
    let [
        Value::Bytes(protected),
        Value::Map(unprotected),
        Value::Bytes(payload),
        Value::Bytes(signature),
    ] = parts.as_slice()
    else {
        return Err(wrong());
    };
    // What is not under the signature could be anybody's.
    if !unprotected.is_empty() {
        return Err(problem(Code::SealHeader));
    }
    let header = Header::read(protected)?;
    let message = alone(protected, &[], payload);
    match header.signer(purpose, keys, &message, signature)? {
        Some(key) => Ok(Opened { payload, key }),
        None => Err(problem(Code::SealKey).with("key", header.key.to_string())),
    }
}

/// Opens a document that at least `threshold` of `keys` signed for `purpose`: `COSE_Sign`
/// of one form. Signatures of keys that do not count here count for nothing.
///
/// # Errors
/// If it is not of the one form, was signed for another purpose, has a wrong signature or two
/// of one key, or is signed by fewer than `threshold` of the keys.
pub fn open_by<'a, 'k>(
    document: &'a [u8],
    purpose: Purpose,
    keys: &'k Keys,
    threshold: usize,
) -> Result<OpenedBy<'a, 'k>, Problem> {
    let Several {
        payload,
        signatures,
    } = Several::read(document, purpose)?;
    let mut signers: Vec<&PublicKey> = Vec::new();
    for (header, signature) in signatures {
        let message = together(header, payload);
        let header = Header::read(header)?;
        let Some(key) = header.signer(purpose, keys, &message, signature)? else {
            continue;
        };
        if signers.contains(&key) {
            return Err(problem(Code::SealTwice).with("key", key.id().to_string()));
        }
        signers.push(key);
    }
    // Nobody is never enough.
    let needed = threshold.max(1);
    if signers.len() < needed {
        let told = problem(Code::SealThreshold).with("found", signers.len());
        return Err(told.with("expected", needed));
    }
    Ok(OpenedBy {
        payload,
        keys: signers,
    })
}

/// The bytes that a key signs over a payload and something that is signed along with it.
pub(crate) fn message(purpose: Purpose, key: &PublicKey, along: &[u8], payload: &[u8]) -> Vec<u8> {
    alone(&Header::written(purpose, key), along, payload)
}

/// What a document of one signer says it was signed for, and its payload. Nothing of it is
/// verified.
pub(crate) fn unverified(document: &[u8]) -> Option<(Purpose, &[u8])> {
    let (&TAG, message) = document.split_first()? else {
        return None;
    };
    let Value::List(parts) = cbor::read(message, Limits::SMALL).ok()? else {
        return None;
    };
    let [Value::Bytes(protected), _, Value::Bytes(payload), _] = parts.as_slice() else {
        return None;
    };
    let purpose = Purpose::named(Header::read(protected).ok()?.purpose)?;
    Some((purpose, payload))
}

/// The header of one signer.
struct Header<'a> {
    algorithm: i64,
    key: KeyId,
    purpose: &'a str,
}

impl<'a> Header<'a> {
    fn read(protected: &'a [u8]) -> Result<Self, Problem> {
        let wrong = || problem(Code::SealHeader);
        let Value::Map(members) = cbor::read(protected, Limits::SMALL)? else {
            return Err(wrong());
        };
        let [
            (Value::Int(ALGORITHM), Value::Int(algorithm)),
            (Value::Int(KEY), Value::Bytes(key)),
            (Value::Int(TYPE), Value::Text(purpose)),
        ] = members.as_slice()
        else {
            return Err(wrong());
        };
        Ok(Self {
            algorithm: *algorithm,
            key: KeyId(<[u8; 8]>::try_from(*key).map_err(|_| wrong())?),
            purpose,
        })
    }

    /// Whose signature this is; `None` if no key of that id counts here.
    fn signer<'k>(
        &self,
        purpose: Purpose,
        keys: &'k Keys,
        message: &[u8],
        signature: &[u8],
    ) -> Result<Option<&'k PublicKey>, Problem> {
        if signature.is_empty() {
            return Err(problem(Code::SealMissing));
        }
        if self.purpose != purpose.name() {
            let unknown = || Localized::new(self.purpose, self.purpose);
            let found = Purpose::named(self.purpose).map_or_else(unknown, Purpose::words);
            let told = problem(Code::SealPurpose).with("found", found);
            return Err(told.with("expected", purpose.words()));
        }
        if keys.named(self.key).next().is_none() {
            return Ok(None);
        }
        // Two keys can share an id: each is tried that is for this algorithm.
        let fits = |key: &&PublicKey| key.algorithm().number() == self.algorithm;
        let mut fitting = keys.named(self.key).filter(fits).peekable();
        if fitting.peek().is_none() {
            return Err(problem(Code::SealAlgorithm).with("key", self.key.to_string()));
        }
        match fitting.find(|key| key.verifies(message, signature)) {
            Some(key) => Ok(Some(key)),
            None => Err(problem(Code::SealSignature)),
        }
    }

    fn written(purpose: Purpose, key: &PublicKey) -> Vec<u8> {
        let id = key.id();
        let header = Value::Map(vec![
            (Value::Int(ALGORITHM), Value::Int(key.algorithm().number())),
            (Value::Int(KEY), Value::Bytes(&id.0)),
            (Value::Int(TYPE), Value::Text(purpose.name())),
        ]);
        header.to_bytes()
    }
}

/// The bytes that one alone signs: header, what is signed along, and payload (RFC 9052,
/// section 4.4).
fn alone(protected: &[u8], along: &[u8], payload: &[u8]) -> Vec<u8> {
    let parts = vec![
        Value::Text("Signature1"),
        Value::Bytes(protected),
        Value::Bytes(along),
        Value::Bytes(payload),
    ];
    Value::List(parts).to_bytes()
}

/// The bytes that one of several signs.
fn together(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    let parts = vec![
        Value::Text("Signature"),
        Value::Bytes(&[]),
        Value::Bytes(protected),
        Value::Bytes(&[]),
        Value::Bytes(payload),
    ];
    Value::List(parts).to_bytes()
}

/// What several are said to have signed. Nothing of it is verified.
pub(crate) struct Several<'a> {
    pub(crate) payload: &'a [u8],
    /// Headers, each with the signature under it.
    signatures: Vec<(&'a [u8], &'a [u8])>,
}

impl<'a> Several<'a> {
    pub(crate) fn read(document: &'a [u8], purpose: Purpose) -> Result<Self, Problem> {
        let wrong = || problem(Code::SealForm);
        let Some(message) = document.strip_prefix(&TAG_OF_SEVERAL) else {
            return Err(wrong());
        };
        let Value::List(parts) = cbor::read(message, purpose.limits())? else {
            return Err(wrong());
        };
        let [
            Value::Bytes([]),
            Value::Map(unprotected),
            Value::Bytes(payload),
            Value::List(signatures),
        ] = parts.as_slice()
        else {
            return Err(wrong());
        };
        if !unprotected.is_empty() {
            return Err(problem(Code::SealHeader));
        }
        if signatures.len() > SIGNERS {
            return Err(problem(Code::SealSigners).with("limit", SIGNERS));
        }
        let signature = |of: &Value<'a>| {
            let Value::List(parts) = of else {
                return Err(wrong());
            };
            let [
                Value::Bytes(header),
                Value::Map(unprotected),
                Value::Bytes(signature),
            ] = parts.as_slice()
            else {
                return Err(wrong());
            };
            if unprotected.is_empty() {
                Ok((*header, *signature))
            } else {
                Err(problem(Code::SealHeader))
            }
        };
        let signatures = signatures.iter().map(signature);
        Ok(Self {
            payload,
            signatures: signatures.collect::<Result<_, _>>()?,
        })
    }

    #[cfg(feature = "sign")]
    fn written(&self) -> Vec<u8> {
        let signatures = self.signatures.iter().map(|(header, signature)| {
            Value::List(vec![
                Value::Bytes(header),
                Value::Map(Vec::new()),
                Value::Bytes(signature),
            ])
        });
        let message = Value::List(vec![
            Value::Bytes(&[]),
            Value::Map(Vec::new()),
            Value::Bytes(self.payload),
            Value::List(signatures.collect()),
        ]);
        [&TAG_OF_SEVERAL[..], &message.to_bytes()].concat()
    }
}

/// A document that one signs. `sign` gives the signature under the bytes that it is handed.
#[cfg(feature = "sign")]
pub(crate) fn seal(
    payload: &[u8],
    purpose: Purpose,
    key: &PublicKey,
    sign: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Vec<u8> {
    let header = Header::written(purpose, key);
    let signature = sign(&alone(&header, &[], payload));
    let message = Value::List(vec![
        Value::Bytes(&header),
        Value::Map(Vec::new()),
        Value::Bytes(payload),
        Value::Bytes(&signature),
    ]);
    [&[TAG][..], &message.to_bytes()].concat()
}

/// A document for several to sign, which nobody has signed yet.
#[cfg(feature = "sign")]
pub(crate) fn unsigned(payload: &[u8]) -> Vec<u8> {
    let signatures = Vec::new();
    Several {
        payload,
        signatures,
    }
    .written()
}

/// A document with one more signature, in place of one of the same key.
#[cfg(feature = "sign")]
pub(crate) fn join(
    document: &[u8],
    purpose: Purpose,
    key: &PublicKey,
    sign: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Result<Vec<u8>, Problem> {
    let mut several = Several::read(document, purpose)?;
    let header = Header::written(purpose, key);
    let signature = sign(&together(&header, several.payload));
    several.signatures.retain(|(other, _)| *other != header);
    several.signatures.push((&header, &signature));
    Ok(several.written())
}

#[cfg(all(test, feature = "sign"))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::{Purpose, open, open_by};
    use crate::key::{Algorithm, Keys};
    use crate::sign::PrivateKey;

    #[test]
    fn of_two_keys_with_one_id_each_is_tried() {
        let key = |byte| PrivateKey::from_bytes(Algorithm::Ed25519, [byte; 32]).unwrap();
        let (one, other) = (key(7).with_id_of(&key(9)), key(8).with_id_of(&key(9)));
        assert_eq!(one.public().id(), other.public().id());
        let both = Keys::new([one.public().clone(), other.public().clone()]);
        for own in [&one, &other] {
            let sealed = own.seal(b"packs", Purpose::Packs);
            assert_eq!(
                open(&sealed, Purpose::Packs, &both).unwrap().key,
                own.public()
            );
        }
        let sealed = PrivateKey::seal_by(b"packs", Purpose::Packs, [&one]).unwrap();
        let told = open_by(&sealed, Purpose::Packs, &both, 2).unwrap_err();
        assert_eq!(told.code.as_str(), "seal-threshold");
        // A third key of that id signed it, which does not count here.
        let third = key(9).seal(b"packs", Purpose::Packs);
        let told = open(&third, Purpose::Packs, &both).unwrap_err();
        assert_eq!(told.code.as_str(), "seal-signature");
    }
}
