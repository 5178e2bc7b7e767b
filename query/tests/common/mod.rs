//! Invented persons in Parquet files, and what is decided about each by itself.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::parquet::arrow::ArrowWriter;
use longma_core::{Catalogue, Instant, Outcome, References, Request, Span, Verdict};
use longma_population::convert::Writer;
use longma_query::{Packs, Session, Settings};
use longma_tests::{loaded, persons, sample_areas};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::sync::{Arc, LazyLock};

pub(crate) const AT: &str = "2022-07-15T12:00:00+08:00";

pub(crate) static CATALOGUE: LazyLock<Arc<Catalogue>> =
    LazyLock::new(|| Arc::new(longma_compile::compile(&loaded().bundle).unwrap().0));

pub(crate) static REFERENCES: LazyLock<Arc<References>> =
    LazyLock::new(|| Arc::new(longma_tests::references(&CATALOGUE, sample_areas())));

pub(crate) fn packs() -> Packs {
    Packs::new().with("", Arc::clone(&CATALOGUE), Arc::clone(&REFERENCES))
}

pub(crate) fn session() -> Session {
    Session::new(packs(), &Settings::default()).unwrap()
}

/// Persons by county, as documents, each with its seed.
pub(crate) fn counties(seeds: std::ops::Range<u64>) -> BTreeMap<String, Vec<(u64, String)>> {
    let mut counties = BTreeMap::<String, Vec<(u64, String)>>::new();
    for seed in seeds {
        let person = persons::person(seed);
        let region = person["identity"]["region"].as_str().unwrap_or("none");
        let all = counties.entry(region.to_owned()).or_default();
        all.push((seed, person.to_string()));
    }
    counties
}

/// Columns of documents, and the seed of each as a label.
pub(crate) fn columns(people: &[(u64, String)]) -> RecordBatch {
    let schema = CATALOGUE.schema("person").unwrap();
    let mut writer = Writer::new(schema);
    for (_, document) in people {
        writer.push(&CATALOGUE, document).unwrap();
    }
    let facts = writer.take(schema);
    let seeds = people.iter().map(|(seed, _)| i64::try_from(*seed).unwrap());
    let seeds: ArrayRef = Arc::new(seeds.collect::<Int64Array>());
    with_column(&facts, "seed", seeds)
}

/// The batch with one more column, or another one of that name.
pub(crate) fn with_column(batch: &RecordBatch, name: &str, column: ArrayRef) -> RecordBatch {
    let mut fields: Vec<Field> = Vec::new();
    let mut columns = Vec::new();
    for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
        if field.name() != name {
            fields.push(field.as_ref().clone());
            columns.push(Arc::clone(array));
        }
    }
    fields.push(Field::new(name, column.data_type().clone(), true));
    columns.push(column);
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}

pub(crate) fn write(path: &Path, batches: &[RecordBatch]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let file = File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batches[0].schema(), None).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.close().unwrap();
}

/// A folder `facts` with a folder for each county.
pub(crate) fn write_counties(
    folder: &Path,
    counties: &BTreeMap<String, Vec<(u64, String)>>,
) -> String {
    let facts = folder.join("facts");
    for (county, people) in counties {
        let file = facts.join(format!("county={county}/part-0.parquet"));
        write(&file, &[columns(people)]);
    }
    facts.to_str().unwrap().to_owned()
}

/// What is decided about a document by itself.
pub(crate) fn alone(document: &str, decisions: &[&str], window: Option<Span>) -> Outcome {
    CATALOGUE
        .evaluate(
            document,
            Request {
                references: Some(&REFERENCES),
                decisions: Some(decisions),
                window,
                ..Request::default()
            },
        )
        .unwrap()
}

/// The level of a decision at an instant by itself; `unknown` where nobody decides it.
pub(crate) fn level_alone(document: &str, decision: &str, at: Instant) -> String {
    let request = Request {
        references: Some(&REFERENCES),
        ..Request::default()
    };
    let outcome = CATALOGUE.evaluate(document, request).unwrap();
    let Some(found) = outcome.decisions().get(decision) else {
        return "unknown".to_owned();
    };
    match found.at(at).unwrap().stretch().verdict() {
        Verdict::Known(rank) => found.levels()[rank].name.to_string(),
        Verdict::Unknown(_) => "unknown".to_owned(),
    }
}

/// The texts of a column; null where there is none.
pub(crate) fn texts(batches: &[RecordBatch], name: &str) -> Vec<Option<String>> {
    let of = |batch: &RecordBatch| {
        let column = batch.column_by_name(name).unwrap();
        let texts = cast(column, &DataType::Utf8).unwrap();
        let texts = texts.as_string::<i32>().clone();
        texts
            .iter()
            .map(|it| it.map(str::to_owned))
            .collect::<Vec<_>>()
    };
    batches.iter().flat_map(of).collect()
}

/// The numbers of a column: counts, or seconds of instants.
pub(crate) fn numbers(batches: &[RecordBatch], name: &str) -> Vec<Option<i64>> {
    let of = |batch: &RecordBatch| {
        let column = batch.column_by_name(name).unwrap();
        let numbers = cast(column, &DataType::Int64).unwrap();
        let numbers = numbers
            .as_primitive::<datafusion::arrow::datatypes::Int64Type>()
            .clone();
        numbers.iter().collect::<Vec<_>>()
    };
    batches.iter().flat_map(of).collect()
}
