//! The texts of a house of packs: manifest, captions, script, cases and schema, in whatever
//! state they are.

use crate::scripts::{self, Choices};
use longma_compile::texts::{self, Texts};
use longma_core::{Place, Severity};
use longma_desk::case;
use longma_desk::check::check_texts;
use longma_lang::finding::Spot;
use std::sync::LazyLock;

/// Stands before each text; the byte after it names the file.
const BEFORE: u8 = 0x1e;
/// The drawn pack whose files are changed.
const SEED: u64 = 5;
const CASES: &str = "packs/62/2022-01-01/cases/alpha.toml";

/// The files that an input can change.
static BASE: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let choices = &mut Choices::of_seed(SEED);
    let texts = scripts::texts(choices);
    let mut files: Vec<(String, String)> = texts.into_iter().collect();
    files.push((
        CASES.to_owned(),
        cases(&scripts::facts(choices).to_string()),
    ));
    files
});

/// A case of each form about these facts, whose JSON is TOML but for its colons.
fn cases(facts: &str) -> String {
    let facts = facts.replace("\":", "\"=");
    format!(
        "base = {facts}\n\n\
         [[case]]\nname = \"as drawn\"\n\
         at = [ {{ time = 2022-01-20T09:00:00+08:00, alpha = \"calm\" }} ]\n\n\
         [[case]]\nname = \"refused\"\nfacts = {{ subject = \"sample\" }}\n\
         problems = [\"facts-required\"]\n"
    )
}

/// Whatever stands in the files, the checker tells it with places that are in
/// the files and that the command can show; and packs in which it finds no error load in
/// both bodies and decide the cases alike.
///
/// ```
/// let _ = longma_tests::fuzz::house(b"\x1e\x02fn rule() { 1 }");
/// ```
///
/// # Panics
/// If reading, checking or showing does, or if a finding or an outcome differs.
#[must_use]
pub fn house(bytes: &[u8]) -> bool {
    let mut texts: Texts = BASE.iter().cloned().collect();
    for part in bytes.split(|byte| *byte == BEFORE) {
        let Some((name, text)) = part.split_first() else {
            continue;
        };
        if let Some((path, _)) = BASE.get(usize::from(*name) % BASE.len()) {
            let text = String::from_utf8_lossy(text).into_owned();
            texts.insert(path.clone(), text);
        }
    }
    let findings = check_texts(&texts).findings;
    for finding in &findings {
        let path = finding.spot.file();
        let text = path.and_then(|path| texts.get(path));
        if let Some(text) = text {
            within(&finding.spot, text);
        }
        let file = path.zip(text.map(String::as_str));
        let shown = longma_cli::in_memory::shown(finding, file);
        assert!(shown.contains(finding.code.as_str()), "{shown}");
    }
    if findings.iter().any(|it| it.severity == Severity::Error) {
        return false;
    }
    let house = texts::read(&texts);
    let compiled = longma_compile::compile(&house.bundle);
    let (Ok((compiled, _)), Ok(oracle)) = (compiled, longma_oracle::load(&house.bundle)) else {
        panic!("what the checker accepts does not load");
    };
    let cases = case::read(&texts).cases;
    for case in &cases {
        let [one, other] = [&compiled, &oracle].map(|catalogue| {
            let decided = case.evaluate(catalogue);
            decided.map(|outcome| outcome.json())
        });
        assert_eq!(one, other, "{}", case.name);
    }
    !cases.is_empty()
}

/// Holds a finding's place to the text that it is in.
fn within(spot: &Spot, text: &str) {
    let lines = text.lines().count() + 1;
    match spot {
        Spot::Range(range) => {
            let (start, end) = (range.start, range.end);
            assert!(
                start <= end && start.line >= 1 && end.line <= lines,
                "{range:?}"
            );
            let line = text.split('\n').nth(start.line - 1).unwrap_or_default();
            assert!(start.column <= line.chars().count() + 1, "{range:?}");
        }
        Spot::Place(Place::File { line, .. }) => {
            assert!(*line <= lines, "line {line} of {lines}");
        }
        Spot::Place(_) => {}
    }
}

/// Each file as it is, alone and with its pack.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let marked = |(at, (_, text)): (usize, &(String, String))| {
        let name = u8::try_from(at).unwrap_or(0);
        [&[BEFORE, name], text.as_bytes()].concat()
    };
    BASE.iter().enumerate().map(marked).collect()
}
