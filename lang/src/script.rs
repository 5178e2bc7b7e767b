//! A script to check: its text, lines and tree.

use crate::syntax::{Function, Lines, Parsed, parse, written};
use longma_core::limits;
use std::borrow::Cow;

/// One script.
#[derive(Debug)]
pub struct Script<'a> {
    /// Its path inside the bundle.
    pub file: String,
    /// Its text.
    pub text: Cow<'a, str>,
    /// The part of its text that is written in its file; behind it stand copies of the
    /// functions that it shares with others.
    pub written: &'a str,
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
        Self::new(file.into(), written(text), text.into())
    }

    /// Parses a script that has copies of functions behind what is `written`.
    #[must_use]
    pub fn with_copies(file: impl Into<String>, written: &'a str, copies: &str) -> Self {
        Self::new(file.into(), written, format!("{written}{copies}").into())
    }

    fn new(file: String, written: &'a str, text: Cow<'a, str>) -> Self {
        let bounded = if text.len() > limits::SCRIPT_BYTES {
            ""
        } else {
            &text
        };
        let mut parsed = parse(bounded);
        // What a half-written end leaves open is not closed by what stands behind it.
        if !parsed.errors.is_empty() && written.len() < bounded.len() {
            let own = parse(written).errors;
            if !own.is_empty() {
                parsed.errors = own;
            }
        }
        Self {
            file,
            lines: Lines::new(text.clone()),
            text,
            written,
            parsed,
        }
    }

    /// The function with this name.
    #[must_use]
    pub fn function(&self, name: &str) -> Option<&Function> {
        let functions = &self.parsed.script.functions;
        functions.iter().find(|function| function.name.text == name)
    }
}
