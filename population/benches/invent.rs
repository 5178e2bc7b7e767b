//! How fast persons are invented, on one core: `cargo bench -p longma-population --bench invent`.
//!
//! Batches are taken from everywhere in the population, since counties with rounds of mass
//! testing have more records. Times are those of the clock and, on Linux, of the processor:
//! on a machine that others use the clock says little. The same run also copies the finished
//! columns, which is the least that anybody must do who makes such a batch, and fills one
//! column of numbers.

// A bench tells what it measured.
#![allow(clippy::print_stdout, reason = "the figures are what a bench is for")]

use arrow::array::{Array, Int64Array, ListArray, RecordBatch};
use arrow::compute::concat_batches;
use longma_population::invent::Plan;
use std::collections::BTreeMap;
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Persons of the population, and how many of them are invented.
const PERSONS: u64 = 25_000_000;
const INVENTED: u64 = 4_000_000;
const BATCH: u64 = 1 << 16;
const RUNS: usize = 3;
const COPIES: u64 = 50;
const FILLS: u64 = 5_000;

fn main() -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let plan = Plan::read(include_str!("../like/gansu.toml"))?.with_persons(PERSONS)?;
    println!("plan for {PERSONS} persons: {:?}", start.elapsed());
    let every = usize::try_from(PERSONS / (INVENTED / BATCH))?;
    let starts = || (0..PERSONS - BATCH).step_by(every);
    let invented = BATCH * starts().count() as u64;
    let mut best = Spent::MOST;
    for _ in 0..RUNS {
        best = best.least(Spent::by(|| {
            for from in starts() {
                black_box(plan.batch(from..from + BATCH)?);
            }
            Ok(())
        })?);
    }
    // A batch from where the mix is that of most of the region.
    let batch = plan.batch(PERSONS / 2..PERSONS / 2 + BATCH)?;
    let bytes = batch.get_array_memory_size() as u64 / BATCH;
    println!("bytes a person: {bytes}");
    for (name, values) in records(&batch) {
        println!("  {name}: {values} records for 1000 persons");
    }
    println!("persons of 1000 with so many records: {:?}", mix(&plan)?);
    told("invented", &best, invented);
    told("finished columns copied", &copied(&batch)?, BATCH * COPIES);
    told("one column of numbers filled", &filled()?, BATCH * FILLS);
    Ok(())
}

/// What something took: by the clock, and of this thread's processor time if it is known.
#[derive(Clone, Copy)]
struct Spent {
    clock: Duration,
    processor: Option<Duration>,
}

impl Spent {
    const MOST: Self = Self {
        clock: Duration::MAX,
        processor: None,
    };

    fn by(work: impl FnOnce() -> Result<(), Box<dyn Error>>) -> Result<Self, Box<dyn Error>> {
        let (start, before) = (Instant::now(), processor());
        work()?;
        let clock = start.elapsed();
        let processor = processor()
            .zip(before)
            .map(|(after, before)| after.saturating_sub(before));
        Ok(Self { clock, processor })
    }

    /// The shorter of each.
    fn least(self, other: Self) -> Self {
        let processor = self.processor.into_iter().chain(other.processor).min();
        let clock = self.clock.min(other.clock);
        Self { clock, processor }
    }
}

/// The processor time of this process, which has one thread.
fn processor() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    let nanoseconds = told.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

#[allow(clippy::cast_precision_loss, reason = "a rate for reading")]
fn told(what: &str, spent: &Spent, persons: u64) {
    let rate = |time: Duration| persons as f64 / time.as_secs_f64() / 1e6;
    let processor = spent.processor.map_or(f64::NAN, rate);
    println!(
        "{what}: {:.2} M persons/s by the clock, {processor:.2} M of processor time",
        rate(spent.clock)
    );
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

/// Both halves of a batch, written into new columns, often enough to be measured.
fn copied(batch: &RecordBatch) -> Result<Spent, Box<dyn Error>> {
    let half = batch.num_rows() / 2;
    let halves = [
        batch.slice(0, half),
        batch.slice(half, batch.num_rows() - half),
    ];
    Spent::by(|| {
        for _ in 0..COPIES {
            black_box(concat_batches(batch.schema_ref(), &halves)?);
        }
        Ok(())
    })
}

fn filled() -> Result<Spent, Box<dyn Error>> {
    Spent::by(|| {
        for _ in 0..FILLS {
            let numbers = black_box(0..BATCH.cast_signed());
            black_box(Int64Array::from_iter_values(numbers));
        }
        Ok(())
    })
}
