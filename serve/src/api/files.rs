//! Packs, tables and lists for download, and the service's keys.

use crate::answer::{ProblemBody, Refusal};
use crate::app::App;
use crate::code::{Code, problem};
use crate::documents::{File, number_of_root};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The files that are given out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FileList {
    /// The files, by name.
    files: Vec<FileBody>,
}

/// A file that is given out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FileBody {
    /// Its name below `/v1/documents/`.
    name: String,
    /// Its digest (SHA-256), in hexadecimal: its `ETag` without quotes.
    digest: String,
    /// How many bytes it has.
    bytes: usize,
}

/// The keys that verify what the service signs. Whoever uses them got them elsewhere: a root
/// names those of codes, and the list of sources the one of declarations.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublicKeys {
    /// Signs codes.
    #[schema(value_type = Object)]
    codes: serde_json::Value,
    /// Signs what is stated here.
    #[schema(value_type = Object)]
    facts: serde_json::Value,
    /// Signs receipts.
    #[schema(value_type = Object)]
    receipts: serde_json::Value,
}

/// Lists the files that are given out.
#[utoipa::path(
    get,
    path = "/v1/documents",
    tag = "documents",
    responses(
        (status = 200, description = "The files", body = FileList),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", description = "Not now", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn documents(State(app): State<Arc<App>>) -> Result<Json<FileList>, Refusal> {
    let now = app.now()?;
    let loaded = app.documents(now).await?;
    let files = loaded.files.iter().map(|(name, file)| FileBody {
        name: name.clone(),
        digest: file.digest.clone(),
        bytes: file.bytes.len(),
    });
    Ok(Json(FileList {
        files: files.collect(),
    }))
}

/// Gives out a signed document, the packs, or the list of sources. None of it is trusted for
/// coming from here: root, release and timestamp say what counts.
#[utoipa::path(
    get,
    path = "/v1/documents/{file}",
    tag = "documents",
    params(
        ("file" = String, Path, description = "`root.cbor`, `timestamp.cbor`, `release.cbor`, `packs.longma`, `sources.json`, `revoked.cbor`"),
        ("if-none-match" = Option<String>, Header, description = "The `ETag` of what is there already"),
    ),
    responses(
        (status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream", headers(("etag" = String, description = "Its digest"))),
        (status = 304, description = "It is there already"),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", description = "Not now", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn document(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    given(&app, file, &headers).await
}

/// Gives out a table that rules read.
#[utoipa::path(
    get,
    path = "/v1/documents/tables/{file}",
    tag = "documents",
    params(
        ("file" = String, Path, description = "The table's name and `.csv`"),
        ("if-none-match" = Option<String>, Header, description = "The `ETag` of what is there already"),
    ),
    responses(
        (status = 200, description = "The table", body = Vec<u8>, content_type = "application/octet-stream", headers(("etag" = String, description = "Its digest"))),
        (status = 304, description = "It is there already"),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", description = "Not now", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn table(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    given(&app, format!("tables/{file}"), &headers).await
}

async fn given(app: &Arc<App>, name: String, headers: &HeaderMap) -> Result<Response, Refusal> {
    let now = app.now()?;
    let loaded = app.documents(now).await?;
    let file = loaded
        .files
        .get(&name)
        .ok_or_else(|| problem(Code::Unknown))?;
    Ok(file_of(&name, file, headers))
}

fn file_of(name: &str, file: &File, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", file.digest);
    // The first root is replaced by nothing; each later one has a name of its own.
    let kept = match number_of_root(name) {
        Some(_) => "public, max-age=31536000, immutable",
        None => "public, no-cache",
    };
    let mut response = if has(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let kind = [(CONTENT_TYPE, "application/octet-stream")];
        (kind, file.bytes.clone()).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(kept));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    response
}

/// Whether whoever asks has what a tag names (RFC 9110, section 13.1.2).
fn has(headers: &HeaderMap, tag: &str) -> bool {
    let values = headers.get_all(IF_NONE_MATCH).iter();
    let mut tags = values
        .filter_map(|it| it.to_str().ok())
        .flat_map(|it| it.split(','))
        .map(str::trim);
    tags.any(|it| it == "*" || it.strip_prefix("W/").unwrap_or(it) == tag)
}

/// Gives out the public keys that verify what the service signs.
#[utoipa::path(
    get,
    path = "/v1/keys",
    tag = "documents",
    responses(
        (status = 200, description = "The keys", body = PublicKeys),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", description = "Not now", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn keys(State(app): State<Arc<App>>) -> Json<PublicKeys> {
    let jwk = |it: &dyn crate::keys::Signer| {
        serde_json::from_str(&it.public().to_jwk()).unwrap_or_default()
    };
    Json(PublicKeys {
        codes: jwk(&*app.keys.codes),
        facts: jwk(&*app.keys.facts),
        receipts: jwk(&*app.keys.receipts),
    })
}
