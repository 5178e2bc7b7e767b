//! `cargo bench --package longma-bench`: native figures.
//!
//! First, Longma's answers are compared with those of the hand-written rules; if they
//! differ, nothing is measured. Then come the ratios, with the two sides timed in turns so
//! that other load on the machine affects both, and then Criterion's absolute times.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::expect_used,
    reason = "a benchmark prints, and ends where what it measures does not work"
)]

use criterion::{BenchmarkId, Criterion};
use longma_bench::agree;
use longma_bench::by_hand::{self, RiskAreas};
use longma_bench::setup::{self, NOW, Persons, Result, TABLE, World};
use longma_bench::turns::taken_in_turns;
use longma_compile::Bundle;
use longma_core::{Catalogue, Date, Instant, References, Request, Span};
use longma_passes::sites::{Near, Point, Sites};
use longma_tests::attacks;
use std::fmt::Write as _;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

/// What is measured.
struct Measured {
    /// The packs that are also written by hand.
    same: Catalogue,
    /// The lists of all worlds as that catalogue reads them. One that another catalogue
    /// has read would be read again for each person.
    same_lists: Vec<References>,
    /// All packs of the project.
    all: Catalogue,
    worlds: Vec<World>,
}

fn main() -> ExitCode {
    let measured = match prepared() {
        Ok(measured) => measured,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    ratios(&measured);
    decisions(&measured);
    year(&measured);
    sites();
    let mut criterion = Criterion::default()
        .sample_size(50)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    packs(&mut criterion);
    for (world, same_list) in measured.worlds.iter().zip(&measured.same_lists) {
        evaluation(&mut criterion, &measured, (world, same_list));
        list(&mut criterion, &measured, world);
    }
    if let Some(world) = measured.worlds.first() {
        parts(&mut criterion, &measured, world);
    }
    nearest(&mut criterion);
    criterion.final_summary();
    ExitCode::SUCCESS
}

/// Reads everything, checks that both give the same answers, and writes the persons for
/// the WebAssembly measurements.
fn prepared() -> Result<Measured> {
    let all = setup::catalogue(&setup::bundle()?)?;
    let same = setup::catalogue(&setup::gansu(setup::bundle()?)?)?;
    let mut worlds = vec![setup::sample(&all)?];
    match setup::real(&all)? {
        Some(world) => worlds.push(world),
        None => {
            println!("skipped: the real list of risk areas (LONGMA_DATA names no folder with it)");
        }
    }
    let read = |world: &World| setup::references(&same, &world.csv);
    let same_lists: Vec<References> = worlds.iter().map(read).collect::<Result<_>>()?;
    for (world, same_list) in worlds.iter().zip(&same_lists) {
        let all_list = &world.references;
        for (catalogue, list, name) in [
            (&all, all_list, "all packs"),
            (&same, same_list, "the same packs"),
        ] {
            let persons = world.persons.iter().flat_map(|persons| &persons.facts);
            let persons: Vec<String> = persons.chain(&world.compared).cloned().collect();
            agree::check(&persons, catalogue, list, &world.areas).map_err(|found| {
                format!(
                    "Longma with {name} and the rules by hand differ; where a pack has changed, \
                     change bench/src/by_hand.rs and bench/wasm/by-hand.mjs with it\n{found}"
                )
            })?;
            let count = persons.len();
            println!(
                "same levels at all times: {count} persons, {} list, {name}",
                world.name
            );
        }
    }
    setup::leave(&worlds)?;
    Ok(Measured {
        same,
        same_lists,
        all,
        worlds,
    })
}

// ---- ratios ----------------------------------------------------------------

fn ratios(measured: &Measured) {
    println!("\ntime of Longma ÷ time by hand, median (quartiles)");
    let titles = ["the same packs", "all packs", "all packs, from now on"];
    println!(
        "{:<42}{:>26}{:>26}{:>26}",
        "", titles[0], titles[1], titles[2]
    );
    let from_now = Span::new(Instant::from_unix(NOW), None);
    for (world, same_list) in measured.worlds.iter().zip(&measured.same_lists) {
        for persons in &world.persons {
            // One call goes through all persons, so that every turn does the same work.
            let ratio = |catalogue, list, window| {
                taken_in_turns(
                    || {
                        for facts in &persons.facts {
                            drop(black_box(by_hand::decide(facts, &world.areas)));
                        }
                    },
                    || {
                        for facts in &persons.facts {
                            drop(black_box(asked(
                                catalogue,
                                list,
                                facts,
                                Some(&setup::BY_HAND),
                                window,
                            )));
                        }
                    },
                )
            };
            let same = ratio(&measured.same, same_list, None);
            let all = ratio(&measured.all, &world.references, None);
            let now = ratio(&measured.all, &world.references, from_now);
            let name = format!("evaluate: {} person, {} list", persons.name, world.name);
            println!("{name:<42}{same:>26}{all:>26}{now:>26}");
        }
    }
    for world in &measured.worlds {
        let ratio = taken_in_turns(
            || drop(black_box(RiskAreas::read(&world.csv))),
            || drop(black_box(measured.all.read_reference(TABLE, &world.csv))),
        );
        let name = format!("read the list: {}", world.name);
        println!("{name:<42}{:>26}{ratio:>26}", "");
    }
    println!();
}

/// What the busiest year that we could think of costs, in typical persons.
fn year(measured: &Measured) {
    let Some(world) = measured.worlds.first() else {
        return;
    };
    let typical = world.persons.iter().find(|it| it.name == "typical");
    let Some(typical) = typical.and_then(|it| it.facts.first()) else {
        return;
    };
    let life = attacks::year(365, 100, 60, 40, "中参雅园小区");
    let decide = |facts: &str| {
        let answer = asked(&measured.all, &world.references, facts, None, None);
        drop(black_box(answer));
    };
    let ratio = taken_in_turns(|| decide(typical), || decide(&life));
    println!(
        "\nall decisions of a year of daily tests, {} times as many bytes ÷ those of a typical person: {ratio}",
        life.len() / typical.len()
    );
}

/// Shows what requested decisions cost, and that the others cost nothing.
fn decisions(measured: &Measured) {
    let Some(world) = measured.worlds.first() else {
        return;
    };
    let sets: [(&str, Option<&[&str]>); 3] = [
        ("code", Some(&["code"])),
        ("code, validity, gold", Some(&setup::BY_HAND)),
        ("all", None),
    ];
    println!("\ndecisions asked of all packs: rules run, time ÷ time of the code alone");
    for persons in &world.persons {
        let round = |decisions| {
            for facts in &persons.facts {
                drop(black_box(asked(
                    &measured.all,
                    &world.references,
                    facts,
                    decisions,
                    None,
                )));
            }
        };
        for (name, decisions) in sets {
            let facts = persons.facts.first().map_or("", String::as_str);
            let outcome = asked(&measured.all, &world.references, facts, decisions, None);
            let (rules, count) = (outcome.rules_run(), outcome.decisions().len());
            let ratio = taken_in_turns(|| round(Some(&["code"])), || round(decisions));
            let title = format!("{} person: {name} ({count})", persons.name);
            println!("{title:<42}{rules:>6} rules{ratio:>26}");
        }
    }
}

/// How many sites the search for the nearest goes through.
const SITES: u64 = 10_000;

/// Sites spread over the city of Lanzhou and its counties by a fixed rule, and their
/// positions.
fn map() -> (Sites, Vec<Point>) {
    let mut csv = String::from("id,name,address,latitude,longitude,hours,queue_minutes\n");
    let mut points = Vec::new();
    for site in 0..SITES {
        let (latitude, longitude) = (site * 7_919 % 900_000, site * 104_729 % 1_400_000);
        let degrees = |micro: u64| format!("{}.{:06}", micro / 1_000_000, micro % 1_000_000);
        let north = degrees(35_600_000 + latitude);
        let east = degrees(102_900_000 + longitude);
        // Writing to a string cannot fail.
        let _ = writeln!(csv, "{site},甲,乙,{north},{east},1-7 08:00-20:00,");
        points.extend(Point::parse(&north, &east));
    }
    let list = Sites::read(&csv).expect("the list was made for it");
    (list, points)
}

fn near(count: usize, holidays: &[Date]) -> Near<'_> {
    Near {
        point: Point::parse("36.061089", "103.834304").expect("it is Lanzhou"),
        at: Instant::from_unix(NOW).expect("it is in the year 2022"),
        holidays,
        open: true,
        count,
    }
}

/// Compares finding the nearest open sites with measuring the distance to each and sorting.
fn sites() {
    let (list, points) = map();
    let none: [Date; 0] = [];
    let from = near(0, &none).point;
    let all = || {
        let mut ways: Vec<i64> = points.iter().map(|it| it.metres_to(from)).collect();
        ways.sort_unstable();
        ways
    };
    println!("\nnearest open of {SITES} sites ÷ the ways to all of them, sorted");
    for count in [5, 100] {
        let ratio = taken_in_turns(
            || drop(black_box(all())),
            || drop(black_box(list.nearest(near(count, &none)))),
        );
        println!("{:<42}{ratio:>38}", format!("nearest {count}"));
    }
    println!();
}

fn nearest(criterion: &mut Criterion) {
    let (list, _) = map();
    let none: [Date; 0] = [];
    let mut group = criterion.benchmark_group("nearest open sites");
    for count in [5, 100] {
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| list.nearest(near(count, &none)));
        });
    }
    group.finish();
}

/// A function that returns the persons one after another, over and over.
fn turn<'a>(persons: &'a Persons) -> impl FnMut() -> &'a str {
    let mut facts = persons.facts.iter().cycle();
    move || facts.next().map_or("", String::as_str)
}

/// Decides only what the hand-written rules decide too.
fn decided(catalogue: &Catalogue, list: &References, facts: &str) -> longma_core::Outcome {
    asked(catalogue, list, facts, Some(&setup::BY_HAND), None)
}

/// Decides the named decisions, or all.
fn asked(
    catalogue: &Catalogue,
    list: &References,
    facts: &str,
    decisions: Option<&[&str]>,
    window: Option<Span>,
) -> longma_core::Outcome {
    let request = Request {
        region: None,
        references: Some(list),
        decisions,
        window,
    };
    let outcome = catalogue.evaluate(facts, request);
    outcome.expect("these facts were decided before")
}

// ---- absolute times --------------------------------------------------------

fn packs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("load packs");
    let bundle = setup::bundle().expect("the packs were read before");
    let same = setup::gansu(bundle.clone()).expect("the packs were read before");
    for (name, bundle) in [("all", bundle), ("the same", same)] {
        let text = serde_json::to_string(&bundle).expect("a bundle can be written");
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let bundle = Bundle::read(&text).expect("it was just written");
                setup::catalogue(&bundle).expect("they were loaded before")
            });
        });
    }
    group.finish();
}

fn evaluation(
    criterion: &mut Criterion,
    measured: &Measured,
    (world, same_list): (&World, &References),
) {
    let mut group = criterion.benchmark_group(format!("evaluate, {} list", world.name));
    for persons in &world.persons {
        let engines = [
            ("all packs", &measured.all, &world.references),
            ("the same packs", &measured.same, same_list),
        ];
        for (name, catalogue, list) in engines {
            group.bench_function(BenchmarkId::new(name, persons.name), |bencher| {
                let mut facts = turn(persons);
                bencher.iter(|| decided(catalogue, list, facts()));
            });
        }
        group.bench_function(BenchmarkId::new("all decisions", persons.name), |bencher| {
            let mut facts = turn(persons);
            bencher.iter(|| asked(&measured.all, &world.references, facts(), None, None));
        });
        group.bench_function(BenchmarkId::new("by hand", persons.name), |bencher| {
            let mut facts = turn(persons);
            bencher.iter(|| by_hand::decide(facts(), &world.areas));
        });
    }
    group.finish();
}

fn list(criterion: &mut Criterion, measured: &Measured, world: &World) {
    let mut group = criterion.benchmark_group(format!("read the list, {}", world.name));
    group.sample_size(20);
    group.bench_function("longma", |bencher| {
        bencher.iter(|| measured.all.read_reference(TABLE, &world.csv));
    });
    group.bench_function("by hand", |bencher| {
        bencher.iter(|| RiskAreas::read(&world.csv));
    });
    group.finish();
}

/// Measures reading facts, and looking up and writing the outcome; all packs, the first
/// list.
fn parts(criterion: &mut Criterion, measured: &Measured, world: &World) {
    let mut group = criterion.benchmark_group("parts");
    let now = Instant::from_unix(NOW).expect("it is in the year 2022");
    for persons in &world.persons {
        let outcome = |facts| decided(&measured.all, &world.references, facts);
        let id = |name| BenchmarkId::new(name, persons.name);
        group.bench_function(id("read facts"), |bencher| {
            let mut facts = turn(persons);
            bencher.iter(|| measured.all.read_facts(facts()));
        });
        let outcomes: Vec<_> = persons.facts.iter().map(|facts| outcome(facts)).collect();
        let mut all = outcomes.iter().cycle();
        group.bench_function(id("look up all decisions"), |bencher| {
            bencher.iter(|| all.next().map(|outcome| outcome.all_at(now).len()));
        });
        group.bench_function(id("write JSON"), |bencher| {
            bencher.iter(|| all.next().map(longma_core::Outcome::json));
        });
    }
    group.finish();
}
