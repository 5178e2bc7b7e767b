//! Runs the command, and checks what it prints and how it exits.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod batch;
mod bounds;
mod check;
mod commands;
mod common;
mod compare;
mod decide;
mod encodings;
mod errors;
mod explain;
mod findings;
mod guide;
mod hostile;
mod lists;
mod lsp;
mod merge;
mod new;
mod outcome;
mod persons;
#[cfg(feature = "population")]
mod population;
mod screen;
mod sealed;
#[cfg(feature = "serve")]
mod serve;
#[cfg(feature = "sql")]
mod sql;
