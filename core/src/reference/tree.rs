//! The rows of a table as a tree of their places, from coarse to fine.

use super::Group;
use super::near::Shape;
use crate::order::sort_by;
use crate::places::PlaceId;
use crate::when::Span;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What a place is found by in the coarser one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key<'n> {
    /// It is one of the table of places.
    Place(PlaceId),
    /// A folded text.
    Text(Cow<'n, str>),
}

/// Every place that a row names, and those that it is in.
#[derive(Debug)]
pub(super) struct Tree(Vec<Node>);

/// One place.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Its folded text; empty for one of the table of places.
    text: Box<str>,
    shape: OnceLock<Shape>,
    /// The coarser place that it is in; its own position for the one without a name.
    within: usize,
    /// The finer places in it.
    pub(super) finer: BTreeMap<Key<'static>, usize>,
    /// The rows of just this place; once the tree is settled, those with a span, by its
    /// start.
    rows: Vec<usize>,
    /// For each of these rows, the latest end of it and those before it.
    latest: Vec<i64>,
    /// The rows of this place and the finer ones that otherwise say the same, as one.
    pub(super) groups: Vec<Group>,
}

/// A tree holds the place without a name, in which all others are.
impl Default for Tree {
    fn default() -> Self {
        Self(vec![Node::default()])
    }
}

impl Node {
    /// The rows of just this place that meet a span, and the number of rows that were
    /// looked at to find them.
    pub(super) fn meeting<'t>(
        &'t self,
        stay: Span,
        spans: &'t [Option<Span>],
    ) -> (impl Iterator<Item = (usize, Span)> + 't, usize) {
        let span = |row: usize| spans.get(row).copied().flatten();
        let (from, until) = stay.bounds();
        let begun = |row: &usize| span(*row).is_some_and(|span| span.bounds().0 < until);
        let begun = self.rows.partition_point(begun);
        let ended = self.latest.partition_point(|latest| *latest <= from);
        let looked = self.rows.get(ended..begun).unwrap_or_default();
        let met = looked.iter().filter_map(move |row| {
            let met = span(*row)?.meet(stay)?;
            Some((*row, met))
        });
        (met, looked.len())
    }

    /// One of the rows of just this place that have a span.
    pub(super) fn row(&self) -> Option<usize> {
        self.rows.first().copied()
    }

    /// The shape of its text.
    pub(super) fn shape(&self) -> &Shape {
        self.shape.get_or_init(|| Shape::of(&self.text))
    }
}

impl Key<'_> {
    pub(super) fn owned(self) -> Key<'static> {
        match self {
            Key::Place(place) => Key::Place(place),
            Key::Text(text) => Key::Text(Cow::Owned(text.into_owned())),
        }
    }
}

impl Tree {
    /// The position of the place without a name.
    pub(super) const ALL: usize = 0;

    /// Adds a row of a place, given by its keys, coarse to fine; returns the place's
    /// position.
    pub(super) fn add(&mut self, keys: &[Key<'static>], row: usize) -> usize {
        let mut at = Self::ALL;
        for key in keys {
            let next = self.0.len();
            let Some(node) = self.0.get_mut(at) else {
                return at;
            };
            at = match node.finer.get(key) {
                Some(at) => *at,
                None => {
                    node.finer.insert(key.clone(), next);
                    self.0.push(Node {
                        text: match key {
                            Key::Place(_) => Box::default(),
                            Key::Text(text) => text.as_ref().into(),
                        },
                        within: at,
                        ..Node::default()
                    });
                    next
                }
            };
        }
        if let Some(node) = self.0.get_mut(at) {
            node.rows.push(row);
        }
        at
    }

    /// Puts each place's rows in the order of their spans, once all are there.
    pub(super) fn settle(&mut self, spans: &[Option<Span>]) {
        let bounds = |row: usize| spans.get(row).copied().flatten().map(Span::bounds);
        for node in &mut self.0 {
            node.rows.retain(|row| bounds(*row).is_some());
            sort_by(&mut node.rows, |a, b| (bounds(*a), a).cmp(&(bounds(*b), b)));
            let ends = node.rows.iter().filter_map(|row| bounds(*row));
            let latest = ends.scan(i64::MIN, |latest, (_, until)| {
                *latest = until.max(*latest);
                Some(*latest)
            });
            node.latest = latest.collect();
        }
    }

    /// A place and those that it is in, up to the one without a name.
    pub(super) fn up(&self, place: usize) -> impl Iterator<Item = usize> + '_ {
        let mut next = Some(place);
        std::iter::from_fn(move || {
            let at = next?;
            next = (at != Self::ALL).then_some(self.0.get(at)?.within);
            Some(at)
        })
    }

    /// The positions of the places on the way to one, coarse to fine, as far as they are
    /// known.
    pub(super) fn way<'k>(&'k self, keys: &'k [Key<'k>]) -> impl Iterator<Item = usize> + 'k {
        let mut at = Self::ALL;
        keys.iter().map_while(move |key| {
            at = *self.0.get(at)?.finer.get(key)?;
            Some(at)
        })
    }

    /// The place with these keys, if a row names it or one in it.
    pub(super) fn at(&self, keys: &[Key<'_>]) -> Option<&Node> {
        let last = keys.len().checked_sub(1);
        self.get(last.map_or(Some(Self::ALL), |last| self.way(keys).nth(last))?)
    }

    pub(super) fn get(&self, at: usize) -> Option<&Node> {
        self.0.get(at)
    }

    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut Node> {
        self.0.get_mut(at)
    }
}
