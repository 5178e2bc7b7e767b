//! What requests share.

use crate::answer::Refusal;
use crate::auth::{Bearer, Tokens, refused};
use crate::clock::Clock;
use crate::code::{Code, problem};
use crate::config::{Config, unusable};
use crate::documents::{Loaded, Shelf};
use crate::keys::{Keys, seal_statement};
use crate::limits::Limits;
use crate::store::Store;
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use longma_core::{Instant, Problem, Problems};
use longma_seal::statement::{Kind, Statement};
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};

/// What all requests share.
#[derive(Debug)]
pub struct App {
    /// What is kept.
    pub store: Store,
    /// What signs.
    pub keys: Keys,
    /// What verifies bearers.
    pub tokens: Tokens,
    /// What decides, and what is given out.
    pub shelf: Shelf,
    /// Who asks how often.
    pub limits: Limits,
    /// The present moment.
    pub clock: Clock,
    /// What was configured.
    pub config: Config,
    /// How many more requests are answered at once.
    pub(crate) places: Semaphore,
    /// How many more screens follow the monitor's feed.
    pub(crate) screens: Arc<Semaphore>,
    /// Whether the service is ending.
    pub(crate) ending: watch::Sender<bool>,
    /// How many more decisions are made at once: one for each core that there is.
    pub(crate) cores: Semaphore,
}

impl App {
    /// Opens the database, reads the folder of documents and the keys.
    ///
    /// # Errors
    /// Whatever of them is wrong.
    pub async fn open(config: Config, clock: Clock) -> Result<Arc<Self>, Problems> {
        let now = clock.now()?;
        let keys = config.keys()?;
        let tokens = Tokens::new(&config.tokens)?;
        let shelf = Shelf::open(&config.documents, now)?;
        // What is stated here would be of nobody.
        let stated = Statement {
            made: now,
            kind: Kind::Facts,
            document: String::new(),
        };
        let sealed = seal_statement(&*keys.facts, &stated)?;
        if shelf.loaded().sources.open(&sealed).is_err() {
            return Err(unusable("keys.facts", "expect-sources").into());
        }
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let screens = config.monitor.as_ref().map_or(0, |it| it.screens);
        Ok(Arc::new(Self {
            store: Store::open(&config.database).await?,
            keys,
            tokens,
            shelf,
            limits: Limits::new(&config.limits),
            clock,
            places: Semaphore::new(config.limits.at_once),
            screens: Arc::new(Semaphore::new(screens)),
            ending: watch::Sender::new(false),
            cores: Semaphore::new(cores),
            config,
        }))
    }

    /// Now.
    ///
    /// # Errors
    /// If the clock is wrong.
    pub fn now(&self) -> Result<Instant, Problem> {
        self.clock.now()
    }

    /// What the folder of documents holds now.
    ///
    /// # Errors
    /// If the service is ending.
    pub(crate) async fn documents(self: &Arc<Self>, now: Instant) -> Result<Arc<Loaded>, Refusal> {
        if !self.shelf.due(now) {
            return Ok(self.shelf.loaded());
        }
        let app = Arc::clone(self);
        let looked = tokio::task::spawn_blocking(move || app.shelf.current(now));
        looked.await.map_err(|_| Code::Busy.into())
    }

    /// Runs what takes a core for a while, such as a decision, away from what waits for the
    /// network.
    ///
    /// # Errors
    /// Those of the work.
    pub(crate) async fn work<T: Send + 'static>(
        self: &Arc<Self>,
        now: Instant,
        work: impl FnOnce(&Self, &Loaded) -> Result<T, Problems> + Send + 'static,
    ) -> Result<T, Refusal> {
        let busy = || Refusal::from(Code::Busy);
        let _core = self.cores.acquire().await.map_err(|_| busy())?;
        let app = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || {
            let loaded = app.shelf.current(now);
            work(&app, &loaded)
        });
        Ok(done.await.map_err(|_| busy())??)
    }
}

/// Whoever bears the token of a request.
#[derive(Debug)]
pub(crate) struct Caller(pub(crate) Bearer);

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let header = parts.headers.get(AUTHORIZATION);
        let header = header.ok_or_else(|| refused("token-missing"))?;
        let text = header.to_str().map_err(|_| refused("token-form"))?;
        let (scheme, token) = text.split_once(' ').unwrap_or_default();
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(refused("token-missing").into());
        }
        let now = app.now()?;
        let bearer = app
            .tokens
            .bearer(token.trim(), &app.keys.subjects, now)
            .await?;
        app.limits.bearer(&bearer.id)?;
        Ok(Self(bearer))
    }
}

/// The problem of a text that says whom it is about in a way that cannot be read.
pub(crate) fn unnamed() -> Problem {
    problem(Code::Unnamed)
}
