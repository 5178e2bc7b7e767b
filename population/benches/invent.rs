//! How fast persons are invented, on one core: `cargo bench -p longma-population --bench invent`.
//!
//! The figure depends on the machine; the ratio says how much of it is the machine: the
//! same run also copies the finished columns, which is the least that anybody must do who
//! makes such a batch, and fills one column of numbers.

// A bench tells what it measured.
#![allow(clippy::print_stdout, reason = "the figures are what a bench is for")]

use arrow::array::{Array, Int64Array, ListArray, RecordBatch};
use arrow::compute::concat_batches;
use longma_population::invent::Plan;
use std::collections::BTreeMap;
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Persons of the population, of whom the first are invented.
const PERSONS: u64 = 25_000_000;
const INVENTED: u64 = 4_000_000;
const BATCH: u64 = 1 << 16;
const RUNS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let plan = Plan::read(include_str!("../like/gansu.toml"))?.with_persons(PERSONS)?;
    println!("plan for {PERSONS} persons: {:?}", start.elapsed());
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        let start = Instant::now();
        for from in (0..INVENTED).step_by(usize::try_from(BATCH)?) {
            black_box(plan.batch(from..(from + BATCH).min(INVENTED))?);
        }
        best = best.min(start.elapsed());
    }
    let batch = plan.batch(0..BATCH)?;
    let bytes = batch.get_array_memory_size() as u64 / BATCH;
    println!("bytes a person: {bytes}");
    for (name, values) in records(&batch) {
        println!("  {name}: {values} records for 1000 persons");
    }
    println!("persons of 1000 with so many records: {:?}", mix(&plan)?);
    told("invented", best, INVENTED, best);
    let copy = copied(&batch)?;
    told(
        "finished columns copied",
        copy,
        BATCH,
        best.mul_f64(ratio()),
    );
    let fill = filled();
    told(
        "one column of numbers filled",
        fill,
        BATCH,
        best.mul_f64(ratio()),
    );
    Ok(())
}

/// The part of a run that one batch is.
#[allow(clippy::cast_precision_loss, reason = "a ratio for reading")]
fn ratio() -> f64 {
    BATCH as f64 / INVENTED as f64
}

#[allow(clippy::cast_precision_loss, reason = "a rate for reading")]
fn told(what: &str, time: Duration, persons: u64, invented: Duration) {
    let rate = persons as f64 / time.as_secs_f64() / 1e6;
    let times = invented.as_secs_f64() / time.as_secs_f64();
    println!("{what}: {rate:.2} M persons/s; inventing takes {times:.1} times as long");
}

fn records(batch: &RecordBatch) -> impl Iterator<Item = (&str, usize)> {
    let schema = batch.schema_ref().fields().iter().zip(batch.columns());
    schema.filter_map(|(field, column)| {
        let lists = column.as_any().downcast_ref::<ListArray>()?;
        Some((
            field.name().as_str(),
            lists.values().len() * 1_000 / lists.len(),
        ))
    })
}

/// How many of a thousand persons, taken from everywhere, have how many records.
fn mix(plan: &Plan) -> Result<BTreeMap<usize, usize>, Box<dyn Error>> {
    let mut all = BTreeMap::new();
    let mut persons = 0;
    for from in (0..PERSONS).step_by(1 << 19) {
        let batch = plan.batch(from..from + (1 << 12))?;
        for row in 0..batch.num_rows() {
            let lists = batch.columns().iter();
            let lists = lists.filter_map(|column| column.as_any().downcast_ref::<ListArray>());
            let records: i32 = lists.map(|list| list.value_length(row)).sum();
            *all.entry(usize::try_from(records)?).or_insert(0) += 1_000;
            persons += 1;
        }
    }
    for count in all.values_mut() {
        *count /= persons;
    }
    Ok(all)
}

/// Both halves of a batch, written into new columns.
fn copied(batch: &RecordBatch) -> Result<Duration, Box<dyn Error>> {
    let half = batch.num_rows() / 2;
    let halves = [
        batch.slice(0, half),
        batch.slice(half, batch.num_rows() - half),
    ];
    let mut best = Duration::MAX;
    for _ in 0..20 {
        let start = Instant::now();
        black_box(concat_batches(batch.schema_ref(), &halves)?);
        best = best.min(start.elapsed());
    }
    Ok(best)
}

fn filled() -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..20 {
        let start = Instant::now();
        black_box(Int64Array::from_iter_values(0..BATCH.cast_signed()));
        best = best.min(start.elapsed());
    }
    best
}
