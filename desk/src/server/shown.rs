//! What an editor shows among the lines: what each word is, what a param stands for, and how
//! cases end.

use super::Server;
use super::place;
use super::protocol::{self, Fault};
use crate::editor::What;
use longma_lang::finding::Position;
use lsp_types::{
    InlayHint, InlayHintKind, InlayHintParams, SemanticToken, SemanticTokenModifier,
    SemanticTokenType, SemanticTokens, SemanticTokensLegend, SemanticTokensParams,
};
use serde_json::Value as Json;

/// The kinds of words, in the protocol's terms.
const KINDS: [SemanticTokenType; 10] = [
    SemanticTokenType::NAMESPACE,
    SemanticTokenType::CLASS,
    SemanticTokenType::STRUCT,
    SemanticTokenType::EVENT,
    SemanticTokenType::FUNCTION,
    SemanticTokenType::METHOD,
    SemanticTokenType::PARAMETER,
    SemanticTokenType::PROPERTY,
    SemanticTokenType::ENUM_MEMBER,
    SemanticTokenType::VARIABLE,
];
/// What is said of a word beside its kind: it is defined here, it is never another value, it
/// comes with the language.
const MODIFIERS: [SemanticTokenModifier; 3] = [
    SemanticTokenModifier::DECLARATION,
    SemanticTokenModifier::READONLY,
    SemanticTokenModifier::DEFAULT_LIBRARY,
];

pub(super) fn legend() -> SemanticTokensLegend {
    SemanticTokensLegend {
        token_types: KINDS.into(),
        token_modifiers: MODIFIERS.into(),
    }
}

/// The place of a kind in the legend, and the bits of its modifiers.
fn of(what: What) -> Option<(u32, u32)> {
    let kind = match what {
        What::Section | What::Table => SemanticTokenType::NAMESPACE,
        What::Decision => SemanticTokenType::CLASS,
        What::Params => SemanticTokenType::STRUCT,
        What::Rule => SemanticTokenType::EVENT,
        What::Function => SemanticTokenType::FUNCTION,
        What::Helper => SemanticTokenType::METHOD,
        What::Param | What::Field | What::Column => SemanticTokenType::PROPERTY,
        What::Level | What::Name => SemanticTokenType::ENUM_MEMBER,
        What::Local => SemanticTokenType::VARIABLE,
        What::Source | What::Keyword | What::Value => return None,
    };
    let bits = match what {
        What::Param => 0b010,
        What::Helper => 0b100,
        _ => 0,
    };
    let place = KINDS.iter().position(|it| *it == kind)?;
    Some((u32::try_from(place).ok()?, bits))
}

impl Server {
    pub(super) fn tokens(&mut self, params: Json) -> Result<Json, Fault> {
        let params: SemanticTokensParams = protocol::params(params)?;
        let Some(path) = self.path_of(params.text_document.uri.as_str()) else {
            return Ok(Json::Null);
        };
        let marks = self.desk_for(&path).editor().marks(&path);
        let text = self.texts.get(&path).map_or("", String::as_str);
        let wired = place::Wired::new(text, self.encoding);
        let mut data = Vec::new();
        let mut last = lsp_types::Position::default();
        for mark in marks.iter().filter(|it| it.range.file == path) {
            let Some((token_type, bits)) = of(mark.what) else {
                continue;
            };
            let (start, end) = (wired.at(mark.range.start), wired.at(mark.range.end));
            let same = start.line == last.line;
            let before = if same { last.character } else { 0 };
            data.push(SemanticToken {
                delta_line: start.line - last.line,
                delta_start: start.character - before,
                length: end.character.saturating_sub(start.character),
                token_type,
                token_modifiers_bitset: bits | u32::from(mark.defines),
            });
            last = start;
        }
        protocol::result(&SemanticTokens {
            result_id: None,
            data,
        })
    }

    /// The value of each param behind its name, and for how many cases each rule held, in the
    /// lines that are seen.
    pub(super) fn hints(&mut self, params: Json) -> Result<Json, Fault> {
        let params: InlayHintParams = protocol::params(params)?;
        let Some(path) = self.path_of(params.text_document.uri.as_str()) else {
            return Ok(Json::Null);
        };
        let seen = |at: &Position| {
            let row = at.line.saturating_sub(1);
            (params.range.start.line as usize..=params.range.end.line as usize).contains(&row)
        };
        let values = self.desk_for(&path).editor().values(&path);
        let text = self.texts.get(&path).map_or("", String::as_str);
        let wired = place::Wired::new(text, self.encoding);
        let values = values
            .iter()
            .map(|(at, words)| (*at, format!("= {}", self.words(words))));
        let held = self.held(&path, text);
        let hints = values.chain(held).filter(|(at, _)| seen(at));
        let hints = hints.map(|(at, label)| InlayHint {
            position: wired.at(at),
            label: label.into(),
            kind: Some(InlayHintKind::PARAMETER),
            padding_left: Some(true),
            text_edits: None,
            tooltip: None,
            padding_right: None,
            data: None,
        });
        protocol::result(&hints.collect::<Vec<_>>())
    }
}
