//! The seam to whatever reads scripts and runs them.

use longma_core::body::Body;
use longma_core::{Offset, Problems};
use std::fmt::Debug;
use std::rc::Rc;
use std::sync::Arc;

/// Reads scripts.
pub trait Interpreter {
    /// Reads the script of one decision; problems name places in `file`.
    ///
    /// # Errors
    /// What is wrong with it.
    fn read(&self, text: &str, file: &str) -> Result<Rc<dyn Script>, Problems>;
}

/// A script that was read.
pub trait Script: Debug {
    /// Its public functions, each a rule, by name.
    fn functions(&self) -> &[Function];

    /// What a call of one of them runs, with calendar days at `offset`.
    fn body(&self, function: &str, offset: Offset) -> Arc<dyn Body>;
}

/// A public function: a rule.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The names of its parameters, in order.
    pub parameters: Vec<String>,
    /// The key that its `/// source:` line gives.
    pub source: Option<String>,
    /// Line of the function in the file, from 1.
    pub line: usize,
}
