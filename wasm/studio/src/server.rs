//! The language server, for the editor of a page.

use crate::desk::texts_of;
use js_sys::{Array, JsString, Object};
use longma_core::Lang;
use longma_desk::server::Server;
use wasm_bindgen::prelude::*;

/// The Language Server Protocol over texts in memory: a message goes in, and those to send
/// come out. A text of the house has the URI of the folder followed by its path.
#[wasm_bindgen]
#[derive(Debug)]
pub struct LanguageServer(Server);

#[wasm_bindgen]
impl LanguageServer {
    /// A server for packs as texts, by path as in `checkTexts`, in the folder with the URI
    /// `base`. It speaks Chinese unless `lang` is `en` or the client names a locale.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(
        base: &str,
        #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] texts: &Object,
        lang: &str,
    ) -> Self {
        let lang = if lang == "en" { Lang::En } else { Lang::ZhCn };
        Self(Server::new(base, texts_of(texts), lang))
    }

    /// Takes a message from the client as JSON text, and gives those to send to it, in order.
    #[wasm_bindgen(unchecked_return_type = "string[]")]
    pub fn receive(&mut self, message: &str) -> Array {
        listed(self.0.receive(message))
    }

    /// Takes what a file has now, or that it is gone. For files that the client does not hold
    /// open.
    #[wasm_bindgen(unchecked_return_type = "string[]")]
    pub fn file(&mut self, path: &str, text: Option<String>) -> Array {
        listed(self.0.file(path, text))
    }
}

fn listed(messages: Vec<String>) -> Array {
    messages.into_iter().map(JsString::from).collect()
}
