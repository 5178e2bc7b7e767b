//! Longma at a gate, for JavaScript: verifies codes and decides anew from them, without a
//! network.
//!
//! The conventions of `longma-device` apply: what is shown crosses as JSON, and failures are
//! returned. Instants are seconds. A [`Gate`] never asks the clock, and it keeps nothing:
//! what it has seen of versions goes out as a text that the page keeps and hands in again.

use js_sys::Uint8Array;
use longma_answer::{result, value};
use longma_core::{Catalogue, Instant, Problem, Problems, packed};
use longma_seal::pass::Presence;
use longma_seal::trust::{Root, Seen};
use longma_seal::{PublicKey, text};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const GATE_TYPES: &str = include_str!("../types/gate.d.ts");

/// A gate: signed packs, tables and a list of what was revoked, with a venue's rules.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Gate {
    inner: longma_gate::Gate,
    seen: Seen,
}

#[wasm_bindgen]
impl Gate {
    /// Loads a release of packs. `roots` are the root that the page is built with and those
    /// that followed it, in order. `seen` is what the page kept of the last time, empty at
    /// first. With `samples`, whatever would be admitted is only looked at.
    #[wasm_bindgen(unchecked_return_type = "Result<{ gate: Gate }>")]
    #[must_use]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "JavaScript hands over owned values"
    )]
    pub fn load(
        roots: Vec<Uint8Array>,
        timestamp: &[u8],
        release: &[u8],
        packs: &[u8],
        seen: &str,
        seconds: f64,
        samples: bool,
    ) -> JsValue {
        let load = || -> Result<Self, Problems> {
            let now = Instant::from_clock(seconds)?;
            let mut seen = Seen::read(seen)?;
            let roots: Vec<Vec<u8>> = roots.iter().map(Uint8Array::to_vec).collect();
            let root = Root::latest(roots.iter().map(Vec::as_slice))?;
            let documents = (timestamp, release);
            let inner = longma_gate::Gate::load(root, documents, packs, &mut seen, now)?;
            let inner = if samples { inner.for_samples() } else { inner };
            Ok(Self { inner, seen })
        };
        result(load().map(|gate| [("gate", gate.into())]))
    }

    /// Adds a table of the release, `tables/NAME.csv`.
    #[wasm_bindgen(
        js_name = addReference,
        unchecked_return_type = "Result<{ rows: number }>"
    )]
    pub fn add_reference(&mut self, name: &str, csv: &str) -> JsValue {
        let rows = self.inner.add_reference(name, csv);
        result(rows.map(|rows| [("rows", u32::try_from(rows).unwrap_or(u32::MAX).into())]))
    }

    /// Takes a list of what was revoked.
    #[wasm_bindgen(js_name = setRevoked, unchecked_return_type = "Result<{}>")]
    pub fn set_revoked(&mut self, document: &[u8], seconds: f64) -> JsValue {
        let now = Instant::from_clock(seconds);
        let set = now.and_then(|now| self.inner.set_revoked(document, &mut self.seen, now));
        result::<0>(set.map(|()| []))
    }

    /// Says which venue the gate belongs to, by its facts without anybody at the door.
    #[wasm_bindgen(js_name = setVenue, unchecked_return_type = "Result<{}>")]
    pub fn set_venue(&mut self, facts: &str) -> JsValue {
        result::<0>(self.inner.set_venue(facts).map(|()| []))
    }

    /// What has been seen of versions, to keep where nobody else writes.
    #[must_use]
    pub fn seen(&self) -> String {
        self.seen.to_string()
    }

    /// What is loaded, and how old it is.
    #[wasm_bindgen(unchecked_return_type = "Result<{ state: GateState }>")]
    #[must_use]
    pub fn state(&self, seconds: f64) -> JsValue {
        let now = Instant::from_clock(seconds);
        result(now.map(|now| [("state", value(&self.inner.state(now)))]))
    }

    /// What to do about whoever shows a code. `challenge` is what the gate asked the phone to
    /// sign, if it did.
    #[wasm_bindgen(unchecked_return_type = "Result<{ answer: GateAnswer }>")]
    #[must_use]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "JavaScript hands over owned values"
    )]
    pub fn decide(&self, code: &str, challenge: Option<Vec<u8>>, seconds: f64) -> JsValue {
        let now = Instant::from_clock(seconds);
        let answer = now.map(|now| self.inner.decide(code, challenge.as_deref(), now));
        result(answer.map(|answer| [("answer", value(&answer))]))
    }
}

/// A holder's phone: its public key, and packs for the words of what its passes show.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Phone {
    key: PublicKey,
    packs: Catalogue,
}

#[wasm_bindgen]
impl Phone {
    /// A phone with this public key, a JSON Web Key, and these compiled packs.
    #[wasm_bindgen(unchecked_return_type = "Result<{ phone: Phone }>")]
    #[must_use]
    pub fn load(key: &str, packs: &[u8]) -> JsValue {
        let load = || -> Result<Self, Problems> {
            let (key, packs) = (PublicKey::read(key)?, packed::read(packs)?);
            Ok(Self { key, packs })
        };
        result(load().map(|phone| [("phone", phone.into())]))
    }

    /// What a pass says, the text that the issuer gave. Who issued it is not verified.
    #[wasm_bindgen(unchecked_return_type = "Result<{ held: HeldPass }>")]
    #[must_use]
    pub fn held(&self, pass: &str, seconds: f64) -> JsValue {
        let now = Instant::from_clock(seconds);
        let held = now.and_then(|now| longma_gate::held(pass, &self.key, &self.packs, now));
        result(held.map(|held| [("held", value(&held))]))
    }

    /// What the phone signs to show a pass now. `challenge` is what the gate asks to be signed,
    /// empty if it asks for nothing.
    #[wasm_bindgen(
        js_name = presenceMessage,
        unchecked_return_type = "Result<{ message: Uint8Array }>"
    )]
    #[must_use]
    pub fn presence_message(&self, pass: &str, challenge: &[u8], seconds: f64) -> JsValue {
        let message = || -> Result<Vec<u8>, Problem> {
            let presence = presence(challenge, seconds)?;
            Ok(presence.message(&text::read(pass)?, &self.key))
        };
        result(message().map(|message| [("message", Uint8Array::from(&*message).into())]))
    }

    /// The code of a pass that the phone has signed, with the signature as `WebCrypto` gives it.
    #[wasm_bindgen(
        js_name = presentedCode,
        unchecked_return_type = "Result<{ code: string }>"
    )]
    #[must_use]
    pub fn presented_code(
        &self,
        pass: &str,
        challenge: &[u8],
        seconds: f64,
        signature: &[u8],
    ) -> JsValue {
        let code = || -> Result<String, Problem> {
            let presence = presence(challenge, seconds)?;
            let signature = self.key.lower(signature);
            Ok(text::write(&presence.code(&text::read(pass)?, &signature)))
        };
        result(code().map(|code| [("code", code.into())]))
    }
}

fn presence(challenge: &[u8], seconds: f64) -> Result<Presence, Problem> {
    Ok(Presence {
        at: Instant::from_clock(seconds)?,
        challenge: challenge.to_vec(),
    })
}
