//! Reading: files, standard input, folders of packs, tables, cases, lists of persons.
//!
//! Everything here ends in values of `longma_core` and `longma_desk`, or in a
//! [`Refusal`](crate::answer::Refusal) that says what is wrong and where. Nothing
//! here decides or prints.

pub mod cases;
pub(crate) mod clock;
pub mod file;
pub(crate) mod given;
pub(crate) mod inspected;
pub mod load;
pub(crate) mod packs;
pub(crate) mod people;
