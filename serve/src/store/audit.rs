//! The log: what was done when, in a chain of digests.
//!
//! A row's digest is SHA-256 over the one before it and the row itself, so that none can be
//! changed, taken out or put in without all later ones being others. Whoever can write every
//! row could still write the whole log anew: receipts, which sources hold, name a row and its
//! digest under the service's signature.

use super::{Kind, Store, lost};
use crate::code::{Code, problem};
use longma_core::{Instant, Problem, hex};
use sha2::{Digest, Sha256};
use sqlx::{Any, Row as _, Transaction};

/// Rows that are looked at together.
const PAGE: i64 = 1_000;

/// What a row of the log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// When.
    pub at: Instant,
    /// Who: a source by its name, or a bearer by a digest.
    pub actor: &'a str,
    /// What was done.
    pub action: &'a str,
    /// About whom, by a digest; empty if about nobody.
    pub subject: &'a str,
    /// With what: the digest of a statement, or the number of an application or a code.
    pub object: &'a str,
}

/// A row of the log that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its number, from 1.
    pub row: i64,
    /// Its digest, in hexadecimal.
    pub digest: String,
}

/// A log that was looked through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// How many rows it has.
    pub rows: i64,
    /// How many statements they are about.
    pub statements: i64,
    /// The digest of the last one, in hexadecimal.
    pub digest: String,
}

impl Entry<'_> {
    /// The digest of this row after another.
    fn digest(&self, row: i64, before: &str) -> String {
        let Self {
            actor,
            action,
            subject,
            object,
            ..
        } = self;
        let parts = (row, self.at.unix(), actor, action, subject, object);
        // Serializing numbers and texts cannot fail.
        let written = serde_json::to_vec(&parts).unwrap_or_default();
        let mut sha = Sha256::new();
        sha.update(before.as_bytes());
        sha.update(&written);
        hex(&sha.finalize())
    }
}

/// Adds a row, as the last step of a transaction.
pub(super) async fn append(
    transaction: &mut Transaction<'static, Any>,
    kind: Kind,
    entry: &Entry<'_>,
) -> Result<Receipt, Problem> {
    // The embedded database has one writer. In the other, whoever comes next waits here.
    let head = match kind {
        Kind::Sqlite => "SELECT seq, digest FROM audit_head WHERE one = 1",
        Kind::Postgres => "SELECT seq, digest FROM audit_head WHERE one = 1 FOR UPDATE",
    };
    let head = sqlx::query(head)
        .fetch_one(&mut **transaction)
        .await
        .map_err(lost)?;
    let row = head.try_get::<i64, _>(0).map_err(lost)? + 1;
    let before: String = head.try_get(1).map_err(lost)?;
    let digest = entry.digest(row, &before);
    sqlx::query(
        "INSERT INTO audit (seq, at, actor, action, subject, object, digest) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(row)
    .bind(entry.at.unix())
    .bind(entry.actor)
    .bind(entry.action)
    .bind(entry.subject)
    .bind(entry.object)
    .bind(digest.as_str())
    .execute(&mut **transaction)
    .await
    .map_err(lost)?;
    sqlx::query("UPDATE audit_head SET seq = $1, digest = $2 WHERE one = 1")
        .bind(row)
        .bind(digest.as_str())
        .execute(&mut **transaction)
        .await
        .map_err(lost)?;
    Ok(Receipt { row, digest })
}

impl Store {
    /// Looks through the whole log, and holds the statements to it.
    ///
    /// # Errors
    /// The first row that is not what was written, or a statement that is not.
    pub async fn verify(&self) -> Result<Chain, Problem> {
        // One view of the database, however long it takes.
        let begin = match self.kind {
            Kind::Sqlite => "BEGIN",
            Kind::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        let mut view = self.pool.begin_with(begin).await.map_err(lost)?;
        let (rows, digest) = chain(&mut view).await?;
        let statements = statements(&mut view).await?;
        view.rollback().await.map_err(lost)?;
        Ok(Chain {
            rows,
            statements,
            digest,
        })
    }
}

async fn chain(view: &mut Transaction<'static, Any>) -> Result<(i64, String), Problem> {
    let (mut rows, mut digest) = (0, "0".repeat(64));
    loop {
        let page = sqlx::query(
            "SELECT seq, at, actor, action, subject, object, digest FROM audit \
             WHERE seq > $1 ORDER BY seq LIMIT $2",
        )
        .bind(rows)
        .bind(PAGE)
        .fetch_all(&mut **view)
        .await
        .map_err(lost)?;
        let length = page.len();
        for row in page {
            let expected = rows + 1;
            let broken = || problem(Code::ChainRow).with("row", expected);
            let number = |at: usize| row.try_get::<i64, _>(at).map_err(|_| broken());
            let text = |at: usize| row.try_get::<String, _>(at).map_err(|_| broken());
            let (actor, action, subject, object) = (text(2)?, text(3)?, text(4)?, text(5)?);
            let entry = Entry {
                at: Instant::from_unix(number(1)?).ok_or_else(broken)?,
                actor: &actor,
                action: &action,
                subject: &subject,
                object: &object,
            };
            let made = entry.digest(expected, &digest);
            if number(0)? != expected || text(6)? != made {
                return Err(broken());
            }
            (rows, digest) = (expected, made);
        }
        if i64::try_from(length).unwrap_or(PAGE) < PAGE {
            break;
        }
    }
    let head = sqlx::query("SELECT seq, digest FROM audit_head WHERE one = 1")
        .fetch_one(&mut **view)
        .await
        .map_err(lost)?;
    let expected: i64 = head.try_get(0).map_err(lost)?;
    let last: String = head.try_get(1).map_err(lost)?;
    if expected != rows || last != digest {
        let told = problem(Code::ChainHead).with("found", rows);
        return Err(told.with("expected", expected));
    }
    Ok((rows, digest))
}

/// Holds each statement to the row of the log that says that it was stored.
async fn statements(view: &mut Transaction<'static, Any>) -> Result<i64, Problem> {
    let (mut seen, mut held) = (0, 0);
    loop {
        let page = sqlx::query(
            "SELECT s.seq, s.digest, s.document, a.seq FROM statements s \
             LEFT JOIN audit a ON a.action = 'statement' AND a.object = s.digest \
             AND a.subject = s.subject WHERE s.seq > $1 ORDER BY s.seq LIMIT $2",
        )
        .bind(seen)
        .bind(PAGE / 10)
        .fetch_all(&mut **view)
        .await
        .map_err(lost)?;
        let length = page.len();
        for row in page {
            seen = row.try_get::<i64, _>(0).map_err(lost)?;
            let broken = || problem(Code::ChainStatement).with("row", seen);
            let digest: String = row.try_get(1).map_err(|_| broken())?;
            let document: Vec<u8> = row.try_get(2).map_err(|_| broken())?;
            let logged: Option<i64> = row.try_get(3).map_err(|_| broken())?;
            if logged.is_none() || hex(&Sha256::digest(&document)) != digest {
                return Err(broken());
            }
            held += 1;
        }
        if i64::try_from(length).unwrap_or(PAGE) < PAGE / 10 {
            break;
        }
    }
    let missing = sqlx::query(
        "SELECT a.seq FROM audit a LEFT JOIN statements s ON s.digest = a.object \
         WHERE a.action = 'statement' AND s.seq IS NULL ORDER BY a.seq LIMIT 1",
    )
    .fetch_optional(&mut **view)
    .await
    .map_err(lost)?;
    match missing {
        None => Ok(held),
        Some(row) => {
            let row: i64 = row.try_get(0).map_err(lost)?;
            Err(problem(Code::ChainStatement).with("row", row))
        }
    }
}

/// A row of the log, to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// Its number, from 1.
    pub row: i64,
    /// When, in seconds since the Unix epoch.
    pub at: i64,
    /// Who: a source by its name, or a bearer by a digest.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// About whom, by a digest; empty if about nobody.
    pub subject: String,
    /// With what.
    pub object: String,
}

impl Store {
    /// Rows of the log after the one of a number, up to `limit`.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn log(&self, after: i64, limit: i64) -> Result<Vec<Logged>, Problem> {
        let rows = sqlx::query(
            "SELECT seq, at, actor, action, subject, object FROM audit \
             WHERE seq > $1 ORDER BY seq LIMIT $2",
        )
        .bind(after)
        .bind(limit)
        .fetch_all(&self.pool)
        .await
        .map_err(lost)?;
        let read = rows.iter().map(|row| {
            Ok(Logged {
                row: row.try_get(0)?,
                at: row.try_get(1)?,
                actor: row.try_get(2)?,
                action: row.try_get(3)?,
                subject: row.try_get(4)?,
                object: row.try_get(5)?,
            })
        });
        read.collect::<Result<_, sqlx::Error>>().map_err(lost)
    }
}
