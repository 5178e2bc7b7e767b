//! A conversation with the language server over packs that we ship.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use longma_compile::texts::Texts;
use longma_core::Lang;
use longma_desk::server::Server;
use serde_json::{Value as Json, json};
use std::path::Path;

const SCRIPT: &str = "packs/62/validity-2020-02-21/validity.rhai";
const CAPTIONS: &str = "packs/62/validity-2020-02-21/captions.toml";

struct Client {
    server: Server,
    asked: u64,
}

impl Client {
    /// A client of a house with one pack, and what the server says first.
    fn new() -> (Self, Vec<Json>) {
        let rules = Path::new("../rules");
        let pack = "packs/62/validity-2020-02-21";
        let files = ["pack.toml", "captions.toml", "validity.rhai"];
        let files = files.map(|file| format!("{pack}/{file}"));
        let files = files
            .into_iter()
            .chain(["schema/person.schema.json".to_owned()]);
        let texts: Texts = files
            .map(|file| {
                let text = std::fs::read_to_string(rules.join(&file)).unwrap();
                (file, text)
            })
            .collect();
        let server = Server::new("file:///a%20house", texts, Lang::En);
        let mut client = Self { server, asked: 0 };
        let answers = client.sent("initialize", &json!({ "capabilities": {} }));
        (client, answers)
    }

    fn send(&mut self, message: &Json) -> Vec<Json> {
        let answers = self.server.receive(&message.to_string()).into_iter();
        answers
            .map(|it| serde_json::from_str(&it).unwrap())
            .collect()
    }

    fn sent(&mut self, method: &str, params: &Json) -> Vec<Json> {
        self.asked += 1;
        self.send(
            &json!({ "jsonrpc": "2.0", "id": self.asked, "method": method, "params": params }),
        )
    }

    /// The result of a request.
    fn ask(&mut self, method: &str, params: &Json) -> Json {
        let answers = self.sent(method, params);
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!(answers[0]["id"], self.asked);
        assert!(answers[0].get("error").is_none(), "{answers:?}");
        answers[0]["result"].clone()
    }

    /// The code of the error of a request.
    fn fault(&mut self, method: &str, params: &Json) -> i64 {
        self.sent(method, params)[0]["error"]["code"]
            .as_i64()
            .unwrap()
    }

    fn tell(&mut self, method: &str, params: &Json) -> Vec<Json> {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    fn open(&mut self, path: &str) -> (String, Vec<Json>) {
        let text = std::fs::read_to_string(Path::new("../rules").join(path)).unwrap();
        let document =
            json!({ "uri": uri(path), "languageId": "rhai", "version": 1, "text": text });
        let told = self.tell("textDocument/didOpen", &json!({ "textDocument": document }));
        (text, told)
    }

    fn change(&mut self, path: &str, changes: &Json) -> Vec<Json> {
        let document = json!({ "uri": uri(path), "version": 2 });
        let params = json!({ "textDocument": document, "contentChanges": changes });
        self.tell("textDocument/didChange", &params)
    }
}

fn uri(path: &str) -> String {
    format!("file:///a%20house/{path}")
}

fn place(path: &str, line: usize, character: usize) -> Json {
    json!({ "textDocument": { "uri": uri(path) }, "position": { "line": line, "character": character } })
}

/// The line, from 0, and the column in UTF-16 units of a text.
fn find(text: &str, wanted: &str) -> (usize, usize) {
    let (before, _) = text.split_once(wanted).unwrap();
    let line = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap().encode_utf16().count();
    (line, column)
}

/// What is told of one document: `code line:character`.
fn told(messages: &[Json], path: &str) -> Vec<String> {
    let about = messages
        .iter()
        .filter(|it| it["params"]["uri"] == uri(path));
    let diagnostics = about.flat_map(|it| it["params"]["diagnostics"].as_array().unwrap());
    let words = diagnostics.map(|it| {
        let start = &it["range"]["start"];
        format!(
            "{} {}:{}",
            it["code"].as_str().unwrap(),
            start["line"],
            start["character"]
        )
    });
    words.collect()
}

#[test]
fn a_name_is_shown_completed_and_found() {
    let (mut client, _) = Client::new();
    let (text, _) = client.open(SCRIPT);
    let (line, column) = find(&text, "params.validity");
    let inside = column + "params.".len() + 1;
    let hover = client.ask("textDocument/hover", &place(SCRIPT, line, inside));
    let shown = hover["contents"]["value"].as_str().unwrap();
    assert!(
        shown.contains("validity") && shown.contains("24 hours"),
        "{shown}"
    );
    assert_eq!(hover["range"]["start"]["character"], inside - 1);

    let defined = client.ask("textDocument/definition", &place(SCRIPT, line, inside));
    let manifest = "packs/62/validity-2020-02-21/pack.toml";
    assert_eq!(defined[0]["uri"], uri(manifest));
    let pack = std::fs::read_to_string(Path::new("../rules").join(manifest)).unwrap();
    let (row, _) = find(&pack, "[params.validity]");
    assert_eq!(defined[0]["range"]["start"]["line"], row);

    let proposed = client.ask("textDocument/completion", &place(SCRIPT, line, inside - 1));
    let labels = proposed["items"].as_array().unwrap().iter();
    assert!(
        labels.clone().any(|it| it["label"] == "params.validity"),
        "{proposed}"
    );

    let symbols = client.ask(
        "textDocument/documentSymbol",
        &json!({ "textDocument": { "uri": uri(SCRIPT) } }),
    );
    assert!(!symbols.as_array().unwrap().is_empty());
    for symbol in symbols.as_array().unwrap() {
        assert!(text.contains(&format!("fn {}(", symbol["name"].as_str().unwrap())));
    }
}

#[test]
fn a_mistake_is_told_while_it_is_typed_and_taken_back_when_it_is_mended() {
    let (mut client, _) = Client::new();
    let (text, _) = client.open(SCRIPT);
    let (line, column) = find(&text, "params.validity");
    let at = column + "params.".len();
    // Two letters in the middle of a line that has Chinese before it or not.
    let range = |len: usize| json!({ "start": { "line": line, "character": at }, "end": { "line": line, "character": at + len } });
    let found = client.change(SCRIPT, &json!([{ "range": range(2), "text": "xx" }]));
    assert_eq!(told(&found, SCRIPT), [format!("unknown-param {line}:{at}")]);
    // The same again says nothing new.
    let same = client.change(SCRIPT, &json!([{ "range": range(2), "text": "xx" }]));
    assert!(same.is_empty(), "{same:?}");
    let mended = client.change(SCRIPT, &json!([{ "range": range(2), "text": "va" }]));
    assert_eq!(mended.len(), 1);
    assert!(told(&mended, SCRIPT).is_empty());
}

#[test]
fn what_is_not_saved_is_gone_when_the_document_is_closed() {
    let (mut client, _) = Client::new();
    client.open(CAPTIONS);
    let found = client.change(CAPTIONS, &json!([{ "text": "[validity" }]));
    assert_eq!(told(&found, CAPTIONS), ["toml-syntax 0:0"]);
    let closed = client.tell(
        "textDocument/didClose",
        &json!({ "textDocument": { "uri": uri(CAPTIONS) } }),
    );
    assert!(closed.iter().any(|it| it["params"]["uri"] == uri(CAPTIONS)));
    assert!(told(&closed, CAPTIONS).is_empty());
}

#[test]
fn a_save_checks_the_house() {
    let (mut client, _) = Client::new();
    let (text, _) = client.open(CAPTIONS);
    // A caption that names a param that there is not: only the house can know.
    let wrong = text.replacen("{validity}", "{validty}", 1);
    assert_ne!(wrong, text);
    let (line, _) = find(&wrong, "{validty}");
    assert!(
        client
            .change(CAPTIONS, &json!([{ "text": wrong }]))
            .is_empty()
    );
    let saved = client.tell(
        "textDocument/didSave",
        &json!({ "textDocument": { "uri": uri(CAPTIONS) } }),
    );
    let told = told(&saved, CAPTIONS);
    assert!(
        told.iter()
            .any(|it| it.starts_with(&format!("caption-placeholder {line}:"))),
        "{told:?}"
    );
}

#[test]
fn what_is_no_request_of_its_place_is_refused_and_the_conversation_goes_on() {
    let texts = Texts::new();
    let mut client = Client {
        server: Server::new("file:///", texts, Lang::En),
        asked: 0,
    };
    assert_eq!(
        client.fault("textDocument/hover", &place(SCRIPT, 0, 0)),
        -32002
    );
    client.sent("initialize", &json!({ "capabilities": {} }));
    assert_eq!(client.fault("no/such", &Json::Null), -32601);
    assert_eq!(
        client.fault("textDocument/hover", &json!({ "position": 7 })),
        -32602
    );
    let elsewhere = json!({ "textDocument": { "uri": "untitled:1" }, "position": { "line": 0, "character": 0 } });
    assert_eq!(client.ask("textDocument/hover", &elsewhere), Json::Null);
    let broken = client.server.receive("{\"jsonrpc\"");
    assert!(broken[0].contains("-32700"), "{broken:?}");
    for odd in ["[]", "7", "{}", "{\"id\":1,\"method\":2}"] {
        assert!(client.server.receive(odd)[0].contains("-32600"), "{odd}");
    }
    assert!(
        client
            .tell("textDocument/didChange", &json!({ "contentChanges": 7 }))
            .is_empty()
    );
    let last = place(SCRIPT, u32::MAX as usize, u32::MAX as usize);
    assert_eq!(client.ask("textDocument/hover", &last), Json::Null);
    assert_eq!(client.ask("shutdown", &Json::Null), Json::Null);
    assert_eq!(
        client.fault("textDocument/hover", &place(SCRIPT, 0, 0)),
        -32600
    );
    client.tell("exit", &Json::Null);
    assert!(client.server.has_ended());
}
