//! Scans: going through a list, with or without operations for each item.

use super::{Computed, IMPORTED, Run, State, Stop, Wrong, length, too_long};
use crate::columns::{ABSENT, Word, list_word, row_of};
use crate::host;
use crate::limits;
use crate::program::{End, How, Id, Kernel, NONE, Take};
use crate::when::When;

/// The comparisons that a kernel has at most.
pub const CONDITIONS: usize = 6;

/// What a scan has found so far.
struct Gathered {
    end: End,
    best: Word,
    /// What was taken of the best item.
    key: Word,
    out: Vec<Word>,
    keys: Vec<(Word, Word)>,
}

impl Gathered {
    fn new(end: End, state: &mut State) -> Self {
        let collects = matches!(
            end,
            End::List | End::Flat | End::Union | End::Sorted | End::SortedByValue
        );
        let mut out = Vec::new();
        if collects {
            out = state.spare.pop().unwrap_or_default();
            out.clear();
        }
        let best = match end {
            End::Any | End::Count => 0,
            End::All => 1,
            _ => ABSENT,
        };
        Self {
            end,
            best,
            key: ABSENT,
            out,
            keys: Vec::new(),
        }
    }
}

impl Run<'_> {
    #[inline(never)]
    pub(super) fn scan(
        &mut self,
        id: Id,
        end: End,
        of: Id,
        slot: usize,
        test: Id,
        take: Id,
    ) -> Computed {
        let list = self.word(of)?;
        if list == ABSENT {
            return self.stop(id, Wrong::Absent([ABSENT, 0, 0, 0]));
        }
        if length(list) == 0 {
            return Ok(self.nothing(end));
        }
        let outer = self.state.slots.get(slot).copied().unwrap_or_default();
        let mut found = Gathered::new(end, self.state);
        let result = self.scanned(id, &mut found, list, slot, test, take);
        if let Some(held) = self.state.slots.get_mut(slot) {
            *held = outer;
        }
        result?;
        self.finish(id, found)
    }

    fn scanned(
        &mut self,
        id: Id,
        found: &mut Gathered,
        list: Word,
        slot: usize,
        test: Id,
        take: Id,
    ) -> Result<(), Stop> {
        let len = length(list);
        self.spend(len)?;
        for at in 0..len {
            let item = self.item(list, at);
            self.enter(slot, item);
            if test != NONE && !self.truth(id, test)? {
                continue;
            }
            let taken = if take == NONE { item } else { self.word(take)? };
            if self.found(id, found, item, taken)? {
                break;
            }
        }
        Ok(())
    }

    /// A scan whose conditions are comparisons of fields.
    #[inline(never)]
    pub(super) fn kernel(&mut self, id: Id, kernel: u32) -> Computed {
        let program = self.inputs.program;
        let Some(kernel) = program.kernels.get(kernel as usize) else {
            return Err(Stop);
        };
        let list = self.word(kernel.of)?;
        if list == ABSENT {
            return self.stop(id, Wrong::Absent([ABSENT, 0, 0, 0]));
        }
        if length(list) == 0 {
            return Ok(self.nothing(kernel.end));
        }
        // What items are compared with does not depend on them.
        let mut with = [ABSENT; CONDITIONS];
        for (with, condition) in with.iter_mut().zip(program.conditions_of(kernel)) {
            *with = self.word(condition.with)?;
        }
        let slot = kernel.slot as usize;
        let outer = self.state.slots.get(slot).copied().unwrap_or_default();
        let mut found = Gathered::new(kernel.end, self.state);
        let result = self.compared(id, kernel, &mut found, list, &with);
        if let Some(held) = self.state.slots.get_mut(slot) {
            *held = outer;
        }
        result?;
        self.finish(id, found)
    }

    fn compared(
        &mut self,
        id: Id,
        kernel: &Kernel,
        found: &mut Gathered,
        list: Word,
        with: &[Word; CONDITIONS],
    ) -> Result<(), Stop> {
        let columns = self.inputs.columns;
        let conditions = self.inputs.program.conditions_of(kernel);
        let len = length(list);
        self.spend(len)?;
        let computes = kernel.test != NONE || matches!(kernel.take, Take::Op(_));
        for at in 0..len {
            let item = self.item(list, at);
            let (table, row) = row_of(item);
            let own = table & IMPORTED == 0;
            let cells = if own {
                columns.cells_of(table, row)
            } else {
                &[]
            };
            let mut holds = true;
            for (condition, with) in conditions.iter().zip(with) {
                if matches!(condition.how, How::In | How::NotIn) {
                    self.spend(length(*with))?;
                }
                let field = condition.field as usize;
                let cell = if own {
                    cells.get(field).copied().unwrap_or(ABSENT)
                } else {
                    self.field(item, field)
                };
                match self.holds(condition.how, cell, *with) {
                    Some(true) => {}
                    Some(false) => {
                        holds = false;
                        break;
                    }
                    None => return self.stop(id, Wrong::Absent([cell, *with, 0, 0])),
                }
            }
            if !holds {
                continue;
            }
            let mut taken = match kernel.take {
                Take::Field(field) => self.field(item, field as usize),
                Take::Item | Take::Op(_) => item,
            };
            if computes {
                self.enter(kernel.slot as usize, item);
                if kernel.test != NONE && !self.truth(id, kernel.test)? {
                    continue;
                }
                if let Take::Op(take) = kernel.take {
                    taken = self.word(take)?;
                }
            }
            if self.found(id, found, item, taken)? {
                break;
            }
        }
        Ok(())
    }

    /// Whether a comparison holds; `None` if a value that is needed is absent.
    #[inline]
    fn holds(&self, how: How, cell: Word, with: Word) -> Option<bool> {
        Some(match how {
            How::Equal => cell == with,
            How::Unequal => cell != with,
            How::In | How::NotIn => {
                let held = self.list(with).contains(&cell);
                held == (how == How::In)
            }
            // An absent word is the greatest.
            How::GreaterOrAbsent if with != ABSENT => cell > with,
            How::GreaterEqualOrAbsent if with != ABSENT => cell >= with,
            _ if cell == ABSENT || with == ABSENT => return None,
            How::Less => cell < with,
            How::LessEqual => cell <= with,
            How::Greater => cell > with,
            How::GreaterEqual => cell >= with,
            How::GreaterOrAbsent | How::GreaterEqualOrAbsent => return None,
        })
    }

    /// Takes what a scan found at an item. Whether the scan is over.
    #[inline]
    fn found(
        &mut self,
        id: Id,
        found: &mut Gathered,
        item: Word,
        taken: Word,
    ) -> Result<bool, Stop> {
        match found.end {
            End::List => found.out.push(taken),
            End::Any => {
                found.best = 1;
                return Ok(true);
            }
            End::First => {
                found.best = taken;
                return Ok(true);
            }
            End::Last => found.best = taken,
            End::Count => found.best += 1,
            End::Least => found.best = found.best.min(taken),
            End::Greatest => {
                if taken != ABSENT && (found.best == ABSENT || taken > found.best) {
                    found.best = taken;
                }
            }
            End::All => {
                if taken == ABSENT {
                    return self.stop(id, Wrong::Absent([ABSENT; 4]));
                }
                if taken == 0 {
                    found.best = 0;
                    return Ok(true);
                }
            }
            End::Union => {
                if taken == ABSENT {
                    return self.stop(id, Wrong::Absent([0, ABSENT, 0, 0]));
                }
                found.out.push(taken);
            }
            End::Sorted | End::SortedByValue => {
                if taken == ABSENT {
                    let first = found.keys.first().map_or(ABSENT, |(key, _)| *key);
                    return self.stop(id, Wrong::Absent([first, ABSENT, 0, 0]));
                }
                found.keys.push((taken, item));
            }
            End::FirstBy | End::LastBy => {
                if taken == ABSENT {
                    return self.stop(id, Wrong::Absent([ABSENT; 4]));
                }
                let better = match found.end {
                    End::FirstBy => taken < found.key,
                    _ => taken >= found.key,
                };
                if found.key == ABSENT || better {
                    (found.best, found.key) = (item, taken);
                }
            }
            End::Flat => {
                if taken != ABSENT {
                    let more = length(taken);
                    self.spend(more)?;
                    for at in 0..more {
                        let item = self.item(taken, at);
                        found.out.push(item);
                    }
                    return Ok(found.out.len() > limits::LIST_LENGTH);
                }
            }
        }
        Ok(false)
    }

    /// The word of what a scan finds in an empty list.
    fn nothing(&mut self, end: End) -> Word {
        match end {
            End::Any | End::Count => 0,
            End::All => 1,
            End::First | End::Last | End::Least | End::Greatest | End::FirstBy | End::LastBy => {
                ABSENT
            }
            End::List | End::Flat | End::Sorted | End::SortedByValue => list_word(0, 0),
            End::Union => self.put_set(When::never()),
        }
    }

    /// The word of what a scan found.
    fn finish(&mut self, id: Id, found: Gathered) -> Computed {
        let Gathered {
            end,
            best,
            mut out,
            mut keys,
            ..
        } = found;
        match end {
            End::Any
            | End::All
            | End::Count
            | End::First
            | End::Last
            | End::Least
            | End::Greatest
            | End::FirstBy
            | End::LastBy => return Ok(best),
            End::Union => {
                let spans = out
                    .iter()
                    .map(|set| self.set(*set).spans().len())
                    .sum::<usize>();
                self.spend(spans)?;
                let union = host::union(out.iter().map(|set| self.set(*set)));
                self.state.spare.push(out);
                return self.made_set(id, union);
            }
            End::Sorted | End::SortedByValue => {
                self.spend(keys.len() * 16)?;
                match end {
                    End::Sorted => keys.sort_by_key(|(key, _)| *key),
                    _ => keys.sort_by(|(a, _), (b, _)| self.order(*a, *b)),
                }
                out.extend(keys.into_iter().map(|(_, item)| item));
            }
            End::List | End::Flat => {}
        }
        if out.len() > limits::LIST_LENGTH {
            return self.stop(id, Wrong::Fault(too_long()));
        }
        Ok(self.keep(out))
    }
}
