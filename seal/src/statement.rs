//! What a source states about a subject, signed with its own key, and which keys are whose.

use crate::cbor::{self, Limits, Value};
use crate::code::{Code, problem};
use crate::cose::{self, Purpose};
use crate::key::{Keys, PublicKey};
use longma_core::{Instant, Json, Problem};
use std::collections::BTreeMap;

const MADE: i64 = 1;
const KIND: i64 = 2;
const DOCUMENT: i64 = 3;

/// The most sources, and the most keys of each: while it changes keys, a source has two.
const SOURCES: usize = 10_000;
const KEYS: usize = 16;
/// The most characters of a source's name.
const NAME: usize = 60;

/// What a source states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// When the source signed it.
    pub made: Instant,
    /// What is stated.
    pub kind: Kind,
    /// The text of it: JSON.
    pub document: String,
}

/// What a statement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A facts document: what the source knows.
    Facts,
    /// Corrections of what sources have stated.
    Corrections,
}

impl Statement {
    /// As it is signed.
    #[must_use]
    pub fn to_payload(&self) -> Vec<u8> {
        let kind = match self.kind {
            Kind::Facts => 0,
            Kind::Corrections => 1,
        };
        Value::Map(vec![
            (Value::Int(MADE), Value::Int(self.made.unix())),
            (Value::Int(KIND), Value::Int(kind)),
            (Value::Int(DOCUMENT), Value::Text(&self.document)),
        ])
        .to_bytes()
    }

    /// The statement, signed.
    #[cfg(feature = "sign")]
    #[must_use]
    pub fn sealed(&self, key: &crate::sign::PrivateKey) -> Vec<u8> {
        key.seal(&self.to_payload(), Purpose::Facts)
    }

    fn read(payload: &[u8]) -> Result<Self, Problem> {
        let wrong = || problem(Code::StatementForm);
        let Value::Map(members) = cbor::read(payload, Limits::LARGE)? else {
            return Err(wrong());
        };
        let [
            (Value::Int(MADE), Value::Int(made)),
            (Value::Int(KIND), Value::Int(kind)),
            (Value::Int(DOCUMENT), Value::Text(document)),
        ] = members.as_slice()
        else {
            return Err(wrong());
        };
        Ok(Self {
            made: Instant::from_unix(*made).ok_or_else(wrong)?,
            kind: match kind {
                0 => Kind::Facts,
                1 => Kind::Corrections,
                _ => return Err(wrong()),
            },
            document: (*document).to_owned(),
        })
    }
}

/// The keys of all sources: a file of the release, so that whoever answers for the packs
/// says whose word counts.
///
/// ```
/// use longma_core::Instant;
/// use longma_seal::statement::{Kind, Sources, Statement};
/// use longma_seal::{Algorithm, PrivateKey};
/// // Anybody can guess these.
/// let key = PrivateKey::from_bytes(Algorithm::Ed25519, [7; 32])?;
/// let sources = format!(r#"{{"laboratory": [{}]}}"#, key.public().to_jwk());
/// let sources = Sources::read(&sources)?;
/// let stated = Statement {
///     made: Instant::parse("2022-07-10T20:00:00+08:00").unwrap(),
///     kind: Kind::Facts,
///     document: r#"{"subject": "person"}"#.to_owned(),
/// };
/// let (source, read) = sources.open(&stated.sealed(&key))?;
/// assert_eq!((source, read), ("laboratory", stated));
/// # Ok::<(), longma_core::Problem>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Sources {
    names: BTreeMap<[u8; 32], String>,
    keys: Keys,
}

impl Sources {
    /// Reads a JSON object: the name of each source, and a list of its keys (JWK).
    ///
    /// # Errors
    /// If the text is no such object, a key is wrong, or two sources have one key.
    pub fn read(text: &str) -> Result<Self, Problem> {
        let wrong = |why| problem(Code::SourcesForm).with("why", why);
        let json = Json::parse(text, "sources").map_err(|it| wrong(it.message()))?;
        let form = || wrong(crate::code::words("sources-object"));
        let given = json.as_object().ok_or_else(form)?;
        if given.len() > SOURCES {
            return Err(form());
        }
        let mut names = BTreeMap::new();
        let mut keys = Vec::new();
        for (name, of) in given {
            let Json::List(own) = of else {
                return Err(form());
            };
            let sound = !name.trim().is_empty() && name.chars().count() <= NAME;
            if !sound || own.is_empty() || own.len() > KEYS {
                return Err(form());
            }
            for key in own {
                let key = PublicKey::read(&key.to_string())?;
                if let Some(other) = names.insert(key.thumbprint(), name.clone()) {
                    let told = problem(Code::SourcesTwice).with("source", name);
                    return Err(told.with("other", other));
                }
                keys.push(key);
            }
        }
        Ok(Self {
            names,
            keys: Keys::new(keys),
        })
    }

    /// The names of all sources, in order.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        longma_core::order::sorted(self.names.values().map(String::as_str))
    }

    /// Opens what one of the sources has signed, and says which.
    ///
    /// # Errors
    /// If none of them did, or what they signed is no statement.
    pub fn open(&self, document: &[u8]) -> Result<(&str, Statement), Problem> {
        let opened = cose::open(document, Purpose::Facts, &self.keys)?;
        let statement = Statement::read(opened.payload)?;
        let name = self.names.get(&opened.key.thumbprint());
        // Every key came with a name.
        let name = name.ok_or_else(|| problem(Code::SealKey))?;
        Ok((name, statement))
    }
}

#[cfg(all(test, feature = "sign"))]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::{Algorithm, PrivateKey};

    fn key(byte: u8) -> PrivateKey {
        PrivateKey::from_bytes(Algorithm::Ed25519, [byte; 32]).unwrap()
    }

    fn stated() -> Statement {
        Statement {
            made: Instant::from_unix(1_657_454_400).unwrap(),
            kind: Kind::Corrections,
            document: "[]".to_owned(),
        }
    }

    fn sources(of: &[(&str, &[u8])]) -> Result<Sources, Problem> {
        let keys = |bytes: &[u8]| {
            let keys = bytes.iter().map(|byte| key(*byte).public().to_jwk());
            keys.collect::<Vec<_>>().join(",")
        };
        let named = of.iter();
        let named = named.map(|(name, bytes)| format!("\"{name}\": [{}]", keys(bytes)));
        Sources::read(&format!("{{{}}}", named.collect::<Vec<_>>().join(",")))
    }

    #[test]
    fn each_key_of_a_source_signs_for_it_and_no_other() {
        let sources = sources(&[("laboratory", &[1, 2]), ("hospital", &[3])]).unwrap();
        assert_eq!(sources.names(), ["hospital", "laboratory"]);
        for (byte, name) in [(1, "laboratory"), (2, "laboratory"), (3, "hospital")] {
            let sealed = stated().sealed(&key(byte));
            assert_eq!(sources.open(&sealed).unwrap(), (name, stated()));
        }
        let code = |document: &[u8]| sources.open(document).unwrap_err().code.as_str();
        assert_eq!(code(&stated().sealed(&key(4))), "seal-key");
        // The same words, signed as something else.
        let other = key(1).seal(&stated().to_payload(), Purpose::Receipt);
        assert_eq!(code(&other), "seal-purpose");
        let odd = key(1).seal(b"\xa1\x01\x00", Purpose::Facts);
        assert_eq!(code(&odd), "statement-form");
    }

    #[test]
    fn what_names_no_keys_is_refused() {
        let code = |text: &str| Sources::read(text).unwrap_err().code.as_str();
        for text in [
            "[]",
            "{\"\": []}",
            r#"{"hospital": []}"#,
            r#"{"hospital": {}}"#,
            "{",
        ] {
            assert_eq!(code(text), "sources-form", "{text}");
        }
        assert_eq!(code(r#"{"hospital": [{}]}"#), "key-kind");
        let private = format!(r#"{{"hospital": [{}]}}"#, key(1).to_jwk());
        assert_eq!(code(&private), "key-private");
        let twice = sources(&[("hospital", &[1]), ("laboratory", &[1])]);
        assert_eq!(twice.unwrap_err().code.as_str(), "sources-twice");
    }
}
