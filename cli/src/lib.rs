//! What the `longma` command is made of, for the command and for tests.
//!
//! This is the only crate that reads files. It turns folders into a
//! [`Bundle`](longma_core::Bundle), cases into evaluations, and problems into
//! something to read.

pub mod cases;
pub mod load;
pub mod toml;
