//! What can fail in a rule for ordinary facts, and what "ordinary" must mean for it.
//!
//! A sum of times fails near the ends of the range: the sum of all that a rule can add
//! to a time of the facts is its reach, and facts whose times are further from the ends
//! cannot fail there. Where a rule adds what it does not know (a difference, a number of
//! the facts), the sum can fail. So can whatever needs a value that may be absent, and
//! whatever makes lists or sets whose size is not known.

use longma_core::columns::{ABSENT, Word};
use longma_core::program::{End, Function, Id, NONE, Op, Program};
use longma_lang::helpers::{self, Body};
use std::collections::BTreeMap;

const DAY: i64 = 86_400;
/// What counts as too far: about 300 years. What goes further can fail.
const FAR: i64 = 10_000_000_000;
/// Lists of facts that may be joined before the size of the result counts as unknown.
/// The machine runs the exact form for facts with longer lists than this part of the
/// limit.
const JOINED: u32 = longma_core::limits::JOINED;

/// What can fail in one rule.
#[derive(Debug)]
pub(super) struct Doubts {
    failing: BTreeMap<Id, bool>,
    reach: i64,
}

impl Doubts {
    pub(super) fn of(program: &Program, root: Id) -> Self {
        let mut finding = Finding {
            program,
            lists: BTreeMap::new(),
            values: BTreeMap::new(),
            failing: BTreeMap::new(),
            reach: 0,
        };
        finding.meet(root);
        finding.fails(root);
        let reach = finding.reach;
        Self {
            failing: finding.failing,
            reach,
        }
    }

    /// Whether an operation, or one inside of it, can fail for ordinary facts.
    pub(super) fn can_fail(&self, id: Id) -> bool {
        self.failing.get(&id).copied().unwrap_or(true)
    }

    /// How far all times must be from the ends of the range, in seconds.
    pub(super) fn reach(&self) -> i64 {
        self.reach
    }
}

struct Finding<'p> {
    program: &'p Program,
    /// The list that each slot goes through.
    lists: BTreeMap<u32, Id>,
    /// What each variable stands for.
    values: BTreeMap<u32, Id>,
    failing: BTreeMap<Id, bool>,
    reach: i64,
}

impl Finding<'_> {
    /// Learns what slots and variables stand for.
    fn meet(&mut self, root: Id) {
        let mut seen = std::collections::BTreeSet::new();
        let mut open = vec![root];
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            let Some(op) = self.program.op(id) else {
                continue;
            };
            match op {
                Op::Scan { of, slot, .. } => drop(self.lists.insert(slot, of)),
                Op::Let(local, value, _) => drop(self.values.insert(local, value)),
                _ => {}
            }
            self.program.each_operand(op, |operand| open.push(operand));
        }
    }

    fn fails(&mut self, id: Id) -> bool {
        if id == NONE {
            return false;
        }
        if let Some(known) = self.failing.get(&id) {
            return *known;
        }
        let Some(op) = self.program.op(id) else {
            return true;
        };
        let mut inside = false;
        let mut operands = Vec::new();
        self.program
            .each_operand(op, |operand| operands.push(operand));
        for operand in operands {
            inside |= self.fails(operand);
        }
        let doubtful = self.program.site(id).is_some_and(|site| site.doubtful);
        let fails = inside || doubtful || self.own(op);
        self.failing.insert(id, fails);
        fails
    }

    /// Whether the operation itself can fail although all operands are there.
    fn own(&mut self, op: Op) -> bool {
        match op {
            Op::Call(function, start) => self.function(function, start),
            Op::Scan { end, of, take, .. } => match end {
                End::Flat => true,
                End::Union => {
                    let spans = if take == NONE {
                        self.spans_of_items(of)
                    } else {
                        self.spans(take)
                    };
                    // As many spans as there are sets, if each has one; sets of many are
                    // many times many.
                    !small(spans.filter(|spans| *spans == 0).and(self.length(of)))
                }
                _ => false,
            },
            _ => false,
        }
    }

    fn function(&mut self, function: Function, start: u32) -> bool {
        let operands = self.program.operands(start, function.arity()).to_vec();
        let [a, b, ..] = [0, 1].map(|at| operands.get(at).copied().unwrap_or(NONE));
        match function {
            Function::LaterBy
            | Function::EarlierBy
            | Function::DaysLater
            | Function::DaysEarlier
            | Function::ClockLater
            | Function::DateLater
            | Function::DateEarlier
            | Function::Including
            | Function::DayStart
            | Function::DayEnd
            | Function::Birthday
            | Function::MonthsLater
            | Function::YearsLater => {
                let shift = self.moved(function, a, b);
                self.reach = self.reach.max(shift.unwrap_or(0));
                shift.is_none()
            }
            Function::IntAdd
            | Function::IntSub
            | Function::IntTimes
            | Function::IntNegative
            | Function::Hours
            | Function::Minutes
            | Function::ElapsedAdd
            | Function::ElapsedSub
            | Function::ElapsedTimes
            | Function::DaysAdd
            | Function::DaysSub
            | Function::DaysTimes => self.number(function, a, b).is_none(),
            Function::IntDivide
            | Function::IntRemainder
            | Function::Daily
            | Function::When
            | Function::WhenAtLeast
            | Function::Spans
            | Function::AtLeast
            | Function::Parts
            | Function::OnWeekdays
            | Function::PairsFrom
            | Function::PairsUntil => true,
            Function::Concat => !small(self.length(a).zip(self.length(b)).map(|(a, b)| a + b)),
            Function::Both | Function::Either | Function::Without => {
                !small(self.spans(a).zip(self.spans(b)).map(|(a, b)| a + b))
            }
            Function::Complement => !small(self.spans(a)),
            _ => helpers::ways_of(function).any(|way| way.body == Body::Fallible),
        }
    }

    /// How far a moved time is from one of the facts.
    fn moved(&self, function: Function, a: Id, b: Id) -> Option<i64> {
        let from = self.shift(a)?;
        let by = match function {
            Function::LaterBy | Function::EarlierBy => self.bound(b)?,
            Function::DaysLater
            | Function::DaysEarlier
            | Function::DateLater
            | Function::DateEarlier => self.bound(b)?.checked_mul(DAY)?,
            // A day of 25 hours is none of two.
            Function::ClockLater => self.bound(b)?.checked_add(1)?.checked_mul(DAY)?,
            Function::MonthsLater => self.bound(b)?.checked_mul(31 * DAY)?,
            Function::Birthday | Function::YearsLater => self.bound(b)?.checked_mul(366 * DAY)?,
            Function::Including | Function::DayStart | Function::DayEnd => 2 * DAY,
            _ => return None,
        };
        from.checked_add(by).filter(|far| *far < FAR)
    }

    /// How far a time can be from one of the facts, in seconds; `None` if that is not
    /// known.
    fn shift(&self, id: Id) -> Option<i64> {
        match self.program.op(id)? {
            Op::Word(_) | Op::Field(..) | Op::Section(_) | Op::List(..) => Some(0),
            Op::Slot(slot) => self.shift_of_items(self.lists.get(&slot).copied()?),
            Op::Local(local) => self.shift(self.values.get(&local).copied()?),
            Op::Let(_, _, of) | Op::Then(_, of) | Op::Memo { of, .. } | Op::Need(of) => {
                self.shift(of)
            }
            Op::If(_, a, b) | Op::Default(a, b) => Some(self.shift(a)?.max(self.shift(b)?)),
            Op::Scan { of, take, .. } => match take {
                NONE => self.shift_of_items(of),
                take => self.shift(take),
            },
            Op::Call(function, start) => {
                let operand = |at: usize| {
                    self.program
                        .operands(start, function.arity())
                        .get(at)
                        .copied()
                };
                let a = operand(0).unwrap_or(NONE);
                match function {
                    Function::Least | Function::Greatest => {
                        Some(self.shift(a)?.max(self.shift(operand(1)?)?))
                    }
                    Function::First | Function::Last => self.shift_of_items(a),
                    Function::DateOf => self.shift(a)?.checked_add(2 * DAY),
                    Function::From => self.shift_of_set(a),
                    _ => self.moved(function, a, operand(1).unwrap_or(NONE)),
                }
            }
            _ => None,
        }
    }

    fn shift_of_items(&self, list: Id) -> Option<i64> {
        match self.program.op(list)? {
            Op::Section(_) | Op::Field(..) | Op::List(..) | Op::Word(_) | Op::Slot(_) => Some(0),
            Op::Local(local) => self.shift_of_items(self.values.get(&local).copied()?),
            Op::Let(_, _, of) | Op::Then(_, of) | Op::Memo { of, .. } | Op::Need(of) => {
                self.shift_of_items(of)
            }
            Op::If(_, a, b) | Op::Default(a, b) => {
                Some(self.shift_of_items(a)?.max(self.shift_of_items(b)?))
            }
            Op::Items(start, len) => {
                let items = self.program.operands(start, len as usize).iter();
                let shifts: Option<Vec<i64>> = items.map(|item| self.shift(*item)).collect();
                Some(shifts?.into_iter().max().unwrap_or(0))
            }
            Op::Scan { end, of, take, .. } => match (end, take) {
                (End::Flat, take) => self.shift_of_items(take),
                (End::List, take) if take != NONE => self.shift(take),
                _ => self.shift_of_items(of),
            },
            Op::Call(function, start) => {
                let operands = self.program.operands(start, function.arity());
                match (function, operands) {
                    (Function::Concat, [a, b]) => {
                        Some(self.shift_of_items(*a)?.max(self.shift_of_items(*b)?))
                    }
                    (Function::One, [a]) => self.shift(*a),
                    (Function::During | Function::Around | Function::OnDay, _) => Some(0),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn shift_of_set(&self, set: Id) -> Option<i64> {
        match self.program.op(set)? {
            Op::Slot(slot) => self.sets_of_items(self.lists.get(&slot).copied()?),
            Op::Local(local) => self.shift_of_set(self.values.get(&local).copied()?),
            Op::Let(_, _, of) | Op::Then(_, of) | Op::Memo { of, .. } | Op::Need(of) => {
                self.shift_of_set(of)
            }
            Op::If(_, a, b) | Op::Default(a, b) => {
                Some(self.shift_of_set(a)?.max(self.shift_of_set(b)?))
            }
            Op::Scan {
                end: End::Union,
                of,
                take,
                ..
            } => match take {
                NONE => self.sets_of_items(of),
                take => self.shift_of_set(take),
            },
            Op::Call(function, start) => {
                let operands = self.program.operands(start, function.arity());
                match (function, operands) {
                    (Function::Always | Function::Never, _) => Some(0),
                    (Function::Since | Function::Before, [a]) => self.shift(*a),
                    (Function::Between, [a, b]) => Some(self.shift(*a)?.max(self.shift(*b)?)),
                    (Function::Complement, [a]) => self.shift_of_set(*a),
                    (Function::Both | Function::Either | Function::Without, [a, b]) => {
                        Some(self.shift_of_set(*a)?.max(self.shift_of_set(*b)?))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The shift of a list of sets.
    fn sets_of_items(&self, list: Id) -> Option<i64> {
        match self.program.op(list)? {
            Op::Local(local) => self.sets_of_items(self.values.get(&local).copied()?),
            Op::Let(_, _, of) | Op::Then(_, of) | Op::Memo { of, .. } | Op::Need(of) => {
                self.sets_of_items(of)
            }
            Op::Items(start, len) => {
                let items = self.program.operands(start, len as usize).iter();
                let shifts: Option<Vec<i64>> = items.map(|item| self.shift_of_set(*item)).collect();
                Some(shifts?.into_iter().max().unwrap_or(0))
            }
            Op::Scan {
                end: End::List,
                of,
                take,
                ..
            } => match take {
                NONE => self.sets_of_items(of),
                take => self.shift_of_set(take),
            },
            Op::Call(Function::Concat, start) => {
                let [a, b] = *self.program.operands(start, 2) else {
                    return None;
                };
                Some(self.sets_of_items(a)?.max(self.sets_of_items(b)?))
            }
            Op::Call(Function::One, start) => {
                self.shift_of_set(self.program.operands(start, 1).first().copied()?)
            }
            _ => None,
        }
    }

    fn number(&self, function: Function, a: Id, b: Id) -> Option<i64> {
        let left = self.bound(a)?;
        match function {
            Function::IntNegative => Some(left),
            Function::Hours => left.checked_mul(3_600),
            Function::Minutes => left.checked_mul(60),
            Function::IntTimes | Function::ElapsedTimes | Function::DaysTimes => {
                left.checked_mul(self.bound(b)?)
            }
            Function::IntAdd
            | Function::IntSub
            | Function::IntDivide
            | Function::IntRemainder
            | Function::ElapsedAdd
            | Function::ElapsedSub
            | Function::DaysAdd
            | Function::DaysSub => left.checked_add(self.bound(b)?),
            _ => None,
        }
        .filter(|bound| *bound < ABSENT / 2)
    }

    /// The greatest size of a number or duration; `None` if it is not known.
    fn bound(&self, id: Id) -> Option<i64> {
        match self.program.op(id)? {
            Op::Word(ABSENT) => Some(0),
            Op::Word(word) => word.checked_abs(),
            Op::Slot(slot) => self.bound_of_items(self.lists.get(&slot).copied()?),
            Op::Local(local) => self.bound(self.values.get(&local).copied()?),
            Op::Let(_, _, of) | Op::Then(_, of) | Op::Memo { of, .. } | Op::Need(of) => {
                self.bound(of)
            }
            Op::If(_, a, b) | Op::Default(a, b) => Some(self.bound(a)?.max(self.bound(b)?)),
            Op::Call(function, start) => {
                let operands = self.program.operands(start, function.arity());
                let [a, b] = [0, 1].map(|at| operands.get(at).copied().unwrap_or(NONE));
                match function {
                    Function::Len => Some(1 << 24),
                    Function::Weekday => Some(7),
                    Function::First | Function::Last => self.bound_of_items(a),
                    _ => self.number(function, a, b),
                }
            }
            _ => None,
        }
    }

    fn bound_of_items(&self, list: Id) -> Option<i64> {
        match self.program.op(list)? {
            Op::List(start, len) => {
                let start = start as usize;
                let words: &[Word] = self.program.lists.get(start..start + len as usize)?;
                let bounds: Option<Vec<i64>> =
                    words.iter().map(|word| word.checked_abs()).collect();
                Some(bounds?.into_iter().max().unwrap_or(0))
            }
            Op::Local(local) => self.bound_of_items(self.values.get(&local).copied()?),
            Op::Let(_, _, of) | Op::Then(_, of) | Op::Memo { of, .. } | Op::Need(of) => {
                self.bound_of_items(of)
            }
            Op::Scan {
                end: End::List,
                of,
                take: NONE,
                ..
            } => self.bound_of_items(of),
            _ => None,
        }
    }

    /// How many lists of facts a list can be as long as.
    fn length(&self, list: Id) -> Option<u32> {
        match self.program.op(list)? {
            Op::Word(_)
            | Op::Section(_)
            | Op::Field(..)
            | Op::List(..)
            | Op::Items(..)
            | Op::Call(Function::One, _) => Some(1),
            Op::Local(local) => self.length(self.values.get(&local).copied()?),
            Op::Let(_, _, of) | Op::Then(_, of) | Op::Memo { of, .. } | Op::Need(of) => {
                self.length(of)
            }
            Op::If(_, a, b) | Op::Default(a, b) => Some(self.length(a)?.max(self.length(b)?)),
            Op::Scan {
                end: End::List | End::Sorted | End::SortedByValue,
                of,
                ..
            } => self.length(of),
            Op::Call(Function::Concat, start) => {
                let [a, b] = *self.program.operands(start, 2) else {
                    return None;
                };
                self.length(a)?.checked_add(self.length(b)?)
            }
            _ => None,
        }
    }

    /// How many lists of facts a set can have as many spans as there are items in.
    fn spans(&self, set: Id) -> Option<u32> {
        match self.program.op(set)? {
            Op::Slot(slot) => self.spans_of_items(self.lists.get(&slot).copied()?),
            Op::Local(local) => self.spans(self.values.get(&local).copied()?),
            Op::Let(_, _, of) | Op::Then(_, of) | Op::Memo { of, .. } | Op::Need(of) => {
                self.spans(of)
            }
            Op::If(_, a, b) | Op::Default(a, b) => Some(self.spans(a)?.max(self.spans(b)?)),
            Op::Scan {
                end: End::Union,
                of,
                take,
                ..
            } => {
                let each = if take == NONE {
                    self.spans_of_items(of)
                } else {
                    self.spans(take)
                };
                // Sets of one span each are as many as the list has items.
                (each? == 0).then(|| self.length(of)).flatten()
            }
            Op::Call(function, start) => {
                let operands = self.program.operands(start, function.arity());
                match (function, operands) {
                    (
                        Function::Always
                        | Function::Never
                        | Function::Since
                        | Function::Before
                        | Function::Between,
                        _,
                    ) => Some(0),
                    (Function::Complement, [a]) => Some(self.spans(*a)?.max(1)),
                    (Function::Both | Function::Either | Function::Without, [a, b]) => {
                        self.spans(*a)?.checked_add(self.spans(*b)?)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn spans_of_items(&self, list: Id) -> Option<u32> {
        match self.program.op(list)? {
            Op::Local(local) => self.spans_of_items(self.values.get(&local).copied()?),
            Op::Let(_, _, of) | Op::Then(_, of) | Op::Memo { of, .. } | Op::Need(of) => {
                self.spans_of_items(of)
            }
            Op::Items(start, len) => {
                let items = self.program.operands(start, len as usize).iter();
                let spans: Option<Vec<u32>> = items.map(|item| self.spans(*item)).collect();
                Some(spans?.into_iter().max().unwrap_or(0))
            }
            Op::Scan {
                end: End::List,
                of,
                take,
                ..
            } => match take {
                NONE => self.spans_of_items(of),
                take => self.spans(take),
            },
            Op::Call(Function::Concat, start) => {
                let [a, b] = *self.program.operands(start, 2) else {
                    return None;
                };
                Some(self.spans_of_items(a)?.max(self.spans_of_items(b)?))
            }
            Op::Call(Function::One, start) => {
                self.spans(self.program.operands(start, 1).first().copied()?)
            }
            _ => None,
        }
    }
}

/// Whether a size is known and far from the limit.
fn small(size: Option<u32>) -> bool {
    size.is_some_and(|size| size <= JOINED)
}

#[cfg(test)]
mod tests;
