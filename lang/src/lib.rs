//! The language of rules: its syntax, its types, and the one table of what rules
//! can call.
//!
//! It knows facts by their schemas and knows no packs: what the names in a rule
//! mean comes in as a [`Scope`](scope::Scope). Every expression of a rule gets a
//! type, and what cannot work is told with its place, a code and what to do.

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
