//! SQL over populations: decisions as functions of [`DataFusion`](datafusion).
//!
//! | in SQL | what it is |
//! |---|---|
//! | `longma_outcome(question, facts)` | a scalar: the [outcome](longma_population::outcome) of a struct of sections |
//! | `longma_decide(table, decisions, at, …)` | a table: labels, region, and each decision in columns |
//! | `longma_compare(table, decisions, at, before, after, …)` | a table: each decision by two sets of packs |
//!
//! A person is decided by that person's row alone. Nothing is joined or exchanged for a
//! decision, so partitions are decided wherever they lie.
//!
//! Left out: loading packs, which the caller does.

#[cfg(feature = "cluster")]
pub mod cluster;
mod code;
mod error;
mod files;
pub mod outcome;
mod packs;
mod part;
mod question;
mod session;
pub mod table;
pub mod view;

pub use code::Code;
pub use error::{Error, Result};
pub use packs::Packs;
pub use question::{Asked, Tell};
pub use session::{Session, Settings};
