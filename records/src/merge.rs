//! Joins the data that several sources hold about one person.
//!
//! A [`Dossier`] is a set of statements (a source states a record) and a set of
//! corrections. Joining dossiers is set union, so order, repetition and grouping do not
//! matter. What is known of the person is a function of the dossier
//! ([`Dossier::merged`]): the same statements give the same facts everywhere.
//!
//! - Statements are kept in one normal form: instants at +08:00, lists sorted, members
//!   sorted. Two spellings of one instant are one statement.
//! - Two records are the same record if they agree in the fields that the schema names in
//!   `x-identity`. If no other field differs, they become one record with the fields of
//!   both. If some field differs, every variant stays (except one contained in another)
//!   and a [`Contradiction`] says who states what.
//! - A correction supersedes what was stated, and both are kept. See [`Correction`] for
//!   corrections that disagree.
//! - What a source signed stays in the dossier as it was signed. Where a pack asks for
//!   signatures, [`Dossier::counted`] leaves out what nobody who counts has signed.
//! - Nothing is merged unless all sources name the same document number.
//!
//! Left out: deciding who is right. This module reports the differences; a person decides
//! and writes a correction.

mod correction;
mod dossier;
mod join;
mod ledger;
mod said;
mod shape;
mod signed;
mod who;

pub use correction::{Correction, Officer};
pub use dossier::{Dossier, Statement};
pub use ledger::{Contradiction, ContradictionKind, Entry, Ledger, Merged, Superseded, Variant};
pub use said::Said;
pub use signed::Counted;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;

/// Maximum number of statements in one dossier.
const STATEMENTS: usize = 200_000;
/// Maximum number of signed documents in one dossier.
const SIGNED: usize = 10_000;
/// Maximum number of corrections in one dossier.
const CORRECTIONS: usize = 1_000;
/// Maximum size in bytes of a dossier's JSON, and of a list of corrections.
const DOSSIER_BYTES: usize = 16 * 1024 * 1024;
/// If one record has more variants than this, all of them stay: variants contained in
/// another are no longer looked for.
const VARIANTS: usize = 100;
