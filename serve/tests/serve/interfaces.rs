//! The seven interfaces, on both databases.
use crate::common::{Service, on_both, on_sqlite, sample};
use crate::office::{NUMBER, OFFICER, packs, stated};
use longma_core::{Instant, References, Request, packed};
use longma_seal::pass::{Pass, Presence};
use longma_seal::trust::Root;
use longma_seal::{Algorithm, PrivateKey, text};
use serde_json::{Value as Json, json};

/// What is known of the sample of a person whose code is green.
async fn told(service: &Service) {
    let document = stated(&sample("green-gold.json"), &service.office.laboratory);
    service.state(&document).await.is(201);
}

async fn query(service: &Service) -> Json {
    let token = service.citizen();
    service
        .post("/v1/health-queries", &token, &json!({}))
        .await
        .is(200)
}

async fn apply(service: &Service, body: &Json) -> String {
    let applied = service
        .post("/v1/applications", &service.citizen(), body)
        .await
        .is(201);
    applied["application"].as_str().unwrap().to_owned()
}

async fn code(service: &Service, application: &str) -> Json {
    let body = json!({ "application": application });
    service
        .post("/v1/codes", &service.citizen(), &body)
        .await
        .is(201)
}

/// The decision of this name among those of an answer.
fn level<'a>(status: &'a Json, decision: &str) -> &'a str {
    let mut decisions = status["decisions"].as_array().unwrap().iter();
    let found = decisions.find(|it| it["decision"] == decision).unwrap();
    found["level"].as_str().unwrap()
}

#[test]
fn a_query_says_what_a_phone_would_decide_from_the_same_statements() {
    on_both(|service| async move {
        told(&service).await;
        let status = query(&service).await;
        assert_eq!(status["statements"], 1);
        let catalogue = packed::read(packs()).unwrap();
        let areas = service.app.shelf.loaded().files["tables/risk_areas.csv"]
            .bytes
            .to_vec();
        let mut tables = References::none();
        let areas = String::from_utf8(areas).unwrap();
        tables.insert(catalogue.read_reference("risk_areas", &areas).unwrap());
        let request = Request {
            references: Some(&tables),
            ..Request::default()
        };
        let facts = sample("green-gold.json").to_string();
        let outcome = catalogue.evaluate(&facts, request).unwrap();
        let now = Instant::from_unix(service.now()).unwrap();
        let mut said = 0;
        for name in outcome.decisions().keys() {
            if let Some(reading) = outcome.reading(name, now) {
                assert_eq!(level(&status, name), reading.level);
                said += 1;
            }
        }
        assert_eq!(status["decisions"].as_array().unwrap().len(), said);
        assert_eq!(level(&status, "code"), "green");
    });
}

#[test]
fn a_code_is_made_by_an_application_and_verified() {
    on_both(|service| async move {
        told(&service).await;
        for shows in ["facts", "outcome"] {
            let application = apply(&service, &json!({ "shows": shows })).await;
            let made = code(&service, &application).await;
            let body = json!({ "code": made["code"] });
            let said = service
                .post("/v1/verifications", &service.officer(), &body)
                .await
                .is(200);
            assert_eq!(said["word"], "admit", "{said:#}");
            assert_eq!(said["level"], "green");
            assert_eq!(said["signed_now"], false);
            // Masked: neither the name nor the number is told.
            assert!(!said.to_string().contains(NUMBER) && !said.to_string().contains("样小金"));
        }
    });
}

#[test]
fn a_code_for_a_phone_counts_only_in_its_hand() {
    on_sqlite("", |service| async move {
        told(&service).await;
        let phone = PrivateKey::from_bytes(Algorithm::P256, [21; 32]).unwrap();
        let key: Json = serde_json::from_str(&phone.public().to_jwk()).unwrap();
        let application = apply(&service, &json!({ "shows": "facts", "phone": key })).await;
        let made = code(&service, &application).await;
        let verify = async |code: &str, challenge: &str| {
            let body = json!({ "code": code, "challenge": challenge });
            service
                .post("/v1/verifications", &service.officer(), &body)
                .await
                .is(200)
        };
        let copied = verify(made["code"].as_str().unwrap(), "door").await;
        assert_eq!(copied["word"], "deny");
        assert_eq!(copied["why"][0]["code"], "pass-unheld");
        let sealed = text::read(made["code"].as_str().unwrap()).unwrap();
        let presence = Presence {
            at: Instant::from_unix(service.now()).unwrap(),
            challenge: b"door".to_vec(),
        };
        let signature = phone.sign(&presence.message(&sealed, phone.public()));
        let shown = text::write(&presence.code(&sealed, &signature));
        let held = verify(&shown, "door").await;
        assert_eq!(
            (&held["word"], &held["signed_now"]),
            (&json!("admit"), &json!(true))
        );
        assert_eq!(verify(&shown, "another door").await["word"], "deny");
    });
}

#[test]
fn what_the_service_signs_a_gate_takes_by_the_root_alone() {
    on_sqlite("", |service| async move {
        told(&service).await;
        let application = apply(&service, &json!({ "shows": "outcome" })).await;
        let made = code(&service, &application).await;
        let root = &service.app.shelf.loaded().files["root.cbor"].bytes;
        let root = Root::first(root).unwrap();
        let sealed = text::read(made["code"].as_str().unwrap()).unwrap();
        let now = Instant::from_unix(service.now()).unwrap();
        let pass = Pass::present(&sealed, &root, None, now).unwrap().pass;
        assert_eq!(longma_core::hex(&pass.id), made["id"]);
        // A day, where nobody asked for another number of hours.
        assert_eq!(pass.expires.minus(pass.issued).as_seconds(), 86_400);
    });
}

#[test]
fn codes_are_made_for_their_own_applications_and_within_hours() {
    on_both(|service| async move {
        told(&service).await;
        let application = apply(&service, &json!({ "shows": "facts" })).await;
        let ask = async |body: Json| service.post("/v1/codes", &service.citizen(), &body).await;
        for hours in [0, 73] {
            let body = json!({ "application": application, "hours": hours });
            ask(body).await.refuses(422, "serve-hours");
        }
        ask(json!({ "application": "none" }))
            .await
            .refuses(404, "serve-application");
        let mut other = crate::office::claims(service.now());
        other["sub"] = "other".into();
        other["document_number"] = "999999199001010024".into();
        let other = service.office.token(&other);
        let body = json!({ "application": application });
        let said = service.post("/v1/codes", &other, &body).await;
        said.refuses(404, "serve-application");
    });
}

#[test]
fn nothing_is_decided_about_whom_nothing_is_known() {
    on_both(|service| async move {
        let token = service.citizen();
        let said = service.post("/v1/health-queries", &token, &json!({})).await;
        said.refuses(404, "serve-nobody");
        let application = apply(&service, &json!({ "shows": "facts" })).await;
        let body = json!({ "application": application });
        service
            .post("/v1/codes", &token, &body)
            .await
            .refuses(404, "serve-nobody");
    });
}

#[test]
fn others_are_asked_about_by_officers_alone() {
    on_both(|service| async move {
        told(&service).await;
        let about = json!({ "document": { "type": "resident_id", "number": NUMBER } });
        let mut other = crate::office::claims(service.now());
        other["sub"] = "other".into();
        other["document_number"] = "999999199001010024".into();
        let other = service.office.token(&other);
        service
            .post("/v1/health-queries", &other, &about)
            .await
            .refuses(403, "serve-role");
        // Oneself, by whatever spelling.
        let own =
            json!({ "document": { "type": "resident_id", "number": " 999999 19900101 0016" } });
        service
            .post("/v1/health-queries", &service.citizen(), &own)
            .await
            .is(200);
        service
            .post("/v1/health-queries", &service.officer(), &about)
            .await
            .is(200);
        let code = json!({ "code": "LM1:" });
        let said = service
            .post("/v1/verifications", &service.citizen(), &code)
            .await;
        said.refuses(403, "serve-role");
    });
}

#[test]
fn a_correction_is_followed_and_what_was_stated_stays() {
    on_both(|service| async move {
        let mut facts = sample("green-gold.json");
        facts["tests"][0]["result"] = "positive".into();
        let document = stated(&facts, &service.office.laboratory);
        service.state(&document).await.is(201);
        assert_eq!(
            query(&service).await["facts"]["tests"][0]["result"],
            "positive"
        );
        let mut right = facts["tests"][0].clone();
        right["result"] = "negative".into();
        let correction = |number: &str| {
            json!({
                "document": { "type": "resident_id", "number": NUMBER },
                "corrections": [{
                    "section": "tests",
                    "at": "2022-07-10T08:59:30+08:00",
                    "record": facts["tests"][0],
                    "becomes": right,
                    "by": { "name": "样官", "office": "样例疾控", "number": number },
                    "reason": "录入有误"
                }]
            })
        };
        let ask =
            async |token: &str, body: &Json| service.post("/v1/corrections", token, body).await;
        ask(&service.citizen(), &correction(OFFICER))
            .await
            .refuses(403, "serve-role");
        ask(&service.officer(), &correction("B-1"))
            .await
            .refuses(403, "serve-officer");
        let mut blank = correction(OFFICER);
        blank["corrections"][0]["reason"] = " ".into();
        ask(&service.officer(), &blank)
            .await
            .refuses(422, "correction-blank");
        ask(&service.officer(), &correction(OFFICER)).await.is(201);
        let status = query(&service).await;
        assert_eq!(status["facts"]["tests"][0]["result"], "negative");
        assert_eq!(status["statements"], 2);
        service.app.store.verify().await.unwrap();
    });
}

#[test]
fn people_declare_their_own_health_and_travel_and_nothing_else() {
    on_both(|service| async move {
        told(&service).await;
        let identity = sample("green-gold.json")["identity"].clone();
        let declare = async |path: &str, facts: Json| {
            service
                .post(path, &service.citizen(), &json!({ "facts": facts }))
                .await
        };
        let fever = json!([{ "kind": "fever", "onset": "2022-07-10T07:00:00+08:00" }]);
        let facts = json!({ "subject": "person", "identity": identity, "symptoms": fever });
        declare("/v1/declarations", facts.clone()).await.is(201);
        assert_eq!(query(&service).await["facts"]["symptoms"], fever);
        declare("/v1/travel", facts.clone())
            .await
            .refuses(422, "serve-section");
        let tests = json!({ "subject": "person", "identity": identity, "tests": [] });
        declare("/v1/declarations", tests)
            .await
            .refuses(422, "serve-section");
        let stays = json!([{
            "province": "甘肃省", "city": "兰州市", "county": "城关区",
            "community": "样例小区", "arrived": "2022-07-09T08:00:00+08:00"
        }]);
        let travel = json!({ "subject": "person", "identity": identity, "stays": stays });
        declare("/v1/travel", travel).await.is(201);
        assert_eq!(
            query(&service).await["facts"]["stays"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
        let mut other = facts.clone();
        other["identity"]["document"]["number"] = "999999199001010024".into();
        declare("/v1/declarations", other)
            .await
            .refuses(403, "serve-other");
        let mut future = facts.clone();
        future["symptoms"][0]["onset"] = "2022-07-11T07:00:00+08:00".into();
        declare("/v1/declarations", future)
            .await
            .refuses(422, "facts-future");
        let mut wrong = facts;
        wrong["symptoms"][0]["kind"] = "cheer".into();
        let said = declare("/v1/declarations", wrong)
            .await
            .refuses(422, "facts-enum");
        assert_eq!(said["errors"][0]["pointer"], "/symptoms/0/kind");
    });
}

#[test]
fn officers_revoke_codes_and_a_service_asks_which() {
    on_both(|service| async move {
        told(&service).await;
        let application = apply(&service, &json!({ "shows": "facts" })).await;
        let made = code(&service, &application).await;
        let body = json!({ "id": made["id"] });
        let revoke = async |token: &str| service.post("/v1/revocations", token, &body).await;
        revoke(&service.citizen()).await.refuses(403, "serve-role");
        assert_eq!(revoke(&service.officer()).await.is(200)["repeated"], false);
        assert_eq!(revoke(&service.officer()).await.is(200)["repeated"], true);
        let list = service
            .get_as("/v1/revocations", &service.officer())
            .await
            .is(200);
        assert_eq!(list["ids"], json!([made["id"]]));
        let none = json!({ "id": "00" });
        let said = service
            .post("/v1/revocations", &service.officer(), &none)
            .await;
        said.refuses(404, "serve-pass");
        // What has expired needs no list.
        service.pass(86_400);
        let list = service
            .get_as("/v1/revocations", &service.officer())
            .await
            .is(200);
        assert_eq!(list["ids"], json!([]));
    });
}

#[test]
fn nothing_is_decided_by_packs_that_have_expired() {
    on_sqlite("", |service| async move {
        told(&service).await;
        service.get("/readyz").await.is(200);
        // The timestamp counts until 13 July.
        service.pass(3 * 86_400);
        let said = service
            .post("/v1/health-queries", &service.citizen(), &json!({}))
            .await;
        said.refuses(503, "serve-packs");
        service.get("/readyz").await.refuses(503, "serve-packs");
        service.get("/livez").await.is(200);
        // What is given out says itself until when it counts.
        assert_eq!(
            service.get("/v1/documents/timestamp.cbor").await.status,
            200
        );
    });
}
