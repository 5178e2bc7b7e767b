//! Deciding in columns is deciding one by one.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::concat_batches;
use arrow::datatypes::{Int32Type, Int64Type, TimestampSecondType};
use longma_core::{Catalogue, Instant, Outcome, References, Request, Span, Verdict};
use longma_population::batch::Batch;
use longma_population::convert::Writer;
use longma_population::decide::{Decider, Question};
use longma_tests::{loaded, persons, sample_areas};
use proptest::prelude::*;
use std::sync::{Arc, LazyLock};

const DECISIONS: [&str; 3] = ["code", "validity", "gold"];

static CATALOGUE: LazyLock<Arc<Catalogue>> =
    LazyLock::new(|| Arc::new(longma_compile::compile(&loaded().bundle).unwrap().0));

static REFERENCES: LazyLock<Arc<References>> =
    LazyLock::new(|| Arc::new(longma_tests::references(&CATALOGUE, sample_areas())));

fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

/// An instant in the outbreak of the sample, and half a year around it.
fn july() -> (Instant, Span) {
    let at = instant("2022-07-15T12:00:00+08:00");
    let from = instant("2022-06-01T00:00:00+08:00");
    let until = instant("2022-12-01T00:00:00+08:00");
    (at, Span::new(Some(from), Some(until)).unwrap())
}

/// Columns of documents.
fn columns(documents: &[String]) -> RecordBatch {
    let schema = CATALOGUE.schema("person").unwrap();
    let mut writer = Writer::new(schema);
    for document in documents {
        writer.push(&CATALOGUE, document).unwrap();
    }
    writer.take(schema)
}

/// What is decided about a document by itself.
fn alone(document: &str, window: Span) -> Outcome {
    let facts = CATALOGUE.read_facts_partly(document, &[]).unwrap();
    let decide = |decisions| {
        let request = Request {
            references: Some(&REFERENCES),
            decisions: Some(decisions),
            window: Some(window),
            ..Request::default()
        };
        CATALOGUE.decide(&facts, request)
    };
    // Gansu alone has a gold code.
    decide(&DECISIONS)
        .or_else(|_| decide(&DECISIONS[..1]))
        .unwrap()
}

fn decider(at: Instant, window: Span) -> Decider {
    let question = Question {
        subject: "person".to_owned(),
        region: None,
        decisions: DECISIONS.map(str::to_owned).to_vec(),
        at: vec![at],
        window: Some(window),
        segments: true,
        causes: true,
        seconds: true,
    };
    Decider::new(Arc::clone(&CATALOGUE), Arc::clone(&REFERENCES), question).unwrap()
}

/// A member of a struct.
fn member<'a>(of: &'a ArrayRef, name: &str) -> &'a ArrayRef {
    of.as_struct().column_by_name(name).unwrap()
}

fn text(array: &ArrayRef, row: usize) -> Option<&str> {
    let dictionary = array.as_dictionary::<Int32Type>();
    let texts = dictionary.downcast_dict::<StringArray>().unwrap();
    texts.into_iter().nth(row).unwrap()
}

fn time(array: &ArrayRef, row: usize) -> Option<i64> {
    let times = array.as_primitive::<TimestampSecondType>();
    times.is_valid(row).then(|| times.value(row))
}

/// Holds a row of columns to the outcome that it stands for.
fn hold(outcomes: &RecordBatch, row: usize, outcome: &Outcome, at: Instant) {
    for decision in DECISIONS {
        let column = outcomes.column_by_name(decision).unwrap();
        let Some(expected) = outcome.decisions().get(decision) else {
            assert_eq!(text(member(column, "level"), row), Some("unknown"));
            continue;
        };
        let name = |verdict: Verdict| match verdict {
            Verdict::Known(rank) => expected.levels()[rank].name.to_string(),
            Verdict::Unknown(_) => "unknown".to_owned(),
        };
        let status = outcome.at(decision, at).unwrap();
        let level = name(status.stretch().verdict());
        assert_eq!(text(member(column, "level"), row), Some(level.as_str()));

        let segments = member(column, "segments").as_list::<i32>().value(row);
        let stretches: Vec<_> = expected.stretches().collect();
        assert_eq!(segments.len(), stretches.len());
        let mut seconds = std::collections::BTreeMap::<String, i64>::new();
        for (at, stretch) in stretches.iter().enumerate() {
            let span = stretch.span();
            let level = name(stretch.verdict());
            let unix = |end: Option<Instant>| end.map(Instant::unix);
            assert_eq!(time(member(&segments, "from"), at), unix(span.from()));
            assert_eq!(time(member(&segments, "until"), at), unix(span.until()));
            assert_eq!(text(member(&segments, "level"), at), Some(level.as_str()));
            let least = stretch.at_least().map(|it| &*it.name);
            assert_eq!(text(member(&segments, "at_least"), at), least);
            let (from, until) = span.bounds();
            *seconds.entry(level).or_default() += until - from;
        }
        let told = member(column, "seconds").as_struct();
        for (field, array) in told.fields().iter().zip(told.columns()) {
            let expected = seconds.get(field.name()).copied().unwrap_or(0);
            assert_eq!(array.as_primitive::<Int64Type>().value(row), expected);
        }

        let causes = member(column, "causes").as_list::<i32>().value(row);
        let all = expected.timeline().causes();
        assert_eq!(causes.len(), all.len());
        for (at, cause) in all.iter().enumerate() {
            assert_eq!(text(member(&causes, "rule"), at), Some(cause.rule()));
            let from = cause.span().from().map(Instant::unix);
            assert_eq!(time(member(&causes, "from"), at), from);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_person_in_columns_is_decided_as_by_itself(
        seeds in proptest::collection::vec(0..100_000_u64, 1..24),
        cut in 0..24_usize,
    ) {
        let documents = seeds.iter().map(|seed| persons::person(*seed).to_string());
        let documents: Vec<String> = documents.collect();
        let (at, window) = july();
        let decider = decider(at, window);
        let whole = columns(&documents);
        let outcomes = decider.decide(&whole).unwrap().outcomes;
        // However the batch is cut, and wherever its arrays begin.
        let cut = cut.min(documents.len());
        let parts = [whole.slice(0, cut), whole.slice(cut, documents.len() - cut)];
        let parts = parts.map(|part| decider.decide(&part).unwrap().outcomes);
        for (row, document) in documents.iter().enumerate() {
            let outcome = alone(document, window);
            hold(&outcomes, row, &outcome, at);
            let (part, row) = if row < cut { (0, row) } else { (1, row - cut) };
            hold(&parts[part], row, &outcome, at);
        }
        let joined = concat_batches(&outcomes.schema(), &parts).unwrap();
        prop_assert_eq!(joined.num_rows(), documents.len());
    }

    #[test]
    fn a_document_comes_back_from_columns(seed in 0..100_000_u64) {
        let document = persons::person(seed).to_string();
        let batch = columns(std::slice::from_ref(&document));
        let batch = Batch::read(CATALOGUE.shape("person").unwrap(), &batch).unwrap();
        let back = batch.document(0).to_string();
        let read = |text: &str| CATALOGUE.read_facts(text).unwrap();
        let (there, back) = (read(&document), read(&back));
        prop_assert_eq!(there.columns(), back.columns());
    }

    #[test]
    fn facts_taken_from_columns_are_those_of_the_document(seed in 0..100_000_u64) {
        let document = persons::person(seed).to_string();
        let batch = columns(std::slice::from_ref(&document));
        let shape = CATALOGUE.shape("person").unwrap();
        let batch = Batch::read(shape, &batch).unwrap();
        let all = shape.sections(shape.tables()[0].object.names());
        let written = |name: &str| batch.section(name, 0);
        let taken = CATALOGUE.take_facts("person", all, (&batch, 0), written).unwrap();
        let read = CATALOGUE.read_facts(&document).unwrap();
        prop_assert_eq!(taken.columns(), read.columns());
        let decided = |facts| CATALOGUE.decide(facts, Request::default()).unwrap();
        prop_assert_eq!(decided(&taken).json(), decided(&read).json());
        // The document that such facts say reads as the facts.
        let again = CATALOGUE.read_facts(&taken.document().to_string()).unwrap();
        prop_assert_eq!(again.columns(), read.columns());
    }
}
