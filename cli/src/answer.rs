//! The result of a command: text and an exit status, or a refusal.
//!
//! Commands return these and print nothing. [`line`](crate::line) prints them, on
//! standard output and standard error.

use crate::show::diagnostic::Diagnostic;

/// Exit codes; `--help` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Done = 0,
    CaseFailed = 1,
    Usage = 2,
    Facts = 3,
    Packs = 4,
    Files = 5,
}

/// What a command prints, and how it exits.
#[derive(Debug)]
pub(crate) struct Answer {
    /// For standard output.
    pub(crate) text: String,
    /// Whether the text is for a program: it is then written byte for byte.
    pub(crate) exact: bool,
    pub(crate) exit: Exit,
}

impl Answer {
    /// Text for a person; colours are removed where they are not wanted.
    pub(crate) fn page(text: String) -> Self {
        Self {
            text,
            exact: false,
            exit: Exit::Done,
        }
    }

    /// Text for a program, written byte for byte.
    pub(crate) fn exact(text: String) -> Self {
        Self {
            exact: true,
            ..Self::page(text)
        }
    }
}

/// Why a command gave no answer.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) exit: Exit,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Refusal {
    pub(crate) fn new(exit: Exit, diagnostic: Diagnostic) -> Self {
        Self {
            exit,
            diagnostics: vec![diagnostic],
        }
    }
}
