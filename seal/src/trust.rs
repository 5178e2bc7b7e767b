//! Which packs a device takes: the roles of The Update Framework.
//!
//! A *root* names the keys that count for each purpose and how many of them must sign; the next
//! root is signed by enough keys of the last one and of itself. A *release* of packs names
//! every file with its digest. A *timestamp* expires within days and names the newest release,
//! so that whoever holds an old one back is noticed. All expire, all carry a version, and the
//! highest version seen is kept by the caller in [`Seen`].

use crate::cbor::{self, Limits, Value};
use crate::code::{Code, problem};
use crate::cose::{Purpose, Several, open_by};
use crate::key::{Keys, PublicKey};
use longma_core::order::Gather;
use longma_core::{Instant, Json, Offset, Problem};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;

/// How far a version may be ahead of the one seen before. Whoever holds a stolen key could
/// else name the highest of all, after which no honest version counts.
const LEAP: i64 = 10_000;

/// A digest (SHA-256).
pub type Sha = [u8; 32];

/// The keys that count for a purpose.
#[derive(Debug, Clone, Default)]
pub struct Role {
    /// The keys.
    pub keys: Keys,
    /// How many of them must sign.
    pub threshold: usize,
}

/// Which keys count for what.
#[derive(Debug, Clone)]
pub struct Root {
    /// Its version, from 1.
    pub version: i64,
    /// From when on it no longer counts.
    pub expires: Instant,
    /// The role of each purpose. A purpose without one is signed by nobody.
    pub roles: BTreeMap<Purpose, Role>,
}

/// A release of packs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Its version.
    pub version: i64,
    /// From when on it no longer counts.
    pub expires: Instant,
    /// The digest of each file, by name.
    pub files: BTreeMap<String, Sha>,
}

/// A release that counts, with how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    /// The release.
    pub release: Release,
    /// From when on it no longer counts, whatever says so first: root, timestamp or release.
    pub until: Instant,
}

/// Which release is the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timestamp {
    /// Its version.
    pub version: i64,
    /// From when on it no longer counts.
    pub expires: Instant,
    /// The version of the newest release.
    pub release: i64,
    /// The digest of that release, signatures and all.
    pub digest: Sha,
}

/// The highest versions that a device has seen, by the keys that signed them. The caller keeps
/// it where nobody else writes. Whoever exchanges keys begins to count anew, so that a version
/// that a stolen key named does no lasting harm.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen(pub BTreeMap<(Purpose, Sha), i64>);

/// As it is kept: JSON.
impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let versions = self.0.iter().map(|((purpose, keys), version)| {
            let members = [
                ("purpose", Json::from(purpose.name())),
                ("keys", Json::from(longma_core::hex(keys))),
                ("version", Json::Int(*version)),
            ];
            let members = members.map(|(name, value)| (name.to_owned(), value));
            Json::Object(members.into_iter().into_map())
        });
        Json::List(versions.collect()).fmt(f)
    }
}

impl Seen {
    /// Reads what was kept; an empty text is that nothing was seen.
    ///
    /// ```
    /// use longma_seal::trust::Seen;
    /// assert_eq!(Seen::read("")?, Seen::default());
    /// assert_eq!(Seen::read(&Seen::default().to_string())?, Seen::default());
    /// assert_eq!(Seen::read("[{}]").unwrap_err().code.as_str(), "trust-seen");
    /// # Ok::<(), longma_core::Problem>(())
    /// ```
    ///
    /// # Errors
    /// If the text is not what was kept. Taking it for nothing would let old versions in.
    pub fn read(text: &str) -> Result<Self, Problem> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let wrong = || problem(Code::TrustSeen);
        let Json::List(items) = Json::parse(text, "seen").map_err(|_| wrong())? else {
            return Err(wrong());
        };
        let version = |item: &Json| {
            let purpose = Purpose::named(item.text_at("/purpose")?)?;
            let keys = item.text_at("/keys")?;
            let bytes = (0..keys.len()).step_by(2);
            let bytes = bytes.map(|at| u8::from_str_radix(keys.get(at..at + 2)?, 16).ok());
            let keys = Sha::try_from(bytes.collect::<Option<Vec<u8>>>()?).ok()?;
            match item.at("/version")? {
                Json::Int(version) => Some(((purpose, keys), *version)),
                _ => None,
            }
        };
        let versions = items.iter().map(|item| version(item).ok_or_else(wrong));
        let versions = versions.collect::<Result<Vec<_>, _>>()?;
        Ok(Self(versions.into_iter().into_map()))
    }
}

/// The digest of some bytes.
#[must_use]
pub fn digest(bytes: &[u8]) -> Sha {
    Sha256::digest(bytes).into()
}

impl Root {
    /// Reads the first root, which a device is built with. It is held to its own keys.
    ///
    /// # Errors
    /// If it is not of the form of a root, or not signed by enough of its own keys.
    pub fn first(document: &[u8]) -> Result<Self, Problem> {
        // Whom to ask is in it, so it is looked at before it is trusted.
        let claimed = Self::read(Several::read(document, Purpose::Root)?.payload)?;
        claimed.opened(document, Purpose::Root)?;
        Ok(claimed)
    }

    /// The last of some roots that follow one another, from the one that a device is built
    /// with on.
    ///
    /// # Errors
    /// If there is none, or one does not follow the one before it.
    pub fn latest<'a>(documents: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, Problem> {
        let mut documents = documents.into_iter();
        let first = documents.next().ok_or_else(|| problem(Code::SealForm))?;
        documents.try_fold(Self::first(first)?, |root, document| root.next(document))
    }

    /// Takes the next root: signed by enough keys of this one and of itself.
    ///
    /// # Errors
    /// If it is not the next version, or too few signed it.
    pub fn next(&self, document: &[u8]) -> Result<Self, Problem> {
        self.opened(document, Purpose::Root)?;
        let next = Self::first(document)?;
        let expected = self.version.saturating_add(1);
        if next.version == expected {
            Ok(next)
        } else {
            let told = problem(Code::TrustSkipped).with("found", next.version);
            Err(told.with("expected", expected))
        }
    }

    /// The release that `timestamp` names, if all of it counts `now`. `seen` is brought up to
    /// it only then.
    ///
    /// # Errors
    /// If something is signed by too few, has expired, is older than what was seen, leaps
    /// ahead, or does not belong together.
    pub fn release(
        &self,
        (timestamp, release): (&[u8], &[u8]),
        seen: &mut Seen,
        now: Instant,
    ) -> Result<Current, Problem> {
        unexpired(Purpose::Root, self.expires, now)?;
        let newest = Timestamp::read(self.opened(timestamp, Purpose::Timestamp)?)?;
        unexpired(Purpose::Timestamp, newest.expires, now)?;
        let counted = self.counted(Purpose::Timestamp, newest.version, seen)?;
        if digest(release) != newest.digest {
            return Err(problem(Code::TrustMixed));
        }
        let packs = Release::read(self.opened(release, Purpose::Packs)?)?;
        if packs.version != newest.release {
            return Err(problem(Code::TrustMixed));
        }
        unexpired(Purpose::Packs, packs.expires, now)?;
        let also = self.counted(Purpose::Packs, packs.version, seen)?;
        seen.0
            .extend([(counted, newest.version), (also, packs.version)]);
        let until = self.expires.min(newest.expires).min(packs.expires);
        Ok(Current {
            release: packs,
            until,
        })
    }

    /// The keys one of which signs for a purpose.
    ///
    /// # Errors
    /// If nobody signs for it, or one key is not enough.
    pub fn keys_of(&self, purpose: Purpose) -> Result<&Keys, Problem> {
        let role = self.roles.get(&purpose).filter(|role| role.threshold == 1);
        let unknown = || problem(Code::TrustRole).with("what", purpose.words());
        Ok(&role.ok_or_else(unknown)?.keys)
    }

    /// Opens what enough keys of a purpose's role signed.
    pub(crate) fn opened<'a>(
        &self,
        document: &'a [u8],
        purpose: Purpose,
    ) -> Result<&'a [u8], Problem> {
        let unknown = || problem(Code::TrustRole).with("what", purpose.words());
        let role = self.roles.get(&purpose).ok_or_else(unknown)?;
        Ok(open_by(document, purpose, &role.keys, role.threshold)?.payload)
    }

    /// Under what a version is counted, if it does not go back and does not leap.
    pub(crate) fn counted(
        &self,
        purpose: Purpose,
        version: i64,
        seen: &Seen,
    ) -> Result<(Purpose, Sha), Problem> {
        let roles = self.roles.get(&purpose).into_iter();
        let keys = roles.flat_map(|role| role.keys.iter());
        let mut names: Vec<String> = keys.map(PublicKey::name).collect();
        longma_core::order::sort(&mut names);
        let counted = (purpose, digest(names.join("\n").as_bytes()));
        let Some(&before) = seen.0.get(&counted) else {
            return Ok(counted);
        };
        let code = match version.saturating_sub(before) {
            ..0 => Code::TrustRollback,
            0..=LEAP => return Ok(counted),
            _ => Code::TrustForward,
        };
        let told = problem(code).with("what", purpose.words());
        Err(told.with("found", version).with("seen", before))
    }

    /// As it is signed.
    #[must_use]
    pub fn to_payload(&self) -> Vec<u8> {
        let written = self.roles.iter().map(|(purpose, role)| {
            let jwks: Vec<String> = role.keys.iter().map(PublicKey::to_jwk).collect();
            (purpose.name(), jwks, role.threshold)
        });
        let written: Vec<(&str, Vec<String>, usize)> = written.collect();
        let roles = written.iter().map(|(purpose, jwks, threshold)| {
            let keys = jwks.iter().map(|jwk| Value::Text(jwk)).collect();
            let role = [
                (Value::Text("keys"), Value::List(keys)),
                (Value::Text("threshold"), number(*threshold)),
            ];
            (Value::Text(purpose), Value::Map(role.into()))
        });
        let roles = Value::Map(roles.collect());
        payload(self.version, self.expires, [("roles", roles)])
    }

    fn read(payload: &[u8]) -> Result<Self, Problem> {
        let form = Form(Purpose::Root);
        let document = cbor::read(payload, Limits::LARGE)?;
        let [roles, version, expires] = form.members(&document, ["roles", "version", "expires"])?;
        let mut read = Self {
            version: form.version(version)?,
            expires: form.instant(expires)?,
            roles: BTreeMap::new(),
        };
        let Value::Map(roles) = roles else {
            return Err(form.wrong());
        };
        for (name, role) in roles {
            let purpose = match name {
                Value::Text(name) => Purpose::named(name),
                _ => None,
            };
            let purpose = purpose.ok_or_else(|| form.wrong())?;
            let [keys, threshold] = form.members(role, ["keys", "threshold"])?;
            let (Value::List(keys), Value::Int(threshold)) = (keys, threshold) else {
                return Err(form.wrong());
            };
            let named = keys.len();
            let keys = keys.iter().map(|key| match key {
                Value::Text(jwk) => PublicKey::read(jwk),
                _ => Err(form.wrong()),
            });
            let keys = Keys::new(keys.collect::<Result<Vec<_>, _>>()?);
            let threshold = usize::try_from(*threshold).map_err(|_| form.wrong())?;
            // A threshold that nobody reaches or nobody has to, or a key that is named twice
            // to reach it, is a mistake.
            if threshold == 0 || threshold > keys.len() || keys.len() < named {
                return Err(form.wrong());
            }
            read.roles.insert(purpose, Role { keys, threshold });
        }
        Ok(read)
    }
}

impl Release {
    /// What a release says, for whoever is about to sign for it. Nothing of it is verified.
    ///
    /// # Errors
    /// If it is no release.
    pub fn claimed(document: &[u8]) -> Result<Self, Problem> {
        Self::read(Several::read(document, Purpose::Packs)?.payload)
    }

    /// Whether a file is the one that the release names.
    ///
    /// # Errors
    /// If the release names no such file, or another.
    pub fn takes(&self, file: &str, bytes: &[u8]) -> Result<(), Problem> {
        let told = |code| problem(code).with("file", file);
        match self.files.get(file) {
            None => Err(told(Code::TrustFile)),
            Some(named) if *named != digest(bytes) => Err(told(Code::TrustDigest)),
            Some(_) => Ok(()),
        }
    }

    /// As it is signed.
    #[must_use]
    pub fn to_payload(&self) -> Vec<u8> {
        let files = self.files.iter();
        let files = files.map(|(name, sha)| (Value::Text(name), Value::Bytes(sha)));
        let files = Value::Map(files.collect());
        payload(self.version, self.expires, [("files", files)])
    }

    fn read(payload: &[u8]) -> Result<Self, Problem> {
        let form = Form(Purpose::Packs);
        let document = cbor::read(payload, Limits::LARGE)?;
        let [files, version, expires] = form.members(&document, ["files", "version", "expires"])?;
        let Value::Map(files) = files else {
            return Err(form.wrong());
        };
        let file = |(name, sha): &(Value<'_>, Value<'_>)| match (name, sha) {
            (Value::Text(name), sha) => Ok(((*name).to_owned(), form.sha(sha)?)),
            _ => Err(form.wrong()),
        };
        let files: Vec<(String, Sha)> = files.iter().map(file).collect::<Result<_, _>>()?;
        Ok(Self {
            version: form.version(version)?,
            expires: form.instant(expires)?,
            files: files.into_iter().into_map(),
        })
    }
}

impl Timestamp {
    /// As it is signed.
    #[must_use]
    pub fn to_payload(&self) -> Vec<u8> {
        let of = [
            ("release", Value::Int(self.release)),
            ("digest", Value::Bytes(&self.digest)),
        ];
        payload(self.version, self.expires, of)
    }

    fn read(payload: &[u8]) -> Result<Self, Problem> {
        let form = Form(Purpose::Timestamp);
        let document = cbor::read(payload, Limits::SMALL)?;
        let names = ["release", "digest", "version", "expires"];
        let [release, sha, version, expires] = form.members(&document, names)?;
        Ok(Self {
            version: form.version(version)?,
            expires: form.instant(expires)?,
            release: form.version(release)?,
            digest: form.sha(sha)?,
        })
    }
}

/// Refuses what no longer counts.
///
/// # Errors
/// If it has expired.
pub fn unexpired(purpose: Purpose, expires: Instant, now: Instant) -> Result<(), Problem> {
    if now < expires {
        return Ok(());
    }
    let told = problem(Code::TrustExpired).with("what", purpose.words());
    Err(told.with("expires", expires.to_rfc3339(Offset::CHINA)))
}

fn number(number: usize) -> Value<'static> {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A document with its version and its end.
pub(crate) fn payload<const N: usize>(
    version: i64,
    expires: Instant,
    more: [(&str, Value<'_>); N],
) -> Vec<u8> {
    let mut members = vec![
        (Value::Text("version"), Value::Int(version)),
        (Value::Text("expires"), Value::Int(expires.unix())),
    ];
    members.extend(more.map(|(name, value)| (Value::Text(name), value)));
    Value::Map(members).to_bytes()
}

/// Reads the members of one kind of document.
pub(crate) struct Form(pub(crate) Purpose);

impl Form {
    pub(crate) fn wrong(&self) -> Problem {
        problem(Code::TrustForm).with("what", self.0.words())
    }

    /// The members of these names, if there are no others.
    pub(crate) fn members<'v, 'a, const N: usize>(
        &self,
        of: &'v Value<'a>,
        names: [&str; N],
    ) -> Result<[&'v Value<'a>; N], Problem> {
        let Value::Map(members) = of else {
            return Err(self.wrong());
        };
        let found = names.map(|name| {
            let mut members = members.iter();
            members.find_map(|(key, value)| (*key == Value::Text(name)).then_some(value))
        });
        if members.len() != N || found.contains(&None) {
            return Err(self.wrong());
        }
        Ok(found.map(|it| it.unwrap_or(of)))
    }

    pub(crate) fn version(&self, of: &Value<'_>) -> Result<i64, Problem> {
        match of {
            Value::Int(version @ 1..) => Ok(*version),
            _ => Err(self.wrong()),
        }
    }

    pub(crate) fn instant(&self, of: &Value<'_>) -> Result<Instant, Problem> {
        match of {
            Value::Int(seconds) => Instant::from_unix(*seconds).ok_or_else(|| self.wrong()),
            _ => Err(self.wrong()),
        }
    }

    fn sha(&self, of: &Value<'_>) -> Result<Sha, Problem> {
        match of {
            Value::Bytes(bytes) => Sha::try_from(*bytes).map_err(|_| self.wrong()),
            _ => Err(self.wrong()),
        }
    }
}
