//! Sorting lists by numbers that stand for their values.
//!
//! Comparing two records takes many steps, and a list of them many comparisons. So each
//! record is first made into one number from its leading columns, as far as 64 bits
//! reach. Records with the same number are compared in full.

use super::{ABSENT, Column, Columns, Word, row_of, scan};

/// Bits after which no further column is looked at: few records are the same so far.
const ENOUGH: u32 = 24;

/// The items of a list, each with its number.
type Keyed = Vec<(u64, Word)>;

impl Columns {
    /// Sorts lists, each given by the column of its items, where they begin and their
    /// number. Inner lists come first.
    pub(super) fn sort(&mut self, lists: &[(&Column, usize, usize)]) {
        let mut keyed = Keyed::with_capacity(self.longest);
        for (item, start, len) in lists {
            let words = self.items.get(*start..start + len).unwrap_or(&[]);
            keyed.clear();
            keyed.extend(words.iter().map(|word| (0, *word)));
            self.number(item, &mut keyed);
            let order = |a: &(u64, Word), b: &(u64, Word)| {
                let by_key = a.0.cmp(&b.0);
                by_key.then_with(|| self.order(item, a.1, b.1))
            };
            if keyed.is_sorted_by(|a, b| order(a, b).is_le()) {
                continue;
            }
            keyed.sort_by(order);
            let words = self.items.get_mut(*start..start + len);
            for (to, (_, from)) in words.unwrap_or(&mut []).iter_mut().zip(&keyed) {
                *to = *from;
            }
        }
    }

    /// Numbers items so that one before another never has the greater number.
    fn number(&self, item: &Column, keyed: &mut Keyed) {
        let Column::Row(table) = item else {
            self.add(item, keyed, 64, Cells::default());
            return;
        };
        let shape = self.shape.tables.get(*table as usize);
        let columns = shape.map_or(&[][..], |shape| &shape.columns);
        let rows = self.tables.get(*table as usize);
        let cells = rows.and_then(|rows| self.cells.get(rows.cells..));
        let mut left = 64;
        for (at, column) in columns.iter().enumerate() {
            let cells = Cells {
                all: cells.unwrap_or(&[]),
                width: columns.len(),
                at,
            };
            left = self.add(column, keyed, left, cells);
            if left <= 64 - ENOUGH {
                break;
            }
        }
    }

    /// Adds a column to the numbers: how many bits are left for the next, 0 if this one
    /// did not go in whole.
    #[inline(never)]
    fn add(&self, column: &Column, keyed: &mut Keyed, left: u32, cells: Cells<'_>) -> u32 {
        let (mut least, mut most, mut absent) = (Word::MAX, Word::MIN, false);
        for (_, word) in keyed.iter() {
            let word = cells.of(*word);
            if word == ABSENT {
                absent = true;
            } else {
                least = least.min(word);
                most = most.max(word);
            }
        }
        if least >= most && !(absent && least == most) {
            // One word for all, and one word is one value.
            return left;
        }
        match column {
            Column::Row(_) | Column::List(_) => return 0,
            Column::Text => {
                self.add_texts(keyed, left, cells);
                return 0;
            }
            _ => {}
        }
        let number = |word: Word| match word {
            ABSENT => 0,
            // Never negative, and never more than 64 bits hold.
            word => word.wrapping_sub(least).cast_unsigned().saturating_add(1),
        };
        let bits = 64 - number(most).leading_zeros();
        let cut = bits.saturating_sub(left);
        for (key, word) in keyed.iter_mut() {
            *key |= (number(cells.of(*word)) >> cut) << (left + cut - bits);
        }
        if cut > 0 { 0 } else { left - bits }
    }

    /// Adds the first bytes that tell the texts of a column apart.
    fn add_texts(&self, keyed: &mut Keyed, left: u32, cells: Cells<'_>) {
        let text = |word: Word| match cells.of(word) {
            ABSENT => "",
            word => self.text_of(word),
        };
        let mut texts = keyed.iter().map(|(_, word)| text(*word).as_bytes());
        let first = texts.next().unwrap_or_default();
        let shared = texts.fold(first.len(), |shared, text| {
            scan::shared(first, text, shared)
        });
        for (key, word) in keyed.iter_mut() {
            *key |= scan::load(text(*word).as_bytes(), shared).swap_bytes() >> (64 - left);
        }
    }
}

/// One column of a table's cells, or the items themselves if it has no width.
#[derive(Clone, Copy, Default)]
struct Cells<'a> {
    all: &'a [Word],
    width: usize,
    at: usize,
}

impl Cells<'_> {
    /// The word of an item in this column.
    fn of(&self, item: Word) -> Word {
        if self.width == 0 {
            return item;
        }
        let cell = self.all.get(row_of(item).1 as usize * self.width + self.at);
        cell.copied().unwrap_or(ABSENT)
    }
}
