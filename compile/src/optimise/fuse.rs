//! A scan of a scan becomes one scan, and a scan that only answers a question stops as
//! soon as it knows the answer.
//!
//! A list that depends on no item of another scan stays a list of its own: it is
//! computed once for all who need it.

use super::{Rewriting, stops};
use crate::free::Free;
use crate::lower::graph::Graph;
use longma_core::program::{End, Function, Id, NONE, Op};
use std::collections::BTreeSet;

/// The form of `root` with fewer scans and lists. `failing` are the operations that can
/// fail: none of them may be skipped where the list's own computation reaches it.
pub(super) fn fuse(graph: &mut Graph, root: Id, failing: BTreeSet<Id>) -> Id {
    let mut fusing = Fusing {
        free: Free::default(),
        failing,
    };
    let fuse = |graph: &mut Graph, old: Id, op: Op| {
        let new = fusing.fused(graph, op);
        fusing.marked(graph, old, new)
    };
    Rewriting::new(graph, fuse).of(root)
}

struct Fusing {
    free: Free,
    failing: BTreeSet<Id>,
}

impl Fusing {
    /// `new`, which stands for `old`: it can fail if that can, or any of its operands.
    fn marked(&mut self, graph: &Graph, old: Id, new: Id) -> Id {
        let operands = graph.program.op(new).map(|op| graph.operands_of(op));
        let mut operands = operands.into_iter().flatten();
        if self.can_fail(old) || operands.any(|operand| self.can_fail(operand)) {
            self.failing.insert(new);
        }
        new
    }

    fn can_fail(&self, id: Id) -> bool {
        self.failing.contains(&id)
    }

    /// An operation of this step's own.
    fn add(&mut self, graph: &mut Graph, op: Op) -> Id {
        let new = graph.add(op);
        self.marked(graph, NONE, new)
    }

    fn fused(&mut self, graph: &mut Graph, op: Op) -> Id {
        match op {
            Op::Scan { .. } => self.scan(graph, op),
            Op::Call(function, start) => {
                let operands = graph.program.operands(start, 1);
                let first = operands.first().copied().unwrap_or(NONE);
                self.asked(graph, function, first)
                    .unwrap_or_else(|| graph.add(op))
            }
            Op::Equal(a, b) => self.none(graph, a, b).unwrap_or_else(|| graph.add(op)),
            op => graph.add(op),
        }
    }

    /// One item of a list, or the number of its items: the scan need not make the list.
    fn asked(&mut self, graph: &mut Graph, function: Function, list: Id) -> Option<Id> {
        let Some(Op::Scan {
            end: made,
            of,
            slot,
            test,
            take,
        }) = graph.program.op(list)
        else {
            return None;
        };
        if !self.free.depends(&graph.program, list) {
            return None;
        }
        let end = match (function, made) {
            (Function::First, End::List) => End::First,
            (Function::Last, End::List) => End::Last,
            (Function::Len, End::List) => End::Count,
            // Who wants one end of an order need not sort.
            (Function::First, End::Sorted) => End::FirstBy,
            (Function::Last, End::Sorted) => End::LastBy,
            _ => return None,
        };
        let skips = match end {
            End::First => self.can_fail(test) || self.can_fail(take),
            // Items are counted without what is taken of them.
            End::Count => self.can_fail(take),
            _ => false,
        };
        if skips {
            return None;
        }
        let take = if end == End::Count { NONE } else { take };
        let scan = Op::Scan {
            end,
            of,
            slot,
            test,
            take,
        };
        Some(self.add(graph, scan))
    }

    /// Whether there are none is whether there is not any.
    fn none(&mut self, graph: &mut Graph, a: Id, b: Id) -> Option<Id> {
        let count = graph.program.op(a);
        let Some(Op::Scan {
            end: End::Count,
            of,
            slot,
            test,
            ..
        }) = count.filter(|_| graph.program.op(b) == Some(Op::Word(0)))
        else {
            return None;
        };
        if self.can_fail(test) {
            return None;
        }
        let any = Op::Scan {
            end: End::Any,
            of,
            slot,
            test,
            take: NONE,
        };
        let any = self.add(graph, any);
        let not = graph.call(Function::Not, &[any]);
        Some(self.add(graph, not))
    }

    fn scan(&mut self, graph: &mut Graph, op: Op) -> Id {
        let Op::Scan {
            end,
            of,
            slot,
            test,
            take,
        } = op
        else {
            return self.add(graph, op);
        };
        let inner = graph.program.op(of);
        let Some(Op::Scan {
            end: End::List,
            of: inner_of,
            slot: inner_slot,
            test: inner_test,
            take: inner_take,
        }) = inner
        else {
            return self.add(graph, op);
        };
        if !self.free.depends(&graph.program, of) {
            return self.add(graph, op);
        }
        let sorts = matches!(
            end,
            End::Sorted | End::SortedByValue | End::FirstBy | End::LastBy
        );
        // What is sorted are the items themselves.
        let unlike = inner_take != NONE && (sorts || stops(end));
        // What stops early, or asks for a part of the items only, must not skip what can
        // fail and the list's own computation would reach.
        let skips = stops(end) && self.can_fail(inner_test)
            || self.can_fail(inner_take) && (test, take) != (NONE, NONE);
        if unlike || skips {
            return self.add(graph, op);
        }
        let item = if inner_take == NONE {
            self.add(graph, Op::Slot(inner_slot))
        } else {
            inner_take
        };
        let outer_test = self.substitute(graph, test, slot, item);
        let outer_take = match (take, inner_take) {
            (NONE, inner) => inner,
            (take, _) => self.substitute(graph, take, slot, item),
        };
        let test = match (inner_test, outer_test) {
            (NONE, test) | (test, NONE) => test,
            (a, b) => self.add(graph, Op::And(a, b)),
        };
        let fused = Op::Scan {
            end,
            of: inner_of,
            slot: inner_slot,
            test,
            take: outer_take,
        };
        // It may be a scan of a scan still.
        self.scan(graph, fused)
    }

    /// The form of `root` with `item` in place of a slot.
    fn substitute(&mut self, graph: &mut Graph, root: Id, slot: u32, item: Id) -> Id {
        let replaced = |graph: &mut Graph, old: Id, op: Op| match op {
            Op::Slot(known) if known == slot => item,
            op => {
                let new = graph.add(op);
                self.marked(graph, old, new)
            }
        };
        Rewriting::new(graph, replaced).of(root)
    }
}

#[cfg(test)]
mod tests;
