//! A row of a batch as a JSON document.

use crate::batch::Batch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use longma_core::columns::{Column, Given, Source, Word};
use longma_core::{Date, Instant, Json, Offset};

impl Batch {
    /// The document at a row, as far as the batch has columns for it.
    #[must_use]
    pub fn document(&self, row: usize) -> Json {
        self.object_of(0, row)
    }

    /// A section of the document at a row; `None` if it is not known.
    #[must_use]
    pub fn section(&self, name: &str, row: usize) -> Option<Json> {
        let (field, column) = self.shape().section(name)?;
        self.json(column, (0, field), row)
    }

    fn object_of(&self, table: u32, row: usize) -> Json {
        let Some(shape) = self.shape().tables().get(table as usize) else {
            return Json::Null;
        };
        let fields = shape.object.fields.iter().zip(&shape.columns).enumerate();
        let members = fields.filter_map(|(at, (field, column))| {
            let value = self.json(column, (table, at), row)?;
            Some((field.name.to_string(), value))
        });
        Json::Object(members.collect())
    }

    fn json(&self, column: &Column, (table, field): (u32, usize), row: usize) -> Option<Json> {
        match column {
            Column::Row(inner) => {
                let of = self.object(table, field, row).ok()??;
                Some(self.object_of(*inner, of))
            }
            Column::List(item) => {
                let rows = self.items(table, field, row)?;
                let items = rows.map(|row| match **item {
                    Column::Row(inner) if self.has_item(table, field, row) => {
                        self.object_of(inner, row)
                    }
                    Column::Row(_) => Json::Null,
                    _ => self.leaf(item, (table, field), row).unwrap_or(Json::Null),
                });
                Some(Json::List(items.collect()))
            }
            _ => self.leaf(column, (table, field), row),
        }
    }

    fn leaf(&self, column: &Column, (table, field): (u32, usize), row: usize) -> Option<Json> {
        match self.value(table, field, row) {
            Given::Absent => None,
            Given::Text(text) => Some(Json::Text(text.to_owned())),
            Given::Known(_) => self
                .text_of(table, field, row)
                .map(|it| Json::Text(it.to_owned())),
            Given::Word(word) => Some(plain(column, word).unwrap_or(Json::Int(word))),
            Given::Odd => {
                let written = self.odd(table, field, row)?;
                let options = FormatOptions::default();
                let format = ArrayFormatter::try_new(written, &options).ok()?;
                let text = format.value(row).to_string();
                Some(match column {
                    Column::Int | Column::Temperature => Json::Number(text),
                    _ => Json::Text(text),
                })
            }
        }
    }
}

fn plain(column: &Column, word: Word) -> Option<Json> {
    Some(match column {
        Column::Bool => Json::Bool(word != 0),
        Column::Instant => Json::Text(Instant::from_unix(word)?.to_rfc3339(Offset::CHINA)),
        Column::Date => Json::Text(Date::of_number(word)?.to_string()),
        Column::Temperature => {
            let sign = if word < 0 { "-" } else { "" };
            let tenths = word.unsigned_abs();
            Json::Number(format!("{sign}{}.{}", tenths / 10, tenths % 10))
        }
        _ => Json::Int(word),
    })
}
