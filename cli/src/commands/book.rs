//! `longma book`: the packs as a document to read, to print or to send.

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{Only, Out, Packs};
use crate::messages::{Key, Words};
use crate::read::packs::{cases, chosen, loaded, refused, unloaded};
use crate::show::diagnostic::Diagnostic;
use crate::show::out;
use crate::show::sources::Sources;
use clap::ValueEnum;
use longma_core::Args;
use longma_desk::book;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    only: Only,
    #[command(flatten)]
    packs: Packs,
    #[command(flatten)]
    out: Out,
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "html")]
    format: Format,
}

/// Formats of a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Html,
    Md,
    Json,
}

/// Writes a book of the packs asked for; HTML and Markdown in the reader's language.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let packs = loaded(&arguments.packs.path, words)?;
    let ids = packs.bundle.packs.iter().map(|pack| pack.id.as_str());
    let only = chosen(&arguments.only.names, &arguments.packs.path, ids, words)?;
    let mut sources = Sources {
        files: packs.files,
        ..Sources::default()
    };
    let cases = cases(&arguments.packs.path, &only, &mut sources.files, words)
        .map_err(|errors| unloaded(&errors, &arguments.packs.path, words))?;
    let book = book::book(&packs.bundle, &cases, &only)
        .map_err(|problems| refused(Exit::Packs, &sources, problems.as_slice(), words))?;
    let text = match arguments.format {
        Format::Html => book::page(&book, words.lang()),
        Format::Md => book::markdown(&book, words.lang()),
        Format::Json => {
            let mut text = serde_json::to_string(&book).map_err(|error| {
                let text = words.fill(Key::WriteFailed, &Args::of("detail", &error));
                Refusal::new(Exit::Files, Diagnostic::error(&text))
            })?;
            text.push('\n');
            text
        }
    };
    out::write(&arguments.out.path, text, words)
}
