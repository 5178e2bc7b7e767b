//! Those who sign for the target `sealed`, and everything that they have signed. Their keys
//! are made of bytes that anybody can guess.

use longma_core::Instant;
use longma_seal::trust::{Release, Role, Root, Seen, Timestamp, digest};
use longma_seal::{Algorithm, KeyId, Keys, PrivateKey, Purpose};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What stands in documents that only their form is about: `{1: "green"}`.
const PAYLOAD: &[u8] = b"\xa1\x01\x65green";
/// Versions of the kept root, release and timestamp.
pub(super) const VERSION: i64 = 3;
/// How many of the root's keys must sign.
pub(super) const THRESHOLD: usize = 2;

/// 2026-07-01T12:00:00+08:00.
const NOW: i64 = 1_782_878_400;
const DAY: i64 = 86_400;

/// A document that was signed.
pub(super) struct Signed {
    pub(super) purpose: Purpose,
    pub(super) payload: Vec<u8>,
    pub(super) signers: Vec<KeyId>,
    pub(super) document: Vec<u8>,
}

/// The keys, and what they have signed.
pub(super) struct Signers {
    /// One key of each algorithm and five of Ed25519. The first three are the root's, the
    /// last three the next root's.
    pub(super) keys: Vec<PrivateKey>,
    /// The same keys, to verify with.
    pub(super) public: Keys,
    pub(super) root: Root,
    /// A root whose first key alone signs passes and lists.
    pub(super) issuers: Root,
    /// When documents are read.
    pub(super) now: Instant,
    /// What a device has seen that took the kept release.
    pub(super) seen: Seen,
    /// Documents that one signed: one of each algorithm for each purpose.
    pub(super) alone: Vec<Signed>,
    /// Documents that several signed: a root, the next one with other keys, a release, its timestamp, and one
    /// with signatures of all keys.
    pub(super) together: Vec<Signed>,
}

pub(super) static SIGNERS: LazyLock<Signers> = LazyLock::new(|| match Signers::new() {
    Some(signers) => signers,
    None => panic!("the signers cannot sign"),
});

/// So many days after [`NOW`].
fn later(days: i64) -> Option<Instant> {
    Instant::from_unix(NOW + days * DAY)
}

/// A document that all of `keys` sign.
pub(super) fn sign<'k>(
    payload: &[u8],
    purpose: Purpose,
    keys: impl IntoIterator<Item = &'k PrivateKey>,
) -> Option<Vec<u8>> {
    PrivateKey::seal_by(payload, purpose, keys).ok()
}

/// A timestamp's payload of version `own`, which names a release of version `named`.
pub(super) fn naming(own: i64, release: &[u8], named: i64) -> Option<Vec<u8>> {
    let timestamp = Timestamp {
        version: own,
        expires: later(2)?,
        release: named,
        digest: digest(release),
    };
    Some(timestamp.to_payload())
}

impl Signers {
    fn new() -> Option<Self> {
        let all = [Algorithm::Ed25519, Algorithm::P256, Algorithm::Sm2];
        let more = [Algorithm::Ed25519; 5];
        let keys = (1..).zip(all.into_iter().chain(more));
        let keys: Vec<PrivateKey> = keys
            .map(|(byte, algorithm)| PrivateKey::from_bytes(algorithm, [byte; 32]).ok())
            .collect::<Option<_>>()?;
        let public = Keys::new(keys.iter().map(|key| key.public().clone()));
        let root = root(&keys, keys.get(..3)?, VERSION)?;
        let next = self::root(&keys, keys.get(5..8)?, VERSION + 1)?;
        let first = || Role {
            keys: Keys::new(keys.first().map(|key| key.public().clone())),
            threshold: 1,
        };
        let purposes = [Purpose::Outcome, Purpose::Extract, Purpose::Revocations];
        let issuers = Root {
            version: 1,
            expires: later(365)?,
            roles: purposes.map(|purpose| (purpose, first())).into(),
        };
        let one = |key: &PrivateKey, purpose| Signed {
            purpose,
            payload: PAYLOAD.to_vec(),
            signers: vec![key.public().id()],
            document: key.seal(PAYLOAD, purpose),
        };
        let alone = keys.iter().take(all.len()).flat_map(|key| {
            let purposes = Purpose::ALL.into_iter();
            purposes.map(move |purpose| one(key, purpose))
        });
        let several = |payload: Vec<u8>, purpose, keys: &[PrivateKey]| {
            Some(Signed {
                purpose,
                signers: keys.iter().map(|key| key.public().id()).collect(),
                document: sign(&payload, purpose, keys)?,
                payload,
            })
        };
        let [roots, packs] = [keys.get(..3)?, keys.get(3..5)?];
        let files = ["rules.longma", "风险区.csv"];
        let files = files.map(|name| (name.to_owned(), digest(name.as_bytes())));
        let release = Release {
            version: VERSION,
            expires: later(90)?,
            files: BTreeMap::from(files),
        };
        let release = several(release.to_payload(), Purpose::Packs, packs)?;
        let timestamp = naming(VERSION, &release.document, VERSION)?;
        let together = vec![
            several(root.to_payload(), Purpose::Root, roots)?,
            several(next.to_payload(), Purpose::Root, &keys)?,
            release,
            several(timestamp, Purpose::Timestamp, keys.get(5..6)?)?,
            several(PAYLOAD.to_vec(), Purpose::Facts, &keys)?,
        ];
        let mut signers = Self {
            alone: alone.collect(),
            together,
            public,
            root,
            issuers,
            now: later(0)?,
            seen: Seen::default(),
            keys,
        };
        let mut seen = Seen::default();
        signers
            .root
            .release(signers.release()?, &mut seen, signers.now)
            .ok()?;
        signers.seen = seen;
        Some(signers)
    }

    /// The kept release with its timestamp.
    pub(super) fn release(&self) -> Option<(&[u8], &[u8])> {
        let of = |purpose| self.together.iter().find(|it| it.purpose == purpose);
        let (timestamp, release) = (of(Purpose::Timestamp)?, of(Purpose::Packs)?);
        Some((&timestamp.document, &release.document))
    }
}

/// A root whose own keys are `own`.
fn root(keys: &[PrivateKey], own: &[PrivateKey], version: i64) -> Option<Root> {
    let role = |keys: &[PrivateKey], threshold| Role {
        keys: Keys::new(keys.iter().map(|key| key.public().clone())),
        threshold,
    };
    let roles = [
        (Purpose::Root, role(own, THRESHOLD)),
        (Purpose::Packs, role(keys.get(3..5)?, 2)),
        (Purpose::Timestamp, role(keys.get(5..6)?, 1)),
    ];
    Some(Root {
        version,
        expires: later(365)?,
        roles: BTreeMap::from(roles),
    })
}
