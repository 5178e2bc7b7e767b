//! Facts in: what is done with records before and after rules decide about them.
//!
//! Records of several sources become one document ([`merge`]), corrections are told
//! apart from what they correct ([`history`]), what can be contested is listed
//! ([`appeal`]), a grid worker's list becomes persons ([`screening`]), clinics are added
//! up ([`rollup`]). [`inspect`] is a crate of its own, since devices need no more.
//! The engine decides; nothing here does. As pure as core: no clock, no file, no
//! environment, no randomness.

pub mod appeal;
mod code;
#[cfg(test)]
mod fixture;
pub mod history;
pub mod merge;
pub mod rollup;
pub mod screening;

pub use code::Code;
pub use longma_inspect as inspect;

use longma_inspect::document;
