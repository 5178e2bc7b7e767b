//! Binding the data of several sources to one person.
//!
//! A [`Dossier`] is a set of statements (this source says this record) and a set
//! of corrections. Joining dossiers is the union of these sets: it does not
//! matter in which order, how often, or by whom they are joined. What is known
//! of the person is a function of the dossier ([`Dossier::merged`]), so the same
//! is known wherever the same was said.
//!
//! - A statement is kept in one form: instants at +08:00, lists sorted, members
//!   sorted. Two spellings of one moment are one statement.
//! - Records are the same record where the fields agree that the schema names in
//!   `x-identity`. If they differ nowhere they become one, with all fields of
//!   both. If they differ, every variant stays (but for one that says nothing
//!   beyond another) and a [`Contradiction`] tells who says what.
//! - A correction supersedes what was said and is kept with it. See
//!   [`Correction`] for what happens when corrections disagree.
//! - Nothing is merged unless all sources speak of one document number.
//!
//! Left out: deciding who is right. Where the sources differ this module says so;
//! a person decides, and writes a correction.

mod correction;
mod dossier;
mod join;
mod ledger;
mod said;
mod shape;
mod who;

pub use correction::{Correction, Officer};
pub use dossier::{Dossier, Statement};
pub use ledger::{Contradiction, ContradictionKind, Entry, Ledger, Merged, Superseded, Variant};
pub use said::Said;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;

/// Statements in one dossier.
const STATEMENTS: usize = 200_000;
/// Corrections in one dossier.
const CORRECTIONS: usize = 1_000;
/// Bytes of a dossier's JSON, and of a list of corrections.
const DOSSIER_BYTES: usize = 16 * 1024 * 1024;
/// Variants of one record among which those that say nothing of their own are
/// looked for; where more of them differ, all stay.
const VARIANTS: usize = 100;
