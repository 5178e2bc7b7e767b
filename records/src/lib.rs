//! Works with records before and after rules decide about them.
//!
//! [`merge`] joins records of several sources into one document, [`history`] tells what
//! was decided before and after each correction, [`appeal`] lists what can be contested,
//! [`screening`] turns a grid worker's list into persons, and [`rollup`] adds up clinics'
//! counts. [`inspect`] is a crate of its own because devices need only that part.
//!
//! Left out: deciding, which is the engine's. The crate is as pure as core: no clock, no
//! files, no environment, no randomness.

pub mod alike;
pub mod appeal;
mod code;
pub mod document;
#[cfg(test)]
mod fixture;
pub mod history;
pub mod merge;
pub mod rollup;
pub mod screening;

pub use code::Code;
pub use longma_inspect as inspect;
