//! A conversation with the language server over packs that we ship.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
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
        client.ask("initialize", &json!({ "capabilities": {} }));
        let answers = client.tell("initialized", &json!({}));
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
    let tables = client.ask(
        "textDocument/documentSymbol",
        &json!({ "textDocument": { "uri": uri(CAPTIONS) } }),
    );
    let names = tables.as_array().unwrap().iter().map(|it| &it["name"]);
    assert!(
        names.clone().any(|it| it == "validity.rules.issued"),
        "{tables}"
    );
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

/// A client of the house as it is in the repository.
fn whole() -> (Client, Texts) {
    let mut texts = Texts::new();
    let mut open = vec![Path::new("../rules").to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let name = path.strip_prefix("../rules").unwrap().to_str().unwrap();
            let of_house = ["packs/", "schema/", "reference/"];
            if of_house.iter().any(|it| name.starts_with(it))
                && let Ok(text) = std::fs::read_to_string(&path)
            {
                texts.insert(name.to_owned(), text);
            }
        }
    }
    let server = Server::new("file:///a%20house", texts.clone(), Lang::En);
    let mut client = Client { server, asked: 0 };
    client.ask("initialize", &json!({ "capabilities": {} }));
    client.tell("initialized", &json!({}));
    (client, texts)
}

/// `file line:character`, and the word there, of each location.
fn located(locations: &Json, texts: &Texts) -> Vec<String> {
    let all = locations.as_array().unwrap().iter();
    let words = all.map(|it| {
        let file = it["uri"].as_str().unwrap();
        let file = file.strip_prefix("file:///a%20house/").unwrap();
        let (start, end) = (&it["range"]["start"], &it["range"]["end"]);
        assert_eq!(start["line"], end["line"]);
        let row = usize::try_from(start["line"].as_u64().unwrap()).unwrap();
        let line: Vec<u16> = texts[file]
            .lines()
            .nth(row)
            .unwrap()
            .encode_utf16()
            .collect();
        let place = |it: &Json| usize::try_from(it["character"].as_u64().unwrap()).unwrap();
        let word = String::from_utf16(&line[place(start)..place(end)]).unwrap();
        format!("{} {word}", file.strip_prefix("packs/").unwrap())
    });
    words.collect()
}

/// The files of a text of the house that have a word by itself, each once for each time.
fn having(texts: &Texts, packs: &[&str], word: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (file, text) in texts {
        let Some(name) = file.strip_prefix("packs/") else {
            continue;
        };
        if packs
            .iter()
            .any(|pack| name.starts_with(&format!("{pack}/")))
        {
            let part = |it: char| it.is_alphanumeric() || it == '_' || it == '-';
            let times = text.split(|it| !part(it)).filter(|it| *it == word).count();
            found.extend(std::iter::repeat_n(format!("{name} {word}"), times));
        }
    }
    found
}

#[test]
fn a_rule_is_found_in_its_script_its_captions_and_its_cases() {
    let (mut client, texts) = whole();
    let pack = "62/2022-03-07";
    let script = format!("packs/{pack}/code.rhai");
    let (line, column) = find(&texts[&script], "time_space_companion(");
    let mut asked = place(&script, line, column + 3);
    asked["context"] = json!({ "includeDeclaration": true });
    let found = client.ask("textDocument/references", &asked);
    let found = located(&found, &texts);
    // The pack that Gansu had before has a rule of that name, and this one is no heir of it.
    let own = |it: &&String| it.starts_with(pack);
    let here: Vec<&String> = found.iter().filter(own).collect();
    // The cases also expect the rule across the change of packs, so the words in the pack's own
    // files are all of them.
    let words = having(&texts, &[pack], "time_space_companion");
    let words: Vec<&String> = words.iter().collect();
    assert_eq!(here, words);
    // The same, asked at a case.
    let cases = format!("packs/{pack}/cases/companions.toml");
    let (line, column) = find(&texts[&cases], "time_space_companion");
    let mut asked = place(&cases, line, column);
    asked["context"] = json!({ "includeDeclaration": true });
    let again = client.ask("textDocument/references", &asked);
    assert_eq!(located(&again, &texts), found);
}

#[test]
fn a_rule_is_renamed_with_its_captions_and_cases_and_nothing_else_changes() {
    let (mut client, texts) = whole();
    let pack = "62/validity-2020-02-21";
    let (line, column) = find(&texts[SCRIPT], "issued(");
    let rename = |client: &mut Client, name: &str| {
        let mut asked = place(SCRIPT, line, column);
        asked["newName"] = json!(name);
        client.sent("textDocument/rename", &asked)[0].clone()
    };
    let range = client.ask("textDocument/prepareRename", &place(SCRIPT, line, column));
    assert_eq!(range["start"]["character"], column);
    let renamed = rename(&mut client, "valid_from_issue");
    assert!(renamed.get("error").is_none(), "{renamed}");
    let changes = renamed["result"]["changes"].clone();
    let mut after = texts.clone();
    for (uri, edits) in changes.as_object().unwrap() {
        let file = uri.strip_prefix("file:///a%20house/").unwrap();
        // Cases of other series expect the rule beside their own.
        assert!(
            file.starts_with(&format!("packs/{pack}/")) || file.contains("/cases/"),
            "{file}"
        );
        let text = after.get_mut(file).unwrap();
        let mut edits: Vec<&Json> = edits.as_array().unwrap().iter().collect();
        edits.sort_by_key(|it| {
            std::cmp::Reverse((
                it["range"]["start"]["line"].as_u64(),
                it["range"]["start"]["character"].as_u64(),
            ))
        });
        for edit in edits {
            let at = |it: &Json| {
                let row = usize::try_from(it["line"].as_u64().unwrap()).unwrap();
                let units = usize::try_from(it["character"].as_u64().unwrap()).unwrap();
                let start: usize = text.split_inclusive('\n').take(row).map(str::len).sum();
                let line: Vec<u16> = text[start..].encode_utf16().take(units).collect();
                start + String::from_utf16(&line).unwrap().len()
            };
            let bytes = at(&edit["range"]["start"])..at(&edit["range"]["end"]);
            assert_eq!(&text[bytes.clone()], "issued");
            text.replace_range(bytes, edit["newText"].as_str().unwrap());
        }
    }
    assert!(having(&after, &[pack], "valid_from_issue").len() >= 3);
    // The packs say the same of themselves as before.
    let told = |texts: &Texts| {
        let house = longma_compile::texts::read(texts);
        let found = longma_desk::check::check_house(house, texts).findings;
        found
            .iter()
            .map(|it| it.code.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&after), told(&texts));
    // A name that is none, or that something else has.
    for wrong in ["Issued", "is-sued", "1st", "", "filter", "let"] {
        let refused = rename(&mut client, wrong);
        assert_eq!(refused["error"]["code"], -32803, "{wrong}");
    }
}

#[test]
fn a_manifest_captions_and_cases_are_shown_completed_and_found() {
    let (mut client, texts) = whole();
    let pack = "packs/62/validity-2020-02-21";
    let manifest = format!("{pack}/pack.toml");
    let hover = |client: &mut Client, file: &str, word: &str| {
        let (line, column) = find(&texts[file], word);
        let found = client.ask("textDocument/hover", &place(file, line, column + 1));
        found["contents"]["value"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    assert!(hover(&mut client, CAPTIONS, "validity}").contains("24 hours"));
    assert!(hover(&mut client, &manifest, "grade").contains("retelling"));
    let cases = format!("{pack}/cases/validity.toml");
    assert!(hover(&mut client, &cases, "because").contains("records"));
    // From a script to a field of its records.
    let (line, column) = find(&texts[SCRIPT], "issued_at");
    let defined = client.ask("textDocument/definition", &place(SCRIPT, line, column));
    assert_eq!(defined[0]["uri"], uri("schema/person.schema.json"));
    let (row, _) = find(&texts["schema/person.schema.json"], "\"issued_at\": {");
    assert_eq!(defined[0]["range"]["start"]["line"], row);
    // From a caption to the param, and from a case to the rule.
    let (line, column) = find(&texts[CAPTIONS], "validity}");
    let defined = client.ask("textDocument/definition", &place(CAPTIONS, line, column));
    assert_eq!(
        located(&defined, &texts),
        ["62/validity-2020-02-21/pack.toml validity"]
    );
    let (line, column) = find(&texts[&cases], "issued\"");
    let defined = client.ask("textDocument/definition", &place(&cases, line, column));
    assert_eq!(
        located(&defined, &texts),
        ["62/validity-2020-02-21/validity.rhai issued"]
    );
    // While the file is no TOML yet.
    let labels = |client: &mut Client, file: &str, end: &str| {
        client.open(file);
        let text = format!("{}\n{end}", texts[file]);
        client.change(file, &json!([{ "text": text }]));
        let line = text.matches('\n').count();
        let column = end.rsplit('\n').next().unwrap().encode_utf16().count();
        let found = client.ask("textDocument/completion", &place(file, line, column));
        let items = found["items"].as_array().cloned().unwrap_or_default();
        let labels = items
            .iter()
            .map(|it| it["label"].as_str().unwrap().to_owned());
        labels.collect::<Vec<_>>()
    };
    let units = labels(&mut client, &manifest, "[params.more]\nunit = \"");
    assert!(units.contains(&"hours".to_owned()), "{units:?}");
    let keys = labels(&mut client, &manifest, "[params.more]\na");
    assert_eq!(keys, ["value", "unit", "source", "assumed", "note"]);
    let sources = labels(&mut client, &manifest, "[params.more]\nsource = \"");
    assert!(
        sources.contains(&"gansu-2020-02-22".to_owned()),
        "{sources:?}"
    );
    let texts_of = labels(
        &mut client,
        CAPTIONS,
        "[validity.rules.x]\ncaption = { zh-CN = \"满 {",
    );
    assert!(texts_of.contains(&"validity".to_owned()), "{texts_of:?}");
    assert!(
        texts_of.contains(&"evidence.issued_at".to_owned()),
        "{texts_of:?}"
    );
    let rules = labels(
        &mut client,
        &cases,
        "[[case]]\nat = [ { time = 2020-03-01T00:00:00+08:00, rules = [\"",
    );
    assert!(rules.contains(&"issued".to_owned()), "{rules:?}");
    let levels = labels(&mut client, &cases, "[[case]]\nat = [ { validity = \"");
    assert!(levels.contains(&"valid".to_owned()), "{levels:?}");
}

#[test]
fn words_have_kinds_and_params_their_values() {
    let (mut client, _) = Client::new();
    let (text, _) = client.open(SCRIPT);
    let document = json!({ "textDocument": { "uri": uri(SCRIPT) } });
    let tokens = client.ask("textDocument/semanticTokens/full", &document);
    let data: Vec<usize> = tokens["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| usize::try_from(it.as_u64().unwrap()).unwrap())
        .collect();
    let (mut line, mut column) = (0, 0);
    let mut words = Vec::new();
    for token in data.chunks_exact(5) {
        column = if token[0] == 0 {
            column + token[1]
        } else {
            token[1]
        };
        line += token[0];
        let row: Vec<u16> = text.lines().nth(line).unwrap().encode_utf16().collect();
        let range = column..column + token[2];
        words.push((String::from_utf16(&row[range]).unwrap(), token[3], token[4]));
    }
    let has = |word: &str, kind: usize, bits: usize| words.contains(&(word.to_owned(), kind, bits));
    // A rule where it is defined, a section where it is asked for, a param, a level.
    assert!(has("issued", 3, 1), "{words:?}");
    assert!(has("issuance", 0, 1), "{words:?}");
    assert!(has("validity", 7, 2), "{words:?}");
    assert!(has("valid", 8, 0), "{words:?}");
    let whole = json!({ "textDocument": { "uri": uri(SCRIPT) },
        "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } } });
    let hints = client.ask("textDocument/inlayHint", &whole);
    let labels: Vec<&str> = hints
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["label"].as_str().unwrap())
        .collect();
    assert_eq!(labels, ["= 24 hours"]);
}

#[test]
fn a_mistake_with_one_mend_is_mended() {
    let (mut client, _) = Client::new();
    let (text, _) = client.open(SCRIPT);
    for (right, wrong, code) in [
        ("params.validity", "params.validty", "unknown-param"),
        ("(issuance", "（issuance", "script-syntax"),
        ("(issuance,", "(tests, issuance,", "unused-input"),
    ] {
        let (line, _) = find(&text, right);
        let mistaken = text.replacen(right, wrong, 1);
        assert_ne!(mistaken, text);
        let found = client.change(SCRIPT, &json!([{ "text": mistaken }]));
        let found = told(&found, SCRIPT);
        assert!(
            found.iter().any(|it| it.starts_with(code)),
            "{code}: {found:?}"
        );
        let asked = json!({ "textDocument": { "uri": uri(SCRIPT) }, "context": { "diagnostics": [] },
            "range": { "start": { "line": line, "character": 0 }, "end": { "line": line, "character": 0 } } });
        let actions = client.ask("textDocument/codeAction", &asked);
        let edits = &actions[0]["edit"]["changes"][uri(SCRIPT)];
        let edit = &edits[0];
        let changes = json!([{ "range": edit["range"], "text": edit["newText"] }]);
        let mended = client.change(SCRIPT, &changes);
        assert_eq!(told(&mended, SCRIPT), Vec::<String>::new(), "{code}");
        client.change(SCRIPT, &json!([{ "text": text }]));
    }
}

#[test]
fn cases_run_and_what_fails_is_told_at_its_line() {
    let (mut client, texts) = whole();
    let file = "packs/62/validity-2020-02-21/cases/validity.toml";
    client.open(file);
    let run = json!({ "command": "longma.runCases", "arguments": [uri(file)] });
    let done = client.sent("workspace/executeCommand", &run);
    let cases = done.last().unwrap()["result"]["cases"]
        .as_array()
        .unwrap()
        .clone();
    let all = texts[file].matches("[[case]]").count();
    assert_eq!(cases.len(), all);
    assert!(cases.iter().all(|it| it["passed"] == true));
    // Behind the rule's name: for how many of them it holds.
    client.open(SCRIPT);
    let asked = json!({ "textDocument": { "uri": uri(SCRIPT) },
        "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } } });
    let hints = client.ask("textDocument/inlayHint", &asked);
    let held = hints
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["label"].as_str().unwrap());
    let held: Vec<&str> = held
        .filter(|it| it.contains(&format!("of {all} cases")))
        .collect();
    assert_eq!(held.len(), 1, "{hints}");
    // A case that expects what the rules do not give.
    let (line, _) = find(&texts[file], "validity = \"valid\"");
    let wrong = texts[file].replacen("validity = \"valid\"", "validity = \"none\"", 1);
    client.change(file, &json!([{ "text": wrong }]));
    let saved = client.tell(
        "textDocument/didSave",
        &json!({ "textDocument": { "uri": uri(file) } }),
    );
    let found = told(&saved, file);
    assert!(
        found
            .iter()
            .any(|it| it.starts_with(&format!("case-failed {line}:"))),
        "{found:?}"
    );
    let lenses = client.ask(
        "textDocument/codeLens",
        &json!({ "textDocument": { "uri": uri(file) } }),
    );
    let titles = lenses
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["command"]["title"].as_str().unwrap());
    let (passed, failed): (Vec<&str>, Vec<&str>) = titles.partition(|it| *it == "✓ Passed");
    assert_eq!((passed.len(), failed.len()), (all - 1, 1));
    assert!(!failed[0].contains("expected none"), "{failed:?}");
    // Where a text cannot be read no case is run: a pack would be missing.
    let manifest = "packs/62/validity-2020-02-21/pack.toml";
    client.open(manifest);
    client.change(
        manifest,
        &json!([{ "text": format!("{}\nx = ", texts[manifest]) }]),
    );
    let done = client.sent("workspace/executeCommand", &run);
    assert_eq!(done.last().unwrap()["result"]["cases"], Json::Null);
    // Nor does it still say what failed when they ran last.
    assert!(done.iter().any(|it| it["params"]["uri"] == uri(file)));
    let left = told(&done, file);
    assert!(
        !left.iter().any(|it| it.starts_with("case-failed")),
        "{left:?}"
    );
    // This client cannot show who changes colour, and another one can.
    let script = "packs/62/2022-03-07/code.rhai";
    let asked = json!({ "textDocument": { "uri": uri(script) } });
    assert_eq!(
        client
            .ask("textDocument/codeLens", &asked)
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let mut other = Client {
        server: Server::new("file:///a%20house", texts.clone(), Lang::En),
        asked: 0,
    };
    other.ask(
        "initialize",
        &json!({ "capabilities": {}, "initializationOptions": { "compare": true } }),
    );
    let lenses = other.ask("textDocument/codeLens", &asked);
    assert_eq!(
        lenses[1]["command"]["arguments"],
        json!(["62/2021-10-25", "62/2022-03-07"])
    );
    assert!(
        failed[0].contains("validity should be none, and is valid"),
        "{failed:?}"
    );
}

#[test]
fn a_script_gets_its_form() {
    let (mut client, _) = Client::new();
    let (text, _) = client.open(SCRIPT);
    let asked = json!({ "textDocument": { "uri": uri(SCRIPT) }, "options": { "tabSize": 4, "insertSpaces": true } });
    assert_eq!(client.ask("textDocument/formatting", &asked), json!([]));
    let squeezed = text.replace(", ", ",").replace("    ", "\t");
    client.change(SCRIPT, &json!([{ "text": squeezed }]));
    let edits = client.ask("textDocument/formatting", &asked);
    assert_eq!(edits[0]["newText"], text);
}
