//! Correction: an officer says what a record should have been, and answers for it.

use super::queries::{DocumentBody, OFFICER};
use super::statements::{Held, hold};
use crate::answer::{Body, ProblemBody, Refusal};
use crate::app::{App, Caller};
use crate::code::{Code, problem};
use crate::keys::seal_statement;
use crate::people::{self, dossier};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use longma_seal::statement::{Kind, Statement};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Corrections of one person's records.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CorrectionsBody {
    /// Whose records.
    document: DocumentBody,
    /// The corrections.
    #[schema(min_items = 1)]
    corrections: Vec<CorrectionBody>,
}

/// A correction of one record.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CorrectionBody {
    /// The section of the facts.
    section: String,
    /// When it was made.
    #[schema(format = DateTime)]
    at: String,
    /// The record as it was stated, or enough of it to tell it from others.
    #[schema(value_type = Object)]
    record: serde_json::Map<String, serde_json::Value>,
    /// What it becomes; `null` takes it away.
    #[schema(value_type = Option<Object>)]
    becomes: Option<serde_json::Map<String, serde_json::Value>>,
    /// Who answers for it: the bearer of the token.
    by: OfficerBody,
    /// The reason, in words that the person can read.
    reason: String,
}

/// Who answers for a correction.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfficerBody {
    /// The name.
    name: String,
    /// The office.
    office: String,
    /// The service number, which the token has too.
    number: String,
}

/// 健康信息更正 correction: keeps an officer's corrections, signed by the service. Nothing
/// that was stated is changed; merging follows the corrections.
#[utoipa::path(
    post,
    path = "/v1/corrections",
    tag = "GB/T 38963",
    security(("bearer" = [])),
    request_body = CorrectionsBody,
    responses(
        (status = 201, description = "Kept", body = Held),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", description = "Not now", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn correction(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Body(body): Body<CorrectionsBody>,
) -> Result<(StatusCode, Json<Held>), Refusal> {
    caller.needs(OFFICER)?;
    let own = |it: &CorrectionBody| Some(&it.by.number) == caller.officer.as_ref();
    if !body.corrections.iter().all(own) {
        return Err(problem(Code::Officer).into());
    }
    let about = body.document.named();
    let subject = about.subject(&app);
    let kept = app.store.statements(&subject).await?;
    let now = app.now()?;
    let sealed = app.work(now, move |app, loaded| {
        // Serializing what was just read cannot fail.
        let list = serde_json::to_string(&body.corrections).unwrap_or_default();
        // What cannot be merged is not kept.
        let corrected = dossier(app, loaded, &about.subject(app), &kept)?;
        corrected
            .corrected(&loaded.catalogue, &list)?
            .merged(&loaded.catalogue)?;
        let stated = Statement {
            made: now,
            kind: Kind::Corrections,
            document: people::corrections(&about, &body.corrections),
        };
        Ok(seal_statement(&*app.keys.facts, &stated)?)
    });
    let sealed = sealed.await?;
    hold(
        &app,
        &caller.id,
        (now, now),
        &subject,
        Kind::Corrections,
        &sealed,
    )
    .await
}
