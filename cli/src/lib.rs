//! The `longma` command as a library, for the binary and for tests.
//!
//! This is the only crate that reads files and the clock. It turns folders into
//! a [`Bundle`](longma_compile::Bundle), cases into evaluations, and answers and
//! problems into text. It decides nothing; the core does.
//!
//! A command is a function from its arguments to what it prints; printing, exit
//! codes and broken pipes are handled in one place.

mod answer;
mod arguments;
mod commands;
pub mod in_memory;
mod line;
mod messages;
mod read;
mod show;

pub use commands::check;
pub use line::run;
pub use read::{cases, file, load};
