//! What a code carries: an *outcome* or the *facts* to decide from, signed by an issuer, and
//! with it, where the phone has a key, what the phone signed a moment ago.
//!
//! ```text
//! pass   = COSE_Sign1 by the issuer
//! code   = pass                                    it cannot be told from a copy
//!        / [pass, time, challenge, signature]      signed by the holder's key
//! ```

use crate::cbor::{self, Limits, Value};
use crate::code::{Code, problem};
use crate::compact;
use crate::cose::{self, Purpose};
use crate::key::PublicKey;
use crate::trust::Root;
use longma_core::{Instant, Json, Offset, Problem, Schema};

/// How many bytes a gate's challenge may have.
const CHALLENGE: usize = 32;
/// How far a pass may be ahead of a gate's clock, and its holder's signature ahead or behind,
/// in seconds: clocks differ.
const CLOCKS: i64 = 120;
/// How old a holder's signature may be, in seconds, with how far clocks differ on top.
const MOMENT: i64 = 60;

const ID: i64 = 1;
const ISSUED: i64 = 2;
const EXPIRES: i64 = 3;
const HOLDER_KEY: i64 = 4;
const SHOWN: i64 = 5;

/// What an issuer signs for a holder to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// What it is revoked by.
    pub id: [u8; 8],
    /// From when on it counts.
    pub issued: Instant,
    /// From when on it no longer counts.
    pub expires: Instant,
    /// The key that the holder's phone signs with; without one, a copy cannot be told.
    pub holder_key: Option<PublicKey>,
    /// What it shows.
    pub shown: Shown,
}

/// What a pass shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// What was decided.
    Outcome(Levels),
    /// What a gate decides from: a document of this schema.
    Facts {
        /// The kind of subject.
        subject: String,
        /// The [mark](compact::mark) of its schema.
        schema: [u8; 4],
        /// The facts, as [`compact::fold`] writes them from `issued` on.
        folded: Vec<u8>,
    },
}

/// What was decided, for a gate to take as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Levels {
    /// The kind of subject.
    pub subject: String,
    /// The holder's name, masked.
    pub name: String,
    /// The number of the holder's document, masked.
    pub document: String,
    /// The region whose rules decided.
    pub region: String,
    /// The packs that decided the face.
    pub packs: Vec<String>,
    /// By decision, its levels in order, each with the instant at which it ends. The first
    /// holds from when on the pass counts, and the last ends with it.
    pub decisions: Vec<(String, Vec<(String, Instant)>)>,
}

/// What a holder's phone signs at a gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// When.
    pub at: Instant,
    /// What the gate asked to be signed; empty if it asked for nothing.
    pub challenge: Vec<u8>,
}

/// A pass as a gate reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presented {
    /// The pass.
    pub pass: Pass,
    /// Whether the holder's phone signed it a moment ago; without a key for that, a copy looks
    /// the same.
    pub signed_now: bool,
}

impl Pass {
    /// What is signed for: a gate takes an outcome as it is, and decides from facts.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        match self.shown {
            Shown::Outcome(_) => Purpose::Outcome,
            Shown::Facts { .. } => Purpose::Extract,
        }
    }

    /// As it is signed; `None` if the holder's key is of a kind that phones do not have.
    #[must_use]
    pub fn to_payload(&self) -> Option<Vec<u8>> {
        let key = match &self.holder_key {
            None => None,
            Some(key) => Some(key.to_bytes()?),
        };
        let mut members = vec![
            (Value::Int(ID), Value::Bytes(&self.id)),
            (Value::Int(ISSUED), Value::Int(self.issued.unix())),
            (Value::Int(EXPIRES), seconds(self.expires, self.issued)),
        ];
        if let Some(key) = &key {
            members.push((Value::Int(HOLDER_KEY), Value::Bytes(key)));
        }
        members.push((Value::Int(SHOWN), self.shown.written(self.issued)));
        Some(Value::Map(members).to_bytes())
    }

    /// The pass, signed.
    ///
    /// # Errors
    /// If the holder's key is of a kind that phones do not have, or the pass is too large.
    #[cfg(feature = "sign")]
    pub fn sealed(&self, key: &crate::sign::PrivateKey) -> Result<Vec<u8>, Problem> {
        let payload = self.to_payload().ok_or_else(|| problem(Code::KeyPhone))?;
        let sealed = key.seal(&payload, self.purpose());
        // What no gate reads is not given out.
        cbor::read(&payload, Limits::SMALL)?;
        if sealed.len() > Limits::SMALL.bytes {
            let told = problem(Code::CborSize).with("found", sealed.len());
            return Err(told.with("limit", Limits::SMALL.bytes));
        }
        Ok(sealed)
    }

    fn read(payload: &[u8], purpose: Purpose) -> Result<Self, Problem> {
        let document = cbor::read(payload, Limits::SMALL)?;
        Self::of(&document, purpose).ok_or_else(|| problem(Code::PassForm))
    }

    fn of(document: &Value<'_>, purpose: Purpose) -> Option<Self> {
        let Value::Map(members) = document else {
            return None;
        };
        let (id, issued, expires, key, shown) = match members.as_slice() {
            [id, issued, expires, shown] => (id, issued, expires, None, shown),
            [id, issued, expires, key, shown] => (id, issued, expires, Some(key), shown),
            _ => return None,
        };
        let (
            (Value::Int(ID), Value::Bytes(id)),
            (Value::Int(ISSUED), Value::Int(issued)),
            (Value::Int(EXPIRES), Value::Int(lasts @ 1..)),
            (Value::Int(SHOWN), shown),
        ) = (id, issued, expires, shown)
        else {
            return None;
        };
        let holder_key = match key {
            None => None,
            Some((Value::Int(HOLDER_KEY), Value::Bytes(key))) => {
                Some(PublicKey::from_bytes(key).ok()?)
            }
            Some(_) => return None,
        };
        let issued = Instant::from_unix(*issued)?;
        let expires = after(issued, *lasts)?;
        Some(Self {
            id: <[u8; 8]>::try_from(*id).ok()?,
            issued,
            expires,
            holder_key,
            shown: Shown::read(shown, purpose, (issued, expires))?,
        })
    }

    /// Reads a pass as the issuer gave it, for the phone that holds it. Who signed it is not
    /// verified: a phone has no list of keys, and whatever it shows is verified at the gate.
    ///
    /// # Errors
    /// If it is no pass.
    pub fn held(sealed: &[u8]) -> Result<Self, Problem> {
        match cose::unverified(sealed) {
            Some((purpose @ (Purpose::Extract | Purpose::Outcome), payload)) => {
                Self::read(payload, purpose)
            }
            _ => Err(problem(Code::PassForm)),
        }
    }

    /// Reads a code, for a gate: verifies who issued it and who holds it, and that it counts
    /// `now`. `challenge` is what the gate asked the phone to sign; without one, a phone signs
    /// the time alone.
    ///
    /// # Errors
    /// If it was not issued by a key of the root, has expired, does not count yet, or names a
    /// key of its holder that did not sign it now and for this gate.
    pub fn present(
        code: &[u8],
        root: &Root,
        challenge: Option<&[u8]>,
        now: Instant,
    ) -> Result<Presented, Problem> {
        let parts = match code.first() {
            // A list of four.
            Some(0x84) => Some(cbor::read(code, Limits::SMALL)?),
            _ => None,
        };
        let (sealed, presence) = match &parts {
            None => (code, None),
            Some(parts) => {
                let (sealed, presence, signature) =
                    signed_part(parts).ok_or_else(|| problem(Code::PassForm))?;
                (sealed, Some((presence, signature)))
            }
        };
        let purpose = match cose::unverified(sealed) {
            Some((Purpose::Extract, _)) => Purpose::Extract,
            // Whatever it is for instead is told when it is opened.
            _ => Purpose::Outcome,
        };
        let opened = cose::open(sealed, purpose, root.keys_of(purpose)?)?;
        let pass = Self::read(opened.payload, purpose)?;
        pass.counts(now)?;
        let signed_now = match (&pass.holder_key, presence) {
            (None, None) => false,
            (None, Some(_)) => return Err(problem(Code::PassForm)),
            (Some(_), None) => return Err(problem(Code::PassUnheld)),
            (Some(key), Some((presence, signature))) => {
                presence.counts(challenge, now)?;
                if !key.verifies(&presence.message(sealed, key), signature) {
                    return Err(problem(Code::PassHolder));
                }
                true
            }
        };
        Ok(Presented { pass, signed_now })
    }

    fn counts(&self, now: Instant) -> Result<(), Problem> {
        if self.issued.unix() > now.unix().saturating_add(CLOCKS) {
            let told = problem(Code::PassEarly).with("from", words(self.issued));
            return Err(told.with("now", words(now)));
        }
        if now < self.expires {
            return Ok(());
        }
        Err(problem(Code::PassExpired).with("expires", words(self.expires)))
    }
}

/// The sealed pass of a code that a phone signed, with what was signed and the signature.
fn signed_part<'a>(code: &Value<'a>) -> Option<(&'a [u8], Presence, &'a [u8])> {
    let Value::List(parts) = code else {
        return None;
    };
    let [
        Value::Bytes(sealed),
        Value::Int(at),
        Value::Bytes(challenge),
        Value::Bytes(signature),
    ] = parts.as_slice()
    else {
        return None;
    };
    let presence = Presence {
        at: Instant::from_unix(*at)?,
        challenge: challenge.to_vec(),
    };
    (challenge.len() <= CHALLENGE).then_some((*sealed, presence, *signature))
}

impl Presence {
    /// The bytes that the holder's key signs: those of a `COSE_Sign1` over time and challenge,
    /// with the pass as what is signed along with it (RFC 9052, section 4.4).
    #[must_use]
    pub fn message(&self, sealed: &[u8], key: &PublicKey) -> Vec<u8> {
        let of = Value::List(vec![
            Value::Int(self.at.unix()),
            Value::Bytes(&self.challenge),
        ]);
        cose::message(Purpose::Presence, key, sealed, &of.to_bytes())
    }

    /// The code with this signature of the holder's key.
    #[must_use]
    pub fn code(&self, sealed: &[u8], signature: &[u8]) -> Vec<u8> {
        let parts = vec![
            Value::Bytes(sealed),
            Value::Int(self.at.unix()),
            Value::Bytes(&self.challenge),
            Value::Bytes(signature),
        ];
        Value::List(parts).to_bytes()
    }

    fn counts(&self, challenge: Option<&[u8]>, now: Instant) -> Result<(), Problem> {
        let age = now.unix().saturating_sub(self.at.unix());
        if !(-CLOCKS..=MOMENT + CLOCKS).contains(&age) {
            return Err(problem(Code::PassMoment).with("at", words(self.at)));
        }
        match challenge {
            Some(challenge) if challenge != self.challenge => Err(problem(Code::PassGate)),
            _ => Ok(()),
        }
    }
}

impl Shown {
    fn written(&self, issued: Instant) -> Value<'_> {
        match self {
            Self::Outcome(levels) => levels.written(issued),
            Self::Facts {
                subject,
                schema,
                folded,
            } => Value::List(vec![
                Value::Text(subject),
                Value::Bytes(schema),
                Value::Bytes(folded),
            ]),
        }
    }

    fn read(of: &Value<'_>, purpose: Purpose, span: (Instant, Instant)) -> Option<Self> {
        let Value::List(parts) = of else {
            return None;
        };
        if purpose == Purpose::Outcome {
            return Levels::read(parts, span).map(Self::Outcome);
        }
        let [
            Value::Text(subject),
            Value::Bytes(schema),
            Value::Bytes(folded),
        ] = parts.as_slice()
        else {
            return None;
        };
        Some(Self::Facts {
            subject: (*subject).to_owned(),
            schema: <[u8; 4]>::try_from(*schema).ok()?,
            folded: folded.to_vec(),
        })
    }

    /// Facts to show; `None` if the document does not follow the schema.
    #[must_use]
    pub fn facts(document: &Json, schema: &Schema, issued: Instant) -> Option<Self> {
        Some(Self::Facts {
            subject: document.text_at("/subject")?.to_owned(),
            schema: compact::mark(schema),
            folded: compact::fold(document, schema, issued)?.to_bytes(),
        })
    }

    /// The facts that are shown, of a schema that the caller has by the subject's name.
    ///
    /// # Errors
    /// If what is shown is an outcome, or was made with another schema.
    pub fn unfolded(&self, schema: &Schema, issued: Instant) -> Result<Json, Problem> {
        let Self::Facts {
            schema: marked,
            folded,
            ..
        } = self
        else {
            return Err(problem(Code::PassForm));
        };
        if *marked != compact::mark(schema) {
            return Err(problem(Code::PassSchema));
        }
        let folded = cbor::read(folded, Limits::SMALL)?;
        compact::unfold(&folded, schema, issued).ok_or_else(|| problem(Code::PassForm))
    }
}

impl Levels {
    fn written(&self, issued: Instant) -> Value<'_> {
        let packs = self.packs.iter().map(|pack| Value::Text(pack)).collect();
        let decisions = self.decisions.iter().map(|(decision, levels)| {
            let mut parts = Vec::new();
            for (at, (level, until)) in levels.iter().enumerate() {
                parts.push(Value::Text(level));
                if at + 1 < levels.len() {
                    parts.push(seconds(*until, issued));
                }
            }
            (Value::Text(decision), Value::List(parts))
        });
        Value::List(vec![
            Value::Text(&self.subject),
            Value::Text(&self.name),
            Value::Text(&self.document),
            Value::Text(&self.region),
            Value::List(packs),
            Value::Map(decisions.collect()),
        ])
    }

    fn read(parts: &[Value<'_>], (issued, expires): (Instant, Instant)) -> Option<Self> {
        let [
            Value::Text(subject),
            Value::Text(name),
            Value::Text(document),
            Value::Text(region),
            Value::List(packs),
            Value::Map(decisions),
        ] = parts
        else {
            return None;
        };
        let text = |of: &Value<'_>| match of {
            Value::Text(text) => Some((*text).to_owned()),
            _ => None,
        };
        let decision = |(name, levels): &(Value<'_>, Value<'_>)| {
            let Value::List(parts) = levels else {
                return None;
            };
            let mut levels = Vec::new();
            let mut before = issued;
            for part in parts.chunks(2) {
                let until = match part {
                    [_, Value::Int(until)] => after(issued, *until)?,
                    // The last one lasts as long as the pass.
                    [_] => expires,
                    _ => return None,
                };
                if until <= before {
                    return None;
                }
                levels.push((text(part.first()?)?, until));
                before = until;
            }
            // An end without a level after it says nothing.
            (parts.len() % 2 == 1).then_some((text(name)?, levels))
        };
        Some(Self {
            subject: (*subject).to_owned(),
            name: (*name).to_owned(),
            document: (*document).to_owned(),
            region: (*region).to_owned(),
            packs: packs.iter().map(text).collect::<Option<_>>()?,
            decisions: decisions.iter().map(decision).collect::<Option<_>>()?,
        })
    }
}

/// An instant as the seconds after another.
fn seconds(at: Instant, from: Instant) -> Value<'static> {
    Value::Int(at.minus(from).as_seconds())
}

fn after(from: Instant, seconds: i64) -> Option<Instant> {
    Instant::from_unix(from.unix().checked_add(seconds)?)
}

fn words(at: Instant) -> String {
    at.to_words(Offset::CHINA)
}
