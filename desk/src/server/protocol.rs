//! The messages of JSON-RPC: what comes in, what goes out, and what can be wrong with it.

use lsp_types::PositionEncodingKind;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// A message from the client.
#[derive(Debug)]
pub(super) enum Incoming {
    Request {
        id: Json,
        method: String,
        params: Json,
    },
    Notification {
        method: String,
        params: Json,
    },
    /// An answer. The server asks nothing, so it says nothing.
    Response,
}

/// Why a request has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    code: i32,
    message: String,
}

impl Fault {
    fn new(code: i32, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    pub(super) fn not_begun() -> Self {
        Self::new(-32002, "`initialize` comes first")
    }

    pub(super) fn is_over() -> Self {
        Self::new(-32600, "after `shutdown` only `exit` comes")
    }

    /// A request that was understood and cannot be done, in words for a person.
    pub(super) fn refused(message: &str) -> Self {
        Self::new(-32803, message)
    }

    pub(super) fn no_method(method: &str) -> Self {
        Self::new(-32601, format!("there is no method `{method}` here"))
    }
}

impl Incoming {
    pub(super) fn read(message: &str) -> Result<Self, Fault> {
        let message: Json =
            serde_json::from_str(message).map_err(|it| Fault::new(-32700, it.to_string()))?;
        let Json::Object(mut members) = message else {
            return Err(Fault::new(-32600, "a message is an object"));
        };
        let params = members.remove("params").unwrap_or_default();
        match (members.remove("method"), members.remove("id")) {
            (Some(Json::String(method)), Some(id)) => Ok(Self::Request { id, method, params }),
            (Some(Json::String(method)), None) => Ok(Self::Notification { method, params }),
            (None, Some(_)) => Ok(Self::Response),
            _ => Err(Fault::new(-32600, "a message names a method or an id")),
        }
    }
}

/// Messages to send.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    pub(super) messages: Vec<String>,
}

impl Outgoing {
    pub(super) fn answer(&mut self, id: &Json, answer: Result<Json, Fault>) {
        let message = match answer {
            Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
            Err(Fault { code, message }) => json!({
                "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message },
            }),
        };
        self.messages.push(message.to_string());
    }

    pub(super) fn notify(&mut self, method: &str, params: &impl Serialize) {
        let message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        self.messages.push(message.to_string());
    }
}

/// What is read of the params of `initialize`. The protocol's own type also reads all else
/// that a client can do, which is of no use here and much code in a page.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Initialize {
    pub(super) capabilities: Capabilities,
    pub(super) initialization_options: Option<Json>,
    pub(super) locale: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Capabilities {
    pub(super) general: Option<General>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct General {
    #[serde(default)]
    pub(super) position_encodings: Vec<PositionEncodingKind>,
}

/// The params of a method.
pub(super) fn params<T: DeserializeOwned>(params: Json) -> Result<T, Fault> {
    serde_json::from_value(params).map_err(|it| Fault::new(-32602, it.to_string()))
}

/// The result of a method.
pub(super) fn result(value: &impl Serialize) -> Result<Json, Fault> {
    serde_json::to_value(value).map_err(|it| Fault::new(-32603, it.to_string()))
}

/// Changes of several documents, by URI. The protocol's own type keeps them in no order.
pub(super) fn changes(by_uri: &BTreeMap<String, Vec<lsp_types::TextEdit>>) -> Json {
    json!({ "changes": by_uri })
}
