//! What signing needs from outside: keys, documents, and bytes that nobody can guess.

use crate::answer::{Exit, Refusal};
use crate::messages::{Key, Words};
use crate::read::bounded;
use crate::read::given::unread;
use crate::show::diagnostic::Diagnostic;
use longma_core::{Args, Problem};
use longma_seal::{PrivateKey, PublicKey};
use std::path::Path;

/// The most bytes of a key's file.
const KEY_BYTES: usize = 4_096;
/// The most bytes of a signed document, and of what a release names.
const DOCUMENT_BYTES: usize = 16 << 20;

/// Bytes that nobody can guess.
pub(crate) fn random<const N: usize>(words: Words) -> Result<[u8; N], Refusal> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        let told = words.fill(Key::NoRandom, &Args::of("detail", error));
        Refusal::new(Exit::Files, Diagnostic::error(&told))
    })?;
    Ok(bytes)
}

/// A file's bytes.
pub(crate) fn document(path: &Path, words: Words) -> Result<Vec<u8>, Refusal> {
    bounded::bytes(path, DOCUMENT_BYTES).map_err(|error| unread(path, &error, words))
}

/// A key that signs.
pub(crate) fn private_key(path: &Path, words: Words) -> Result<PrivateKey, Refusal> {
    let text = text(path, words)?;
    PrivateKey::read(&text).map_err(|problem| wrong(path, &problem, words))
}

/// A key that verifies.
pub(crate) fn public_key(path: &Path, words: Words) -> Result<PublicKey, Refusal> {
    let text = text(path, words)?;
    PublicKey::read(&text).map_err(|problem| wrong(path, &problem, words))
}

fn text(path: &Path, words: Words) -> Result<String, Refusal> {
    let bytes = bounded::bytes(path, KEY_BYTES).map_err(|error| unread(path, &error, words))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The refusal of what a file holds.
pub(crate) fn wrong(path: &Path, problem: &Problem, words: Words) -> Refusal {
    let shown = Diagnostic::error(words.of(&problem.message()))
        .coded(problem.code)
        .at(path);
    let shown = match problem.help() {
        Some(help) => shown.help(words.of(&help)),
        None => shown,
    };
    Refusal::new(Exit::Files, shown)
}
