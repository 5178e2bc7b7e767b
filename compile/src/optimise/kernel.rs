//! Scans whose test begins with comparisons of the item's fields become kernels, which
//! compare cells without going through operations.
//!
//! Only comparisons at the front of a test are moved, so that nothing is compared that
//! the test would not have reached. What they compare with is computed before, once; if
//! that fails, the rule runs exactly.

use crate::free::Free;
use crate::lower::graph::Graph;
use longma_core::columns::ABSENT;
use longma_core::machine::CONDITIONS;
use longma_core::program::{
    Condition, End, Function, How, ITSELF, Id, Kernel, NONE, Op, Relation, Take,
};
use std::collections::BTreeMap;

/// Makes the kernels of all fast forms.
pub(super) fn kernels(graph: &mut Graph) {
    let mut making = Making {
        graph,
        free: Free::default(),
        done: BTreeMap::new(),
    };
    for at in 0..making.graph.program.entries.len() {
        let fast = making
            .graph
            .program
            .entries
            .get(at)
            .map_or(NONE, |entry| entry.fast);
        let fast = making.of(fast);
        if let Some(entry) = making.graph.program.entries.get_mut(at) {
            entry.fast = fast;
        }
    }
}

struct Making<'g> {
    graph: &'g mut Graph,
    free: Free,
    done: BTreeMap<Id, Id>,
}

impl Making<'_> {
    fn of(&mut self, id: Id) -> Id {
        if id == NONE {
            return NONE;
        }
        if let Some(known) = self.done.get(&id) {
            return *known;
        }
        let Some(op) = self.graph.program.op(id) else {
            return NONE;
        };
        let new = match op {
            Op::Field(record, field) => match self.graph.program.op(record) {
                Some(Op::Slot(slot)) => Op::Item(slot, field),
                _ => Op::Field(self.of(record), field),
            },
            Op::Scan {
                end,
                of,
                slot,
                test,
                take,
            } => self.scan(end, of, (slot, test, take)),
            op => {
                let operands = self.graph.operands_of(op);
                let operands: Vec<Id> = operands.into_iter().map(|it| self.of(it)).collect();
                self.graph.rebuilt(op, &operands)
            }
        };
        let new = self.graph.add(new);
        self.done.insert(id, new);
        new
    }

    fn scan(&mut self, end: End, of: Id, (slot, test, take): (u32, Id, Id)) -> Op {
        if let (End::Any, NONE) = (end, take)
            && let Some(sought) = self.sought(test, slot)
        {
            return Op::Contains(self.of(of), self.of(sought));
        }
        let mut parts = Vec::new();
        self.conjuncts(test, &mut parts);
        let mut conditions = Vec::new();
        let mut parts = parts.into_iter().peekable();
        while let Some(part) = parts.peek() {
            let Some(condition) = self
                .condition(*part, slot)
                .filter(|_| conditions.len() < CONDITIONS)
            else {
                break;
            };
            conditions.push(condition);
            parts.next();
        }
        let field = match self.graph.program.op(take) {
            Some(Op::Field(record, field))
                if self.graph.program.op(record) == Some(Op::Slot(slot)) =>
            {
                Some(field)
            }
            _ => None,
        };
        if conditions.is_empty() && field.is_none() {
            return Op::Scan {
                end,
                of: self.of(of),
                slot,
                test: self.of(test),
                take: self.of(take),
            };
        }
        let rest: Vec<Id> = parts.map(|part| self.of(part)).collect();
        let rest = rest
            .into_iter()
            .rev()
            .reduce(|after, part| self.graph.add(Op::And(part, after)));
        let conditions: Vec<Condition> = conditions
            .into_iter()
            .map(|condition| Condition {
                with: self.of(condition.with),
                ..condition
            })
            .collect();
        let kernel = Kernel {
            end,
            of: self.of(of),
            slot,
            conditions: (0, 0),
            test: rest.unwrap_or(NONE),
            take: match (take, field) {
                (NONE, _) => Take::Item,
                (_, Some(field)) => Take::Field(field),
                (take, None) => Take::Op(self.of(take)),
            },
        };
        self.graph.kernel(kernel, &conditions)
    }

    /// The parts of a test, in order.
    fn conjuncts(&self, test: Id, parts: &mut Vec<Id>) {
        match self.graph.program.op(test) {
            Some(Op::And(a, b)) => {
                self.conjuncts(a, parts);
                self.conjuncts(b, parts);
            }
            Some(Op::Memo { of, .. }) if matches!(self.graph.program.op(of), Some(Op::And(..))) => {
                self.conjuncts(of, parts);
            }
            Some(_) => parts.push(test),
            None => {}
        }
    }

    /// A part of a test as a comparison of a field.
    fn condition(&mut self, part: Id, slot: u32) -> Option<Condition> {
        let absent = self.graph.add(Op::Word(ABSENT));
        let [no, yes] = [0, 1].map(|word| self.graph.add(Op::Word(word)));
        let made = |field: u32, how: How, with: Id| Some(Condition { field, how, with });
        match self.graph.program.op(part)? {
            Op::Memo { of, .. } => self.condition(of, slot),
            Op::Equal(a, b) => {
                let (field, with) = self.sides(a, b, slot)?;
                made(field, How::Equal, with)
            }
            Op::IsAbsent(of) => made(self.field(of, slot)?, How::Equal, absent),
            // An open end is later than anything.
            Op::Or(a, b) => {
                let Op::IsAbsent(of) = self.bare(a)? else {
                    return None;
                };
                let condition = self.condition(b, slot)?;
                let how = match condition.how {
                    How::Greater => How::GreaterOrAbsent,
                    How::GreaterEqual => How::GreaterEqualOrAbsent,
                    _ => return None,
                };
                let same = self.field(of, slot) == Some(condition.field);
                same.then_some(Condition { how, ..condition })
            }
            Op::Compare(relation, a, b) => {
                let how = match relation {
                    Relation::Less => How::Less,
                    Relation::LessEqual => How::LessEqual,
                    Relation::Greater => How::Greater,
                    Relation::GreaterEqual => How::GreaterEqual,
                };
                if let Some((field, with)) = self.alone(a, b, slot) {
                    return made(field, how, with);
                }
                let how = match how {
                    How::Less => How::Greater,
                    How::LessEqual => How::GreaterEqual,
                    How::Greater => How::Less,
                    _ => How::LessEqual,
                };
                let (field, with) = self.alone(b, a, slot)?;
                made(field, how, with)
            }
            Op::Field(..) => made(self.field(part, slot)?, How::GreaterEqual, yes),
            Op::Default(a, b) => {
                let field = self.field(a, slot)?;
                match self.graph.program.op(b)? {
                    Op::Word(0) => made(field, How::Equal, yes),
                    Op::Word(1) => made(field, How::Unequal, no),
                    // A condition that stays absent fails.
                    _ => None,
                }
            }
            Op::Scan {
                end: End::Any,
                of,
                slot: inner,
                test,
                take: NONE,
            } => {
                let sought = self.sought(test, inner)?;
                let field = self
                    .field(sought, slot)
                    .filter(|_| self.is_steady(of, slot))?;
                made(field, How::In, of)
            }
            Op::Call(Function::Not, start) => {
                let of = self.graph.program.operands(start, 1).first().copied()?;
                let condition = self.condition(of, slot)?;
                let how = match condition.how {
                    How::Equal => How::Unequal,
                    How::Unequal => How::Equal,
                    How::In => How::NotIn,
                    How::NotIn => How::In,
                    How::Less => How::GreaterEqual,
                    How::LessEqual => How::Greater,
                    How::Greater => How::LessEqual,
                    How::GreaterEqual => How::Less,
                    How::GreaterOrAbsent | How::GreaterEqualOrAbsent => return None,
                };
                Some(Condition { how, ..condition })
            }
            _ => None,
        }
    }

    /// The field in `side`, and what to compare it with instead of `with`, which does not
    /// depend on the item: a time that is moved by a steady one is compared as it is
    /// with `with` moved the other way.
    fn alone(&mut self, side: Id, with: Id, slot: u32) -> Option<(u32, Id)> {
        if !self.is_steady(with, slot) {
            return None;
        }
        if let Some(field) = self.field(side, slot) {
            return Some((field, with));
        }
        let Op::Call(function, start) = self.bare(side)? else {
            return None;
        };
        let back = match function {
            Function::LaterBy => Function::EarlierBy,
            Function::EarlierBy => Function::LaterBy,
            Function::DaysLater => Function::DaysEarlier,
            Function::DaysEarlier => Function::DaysLater,
            _ => return None,
        };
        let [moved, by] = *self.graph.program.operands(start, 2) else {
            return None;
        };
        let field = self.field(moved, slot)?;
        if !self.is_steady(by, slot) {
            return None;
        }
        let with = self.graph.call(back, &[with, by]);
        Some((field, self.graph.add(with)))
    }

    /// The value that a test compares each item with, if it does just that.
    fn sought(&mut self, test: Id, slot: u32) -> Option<Id> {
        let Op::Equal(a, b) = self.bare(test)? else {
            return None;
        };
        let is_item = |id: Id| self.graph.program.op(id) == Some(Op::Slot(slot));
        let sought = match (is_item(a), is_item(b)) {
            (true, false) => b,
            (false, true) => a,
            _ => return None,
        };
        self.is_steady(sought, slot).then_some(sought)
    }

    /// An operation without the memo around it.
    fn bare(&self, id: Id) -> Option<Op> {
        match self.graph.program.op(id)? {
            Op::Memo { of, .. } => self.graph.program.op(of),
            op => Some(op),
        }
    }

    fn sides(&mut self, a: Id, b: Id, slot: u32) -> Option<(u32, Id)> {
        match (self.field(a, slot), self.field(b, slot)) {
            (Some(field), None) if self.is_steady(b, slot) => Some((field, b)),
            (None, Some(field)) if self.is_steady(a, slot) => Some((field, a)),
            _ => None,
        }
    }

    /// The field of the slot's item that an operation reads, or the item itself.
    fn field(&self, id: Id, slot: u32) -> Option<u32> {
        match self.graph.program.op(id)? {
            Op::Slot(known) => (known == slot).then_some(ITSELF),
            Op::Field(record, field) => {
                let of_item = self.graph.program.op(record)? == Op::Slot(slot);
                of_item.then_some(field)
            }
            _ => None,
        }
    }

    fn is_steady(&mut self, id: Id, slot: u32) -> bool {
        !self.free.slots(&self.graph.program, id).contains(&slot)
    }
}

#[cfg(test)]
mod tests;
