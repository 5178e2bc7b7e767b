//! Writing, which always ends with a row of the log.

use super::audit::{self, Entry, Receipt};
use super::{Kind, Store, lost};
use longma_core::{Instant, Problem, hex};
use sha2::{Digest, Sha256};
use sqlx::{Any, Row as _, Transaction};
use tokio::sync::MutexGuard;

/// A transaction. Dropped without [`commit`](Self::commit), it leaves nothing.
#[derive(Debug)]
pub struct Writing<'s> {
    transaction: Transaction<'static, Any>,
    kind: Kind,
    _alone: Option<MutexGuard<'s, ()>>,
}

/// A statement to be kept.
#[derive(Debug, Clone, Copy)]
pub struct Stated<'a> {
    /// Who signed it.
    pub source: &'a str,
    /// About whom, by a digest.
    pub subject: &'a str,
    /// `facts` or `corrections`.
    pub kind: &'a str,
    /// When it was signed.
    pub made: Instant,
    /// When it was received.
    pub received: Instant,
    /// The signed document.
    pub document: &'a [u8],
}

impl Stated<'_> {
    /// What it is kept under: the digest (SHA-256) of the signed document.
    #[must_use]
    pub fn digest(&self) -> String {
        hex(&Sha256::digest(self.document))
    }
}

impl Store {
    /// Begins to write.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn write(&self) -> Result<Writing<'_>, Problem> {
        let (alone, begin) = match self.kind {
            Kind::Sqlite => (Some(self.writer.lock().await), "BEGIN IMMEDIATE"),
            Kind::Postgres => (None, "BEGIN"),
        };
        Ok(Writing {
            transaction: self.pool.begin_with(begin).await.map_err(lost)?,
            kind: self.kind,
            _alone: alone,
        })
    }
}

impl Writing<'_> {
    /// Keeps a statement; `false` if it was kept before.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn statement(&mut self, stated: Stated<'_>) -> Result<bool, Problem> {
        let done = sqlx::query(
            "INSERT INTO statements (digest, source, subject, kind, made, received, document) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (digest) DO NOTHING",
        )
        .bind(stated.digest())
        .bind(stated.source)
        .bind(stated.subject)
        .bind(stated.kind)
        .bind(stated.made.unix())
        .bind(stated.received.unix())
        .bind(stated.document)
        .execute(&mut *self.transaction)
        .await
        .map_err(lost)?;
        Ok(done.rows_affected() > 0)
    }

    /// Keeps an application for codes.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn application(
        &mut self,
        of: &super::Application,
        at: Instant,
    ) -> Result<(), Problem> {
        sqlx::query(
            "INSERT INTO applications (id, subject, applied, kind, region, phone) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(of.id.as_str())
        .bind(of.subject.as_str())
        .bind(at.unix())
        .bind(of.kind.as_str())
        .bind(of.region.as_str())
        .bind(of.phone.as_str())
        .execute(&mut *self.transaction)
        .await
        .map(drop)
        .map_err(lost)
    }

    /// Keeps that a code was given out.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn pass(
        &mut self,
        id: &str,
        of: &super::Application,
        (issued, expires): (Instant, Instant),
    ) -> Result<(), Problem> {
        sqlx::query(
            "INSERT INTO passes (id, subject, application, issued, expires) \
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(id)
        .bind(of.subject.as_str())
        .bind(of.id.as_str())
        .bind(issued.unix())
        .bind(expires.unix())
        .execute(&mut *self.transaction)
        .await
        .map(drop)
        .map_err(lost)
    }

    /// Revokes a code: the digest of whom it was given to, and whether it counted until now.
    /// `None` if there is no such code.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn revoke(
        &mut self,
        pass: &str,
        officer: &str,
        at: Instant,
    ) -> Result<Option<(String, bool)>, Problem> {
        let found = sqlx::query("SELECT subject FROM passes WHERE id = $1")
            .bind(pass)
            .fetch_optional(&mut *self.transaction)
            .await
            .map_err(lost)?;
        let Some(found) = found else {
            return Ok(None);
        };
        let subject = found.try_get(0).map_err(lost)?;
        let done = sqlx::query(
            "INSERT INTO revocations (pass, revoked, officer) VALUES ($1, $2, $3) \
             ON CONFLICT (pass) DO NOTHING",
        )
        .bind(pass)
        .bind(at.unix())
        .bind(officer)
        .execute(&mut *self.transaction)
        .await
        .map_err(lost)?;
        Ok(Some((subject, done.rows_affected() > 0)))
    }

    /// Adds a row to the log, and makes everything last.
    ///
    /// # Errors
    /// If the database does not answer. Whether it lasts is not known then.
    pub async fn commit(mut self, entry: &Entry<'_>) -> Result<Receipt, Problem> {
        let receipt = audit::append(&mut self.transaction, self.kind, entry).await?;
        self.transaction.commit().await.map_err(lost)?;
        Ok(receipt)
    }
}
