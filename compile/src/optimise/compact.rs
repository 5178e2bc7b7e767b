//! What no rule needs is dropped, and what is left is numbered in the order of use:
//! operands before what needs them.

use crate::lower::graph::Graph;
use longma_core::program::{Condition, Entry, Id, Kernel, NONE, Op, Program, Take};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The program without what no rule needs.
pub(super) fn compact(program: &Program) -> Program {
    let mut to = Graph::new(Arc::clone(&program.texts), program.tables.clone());
    to.program.cells = program.cells;
    to.program.slots = program.slots;
    to.program.locals = program.locals;
    let mut compacting = Compacting {
        from: program,
        to,
        done: BTreeMap::new(),
    };
    for entry in &program.entries {
        let entry = Entry {
            fast: compacting.of(entry.fast),
            exact: compacting.of(entry.exact),
            ..entry.clone()
        };
        // Bodies know their entries by position, so none is left out.
        compacting.to.program.entries.push(entry);
    }
    compacting.to.program
}

struct Compacting<'p> {
    from: &'p Program,
    to: Graph,
    done: BTreeMap<Id, Id>,
}

impl Compacting<'_> {
    fn of(&mut self, id: Id) -> Id {
        if id == NONE {
            return NONE;
        }
        if let Some(known) = self.done.get(&id) {
            return *known;
        }
        let Some(op) = self.from.op(id) else {
            return NONE;
        };
        let mut operands = Vec::new();
        self.from.each_operand(op, |operand| operands.push(operand));
        let operands: Vec<Id> = operands.into_iter().map(|it| self.of(it)).collect();
        let op = match op {
            Op::Kernel(at) => self.kernel(at, &operands),
            Op::List(start, len) => {
                let (start, len) = (start as usize, len as usize);
                let words = self.from.lists.get(start..start + len);
                self.to.list(words.unwrap_or(&[]))
            }
            op => self.to.rebuilt(op, &operands),
        };
        let new = match self.from.site(id) {
            Some(site) => {
                let mut site = site.clone();
                let name = self.from.names.get(site.name as usize);
                site.name = self.to.name(name.map_or("", String::as_str));
                self.to.add_at(op, site)
            }
            None => self.to.add(op),
        };
        self.done.insert(id, new);
        new
    }

    /// A kernel with other operands: its list, what it compares with, the rest of its
    /// test, and what it takes.
    fn kernel(&mut self, at: u32, operands: &[Id]) -> Op {
        let Some(kernel) = self.from.kernels.get(at as usize) else {
            return Op::Kernel(u32::MAX);
        };
        let mut operands = operands.iter().copied();
        let mut next = || operands.next().unwrap_or(NONE);
        let of = next();
        let conditions = self.from.conditions_of(kernel).iter();
        let conditions: Vec<Condition> = conditions
            .map(|condition| Condition {
                with: next(),
                ..*condition
            })
            .collect();
        let test = if kernel.test == NONE { NONE } else { next() };
        let take = match kernel.take {
            Take::Op(_) => Take::Op(next()),
            take => take,
        };
        let kernel = Kernel {
            of,
            test,
            take,
            ..*kernel
        };
        self.to.kernel(kernel, &conditions)
    }
}

#[cfg(test)]
mod tests;
