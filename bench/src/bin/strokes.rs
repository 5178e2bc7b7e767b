//! Key strokes in the files of all shipped packs, answered by the language server: writes the
//! conversation to `target/bench/strokes.json`, with how long each answer takes here, for
//! `bench/wasm/strokes.mjs`.

use longma_bench::setup;
use longma_compile::texts::Texts;
use longma_core::Lang;
use longma_desk::server::Server;
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Places in each file at which a letter is typed.
const PLACES: usize = 3;
const BASE: &str = "file:///rules/";

#[derive(Serialize)]
struct Conversation {
    texts: Texts,
    begin: [String; 2],
    strokes: Vec<Stroke>,
}

/// A message, and what kind of answer it asks for.
#[derive(Serialize)]
struct Stroke {
    kind: &'static str,
    message: String,
    /// Microseconds until the answer here.
    native: u128,
}

fn main() -> setup::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let texts = house(&root.join("rules"))?;
    let begin = [
        message(Some(0), "initialize", &json!({ "capabilities": {} })),
        message(None, "initialized", &json!({})),
    ];
    let mut server = Server::new(BASE, texts.clone(), Lang::En);
    for message in &begin {
        server.receive(message);
    }
    let mut strokes = Vec::new();
    // The sheet that was typed last, until the house is checked.
    let mut typed: Option<String> = None;
    for (path, text) in &texts {
        let Some(kind) = kind(path) else { continue };
        let uri = format!("{BASE}{path}");
        let open =
            json!({ "textDocument": { "uri": uri, "languageId": "", "version": 0, "text": text } });
        let mut say = |kind, message: String| {
            let start = Instant::now();
            server.receive(&message);
            let native = start.elapsed().as_micros();
            strokes.push(Stroke {
                kind,
                message,
                native,
            });
        };
        // As in the studio, which has the house checked once typing pauses.
        if kind == "script"
            && let Some(uri) = typed.take()
        {
            let saved = json!({ "textDocument": { "uri": uri } });
            say("house", message(None, "textDocument/didSave", &saved));
        }
        say("open", message(None, "textDocument/didOpen", &open));
        let lines = text.lines().count();
        for place in 1..=PLACES {
            let line = lines * place / (PLACES + 1);
            let row = text.lines().nth(line).unwrap_or_default();
            let character = row.encode_utf16().count() / 2;
            let at = json!({ "line": line, "character": character });
            let end = json!({ "line": line, "character": character + 1 });
            let change = |start: &Json, end: &Json, text: &str| {
                let range = json!({ "start": start, "end": end });
                let changes = json!([{ "range": range, "text": text }]);
                let params = json!({ "textDocument": { "uri": uri, "version": 1 }, "contentChanges": changes });
                message(None, "textDocument/didChange", &params)
            };
            say(kind, change(&at, &at, "x"));
            let asked = json!({ "textDocument": { "uri": uri }, "position": end });
            say(
                "completion",
                message(Some(1), "textDocument/completion", &asked),
            );
            say(kind, change(&at, &end, ""));
        }
        let close = json!({ "textDocument": { "uri": uri } });
        say("close", message(None, "textDocument/didClose", &close));
        typed = typed.or_else(|| (kind != "script").then_some(uri));
    }
    let folder = root.join("target/bench");
    fs::create_dir_all(&folder)?;
    let whole = Conversation {
        texts,
        begin,
        strokes,
    };
    fs::write(folder.join("strokes.json"), serde_json::to_string(&whole)?)?;
    Ok(())
}

fn kind(path: &str) -> Option<&'static str> {
    let inside = path.starts_with("packs/");
    let name = path.rsplit('/').next().filter(|_| inside)?;
    Some(match name.rsplit('.').next() {
        Some("rhai") => "script",
        Some("toml") if name == "pack.toml" => "manifest",
        Some("toml") if name == "captions.toml" => "captions",
        Some("toml") => "cases",
        _ => return None,
    })
}

fn message(id: Option<u32>, method: &str, params: &Json) -> String {
    let mut message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
    if let (Some(id), Some(members)) = (id, message.as_object_mut()) {
        members.insert("id".to_owned(), id.into());
    }
    message.to_string()
}

/// The texts of a house by their path inside it.
fn house(rules: &Path) -> setup::Result<Texts> {
    let mut texts = Texts::new();
    let folders = ["packs", "schema", "reference"].map(|it| rules.join(it));
    let mut open: Vec<PathBuf> = folders.into();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if let (Ok(name), Ok(text)) =
                (path.strip_prefix(rules), fs::read_to_string(&path))
            {
                texts.insert(name.to_string_lossy().into_owned(), text);
            }
        }
    }
    Ok(texts)
}
