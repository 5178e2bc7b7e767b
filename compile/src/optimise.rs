//! Makes the fast form of a rule from its exact one.
//!
//! Each step is a rewriting of the graph that keeps what a rule computes as long as
//! nothing unusual happens: no time near the ends of the range, no list of record
//! length, nothing absent where a value is needed. Where something unusual does happen,
//! some operation fails, and the machine runs the exact form. So a step may leave out or
//! move an operation only if it cannot fail for ordinary facts; `doubt` knows which can.
//!
//! - [`inline`](inline::inline): variables become what they stand for;
//! - [`fuse`](fuse::fuse): a scan of a scan becomes one scan, and a scan that only
//!   answers a question stops there;
//! - [`share`](share::share): slots are renumbered, so that equal parts of all rules are
//!   one part;
//! - [`keep`](keep::keep): results that are needed again are kept;
//! - [`kernels`](kernel::kernels): comparisons of fields are made without operations;
//! - [`compact`](compact::compact): what no rule needs is dropped.

mod compact;
mod doubt;
mod fuse;
mod inline;
mod keep;
mod kernel;
mod share;

use crate::lower::graph::Graph;
use longma_core::program::{End, Entry, Function, Id, NONE, Op, Program};
use std::collections::BTreeMap;

/// Gives every rule of the graph its fast form, and drops what is not needed.
pub(crate) fn optimise(mut graph: Graph) -> Program {
    let entries = graph.program.entries.clone();
    let entries: Vec<Entry> = entries
        .into_iter()
        .map(|entry| fast(&mut graph, entry))
        .collect();
    graph.program.entries = entries;
    keep::keep(&mut graph);
    kernel::kernels(&mut graph);
    compact::compact(&graph.program)
}

fn fast(graph: &mut Graph, entry: Entry) -> Entry {
    let doubts = doubt::Doubts::of(&graph.program, entry.exact);
    let reach = doubts.reach();
    let fast = inline::inline(graph, entry.exact, &doubts);
    let fast = fuse::fuse(graph, fast);
    let fast = share::share(graph, fast);
    Entry {
        fast,
        reach,
        ..entry
    }
}

/// Rewrites operations bottom-up, each once.
struct Rewriting<'g, F> {
    graph: &'g mut Graph,
    done: BTreeMap<Id, Id>,
    rewrite: F,
}

impl<F: FnMut(&mut Graph, Op) -> Id> Rewriting<'_, F> {
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
        let op = mapped(self, op);
        let new = (self.rewrite)(self.graph, op);
        self.done.insert(id, new);
        new
    }
}

fn mapped<F: FnMut(&mut Graph, Op) -> Id>(rewriting: &mut Rewriting<'_, F>, op: Op) -> Op {
    match op {
        Op::Items(start, len) => {
            let items = rewriting
                .graph
                .program
                .operands(start, len as usize)
                .to_vec();
            let items: Vec<Id> = items.into_iter().map(|item| rewriting.of(item)).collect();
            Op::Items(rewriting.graph.operands(&items), len)
        }
        Op::Call(function, start) => {
            let arity = function.arity();
            let operands = rewriting.graph.program.operands(start, arity).to_vec();
            let operands: Vec<Id> = operands.into_iter().map(|it| rewriting.of(it)).collect();
            rewriting.graph.call(function, &operands)
        }
        op => with_operands(op, |id| rewriting.of(id)),
    }
}

/// The operation with other operands; calls and list literals stay as they are.
fn with_operands(op: Op, mut of: impl FnMut(Id) -> Id) -> Op {
    match op {
        Op::Let(local, a, b) => Op::Let(local, of(a), of(b)),
        Op::Memo { cell, of: a, slot } => Op::Memo {
            cell,
            of: of(a),
            slot,
        },
        Op::Field(a, field) => Op::Field(of(a), field),
        Op::If(a, b, c) => Op::If(of(a), of(b), of(c)),
        Op::And(a, b) => Op::And(of(a), of(b)),
        Op::Or(a, b) => Op::Or(of(a), of(b)),
        Op::Default(a, b) => Op::Default(of(a), of(b)),
        Op::IsAbsent(a) => Op::IsAbsent(of(a)),
        Op::Need(a) => Op::Need(of(a)),
        Op::Equal(a, b) => Op::Equal(of(a), of(b)),
        Op::Same(a, b) => Op::Same(of(a), of(b)),
        Op::Compare(relation, a, b) => Op::Compare(relation, of(a), of(b)),
        Op::Then(a, b) => Op::Then(of(a), of(b)),
        Op::Scan {
            end,
            of: list,
            slot,
            test,
            take,
        } => Op::Scan {
            end,
            of: of(list),
            slot,
            test: of(test),
            take: of(take),
        },
        op => op,
    }
}

/// Whether a scan can stop before its last item.
fn stops(end: End) -> bool {
    matches!(end, End::First | End::Any | End::All)
}

/// The operands of a call.
fn operands(program: &Program, function: Function, start: u32) -> Vec<Id> {
    program.operands(start, function.arity()).to_vec()
}
