//! Usage errors, in both languages.
//!
//! The parser's own messages are English only, so our messages are built from the
//! details in its errors.

use crate::commands::NAMES;
use crate::messages::{Key, Words};
use crate::show::diagnostic::Diagnostic;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use longma_core::Args;

/// Explains why the command line was not understood, and what to do.
pub(crate) fn explain(error: &clap::Error, words: Words) -> Diagnostic {
    let first = |kind| texts(error, kind).into_iter().next().unwrap_or_default();
    let argument = first(ContextKind::InvalidArg);
    let value = first(ContextKind::InvalidValue);
    let say = |key: Key| {
        Diagnostic::error(&words.fill(key, &Args::of("name", &argument).with("value", &value)))
    };
    let shown = match error.kind() {
        ErrorKind::UnknownArgument => say(Key::UsageUnknownArgument),
        ErrorKind::InvalidSubcommand => {
            let name = first(ContextKind::InvalidSubcommand);
            Diagnostic::error(&words.fill(Key::UsageUnknownCommand, &Args::of("name", &name)))
        }
        ErrorKind::MissingRequiredArgument => {
            let names = words.list(texts(error, ContextKind::InvalidArg));
            Diagnostic::error(&words.fill(Key::UsageMissing, &Args::of("names", &names)))
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            say(Key::UsageNoCommand)
        }
        ErrorKind::InvalidValue if value.is_empty() => say(Key::UsageNoValue),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => say(Key::UsageInvalidValue),
        ErrorKind::ArgumentConflict => say(Key::UsageTwice),
        _ => say(Key::UsageOther),
    };
    help(shown, error, words)
}

fn help(mut shown: Diagnostic, error: &clap::Error, words: Words) -> Diagnostic {
    let near = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ];
    for name in near.into_iter().flat_map(|kind| texts(error, kind)) {
        shown = shown.help(&words.fill(Key::UsageDidYouMean, &Args::of("name", &name)));
    }
    let known = texts(error, ContextKind::ValidValue);
    if !known.is_empty() {
        let known = words.list(known);
        shown = shown.help(&words.fill(Key::UsageInvalidValueHelp, &Args::of("known", &known)));
    }
    if matches!(
        error.kind(),
        ErrorKind::MissingSubcommand
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            | ErrorKind::InvalidSubcommand
    ) {
        let known = words.list(NAMES);
        shown = shown.help(&words.fill(Key::UsageKnownCommands, &Args::of("known", &known)));
    }
    shown
}

/// The error's context of this kind, as texts.
fn texts(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::StyledStr(text)) => vec![text.to_string()],
        Some(ContextValue::StyledStrs(texts)) => texts.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}
