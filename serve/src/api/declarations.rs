//! Declarations: what people state about themselves.

use super::queries::named;
use super::statements::{Held, hold};
use crate::answer::{Body, ProblemBody, Refusal};
use crate::app::{App, Caller};
use crate::auth::Bearer;
use crate::code::{Code, problem};
use crate::keys::seal_statement;
use crate::people::sound;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use longma_core::{Problem, Problems};
use longma_seal::statement::{Kind, Statement};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The members of facts that say whom and what they are about.
const FRAME: [&str; 3] = ["subject", "identity", "incomplete"];

/// What a person states about himself.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeclarationBody {
    /// A document of the schema of persons, with the sections that people declare here. A
    /// section in it says that the person knows all of it, unless `incomplete` names it.
    #[schema(value_type = Object)]
    facts: serde_json::Map<String, serde_json::Value>,
}

/// 健康申报 declaration: keeps what the bearer states about his health, signed by the service.
#[utoipa::path(
    post,
    path = "/v1/declarations",
    tag = "GB/T 38963",
    security(("bearer" = [])),
    request_body = DeclarationBody,
    responses(
        (status = 201, description = "Kept", body = Held),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", description = "Not now", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn declaration(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Body(body): Body<DeclarationBody>,
) -> Result<(StatusCode, Json<Held>), Refusal> {
    let allowed = app.config.declarations.health.clone();
    declared(&app, &caller, body, allowed).await
}

/// 行程申报 travel: keeps what the bearer states about his travel, signed by the service.
#[utoipa::path(
    post,
    path = "/v1/travel",
    tag = "GB/T 38963",
    security(("bearer" = [])),
    request_body = DeclarationBody,
    responses(
        (status = 201, description = "Kept", body = Held),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", description = "Not now", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn travel(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Body(body): Body<DeclarationBody>,
) -> Result<(StatusCode, Json<Held>), Refusal> {
    let allowed = app.config.declarations.travel.clone();
    declared(&app, &caller, body, allowed).await
}

async fn declared(
    app: &Arc<App>,
    caller: &Bearer,
    body: DeclarationBody,
    allowed: Vec<String>,
) -> Result<(StatusCode, Json<Held>), Refusal> {
    for section in body.facts.keys() {
        if !FRAME.contains(&section.as_str()) && !allowed.contains(section) {
            let told = problem(Code::Section).with("name", section.escape_debug());
            return Err(told.with("known", allowed.join(", ")).into());
        }
    }
    let facts = serde_json::Value::Object(body.facts);
    let about = named(&facts)?;
    if !caller.document()?.is(about.document()) {
        return Err(problem(Code::Other).into());
    }
    let subject = about.subject(app);
    let now = app.now()?;
    let sealed = app.work(now, move |app, loaded| {
        let document = facts.to_string();
        sound(loaded, &document, now)?;
        let stated = Statement {
            made: now,
            kind: Kind::Facts,
            document,
        };
        let sealed: Result<_, Problem> = seal_statement(&*app.keys.facts, &stated);
        sealed.map_err(Problems::from)
    });
    hold(
        app,
        &caller.id,
        (now, now),
        &subject,
        Kind::Facts,
        &sealed.await?,
    )
    .await
}
