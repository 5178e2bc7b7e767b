//! The parts of a document: the functions of a script, the tables of a manifest, of captions
//! and of cases. They are listed and can be folded.

use super::Server;
use super::place;
use super::protocol::{self, Fault};
use longma_compile::toml::Toml;
use lsp_types::{
    DocumentSymbol, DocumentSymbolParams, FoldingRange, FoldingRangeParams, SymbolKind, Uri,
};
use serde_json::Value as Json;
use std::ops::Range;

/// One part of a document.
struct Part {
    name: String,
    detail: Option<String>,
    kind: SymbolKind,
    /// All of it.
    whole: Range<usize>,
    /// Its name, or the line that it begins with.
    head: Range<usize>,
}

impl Server {
    /// The parts of a document.
    pub(super) fn symbols(&mut self, params: Json) -> Result<Json, Fault> {
        let params: DocumentSymbolParams = protocol::params(params)?;
        let encoding = self.encoding;
        let symbols = self.parts(&params.text_document.uri, |text, part| {
            #[allow(
                deprecated,
                reason = "the type has no default, and its field must be there"
            )]
            DocumentSymbol {
                name: part.name,
                detail: part.detail,
                kind: part.kind,
                tags: None,
                deprecated: None,
                range: place::range(text, &part.whole, encoding),
                selection_range: place::range(text, &part.head, encoding),
                children: None,
            }
        });
        protocol::result(&symbols)
    }

    /// Each part from its first line to its last.
    pub(super) fn folds(&mut self, params: Json) -> Result<Json, Fault> {
        let params: FoldingRangeParams = protocol::params(params)?;
        let encoding = self.encoding;
        let folds = self.parts(&params.text_document.uri, |text, part| {
            let range = place::range(text, &part.whole, encoding);
            FoldingRange {
                start_line: range.start.line,
                end_line: range.end.line,
                ..FoldingRange::default()
            }
        });
        protocol::result(&folds)
    }

    /// Something of each part of a document; `None` of what has none.
    fn parts<T>(&mut self, uri: &Uri, each: impl Fn(&str, Part) -> T) -> Option<Vec<T>> {
        let path = self.path_of(uri.as_str())?;
        if super::is_toml(&path) {
            let text = self.texts.get(&path)?;
            return Some(tables(text).into_iter().map(|it| each(text, it)).collect());
        }
        let script = self.desk_for(&path).editor().script(&path)?;
        let functions = script.parsed.script.functions.iter();
        // Behind what is written stand copies of shared functions.
        let own = functions.filter(|it| it.bytes.end <= script.written.len());
        let parts = own.map(|function| {
            let parameters = function.parameters.iter();
            let parameters: Vec<&str> = parameters.map(|it| &*it.text).collect();
            let part = Part {
                name: function.name.text.clone(),
                detail: Some(parameters.join(", ")),
                kind: if function.private {
                    SymbolKind::FUNCTION
                } else {
                    SymbolKind::EVENT
                },
                whole: function.bytes.clone(),
                head: function.name.bytes.clone(),
            };
            each(script.written, part)
        });
        Some(parts.collect())
    }
}

/// The tables under headings, also of a text that is no TOML at the moment. A case is named by
/// its sentence.
fn tables(text: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut at = 0;
    // Within a text over several lines nothing begins.
    let mut quoted: Option<&str> = None;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let said = line.trim_end();
        let inside = quoted.is_some();
        if let Some(mark) = quoted {
            quoted = quoted.filter(|_| !said.contains(mark));
        } else {
            let opens = |mark: &&&str| said.matches(**mark).count() % 2 == 1;
            quoted = ["\"\"\"", "'''"].iter().find(opens).copied();
        }
        if let Some(name) = heading(said).filter(|_| !inside) {
            parts.push(Part {
                name: name.to_owned(),
                detail: None,
                kind: SymbolKind::OBJECT,
                whole: start..start + said.len(),
                head: start..start + said.len(),
            });
            continue;
        }
        let Some(part) = parts.last_mut() else {
            continue;
        };
        if said.is_empty() || said.starts_with('#') {
            continue;
        }
        part.whole.end = start + said.len();
        if part.detail.is_none() && part.name == "case" && said.starts_with("name") {
            part.detail = Toml::parse(said)
                .ok()
                .and_then(|it| it.entries().pop()?.text);
        }
    }
    for part in &mut parts {
        if let Some(name) = part.detail.take() {
            part.name = name;
        }
    }
    parts
}

/// The name in a heading.
fn heading(line: &str) -> Option<&str> {
    let inside = line.strip_prefix('[')?;
    let (inside, end) = match inside.strip_prefix('[') {
        Some(inside) => (inside, "]]"),
        None => (inside, "]"),
    };
    let (name, rest) = inside.split_once(end)?;
    let rest = rest.trim_start();
    let plain = !name.contains(['=', ',', '{']) && !name.trim().is_empty();
    (plain && (rest.is_empty() || rest.starts_with('#'))).then_some(name.trim())
}

#[cfg(test)]
mod tests {
    use super::tables;

    fn told(text: &str) -> Vec<(String, usize, usize)> {
        let line = |at: usize| text.get(..at).map_or(0, |it| it.matches('\n').count());
        let parts = tables(text).into_iter();
        let told = parts.map(|it| (it.name, line(it.whole.start), line(it.whole.end)));
        told.collect()
    }

    #[test]
    fn a_table_ends_before_the_remarks_of_the_next() {
        let text = "title = 1\n[a.\"b c\"] # x\nx = 1\n\n# of the next\n[d]\n";
        let expected = [("a.\"b c\"".to_owned(), 1, 2), ("d".to_owned(), 5, 5)];
        assert_eq!(told(text), expected);
    }

    #[test]
    fn a_case_is_named_by_its_sentence_and_half_written_ones_by_their_heading() {
        let text =
            "[[case]]\nname = \"甲 — \\\"first\\\"\"\nat = [\n  [1, 2]\n]\n[[case]]\nname = \"\n";
        let expected = [
            ("甲 — \"first\"".to_owned(), 0, 4),
            ("case".to_owned(), 5, 6),
        ];
        assert_eq!(told(text), expected);
    }

    #[test]
    fn what_stands_in_a_text_over_several_lines_is_no_heading() {
        let text = "[a]\nnote = \"\"\"\n[b]\n\"\"\"\n[c]\n";
        let names: Vec<String> = told(text).into_iter().map(|it| it.0).collect();
        assert_eq!(names, ["a", "c"]);
    }
}
