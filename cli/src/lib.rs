//! What the `longma` command is made of, for the command and for tests.
//!
//! This is the only crate that reads files and the clock. It turns folders into
//! a [`Bundle`](longma_core::Bundle), cases into evaluations, and answers and
//! problems into something to read. It decides nothing: that is the core's.
//!
//! A command is a function from its arguments to what it prints
//! ([`command`]); printing, exit codes and broken pipes are seen to in one
//! place.

mod appeal;
mod args;
mod bands;
mod batch;
mod book;
mod bundle;
mod card;
pub mod cases;
mod changes;
pub mod check;
mod clock;
mod command;
mod compare;
mod coverage;
mod decide;
mod diagnostic;
mod door;
mod explain;
mod given;
mod laws;
pub mod load;
mod locate;
mod merge;
mod messages;
mod moment;
mod new;
mod out;
mod packs;
mod page;
mod rollup;
mod screen;
mod sites;
mod status;
mod stretches;
mod test;
mod usage;

pub use command::run;
pub use longma_desk::toml;
