//! Rows of one document from values that somebody else holds, such as columns of a file.
//!
//! Like [`clean`](super::clean), this reader takes only what is right and says nothing about
//! the rest: whoever holds the values writes such a document as JSON, and the decoder that
//! explains reads it. What is taken must be just what that decoder takes.

use super::draft::Draft;
use super::plan::Kind;
use super::{ABSENT, Column, Columns, Shape, Word, number, row_word};
use crate::json::Json;
use crate::limits;
use crate::order::Gather;
use crate::time::{DAY, Date, Instant, Offset};
use crate::value::Temperature;
use std::ops::Range;
use std::sync::Arc;

/// Where a document's text would begin. No document begins so, which tells the texts of
/// given rows from one.
const NO_DOCUMENT: char = '\u{0}';

/// A value as it is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given<'a> {
    /// It is left out.
    Absent,
    /// A boolean as 0 or 1, a number, the seconds of an instant, the number of a day, the
    /// tenths of a temperature.
    Word(Word),
    /// A text, or a member of an enum.
    Text(&'a str),
    /// The word of a text that [`Shape::word`] gave for this field.
    Known(Word),
    /// Something that only the decoder that explains can read.
    Odd,
}

/// Something that only the decoder that explains can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Odd;

/// Whoever holds the values of documents. Tables are those of a [`Shape`], fields those of
/// their objects. A row is whatever number the source gave for it; the document is row
/// `of` of table 0.
pub trait Source {
    /// The value of a field, or of an item of a list in that field, if it is no object.
    fn value(&self, table: u32, field: usize, row: usize) -> Given<'_>;

    /// The row of the object in a field; `None` if there is none.
    ///
    /// # Errors
    /// If only the decoder that explains can read it.
    fn object(&self, table: u32, field: usize, row: usize) -> Result<Option<usize>, Odd>;

    /// The rows of the items of the list in a field; `None` if there is no list.
    ///
    /// # Errors
    /// If only the decoder that explains can read it.
    fn list(&self, table: u32, field: usize, row: usize) -> Result<Option<Range<usize>>, Odd>;
}

impl Shape {
    /// The members of a document with these names, one bit each.
    #[must_use]
    pub fn sections<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> u64 {
        let fields = names.into_iter().filter_map(|name| self.section(name));
        fields.fold(0, |all, (field, _)| {
            all | 1_u64.checked_shl(number(field)).unwrap_or(0)
        })
    }

    /// The word of a text in a field, if the field may have it and it is known to the packs.
    #[must_use]
    pub fn word(&self, table: u32, field: usize, text: &str) -> Option<Word> {
        let kind = self.plan.objects.get(table as usize)?.kinds.get(field)?;
        let column = self.tables.get(table as usize)?.columns.get(field)?;
        let (kind, column) = match (kind, column) {
            (Kind::List { item, .. }, Column::List(column)) => (&**item, &**column),
            plain => plain,
        };
        let word = self.texts.word(text)?;
        let fits = match (kind, column) {
            (Kind::Enum { .. }, Column::Enum(words)) => words.contains(&word),
            (Kind::Text(kind), _) => kind.fits(text),
            _ => false,
        };
        fits.then_some(word)
    }
}

impl Columns {
    /// The rows of a document; `None` if something in it is not plain or does not fit. Only
    /// its members in `sections` are read and looked at, one bit each.
    pub(crate) fn of_rows(
        shape: &Arc<Shape>,
        sections: u64,
        source: &impl Source,
        of: usize,
    ) -> Option<Self> {
        let mut reader = Reader {
            shape,
            source,
            sections,
            draft: Draft::new(shape, 16),
            text: String::from(NO_DOCUMENT),
            values: 1,
        };
        reader.row(0, of, (0, 0))?;
        let fits = reader.values <= limits::JSON_VALUES && reader.text.len() <= limits::FACTS_BYTES;
        fits.then(|| reader.draft.settle(reader.text.into()))
    }

    /// The document that these rows say, if they were given as rows.
    pub(crate) fn document_of_rows(&self) -> Option<Json> {
        self.text.starts_with(NO_DOCUMENT).then_some(())?;
        self.json_of(&Column::Row(0), 0)
    }

    fn json_of(&self, column: &Column, word: Word) -> Option<Json> {
        if word == ABSENT {
            return None;
        }
        Some(match column {
            Column::Bool => Json::Bool(word != 0),
            Column::Int => Json::Int(word),
            Column::Text | Column::Enum(_) => Json::Text(self.text_of(word).to_owned()),
            Column::Instant => Json::Text(Instant::from_unix(word)?.to_rfc3339(Offset::CHINA)),
            Column::Date => Json::Text(Date::of_number(word)?.to_string()),
            Column::Temperature => Json::Number(Temperature::tenths(word).to_string()),
            Column::Row(table) => {
                let shape = self.shape.tables.get(*table as usize)?;
                let fields = shape.object.fields.iter().zip(&shape.columns).enumerate();
                let members = fields.filter_map(|(at, (field, column))| {
                    let value = self.json_of(column, self.field(word, at))?;
                    Some((field.name.to_string(), value))
                });
                Json::Object(members.into_map())
            }
            Column::List(item) => {
                let mut items = self.items_of(word).to_vec();
                if let Column::Row(_) = **item {
                    // Rows are numbered in the order of the document.
                    items.sort_unstable();
                }
                let items = items.iter();
                Json::List(items.filter_map(|word| self.json_of(item, *word)).collect())
            }
        })
    }
}

struct Reader<'s, S> {
    shape: &'s Arc<Shape>,
    source: &'s S,
    sections: u64,
    draft: Draft<'s>,
    /// The texts that are not known.
    text: String,
    values: usize,
}

impl<'s, S: Source> Reader<'s, S> {
    /// Reads a row of the source as a row of `table`: its word.
    fn row(&mut self, table: u32, of: usize, place: (u32, u32)) -> Option<Word> {
        let shape: &'s Shape = self.shape;
        let columns = &shape.tables.get(table as usize)?.columns;
        let plan = shape.plan.objects.get(table as usize)?;
        let (row, cells) = self.draft.open(table, columns.len(), place);
        let asked = if table == 0 { self.sections } else { u64::MAX };
        let required = plan.required & asked;
        let mut seen = 0_u64;
        for (field, (column, kind)) in columns.iter().zip(&plan.kinds).enumerate() {
            if asked & 1 << field == 0 {
                continue;
            }
            let from = From {
                table,
                field,
                row: of,
            };
            let word = self.field(from, column, kind, row)?;
            if word != ABSENT {
                seen |= 1 << field;
                self.draft.set(cells + field, word);
            }
        }
        self.values += seen.count_ones() as usize;
        let sound = seen & required == required && self.draft.is_ordered(plan, cells);
        sound.then(|| row_word(table, row))
    }

    fn field(&mut self, from: From, column: &'s Column, kind: &'s Kind, row: u32) -> Option<Word> {
        let From { table, field, .. } = from;
        match (column, kind) {
            (Column::Row(inner), _) => match self.source.object(table, field, from.row).ok()? {
                Some(of) => self.row(*inner, of, (row, 0)),
                None => Some(ABSENT),
            },
            (Column::List(column), Kind::List { item, least, most }) => {
                let Some(rows) = self.source.list(table, field, from.row).ok()? else {
                    return Some(ABSENT);
                };
                let len = rows.len();
                self.values += len;
                (*least..=*most).contains(&len).then_some(())?;
                self.list(
                    From {
                        row: rows.start,
                        ..from
                    },
                    len,
                    (column, item),
                    row,
                )
            }
            _ => self.leaf(self.source.value(table, field, from.row), column, kind),
        }
    }

    fn list(
        &mut self,
        from: From,
        len: usize,
        (column, kind): (&'s Column, &'s Kind),
        row: u32,
    ) -> Option<Word> {
        if let Column::Row(table) = column {
            let first = self.draft.count(*table);
            for at in 0..len {
                self.row(*table, from.row + at, (row, number(at)))?;
            }
            // The lists in its rows come before it.
            let start = self.draft.items.len();
            let rows = first..first + number(len);
            let words = rows.map(|row| row_word(*table, row));
            self.draft.items.extend(words);
            return Some(self.draft.list(column, start));
        }
        let start = self.draft.items.len();
        for at in 0..len {
            let given = self.source.value(from.table, from.field, from.row + at);
            let word = self.leaf(given, column, kind)?;
            (word != ABSENT).then_some(())?;
            self.draft.items.push(word);
        }
        Some(self.draft.list(column, start))
    }

    /// The word of a value; `None` if it is odd or does not fit.
    #[inline]
    fn leaf(&mut self, given: Given<'_>, column: &Column, kind: &Kind) -> Option<Word> {
        Some(match (given, kind) {
            (Given::Absent, _) => ABSENT,
            (Given::Word(word), Kind::Int { least, most } | Kind::Temperature { least, most }) => {
                let fits = (*least..=*most).contains(&word) && word != ABSENT;
                fits.then_some(word)?
            }
            (Given::Word(word), Kind::Instant) => {
                Instant::from_unix(word)?;
                self.draft.time(word);
                word
            }
            (Given::Word(word), Kind::Date) => {
                Date::of_number(word)?;
                self.draft.time(word * DAY);
                word
            }
            (Given::Word(word @ (0 | 1)), Kind::Bool)
            | (Given::Known(word), Kind::Text(_) | Kind::Enum { .. }) => word,
            (Given::Text(text), Kind::Text(kind)) if kind.fits(text) => self.text(text),
            (Given::Text(text), Kind::Text(kind)) if kind.is_such(text) => {
                self.text(&crate::number::fold(text))
            }
            (Given::Text(text), Kind::Enum { .. }) => {
                let Column::Enum(words) = column else {
                    return None;
                };
                let word = self.shape.texts.word(text)?;
                words.contains(&word).then_some(word)?
            }
            _ => return None,
        })
    }
}

impl<S> Reader<'_, S> {
    fn text(&mut self, text: &str) -> Word {
        self.shape.texts.word(text).unwrap_or_else(|| {
            let start = self.text.len();
            self.text.push_str(text);
            self.draft.own(start, self.text.len())
        })
    }
}

/// Where a value comes from.
#[derive(Clone, Copy)]
struct From {
    table: u32,
    field: usize,
    row: usize,
}
