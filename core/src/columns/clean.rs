//! Columns straight from the bytes of a document.
//!
//! This reader takes only what is plain and right, and says nothing about the rest: an
//! escape, an odd spelling of a number or a time, a name that is unknown or given twice,
//! a value that does not fit. All that is read again by the decoder that explains, so
//! leaving out a case here costs time and nothing else. What is taken must be just what
//! that decoder takes.

use super::draft::Draft;
use super::plan::{Kind, Members, Plan, Text};
use super::{Column, Columns, Shape, Texts, Word, row_word, scan};
use crate::limits;
use crate::number;
use crate::time::DAY;
use std::sync::Arc;

/// Bytes of a document for each of its rows, about.
const ROW: usize = 128;

/// The rows of the document `text`; `None` if it is not plain or does not fit.
pub(super) fn read(text: &str, shape: &Arc<Shape>) -> Option<Columns> {
    let plan = &shape.plan;
    let bytes = text.as_bytes();
    let start = scan::skip(bytes, 0);
    // Another kind of subject most often has other members: one look at the first will do.
    let first = scan::skip(bytes, start + 1);
    plan.objects.first()?.find(bytes, first, 0)?;
    if text.len() > limits::FACTS_BYTES {
        return None;
    }
    let mut reader = Reader {
        text,
        bytes,
        plan,
        texts: &shape.texts,
        draft: Draft::new(shape, text.len() / ROW + 8),
        slots: vec![Slot::default(); plan.slots],
        next: plan.next.clone(),
        values: 1,
    };
    let end = reader.object(start, 0, (0, 0))?;
    let ends = scan::skip(bytes, end) == text.len();
    (ends && reader.values <= limits::JSON_VALUES).then(|| reader.draft.settle(text.into()))
}

/// The last text of a member of an object.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    /// Where it is, with the quotation mark at its end.
    start: usize,
    len: usize,
    /// The first and the last eight bytes of these.
    ends: [u64; 2],
    word: Word,
}

struct Reader<'s, 't> {
    text: &'t str,
    bytes: &'t [u8],
    plan: &'s Plan,
    texts: &'s Texts,
    draft: Draft<'s>,
    /// One for each member that is a text.
    slots: Vec<Slot>,
    /// What followed each member of each object last time.
    next: Vec<u8>,
    values: usize,
}

impl<'s> Reader<'s, '_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    /// Reads the object at `at` as a row of `table`: where it ends.
    fn object(&mut self, at: usize, table: u32, place: (u32, u32)) -> Option<usize> {
        let shape: &'s Shape = self.draft.shape;
        let columns: &'s [Column] = &shape.tables.get(table as usize)?.columns;
        let plan: &'s Plan = self.plan;
        let object = plan.objects.get(table as usize)?;
        let bytes = self.bytes;
        let (row, cells) = self.draft.open(table, columns.len(), place);
        if bytes.get(at) != Some(&b'{') {
            return None;
        }
        let mut at = scan::skip(bytes, at + 1);
        let mut seen = 0_u64;
        let mut guess = 0;
        if bytes.get(at) == Some(&b'}') {
            at += 1;
        } else {
            loop {
                let start = scan::load_two(bytes, at);
                let (index, colon) = match object.is_at(start, bytes, at, guess) {
                    Some(end) => (guess, end),
                    None => self.member(at, object, object.next + guess)?,
                };
                guess = index + 1;
                let value = scan::skip(bytes, colon);
                let bit = 1 << index;
                if seen & bit != 0 {
                    return None;
                }
                seen |= bit;
                let to = To {
                    column: columns.get(index)?,
                    cell: cells + index,
                    row,
                };
                at = scan::skip(bytes, self.value(value, object.kinds.get(index)?, to)?);
                match bytes.get(at)? {
                    b',' => at = scan::skip(bytes, at + 1),
                    b'}' => break at += 1,
                    _ => return None,
                }
            }
        }
        self.values += seen.count_ones() as usize;
        let sound =
            seen & object.required == object.required && self.draft.is_ordered(object, cells);
        sound.then_some(at)
    }

    /// Which member's name is at `at`, and where the colon after it ends. `last` is where
    /// it is noted which member followed the one before.
    fn member(&mut self, at: usize, object: &Members, last: usize) -> Option<(usize, usize)> {
        let next = self.next.get_mut(last)?;
        let start = scan::load_two(self.bytes, at);
        let expected = usize::from(*next);
        if let Some(end) = object.is_at(start, self.bytes, at, expected) {
            return Some((expected, end));
        }
        let found = object.find(self.bytes, at, expected + 1)?;
        *next = u8::try_from(found.0).ok()?;
        Some(found)
    }

    /// Reads the value at `at`: where it ends.
    #[inline]
    fn value(&mut self, at: usize, kind: &'s Kind, to: To<'s>) -> Option<usize> {
        match kind {
            Kind::Instant => self.instant(at, to.cell),
            Kind::Enum { slot } => self.member_of(at, *slot, to),
            Kind::Text(text) => self.text(at, text, to.cell),
            _ => self.other(at, kind, to),
        }
    }

    /// Reads a value of a kind that is not so frequent.
    #[inline(never)]
    fn other(&mut self, at: usize, kind: &'s Kind, to: To<'s>) -> Option<usize> {
        let within = |(value, end), least, most| {
            let range = least..=most;
            range.contains(&value).then_some((value, end))
        };
        let (word, end) = match kind {
            Kind::Bool => match self.bytes.get(at..)? {
                [b't', b'r', b'u', b'e', ..] => (1, at + 4),
                [b'f', b'a', b'l', b's', b'e', ..] => (0, at + 5),
                _ => return None,
            },
            Kind::Int { least, most } => within(scan::int(self.bytes, at)?, *least, *most)?,
            Kind::Temperature { least, most } => {
                within(scan::tenths(self.bytes, at)?, *least, *most)?
            }
            Kind::Date => {
                let (day, end) = scan::date(self.bytes, at)?;
                self.draft.time(day * DAY);
                (day, end)
            }
            Kind::Object => {
                let Column::Row(table) = to.column else {
                    return None;
                };
                let row = self.draft.count(*table);
                let end = self.object(at, *table, (to.row, 0))?;
                (row_word(*table, row), end)
            }
            Kind::List { item, least, most } => {
                let Column::List(column) = to.column else {
                    return None;
                };
                let to = To { column, ..to };
                self.list(at, item, (*least, *most), to)?
            }
            // These have their own functions.
            Kind::Instant | Kind::Enum { .. } | Kind::Text(_) => return None,
        };
        self.draft.set(to.cell, word);
        Some(end)
    }

    #[inline(never)]
    fn instant(&mut self, at: usize, cell: usize) -> Option<usize> {
        let (seconds, end) = scan::instant(self.bytes, at)?;
        self.draft.time(seconds);
        self.draft.set(cell, seconds);
        Some(end)
    }

    /// Reads the list at `at`: its word, and where it ends.
    fn list(
        &mut self,
        at: usize,
        item: &'s Kind,
        (least, most): (usize, usize),
        to: To<'s>,
    ) -> Option<(Word, usize)> {
        if self.byte(at) != Some(b'[') {
            return None;
        }
        let mut at = scan::skip(self.bytes, at + 1);
        let table = match to.column {
            Column::Row(table) => Some(*table),
            _ => None,
        };
        let first = table.map_or(0, |table| self.draft.count(table));
        let mut start = self.draft.items.len();
        let mut len = 0;
        if self.byte(at) == Some(b']') {
            at += 1;
        } else {
            loop {
                let end = match table {
                    Some(table) => self.object(at, table, (to.row, len))?,
                    None => {
                        let end = self.value(at, item, to)?;
                        let word = self.draft.cells.get(to.cell).copied()?;
                        self.draft.items.push(word);
                        end
                    }
                };
                len += 1;
                at = scan::skip(self.bytes, end);
                match self.byte(at)? {
                    b',' => at = scan::skip(self.bytes, at + 1),
                    b']' => break at += 1,
                    _ => return None,
                }
            }
        }
        self.values += len as usize;
        if !(least..=most).contains(&(len as usize)) {
            return None;
        }
        if let Some(table) = table {
            // The lists in its rows come before it.
            start = self.draft.items.len();
            let rows = first..first + len;
            self.draft
                .items
                .extend(rows.map(|row| row_word(table, row)));
        }
        Some((self.draft.list(to.column, start), at))
    }

    /// The word and the end of the text at `at` if it is the one that this member had
    /// last: most are.
    fn again(&self, at: usize, slot: usize) -> Option<(Word, usize)> {
        let slot = self.slots.get(slot)?;
        if slot.len == 0 || slot.ends != ends(self.bytes, at, slot.len) {
            return None;
        }
        let end = at + slot.len;
        let last = slot.start..slot.start + slot.len;
        let is_same = slot.len <= 16 || self.bytes.get(at..end) == self.bytes.get(last);
        is_same.then_some((slot.word, end))
    }

    fn note(&mut self, slot: usize, start: usize, end: usize, word: Word) {
        let len = end + 1 - start;
        let ends = ends(self.bytes, start, len);
        if let Some(slot) = self.slots.get_mut(slot) {
            *slot = Slot {
                start,
                len,
                ends,
                word,
            };
        }
    }

    /// Reads one of the texts of an enum.
    #[inline(never)]
    fn member_of(&mut self, at: usize, slot: usize, to: To<'s>) -> Option<usize> {
        let (Some(b'"'), Column::Enum(words)) = (self.byte(at), to.column) else {
            return None;
        };
        let start = at + 1;
        let (word, end) = match self.again(start, slot) {
            Some(same) => same,
            None => {
                let end = scan::text_end(self.bytes, start)?;
                let word = self.texts.word_at(self.bytes, start, end - start)?;
                words.contains(&word).then_some(())?;
                self.note(slot, start, end, word);
                (word, end + 1)
            }
        };
        self.draft.set(to.cell, word);
        Some(end)
    }

    #[inline(never)]
    fn text(&mut self, at: usize, text: &Text, cell: usize) -> Option<usize> {
        if self.byte(at) != Some(b'"') {
            return None;
        }
        let start = at + 1;
        // Such texts are numbers of things, which seldom come twice.
        let has_ranges = !text.ranges.is_empty();
        let end = if has_ranges {
            let end = scan::class_end(self.bytes, start, &text.ranges);
            let fits = (text.least..=text.most).contains(&(end - start));
            (fits && self.byte(end) == Some(b'"')).then_some(end)?
        } else {
            if let Some((word, end)) = self.again(start, text.slot) {
                self.draft.set(cell, word);
                return Some(end);
            }
            let end = scan::text_end(self.bytes, start)?;
            text.is_such(self.text.get(start..end)?).then_some(end)?
        };
        if text.number && !number::is_folded(self.bytes.get(start..end)?) {
            return None;
        }
        let known = self.texts.word_at(self.bytes, start, end - start);
        let word = known.unwrap_or_else(|| self.draft.own(start, end));
        if !has_ranges {
            self.note(text.slot, start, end, word);
        }
        self.draft.set(cell, word);
        Some(end + 1)
    }
}

/// The first and the last eight bytes of those from `start` on.
#[inline]
fn ends(bytes: &[u8], start: usize, len: usize) -> [u64; 2] {
    let first = scan::load(bytes, start);
    match len {
        0..8 => [first & scan::mask(len), 0],
        _ => [first, scan::load(bytes, start + len - 8)],
    }
}

/// Where a value goes.
#[derive(Clone, Copy)]
struct To<'s> {
    column: &'s Column,
    cell: usize,
    row: u32,
}
