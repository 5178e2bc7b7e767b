//! A service to ask, and what it answers.
pub(crate) use crate::files::{Folder, configuration, configuration_text, sample};
use crate::office::{Office, READ_AT};
use crate::openapi;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use longma_core::Instant;
use longma_serve::{App, Clock, router};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tower::ServiceExt as _;

/// A service with its office.
pub(crate) struct Service {
    pub(crate) office: Office,
    pub(crate) app: Arc<App>,
    pub(crate) folder: Folder,
    router: Router,
    now: Arc<AtomicI64>,
}

/// Runs a test on the embedded database, then on `PostgreSQL`.
pub(crate) fn on_both<F: Future<Output = ()>>(test: impl Fn(Service) -> F) {
    on_both_with("", test);
}

/// The same, with more in the configuration.
pub(crate) fn on_both_with<F: Future<Output = ()>>(more: &str, test: impl Fn(Service) -> F) {
    for url in [None, Some(crate::postgres::database())] {
        run(async {
            let service = Service::start(url.as_deref(), more).await;
            test(service).await;
        });
    }
}

/// Runs a test on the embedded database alone: what it asks about is no matter of databases.
pub(crate) fn on_sqlite<F: Future<Output = ()>>(more: &str, test: impl Fn(Service) -> F) {
    run(async { test(Service::start(None, more).await).await });
}

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(test);
}

impl Service {
    pub(crate) async fn start(database: Option<&str>, more: &str) -> Self {
        let folder = Folder::new();
        let office = Office::new();
        office.write(&folder);
        let config = configuration(&folder, database, more);
        let now = Arc::new(AtomicI64::new(Instant::parse(READ_AT).unwrap().unix()));
        let told = Arc::clone(&now);
        let clock = Clock::new(move || Instant::from_unix(told.load(Ordering::Relaxed)));
        let app = App::open(config, clock).await.unwrap();
        Self {
            office,
            router: router(Arc::clone(&app)),
            app,
            folder,
            now,
        }
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> i64 {
        self.now.load(Ordering::Relaxed)
    }

    /// Asks, and holds the answer to the description of the interfaces.
    pub(crate) async fn ask(&self, request: Request<Body>) -> Said {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        let said = Said {
            status: parts.status,
            headers: parts.headers,
            bytes,
        };
        openapi::holds(method.as_str(), &path, &said);
        said
    }

    /// Asks for an answer that may not end.
    pub(crate) async fn open(&self, path: &str) -> axum::response::Response {
        let request = Request::get(path).body(Body::empty()).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Said {
        self.ask(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    pub(crate) async fn get_as(&self, path: &str, token: &str) -> Said {
        let request = Request::get(path).header("authorization", format!("Bearer {token}"));
        self.ask(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: &Json) -> Said {
        let request = Request::post(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .header("accept-language", "en");
        self.ask(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    /// Sends what a source signed.
    pub(crate) async fn state(&self, document: &[u8]) -> Said {
        let request = Request::post("/v1/statements").header("content-type", "application/cose");
        let request = request.header("accept-language", "en");
        self.ask(request.body(Body::from(document.to_vec())).unwrap())
            .await
    }

    pub(crate) fn citizen(&self) -> String {
        self.office.citizen(self.now())
    }

    pub(crate) fn officer(&self) -> String {
        self.office.officer(self.now())
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Said {
    /// Checks the status; shows the body if it differs.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Json {
        let text = String::from_utf8_lossy(&self.bytes);
        assert_eq!(self.status.as_u16(), status, "{text}");
        self.json()
    }

    /// Checks that the answer is this problem.
    #[track_caller]
    pub(crate) fn refuses(self, status: u16, code: &str) -> Json {
        let kind = self.headers["content-type"].to_str().unwrap();
        assert_eq!(kind, "application/problem+json");
        let said = self.is(status);
        assert_eq!(said["code"], code, "{said:#}");
        assert_eq!(said["status"], json!(status));
        said
    }

    pub(crate) fn json(&self) -> Json {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}
