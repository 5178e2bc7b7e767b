//! Asks an editor's questions at every place in every script of the project, and in
//! scripts with a random cut. Every answer must lie inside the text.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use longma_compile::Bundle;
use longma_compile::shared::own_text;
use longma_desk::editor::Editor;
use longma_lang::finding::{Position, Range, Spot};
use longma_lang::syntax::{Lines, written};
use longma_tests::loaded;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

fn bundle() -> &'static Bundle {
    static BUNDLE: OnceLock<Bundle> = OnceLock::new();
    BUNDLE.get_or_init(|| loaded().bundle)
}

/// Every script: its pack's position, decision, path and text.
fn scripts() -> Vec<(usize, &'static str, String, &'static str)> {
    let packs = bundle().packs.iter().enumerate();
    let scripts = packs.flat_map(|(index, pack)| {
        pack.scripts.iter().map(move |(decision, text)| {
            let file = format!("packs/{}/{decision}.rhai", pack.id);
            (index, decision.as_str(), file, written(text))
        })
    });
    scripts.collect()
}

/// Whether a range lies in its file's text and ends no earlier than it begins.
fn lies_in(range: &Range, texts: &Texts<'_>) -> bool {
    let Some(lines) = texts.get(&range.file) else {
        return false;
    };
    let exact = |at: Position| lines.position(lines.byte(at)) == at;
    exact(range.start) && exact(range.end) && range.start <= range.end
}

/// Between words, only every third place is asked what fits.
const APART: usize = 3;

/// The lines of each script, by its path.
type Texts<'a> = BTreeMap<String, Lines<'a>>;

/// Asks all questions at one place.
fn ask(editor: &Editor<'_>, texts: &Texts<'_>, file: &str, at: Position) {
    ask_what_is_there(editor, texts, file, at);
    ask_what_fits(editor, texts, file, at);
}

fn ask_what_is_there(editor: &Editor<'_>, texts: &Texts<'_>, file: &str, at: Position) {
    if let Some(hover) = editor.hover(file, at) {
        assert!(lies_in(&hover.range, texts), "{hover:?}");
        let touches = hover.range.start <= at && at <= hover.range.end;
        assert!(touches, "{at:?}: {hover:?}");
        assert!(!hover.cards.is_empty());
    }
    for spot in editor.definition(file, at) {
        if let Spot::Range(range) = spot {
            assert!(lies_in(&range, texts), "{range:?}");
        }
    }
}

fn ask_what_fits(editor: &Editor<'_>, texts: &Texts<'_>, file: &str, at: Position) {
    if let Some(completion) = editor.completion(file, at) {
        assert!(lies_in(&completion.range, texts), "{at:?}: {completion:?}");
        let touches = completion.range.start <= at && at <= completion.range.end;
        assert!(touches, "{at:?}: {completion:?}");
        let mut labels: BTreeSet<&str> = BTreeSet::new();
        for proposal in &completion.proposals {
            assert!(proposal.caret <= proposal.insert.chars().count());
            let label = proposal.card.label.as_str();
            assert!(labels.insert(label), "{at:?}: {label} twice");
            let words = [&proposal.card.kind, &proposal.card.documentation];
            assert!(
                words
                    .into_iter()
                    .flatten()
                    .all(|words| !words.is_incomplete())
            );
        }
    }
}

fn texts(bundle: &Bundle) -> Texts<'_> {
    let scripts = bundle.packs.iter().flat_map(|pack| {
        pack.scripts.iter().map(|(decision, text)| {
            let file = format!("packs/{}/{decision}.rhai", pack.id);
            (file, Lines::new(written(text)))
        })
    });
    let shared = bundle.packs.iter().filter_map(own_text);
    let shared = shared.map(|(file, text)| (file, Lines::new(text)));
    scripts.chain(shared).collect()
}

/// Whether the two characters before a place and the one after it are all word characters
/// or all spaces.
fn is_inside(text: &str, byte: usize) -> bool {
    let (before, after) = text.split_at(byte);
    let near = before.chars().rev().take(2).chain(after.chars().take(1));
    let near: Vec<char> = near.collect();
    let all = |of: fn(char) -> bool| near.len() == 3 && near.iter().all(|c| of(*c));
    all(|c| c == '_' || c.is_alphanumeric()) || all(|c| c == ' ')
}

#[test]
fn every_place_of_every_script_has_an_answer_inside_the_text() {
    let texts = texts(bundle());
    let editor = Editor::new(bundle());
    let mut apart = 0;
    for (_, _, file, text) in scripts() {
        let lines = Lines::new(text);
        for (byte, _) in text.char_indices().chain([(text.len(), ' ')]) {
            let at = lines.position(byte);
            ask_what_is_there(&editor, &texts, &file, at);
            // Places inside a word, or between spaces, are all alike. Between words each
            // question analyses the script again, so only some places are asked about.
            if touches_word(text, byte) {
                if !is_inside(text, byte) {
                    ask_what_fits(&editor, &texts, &file, at);
                }
            } else if !is_inside(text, byte) {
                apart += 1;
                if apart % APART == 0 {
                    ask_what_fits(&editor, &texts, &file, at);
                }
            }
        }
    }
}

/// Whether a word begins, continues or ends at a place.
fn touches_word(text: &str, byte: usize) -> bool {
    let (before, _) = text.split_at(byte);
    before.ends_with(|c: char| c == '_' || c.is_alphanumeric())
}

/// Every name, text and field in the project's rules has a hover.
#[test]
fn every_name_in_the_projects_scripts_has_a_hover() {
    use longma_lang::syntax::{TokenKind, lex};
    const WORDS: &[&str] = &[
        "fn", "private", "let", "if", "else", "return", "switch", "in", "true", "false",
    ];
    let editor = Editor::new(bundle());
    let mut bare = Vec::new();
    for (_, _, file, text) in scripts() {
        let lines = Lines::new(text);
        for token in lex(text).tokens {
            let written = text.get(token.bytes.clone()).unwrap();
            let named = match token.kind {
                TokenKind::Word => !WORDS.contains(&written),
                TokenKind::Text(_) => true,
                _ => false,
            };
            let hover = editor.hover(&file, lines.position(token.bytes.start));
            let typed = hover.is_some_and(|hover| {
                let known = |card: &longma_desk::editor::Card| {
                    card.kind.is_some() || card.documentation.is_some()
                };
                hover.cards.iter().all(known)
            });
            if named && !typed {
                let at = lines.position(token.bytes.start);
                bare.push(format!("{file}:{}:{} {written}", at.line, at.column));
            }
        }
    }
    assert!(
        bare.is_empty(),
        "{} have none\n{}",
        bare.len(),
        bare.join("\n")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_script_that_is_cut_anywhere_has_answers_inside_the_text(
        script in any::<prop::sample::Index>(),
        ends in any::<[prop::sample::Index; 2]>(),
        cursor in any::<prop::sample::Index>(),
        junk in prop::sample::select(vec!["", "", ".", "\"", "(", "|", "{", "}", "fn ", "/*", "`${", "///", " == "]),
    ) {
        let scripts = scripts();
        let (pack, decision, file, text) = script.get(&scripts);
        let boundaries: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let mut cut = ends.map(|index| *index.get(&boundaries));
        cut.sort_unstable();
        // Cut only a little, so that most of the script can still be understood.
        let until = cut[1].min(cut[0] + 40);
        let until = (until..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap();
        let mut written = text.to_string();
        written.replace_range(cut[0]..until, junk);
        let mut bundle = bundle().clone();
        bundle.packs[*pack].scripts.insert((*decision).to_owned(), written.clone());
        let texts = texts(&bundle);
        let editor = Editor::new(&bundle);
        let lines = Lines::new(&written);
        let places: Vec<usize> = written.char_indices().map(|(at, _)| at).collect();
        for byte in [cut[0], cut[0] + junk.len(), *cursor.get(&places), written.len()] {
            ask(&editor, &texts, file, lines.position(byte));
        }
    }
}
