#![allow(
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "x"
)]
use longma_bench::by_hand;
use longma_bench::setup;
use longma_core::{Catalogue, Request};
use std::hint::black_box;
use std::time::Instant as Clock;
fn median(mut f: impl FnMut(), n: usize) -> f64 {
    let mut t = Vec::new();
    for _ in 0..n {
        let c = Clock::now();
        f();
        t.push(c.elapsed().as_nanos() as f64);
    }
    t.sort_by(|a, b| a.total_cmp(b));
    t[t.len() / 2]
}
fn main() {
    let bundle = setup::bundle().unwrap();
    let c = Clock::now();
    let (compiled, program): (Catalogue, _) = longma_compile::compile(&bundle).unwrap();
    println!("compile {:?}", c.elapsed());
    let p = program.get().unwrap();
    println!(
        "ops {} operands {} sites {} entries {} cells {} slots {} locals {}",
        p.ops.len(),
        p.operands.len(),
        p.sites.len(),
        p.entries.len(),
        p.cells,
        p.slots,
        p.locals
    );
    let oracle = std::env::args()
        .nth(1)
        .is_some()
        .then(|| longma_oracle::load(bundle).unwrap());
    let world = setup::sample(&compiled).unwrap();
    for persons in &world.persons {
        let k = persons.facts.len() as f64;
        let n = if persons.name == "heavy" { 200 } else { 2000 };
        let dec = median(
            || {
                for f in &persons.facts {
                    black_box(compiled.read_facts(f).unwrap());
                }
            },
            n,
        ) / k;
        let read: Vec<_> = persons
            .facts
            .iter()
            .map(|f| compiled.read_facts(f).unwrap())
            .collect();
        let asked = |cat: &Catalogue, d: Option<&[&str]>, n: usize| {
            median(
                || {
                    for f in &read {
                        let r = Request {
                            references: Some(&world.references),
                            decisions: d,
                            ..Request::default()
                        };
                        black_box(cat.decide(f, r).unwrap());
                    }
                },
                n,
            ) / k
        };
        let code = asked(&compiled, Some(&["code"]), n);
        let three = asked(&compiled, Some(&["code", "validity", "gold"]), n);
        let all = asked(&compiled, None, n);
        let r = Request {
            references: Some(&world.references),
            decisions: Some(&["code", "validity", "gold"]),
            ..Request::default()
        };
        let rules = compiled.decide(&read[0], r).unwrap().rules_run();
        let win = median(
            || {
                for f in &read {
                    let r = Request {
                        references: Some(&world.references),
                        decisions: Some(&["code", "validity", "gold"]),
                        window: longma_core::Span::new(
                            longma_core::Instant::from_unix(1_657_857_600),
                            None,
                        ),
                        ..Request::default()
                    };
                    black_box(compiled.decide(f, r).unwrap());
                }
            },
            n,
        ) / k;
        let winc = median(
            || {
                for f in &read {
                    let r = Request {
                        references: Some(&world.references),
                        decisions: Some(&["code"]),
                        window: longma_core::Span::new(
                            longma_core::Instant::from_unix(1_657_857_600),
                            None,
                        ),
                        ..Request::default()
                    };
                    black_box(compiled.decide(f, r).unwrap());
                }
            },
            n,
        ) / k;
        let rw = compiled
            .decide(
                &read[0],
                Request {
                    references: Some(&world.references),
                    decisions: Some(&["code", "validity", "gold"]),
                    window: longma_core::Span::new(
                        longma_core::Instant::from_unix(1_657_857_600),
                        None,
                    ),
                    ..Request::default()
                },
            )
            .unwrap()
            .rules_run();
        println!("window: three {win:.0} code {winc:.0} rules {rw}");
        let hand = median(
            || {
                for f in &persons.facts {
                    black_box(by_hand::decide(f, &world.areas));
                }
            },
            n,
        ) / k;
        println!(
            "{}: {} B, decode {dec:.0} code {code:.0} three {three:.0} all {all:.0} hand {hand:.0} rules {rules}",
            persons.name,
            persons.facts[0].len()
        );
        if let Some(o) = &oracle {
            let read: Vec<_> = persons
                .facts
                .iter()
                .map(|f| o.read_facts(f).unwrap())
                .collect();
            let w = median(
                || {
                    for f in &read {
                        let r = Request {
                            references: Some(&world.references),
                            decisions: Some(&["code", "validity", "gold"]),
                            ..Request::default()
                        };
                        black_box(o.decide(f, r).unwrap());
                    }
                },
                5,
            ) / k;
            println!("  oracle three {w:.0}");
        }
    }
}
