//! The interfaces, and the document that describes them.
//!
//! The seven interfaces are those that GB/T 38963 names in the titles of its sections. What
//! stands in their bodies is ours.

mod applications;
mod codes;
mod corrections;
mod declarations;
mod files;
mod monitor;
mod probes;
mod queries;
mod revocations;
mod statements;
mod verifications;

use crate::answer::{BodyLimit, Refusal, language, speak};
use crate::app::App;
use crate::code::{Code, messages, problem};
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use longma_core::{Args, Lang, Offset, Problem, Stamp};
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Where the description of all interfaces is.
const OPENAPI: &str = "/v1/openapi.json";

/// All interfaces, and what describes them.
pub fn described() -> (Router<Arc<App>>, OpenApi) {
    let title = messages().say("openapi-title", &Args::NONE);
    let info = InfoBuilder::new()
        .title(format!("{} · {}", title.zh_cn, title.en))
        .version(env!("CARGO_PKG_VERSION"));
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT");
    let components =
        ComponentsBuilder::new().security_scheme("bearer", SecurityScheme::Http(bearer.build()));
    let begun = OpenApiBuilder::new()
        .info(info.build())
        .components(Some(components.build()));
    OpenApiRouter::with_openapi(begun.build())
        .routes(routes!(queries::health_query))
        .routes(routes!(applications::application))
        .routes(routes!(codes::code_making))
        .routes(routes!(verifications::verification))
        .routes(routes!(corrections::correction))
        .routes(routes!(declarations::declaration))
        .routes(routes!(declarations::travel))
        .routes(routes!(statements::statement))
        .routes(routes!(revocations::revoke, revocations::revoked))
        .routes(routes!(files::documents))
        .routes(routes!(files::document))
        .routes(routes!(files::table))
        .routes(routes!(files::keys))
        .routes(routes!(monitor::feed))
        .routes(routes!(probes::live))
        .routes(routes!(probes::ready))
        .split_for_parts()
}

/// All interfaces, ready to answer.
///
/// Callers are told apart by address if the server adds [`ConnectInfo`].
pub fn router(app: Arc<App>) -> Router {
    let (router, openapi) = described();
    // Serializing what was built from types cannot fail.
    let description: Arc<str> = openapi.to_json().unwrap_or_default().into();
    let limit = app.config.limits.body_bytes;
    router
        .route(
            OPENAPI,
            get(move || {
                let headers = [(CONTENT_TYPE, "application/json")];
                let text = description.to_string();
                async move { (headers, text) }
            }),
        )
        .layer(middleware::from_fn_with_state(Arc::clone(&app), bounded))
        .layer(DefaultBodyLimit::max(limit))
        .layer(Extension(BodyLimit(limit)))
        // Outermost: whatever is refused is put into words.
        .layer(middleware::from_fn(speak))
        .with_state(app)
}

/// Answers so many at once, each for so long, and each address so often.
async fn bounded(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    if let Some(address) = address(&app, &request) {
        app.limits.address(address)?;
    }
    // Whoever waits for a place would wait for an answer that nobody waits for any more.
    let _place = app
        .places
        .try_acquire()
        .map_err(|_| Refusal::from(Code::Busy))?;
    let seconds = app.config.limits.seconds;
    let answer = tokio::time::timeout(Duration::from_secs(seconds), next.run(request)).await;
    let late = |_| Refusal::from(problem(Code::Timeout).with("seconds", seconds));
    let mut answer = answer.map_err(late)?;
    let headers = answer.headers_mut();
    // What is said about a person is kept by nobody on the way.
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    headers.insert(
        "x-content-type-options",
        HeaderValue::from_static("nosniff"),
    );
    Ok(answer)
}

/// The address of whoever asks.
fn address(app: &App, request: &Request) -> Option<IpAddr> {
    if app.config.limits.behind_proxy {
        return forwarded(request.headers());
    }
    let connected = request.extensions().get::<ConnectInfo<SocketAddr>>();
    connected.map(|it| it.0.ip())
}

/// The last address in `X-Forwarded-For`: the one that the nearest proxy saw.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?;
    let last = last.to_str().ok()?.rsplit(',').next()?.trim();
    last.parse().ok()
}

/// The language of an answer.
#[derive(Debug, Clone, Copy)]
struct Speech(Lang);

impl<S: Sync> FromRequestParts<S> for Speech {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(language(&parts.headers)))
    }
}

/// An instant as bodies have it: RFC 3339 at the offset of China.
fn written(at: longma_core::Instant) -> String {
    at.to_rfc3339(Offset::CHINA)
}

fn stamp(at: Option<Stamp>) -> Option<String> {
    at.map(|at| at.to_string())
}

/// A region as it was given; `None` for that of where the person lives.
fn region(of: &str) -> Option<&str> {
    Some(of).filter(|it| !it.is_empty())
}

/// Refuses to keep more about a person.
fn few(count: i64, limit: i64) -> Result<(), Problem> {
    if count < limit {
        return Ok(());
    }
    Err(problem(Code::Many).with("limit", limit))
}
