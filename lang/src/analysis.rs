//! What the checker learns about one script. Findings and editor queries ("what is at
//! this place?") both read it.

use crate::finding::Finding;
use crate::syntax::Bytes;
use crate::types::{Names, Type};
use std::collections::{BTreeMap, BTreeSet};

/// Results for one script, over all lines of descent that use it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Analysis {
    /// The type of each expression, by its `id`. Expressions that no call reaches are
    /// unknown.
    pub types: BTreeMap<u32, Type>,
    /// The meaning of each name in the text, by its first byte.
    pub meanings: BTreeMap<usize, Meaning>,
    /// The levels that each rule can return, by rule name. `None` if they are not
    /// known, for example because a level is not a constant.
    pub levels: BTreeMap<String, Option<Names>>,
    /// The params that the script reads.
    pub params: BTreeSet<String>,
    /// The sections, tables and decisions that rules name and use.
    pub reads: BTreeSet<String>,
    /// The mistakes found.
    pub findings: Vec<Finding>,
}

/// The meaning of a name in a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// A `let`, or a parameter of a function or closure, with the place of its
    /// definition.
    Variable(Bytes),
    /// A function of this script, with the place of its name.
    Function(Bytes),
    /// A helper.
    Helper,
    /// The constructor that a level of this decision names.
    Level,
    /// A field of this kind of record.
    Field {
        /// The record's title.
        record: String,
    },
    /// A param.
    Param,
    /// A parameter of a rule that names a section, a table or a decision.
    Source(crate::scope::Source),
}
