//! Asking an issuer for its keys: its discovery document, then the set that this names.

use crate::config::unusable;
use axum::body::Body;
use axum::http::{Request, Uri};
use http_body_util::{BodyExt as _, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jsonwebtoken::jwk::JwkSet;
use longma_core::Problem;
use serde::Deserialize;
use std::time::Duration;

/// The most bytes of an answer.
const ANSWER_BYTES: usize = 1 << 20;
/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(5);

/// An issuer on the network.
pub(super) struct Issuer {
    name: String,
    client: Client<HttpsConnector<HttpConnector>, Body>,
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Issuer").field(&self.name).finish()
    }
}

/// The part of a discovery document that counts.
#[derive(Deserialize)]
struct Discovered {
    issuer: String,
    jwks_uri: String,
}

impl Issuer {
    /// An issuer by its name, which is its address.
    ///
    /// # Errors
    /// If that is no address, or one at which anybody could answer.
    pub(super) fn new(name: &str) -> Result<Self, Problem> {
        let wrong = || unusable("tokens.issuer", "expect-issuer");
        address(name).ok_or_else(wrong)?;
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(|_| wrong())?
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self {
            name: name.to_owned(),
            client: Client::builder(TokioExecutor::new()).build(connector),
        })
    }

    /// Its keys; `None` if it does not answer, or with something else.
    pub(super) async fn keys(&self) -> Option<JwkSet> {
        let name = self.name.trim_end_matches('/');
        let found = format!("{name}/.well-known/openid-configuration");
        let found: Discovered = serde_json::from_slice(&self.get(&found).await?).ok()?;
        if found.issuer != self.name {
            return None;
        }
        serde_json::from_slice(&self.get(&found.jwks_uri).await?).ok()
    }

    async fn get(&self, at: &str) -> Option<Vec<u8>> {
        let request = Request::get(address(at)?).body(Body::empty()).ok()?;
        let answer = async {
            let answer = self.client.request(request).await.ok()?;
            if !answer.status().is_success() {
                return None;
            }
            let body = Limited::new(answer.into_body(), ANSWER_BYTES);
            Some(body.collect().await.ok()?.to_bytes().to_vec())
        };
        tokio::time::timeout(ANSWER, answer).await.ok()?
    }
}

/// Whether an issuer can be asked at an address.
pub(crate) fn is_address(text: &str) -> bool {
    address(text).is_some()
}

/// An address at which nobody else can answer: over TLS, or on this machine.
fn address(text: &str) -> Option<Uri> {
    let address: Uri = text.parse().ok()?;
    let local = ["127.0.0.1", "[::1]", "localhost"];
    let is_local = address.host().is_some_and(|host| local.contains(&host));
    match address.scheme_str() {
        Some("https") => Some(address),
        Some("http") if is_local => Some(address),
        _ => None,
    }
}
