//! Revocation: officers take codes away, and a service asks which, to sign the list.

use super::queries::OFFICER;
use super::written;
use crate::answer::{Body, ProblemBody, Refusal};
use crate::app::{App, Caller};
use crate::code::{Code, problem};
use crate::store::Entry;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The role of the service that signs the list of what was revoked.
pub(crate) const LISTS: &str = "lists";

/// A code that no longer counts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RevocationBody {
    /// What the code is revoked by: 16 hexadecimal digits.
    id: String,
}

/// A code that was revoked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Revoked {
    /// What it is revoked by.
    id: String,
    /// Whether it was revoked before. Nothing was changed then.
    repeated: bool,
    /// When this was said.
    #[schema(format = DateTime)]
    at: String,
}

/// Codes that were revoked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RevokedList {
    /// Those that have not expired, for `longma sign revoked`.
    ids: Vec<String>,
}

/// Revokes a code. Gates know once the next signed list is out.
#[utoipa::path(
    post,
    path = "/v1/revocations",
    tag = "codes",
    security(("bearer" = [])),
    request_body = RevocationBody,
    responses(
        (status = 200, description = "Revoked", body = Revoked),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", description = "Not now", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn revoke(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Body(body): Body<RevocationBody>,
) -> Result<Json<Revoked>, Refusal> {
    caller.needs(OFFICER)?;
    let now = app.now()?;
    let mut writing = app.store.write().await?;
    let done = writing.revoke(&body.id, &caller.id, now).await?;
    let (subject, newly) = done.ok_or_else(|| problem(Code::Pass))?;
    let entry = Entry {
        at: now,
        actor: &caller.id,
        action: "revocation",
        subject: &subject,
        object: &body.id,
    };
    writing.commit(&entry).await?;
    Ok(Json(Revoked {
        id: body.id,
        repeated: !newly,
        at: written(now),
    }))
}

/// Lists the codes that were revoked and have not expired.
#[utoipa::path(
    get,
    path = "/v1/revocations",
    tag = "codes",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The codes", body = RevokedList),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", description = "Not now", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn revoked(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
) -> Result<Json<RevokedList>, Refusal> {
    caller.needs(LISTS)?;
    let ids = app.store.revoked(app.now()?).await?;
    Ok(Json(RevokedList { ids }))
}
