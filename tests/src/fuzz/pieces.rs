//! Programs as a stream of pieces that a fuzzer can cut, copy and change anywhere, mended so
//! that every number leads somewhere.

use longma_core::machine::CONDITIONS;
use longma_core::program::{Condition, Id, Kernel, NONE, Op, Program, Take};
use serde::{Deserialize, Serialize};

/// Cells, slots and variables of a program: as many as a byte can number.
const SIZE: u32 = 256;

/// One line of one of a program's tables.
#[derive(Serialize, Deserialize)]
enum Piece {
    Op(Op),
    Operand(Id),
    Kernel(Kernel),
    Condition(Condition),
    Item(i64),
}

/// The program that the bytes say. Where they say nothing, the next byte is tried.
pub(super) fn program(mut bytes: &[u8]) -> Program {
    let mut program = Program {
        cells: SIZE,
        slots: SIZE,
        locals: SIZE,
        ..Program::default()
    };
    while let Some((_, skipped)) = bytes.split_first() {
        bytes = match postcard::take_from_bytes::<Piece>(bytes) {
            Ok((piece, rest)) => {
                match piece {
                    Piece::Op(op) => program.ops.push(op),
                    Piece::Operand(id) => program.operands.push(id),
                    Piece::Kernel(kernel) => program.kernels.push(kernel),
                    Piece::Condition(condition) => program.conditions.push(condition),
                    Piece::Item(word) => program.lists.push(word),
                }
                rest
            }
            Err(_) => skipped,
        };
    }
    mend(&mut program);
    program
}

/// The bytes for a program.
pub(super) fn of(program: &Program) -> Vec<u8> {
    let tables = program.operands.iter().map(|id| Piece::Operand(*id));
    let kernels = program.kernels.iter().map(|it| Piece::Kernel(*it));
    let conditions = program.conditions.iter().map(|it| Piece::Condition(*it));
    let items = program.lists.iter().map(|it| Piece::Item(*it));
    let ops = program.ops.iter().map(|op| Piece::Op(*op));
    let pieces = tables
        .chain(kernels)
        .chain(conditions)
        .chain(items)
        .chain(ops);
    let bytes = pieces.filter_map(|piece| postcard::to_stdvec(&piece).ok());
    bytes.flatten().collect()
}

/// An operand that comes before operation `at`: itself if it does.
fn before(at: u32, id: Id) -> Id {
    if id < at { id } else { id % at }
}

/// The stretch of `len` from `start` within a table of `all`.
fn within(start: u32, len: u32, all: usize) -> (u32, u32) {
    let all = u32::try_from(all).unwrap_or(0);
    let start = start % (all + 1);
    (start, len.min(all - start))
}

/// Makes every number lead somewhere and every operand come before what uses it. What
/// several operations share only ever becomes less, so it stays right for all of them.
fn mend(program: &mut Program) {
    let sizes = (program.kernels.len(), program.conditions.len());
    for kernel in &mut program.kernels {
        let most = u32::try_from(CONDITIONS).unwrap_or(0);
        let (start, len) = kernel.conditions;
        kernel.conditions = within(start, len.min(most), sizes.1);
        kernel.slot %= SIZE;
        if kernel.take == Take::Op(NONE) {
            kernel.take = Take::Item;
        }
    }
    let lists = program.lists.len();
    for (at, op) in (0..).zip(&mut program.ops) {
        let operands = &mut program.operands;
        // The first operation has nothing to use.
        let mended = match *op {
            _ if at == 0 => Op::Word(1),
            Op::List(start, len) => {
                let (start, len) = within(start, len, lists);
                Op::List(start, len)
            }
            Op::Items(start, len) => {
                let (start, len) = within(start, len, operands.len());
                lower(operands, at, (start, len));
                Op::Items(start, len)
            }
            Op::Call(function, start) => {
                let arity = u32::try_from(function.arity()).unwrap_or(0);
                let last = operands.len().checked_sub(function.arity());
                match last {
                    Some(last) => {
                        let (start, _) = within(start, 0, last);
                        lower(operands, at, (start, arity));
                        Op::Call(function, start)
                    }
                    None => Op::Word(1),
                }
            }
            Op::Slot(slot) => Op::Slot(slot % SIZE),
            Op::Item(slot, field) => Op::Item(slot % SIZE, field),
            Op::Local(local) => Op::Local(local % SIZE),
            Op::Let(local, a, b) => Op::Let(local % SIZE, a, b),
            Op::Memo { cell, of, slot } => Op::Memo {
                cell: cell % SIZE,
                of,
                slot: slot % SIZE,
            },
            Op::Scan {
                end,
                of,
                slot,
                test,
                take,
            } => Op::Scan {
                end,
                of,
                slot: slot % SIZE,
                test,
                take,
            },
            Op::Kernel(kernel) if sizes.0 > 0 => {
                let kernel = kernel % u32::try_from(sizes.0).unwrap_or(1);
                lower_kernel((&mut program.kernels, &mut program.conditions), at, kernel);
                Op::Kernel(kernel)
            }
            Op::Kernel(_) => Op::Word(1),
            op => op,
        };
        *op = mended.with(|id| before(at, id));
    }
}

fn lower(operands: &mut [Id], at: u32, (start, len): (u32, u32)) {
    let stretch = operands.iter_mut().skip(start as usize);
    for id in stretch.take(len as usize) {
        *id = before(at, *id);
    }
}

fn lower_kernel((kernels, conditions): (&mut [Kernel], &mut [Condition]), at: u32, kernel: u32) {
    let Some(kernel) = kernels.get_mut(kernel as usize) else {
        return;
    };
    kernel.of = before(at, kernel.of);
    if kernel.test != NONE {
        kernel.test = before(at, kernel.test);
    }
    if let Take::Op(id) = kernel.take {
        kernel.take = Take::Op(before(at, id));
    }
    let (start, len) = kernel.conditions;
    let stretch = conditions.iter_mut().skip(start as usize);
    for condition in stretch.take(len as usize) {
        condition.with = before(at, condition.with);
    }
}

#[cfg(test)]
mod tests {
    use super::{of, program};
    use crate::scripts::{Choices, texts};
    use longma_desk::dice::Dice;

    #[test]
    fn a_compiled_program_survives_its_pieces() {
        let read = longma_compile::texts::read(&texts(&mut Choices::of_seed(1)));
        let compiled = longma_compile::compile(&read.bundle).map(|(_, program)| program);
        let compiled = compiled.ok().and_then(|it| it.get().cloned());
        let compiled = compiled.unwrap_or_default();
        assert!(compiled.ops.len() > 20);
        let again = program(&of(&compiled));
        assert_eq!(again.ops.get(1..), compiled.ops.get(1..));
        assert_eq!(again.operands, compiled.operands);
        assert_eq!(again.kernels, compiled.kernels);
    }

    #[test]
    fn what_is_mended_needs_no_mending() {
        let mut dice = Dice::new(1);
        // Small bytes say most.
        let byte = || u8::try_from(dice.below(24)).unwrap_or(0);
        let bytes: Vec<u8> = std::iter::repeat_with(byte).take(10_000).collect();
        let mended = program(&bytes);
        assert!(mended.ops.len() > 100);
        assert_eq!(program(&of(&mended)), mended);
    }
}
