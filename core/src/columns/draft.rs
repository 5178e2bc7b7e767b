//! Columns in the making: rows in the order in which a document gives them.

use super::plan::Members;
use super::{ABSENT, Column, Columns, Rows, Shape, Word, list_word, row_word, word_of};
use crate::json::Json;
use crate::number;
use crate::schema::Type;
use crate::time::{DAY, Date, Instant};
use crate::value::Temperature;
use std::sync::Arc;

/// Rows of all tables, mixed, as they were opened.
pub(super) struct Draft<'s> {
    pub(super) shape: &'s Arc<Shape>,
    pub(super) cells: Vec<Word>,
    rows: Vec<Opened>,
    /// The number of rows of each table.
    counts: Vec<u32>,
    pub(super) items: Vec<Word>,
    /// The lists that have to be sorted, inner ones before those that hold them: the
    /// column of an item, where the items begin, and their number.
    lists: Vec<(&'s Column, usize, usize)>,
    pub(super) own: Vec<(u32, u32)>,
    times: (i64, i64),
    longest: usize,
}

/// One row.
struct Opened {
    table: u32,
    /// Where its cells begin.
    start: usize,
    place: (u32, u32),
}

impl<'s> Draft<'s> {
    /// Nothing yet, with room for about `rows` rows.
    pub(super) fn new(shape: &'s Arc<Shape>, rows: usize) -> Self {
        Self {
            shape,
            cells: Vec::with_capacity(rows * 8),
            rows: Vec::with_capacity(rows),
            counts: vec![0; shape.tables.len()],
            items: Vec::with_capacity(rows * 2),
            lists: Vec::with_capacity(shape.tables.len()),
            own: Vec::with_capacity(rows),
            times: (i64::MAX, i64::MIN),
            longest: 0,
        }
    }

    /// Adds a row whose fields are all absent: its number, and where its cells begin.
    pub(super) fn open(&mut self, table: u32, width: usize, place: (u32, u32)) -> (u32, usize) {
        let start = self.cells.len();
        self.cells.resize(start + width, ABSENT);
        self.rows.push(Opened {
            table,
            start,
            place,
        });
        let count = self.counts.get_mut(table as usize);
        let row = count.map_or(0, |count| {
            *count += 1;
            *count - 1
        });
        (row, start)
    }

    /// The number of rows of a table so far.
    pub(super) fn count(&self, table: u32) -> u32 {
        self.counts.get(table as usize).copied().unwrap_or(0)
    }

    pub(super) fn set(&mut self, cell: usize, word: Word) {
        if let Some(cell) = self.cells.get_mut(cell) {
            *cell = word;
        }
    }

    /// Whether the times of the row whose cells begin at `cells` are in the order that its
    /// object requires.
    pub(super) fn is_ordered(&self, object: &Members, cells: usize) -> bool {
        object.orders.iter().all(|(time, sibling, least)| {
            let cell = |at: &usize| self.cells.get(cells + at).copied();
            let (time, sibling) = (cell(time), cell(sibling));
            let (Some(time), Some(sibling)) = (time, sibling) else {
                return false;
            };
            time == ABSENT || sibling == ABSENT || time - sibling >= *least
        })
    }

    /// Notes an instant.
    pub(super) fn time(&mut self, seconds: i64) {
        self.times = (self.times.0.min(seconds), self.times.1.max(seconds));
    }

    /// The list of the items from `start` on.
    pub(super) fn list(&mut self, item: &'s Column, start: usize) -> Word {
        let len = self.items.len() - start;
        self.longest = self.longest.max(len);
        if len > 1 {
            self.lists.push((item, start, len));
        }
        list_word(start, len)
    }

    /// The word of a text that is not known.
    pub(super) fn own(&mut self, start: usize, end: usize) -> Word {
        self.own.push((super::number(start), super::number(end)));
        word_of(self.shape.texts.len() + self.own.len() - 1)
    }

    /// Brings the rows of each table together and sorts the lists. `text` is what the
    /// document's own texts are in.
    pub(super) fn settle(self, text: Box<str>) -> Columns {
        let (mut cells, mut places) = (0, 0);
        let tables = self.shape.tables.iter().zip(&self.counts);
        let tables = tables.map(|(shape, count)| {
            let rows = Rows {
                cells,
                width: shape.columns.len(),
                places,
                count: 0,
            };
            cells += rows.width * *count as usize;
            places += *count as usize;
            rows
        });
        let tables = tables.collect();
        let mut columns = Columns {
            shape: Arc::clone(self.shape),
            tables,
            cells: vec![ABSENT; cells],
            places: vec![(0, 0); places],
            items: self.items,
            text,
            own: self.own,
            times: self.times,
            longest: self.longest,
        };
        for row in &self.rows {
            let Some(rows) = columns.tables.get_mut(row.table as usize) else {
                continue;
            };
            let to = rows.cells + rows.count * rows.width;
            let to = columns.cells.get_mut(to..to + rows.width);
            let from = self.cells.get(row.start..row.start + rows.width);
            if let (Some(to), Some(from)) = (to, from) {
                to.copy_from_slice(from);
            }
            if let Some(place) = columns.places.get_mut(rows.places + rows.count) {
                *place = row.place;
            }
            rows.count += 1;
        }
        columns.sort(&self.lists);
        columns
    }
}

/// The rows of `json`, which must fit the shape's schema; what does not fit is left out.
pub(super) fn read(json: &Json, shape: &Arc<Shape>) -> Columns {
    let mut tree = Tree {
        draft: Draft::new(shape, 8),
        text: String::new(),
    };
    tree.row(json, 0, (0, 0));
    tree.draft.settle(tree.text.into())
}

/// Rows from a document's tree.
struct Tree<'s> {
    draft: Draft<'s>,
    text: String,
}

impl<'s> Tree<'s> {
    fn row(&mut self, json: &Json, table: u32, place: (u32, u32)) -> Word {
        let Some(of) = self.draft.shape.tables.get(table as usize) else {
            return ABSENT;
        };
        let (row, start) = self.draft.open(table, of.columns.len(), place);
        let members = json.as_object();
        for (index, (field, column)) in of.object.fields.iter().zip(&of.columns).enumerate() {
            let given = members.and_then(|members| members.get(&*field.name));
            if let Some(given) = given {
                let word = self.word(given, &field.kind, column, (row, 0));
                self.draft.set(start + index, word);
            }
        }
        row_word(table, row)
    }

    fn word(&mut self, json: &Json, kind: &Type, column: &'s Column, place: (u32, u32)) -> Word {
        match (column, json, kind) {
            (Column::Bool, Json::Bool(truth), _) => Word::from(*truth),
            (Column::Int, Json::Int(value), _) => *value,
            (Column::Temperature, _, _) => {
                Temperature::parse(&json.describe()).map_or(ABSENT, Temperature::in_tenths)
            }
            (Column::Text, Json::Text(text), Type::Text(kind)) if kind.number => {
                self.text(&number::fold(text))
            }
            (Column::Text, Json::Text(text), _) => self.text(text),
            (Column::Enum(words), Json::Text(text), Type::Enum(names)) => {
                let at = names.iter().position(|name| **name == **text);
                at.and_then(|at| words.get(at).copied()).unwrap_or(ABSENT)
            }
            (Column::Instant, Json::Text(text), _) => {
                let instant = Instant::parse(text).map_or(ABSENT, Instant::unix);
                self.draft.time(instant);
                instant
            }
            (Column::Date, Json::Text(text), _) => {
                let day = Date::parse(text).map_or(ABSENT, Date::number);
                self.draft.time(day.saturating_mul(DAY));
                day
            }
            (Column::Row(table), _, _) => self.row(json, *table, place),
            (Column::List(item), Json::List(items), Type::List { item: kind, .. }) => {
                let words = items.iter().enumerate();
                let words = words.map(|(at, json)| {
                    let place = (place.0, super::number(at));
                    self.word(json, kind, item, place)
                });
                let words: Vec<Word> = words.collect();
                let start = self.draft.items.len();
                self.draft.items.extend_from_slice(&words);
                self.draft.list(item, start)
            }
            _ => ABSENT,
        }
    }

    fn text(&mut self, text: &str) -> Word {
        let known = self.draft.shape.texts.word(text);
        known.unwrap_or_else(|| {
            let start = self.text.len();
            self.text.push_str(text);
            self.draft.own(start, self.text.len())
        })
    }
}
