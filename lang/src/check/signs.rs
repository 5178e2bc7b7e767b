//! Mistakes in the text itself: brackets, numbers, look-alike letters, and marks that
//! change the writing direction.

use crate::codes::Code;
use crate::notes::Notes;
use crate::script::Script;
use crate::syntax::{Bytes, ExprKind, SyntaxErrorKind, TokenKind, lex};
use longma_core::Args;

/// Words that Rhai reserves, apart from those that the profile forbids.
const RESERVED: &[&str] = &[
    "new",
    "use",
    "module",
    "package",
    "super",
    "match",
    "case",
    "public",
    "protected",
    "shared",
    "default",
    "null",
    "nil",
    "void",
    "exit",
    "is",
    "is_shared",
];

/// Full-width and Chinese punctuation, and what to write in a script.
const FULL_WIDTH: &[(char, &str)] = &[
    ('，', ","),
    ('。', "."),
    ('；', ";"),
    ('：', ":"),
    ('（', "("),
    ('）', ")"),
    ('【', "["),
    ('】', "]"),
    ('｛', "{"),
    ('｝', "}"),
    ('“', "\""),
    ('”', "\""),
    ('‘', "\""),
    ('’', "\""),
    ('！', "!"),
    ('＝', "="),
    ('＞', ">"),
    ('＜', "<"),
    ('＋', "+"),
    ('－', "-"),
    ('｜', "|"),
    ('＆', "&"),
    ('、', ","),
    ('\u{3000}', " "),
];

pub(super) fn check(script: &Script<'_>, notes: &mut Notes) {
    hidden(script, notes);
    errors(script, notes);
    words(script, notes);
    quotes(script, notes);
}

/// Invisible marks that change what a reader sees. Comments and texts are checked too.
fn hidden(script: &Script<'_>, notes: &mut Notes) {
    for (at, c) in script.text.char_indices() {
        let hides = matches!(c,
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
            | '\u{061c}' | '\u{feff}' | '\u{00ad}' | '\u{180e}');
        if hides && !(c == '\u{feff}' && at == 0) {
            let words = Args::of("code", format!("U+{:04X}", u32::from(c))).with("instead", "");
            notes.report(Code::ScriptHidden, &(at..at + c.len_utf8()), words);
        }
    }
}

fn errors(script: &Script<'_>, notes: &mut Notes) {
    let mut unclosed = false;
    let mut before = 0;
    for error in &script.parsed.errors {
        let functions = &script.parsed.script.functions;
        let begins = |at: usize| {
            functions
                .iter()
                .any(|f| (before..at).contains(&f.bytes.start))
        };
        unclosed &= !begins(error.bytes.start);
        before = error.bytes.start;
        // An unclosed text swallows the brackets after it: skip their errors.
        let bracket = matches!(
            error.kind,
            SyntaxErrorKind::Sign(_) | SyntaxErrorKind::Open(_)
        );
        if unclosed && bracket {
            continue;
        }
        unclosed |= error.kind == SyntaxErrorKind::Unclosed;
        let shown = script.text.get(error.bytes.clone()).unwrap_or_default();
        let first = shown.chars().next();
        let short: String = shown.chars().take(20).collect();
        let mut words = Args::of("found", short);
        let mut code = Code::ScriptSyntax;
        let case = match &error.kind {
            SyntaxErrorKind::Depth => {
                code = Code::ScriptDepth;
                ""
            }
            SyntaxErrorKind::Unclosed => {
                code = Code::ScriptUnclosed;
                ""
            }
            SyntaxErrorKind::Stray if first.is_some_and(|c| c.is_ascii_digit()) => {
                code = Code::ScriptNumber;
                if shown.contains('.') { "point" } else { "" }
            }
            _ if full_width(first).is_some() => {
                let sign = full_width(first).unwrap_or_default();
                words = words.with("sign", sign).with("instead", sign);
                "fullwidth"
            }
            SyntaxErrorKind::Sign(sign) => {
                words = words.with("sign", sign);
                "sign"
            }
            SyntaxErrorKind::Open(sign) => {
                words = words.with("sign", sign);
                "open"
            }
            SyntaxErrorKind::Expression if shown.is_empty() => "end",
            SyntaxErrorKind::Expression if shown == "return" => "return",
            SyntaxErrorKind::Expression => "expression",
            SyntaxErrorKind::Name => "name",
            SyntaxErrorKind::Stray => "stray",
        };
        words = words.with("case", case);
        notes.report(code, &clipped(&error.bytes, script), words);
    }
}

fn full_width(first: Option<char>) -> Option<&'static str> {
    let found = FULL_WIDTH.iter().find(|(sign, _)| Some(*sign) == first);
    found.map(|(_, meant)| *meant)
}

/// Cuts a range that spans several lines down to its first line.
fn clipped(bytes: &Bytes, script: &Script<'_>) -> Bytes {
    let text = script.text.get(bytes.clone()).unwrap_or_default();
    let line = text.find('\n').unwrap_or(text.len());
    bytes.start..bytes.start + line
}

/// Names with non-ASCII letters, and reserved words.
fn words(script: &Script<'_>, notes: &mut Notes) {
    let lexed = lex(&script.text);
    let mut before_point = false;
    for token in &lexed.tokens {
        let word = script.text.get(token.bytes.clone()).unwrap_or_default();
        let after_point = std::mem::replace(&mut before_point, word == "." || word == "?.");
        if token.kind != TokenKind::Word {
            continue;
        }
        if !word.is_ascii() {
            let letters: String = word.chars().filter(|c| !c.is_ascii()).take(8).collect();
            let found: Args = Args::of("name", word).with("letters", letters);
            notes.report(Code::ScriptLetters, &token.bytes, found);
        } else if RESERVED.contains(&word) && !after_point {
            let found = Args::of("name", word).with("case", "reserved");
            notes.report(Code::ScriptForbidden, &token.bytes, found);
        } else if word == "const" {
            let found = Args::of("name", word).with("case", "const");
            notes.report(Code::ScriptForbidden, &token.bytes, found);
        }
    }
}

/// Texts in single quotes: Rhai reads those as one character.
fn quotes(script: &Script<'_>, notes: &mut Notes) {
    for function in &script.parsed.script.functions {
        function.body.walk(&mut |expr| {
            let text = script.text.get(expr.bytes.clone()).unwrap_or_default();
            if matches!(expr.kind, ExprKind::Text(_)) && text.starts_with('\'') {
                let inside = text.trim_matches('\'');
                let words = Args::of("instead", format!("\"{inside}\""));
                notes.report(Code::ScriptQuotes, &expr.bytes, words);
            }
        });
    }
}
