//! Outcomes out: what a person, a door or a venue is shown.
//!
//! - [`card`]: what a page draws for an outcome;
//! - [`door`]: visits from scans, and what a venue learns about a person;
//! - [`exposure`]: venues as digests;
//! - [`sites`]: the nearest open sampling sites;
//! - [`policy`]: what is in force in a region, in the packs' words;
//! - [`proxy`]: the cards of dependants that a person may hold.
//!
//! Nothing here decides. Like core, this crate has no clock, files or randomness.

pub mod card;
mod code;
pub mod door;
pub mod exposure;
pub mod policy;
pub mod proxy;
pub mod sites;

pub use code::Code;
pub use longma_identity::mask;
