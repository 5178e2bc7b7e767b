//! `longma book`: the packs as a document to read, to print or to send.

use crate::args::{Book as Arguments, BookFormat};
use crate::cases;
use crate::command::{Answer, Exit, Refusal};
use crate::diagnostic::{Diagnostic, Sources};
use crate::messages::{Key, Words};
use crate::out;
use crate::packs::{chosen, loaded, refused, unloaded};
use longma_desk::book;

/// Writes the book of the packs that are asked for, in the reader's language.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let packs = loaded(&arguments.packs, words)?;
    let ids = packs.bundle.packs.iter().map(|pack| pack.id.as_str());
    let only = chosen(&arguments.only, &arguments.packs, ids, words)?;
    let mut sources = Sources {
        files: packs.files,
        ..Sources::default()
    };
    let cases = cases::read(&arguments.packs, &only, &mut sources.files)
        .map_err(|errors| unloaded(&errors, &arguments.packs, words))?;
    let book = book::book(&packs.bundle, &cases, &only)
        .map_err(|problems| refused(Exit::Packs, &sources, problems.as_slice(), words))?;
    let text = match arguments.format {
        BookFormat::Html => book::page(&book, words.lang()),
        BookFormat::Md => book::markdown(&book, words.lang()),
        BookFormat::Json => {
            let mut text = serde_json::to_string(&book).map_err(|error| {
                let text = words.fill(Key::WriteFailed, &[("detail", &error)]);
                Refusal::new(Exit::Files, Diagnostic::error(&text))
            })?;
            text.push('\n');
            text
        }
    };
    out::write(&arguments.out, text, words)
}
