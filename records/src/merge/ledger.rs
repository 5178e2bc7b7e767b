//! The ledger of merged facts: which sources and corrections stand behind each value.

use super::correction::Correction;
use super::said::Said;
use longma_core::{Localized, Problem};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// The facts about a subject, merged from a dossier.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Merged {
    /// The facts document.
    pub facts: Map<String, Json>,
    /// The sources and corrections behind each record.
    pub ledger: Ledger,
}

impl Merged {
    /// The facts as JSON text.
    #[must_use]
    pub fn facts_json(&self) -> String {
        // Serializing strings, numbers and lists cannot fail.
        serde_json::to_string(&self.facts).unwrap_or_default()
    }
}

/// Where merged facts come from, and what the sources disagree on.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Ledger {
    /// By JSON pointer into the facts: a section, a record, or a field of an object.
    pub entries: BTreeMap<String, Entry>,
    /// Statements superseded by corrections.
    pub superseded: Vec<Superseded>,
    /// Disagreements between sources, or between corrections.
    pub contradictions: Vec<Contradiction>,
    /// All corrections of the dossier. Other parts refer to positions in this list.
    pub corrections: Vec<Correction>,
    /// Other findings to review. Not read back from JSON.
    #[serde(skip_deserializing)]
    pub problems: Vec<Problem>,
}

/// The sources and corrections behind a value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Entry {
    /// The sources that state it; empty if it comes only from corrections.
    pub sources: BTreeSet<String>,
    /// Positions of the corrections that led to it.
    pub corrections: BTreeSet<usize>,
}

/// A statement that corrections replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Superseded {
    /// The section.
    pub section: String,
    /// The record as it was stated.
    pub record: Said,
    /// The sources that stated it.
    pub sources: BTreeSet<String>,
    /// Positions of the corrections.
    pub corrections: BTreeSet<usize>,
    /// Pointer to the corrected record in the facts; `None` if the record was removed.
    pub became: Option<String>,
}

/// An unresolved difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contradiction {
    /// The kind of difference.
    pub kind: ContradictionKind,
    /// The section.
    pub section: String,
    /// The identity of the record; in an object, the field's name.
    pub record: Said,
    /// The fields that differ; empty if corrections disagree.
    pub fields: Vec<String>,
    /// Everything that is stated.
    pub variants: Vec<Variant>,
    /// Positions of the disagreeing corrections.
    pub corrections: BTreeSet<usize>,
    /// What differs, in words.
    pub message: Localized,
    /// What to do about it.
    pub help: Localized,
}

/// The kinds of differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContradictionKind {
    /// Records of one identity differ. All of them are in the facts.
    Records,
    /// An object's field has several values. A variant's pointer shows whether the facts hold
    /// it; they hold at most one.
    Field,
    /// Corrections of one record disagree. None of them holds.
    Corrections,
}

/// One of several versions of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// The record as stated.
    pub record: Said,
    /// Its pointer in the facts; `None` if it is not there.
    pub pointer: Option<String>,
    /// The sources that state it.
    pub sources: BTreeSet<String>,
    /// Positions of the corrections that led to it.
    pub corrections: BTreeSet<usize>,
}
