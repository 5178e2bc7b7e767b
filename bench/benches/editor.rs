//! `cargo bench --package longma-bench --bench editor`: how long an editor waits for
//! answers, and how long checking all packs takes.
//!
//! The questions cover every place in every script of the project. A key stroke is
//! a new text: its script is read and analysed before the question is answered. The
//! first question about packs also reads all of them first; a second one about the
//! same text finds everything done.
//!
//! All times are processor times, so other load on the machine does not count.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::expect_used,
    reason = "a benchmark prints, and ends where what it measures does not work"
)]

use criterion::Criterion;
use longma_bench::setup::{self, Result};
use longma_bench::turns::taken_in_turns;
use longma_compile::Bundle;
use longma_compile::world::World;
use longma_desk::check;
use longma_desk::editor::Editor;
use longma_lang::finding::Position;
use longma_lang::syntax::Lines;
use rustix::time::{ClockId, clock_gettime};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

/// With a new text, only every seventh place is asked about; with a known text, all are.
const STROKES: usize = 7;

/// A place in a script.
struct Place<'a> {
    file: String,
    text: &'a str,
    at: Position,
}

fn main() -> ExitCode {
    let bundle = match setup::bundle() {
        Ok(bundle) => bundle,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    let places = places(&bundle);
    checked(&bundle);
    everywhere(&bundle, &places);
    if let Err(error) = ratios(&bundle, &places) {
        eprintln!("error: {error}");
        return ExitCode::FAILURE;
    }
    let mut criterion = Criterion::default()
        .sample_size(50)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    strokes(&mut criterion, &bundle, &places);
    criterion.final_summary();
    ExitCode::SUCCESS
}

fn places(bundle: &Bundle) -> Vec<Place<'_>> {
    let mut places = Vec::new();
    for pack in &bundle.packs {
        for (decision, text) in &pack.scripts {
            let lines = Lines::new(text);
            let file = format!("packs/{}/{decision}.rhai", pack.id);
            places.extend(text.char_indices().map(|(byte, _)| Place {
                file: file.clone(),
                text,
                at: lines.position(byte),
            }));
        }
    }
    places
}

/// Measures checking every pack of the project.
fn checked(bundle: &Bundle) {
    const TIMES: usize = 100;
    let scripts = || drop(black_box(check::scripts(&World::new(bundle))));
    let whole = || drop(black_box(check::check(bundle)));
    println!("\nmilliseconds to check all packs: median, 99 of 100, longest");
    let scripts = (0..TIMES).map(|_| timed(scripts)).collect();
    println!("{:<36}{}", "their scripts", spread(scripts));
    let whole = (0..TIMES).map(|_| timed(whole)).collect();
    println!("{:<36}{}", "everything", spread(whole));
}

/// A question about a place.
type Question = fn(&Editor<'_>, &Place<'_>);

const QUESTIONS: [(&str, Question); 3] = [
    ("hover", |editor, place| {
        drop(black_box(editor.hover(&place.file, place.at)));
    }),
    ("completion", |editor, place| {
        drop(black_box(editor.completion(&place.file, place.at)));
    }),
    ("definition", |editor, place| {
        drop(black_box(editor.definition(&place.file, place.at)));
    }),
];

/// Measures how long an answer takes, for each question.
fn everywhere(bundle: &Bundle, places: &[Place<'_>]) {
    println!(
        "\nmilliseconds an answer, at {} places: median, 99 of 100, longest",
        places.len()
    );
    let open = Editor::new(bundle);
    for (name, question) in QUESTIONS {
        let some = || places.iter().step_by(STROKES);
        let first = some().map(|place| timed(|| question(&Editor::new(bundle), place)));
        let stroke = some().map(|place| timed(|| at_a_stroke(&open, place, question)));
        let first = ("the packs just opened", first.collect());
        let stroke = ("at a key stroke", stroke.collect());
        // Do the work that is done once per text before measuring.
        for place in places {
            question(&open, place);
        }
        let again = places.iter().map(|place| timed(|| question(&open, place)));
        let again = ("the text known", again.collect());
        for (when, times) in [first, stroke, again] {
            println!("{:<36}{}", format!("{name}, {when}"), spread(times));
        }
    }
    println!();
}

/// Asks about a new text in an editor that has the packs open.
fn at_a_stroke(open: &Editor<'_>, place: &Place<'_>, question: Question) {
    question(&open.rewritten(&place.file, place.text), place);
}

/// The processor time that `run` takes, in milliseconds.
fn timed(run: impl FnOnce()) -> f64 {
    let spent = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        Duration::try_from(time).expect("a thread's time is never negative")
    };
    let begun = spent();
    run();
    spent().saturating_sub(begun).as_secs_f64() * 1_000.0
}

fn spread(mut times: Vec<f64>) -> String {
    times.sort_by(f64::total_cmp);
    let at = |part: usize| {
        let index = times.len().saturating_sub(1) * part / 100;
        times.get(index).copied().unwrap_or_default()
    };
    format!("{:>8.3}{:>8.3}{:>8.3}", at(50), at(99), at(100))
}

/// Measures answers relative to the time for loading all packs.
fn ratios(bundle: &Bundle, places: &[Place<'_>]) -> Result<()> {
    setup::catalogue(bundle)?;
    let open = Editor::new(bundle);
    println!("time of an answer at a key stroke ÷ time of loading all packs, median (quartiles)");
    for (name, question) in QUESTIONS {
        let mut next = places.iter().step_by(STROKES * 13).cycle();
        let ratio = taken_in_turns(
            || drop(black_box(setup::catalogue(bundle))),
            || {
                if let Some(place) = next.next() {
                    at_a_stroke(&open, place, question);
                }
            },
        );
        println!("{name:<34}{ratio:>24}");
    }
    println!();
    Ok(())
}

fn strokes(criterion: &mut Criterion, bundle: &Bundle, places: &[Place<'_>]) {
    let mut group = criterion.benchmark_group("editor, at a key stroke");
    let open = Editor::new(bundle);
    group.bench_function("open the packs", |bencher| {
        bencher.iter(|| Editor::new(bundle));
    });
    for (name, question) in QUESTIONS {
        group.bench_function(name, |bencher| {
            let mut next = places.iter().step_by(STROKES * 13).cycle();
            bencher.iter(|| {
                let place = next.next().expect("scripts have places");
                at_a_stroke(&open, place, question);
            });
        });
    }
    group.finish();
}
