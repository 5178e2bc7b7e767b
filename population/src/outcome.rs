//! Outcomes in columns.
//!
//! Each decision is a struct of the same name; what was not asked for is not there:
//!
//! | member | type | what it is |
//! |---|---|---|
//! | `level` | dictionary of texts | the level at the first instant, `unknown` if it is not known |
//! | `at_least` | the same | if it is not known: the highest level that is certain |
//! | `since`, `until` | `Timestamp(Second, "UTC")` | while it is the level, as far as the window says; null beyond it |
//! | `levels` | list of dictionary | the level at each instant, if several are asked for |
//! | `segments` | list of `from`, `until`, `level`, `at_least` | the timeline in the window |
//! | `causes` | list of `rule`, `level`, `from`, `until` | why, by the id of the rule |
//! | `seconds` | struct of `Int64`, by level | how long each level holds in the window |
//!
//! `refused` says why nothing is decided about a person at all, as the code of the first
//! problem and its place in the facts: such a row has no level.

use crate::decide::{Decided, Question, Refused};
use arrow::array::{
    ArrayRef, DictionaryArray, Int32Array, Int64Array, ListArray, RecordBatch, StringArray,
    StringBuilder, StructArray, TimestampSecondArray,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Fields, Int32Type, Schema};
use longma_core::{Catalogue, DecisionOutcome, Policy, Span, UNKNOWN, Verdict};
use std::sync::Arc;

/// The column that says why a person was refused.
pub const REFUSED: &str = "refused";

/// A decision's levels, lowest first, and `unknown` after them.
#[derive(Debug, Clone)]
pub(crate) struct Scale {
    levels: Vec<String>,
}

impl Scale {
    /// The scale of a decision, which is the same in every pack that declares it.
    pub(crate) fn of(catalogue: &Catalogue, subject: &str, decision: &str) -> Self {
        let policies = catalogue.regions().flat_map(|(_, policies)| policies);
        let parts = policies.flat_map(Policy::parts);
        let plans = parts.map(|part| &part.plan);
        let mut declared = plans
            .filter(|plan| plan.subject == subject)
            .flat_map(|plan| &plan.decisions)
            .filter(|it| *it.name == *decision);
        let levels = declared.next().map_or(&[][..], |it| &it.levels);
        let names = levels.iter().map(|level| level.name.to_string());
        Self {
            levels: names.chain([UNKNOWN.to_owned()]).collect(),
        }
    }

    fn key(&self, verdict: Verdict) -> (i32, Option<i32>) {
        let key = |rank: usize| i32::try_from(rank).unwrap_or(i32::MAX);
        match verdict {
            Verdict::Known(rank) => (key(rank), None),
            Verdict::Unknown(certain) => (key(self.levels.len() - 1), certain.map(key)),
        }
    }
}

/// What is told of one decision about one person.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// By instant: the level, and what is certain if it is unknown.
    levels: Vec<(i32, Option<i32>)>,
    /// While the first of them is the level.
    ends: (Option<i64>, Option<i64>),
    segments: Vec<(Ends, i32, Option<i32>)>,
    causes: Vec<(String, i32, Ends)>,
    seconds: Vec<i64>,
}

type Ends = (Option<i64>, Option<i64>);

impl Row {
    pub(crate) fn of(
        found: &DecisionOutcome,
        scale: &Scale,
        question: &Question,
        window: Span,
    ) -> Self {
        let mut row = Self::default();
        for (at, instant) in question.at.iter().enumerate() {
            let status = found.at(*instant);
            let verdict = status.map_or(Verdict::Unknown(None), |it| it.stretch().verdict());
            row.levels.push(scale.key(verdict));
            if at == 0 {
                let inside = |end: Option<longma_core::Instant>| {
                    let end = end.map(longma_core::Instant::unix);
                    end.filter(|end| ![window.bounds().0, window.bounds().1].contains(end))
                };
                row.ends = status.map_or((None, None), |it| (inside(it.since), inside(it.until)));
            }
        }
        if question.segments {
            let segments = found.timeline().segments().iter();
            let segments = segments.zip(found.stretches()).map(|(segment, stretch)| {
                let (level, certain) = scale.key(stretch.verdict());
                (ends(segment.span()), level, certain)
            });
            row.segments = segments.collect();
        }
        if question.causes {
            let causes = found.timeline().causes().iter().map(|cause| {
                let level = scale.key(Verdict::Known(cause.rank())).0;
                (cause.rule().to_owned(), level, ends(cause.span()))
            });
            row.causes = causes.collect();
        }
        if question.seconds {
            row.seconds = vec![0; scale.levels.len()];
            for stretch in found.stretches() {
                let (from, until) = stretch.span().bounds();
                let level = usize::try_from(scale.key(stretch.verdict()).0).ok();
                let sum = level.and_then(|level| row.seconds.get_mut(level));
                if let Some(sum) = sum {
                    *sum = sum.saturating_add(until.saturating_sub(from));
                }
            }
        }
        row
    }

    /// What is told of a decision that nobody decides.
    pub(crate) fn unknown(scale: Option<&Scale>, question: &Question, window: Span) -> Self {
        let names = scale.map_or(1, |scale| scale.levels.len());
        let unknown = i32::try_from(names - 1).unwrap_or(0);
        let mut row = Self {
            levels: vec![(unknown, None); question.at.len()],
            ..Self::default()
        };
        if question.segments {
            row.segments.push((ends(window), unknown, None));
        }
        if question.seconds {
            let (from, until) = window.bounds();
            row.seconds = vec![0; names];
            if let Some(last) = row.seconds.last_mut() {
                *last = until.saturating_sub(from);
            }
        }
        row
    }
}

fn ends(span: Span) -> Ends {
    let unix = |at: Option<longma_core::Instant>| at.map(longma_core::Instant::unix);
    (unix(span.from()), unix(span.until()))
}

/// What came out so far.
pub(crate) struct Answers<'q> {
    question: &'q Question,
    scales: &'q [Scale],
    /// For each decision, a row for each person; none for whoever was refused.
    rows: Vec<Vec<Option<Arc<Row>>>>,
    reasons: StringBuilder,
    refused: Vec<Refused>,
}

impl<'q> Answers<'q> {
    pub(crate) fn new(question: &'q Question, scales: &'q [Scale]) -> Self {
        Self {
            question,
            scales,
            rows: vec![Vec::new(); scales.len()],
            reasons: StringBuilder::new(),
            refused: Vec::new(),
        }
    }

    pub(crate) fn schema(question: &'q Question, scales: &'q [Scale]) -> Arc<Schema> {
        Self::new(question, scales).done(0).outcomes.schema()
    }

    pub(crate) fn push(&mut self, rows: &[Option<Arc<Row>>]) {
        for (all, row) in self.rows.iter_mut().zip(rows) {
            all.push(row.clone());
        }
        self.reasons.append_null();
    }

    pub(crate) fn refuse(&mut self, refused: Refused) {
        for all in &mut self.rows {
            all.push(None);
        }
        let first = refused.problems.as_slice().first();
        let why = first.map(|it| format!("{} {}", it.code.as_str(), it.place));
        self.reasons.append_value(why.unwrap_or_default().trim());
        self.refused.push(refused);
    }

    pub(crate) fn done(mut self, shared: u64) -> Decided {
        let mut fields = Vec::new();
        let mut arrays: Vec<ArrayRef> = Vec::new();
        let scales = self.scales.iter().zip(&self.question.decisions);
        for ((scale, name), rows) in scales.zip(&self.rows) {
            let array = decision(rows, scale, self.question);
            fields.push(Field::new(name, array.data_type().clone(), true));
            arrays.push(array);
        }
        fields.push(Field::new(REFUSED, DataType::Utf8, true));
        arrays.push(Arc::new(self.reasons.finish()));
        let schema = Arc::new(Schema::new(fields));
        let empty = RecordBatch::new_empty(Arc::clone(&schema));
        Decided {
            outcomes: RecordBatch::try_new(schema, arrays).unwrap_or(empty),
            refused: self.refused,
            shared,
        }
    }
}

type Rows<'a> = &'a [Option<Arc<Row>>];

/// The column of one decision.
fn decision(rows: Rows<'_>, scale: &Scale, question: &Question) -> ArrayRef {
    let names: ArrayRef = Arc::new(StringArray::from_iter_values(&scale.levels));
    let known = || rows.iter().map(Option::as_deref);
    let first = |row: Option<&Row>| row.and_then(|row| row.levels.first().copied());
    let mut members: Vec<(&str, ArrayRef)> = Vec::new();
    if !question.at.is_empty() {
        let level = known().map(|row| first(row).map(|it| it.0)).collect();
        let at_least = known().map(|row| first(row)?.1).collect();
        members.push(("level", levels(&names, level)));
        members.push(("at_least", levels(&names, at_least)));
        members.push(("since", instants(known().map(|row| row?.ends.0))));
        members.push(("until", instants(known().map(|row| row?.ends.1))));
    }
    if question.at.len() > 1 {
        let all = known().flatten().flat_map(|row| &row.levels);
        let items = levels(&names, all.map(|it| Some(it.0)).collect());
        members.push(("levels", list(known(), items, |row| row.levels.len())));
    }
    if question.segments {
        let all = || known().flatten().flat_map(|row| &row.segments);
        let items = objects(vec![
            ("from", instants(all().map(|it| it.0.0))),
            ("until", instants(all().map(|it| it.0.1))),
            (
                "level",
                levels(&names, all().map(|it| Some(it.1)).collect()),
            ),
            ("at_least", levels(&names, all().map(|it| it.2).collect())),
        ]);
        members.push(("segments", list(known(), items, |row| row.segments.len())));
    }
    if question.causes {
        let all = || known().flatten().flat_map(|row| &row.causes);
        let rules: DictionaryArray<Int32Type> = all().map(|it| it.0.as_str()).collect();
        let items = objects(vec![
            ("rule", Arc::new(rules)),
            (
                "level",
                levels(&names, all().map(|it| Some(it.1)).collect()),
            ),
            ("from", instants(all().map(|it| it.2.0))),
            ("until", instants(all().map(|it| it.2.1))),
        ]);
        members.push(("causes", list(known(), items, |row| row.causes.len())));
    }
    if question.seconds {
        let each = scale.levels.iter().enumerate().map(|(at, name)| {
            let seconds = known().map(|row| row?.seconds.get(at).copied());
            let array: ArrayRef = Arc::new(seconds.collect::<Int64Array>());
            (name.as_str(), array)
        });
        members.push(("seconds", objects(each.collect())));
    }
    objects(members)
}

fn levels(names: &ArrayRef, keys: Int32Array) -> ArrayRef {
    let array = DictionaryArray::<Int32Type>::try_new(keys, Arc::clone(names));
    // Each key is one of the names.
    array.map_or_else(|_| Arc::clone(names), |array| Arc::new(array))
}

fn instants(seconds: impl Iterator<Item = Option<i64>>) -> ArrayRef {
    Arc::new(
        seconds
            .collect::<TimestampSecondArray>()
            .with_timezone("UTC"),
    )
}

fn objects(members: Vec<(&str, ArrayRef)>) -> ArrayRef {
    let fields = members.iter();
    let fields = fields.map(|(name, array)| Field::new(*name, array.data_type().clone(), true));
    let fields: Fields = fields.collect();
    let len = members.first().map_or(0, |(_, array)| array.len());
    let arrays = members.into_iter().map(|(_, array)| array).collect();
    let array = StructArray::try_new(fields, arrays, None);
    Arc::new(array.unwrap_or_else(|_| StructArray::new_empty_fields(len, None)))
}

/// Lists with as many items as `len` says of each row, and null where there is none.
fn list<'a>(
    rows: impl Iterator<Item = Option<&'a Row>>,
    items: ArrayRef,
    len: impl Fn(&Row) -> usize,
) -> ArrayRef {
    let rows: Vec<Option<&Row>> = rows.collect();
    let nulls: NullBuffer = rows.iter().map(Option::is_some).collect();
    let lengths = rows.iter().map(|row| row.map_or(0, &len));
    let field = Arc::new(Field::new_list_field(items.data_type().clone(), true));
    let offsets = OffsetBuffer::from_lengths(lengths);
    let empty = ListArray::new_null(Arc::clone(&field), rows.len());
    let array = ListArray::try_new(field, offsets, items, Some(nulls));
    Arc::new(array.unwrap_or(empty))
}
