//! Which packs a device takes: what the roles and rules of The Update Framework refuse.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use longma_core::Instant;
use longma_seal::trust::{Release, Role, Root, Seen, Timestamp, digest};
use longma_seal::{Algorithm, Keys, PrivateKey, Purpose};
use std::collections::BTreeMap;

const PACKS: &[u8] = b"compiled packs";

fn key(byte: u8) -> PrivateKey {
    PrivateKey::from_bytes(Algorithm::Ed25519, [byte; 32]).unwrap()
}

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn now() -> Instant {
    at("2026-07-01T12:00:00+08:00")
}

/// A root, two releases of packs and a timestamp, and those who sign them.
struct Office {
    version: i64,
    roots: [PrivateKey; 3],
    packs: [PrivateKey; 2],
    timestamp: PrivateKey,
    expires: [&'static str; 3],
}

impl Office {
    fn new() -> Self {
        Self {
            version: 1,
            roots: [key(1), key(2), key(3)],
            packs: [key(4), key(5)],
            timestamp: key(6),
            expires: [
                "2027-07-01T00:00:00+08:00",
                "2026-10-01T00:00:00+08:00",
                "2026-07-03T00:00:00+08:00",
            ],
        }
    }

    fn root(&self) -> Root {
        let role = |keys: &[PrivateKey], threshold| Role {
            keys: Keys::new(keys.iter().map(|key| key.public().clone())),
            threshold,
        };
        let roles = [
            (Purpose::Root, role(&self.roots, 2)),
            (Purpose::Packs, role(&self.packs, 2)),
            (
                Purpose::Timestamp,
                role(std::slice::from_ref(&self.timestamp), 1),
            ),
        ];
        Root {
            version: self.version,
            expires: at(self.expires[0]),
            roles: BTreeMap::from(roles),
        }
    }

    fn signed_root(&self) -> Vec<u8> {
        let payload = self.root().to_payload();
        PrivateKey::seal_by(&payload, Purpose::Root, &self.roots[..2]).unwrap()
    }

    fn release(&self, version: i64) -> Vec<u8> {
        let files = BTreeMap::from([("rules.longma".to_owned(), digest(PACKS))]);
        let expires = at(self.expires[1]);
        let release = Release {
            version,
            expires,
            files,
        };
        PrivateKey::seal_by(&release.to_payload(), Purpose::Packs, &self.packs).unwrap()
    }

    fn timestamp(&self, version: i64, release: i64, of: &[u8]) -> Vec<u8> {
        let timestamp = Timestamp {
            version,
            expires: at(self.expires[2]),
            release,
            digest: digest(of),
        };
        let payload = timestamp.to_payload();
        PrivateKey::seal_by(&payload, Purpose::Timestamp, [&self.timestamp]).unwrap()
    }

    /// A timestamp with the release that it names.
    fn pair(&self, version: i64) -> (Vec<u8>, Vec<u8>) {
        let release = self.release(version);
        (self.timestamp(version, version, &release), release)
    }

    fn told(&self, (timestamp, release): &(Vec<u8>, Vec<u8>), seen: &mut Seen) -> String {
        match self.root().release((timestamp, release), seen, now()) {
            Ok(_) => "taken".to_owned(),
            Err(problem) => problem.code.to_string(),
        }
    }
}

#[test]
fn a_release_is_taken_with_its_files_and_no_others() {
    let office = Office::new();
    let root = Root::first(&office.signed_root()).unwrap();
    let (timestamp, release) = office.pair(3);
    let mut seen = Seen::default();
    let taken = root
        .release((&timestamp, &release), &mut seen, now())
        .unwrap();
    let taken = taken.release;
    assert_eq!(taken.version, 3);
    let told = |file, bytes| taken.takes(file, bytes).map_err(|it| it.code.to_string());
    assert_eq!(told("rules.longma", PACKS), Ok(()));
    assert_eq!(
        told("rules.longma", b"others"),
        Err("trust-digest".to_owned())
    );
    assert_eq!(told("other.longma", PACKS), Err("trust-file".to_owned()));
    // The same again is no step back.
    assert_eq!(office.told(&(timestamp, release), &mut seen), "taken");
}

#[test]
fn what_is_held_back_or_goes_back_or_leaps_is_refused() {
    let office = Office::new();
    let mut seen = Seen::default();
    assert_eq!(office.told(&office.pair(7), &mut seen), "taken");
    let before = seen.clone();
    assert_eq!(office.told(&office.pair(6), &mut seen), "trust-rollback");
    let old = office.release(6);
    let newer = (office.timestamp(8, 6, &old), old);
    assert_eq!(
        office.told(&newer, &mut seen),
        "trust-rollback",
        "an old release named anew"
    );
    assert_eq!(
        office.told(&office.pair(1_000_000), &mut seen),
        "trust-forward"
    );
    assert_eq!(
        office.told(&office.pair(i64::MAX), &mut seen),
        "trust-forward"
    );
    assert_eq!(seen, before, "what is refused leaves no trace");
    // Held back: everything is sound, but nothing newer has come for too long.
    let (timestamp, release) = office.pair(8);
    let late = at("2026-07-03T00:00:00+08:00");
    let told = office
        .root()
        .release((&timestamp, &release), &mut seen, late);
    assert_eq!(told.unwrap_err().code.as_str(), "trust-expired");
    assert_eq!(office.told(&(timestamp, release), &mut seen), "taken");
}

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let office = Office::new();
    let mut seen = Seen::default();
    let (one, other) = (office.pair(7), office.pair(8));
    assert_eq!(
        office.told(&(one.0.clone(), other.1), &mut seen),
        "trust-mixed"
    );
    // A timestamp that gives a release another version than it has.
    let lying = (office.timestamp(7, 9, &one.1), one.1.clone());
    assert_eq!(office.told(&lying, &mut seen), "trust-mixed");
    // One document in the other's place.
    assert_eq!(
        office.told(&(one.1.clone(), one.0.clone()), &mut seen),
        "seal-purpose"
    );
    assert_eq!(office.told(&(one.0, Vec::new()), &mut seen), "trust-mixed");
}

#[test]
fn each_part_expires_by_itself() {
    for part in 0..3 {
        let mut office = Office::new();
        office.expires[part] = "2026-07-01T12:00:00+08:00";
        let told = office.told(&office.pair(1), &mut Seen::default());
        assert_eq!(told, "trust-expired", "{part}");
        office.expires[part] = "2026-07-01T12:00:01+08:00";
        assert_eq!(office.told(&office.pair(1), &mut Seen::default()), "taken");
    }
}

#[test]
fn one_key_is_never_two_and_strangers_count_for_nothing() {
    let office = Office::new();
    let told = |release: Vec<u8>| {
        let timestamp = office.timestamp(1, 1, &release);
        office.told(&(timestamp, release), &mut Seen::default())
    };
    let files = BTreeMap::new();
    let release = Release {
        version: 1,
        expires: at(office.expires[1]),
        files,
    };
    let by = |keys: &[&PrivateKey]| {
        let payload = release.to_payload();
        PrivateKey::seal_by(&payload, Purpose::Packs, keys.iter().copied()).unwrap()
    };
    let [one, two] = &office.packs;
    let stranger = key(9);
    assert_eq!(told(by(&[one, two])), "taken");
    assert_eq!(told(by(&[one, &stranger, two])), "taken");
    assert_eq!(told(by(&[one])), "seal-threshold");
    assert_eq!(told(by(&[one, &stranger])), "seal-threshold");
    assert_eq!(told(by(&[&stranger, &office.timestamp])), "seal-threshold");
    assert_eq!(told(by(&[])), "seal-threshold");
    // Whoever signs again signs in place of the signature before; a forger writes it twice.
    assert_eq!(by(&[one, one]), by(&[one]));
    assert_eq!(told(twice(&by(&[one]))), "seal-twice");
}

/// A root that names the first key for packs twice, so that one seems to be two.
#[test]
fn a_root_names_no_key_twice() {
    use longma_seal::cbor::{Limits, Value, read};
    let office = Office::new();
    let payload = office.root().to_payload();
    let mut root = read(&payload, Limits::LARGE).unwrap();
    let mut twice = 0;
    if let Value::Map(members) = &mut root
        && let Some((_, Value::Map(roles))) = members
            .iter_mut()
            .find(|(it, _)| *it == Value::Text("roles"))
        && let Some((_, Value::Map(role))) = roles
            .iter_mut()
            .find(|(it, _)| *it == Value::Text("longma/packs"))
        && let Some((_, Value::List(keys))) = role.first_mut()
    {
        keys[1] = keys[0].clone();
        twice += 1;
    }
    assert_eq!(twice, 1, "the forgery was made");
    let forged = PrivateKey::seal_by(&root.to_bytes(), Purpose::Root, &office.roots).unwrap();
    assert_eq!(
        Root::first(&forged).unwrap_err().code.as_str(),
        "trust-form"
    );
}

#[test]
fn after_the_last_version_no_root_follows() {
    let mut office = Office::new();
    office.version = i64::MAX;
    let root = Root::first(&office.signed_root()).unwrap();
    office.version = 1;
    let told = root.next(&office.signed_root()).unwrap_err();
    assert_eq!(told.code.as_str(), "trust-skipped");
}

/// A document with its only signature written twice.
fn twice(document: &[u8]) -> Vec<u8> {
    use longma_seal::cbor::{Limits, Value, read};
    let mut message = read(&document[2..], Limits::LARGE).unwrap();
    if let Value::List(parts) = &mut message
        && let Some(Value::List(signatures)) = parts.last_mut()
    {
        signatures.extend(signatures.clone());
    }
    [&document[..2], &message.to_bytes()].concat()
}

#[test]
fn a_root_is_followed_by_one_that_both_signed() {
    let old = Office::new();
    let mut new = Office::new();
    (new.version, new.roots) = (2, [key(11), key(12), key(13)]);
    let root = Root::first(&old.signed_root()).unwrap();
    let payload = new.root().to_payload();
    let by = |keys: &[&PrivateKey]| {
        PrivateKey::seal_by(&payload, Purpose::Root, keys.iter().copied()).unwrap()
    };
    let told = |document: &[u8]| match root.next(document) {
        Ok(next) => next.version.to_string(),
        Err(problem) => problem.code.to_string(),
    };
    let ([a, b, _], [c, d, _]) = (&old.roots, &new.roots);
    assert_eq!(told(&by(&[a, b, c, d])), "2");
    assert_eq!(told(&by(&[c, d])), "seal-threshold", "without the old keys");
    assert_eq!(told(&by(&[a, b])), "seal-threshold", "without the new ones");
    assert_eq!(told(&by(&[a, c, d])), "seal-threshold");
    assert_eq!(told(&old.signed_root()), "trust-skipped", "the same again");
    // Nobody but a root's own keys makes a root.
    let packs = PrivateKey::seal_by(&payload, Purpose::Root, &old.packs).unwrap();
    assert_eq!(told(&packs), "seal-threshold");
}

#[test]
fn what_a_stolen_key_named_is_forgotten_with_the_key() {
    let mut office = Office::new();
    let mut seen = Seen::default();
    assert_eq!(office.told(&office.pair(1), &mut seen), "taken");
    // The thief leaps as far as he may.
    assert_eq!(office.told(&office.pair(10_001), &mut seen), "taken");
    assert_eq!(office.told(&office.pair(2), &mut seen), "trust-rollback");
    office.timestamp = key(16);
    office.packs = [key(14), key(15)];
    assert_eq!(office.told(&office.pair(2), &mut seen), "taken");
}

#[test]
fn a_root_that_says_nothing_sound_is_refused() {
    let told = |change: &dyn Fn(&mut Root)| {
        let office = Office::new();
        let mut root = office.root();
        change(&mut root);
        let payload = root.to_payload();
        let signed = PrivateKey::seal_by(&payload, Purpose::Root, &office.roots).unwrap();
        match Root::first(&signed) {
            Ok(root) => match root.release((&[], &[]), &mut Seen::default(), now()) {
                Ok(_) => "taken".to_owned(),
                Err(problem) => problem.code.to_string(),
            },
            Err(problem) => problem.code.to_string(),
        }
    };
    let threshold = |purpose, threshold| {
        told(&move |root: &mut Root| {
            root.roles.get_mut(&purpose).unwrap().threshold = threshold;
        })
    };
    assert_eq!(threshold(Purpose::Packs, 0), "trust-form");
    assert_eq!(threshold(Purpose::Packs, 3), "trust-form");
    assert_eq!(told(&|root| root.version = 0), "trust-form");
    assert_eq!(
        told(&|root| _ = root.roles.remove(&Purpose::Root)),
        "trust-role"
    );
    assert_eq!(
        told(&|root| _ = root.roles.remove(&Purpose::Timestamp)),
        "trust-role"
    );
    assert_eq!(told(&|_| ()), "seal-form", "an empty timestamp");
}
