//! Checks that all sources describe one person, and compares identity fields that are
//! written differently but mean the same.
//!
//! The document's type and number must agree; otherwise nothing is merged. Any other
//! identity field may differ and is then reported.

use super::dossier::Dossier;
use super::said::Said;
use crate::code::Code;
use longma_core::Problem;
use longma_identity::{self as identity, Claim, Document, mask};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// The section that identifies the person.
pub(super) const IDENTITY: &str = "identity";
/// The identity field that must agree.
pub(super) const DOCUMENT: &str = "document";
/// Pointer to the document number.
const NUMBER: &str = "/identity/document/number";

/// Checks that every source names the same document and that its number is valid.
pub(super) fn agree(dossier: &Dossier) -> Result<(), Vec<Problem>> {
    let mut named: BTreeMap<String, (&Said, BTreeSet<&str>)> = BTreeMap::new();
    let mut unsound = Vec::new();
    for statement in dossier
        .statements
        .iter()
        .filter(|it| it.section == IDENTITY)
    {
        let said = statement.record.as_ref();
        if let Some((said, it)) = said.and_then(|said| Some((said, document(said.fields())?))) {
            if let Err(found) = it.read(NUMBER) {
                unsound.extend(found);
            }
            let (_, sources) = named.entry(it.key()).or_insert((said, BTreeSet::new()));
            sources.insert(&statement.source);
        }
    }
    let mut problems = Vec::new();
    let mut documents = named.values();
    let Some((first, said_by)) = documents.next() else {
        return Ok(());
    };
    for (other, others) in documents {
        problems.push(
            Problem::in_facts(Code::MergeOtherPerson, NUMBER)
                .with("place", NUMBER)
                .with("first", list(said_by))
                .with("other", list(others))
                .with("number", shown(first))
                .with("another", shown(other)),
        );
    }
    if problems.is_empty() {
        unsound.dedup();
        problems = unsound;
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

/// The document of the person whom a dossier is about, as it is compared; `None` if no source
/// names one. Where sources name different ones, nothing is merged.
pub(super) fn person(dossier: &Dossier) -> Option<String> {
    let mut said = dossier.statements.iter();
    said.find_map(|it| {
        let record = it.record.as_ref().filter(|_| it.section == IDENTITY)?;
        Some(document(record.fields())?.key())
    })
}

/// The document in an identity, or in a record of a section.
pub(super) fn document(fields: &Map<String, Json>) -> Option<Document<'_>> {
    let text = |name: &str| fields.get(DOCUMENT)?.get(name)?.as_str();
    Some(Document {
        kind: text("type")?,
        number: text("number")?,
    })
}

/// What the merged identity says, to be held against its number.
pub(super) fn claim(identity: &Json) -> Option<Claim<'_>> {
    let text = |name: &str| identity.get(name)?.as_str();
    Some(Claim {
        document: document(identity.as_object()?)?,
        birth_date: text("birth_date"),
        sex: text("sex"),
    })
}

/// The value to compare a field by; `None` if the field states nothing.
pub(super) fn compared(field: &str, said: &Said) -> Option<String> {
    let value = said.fields().get(field);
    match (field, value.and_then(Json::as_str)) {
        ("name", Some(text)) => Some(identity::name(text)),
        ("sex", Some(text)) if !identity::says_a_sex(text) => None,
        (DOCUMENT, _) => document(said.fields()).map(|it| it.key()),
        _ => Some(said.text().to_owned()),
    }
}

/// The value of a field that the document number implies, as JSON.
pub(super) fn told(field: &str, identity: &Map<String, Json>) -> Option<Json> {
    let told = document(identity)?.told()?;
    match field {
        "birth_date" => Some(told.birth_date.into()),
        "sex" => Some(told.sex.into()),
        _ => None,
    }
}

fn shown(said: &Said) -> String {
    let document = document(said.fields());
    document.map_or_else(String::new, |it| {
        format!("{} {}", it.kind, mask::number(it.number))
    })
}

fn list(names: &BTreeSet<&str>) -> String {
    let names: Vec<&str> = names.iter().copied().collect();
    names.join(", ")
}
