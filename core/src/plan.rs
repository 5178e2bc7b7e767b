//! A plan: rules linked and ready to evaluate, whoever wrote them.
//!
//! A region can have several plans in force at a time, one of each series of its
//! packs; a decision belongs to one of them and may read decisions of the others.

use crate::script::Host;
use crate::text::Localized;
use crate::time::Offset;
use crate::timeline::Citation;
use crate::value::Value;
use std::sync::Arc;

/// A pack together with what it inherits: ready to evaluate.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) subject: String,
    pub(crate) host: Host,
    pub(crate) offset: Offset,
    pub(crate) params: Value,
    /// By name; a policy knows in which order they can be evaluated.
    pub(crate) decisions: Vec<Decision>,
}

#[derive(Debug)]
pub(crate) struct Decision {
    pub(crate) name: Arc<str>,
    pub(crate) caption: Localized,
    /// Lowest first.
    pub(crate) levels: Vec<Level>,
    pub(crate) rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Level {
    pub(crate) name: Arc<str>,
    pub(crate) caption: Localized,
    pub(crate) colour: String,
}

#[derive(Debug)]
pub(crate) struct Rule {
    /// Position in the catalogue's packs.
    pub(crate) pack: usize,
    pub(crate) function: String,
    pub(crate) reads: Vec<Read>,
    pub(crate) citation: Arc<Citation>,
}

/// Where an argument of a rule comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Read {
    Params,
    Section(String),
    Table(String),
    Earlier(String),
}
