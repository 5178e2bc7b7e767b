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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::{Held, Phone, held};
    use longma_core::{Catalogue, Contents, Instant, Problem};
    use longma_seal::pass::{Levels, Pass, Presence, Shown};
    use longma_seal::{Algorithm, PrivateKey, PublicKey, text};

    fn key(byte: u8, algorithm: Algorithm) -> PrivateKey {
        PrivateKey::from_bytes(algorithm, [byte; 32]).unwrap()
    }

    fn at(seconds: i64) -> Instant {
        Instant::from_unix(seconds).unwrap()
    }

    fn issued(phone: Option<&PrivateKey>) -> Vec<u8> {
        let levels = Levels {
            name: "样*".to_owned(),
            ..Levels::default()
        };
        let pass = Pass {
            id: [1; 8],
            issued: at(0),
            expires: at(3600),
            holder_key: phone.map(|it| it.public().clone()),
            shown: Shown::Outcome(levels),
        };
        pass.sealed(&key(8, Algorithm::Ed25519)).unwrap()
    }

    fn read(pass: &str, phone: &PublicKey) -> Result<Held, Problem> {
        let packs = Catalogue::new(Contents::default());
        held(pass, phone, &packs, at(60))
    }

    #[test]
    fn a_pass_says_whose_phone_it_belongs_to() {
        let [own, other] = [key(12, Algorithm::Ed25519), key(13, Algorithm::P256)];
        for (of, phone) in [
            (Some(&own), Phone::Own),
            (Some(&other), Phone::Other),
            (None, Phone::Any),
        ] {
            let told = read(&text::write(&issued(of)), own.public()).unwrap();
            assert_eq!(told.phone, phone);
            assert_eq!(told.holder.unwrap().name, "样*");
            assert_eq!(told.face, None, "without packs a level has no words");
        }
    }

    #[test]
    fn what_a_phone_shows_is_no_pass() {
        let own = key(12, Algorithm::Ed25519);
        let sealed = issued(Some(&own));
        let presence = Presence {
            at: at(60),
            challenge: Vec::new(),
        };
        let shown = text::write(&presence.code(&sealed, &[0; 64]));
        for (text, code) in [(shown.as_str(), "pass-form"), ("https://a.b", "text-other")] {
            let told = read(text, own.public()).unwrap_err();
            assert_eq!(told.code.as_str(), code);
        }
    }
}
