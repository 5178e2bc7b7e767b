//! The reader of CBOR, signed documents, what stands in them, and keys.
//!
//! The first byte says what the others are. A document as it comes; or choices of the parts
//! of signed documents, which are put together anew; or what is signed here with all keys
//! that count, so that the readers behind the signatures see it too: a root, a release, a
//! timestamp, a pass, a list of what was revoked, a statement, a receipt; or the text of a key or of a code, facts
//! as a code writes them, or a list of sources.

use super::signers::{SIGNERS, THRESHOLD, VERSION, naming, sign};
use longma_core::Schema;
use longma_seal::cbor::{Limits, Value, read};
use longma_seal::compact::{fold, unfold};
use longma_seal::pass::{Levels, Pass, Shown};
use longma_seal::receipt::{Decided, Receipt};
use longma_seal::revoked::Revoked;
use longma_seal::statement::{Kind, Sources, Statement};
use longma_seal::trust::{Release, Root, Seen};
use longma_seal::{Keys, PrivateKey, PublicKey, Purpose, open, open_by, text};
use std::iter::repeat_n;
use std::sync::LazyLock;

/// How many kinds of input there are.
const KINDS: u8 = 13;
/// Most signatures of one document that is put together: one more than may sign.
const SIGNATURES: usize = 17;
/// How documents begin that one and that several have signed.
const TAGS: [&[u8]; 2] = [&[0xd2], &[0xd8, 98]];

/// What is read is written back to the same bytes, what nobody signed does not open, what too
/// few signed does not count, and what is refused leaves no trace.
///
/// ```
/// let _ = longma_tests::fuzz::sealed(b"\0\xa1\x01\x65green");
/// ```
///
/// # Panics
/// If one of these does not hold.
#[must_use]
pub fn sealed(bytes: &[u8]) -> bool {
    let (kind, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let done = match kind % KINDS {
        0 => Some(document(rest)),
        1 => put_together(rest).map(|it| document(&it)),
        2 => root(rest),
        3 => release(rest),
        4 => timestamp(rest),
        5 => std::str::from_utf8(rest).ok().map(key),
        6 => pass(rest),
        7 => list(rest),
        8 => std::str::from_utf8(rest).ok().map(code),
        9 => facts(rest),
        10 => statement(rest),
        11 => receipt(rest),
        _ => std::str::from_utf8(rest).ok().map(sources),
    };
    done.unwrap_or(false)
}

/// Bytes as they come. Nobody but [`SIGNERS`] has their keys: what opens is theirs.
fn document(bytes: &[u8]) -> bool {
    let mut opened = false;
    for limits in [Limits::SMALL, Limits::LARGE] {
        if let Ok(value) = read(bytes, limits) {
            assert_eq!(value.to_bytes(), bytes, "written back");
            opened = true;
        }
    }
    for purpose in Purpose::ALL {
        if let Ok(found) = open(bytes, purpose, &SIGNERS.public) {
            let mut all = SIGNERS.alone.iter();
            let known = all.find(|it| it.purpose == purpose && it.document == bytes);
            assert!(
                known.is_some_and(|it| it.payload == found.payload),
                "nobody signed this alone: {found:?}"
            );
            opened = true;
        }
        for threshold in 0..3 {
            let Ok(found) = open_by(bytes, purpose, &SIGNERS.public, threshold) else {
                continue;
            };
            let mut all = SIGNERS.together.iter();
            let known = all.find(|it| it.purpose == purpose && it.payload == found.payload);
            let signed = |key: &&PublicKey| known.is_some_and(|it| it.signers.contains(&key.id()));
            assert!(found.keys.iter().all(signed), "not all signed: {found:?}");
            assert!(found.keys.len() >= threshold.max(1), "too few: {found:?}");
            for (at, key) in found.keys.iter().enumerate() {
                let mut before = found.keys.iter().take(at);
                assert!(!before.any(|it| it == key), "twice: {found:?}");
            }
            opened = true;
        }
    }
    if let Ok(root) = Root::first(bytes) {
        known_root(&root);
        opened = true;
    }
    if let Ok(root) = SIGNERS.root.next(bytes) {
        known_root(&root);
        assert_eq!(root.version, VERSION + 1);
    }
    let Some((timestamp, release)) = SIGNERS.release() else {
        return opened;
    };
    let _ = taken((bytes, release));
    if taken((timestamp, bytes)).is_some() {
        assert_eq!(bytes, release, "the timestamp names another");
    }
    opened
}

fn known_root(root: &Root) {
    let payload = root.to_payload();
    let mut all = SIGNERS.together.iter();
    assert!(
        all.any(|it| it.purpose == Purpose::Root && it.payload == payload),
        "nobody signed this root: {root:?}"
    );
}

/// Header, payload and signature of each signed document, and of each signature of those that
/// several signed. The first half of the choices is for one signer, the other for several.
fn put_together(choices: &[u8]) -> Option<Vec<u8>> {
    let all = SIGNERS.alone.iter().chain(&SIGNERS.together);
    let parts: Vec<Part> = all.flat_map(|it| parts(&it.document)).collect();
    let pick = |choice: &u8| parts.get(usize::from(*choice).checked_rem(parts.len())?);
    let (payload, choices) = choices.split_first()?;
    let payload = Value::Bytes(&pick(payload)?.payload);
    let bytes = |choice: &u8, of: fn(&Part) -> &Vec<u8>| Some(Value::Bytes(of(pick(choice)?)));
    let nothing = || Value::Map(Vec::new());
    let mut signatures = Vec::new();
    for pair in choices.chunks_exact(2).take(SIGNATURES) {
        let [header, signature] = pair else { continue };
        let header = bytes(header, |it| &it.header)?;
        let signature = bytes(signature, |it| &it.signature)?;
        signatures.push((header, signature));
    }
    // An odd byte at the end: several.
    let several = !choices.len().is_multiple_of(2);
    let [one, many] = TAGS;
    let (tag, message) = if several {
        let signatures = signatures.into_iter();
        let signatures =
            signatures.map(|(header, signature)| Value::List(vec![header, nothing(), signature]));
        let signatures = Value::List(signatures.collect());
        (
            many,
            vec![Value::Bytes(&[]), nothing(), payload, signatures],
        )
    } else {
        let (header, signature) = signatures.into_iter().next()?;
        (one, vec![header, nothing(), payload, signature])
    };
    Some([tag, &Value::List(message).to_bytes()].concat())
}

/// A signature with what it is under.
struct Part {
    header: Vec<u8>,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

fn parts(document: &[u8]) -> Vec<Part> {
    let mut tags = TAGS.into_iter();
    let message = tags.find_map(|tag| document.strip_prefix(tag));
    let Ok(Value::List(message)) = read(message.unwrap_or_default(), Limits::LARGE) else {
        return Vec::new();
    };
    let part = |header: &[u8], payload: &[u8], signature: &[u8]| Part {
        header: header.to_vec(),
        payload: payload.to_vec(),
        signature: signature.to_vec(),
    };
    match message.as_slice() {
        [
            Value::Bytes(header),
            _,
            Value::Bytes(payload),
            Value::Bytes(signature),
        ] => vec![part(header, payload, signature)],
        [_, _, Value::Bytes(payload), Value::List(signatures)] => {
            let of = |it: &Value<'_>| match it {
                Value::List(parts) => match parts.as_slice() {
                    [Value::Bytes(header), _, Value::Bytes(signature)] => {
                        Some(part(header, payload, signature))
                    }
                    _ => None,
                },
                _ => None,
            };
            signatures.iter().filter_map(of).collect()
        }
        _ => Vec::new(),
    }
}

/// A root that all keys sign is written and read alike, and counts for as many of its own keys
/// as it names, not for fewer.
fn root(payload: &[u8]) -> Option<bool> {
    let document = sign(payload, Purpose::Root, &SIGNERS.keys)?;
    let next = SIGNERS.root.next(&document);
    let root = Root::first(&document).ok()?;
    assert_eq!(
        next.is_ok(),
        root.version == VERSION + 1,
        "as the next: {next:?}"
    );
    let written = root.to_payload();
    let again = sign(&written, Purpose::Root, &SIGNERS.keys)?;
    match Root::first(&again) {
        Ok(again) => assert_eq!(again.to_payload(), written, "written again"),
        Err(problem) => panic!("what it writes is refused: {problem:?}"),
    }
    let role = root.roles.get(&Purpose::Root)?;
    let own = |key: &&PrivateKey| role.keys.iter().any(|it| it == key.public());
    let enough = |count: usize| {
        let keys = SIGNERS.keys.iter().filter(own).take(count);
        sign(payload, Purpose::Root, keys).is_some_and(|it| Root::first(&it).is_ok())
    };
    assert!(enough(role.threshold), "enough of its keys signed");
    assert!(!enough(role.threshold - 1), "too few of its keys signed");
    // The root before has keys of its own.
    let few = SIGNERS.keys.iter().take(THRESHOLD - 1);
    let others = SIGNERS.keys.iter().skip(3);
    let few = sign(payload, Purpose::Root, few.chain(others))?;
    assert!(SIGNERS.root.next(&few).is_err(), "too few of the old keys");
    Some(true)
}

/// A release that is signed, with a timestamp that names it.
fn release(payload: &[u8]) -> Option<bool> {
    let document = sign(payload, Purpose::Packs, &SIGNERS.keys)?;
    let version = match read(payload, Limits::LARGE) {
        Ok(Value::Map(members)) => members.iter().find_map(|member| match member {
            (Value::Text("version"), Value::Int(version)) => Some(*version),
            _ => None,
        }),
        _ => None,
    };
    let named = naming(VERSION + 1, &document, version.unwrap_or(VERSION))?;
    let timestamp = sign(&named, Purpose::Timestamp, &SIGNERS.keys)?;
    let taken = taken((&timestamp, &document))?;
    assert_eq!(taken.to_payload(), payload, "written back");
    Some(true)
}

/// A timestamp that is signed, with the kept release.
fn timestamp(payload: &[u8]) -> Option<bool> {
    let document = sign(payload, Purpose::Timestamp, &SIGNERS.keys)?;
    let (_, release) = SIGNERS.release()?;
    taken((&document, release)).map(|_| true)
}

/// The release, if a device takes it that knows the kept one.
fn taken((timestamp, release): (&[u8], &[u8])) -> Option<Release> {
    let (root, now) = (&SIGNERS.root, SIGNERS.now);
    let mut seen = SIGNERS.seen.clone();
    let Ok(first) = root.release((timestamp, release), &mut seen, now) else {
        assert_eq!(seen, SIGNERS.seen, "what is refused leaves no trace");
        return None;
    };
    for (role, version) in &seen.0 {
        let known = SIGNERS.seen.0.get(role);
        assert!(known.is_some_and(|it| it <= version), "a step back");
    }
    let after = seen.clone();
    match root.release((timestamp, release), &mut seen, now) {
        Ok(second) => assert_eq!(second, first, "taken again"),
        Err(problem) => panic!("the same again is refused: {problem:?}"),
    }
    assert_eq!(seen, after, "taken again");
    Some(first.release)
}

/// What an issuer signs is read as a pass and written back, if it is one.
fn pass(payload: &[u8]) -> Option<bool> {
    let issuer = SIGNERS.keys.first()?;
    let read = [Purpose::Outcome, Purpose::Extract]
        .into_iter()
        .any(|purpose| {
            let sealed = issuer.seal(payload, purpose);
            // Without the phone, a pass that names one is not read.
            let Ok(it) = Pass::present(&sealed, &SIGNERS.issuers, None, SIGNERS.now) else {
                return false;
            };
            assert_eq!(
                it.pass.to_payload().as_deref(),
                Some(payload),
                "written back"
            );
            assert!(!it.signed_now && it.pass.issued < it.pass.expires, "{it:?}");
            true
        });
    Some(read)
}

/// A list that is signed: whatever is asked stays inside of it.
fn list(payload: &[u8]) -> Option<bool> {
    let document = sign(payload, Purpose::Revocations, SIGNERS.keys.first())?;
    let mut seen = Seen::default();
    let list = SIGNERS
        .issuers
        .revoked(&document, &mut seen, SIGNERS.now)
        .ok()?;
    assert_eq!(list.to_payload(), payload, "written back");
    for byte in 0..=u8::MAX {
        let _ = list.has([byte, !byte, 0, byte, 255, 3, byte, 1]);
    }
    Some(true)
}

/// A code has one text.
fn code(given: &str) -> bool {
    let Ok(document) = text::read(given) else {
        return false;
    };
    assert_eq!(text::write(&document), given.trim(), "written back");
    true
}

/// What a source signs is read and written back, if it is a statement.
fn statement(payload: &[u8]) -> Option<bool> {
    let key = SIGNERS.keys.first()?;
    let named = format!("{{\"hospital\": [{}]}}", key.public().to_jwk());
    let sources = Sources::read(&named).ok()?;
    let document = key.seal(payload, Purpose::Facts);
    let (source, stated) = sources.open(&document).ok()?;
    assert_eq!(source, "hospital");
    assert_eq!(stated.to_payload(), payload, "written back");
    let other = SIGNERS.keys.get(1)?.seal(payload, Purpose::Facts);
    assert!(sources.open(&other).is_err(), "a stranger's statement");
    Some(true)
}

/// A receipt that is signed is read and written back, and differs in nothing from itself.
fn receipt(payload: &[u8]) -> Option<bool> {
    let key = SIGNERS.keys.first()?;
    let keys = Keys::new([key.public().clone()]);
    let receipt = Receipt::open(&key.seal(payload, Purpose::Receipt), &keys).ok()?;
    assert_eq!(receipt.to_payload(), payload, "written back");
    assert!(receipt.differences(&receipt).is_empty(), "{receipt:?}");
    Some(true)
}

/// A list of sources names each of its sources.
fn sources(text: &str) -> bool {
    let Ok(sources) = Sources::read(text) else {
        return false;
    };
    sources.names().iter().all(|name| !name.is_empty())
}

static PERSON: LazyLock<Option<Schema>> = LazyLock::new(|| {
    let text = include_str!("../../../rules/schema/person.schema.json");
    Schema::read(text, "person").ok()
});

/// Facts as a code writes them have one form.
fn facts(bytes: &[u8]) -> Option<bool> {
    let schema = PERSON.as_ref()?;
    let value = read(bytes, Limits::SMALL).ok()?;
    let document = unfold(&value, schema, SIGNERS.now)?;
    let again = fold(&document, schema, SIGNERS.now);
    assert_eq!(
        again.map(|it| it.to_bytes()).as_deref(),
        Some(bytes),
        "{document}"
    );
    Some(true)
}

/// The text of a key. Whatever is a key has one name and one form, and verifies nothing that
/// can be written without its private key.
fn key(text: &str) -> bool {
    if let Ok(private) = PrivateKey::read(text) {
        let again = PrivateKey::read(&private.to_jwk()).map(|it| it.public().clone());
        assert_eq!(again.ok().as_ref(), Some(private.public()), "written back");
        assert!(
            PublicKey::read(text).is_err(),
            "a private key as a public one"
        );
        return true;
    }
    let Ok(key) = PublicKey::read(text) else {
        return false;
    };
    let again = PublicKey::read(&key.to_jwk());
    assert_eq!(again.ok().map(|it| it.name()), Some(key.name()));
    // Nothing, one, and the neutral point of Ed25519.
    let [zero, one] = [[0; 32], [1; 32]];
    let neutral: Vec<u8> = [1].into_iter().chain(repeat_n(0, 31)).collect();
    for (r, s) in [
        (&zero[..], &zero[..]),
        (&one, &one),
        (&neutral, &zero),
        (&neutral, &neutral),
    ] {
        let signature = [r, s].concat();
        assert!(!key.verifies(b"anything", &signature), "{text}");
    }
    true
}

/// What was signed, parts of it put together as they belong and as they do not, payloads, and
/// keys.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let of = |kind: u8, bytes: &[u8]| [&[kind], bytes].concat();
    let all = SIGNERS.alone.iter().chain(&SIGNERS.together);
    let mut seeds: Vec<Vec<u8>> = all.map(|it| of(0, &it.document)).collect();
    seeds.extend([
        // Whole numbers of each length, bytes, texts, lists, a map, and what else there is.
        of(0, b"\x8c\x17\x18\x18\x19\x01\x00\x1a\x00\x01\x00\x00\x1b\x00\x00\x00\x01\x00\x00\x00\x00\x29\x38\x63\x42\x01\x02\x62\xc3\xbc\x82\xf4\xf5\xa2\x01\xf6\x61a\x80\x40"),
        of(1, &[0, 0, 0]),
        of(1, &[9, 9, 9]),
        // The first two signatures of the first document of several.
        of(1, &[21, 21, 21, 22, 22, 0]),
    ]);
    for it in &SIGNERS.together {
        let kind = match it.purpose {
            Purpose::Root => 2,
            Purpose::Packs => 3,
            Purpose::Timestamp => 4,
            _ => continue,
        };
        seeds.push(of(kind, &it.payload));
    }
    for key in SIGNERS.keys.iter().take(3) {
        seeds.push(of(5, key.public().to_jwk().as_bytes()));
        seeds.push(of(5, key.to_jwk().as_bytes()));
    }
    seeds.extend(
        codes()
            .into_iter()
            .flatten()
            .map(|(kind, bytes)| of(kind, &bytes)),
    );
    // Wrong: one payload under another's signature, a header under another key's, one signature
    // twice, none, and an older release.
    seeds.extend([
        of(1, &[21, 0, 0]),
        of(1, &[0, 1, 0]),
        of(1, &[21, 21, 21, 21, 21, 0]),
        of(1, &[21, 0]),
        of(3, &older().unwrap_or_default()),
    ]);
    seeds
}

/// The payload of a release before the kept one.
fn older() -> Option<Vec<u8>> {
    let (timestamp, release) = SIGNERS.release()?;
    let mut release = taken((timestamp, release))?;
    release.version = VERSION - 1;
    Some(release.to_payload())
}

/// A pass of each kind, a list, the text of a code, facts, a statement, a receipt and a list
/// of sources.
fn codes() -> Option<Vec<(u8, Vec<u8>)>> {
    let now = SIGNERS.now;
    let schema = PERSON.as_ref()?;
    let person = include_str!("../../../rules/samples/green-gold.json");
    let person = longma_core::Json::parse(person, "person").ok()?;
    let levels = Levels {
        subject: "person".to_owned(),
        name: "样*金".to_owned(),
        document: "*******78".to_owned(),
        region: "620102".to_owned(),
        packs: vec!["62/2022-03-07".to_owned()],
        decisions: vec![(
            "code".to_owned(),
            vec![
                (
                    "green".to_owned(),
                    now.plus(longma_core::Elapsed::seconds(60))?,
                ),
                (
                    "yellow".to_owned(),
                    now.plus(longma_core::Elapsed::seconds(90))?,
                ),
            ],
        )],
    };
    let shown = [Shown::Outcome(levels), Shown::facts(&person, schema, now)?];
    let expires = now.plus(longma_core::Elapsed::seconds(90))?;
    let pass = |shown| Pass {
        id: [7; 8],
        issued: now,
        expires,
        holder_key: None,
        shown,
    };
    let [outcome, facts] = shown.map(|shown| pass(shown).to_payload());
    let list = Revoked::new(1, (now, expires), &[[1; 8], [2; 8]])?;
    let folded = fold(&person, schema, now)?.to_bytes();
    let stated = Statement {
        made: now,
        kind: Kind::Facts,
        document: person.to_string(),
    };
    let decided = Decided {
        level: "green".to_owned(),
        until: Some(expires),
        rules: vec!["62/gold-2021-05-01/gold/vaccinated".to_owned()],
    };
    let receipt = Receipt {
        made: now,
        at: now,
        known: Some(now),
        subject: "person".to_owned(),
        region: "620102".to_owned(),
        facts: [1; 32],
        tables: [("risk_areas".to_owned(), [2; 32])].into(),
        packs: [("62/2022-03-07".to_owned(), "1.0.0".to_owned())].into(),
        decisions: [("code".to_owned(), decided)].into(),
        outcome: [3; 32],
    };
    let key = SIGNERS.keys.first()?.public().to_jwk();
    Some(vec![
        (6, outcome?),
        (6, facts?),
        (7, list.to_payload()),
        (8, text::write(b"green").into_bytes()),
        (9, folded),
        (10, stated.to_payload()),
        (11, receipt.to_payload()),
        (12, format!("{{\"hospital\": [{key}]}}").into_bytes()),
    ])
}
