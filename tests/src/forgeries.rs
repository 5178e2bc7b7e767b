//! A gate with everything that it needs, signed by an office whose keys anybody can guess,
//! and what forgers bring to it: each code and document with what is to be said of it.
//!
//! The kinds of forgery are mistakes that other verifiers made, and what the words of
//! `docs/seal.md` promise. Expectations stand beside each one, by the name of the problem.

#![allow(
    clippy::indexing_slicing,
    reason = "forgeries are cut from documents of known form"
)]
#![allow(
    clippy::too_many_lines,
    clippy::assigning_clones,
    clippy::many_single_char_names,
    reason = "a list of forgeries is read from one end to the other"
)]

use crate::{loaded, rules, sample_areas};
use longma_core::order::Gather;
use longma_core::{Catalogue, Instant, Json, References, Request};
use longma_gate::issue::{self, Terms};
use longma_seal::cbor::{Limits, Value, read};
use longma_seal::pass::{Levels, Pass, Presence, Shown};
use longma_seal::revoked::Revoked;
use longma_seal::trust::{Release, Role, Root, Timestamp, digest};
use longma_seal::{Algorithm, Keys, PrivateKey, Purpose, text};
use std::collections::BTreeMap;

type Wrong = Box<dyn std::error::Error>;
type Made<T> = Result<T, Wrong>;

/// When codes are shown.
pub const NOW: &str = "2022-07-10T09:00:00+08:00";
/// What the gate asks phones to sign.
pub const CHALLENGE: &[u8] = b"gate-620102-0001";

/// A code that is brought to the gate, and what is to be said of it.
pub struct Brought {
    /// What was done, for readers.
    pub name: &'static str,
    /// The text that is read.
    pub code: String,
    /// What the gate asked phones to sign; nothing if it did not.
    pub challenge: Option<&'static [u8]>,
    /// When, in seconds.
    pub seconds: i64,
    /// `admit`, `check` or `deny`.
    pub word: &'static str,
    /// The name of the problem; empty if the venue's rules answer.
    pub problem: &'static str,
}

/// Documents that are handed to a gate instead of the right ones, and what is said of them.
pub struct Handed {
    /// What was done, for readers.
    pub name: &'static str,
    /// The files that differ, by name.
    pub files: BTreeMap<&'static str, Vec<u8>>,
    /// What was seen before, as the gate keeps it.
    pub seen: String,
    /// When, in seconds.
    pub seconds: i64,
    /// The name of the problem.
    pub problem: &'static str,
}

/// Whoever signs for the gate.
pub struct Office {
    root: [PrivateKey; 3],
    packs: [PrivateKey; 3],
    stamps: PrivateKey,
    issuer: PrivateKey,
    /// An issuer with a key of another kind.
    other_issuer: PrivateKey,
    lists: PrivateKey,
    laboratory: PrivateKey,
    phone: PrivateKey,
    phone_of_p256: PrivateKey,
    stranger: PrivateKey,
    catalogue: Catalogue,
    /// The compiled packs.
    pub packed: Vec<u8>,
}

/// The right documents, by the names of their files.
pub type Files = BTreeMap<&'static str, Vec<u8>>;

fn key(byte: u8, algorithm: Algorithm) -> Made<PrivateKey> {
    // Anybody can guess these: they sign samples.
    PrivateKey::from_bytes(algorithm, [byte; 32]).map_err(told)
}

#[allow(clippy::needless_pass_by_value, reason = "it is given to `map_err`")]
fn told(problem: longma_core::Problem) -> Wrong {
    problem.message().en.into()
}

fn at(text: &str) -> Made<Instant> {
    Instant::parse(text).map_err(|_| format!("{text} is no time").into())
}

fn role<const N: usize>(threshold: usize, keys: [&PrivateKey; N]) -> Role {
    Role {
        keys: Keys::new(keys.map(|key| key.public().clone())),
        threshold,
    }
}

impl Office {
    /// An office with the project's packs.
    ///
    /// # Errors
    /// If the packs cannot be compiled.
    pub fn new() -> Made<Self> {
        let edwards = |byte| key(byte, Algorithm::Ed25519);
        let packed = longma_compile::packed(&loaded().bundle, false);
        let packed = packed.map_err(|problems| format!("{problems:?}"))?;
        let catalogue = longma_core::packed::read(&packed);
        Ok(Self {
            root: [edwards(1)?, edwards(2)?, edwards(3)?],
            packs: [edwards(4)?, edwards(5)?, edwards(6)?],
            stamps: edwards(7)?,
            issuer: edwards(8)?,
            other_issuer: key(9, Algorithm::P256)?,
            lists: edwards(10)?,
            laboratory: edwards(11)?,
            phone: edwards(12)?,
            phone_of_p256: key(13, Algorithm::P256)?,
            stranger: edwards(14)?,
            catalogue: catalogue.map_err(|problems| format!("{problems:?}"))?,
            packed,
        })
    }

    fn root_of(&self, version: i64) -> Made<Root> {
        let [a, b, c] = &self.root;
        let [d, e, f] = &self.packs;
        let roles = [
            (Purpose::Root, role(2, [a, b, c])),
            (Purpose::Packs, role(2, [d, e, f])),
            (Purpose::Timestamp, role(1, [&self.stamps])),
            (
                Purpose::Outcome,
                role(1, [&self.issuer, &self.other_issuer]),
            ),
            (
                Purpose::Extract,
                role(1, [&self.issuer, &self.other_issuer]),
            ),
            (Purpose::Facts, role(1, [&self.laboratory])),
            (Purpose::Revocations, role(1, [&self.lists])),
        ];
        Ok(Root {
            version,
            expires: at("2023-07-01T00:00:00+08:00")?,
            roles: roles.into_iter().into_map(),
        })
    }

    fn release_of(&self, version: i64) -> Made<Release> {
        let files = [
            ("packs.longma".to_owned(), digest(&self.packed)),
            (
                "tables/risk_areas.csv".to_owned(),
                digest(sample_areas().as_bytes()),
            ),
        ];
        Ok(Release {
            version,
            expires: at("2022-12-01T00:00:00+08:00")?,
            files: files.into_iter().into_map(),
        })
    }

    fn signed_release(&self, version: i64) -> Made<Vec<u8>> {
        let [a, b, _] = &self.packs;
        by(
            &self.release_of(version)?.to_payload(),
            Purpose::Packs,
            &[a, b],
        )
    }

    fn signed_stamp(&self, version: i64, release: i64, document: &[u8]) -> Made<Vec<u8>> {
        let stamp = Timestamp {
            version,
            expires: at("2022-07-13T00:00:00+08:00")?,
            release,
            digest: digest(document),
        };
        by(&stamp.to_payload(), Purpose::Timestamp, &[&self.stamps])
    }

    fn list_of(version: i64, ids: &[[u8; 8]]) -> Made<Revoked> {
        let span = (
            at("2022-07-10T06:00:00+08:00")?,
            at("2022-07-11T06:00:00+08:00")?,
        );
        Revoked::new(version, span, ids).ok_or_else(|| "no list".into())
    }

    fn signed_list(&self, version: i64, ids: &[[u8; 8]]) -> Made<Vec<u8>> {
        let list = Self::list_of(version, ids)?;
        by(&list.to_payload(), Purpose::Revocations, &[&self.lists])
    }

    /// The right documents.
    ///
    /// # Errors
    /// If one cannot be made.
    pub fn files(&self) -> Made<Files> {
        let [a, b, _] = &self.root;
        let release = self.signed_release(40)?;
        // The day is a Sunday, on which the sample is closed.
        let venue = std::fs::read_to_string(rules().join("samples/venues/office.json"))?;
        let venue = venue.replace(
            r#""weekday": 5, "opens": 540"#,
            r#""weekday": 7, "opens": 480"#,
        );
        let files = [
            ("root.cbor", signed_root(&self.root_of(1)?, &[a, b])?),
            ("timestamp.cbor", self.signed_stamp(900, 40, &release)?),
            ("release.cbor", release),
            ("packs.longma", self.packed.clone()),
            ("tables/risk_areas.csv", sample_areas().as_bytes().to_vec()),
            ("revoked.cbor", self.signed_list(70, &[REVOKED])?),
            ("venue.json", venue.into_bytes()),
        ];
        Ok(files.into_iter().into_map())
    }

    /// A pass of the person whose code is green.
    ///
    /// # Errors
    /// If the person cannot be decided.
    pub fn pass(&self, kind: Purpose, terms: Terms) -> Made<Pass> {
        self.pass_of("green-gold.json", kind, terms)
    }

    /// A pass of a sample person.
    ///
    /// # Errors
    /// If the person cannot be decided.
    pub fn pass_of(&self, sample: &str, kind: Purpose, terms: Terms) -> Made<Pass> {
        let facts = std::fs::read_to_string(rules().join("samples").join(sample))?;
        self.pass_from(&facts, kind, terms)
    }

    /// A pass of a person.
    ///
    /// # Errors
    /// If the person cannot be decided.
    pub fn pass_from(&self, facts: &str, kind: Purpose, terms: Terms) -> Made<Pass> {
        let wrong = |problems: longma_core::Problems| format!("{problems:?}");
        let mut tables = References::none();
        let table = self.catalogue.read_reference("risk_areas", sample_areas());
        tables.insert(table.map_err(wrong)?);
        let request = Request {
            references: Some(&tables),
            ..Request::default()
        };
        let facts = self.catalogue.read_facts(facts).map_err(wrong)?;
        if kind == Purpose::Extract {
            return Ok(issue::facts(&self.catalogue, &facts, request, terms).map_err(wrong)?);
        }
        let outcome = self.catalogue.decide(&facts, request).map_err(wrong)?;
        Ok(issue::outcome(&outcome, "620102", terms))
    }

    /// A code of the issuer.
    ///
    /// # Errors
    /// If the pass cannot be written.
    pub fn code(&self, pass: &Pass) -> Made<Vec<u8>> {
        sealed(pass, &self.issuer)
    }

    /// A code of the issuer that a phone has signed.
    fn shown(&self, pass: &Pass, phone: &PrivateKey, presence: &Presence) -> Made<Vec<u8>> {
        let sealed = self.code(pass)?;
        let signature = phone.sign(&presence.message(&sealed, phone.public()));
        Ok(presence.code(&sealed, &signature))
    }

    /// The terms of the sample codes.
    ///
    /// # Errors
    /// Never: the times are times.
    pub fn terms(&self, phone: Option<&PrivateKey>) -> Made<Terms> {
        Ok(Terms {
            id: [1, 2, 3, 4, 5, 6, 7, 8],
            issued: at("2022-07-10T08:30:00+08:00")?,
            expires: at("2022-07-11T08:00:00+08:00")?,
            holder_key: phone.map(|phone| phone.public().clone()),
        })
    }
}

/// The id of the pass that was revoked.
const REVOKED: [u8; 8] = [9; 8];

fn signed_root(root: &Root, keys: &[&PrivateKey]) -> Made<Vec<u8>> {
    by(&root.to_payload(), Purpose::Root, keys)
}

fn by(payload: &[u8], purpose: Purpose, keys: &[&PrivateKey]) -> Made<Vec<u8>> {
    PrivateKey::seal_by(payload, purpose, keys.iter().copied()).map_err(told)
}

fn sealed(pass: &Pass, key: &PrivateKey) -> Made<Vec<u8>> {
    pass.sealed(key).map_err(told)
}

/// A document with its four parts changed.
fn altered<'a>(document: &'a [u8], alter: impl FnOnce(&mut Vec<Value<'a>>)) -> Made<Vec<u8>> {
    let (tag, message) = document.split_first().ok_or("an empty document")?;
    let Value::List(mut parts) = read(message, Limits::LARGE).map_err(told)? else {
        return Err("no document".into());
    };
    alter(&mut parts);
    Ok([&[*tag][..], &Value::List(parts).to_bytes()].concat())
}

/// A document with one part in place of another, under the old signature.
fn with<'a>(document: &'a [u8], at: usize, part: Value<'a>) -> Made<Vec<u8>> {
    altered(document, |parts| {
        if let Some(old) = parts.get_mut(at) {
            *old = part;
        }
    })
}

fn with_payload(document: &[u8], payload: &[u8]) -> Made<Vec<u8>> {
    with(document, 2, Value::Bytes(payload))
}

fn with_signature(document: &[u8], signature: &[u8]) -> Made<Vec<u8>> {
    with(document, 3, Value::Bytes(signature))
}

fn with_header(document: &[u8], header: Vec<(i64, Value<'_>)>) -> Made<Vec<u8>> {
    let header = header.into_iter();
    let header = header.map(|(name, value)| (Value::Int(name), value));
    let header = Value::Map(header.collect()).to_bytes();
    with(document, 0, Value::Bytes(&header))
}

fn signature_of(document: &[u8]) -> Made<Vec<u8>> {
    let start = document.len().checked_sub(64).ok_or("a short document")?;
    Ok(document[start..].to_vec())
}

/// `a - b` or `a + b` of numbers of 32 bytes, the first byte the highest.
fn sum(a: &[u8], b: &[u8], minus: bool) -> Vec<u8> {
    let mut carry = 0i16;
    let digits = a.iter().rev().zip(b.iter().rev());
    let digits = digits.map(|(a, b)| {
        let b = if minus { -i16::from(*b) } else { i16::from(*b) };
        let digit = i16::from(*a) + b + carry;
        carry = digit.div_euclid(256);
        digit.rem_euclid(256).to_le_bytes()[0]
    });
    let mut digits: Vec<u8> = digits.collect();
    digits.reverse();
    digits
}

/// The order of P-256's group, and that of Ed25519's with its first byte the lowest.
const ORDER_OF_P256: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const ORDER_OF_EDWARDS: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

fn bytes(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2);
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or_default();
    let byte = |pair: &[u8]| {
        pair.iter()
            .fold(0, |number, byte| number * 16 + digit(*byte))
    };
    pairs.map(|pair| byte(pair).to_le_bytes()[0]).collect()
}

/// The other signature that anybody can make of one.
fn other_signature(signature: &[u8], algorithm: Algorithm) -> Vec<u8> {
    let (r, s) = signature.split_at(32);
    let s = match algorithm {
        Algorithm::P256 => sum(&bytes(ORDER_OF_P256), s, true),
        _ => {
            let reversed = |of: &[u8]| of.iter().rev().copied().collect::<Vec<u8>>();
            let order = bytes(ORDER_OF_EDWARDS);
            reversed(&sum(&reversed(s), &reversed(&order), false))
        }
    };
    [r, &s].concat()
}

/// What is collected, with what is common to all of it.
struct Bag {
    brought: Vec<Brought>,
    seconds: i64,
}

impl Bag {
    fn code(&mut self, name: &'static str, document: &[u8], said: (&'static str, &'static str)) {
        self.text(name, text::write(document), said);
    }

    fn text(&mut self, name: &'static str, code: String, said: (&'static str, &'static str)) {
        self.brought.push(Brought {
            name,
            code,
            challenge: None,
            seconds: self.seconds,
            word: said.0,
            problem: said.1,
        });
    }

    fn asked(&mut self, name: &'static str, document: &[u8], said: (&'static str, &'static str)) {
        self.code(name, document, said);
        if let Some(last) = self.brought.last_mut() {
            last.challenge = Some(CHALLENGE);
        }
    }

    fn later(&mut self, seconds: i64) {
        if let Some(last) = self.brought.last_mut() {
            last.seconds += seconds;
        }
    }
}

const ADMIT: (&str, &str) = ("admit", "");

fn deny(problem: &'static str) -> (&'static str, &'static str) {
    ("deny", problem)
}

fn check(problem: &'static str) -> (&'static str, &'static str) {
    ("check", problem)
}

/// The codes that are brought to the gate.
///
/// # Errors
/// If one cannot be made.
pub fn brought(office: &Office) -> Made<Vec<Brought>> {
    let mut bag = Bag {
        brought: Vec::new(),
        seconds: at(NOW)?.unix(),
    };
    let facts = office.pass(Purpose::Extract, office.terms(None)?)?;
    let outcome = office.pass(Purpose::Outcome, office.terms(None)?)?;
    bag.code("facts, as they should be", &office.code(&facts)?, ADMIT);
    bag.code(
        "an outcome, as it should be",
        &office.code(&outcome)?,
        ADMIT,
    );
    let red = office.pass_of("close-contact.json", Purpose::Extract, office.terms(None)?)?;
    bag.code("facts of a close contact", &office.code(&red)?, deny(""));
    let red = office.pass_of("close-contact.json", Purpose::Outcome, office.terms(None)?)?;
    bag.code(
        "an outcome of a close contact",
        &office.code(&red)?,
        deny(""),
    );
    let unknown = office.pass_of("tests-missing.json", Purpose::Extract, office.terms(None)?)?;
    bag.code(
        "facts without the tests",
        &office.code(&unknown)?,
        check(""),
    );
    texts(&mut bag, &office.code(&facts)?);
    forms(&mut bag, office, &facts)?;
    keys(&mut bag, office, &facts, &outcome)?;
    fields(&mut bag, office, &facts, &outcome)?;
    times(&mut bag, office)?;
    holders(&mut bag, office)?;
    payloads(&mut bag, office, &facts, &outcome)?;
    Ok(bag.brought)
}

/// Texts that are no code.
fn texts(bag: &mut Bag, code: &[u8]) {
    let right = text::write(code);
    let other = right.replacen("LM1:", "HC1:", 1);
    bag.text("a code of another scheme", other, deny("text-other"));
    let link = format!("https://example.com/{right}");
    bag.text("a link around a code", link, deny("text-other"));
    bag.text(
        "nothing but the prefix",
        "LM1:".to_owned(),
        deny("seal-form"),
    );
    let lower = right.replacen("LM1:", "", 1).to_lowercase();
    bag.text(
        "the code in small letters",
        format!("LM1:{lower}"),
        deny("text-form"),
    );
    let chars = right.chars().count();
    let cut: String = right.chars().take(chars - 3).collect();
    bag.text("a code that is cut", cut, deny("cbor-cut"));
    let long = format!("LM1:{}", "0".repeat(4_300));
    bag.text("more signs than a code holds", long, deny("text-size"));
    // The last two signs are the last byte, written as 256 more.
    bag.text(
        "a byte beyond 255",
        "LM1:%69 VD92EX0 ::".to_owned(),
        deny("text-form"),
    );
}

/// Documents that are not of the one form.
fn forms(bag: &mut Bag, office: &Office, facts: &Pass) -> Made<()> {
    let right = office.code(facts)?;
    let trailing = [&right[..], &[0]].concat();
    bag.code("a byte after the end", &trailing, deny("cbor-trailing"));
    bag.code("no tag", &right[1..], deny("pass-form"));
    let payload = facts.to_payload().ok_or("no payload")?;
    let several = by(&payload, Purpose::Extract, &[&office.issuer])?;
    bag.code("the form for several signers", &several, deny("seal-form"));
    let id = office.issuer.public().id().0;
    let header = |algorithm| {
        vec![
            (1, Value::Int(algorithm)),
            (4, Value::Bytes(&id)),
            (16, Value::Text("longma/extract")),
        ]
    };
    let claim = Value::Map(vec![(Value::Int(1), Value::Int(-8))]);
    let loose = with(&right, 1, claim)?;
    bag.code("something that is not signed", &loose, deny("seal-header"));
    let none = with_header(&right, header(0))?;
    bag.code("the algorithm none", &none, deny("seal-algorithm"));
    let p256 = with_header(&right, header(-7))?;
    bag.code(
        "another algorithm than the key's",
        &p256,
        deny("seal-algorithm"),
    );
    let mut more = header(-8);
    more.push((2, Value::List(vec![Value::Int(1)])));
    let more = with_header(&right, more)?;
    bag.code("a header with more in it", &more, deny("seal-header"));
    let unsigned = with_signature(&right, &[])?;
    bag.code("no signature", &unsigned, deny("seal-missing"));
    let short = with_signature(&right, &signature_of(&right)?[..63])?;
    bag.code("a signature that is cut", &short, deny("seal-signature"));
    let zero = with_signature(&right, &[0; 64])?;
    bag.code(
        "a signature of nothing but zeros",
        &zero,
        deny("seal-signature"),
    );
    let other = other_signature(&signature_of(&right)?, Algorithm::Ed25519);
    let other = with_signature(&right, &other)?;
    bag.code(
        "the signature with the order added",
        &other,
        deny("seal-signature"),
    );
    // The length of the list in two bytes, and left open.
    let long = [&[right[0], 0x98, 4], &right[2..]].concat();
    bag.code(
        "a length in more bytes than it needs",
        &long,
        deny("cbor-long"),
    );
    let open = [&[right[0], 0x9f], &right[2..], &[0xff]].concat();
    bag.code("a length that is left open", &open, deny("cbor-indefinite"));
    Ok(())
}

/// Documents of other keys, or for something else.
fn keys(bag: &mut Bag, office: &Office, facts: &Pass, outcome: &Pass) -> Made<()> {
    let payload = outcome.to_payload().ok_or("no payload")?;
    let made = sealed(outcome, &office.stranger)?;
    bag.code("signed by a stranger", &made, deny("seal-key"));
    let made = sealed(outcome, &office.laboratory)?;
    bag.code("an outcome signed by a laboratory", &made, deny("seal-key"));
    let made = sealed(facts, &office.packs[0])?;
    bag.code("facts signed by a key for packs", &made, deny("seal-key"));
    let made = office.laboratory.seal(&payload, Purpose::Facts);
    bag.code("a statement shown as a code", &made, deny("seal-purpose"));
    let made = office.issuer.seal(&payload, Purpose::Receipt);
    bag.code("a receipt shown as a code", &made, deny("seal-purpose"));
    let made = office.issuer.seal(&payload, Purpose::Extract);
    bag.code("an outcome said to be facts", &made, deny("pass-form"));
    // The stranger's signature under the issuer's name.
    let right = office.code(outcome)?;
    let strange = sealed(outcome, &office.stranger)?;
    let made = with_signature(&right, &signature_of(&strange)?)?;
    bag.code(
        "the issuer's name over a stranger's signature",
        &made,
        deny("seal-signature"),
    );
    let made = sealed(outcome, &office.other_issuer)?;
    bag.code("an issuer's key of another kind", &made, ADMIT);
    let other = other_signature(&signature_of(&made)?, Algorithm::P256);
    let made = with_signature(&made, &other)?;
    bag.code(
        "the other signature of that key",
        &made,
        deny("seal-signature"),
    );
    Ok(())
}

/// Every field changed under the old signature.
fn fields(bag: &mut Bag, office: &Office, facts: &Pass, outcome: &Pass) -> Made<()> {
    let right = office.code(outcome)?;
    let mut change = |name, change: &dyn Fn(&mut Pass)| -> Made<()> {
        let mut pass = outcome.clone();
        change(&mut pass);
        let payload = pass.to_payload().ok_or("no payload")?;
        bag.code(
            name,
            &with_payload(&right, &payload)?,
            deny("seal-signature"),
        );
        Ok(())
    };
    let day = longma_core::Days::new(1);
    change("another id", &|pass| pass.id[0] ^= 1)?;
    change("issued earlier", &|pass| {
        pass.issued = pass
            .issued
            .plus_days(longma_core::Days::new(-1))
            .unwrap_or(pass.issued);
    })?;
    change("expires later", &|pass| {
        pass.expires = pass.expires.plus_days(day).unwrap_or(pass.expires);
    })?;
    change("a key of the forger's phone", &|pass| {
        pass.holder_key = Some(office.stranger.public().clone());
    })?;
    let levels = |pass: &mut Pass, change: &dyn Fn(&mut Levels)| {
        if let Shown::Outcome(levels) = &mut pass.shown {
            change(levels);
        }
    };
    change("another name", &|pass| {
        levels(pass, &|it| it.name = "李*".to_owned());
    })?;
    change("another number", &|pass| {
        levels(pass, &|it| it.document.push('1'));
    })?;
    change("another region", &|pass| {
        levels(pass, &|it| it.region = "110101".to_owned());
    })?;
    change("another pack", &|pass| levels(pass, &|it| it.packs.clear()))?;
    change("another subject", &|pass| {
        levels(pass, &|it| it.subject = "area".to_owned());
    })?;
    change("another level", &|pass| {
        levels(pass, &|it| {
            for (_, held) in &mut it.decisions {
                for (level, _) in held {
                    *level = "green".to_owned();
                }
            }
        });
    })?;
    let right = office.code(facts)?;
    let mut folded = facts.clone();
    if let Shown::Facts { folded, .. } = &mut folded.shown
        && let Some(byte) = folded.last_mut()
    {
        *byte ^= 1;
    }
    let payload = folded.to_payload().ok_or("no payload")?;
    bag.code(
        "a bit of the facts turned",
        &with_payload(&right, &payload)?,
        deny("seal-signature"),
    );
    Ok(())
}

/// Codes at other times, and revoked ones.
fn times(bag: &mut Bag, office: &Office) -> Made<()> {
    for kind in [Purpose::Extract, Purpose::Outcome] {
        let pass = |change: &dyn Fn(&mut Terms) -> Made<()>| -> Made<Vec<u8>> {
            let mut terms = office.terms(None)?;
            change(&mut terms)?;
            office.code(&office.pass(kind, terms)?)
        };
        let made = pass(&|terms| {
            terms.expires = at(NOW)?;
            Ok(())
        })?;
        bag.code("a code that expires now", &made, deny("pass-expired"));
        bag.code("the same one second before", &made, ADMIT);
        bag.later(-1);
        // 01:00 in UTC is 09:00 in Gansu, so 01:30 counts, although it reads as less than 9.
        let made = pass(&|terms| {
            terms.expires = at("2022-07-10T01:30:00Z")?;
            Ok(())
        })?;
        bag.code("an end in another time zone", &made, ADMIT);
        bag.code("the same half an hour later", &made, deny("pass-expired"));
        bag.later(1_800);
        let made = pass(&|terms| {
            terms.issued = at("2022-07-10T09:02:01+08:00")?;
            Ok(())
        })?;
        bag.code(
            "a code from more than two minutes ahead",
            &made,
            check("pass-early"),
        );
        let made = pass(&|terms| {
            terms.id = REVOKED;
            Ok(())
        })?;
        bag.code("a revoked code", &made, deny("pass-revoked"));
    }
    let mut terms = office.terms(None)?;
    terms.id = REVOKED;
    let pass = office.pass(Purpose::Outcome, terms)?;
    let made = sealed(&pass, &office.other_issuer)?;
    bag.code(
        "a revoked code, signed by another issuer",
        &made,
        deny("pass-revoked"),
    );
    let right = office.code(&office.pass(Purpose::Outcome, office.terms(None)?)?)?;
    bag.code(
        "a code after the list expired",
        &right,
        check("trust-expired"),
    );
    bag.later(22 * 3_600);
    Ok(())
}

/// Codes that belong to a phone.
fn holders(bag: &mut Bag, office: &Office) -> Made<()> {
    let now = at(NOW)?;
    let ago = |seconds| Instant::from_unix(now.unix() - seconds).ok_or("no time");
    let presence = |at: Instant, challenge: &[u8]| Presence {
        at,
        challenge: challenge.to_vec(),
    };
    for phone in [&office.phone, &office.phone_of_p256] {
        let pass = office.pass(Purpose::Outcome, office.terms(Some(phone))?)?;
        let made = office.shown(&pass, phone, &presence(ago(5)?, CHALLENGE))?;
        bag.asked("signed by the holder's phone", &made, ADMIT);
        let bare = office.code(&pass)?;
        bag.asked(
            "a copy of the code without the phone",
            &bare,
            deny("pass-unheld"),
        );
        let made = office.shown(&pass, &office.stranger, &presence(ago(5)?, CHALLENGE))?;
        bag.asked("signed by another phone", &made, deny("pass-holder"));
        let made = office.shown(&pass, phone, &presence(ago(181)?, CHALLENGE))?;
        bag.asked(
            "a screenshot of three minutes ago",
            &made,
            check("pass-moment"),
        );
        let made = office.shown(&pass, phone, &presence(ago(-121)?, CHALLENGE))?;
        bag.asked("signed in advance", &made, check("pass-moment"));
        let made = office.shown(&pass, phone, &presence(ago(5)?, b"gate-620102-0002"))?;
        bag.asked("signed for another gate", &made, deny("pass-gate"));
        let made = office.shown(&pass, phone, &presence(ago(5)?, &[]))?;
        bag.asked("signed for no gate", &made, deny("pass-gate"));
    }
    let pass = office.pass(Purpose::Outcome, office.terms(Some(&office.phone))?)?;
    let made = office.shown(&pass, &office.phone, &presence(ago(5)?, &[7; 33]))?;
    bag.code("a challenge that is too long", &made, deny("pass-form"));
    let made = office.shown(&pass, &office.phone, &presence(ago(5)?, &[]))?;
    bag.code("signed now, where no gate asks", &made, ADMIT);
    // A signature under one pass with another pass.
    let mut terms = office.terms(Some(&office.phone))?;
    terms.id = [5; 8];
    let other = office.code(&office.pass(Purpose::Outcome, terms)?)?;
    let moment = presence(ago(5)?, CHALLENGE);
    let signature = office
        .phone
        .sign(&moment.message(&other, office.phone.public()));
    let made = moment.code(&office.code(&pass)?, &signature);
    bag.asked(
        "the phone's signature of another code",
        &made,
        deny("pass-holder"),
    );
    let free = office.code(&office.pass(Purpose::Outcome, office.terms(None)?)?)?;
    let signature = office
        .phone
        .sign(&moment.message(&free, office.phone.public()));
    let made = moment.code(&free, &signature);
    bag.asked(
        "signed by a phone that the code does not name",
        &made,
        deny("pass-form"),
    );
    // The other signature that anybody can make of the phone's.
    let phone = &office.phone_of_p256;
    let pass = office.code(&office.pass(Purpose::Outcome, office.terms(Some(phone))?)?)?;
    let signature = phone.sign(&moment.message(&pass, phone.public()));
    let other = other_signature(&signature, Algorithm::P256);
    let made = moment.code(&pass, &other);
    bag.asked(
        "the other signature of the phone",
        &made,
        deny("pass-holder"),
    );
    Ok(())
}

/// What an issuer signed that should not have: it is not taken either.
fn payloads(bag: &mut Bag, office: &Office, facts: &Pass, outcome: &Pass) -> Made<()> {
    let mut signed = |name, payload: &[u8], said| {
        bag.code(name, &office.issuer.seal(payload, Purpose::Extract), said);
    };
    let right = facts.to_payload().ok_or("no payload")?;
    signed("an empty payload", &[], deny("cbor-cut"));
    signed(
        "a payload that is no pass",
        b"\xa1\x01\x65green",
        deny("pass-form"),
    );
    let twice = [&[0xa6, 1, 0x48, 1, 2, 3, 4, 5, 6, 7, 8], &right[1..]].concat();
    signed("one member twice", &twice, deny("cbor-twice"));
    let swapped = b"\xa2\x02\x01\x01\x48\x01\x02\x03\x04\x05\x06\x07\x08";
    signed("members out of order", swapped, deny("cbor-order"));
    signed("a float", &[0xa1, 1, 0xf9, 0x3c, 0], deny("cbor-kind"));
    signed(
        "a text that is no UTF-8",
        &[0xa1, 1, 0x61, 0xff],
        deny("cbor-text"),
    );
    signed("lists in lists", &[0x81; 40], deny("cbor-depth"));
    signed(
        "a number beyond 63 bits",
        &[0xa1, 1, 0x1b, 255, 255, 255, 255, 255, 255, 255, 255],
        deny("cbor-number"),
    );
    // A list that claims four billion items, and one that has a thousand.
    signed(
        "a list that claims too much",
        &[0x9a, 255, 255, 255, 255],
        deny("cbor-cut"),
    );
    let many = [&[0x99, 4, 1][..], &[0; 1_025]].concat();
    signed("more values than a code needs", &many, deny("cbor-items"));
    let mut pass = facts.clone();
    pass.expires = pass.issued;
    signed(
        "an end at its start",
        &pass.to_payload().ok_or("no payload")?,
        deny("pass-form"),
    );
    let mut pass = facts.clone();
    if let Shown::Facts { schema, .. } = &mut pass.shown {
        schema[0] ^= 1;
    }
    signed(
        "facts of another schema",
        &pass.to_payload().ok_or("no payload")?,
        check("pass-schema"),
    );
    let mut pass = facts.clone();
    if let Shown::Facts { subject, .. } = &mut pass.shown {
        "robot".clone_into(subject);
    }
    signed(
        "a subject that nobody knows",
        &pass.to_payload().ok_or("no payload")?,
        check("pass-schema"),
    );
    let mut pass = facts.clone();
    if let Shown::Facts { folded, .. } = &mut pass.shown {
        *folded = vec![0xa0];
    }
    signed(
        "facts of nobody",
        &pass.to_payload().ok_or("no payload")?,
        check("facts-subject"),
    );
    let mut pass = facts.clone();
    if let Shown::Facts { folded, .. } = &mut pass.shown {
        *folded = Value::Map(vec![(Value::Int(1_000), Value::Int(1))]).to_bytes();
    }
    signed(
        "a field that the schema does not have",
        &pass.to_payload().ok_or("no payload")?,
        check("pass-form"),
    );
    let mut levels = |name, change: &dyn Fn(&mut Levels), said| -> Made<()> {
        let mut pass = outcome.clone();
        if let Shown::Outcome(levels) = &mut pass.shown {
            change(levels);
        }
        bag.code(name, &office.code(&pass)?, said);
        Ok(())
    };
    let each = |it: &mut Levels, to: &str| {
        for (_, held) in &mut it.decisions {
            for (level, _) in held {
                to.clone_into(level);
            }
        }
    };
    levels(
        "levels that are not known",
        &|it| each(it, "unknown"),
        check(""),
    )?;
    // The е is a Cyrillic one.
    levels(
        "a level that looks like green",
        &|it| each(it, "gr\u{435}en"),
        check("facts-pattern"),
    )?;
    levels("no levels at all", &|it| it.decisions.clear(), check(""))?;
    levels(
        "a name of two words",
        &|it| it.name = "A* W*".to_owned(),
        ADMIT,
    )?;
    levels(
        "a number with a letter that looks like E",
        &|it| it.document = "\u{415}12345678".to_owned(),
        check("gate-holder"),
    )?;
    levels(
        "a name with letters of two scripts",
        &|it| it.name = "Z\u{430}*g".to_owned(),
        check("gate-holder"),
    )?;
    levels(
        "a name that is turned round",
        &|it| it.name = "\u{202e}*张".to_owned(),
        check("gate-holder"),
    )?;
    Ok(())
}

/// The documents that are handed to a gate.
///
/// # Errors
/// If one cannot be made.
pub fn handed(office: &Office) -> Made<Vec<Handed>> {
    let mut all = Vec::new();
    let now = at(NOW)?.unix();
    let mut hand = |name, problem, files: Vec<(&'static str, Vec<u8>)>| {
        all.push(Handed {
            name,
            files: files.into_iter().into_map(),
            seen: String::new(),
            seconds: now,
            problem,
        });
    };
    let [a, b, c] = &office.root;
    let first = office.root_of(1)?;
    let own = |root: &Root, keys: &[&PrivateKey]| signed_root(root, keys);
    hand(
        "a root that one of two signed",
        "seal-threshold",
        vec![("root.cbor", own(&first, &[a])?)],
    );
    let twice = doubled(&own(&first, &[a])?)?;
    hand(
        "a root that one signed twice",
        "seal-twice",
        vec![("root.cbor", twice)],
    );
    let strangers = own(&first, &[&office.stranger, &office.laboratory])?;
    hand(
        "a root that strangers signed",
        "seal-threshold",
        vec![("root.cbor", strangers)],
    );
    let next = office.root_of(3)?;
    hand(
        "a root after one that was left out",
        "trust-skipped",
        vec![("root.2.cbor", own(&next, &[a, b])?)],
    );
    let mut next = office.root_of(2)?;
    next.roles
        .insert(Purpose::Root, role(1, [&office.stranger]));
    hand(
        "a next root that only its own keys signed",
        "seal-threshold",
        vec![("root.2.cbor", own(&next, &[&office.stranger])?)],
    );
    hand(
        "a next root of another thief",
        "seal-threshold",
        vec![("root.2.cbor", own(&next, &[&office.stranger, a])?)],
    );
    let mut old = office.root_of(1)?;
    old.expires = at(NOW)?;
    hand(
        "a root that expired",
        "trust-expired",
        vec![("root.cbor", own(&old, &[a, c])?)],
    );
    let mut nobody = office.root_of(1)?;
    nobody.roles.remove(&Purpose::Timestamp);
    hand(
        "a root in which nobody signs times",
        "trust-role",
        vec![("root.cbor", own(&nobody, &[a, b])?)],
    );
    let [d, e, _] = &office.packs;
    let release = office.signed_release(40)?;
    let by_one = by(&office.release_of(40)?.to_payload(), Purpose::Packs, &[d])?;
    let stamp =
        |version, release: i64, document: &[u8]| office.signed_stamp(version, release, document);
    hand(
        "a release that one of two signed",
        "seal-threshold",
        vec![
            ("timestamp.cbor", stamp(900, 40, &by_one)?),
            ("release.cbor", by_one),
        ],
    );
    let unsigned = by(&office.release_of(40)?.to_payload(), Purpose::Packs, &[])?;
    hand(
        "a release that nobody signed",
        "seal-threshold",
        vec![
            ("timestamp.cbor", stamp(900, 40, &unsigned)?),
            ("release.cbor", unsigned),
        ],
    );
    hand(
        "an older release than the time names",
        "trust-mixed",
        vec![("release.cbor", office.signed_release(39)?)],
    );
    hand(
        "a time that names another version",
        "trust-mixed",
        vec![("timestamp.cbor", stamp(900, 41, &release)?)],
    );
    let mut late = office.release_of(40)?;
    late.expires = at(NOW)?;
    let late = by(&late.to_payload(), Purpose::Packs, &[d, e])?;
    hand(
        "a release that expired",
        "trust-expired",
        vec![
            ("timestamp.cbor", stamp(900, 40, &late)?),
            ("release.cbor", late),
        ],
    );
    let stale = Timestamp {
        version: 900,
        expires: at(NOW)?,
        release: 40,
        digest: digest(&release),
    };
    let stale = by(&stale.to_payload(), Purpose::Timestamp, &[&office.stamps])?;
    hand(
        "a time that is held back",
        "trust-expired",
        vec![("timestamp.cbor", stale)],
    );
    hand(
        "a release in place of a time",
        "seal-purpose",
        vec![("timestamp.cbor", release.clone())],
    );
    let mut broken = office.packed.clone();
    if let Some(byte) = broken.last_mut() {
        *byte ^= 1;
    }
    hand(
        "packs with a bit turned",
        "trust-digest",
        vec![("packs.longma", broken)],
    );
    let mut without = office.release_of(40)?;
    without.files.remove("packs.longma");
    let without = by(&without.to_payload(), Purpose::Packs, &[d, e])?;
    hand(
        "packs that the release does not name",
        "trust-file",
        vec![
            ("timestamp.cbor", stamp(900, 40, &without)?),
            ("release.cbor", without),
        ],
    );
    hand(
        "a table with a row less",
        "trust-digest",
        vec![("tables/risk_areas.csv", b"province\n".to_vec())],
    );
    let list = Office::list_of(70, &[REVOKED])?.to_payload();
    let made = by(&list, Purpose::Revocations, &[&office.stamps])?;
    hand(
        "a list by a key for times",
        "seal-threshold",
        vec![("revoked.cbor", made)],
    );
    let made = by(&list, Purpose::Packs, &[&office.lists])?;
    hand(
        "a list signed as packs",
        "seal-purpose",
        vec![("revoked.cbor", made)],
    );
    let span = (at("2022-07-09T00:00:00+08:00")?, at(NOW)?);
    let old = Revoked::new(70, span, &[]).ok_or("no list")?;
    let made = by(&old.to_payload(), Purpose::Revocations, &[&office.lists])?;
    hand(
        "a list that expired",
        "trust-expired",
        vec![("revoked.cbor", made)],
    );
    hand(
        "a list whose look-ups leave it",
        "trust-form",
        vec![("revoked.cbor", crooked(office, &list)?)],
    );
    seen(&mut all, office)?;
    Ok(all)
}

/// What is older than what was seen, or leaps ahead of it.
fn seen(all: &mut Vec<Handed>, office: &Office) -> Made<()> {
    let now = at(NOW)?;
    let [a, b, _] = &office.root;
    let root = Root::first(&signed_root(&office.root_of(1)?, &[a, b])?).map_err(told)?;
    let seen_at = |stamp: i64, release: i64, list: i64| -> Made<String> {
        let document = office.signed_release(release)?;
        let stamp = office.signed_stamp(stamp, release, &document)?;
        let mut seen = longma_seal::trust::Seen::default();
        root.release((&stamp, &document), &mut seen, now)
            .map_err(told)?;
        root.revoked(&office.signed_list(list, &[])?, &mut seen, now)
            .map_err(told)?;
        Ok(seen.to_string())
    };
    let mut hand = |name, problem, seen: String| {
        all.push(Handed {
            name,
            files: BTreeMap::new(),
            seen,
            seconds: now.unix(),
            problem,
        });
    };
    hand(
        "an older time than was seen",
        "trust-rollback",
        seen_at(901, 40, 70)?,
    );
    hand(
        "an older release than was seen",
        "trust-rollback",
        seen_at(900, 41, 70)?,
    );
    hand(
        "an older list than was seen",
        "trust-rollback",
        seen_at(900, 40, 71)?,
    );
    hand("what was seen, broken", "trust-seen", "[{}]".to_owned());
    let release = office.signed_release(10_041)?;
    let far = office.signed_stamp(900, 10_041, &release)?;
    let before = seen_at(900, 40, 70)?;
    hand("a release that leaps ahead", "trust-forward", before);
    if let Some(last) = all.last_mut() {
        last.files.insert("release.cbor", release);
        last.files.insert("timestamp.cbor", far);
    }
    Ok(())
}

/// A document with its only signature twice.
fn doubled(document: &[u8]) -> Made<Vec<u8>> {
    let (tag, message) = document.split_at(2);
    let Value::List(mut parts) = read(message, Limits::LARGE).map_err(told)? else {
        return Err("no document".into());
    };
    if let Some(Value::List(signatures)) = parts.get_mut(3) {
        signatures.extend(signatures.clone());
    }
    Ok([tag, &Value::List(parts).to_bytes()].concat())
}

/// A list whose segments are longer than it is.
fn crooked(office: &Office, list: &[u8]) -> Made<Vec<u8>> {
    let Value::Map(mut members) = read(list, Limits::LARGE).map_err(told)? else {
        return Err("no list".into());
    };
    for (name, value) in &mut members {
        if *name == Value::Text("segment") {
            *value = Value::Int(1 << 20);
        }
    }
    by(
        &Value::Map(members).to_bytes(),
        Purpose::Revocations,
        &[&office.lists],
    )
}

/// All of it as JSON, for gates that are not written in Rust: files and codes.
///
/// # Errors
/// If one cannot be made.
pub fn json(office: &Office) -> Made<String> {
    let hex = |bytes: &[u8]| Json::from(longma_core::hex(bytes));
    let object = |members: Vec<(&str, Json)>| {
        let members = members.into_iter();
        Json::Object(members.map(|(name, of)| (name.to_owned(), of)).into_map())
    };
    let codes = brought(office)?.into_iter().map(|it| {
        object(vec![
            ("name", it.name.into()),
            ("code", it.code.into()),
            ("challenge", it.challenge.map_or(Json::Null, hex)),
            ("seconds", Json::Int(it.seconds)),
            ("word", it.word.into()),
            ("problem", it.problem.into()),
        ])
    });
    let documents = handed(office)?.into_iter().map(|it| {
        let files = it.files.iter();
        let files = files.map(|(name, bytes)| ((*name).to_owned(), hex(bytes)));
        object(vec![
            ("name", it.name.into()),
            ("files", Json::Object(files.into_map())),
            ("seen", it.seen.into()),
            ("seconds", Json::Int(it.seconds)),
            ("problem", it.problem.into()),
        ])
    });
    let all = object(vec![
        ("now", NOW.into()),
        ("codes", Json::List(codes.collect())),
        ("documents", Json::List(documents.collect())),
    ]);
    Ok(all.to_string())
}
