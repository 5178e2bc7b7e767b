//! Whether the service runs, and whether it can answer.

use crate::answer::{ProblemBody, Refusal};
use crate::app::App;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// That the service runs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Live {
    /// Its version.
    version: String,
}

/// That the service can answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Ready {
    /// The version of the release of packs.
    release: i64,
    /// From when on it no longer counts.
    #[schema(format = DateTime)]
    until: String,
    /// The code of what keeps a newer state of the folder of documents from counting.
    #[serde(skip_serializing_if = "Option::is_none")]
    newer: Option<String>,
}

/// Says that the service runs.
#[utoipa::path(
    get,
    path = "/livez",
    tag = "probes",
    responses(
        (status = 200, description = "It runs", body = Live),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", description = "Not now", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn live() -> Json<Live> {
    Json(Live {
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}

/// Says whether the database answers and packs count.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "probes",
    responses(
        (status = 200, description = "It can answer", body = Ready),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", description = "Not now", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn ready(State(app): State<Arc<App>>) -> Result<Json<Ready>, Refusal> {
    let now = app.now()?;
    app.store.answers().await?;
    let loaded = app.documents(now).await?;
    loaded.counts(now)?;
    let newer = app.shelf.newer();
    let newer = newer.and_then(|it| Some(it.as_slice().first()?.code.as_str().to_owned()));
    Ok(Json(Ready {
        release: loaded.release,
        until: super::written(loaded.until),
        newer,
    }))
}
