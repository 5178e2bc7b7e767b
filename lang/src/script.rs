//! A script to check: its text, lines and tree.

use crate::syntax::{Function, Lines, Parsed, parse};
use longma_core::limits;

/// One script.
#[derive(Debug)]
pub struct Script<'a> {
    /// Its path inside the bundle.
    pub file: String,
    /// Its text.
    pub text: &'a str,
    /// Where its lines start.
    pub lines: Lines<'a>,
    /// Its tree. Empty if the text is longer than [`limits::SCRIPT_BYTES`].
    pub parsed: Parsed,
}

impl<'a> Script<'a> {
    /// Parses a script. Syntax errors do not stop it.
    ///
    /// ```
    /// use longma_lang::script::Script;
    ///
    /// let script = Script::read("code.rhai", "fn positive(tests) { red(always()) }");
    /// assert!(script.function("positive").is_some());
    /// assert!(script.parsed.errors.is_empty());
    /// ```
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

    /// The function with this name.
    #[must_use]
    pub fn function(&self, name: &str) -> Option<&Function> {
        let functions = &self.parsed.script.functions;
        functions.iter().find(|function| function.name.text == name)
    }
}
