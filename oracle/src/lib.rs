//! The interpreter: what a script means.
//!
//! Rules are written in a profile of Rhai. This crate reads scripts, gives each
//! rule a body that runs in the interpreter, and can watch what rules do. No other
//! crate that decides knows Rhai.

mod script;
pub mod watch;

pub use script::callable;

use longma_compile::Bundle;
use longma_core::{Catalogue, Problems};
use script::{Host, Interpreter};

/// Checks, compiles and links every pack of a bundle; rules run in the interpreter.
///
/// # Errors
/// All problems of all packs.
pub fn load(bundle: Bundle) -> Result<Catalogue, Problems> {
    let interpreter = Interpreter::new(bundle.levels(), Host::new);
    longma_compile::load(bundle, &interpreter)
}
