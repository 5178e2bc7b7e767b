//! Holds the table of what rules can call to itself, and both bodies to it: each way is
//! compiled, and decides the same as the interpreter.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::check::{Runs, Snippet, argument, bundle, tested};
use longma_core::{Catalogue, Request};
use longma_lang::helpers::{Accepts, Body, Gives, Way, Written, ways};
use longma_tests::{loaded, references, sample_areas};
use std::fmt::Write as _;

/// The way as it is written in a script, with arguments that it takes.
fn written(way: &Way) -> String {
    let takes = way.signature.takes.iter();
    let arguments: Vec<&str> = takes.map(|slot| argument(slot.accepts)).collect();
    let name = way.signature.name;
    match (way.signature.written, arguments.as_slice()) {
        (Written::Sign, [of]) => format!("{name}{of}"),
        (Written::Sign, _) => arguments.join(&format!(" {name} ")),
        (Written::Method, [of, rest @ ..]) => format!("({of}).{name}({})", rest.join(", ")),
        _ => format!("{name}({})", arguments.join(", ")),
    }
}

/// A cause that depends on the value `v`, where a cause can.
fn cause(gives: Gives) -> &'static str {
    match gives {
        Gives::Bool => "if v { red(t.sampled_at, ()) } else { yellow(t.sampled_at, ()) }",
        Gives::Int => "red(t.sampled_at + hours(v), ())",
        Gives::Instant => "red(v, ())",
        Gives::Date => "red(v.start(), ())",
        Gives::Elapsed | Gives::Days => "red(t.sampled_at + v, ())",
        Gives::When => "red(v)",
        Gives::MaybeInt => "red(t.sampled_at + hours(v ?? 77), ())",
        Gives::MaybeInstant => "red(v ?? t.sampled_at, ())",
        Gives::Cause | Gives::First => "v",
        _ => "()",
    }
}

fn outcome(catalogue: &Catalogue) -> String {
    let areas = references(catalogue, sample_areas());
    let request = Request {
        region: Some("620102"),
        references: Some(&areas),
        decisions: Some(&["code"]),
        window: None,
    };
    let outcome = catalogue.evaluate(&tested().to_string(), request);
    outcome.unwrap().json()
}

#[test]
fn every_way_to_call_is_compiled_and_decides_as_the_interpreter_does() {
    for way in ways() {
        let (value, cause) = (written(way), cause(way.signature.gives));
        let mut text = String::new();
        writeln!(
            text,
            "fn rule(tests, risk_areas, gold) {{ tests.flat_map(|t| {{ let v = {value}; {cause} }}) }}"
        )
        .unwrap();
        let snippet = Snippet {
            at: String::new(),
            text,
            params: "{}".to_owned(),
            runs: Runs::Somehow,
        };
        let bundle = bundle(&loaded().bundle, &snippet);
        let interpreted = longma_oracle::load(&bundle).unwrap();
        let (compiled, _) = longma_compile::compile(&bundle)
            .unwrap_or_else(|problems| panic!("{value}: {problems}"));
        assert_eq!(outcome(&interpreted), outcome(&compiled), "{value}");
    }
}

#[test]
fn a_plain_operation_has_the_operands_of_each_way_to_call_it() {
    for way in ways().filter(|way| way.body != Body::Special) {
        let function = way.function.unwrap();
        let takes = way.signature.takes;
        let operands = takes.len() + usize::from(way.at_offset);
        assert_eq!(function.arity(), operands, "{}", way.signature.name);
        let absent = takes.iter().position(|it| it.accepts == Accepts::Absent);
        assert!(
            absent.is_none() || absent == function.optional(),
            "{}: `optional` does not name the operand that may be absent",
            way.signature.name
        );
    }
}
