//! What is kept: statements as their sources signed them, applications, passes, and a log.
//!
//! One SQL text serves the embedded database and `PostgreSQL`; where they differ, a table of
//! two texts says so. Nothing is written but inside a transaction that ends with a row of the
//! log, so that what was acknowledged is there with its row, or not at all.

mod audit;
mod read;
mod write;

pub use audit::{Chain, Entry, Logged, Receipt};
pub(crate) use read::{Application, Kept};
pub use write::{Stated, Writing};

use crate::code::{Code, problem};
use crate::config::SQLITE;
use longma_core::Problem;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyPool, Executor as _, SqlStr};
use std::borrow::Cow;
use std::str::FromStr as _;
use std::time::Duration;
use tokio::sync::Mutex;

/// Connections to `PostgreSQL`.
const CONNECTIONS: u32 = 16;
/// Connections that read the embedded database.
const READERS: u32 = 4;
/// How long a request waits for a connection.
const WAIT: Duration = Duration::from_secs(5);

/// A database.
#[derive(Debug)]
pub struct Store {
    pool: AnyPool,
    kind: Kind,
    /// The embedded database has one writer at a time. Waiting here costs nothing; waiting
    /// there would be asking again and again.
    writer: Mutex<()>,
}

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
}

impl Store {
    /// Opens a database, and brings its tables up to date.
    ///
    /// # Errors
    /// If it does not answer, or its tables are of a newer version.
    pub async fn open(url: &str) -> Result<Self, Problem> {
        sqlx::any::install_default_drivers();
        let (kind, url) = match url.strip_prefix(SQLITE) {
            // Made if it is not there.
            Some(file) => (Kind::Sqlite, format!("{SQLITE}{file}?mode=rwc")),
            None => (Kind::Postgres, url.to_owned()),
        };
        let options = AnyConnectOptions::from_str(&url).map_err(lost)?;
        let pool = AnyPoolOptions::new()
            .max_connections(match kind {
                Kind::Sqlite => READERS + 1,
                Kind::Postgres => CONNECTIONS,
            })
            .acquire_timeout(WAIT)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if kind == Kind::Sqlite {
                        connection.execute(PRAGMAS).await?;
                    }
                    Ok(())
                })
            })
            .connect_with(options)
            .await
            .map_err(lost)?;
        migrator(kind).run(&pool).await.map_err(lost)?;
        Ok(Self {
            pool,
            kind,
            writer: Mutex::new(()),
        })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// If it does not.
    pub async fn answers(&self) -> Result<(), Problem> {
        self.pool.execute("SELECT 1").await.map(drop).map_err(lost)
    }

    /// Waits for what is under way, and closes the connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// A log that readers do not wait for; each commit is on the disk before it is answered.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000; PRAGMA trusted_schema = OFF;";

fn migrator(kind: Kind) -> Migrator {
    let (sqlite, postgres) = (
        include_str!("../migrations/sqlite/1.sql"),
        include_str!("../migrations/postgres/1.sql"),
    );
    let first = match kind {
        Kind::Sqlite => sqlite,
        Kind::Postgres => postgres,
    };
    let migration = Migration::new(
        1,
        Cow::Borrowed("statements, applications, passes, log"),
        MigrationType::Simple,
        SqlStr::from_static(first),
        false,
    );
    Migrator {
        migrations: Cow::Owned(vec![migration]),
        ..Migrator::DEFAULT
    }
}

/// The database did not do what it was asked to. What it says may hold what was written, so
/// it is told to nobody.
fn lost<E: std::error::Error>(_: E) -> Problem {
    problem(Code::Database)
}
