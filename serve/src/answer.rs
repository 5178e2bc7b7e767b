//! Answers: bodies that are read strictly, and problems in the words of whoever asks
//! (RFC 9457).

use crate::code::{Code, problem};
use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::header::{
    ACCEPT_LANGUAGE, ALLOW, CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER, VARY,
    WWW_AUTHENTICATE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use longma_core::{Lang, Place, Problem, Problems};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The type of a problem's body.
pub const PROBLEM_TYPE: &str = "application/problem+json";

/// Why a request is refused.
#[derive(Debug, Clone)]
pub(crate) struct Refusal(pub(crate) Arc<Problems>);

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(Arc::new(problem.into()))
    }
}

impl From<Problems> for Refusal {
    fn from(problems: Problems) -> Self {
        Self(Arc::new(problems))
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        problem(code).into()
    }
}

/// Its words are filled in by [`speak`], which knows the language.
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Why a request is refused, as whoever asked reads it: a problem of RFC 9457.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemBody {
    /// Names the kind of problem, for programs: `urn:longma:problem:` and the code.
    pub r#type: String,
    /// What is wrong, in words.
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// What to do about it, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The code of the first problem.
    pub code: String,
    /// All that is wrong.
    pub errors: Vec<ProblemEntry>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemEntry {
    /// Its code.
    pub code: String,
    /// Where it is in the facts: a JSON pointer (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// What is wrong, in words.
    pub title: String,
    /// What to do about it, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Refusal {
    fn first(&self) -> Option<&Problem> {
        self.0.as_slice().first()
    }

    /// The status of the answer.
    fn status(&self) -> StatusCode {
        let Some(problem) = self.first() else {
            return StatusCode::INTERNAL_SERVER_ERROR;
        };
        let mut known = STATUS.iter();
        let found = known.find(|(code, _)| problem.code == *code);
        // What other crates say is about what was sent.
        found.map_or(StatusCode::UNPROCESSABLE_ENTITY, |(_, status)| *status)
    }

    fn body(&self, lang: Lang) -> ProblemBody {
        let entry = |problem: &Problem| ProblemEntry {
            code: problem.code.as_str().to_owned(),
            pointer: match &problem.place {
                Place::Facts { pointer } => Some(pointer.clone()),
                _ => None,
            },
            title: problem.message().get(lang).to_owned(),
            detail: problem.help().map(|help| help.get(lang).to_owned()),
        };
        let errors: Vec<ProblemEntry> = self.0.as_slice().iter().map(entry).collect();
        let first = errors.first().cloned();
        let code = first
            .as_ref()
            .map_or_else(String::new, |it| it.code.clone());
        ProblemBody {
            r#type: format!("urn:longma:problem:{code}"),
            title: first
                .as_ref()
                .map_or_else(String::new, |it| it.title.clone()),
            status: self.status().as_u16(),
            detail: first.and_then(|it| it.detail),
            code,
            errors,
        }
    }

    fn spoken(&self, lang: Lang) -> Response {
        let mut response = (self.status(), Json(self.body(lang))).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_TYPE));
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(VARY, HeaderValue::from_static("accept-language"));
        let first = self.first();
        let wait = first.and_then(|it| it.args.get("seconds"));
        let wait = wait.filter(|_| self.status() == StatusCode::TOO_MANY_REQUESTS);
        if let Some(Ok(wait)) = wait.map(|it| HeaderValue::from_str(&it.en)) {
            headers.insert(RETRY_AFTER, wait);
        } else if self.status() == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if self.status() == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The statuses of this service's own problems.
const STATUS: [(Code, StatusCode); 24] = [
    (Code::Token, StatusCode::UNAUTHORIZED),
    (Code::Issuer, StatusCode::SERVICE_UNAVAILABLE),
    (Code::Role, StatusCode::FORBIDDEN),
    (Code::Unnamed, StatusCode::FORBIDDEN),
    (Code::Other, StatusCode::FORBIDDEN),
    (Code::Officer, StatusCode::FORBIDDEN),
    (Code::Limit, StatusCode::TOO_MANY_REQUESTS),
    (Code::Busy, StatusCode::SERVICE_UNAVAILABLE),
    (Code::Body, StatusCode::BAD_REQUEST),
    (Code::Media, StatusCode::UNSUPPORTED_MEDIA_TYPE),
    (Code::Size, StatusCode::PAYLOAD_TOO_LARGE),
    (Code::Timeout, StatusCode::SERVICE_UNAVAILABLE),
    (Code::Path, StatusCode::NOT_FOUND),
    (Code::Method, StatusCode::METHOD_NOT_ALLOWED),
    (Code::Unknown, StatusCode::NOT_FOUND),
    (Code::Nobody, StatusCode::NOT_FOUND),
    (Code::Many, StatusCode::CONFLICT),
    (Code::Application, StatusCode::NOT_FOUND),
    (Code::Pass, StatusCode::NOT_FOUND),
    (Code::Packs, StatusCode::SERVICE_UNAVAILABLE),
    (Code::Unopened, StatusCode::CONFLICT),
    (Code::Signer, StatusCode::SERVICE_UNAVAILABLE),
    (Code::Database, StatusCode::SERVICE_UNAVAILABLE),
    (Code::Clock, StatusCode::SERVICE_UNAVAILABLE),
];

/// Puts refusals into words, also those of the framework.
pub(crate) async fn speak(request: Request, next: Next) -> Response {
    let lang = language(request.headers());
    let mut response = next.run(request).await;
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        return refusal.spoken(lang);
    }
    let own = match response.status() {
        StatusCode::NOT_FOUND => Code::Path,
        StatusCode::METHOD_NOT_ALLOWED => Code::Method,
        _ => return response,
    };
    // Only what the framework says has no type.
    if response.headers().contains_key(CONTENT_TYPE) {
        return response;
    }
    let mut spoken = Refusal::from(own).spoken(lang);
    if let Some(allowed) = response.headers_mut().remove(ALLOW) {
        spoken.headers_mut().insert(ALLOW, allowed);
    }
    spoken
}

/// The language that is asked for: the first of those that we have, by weight (RFC 9110,
/// section 12.5.4); Chinese for whoever asks for none.
pub(crate) fn language(headers: &HeaderMap) -> Lang {
    let asked = headers.get(ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok());
    let mut best = (Lang::ZhCn, 0.0);
    for range in asked.unwrap_or_default().split(',') {
        let mut parts = range.split(';');
        let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let weight = parts.find_map(|it| it.trim().strip_prefix("q="));
        let weight: f32 = weight.map_or(1.0, |it| it.trim().parse().unwrap_or(0.0));
        let lang = match tag.split('-').next() {
            Some("zh") => Lang::ZhCn,
            Some("en") => Lang::En,
            _ => continue,
        };
        if weight > best.1 {
            best = (lang, weight);
        }
    }
    best.0
}

/// A JSON body of one type, without members that nobody reads.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let bytes = typed(request, state, "application/json").await?;
        let read = serde_json::from_slice(&bytes);
        read.map(Self).map_err(|error| {
            let told = problem(Code::Body).with("line", error.line());
            told.with("column", error.column()).into()
        })
    }
}

/// The body of a signed document.
#[derive(Debug)]
pub(crate) struct Signed(pub(crate) Vec<u8>);

/// The type of a signed document (RFC 9052, section 11.3.2).
pub(crate) const COSE: &str = "application/cose";

impl<S: Send + Sync> FromRequest<S> for Signed {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        typed(request, state, COSE).await.map(Self)
    }
}

async fn typed<S: Send + Sync>(
    request: Request,
    state: &S,
    expected: &str,
) -> Result<Vec<u8>, Refusal> {
    let given = request.headers().get(CONTENT_TYPE);
    let given = given.and_then(|it| it.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case(expected) {
        return Err(problem(Code::Media).with("expected", expected).into());
    }
    let limit = request.extensions().get::<BodyLimit>().map_or(0, |it| it.0);
    let bytes = axum::body::Bytes::from_request(request, state).await;
    let bytes = bytes.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(it) if it.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Refusal::from(problem(Code::Size).with("limit", limit))
        }
        // Whoever broke off reads no answer.
        _ => Refusal::from(problem(Code::Body).with("line", 0).with("column", 0)),
    });
    Ok(bytes?.to_vec())
}

/// The most bytes of a body, for the words of a refusal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyLimit(pub(crate) usize);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn the_language_is_the_one_with_the_greatest_weight() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, text.parse().unwrap());
            language(&headers)
        };
        assert_eq!(language(&HeaderMap::new()), Lang::ZhCn);
        for (text, lang) in [
            ("en", Lang::En),
            ("en-GB,zh;q=0.9", Lang::En),
            ("zh-CN,en", Lang::ZhCn),
            ("fr, en;q=0.5, zh-Hans;q=0.7", Lang::ZhCn),
            ("fr", Lang::ZhCn),
            ("en;q=0", Lang::ZhCn),
        ] {
            assert_eq!(of(text), lang, "{text}");
        }
    }

    #[test]
    fn a_body_of_our_own_reads_by_its_first_problem() {
        let refusal = Refusal::from(problem(Code::Limit).with("seconds", 7));
        let body = refusal.body(Lang::En);
        assert_eq!((body.status, body.code.as_str()), (429, "serve-limit"));
        assert_eq!(body.detail.as_deref(), Some("try again in 7 s"));
        let spoken = refusal.spoken(Lang::En);
        assert_eq!(spoken.headers().get(RETRY_AFTER).unwrap(), "7");
    }
}
