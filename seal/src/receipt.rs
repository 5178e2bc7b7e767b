//! A decision on record: what was decided, of which facts, by which packs, for which instant
//! and with what was known when. Anybody who has the facts can compute it anew.

use crate::cbor::{self, Limits, Value};
use crate::code::{Code, problem};
use crate::cose::{self, Purpose};
use crate::key::Keys;
use crate::trust::{Sha, digest};
use longma_core::order::Gather;
use longma_core::{Catalogue, Instant, Offset, Outcome, Problem};
use std::collections::BTreeMap;

/// The form of a receipt.
const FORMAT: i64 = 1;

/// What was decided, and from what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// When it was made.
    pub made: Instant,
    /// The instant that the levels are of.
    pub at: Instant,
    /// What was known when: later records and corrections do not count in it. `None` if the
    /// facts do not say when each became known.
    pub known: Option<Instant>,
    /// The kind of subject.
    pub subject: String,
    /// The region whose rules decided.
    pub region: String,
    /// The facts, by the digest of their document: members in order, without spaces.
    pub facts: Sha,
    /// The tables, by the digests of their files.
    pub tables: BTreeMap<String, Sha>,
    /// The versions of the packs that decided.
    pub packs: BTreeMap<String, String>,
    /// What was decided.
    pub decisions: BTreeMap<String, Decided>,
    /// The digest of the whole outcome as JSON, with its timelines and words.
    pub outcome: Sha,
}

/// What was decided of one decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The level, or `unknown`.
    pub level: String,
    /// The first instant of another level; `None` if none comes.
    pub until: Option<Instant>,
    /// The rules by which the level holds, in order.
    pub rules: Vec<String>,
}

/// What a receipt says besides what an outcome says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// When the receipt is made.
    pub made: Instant,
    /// The instant that the levels are of.
    pub at: Instant,
    /// What was known when.
    pub known: Option<Instant>,
    /// The region whose rules decide.
    pub region: String,
    /// The tables, by the digests of their files.
    pub tables: BTreeMap<String, Sha>,
}

impl Receipt {
    /// The receipt of an outcome.
    #[must_use]
    pub fn of(outcome: &Outcome, catalogue: &Catalogue, occasion: Occasion) -> Self {
        let at = occasion.at;
        let versions = catalogue.packs();
        let version = |id: &String| {
            let known = versions.iter().find(|pack| pack.id == *id);
            (
                id.clone(),
                known.map_or_else(String::new, |it| it.version.clone()),
            )
        };
        let mut packs = BTreeMap::new();
        let mut decisions = BTreeMap::new();
        for name in outcome.decisions().keys() {
            let Some(status) = outcome.at(name, at) else {
                continue;
            };
            packs.extend(status.packs().iter().map(version));
            let rules = status.causes().map(|cause| cause.rule().to_owned());
            let decided = Decided {
                level: status.level_name().to_owned(),
                until: status.until,
                rules: longma_core::order::sorted(rules),
            };
            decisions.insert(name.clone(), decided);
        }
        Self {
            made: occasion.made,
            at,
            known: occasion.known,
            subject: outcome.facts().subject().to_owned(),
            region: occasion.region,
            facts: digest(outcome.facts().document().to_string().as_bytes()),
            tables: occasion.tables,
            packs,
            decisions,
            outcome: digest(outcome.json_at(at).as_bytes()),
        }
    }

    /// Where another receipt of the same occasion differs; nothing if it says the same.
    #[must_use]
    pub fn differences(&self, anew: &Self) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.facts != anew.facts {
            found.push(problem(Code::ReceiptFacts));
        }
        for name in names(&self.tables, &anew.tables) {
            if self.tables.get(name) != anew.tables.get(name) {
                found.push(problem(Code::ReceiptTable).with("table", name));
            }
        }
        for id in names(&self.packs, &anew.packs) {
            let (was, is) = (self.packs.get(id), anew.packs.get(id));
            if was != is {
                let told = problem(Code::ReceiptPack).with("pack", id);
                let said = |it: Option<&String>| it.cloned().unwrap_or_else(|| "—".to_owned());
                found.push(told.with("was", said(was)).with("is", said(is)));
            }
        }
        let before = found.len();
        for name in names(&self.decisions, &anew.decisions) {
            let (was, is) = (self.decisions.get(name), anew.decisions.get(name));
            if was != is {
                let said = |it: Option<&Decided>| it.map_or_else(|| "—".to_owned(), Decided::words);
                let told = problem(Code::ReceiptDecision).with("decision", name);
                found.push(told.with("was", said(was)).with("is", said(is)));
            }
        }
        // The levels are the same, and something of the timelines or words is not.
        if self.outcome != anew.outcome && found.len() == before {
            found.push(problem(Code::ReceiptOutcome));
        }
        found
    }

    /// As it is signed.
    #[must_use]
    pub fn to_payload(&self) -> Vec<u8> {
        let known = self.known.map_or(Value::Null, |at| Value::Int(at.unix()));
        let tables = self.tables.iter();
        let tables = tables.map(|(name, sha)| (Value::Text(name), Value::Bytes(sha)));
        let packs = self.packs.iter();
        let packs = packs.map(|(id, version)| (Value::Text(id), Value::Text(version)));
        let decisions = self.decisions.iter().map(|(name, decided)| {
            let until = decided
                .until
                .map_or(Value::Null, |at| Value::Int(at.unix()));
            let rules = decided.rules.iter().map(|rule| Value::Text(rule));
            let parts = vec![
                Value::Text(&decided.level),
                until,
                Value::List(rules.collect()),
            ];
            (Value::Text(name), Value::List(parts))
        });
        Value::List(vec![
            Value::Int(FORMAT),
            Value::Int(self.made.unix()),
            Value::Int(self.at.unix()),
            known,
            Value::Text(&self.subject),
            Value::Text(&self.region),
            Value::Bytes(&self.facts),
            Value::Map(tables.collect()),
            Value::Map(packs.collect()),
            Value::Map(decisions.collect()),
            Value::Bytes(&self.outcome),
        ])
        .to_bytes()
    }

    /// The receipt, signed.
    #[cfg(feature = "sign")]
    #[must_use]
    pub fn sealed(&self, key: &crate::sign::PrivateKey) -> Vec<u8> {
        key.seal(&self.to_payload(), Purpose::Receipt)
    }

    /// Opens a receipt that one of the keys has signed.
    ///
    /// # Errors
    /// If none of them did, or what was signed is no receipt.
    pub fn open(document: &[u8], keys: &Keys) -> Result<Self, Problem> {
        let opened = cose::open(document, Purpose::Receipt, keys)?;
        let value = cbor::read(opened.payload, Limits::LARGE)?;
        Self::read(&value).ok_or_else(|| problem(Code::ReceiptForm))
    }

    fn read(value: &Value<'_>) -> Option<Self> {
        let Value::List(parts) = value else {
            return None;
        };
        let [
            Value::Int(FORMAT),
            Value::Int(made),
            Value::Int(at),
            known,
            Value::Text(subject),
            Value::Text(region),
            Value::Bytes(facts),
            Value::Map(tables),
            Value::Map(packs),
            Value::Map(decisions),
            Value::Bytes(outcome),
        ] = parts.as_slice()
        else {
            return None;
        };
        let table = |(name, sha): &(Value<'_>, Value<'_>)| match (name, sha) {
            (Value::Text(name), Value::Bytes(sha)) => {
                Some(((*name).to_owned(), (*sha).try_into().ok()?))
            }
            _ => None,
        };
        let pack = |(id, version): &(Value<'_>, Value<'_>)| match (id, version) {
            (Value::Text(id), Value::Text(version)) => {
                Some(((*id).to_owned(), (*version).to_owned()))
            }
            _ => None,
        };
        let tables: Vec<(String, Sha)> = tables.iter().map(table).collect::<Option<_>>()?;
        let packs: Vec<_> = packs.iter().map(pack).collect::<Option<_>>()?;
        let decisions: Vec<_> = decisions.iter().map(decided).collect::<Option<_>>()?;
        Some(Self {
            made: Instant::from_unix(*made)?,
            at: Instant::from_unix(*at)?,
            known: moment(known).ok()?,
            subject: (*subject).to_owned(),
            region: (*region).to_owned(),
            facts: (*facts).try_into().ok()?,
            tables: tables.into_iter().into_map(),
            packs: packs.into_iter().into_map(),
            decisions: decisions.into_iter().into_map(),
            outcome: (*outcome).try_into().ok()?,
        })
    }
}

impl Decided {
    /// The level, until when, and the rules, in signs that both languages read.
    #[must_use]
    pub fn words(&self) -> String {
        let until = self
            .until
            .map_or_else(|| "∞".to_owned(), |at| at.to_words(Offset::CHINA));
        format!("{} → {until} [{}]", self.level, self.rules.join(", "))
    }
}

fn decided((name, value): &(Value<'_>, Value<'_>)) -> Option<(String, Decided)> {
    let (Value::Text(name), Value::List(parts)) = (name, value) else {
        return None;
    };
    let [Value::Text(level), until, Value::List(rules)] = parts.as_slice() else {
        return None;
    };
    let rule = |rule: &Value<'_>| match rule {
        Value::Text(rule) => Some((*rule).to_owned()),
        _ => None,
    };
    let decided = Decided {
        level: (*level).to_owned(),
        until: moment(until).ok()?,
        rules: rules.iter().map(rule).collect::<Option<_>>()?,
    };
    Some(((*name).to_owned(), decided))
}

fn moment(value: &Value<'_>) -> Result<Option<Instant>, Problem> {
    let wrong = || problem(Code::ReceiptForm);
    match value {
        Value::Null => Ok(None),
        Value::Int(at) => Instant::from_unix(*at).map(Some).ok_or_else(wrong),
        _ => Err(wrong()),
    }
}

/// The names that either has, in order.
fn names<'a, T>(one: &'a BTreeMap<String, T>, other: &'a BTreeMap<String, T>) -> Vec<&'a String> {
    longma_core::order::sorted(one.keys().chain(other.keys()))
}
