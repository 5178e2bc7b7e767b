//! Programs as bytes: each rule as a tree, in which an operation stands before its
//! operands.
//!
//! Most operations are used once, just where they are computed, so that no number has
//! to say which is meant; the others are pointed back to. What an operation is apart
//! from its operands stands in a list of all that occur: a few hundred, for thousands of
//! operations.

use super::bytes::{Reader, Writer};
use super::{DEPTH, SIZE};
use crate::columns::Texts;
use crate::order;
use crate::order::Gather;
use crate::program::{Condition, Entry, Id, Kernel, NONE, Op, Program, Site, Take};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// An operation without its operands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Part {
    op: Op,
    kernel: Option<(Kernel, Vec<Condition>)>,
    /// Equal ones without operands are the same operation, unless each has a place.
    alone: bool,
}

/// The places of operations in scripts, and the names that they tell.
type Places = (Vec<(Id, Site)>, Vec<String>);

impl Part {
    fn of(program: &Program, op: Op, alone: bool) -> Option<Self> {
        let mut kernel = None;
        let op = match op {
            Op::Kernel(at) => {
                let found = *program.kernels.get(at as usize)?;
                let some = |id: Id| if id == NONE { NONE } else { 0 };
                let (start, len) = (found.conditions.0 as usize, found.conditions.1 as usize);
                let conditions = program.conditions.get(start..start.checked_add(len)?)?;
                let bare = Kernel {
                    of: 0,
                    conditions: (0, found.conditions.1),
                    test: some(found.test),
                    take: match found.take {
                        Take::Op(_) => Take::Op(0),
                        take => take,
                    },
                    ..found
                };
                let conditions = conditions.iter().map(|it| Condition { with: 0, ..*it });
                kernel = Some((bare, conditions.collect()));
                Op::Kernel(0)
            }
            Op::Call(function, _) => Op::Call(function, 0),
            Op::Items(_, len) => Op::Items(0, len),
            Op::Memo { slot, .. } => Op::Memo {
                cell: 0,
                of: 0,
                slot,
            },
            op => op.with(|_| 0),
        };
        Some(Self { op, kernel, alone })
    }

    /// The number of its operands.
    fn operands(&self) -> usize {
        match self.op {
            Op::Kernel(_) => self.kernel.as_ref().map_or(0, |(kernel, conditions)| {
                let test = usize::from(kernel.test != NONE);
                let take = usize::from(matches!(kernel.take, Take::Op(_)));
                1 + conditions.len() + test + take
            }),
            Op::Call(function, _) => function.arity(),
            Op::Items(_, len) => len as usize,
            op => {
                let mut count = 0;
                let _ = op.with(|operand| {
                    count += 1;
                    operand
                });
                count
            }
        }
    }

    /// Whether equal ones are the same operation.
    fn is_shared(&self) -> bool {
        !self.alone && self.operands() == 0
    }
}

/// Writes a program. `None` if it is not sound.
pub(super) fn write(to: &mut Writer, program: &Program, places: bool) -> Option<()> {
    let mut graph = Written::default();
    for entry in &program.entries {
        if entry.fast != NONE {
            graph.op((program, places), entry.fast, 0)?;
        }
        graph.op((program, places), entry.exact, 0)?;
    }
    to.list(program.texts.as_slice(), |to, text| to.name(text));
    to.list(&program.tables, |to, table| to.name(table));
    to.list(&program.lists, |to, word| to.int(*word));
    to.size(graph.cells.len());
    to.uint(program.slots.into());
    to.uint(program.locals.into());
    // In their own order, since like ones compress best side by side.
    let parts = graph.tokens.iter().flatten().map(|part| (part, 0));
    let parts: BTreeMap<&Part, usize> = parts.into_map();
    let parts: BTreeMap<&Part, usize> = parts.into_keys().zip(1..).into_map();
    to.block(&postcard::to_stdvec(&parts.keys().collect::<Vec<_>>()).ok()?);
    to.list(&graph.tokens, |to, token| {
        let part = token.as_ref().and_then(|part| parts.get(part));
        to.size(part.copied().unwrap_or(0));
    });
    to.list(&graph.numbers, |to, number| to.size(*number));
    to.list(&program.entries, |to, entry| {
        to.flag(entry.fast != NONE);
        to.list(&entry.earlier, |to, name| to.name(name));
        to.int(entry.reach);
    });
    let sites = program.sites.iter();
    let sites = sites.filter_map(|(id, site)| Some((*graph.ids.get(id)?, site)));
    let mut sites: Vec<(usize, &Site)> = sites.collect();
    order::sort_by_key(&mut sites, |(id, _)| *id);
    to.some(places.then_some((sites, &program.names)), |to, places| {
        to.block(&postcard::to_stdvec(&places).unwrap_or_default());
    });
    Some(())
}

/// The operations written so far.
#[derive(Default)]
struct Written {
    /// Each operation before its operands; `None` points back to one.
    tokens: Vec<Option<Part>>,
    /// How far each pointer goes, and how far back each cell is.
    numbers: Vec<usize>,
    /// The new numbers of operations, of those that are shared, and of cells.
    ids: BTreeMap<Id, usize>,
    shared: BTreeMap<Part, usize>,
    cells: BTreeMap<u32, usize>,
    made: usize,
}

impl Written {
    fn op(&mut self, of: (&Program, bool), id: Id, depth: u32) -> Option<()> {
        let (program, places) = of;
        let op = program.op(id)?;
        let mut operands = Vec::new();
        program.each_operand(op, |operand| operands.push(operand));
        let alone = places && operands.is_empty() && program.site(id).is_some();
        let part = Part::of(program, op, alone)?;
        let sound = depth < DEPTH
            && operands.len() == part.operands()
            && operands.iter().all(|operand| *operand < id);
        sound.then_some(())?;
        if let (Some(known), false) = (self.ids.get(&id), part.is_shared()) {
            self.tokens.push(None);
            self.numbers.push(self.made - known);
            return Some(());
        }
        self.tokens.push(Some(part.clone()));
        for operand in operands {
            self.op(of, operand, depth + 1)?;
        }
        if let Op::Memo { cell, .. } = op {
            let next = self.cells.len();
            let cell = *self.cells.entry(cell).or_insert(next);
            self.numbers.push(next - cell);
        }
        let mut new = self.made;
        if part.is_shared() {
            new = *self.shared.entry(part).or_insert(new);
        }
        self.ids.insert(id, new);
        self.made += usize::from(new == self.made);
        Some(())
    }
}

/// Reads a program; `None` if it is not one.
#[inline(never)]
pub(super) fn read(from: &mut Reader<'_>) -> Option<Program> {
    let texts = from.list(Reader::shared_name)?;
    texts.is_sorted().then_some(())?;
    let program = Program {
        texts: Arc::new(Texts::new(texts)),
        tables: from.list(Reader::name)?,
        lists: from.list(Reader::int)?,
        cells: from.number()?,
        slots: from.number()?,
        locals: from.number()?,
        ..Program::default()
    };
    let (parts, []) = postcard::take_from_bytes::<Vec<Part>>(from.block()?).ok()? else {
        return None;
    };
    let mut graph = Graph {
        program,
        shared: vec![None; parts.len()],
        parts,
        tokens: from.list(Reader::size)?.into_iter(),
        numbers: from.list(Reader::number)?.into_iter(),
        cells: 0,
    };
    graph.program.entries = from.list(|from| {
        let fast = from.flag()?;
        Some(Entry {
            fast: if fast { graph.op(0)? } else { NONE },
            exact: graph.op(0)?,
            earlier: from.list(Reader::name)?,
            reach: from.int()?,
        })
    })?;
    let mut program = graph.program;
    if let Some(block) = from.some(Reader::block)? {
        let (places, []) = postcard::take_from_bytes::<Places>(block).ok()? else {
            return None;
        };
        (program.sites, program.names) = places;
    }
    Some(program)
}

/// A program that is being read.
struct Graph {
    program: Program,
    parts: Vec<Part>,
    /// The operations that are the same for all equal parts.
    shared: Vec<Option<Id>>,
    tokens: std::vec::IntoIter<usize>,
    numbers: std::vec::IntoIter<u32>,
    cells: u32,
}

impl Graph {
    fn op(&mut self, depth: u32) -> Option<Id> {
        (depth < DEPTH && self.program.ops.len() < SIZE).then_some(())?;
        let next = size(self.program.ops.len());
        let Some(at) = self.tokens.next()?.checked_sub(1) else {
            return next.checked_sub(self.numbers.next()?);
        };
        if let Some(known) = *self.shared.get(at)? {
            return Some(known);
        }
        let mut operands = Vec::new();
        for _ in 0..self.parts.get(at)?.operands() {
            operands.push(self.op(depth + 1)?);
        }
        let op = self.whole(at, &operands)?;
        let id = size(self.program.ops.len());
        self.program.ops.push(op);
        if self.parts.get(at)?.is_shared() {
            *self.shared.get_mut(at)? = Some(id);
        }
        Some(id)
    }

    /// The operation with its operands.
    #[inline(never)]
    fn whole(&mut self, at: usize, operands: &[Id]) -> Option<Op> {
        let part = self.parts.get(at)?;
        let program = &mut self.program;
        let start = size(program.operands.len());
        let mut next = operands.iter().copied();
        Some(match part.op {
            Op::Call(function, _) => {
                program.operands.extend(next);
                Op::Call(function, start)
            }
            Op::Items(_, len) => {
                program.operands.extend(next);
                Op::Items(start, len)
            }
            Op::Memo { slot, .. } => {
                let cell = self.cells.checked_sub(self.numbers.next()?)?;
                self.cells += u32::from(cell == self.cells);
                let of = next.next()?;
                Op::Memo { cell, of, slot }
            }
            Op::Kernel(_) => {
                let (bare, conditions) = part.kernel.as_ref()?;
                let mut kernel = *bare;
                kernel.of = next.next()?;
                kernel.conditions = (size(program.conditions.len()), size(conditions.len()));
                for condition in conditions {
                    let with = next.next()?;
                    program.conditions.push(Condition { with, ..*condition });
                }
                if kernel.test != NONE {
                    kernel.test = next.next()?;
                }
                if let Take::Op(_) = kernel.take {
                    kernel.take = Take::Op(next.next()?);
                }
                program.kernels.push(kernel);
                Op::Kernel(size(program.kernels.len() - 1))
            }
            op => op.with(|_| next.next().unwrap_or(NONE)),
        })
    }
}

fn size(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
