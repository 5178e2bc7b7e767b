//! Reading what was kept.

use super::{Receipt, Store, lost};
use longma_core::{Instant, Problem};
use sqlx::Row as _;

/// A statement as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Who signed it, as the sources were called when it was received.
    pub source: String,
    /// When it was received.
    pub received: Instant,
    /// The signed document.
    pub document: Vec<u8>,
}

/// An application for codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Its number.
    pub id: String,
    /// By whom, by a digest.
    pub subject: String,
    /// What its codes show: `facts` or `outcome`.
    pub kind: String,
    /// By whose rules is decided; empty for those of where the person lives.
    pub region: String,
    /// The key of the holder's phone (JWK); empty without one.
    pub phone: String,
}

impl Store {
    /// All statements about a person, in the order in which they came. How many there may be
    /// is asked when one comes: leaving one out here could turn a code green.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn statements(&self, subject: &str) -> Result<Vec<Kept>, Problem> {
        let rows = sqlx::query(
            "SELECT source, received, document FROM statements WHERE subject = $1 \
             ORDER BY seq",
        )
        .bind(subject)
        .fetch_all(&self.pool)
        .await
        .map_err(lost)?;
        let kept = rows.iter().map(|row| {
            let received = row.try_get(1).map_err(lost)?;
            Ok(Kept {
                source: row.try_get(0).map_err(lost)?,
                received: instant(received)?,
                document: row.try_get(2).map_err(lost)?,
            })
        });
        kept.collect()
    }

    /// How many statements there are about a person.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn count_statements(&self, subject: &str) -> Result<i64, Problem> {
        self.count(
            "SELECT COUNT(*) FROM statements WHERE subject = $1",
            subject,
        )
        .await
    }

    /// How many applications a person made.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn count_applications(&self, subject: &str) -> Result<i64, Problem> {
        self.count(
            "SELECT COUNT(*) FROM applications WHERE subject = $1",
            subject,
        )
        .await
    }

    async fn count(&self, sql: &'static str, subject: &str) -> Result<i64, Problem> {
        let row = sqlx::query(sql).bind(subject).fetch_one(&self.pool).await;
        row.map_err(lost)?.try_get(0).map_err(lost)
    }

    /// The row of the log that says that a statement was stored.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn receipt(&self, statement: &str) -> Result<Option<Receipt>, Problem> {
        let row = sqlx::query(
            "SELECT seq, digest FROM audit WHERE action = 'statement' AND object = $1 \
             ORDER BY seq LIMIT 1",
        )
        .bind(statement)
        .fetch_optional(&self.pool)
        .await
        .map_err(lost)?;
        let read = |row: sqlx::any::AnyRow| {
            Ok(Receipt {
                row: row.try_get(0)?,
                digest: row.try_get(1)?,
            })
        };
        row.map(read).transpose().map_err(lost::<sqlx::Error>)
    }

    /// An application of a person; `None` if the person made none of that number.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn application(
        &self,
        id: &str,
        subject: &str,
    ) -> Result<Option<Application>, Problem> {
        let row = sqlx::query(
            "SELECT id, subject, kind, region, phone FROM applications \
             WHERE id = $1 AND subject = $2",
        )
        .bind(id)
        .bind(subject)
        .fetch_optional(&self.pool)
        .await
        .map_err(lost)?;
        let read = |row: sqlx::any::AnyRow| {
            Ok(Application {
                id: row.try_get(0)?,
                subject: row.try_get(1)?,
                kind: row.try_get(2)?,
                region: row.try_get(3)?,
                phone: row.try_get(4)?,
            })
        };
        row.map(read).transpose().map_err(lost::<sqlx::Error>)
    }

    /// The numbers of the codes that were revoked and have not expired, in order.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn revoked(&self, now: Instant) -> Result<Vec<String>, Problem> {
        let rows = sqlx::query(
            "SELECT r.pass FROM revocations r JOIN passes p ON p.id = r.pass \
             WHERE p.expires > $1 ORDER BY r.pass",
        )
        .bind(now.unix())
        .fetch_all(&self.pool)
        .await
        .map_err(lost)?;
        let ids = rows.iter().map(|row| row.try_get(0).map_err(lost));
        ids.collect()
    }
}

fn instant(seconds: i64) -> Result<Instant, Problem> {
    let read = Instant::from_unix(seconds);
    read.ok_or_else(|| crate::code::problem(crate::code::Code::Database))
}
