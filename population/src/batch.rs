//! A batch of columns as core reads it: a source of rows.
//!
//! Columns are looked at once for the whole batch. Numbers and times become words; of a
//! dictionary each text is looked up once and not once a person. What does not fit stays
//! where it is, marked as odd, and the one person whose document it is in is written as
//! JSON and read by the decoder that explains.

mod held;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::DataType;
use held::{Held, Holder};
use longma_core::columns::{Column, Given, Odd, Shape, Source};
use std::ops::Range;
use std::sync::Arc;

/// A column that does not stand as the [mapping](crate::mapping) says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The column, from the top: `tests.sampled_at`.
    pub column: String,
    /// What is wrong with it.
    pub what: Wrong,
}

/// What is wrong with a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// Its type.
    Type {
        /// What is written for such values.
        expected: DataType,
        /// What there is.
        found: DataType,
    },
    /// No schema has it.
    Unknown {
        /// The name that was most likely meant.
        near: Option<String>,
    },
}

/// Columns of a batch.
#[derive(Debug)]
pub struct Batch {
    shape: Arc<Shape>,
    tables: Vec<Vec<Held>>,
    rows: usize,
}

impl Batch {
    /// The columns of `batch` that the shape's document has. Other columns are left to
    /// whoever knows them.
    ///
    /// # Errors
    /// Each column that does not stand as the mapping says.
    pub fn read(shape: &Arc<Shape>, batch: &RecordBatch) -> Result<Self, Vec<Mismatch>> {
        let mut holder = Holder::new(shape);
        let schema = batch.schema();
        let root = shape.tables().first().map(|root| &root.object);
        for (field, array) in schema.fields().iter().zip(batch.columns()) {
            if root.is_some_and(|root| root.position(field.name()).is_some()) {
                holder.member(0, field.name(), array, "");
            }
        }
        Ok(Self {
            shape: Arc::clone(shape),
            tables: holder.done()?,
            rows: batch.num_rows(),
        })
    }

    /// The number of documents.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The shape of the documents.
    #[must_use]
    pub fn shape(&self) -> &Arc<Shape> {
        &self.shape
    }

    /// How many records the section at `field` has; `None` if it is not known.
    #[must_use]
    pub fn count(&self, field: usize, row: usize) -> Option<usize> {
        match self.held(0, field) {
            Held::List { .. } => match self.list(0, field, row) {
                Ok(rows) => rows.map(|rows| rows.len()),
                Err(Odd) => Some(usize::MAX),
            },
            Held::Nothing => None,
            _ => Some(usize::MAX),
        }
    }

    /// The text at a path of members of a document.
    #[must_use]
    pub fn text(&self, path: &[&str], row: usize) -> Option<&str> {
        let mut table = 0;
        let (last, path) = path.split_last()?;
        for name in path {
            let field = self
                .shape
                .tables()
                .get(table as usize)?
                .object
                .position(name)?;
            self.object(table, field, row).ok()??;
            let column = self
                .shape
                .tables()
                .get(table as usize)?
                .columns
                .get(field)?;
            let Column::Row(inner) = column else {
                return None;
            };
            table = *inner;
        }
        let field = self
            .shape
            .tables()
            .get(table as usize)?
            .object
            .position(last)?;
        self.text_of(table, field, row)
    }

    /// The text in a field, or of an item of a list of texts.
    pub(crate) fn text_of(&self, table: u32, field: usize, row: usize) -> Option<&str> {
        self.held(table, field).text(row)
    }

    fn held(&self, table: u32, field: usize) -> &Held {
        static NOTHING: Held = Held::Nothing;
        let fields = self.tables.get(table as usize);
        fields.and_then(|it| it.get(field)).unwrap_or(&NOTHING)
    }

    /// The array that holds a value, or an item of a list, that is odd.
    pub(crate) fn odd(&self, table: u32, field: usize, row: usize) -> Option<&ArrayRef> {
        self.held(table, field).odd(row)
    }

    /// Whether the item of a list of objects at a row is there, and not null.
    pub(crate) fn has_item(&self, table: u32, field: usize, row: usize) -> bool {
        match self.held(table, field) {
            Held::List { nulls, .. } => nulls.as_ref().is_none_or(|it| it.is_valid(row)),
            _ => true,
        }
    }

    /// The rows of the items of a list, null ones included.
    pub(crate) fn items(&self, table: u32, field: usize, row: usize) -> Option<Range<usize>> {
        let Held::List { offsets, lists, .. } = self.held(table, field) else {
            return None;
        };
        if lists.as_ref().is_some_and(|it| it.is_null(row)) {
            return None;
        }
        Some(*offsets.get(row)?..*offsets.get(row + 1)?)
    }
}

impl Source for Batch {
    fn value(&self, table: u32, field: usize, row: usize) -> Given<'_> {
        self.held(table, field).value(row)
    }

    fn object(&self, table: u32, field: usize, row: usize) -> Result<Option<usize>, Odd> {
        Ok(match self.held(table, field) {
            Held::Object(valid) => {
                let is_there = valid.as_ref().is_none_or(|it| it.is_valid(row));
                is_there.then_some(row)
            }
            _ => None,
        })
    }

    fn list(&self, table: u32, field: usize, row: usize) -> Result<Option<Range<usize>>, Odd> {
        let rows = self.items(table, field, row);
        let mut each = rows.clone().into_iter().flatten();
        if each.any(|row| !self.has_item(table, field, row)) {
            return Err(Odd);
        }
        Ok(rows)
    }
}
