//! Keys that verify, each with the one algorithm that it is for.
//!
//! A key is written as a JSON Web Key (RFC 7517): `{"kty":"OKP","crv":"Ed25519","x":"…"}`.
//! Its name is its thumbprint (RFC 7638), of which messages carry the first eight bytes.

use crate::code::{Code, problem, words};
use base64ct::{Base64UrlUnpadded, Encoding};
use longma_core::{Json, Members, Problem};
use sha2::{Digest, Sha256};
#[cfg(feature = "sm2")]
use sm2::elliptic_curve::sec1::ToSec1Point as _;
use std::fmt;

/// How a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// Ed25519 (RFC 8032): what Longma signs with, unless a law asks for another.
    Ed25519,
    /// ECDSA over P-256 with SHA-256, for those who have such keys.
    P256,
    /// SM2 with SM3 (GB/T 32918.2), under the usual identity `1234567812345678`.
    #[cfg(feature = "sm2")]
    Sm2,
}

impl Algorithm {
    /// All that are built in.
    pub const ALL: &'static [Self] = &[
        Self::Ed25519,
        Self::P256,
        #[cfg(feature = "sm2")]
        Self::Sm2,
    ];

    /// Its number in messages. COSE has registered none for SM2: that one is for private use.
    #[must_use]
    pub fn number(self) -> i64 {
        match self {
            Self::Ed25519 => -8,
            Self::P256 => -7,
            #[cfg(feature = "sm2")]
            Self::Sm2 => -132_918,
        }
    }

    /// Its curve's name in keys.
    pub(crate) fn curve(self) -> &'static str {
        match self {
            Self::Ed25519 => "Ed25519",
            Self::P256 => "P-256",
            #[cfg(feature = "sm2")]
            Self::Sm2 => "SM2",
        }
    }

    /// The kind of its keys: curves with one coordinate, or with two.
    fn kind(self) -> &'static str {
        match self {
            Self::Ed25519 => "OKP",
            Self::P256 => "EC",
            #[cfg(feature = "sm2")]
            Self::Sm2 => "EC",
        }
    }
}

/// The identity that SM2 signs under where none is agreed on (GM/T 0009).
#[cfg(feature = "sm2")]
pub(crate) const SM2_IDENTITY: &str = "1234567812345678";

/// What a message names its key by. Two keys can share one, so it finds keys and proves
/// nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyId(pub [u8; 8]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A key that verifies. Keys with one thumbprint are one key.
#[derive(Debug, Clone)]
pub struct PublicKey {
    verifier: Verifier,
    thumbprint: [u8; 32],
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.thumbprint == other.thumbprint
    }
}

impl Eq for PublicKey {}

#[derive(Debug, Clone)]
pub(crate) enum Verifier {
    Ed25519(ed25519_dalek::VerifyingKey),
    P256(p256::ecdsa::VerifyingKey),
    #[cfg(feature = "sm2")]
    Sm2(Box<sm2::dsa::VerifyingKey>),
}

impl PublicKey {
    /// Reads a JSON Web Key.
    ///
    /// ```
    /// use longma_seal::{Algorithm, PublicKey};
    /// // RFC 8037, appendix A.2; its thumbprint is that of appendix A.3.
    /// let text = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    /// let key = PublicKey::read(text)?;
    /// assert_eq!(key.algorithm(), Algorithm::Ed25519);
    /// assert_eq!(key.name(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    /// # Ok::<(), longma_core::Problem>(())
    /// ```
    ///
    /// # Errors
    /// If the text is no key, the key is of another kind or a weak one, bears another's name,
    /// or is a private key, which has no place here.
    pub fn read(text: &str) -> Result<Self, Problem> {
        let members = members(text)?;
        if members.contains_key("d") {
            return Err(problem(Code::KeyPrivate));
        }
        Self::of(&members)
    }

    /// The public part of a key.
    pub(crate) fn of(members: &Members) -> Result<Self, Problem> {
        let algorithm = algorithm(members)?;
        let key = Self::new(Verifier::of(algorithm, members)?);
        if let Some(found) = members.get("kid") {
            let expected = key.name();
            if found.as_text() != Some(expected.as_str()) {
                let told = problem(Code::KeyName).with("found", found.to_string());
                return Err(told.with("expected", expected));
            }
        }
        Ok(key)
    }

    pub(crate) fn new(verifier: Verifier) -> Self {
        let mut key = Self {
            verifier,
            thumbprint: [0; 32],
        };
        key.thumbprint = Sha256::digest(key.to_jwk()).into();
        key
    }

    /// Reads a key as a pass writes it: the 32 bytes of Ed25519, or the 33 of a point of P-256.
    ///
    /// # Errors
    /// If the bytes are no key, or a weak one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Problem> {
        let wrong = || problem(Code::KeyValue).with("member", "x");
        if let Ok(bytes) = <[u8; 32]>::try_from(bytes) {
            return Verifier::edwards(bytes).map(Self::new);
        }
        // A point is written in one way here, the short one.
        if bytes.len() != 33 {
            return Err(wrong());
        }
        let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(bytes).map_err(|_| wrong())?;
        Ok(Self::new(Verifier::P256(key)))
    }

    /// As a pass writes it; `None` for a kind of key that phones do not have.
    #[must_use]
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        match &self.verifier {
            Verifier::Ed25519(key) => Some(key.to_bytes().to_vec()),
            Verifier::P256(key) => Some(key.to_sec1_point(true).as_bytes().to_vec()),
            #[cfg(feature = "sm2")]
            Verifier::Sm2(_) => None,
        }
    }

    /// The one algorithm that it is for.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self.verifier {
            Verifier::Ed25519(_) => Algorithm::Ed25519,
            Verifier::P256(_) => Algorithm::P256,
            #[cfg(feature = "sm2")]
            Verifier::Sm2(_) => Algorithm::Sm2,
        }
    }

    /// Its thumbprint, in base64url.
    #[must_use]
    pub fn name(&self) -> String {
        Base64UrlUnpadded::encode_string(&self.thumbprint)
    }

    /// Its thumbprint.
    pub(crate) fn thumbprint(&self) -> [u8; 32] {
        self.thumbprint
    }

    /// What messages name it by: the first eight bytes of its thumbprint.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let mut id = [0; 8];
        id.iter_mut()
            .zip(self.thumbprint)
            .for_each(|(to, byte)| *to = byte);
        KeyId(id)
    }

    #[cfg(test)]
    pub(crate) fn with_id(mut self, id: KeyId) -> Self {
        self.thumbprint
            .iter_mut()
            .zip(id.0)
            .for_each(|(to, byte)| *to = byte);
        self
    }

    /// The key as JSON, with what its thumbprint is made of and nothing else.
    #[must_use]
    pub fn to_jwk(&self) -> String {
        self.jwk(None)
    }

    /// The key as JSON, with its private part where there is one.
    pub(crate) fn jwk(&self, private: Option<&[u8; 32]>) -> String {
        // Before the coordinates of a point stands a byte that says that both are there.
        let (bytes, from) = match &self.verifier {
            Verifier::Ed25519(key) => (key.to_bytes().to_vec(), 0),
            Verifier::P256(key) => (key.to_sec1_point(false).as_bytes().to_vec(), 1),
            #[cfg(feature = "sm2")]
            Verifier::Sm2(key) => (key.to_sec1_point(false).as_bytes().to_vec(), 1),
        };
        let mut coordinates = bytes.get(from..).unwrap_or_default().chunks(32);
        let mut coordinate = || coordinates.next().map(Base64UrlUnpadded::encode_string);
        let algorithm = self.algorithm();
        // In the order of their names, as thumbprints want them (RFC 7638, section 3.3).
        let members = [
            ("crv", Some(algorithm.curve().to_owned())),
            ("d", private.map(|it| Base64UrlUnpadded::encode_string(it))),
            ("kty", Some(algorithm.kind().to_owned())),
            ("x", coordinate()),
            ("y", coordinate()),
        ];
        let written = members.into_iter().filter_map(|(name, value)| {
            let value = value?;
            Some(format!(r#""{name}":"{value}""#))
        });
        format!("{{{}}}", written.collect::<Vec<_>>().join(","))
    }

    /// Whether `signature` is this key's under `message`. Each message has few signatures
    /// that count, and nobody but the key's owner can turn one into another.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.verifier {
            Verifier::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|it| key.verify_strict(message, &it).is_ok()),
            Verifier::P256(key) => {
                use p256::ecdsa::signature::Verifier as _;
                // Of the two signatures that anybody can make of one, the lower counts.
                p256::ecdsa::Signature::from_slice(signature)
                    .is_ok_and(|it| it.normalize_s() == it && key.verify(message, &it).is_ok())
            }
            #[cfg(feature = "sm2")]
            Verifier::Sm2(key) => {
                use sm2::dsa::signature::Verifier as _;
                sm2::dsa::Signature::try_from(signature)
                    .is_ok_and(|it| key.verify(message, &it).is_ok())
            }
        }
    }

    /// A signature of this key as it counts here: of two that say the same, the lower. Phones
    /// and modules give either.
    #[must_use]
    pub fn lower(&self, signature: &[u8]) -> Vec<u8> {
        let is_curve = matches!(self.verifier, Verifier::P256(_));
        match p256::ecdsa::Signature::from_slice(signature) {
            Ok(signature) if is_curve => signature.normalize_s().to_bytes().to_vec(),
            _ => signature.to_vec(),
        }
    }
}

impl Verifier {
    fn edwards(x: [u8; 32]) -> Result<Self, Problem> {
        let wrong = |_| problem(Code::KeyValue).with("member", "x");
        let key = ed25519_dalek::VerifyingKey::from_bytes(&x).map_err(wrong)?;
        if key.is_weak() {
            return Err(problem(Code::KeyWeak));
        }
        Ok(Self::Ed25519(key))
    }

    fn of(algorithm: Algorithm, members: &Members) -> Result<Self, Problem> {
        let x = coordinate(members, "x")?;
        let wrong = || problem(Code::KeyValue).with("member", "x");
        // A point with both of its coordinates, as SEC 1 writes it.
        let point = || Ok([&[4][..], &x, &coordinate(members, "y")?].concat());
        Ok(match algorithm {
            Algorithm::Ed25519 => Self::edwards(x)?,
            Algorithm::P256 => {
                let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&point()?);
                Self::P256(key.map_err(|_| wrong())?)
            }
            #[cfg(feature = "sm2")]
            Algorithm::Sm2 => {
                let key = sm2::dsa::VerifyingKey::from_sec1_bytes(SM2_IDENTITY, &point()?);
                Self::Sm2(Box::new(key.map_err(|_| wrong())?))
            }
        })
    }
}

/// The members of a key.
pub(crate) fn members(text: &str) -> Result<Members, Problem> {
    match Json::parse(text, "key") {
        Ok(Json::Object(members)) => Ok(members),
        Ok(_) => Err(problem(Code::KeyForm).with("why", words("key-object"))),
        Err(why) => Err(problem(Code::KeyForm).with("why", why.message())),
    }
}

/// The algorithm that a key is for.
pub(crate) fn algorithm(members: &Members) -> Result<Algorithm, Problem> {
    let text = |name: &str| {
        members
            .get(name)
            .and_then(Json::as_text)
            .unwrap_or_default()
    };
    let (kind, curve) = (text("kty"), text("crv"));
    let mut all = Algorithm::ALL.iter().copied();
    let found = all.find(|it| it.kind() == kind && it.curve() == curve);
    found.ok_or_else(|| problem(Code::KeyKind).with("found", format!("{kind} {curve}")))
}

/// A member of 32 bytes.
pub(crate) fn coordinate(members: &Members, name: &str) -> Result<[u8; 32], Problem> {
    let text = members.get(name).and_then(Json::as_text);
    let bytes = text.and_then(|text| Base64UrlUnpadded::decode_vec(text).ok());
    let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes.ok_or_else(|| problem(Code::KeyValue).with("member", name))
}

/// The keys that count for something.
#[derive(Debug, Clone, Default)]
pub struct Keys(Vec<PublicKey>);

impl Keys {
    /// These keys, each once.
    #[must_use]
    pub fn new(keys: impl IntoIterator<Item = PublicKey>) -> Self {
        let mut known: Vec<PublicKey> = Vec::new();
        for key in keys {
            if !known.contains(&key) {
                known.push(key);
            }
        }
        Self(known)
    }

    /// The keys.
    pub fn iter(&self) -> impl Iterator<Item = &PublicKey> {
        self.0.iter()
    }

    /// How many they are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All keys that a message may mean.
    pub fn named(&self, id: KeyId) -> impl Iterator<Item = &PublicKey> {
        self.0.iter().filter(move |key| key.id() == id)
    }
}
