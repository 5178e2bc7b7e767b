//! Sorting, with one copy of the algorithm for all types.
//!
//! The standard library's sort is made anew for each type and each way to compare: in
//! WebAssembly five kilobytes every time, which a phone loads before it decides anything.
//! The lists here are short and mostly in order already, so what a comparison through a
//! pointer costs does not show. Lists of facts are sorted in [`columns`](crate::columns)
//! instead, where it would.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Sorts `items`; equal ones stay in order.
///
/// ```
/// let mut levels = [(2, "red"), (0, "green"), (2, "high")];
/// longma_core::order::sort_by(&mut levels, |a, b| a.0.cmp(&b.0));
/// assert_eq!(levels, [(0, "green"), (2, "red"), (2, "high")]);
/// ```
pub fn sort_by<T>(items: &mut [T], order: impl Fn(&T, &T) -> Ordering) {
    let swaps = swaps(items.len(), &|a, b| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => order(a, b),
        _ => Ordering::Equal,
    });
    for (at, from) in swaps.into_iter().enumerate() {
        items.swap(at, from);
    }
}

/// Sorts `items` by their own order; equal ones stay in order.
pub fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, T::cmp);
}

/// Sorts `items` by what `key` gives of each; equal ones stay in order.
pub fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(items, |a, b| key(a).cmp(&key(b)));
}

/// The items of an iterator, sorted, each once.
pub fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    sort(&mut items);
    items.dedup();
    items
}

/// Gathers what an iterator gives into a set or a map.
///
/// `collect` would sort the items first and build the tree from its leaves, with a sort for
/// each type of set and map.
///
/// ```
/// use longma_core::order::Gather;
///
/// let at = [("red", 2), ("green", 0), ("red", 3)].into_iter().into_map();
/// assert_eq!(at["red"], 3);
/// assert_eq!(["b", "a", "b"].into_iter().into_set().len(), 2);
/// ```
pub trait Gather: Iterator + Sized {
    /// A set of the items.
    fn into_set(self) -> BTreeSet<Self::Item>
    where
        Self::Item: Ord,
    {
        let mut set = BTreeSet::new();
        set.extend(self);
        set
    }

    /// A map with these entries; of two for one key the last.
    fn into_map<K: Ord, V>(self) -> BTreeMap<K, V>
    where
        Self: Iterator<Item = (K, V)>,
    {
        let mut map = BTreeMap::new();
        map.extend(self);
        map
    }
}

impl<I: Iterator> Gather for I {}

/// What to swap each place of a list with, one after the other, to sort it; nothing if it is
/// sorted.
fn swaps(len: usize, order: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    if (1..len).all(|at| order(at - 1, at).is_le()) {
        return Vec::new();
    }
    let mut from: Vec<usize> = (0..len).collect();
    from.sort_by(|a, b| order(*a, *b));
    // What came from an earlier place has been swapped away from there.
    for at in 0..len {
        let mut source = from.get(at).copied().unwrap_or(at);
        while source < at {
            source = from.get(source).copied().unwrap_or(at);
        }
        if let Some(from) = from.get_mut(at) {
            *from = source;
        }
    }
    from
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn it_sorts_as_the_standard_library_does(items in prop::collection::vec((0..9_u8, any::<u8>()), 0..80)) {
            let (mut ours, mut theirs) = (items.clone(), items);
            sort_by(&mut ours, |a, b| a.0.cmp(&b.0));
            theirs.sort_by_key(|item| item.0);
            prop_assert_eq!(ours, theirs);
        }
    }
}
