//! Answers and problems as text.
//!
//! Nothing here decides or reads a file; [`terminal`] writes to standard output and
//! standard error, [`out`] to the file that was asked for.

pub(crate) mod bands;
pub(crate) mod changes;
pub(crate) mod diagnostic;
pub(crate) mod example;
pub(crate) mod history;
pub(crate) mod locate;
pub(crate) mod moment;
pub(crate) mod out;
pub(crate) mod page;
pub(crate) mod reading;
pub(crate) mod record;
pub(crate) mod sources;
pub(crate) mod status;
pub(crate) mod stretches;
pub(crate) mod terminal;
#[cfg(feature = "population")]
pub(crate) mod trouble;
pub(crate) mod unknown;
pub(crate) mod unreadable;
