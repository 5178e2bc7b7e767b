//! Sorting, with one copy of the algorithm for all types.
//!
//! The standard library's sort is made anew for each type and each way to compare: in
//! WebAssembly five kilobytes every time, which a phone loads before it decides anything.
//! The lists here are short and mostly in order already, so what a comparison through a
//! pointer costs does not show. Lists of facts are sorted in [`columns`](crate::columns)
//! instead, where it would.

use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Sorts `items`; equal ones stay in order.
///
/// ```
/// let mut levels = [(2, "red"), (0, "green"), (2, "high")];
/// longma_core::order::sort_by(&mut levels, |a, b| a.0.cmp(&b.0));
/// assert_eq!(levels, [(0, "green"), (2, "red"), (2, "high")]);
/// ```
pub fn sort_by<T>(items: &mut [T], order: impl Fn(&T, &T) -> Ordering) {
    if items.is_sorted_by(|a, b| order(a, b).is_le()) {
        return;
    }
    let mut from = positions(items.len(), &|a, b| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => order(a, b),
        _ => Ordering::Equal,
    });
    // Every item is moved along its cycle; a place that is done points at itself.
    for start in 0..items.len() {
        let mut at = start;
        while let Some(next) = from.get_mut(at).map(|next| std::mem::replace(next, at)) {
            if next == start {
                break;
            }
            items.swap(at, next);
            at = next;
        }
    }
}

/// Sorts `items` by their own order; equal ones stay in order.
pub fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, T::cmp);
}

/// The items of an iterator, sorted, each once.
pub fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    sort(&mut items);
    items.dedup();
    items
}

/// A map with these entries; of two for one key the last. Collecting them would sort them
/// first, with a sort for each type of map.
pub fn map_of<K: Ord, V>(entries: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(entries);
    map
}

/// Where the items of a sorted list come from.
fn positions(len: usize, order: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut from: Vec<usize> = (0..len).collect();
    from.sort_by(|a, b| order(*a, *b));
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
