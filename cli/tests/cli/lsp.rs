//! The language server as an editor starts it.

use crate::common::{command, folder, longma, project, run};
use serde_json::{Value as Json, json};
use std::fs;

/// Messages with the head that each has on a stream.
fn framed(messages: &[Json]) -> String {
    let framed = messages.iter().map(|message| {
        let text = message.to_string();
        format!("Content-Length: {}\r\n\r\n{text}", text.len())
    });
    framed.collect()
}

/// The messages on a stream.
fn unframed(mut stream: &str) -> Vec<Json> {
    let mut messages = Vec::new();
    while let Some((head, rest)) = stream.split_once("\r\n\r\n") {
        let len = head.strip_prefix("Content-Length: ").unwrap();
        let (message, rest) = rest.split_at(len.parse().unwrap());
        messages.push(serde_json::from_str(message).unwrap());
        stream = rest;
    }
    messages
}

#[test]
fn an_editor_asks_what_a_rule_of_our_packs_reads() {
    let root = project().join("rules").canonicalize().unwrap();
    let file = "packs/62/validity-2020-02-21/validity.rhai";
    let text = fs::read_to_string(root.join(file)).unwrap();
    let line = text
        .lines()
        .position(|line| line.contains("params.validity"))
        .unwrap();
    let column = text
        .lines()
        .nth(line)
        .unwrap()
        .find("params.validity")
        .unwrap();
    let document = json!({ "uri": format!("file://{}/{file}", root.display()) });
    let place = json!({ "line": line, "character": column + "params.".len() });
    let said = run(
        command(&["lsp", "--lang", "en"]),
        &framed(&[
            json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} } }),
            json!({ "jsonrpc": "2.0", "method": "initialized", "params": {} }),
            json!({ "jsonrpc": "2.0", "id": 2, "method": "textDocument/hover",
                    "params": { "textDocument": document, "position": place } }),
            json!({ "jsonrpc": "2.0", "id": 3, "method": "shutdown" }),
            json!({ "jsonrpc": "2.0", "method": "exit" }),
        ]),
    );
    let said = said.ends(0);
    let messages = unframed(&said.out);
    let answer = |id: u64| messages.iter().find(|it| it["id"] == id).unwrap();
    assert_eq!(answer(1)["result"]["capabilities"]["hoverProvider"], true);
    let hover = answer(2)["result"]["contents"]["value"].as_str().unwrap();
    assert!(hover.contains("24 hours"), "{hover}");
    assert_eq!(answer(3)["result"], Json::Null);
}

#[test]
fn a_folder_that_holds_no_packs_or_is_called_otherwise_is_refused() {
    let folder = folder("lsp");
    let path = folder.display().to_string();
    longma(&["lsp", "--packs", &path]).complains(&[&path]);
}
