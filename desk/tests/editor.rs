//! Tests of the editor's answers as data: each case in `editor/*.txt` is a script with
//! a cursor and the expected answer. The packs around them are invented.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use longma_compile::Bundle;
use longma_core::Place;
use longma_desk::editor::{Card, Completion, Editor};
use longma_lang::finding::{Range, Spot};
use longma_lang::syntax::Lines;
use std::collections::BTreeMap;

/// The pack that a script is put into, by decision.
const PACKS: [(&str, &str); 3] = [
    ("code", "62/2022-03-07"),
    ("gold", "62/2022-03-07"),
    ("validity", "62/validity-2022-03-07"),
];

/// A script with a cursor, and the expected lines.
struct Case<'a> {
    name: &'a str,
    decision: &'a str,
    script: String,
    cursor: usize,
    expected: Vec<&'a str>,
}

/// The first words of expectation lines.
const EXPECTING: &[&str] = &[
    "->", "says", "first", "all", "has", "lacks", "replaces", "inserts", "nothing",
];

fn cases(text: &str) -> Vec<Case<'_>> {
    let cases = text.split("\n== ").skip(1);
    let cases: Vec<Case<'_>> = cases.map(case).collect();
    assert!(cases.len() > 10, "the file is not read as it is meant");
    cases
}

fn case(text: &str) -> Case<'_> {
    let mut lines: Vec<&str> = text.trim_end().lines().collect();
    let name = lines.remove(0);
    let is_expected = |line: &&str| {
        let first = line.split(' ').next().unwrap_or_default();
        EXPECTING.contains(&first)
    };
    let below = lines.iter().rposition(|line| !is_expected(line)).unwrap();
    let expected = lines.split_off(below + 1);
    assert!(!expected.is_empty(), "{name}: nothing is expected");
    let script = lines.join("\n");
    let named = PACKS.iter().find_map(|(decision, _)| {
        let script = script.strip_prefix(decision)?.strip_prefix(": ")?;
        Some((*decision, script.to_owned()))
    });
    let (decision, script) = named.unwrap_or(("code", script));
    let cursor = script
        .find('‸')
        .unwrap_or_else(|| panic!("{name}: no cursor"));
    Case {
        name,
        decision,
        script: script.replace('‸', ""),
        cursor,
        expected,
    }
}

impl Case<'_> {
    fn bundle(&self) -> Bundle {
        let mut packs: Vec<longma_compile::PackSource> =
            serde_json::from_str(include_str!("editor/packs.json")).unwrap();
        let own = packs
            .iter_mut()
            .find(|pack| pack.id == self.pack())
            .unwrap();
        own.scripts
            .insert(self.decision.to_owned(), self.script.clone());
        let texts = |name: &str, text: &str| BTreeMap::from([(name.to_owned(), text.to_owned())]);
        Bundle {
            longma_bundle: longma_compile::BUNDLE_FORMAT,
            schemas: texts("person", include_str!("editor/person.schema.json")),
            references: texts("risk_areas", include_str!("editor/risk_areas.schema.json")),
            places: None,
            packs,
        }
    }

    fn pack(&self) -> &'static str {
        let found = PACKS
            .iter()
            .find(|(decision, _)| *decision == self.decision);
        found.unwrap().1
    }

    fn file(&self) -> String {
        format!("packs/{}/{}.rhai", self.pack(), self.decision)
    }

    fn at(&self) -> longma_lang::finding::Position {
        Lines::new(&self.script).position(self.cursor)
    }

    fn written(&self, range: &Range) -> &str {
        let lines = Lines::new(&self.script);
        let bytes = lines.byte(range.start)..lines.byte(range.end);
        self.script.get(bytes).expect("a range of the script")
    }
}

fn shown(card: &Card) -> String {
    let what = serde_json::to_value(card.what).unwrap();
    let what = what.as_str().unwrap();
    match &card.kind {
        Some(kind) => format!("{what} {} | {} | {}", card.label, kind.en, kind.zh_cn),
        None => format!("{what} {}", card.label),
    }
}

/// Runs all cases of a file and reports every difference.
fn run(text: &str, differs: impl Fn(&Case<'_>) -> Vec<String>) {
    let mut found = Vec::new();
    for case in cases(text) {
        found.extend(
            differs(&case)
                .iter()
                .map(|it| format!("{}:\n    {it}", case.name)),
        );
    }
    assert!(
        found.is_empty(),
        "{} differ\n{}",
        found.len(),
        found.join("\n")
    );
}

#[test]
fn hover_shows_type_and_documentation_of_what_is_there() {
    run(include_str!("editor/hover.txt"), |case| {
        let bundle = case.bundle();
        let hover = Editor::new(&bundle).hover(&case.file(), case.at());
        let cards = hover.map(|hover| hover.cards).unwrap_or_default();
        let mut heads: Vec<String> = cards.iter().map(shown).collect();
        if heads.is_empty() {
            heads.push("nothing".to_owned());
        }
        let said: Vec<&str> = cards
            .iter()
            .filter_map(|card| card.documentation.as_ref())
            .flat_map(|words| words.en.lines().chain(words.zh_cn.lines()))
            .collect();
        let mut differs = Vec::new();
        let mut expected_heads = Vec::new();
        for line in &case.expected {
            if let Some(head) = line.strip_prefix("-> ") {
                expected_heads.push(head);
            } else if let Some(words) = line.strip_prefix("says ")
                && !said.contains(&words)
            {
                differs.push(format!("does not say {words:?} but {said:?}"));
            }
        }
        // A case without a type accepts any.
        let same = heads.len() == expected_heads.len()
            && heads.iter().zip(&expected_heads).all(|(head, expected)| {
                head == expected || head.split(" | ").next() == Some(*expected)
            });
        if !same {
            differs.push(format!("{heads:?}"));
        }
        differs
    });
}

#[test]
fn a_definition_is_found() {
    run(include_str!("editor/definition.txt"), |case| {
        let bundle = case.bundle();
        let spots = Editor::new(&bundle).definition(&case.file(), case.at());
        let mut found: Vec<String> = spots.iter().map(placed).collect();
        if found.is_empty() {
            found.push("-> nothing".to_owned());
        }
        if found == case.expected {
            Vec::new()
        } else {
            vec![format!("{found:?}")]
        }
    });
}

fn placed(spot: &Spot) -> String {
    match spot {
        Spot::Range(Range { file, start, end }) => format!(
            "-> {file} {}:{}-{}:{}",
            start.line, start.column, end.line, end.column
        ),
        Spot::Place(Place::Key { file, key }) => {
            let keys: Vec<String> = key.iter().map(|key| format!("/{key}")).collect();
            format!("-> {file} {}", keys.join("")).trim_end().to_owned()
        }
        Spot::Place(other) => panic!("{other:?} is no place of a definition"),
    }
}

#[test]
fn completion_proposes_what_can_stand_there() {
    run(include_str!("editor/completion.txt"), |case| {
        let bundle = case.bundle();
        let completion = Editor::new(&bundle).completion(&case.file(), case.at());
        let expected = case.expected.iter();
        expected
            .filter_map(|line| missing(case, completion.as_ref(), line))
            .collect()
    });
}

/// How a completion fails one line's expectation; `None` if it meets it.
fn missing(case: &Case<'_>, completion: Option<&Completion>, line: &str) -> Option<String> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let Some(completion) = completion else {
        return (word != "nothing").then(|| format!("nothing where {line:?} is expected"));
    };
    let labels: Vec<&str> = completion
        .proposals
        .iter()
        .map(|it| it.card.label.as_str())
        .collect();
    let expected = split(rest);
    let fits = match word {
        "first" => labels.starts_with(&expected),
        "all" => {
            let mut sorted = [labels.clone(), expected.clone()];
            for names in &mut sorted {
                names.sort_unstable();
            }
            sorted[0] == sorted[1]
        }
        "has" => expected.iter().all(|name| labels.contains(name)),
        "lacks" => expected.iter().all(|name| !labels.contains(name)),
        "replaces" => {
            let written = case.written(&completion.range);
            if written != rest {
                return Some(format!("replaces {written:?} and not {rest:?}"));
            }
            true
        }
        "inserts" => {
            let (label, text) = rest.split_once(": ").expect("a label and a text");
            let found = completion
                .proposals
                .iter()
                .find(|it| it.card.label == label);
            let insert = found.map(|it| {
                let head: String = it.insert.chars().take(it.caret).collect();
                let tail: String = it.insert.chars().skip(it.caret).collect();
                format!("{head}‸{tail}")
            });
            if insert.as_deref() != Some(text) {
                return Some(format!("inserts {insert:?} and not {text:?}"));
            }
            true
        }
        _ => false,
    };
    (!fits).then(|| format!("{word}: {labels:?}"))
}

/// Splits labels at commas; a comma inside brackets belongs to its label.
fn split(text: &str) -> Vec<&str> {
    let mut depth = 0usize;
    let parts = text.split(|c| {
        depth = match c {
            '(' => depth + 1,
            ')' => depth.saturating_sub(1),
            _ => depth,
        };
        c == ',' && depth == 0
    });
    parts
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect()
}
