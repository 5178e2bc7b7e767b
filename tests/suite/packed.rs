//! Files of compiled packs from strangers: what is not sound is refused by name, and what
//! is sound but endless stops at a limit.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use longma_core::program::{End, NONE, Op, Program};
use longma_core::{Catalogue, Instant, Request, Span, packed};
use longma_tests::{loaded, persons};

fn program() -> (Catalogue, Program) {
    let (catalogue, program) = longma_compile::compile(&loaded().bundle).unwrap();
    let program = program.get().unwrap().clone();
    (catalogue, program)
}

fn code(bytes: &[u8]) -> String {
    let problems = packed::read(bytes).unwrap_err();
    problems
        .as_slice()
        .first()
        .unwrap()
        .code
        .as_str()
        .to_owned()
}

#[test]
fn a_file_that_is_cut_damaged_or_of_another_kind_is_refused_by_name() {
    let (catalogue, program) = program();
    let bytes = packed::write(&catalogue, &program, true).unwrap();
    assert!(packed::read(&bytes).is_ok());
    assert_eq!(code(b""), "packed-magic");
    assert_eq!(code(b"{\"longma_bundle\":1}"), "packed-magic");
    let mut other = bytes.clone();
    other[packed::MAGIC.len()] ^= 2;
    assert_eq!(code(&other), "packed-version");
    let cuts = (packed::MAGIC.len()..bytes.len()).step_by(997);
    for at in cuts {
        assert_eq!(
            code(bytes.get(..at).unwrap()),
            "packed-broken",
            "cut at {at}"
        );
        let mut flipped = bytes.clone();
        flipped[at] ^= 16;
        assert!(code(&flipped).starts_with("packed-"), "flipped at {at}");
    }
    let mut longer = bytes;
    longer.push(0);
    assert_eq!(code(&longer), "packed-broken");
}

#[test]
fn numbers_that_lead_nowhere_are_refused() {
    let (catalogue, sound) = program();
    let last = u32::try_from(sound.ops.len()).unwrap();
    let wrong = [
        // An operation that uses itself, a later one, and one that does not exist.
        Op::Need(last),
        Op::Or(last + 7, 0),
        Op::Need(NONE),
        Op::Slot(u32::MAX),
        Op::Local(sound.locals),
        // The writer numbers cells anew; slots it takes as they are.
        Op::Memo {
            cell: 0,
            of: 0,
            slot: u32::MAX,
        },
        Op::List(u32::MAX, 2),
        Op::Items(0, u32::MAX),
        Op::Kernel(u32::MAX),
    ];
    for op in wrong {
        let mut program = sound.clone();
        program.ops.push(op);
        program.entries.first_mut().unwrap().exact = last;
        assert_eq!(refused(&catalogue, &program), "packed-broken", "{op:?}");
    }
    let mut program = sound.clone();
    program.entries.first_mut().unwrap().exact = last;
    assert_eq!(refused(&catalogue, &program), "packed-broken");
    // Operations that nest too deeply for the stack.
    let mut program = sound;
    for depth in 0..100_000 {
        program
            .ops
            .push(Op::Need(last + depth - u32::from(depth > 0)));
    }
    let deepest = u32::try_from(program.ops.len()).unwrap() - 1;
    program.entries.first_mut().unwrap().exact = deepest;
    assert_eq!(refused(&catalogue, &program), "packed-broken");
}

/// The code with which a program is refused, by its writer or by its reader.
fn refused(catalogue: &Catalogue, program: &Program) -> String {
    match packed::write(catalogue, program, true) {
        Ok(bytes) => code(&bytes),
        Err(problem) => problem.code.as_str().to_owned(),
    }
}

/// Bytes that no writer has written, with a checksum that fits them: they are refused, or
/// they are a catalogue that decides something.
#[test]
fn changed_bytes_with_a_right_checksum_are_refused_or_decide() {
    let (catalogue, program) = program();
    let bytes = packed::write(&catalogue, &program, false).unwrap();
    let body = packed::MAGIC.len() + 12;
    let mut read = 0;
    for at in (body..bytes.len()).step_by(61) {
        for change in [1, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] ^= change;
            let sum = changed[body..]
                .iter()
                .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
                    (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
                });
            changed[body - 8..body].copy_from_slice(&sum.to_le_bytes());
            match packed::read(&changed) {
                Ok(catalogue) => {
                    read += 1;
                    let facts = r#"{"subject": "person"}"#;
                    let request = Request {
                        region: Some("620102"),
                        ..Request::default()
                    };
                    let _ = catalogue.evaluate(facts, request);
                }
                Err(problems) => assert!(problems.as_slice()[0].code.as_str() == "packed-broken"),
            }
        }
    }
    assert!(read > 0);
}

#[test]
fn a_file_is_smaller_without_places_and_decides_the_same() {
    let (catalogue, program) = program();
    let [with, without] =
        [true, false].map(|places| packed::write(&catalogue, &program, places).unwrap());
    assert!(without.len() + 20_000 < with.len());
    let [with, without] = [with, without].map(|bytes| packed::read(&bytes).unwrap());
    for seed in 0..20 {
        let facts = persons::person(seed).to_string();
        let decide = |catalogue: &Catalogue| {
            let outcome = catalogue.evaluate(&facts, Request::default());
            outcome.map(|outcome| outcome.json())
        };
        assert_eq!(decide(&with), decide(&without), "{facts}");
    }
}

/// Each operation uses the one before twice, so computing the last takes 2⁵⁰⁰ steps
/// although nothing is scanned.
#[test]
fn operations_that_double_stop_at_the_limit() {
    let (catalogue, mut program) = program();
    let id = |program: &Program| u32::try_from(program.ops.len()).unwrap();
    let mut last = id(&program);
    program.ops.push(Op::Word(0));
    for _ in 0..500 {
        let or = id(&program);
        program.ops.push(Op::Or(last, last));
        last = or;
    }
    assert_eq!(stopped(&catalogue, program, last), ["rule-operations"]);
}

/// The codes of the problems with which a program ends that has one operation for all
/// its rules. The decision must be unknown.
fn stopped(catalogue: &Catalogue, mut program: Program, rule: u32) -> Vec<String> {
    for entry in &mut program.entries {
        entry.fast = NONE;
        entry.exact = rule;
    }
    let bytes = packed::write(catalogue, &program, true).unwrap();
    let hostile = packed::read(&bytes).unwrap();
    let facts = (0..50).map(|seed| persons::person(seed).to_string());
    let many = facts
        .max_by_key(|facts| facts.matches("sampled_at").count())
        .unwrap();
    let window = Instant::parse("2022-07-15T12:00:00+08:00").unwrap();
    let request = Request {
        decisions: Some(&["code"]),
        window: Span::new(Some(window), None),
        ..Request::default()
    };
    let outcome = hostile.evaluate(&many, request).unwrap();
    assert_eq!(outcome.at("code", window).unwrap().level_name(), "unknown");
    let mut codes: Vec<String> = outcome
        .problems()
        .iter()
        .map(|problem| problem.code.as_str().to_owned())
        .filter(|code| !["no-pack", "missing-reference", "missing-section"].contains(&&**code))
        .collect();
    codes.dedup();
    codes.retain(|code| code != "evaluation-operations");
    codes
}

#[test]
fn a_hundred_loops_in_one_another_stop_at_the_limit() {
    let (catalogue, mut program) = program();
    let schema = catalogue.schema("person").unwrap();
    let tests = schema.root().position("tests").unwrap();
    let id = |program: &Program| u32::try_from(program.ops.len()).unwrap();
    let section = id(&program);
    program.ops.push(Op::Section(u32::try_from(tests).unwrap()));
    let mut inner = section;
    for _ in 0..100 {
        let scan = id(&program);
        program.ops.push(Op::Scan {
            end: End::Count,
            of: section,
            slot: 2,
            test: NONE,
            take: inner,
        });
        inner = scan;
    }
    assert_eq!(stopped(&catalogue, program, inner), ["rule-operations"]);
}
