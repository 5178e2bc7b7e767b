//! Translates the engine's errors into ours, so that no name of its types reaches a
//! reader.

use super::FORBIDDEN;
use super::values::kind_of_name;
use crate::Code as Own;
use longma_compile::Code as PackCode;
use longma_core::Localized;
use longma_core::host::{self, Fault, Kind};
use longma_core::limits;
use longma_core::quote;
use longma_core::{Code, Place, Problem};
use rhai::{Dynamic, EvalAltResult, ParseErrorType, Position};

#[allow(
    clippy::unnecessary_box_returns,
    reason = "the engine's own error type is boxed"
)]
pub(super) fn raise(fault: Fault) -> Box<EvalAltResult> {
    EvalAltResult::ErrorRuntime(Dynamic::from(fault), Position::NONE).into()
}

/// The fault in an engine error, and the innermost position it names. No fault means
/// that the script was terminated from outside.
pub(super) fn explain(error: &EvalAltResult) -> (Option<Fault>, Position) {
    let at = error.position();
    match error {
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _) => {
            let (fault, position) = explain(inner);
            (fault, if position.is_none() { at } else { position })
        }
        EvalAltResult::ErrorRuntime(value, _) => (value.clone().try_cast::<Fault>(), at),
        EvalAltResult::ErrorTerminated(..) | EvalAltResult::ErrorTooManyOperations(_) => (None, at),
        other => (Some(fault(other)), at),
    }
}

pub(super) fn fault(error: &EvalAltResult) -> Fault {
    match error {
        EvalAltResult::ErrorStackOverflow(_) => {
            Fault::new(Own::RuleDepth).with("limit", limits::CALL_DEPTH)
        }
        EvalAltResult::ErrorDataTooLarge(..) | EvalAltResult::ErrorTooManyVariables(_) => {
            Fault::new(Code::RuleSize).with("limit", limits::LITERAL_LENGTH)
        }
        EvalAltResult::ErrorArithmetic(..) => Fault::new(Code::RuleOverflow),
        EvalAltResult::ErrorFunctionNotFound(signature, _) => no_function(signature),
        EvalAltResult::ErrorVariableNotFound(name, _) => {
            Fault::new(Own::RuleVariable).with("name", name)
        }
        EvalAltResult::ErrorPropertyNotFound(name, _) => Fault::new(Own::RuleField)
            .with("name", name)
            .with("known", "—"),
        EvalAltResult::ErrorDotExpr(..) => Fault::new(Own::RuleField)
            .with("name", "?")
            .with("known", "—"),
        EvalAltResult::ErrorIndexNotFound(..)
        | EvalAltResult::ErrorArrayBounds(..)
        | EvalAltResult::ErrorStringBounds(..)
        | EvalAltResult::ErrorBitFieldBounds(..) => Fault::new(Own::RuleIndex),
        EvalAltResult::ErrorMismatchDataType(expected, found, _)
        | EvalAltResult::ErrorMismatchOutputType(expected, found, _) => {
            host::wanted(kind_of_name(expected), kind_of_name(found))
        }
        _ => Fault::new(Code::RuleFailed),
    }
}

/// Explains `name (type, type)`: the engine's text for a call that matches no function.
pub(super) fn no_function(signature: &str) -> Fault {
    let (name, rest) = signature.split_once(' ').unwrap_or((signature, ""));
    let given: Vec<Kind> = rest
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .unwrap_or_default()
        .split(", ")
        .filter(|name| !name.is_empty())
        .map(kind_of_name)
        .collect();
    let name = match name {
        "index$get$" => "[…]",
        other => other.trim_start_matches("get$"),
    };
    host::no_function(name, &given)
}

pub(super) fn position(file: &str, position: Position) -> Place {
    Place::file(
        file,
        position.line().unwrap_or(0),
        position.position().unwrap_or(0),
    )
}

/// Explains a syntax error of the engine in our words.
pub(super) fn syntax(error: &rhai::ParseError, text: &str, file: &str) -> Problem {
    let at = error.position();
    let place = position(file, at);
    let word = word_at(text, at);
    if FORBIDDEN.contains(&word.as_str()) {
        return Problem::new(PackCode::ScriptForbidden, place).with("name", &word);
    }
    match error.err_type() {
        ParseErrorType::VariableUndefined(name) => {
            Problem::new(Own::RuleVariable, place).with("name", name)
        }
        ParseErrorType::FnDuplicatedDefinition(name, _) => {
            Problem::new(PackCode::ScriptDuplicate, place).with("name", name)
        }
        ParseErrorType::MissingToken(token, _) => Problem::new(PackCode::ScriptSyntax, place)
            .expecting(Localized::same(quote(token)))
            .finding(quote(&word)),
        _ => Problem::new(PackCode::ScriptSyntax, place).finding(quote(&word)),
    }
}

/// The word, or else the character, at a position.
pub(super) fn word_at(text: &str, at: Position) -> String {
    let line = at
        .line()
        .and_then(|line| text.lines().nth(line.saturating_sub(1)));
    let skip = at.position().unwrap_or(1).saturating_sub(1);
    let rest: Vec<char> = line.unwrap_or_default().chars().skip(skip).collect();
    let word: String = rest
        .iter()
        .take_while(|c| c.is_alphanumeric() || **c == '_')
        .collect();
    if word.is_empty() {
        let symbol = if rest.starts_with(&['#', '{']) { 2 } else { 1 };
        rest.into_iter().take(symbol).collect()
    } else {
        word
    }
}
