//! `cargo bench --package longma-bench --bench population`: how many persons a core decides
//! in a second from Parquet, beside the same persons one by one from JSON.
//!
//! All times but those by the clock are processor times of one thread, so other load on the
//! machine does not count.
#![allow(
    clippy::cast_precision_loss,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::expect_used,
    reason = "a benchmark prints, and ends where what it measures does not work"
)]

use arrow::array::RecordBatch;
use longma_bench::people::{self, EMPTY, People, Size, TYPICAL};
use longma_bench::setup::{self, BY_HAND, NOW, Result, World};
use longma_core::{Catalogue, Instant, References, Request};
use longma_population::batch::Batch;
use longma_population::convert::Writer;
use longma_population::decide::{Decider, Question};
use longma_population::files;
use longma_population::invent::Plan;
use longma_population::run::Job;
use parquet::arrow::ArrowWriter;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::properties::WriterProperties;
use rustix::time::{ClockId, clock_gettime};
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant as Clock};
use std::{env, fs};

/// Persons of each size.
const PERSONS: usize = 4_096;
/// Rounds; the best counts, since nothing makes a program faster than it is.
const ROUNDS: usize = 5;

fn main() -> Result<()> {
    let catalogue = Arc::new(setup::catalogue(&setup::bundle()?)?);
    let world = setup::sample(&catalogue)?;
    println!(
        "{:<10} {:>14} {:>14} {:>12} {:>16}",
        "persons/s", "columns", "of it reading", "JSON", "columns ÷ JSON"
    );
    for (name, size) in [("empty", EMPTY), ("typical", TYPICAL)] {
        let persons = invent(&world, size)?;
        measured(name, &catalogue, &world.references, &persons)?;
    }
    let plan = Plan::read(&fs::read_to_string(setup::root().join(GANSU))?)?;
    let tables = setup::references(&catalogue, &plan.risk_areas())?;
    let mix = mixed(&catalogue, &plan)?;
    measured("mix", &catalogue, &tables, &mix)?;
    compared(&catalogue, &tables, &mix)?;
    whole(&catalogue, &tables, &plan)
}

/// What the invented province is like.
const GANSU: &str = "population/like/gansu.toml";
/// Persons of a province that is decided from files, unless `LONGMA_PERSONS` says otherwise.
const PROVINCE: u64 = 1_000_000;

fn invent(world: &World, size: Size) -> Result<Vec<String>> {
    let listed = people::listed(&world.csv)?;
    let mut people = People::new(20_220_307, &listed);
    Ok((0..PERSONS).map(|_| people.person(size)).collect())
}

/// Persons from all over the invented province.
fn mixed(catalogue: &Catalogue, plan: &Plan) -> Result<Vec<String>> {
    let shape = catalogue.shape("person").ok_or("there are no persons")?;
    let (pieces, each) = (64, u64::try_from(PERSONS / 64)?);
    let mut persons = Vec::new();
    for piece in 0..pieces {
        let start = plan.persons() / pieces * piece;
        let batch = plan.batch(start..start + each)?;
        let batch = Batch::read(shape, &batch).map_err(|wrong| format!("{wrong:?}"))?;
        persons.extend((0..batch.len()).map(|row| batch.document(row).to_string()));
    }
    Ok(persons)
}

fn question(segments: bool) -> Question {
    Question {
        subject: "person".to_owned(),
        region: None,
        decisions: BY_HAND.map(str::to_owned).to_vec(),
        at: vec![Instant::from_unix(NOW).expect("it is in this century")],
        window: None,
        segments,
        causes: false,
        seconds: false,
    }
}

fn ready(catalogue: &Arc<Catalogue>, references: &References) -> Result<Decider> {
    let references = Arc::new(references.clone());
    let decider = Decider::new(Arc::clone(catalogue), references, question(false));
    Ok(decider.map_err(|problems| format!("{problems:?}"))?)
}

fn measured(
    name: &str,
    catalogue: &Arc<Catalogue>,
    references: &References,
    persons: &[String],
) -> Result<()> {
    let file = parquet(catalogue, persons)?;
    let decider = ready(catalogue, references)?;
    let columns = best(|| decide(&[&decider], &file));
    let read = best(|| black_box(batches(&decider, &file).len()));
    let window = decider.question().window();
    let json = best(|| {
        for person in persons {
            let request = Request {
                references: Some(references),
                decisions: Some(&BY_HAND),
                window: Some(window),
                ..Request::default()
            };
            black_box(catalogue.evaluate(person, request).expect("it is sound"));
        }
    });
    let rate = |took: Duration| persons.len() as f64 / took.as_secs_f64();
    println!(
        "{name:<10} {:>14.0} {:>14.0} {:>12.0} {:>16.2}",
        rate(columns),
        rate(read),
        rate(json),
        json.as_secs_f64() / columns.as_secs_f64(),
    );
    Ok(())
}

/// How much longer two sets of rules take than one.
fn compared(catalogue: &Arc<Catalogue>, references: &References, persons: &[String]) -> Result<()> {
    let file = parquet(catalogue, persons)?;
    let one = ready(catalogue, references)?;
    // Packs that are loaded apart share nothing.
    let other = Arc::new(setup::catalogue(&setup::bundle()?)?);
    let csv = Plan::read(&fs::read_to_string(setup::root().join(GANSU))?)?.risk_areas();
    let other = ready(&other, &setup::references(&other, &csv)?)?;
    let alone = best(|| decide(&[&one], &file));
    let both = best(|| decide(&[&one, &other], &file));
    let ratio = both.as_secs_f64() / alone.as_secs_f64();
    println!("\nthe mix by two sets of packs ÷ by one: {ratio:.2}");
    Ok(())
}

/// A province from files to files, by the clock.
fn whole(catalogue: &Arc<Catalogue>, references: &References, plan: &Plan) -> Result<()> {
    let asked = env::var("LONGMA_PERSONS").ok();
    let persons = asked.map_or(Ok(PROVINCE), |text| text.parse())?;
    let folder = env::temp_dir().join(format!("longma-population-{}", std::process::id()));
    let facts = folder.join("facts");
    let start = Clock::now();
    let plan = plan.with_persons(persons)?;
    plan.write(&facts, 1, &|_| {})
        .map_err(|it| format!("{it:?}"))?;
    let took = start.elapsed().as_secs_f64();
    println!("\n{persons} persons invented and written by one thread in {took:.1} s by the clock");
    let (parts, _) = files::parts(&facts).map_err(|it| format!("{it:?}"))?;
    let mut first = None;
    for threads in [1, 2] {
        let job = Job {
            deciders: vec![ready(catalogue, references)?],
            root: Arc::clone(catalogue.schema("person").ok_or("no persons")?.root()),
            parts: parts.clone(),
            missing: Vec::new(),
            by: Some("county".to_owned()),
            out: folder.join(format!("out-{threads}")),
            key: String::new(),
            threads,
        };
        let start = Clock::now();
        let report = job.run(&|_| {}).map_err(|it| format!("{it:?}"))?;
        let took = start.elapsed().as_secs_f64();
        let first = *first.get_or_insert(took);
        println!(
            "decided by {threads} threads in {took:.1} s ({:.0} a second), {:.2} times as fast as by one; \
             peak memory {}",
            report.tally.persons as f64 / took,
            first / took,
            peak(),
        );
    }
    fs::remove_dir_all(&folder)?;
    Ok(())
}

/// The most memory that the process has had, as Linux tells it.
fn peak() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.map_or("unknown", |line| line.trim_start_matches("VmHWM:").trim())
        .to_owned()
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

fn decide(deciders: &[&Decider], file: &[u8]) {
    let Some(first) = deciders.first() else {
        return;
    };
    for batch in batches(first, file) {
        for decider in deciders {
            black_box(decider.decide(&batch).expect("it is as the mapping says"));
        }
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
        now().saturating_sub(start)
    });
    let first = each.next().unwrap_or_default();
    each.fold(first, Duration::min)
}
