#![allow(clippy::all, clippy::pedantic, clippy::unwrap_used, reason = "x")]
use longma_bench::setup;
use longma_core::Request;
use std::hint::black_box;
fn main() {
    let bundle = setup::bundle().unwrap();
    let (c, _) = longma_compile::compile(&bundle).unwrap();
    let world = setup::sample(&c).unwrap();
    let which = std::env::args().nth(1).unwrap();
    let n: usize = std::env::args().nth(2).unwrap().parse().unwrap();
    let p = world.persons.iter().find(|p| p.name == which).unwrap();
    let read: Vec<_> = p.facts.iter().map(|f| c.read_facts(f).unwrap()).collect();
    let d: &[&str] = &["code", "validity", "gold"];
    for _ in 0..n {
        for f in &read {
            black_box(
                c.decide(
                    f,
                    Request {
                        references: Some(&world.references),
                        decisions: Some(d),
                        window: longma_core::Span::new(
                            longma_core::Instant::from_unix(1_657_857_600),
                            None,
                        ),
                        ..Request::default()
                    },
                )
                .unwrap(),
            );
        }
    }
}
