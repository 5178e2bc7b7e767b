//! The rule language: its syntax, its types, and the table of what rules can call.
//!
//! The crate knows facts through their schemas and knows no packs: a
//! [`Scope`](scope::Scope) says what the names in a rule mean. The checker gives every
//! expression of a rule a type and reports each mistake with its place, a code and a
//! help text. It does not run rules.

pub mod analysis;
pub mod check;
pub mod codes;
pub mod finding;
pub mod helpers;
mod infer;
mod notes;
mod operators;
pub mod scope;
pub mod script;
pub mod syntax;
pub mod types;

longma_core::messages!();
