//! The slots that operations depend on.

use longma_core::program::{EARLIER, Function, Id, NONE, Op, Program, Take};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What is known so far, by operation.
#[derive(Debug, Default)]
pub(crate) struct Free(BTreeMap<Id, Rc<BTreeSet<u32>>>);

impl Free {
    /// Whether an operation depends on a slot outside of it.
    pub(crate) fn depends(&mut self, program: &Program, id: Id) -> bool {
        !self.slots(program, id).is_empty()
    }

    /// The slots that an operation depends on, without those of its own scans.
    pub(crate) fn slots(&mut self, program: &Program, id: Id) -> Rc<BTreeSet<u32>> {
        if let Some(known) = self.0.get(&id) {
            return Rc::clone(known);
        }
        let mut slots = BTreeSet::new();
        // What an operation computes for each item is inside of its slot.
        let (slot, inside) = match program.op(id) {
            Some(Op::Scan {
                slot, test, take, ..
            }) => (Some(slot), [test, take]),
            Some(Op::Kernel(at)) => {
                let kernel = program.kernels.get(at as usize);
                let take = kernel.map_or(NONE, |kernel| match kernel.take {
                    Take::Op(take) => take,
                    Take::Item | Take::Field(_) => NONE,
                });
                let test = kernel.map_or(NONE, |kernel| kernel.test);
                (kernel.map(|kernel| kernel.slot), [test, take])
            }
            _ => (None, [NONE; 2]),
        };
        for id in inside.into_iter().filter(|id| *id != NONE) {
            slots.extend(self.slots(program, id).iter());
        }
        if let Some(slot) = slot {
            slots.remove(&slot);
        }
        match program.op(id) {
            Some(Op::Slot(slot) | Op::Item(slot, _)) => drop(slots.insert(slot)),
            Some(Op::Scan { of, .. }) => slots.extend(self.slots(program, of).iter()),
            Some(Op::Kernel(at)) => {
                if let Some(kernel) = program.kernels.get(at as usize) {
                    slots.extend(self.slots(program, kernel.of).iter());
                    for condition in program.conditions_of(kernel) {
                        slots.extend(self.slots(program, condition.with).iter());
                    }
                }
            }
            Some(Op::Call(Function::When | Function::WhenAtLeast, _)) => {
                slots.insert(EARLIER);
            }
            Some(op) => program.each_operand(op, |operand| {
                slots.extend(self.slots(program, operand).iter());
            }),
            None => {}
        }
        let slots = Rc::new(slots);
        self.0.insert(id, Rc::clone(&slots));
        slots
    }
}
