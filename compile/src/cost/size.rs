//! Numbers of steps as polynomials in the sizes of lists.
//!
//! A rule that asks every test about every contact takes `5 + 9·contacts +
//! 4·contacts·tests` steps. Coefficients saturate: a number too large to hold counts as
//! the largest there is.

use longma_core::order;
use longma_core::order::Gather;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// Factors that one term has at most; a longer one has no bound.
const DEGREE: usize = 8;
/// Terms that a size has at most; a longer one has no bound.
const TERMS: usize = 200;

/// A list whose length is not known before the facts are.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Var {
    /// A section of the facts, by name.
    Section(Arc<str>),
    /// The list in a field of each record of another list: the path of the list, the
    /// name of the field.
    Child(Arc<str>, Arc<str>),
    /// The rows of a table that meet one record.
    Rows(Arc<str>),
    /// The rows of a table in the places around one record.
    Around(Arc<str>),
    /// The spans of a level of an earlier decision.
    Spans(Arc<str>),
}

/// `contacts`, `visits.companions`, `risk_areas rows`.
impl fmt::Display for Var {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Section(name) => f.write_str(name),
            Self::Child(of, name) => write!(f, "{of}.{name}"),
            Self::Rows(table) => write!(f, "rows({table})"),
            Self::Around(table) => write!(f, "around({table})"),
            Self::Spans(decision) => write!(f, "spans({decision})"),
        }
    }
}

/// What is multiplied in one term, sorted; a square has its list twice.
pub type Factors = Vec<Var>;

/// A number of steps, or of items.
///
/// ```
/// use longma_compile::cost::{Size, Var, product};
///
/// let tests = Size::var(Var::Section("tests".into()));
/// let steps = Size::of(5).plus(&tests.times(&tests));
/// assert_eq!(steps.to_string(), "5 + tests²");
/// // With ten tests:
/// assert_eq!(steps.at(&|factors| product(factors, &|_| 10)), 105);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Size {
    /// How often each product counts.
    terms: BTreeMap<Factors, u64>,
    /// Whether it has no bound.
    endless: bool,
}

impl Size {
    /// A number that is known.
    #[must_use]
    pub fn of(number: u64) -> Self {
        let terms = (number > 0).then(|| (Factors::new(), number));
        Self {
            terms: terms.into_iter().into_map(),
            endless: false,
        }
    }

    /// The length of a list.
    #[must_use]
    pub fn var(var: Var) -> Self {
        Self {
            terms: BTreeMap::from([(vec![var], 1)]),
            endless: false,
        }
    }

    /// A number without a bound.
    #[must_use]
    pub fn endless() -> Self {
        Self {
            terms: BTreeMap::new(),
            endless: true,
        }
    }

    /// The sum of two.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        for (factors, times) in &other.terms {
            let known = self.terms.entry(factors.clone()).or_default();
            *known = known.saturating_add(*times);
        }
        self.endless |= other.endless;
        self.bounded()
    }

    /// The product of two.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        if self.is_zero() || other.is_zero() {
            return Self::default();
        }
        let mut product = Self {
            terms: BTreeMap::new(),
            endless: self.endless || other.endless,
        };
        for (a, n) in &self.terms {
            for (b, m) in &other.terms {
                let mut factors: Factors = a.iter().chain(b).cloned().collect();
                order::sort(&mut factors);
                let known = product.terms.entry(factors).or_default();
                *known = known.saturating_add(n.saturating_mul(*m));
            }
        }
        product.bounded()
    }

    /// A number that is at least both.
    #[must_use]
    pub fn max(mut self, other: &Self) -> Self {
        for (factors, times) in &other.terms {
            let known = self.terms.entry(factors.clone()).or_default();
            *known = (*known).max(*times);
        }
        self.endless |= other.endless;
        self.bounded()
    }

    fn bounded(mut self) -> Self {
        let long = |factors: &Factors| factors.len() > DEGREE;
        if self.terms.len() > TERMS || self.terms.keys().any(long) {
            self.endless = true;
            self.terms.retain(|factors, _| factors.len() <= 1);
        }
        self
    }

    /// Whether it is nothing.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.terms.is_empty() && !self.endless
    }

    /// The lists that it grows with.
    #[must_use]
    pub fn vars(&self) -> BTreeSet<&Var> {
        self.terms.keys().flatten().into_set()
    }

    /// Its value, given that of each product; saturating.
    #[must_use]
    pub fn at(&self, value: &dyn Fn(&Factors) -> u64) -> u64 {
        if self.endless {
            return u64::MAX;
        }
        let terms = self.terms.iter();
        terms
            .map(|(factors, times)| times.saturating_mul(value(factors)))
            .fold(0, u64::saturating_add)
    }

    /// The product that weighs most, given the value of each.
    #[must_use]
    pub fn order(&self, value: &dyn Fn(&Factors) -> u64) -> Factors {
        let terms = self.terms.iter();
        let most = terms
            .max_by_key(|(factors, times)| (times.saturating_mul(value(factors)), factors.len()));
        most.map(|(factors, _)| factors.clone()).unwrap_or_default()
    }
}

/// The product of lengths, each given by `length`; saturating.
pub fn product(factors: &Factors, length: &dyn Fn(&Var) -> u64) -> u64 {
    let lengths = factors.iter().map(length);
    lengths.fold(1, u64::saturating_mul)
}

/// Each factor with its power: `contacts·tests²`.
#[must_use]
pub fn factors_text(factors: &Factors) -> String {
    let mut parts: Vec<(String, usize)> = Vec::new();
    for factor in factors {
        match parts.last_mut() {
            Some((known, power)) if *known == factor.to_string() => *power += 1,
            _ => parts.push((factor.to_string(), 1)),
        }
    }
    let parts = parts.into_iter().map(|(name, power)| match power {
        1 => name,
        2 => format!("{name}²"),
        3 => format!("{name}³"),
        power => format!("{name}^{power}"),
    });
    parts.collect::<Vec<_>>().join("·")
}

/// `5 + 9·contacts + 4·contacts·tests`.
impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut terms: Vec<_> = self.terms.iter().collect();
        order::sort_by_key(&mut terms, |(factors, _)| (factors.len(), *factors));
        let mut parts: Vec<String> = terms
            .into_iter()
            .map(|(factors, times)| match (factors.is_empty(), times) {
                (true, times) => times.to_string(),
                (false, 1) => factors_text(factors),
                (false, times) => format!("{times}·{}", factors_text(factors)),
            })
            .collect();
        if self.endless {
            parts.push("∞".to_owned());
        }
        if parts.is_empty() {
            parts.push("0".to_owned());
        }
        f.write_str(&parts.join(" + "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Size {
        Size::var(Var::Section(name.into()))
    }

    #[test]
    fn sums_and_products_are_those_of_polynomials() {
        let (tests, contacts) = (of("tests"), of("contacts"));
        let inner = Size::of(2).plus(&tests.times(&Size::of(3)));
        let size = Size::of(5)
            .plus(&contacts.times(&inner))
            .plus(&tests.times(&tests));
        assert_eq!(
            size.to_string(),
            "5 + 2·contacts + 3·contacts·tests + tests²"
        );
        let lengths = |var: &Var| if var.to_string() == "tests" { 10 } else { 4 };
        assert_eq!(size.at(&|it| product(it, &lengths)), 5 + 8 + 120 + 100);
        assert_eq!(tests.times(&Size::of(0)), Size::of(0));
    }

    #[test]
    fn the_larger_of_two_is_at_least_both() {
        let (a, b) = (
            Size::of(5).plus(&of("tests")),
            of("tests").times(&Size::of(3)),
        );
        assert_eq!(a.max(&b).to_string(), "5 + 3·tests");
    }

    #[test]
    fn what_is_too_large_saturates_and_what_grows_without_end_has_no_bound() {
        let huge = Size::of(u64::MAX).plus(&Size::of(7));
        assert_eq!(huge.at(&|_| 1), u64::MAX);
        let mut tower = of("tests");
        for _ in 0..DEGREE {
            tower = tower.times(&of("tests"));
        }
        assert_eq!(tower.at(&|_| 0), u64::MAX);
        assert_eq!(Size::endless().times(&Size::of(0)).at(&|_| 9), 0);
    }

    #[test]
    fn the_order_is_the_product_that_weighs_most() {
        let size = Size::of(900)
            .plus(&of("stays").times(&Size::of(50)))
            .plus(&of("contacts").times(&of("tests")));
        let value = |factors: &Factors| product(factors, &|_| 100);
        assert_eq!(factors_text(&size.order(&value)), "contacts·tests");
        let value = |factors: &Factors| product(factors, &|_| 10);
        assert_eq!(factors_text(&size.order(&value)), "");
    }
}
