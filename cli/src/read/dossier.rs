//! What sources have signed about one person, and whose keys are whose.

use crate::answer::{Exit, Refusal};
use crate::arguments::SourceKeys;
use crate::messages::Words;
use crate::read::given::read_text;
use crate::read::packs::refused;
use crate::read::sealed::{document, wrong};
use crate::show::sources::Sources;
use longma_core::limits::TEXT_FILE_BYTES;
use longma_core::{Catalogue, Problems};
use longma_records::merge::Dossier;
use longma_seal::statement;
use std::path::{Path, PathBuf};

/// The keys of the sources; none without a file.
pub(crate) fn source_keys(keys: &SourceKeys, words: Words) -> Result<statement::Sources, Refusal> {
    let Some(path) = &keys.path else {
        return Ok(statement::Sources::default());
    };
    let text = read_text(path, TEXT_FILE_BYTES, words)?;
    statement::Sources::read(&text).map_err(|problem| wrong(path, &problem, words))
}

/// The dossier with what sources have signed.
pub(crate) fn with_signed(
    dossier: &Dossier,
    paths: &[PathBuf],
    (catalogue, keys): (&Catalogue, &statement::Sources),
    words: Words,
) -> Result<Dossier, Refusal> {
    let read = paths.iter().map(|path| document(path, words));
    let read: Vec<Vec<u8>> = read.collect::<Result<_, _>>()?;
    let joined = dossier.with_signed(catalogue, keys, read.iter().map(Vec::as_slice));
    joined.map_err(|(at, problems)| {
        let mut refusal = told(&Sources::default(), &problems, words);
        if let Some(path) = paths.get(at) {
            let shown = refusal.diagnostics.into_iter();
            refusal.diagnostics = shown.map(|it| it.at(path)).collect();
        }
        refusal
    })
}

/// A dossier from its file.
pub(crate) fn read_dossier(
    path: &Path,
    catalogue: &Catalogue,
    sources: &mut Sources,
    words: Words,
) -> Result<Dossier, Refusal> {
    let text = read_text(path, TEXT_FILE_BYTES, words)?;
    sources.facts = Some(crate::read::file::SourceFile::new(
        path.to_owned(),
        text.clone(),
    ));
    Dossier::read(catalogue, &text).map_err(|problems| told(sources, &problems, words))
}

/// The refusal of facts that cannot be put together.
pub(crate) fn told(sources: &Sources, problems: &Problems, words: Words) -> Refusal {
    refused(Exit::Facts, sources, problems.as_slice(), words)
}
