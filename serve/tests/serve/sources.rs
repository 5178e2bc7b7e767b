//! Sources: known by their keys alone, and answered under the service's.
use crate::common::{on_both, on_sqlite, sample};
use crate::office::{NUMBER, stated};
use base64ct::{Base64UrlUnpadded, Encoding};
use longma_core::{Instant, hex};
use longma_seal::cbor::{Limits, Value, read};
use longma_seal::statement::{Kind, Statement};
use longma_seal::trust::digest;
use longma_seal::{Keys, Purpose, open};
use serde_json::json;

#[test]
fn a_statement_is_kept_once_however_often_it_comes() {
    on_both(|service| async move {
        let document = stated(&sample("green-gold.json"), &service.office.laboratory);
        let first = service.state(&document).await.is(201);
        assert_eq!(first["statement"], hex(&digest(&document)));
        assert_eq!(
            (&first["repeated"], &first["row"]),
            (&json!(false), &json!(1))
        );
        let again = service.state(&document).await.is(200);
        assert_eq!(again["repeated"], true);
        assert_eq!(again["row_digest"], first["row_digest"]);
        // All at once, too.
        let fresh = stated(&sample("companion.json"), &service.office.laboratory);
        let all = [0; 8].map(|_| service.state(&fresh));
        let mut kept = 0;
        for said in join(all).await {
            kept += u32::from(said.status == 201);
        }
        assert_eq!(kept, 1);
        let chain = service.app.store.verify().await.unwrap();
        assert_eq!((chain.statements, chain.rows), (2, 2));
    });
}

/// Waits for all of them, which go on side by side.
async fn join<const N: usize, T>(all: [impl Future<Output = T>; N]) -> Vec<T> {
    let mut all = all.map(|it| (Box::pin(it), None));
    std::future::poll_fn(|context| {
        for (one, done) in &mut all {
            if done.is_none()
                && let std::task::Poll::Ready(said) = one.as_mut().poll(context)
            {
                *done = Some(said);
            }
        }
        if all.iter().all(|(_, done)| done.is_some()) {
            return std::task::Poll::Ready(());
        }
        std::task::Poll::Pending
    })
    .await;
    all.into_iter().filter_map(|(_, done)| done).collect()
}

#[test]
fn a_receipt_is_signed_and_names_the_row_of_the_log() {
    on_sqlite("", |service| async move {
        let document = stated(&sample("green-gold.json"), &service.office.laboratory);
        let said = service.state(&document).await.is(201);
        let sealed = Base64UrlUnpadded::decode_vec(said["receipt"].as_str().unwrap()).unwrap();
        let keys = Keys::new([service.office.receipts.public().clone()]);
        let opened = open(&sealed, Purpose::Received, &keys).unwrap();
        let expected = Value::Map(vec![
            (Value::Int(1), Value::Int(service.now())),
            (
                Value::Int(2),
                Value::Text(said["statement"].as_str().unwrap()),
            ),
            (Value::Int(3), Value::Int(1)),
            (
                Value::Int(4),
                Value::Text(said["row_digest"].as_str().unwrap()),
            ),
            (Value::Int(5), Value::Int(0)),
        ]);
        assert_eq!(read(opened.payload, Limits::SMALL).unwrap(), expected);
        let own = service.get("/v1/keys").await.is(200);
        assert_eq!(
            own["receipts"]["x"],
            jwk(&service.office.receipts.public().to_jwk())["x"]
        );
        assert!(own["receipts"].get("d").is_none());
    });
}

fn jwk(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn what_no_source_signed_is_kept_by_nobody() {
    on_both(|service| async move {
        let facts = sample("green-gold.json");
        let document = stated(&facts, &service.office.stranger);
        service.state(&document).await.refuses(422, "seal-key");
        let mut changed = stated(&facts, &service.office.laboratory);
        let at = changed.len() - 100;
        changed[at] ^= 1;
        service.state(&changed).await.refuses(422, "seal-signature");
        let other = service.office.laboratory.seal(b"\xa0", Purpose::Packs);
        service.state(&other).await.refuses(422, "seal-purpose");
        service.state(b"").await.refuses(422, "seal-form");
        let chain = service.app.store.verify().await.unwrap();
        assert_eq!((chain.rows, chain.statements), (0, 0));
    });
}

#[test]
fn what_cannot_be_merged_is_refused() {
    on_sqlite("", |service| async move {
        let sign = |made: &str, kind, document: &str| {
            let stated = Statement {
                made: Instant::parse(made).unwrap(),
                kind,
                document: document.to_owned(),
            };
            stated.sealed(&service.office.laboratory)
        };
        let facts = sample("green-gold.json");
        let early = sign("2022-07-10T09:05:01+08:00", Kind::Facts, &facts.to_string());
        service.state(&early).await.refuses(422, "serve-early");
        let now = "2022-07-10T09:00:00+08:00";
        let mut wrong = facts.clone();
        wrong["tests"][0]["result"] = "maybe".into();
        let wrong = sign(now, Kind::Facts, &wrong.to_string());
        service.state(&wrong).await.refuses(422, "facts-enum");
        let unnamed = sign(now, Kind::Facts, r#"{"subject": "person"}"#);
        service.state(&unnamed).await.refuses(403, "serve-unnamed");
        // A list of corrections names nobody, and would count for anybody.
        let list = sign(now, Kind::Corrections, "[]");
        service.state(&list).await.refuses(403, "serve-unnamed");
    });
}

#[test]
fn a_source_corrects_what_it_stated() {
    on_both(|service| async move {
        let facts = sample("green-gold.json");
        let laboratory = &service.office.laboratory;
        service.state(&stated(&facts, laboratory)).await.is(201);
        let document = json!({
            "identity": { "document": facts["identity"]["document"] },
            "corrections": [{
                "section": "tests",
                "at": "2022-07-10T08:59:30+08:00",
                "record": facts["tests"][0],
                "becomes": null,
                "by": { "name": "样检", "office": "样例检测点", "number": "7" },
                "reason": "样本混淆"
            }]
        });
        let correction = Statement {
            made: Instant::parse("2022-07-10T09:00:00+08:00").unwrap(),
            kind: Kind::Corrections,
            document: document.to_string(),
        };
        service.state(&correction.sealed(laboratory)).await.is(201);
        let status = service
            .post("/v1/health-queries", &service.citizen(), &json!({}))
            .await;
        assert_eq!(status.is(200)["facts"]["tests"], json!([]));
    });
}

#[test]
fn sources_that_differ_are_both_heard() {
    on_both(|service| async move {
        let facts = sample("green-gold.json");
        let mut other = facts.clone();
        other["tests"][0]["result"] = "positive".into();
        service
            .state(&stated(&facts, &service.office.laboratory))
            .await
            .is(201);
        service
            .state(&stated(&other, &service.office.hospital))
            .await
            .is(201);
        let status = service
            .post("/v1/health-queries", &service.citizen(), &json!({}))
            .await;
        let status = status.is(200);
        assert_eq!(status["facts"]["tests"].as_array().unwrap().len(), 2);
        assert_eq!(status["differences"][0]["fields"], json!(["result"]));
    });
}

#[test]
fn a_statement_that_nobody_can_open_any_more_stops_decisions_and_is_not_passed_over() {
    on_sqlite("", |service| async move {
        let mut positive = sample("green-gold.json");
        positive["tests"][0]["result"] = "positive".into();
        service
            .state(&stated(&positive, &service.office.hospital))
            .await
            .is(201);
        // The hospital's key no longer counts.
        let mut sources = service.office.sources();
        sources.as_object_mut().unwrap().remove("hospital");
        let documents = service
            .office
            .documents_with(2, sources.to_string().as_bytes());
        for (name, bytes) in documents {
            service.folder.write(&format!("documents/{name}"), bytes);
        }
        service.pass(5);
        let said = service
            .post("/v1/health-queries", &service.citizen(), &json!({}))
            .await;
        let said = said.refuses(409, "serve-unopened");
        assert!(said["title"].as_str().unwrap().contains("hospital"));
        assert!(!said.to_string().contains(NUMBER));
    });
}
