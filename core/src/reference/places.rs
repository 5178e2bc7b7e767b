//! The places of a table's rows, as a tree from coarse to fine.
//!
//! Places are compared folded, ignoring blanks, full-width forms and case.

use super::Group;
use crate::fold;
use std::collections::BTreeMap;

/// Every place that a row names, and those that it is in.
#[derive(Debug, Clone)]
pub(super) struct Places(Vec<Place>);

/// One place.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// The finer places in it, by folded name.
    finer: BTreeMap<Box<str>, usize>,
    /// The rows of just this place.
    pub(super) rows: Vec<usize>,
    /// The number of rows of this place and the finer ones.
    pub(super) below: usize,
    /// The rows of this place and the finer ones that otherwise say the same, as one.
    pub(super) groups: Vec<Group>,
}

/// A clone of a place has no groups yet: their cells are numbered by one table.
impl Clone for Place {
    fn clone(&self) -> Self {
        Self {
            finer: self.finer.clone(),
            rows: self.rows.clone(),
            below: self.below,
            groups: Vec::new(),
        }
    }
}

impl Places {
    /// The position of the place without a name, in which all others are.
    const ALL: usize = 0;

    pub(super) fn new() -> Self {
        Self(vec![Place::default()])
    }

    /// Adds a row of a place, given by its names, coarse to fine.
    pub(super) fn add<'n>(&mut self, names: impl Iterator<Item = &'n str>, row: usize) {
        let mut at = Self::ALL;
        for name in names {
            let next = self.0.len();
            let Some(place) = self.0.get_mut(at) else {
                return;
            };
            at = *place.finer.entry(fold(name).into()).or_insert(next);
            if at == next {
                self.0.push(Place::default());
            }
            if let Some(place) = self.0.get_mut(at) {
                place.below += 1;
            }
        }
        if let Some(place) = self.0.get_mut(at) {
            place.rows.push(row);
        }
    }

    /// The positions of the places on the way to one, coarse to fine, as far as they are
    /// known.
    pub(super) fn way<'n>(
        &self,
        names: impl Iterator<Item = &'n str>,
    ) -> impl Iterator<Item = usize> {
        let mut at = Self::ALL;
        names.map_while(move |name| {
            at = *self.0.get(at)?.finer.get(&*fold(name))?;
            Some(at)
        })
    }

    pub(super) fn get(&self, at: usize) -> Option<&Place> {
        self.0.get(at)
    }

    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut Place> {
        self.0.get_mut(at)
    }
}
