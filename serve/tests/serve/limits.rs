//! How much is answered.
use crate::common::{Said, Service, on_sqlite, sample};
use crate::office::stated;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use serde_json::json;
use std::net::SocketAddr;

fn seconds(said: &Said) -> u64 {
    said.header("retry-after").parse().unwrap()
}

#[test]
fn a_bearer_who_asks_too_often_waits_and_others_do_not() {
    on_sqlite("[limits]\nper_bearer = 3", |service| async move {
        let ask = async |token: &str| service.post("/v1/health-queries", token, &json!({})).await;
        for _ in 0..3 {
            ask(&service.citizen()).await.refuses(404, "serve-nobody");
        }
        let said = ask(&service.citizen()).await;
        assert!((1..=21).contains(&seconds(&said)), "{}", seconds(&said));
        said.refuses(429, "serve-limit");
        ask(&service.officer()).await.refuses(403, "serve-unnamed");
        // Sources are counted each by itself.
        let facts = sample("green-gold.json");
        for key in [&service.office.laboratory, &service.office.hospital] {
            for _ in 0..3 {
                assert!(
                    service
                        .state(&stated(&facts, key))
                        .await
                        .status
                        .is_success()
                );
            }
            service
                .state(&stated(&facts, key))
                .await
                .refuses(429, "serve-limit");
        }
    });
}

async fn from(service: &Service, address: &str, forwarded: &str) -> Said {
    let address: SocketAddr = address.parse().unwrap();
    let request = Request::get("/livez").extension(ConnectInfo(address));
    let request = request.header("x-forwarded-for", forwarded);
    service.ask(request.body(Body::empty()).unwrap()).await
}

#[test]
fn an_address_that_asks_too_often_waits_whatever_it_says_of_itself() {
    on_sqlite("[limits]\nper_address = 2", |service| async move {
        for forwarded in ["198.51.100.1", "198.51.100.2"] {
            from(&service, "192.0.2.1:1", forwarded).await.is(200);
        }
        let said = from(&service, "192.0.2.1:2", "198.51.100.3").await;
        said.refuses(429, "serve-limit");
        from(&service, "192.0.2.2:1", "").await.is(200);
    });
}

#[test]
fn behind_a_proxy_the_address_is_the_one_that_the_proxy_saw() {
    on_sqlite(
        "[limits]\nper_address = 2\nbehind_proxy = true",
        |service| async move {
            for made_up in ["1.1.1.1", "2.2.2.2"] {
                let forwarded = format!("{made_up}, 198.51.100.1");
                from(&service, "192.0.2.1:1", &forwarded).await.is(200);
            }
            let said = from(&service, "192.0.2.1:1", "3.3.3.3, 198.51.100.1").await;
            said.refuses(429, "serve-limit");
            from(&service, "192.0.2.1:1", "198.51.100.2").await.is(200);
        },
    );
}

#[test]
fn a_body_is_as_large_as_it_may_be_and_no_larger() {
    on_sqlite("[limits]\nbody_bytes = 1000", |service| async move {
        let body = |bytes: usize| {
            let frame = json!({ "region": "" }).to_string().len();
            json!({ "region": "6".repeat(bytes - frame) })
        };
        let ask = async |bytes| {
            service
                .post("/v1/health-queries", &service.citizen(), &body(bytes))
                .await
        };
        ask(1000).await.refuses(404, "serve-nobody");
        let said = ask(1001).await.refuses(413, "serve-size");
        assert!(said["title"].as_str().unwrap().contains("1000"));
        service.state(&[0; 1001]).await.refuses(413, "serve-size");
    });
}

#[test]
fn a_body_that_cannot_be_read_says_where() {
    on_sqlite("", |service| async move {
        let said = service
            .post("/v1/codes", &service.citizen(), &json!({ "hours": 1 }))
            .await;
        said.refuses(400, "serve-body");
        let unknown = json!({ "shows": "facts", "colour": "green" });
        let said = service
            .post("/v1/applications", &service.citizen(), &unknown)
            .await;
        assert!(
            said.refuses(400, "serve-body")["title"]
                .as_str()
                .unwrap()
                .contains("line 1")
        );
        let request = Request::post("/v1/codes")
            .header("authorization", format!("Bearer {}", service.citizen()))
            .header("content-type", "text/plain");
        let said = service.ask(request.body(Body::from("{}")).unwrap()).await;
        said.refuses(415, "serve-media");
    });
}

#[test]
fn a_person_has_so_many_statements_and_applications() {
    on_sqlite(
        "[limits]\nstatements = 2\n[codes]\napplications = 1",
        |service| async move {
            for count in 0..3 {
                let mut facts = sample("green-gold.json");
                facts["tests"][0]["pool_size"] = (count + 1).into();
                let said = service
                    .state(&stated(&facts, &service.office.laboratory))
                    .await;
                if count < 2 {
                    said.is(201);
                } else {
                    said.refuses(409, "serve-many");
                }
            }
            let body = json!({ "shows": "facts" });
            service
                .post("/v1/applications", &service.citizen(), &body)
                .await
                .is(201);
            let said = service
                .post("/v1/applications", &service.citizen(), &body)
                .await;
            said.refuses(409, "serve-many");
        },
    );
}
