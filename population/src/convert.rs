//! Documents into columns.

use crate::batch::Batch;
use crate::files::Trouble;
use crate::mapping::{DEGREES, columns, data_type};
use arrow::array::NullBufferBuilder;
use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Int64Builder, ListArray,
    RecordBatch, StringBuilder, StringDictionaryBuilder, StructArray, TimestampMillisecondBuilder,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, Int32Type};
use longma_core::columns::Shape;
use longma_core::schema::{Object, Type};
use longma_core::value::Temperature;
use longma_core::{Catalogue, Date, Facts, Instant, Json, Problems};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::fmt;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Columns in the making, a document at a time.
///
/// A section that cannot be read, or of which only a part is known, becomes null: it is not
/// known in the columns either.
pub struct Writer {
    object: Arc<Object>,
    columns: Vec<Builder>,
    rows: usize,
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Writer({} documents)", self.rows)
    }
}

impl Writer {
    /// No document yet.
    #[must_use]
    pub fn new(schema: &longma_core::Schema) -> Self {
        let object = Arc::clone(schema.root());
        let columns = object.fields.iter().map(|field| Builder::of(&field.kind));
        Self {
            columns: columns.collect(),
            object,
            rows: 0,
        }
    }

    /// Reads a document and adds it; its problems, if a part of it was left out.
    ///
    /// # Errors
    /// Every problem of a document that is refused whole. Nothing is added then.
    pub fn push(&mut self, catalogue: &Catalogue, json: &str) -> Result<Problems, Problems> {
        let (facts, problems) = match catalogue.read_facts(json) {
            Ok(facts) => (facts, Problems::default()),
            Err(problems) => (catalogue.read_facts_partly(json, &[])?, problems),
        };
        self.push_facts(&facts);
        Ok(problems)
    }

    /// Adds facts.
    pub fn push_facts(&mut self, facts: &Facts) {
        let members = facts.document().as_object();
        for (field, column) in self.object.fields.iter().zip(&mut self.columns) {
            column.push(members.and_then(|members| members.get(&*field.name)));
        }
        self.rows += 1;
    }

    /// The number of documents so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// What was added since the last time.
    pub fn take(&mut self, schema: &longma_core::Schema) -> RecordBatch {
        self.rows = 0;
        let arrays = self.columns.iter_mut().map(Builder::finish).collect();
        let schema = Arc::new(columns(schema, |_| true));
        let empty = RecordBatch::new_empty(Arc::clone(&schema));
        RecordBatch::try_new(schema, arrays).unwrap_or(empty)
    }
}

/// A Parquet file of documents in the making.
pub struct Columns {
    schema: longma_core::Schema,
    writer: Writer,
    file: ArrowWriter<File>,
    path: PathBuf,
}

impl fmt::Debug for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Columns({})", self.path.display())
    }
}

/// Documents that are written at once.
const BATCH: usize = 8_192;

impl Columns {
    /// A new file without documents.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn create(schema: &longma_core::Schema, path: &Path) -> Result<Self, Trouble> {
        let file = File::create(path).map_err(|error| Trouble::io(path, &error))?;
        let columns = Arc::new(columns(schema, |_| true));
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
        let file = ArrowWriter::try_new(file, columns, Some(properties.build()));
        Ok(Self {
            schema: schema.clone(),
            writer: Writer::new(schema),
            file: file.map_err(|error| Trouble::parquet(path, error))?,
            path: path.to_owned(),
        })
    }

    /// Where documents are added.
    ///
    /// # Errors
    /// If what was added before cannot be written.
    pub fn writer(&mut self) -> Result<&mut Writer, Trouble> {
        if self.writer.len() >= BATCH {
            self.flush()?;
        }
        Ok(&mut self.writer)
    }

    fn flush(&mut self) -> Result<(), Trouble> {
        let batch = self.writer.take(&self.schema);
        let written = self.file.write(&batch);
        written.map_err(|error| Trouble::parquet(&self.path, error))
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self) -> Result<(), Trouble> {
        self.flush()?;
        let closed = self.file.close();
        closed
            .map(drop)
            .map_err(|error| Trouble::parquet(&self.path, error))
    }
}

/// Writes the documents of a Parquet file, one a line: how many.
///
/// # Errors
/// If the file cannot be read, or its columns do not stand as the mapping says; or if what
/// comes out cannot be written.
pub fn documents(shape: &Arc<Shape>, from: &Path, to: &mut impl Write) -> Result<u64, Trouble> {
    let file = File::open(from).map_err(|error| Trouble::io(from, &error))?;
    let failed = |error: &dyn fmt::Display| Trouble::parquet(from, error);
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|it| failed(&it))?;
    let reader = builder
        .with_batch_size(BATCH)
        .build()
        .map_err(|it| failed(&it))?;
    let mut count = 0;
    for batch in reader {
        let batch = batch.map_err(|it| failed(&it))?;
        let batch = Batch::read(shape, &batch).map_err(|wrong| Trouble::Columns {
            path: from.to_owned(),
            wrong,
        })?;
        for row in 0..batch.len() {
            let written = writeln!(to, "{}", batch.document(row));
            written.map_err(|error| Trouble::io(from, &error))?;
        }
        count += batch.len() as u64;
    }
    Ok(count)
}

/// One column in the making.
enum Builder {
    Bool(BooleanBuilder),
    Int(Int64Builder),
    Text(StringBuilder),
    Enum(StringDictionaryBuilder<Int32Type>),
    Instant(TimestampMillisecondBuilder),
    Date(Date32Builder),
    Temperature(Decimal128Builder),
    List {
        kind: DataType,
        item: Box<Builder>,
        lengths: Vec<usize>,
        nulls: NullBufferBuilder,
    },
    Object {
        kind: DataType,
        object: Arc<Object>,
        members: Vec<Builder>,
        nulls: NullBufferBuilder,
    },
}

impl Builder {
    fn of(kind: &Type) -> Self {
        match kind {
            Type::Bool => Self::Bool(BooleanBuilder::new()),
            Type::Int { .. } => Self::Int(Int64Builder::new()),
            Type::Text(_) => Self::Text(StringBuilder::new()),
            Type::Enum(_) => Self::Enum(StringDictionaryBuilder::new()),
            Type::Instant => Self::Instant(TimestampMillisecondBuilder::new().with_timezone("UTC")),
            Type::Date => Self::Date(Date32Builder::new()),
            Type::Temperature { .. } => {
                let kind = DataType::Decimal128(DEGREES.0, DEGREES.1);
                Self::Temperature(Decimal128Builder::new().with_data_type(kind))
            }
            Type::List { item, .. } => Self::List {
                kind: data_type(item),
                item: Box::new(Self::of(item)),
                lengths: Vec::new(),
                nulls: NullBufferBuilder::new(0),
            },
            Type::Object(object) => Self::Object {
                kind: data_type(kind),
                object: Arc::clone(object),
                members: object.fields.iter().map(|it| Self::of(&it.kind)).collect(),
                nulls: NullBufferBuilder::new(0),
            },
        }
    }

    /// Adds a value that fits, or null.
    fn push(&mut self, json: Option<&Json>) {
        match self {
            Self::Bool(to) => to.append_option(match json {
                Some(Json::Bool(truth)) => Some(*truth),
                _ => None,
            }),
            Self::Int(to) => to.append_option(match json {
                Some(Json::Int(value)) => Some(*value),
                _ => None,
            }),
            Self::Text(to) => to.append_option(json.and_then(Json::as_text)),
            Self::Enum(to) => to.append_option(json.and_then(Json::as_text)),
            Self::Instant(to) => {
                let text = json.and_then(Json::as_text);
                let instant = text.and_then(|text| Instant::parse(text).ok());
                to.append_option(instant.map(|it| it.unix() * 1_000));
            }
            Self::Date(to) => {
                let text = json.and_then(Json::as_text);
                let day = text.and_then(|text| Date::parse(text).ok());
                to.append_option(day.and_then(|it| i32::try_from(it.number()).ok()));
            }
            Self::Temperature(to) => {
                let read = json.and_then(|json| Temperature::parse(&json.to_string()));
                to.append_option(read.map(|it| it.in_tenths().into()));
            }
            Self::List {
                item,
                lengths,
                nulls,
                ..
            } => {
                let items = match json {
                    Some(Json::List(items)) => Some(items),
                    _ => None,
                };
                nulls.append(items.is_some());
                lengths.push(items.map_or(0, Vec::len));
                for json in items.into_iter().flatten() {
                    item.push(Some(json));
                }
            }
            Self::Object {
                object,
                members,
                nulls,
                ..
            } => {
                let given = json.and_then(Json::as_object);
                nulls.append(given.is_some());
                for (field, member) in object.fields.iter().zip(members) {
                    member.push(given.and_then(|given| given.get(&*field.name)));
                }
            }
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Bool(of) => Arc::new(of.finish()),
            Self::Int(of) => Arc::new(of.finish()),
            Self::Text(of) => Arc::new(of.finish()),
            Self::Enum(of) => Arc::new(of.finish()),
            Self::Instant(of) => Arc::new(of.finish()),
            Self::Date(of) => Arc::new(of.finish()),
            Self::Temperature(of) => Arc::new(of.finish()),
            Self::List {
                kind,
                item,
                lengths,
                nulls,
            } => {
                let items = item.finish();
                let offsets = OffsetBuffer::from_lengths(lengths.drain(..));
                let nulls = nulls.finish();
                let field = Arc::new(Field::new_list_field(kind.clone(), true));
                Arc::new(ListArray::new(field, offsets, items, nulls))
            }
            Self::Object {
                kind,
                members,
                nulls,
                ..
            } => {
                let arrays = members.iter_mut().map(Self::finish).collect();
                let DataType::Struct(fields) = kind else {
                    return Arc::new(StructArray::new_empty_fields(0, None));
                };
                Arc::new(StructArray::new(fields.clone(), arrays, nulls.finish()))
            }
        }
    }
}
