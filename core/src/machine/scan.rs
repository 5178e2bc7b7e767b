//! Scans: going through a list, with or without operations for each item.

use super::{Computed, IMPORTED, Run, State, Stop, Wrong, length, too_long};
use crate::columns::{ABSENT, Word, list_word, row_of};
use crate::host;
use crate::limits;
use crate::order::sort_by;
use crate::program::{End, How, ITSELF, Id, Kernel, NONE, Take};
use crate::when::When;
use std::cmp::Ordering;

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

    /// Takes what was found at an item, unless it is a list of more items.
    #[inline]
    fn take(&mut self, item: Word, taken: Word) -> Took {
        match self.end {
            End::List | End::Flat => self.out.push(taken),
            End::Any => {
                self.best = 1;
                return Took::Over;
            }
            End::First => {
                self.best = taken;
                return Took::Over;
            }
            End::Last => self.best = taken,
            End::Count => self.best += 1,
            End::Least => self.best = self.best.min(taken),
            End::Greatest => {
                if taken != ABSENT && (self.best == ABSENT || taken > self.best) {
                    self.best = taken;
                }
            }
            End::All => match taken {
                ABSENT => return Took::Absent([ABSENT; 4]),
                0 => {
                    self.best = 0;
                    return Took::Over;
                }
                _ => {}
            },
            End::Union => {
                if taken == ABSENT {
                    return Took::Absent([0, ABSENT, 0, 0]);
                }
                self.out.push(taken);
            }
            End::Sorted | End::SortedByValue => {
                if taken == ABSENT {
                    let first = self.keys.first().map_or(ABSENT, |(key, _)| *key);
                    return Took::Absent([first, ABSENT, 0, 0]);
                }
                self.keys.push((taken, item));
            }
            End::FirstBy | End::LastBy => {
                if taken == ABSENT {
                    return Took::Absent([ABSENT; 4]);
                }
                let better = match self.end {
                    End::FirstBy => taken < self.key,
                    _ => taken >= self.key,
                };
                if self.key == ABSENT || better {
                    (self.best, self.key) = (item, taken);
                }
            }
        }
        Took::More
    }
}

/// A comparison of a kernel with what it compares with.
#[derive(Clone, Copy)]
struct Test {
    field: u32,
    how: How,
    with: Word,
}

impl Test {
    const NONE: Self = Self {
        field: ITSELF,
        how: How::Equal,
        with: ABSENT,
    };
}

/// What a scan does after an item.
enum Took {
    More,
    Over,
    /// Something is absent that is needed.
    Absent([Word; 4]),
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
        let mut tests = [Test::NONE; CONDITIONS];
        let conditions = program.conditions_of(kernel);
        for (test, condition) in tests.iter_mut().zip(conditions) {
            *test = Test {
                field: condition.field,
                how: condition.how,
                with: self.word(condition.with)?,
            };
        }
        let tests = tests.get(..conditions.len()).unwrap_or(&tests);
        let slot = kernel.slot as usize;
        let outer = self.state.slots.get(slot).copied().unwrap_or_default();
        let mut found = Gathered::new(kernel.end, self.state);
        let result = self.compared(id, kernel, &mut found, list, tests);
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
        tests: &[Test],
    ) -> Result<(), Stop> {
        let len = length(list);
        self.spend(len)?;
        let computes = kernel.test != NONE || matches!(kernel.take, Take::Op(_));
        if !computes && !matches!(kernel.end, End::Flat) {
            return match self.plain(kernel, found, list, tests) {
                Ok(steps) => self.spend(steps),
                Err(wrong) => self.stop(id, wrong),
            };
        }
        for at in 0..len {
            let item = self.item(list, at);
            let mut steps = 0;
            match self.all_hold(tests, item, &mut steps) {
                Ok(holds) => {
                    self.spend(steps)?;
                    if !holds {
                        continue;
                    }
                }
                Err(wrong) => return self.stop(id, wrong),
            }
            self.enter(kernel.slot as usize, item);
            if kernel.test != NONE && !self.truth(id, kernel.test)? {
                continue;
            }
            let taken = match kernel.take {
                Take::Op(take) => self.word(take)?,
                Take::Field(field) => self.field(item, field as usize),
                Take::Item => item,
            };
            if self.found(id, found, item, taken)? {
                break;
            }
        }
        Ok(())
    }

    /// Goes through a list and computes nothing on the way. Returns the steps that it
    /// took besides one for each item.
    fn plain(
        &self,
        kernel: &Kernel,
        found: &mut Gathered,
        list: Word,
        tests: &[Test],
    ) -> Result<usize, Wrong> {
        let mut steps = 0;
        for item in self.list(list) {
            let holds = self.all_hold(tests, *item, &mut steps)?;
            if steps as u64 > self.most.saturating_sub(self.steps) {
                break;
            }
            if !holds {
                continue;
            }
            let taken = match kernel.take {
                Take::Field(field) => self.field(*item, field as usize),
                Take::Item | Take::Op(_) => *item,
            };
            match found.take(*item, taken) {
                Took::More => {}
                Took::Over => break,
                Took::Absent(words) => return Err(Wrong::Absent(words)),
            }
        }
        Ok(steps)
    }

    /// Whether all comparisons hold for an item.
    #[inline]
    fn all_hold(&self, tests: &[Test], item: Word, steps: &mut usize) -> Result<bool, Wrong> {
        let (table, row) = row_of(item);
        let own = table & IMPORTED == 0;
        let cells = if own {
            self.inputs.columns.cells_of(table, row)
        } else {
            &[]
        };
        for test in tests {
            let cell = if test.field == ITSELF {
                item
            } else if own {
                cells.get(test.field as usize).copied().unwrap_or(ABSENT)
            } else {
                self.field(item, test.field as usize)
            };
            if matches!(test.how, How::In | How::NotIn) {
                if test.with == ABSENT {
                    return Err(Wrong::Absent([cell, ABSENT, 0, 0]));
                }
                *steps += length(test.with);
            }
            match self.holds(test.how, cell, test.with) {
                Some(true) => {}
                Some(false) => return Ok(false),
                None => return Err(Wrong::Absent([cell, test.with, 0, 0])),
            }
        }
        Ok(true)
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
        if found.end == End::Flat {
            if taken == ABSENT {
                return Ok(false);
            }
            self.spend(length(taken))?;
            found.out.extend_from_slice(self.list(taken));
            return Ok(found.out.len() > limits::LIST_LENGTH);
        }
        match found.take(item, taken) {
            Took::More => Ok(false),
            Took::Over => Ok(true),
            Took::Absent(words) => self.stop(id, Wrong::Absent(words)),
        }
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
                self.spend(keys.len() * SORT)?;
                match end {
                    End::Sorted => sort_by(&mut keys, by_first),
                    _ => sort_by(&mut keys, |(a, _), (b, _)| self.order(*a, *b)),
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

/// Steps that sorting costs for each item.
pub(super) const SORT: usize = 16;

/// The order of keys; one function, so that there is one sort by it.
pub(super) fn by_first(a: &(Word, Word), b: &(Word, Word)) -> Ordering {
    a.0.cmp(&b.0)
}
