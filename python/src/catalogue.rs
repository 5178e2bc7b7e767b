//! The class that Python sees.

use crate::errors::{
    FactsError, FactsWarning, QuestionError, TablesError, from_json, listed, with_problems,
};
use crate::facts::{Batches, check, mismatches};
use crate::files::{Unread, catalogue, raised, utf8};
use crate::question::{Asked, decided, has_subject, names, once};
use crate::run::{Failed, Run, Streamed};
use arrow::array::{RecordBatch, RecordBatchReader};
use arrow::error::ArrowError;
use arrow_pyarrow::{IntoPyArrow, Table, ToPyArrow};
use longma_core::limits::REFERENCE_BYTES;
use longma_core::schema::SUBJECT;
use longma_core::{Json, Problems, References, Request};
use longma_population::batch::Batch;
use longma_population::convert::Writer;
use longma_population::decide::Decider;
use longma_population::mapping::columns;
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// How many documents become one batch.
const ROWS: usize = 16_384;

/// Rule packs and reference tables, ready to decide.
///
/// Args:
///     packs: Compiled packs (`rules.longma`, from `longma bundle`), a bundle, or a folder of
///         packs such as `rules`.
///     tables: CSV files of reference tables by name, such as
///         `{"risk_areas": "risk_areas.csv"}`. A decision that needs a table that is not
///         there is unknown.
///
/// Raises:
///     `PacksError`: The packs are not sound. Every problem is listed.
///     `TablesError`: A table does not fit its schema. Every row is listed.
///     `OSError`: A file cannot be read.
#[pyclass(frozen, module = "longma")]
pub(crate) struct Catalogue {
    packs: Arc<longma_core::Catalogue>,
    tables: Arc<References>,
}

#[pymethods]
impl Catalogue {
    #[new]
    #[pyo3(signature = (packs, tables = None))]
    #[expect(clippy::needless_pass_by_value, reason = "Python gives it away")]
    fn new(
        py: Python<'_>,
        packs: PathBuf,
        tables: Option<BTreeMap<String, PathBuf>>,
    ) -> PyResult<Self> {
        let packs = py.detach(|| catalogue(&packs));
        let packs = packs.map_err(|unread: Unread| unread.raise(py))?;
        let mut read = References::none();
        for (name, path) in tables.unwrap_or_default() {
            let table = py.detach(|| {
                let text = utf8(&path, REFERENCE_BYTES)?;
                Ok(packs.read_reference(&name, &text))
            });
            let table = table.map_err(|error| raised(&path, &error))?;
            let table = table.map_err(|problems| {
                let what = format!("table `{name}` from `{}`", path.display());
                with_problems(py, TablesError::new_err, &what, problems.as_slice())
            })?;
            read.insert(table);
        }
        Ok(Self {
            packs: Arc::new(packs),
            tables: Arc::new(read),
        })
    }

    /// The packs, sorted by region, series and date, as dicts.
    fn packs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let list = serde_json::to_string(&self.packs.packs());
        from_json(py, &list.unwrap_or_default())
    }

    /// The decisions of all packs, by kind of subject.
    fn decisions(&self) -> BTreeMap<String, Vec<String>> {
        let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (subject, decision) in decided(&self.packs) {
            all.entry(subject).or_default().push(decision);
        }
        all
    }

    /// The columns of facts about a kind of subject, as a `pyarrow.Schema`; only those of
    /// `sections` if they are named.
    #[pyo3(signature = (subject = "person", sections = None))]
    fn schema<'py>(
        &self,
        py: Python<'py>,
        subject: &str,
        sections: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        has_subject(&self.packs, subject)?;
        let sections = sections.map(|it| names(it, "sections")).transpose()?;
        let asked = |name: &str| {
            let sections = sections.as_ref();
            sections.is_none_or(|it| it.iter().any(|it| it == name))
        };
        let schema = self.packs.schema(subject);
        let schema = schema.map(|schema| columns(schema, asked));
        schema
            .unwrap_or_else(arrow::datatypes::Schema::empty)
            .to_pyarrow(py)
    }

    /// The columns that deciding reads: no others have to be loaded.
    #[pyo3(signature = (decisions, at = None, *, subject = "person", region = None, window = None))]
    fn sections(
        &self,
        py: Python<'_>,
        decisions: &Bound<'_, PyAny>,
        at: Option<&Bound<'_, PyAny>>,
        subject: &str,
        region: Option<&str>,
        window: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<String>> {
        let decider = self.decider(
            py,
            &Asked {
                decisions,
                at,
                subject,
                region,
                window,
                tell: None,
            },
        )?;
        Ok(decider.sections().into_iter().map(str::to_owned).collect())
    }

    /// Decides about everybody in a table.
    ///
    /// Args:
    ///     facts: What offers Arrow columns: a table, batch or reader of pyarrow, a frame of
    ///         polars, pandas or daft. `schema` says the columns; others are left alone.
    ///     decisions: The names of decisions.
    ///     at: The instant at which the level is asked for, or several: a datetime with a time
    ///         zone, or a text such as "2022-07-15T12:00:00+08:00".
    ///     subject: The kind of subject.
    ///     region: The region whose rules apply; each person's own if left out.
    ///     window: Two instants, for segments, causes and seconds.
    ///     tell: What is told beside levels: "segments", "causes", "seconds".
    ///     keep: Columns of the facts that the table begins with.
    ///     threads: How many batches are decided at a time.
    ///
    /// Returns:
    ///     A `pyarrow.Table`: a row for each of the facts, in their order. Each decision is a
    ///     struct of its name. `refused` says why nothing is decided about a row, else null.
    ///
    /// Raises:
    ///     `QuestionError`: These packs cannot be asked that.
    ///     `FactsError`: Columns are not as the schema has them. Every one is listed.
    #[pyo3(signature = (facts, decisions, at = None, *, subject = "person", region = None,
        window = None, tell = None, keep = None, threads = 1))]
    #[expect(clippy::too_many_arguments, reason = "Python names them")]
    fn decide<'py>(
        &self,
        py: Python<'py>,
        facts: &Bound<'py, PyAny>,
        decisions: &Bound<'py, PyAny>,
        at: Option<&Bound<'py, PyAny>>,
        subject: &str,
        region: Option<&str>,
        window: Option<&Bound<'py, PyAny>>,
        tell: Option<&Bound<'py, PyAny>>,
        keep: Option<&Bound<'py, PyAny>>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        let asked = Asked {
            decisions,
            at,
            subject,
            region,
            window,
            tell,
        };
        let run = self.run(py, facts, &asked, keep, threads)?;
        let schema = run.schema();
        let outcomes = py.detach(|| run.collect::<Result<Vec<_>, _>>());
        let outcomes = outcomes.map_err(|failed| raise(py, failed))?;
        let table = Table::try_new(outcomes, schema).map_err(|error| unread(&error))?;
        table.into_pyarrow(py)
    }

    /// Like `decide`, for more than fits into memory: a `pyarrow.RecordBatchReader` that
    /// decides as it is read. Columns that are not as the schema has them are told when
    /// their batch is read, as pyarrow's own exception.
    #[pyo3(signature = (facts, decisions, at = None, *, subject = "person", region = None,
        window = None, tell = None, keep = None, threads = 1))]
    #[expect(clippy::too_many_arguments, reason = "Python names them")]
    fn reader<'py>(
        &self,
        py: Python<'py>,
        facts: &Bound<'py, PyAny>,
        decisions: &Bound<'py, PyAny>,
        at: Option<&Bound<'py, PyAny>>,
        subject: &str,
        region: Option<&str>,
        window: Option<&Bound<'py, PyAny>>,
        tell: Option<&Bound<'py, PyAny>>,
        keep: Option<&Bound<'py, PyAny>>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        let asked = Asked {
            decisions,
            at,
            subject,
            region,
            window,
            tell,
        };
        let run = self.run(py, facts, &asked, keep, threads)?;
        let reader: Box<dyn RecordBatchReader + Send> = Box::new(Streamed(run));
        reader.into_pyarrow(py)
    }

    /// The document that a row of facts stands for, as a dict.
    #[pyo3(signature = (facts, row, *, subject = "person"))]
    fn document<'py>(
        &self,
        py: Python<'py>,
        facts: &Bound<'py, PyAny>,
        row: usize,
        subject: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        has_subject(&self.packs, subject)?;
        let document = self.written(py, facts, row, subject)?;
        from_json(py, &document.to_string())
    }

    /// Why a row's levels are what they are: its outcome by the engine that decides one
    /// document at a time, with rules, sources, spans and evidence, as a dict. Decisions that
    /// nobody makes where the row belongs are not in it.
    #[pyo3(signature = (facts, row, decisions, at = None, *, subject = "person", region = None,
        window = None))]
    #[expect(clippy::too_many_arguments, reason = "Python names them")]
    fn explain<'py>(
        &self,
        py: Python<'py>,
        facts: &Bound<'py, PyAny>,
        row: usize,
        decisions: &Bound<'py, PyAny>,
        at: Option<&Bound<'py, PyAny>>,
        subject: &str,
        region: Option<&str>,
        window: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let asked = Asked {
            decisions,
            at,
            subject,
            region,
            window,
            tell: None,
        };
        let question = asked.question(py, &self.packs)?;
        let document = self.written(py, facts, row, subject)?.to_string();
        let outcome = py.detach(|| {
            let facts = self.packs.read_facts_partly(&document, &[])?;
            let region = question.region.as_deref();
            let ruled = |name: &&str| {
                let region = region.or(facts.region());
                let window = question.window();
                let read = self
                    .packs
                    .sections_read(subject, region, Some(&[*name]), window);
                read.is_ok()
            };
            let names = question.decisions.iter().map(String::as_str);
            let names: Vec<&str> = names.filter(ruled).collect();
            let request = Request {
                region,
                references: Some(&self.tables),
                decisions: Some(&names),
                // Without one the whole timeline is told.
                window: question.window.map(|_| question.window()),
            };
            let outcome = self.packs.decide(&facts, request)?;
            Ok(match question.at.first() {
                Some(at) => outcome.json_at(*at),
                None => outcome.json(),
            })
        });
        let outcome = outcome.map_err(|problems: Problems| {
            let what = format!("row {row}");
            with_problems(py, FactsError::new_err, &what, problems.as_slice())
        })?;
        from_json(py, &outcome)
    }

    /// Documents as columns: lines of JSON, or one text of them. A section that cannot be
    /// read becomes null, which is not known, and a `FactsWarning` says so.
    ///
    /// Raises:
    ///     `FactsError`: A document cannot be read at all.
    #[pyo3(signature = (lines, subject = "person"))]
    fn convert<'py>(
        &self,
        py: Python<'py>,
        lines: &Bound<'py, PyAny>,
        subject: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        has_subject(&self.packs, subject)?;
        let Some(schema) = self.packs.schema(subject) else {
            return Err(QuestionError::new_err("subject: there is no schema"));
        };
        let mut writer = Writer::new(schema);
        let mut batches = Vec::new();
        for (at, line) in documents(lines)?.enumerate() {
            let line = line?;
            if line.trim().is_empty() {
                continue;
            }
            let what = format!("line {}", at + 1);
            let left_out = writer.push(&self.packs, &line).map_err(|problems| {
                with_problems(py, FactsError::new_err, &what, problems.as_slice())
            })?;
            if !left_out.is_empty() {
                let text = listed(&what, left_out.as_slice());
                let text = std::ffi::CString::new(text).unwrap_or_default();
                PyErr::warn(py, &py.get_type::<FactsWarning>(), &text, 1)?;
            }
            if writer.len() == ROWS {
                batches.push(writer.take(schema));
            }
        }
        if !writer.is_empty() {
            batches.push(writer.take(schema));
        }
        let all = Arc::new(columns(schema, |_| true));
        let table = Table::try_new(batches, all).map_err(|error| unread(&error))?;
        table.into_pyarrow(py)
    }

    fn __repr__(&self) -> String {
        format!("<longma.Catalogue of {} packs>", self.packs.packs().len())
    }
}

impl Catalogue {
    fn decider(&self, py: Python<'_>, asked: &Asked<'_, '_>) -> PyResult<Decider> {
        let question = asked.question(py, &self.packs)?;
        let (packs, tables) = (Arc::clone(&self.packs), Arc::clone(&self.tables));
        Decider::new(packs, tables, question).map_err(|problems| {
            with_problems(py, QuestionError::new_err, "decisions", problems.as_slice())
        })
    }

    fn run(
        &self,
        py: Python<'_>,
        facts: &Bound<'_, PyAny>,
        asked: &Asked<'_, '_>,
        keep: Option<&Bound<'_, PyAny>>,
        threads: usize,
    ) -> PyResult<Run> {
        let decider = self.decider(py, asked)?;
        let facts = Batches::of(facts)?;
        if let Some(known) = self.packs.schema(asked.subject) {
            check(&facts.schema(), known, &decider.sections())?;
        }
        let keep = keep.map_or_else(|| Ok(Vec::new()), |it| kept(it, &facts, &decider))?;
        Ok(Run::new(facts, decider, keep, threads))
    }

    /// The document of a row. It says whom it is about, as its table does.
    fn written(
        &self,
        py: Python<'_>,
        facts: &Bound<'_, PyAny>,
        row: usize,
        subject: &str,
    ) -> PyResult<Json> {
        let mut facts = Batches::of(facts)?;
        let found = py
            .detach(|| nth(&mut facts, row))
            .map_err(|error| unread(&error))?;
        let Some((batch, row)) = found else {
            return Err(PyIndexError::new_err(format!(
                "row {row} is not in the facts"
            )));
        };
        let Some(shape) = self.packs.shape(subject) else {
            return Ok(Json::Null);
        };
        let batch = Batch::read(shape, &batch.slice(row, 1));
        let batch = batch.map_err(|wrong| FactsError::new_err(mismatches(py, &wrong)))?;
        Ok(match batch.document(0) {
            Json::Object(mut members) => {
                let named = Json::Text(subject.to_owned());
                members.entry(SUBJECT.to_owned()).or_insert(named);
                Json::Object(members)
            }
            other => other,
        })
    }
}

/// The positions of the columns that are kept.
fn kept(keep: &Bound<'_, PyAny>, facts: &Batches, decider: &Decider) -> PyResult<Vec<usize>> {
    let keep = names(keep, "keep")?;
    once(&keep, "keep")?;
    let schema = facts.schema();
    let outcomes = decider.outcome_schema();
    let position = |name: &String| {
        if outcomes.index_of(name).is_ok() {
            return Err(QuestionError::new_err(format!(
                "keep: a column of the outcomes is called `{name}` too; rename yours"
            )));
        }
        schema.index_of(name).map_err(|_| {
            let known: Vec<&str> = schema
                .fields()
                .iter()
                .map(|it| it.name().as_str())
                .collect();
            let known = known.join(", ");
            QuestionError::new_err(format!(
                "keep: the facts have no column `{name}`; they have {known}"
            ))
        })
    };
    keep.iter().map(position).collect()
}

/// The batch that has a row, and where.
fn nth(facts: &mut Batches, mut row: usize) -> Result<Option<(RecordBatch, usize)>, ArrowError> {
    for batch in facts {
        let batch = batch?;
        match row.checked_sub(batch.num_rows()) {
            None => return Ok(Some((batch, row))),
            Some(left) => row = left,
        }
    }
    Ok(None)
}

fn raise(py: Python<'_>, failed: Failed) -> PyErr {
    match failed {
        Failed::Arrow(error) => unread(&error),
        Failed::Columns(wrong) => FactsError::new_err(mismatches(py, &wrong)),
    }
}

fn unread(error: &ArrowError) -> PyErr {
    FactsError::new_err(format!("the facts could not be read to their end: {error}"))
}

type Lines<'py> = Box<dyn Iterator<Item = PyResult<String>> + 'py>;

/// The lines of a text, or of a list or file of them.
fn documents<'py>(lines: &Bound<'py, PyAny>) -> PyResult<Lines<'py>> {
    if lines.is_instance_of::<PyString>() || lines.is_instance_of::<PyBytes>() {
        let lines: Vec<PyResult<String>> = text(lines)?
            .lines()
            .map(|line| Ok(line.to_owned()))
            .collect();
        return Ok(Box::new(lines.into_iter()));
    }
    let items = lines.try_iter()?;
    Ok(Box::new(items.map(|item| text(&item?))))
}

fn text(of: &Bound<'_, PyAny>) -> PyResult<String> {
    if let Ok(bytes) = of.cast::<PyBytes>() {
        let text = String::from_utf8(bytes.as_bytes().to_vec());
        return text.map_err(|_| FactsError::new_err("lines: a line is not UTF-8"));
    }
    of.extract::<String>().map_err(|_| {
        let found = crate::question::kind(of);
        FactsError::new_err(format!("lines: expected texts of JSON, found {found}"))
    })
}
