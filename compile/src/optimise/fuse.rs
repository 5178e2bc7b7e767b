//! A scan of a scan becomes one scan, and a scan that only answers a question stops as
//! soon as it knows the answer.
//!
//! A list that depends on no item of another scan stays a list of its own: it is
//! computed once for all who need it.

use super::{Rewriting, stops};
use crate::lower::graph::Graph;
use longma_core::program::{End, Function, Id, NONE, Op};
use std::collections::{BTreeMap, BTreeSet};

/// The form of `root` with fewer scans and lists.
pub(super) fn fuse(graph: &mut Graph, root: Id) -> Id {
    let mut free = Free::default();
    let fuse = |graph: &mut Graph, _, op: Op| fused(graph, op, &mut free);
    Rewriting::new(graph, fuse).of(root)
}

fn fused(graph: &mut Graph, op: Op, free: &mut Free) -> Id {
    match op {
        Op::Scan { .. } => scan(graph, op, free),
        Op::Call(function, start) => {
            let first = graph
                .program
                .operands(start, 1)
                .first()
                .copied()
                .unwrap_or(NONE);
            let of = graph.program.op(first);
            match (function, of) {
                // The scan need not make the list.
                (
                    Function::First | Function::Last | Function::Len,
                    Some(Op::Scan {
                        end: End::List,
                        of,
                        slot,
                        test,
                        take,
                    }),
                ) if free.depends(graph, first) => {
                    let end = match function {
                        Function::First => End::First,
                        Function::Last => End::Last,
                        _ => End::Count,
                    };
                    let take = if end == End::Count { NONE } else { take };
                    graph.add(Op::Scan {
                        end,
                        of,
                        slot,
                        test,
                        take,
                    })
                }
                // Who wants one end of an order need not sort.
                (
                    Function::First | Function::Last,
                    Some(Op::Scan {
                        end: End::Sorted,
                        of,
                        slot,
                        test,
                        take,
                    }),
                ) if free.depends(graph, first) => {
                    let end = if function == Function::First {
                        End::FirstBy
                    } else {
                        End::LastBy
                    };
                    graph.add(Op::Scan {
                        end,
                        of,
                        slot,
                        test,
                        take,
                    })
                }
                _ => graph.add(op),
            }
        }
        // Whether there are none is whether there is not any.
        Op::Equal(a, b) => {
            let count = graph.program.op(a);
            let Some(Op::Scan {
                end: End::Count,
                of,
                slot,
                test,
                ..
            }) = count.filter(|_| graph.program.op(b) == Some(Op::Word(0)))
            else {
                return graph.add(op);
            };
            let any = graph.add(Op::Scan {
                end: End::Any,
                of,
                slot,
                test,
                take: NONE,
            });
            let not = graph.call(Function::Not, &[any]);
            graph.add(not)
        }
        op => graph.add(op),
    }
}

fn scan(graph: &mut Graph, op: Op, free: &mut Free) -> Id {
    let Op::Scan {
        end,
        of,
        slot,
        test,
        take,
    } = op
    else {
        return graph.add(op);
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
        return graph.add(op);
    };
    if !free.depends(graph, of) {
        return graph.add(op);
    }
    let sorts = matches!(
        end,
        End::Sorted | End::SortedByValue | End::FirstBy | End::LastBy
    );
    // What is sorted are the items themselves, and what stops early must not skip what
    // can fail, which only the list's own computation would reach.
    if inner_take != NONE && (sorts || stops(end)) {
        return graph.add(op);
    }
    let item = if inner_take == NONE {
        graph.add(Op::Slot(inner_slot))
    } else {
        inner_take
    };
    let outer_test = substitute(graph, test, slot, item);
    let outer_take = match (take, inner_take) {
        (NONE, inner) => inner,
        (take, _) => substitute(graph, take, slot, item),
    };
    let test = match (inner_test, outer_test) {
        (NONE, test) | (test, NONE) => test,
        (a, b) => graph.add(Op::And(a, b)),
    };
    let fused = Op::Scan {
        end,
        of: inner_of,
        slot: inner_slot,
        test,
        take: outer_take,
    };
    // It may be a scan of a scan still.
    scan(graph, fused, free)
}

/// The form of `root` with `item` in place of a slot.
fn substitute(graph: &mut Graph, root: Id, slot: u32, item: Id) -> Id {
    let replaced = |graph: &mut Graph, _, op: Op| match op {
        Op::Slot(known) if known == slot => item,
        op => graph.add(op),
    };
    Rewriting::new(graph, replaced).of(root)
}

/// The slots that operations depend on.
#[derive(Debug, Default)]
pub(super) struct Free(BTreeMap<Id, BTreeSet<u32>>);

impl Free {
    /// Whether an operation depends on a slot outside of it.
    fn depends(&mut self, graph: &Graph, id: Id) -> bool {
        !self.slots(graph, id).is_empty()
    }

    /// The slots that an operation depends on, without those of its own scans.
    pub(super) fn slots(&mut self, graph: &Graph, id: Id) -> BTreeSet<u32> {
        if id == NONE {
            return BTreeSet::new();
        }
        if let Some(known) = self.0.get(&id) {
            return known.clone();
        }
        let Some(op) = graph.program.op(id) else {
            return BTreeSet::new();
        };
        let mut slots = BTreeSet::new();
        match op {
            Op::Slot(slot) => drop(slots.insert(slot)),
            Op::Scan {
                of,
                slot,
                test,
                take,
                ..
            } => {
                slots.extend(self.slots(graph, test));
                slots.extend(self.slots(graph, take));
                slots.remove(&slot);
                slots.extend(self.slots(graph, of));
            }
            Op::Call(Function::When | Function::WhenAtLeast, _) => drop(slots.insert(1)),
            op => {
                for operand in graph.operands_of(op) {
                    slots.extend(self.slots(graph, operand));
                }
            }
        }
        self.0.insert(id, slots.clone());
        slots
    }
}
