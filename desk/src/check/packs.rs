//! What is wrong with packs beside their scripts.

use super::world::World;
use crate::finding::Finding;

/// Everything that is wrong with the files around the scripts.
pub(super) fn findings(_world: &World<'_>) -> Vec<Finding> {
    Vec::new()
}
