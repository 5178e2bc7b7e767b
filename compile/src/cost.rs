//! The most that a rule can cost: its steps as the machine counts them, as a polynomial
//! in the sizes of the lists that it goes through, and as a number for documents at the
//! caps of their schema.
//!
//! The bound is of a run that ends: every condition comes out the dear way, every list
//! is as long as it can be, nothing is found early. It holds for the machine, not for the
//! interpreter, whose steps are its own.

mod caps;
mod known;
mod read;
mod size;

#[cfg(test)]
mod tests;

pub use caps::Caps;
pub use size::{Factors, Size, Var, factors_text, product};

pub(crate) use known::Known;
pub(crate) use read::{Place, Reader, Scan, Sources};

use longma_core::limits;
use longma_core::program::{Entry, Function, Id, NONE, Op, Program};
use std::collections::BTreeSet;

/// The most that a rule can cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// Steps of the fast form; `None` if the rule has none.
    pub fast: Option<Size>,
    /// Steps of the exact form, which runs where anything is unusual.
    pub exact: Size,
    /// The line and column of the dearest part, from 1: the innermost scan or search that
    /// makes at least half of the exact form's bound.
    pub dearest: Option<(usize, usize)>,
}

impl Bound {
    /// The most steps for documents within `caps`. The fast form runs only for ordinary
    /// facts, whose lists have [`limits::ORDINARY_LENGTH`] items at most.
    #[must_use]
    pub fn at(&self, caps: &Caps) -> u64 {
        let ordinary = caps.no_longer_than(limits::ORDINARY_LENGTH);
        let fast = self.fast.as_ref();
        let fast = fast.map_or(0, |size| size.at(&|it| ordinary.product(it)));
        fast.max(self.exact.at(&|it| caps.product(it)))
    }

    /// The product of lists that weighs most in it, for documents within `caps`.
    #[must_use]
    pub fn order(&self, caps: &Caps) -> Factors {
        self.exact.order(&|it| caps.product(it))
    }

    /// The longest that every list may be, for the rule to stay within `steps`; `None` if
    /// it always does.
    #[must_use]
    pub fn within(&self, caps: &Caps, steps: u64) -> Option<u64> {
        let at = |items: u64| {
            let value = |factors: &Factors| product(factors, &|var| caps.most(var).min(items));
            let fast = self.fast.as_ref().map_or(0, |size| size.at(&value));
            fast.max(self.exact.at(&value))
        };
        let (mut fits, mut breaks) = (0, limits::REFERENCE_ROWS as u64 + 1);
        if at(breaks) <= steps {
            return None;
        }
        while breaks - fits > 1 {
            let middle = fits + (breaks - fits) / 2;
            if at(middle) <= steps {
                fits = middle;
            } else {
                breaks = middle;
            }
        }
        Some(fits)
    }

    /// The most that a whole plan can cost: each of its rules once.
    #[must_use]
    pub fn of_all<'b>(rules: impl IntoIterator<Item = &'b Self>, caps: &Caps) -> u64 {
        let steps = rules.into_iter().map(|rule| rule.at(caps));
        steps.fold(0, u64::saturating_add)
    }
}

/// The bound of a rule, given what else it reads.
pub(crate) fn bound(sources: Sources<'_>, entry: &Entry, caps: &Caps) -> Bound {
    let form = |root: Id| Reader::new(sources).run(root);
    Bound {
        fast: (entry.fast != NONE).then(|| form(entry.fast)),
        exact: form(entry.exact),
        dearest: dearest(sources, entry.exact, caps),
    }
}

/// The place of the innermost loop that makes at least half of a form's steps.
fn dearest(sources: Sources<'_>, root: Id, caps: &Caps) -> Option<(usize, usize)> {
    let mut reader = Reader::new(sources);
    let value = |size: &Size| size.at(&|it| caps.product(it));
    let half = value(&reader.see(root).steps) / 2;
    let (mut here, mut times) = (root, Size::of(1));
    let mut found = None;
    let mut way = BTreeSet::new();
    // Only one operand can make more than half, so one way leads down.
    while way.insert(here) {
        let program = sources.program;
        if let (true, Some(site)) = (loops(program, here), program.site(here)) {
            found = Some((site.line as usize, site.column as usize));
        }
        let Some(op) = program.op(here) else { break };
        let mut operands = Vec::new();
        program.each_operand(op, |operand| operands.push(operand));
        let scan = Scan::of(program, op).map(|(scan, _)| scan);
        let inner = match &scan {
            Some(scan) => times.times(&reader.see(scan.of).known.extent.length()),
            None => times.clone(),
        };
        let heavy = operands.into_iter().find_map(|operand| {
            let often = match &scan {
                Some(scan) if operand != scan.of => &inner,
                _ => &times,
            };
            if let Some(scan) = scan.as_ref().filter(|scan| operand != scan.of) {
                reader.enter(here, scan);
            }
            let steps = reader.see(operand).steps.times(often);
            (value(&steps) >= half.max(1)).then(|| (operand, often.clone()))
        });
        match heavy {
            Some((operand, often)) => (here, times) = (operand, often),
            None => break,
        }
    }
    found
}

/// Whether an operation goes through something.
fn loops(program: &Program, id: Id) -> bool {
    matches!(
        program.op(id),
        Some(
            Op::Scan { .. }
                | Op::Kernel(_)
                | Op::Call(
                    Function::During
                        | Function::Around
                        | Function::OnDay
                        | Function::Complement
                        | Function::Both
                        | Function::Either
                        | Function::Without,
                    _
                )
        )
    )
}
