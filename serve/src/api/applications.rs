//! Application: a person asks for codes, and says which phone shows them.

use super::few;
use crate::answer::{Body, ProblemBody, Refusal};
use crate::app::{App, Caller};
use crate::keys::random;
use crate::store::{Application, Entry};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use longma_core::{Place, Problem, hex};
use longma_seal::PublicKey;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// What a code shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shows {
    /// The least facts that a gate decides from.
    Facts,
    /// What was decided.
    Outcome,
}

/// The key of a phone: a JSON Web Key of Ed25519 or P-256, without its private part.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PhoneKey {
    /// `OKP` or `EC`.
    kty: String,
    /// `Ed25519` or `P-256`.
    crv: String,
    /// The first coordinate.
    x: String,
    /// The second coordinate, for `EC`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    y: Option<String>,
}

/// An application for codes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApplicationBody {
    /// What the codes show.
    shows: Shows,
    /// By whose rules; six digits. Those of where the person lives if left out.
    #[serde(default)]
    region: Option<String>,
    /// The key of the phone that shows the codes. Without it a code can be copied.
    #[serde(default)]
    phone: Option<PhoneKey>,
}

/// An application that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Applied {
    /// Its number, to have codes made with.
    application: String,
}

/// 健康码申请 application: takes an application for codes of the bearer.
#[utoipa::path(
    post,
    path = "/v1/applications",
    tag = "GB/T 38963",
    security(("bearer" = [])),
    request_body = ApplicationBody,
    responses(
        (status = 201, description = "Taken", body = Applied),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", description = "Not now", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn application(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Body(asked): Body<ApplicationBody>,
) -> Result<(StatusCode, Json<Applied>), Refusal> {
    let subject = app.keys.subjects.subject(caller.document()?);
    let region = asked.region.unwrap_or_default();
    if !region.is_empty() && !longma_core::is_region(&region) {
        let told = Problem::new(longma_core::Code::RegionInvalid, Place::None);
        return Err(told.with("found", region.escape_debug()).into());
    }
    let phone = asked.phone.map(|key| phone(&key)).transpose()?;
    let count = app.store.count_applications(&subject).await?;
    few(count, app.config.codes.applications)?;
    let application = Application {
        id: hex(&random::<16>()?),
        subject,
        kind: match asked.shows {
            Shows::Facts => "facts",
            Shows::Outcome => "outcome",
        }
        .to_owned(),
        region,
        phone: phone.unwrap_or_default(),
    };
    let now = app.now()?;
    let mut writing = app.store.write().await?;
    writing.application(&application, now).await?;
    let entry = Entry {
        at: now,
        actor: &caller.id,
        action: "application",
        subject: &application.subject,
        object: &application.id,
    };
    writing.commit(&entry).await?;
    let application = application.id;
    Ok((StatusCode::CREATED, Json(Applied { application })))
}

/// The key as it is kept, if it is one that phones have.
fn phone(key: &PhoneKey) -> Result<String, Problem> {
    // Serializing texts cannot fail.
    let key = PublicKey::read(&serde_json::to_string(key).unwrap_or_default())?;
    if key.to_bytes().is_none() {
        return Err(Problem::new(longma_seal::Code::KeyPhone, Place::None));
    }
    Ok(key.to_jwk())
}
