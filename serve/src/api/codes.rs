//! Code making: the facts about a person become a signed code.

use super::{region, written};
use crate::answer::{Body, ProblemBody, Refusal};
use crate::app::{App, Caller};
use crate::code::{Code, problem};
use crate::documents::Loaded;
use crate::keys::{random, seal_pass};
use crate::people::known;
use crate::store::{Application, Entry, Kept};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use longma_core::{Elapsed, Problems, Request, hex};
use longma_gate::issue::{self, Terms};
use longma_seal::{PublicKey, text};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Asks for a code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeBody {
    /// The number of the application.
    application: String,
    /// For how many hours it counts.
    #[serde(default)]
    hours: Option<u32>,
}

/// A code.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CodeMade {
    /// What it is revoked by: 16 hexadecimal digits.
    id: String,
    /// The text for a QR code.
    code: String,
    /// From when on it counts.
    #[schema(format = DateTime)]
    issued: String,
    /// From when on it no longer counts.
    #[schema(format = DateTime)]
    expires: String,
}

/// 健康码生成 code making: makes a code by an application of the bearer, from the statements
/// that are known now.
#[utoipa::path(
    post,
    path = "/v1/codes",
    tag = "GB/T 38963",
    security(("bearer" = [])),
    request_body = CodeBody,
    responses(
        (status = 201, description = "Made", body = CodeMade),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", description = "Not now", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn code_making(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Body(asked): Body<CodeBody>,
) -> Result<(StatusCode, Json<CodeMade>), Refusal> {
    let subject = app.keys.subjects.subject(caller.document()?);
    let most = app.config.codes.most_hours;
    let hours = asked.hours.unwrap_or(app.config.codes.hours.min(most));
    let wrong = || problem(Code::Hours).with("limit", most);
    if !(1..=most).contains(&hours) {
        return Err(wrong().into());
    }
    let of = app.store.application(&asked.application, &subject).await?;
    let of = of.ok_or_else(|| problem(Code::Application))?;
    let kept = app.store.statements(&subject).await?;
    let now = app.now()?;
    let lasts = Elapsed::hours(i64::from(hours));
    let expires = lasts.and_then(|lasts| now.plus(lasts)).ok_or_else(wrong)?;
    let holder_key = region(&of.phone).map(PublicKey::read).transpose()?;
    let terms = Terms {
        id: random()?,
        issued: now,
        expires,
        holder_key,
    };
    let id = hex(&terms.id);
    let by = of.clone();
    let code = app.work(now, move |app, loaded| made(app, loaded, &by, &kept, terms));
    let code = code.await?;
    let mut writing = app.store.write().await?;
    writing.pass(&id, &of, (now, expires)).await?;
    let entry = Entry {
        at: now,
        actor: &caller.id,
        action: "code",
        subject: &subject,
        object: &id,
    };
    writing.commit(&entry).await?;
    let made = CodeMade {
        id,
        code,
        issued: written(now),
        expires: written(expires),
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Merges, decides as a phone would, and signs.
fn made(
    app: &App,
    loaded: &Loaded,
    of: &Application,
    kept: &[Kept],
    terms: Terms,
) -> Result<String, Problems> {
    loaded.counts(terms.issued)?;
    let facts = known(app, loaded, &of.subject, kept, terms.issued)?.facts;
    let request = Request {
        region: region(&of.region),
        references: Some(&loaded.references),
        ..Request::default()
    };
    let pass = if of.kind == "facts" {
        issue::facts(&loaded.catalogue, &facts, request, terms)?
    } else {
        let by = request.region.or(facts.region()).unwrap_or_default();
        let outcome = loaded.catalogue.decide(&facts, request)?;
        issue::outcome(&outcome, by, terms)
    };
    Ok(text::write(&seal_pass(&*app.keys.codes, &pass)?))
}
