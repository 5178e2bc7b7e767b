//! The log: a chain that holds under many hands, and breaks where somebody changes it.
use crate::common::{Folder, on_both};
use crate::office::NUMBER;
use longma_core::Instant;
use longma_serve::{Entry, Stated, Store};
use sqlx::any::AnyPoolOptions;
use sqlx::{AssertSqlSafe, Executor as _};
use std::sync::Arc;

/// A number that stands for somebody.
const SUBJECT: &str = "9c";

async fn keep(store: &Store, number: u8) {
    let at = Instant::from_unix(1_657_414_800 + i64::from(number)).unwrap();
    let document = [number; 40];
    let stated = Stated {
        source: "laboratory",
        subject: SUBJECT,
        kind: "facts",
        made: at,
        received: at,
        document: &document,
    };
    let digest = stated.digest();
    let mut writing = store.write().await.unwrap();
    assert!(writing.statement(stated).await.unwrap());
    let entry = Entry {
        at,
        actor: "laboratory",
        action: "statement",
        subject: SUBJECT,
        object: &digest,
    };
    writing.commit(&entry).await.unwrap();
}

/// A store with some rows on each database, and what breaks it from outside.
#[allow(
    clippy::needless_pass_by_value,
    reason = "it is written where it is called"
)]
fn each(test: impl AsyncFn(&Store, &str)) {
    let folder = Folder::new();
    let file = folder.0.join("longma.db");
    let urls = [
        format!("sqlite:{}", file.display()),
        crate::postgres::database(),
    ];
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.worker_threads(2).enable_all().build().unwrap();
    for url in urls {
        runtime.block_on(async {
            let store = Store::open(&url).await.unwrap();
            for number in 0..5 {
                keep(&store, number).await;
            }
            test(&store, &url).await;
        });
    }
}

/// Changes the database as somebody could who has it in hand.
async fn change(url: &str, sql: &str) -> Result<(), sqlx::Error> {
    let pool = AnyPoolOptions::new()
        .max_connections(1)
        .connect(url)
        .await
        .unwrap();
    let done = pool.execute(AssertSqlSafe(sql.to_owned())).await.map(drop);
    pool.close().await;
    done
}

/// Takes away what keeps rows from being changed.
async fn unlock(url: &str) {
    let drops = if url.starts_with("sqlite") {
        "DROP TRIGGER audit_kept; DROP TRIGGER audit_stays; \
         DROP TRIGGER statements_kept; DROP TRIGGER statements_stay;"
    } else {
        "DROP TRIGGER audit_kept ON audit; DROP TRIGGER statements_kept ON statements;"
    };
    for sql in drops.split_inclusive(';') {
        change(url, sql).await.unwrap();
    }
}

#[test]
fn rows_are_neither_changed_nor_taken_away_through_the_database() {
    each(async |store, url| {
        for sql in [
            "UPDATE audit SET actor = 'nobody' WHERE seq = 3",
            "DELETE FROM audit WHERE seq = 3",
            "UPDATE statements SET source = 'nobody'",
            "DELETE FROM statements",
        ] {
            assert!(change(url, sql).await.is_err(), "{sql}");
        }
        let chain = store.verify().await.unwrap();
        assert_eq!((chain.rows, chain.statements), (5, 5));
    });
}

#[test]
fn the_first_row_that_was_changed_is_named() {
    for (sql, code, row) in [
        (
            "UPDATE audit SET actor = 'nobody' WHERE seq = 3",
            "serve-chain-row",
            Some("3"),
        ),
        (
            "UPDATE audit SET at = at + 1 WHERE seq = 1",
            "serve-chain-row",
            Some("1"),
        ),
        (
            "UPDATE audit SET subject = '', object = subject || object WHERE seq = 4",
            "serve-chain-row",
            Some("4"),
        ),
        (
            "UPDATE audit SET digest = (SELECT digest FROM audit WHERE seq = 1) WHERE seq = 2",
            "serve-chain-row",
            Some("2"),
        ),
        (
            "DELETE FROM audit WHERE seq = 2",
            "serve-chain-row",
            Some("2"),
        ),
        // Cut off at its end.
        ("DELETE FROM audit WHERE seq = 5", "serve-chain-head", None),
        (
            "UPDATE statements SET document = (SELECT document FROM statements WHERE seq = 1) WHERE seq = 2",
            "serve-chain-statement",
            Some("2"),
        ),
        (
            "UPDATE statements SET subject = '77' WHERE seq = 5",
            "serve-chain-statement",
            Some("5"),
        ),
        (
            "DELETE FROM statements WHERE seq = 4",
            "serve-chain-statement",
            Some("4"),
        ),
    ] {
        each(async |store, url| {
            store.verify().await.unwrap();
            unlock(url).await;
            change(url, sql).await.unwrap();
            let problem = store.verify().await.unwrap_err();
            assert_eq!(problem.code.as_str(), code, "{sql}");
            let named = problem.args.get("row").map(|it| it.en.as_str());
            assert_eq!(named, row, "{sql}");
        });
    }
}

#[test]
fn many_hands_write_one_chain() {
    each(async |store, url| {
        // Two programs on one database, each with many requests.
        let other = Arc::new(Store::open(url).await.unwrap());
        let mut tasks = Vec::new();
        for number in 5..45 {
            let other = Arc::clone(&other);
            tasks.push(tokio::spawn(async move { keep(&other, number).await }));
        }
        for number in 45..65 {
            keep(store, number).await;
        }
        for task in tasks {
            task.await.unwrap();
        }
        let chain = store.verify().await.unwrap();
        assert_eq!((chain.rows, chain.statements), (65, 65));
        other.close().await;
    });
}

#[test]
fn what_was_not_committed_left_nothing() {
    each(async |store, _| {
        let at = Instant::from_unix(1_657_414_800).unwrap();
        let stated = Stated {
            source: "laboratory",
            subject: SUBJECT,
            kind: "facts",
            made: at,
            received: at,
            document: b"never",
        };
        let mut writing = store.write().await.unwrap();
        assert!(writing.statement(stated).await.unwrap());
        drop(writing);
        let chain = store.verify().await.unwrap();
        assert_eq!((chain.rows, chain.statements), (5, 5));
        assert_eq!(store.receipt(&stated.digest()).await.unwrap(), None);
    });
}

#[test]
fn tables_are_made_once_and_found_again() {
    each(async |store, url| {
        let again = Store::open(url).await.unwrap();
        assert_eq!(again.verify().await.unwrap(), store.verify().await.unwrap());
        again.close().await;
    });
}

#[test]
fn the_log_holds_nobodys_number_or_name() {
    on_both(|service| async move {
        let facts = crate::common::sample("green-gold.json");
        let document = crate::office::stated(&facts, &service.office.laboratory);
        service.state(&document).await.is(201);
        let token = service.citizen();
        let body = serde_json::json!({});
        service
            .post("/v1/health-queries", &token, &body)
            .await
            .is(200);
        let rows = service.app.store.log(0, 100).await.unwrap();
        let actions: Vec<&str> = rows.iter().map(|it| it.action.as_str()).collect();
        assert_eq!(actions, ["statement", "query"]);
        let text = format!("{rows:?}");
        for secret in [NUMBER, "样小金", "citizen", "positive"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        assert_eq!(rows[0].subject, rows[1].subject);
        assert_eq!(rows[0].actor, "laboratory");
    });
}
