//! Checks that all sources describe one person, and compares identity fields that are
//! written differently but mean the same.
//!
//! The document's type and number must agree; otherwise nothing is merged. Any other
//! identity field may differ and is then reported.

use super::dossier::Dossier;
use super::said::Said;
use crate::code::Code;
use longma_core::Problem;
use longma_identity::{self as identity, mask};
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
    let mut named: BTreeMap<Said, BTreeSet<&str>> = BTreeMap::new();
    for statement in dossier
        .statements
        .iter()
        .filter(|it| it.section == IDENTITY)
    {
        let document = statement.record.as_ref();
        if let Some(said) = document.filter(|it| it.fields().contains_key(DOCUMENT)) {
            let sources = named.entry(folded(said)).or_default();
            sources.insert(&statement.source);
        }
    }
    let mut problems = Vec::new();
    let mut documents = named.iter();
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
    let text = |name: &str| text(first, name);
    if problems.is_empty() && text("type") == identity::RESIDENT_ID {
        problems.extend(
            identity::read(text("number"), NUMBER)
                .err()
                .unwrap_or_default(),
        );
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

/// An identity field with the document number normalized for comparison.
pub(super) fn folded(said: &Said) -> Said {
    let mut fields = said.fields().clone();
    if let Some(number) = fields.get_mut(DOCUMENT).and_then(|it| it.get_mut("number"))
        && let Some(text) = number.as_str()
    {
        *number = identity::number(text).into();
    }
    Said::of(&fields)
}

/// The value to compare a field by; `None` if the field states nothing.
pub(super) fn compared(field: &str, value: &Json) -> Option<String> {
    match (field, value.as_str()) {
        ("name", Some(text)) => Some(identity::name(text)),
        ("sex", Some(text)) if !identity::says_a_sex(text) => None,
        _ => Some(value.to_string()),
    }
}

/// The value of a field that the document number implies, as JSON.
pub(super) fn told(field: &str, identity: &Map<String, Json>) -> Option<Json> {
    let told = identity::told(identity.get(DOCUMENT)?)?;
    match field {
        "birth_date" => Some(told.birth_date.into()),
        "sex" => Some(told.sex.into()),
        _ => None,
    }
}

fn text<'a>(said: &'a Said, name: &str) -> &'a str {
    let document = said.fields().get(DOCUMENT);
    let text = document.and_then(|it| it.get(name)?.as_str());
    text.unwrap_or_default()
}

fn shown(said: &Said) -> String {
    format!(
        "{} {}",
        text(said, "type"),
        mask::number(text(said, "number"))
    )
}

fn list(names: &BTreeSet<&str>) -> String {
    let names: Vec<&str> = names.iter().copied().collect();
    names.join(", ")
}
