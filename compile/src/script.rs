//! The interface to what reads scripts and makes bodies of their rules: the compiler,
//! and the interpreter that it is held to.

use longma_core::body::Body;
use longma_core::plan::Read;
use longma_core::value::Value;
use longma_core::{Offset, Problem, Problems, Schema};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::rc::Rc;
use std::sync::Arc;

/// Reads scripts.
pub trait Interpreter<'a> {
    /// Reads a decision's script. `file` is its path in the bundle, for problems.
    ///
    /// # Errors
    /// Everything that is wrong with the text.
    fn read(&self, text: &'a str, file: &str) -> Result<Rc<dyn Script + 'a>, Problems>;

    /// The texts in rules that facts are to share.
    fn texts(&self) -> Vec<Arc<str>> {
        Vec::new()
    }
}

/// A script, ready to be linked into plans.
pub trait Script: Debug {
    /// Its rules: the public functions, sorted by name.
    fn functions(&self) -> &[Function];

    /// The body of a rule.
    ///
    /// # Errors
    /// If the rule is outside of the profile.
    fn body(&self, rule: &Meaning<'_>) -> Result<Arc<dyn Body>, Problem>;
}

/// A rule of a script, and what its names mean in one line of descent.
#[derive(Debug, Clone, Copy)]
pub struct Meaning<'a> {
    /// The name of the function.
    pub function: &'a str,
    /// Where its arguments come from, in the order of its parameters.
    pub reads: &'a [Read],
    /// The record of params.
    pub params: &'a Value,
    /// The offset of calendar days.
    pub offset: Offset,
    /// The schema of the facts.
    pub schema: &'a Schema,
    /// The schemas of the reference tables.
    pub tables: &'a BTreeMap<String, Schema>,
}

/// A public function of a script.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The names of its parameters.
    pub parameters: Vec<String>,
    /// The key in its `/// source: key` line.
    pub source: Option<String>,
    /// The line where it starts.
    pub line: usize,
}
