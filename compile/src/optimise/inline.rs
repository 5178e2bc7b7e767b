//! Variables become what they stand for. What a variable stands for is computed when it
//! is needed; only what can fail is still computed in its place.

use super::doubt::Doubts;
use crate::lower::graph::Graph;
use longma_core::program::{Id, NONE, Op};
use std::collections::{BTreeMap, BTreeSet};

/// The form of `root` without variables, dropped statements and places, and which of
/// its operations can fail, or have one inside of them that can.
pub(super) fn inline(graph: &mut Graph, root: Id, doubts: &Doubts) -> (Id, BTreeSet<Id>) {
    let mut inlining = Inlining {
        graph,
        doubts,
        locals: BTreeMap::new(),
        done: BTreeMap::new(),
        failing: BTreeSet::new(),
    };
    let root = inlining.of(root);
    (root, inlining.failing)
}

struct Inlining<'g, 'd> {
    graph: &'g mut Graph,
    doubts: &'d Doubts,
    locals: BTreeMap<u32, Id>,
    done: BTreeMap<Id, Id>,
    failing: BTreeSet<Id>,
}

impl Inlining<'_, '_> {
    fn of(&mut self, id: Id) -> Id {
        if id == NONE {
            return NONE;
        }
        if let Some(known) = self.done.get(&id) {
            return *known;
        }
        let new = self.inlined(id);
        if self.doubts.can_fail(id) {
            self.failing.insert(new);
        }
        self.done.insert(id, new);
        new
    }

    fn inlined(&mut self, id: Id) -> Id {
        let Some(op) = self.graph.program.op(id) else {
            return NONE;
        };
        match op {
            Op::Local(local) => self.locals.get(&local).copied().unwrap_or(NONE),
            Op::Let(local, value, body) => {
                let new = self.of(value);
                self.locals.insert(local, new);
                self.before(value, new, body)
            }
            Op::Then(first, then) => {
                let new = self.of(first);
                self.before(first, new, then)
            }
            op => {
                let operands = self.graph.operands_of(op);
                let operands: Vec<Id> = operands.into_iter().map(|it| self.of(it)).collect();
                let op = self.graph.rebuilt(op, &operands);
                self.graph.add(op)
            }
        }
    }

    /// `then`, after what can fail in `first`.
    fn before(&mut self, first: Id, new: Id, then: Id) -> Id {
        let then = self.of(then);
        if self.doubts.can_fail(first) {
            self.graph.add(Op::Then(new, then))
        } else {
            then
        }
    }
}

#[cfg(test)]
mod tests;
