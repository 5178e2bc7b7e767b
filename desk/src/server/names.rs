//! Where a name is mentioned, and giving it another one everywhere.

use super::Server;
use super::protocol::{self, Fault};
use crate::check::check_house;
use crate::text::say;
use longma_compile::texts::{Texts, read};
use longma_core::order::Gather;
use longma_core::{Args, Severity};
use longma_lang::finding::{Finding, Position, Range};
use longma_lang::syntax::Lines;
use lsp_types::{Location, ReferenceParams, RenameParams, TextDocumentPositionParams, TextEdit};
use serde_json::Value as Json;
use std::collections::BTreeMap;

impl Server {
    pub(super) fn references(&mut self, params: Json) -> Result<Json, Fault> {
        let params: ReferenceParams = protocol::params(params)?;
        let declared = params.context.include_declaration;
        let Some((path, at)) = self.spot(&params.text_document_position) else {
            return Ok(Json::Null);
        };
        let found = self.fresh().editor().references(&path, at);
        let found = found.iter().filter(|it| declared || !it.defines);
        let places = found.filter_map(|it| {
            let uri = self.uri(&it.range.file)?;
            Some(Location::new(uri, self.range(&it.range.file, &it.range)))
        });
        protocol::result(&places.collect::<Vec<_>>())
    }

    /// The word that can be given another name, or nothing.
    pub(super) fn renamed(&mut self, path: &str, at: Position) -> Result<Json, Fault> {
        let found = self.fresh().editor().renamed(path, at);
        protocol::result(&found.map(|it| self.range(path, &it)))
    }

    /// The changes that give a name another word wherever it stands: a rule in its script, its
    /// captions, its cases and in the packs that inherit it. Refused if the packs would have a
    /// mistake that they do not have now.
    pub(super) fn rename(&mut self, params: Json) -> Result<Json, Fault> {
        let params: RenameParams = protocol::params(params)?;
        let word = params.new_name;
        let Some((path, at)) = self.spot(&params.text_document_position) else {
            return Ok(Json::Null);
        };
        let editor = self.fresh().editor();
        if editor.renamed(&path, at).is_none() {
            return Err(self.refuse("rename-nothing", &Args::NONE));
        }
        if !editor.takes(&path, at, &word) {
            return Err(self.refuse("rename-form", &Args::of("word", &word)));
        }
        let mut by_file: BTreeMap<String, Vec<Range>> = BTreeMap::new();
        for found in editor.references(&path, at) {
            by_file
                .entry(found.range.file.clone())
                .or_default()
                .push(found.range);
        }
        let mut texts = self.texts.clone();
        for (file, ranges) in &by_file {
            if let Some(text) = texts.get_mut(file) {
                replace(text, ranges, &word);
            }
        }
        if let Some(finding) = worse(&self.texts, &texts) {
            let args = Args::of("word", &word)
                .with("file", finding.spot.file().unwrap_or_default())
                .with("message", finding.message);
            return Err(self.refuse("rename-mistake", &args));
        }
        let mut changes: BTreeMap<String, Vec<TextEdit>> = BTreeMap::new();
        for (file, ranges) in &by_file {
            let edits = ranges.iter().map(|it| TextEdit {
                range: self.range(file, it),
                new_text: word.clone(),
            });
            let edits = edits.collect();
            changes.extend(self.uri(file).map(|uri| (uri.to_string(), edits)));
        }
        Ok(protocol::changes(&changes))
    }

    /// The document and the place in it that a question is about.
    pub(super) fn spot(&self, at: &TextDocumentPositionParams) -> Option<(String, Position)> {
        let path = self.path_of(at.text_document.uri.as_str())?;
        let text = self.texts.get(&path).map_or("", String::as_str);
        let at = super::place::position(text, at.position, self.encoding);
        Some((path, at))
    }

    pub(super) fn refuse(&self, key: &str, args: &Args) -> Fault {
        Fault::refused(say(key, args).get(self.lang))
    }
}

/// Puts a word in place of each range.
fn replace(text: &mut String, ranges: &[Range], word: &str) {
    let bytes = {
        let lines = Lines::new(text.as_str());
        let bytes = ranges
            .iter()
            .map(|it| (lines.byte(it.start), lines.byte(it.end)));
        bytes.into_set()
    };
    for (start, end) in bytes.into_iter().rev() {
        if text.get(start..end).is_some() {
            text.replace_range(start..end, word);
        }
    }
}

/// An error that packs have and had not.
fn worse(before: &Texts, after: &Texts) -> Option<Finding> {
    let errors = |texts: &Texts| {
        let found = check_house(read(texts), texts).findings.into_iter();
        let errors = found.filter(|it| it.severity == Severity::Error);
        errors.collect::<Vec<_>>()
    };
    let mut known: BTreeMap<(String, String), usize> = BTreeMap::new();
    let key = |it: &Finding| {
        let file = it.spot.file().unwrap_or_default();
        (it.code.to_string(), file.to_owned())
    };
    for finding in errors(before) {
        *known.entry(key(&finding)).or_default() += 1;
    }
    errors(after).into_iter().find(|finding| {
        let left = known.entry(key(finding)).or_default();
        let new = *left == 0;
        *left = left.saturating_sub(1);
        new
    })
}
