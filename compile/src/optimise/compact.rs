//! What no rule needs is dropped, and what is left is numbered in the order of use:
//! operands before what needs them.

use super::with_operands;
use longma_core::program::{Condition, Entry, Id, Kernel, NONE, Op, Program, Take};
use std::collections::BTreeMap;

/// The program without what no rule needs.
pub(super) fn compact(program: &Program) -> Program {
    let mut compacting = Compacting {
        from: program,
        to: Program {
            cells: program.cells,
            slots: program.slots,
            locals: program.locals,
            tables: program.tables.clone(),
            texts: program.texts.clone(),
            ..Program::default()
        },
        done: BTreeMap::new(),
        operands: BTreeMap::new(),
        lists: BTreeMap::new(),
        names: BTreeMap::new(),
    };
    for entry in &program.entries {
        let entry = Entry {
            fast: compacting.of(entry.fast),
            exact: compacting.of(entry.exact),
            ..entry.clone()
        };
        compacting.to.entries.push(entry);
    }
    compacting.to.sites.sort_by_key(|(id, _)| *id);
    compacting.to
}

struct Compacting<'p> {
    from: &'p Program,
    to: Program,
    done: BTreeMap<Id, Id>,
    operands: BTreeMap<Vec<Id>, u32>,
    lists: BTreeMap<(u32, u32), u32>,
    names: BTreeMap<u32, u32>,
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
        let op = match op {
            Op::Items(start, len) => Op::Items(self.operands(start, len as usize), len),
            Op::Call(function, start) => Op::Call(function, self.operands(start, function.arity())),
            Op::Kernel(kernel) => Op::Kernel(self.kernel(kernel)),
            Op::List(start, len) => Op::List(self.list(start, len), len),
            op => with_operands(op, |operand| self.of(operand)),
        };
        let new = Id::try_from(self.to.ops.len()).unwrap_or(NONE);
        self.to.ops.push(op);
        if let Some(site) = self.from.site(id) {
            let mut site = site.clone();
            site.name = self.name(site.name);
            self.to.sites.push((new, site));
        }
        self.done.insert(id, new);
        new
    }

    fn operands(&mut self, start: u32, len: usize) -> u32 {
        let operands: Vec<Id> = self.from.operands(start, len).to_vec();
        let operands: Vec<Id> = operands
            .into_iter()
            .map(|operand| self.of(operand))
            .collect();
        if let Some(known) = self.operands.get(&operands) {
            return *known;
        }
        let start = u32::try_from(self.to.operands.len()).unwrap_or(u32::MAX);
        self.to.operands.extend_from_slice(&operands);
        self.operands.insert(operands, start);
        start
    }

    fn kernel(&mut self, kernel: u32) -> u32 {
        let Some(kernel) = self.from.kernels.get(kernel as usize).copied() else {
            return u32::MAX;
        };
        let of = self.of(kernel.of);
        let conditions = self.from.conditions_of(&kernel).to_vec();
        let conditions: Vec<Condition> = conditions
            .into_iter()
            .map(|condition| Condition {
                with: self.of(condition.with),
                ..condition
            })
            .collect();
        let (test, take) = (
            self.of(kernel.test),
            match kernel.take {
                Take::Op(id) => Take::Op(self.of(id)),
                take => take,
            },
        );
        let number = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
        let start = number(self.to.conditions.len());
        self.to.conditions.extend_from_slice(&conditions);
        self.to.kernels.push(Kernel {
            of,
            conditions: (start, number(conditions.len())),
            test,
            take,
            ..kernel
        });
        number(self.to.kernels.len() - 1)
    }

    fn list(&mut self, start: u32, len: u32) -> u32 {
        if let Some(known) = self.lists.get(&(start, len)) {
            return *known;
        }
        let from = start as usize;
        let words = self
            .from
            .lists
            .get(from..from + len as usize)
            .unwrap_or(&[]);
        let new = u32::try_from(self.to.lists.len()).unwrap_or(u32::MAX);
        self.to.lists.extend_from_slice(words);
        self.lists.insert((start, len), new);
        new
    }

    fn name(&mut self, name: u32) -> u32 {
        if let Some(known) = self.names.get(&name) {
            return *known;
        }
        let text = self
            .from
            .names
            .get(name as usize)
            .cloned()
            .unwrap_or_default();
        let new = u32::try_from(self.to.names.len()).unwrap_or(u32::MAX);
        self.to.names.push(text);
        self.names.insert(name, new);
        new
    }
}
