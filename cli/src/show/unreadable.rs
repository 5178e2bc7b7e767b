//! Files and folders that cannot be read, in words.

use crate::messages::{Code, Key, Words};
use crate::read::file::{LoadError, Misfit};
use crate::show::diagnostic::Diagnostic;
use crate::show::sources::{Sources, one_line};
use std::io;
use std::path::Path;

/// The name under which core reports on a bundle's text.
const BUNDLE: &str = "bundle";

/// Why a file cannot be read or written.
pub(crate) fn io_error(path: &Path, error: &io::Error, words: Words) -> Diagnostic {
    let path_text = path.display();
    let detail = error.to_string();
    let args: [(&str, &dyn std::fmt::Display); 2] = [("path", &path_text), ("detail", &detail)];
    let key = match error.kind() {
        io::ErrorKind::NotFound => Key::IoNotFound,
        io::ErrorKind::PermissionDenied => Key::IoPermission,
        io::ErrorKind::IsADirectory => Key::IoDirectory,
        io::ErrorKind::InvalidData => {
            let convert = format!("iconv -f GB18030 -t UTF-8 {path_text}");
            return Diagnostic::error(words.say(Key::Encoding))
                .coded(Code::Encoding)
                .at(path)
                .help_with(words.say(Key::EncodingHelp), &convert);
        }
        _ => Key::IoOther,
    };
    Diagnostic::error(&words.fill(key, &args))
}

/// Why a folder is no set of packs, or a file beside them cannot be used.
pub(crate) fn load_error(error: &LoadError, words: Words) -> Diagnostic {
    match error {
        LoadError::Io(path, error) => io_error(path, error, words),
        LoadError::Empty(path) => {
            let path = path.display();
            Diagnostic::error(&words.fill(Key::PacksEmpty, &[("path", &path)]))
                .coded(Key::PacksEmpty)
                .help(words.say(Key::PacksEmptyHelp))
        }
        LoadError::Toml(file, error) => Diagnostic::error(words.say(Key::TomlSyntax))
            .coded(Code::TomlSyntax)
            .showing(
                file,
                one_line(&file.text, &error.span),
                Some(&error.message),
            )
            .help(words.say(Key::TomlSyntaxHelp)),
        LoadError::Shape {
            file, span, misfit, ..
        } => {
            let shown = misfit_error(misfit, words);
            if span.is_empty() {
                shown.at(&file.path)
            } else {
                shown.showing(file, one_line(&file.text, span), None)
            }
        }
        LoadError::Bundle(file, problem) => {
            let mut sources = Sources::default();
            sources.files.insert(BUNDLE.to_owned(), file.clone());
            let out = sources.diagnostic(problem, words);
            if out.is_placed() {
                out
            } else {
                out.at(&file.path)
            }
        }
    }
}

fn misfit_error(misfit: &Misfit, words: Words) -> Diagnostic {
    match misfit {
        Misfit::Missing(name) => {
            let args: [(&str, &dyn std::fmt::Display); 1] = [("name", name)];
            Diagnostic::error(&words.fill(Key::ShapeMissing, &args))
                .coded(Code::ShapeMissing)
                .help(&words.fill(Key::ShapeMissingHelp, &args))
        }
        Misfit::Unknown { name, known } => {
            let help = if known.is_empty() {
                words.say(Key::ShapeUnknownNoneHelp).to_owned()
            } else {
                words.fill(Key::ShapeUnknownHelp, &[("known", &words.list(known))])
            };
            Diagnostic::error(&words.fill(Key::ShapeUnknown, &[("name", name)]))
                .coded(Code::ShapeUnknown)
                .help(&help)
        }
        Misfit::Kind(expected) => {
            let expected = words.say(match expected.as_str() {
                "a string" => Key::KindText,
                "i64" | "u32" | "usize" | "u8" => Key::KindWholeNumber,
                "a boolean" => Key::KindTruth,
                "a sequence" => Key::KindList,
                text if text == "a map" || text.starts_with("struct ") => Key::KindTable,
                _ => Key::KindOther,
            });
            Diagnostic::error(words.say(Key::ShapeType))
                .coded(Code::ShapeType)
                .help(&words.fill(Key::ShapeTypeHelp, &[("expected", &expected)]))
        }
        Misfit::ParamValue => Diagnostic::error(words.say(Key::ShapeParam))
            .coded(Code::ShapeParam)
            .help(words.say(Key::ShapeParamHelp)),
        Misfit::Range(found) => {
            Diagnostic::error(&words.fill(Key::ShapeRange, &[("found", found)]))
                .coded(Code::ShapeOther)
                .help(words.say(Key::ShapeOtherHelp))
        }
        Misfit::Choice { found, known } => {
            let known = words.list(known);
            Diagnostic::error(&words.fill(Key::ShapeChoice, &[("found", found)]))
                .coded(Code::ShapeOther)
                .help(&words.fill(Key::ShapeChoiceHelp, &[("known", &known)]))
        }
        Misfit::Other(detail) => {
            Diagnostic::error(&words.fill(Key::ShapeOther, &[("detail", detail)]))
                .coded(Code::ShapeOther)
                .help(words.say(Key::ShapeOtherHelp))
        }
        Misfit::ExpectsNothing => Diagnostic::error(words.say(Key::CaseExpectsNothing))
            .coded(Code::CaseExpectsNothing)
            .help(words.say(Key::CaseExpectsNothingHelp)),
    }
}
