//! Rows for people and programs: a text table, CSV, JSON lines.

use crate::code::Code;
use crate::error::{Error, Result};
use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::csv;
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::json::{LineDelimitedWriter, WriterBuilder, writer::LineDelimited};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::arrow::util::pretty::pretty_format_batches_with_options;
use std::io::Write;
use std::sync::Arc;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A table with lines, as wide as its texts.
    Text,
    /// CSV with a line of names. Lists and structs are written as text.
    Csv,
    /// A JSON object on each line. What is null is written as null.
    JsonLines,
}

/// Writes rows.
///
/// # Errors
/// If they cannot be written.
pub fn print(batches: &[RecordBatch], form: Form, to: &mut impl Write) -> Result<()> {
    let written = match form {
        Form::Text => text(batches, to),
        Form::Csv => comma_separated(batches, to),
        Form::JsonLines => json_lines(batches, to),
    };
    written.map_err(|why| Error::new(Code::Io).with("path", "output").with("why", why))
}

type Written = std::result::Result<(), ArrowError>;

fn text(batches: &[RecordBatch], to: &mut impl Write) -> Written {
    let table = pretty_format_batches_with_options(batches, &options())?;
    writeln!(to, "{table}")?;
    Ok(())
}

fn options() -> FormatOptions<'static> {
    FormatOptions::new().with_null("")
}

fn comma_separated(batches: &[RecordBatch], to: &mut impl Write) -> Written {
    let mut writer = csv::WriterBuilder::new().with_header(true).build(to);
    for batch in batches {
        let flat = batch.columns().iter().map(flat);
        let columns: Vec<ArrayRef> = flat.collect::<std::result::Result<_, _>>()?;
        let names = batch.schema();
        let names = names.fields().iter().map(|it| it.name().clone());
        let pairs = names.zip(columns);
        writer.write(&RecordBatch::try_from_iter_with_nullable(
            pairs.map(|(name, column)| (name, column, true)),
        )?)?;
    }
    Ok(())
}

/// A column that CSV can hold.
fn flat(column: &ArrayRef) -> std::result::Result<ArrayRef, ArrowError> {
    match column.data_type() {
        DataType::Dictionary(_, values) => cast(column, values),
        kind if kind.is_nested() => {
            let options = options();
            let format = ArrayFormatter::try_new(column, &options)?;
            let texts = (0..column.len()).map(|row| format.value(row).to_string());
            let texts: datafusion::arrow::array::StringArray = texts.map(Some).collect();
            Ok(Arc::new(texts))
        }
        _ => Ok(Arc::clone(column)),
    }
}

fn json_lines(batches: &[RecordBatch], to: &mut impl Write) -> Written {
    let builder = WriterBuilder::new().with_explicit_nulls(true);
    let mut writer: LineDelimitedWriter<_> = builder.build::<_, LineDelimited>(to);
    for batch in batches {
        writer.write(batch)?;
    }
    writer.finish()
}
