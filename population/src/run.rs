//! Decides the files of a population, and counts.
//!
//! Each piece of a file is answered by a file of its own, and the next run goes on after
//! the last piece that is done. What is counted stands beside each, so that a report needs
//! no outcome again.

use crate::count::{Sum, Tally};
use crate::decide::{Decided, Decider, Question};
use crate::files::{Part, Piece, Trouble, pieces};
use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray, StructArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema};
use longma_core::schema::Object;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What is to be done.
#[derive(Debug)]
pub struct Job {
    /// One, or two that are compared.
    pub deciders: Vec<Decider>,
    /// The members of a document.
    pub root: Arc<Object>,
    /// The files.
    pub parts: Vec<Part>,
    /// Folders without files, which are told with what else goes wrong.
    pub missing: Vec<Trouble>,
    /// The column by whose values persons are counted; `region` if the facts' own is meant.
    pub by: Option<String>,
    /// The folder for what comes out.
    pub out: PathBuf,
    /// What tells one job from another: the question, the packs and the tables.
    pub key: String,
    /// How many pieces are worked on at once.
    pub threads: usize,
}

/// What is told of a whole population.
#[derive(Debug)]
pub struct Report {
    /// What was counted.
    pub tally: Tally,
    /// Files that could not be read or decided.
    pub troubles: Vec<Trouble>,
    /// Pieces that an earlier run had done.
    pub known: usize,
    /// All pieces that are done.
    pub done: usize,
}

/// How far a job is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Persons that are done.
    pub persons: u64,
    /// All persons in the files that can be read.
    pub of: u64,
}

impl Job {
    /// Decides all that is not done yet, and adds up. `told` hears how far it is.
    ///
    /// # Errors
    /// If the folder for what comes out cannot be used, or has the answer to another
    /// question. What is wrong with a file of the population is in the report.
    pub fn run(&self, told: &(dyn Fn(Progress) + Sync)) -> Result<Report, Trouble> {
        self.begin()?;
        let mut troubles = self.missing.clone();
        let mut all = VecDeque::new();
        for part in &self.parts {
            match pieces(part) {
                Ok(pieces) => all.extend(pieces),
                Err(trouble) => troubles.push(trouble),
            }
        }
        let of = all.iter().map(|piece| piece.persons).sum();
        let mut sum = Sum::default();
        let (mut known, mut persons) = (0, 0);
        all.retain(|piece: &Piece| {
            let Some(tally) = self.done(piece) else {
                return true;
            };
            known += 1;
            persons += tally.persons;
            sum.add(tally);
            false
        });
        told(Progress { persons, of });
        let shared = Mutex::new((all, sum, troubles, persons, known));
        let threads = self.threads.max(1);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| self.work(&shared, of, told));
            }
        });
        let (_, sum, mut troubles, _, done) =
            shared.into_inner().unwrap_or_else(PoisonError::into_inner);
        troubles.sort_by(|a, b| a.path().cmp(b.path()));
        let tally = sum.tally();
        let path = self.out.join("counts.parquet");
        let batch = tally.columns();
        let mut writer = open(&path, &batch)?;
        let written = writer.write(&batch).and_then(|()| writer.close().map(drop));
        written.map_err(|error| Trouble::parquet(&path, error))?;
        Ok(Report {
            tally,
            troubles,
            known,
            done,
        })
    }

    fn work(&self, shared: &Mutex<Shared>, of: u64, told: &(dyn Fn(Progress) + Sync)) {
        let lock = || shared.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let Some(piece) = lock().0.pop_front() else {
                return;
            };
            let heard = |persons: u64| {
                let mut shared = lock();
                shared.3 += persons;
                let persons = shared.3;
                drop(shared);
                told(Progress { persons, of });
            };
            let decided = self.decide(&piece, &heard);
            let mut shared = lock();
            match decided {
                Ok(tally) => {
                    shared.1.add(tally);
                    shared.4 += 1;
                }
                Err(trouble) => shared.2.push(trouble),
            }
        }
    }

    /// Makes the folders, and notes whose they are.
    fn begin(&self) -> Result<(), Trouble> {
        for folder in ["outcomes", "done"] {
            let folder = self.out.join(folder);
            fs::create_dir_all(&folder).map_err(|error| Trouble::io(&folder, &error))?;
        }
        let path = self.out.join("job");
        match fs::read_to_string(&path) {
            Ok(key) if key == self.key => Ok(()),
            Ok(_) => Err(Trouble::OtherQuestion {
                path: self.out.clone(),
            }),
            Err(_) => write(&path, self.key.as_bytes()),
        }
    }

    fn file(&self, kind: &str, piece: &Piece, extension: &str) -> PathBuf {
        self.out
            .join(kind)
            .join(format!("{}.{extension}", piece.name))
    }

    /// What an earlier run counted for a piece.
    fn done(&self, piece: &Piece) -> Option<Tally> {
        let text = fs::read_to_string(self.file("done", piece, "json")).ok()?;
        let done: Done = serde_json::from_str(&text).ok()?;
        (done.stamp == piece.stamp).then_some(done.tally)
    }

    /// Decides a piece and writes what comes out.
    fn decide(&self, piece: &Piece, heard: &dyn Fn(u64)) -> Result<Tally, Trouble> {
        let path = self.file("outcomes", piece, "parquet");
        let mut writer: Option<ArrowWriter<File>> = None;
        let mut sum = Sum::default();
        let mut refused = Vec::new();
        let mut row = piece.first;
        let half = path.with_extension("half");
        for persons in piece.read(&self.deciders, &self.root)? {
            let persons = persons?;
            let mut sides = Vec::new();
            for decider in &self.deciders {
                let decided = decider.decide(&persons.facts);
                sides.push(decided.map_err(|wrong| Trouble::Columns {
                    path: piece.part.path.clone(),
                    wrong,
                })?);
            }
            let groups = self.groups(piece, &persons.labels, &persons.facts)?;
            if let Some(first) = self.deciders.first() {
                sum.batch(first.question(), &sides, groups.as_ref());
            }
            for (side, decided) in sides.iter().enumerate() {
                for found in &decided.refused {
                    let line = Line::of(row + found.row as u64, side, found);
                    refused.extend(serde_json::to_vec(&line).unwrap_or_default());
                    refused.push(b'\n');
                }
            }
            let rows = persons.facts.num_rows() as u64;
            let batch = joined(&persons.labels, &sides);
            let to = match &mut writer {
                Some(to) => to,
                None => writer.insert(open(&half, &batch)?),
            };
            to.write(&batch)
                .map_err(|error| Trouble::parquet(&half, error))?;
            row += rows;
            heard(rows);
        }
        if let Some(writer) = writer {
            writer
                .close()
                .map_err(|error| Trouble::parquet(&half, error))?;
            fs::rename(&half, &path).map_err(|error| Trouble::io(&path, &error))?;
        }
        if !refused.is_empty() {
            write(&self.file("refused", piece, "ndjson"), &refused)?;
        }
        let done = Done {
            stamp: piece.stamp.clone(),
            tally: sum.tally(),
        };
        let json = serde_json::to_vec(&done).unwrap_or_default();
        write(&self.file("done", piece, "json"), &json)?;
        Ok(done.tally)
    }

    /// The value by which each person of a batch is counted.
    fn groups(
        &self,
        piece: &Piece,
        labels: &RecordBatch,
        facts: &RecordBatch,
    ) -> Result<Option<StringArray>, Trouble> {
        let Some(by) = &self.by else {
            return Ok(None);
        };
        let own = || {
            let identity = facts.column_by_name("identity")?.as_struct_opt()?;
            identity.column_by_name(by)
        };
        let found = labels.column_by_name(by).or_else(own);
        let texts = found.and_then(|array| cast(array, &DataType::Utf8).ok());
        let texts = texts.ok_or_else(|| {
            let schema = labels.schema();
            let known = schema.fields().iter().map(|field| field.name().clone());
            Trouble::NoLabel {
                path: piece.part.path.clone(),
                name: by.clone(),
                known: known.chain(["region".to_owned()]).collect(),
            }
        })?;
        Ok(Some(texts.as_string().clone()))
    }
}

/// What is noted of a piece that is done.
#[derive(Serialize, Deserialize)]
struct Done {
    stamp: String,
    tally: Tally,
}

/// What threads share: the pieces that are left, the sum, what went wrong, how many persons
/// and pieces are done.
type Shared = (VecDeque<Piece>, Sum, Vec<Trouble>, u64, usize);

/// Somebody who was refused, as a line of a file.
#[derive(Serialize)]
struct Line<'a> {
    row: u64,
    side: usize,
    problems: Vec<Told<'a>>,
}

#[derive(Serialize)]
struct Told<'a> {
    code: &'a str,
    place: String,
    #[serde(rename = "zh-CN")]
    zh_cn: String,
    en: String,
}

impl<'a> Line<'a> {
    fn of(row: u64, side: usize, refused: &'a crate::decide::Refused) -> Self {
        let told = refused.problems.as_slice().iter().map(|problem| {
            let words = problem.message();
            Told {
                code: problem.code.as_str(),
                place: problem.place.to_string(),
                zh_cn: words.zh_cn,
                en: words.en,
            }
        });
        Self {
            row,
            side,
            problems: told.collect(),
        }
    }
}

/// What stands beside the facts, and what was decided: as it is, or `before` and `after`.
fn joined(labels: &RecordBatch, sides: &[Decided]) -> RecordBatch {
    let mut columns: Vec<(Arc<Field>, ArrayRef)> = Vec::new();
    let schema = labels.schema();
    columns.extend(
        schema
            .fields()
            .iter()
            .cloned()
            .zip(labels.columns().iter().cloned()),
    );
    if let [decided] = sides {
        let schema = decided.outcomes.schema();
        let arrays = decided.outcomes.columns().iter().cloned();
        columns.extend(schema.fields().iter().cloned().zip(arrays));
    } else {
        for (name, decided) in ["before", "after"].into_iter().zip(sides) {
            let array: ArrayRef = Arc::new(StructArray::from(decided.outcomes.clone()));
            let field = Field::new(name, array.data_type().clone(), true);
            columns.push((Arc::new(field), array));
        }
    }
    let (fields, arrays): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    let schema = Arc::new(Schema::new(fields));
    let empty = RecordBatch::new_empty(Arc::clone(&schema));
    RecordBatch::try_new(schema, arrays).unwrap_or(empty)
}

fn open(path: &Path, batch: &RecordBatch) -> Result<ArrowWriter<File>, Trouble> {
    folder_of(path)?;
    let file = File::create(path).map_err(|error| Trouble::io(path, &error))?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .build();
    ArrowWriter::try_new(file, batch.schema(), Some(properties))
        .map_err(|error| Trouble::parquet(path, error))
}

/// Writes a file so that it is there whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Trouble> {
    folder_of(path)?;
    let half = path.with_extension("half");
    let written = File::create(&half).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let written = written.and_then(|()| fs::rename(&half, path));
    written.map_err(|error| Trouble::io(path, &error))
}

fn folder_of(path: &Path) -> Result<(), Trouble> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|error| Trouble::io(folder, &error))
}

/// What a question, its packs and its tables are told by, so that a folder's answers belong
/// to one of them.
#[must_use]
pub fn key(questions: &[&Question], digests: &[String]) -> String {
    format!("{questions:?}\n{}\n", digests.join("\n"))
}
