//! What an issuer puts into a code.

use longma_core::{
    Catalogue, Facts, Instant, Json, Outcome, Place, Problem, Problems, Request, Role, Span,
};
use longma_identity::mask;
use longma_seal::PublicKey;
use longma_seal::pass::{Levels, Pass, Shown};

/// What an issuer says of any pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// What it can be revoked by: bytes that nobody can guess.
    pub id: [u8; 8],
    /// From when on it counts.
    pub issued: Instant,
    /// From when on it no longer counts.
    pub expires: Instant,
    /// The key of the holder's phone, if it has one.
    pub holder_key: Option<PublicKey>,
}

/// A pass with what was decided: of each decision that is shown at doors, its levels while
/// the pass counts.
#[must_use]
pub fn outcome(outcome: &Outcome, region: &str, terms: Terms) -> Pass {
    let document = outcome.facts().document();
    let text = |pointer: &str| document.text_at(pointer).unwrap_or_default();
    let mut levels = Levels {
        subject: outcome.facts().subject().to_owned(),
        name: mask::name(text("/identity/name")),
        document: mask::number(text("/identity/document/number")),
        region: region.to_owned(),
        ..Levels::default()
    };
    for name in outcome.in_role(Role::Presented) {
        let Some(decision) = outcome.decisions().get(name) else {
            continue;
        };
        let mut held = Vec::new();
        for stretch in decision.stretches() {
            let until = stretch.span().until();
            let until = until.map_or(terms.expires, |until| until.min(terms.expires));
            let begun = stretch.span().from().is_none_or(|it| it < terms.expires);
            if until <= terms.issued || !begun {
                continue;
            }
            // Which rules decided the colour; the packs that they inherit follow from it.
            let own = stretch.packs().first();
            let own = own.filter(|_| decision.roles().has(Role::Face));
            levels.packs.extend(own.cloned());
            held.push((stretch.level_name().to_owned(), until));
        }
        levels.packs.dedup();
        levels.decisions.push((name.to_owned(), held));
    }
    pass(Shown::Outcome(levels), terms)
}

/// A pass with facts: the least of them from which what is shown at doors comes out. The
/// holder's name and number are masked unless a rule reads them.
///
/// # Errors
/// Those of deciding.
pub fn facts(
    catalogue: &Catalogue,
    facts: &Facts,
    request: Request<'_>,
    terms: Terms,
) -> Result<Pass, Problems> {
    let region = request.region.or(facts.region()).unwrap_or_default();
    let shown = catalogue.in_role(region, facts.subject(), Role::Presented);
    let request = Request {
        decisions: Some(&shown),
        window: Span::new(Some(terms.issued), Some(terms.expires)),
        ..request
    };
    let mut extract = catalogue.extract(facts, request)?;
    for (path, masked) in MASKED {
        let read = matches!(path, [section, field, ..] if extract.reads(section, field));
        if !read {
            mask_at(&mut extract.document, path, masked);
        }
    }
    let schema = catalogue.schema(facts.subject());
    let shown = schema.and_then(|it| Shown::facts(&extract.document, it, terms.issued));
    // What was read by this schema can be written by it.
    let shown = shown.ok_or_else(|| Problem::new(longma_seal::Code::PassForm, Place::None))?;
    Ok(pass(shown, terms))
}

/// A way to show a text without telling it.
type Mask = fn(&str) -> String;

/// What of an identity is masked unless a rule reads the member of the identity.
const MASKED: [(&[&str], Mask); 2] = [
    (&["identity", "name"], mask::name),
    (&["identity", "document", "number"], mask::number),
];

fn mask_at(document: &mut Json, path: &[&str], masked: Mask) {
    let mut steps = path.iter();
    let at = steps.try_fold(document, |of, name| of.as_object_mut()?.get_mut(*name));
    if let Some(Json::Text(text)) = at {
        *text = masked(text);
    }
}

fn pass(shown: Shown, terms: Terms) -> Pass {
    Pass {
        id: terms.id,
        issued: terms.issued,
        expires: terms.expires,
        holder_key: terms.holder_key,
        shown,
    }
}
