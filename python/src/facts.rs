//! Facts as batches: whatever offers Arrow columns by the C Data Interface.

use crate::arrays::batch;
use crate::errors::FactsError;
use crate::question::kind;
use arrow::array::{ArrayData, RecordBatch};
use arrow::datatypes::{DataType, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow_pyarrow::{FromPyArrow, ToPyArrow};
use longma_core::nearest;
use longma_population::batch::{Mismatch, Wrong};
use pyo3::exceptions::{PyStopIteration, PyTypeError};
use pyo3::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Batches, one after the other.
pub(crate) struct Batches {
    /// A `RecordBatchReader` of pyarrow. Whoever pulls need not hold the interpreter.
    reader: Py<PyAny>,
    schema: SchemaRef,
}

impl Batches {
    /// The batches that a table, a batch, a reader or a frame has.
    pub(crate) fn of(facts: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = facts.py();
        let pyarrow = py.import("pyarrow")?;
        let readers = pyarrow.getattr("RecordBatchReader")?;
        if facts.hasattr("__arrow_c_stream__")? {
            let reader = readers.call_method1("from_stream", (facts,));
            return Self::from_reader(&reader.map_err(|error| no_table(py, &error))?);
        }
        if facts.hasattr("__arrow_c_array__")? {
            let batch = pyarrow.call_method1("record_batch", (facts,));
            let batch = batch.map_err(|error| no_table(py, &error))?;
            let schema = batch.getattr("schema")?;
            return Self::from_reader(&readers.call_method1("from_batches", (schema, [batch]))?);
        }
        // What has no stream of its own may become a table.
        if facts.hasattr("to_arrow")? {
            let table = facts.call_method0("to_arrow")?;
            if table.hasattr("__arrow_c_stream__")? {
                return Self::of(&table);
            }
        }
        Err(PyTypeError::new_err(format!(
            "facts: {} offers no Arrow columns; pass a table, a batch or a reader of pyarrow, \
             or a frame of polars, pandas (2.2 or later) or daft",
            kind(facts)
        )))
    }

    fn from_reader(reader: &Bound<'_, PyAny>) -> PyResult<Self> {
        let schema = Schema::from_pyarrow_bound(&reader.getattr("schema")?)?;
        Ok(Self {
            schema: Arc::new(schema),
            reader: reader.clone().unbind(),
        })
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn pull(&self, py: Python<'_>) -> Result<Option<RecordBatch>, ArrowError> {
        let foreign = |error: PyErr| ArrowError::ExternalError(Box::new(error));
        match self.reader.bind(py).call_method0("read_next_batch") {
            Ok(next) => {
                let data = ArrayData::from_pyarrow_bound(&next).map_err(foreign)?;
                batch(&data, &self.schema).map(Some)
            }
            Err(error) if error.is_instance_of::<PyStopIteration>(py) => Ok(None),
            Err(error) => Err(foreign(error)),
        }
    }
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        Python::attach(|py| self.pull(py)).transpose()
    }
}

fn no_table(py: Python<'_>, error: &PyErr) -> PyErr {
    let why = error.value(py);
    PyTypeError::new_err(format!(
        "facts: what it offers is no table of columns: {why}"
    ))
}

/// Refuses columns of the same name, and a column whose name is a slip: with `asked` missing,
/// everybody would be unknown, and nobody would know why.
pub(crate) fn check(
    schema: &Schema,
    known: &longma_core::Schema,
    asked: &BTreeSet<&str>,
) -> PyResult<()> {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for field in schema.fields() {
        if !names.insert(field.name()) && known.root().position(field.name()).is_some() {
            return Err(FactsError::new_err(format!(
                "column `{}`: stands there twice; take one of them away",
                field.name()
            )));
        }
    }
    let missing: Vec<&str> = asked.difference(&names).copied().collect();
    let unknown = names.into_iter();
    let mut unknown = unknown.filter(|name| known.root().position(name).is_none());
    let slip = unknown.find_map(|name| Some((name, nearest(name, missing.iter().copied())?)));
    match slip {
        None => Ok(()),
        Some((name, near)) => Err(FactsError::new_err(format!(
            "column `{name}`: the schema has no such section, and `{near}`, which is read, is \
             missing; did you mean `{near}`? Leave `{name}` out if it is something else"
        ))),
    }
}

/// What is wrong with columns that do not stand as the mapping says, one a line.
pub(crate) fn mismatches(py: Python<'_>, wrong: &[Mismatch]) -> String {
    let lines: Vec<String> = wrong.iter().map(|it| mismatch(py, it)).collect();
    lines.join("\n")
}

fn mismatch(py: Python<'_>, Mismatch { column, what }: &Mismatch) -> String {
    match what {
        Wrong::Unknown { near } => {
            let near = near.as_ref().map(|it| format!("; did you mean `{it}`?"));
            let near = near.unwrap_or_else(|| "; take it away".to_owned());
            format!("column `{column}`: the schema has no such member{near}")
        }
        Wrong::Type { expected, found } => format!(
            "column `{column}`: expected {}, found {}; {}",
            name(py, expected),
            name(py, found),
            advice(expected, found)
        ),
    }
}

/// A type as `PyArrow` calls it.
fn name(py: Python<'_>, kind: &DataType) -> String {
    let named = kind
        .to_pyarrow(py)
        .and_then(|it| it.str()?.extract::<String>());
    named.unwrap_or_else(|_| kind.to_string())
}

/// What to do about a column of another type.
fn advice(expected: &DataType, found: &DataType) -> &'static str {
    match (expected, found) {
        (DataType::Timestamp(..), DataType::Timestamp(_, None)) => {
            "a time without a zone could be anywhere: say which one is meant, with \
             pyarrow.compute.assume_timezone"
        }
        (DataType::Timestamp(..), found) if is_text(found) => {
            "read the texts as instants, or let `Catalogue.convert` read the documents"
        }
        (DataType::Decimal128(..), DataType::Float32 | DataType::Float64) => {
            "a float is not exact: cast the column to decimal128(5, 1)"
        }
        _ => "cast the column; `Catalogue.schema` has the types",
    }
}

fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}
