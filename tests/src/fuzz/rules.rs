//! Compiled rules against the interpreter, for rules and facts that the bytes choose.

use crate::both::{Tables, compared, parted, tables};
use crate::scripts::{Choices, Example, TABLE, facts, rows, texts};
use longma_core::{Catalogue, Instant, Outcome, Request, Severity, Span, packed};
use longma_desk::check::check_texts;
use longma_desk::dice::Dice;
use std::fmt::Write as _;

/// How many bytes, times the first byte of the input, choose facts and table.
const FACTS: usize = 4;
/// A window in the time of the drawn facts.
const WINDOW: (&str, &str) = ("2022-01-04T00:00:00+08:00", "2022-01-10T12:00:00+08:00");

/// The pack that the bytes draw: the last ones choose facts and table, so that facts stay
/// as they are where a byte more or less changes the rules.
fn example(bytes: &[u8]) -> Example {
    let (first, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let facts_bytes = (usize::from(*first) * FACTS).min(rest.len());
    let (before, after) = rest.split_at(rest.len() - facts_bytes);
    let texts = texts(&mut Choices::of_bytes(before));
    let mut choices = Choices::of_bytes(after);
    Example {
        texts,
        facts: facts(&mut choices),
        rows: rows(&mut choices),
    }
}

/// Rules drawn by the bytes that the checker accepts get the same outcome or the same faults
/// from both bodies, after the compiled ones were written and read as a file; and an outcome
/// in a window is the whole one cut to it.
///
/// ```
/// let _ = longma_tests::fuzz::rules(b"any bytes give a pack");
/// ```
///
/// # Panics
/// If something differs; tells the scripts, the facts and the table.
#[must_use]
pub fn rules(bytes: &[u8]) -> bool {
    let example = example(bytes);
    let Some(difference) = difference(&example) else {
        return true;
    };
    // What the checker refuses may mean anything. Checking takes most of the time, so it
    // comes last.
    let findings = check_texts(&example.texts).findings;
    if findings.iter().any(|it| it.severity == Severity::Error) {
        return false;
    }
    let mut told = String::new();
    for (file, script) in example.scripts() {
        // Writing to a string cannot fail.
        let _ = writeln!(told, "{file}\n{script}");
    }
    panic!("{told}\n{}\n{}\n{difference}", example.facts, example.rows);
}

/// The first thing that is not as it should be for a pack that the checker accepts.
fn difference(example: &Example) -> Option<String> {
    let read = longma_compile::texts::read(&example.texts);
    if !read.findings.is_empty() {
        return None;
    }
    let (compiled, program) = match longma_compile::compile(&read.bundle) {
        Ok(compiled) => compiled,
        Err(problems) => return Some(format!("it does not compile: {problems}")),
    };
    let bytes = match packed::write(&compiled, program.get()?, true) {
        Ok(bytes) => bytes,
        Err(problem) => return Some(format!("it cannot be written: {problem}")),
    };
    let compiled = match packed::read(&bytes) {
        Ok(compiled) => compiled,
        Err(problems) => return Some(format!("it cannot be read again: {problems}")),
    };
    let oracle = match longma_oracle::load(&read.bundle) {
        Ok(oracle) => oracle,
        Err(problems) => return Some(format!("the interpreter refuses it: {problems}")),
    };
    compared(&oracle, &compiled, example).or_else(|| {
        let (cut, whole) = in_window(&compiled, example)?;
        (cut != whole).then(|| format!("in a window: {}", parted(&cut, &whole)))
    })
}

/// The outcome for the window, and the whole one cut to it.
fn in_window(catalogue: &Catalogue, example: &Example) -> Option<(String, String)> {
    let given = Tables::from([(TABLE.to_owned(), example.rows.clone())]);
    let references = tables(catalogue, &given).ok()?;
    let facts = catalogue.read_facts(&example.facts.to_string()).ok()?;
    let at = |text: &str| Instant::parse(text).ok();
    let window = Span::new(at(WINDOW.0), at(WINDOW.1));
    let decide = |window| {
        let request = Request {
            references: Some(&references),
            window,
            ..Request::default()
        };
        catalogue.decide(&facts, request).ok()
    };
    let json = |outcome: Outcome| outcome.within(window?).json().into();
    let cut: Option<String> = decide(window).and_then(json);
    let whole: Option<String> = decide(None).and_then(json);
    cut.zip(whole)
}

/// Bytes at random: any bytes draw a pack.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let one = |seed: u64| {
        let mut dice = Dice::of(seed, 0x5eed);
        let bytes = std::iter::repeat_with(|| dice.throw().to_be_bytes()[0]);
        // One byte in front, 400 for the facts and the others for the rules.
        let mut bytes: Vec<u8> = bytes.take(1_600).collect();
        if let Some(first) = bytes.first_mut() {
            *first = 100;
        }
        bytes
    };
    (0..40).map(one).collect()
}
