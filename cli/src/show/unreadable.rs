//! Diagnostics for files and folders that cannot be read.

use crate::messages::{Code, Key, Words};
use crate::read::bounded::{Barred, FileKind};
use crate::read::file::{LoadError, SourceFile};
use crate::show::diagnostic::Diagnostic;
use crate::show::sources::{Sources, one_line};
use longma_core::{Args, CodeName};
use longma_lang::finding::{Finding, Spot};
use longma_lang::syntax::Lines;
use std::io;
use std::path::Path;

/// The file name that core uses for a bundle's text.
const BUNDLE: &str = "bundle";

/// Why a file cannot be read or written.
pub(crate) fn io_error(path: &Path, error: &io::Error, words: Words) -> Diagnostic {
    if let Some(barred) = Barred::of(error) {
        return refused(path, barred, words);
    }
    let path_text = path.display();
    let detail = error.to_string();
    let key = match error.kind() {
        io::ErrorKind::NotFound => Key::IoNotFound,
        io::ErrorKind::PermissionDenied => Key::IoPermission,
        io::ErrorKind::IsADirectory => Key::IoDirectory,
        io::ErrorKind::InvalidData => {
            return Diagnostic::error(words.say(Key::Encoding))
                .coded(Code::Encoding)
                .at(path)
                .help(words.say(Key::EncodingHelp));
        }
        _ => Key::IoOther,
    };
    Diagnostic::error(&words.fill(key, &Args::of("path", &path_text).with("detail", &detail)))
}

/// Why a file that could be read is refused.
fn refused(path: &Path, barred: &Barred, words: Words) -> Diagnostic {
    let args = Args::of("path", path.display());
    let (code, title, help, args): (CodeName, _, _, _) = match barred {
        Barred::Kind(kind) => {
            let kind = words.say(match kind {
                FileKind::Device => Key::FileDevice,
                FileKind::Pipe => Key::FilePipe,
                FileKind::Socket => Key::FileSocket,
            });
            let (title, help) = (Key::FileKind, Key::FileKindHelp);
            (Code::FileKind.into(), title, help, args.with("kind", kind))
        }
        Barred::Size(limit) => {
            let (title, help) = (Key::FileSize, Key::FileSizeHelp);
            (
                Code::FileSize.into(),
                title,
                help,
                args.with("limit", limit),
            )
        }
        Barred::Together(limit) => {
            let (title, help) = (Key::FileTogether, Key::FileTogetherHelp);
            (
                Code::FileSize.into(),
                title,
                help,
                args.with("limit", limit),
            )
        }
        Barred::Outside(target) => {
            let (title, help) = (Key::FileOutside, Key::FileOutsideHelp);
            let args = args.with("target", target.display());
            (Code::FileOutside.into(), title, help, args)
        }
        Barred::Line { line, limit } => {
            let (title, help) = (Key::LineSize, Key::LineSizeHelp);
            let args = args.with("line", line).with("limit", limit);
            (title.into(), title, help, args)
        }
        Barred::Lines(limit) => {
            let (title, help) = (Key::ListLines, Key::ListLinesHelp);
            (title.into(), title, help, args.with("limit", limit))
        }
    };
    let shown = Diagnostic::error(&words.fill(title, &args)).coded(code);
    shown.help(words.say(help))
}

/// Why a folder of packs, or a file that goes with it, cannot be used.
pub(crate) fn load_error(error: &LoadError, words: Words) -> Diagnostic {
    match error {
        LoadError::Io(path, error) => io_error(path, error, words),
        LoadError::Empty(path) => {
            let path = path.display();
            Diagnostic::error(&words.fill(Key::PacksEmpty, &Args::of("path", &path)))
                .coded(Key::PacksEmpty)
                .help(words.say(Key::PacksEmptyHelp))
        }
        LoadError::NoSchemas(path) => {
            let args = Args::of("path", path.display());
            Diagnostic::error(&words.fill(Key::SchemasNone, &args))
                .help(words.say(Key::SchemasNoneHelp))
        }
        LoadError::Found(file, finding) => found(finding, Some(file), words),
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

/// A finding about texts, with the line of `file` that shows it.
pub(crate) fn found(finding: &Finding, file: Option<&SourceFile>, words: Words) -> Diagnostic {
    let shown = Diagnostic::error(words.of(&finding.message)).coded(finding.code);
    let shown = shown.graded(finding.severity);
    let shown = match (file, &finding.spot) {
        (Some(file), Spot::Range(range)) if range.start < range.end => {
            let lines = Lines::new(&file.text);
            let span = lines.byte(range.start)..lines.byte(range.end);
            shown.showing(file, one_line(&file.text, &span), None)
        }
        (Some(file), _) => shown.at(&file.path),
        (None, _) => shown,
    };
    match &finding.help {
        Some(help) => shown.help(words.of(help)),
        None => shown,
    }
}
