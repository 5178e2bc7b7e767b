//! `longma bundle`: the packs in one file.

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{Out, Packs};
use crate::messages::{Key, Words};
use crate::read::packs::{catalogue, loaded, refused};
use crate::show::diagnostic::Diagnostic;
use crate::show::out;
use crate::show::sources::Sources;
use longma_compile::Bundle;
use longma_core::Args;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    packs: Packs,
    #[command(flatten)]
    out: Out,
}

/// Checks the packs and writes them; equal packs give equal bytes, since all
/// maps are ordered and folders are read in order.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let loaded = loaded(&arguments.packs.path, words)?;
    let mut text = serde_json::to_string(&loaded.bundle).map_err(|error| {
        let text = words.fill(Key::WriteFailed, &Args::of("detail", &error));
        Refusal::new(Exit::Files, Diagnostic::error(&text))
    })?;
    text.push('\n');
    let sources = Sources {
        files: loaded.files,
        ..Sources::default()
    };
    // Checks the text as read back, so that what is written is known to be readable.
    let bundle =
        Bundle::read(&text).map_err(|problem| refused(Exit::Packs, &sources, [&problem], words))?;
    catalogue(bundle, &sources, words)?;
    out::write(&arguments.out.path, text, words)
}
