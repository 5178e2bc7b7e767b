//! What the checker learned about one script: for findings, and for an editor
//! that asks what is at a place.

use crate::finding::Finding;
use crate::syntax::Bytes;
use crate::types::{Names, Type};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of a script, over all lines of descent in which it is used.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Analysis {
    /// The type of each expression, by its `id`; what no call reaches is unknown.
    pub types: BTreeMap<u32, Type>,
    /// What each name in the text means, by its first byte.
    pub meanings: BTreeMap<usize, Meaning>,
    /// The levels that each rule can return, by its name; `None` where they are
    /// not known, as with a level that is no constant.
    pub levels: BTreeMap<String, Option<Names>>,
    /// The params that are read.
    pub params: BTreeSet<String>,
    /// The sections, tables and decisions that rules name and use.
    pub reads: BTreeSet<String>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// What a name in a script means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// A `let`, a parameter of a function or of a closure: where it is defined.
    Variable(Bytes),
    /// A function of this script: where its name stands.
    Function(Bytes),
    /// A helper.
    Helper,
    /// The constructor of a level of this decision.
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
