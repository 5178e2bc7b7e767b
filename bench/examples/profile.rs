#![allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    clippy::print_stdout,
    unused_crate_dependencies
)]
use longma_bench::by_hand;
use longma_bench::setup::{self, NOW};
use longma_core::{Instant, Request, Span};
use std::hint::black_box;
use std::time::Instant as Clock;
fn median(rounds: usize, n: usize, mut f: impl FnMut()) -> f64 {
    let mut all: Vec<f64> = (0..rounds)
        .map(|_| {
            let t = Clock::now();
            f();
            t.elapsed().as_nanos() as f64 / 1000.0 / n as f64
        })
        .collect();
    all.sort_by(f64::total_cmp);
    all[rounds / 2]
}
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let only = args.get(1).map(String::as_str).unwrap_or("all");
    let what = args.get(2).map(String::as_str).unwrap_or("");
    let bundle = setup::bundle().unwrap();
    let (all, program) = longma_compile::compile(&bundle).unwrap();
    let program = program.get().unwrap();
    let world = setup::sample(&all).unwrap();
    let from_now = Span::new(Instant::from_unix(NOW), None);
    let want: Vec<&str> = setup::BY_HAND.to_vec();
    for persons in &world.persons {
        if only != "all" && only != persons.name {
            continue;
        }
        let rounds: usize = args
            .get(3)
            .map_or(if persons.name == "heavy" { 200 } else { 3000 }, |s| {
                s.parse().unwrap()
            });
        let n = persons.facts.len();
        let read: Vec<_> = persons
            .facts
            .iter()
            .map(|f| all.read_facts(f).unwrap())
            .collect();
        let req = |decisions, window| Request {
            references: Some(&world.references),
            region: Some("620102"),
            decisions,
            window,
        };
        let mut show = |name: &str, f: &mut dyn FnMut()| {
            if what.is_empty() || what == name {
                println!(
                    "{:8} {:14} {:9.2} µs",
                    persons.name,
                    name,
                    median(rounds, n, || f())
                );
            }
        };
        show("hand", &mut || {
            for f in &persons.facts {
                black_box(by_hand::decide(f, &world.areas).unwrap());
            }
        });
        show("read", &mut || {
            for f in &persons.facts {
                black_box(all.read_facts(f).unwrap());
            }
        });
        show("window", &mut || {
            for f in &read {
                black_box(all.decide(f, req(Some(&want), from_now)).unwrap());
            }
        });
        show("window-code", &mut || {
            for f in &read {
                black_box(all.decide(f, req(Some(&["code"]), from_now)).unwrap());
            }
        });
        show("always", &mut || {
            for f in &read {
                black_box(all.decide(f, req(Some(&want), None)).unwrap());
            }
        });
        show("all-always", &mut || {
            for f in &read {
                black_box(all.decide(f, req(None, None)).unwrap());
            }
        });
        show("all-window", &mut || {
            for f in &read {
                black_box(all.decide(f, req(None, from_now)).unwrap());
            }
        });
    }
}
