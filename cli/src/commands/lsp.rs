//! `longma lsp`: the language server, for editors, on standard input and output.

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::PackFolder;
use crate::messages::{Key, Words};
use crate::read::cases;
use crate::read::file::{SourceFile, texts};
use crate::read::load::read;
use crate::read::packs::unloaded;
use crate::show::diagnostic::Diagnostic;
use longma_core::Args;
use longma_core::limits::TEXT_FILE_BYTES;
use longma_desk::server::{Server, file_uri};
use lsp_server::{Connection, Message, Notification};
use serde_json::Value as Json;
use std::path::{Component, Path};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    packs: PackFolder,
}

/// Answers the editor until it says that it is over.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let packs = &arguments.packs.path;
    let folder = read(packs).map_err(|errors| unloaded(&errors, packs, words))?;
    let mut files = folder.files;
    // A file that cannot be read is told by `longma check`.
    let _ = cases::fill(packs, &[], &mut files);
    let whole = std::path::absolute(packs).unwrap_or_else(|_| packs.clone());
    let Some(house) = whole.parent().filter(|_| whole.ends_with("packs")) else {
        let text = words.fill(Key::LspFolder, &Args::of("path", packs.display()));
        return Err(Refusal::new(Exit::Files, Diagnostic::error(&text)));
    };
    let base = file_uri(&house.to_string_lossy());
    let mut server = Server::new(&base, texts(&files), words.lang());
    let (connection, threads) = Connection::stdio();
    for message in &connection.receiver {
        let mut answers = Vec::new();
        if let Message::Notification(told) = &message
            && told.method == "workspace/didChangeWatchedFiles"
        {
            answers.extend(changed(&mut server, house, told));
        } else if let Ok(text) = serde_json::to_string(&message) {
            answers.extend(server.receive(&text));
        }
        let messages = answers
            .iter()
            .filter_map(|it| serde_json::from_str(it).ok());
        for message in messages {
            // An editor that is gone needs no answer.
            let _ = connection.sender.send(message);
        }
        if server.has_ended() {
            break;
        }
    }
    drop(connection);
    let _ = threads.join();
    Ok(Answer::exact(String::new()))
}

/// Reads files again that have changed beneath the editor.
fn changed(server: &mut Server, house: &Path, told: &Notification) -> Vec<String> {
    let changes = told.params.get("changes").and_then(Json::as_array);
    let uris = changes.into_iter().flatten();
    let uris = uris.filter_map(|it| it.get("uri")?.as_str());
    let inside = |path: &String| {
        let mut parts = Path::new(path).components();
        parts.all(|part| matches!(part, Component::Normal(_)))
    };
    let paths = uris.filter_map(|uri| server.path_of(uri)).filter(inside);
    let paths: Vec<String> = paths.collect();
    let files = paths.into_iter().flat_map(|path| {
        let file = SourceFile::read(&house.join(&path), TEXT_FILE_BYTES);
        server.file(&path, file.ok().map(|file| file.text))
    });
    files.collect()
}
