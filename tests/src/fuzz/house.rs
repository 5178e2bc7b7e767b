//! The texts of a house of packs: manifest, captions, script, cases and schema, in whatever
//! state they are.

use longma_compile::texts::{self, Texts};
use longma_core::{Place, Severity};
use longma_desk::case;
use longma_desk::check::check_texts;
use longma_lang::finding::Spot;
use std::sync::LazyLock;

/// Stands before each text; the byte after it names the file.
const BEFORE: u8 = 0x1e;
/// The pack whose files are changed.
const PACK: &str = "packs/62/clinic-2020-01-24/";
/// How many of its cases are kept: enough for each form that cases have.
const CASES: usize = 4;

/// The files that an input can change, as they are in the project.
static BASE: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let names = [
        "pack.toml",
        "captions.toml",
        "alert.rhai",
        "cases/alert.toml",
    ];
    let paths = names.iter().map(|name| format!("{PACK}{name}"));
    let paths = paths.chain(["schema/clinic.schema.json".to_owned()]);
    let read = |path: String| {
        let text = std::fs::read_to_string(crate::rules().join(&path)).unwrap_or_default();
        let text = if path.contains("/cases/") {
            first_cases(&text)
        } else {
            text
        };
        (path, text)
    };
    paths.map(read).collect()
});

fn first_cases(text: &str) -> String {
    let parts: Vec<&str> = text.split("[[case]]").take(CASES + 1).collect();
    parts.join("[[case]]")
}

/// Whatever stands in the files, the checker tells it twice alike, with places that are in
/// the files and that the command can show; and packs in which it finds no error load in
/// both bodies and decide the cases alike.
///
/// ```
/// longma_tests::fuzz::house(b"\x1e\x02fn rule() { 1 }");
/// ```
///
/// # Panics
/// If reading, checking or showing does, or if a finding or an outcome differs.
pub fn house(bytes: &[u8]) {
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
    assert_eq!(findings, check_texts(&texts).findings, "checked twice");
    for finding in &findings {
        let path = finding.spot.file();
        let text = path.and_then(|path| texts.get(path));
        if let Some(text) = text {
            within(&finding.spot, text);
        }
        let file = path.zip(text.map(String::as_str));
        let shown = longma_cli::probe::shown(finding, file);
        assert!(shown.contains(finding.code.as_str()), "{shown}");
    }
    if findings.iter().any(|it| it.severity == Severity::Error) {
        return;
    }
    let house = texts::read(&texts);
    let compiled = longma_compile::compile(&house.bundle);
    let (Ok((compiled, _)), Ok(oracle)) = (compiled, longma_oracle::load(&house.bundle)) else {
        panic!("what the checker accepts does not load");
    };
    for case in case::read(&texts).cases {
        let [one, other] = [&compiled, &oracle].map(|catalogue| {
            let decided = case.evaluate(catalogue);
            decided.map(|outcome| outcome.json())
        });
        assert_eq!(one, other, "{}", case.name);
    }
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
