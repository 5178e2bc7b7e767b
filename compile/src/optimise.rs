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
use longma_core::program::{End, Entry, Id, NONE, Op, Program};
use std::collections::BTreeMap;

/// Gives every rule of the graph its fast form, and drops what is not needed.
pub(crate) fn optimise(graph: Graph) -> Program {
    let mut graph = graph;
    rewrite(&mut graph, &mut |_, _| {});
    compact::compact(&graph.program)
}

/// One step of the optimiser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Inline,
    Fuse,
    Share,
    Keep,
    Kernels,
}

impl Step {
    /// Its name, which is that of its module.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Inline => "inline",
            Self::Fuse => "fuse",
            Self::Share => "share",
            Self::Keep => "keep",
            Self::Kernels => "kernel",
        }
    }
}

/// What each step made of each rule.
#[derive(Debug)]
pub(crate) struct Steps {
    /// All operations that any step made.
    pub(crate) program: Program,
    /// The steps in order, each with the form of each entry after it.
    pub(crate) forms: Vec<(Step, Vec<Id>)>,
}

/// Like [`optimise`], and keeps what each step made.
pub(crate) fn in_steps(graph: Graph) -> (Program, Steps) {
    let mut graph = graph;
    let mut forms: Vec<(Step, Vec<Id>)> = Vec::new();
    rewrite(
        &mut graph,
        &mut |step, form| match forms.iter_mut().find(|(known, _)| *known == step) {
            Some((_, made)) => made.push(form),
            None => forms.push((step, vec![form])),
        },
    );
    let program = compact::compact(&graph.program);
    let steps = Steps {
        program: graph.program,
        forms,
    };
    (program, steps)
}

/// Runs the steps, and tells the form of each entry after each.
fn rewrite(graph: &mut Graph, tell: &mut dyn FnMut(Step, Id)) {
    let entries = graph.program.entries.clone();
    let entries: Vec<Entry> = entries
        .into_iter()
        .map(|entry| fast(graph, entry, tell))
        .collect();
    graph.program.entries = entries;
    keep::keep(graph);
    for entry in &graph.program.entries {
        tell(Step::Keep, entry.fast);
    }
    kernel::kernels(graph);
    for entry in &graph.program.entries {
        tell(Step::Kernels, entry.fast);
    }
}

fn fast(graph: &mut Graph, entry: Entry, tell: &mut dyn FnMut(Step, Id)) -> Entry {
    let doubts = doubt::Doubts::of(&graph.program, entry.exact);
    let reach = doubts.reach();
    let (fast, failing) = inline::inline(graph, entry.exact, &doubts);
    tell(Step::Inline, fast);
    let fast = fuse::fuse(graph, fast, failing);
    tell(Step::Fuse, fast);
    let fast = share::share(graph, fast);
    tell(Step::Share, fast);
    Entry {
        fast,
        reach,
        ..entry
    }
}

/// Rewrites operations bottom-up, each once. `rewrite` gets each with its operands
/// rewritten.
struct Rewriting<'g, F> {
    graph: &'g mut Graph,
    done: BTreeMap<Id, Id>,
    rewrite: F,
}

impl<'g, F: FnMut(&mut Graph, Id, Op) -> Id> Rewriting<'g, F> {
    fn new(graph: &'g mut Graph, rewrite: F) -> Self {
        let done = BTreeMap::new();
        Self {
            graph,
            done,
            rewrite,
        }
    }

    fn of(&mut self, id: Id) -> Id {
        if let Some(known) = self.done.get(&id) {
            return *known;
        }
        let Some(op) = self.graph.program.op(id) else {
            return NONE;
        };
        let operands = self.graph.operands_of(op);
        let operands: Vec<Id> = operands.into_iter().map(|it| self.of(it)).collect();
        let op = self.graph.rebuilt(op, &operands);
        let new = (self.rewrite)(self.graph, id, op);
        self.done.insert(id, new);
        new
    }
}

/// Whether a scan can stop before its last item.
fn stops(end: End) -> bool {
    matches!(end, End::First | End::Any | End::All)
}
