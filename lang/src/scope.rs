//! The meanings of names in a rule: sections of the facts, params, tables and earlier
//! decisions. The reader of the packs builds one scope for each line of descent.

use crate::types::{Item, Kind, Type, of_schema};
use longma_core::schema::{self, INCOMPLETE, Object, SUBJECT};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What names mean in the rules of one line of descent.
#[derive(Debug, Clone)]
pub struct Scope<'a> {
    /// The schema of the facts.
    pub schema: Option<Arc<Object>>,
    /// The params, as the record that rules read.
    pub params: Item,
    /// The levels of the line's own decisions, lowest first.
    pub own: BTreeMap<&'a str, &'a [String]>,
    /// The levels of decisions of other series that rules can read here, lowest first.
    pub beside: BTreeMap<&'a str, &'a [String]>,
    /// Shared by all scopes of the same packs.
    pub common: Arc<Common>,
}

/// What is the same for all packs.
#[derive(Debug, Clone, Default)]
pub struct Common {
    /// The schema of each reference table's rows.
    pub tables: BTreeMap<String, Arc<Object>>,
    /// The levels of all decisions of all packs. Each one names a constructor of
    /// causes.
    pub levels: BTreeSet<String>,
}

/// What a rule's parameter stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The params.
    Params,
    /// A section of the facts.
    Section,
    /// A reference table.
    Table,
    /// An earlier decision.
    Decision,
}

impl Scope<'_> {
    /// What a parameter of a rule of `decision` stands for, and its type. A rule cannot
    /// read its own decision.
    #[must_use]
    pub fn read(&self, decision: &str, name: &str) -> Option<(Source, Type)> {
        if name == "params" {
            let record = Kind::Record(self.params.clone());
            return Some((Source::Params, record.into()));
        }
        if let Some(kind) = self.section(name) {
            let title = self.schema.as_ref().and_then(|schema| schema.title.clone());
            let whole = of_schema(kind, &title.unwrap_or_default(), name);
            return Some((Source::Section, whole));
        }
        if self.common.tables.contains_key(name) {
            return Some((Source::Table, Kind::Table(name.to_owned()).into()));
        }
        let earlier = name != decision && self.scale(name).is_some();
        earlier.then(|| (Source::Decision, Kind::Timeline(name.to_owned()).into()))
    }

    /// Every name that a rule of `decision` can take as a parameter.
    #[must_use]
    pub fn readable(&self, decision: &str) -> Vec<&str> {
        let fields = self.schema.iter().flat_map(|schema| schema.names());
        let sections = fields.filter(|name| is_section(name));
        let decisions = self.own.keys().chain(self.beside.keys()).copied();
        sections
            .chain(["params"])
            .chain(self.common.tables.keys().map(String::as_str))
            .chain(decisions.filter(|name| *name != decision))
            .collect()
    }

    /// The levels of a decision in scope, lowest first.
    #[must_use]
    pub fn scale(&self, decision: &str) -> Option<&[String]> {
        let own = self.own.get(decision);
        own.or_else(|| self.beside.get(decision)).copied()
    }

    fn section(&self, name: &str) -> Option<&schema::Type> {
        let schema = self.schema.as_ref().filter(|_| is_section(name))?;
        schema.kind(name)
    }
}

/// Whether a rule can read a member of the facts.
fn is_section(name: &str) -> bool {
    ![SUBJECT, INCOMPLETE].contains(&name)
}
