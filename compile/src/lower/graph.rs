//! The graph that rules are written into. Equal operations are one operation.

use longma_core::columns::{Texts, Word};
use longma_core::program::{Condition, Entry, Function, Id, Kernel, NONE, Op, Program, Site};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most operations of one catalogue.
pub(crate) const OPERATIONS: usize = 200_000;

/// A program in the making.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    pub(crate) program: Program,
    known: BTreeMap<(Op, Option<Site>), Id>,
    operands: BTreeMap<Vec<Id>, u32>,
    lists: BTreeMap<Vec<Word>, u32>,
    names: BTreeMap<String, u32>,
    kernels: BTreeMap<(Kernel, Vec<Condition>), u32>,
    entries: BTreeMap<Entry, usize>,
}

impl Graph {
    pub(crate) fn new(texts: Arc<Texts>, tables: Vec<String>) -> Self {
        let program = Program {
            texts,
            tables,
            ..Program::default()
        };
        Self {
            program,
            ..Self::default()
        }
    }

    /// Whether the program has grown too large.
    pub(crate) fn is_full(&self) -> bool {
        self.program.ops.len() > OPERATIONS
    }

    /// The number of an operation.
    pub(crate) fn add(&mut self, op: Op) -> Id {
        self.put(op, None)
    }

    /// The number of an operation that can fail at a place.
    pub(crate) fn add_at(&mut self, op: Op, site: Site) -> Id {
        self.put(op, Some(site))
    }

    fn put(&mut self, op: Op, site: Option<Site>) -> Id {
        let key = (op, site);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let id = size(self.program.ops.len());
        self.program.ops.push(op);
        if let Some(site) = &key.1 {
            self.program.sites.push((id, site.clone()));
        }
        self.known.insert(key, id);
        id
    }

    /// A call.
    pub(crate) fn call(&mut self, function: Function, operands: &[Id]) -> Op {
        Op::Call(function, self.operands(operands))
    }

    /// What an operation is computed from, in order.
    pub(crate) fn operands_of(&self, op: Op) -> Vec<Id> {
        let mut operands = Vec::new();
        self.program
            .each_operand(op, |operand| operands.push(operand));
        operands
    }

    /// The same operation with other operands, as many and in the same order.
    pub(crate) fn rebuilt(&mut self, op: Op, operands: &[Id]) -> Op {
        match op {
            Op::Items(_, len) => Op::Items(self.operands(operands), len),
            Op::Call(function, _) => self.call(function, operands),
            op => {
                let mut operands = operands.iter().copied();
                op.with(|_| operands.next().unwrap_or(NONE))
            }
        }
    }

    /// The place of a list of operands.
    pub(crate) fn operands(&mut self, operands: &[Id]) -> u32 {
        if let Some(known) = self.operands.get(operands) {
            return *known;
        }
        let start = size(self.program.operands.len());
        self.program.operands.extend_from_slice(operands);
        self.operands.insert(operands.to_vec(), start);
        start
    }

    /// A constant list.
    pub(crate) fn list(&mut self, words: &[Word]) -> Op {
        let len = size(words.len());
        if let Some(known) = self.lists.get(words) {
            return Op::List(*known, len);
        }
        let start = size(self.program.lists.len());
        self.program.lists.extend_from_slice(words);
        self.lists.insert(words.to_vec(), start);
        Op::List(start, len)
    }

    /// A kernel with its comparisons.
    pub(crate) fn kernel(&mut self, kernel: Kernel, conditions: &[Condition]) -> Op {
        // Where its comparisons stand does not tell kernels apart.
        let kernel = Kernel {
            conditions: (0, 0),
            ..kernel
        };
        let key = (kernel, conditions.to_vec());
        if let Some(known) = self.kernels.get(&key) {
            return Op::Kernel(*known);
        }
        let start = size(self.program.conditions.len());
        self.program.conditions.extend_from_slice(conditions);
        let number = size(self.program.kernels.len());
        self.program.kernels.push(Kernel {
            conditions: (start, size(conditions.len())),
            ..kernel
        });
        self.kernels.insert(key, number);
        Op::Kernel(number)
    }

    /// The number of a name.
    pub(crate) fn name(&mut self, name: &str) -> u32 {
        if let Some(known) = self.names.get(name) {
            return *known;
        }
        let number = size(self.program.names.len());
        self.program.names.push(name.to_owned());
        self.names.insert(name.to_owned(), number);
        number
    }

    /// The number of a rule. Rules that are the same in everything are one.
    pub(crate) fn entry(&mut self, entry: Entry) -> usize {
        if let Some(known) = self.entries.get(&entry) {
            return *known;
        }
        self.program.entries.push(entry.clone());
        let number = self.program.entries.len() - 1;
        self.entries.insert(entry, number);
        number
    }
}

fn size(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
