//! The language server: what an editor asks about a house of packs, in the Language Server
//! Protocol.
//!
//! A message goes in and messages come out, as JSON text; whoever carries them (a process on
//! its standard streams, a worker of a page) reads and writes the files. A document's URI is
//! the folder's followed by its path inside the house, such as `packs/62/2022-03-07/code.rhai`.
//!
//! At a key stroke a script is analysed again by itself; the whole house is checked when the
//! client has begun, and when a document is saved or closed.

mod answers;
mod cases;
mod desk;
mod mends;
mod names;
mod outline;
mod place;
mod protocol;
mod shown;

use crate::check::{Checked, check_house};
use cases::{ENTRIES, RUN, Ran};
use desk::Desk;
use longma_compile::texts::{Texts, read};
use longma_compile::toml::Toml;
use longma_core::order::Gather;
use longma_core::{Lang, PackId};
use longma_lang::finding::Finding;
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProviderCapability, CodeLensOptions,
    CompletionOptions, DidChangeTextDocumentParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, ExecuteCommandOptions,
    HoverProviderCapability, InitializeResult, OneOf, PositionEncodingKind, RenameOptions,
    SaveOptions, SemanticTokensFullOptions, SemanticTokensOptions,
    SemanticTokensServerCapabilities, ServerCapabilities, ServerInfo, TextDocumentPositionParams,
    TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
    TextDocumentSyncSaveOptions, Uri, WorkDoneProgressOptions,
};
use place::Encoding;
use protocol::{Fault, Incoming, Initialize, Outgoing};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// A server for one house and one client.
///
/// ```
/// use longma_core::Lang;
/// use longma_desk::server::Server;
/// let mut server = Server::new("file:///rules/", Default::default(), Lang::En);
/// let ask = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#;
/// let answers = server.receive(ask);
/// assert!(answers[0].contains(r#""hoverProvider":true"#));
/// ```
#[derive(Debug)]
pub struct Server {
    /// The URI of the house's folder, with a slash at its end.
    base: String,
    /// The URIs of documents as the client writes them, which escapes more or less.
    uris: BTreeMap<String, Uri>,
    /// The documents, as the client or else the files have them.
    texts: Texts,
    /// What stood last in documents that are no TOML at the moment, half-written as they are.
    sound: Texts,
    /// What is in the files of documents that the client holds open.
    beneath: BTreeMap<String, Option<String>>,
    lang: Lang,
    encoding: Encoding,
    stage: Stage,
    /// Made when it is asked for; dropped when a text changes that it cannot follow.
    desk: Option<Desk>,
    /// Whether the packs were read before the last change of a manifest or of captions: what
    /// is asked about these can be answered all the same, and about scripts cannot.
    stale: bool,
    /// Whether the client shows who changes colour.
    compares: bool,
    /// The findings that the client shows, by file.
    told: BTreeMap<String, Vec<Finding>>,
    /// What became of the cases of packs, as long as no text has changed since.
    ran: BTreeMap<String, Ran>,
}

/// The URI of a file or folder with an absolute path.
///
/// ```
/// use longma_desk::server::file_uri;
/// assert_eq!(file_uri("/home/a b/规则"), "file:///home/a%20b/%E8%A7%84%E5%88%99");
/// ```
#[must_use]
pub fn file_uri(path: &str) -> String {
    format!("file://{}", place::encoded(path))
}

/// How far the conversation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    Ready,
    Closing,
    Ended,
}

impl Server {
    /// A server for the texts of a house whose folder has the URI `base`. `lang` is the
    /// reader's language, unless the client names one.
    #[must_use]
    pub fn new(base: &str, texts: Texts, lang: Lang) -> Self {
        let slash = if base.ends_with('/') { "" } else { "/" };
        Self {
            base: format!("{base}{slash}"),
            uris: BTreeMap::new(),
            texts,
            sound: Texts::new(),
            beneath: BTreeMap::new(),
            lang,
            encoding: Encoding::Utf16,
            stage: Stage::New,
            desk: None,
            stale: false,
            compares: false,
            told: BTreeMap::new(),
            ran: BTreeMap::new(),
        }
    }

    /// Whether the client has said that it is over, so that the process can end.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.stage == Stage::Ended
    }

    /// Takes a message from the client, and gives those to send, in order.
    pub fn receive(&mut self, message: &str) -> Vec<String> {
        let mut out = Outgoing::default();
        match Incoming::read(message) {
            Ok(Incoming::Request { id, method, params }) => {
                let answer = if method == "workspace/executeCommand" && self.stage == Stage::Ready {
                    self.command(params, &mut out)
                } else {
                    self.asked(&method, params)
                };
                out.answer(&id, answer);
            }
            Ok(Incoming::Notification { method, params }) => {
                // Nobody waits for an answer, so a mistake in a notification has none.
                let _ = self.told_of(&method, params, &mut out);
            }
            Ok(Incoming::Response) => {}
            Err(fault) => out.answer(&Json::Null, Err(fault)),
        }
        out.messages
    }

    /// Takes what a file has now; `None` if it is gone. For whoever watches the files.
    pub fn file(&mut self, path: &str, text: Option<String>) -> Vec<String> {
        let mut out = Outgoing::default();
        if let Some(beneath) = self.beneath.get_mut(path) {
            *beneath = text;
        } else {
            self.set(path, text);
            self.check(&mut out);
        }
        out.messages
    }

    fn asked(&mut self, method: &str, params: Json) -> Result<Json, Fault> {
        match (self.stage, method) {
            (Stage::New, "initialize") => self.initialize(&protocol::params(params)?),
            (Stage::New, _) => Err(Fault::not_begun()),
            (Stage::Ready, "shutdown") => {
                self.stage = Stage::Closing;
                Ok(Json::Null)
            }
            (Stage::Ready, "textDocument/hover") => self.at(params, Self::hover),
            (Stage::Ready, "textDocument/completion") => self.at(params, Self::completion),
            (Stage::Ready, "textDocument/definition") => self.at(params, Self::definition),
            (Stage::Ready, "textDocument/references") => self.references(params),
            (Stage::Ready, "textDocument/prepareRename") => self.at(params, Self::renamed),
            (Stage::Ready, "textDocument/rename") => self.rename(params),
            (Stage::Ready, "textDocument/semanticTokens/full") => self.tokens(params),
            (Stage::Ready, "textDocument/codeAction") => self.mends(params),
            (Stage::Ready, "textDocument/codeLens") => self.lenses(params),
            (Stage::Ready, "textDocument/formatting") => self.formatted(params),
            (Stage::Ready, "textDocument/inlayHint") => self.hints(params),
            (Stage::Ready, "textDocument/documentSymbol") => self.symbols(params),
            (Stage::Ready, "textDocument/foldingRange") => self.folds(params),
            (Stage::Ready, _) => Err(Fault::no_method(method)),
            (Stage::Closing | Stage::Ended, _) => Err(Fault::is_over()),
        }
    }

    fn told_of(&mut self, method: &str, params: Json, out: &mut Outgoing) -> Result<(), Fault> {
        match (self.stage, method) {
            (_, "exit") => self.stage = Stage::Ended,
            (Stage::Ready, "initialized") => self.check(out),
            (Stage::Ready, "textDocument/didOpen") => {
                let params: DidOpenTextDocumentParams = protocol::params(params)?;
                let Some(path) = self.path_of(params.text_document.uri.as_str()) else {
                    return Ok(());
                };
                let file = self.texts.get(&path).cloned();
                let same = file.as_ref() == Some(&params.text_document.text);
                self.uris.insert(path.clone(), params.text_document.uri);
                self.beneath.insert(path.clone(), file);
                if !same {
                    self.set(&path, Some(params.text_document.text));
                    self.glance(&path, out);
                }
            }
            (Stage::Ready, "textDocument/didChange") => {
                let params: DidChangeTextDocumentParams = protocol::params(params)?;
                let Some(path) = self.path_of(params.text_document.uri.as_str()) else {
                    return Ok(());
                };
                let mut text = self.texts.get(&path).cloned().unwrap_or_default();
                for change in params.content_changes {
                    match change.range {
                        Some(range) => {
                            let bytes = place::bytes(&text, range, self.encoding);
                            text.replace_range(bytes, &change.text);
                        }
                        None => text = change.text,
                    }
                }
                self.set(&path, Some(text));
                self.glance(&path, out);
            }
            (Stage::Ready, "textDocument/didSave") => {
                let params: DidSaveTextDocumentParams = protocol::params(params)?;
                let Some(path) = self.path_of(params.text_document.uri.as_str()) else {
                    return Ok(());
                };
                let text = self.texts.get(&path).cloned();
                self.beneath
                    .entry(path.clone())
                    .and_modify(|file| *file = text);
                self.check(out);
                if let Some((pack, _)) = PackId::split(&path) {
                    self.run(pack, out);
                }
            }
            (Stage::Ready, "textDocument/didClose") => {
                let params: DidCloseTextDocumentParams = protocol::params(params)?;
                let Some(path) = self.path_of(params.text_document.uri.as_str()) else {
                    return Ok(());
                };
                // What was not saved is gone.
                if let Some(file) = self.beneath.remove(&path)
                    && self.texts.get(&path) != file.as_ref()
                {
                    self.set(&path, file);
                    self.check(out);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn initialize(&mut self, params: &Initialize) -> Result<Json, Fault> {
        let general = params.capabilities.general.as_ref();
        let encodings = general.map_or(&[][..], |it| &it.position_encodings);
        if encodings.contains(&PositionEncodingKind::UTF32) {
            self.encoding = Encoding::Utf32;
        }
        let options = params.initialization_options.as_ref();
        let compares = options.and_then(|it| it.get("compare"));
        self.compares = compares.and_then(Json::as_bool).unwrap_or(false);
        if let Some(locale) = &params.locale {
            self.lang = if locale.to_ascii_lowercase().starts_with("zh") {
                Lang::ZhCn
            } else {
                Lang::En
            };
        }
        self.stage = Stage::Ready;
        let sync = TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(TextDocumentSyncSaveOptions::SaveOptions(
                SaveOptions::default(),
            )),
            ..TextDocumentSyncOptions::default()
        };
        let capabilities = ServerCapabilities {
            position_encoding: Some(self.encoding.kind()),
            text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
            hover_provider: Some(HoverProviderCapability::Simple(true)),
            completion_provider: Some(CompletionOptions {
                trigger_characters: Some([".", "(", "\"", "|", "[", "{"].map(str::to_owned).into()),
                ..CompletionOptions::default()
            }),
            definition_provider: Some(OneOf::Left(true)),
            references_provider: Some(OneOf::Left(true)),
            rename_provider: Some(OneOf::Right(RenameOptions {
                prepare_provider: Some(true),
                work_done_progress_options: WorkDoneProgressOptions::default(),
            })),
            semantic_tokens_provider: Some(SemanticTokensServerCapabilities::from(
                SemanticTokensOptions {
                    legend: shown::legend(),
                    full: Some(SemanticTokensFullOptions::Bool(true)),
                    ..SemanticTokensOptions::default()
                },
            )),
            code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
                code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
                ..CodeActionOptions::default()
            })),
            code_lens_provider: Some(CodeLensOptions {
                resolve_provider: None,
            }),
            execute_command_provider: Some(ExecuteCommandOptions {
                commands: vec![RUN.to_owned(), ENTRIES.to_owned()],
                ..ExecuteCommandOptions::default()
            }),
            document_formatting_provider: Some(OneOf::Left(true)),
            inlay_hint_provider: Some(OneOf::Left(true)),
            document_symbol_provider: Some(OneOf::Left(true)),
            folding_range_provider: Some(true.into()),
            ..ServerCapabilities::default()
        };
        protocol::result(&InitializeResult {
            capabilities,
            server_info: Some(ServerInfo {
                name: "longma".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        })
    }

    /// Answers a question about a place of a document. An editor also asks about documents that
    /// are none of the house's: there is nothing to say about them.
    fn at(
        &mut self,
        params: Json,
        answer: impl FnOnce(&mut Self, &str, longma_lang::finding::Position) -> Result<Json, Fault>,
    ) -> Result<Json, Fault> {
        let params: TextDocumentPositionParams = protocol::params(params)?;
        let Some(path) = self.path_of(params.text_document.uri.as_str()) else {
            return Ok(Json::Null);
        };
        let text = self.texts.get(&path).map_or("", String::as_str);
        let at = place::position(text, params.position, self.encoding);
        answer(self, &path, at)
    }

    /// The path inside the house of the document with this URI; `None` if it is not in the
    /// house's folder.
    #[must_use]
    pub fn path_of(&self, uri: &str) -> Option<String> {
        let (uri, base) = (place::decoded(uri), place::decoded(&self.base));
        uri.strip_prefix(&base).map(str::to_owned)
    }

    /// Gives a document a text; `None` takes it away.
    fn set(&mut self, path: &str, text: Option<String>) {
        let follows = match (&mut self.desk, &text) {
            (Some(desk), Some(text)) if is_sheet(path) => {
                self.stale |= !path.contains("/cases/");
                desk.retype(path, text)
            }
            (Some(desk), Some(text)) => desk.rewrite(path, text),
            _ => false,
        };
        if !follows {
            self.desk = None;
        }
        self.ran.clear();
        let broken = |text: &String| Toml::parse(text).is_err();
        if is_toml(path) {
            if !text.as_ref().is_some_and(broken) {
                self.sound.remove(path);
            } else if let Some(last) = self.texts.get(path).filter(|it| !broken(it)) {
                self.sound.insert(path.to_owned(), last.clone());
            }
        }
        match text {
            Some(text) => drop(self.texts.insert(path.to_owned(), text)),
            None => drop(self.texts.remove(path)),
        }
    }

    /// What answers about a document: a script is asked about with the packs as they are now.
    fn desk_for(&mut self, path: &str) -> &Desk {
        if is_script(path) {
            self.fresh()
        } else {
            self.desk()
        }
    }

    /// What answers about all documents together.
    fn fresh(&mut self) -> &Desk {
        if self.stale {
            self.desk = None;
        }
        self.desk()
    }

    fn desk(&mut self) -> &Desk {
        if self.desk.is_none() {
            self.stale = false;
        }
        let (texts, sound) = (&self.texts, &self.sound);
        self.desk.get_or_insert_with(|| Desk::new(texts, sound))
    }

    /// Tells what is wrong with one document by itself.
    fn glance(&mut self, path: &str, out: &mut Outgoing) {
        let script = is_script(path);
        let found = script.then(|| self.desk_for(path).glance(path)).flatten();
        let found = found.unwrap_or_else(|| desk::of_text(path, &self.texts));
        self.tell(path, found, out);
    }

    /// Tells everything that is wrong with the house.
    fn check(&mut self, out: &mut Outgoing) {
        if self.stale {
            self.desk = None;
        }
        let Checked { findings, .. } = check_house(read(&self.texts), &self.texts);
        let mut by_file: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
        for finding in findings {
            let file = finding.spot.file().unwrap_or_default().to_owned();
            by_file.entry(file).or_default().push(finding);
        }
        let before = self.told.keys().cloned();
        let files: BTreeSet<String> = before.chain(by_file.keys().cloned()).into_set();
        for file in files {
            let found = by_file.remove(&file).unwrap_or_default();
            self.tell(&file, found, out);
        }
        // The next key stroke need not wait until the packs are read.
        self.desk();
    }

    /// Shows the findings of a file, unless they are shown already.
    fn tell(&mut self, path: &str, found: Vec<Finding>, out: &mut Outgoing) {
        let before = self.told.get(path).map_or(&[][..], Vec::as_slice);
        if path.is_empty() || before == found.as_slice() {
            return;
        }
        let text = self.texts.get(path).map_or("", String::as_str);
        let Some(shown) = self.diagnostics(path, text, &found) else {
            return;
        };
        out.notify("textDocument/publishDiagnostics", &shown);
        if found.is_empty() {
            self.told.remove(path);
        } else {
            self.told.insert(path.to_owned(), found);
        }
    }
}

/// Whether a document is a script, by its name.
fn is_script(path: &str) -> bool {
    ends(path, "rhai")
}

/// Whether a document is a pack's manifest, captions or cases.
fn is_sheet(path: &str) -> bool {
    is_toml(path) && PackId::split(path).is_some()
}

/// Whether a document is a TOML file, by its name.
fn is_toml(path: &str) -> bool {
    ends(path, "toml")
}

fn ends(path: &str, extension: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, it)| it == extension)
}
