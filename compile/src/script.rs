//! The interface to an interpreter, which reads scripts and runs them.

use longma_core::body::Body;
use longma_core::{Offset, Problems};
use std::fmt::Debug;
use std::rc::Rc;
use std::sync::Arc;

/// Reads scripts.
pub trait Interpreter {
    /// Reads the script of one decision. Problems name places in `file`.
    ///
    /// # Errors
    /// Every mistake in the script.
    fn read(&self, text: &str, file: &str) -> Result<Rc<dyn Script>, Problems>;
}

/// A script that an interpreter has read.
pub trait Script: Debug {
    /// Its public functions, sorted by name. Each is a rule.
    fn functions(&self) -> &[Function];

    /// The body that runs when one of them is called, with calendar days at `offset`.
    fn body(&self, function: &str, offset: Offset) -> Arc<dyn Body>;
}

/// A public function: a rule.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The names of its parameters, in order.
    pub parameters: Vec<String>,
    /// The key of its source, from the `/// source:` line.
    pub source: Option<String>,
    /// The line of the function in the file, from 1.
    pub line: usize,
}
