//! Results that are needed again are kept: what several operations need, and what a scan
//! would compute for each of its items although it depends on none of them.

use super::Rewriting;
use crate::free::Free;
use crate::lower::graph::Graph;
use longma_core::order;
use longma_core::program::{Entry, Id, NONE, Op};
use std::collections::{BTreeMap, BTreeSet};

/// What a result must cost at least, in operations, to be worth keeping.
const WORTH: u32 = 3;
/// What a scan costs.
const SCAN: u32 = 100;

/// Puts a memo around every result that is worth it, in all fast forms.
pub(super) fn keep(graph: &mut Graph) {
    let mut roots: Vec<Id> = graph
        .program
        .entries
        .iter()
        .map(|entry| entry.fast)
        .collect();
    roots.retain(|root| *root != NONE);
    let kept = Finding::new(graph).find(&roots);
    let mut cells: BTreeMap<Id, u32> = BTreeMap::new();
    // Operations before their users, so that cells are numbered in that order.
    for id in kept.keys() {
        let next = u32::try_from(cells.len()).unwrap_or(u32::MAX);
        cells.insert(*id, next);
    }
    graph.program.cells = u32::try_from(cells.len()).unwrap_or(u32::MAX);
    let mut placing = Rewriting::new(graph, |graph: &mut Graph, id: Id, op: Op| {
        let of = graph.add(op);
        match (kept.get(&id), cells.get(&id)) {
            (Some(slot), Some(cell)) => graph.add(Op::Memo {
                cell: *cell,
                of,
                slot: *slot,
            }),
            _ => of,
        }
    });
    let new: Vec<Id> = roots.iter().map(|root| placing.of(*root)).collect();
    let mut new = new.into_iter();
    let fast = |entry: &mut Entry| {
        if entry.fast != NONE {
            entry.fast = new.next().unwrap_or(NONE);
        }
    };
    graph.program.entries.iter_mut().for_each(fast);
}

struct Finding<'g> {
    graph: &'g Graph,
    free: Free,
    costs: BTreeMap<Id, u32>,
    /// How many operations, and roots, need each one.
    uses: BTreeMap<Id, u32>,
    /// What is needed more often than it changes.
    steady: BTreeSet<Id>,
}

impl<'g> Finding<'g> {
    fn new(graph: &'g Graph) -> Self {
        Self {
            graph,
            free: Free::default(),
            costs: BTreeMap::new(),
            uses: BTreeMap::new(),
            steady: BTreeSet::new(),
        }
    }

    fn find(mut self, roots: &[Id]) -> BTreeMap<Id, u32> {
        let mut seen: BTreeSet<Id> = BTreeSet::new();
        let mut open: Vec<Id> = roots.to_vec();
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            let Some(op) = self.graph.program.op(id) else {
                continue;
            };
            let here = self.level(id);
            for operand in self.graph.operands_of(op) {
                let inner = match op {
                    Op::Scan {
                        slot, test, take, ..
                    } if operand == test || operand == take => slot,
                    _ => here,
                };
                *self.uses.entry(operand).or_default() += 1;
                if self.level(operand) < inner {
                    self.steady.insert(operand);
                }
                open.push(operand);
            }
        }
        for root in roots {
            *self.uses.entry(*root).or_default() += 1;
        }
        let mut kept = BTreeMap::new();
        let mut ids: Vec<Id> = seen.into_iter().collect();
        order::sort(&mut ids);
        for id in ids {
            let again =
                self.steady.contains(&id) || self.uses.get(&id).is_some_and(|uses| *uses > 1);
            if again && self.cost(id) >= WORTH {
                let level = self.level(id);
                kept.insert(id, level);
            }
        }
        kept
    }

    /// The innermost slot that an operation depends on; 0 for none.
    fn level(&mut self, id: Id) -> u32 {
        self.free
            .slots(&self.graph.program, id)
            .last()
            .copied()
            .unwrap_or(0)
    }

    fn cost(&mut self, id: Id) -> u32 {
        if let Some(known) = self.costs.get(&id) {
            return *known;
        }
        let Some(op) = self.graph.program.op(id) else {
            return 0;
        };
        let own = match op {
            Op::Word(_) | Op::List(..) | Op::Slot(_) | Op::Section(_) => 0,
            Op::Scan { .. } => SCAN,
            _ => 1,
        };
        let operands = self.graph.operands_of(op).into_iter();
        let inner: u32 = operands
            .map(|operand| self.cost(operand))
            .fold(0, u32::saturating_add);
        let cost = inner.saturating_add(own);
        self.costs.insert(id, cost);
        cost
    }
}

#[cfg(test)]
mod tests;
