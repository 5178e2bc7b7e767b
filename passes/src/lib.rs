//! Outcomes out: what a person, a door or a venue is shown.
//!
//! A card turns an outcome into what a page draws ([`card`]); a scan becomes a visit
//! and what a venue may know of a person ([`door`]); venues become digests
//! ([`exposure`]); the nearest open sites are found ([`sites`]); a person may hold
//! the cards of dependants ([`proxy`]). Nothing here decides. As pure as core.

pub mod card;
mod code;
pub mod door;
pub mod exposure;
pub mod proxy;
pub mod sites;

pub use code::Code;
pub use longma_identity::mask;
