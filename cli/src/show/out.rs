//! Writes a command's output to the file that was asked for.

use crate::answer::{Answer, Exit, Refusal};
use crate::messages::{Key, Words};
use crate::show::diagnostic::Diagnostic;
use crate::show::unreadable::io_error;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// Writes `text` to `out`, or answers with it if that is `-`.
pub(crate) fn write(out: &Path, text: String, words: Words) -> Result<Answer, Refusal> {
    if out == Path::new("-") {
        return Ok(Answer::exact(text));
    }
    file(out, &text, words)?;
    Ok(Answer::exact(String::new()))
}

/// Refuses to write both a page and JSON to standard output.
pub(crate) fn one(page: Option<&Path>, json: bool, words: Words) -> Result<(), Refusal> {
    if json && page == Some(Path::new("-")) {
        let shown = Diagnostic::error(words.say(Key::OutTwice));
        let shown = shown.help(words.say(Key::OutTwiceHelp));
        return Err(Refusal::new(Exit::Usage, shown));
    }
    Ok(())
}

/// Writes a page in addition to the answer, or answers with it if `page` is `-`.
pub(crate) fn beside(page: &Path, text: String, words: Words) -> Result<Option<Answer>, Refusal> {
    let answer = write(page, text, words)?;
    Ok((page == Path::new("-")).then_some(answer))
}

/// Writes a new file that nobody else reads. One that is there already is left as it is: it
/// could be the only copy of a key.
pub(crate) fn secret(path: &Path, text: &str, words: Words) -> Result<(), Refusal> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| {
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
    });
    written.map_err(|error| Refusal::new(Exit::Files, io_error(path, &error, words)))
}

/// Writes a file that was asked for.
pub(crate) fn file(path: &Path, text: impl AsRef<[u8]>, words: Words) -> Result<(), Refusal> {
    fs::write(path, text).map_err(|error| {
        // The file need not exist yet, but its folder must.
        let path = match (error.kind(), path.parent()) {
            (io::ErrorKind::NotFound, Some(folder)) => folder,
            _ => path,
        };
        Refusal::new(Exit::Files, io_error(path, &error, words))
    })
}
