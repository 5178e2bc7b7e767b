//! Populations as files: Parquet, alone or in folders such as `county=620102/`.

use crate::batch::Mismatch;
use crate::decide::Decider;
use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use longma_core::schema::{IDENTITY, Object};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Persons of a batch: few enough that what is made of them stays in a cache, and enough
/// that columns pay.
const BATCH: usize = 8_192;

/// Persons of a piece of work, about. A file with more is done in several.
const PIECE: i64 = 1_000_000;

/// What keeps a file from being read or written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// It cannot be opened, read or written.
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// It is no Parquet, or only a part of one.
    NotParquet {
        /// The file.
        path: PathBuf,
        /// What its reader says.
        why: String,
    },
    /// There is no Parquet file in a folder.
    Empty {
        /// The folder.
        path: PathBuf,
    },
    /// Columns do not stand as the [mapping](crate::mapping) says.
    Columns {
        /// The file.
        path: PathBuf,
        /// Each of them.
        wrong: Vec<Mismatch>,
    },
    /// It has no such column beside the facts.
    NoLabel {
        /// The file.
        path: PathBuf,
        /// The name that was asked for.
        name: String,
        /// Those that it has.
        known: Vec<String>,
    },
    /// There is an answer to another question.
    OtherQuestion {
        /// The folder.
        path: PathBuf,
    },
}

impl Trouble {
    pub(crate) fn io(path: &Path, error: &std::io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            why: error.to_string(),
        }
    }

    pub(crate) fn parquet(path: &Path, error: impl std::fmt::Display) -> Self {
        Self::NotParquet {
            path: path.to_owned(),
            why: error.to_string(),
        }
    }

    /// The file or folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Io { path, .. }
            | Self::NotParquet { path, .. }
            | Self::Empty { path }
            | Self::Columns { path, .. }
            | Self::NoLabel { path, .. }
            | Self::OtherQuestion { path } => path,
        }
    }
}

/// A file of a population.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Where it is.
    pub path: PathBuf,
    /// Its path in the folder that was given, without the extension.
    pub name: String,
    /// What its folders say of all persons in it, such as `county` and `620102`.
    pub labels: Vec<(String, String)>,
}

/// The Parquet files in a folder and the folders in it, in the order of their names; or the
/// one file that was given. Beside them folders in it without any: a partition that somebody
/// counts on is missing.
///
/// # Errors
/// If there is none, or a folder cannot be read.
pub fn parts(of: &Path) -> Result<(Vec<Part>, Vec<Trouble>), Trouble> {
    if of.is_file() {
        let name = of
            .file_stem()
            .map_or_else(String::new, |it| it.to_string_lossy().into());
        let only = Part {
            path: of.to_owned(),
            name,
            labels: Vec::new(),
        };
        return Ok((vec![only], Vec::new()));
    }
    let (mut found, mut empty) = (Vec::new(), Vec::new());
    walk(of, "", &[], (&mut found, &mut empty))?;
    if found.is_empty() {
        return Err(Trouble::Empty {
            path: of.to_owned(),
        });
    }
    Ok((found, empty))
}

fn walk(
    folder: &Path,
    above: &str,
    labels: &[(String, String)],
    (found, empty): (&mut Vec<Part>, &mut Vec<Trouble>),
) -> Result<(), Trouble> {
    let failed = |error: std::io::Error| Trouble::io(folder, &error);
    let entries = fs::read_dir(folder).map_err(failed)?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    let mut is_empty = true;
    for path in paths {
        let name = path
            .file_name()
            .map_or_else(String::new, |it| it.to_string_lossy().into());
        if name.starts_with(['.', '_']) {
            continue;
        }
        if path.is_dir() {
            let mut labels = labels.to_vec();
            if let Some((key, value)) = name.split_once('=') {
                labels.push((key.to_owned(), value.to_owned()));
            }
            walk(
                &path,
                &format!("{above}{name}/"),
                &labels,
                (&mut *found, &mut *empty),
            )?;
            is_empty = false;
        } else if let Some(stem) = name.strip_suffix(".parquet") {
            found.push(Part {
                name: format!("{above}{stem}"),
                labels: labels.to_vec(),
                path,
            });
            is_empty = false;
        }
    }
    if is_empty {
        empty.push(Trouble::Empty {
            path: folder.to_owned(),
        });
    }
    Ok(())
}

/// A part of a file that is read at once, in batches.
#[derive(Debug, Clone)]
pub struct Piece {
    /// The file.
    pub part: Part,
    /// Its name: that of the file, with a number if there are several.
    pub name: String,
    /// The number of its first person in the file, from 0.
    pub first: u64,
    /// The number of its persons.
    pub persons: u64,
    /// What tells the file from a later one in its place: its length and when it was
    /// written.
    pub stamp: String,
    groups: Vec<usize>,
    metadata: ArrowReaderMetadata,
}

/// The pieces of a file.
///
/// # Errors
/// If it is no whole Parquet file.
pub fn pieces(part: &Part) -> Result<Vec<Piece>, Trouble> {
    let path = &part.path;
    let file = File::open(path).map_err(|error| Trouble::io(path, &error))?;
    let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())
        .map_err(|error| Trouble::parquet(path, error))?;
    let about = file.metadata().map_err(|error| Trouble::io(path, &error))?;
    let written = about.modified().ok();
    let stamp = format!("{} {written:?}", about.len());
    let mut pieces: Vec<Piece> = Vec::new();
    let mut first = 0;
    for (at, group) in metadata.metadata().row_groups().iter().enumerate() {
        let rows = u64::try_from(group.num_rows()).unwrap_or(0);
        let full = u64::try_from(PIECE).unwrap_or(0);
        match pieces.last_mut().filter(|last| last.persons + rows <= full) {
            Some(last) => {
                last.groups.push(at);
                last.persons += rows;
            }
            None => pieces.push(Piece {
                part: part.clone(),
                name: String::new(),
                first,
                persons: rows,
                stamp: stamp.clone(),
                groups: vec![at],
                metadata: metadata.clone(),
            }),
        }
        first += rows;
    }
    let many = pieces.len() > 1;
    for (at, piece) in pieces.iter_mut().enumerate() {
        let name = &part.name;
        piece.name = if many {
            format!("{name}.{at:04}")
        } else {
            name.clone()
        };
    }
    Ok(pieces)
}

/// The batches of a piece: of each the facts, and what stands beside them.
#[derive(Debug)]
pub struct Batches {
    path: PathBuf,
    reader: ParquetRecordBatchReader,
    labels: Vec<(String, String)>,
    root: Arc<Object>,
}

impl Piece {
    /// Reads the sections that `deciders` need, and the flat columns beside them.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn read(&self, deciders: &[Decider], root: &Arc<Object>) -> Result<Batches, Trouble> {
        let path = &self.part.path;
        let file = File::open(path).map_err(|error| Trouble::io(path, &error))?;
        let builder =
            ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone());
        let schema = builder.parquet_schema();
        let leaves = schema.columns().iter().enumerate().filter(|(_, leaf)| {
            let mut parts = leaf.path().parts().iter();
            let Some(section) = parts.next() else {
                return false;
            };
            if root.position(section).is_none() {
                return parts.next().is_none();
            }
            let is_needed = |it: &Decider| {
                it.sections().contains(section.as_str())
                    && (section != IDENTITY || leaf.path().string() == "identity.region")
            };
            deciders.iter().any(is_needed)
        });
        let leaves: Vec<usize> = leaves.map(|(at, _)| at).collect();
        let mask = ProjectionMask::leaves(schema, leaves);
        let reader = builder
            .with_row_groups(self.groups.clone())
            .with_projection(mask)
            .with_batch_size(BATCH)
            .build();
        Ok(Batches {
            reader: reader.map_err(|error| Trouble::parquet(path, error))?,
            path: path.clone(),
            labels: self.part.labels.clone(),
            root: Arc::clone(root),
        })
    }
}

/// A batch of persons.
#[derive(Debug)]
pub struct Persons {
    /// The columns that the schema has.
    pub facts: RecordBatch,
    /// The others, and what the folders say.
    pub labels: RecordBatch,
}

impl Iterator for Batches {
    type Item = Result<Persons, Trouble>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = match self.reader.next()? {
            Ok(batch) => batch,
            Err(error) => return Some(Err(Trouble::parquet(&self.path, error))),
        };
        let rows = batch.num_rows();
        let schema = batch.schema();
        let (mut facts, mut labels) = (Vec::new(), Vec::new());
        for (field, array) in schema.fields().iter().zip(batch.columns()) {
            let to = match self.root.position(field.name()) {
                Some(_) => &mut facts,
                None => &mut labels,
            };
            to.push((Arc::clone(field), Arc::clone(array)));
        }
        for (name, value) in &self.labels {
            let array: ArrayRef = Arc::new(StringArray::from_iter_values(std::iter::repeat_n(
                value, rows,
            )));
            labels.push((Arc::new(Field::new(name, DataType::Utf8, true)), array));
        }
        let columns = |columns: Vec<(Arc<Field>, ArrayRef)>| {
            let (fields, arrays): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
            let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(rows));
            let schema = Arc::new(Schema::new(fields));
            RecordBatch::try_new_with_options(schema, arrays, &options)
        };
        let persons = columns(facts).and_then(|facts| {
            Ok(Persons {
                facts,
                labels: columns(labels)?,
            })
        });
        Some(persons.map_err(|error| Trouble::parquet(&self.path, error)))
    }
}
