//! Verification: what a gate says about a code.

use super::Speech;
use crate::answer::{Body, ProblemBody, Refusal};
use crate::app::{App, Caller};
use axum::Json;
use axum::extract::State;
use longma_core::Lang;
use longma_gate::{Answer, Word};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The role of those who look at others' codes.
pub(crate) const VERIFIER: &str = "verifier";

/// A code that somebody shows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VerificationBody {
    /// The text of the code.
    code: String,
    /// What the phone was asked to sign, if it was.
    #[serde(default)]
    challenge: Option<String>,
}

/// What to do about whoever shows a code.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WordBody {
    /// The venue's rules let them in.
    Admit,
    /// Staff has to look.
    Check,
    /// The code counts for nothing, or the rules let nobody in with it.
    Deny,
}

/// What a gate says about a code.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Verification {
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// What to do.
    word: WordBody,
    /// The same for readers.
    words: String,
    /// Why, the first reason first.
    why: Vec<WhyBody>,
    /// The holder's name, masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The number of the holder's document, masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<String>,
    /// The level that the code shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<String>,
    /// Whether the holder's phone signed it a moment ago. If not, it may be a copy.
    signed_now: bool,
}

/// One reason.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WhyBody {
    /// The name of the problem; empty for a reason of the rules.
    code: String,
    /// The reason, in words.
    words: String,
    /// What to do about it, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
}

/// 健康码核验 verification: what a gate at the configured venue says about a code. Gates do
/// this offline; nothing is kept of who was verified where.
#[utoipa::path(
    post,
    path = "/v1/verifications",
    tag = "GB/T 38963",
    security(("bearer" = [])),
    request_body = VerificationBody,
    responses(
        (status = 200, description = "What the gate says", body = Verification),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", description = "Not now", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn verification(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Speech(lang): Speech,
    Body(shown): Body<VerificationBody>,
) -> Result<Json<Verification>, Refusal> {
    caller.needs(VERIFIER)?;
    let now = app.now()?;
    let answer = app.work(now, move |_, loaded| {
        let challenge = shown.challenge.as_deref().map(str::as_bytes);
        Ok(loaded.gate.decide(&shown.code, challenge, now))
    });
    Ok(Json(told(answer.await?, lang)))
}

fn told(answer: Answer, lang: Lang) -> Verification {
    let why = answer.why.into_iter().map(|why| WhyBody {
        code: why.code,
        words: why.words.get(lang).to_owned(),
        help: why.help.map(|help| help.get(lang).to_owned()),
    });
    let (name, document) = answer.holder.map(|it| (it.name, it.document)).unzip();
    Verification {
        at: answer.at.to_string(),
        word: match answer.word {
            Word::Admit => WordBody::Admit,
            Word::Check => WordBody::Check,
            Word::Deny => WordBody::Deny,
        },
        words: answer.words.get(lang).to_owned(),
        why: why.collect(),
        name,
        document,
        level: answer.face.map(|face| face.level),
        signed_now: answer.signed_now,
    }
}
