//! What a command gives back: text and an exit status, or a refusal.
//!
//! Commands return these and print nothing. [`line`](crate::line) prints them, on
//! standard output and standard error.

use crate::show::diagnostic::Diagnostic;

/// How the command ends; `--help` tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Done = 0,
    CaseFailed = 1,
    Usage = 2,
    Facts = 3,
    Packs = 4,
    Files = 5,
}

/// What a command has to say.
#[derive(Debug)]
pub(crate) struct Answer {
    /// For standard output.
    pub(crate) text: String,
    /// Whether the text is for a program: every byte is written as it stands.
    pub(crate) exact: bool,
    /// How it ends.
    pub(crate) exit: Exit,
}

impl Answer {
    /// For whoever reads a terminal.
    pub(crate) fn page(text: String) -> Self {
        Self {
            text,
            exact: false,
            exit: Exit::Done,
        }
    }

    /// For a program.
    pub(crate) fn exact(text: String) -> Self {
        Self {
            exact: true,
            ..Self::page(text)
        }
    }
}

/// Why a command has nothing to say.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// How it ends.
    pub(crate) exit: Exit,
    /// What is wrong.
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
