//! One script as it is checked: its text, its lines and its tree.

use crate::syntax::{Function, Lines, Parsed, parse};
use longma_core::limits;

/// One script.
#[derive(Debug)]
pub struct Script<'a> {
    /// Its path inside the bundle.
    pub file: String,
    /// Its text.
    pub text: &'a str,
    /// Where its lines begin.
    pub lines: Lines<'a>,
    /// Its tree; empty where the text is longer than [`limits::SCRIPT_BYTES`].
    pub parsed: Parsed,
}

impl<'a> Script<'a> {
    /// Parses a script, whatever is wrong with it.
    #[must_use]
    pub fn read(file: impl Into<String>, text: &'a str) -> Self {
        let bounded = if text.len() > limits::SCRIPT_BYTES {
            ""
        } else {
            text
        };
        Self {
            file: file.into(),
            text,
            lines: Lines::new(text),
            parsed: parse(bounded),
        }
    }

    /// The function of this name.
    #[must_use]
    pub fn function(&self, name: &str) -> Option<&Function> {
        let functions = &self.parsed.script.functions;
        functions.iter().find(|function| function.name.text == name)
    }
}
