//! Decides batch by batch, in the order in which they come.
//!
//! Batches are cut, so that memory follows from the cut and not from how the caller's data
//! happens to be laid. With several threads as many pieces are decided at a time; what comes
//! out is the same.

use crate::facts::{Batches, mismatches};
use arrow::array::{
    ArrayRef, DictionaryArray, Int32Array, RecordBatch, RecordBatchReader, StringArray,
};
use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use longma_core::schema::SUBJECT;
use longma_population::batch::Mismatch;
use longma_population::decide::Decider;
use pyo3::Python;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

/// How many rows are decided at a time.
const ROWS: usize = 16_384;

/// Why a batch has no outcomes.
pub(crate) enum Failed {
    /// It did not come, or its columns do not belong together.
    Arrow(ArrowError),
    /// Its columns do not stand as the mapping says.
    Columns(Vec<Mismatch>),
}

impl From<ArrowError> for Failed {
    fn from(error: ArrowError) -> Self {
        Self::Arrow(error)
    }
}

/// What threads share.
struct Task {
    decider: Decider,
    /// The columns of the facts that are kept, by position.
    keep: Vec<usize>,
    schema: SchemaRef,
}

/// Outcomes of batches that come one after the other.
pub(crate) struct Run {
    facts: Batches,
    task: Task,
    threads: usize,
    /// What is left of the last batch.
    rest: Option<RecordBatch>,
    ready: VecDeque<RecordBatch>,
    is_over: bool,
}

impl Run {
    pub(crate) fn new(facts: Batches, decider: Decider, keep: Vec<usize>, threads: usize) -> Self {
        let given = facts.schema();
        let kept = keep.iter().filter_map(|at| given.fields().get(*at));
        let outcomes = decider.outcome_schema();
        let fields = kept.chain(outcomes.fields()).cloned();
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        Self {
            facts,
            task: Task {
                decider,
                keep,
                schema,
            },
            threads: threads.max(1),
            rest: None,
            ready: VecDeque::new(),
            is_over: false,
        }
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        Arc::clone(&self.task.schema)
    }

    /// The next outcomes.
    fn advance(&mut self) -> Result<Option<RecordBatch>, Failed> {
        if self.ready.is_empty() {
            let mut pieces = Vec::new();
            while pieces.len() < self.threads {
                match self.piece()? {
                    Some(piece) => pieces.push(piece),
                    None => break,
                }
            }
            self.ready = self.task.decided(&pieces)?;
        }
        Ok(self.ready.pop_front())
    }

    /// The next rows of the facts.
    fn piece(&mut self) -> Result<Option<RecordBatch>, Failed> {
        let batch = match self.rest.take() {
            Some(rest) => rest,
            None => match self.facts.next() {
                Some(batch) => batch?,
                None => return Ok(None),
            },
        };
        let rows = batch.num_rows();
        if rows > ROWS {
            self.rest = Some(batch.slice(ROWS, rows - ROWS));
        }
        Ok(Some(batch.slice(0, rows.min(ROWS))))
    }
}

impl Task {
    fn decided(&self, pieces: &[RecordBatch]) -> Result<VecDeque<RecordBatch>, Failed> {
        if let [piece] = pieces {
            return Ok([self.outcomes(piece)?].into());
        }
        thread::scope(|scope| {
            let started = pieces.iter();
            let started = started.map(|piece| scope.spawn(|| self.outcomes(piece)));
            let started: Vec<_> = started.collect();
            let ended = started.into_iter();
            ended
                .map(|it| it.join().unwrap_or_else(|_| Err(broken_off())))
                .collect()
        })
    }

    /// The outcomes of a piece. Whoever pulls a stream calls across C, where a panic would end
    /// the process.
    fn outcomes(&self, piece: &RecordBatch) -> Result<RecordBatch, Failed> {
        let outcomes = AssertUnwindSafe(|| self.table(piece));
        catch_unwind(outcomes).unwrap_or_else(|_| Err(broken_off()))
    }

    fn table(&self, piece: &RecordBatch) -> Result<RecordBatch, Failed> {
        let facts = self.named(piece)?;
        let decided = self.decider.decide(&facts).map_err(Failed::Columns)?;
        let kept = self.keep.iter().filter_map(|at| piece.columns().get(*at));
        let columns: Vec<ArrayRef> = kept.chain(decided.outcomes.columns()).cloned().collect();
        Ok(RecordBatch::try_new(Arc::clone(&self.schema), columns)?)
    }
}

impl Task {
    /// The facts, which say whom they are about. Where no column says it, the question does.
    fn named(&self, piece: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        if piece.column_by_name(SUBJECT).is_some() {
            return Ok(piece.clone());
        }
        let keys = Int32Array::from(vec![0; piece.num_rows()]);
        let subject = self.decider.question().subject.as_str();
        let subject = Arc::new(StringArray::from_iter_values([subject]));
        let named: ArrayRef = Arc::new(DictionaryArray::try_new(keys, subject)?);
        let field = Arc::new(Field::new(SUBJECT, named.data_type().clone(), true));
        let fields = piece.schema_ref().fields().iter().cloned().chain([field]);
        let columns = piece.columns().iter().cloned().chain([named]).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields.collect::<Vec<_>>())), columns)
    }
}

fn broken_off() -> Failed {
    let what = "deciding has broken off: this is a mistake of Longma; please report it";
    ArrowError::ComputeError(what.to_owned()).into()
}

impl Iterator for Run {
    type Item = Result<RecordBatch, Failed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let next = self.advance().transpose();
        self.is_over = !matches!(next, Some(Ok(_)));
        next
    }
}

/// A run as a reader for whoever takes Arrow streams.
pub(crate) struct Streamed(pub(crate) Run);

impl Iterator for Streamed {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.0.next()?;
        Some(next.map_err(|failed| match failed {
            Failed::Arrow(error) => error,
            Failed::Columns(wrong) => {
                // Whoever pulls may not hold the interpreter.
                let told = Python::attach(|py| mismatches(py, &wrong));
                ArrowError::SchemaError(told)
            }
        }))
    }
}

impl RecordBatchReader for Streamed {
    fn schema(&self) -> SchemaRef {
        self.0.schema()
    }
}
