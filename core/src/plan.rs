//! Plans: linked rules, ready to evaluate.
//!
//! A region can have several plans in force at once, one for each series of its packs.
//! A decision belongs to one plan and may read decisions of the others.

use crate::body::Body;
use crate::role::Roles;
use crate::text::Localized;
use crate::time::Offset;
use crate::timeline::Citation;
use crate::value::Value;
use std::sync::Arc;

/// A pack together with what it inherits, ready to evaluate.
#[derive(Debug)]
pub struct Plan {
    /// The kind of subject that the plan decides about.
    pub subject: String,
    /// The UTC offset of its calendar days.
    pub offset: Offset,
    /// The record that the rules read as `params`.
    pub params: Value,
    /// The decisions, by name. A policy has the order in which to evaluate them.
    pub decisions: Vec<Decision>,
}

/// A question that a plan answers.
#[derive(Debug)]
pub struct Decision {
    /// The name, such as `code` or `gold`.
    pub name: Arc<str>,
    /// The id of the pack that declares the decision.
    pub declared_by: Arc<str>,
    /// Its uses on a card, at a door or in a list.
    pub roles: Roles,
    /// Its name for readers.
    pub caption: Localized,
    /// The scale, lowest level first.
    pub levels: Vec<Level>,
    /// The rules, by name.
    pub rules: Vec<Rule>,
}

/// A level of a decision's scale.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Level {
    /// The name, such as `red`.
    pub name: Arc<str>,
    /// Its name for readers.
    pub caption: Localized,
    /// The colour that it is shown in.
    pub colour: String,
}

/// A public function of a script, ready to be called.
#[derive(Debug)]
pub struct Rule {
    /// The function's name in its script.
    pub function: String,
    /// Where its arguments come from, in the order of its parameters.
    pub reads: Vec<Read>,
    /// The rule's texts for readers.
    pub citation: Arc<Citation>,
    /// The script's path inside the bundle, for problems.
    pub file: Arc<str>,
    /// The code to run.
    pub body: Arc<dyn Body>,
}

impl Rule {
    /// The reference tables that it reads.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.reads.iter().filter_map(|read| match read {
            Read::Table(name) => Some(name.as_str()),
            Read::Params | Read::Section(..) | Read::Earlier(_) => None,
        })
    }
}

/// Where an argument of a rule comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// The plan's params.
    Params,
    /// A section of the facts: its name, and its position in the schema.
    Section(String, usize),
    /// A reference table, by name.
    Table(String),
    /// An earlier decision, by name.
    Earlier(String),
}

impl Decision {
    /// The position of a level on the scale.
    #[must_use]
    pub fn rank(&self, level: &str) -> Option<usize> {
        self.levels.iter().position(|known| *known.name == *level)
    }

    /// The decisions that its rules read.
    pub fn earlier(&self) -> impl Iterator<Item = &str> {
        let reads = self.rules.iter().flat_map(|rule| &rule.reads);
        reads.filter_map(|read| match read {
            Read::Earlier(name) => Some(name.as_str()),
            Read::Params | Read::Section(..) | Read::Table(_) => None,
        })
    }
}
