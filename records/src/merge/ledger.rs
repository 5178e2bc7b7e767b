//! Who stands behind what: the account that comes with merged facts.

use super::correction::Correction;
use super::said::Said;
use longma_core::{Localized, Problem};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of a subject by a dossier, and who stands behind it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Merged {
    /// A facts document.
    pub facts: Map<String, Json>,
    /// Who stands behind each record of it.
    pub ledger: Ledger,
}

impl Merged {
    /// The facts as JSON text.
    #[must_use]
    pub fn facts_json(&self) -> String {
        // Texts, numbers and lists of them cannot fail to be written.
        serde_json::to_string(&self.facts).unwrap_or_default()
    }
}

/// The account.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Ledger {
    /// By JSON pointer of the facts: a section, a record, or a field of an object.
    pub entries: BTreeMap<String, Entry>,
    /// Statements that corrections supersede.
    pub superseded: Vec<Superseded>,
    /// Where the sources, or the corrections, differ.
    pub contradictions: Vec<Contradiction>,
    /// All corrections of the dossier; the rest names positions here.
    pub corrections: Vec<Correction>,
    /// What else is to be looked at. Read back without it.
    #[serde(skip_deserializing)]
    pub problems: Vec<Problem>,
}

/// Who stands behind a value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Entry {
    /// The sources that state it; none where a correction alone does.
    pub sources: BTreeSet<String>,
    /// Positions of the corrections that led to it.
    pub corrections: BTreeSet<usize>,
}

/// A statement that no longer counts, because of corrections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Superseded {
    /// The section.
    pub section: String,
    /// What was said.
    pub record: Said,
    /// Who said it.
    pub sources: BTreeSet<String>,
    /// Positions of the corrections.
    pub corrections: BTreeSet<usize>,
    /// Where in the facts stands what became of it; `None` where it is gone.
    pub became: Option<String>,
}

/// A difference that was not resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contradiction {
    /// What differs.
    pub kind: ContradictionKind,
    /// The section.
    pub section: String,
    /// What tells the record apart; of an object, the field.
    pub record: Said,
    /// The fields that differ; none where corrections do.
    pub fields: Vec<String>,
    /// All that is said.
    pub variants: Vec<Variant>,
    /// Positions of the corrections that disagree.
    pub corrections: BTreeSet<usize>,
    /// What differs, and what to do about it.
    pub message: Localized,
    /// What to do about it.
    pub help: Localized,
}

/// What can differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContradictionKind {
    /// Records of one identity: all of them stand in the facts.
    Records,
    /// A field of which there can only be one: see each variant's pointer for
    /// which of them stands in the facts, if any does.
    Field,
    /// Corrections of one record: none of them holds.
    Corrections,
}

/// One of several things that are said of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// What is said.
    pub record: Said,
    /// Where it stands in the facts; `None` where it does not.
    pub pointer: Option<String>,
    /// Who says it.
    pub sources: BTreeSet<String>,
    /// Positions of the corrections that led to it.
    pub corrections: BTreeSet<usize>,
}
