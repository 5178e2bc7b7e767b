//! Reading: files, standard input, folders of packs, tables, cases, lists of persons.
//!
//! Everything here returns values of `longma_core` and `longma_desk`, or a
//! [`Refusal`](crate::answer::Refusal) that says what is wrong and where. Only
//! `inspected` and `record` decide, and nothing here prints.

pub(crate) mod bounded;
pub mod cases;
pub(crate) mod clock;
pub(crate) mod dossier;
pub mod file;
pub(crate) mod given;
pub(crate) mod inspected;
pub mod load;
pub(crate) mod packs;
pub(crate) mod people;
pub(crate) mod record;
pub(crate) mod sealed;
pub(crate) mod text;
