//! What stands around decisions: operations on facts and on outcomes that a
//! person's phone, a venue's door or a county's office asks for.
//!
//! The engine decides; nothing here does. What is here prepares facts (records
//! of several sources become one document), carries facts from one subject to
//! another (a scan at a venue's door), and turns outcomes into what is shown
//! (a card, a list of duties, what can be contested). It is as pure as core: no
//! clock, no file, no environment, no randomness.

pub mod appeal;
pub mod card;
mod document;
pub mod door;
pub mod exposure;
#[cfg(test)]
mod fixture;
pub mod history;
pub mod identity;
pub mod inspect;
pub mod mask;
pub mod merge;
pub mod proxy;
pub mod rollup;
pub mod screening;
pub mod sites;
pub mod text;

pub use text::problem;
