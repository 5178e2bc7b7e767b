//! `cargo bench --package longma-bench --bench population`: how many persons a core decides
//! in a second from Parquet, beside the same persons one by one from JSON.
//!
//! All times are processor times of one thread, so other load on the machine does not count.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::expect_used,
    reason = "a benchmark prints, and ends where what it measures does not work"
)]

use arrow::array::RecordBatch;
use longma_bench::people::{self, EMPTY, People, Size, TYPICAL};
use longma_bench::setup::{self, BY_HAND, NOW, Result, World};
use longma_core::{Catalogue, Instant, References, Request};
use longma_population::convert::Writer;
use longma_population::decide::{Decider, Question};
use parquet::arrow::ArrowWriter;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::properties::WriterProperties;
use rustix::time::{ClockId, clock_gettime};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

/// Persons of each size.
const PERSONS: usize = 4_096;
/// Rounds; the best counts, since nothing makes a program faster than it is.
const ROUNDS: usize = 5;

fn main() -> Result<()> {
    let catalogue = Arc::new(setup::catalogue(&setup::bundle()?)?);
    let world = setup::sample(&catalogue)?;
    println!(
        "{:<28} {:>14} {:>10} {:>16}",
        "persons a second and core", "columns", "JSON", "columns ÷ JSON"
    );
    for (name, size) in [("empty", EMPTY), ("typical", TYPICAL)] {
        let persons = invent(&world, size)?;
        measured(name, &catalogue, &world.references, &persons)?;
    }
    Ok(())
}

fn invent(world: &World, size: Size) -> Result<Vec<String>> {
    let listed = people::listed(&world.csv)?;
    let mut people = People::new(20_220_307, &listed);
    Ok((0..PERSONS).map(|_| people.person(size)).collect())
}

fn measured(
    name: &str,
    catalogue: &Arc<Catalogue>,
    references: &References,
    persons: &[String],
) -> Result<()> {
    let file = parquet(catalogue, persons)?;
    let now = Instant::from_unix(NOW).expect("it is in this century");
    let question = Question {
        subject: "person".to_owned(),
        region: None,
        decisions: BY_HAND.map(str::to_owned).to_vec(),
        at: vec![now],
        window: None,
        segments: false,
        causes: false,
        seconds: false,
    };
    let references = Arc::new(references.clone());
    let decider = Decider::new(Arc::clone(catalogue), Arc::clone(&references), question);
    let decider = decider.map_err(|problems| format!("{problems:?}"))?;
    let columns = best(|| decide(&decider, &file));
    let read = best(|| black_box(batches(&decider, &file).len()));
    let window = decider.question().window();
    let json = best(|| {
        for person in persons {
            let request = Request {
                references: Some(&references),
                decisions: Some(&BY_HAND),
                window: Some(window),
                ..Request::default()
            };
            black_box(catalogue.evaluate(person, request).expect("it is sound"));
        }
    });
    let rate = |took: Duration| persons.len() as f64 / took.as_secs_f64();
    println!(
        "{name:<28} {:>14.0} {:>10.0} {:>16.2}   (reading alone: {:.0})",
        rate(columns),
        rate(json),
        json.as_secs_f64() / columns.as_secs_f64(),
        rate(read),
    );
    Ok(())
}

/// The persons as a Parquet file.
fn parquet(catalogue: &Catalogue, persons: &[String]) -> Result<Vec<u8>> {
    let schema = catalogue.schema("person").ok_or("there are no persons")?;
    let mut writer = Writer::new(schema);
    for person in persons {
        writer
            .push(catalogue, person)
            .map_err(|problems| format!("{problems:?}"))?;
    }
    let batch = writer.take(schema);
    let mut file = Vec::new();
    let properties = WriterProperties::builder().build();
    let mut to = ArrowWriter::try_new(&mut file, batch.schema(), Some(properties))?;
    to.write(&batch)?;
    to.close()?;
    Ok(file)
}

fn batches(decider: &Decider, file: &[u8]) -> Vec<RecordBatch> {
    let file = bytes::Bytes::from(file.to_vec());
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).expect("it was just written");
    let sections = decider.sections();
    let schema = builder.parquet_schema();
    let mask = ProjectionMask::columns(
        schema,
        sections.iter().map(|name| match *name {
            "identity" => "identity.region",
            name => name,
        }),
    );
    let reader = builder.with_projection(mask).with_batch_size(8_192).build();
    let reader = reader.expect("it was just written");
    reader
        .map(|batch| batch.expect("it was just written"))
        .collect()
}

fn decide(decider: &Decider, file: &[u8]) {
    for batch in batches(decider, file) {
        black_box(decider.decide(&batch).expect("it is as the mapping says"));
    }
}

fn best<T>(mut run: impl FnMut() -> T) -> Duration {
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        let nanos = u32::try_from(time.tv_nsec).expect("less than a second");
        Duration::new(u64::try_from(time.tv_sec).expect("it is after 1970"), nanos)
    };
    let mut each = (0..ROUNDS).map(|_| {
        let start = now();
        run();
        now() - start
    });
    let first = each.next().unwrap_or_default();
    each.fold(first, Duration::min)
}
