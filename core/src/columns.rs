//! Facts as columns: every value is one 64-bit word.
//!
//! A [`Shape`] numbers the objects of a schema as tables. [`Columns`] holds the rows of
//! one document: an instant is its seconds, a day its number, an enum's member and every
//! other text a position in [`Texts`], a record the number of its row, a list a stretch
//! of `items`. [`ABSENT`] stands for a field that is left out. Rows are numbered in the
//! order of the document, so that a row's number leads back to its JSON pointer; lists
//! are sorted by value.

mod clean;
mod draft;
mod plan;
#[cfg(not(target_family = "wasm"))]
mod rows;
mod scan;
mod sort;
mod texts;

#[cfg(not(target_family = "wasm"))]
pub use rows::{Given, Odd, Source};
pub use texts::Texts;

use crate::json::{Json, push_pointer};
use crate::schema::{Object, SUBJECT, Schema, Type};
use crate::time::{Date, Instant, Offset};
use crate::value::{Evidence, Record, Temperature, Value};
use plan::Plan;
use std::cmp::Ordering;
use std::sync::Arc;

/// One value.
pub type Word = i64;

/// The word of an absent value. No value of any kind has this word: times are nearer,
/// and whole numbers end before it.
pub const ABSENT: Word = i64::MAX;

/// Bits of a list's word that hold its length.
const LENGTH: u32 = 24;

/// The tables of a schema: its objects, numbered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    tables: Vec<TableShape>,
    texts: Arc<Texts>,
    /// The names of the reference tables, by number.
    references: Arc<[String]>,
    /// What reading a document's bytes needs to know about each object.
    plan: Plan,
}

/// One object of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableShape {
    /// The object.
    pub object: Arc<Object>,
    /// The table and field that hold it; `None` for the document itself.
    pub parent: Option<(u32, u32)>,
    /// Whether the field is a list of such objects.
    pub many: bool,
    /// One entry per field of the object.
    pub columns: Vec<Column>,
}

/// How a field's values are written as words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// 0 or 1.
    Bool,
    /// The number.
    Int,
    /// A text's number.
    Text,
    /// The words of the members, in the schema's order.
    Enum(Arc<[Word]>),
    /// Seconds since the Unix epoch.
    Instant,
    /// Days since the Unix epoch.
    Date,
    /// Tenths of a degree.
    Temperature,
    /// A row of this table.
    Row(u32),
    /// A list.
    List(Box<Column>),
}

impl Shape {
    /// The shape of documents that follow `schema`. `texts` must know the members of its
    /// enums.
    #[must_use]
    pub fn new(schema: &Schema, texts: &Arc<Texts>, references: &Arc<[String]>) -> Self {
        let mut shape = Self {
            tables: Vec::new(),
            texts: Arc::clone(texts),
            references: Arc::clone(references),
            plan: Plan::default(),
        };
        shape.table(schema.root(), None, false);
        shape.plan = Plan::of(&shape);
        shape
    }

    fn table(&mut self, object: &Arc<Object>, parent: Option<(u32, u32)>, many: bool) -> u32 {
        let number = number(self.tables.len());
        self.tables.push(TableShape {
            object: Arc::clone(object),
            parent,
            many,
            columns: Vec::new(),
        });
        let columns = object.fields.iter().enumerate();
        let columns = columns
            .map(|(index, field)| {
                self.column(&field.kind, (number, crate::columns::number(index)), false)
            })
            .collect();
        if let Some(table) = self.tables.get_mut(number as usize) {
            table.columns = columns;
        }
        number
    }

    fn column(&mut self, kind: &Type, at: (u32, u32), many: bool) -> Column {
        match kind {
            Type::Bool => Column::Bool,
            Type::Int { .. } => Column::Int,
            Type::Text(_) => Column::Text,
            Type::Enum(names) => {
                let words = names.iter();
                Column::Enum(
                    words
                        .map(|n| self.texts.word(n).unwrap_or(ABSENT))
                        .collect(),
                )
            }
            Type::Instant => Column::Instant,
            Type::Date => Column::Date,
            Type::Temperature { .. } => Column::Temperature,
            Type::List { item, .. } => Column::List(Box::new(self.column(item, at, true))),
            Type::Object(object) => Column::Row(self.table(object, Some(at), many)),
        }
    }

    /// The tables; the first is the document.
    #[must_use]
    pub fn tables(&self) -> &[TableShape] {
        &self.tables
    }

    /// The known texts.
    #[must_use]
    pub fn texts(&self) -> &Arc<Texts> {
        &self.texts
    }

    /// The position of a section in the document, and its column.
    #[must_use]
    pub fn section(&self, name: &str) -> Option<(usize, &Column)> {
        let root = self.tables.first()?;
        let field = root.object.position(name)?;
        Some((field, root.columns.get(field)?))
    }
}

/// Where the rows of one table are.
#[derive(Debug, Clone, Copy)]
struct Rows {
    /// Where the cells begin.
    cells: usize,
    /// The number of cells of a row.
    width: usize,
    /// Where the places begin.
    places: usize,
    /// The number of rows.
    count: usize,
}

/// One document as rows of words.
#[derive(Debug, Clone)]
pub struct Columns {
    shape: Arc<Shape>,
    tables: Vec<Rows>,
    /// The cells of all tables, one table after another, row by row.
    cells: Vec<Word>,
    /// For each row, the row that holds it and its position in that row's list.
    places: Vec<(u32, u32)>,
    items: Vec<Word>,
    /// The document, or the texts that were found in it.
    text: Box<str>,
    /// Where in `text` the document's own texts are, which follow the known ones.
    own: Vec<(u32, u32)>,
    times: (i64, i64),
    longest: usize,
}

/// Columns are equal if they have the same rows with the same values. How the document's
/// own texts are numbered, and where its lists are, says nothing.
impl PartialEq for Columns {
    fn eq(&self, other: &Self) -> bool {
        let same_rows = |(a, b): (&Rows, &Rows)| a.count == b.count;
        let shapes = self.shape.tables.iter().enumerate();
        self.shape == other.shape
            && (self.times, self.longest) == (other.times, other.longest)
            && self.places == other.places
            && self.tables.len() == other.tables.len()
            && self.tables.iter().zip(&other.tables).all(same_rows)
            && shapes.into_iter().all(|(table, shape)| {
                let count = self.tables.get(table).map_or(0, |rows| rows.count);
                (0..count).all(|row| {
                    let row = row_word(number(table), number(row));
                    let columns = shape.columns.iter().enumerate();
                    columns.into_iter().all(|(at, column)| {
                        let (a, b) = (self.field(row, at), other.field(row, at));
                        self.is_same(column, a, other, b)
                    })
                })
            })
    }
}

impl Eq for Columns {}

impl Columns {
    /// The rows of `json`, which must fit the shape's schema; what does not fit is left
    /// out.
    pub(crate) fn read(json: &Json, shape: &Arc<Shape>) -> Self {
        draft::read(json, shape)
    }

    /// The rows of the document `text`; `None` if it is not quite plain, or has anything
    /// wrong with it.
    pub(crate) fn read_clean(text: &str, shape: &Arc<Shape>) -> Option<Self> {
        clean::read(text, shape)
    }

    /// The document, if it was read by [`read_clean`](Self::read_clean).
    pub(crate) fn source(&self) -> &str {
        &self.text
    }

    fn is_same(&self, column: &Column, a: Word, other: &Self, b: Word) -> bool {
        if a == ABSENT || b == ABSENT {
            return a == b;
        }
        match column {
            Column::Text => self.text_of(a) == other.text_of(b),
            Column::List(item) => {
                let (a, b) = (self.items_of(a), other.items_of(b));
                let same = |(a, b): (&Word, &Word)| self.is_same(item, *a, other, *b);
                a.len() == b.len() && a.iter().zip(b).all(same)
            }
            _ => a == b,
        }
    }

    /// The shape of the document.
    #[must_use]
    pub fn shape(&self) -> &Arc<Shape> {
        &self.shape
    }

    /// The items of all lists.
    pub(crate) fn items(&self) -> &[Word] {
        &self.items
    }

    /// The word of a section; [`ABSENT`] if it is not known.
    #[must_use]
    pub fn section(&self, field: usize) -> Word {
        self.cell(0, 0, field)
    }

    /// A field of a record.
    pub(crate) fn field(&self, record: Word, field: usize) -> Word {
        let (table, row) = row_of(record);
        self.cell(table, row, field)
    }

    fn cell(&self, table: u32, row: u32, field: usize) -> Word {
        self.cells_of(table, row)
            .get(field)
            .copied()
            .unwrap_or(ABSENT)
    }

    /// The cells of a row; none if there is no such row.
    pub(crate) fn cells_of(&self, table: u32, row: u32) -> &[Word] {
        let Some(rows) = self.tables.get(table as usize) else {
            return &[];
        };
        // A word that is no record can say any row, and a phone's sizes have 32 bits.
        let before = (row as usize).checked_mul(rows.width);
        let start = before.and_then(|before| before.checked_add(rows.cells));
        let cells = start.and_then(|start| self.cells.get(start..)?.get(..rows.width));
        cells.unwrap_or(&[])
    }

    /// A text by its word.
    pub(crate) fn text_of(&self, word: Word) -> &str {
        let position = usize::try_from(word).unwrap_or(usize::MAX);
        if let Some(known) = self.shape.texts.get(position) {
            return known;
        }
        let own = position.saturating_sub(self.shape.texts.len());
        let (start, end) = self.own.get(own).copied().unwrap_or_default();
        self.text.get(start as usize..end as usize).unwrap_or("")
    }

    /// The text at a path of members; `None` if it is absent or not a text.
    #[must_use]
    pub fn text_at(&self, path: &[&str]) -> Option<&str> {
        let mut table = self.shape.tables.first()?;
        let mut record = 0;
        let (last, path) = path.split_last()?;
        for name in path {
            let field = table.object.position(name)?;
            let Some(Column::Row(inner)) = table.columns.get(field) else {
                return None;
            };
            record = self.field(record, field);
            table = self
                .shape
                .tables
                .get(*inner as usize)
                .filter(|_| record != ABSENT)?;
        }
        let field = table.object.position(last)?;
        let word = self.field(record, field);
        let is_text = matches!(table.columns.get(field)?, Column::Text | Column::Enum(_));
        (is_text && word != ABSENT).then(|| self.text_of(word))
    }

    /// The first and the last instant, or start of a day, in the document.
    pub(crate) fn times(&self) -> (i64, i64) {
        self.times
    }

    /// The first and the last of the times that cannot be in the future when they are
    /// recorded, in the records of all sections; a day counts as its start at `offset`.
    /// `None` if there is none.
    pub(crate) fn past(&self, offset: Offset) -> Option<(Instant, Instant)> {
        let records = self.shape.tables.iter().zip(&self.tables);
        let records = records.filter(|(shape, _)| {
            let inside = shape.parent.map(|(table, _)| table);
            shape.many && inside == Some(0)
        });
        let times = records.flat_map(|(shape, rows)| {
            let fields = shape.object.fields.iter().zip(&shape.columns).enumerate();
            let past = fields.filter(|(_, (field, _))| field.past);
            past.flat_map(move |(at, (_, column))| {
                let cells = (0..rows.count).filter_map(move |row| {
                    self.cells.get(rows.cells + row * rows.width + at).copied()
                });
                cells.filter_map(move |word| match column {
                    Column::Date => Date::of_number(word)?.start(offset),
                    _ => Instant::from_unix(word),
                })
            })
        });
        times.fold(None, |ends, time| {
            let (first, last) = ends.unwrap_or((time, time));
            Some((time.min(first), time.max(last)))
        })
    }

    /// The length of the longest list.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// Orders two records of one object.
    pub(crate) fn order_records(&self, a: Word, b: Word) -> Ordering {
        self.order_rows(row_of(a).0, a, b)
    }

    /// Orders two values of one column as [`Value`]s are: absent ones first.
    pub(crate) fn order(&self, column: &Column, a: Word, b: Word) -> Ordering {
        if a == b {
            return Ordering::Equal;
        }
        if a == ABSENT || b == ABSENT {
            return (a != ABSENT).cmp(&(b != ABSENT));
        }
        match column {
            Column::Text => self.text_of(a).cmp(self.text_of(b)),
            Column::Row(table) => self.order_rows(*table, a, b),
            Column::List(item) => {
                let (a, b) = (self.items_of(a), self.items_of(b));
                let pairs = a.iter().zip(b).map(|(a, b)| self.order(item, *a, *b));
                let first = pairs.into_iter().find(|order| order.is_ne());
                first.unwrap_or_else(|| a.len().cmp(&b.len()))
            }
            _ => a.cmp(&b),
        }
    }

    fn order_rows(&self, table: u32, a: Word, b: Word) -> Ordering {
        let shape = self.shape.tables.get(table as usize);
        let columns = shape.map_or(&[][..], |shape| &shape.columns);
        // Two fields can have records of one object, which are in tables of their own.
        let cells = |record: Word| self.cells_of(row_of(record).0, row_of(record).1);
        let cells = cells(a).iter().zip(cells(b));
        for (column, (a, b)) in columns.iter().zip(cells) {
            // One word is one value, of whatever kind.
            if a != b {
                let order = self.order(column, *a, *b);
                if order.is_ne() {
                    return order;
                }
            }
        }
        Ordering::Equal
    }

    pub(crate) fn items_of(&self, list: Word) -> &[Word] {
        let (start, len) = list_of(list);
        self.items.get(start..start + len).unwrap_or(&[])
    }

    /// A record's JSON pointer, or a reference table's row as `table#/row`.
    #[must_use]
    pub fn pointer(&self, evidence: Evidence) -> String {
        if let Some(number) = evidence.table.checked_sub(Evidence::TABLES) {
            let name = self.shape.references.get(number as usize);
            return format!("{}#/{}", name.map_or("", String::as_str), evidence.row);
        }
        let Some(shape) = self.shape.tables.get(evidence.table as usize) else {
            return String::new();
        };
        let Some((table, field)) = shape.parent else {
            return String::new();
        };
        let rows = self.tables.get(evidence.table as usize);
        let place = rows.and_then(|rows| self.places.get(rows.places + evidence.row as usize));
        let (row, at) = place.copied().unwrap_or_default();
        let holder = self.pointer(Evidence { table, row });
        let parent = self.shape.tables.get(table as usize);
        let field = parent.and_then(|parent| parent.object.fields.get(field as usize));
        let pointer = push_pointer(&holder, field.map_or("", |field| &field.name));
        if shape.many {
            format!("{pointer}/{at}")
        } else {
            pointer
        }
    }

    /// A field of a record for readers; `None` if it has none that may be shown: a text can
    /// be a name or the number of a document.
    pub(crate) fn shown(&self, of: Evidence, field: &str, offset: Offset) -> Option<String> {
        let shape = self.shape.tables.get(of.table as usize)?;
        let field = shape.object.position(field)?;
        let word = *self.cells_of(of.table, of.row).get(field)?;
        let column = shape.columns.get(field).filter(|_| word != ABSENT)?;
        Some(match column {
            Column::Int => word.to_string(),
            Column::Instant => Instant::from_unix(word)?.to_words(offset),
            Column::Date => Date::of_number(word)?.to_string(),
            Column::Temperature => Temperature::tenths(word).to_string(),
            _ => return None,
        })
    }

    /// A section as the interpreter reads it; `None` if it is not known.
    #[must_use]
    pub fn value_of(&self, name: &str) -> Option<Value> {
        let (field, column) = self.shape.section(name).filter(|_| name != SUBJECT)?;
        self.value(column, self.section(field))
    }

    fn value(&self, column: &Column, word: Word) -> Option<Value> {
        if word == ABSENT {
            return None;
        }
        Some(match column {
            Column::Bool => Value::Bool(word != 0),
            Column::Int => Value::Int(word),
            Column::Text | Column::Enum(_) => Value::Text(self.text_of(word).into()),
            Column::Instant => Value::Instant(Instant::from_unix(word)?),
            Column::Date => Value::Date(Date::of_number(word)?),
            Column::Temperature => Value::Temperature(Temperature::tenths(word)),
            Column::Row(table) => Value::Record(self.record(*table, word)?),
            Column::List(item) => {
                let items = self.items_of(word).iter();
                Value::List(items.filter_map(|word| self.value(item, *word)).collect())
            }
        })
    }

    fn record(&self, table: u32, word: Word) -> Option<Record> {
        let shape = self.shape.tables.get(table as usize)?;
        let columns = shape.columns.iter().enumerate();
        let values = columns.map(|(at, column)| self.value(column, self.field(word, at)));
        let (table, row) = row_of(word);
        let evidence = vec![Evidence { table, row }];
        Some(Record::new(
            Arc::clone(&shape.object),
            values.collect(),
            evidence,
        ))
    }
}

/// A position as the number of a table, row or text.
pub(crate) fn number(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

fn word_of(position: usize) -> Word {
    Word::try_from(position).unwrap_or(ABSENT)
}

pub(crate) fn row_word(table: u32, row: u32) -> Word {
    Word::from(table) << 32 | Word::from(row)
}

pub(crate) fn row_of(word: Word) -> (u32, u32) {
    let part = |bits: Word| u32::try_from(bits & 0xffff_ffff).unwrap_or(u32::MAX);
    (part(word >> 32), part(word))
}

pub(crate) fn list_word(start: usize, len: usize) -> Word {
    word_of(start) << LENGTH | word_of(len)
}

pub(crate) fn list_of(word: Word) -> (usize, usize) {
    let part = |bits: Word| usize::try_from(bits).unwrap_or(0);
    (part(word >> LENGTH), part(word & ((1 << LENGTH) - 1)))
}
