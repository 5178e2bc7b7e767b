//! Slots are renumbered by what a scan depends on, so that scans that do the same are
//! the same operation, in whichever rule and however deep they stand.
//!
//! A scan's slot is the one after the last slot that its test and what it takes depend
//! on. A scan inside of another's test that does not depend on it has the same slot;
//! the machine gives a slot back when a scan ends.

use crate::free::Free;
use crate::lower::FIRST_SLOT;
use crate::lower::graph::Graph;
use longma_core::order::Gather;
use longma_core::program::{Id, NONE, Op};
use std::collections::BTreeMap;

/// The form of `root` with renumbered slots.
pub(super) fn share(graph: &mut Graph, root: Id) -> Id {
    let mut sharing = Sharing {
        graph,
        free: Free::default(),
        done: BTreeMap::new(),
    };
    sharing.of(root, &BTreeMap::new())
}

struct Sharing<'g> {
    graph: &'g mut Graph,
    free: Free,
    /// Results, by operation and by the new numbers of the slots that it depends on.
    done: BTreeMap<(Id, Vec<(u32, u32)>), Id>,
}

impl Sharing<'_> {
    fn of(&mut self, id: Id, numbers: &BTreeMap<u32, u32>) -> Id {
        if id == NONE {
            return NONE;
        }
        let free = self.free.slots(&self.graph.program, id);
        let numbers: BTreeMap<u32, u32> = numbers
            .iter()
            .filter(|(slot, _)| free.contains(slot))
            .map(|(slot, number)| (*slot, *number))
            .into_map();
        let key = (id, numbers.iter().map(|(a, b)| (*a, *b)).collect());
        if let Some(known) = self.done.get(&key) {
            return *known;
        }
        let Some(op) = self.graph.program.op(id) else {
            return NONE;
        };
        let new = match op {
            Op::Slot(slot) => Op::Slot(numbers.get(&slot).copied().unwrap_or(slot)),
            Op::Scan {
                end,
                of,
                slot,
                test,
                take,
            } => {
                let scanned = self.of(of, &numbers);
                let program = &self.graph.program;
                let inner = [test, take].map(|id| self.free.slots(program, id));
                let last = inner
                    .iter()
                    .flat_map(|slots| slots.iter())
                    .filter(|inner| **inner != slot)
                    .map(|slot| numbers.get(slot).copied().unwrap_or(*slot));
                let number = last
                    .max()
                    .map_or(FIRST_SLOT, |last| (last + 1).max(FIRST_SLOT));
                let mut numbers = numbers.clone();
                numbers.insert(slot, number);
                let slots = &mut self.graph.program.slots;
                *slots = (*slots).max(number + 1);
                Op::Scan {
                    end,
                    of: scanned,
                    slot: number,
                    test: self.of(test, &numbers),
                    take: self.of(take, &numbers),
                }
            }
            op => {
                let operands = self.graph.operands_of(op).into_iter();
                let operands: Vec<Id> = operands.map(|it| self.of(it, &numbers)).collect();
                self.graph.rebuilt(op, &operands)
            }
        };
        let new = self.graph.add(new);
        self.done.insert(key, new);
        new
    }
}

#[cfg(test)]
mod tests;
