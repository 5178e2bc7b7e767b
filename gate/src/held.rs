//! What a pass says to the phone that holds it.

use crate::gate::{Face, Holder, face_of};
use longma_core::{Catalogue, Instant, Offset, Problem, Stamp};
use longma_seal::pass::{Pass, Shown};
use longma_seal::{PublicKey, text};
use serde::Serialize;

/// A pass on its holder's phone. Who issued it is not verified there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    /// From when on it counts.
    pub issued: Stamp,
    /// From when on it no longer counts.
    pub expires: Stamp,
    /// Whose signature it asks for at a gate.
    pub phone: Phone,
    /// Who holds it, masked; `None` if the packs cannot read its facts.
    pub holder: Option<Holder>,
    /// The level that it shows; `None` if a gate decides, or the packs do not know it.
    pub face: Option<Face>,
}

/// Which phone a pass belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phone {
    /// The one that asks.
    Own,
    /// Another one.
    Other,
    /// None: a copy cannot be told.
    Any,
}

/// Reads a pass for the phone with this key, with the packs' words.
///
/// # Errors
/// If the text is no pass as an issuer gives it.
pub fn held(
    pass: &str,
    key: &PublicKey,
    catalogue: &Catalogue,
    now: Instant,
) -> Result<Held, Problem> {
    let pass = Pass::held(&text::read(pass)?)?;
    let (holder, face) = match &pass.shown {
        Shown::Outcome(levels) => (
            Some(Holder::of(&levels.name, &levels.document)),
            face_of(catalogue, levels, now),
        ),
        Shown::Facts { subject, .. } => {
            let schema = catalogue.schema(subject);
            let facts = schema.and_then(|it| pass.shown.unfolded(it, pass.issued).ok());
            let holder = facts.map(|facts| {
                let text = |pointer| facts.text_at(pointer).unwrap_or_default();
                Holder::of(text("/identity/name"), text("/identity/document/number"))
            });
            (holder, None)
        }
    };
    let write = Stamp::at(Offset::CHINA);
    Ok(Held {
        issued: write(pass.issued),
        expires: write(pass.expires),
        phone: match &pass.holder_key {
            None => Phone::Any,
            Some(of) if of == key => Phone::Own,
            Some(_) => Phone::Other,
        },
        holder,
        face,
    })
}
