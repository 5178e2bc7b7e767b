//! `When`: the set of instants at which something holds.
//!
//! A set is always normalised: its spans are sorted, disjoint, not touching and not
//! empty, so equal sets are equal values. [`When::of`] and [`When::union`] sort; every
//! other operation is linear in the number of spans.

use crate::order::sort_by;
use crate::time::Instant;

/// The open past and the open future; no [`Instant`] reaches them.
const PAST: i64 = i64::MIN;
const FUTURE: i64 = i64::MAX;

/// A half-open stretch of time `[from, until)`; `None` stands for an open end.
///
/// ```
/// use longma_core::{Instant, Span};
/// let at = |text: &str| Instant::parse(text).unwrap();
/// let (from, until) = (at("2022-07-08T21:00:00+08:00"), at("2022-07-15T21:00:00+08:00"));
/// let span = Span::new(Some(from), Some(until)).unwrap();
/// assert!(span.contains(from) && !span.contains(until));
/// assert!(Span::ALWAYS.covers(span));
/// assert_eq!(Span::new(Some(until), Some(from)), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    from: i64,
    until: i64,
}

impl Span {
    /// All of time.
    pub const ALWAYS: Self = Self {
        from: PAST,
        until: FUTURE,
    };

    /// The span `[from, until)`; `None` if it would be empty.
    #[must_use]
    pub fn new(from: Option<Instant>, until: Option<Instant>) -> Option<Self> {
        let from = from.map_or(PAST, Instant::unix);
        let until = until.map_or(FUTURE, Instant::unix);
        (from < until).then_some(Self { from, until })
    }

    /// The first instant; `None` if the past is open.
    #[must_use]
    pub fn from(self) -> Option<Instant> {
        Instant::from_unix(self.from)
    }

    /// The first instant after the span; `None` if the future is open.
    #[must_use]
    pub fn until(self) -> Option<Instant> {
        Instant::from_unix(self.until)
    }

    /// Whether `instant` lies in the span.
    #[must_use]
    pub fn contains(self, instant: Instant) -> bool {
        self.from <= instant.unix() && instant.unix() < self.until
    }

    /// Start and end in seconds since the Unix epoch; open ends are the extremes of `i64`.
    #[must_use]
    pub fn bounds(self) -> (i64, i64) {
        (self.from, self.until)
    }

    /// Whether all of `other` lies in this span.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self.from <= other.from && other.until <= self.until
    }

    /// The span with these [`bounds`](Self::bounds); `None` if it would be empty.
    #[must_use]
    pub fn of_bounds(from: i64, until: i64) -> Option<Self> {
        (from < until).then_some(Self { from, until })
    }

    /// The instants in both spans; `None` if there are none.
    #[must_use]
    pub fn meet(self, other: Self) -> Option<Self> {
        Self::of_bounds(self.from.max(other.from), self.until.min(other.until))
    }

    /// Both spans as one, if they touch or overlap.
    pub(crate) fn joined(self, other: Self) -> Option<Self> {
        let touch = self.from <= other.until && other.from <= self.until;
        touch.then(|| Self {
            from: self.from.min(other.from),
            until: self.until.max(other.until),
        })
    }

    /// Orders by start, then end; the open past comes first, the open future last.
    #[must_use]
    pub fn order(self, other: Self) -> std::cmp::Ordering {
        (self.from, self.until).cmp(&(other.from, other.until))
    }
}

/// A set of instants, as normalised spans.
///
/// ```
/// use longma_core::{Instant, When};
/// let between = |a, b| When::between(Instant::from_unix(a), Instant::from_unix(b));
/// assert_eq!(between(0, 5).union(&between(5, 9)), between(0, 9));
/// assert_eq!(between(0, 9).difference(&between(3, 5)).spans().len(), 2);
/// assert_eq!(When::never().complement(), When::always());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct When(Vec<Span>);

impl When {
    /// The empty set, as a constant.
    pub(crate) const NEVER: Self = Self(Vec::new());

    /// The empty set.
    #[must_use]
    pub fn never() -> Self {
        Self(Vec::new())
    }

    /// Every instant.
    #[must_use]
    pub fn always() -> Self {
        Self(vec![Span {
            from: PAST,
            until: FUTURE,
        }])
    }

    /// `[from, until)`; empty if `from` is not before `until`.
    #[must_use]
    pub fn between(from: Option<Instant>, until: Option<Instant>) -> Self {
        Self(Span::new(from, until).into_iter().collect())
    }

    /// The set of all instants in `spans`, which may overlap and be in any order.
    #[must_use]
    pub fn of(spans: impl IntoIterator<Item = Span>) -> Self {
        let mut spans: Vec<Span> = spans.into_iter().collect();
        sort_by(&mut spans, |a, b| a.order(*b));
        spans.dedup_by(|span, last| {
            let touches = span.from <= last.until;
            if touches {
                last.until = last.until.max(span.until);
            }
            touches
        });
        Self(spans)
    }

    /// The spans, earliest first.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.0
    }

    /// Whether no instant is in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `instant` is in the set.
    #[must_use]
    pub fn contains(&self, instant: Instant) -> bool {
        let after = self.0.partition_point(|span| span.from <= instant.unix());
        after
            .checked_sub(1)
            .and_then(|index| self.0.get(index))
            .is_some_and(|span| span.contains(instant))
    }

    /// Instants in either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self::of(self.0.iter().chain(&other.0).copied())
    }

    /// Instants in both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut out = Vec::new();
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            let span = Span {
                from: a.from.max(b.from),
                until: a.until.min(b.until),
            };
            if span.from < span.until {
                out.push(span);
            }
            if a.until < b.until {
                left.next();
            } else {
                right.next();
            }
        }
        Self(out)
    }

    /// The part of the set inside `span`.
    #[must_use]
    pub fn within(&self, span: Span) -> Self {
        self.intersection(&Self(vec![span]))
    }

    /// Instants not in the set.
    #[must_use]
    pub fn complement(&self) -> Self {
        let mut out = Vec::with_capacity(self.0.len() + 1);
        let mut open = PAST;
        for span in &self.0 {
            if open < span.from {
                out.push(Span {
                    from: open,
                    until: span.from,
                });
            }
            open = span.until;
        }
        if open < FUTURE {
            out.push(Span {
                from: open,
                until: FUTURE,
            });
        }
        Self(out)
    }

    /// Instants in this set but not in the other.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.intersection(&other.complement())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Option<Instant> {
        Instant::from_unix(second)
    }

    fn span(from: i64, until: i64) -> When {
        When::between(at(from), at(until))
    }

    #[test]
    fn touching_spans_become_one() {
        assert_eq!(span(0, 5).union(&span(5, 9)), span(0, 9));
        assert_ne!(span(0, 5).union(&span(6, 9)), span(0, 9));
    }

    #[test]
    fn spans_are_half_open() {
        let when = span(0, 5);
        let holds: Vec<bool> = [-1, 0, 4, 5]
            .iter()
            .filter_map(|s| at(*s))
            .map(|t| when.contains(t))
            .collect();
        assert_eq!(holds, [false, true, true, false]);
    }

    #[test]
    fn an_empty_span_is_never() {
        assert_eq!(span(5, 5), When::never());
        assert_eq!(span(6, 5), When::never());
    }

    #[test]
    fn the_complement_of_always_is_never() {
        assert_eq!(When::always().complement(), When::never());
        assert_eq!(When::never().complement(), When::always());
    }

    #[test]
    fn difference_cuts_a_hole() {
        let cut = span(0, 10).difference(&span(3, 4));
        assert_eq!(cut, span(0, 3).union(&span(4, 10)));
    }

    mod laws {
        use super::*;
        use proptest::prelude::*;

        /// Sets over a short stretch of time, so that spans often touch and overlap.
        fn sets() -> impl Strategy<Value = When> {
            let end = || proptest::option::weighted(0.9, 0..20_i64);
            let span = (end(), end()).prop_map(|(a, b)| {
                Span::new(
                    a.and_then(Instant::from_unix),
                    b.and_then(Instant::from_unix),
                )
            });
            proptest::collection::vec(span, 0..6).prop_map(|s| When::of(s.into_iter().flatten()))
        }

        fn members(when: &When) -> Vec<bool> {
            (-2..22)
                .filter_map(Instant::from_unix)
                .map(|t| when.contains(t))
                .collect()
        }

        fn is_normal(when: &When) -> bool {
            let nonempty = when.spans().iter().all(|s| s.bounds().0 < s.bounds().1);
            let apart = when.spans().windows(2).all(|pair| match pair {
                [a, b] => a.bounds().1 < b.bounds().0,
                _ => false,
            });
            nonempty && apart
        }

        proptest! {
            #[test]
            fn operations_say_of_each_instant_what_boolean_algebra_says(a in sets(), b in sets()) {
                for (i, t) in (-2..22).filter_map(Instant::from_unix).enumerate() {
                    let (x, y) = (a.contains(t), b.contains(t));
                    prop_assert_eq!(a.union(&b).contains(t), x || y, "{}", i);
                    prop_assert_eq!(a.intersection(&b).contains(t), x && y);
                    prop_assert_eq!(a.difference(&b).contains(t), x && !y);
                    prop_assert_eq!(a.complement().contains(t), !x);
                }
            }

            #[test]
            fn equal_sets_are_equal_values(a in sets(), b in sets(), c in sets()) {
                prop_assert_eq!(a.union(&b), b.union(&a));
                prop_assert_eq!(a.intersection(&b), b.intersection(&a));
                prop_assert_eq!(a.union(&b).union(&c), a.union(&b.union(&c)));
                prop_assert_eq!(
                    a.intersection(&b.union(&c)),
                    a.intersection(&b).union(&a.intersection(&c))
                );
                prop_assert_eq!(a.complement().complement(), a.clone());
                prop_assert_eq!(
                    a.union(&b).complement(),
                    a.complement().intersection(&b.complement())
                );
                prop_assert_eq!(a.union(&a.complement()), When::always());
                prop_assert_eq!(a.intersection(&a.complement()), When::never());
            }

            #[test]
            fn results_are_normalised(a in sets(), b in sets()) {
                for when in [a.union(&b), a.intersection(&b), a.difference(&b), a.complement()] {
                    prop_assert!(is_normal(&when), "{:?}", when);
                    prop_assert_eq!(members(&When::of(when.spans().iter().copied())), members(&when));
                }
            }
        }
    }
}
