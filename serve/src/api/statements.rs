//! Statements of sources: facts and corrections that they signed, and receipts for them.

use super::{few, written};
use crate::answer::{ProblemBody, Refusal, Signed};
use crate::app::{App, unnamed};
use crate::code::{Code, problem};
use crate::keys::seal;
use crate::people::{self, sound};
use crate::store::{Entry, Receipt, Stated};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64ct::{Base64UrlUnpadded, Encoding};
use longma_core::{Instant, Problem, Problems};
use longma_seal::Purpose;
use longma_seal::cbor::Value;
use longma_seal::statement::{Kind, Statement};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// How many seconds a source's clock may be ahead.
const CLOCKS: i64 = 300;

/// A statement that is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Held {
    /// What it is kept under: the digest (SHA-256) of the signed document, in hexadecimal.
    statement: String,
    /// When this was said.
    #[schema(format = DateTime)]
    at: String,
    /// Whether it was kept before. Nothing was changed then.
    repeated: bool,
    /// The row of the log that says that it was stored.
    row: i64,
    /// That row's digest, in hexadecimal.
    row_digest: String,
    /// The same, signed by the service (`longma/received`), in base64url. Whoever keeps it
    /// can prove what the log said then.
    receipt: String,
}

/// Takes a statement that a source signed (`longma/facts`). Sources are known by their keys
/// alone; sending one again changes nothing and says so.
///
/// The signed document is the facts about one person. Corrections are an object with the
/// person's `identity` and a list `corrections`, so that they count for nobody else.
#[utoipa::path(
    post,
    path = "/v1/statements",
    tag = "sources",
    request_body(content = Vec<u8>, content_type = "application/cose", description = "A signed document"),
    responses(
        (status = 201, description = "Kept", body = Held),
        (status = 200, description = "Kept before", body = Held),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", description = "Not now", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn statement(
    State(app): State<Arc<App>>,
    Signed(document): Signed,
) -> Result<(StatusCode, Json<Held>), Refusal> {
    let now = app.now()?;
    let (document, opened) = app
        .work(now, move |app, loaded| {
            let (source, stated) = loaded.sources.open(&document)?;
            app.limits.bearer(&format!("source {source}"))?;
            let subject = checked(app, loaded, &stated, now)?;
            Ok((
                document,
                (source.to_owned(), stated.kind, stated.made, subject),
            ))
        })
        .await?;
    let (source, kind, made, subject) = opened;
    hold(&app, &source, (made, now), &subject, kind, &document).await
}

/// Whom a statement of a source is about, if it is one that can be merged.
fn checked(
    app: &App,
    loaded: &crate::documents::Loaded,
    stated: &Statement,
    now: Instant,
) -> Result<String, Problems> {
    if stated.made.unix() > now.unix().saturating_add(CLOCKS) {
        return Err(problem(Code::Early)
            .with("made", written(stated.made))
            .into());
    }
    let about = people::about(stated).ok_or_else(unnamed)?;
    match stated.kind {
        Kind::Facts => sound(loaded, &stated.document, now)?,
        Kind::Corrections => drop(people::list(stated).ok_or_else(unnamed)?),
    }
    Ok(about.subject(app))
}

/// Keeps a signed document, and says so when it lasts.
pub(crate) async fn hold(
    app: &Arc<App>,
    actor: &str,
    (made, now): (Instant, Instant),
    subject: &str,
    kind: Kind,
    document: &[u8],
) -> Result<(StatusCode, Json<Held>), Refusal> {
    let stated = Stated {
        source: actor,
        subject,
        kind: match kind {
            Kind::Facts => "facts",
            Kind::Corrections => "corrections",
        },
        made,
        received: now,
        document,
    };
    let digest = stated.digest();
    if let Some(before) = app.store.receipt(&digest).await? {
        return Ok((
            StatusCode::OK,
            Json(held(app, &digest, now, &before, true)?),
        ));
    }
    few(
        app.store.count_statements(subject).await?,
        app.config.limits.statements,
    )?;
    let mut writing = app.store.write().await?;
    if !writing.statement(stated).await? {
        // Somebody sent the same at the same time.
        drop(writing);
        let before = app.store.receipt(&digest).await?;
        let before = before.ok_or_else(|| problem(Code::Database))?;
        return Ok((
            StatusCode::OK,
            Json(held(app, &digest, now, &before, true)?),
        ));
    }
    let entry = Entry {
        at: now,
        actor,
        action: "statement",
        subject,
        object: &digest,
    };
    let receipt = writing.commit(&entry).await?;
    let held = held(app, &digest, now, &receipt, false)?;
    Ok((StatusCode::CREATED, Json(held)))
}

fn held(
    app: &App,
    statement: &str,
    at: Instant,
    receipt: &Receipt,
    repeated: bool,
) -> Result<Held, Problem> {
    let payload = Value::Map(vec![
        (Value::Int(1), Value::Int(at.unix())),
        (Value::Int(2), Value::Text(statement)),
        (Value::Int(3), Value::Int(receipt.row)),
        (Value::Int(4), Value::Text(&receipt.digest)),
        (Value::Int(5), Value::Int(i64::from(repeated))),
    ]);
    let sealed = seal(&*app.keys.receipts, &payload.to_bytes(), Purpose::Received)?;
    Ok(Held {
        statement: statement.to_owned(),
        at: written(at),
        repeated,
        row: receipt.row,
        row_digest: receipt.digest.clone(),
        receipt: Base64UrlUnpadded::encode_string(&sealed),
    })
}
