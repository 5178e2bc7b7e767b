//! The answers: what the desk knows, in the protocol's terms.

use super::Server;
use super::place;
use super::protocol::{self, Fault};
use crate::editor::{Card, Proposal, What};
use longma_core::{Localized, Severity};
use longma_lang::finding::{Finding, Position, Range, Spot};
use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionList, CompletionTextEdit, Diagnostic,
    DiagnosticSeverity, Documentation, Hover, HoverContents, InsertTextFormat, Location,
    MarkupContent, MarkupKind, NumberOrString, PublishDiagnosticsParams, TextEdit, Uri,
};
use serde_json::Value as Json;
use std::str::FromStr;

impl Server {
    pub(super) fn hover(&mut self, path: &str, at: Position) -> Result<Json, Fault> {
        let found = self.desk_for(path).editor().hover(path, at);
        let hover = found.map(|hover| Hover {
            contents: HoverContents::Markup(markdown(
                hover
                    .cards
                    .iter()
                    .map(|card| self.card(card))
                    .collect::<Vec<_>>()
                    .join("\n\n---\n\n"),
            )),
            range: Some(self.range(path, &hover.range)),
        });
        protocol::result(&hover)
    }

    pub(super) fn completion(&mut self, path: &str, at: Position) -> Result<Json, Fault> {
        let Some(found) = self.desk_for(path).editor().completion(path, at) else {
            return Ok(Json::Null);
        };
        let range = self.range(path, &found.range);
        let items = found.proposals.iter().enumerate();
        let items = items.map(|(place, proposal)| CompletionItem {
            // The likeliest stand first.
            sort_text: Some(format!("{place:04}")),
            filter_text: Some(proposal.insert.replace(['(', ')', '"', '|'], "")),
            kind: Some(kind(proposal.card.what)),
            detail: proposal.card.kind.as_ref().map(|it| self.words(it)),
            documentation: proposal
                .card
                .documentation
                .as_ref()
                .map(|it| Documentation::MarkupContent(markdown(self.words(it)))),
            insert_text_format: Some(InsertTextFormat::SNIPPET),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit {
                range,
                new_text: snippet(proposal),
            })),
            label: proposal.card.label.clone(),
            ..CompletionItem::default()
        });
        protocol::result(&CompletionList {
            is_incomplete: false,
            items: items.collect(),
        })
    }

    pub(super) fn definition(&mut self, path: &str, at: Position) -> Result<Json, Fault> {
        let found = self.desk_for(path).editor().definition(path, at);
        let places = found.iter().filter_map(|spot| {
            let file = spot.file()?;
            Some(Location::new(self.uri(file)?, self.of_spot(file, spot)))
        });
        protocol::result(&places.collect::<Vec<_>>())
    }

    pub(super) fn diagnostics(
        &self,
        path: &str,
        text: &str,
        found: &[Finding],
    ) -> Option<PublishDiagnosticsParams> {
        let diagnostics = found.iter().map(|finding| {
            let help = finding.help.as_ref().map(|help| self.words(help));
            let message = self.words(&finding.message);
            Diagnostic {
                range: place::of_spot(text, &finding.spot, self.encoding),
                severity: Some(match finding.severity {
                    Severity::Error => DiagnosticSeverity::ERROR,
                    Severity::Warning => DiagnosticSeverity::WARNING,
                    Severity::Info => DiagnosticSeverity::INFORMATION,
                }),
                code: Some(NumberOrString::String(finding.code.to_string())),
                source: Some("longma".to_owned()),
                message: help.map_or(message.clone(), |help| format!("{message}\n{help}")),
                ..Diagnostic::default()
            }
        });
        Some(PublishDiagnosticsParams::new(
            self.uri(path)?,
            diagnostics.collect(),
            None,
        ))
    }

    pub(super) fn words(&self, text: &Localized) -> String {
        text.get(self.lang).to_owned()
    }

    fn card(&self, card: &Card) -> String {
        let kind = card.kind.as_ref().map(|it| self.words(it));
        let head = match kind {
            Some(kind) => format!("**{}** — {kind}", card.label),
            None => format!("**{}**", card.label),
        };
        let more = card.documentation.as_ref().map(|it| self.words(it));
        let more = more.map(|it| it.replace('\n', "  \n"));
        more.map_or(head.clone(), |more| format!("{head}\n\n{more}"))
    }

    pub(super) fn uri(&self, path: &str) -> Option<Uri> {
        let known = self.uris.get(path).cloned();
        let made = || Uri::from_str(&format!("{}{}", self.base, place::encoded(path))).ok();
        known.or_else(made)
    }

    pub(super) fn range(&self, path: &str, range: &Range) -> lsp_types::Range {
        let text = self.texts.get(path).map_or("", String::as_str);
        let wire = |at| place::wire(text, at, self.encoding);
        lsp_types::Range::new(wire(range.start), wire(range.end))
    }

    fn of_spot(&self, path: &str, spot: &Spot) -> lsp_types::Range {
        let text = self.texts.get(path).map_or("", String::as_str);
        place::of_spot(text, spot, self.encoding)
    }
}

fn markdown(value: String) -> MarkupContent {
    MarkupContent {
        kind: MarkupKind::Markdown,
        value,
    }
}

/// What is inserted, with the cursor's place.
fn snippet(proposal: &Proposal) -> String {
    let escaped = |text: &str| {
        text.replace('\\', "\\\\")
            .replace('$', "\\$")
            .replace('}', "\\}")
    };
    let end = proposal.insert.char_indices().nth(proposal.caret);
    let (before, after) = end.map_or((&*proposal.insert, ""), |(byte, _)| {
        proposal.insert.split_at(byte)
    });
    format!("{}$0{}", escaped(before), escaped(after))
}

fn kind(what: What) -> CompletionItemKind {
    match what {
        What::Section | What::Table => CompletionItemKind::MODULE,
        What::Decision => CompletionItemKind::CLASS,
        What::Params => CompletionItemKind::STRUCT,
        What::Param | What::Source => CompletionItemKind::CONSTANT,
        What::Field | What::Column => CompletionItemKind::FIELD,
        What::Name | What::Level => CompletionItemKind::ENUM_MEMBER,
        What::Rule => CompletionItemKind::EVENT,
        What::Function | What::Helper => CompletionItemKind::FUNCTION,
        What::Local => CompletionItemKind::VARIABLE,
        What::Keyword => CompletionItemKind::KEYWORD,
        What::Value => CompletionItemKind::VALUE,
    }
}
