//! What is known about a person: the statements about them, opened again with the keys that
//! count now, and merged as every other part of the project merges them.

use crate::app::App;
use crate::code::{Code, problem};
use crate::documents::Loaded;
use crate::store::Kept;
use longma_core::{Facts, Instant, Problem, Problems};
use longma_identity::Document;
use longma_records::inspect;
use longma_records::merge::{Dossier, Merged};
use longma_seal::statement::Statement;
use serde_json::Value as Json;

/// What is known about a person.
#[derive(Debug)]
pub(crate) struct Known {
    /// The facts, with who says what.
    pub(crate) merged: Merged,
    /// The facts as rules read them.
    pub(crate) facts: Facts,
}

/// Merges the statements about a person.
///
/// # Errors
/// If there are none, one cannot be opened with the keys that count now, or they are about
/// different persons. A statement that nobody can open is not passed over: it may be the one
/// that turns a code red.
pub(crate) fn known(
    app: &App,
    loaded: &Loaded,
    subject: &str,
    kept: &[Kept],
    now: Instant,
) -> Result<Known, Problems> {
    let dossier = dossier(app, loaded, subject, kept)?;
    // Sections whose signatures the packs ask for count as far as these sources signed them.
    let counted = dossier.counted(&loaded.catalogue, &loaded.sources, (None, now), None)?;
    let merged = counted.dossier.merged(&loaded.catalogue)?;
    let facts = inspect::trusted(&loaded.catalogue, &merged.facts_json(), Some(now))?;
    Ok(Known { merged, facts })
}

/// The statements about a person, with their corrections.
pub(crate) fn dossier(
    app: &App,
    loaded: &Loaded,
    subject: &str,
    kept: &[Kept],
) -> Result<Dossier, Problems> {
    if kept.is_empty() {
        return Err(problem(Code::Nobody).into());
    }
    for kept in kept {
        let opened = loaded.sources.open(&kept.document);
        // A row that was moved under another person's name counts as little as one that
        // nobody signed.
        let own = opened.is_ok_and(|(_, stated)| {
            about(&stated).is_some_and(|about| about.subject(app) == subject)
        });
        if !own {
            return Err(problem(Code::Unopened).with("source", &kept.source).into());
        }
    }
    let documents = kept.iter().map(|kept| kept.document.as_slice());
    let dossier = Dossier::default().with_signed(&loaded.catalogue, &loaded.sources, documents);
    dossier.map_err(|(_, problems)| problems)
}

/// Whom a document is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) kind: String,
    pub(crate) number: String,
}

impl Named {
    pub(crate) fn document(&self) -> Document<'_> {
        Document {
            kind: &self.kind,
            number: &self.number,
        }
    }

    /// What the database knows the person by.
    pub(crate) fn subject(&self, app: &App) -> String {
        app.keys.subjects.subject(self.document())
    }
}

/// Whom a statement is about; `None` if it does not say so.
pub(crate) fn about(stated: &Statement) -> Option<Named> {
    let json: Json = serde_json::from_str(&stated.document).ok()?;
    named(&json)
}

/// Whom facts are about; `None` if they do not say so.
pub(crate) fn named(facts: &Json) -> Option<Named> {
    let text = |name: &str| {
        let text = facts.pointer(&format!("/identity/document/{name}"))?;
        text.as_str().map(str::to_owned)
    };
    Some(Named {
        kind: text("type")?,
        number: text("number")?,
    })
}

/// The problems of facts that are stated here, which are nobody's but the person's who can
/// write them anew.
///
/// # Errors
/// Everything that is wrong with them.
pub(crate) fn sound(loaded: &Loaded, facts: &str, now: Instant) -> Result<(), Problems> {
    loaded.catalogue.read_facts(facts)?;
    let found = inspect::inspect(&loaded.catalogue, facts, now);
    let wrong: Vec<Problem> = found
        .into_iter()
        .filter(|it| it.severity == longma_core::Severity::Error)
        .collect();
    Problems::from(wrong).or(())
}

/// Corrections as they are signed: with whom they are about, since a list of them names
/// nobody and would count for anybody.
pub(crate) fn corrections(about: &Named, list: &impl serde::Serialize) -> String {
    serde_json::json!({
        "identity": { "document": { "type": about.kind, "number": about.number } },
        "corrections": list,
    })
    .to_string()
}

/// The list of signed corrections, as text; `None` if it is not of that form.
pub(crate) fn list(stated: &Statement) -> Option<String> {
    let json: Json = serde_json::from_str(&stated.document).ok()?;
    let members = json.as_object().filter(|it| it.len() == 2)?;
    let list = members.get("corrections")?;
    let full = list.as_array().is_some_and(|it| !it.is_empty());
    full.then(|| list.to_string())
}
