//! The checker: everything that is wrong with packs, before a citizen meets it.
//!
//! It knows the facts. Every expression of a rule gets a type from the schemas,
//! the params and the helpers, and what cannot work is told with its place, a
//! code, and what to do. What it reports as an error fails when facts reach it,
//! or can never do what it says; what runs is not reported. The truth is
//! core's `script`, and tests hold this to it.
//!
//! It takes packs as they are written, also those that core refuses to load.

pub mod analysis;
pub mod helpers;
mod packs;
pub mod types;
pub mod world;

use crate::finding::Finding;
use longma_core::Bundle;
use world::World;

/// Everything that is wrong with the packs of a bundle.
#[must_use]
pub fn check(bundle: &Bundle) -> Vec<Finding> {
    let world = World::new(bundle);
    packs::findings(&world)
}
